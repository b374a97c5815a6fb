"""Emoji Recipes: a procedural world of dishes and their recipes whose truth is known.

`world` says what there is, `language` how it is written down, `drawing` what it looks like.
"""
