"""Word vectors from files, and which words of a text carry its content.

Imports `vse.modalities` and below.
"""
