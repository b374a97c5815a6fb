"""Emoji Scenes: a procedural world of captioned pictures whose truth is known."""
