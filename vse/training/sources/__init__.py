"""Where batches come from: Emoji Scenes, photographs, or features computed before."""
