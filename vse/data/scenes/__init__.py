"""Emoji Scenes: a procedural world of captioned pictures whose truth is known.

`world` says what there is, `language` what is said of it, `drawing` what it looks like.
"""
