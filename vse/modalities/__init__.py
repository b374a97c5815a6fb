"""Kinds of input, one folder each: how one is read, checked, batched and turned into vectors.

Imports `vse.io` and below.
"""

IMAGE, TEXT, RECIPE, SPEECH = "image", "text", "recipe", "speech"
