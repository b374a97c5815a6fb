"""What there is in Emoji Scenes: kinds of things, scenes of them, and what is true of a scene."""
