"""What a scene looks like: the sky and the ground, the glyphs on it, light and weather."""
