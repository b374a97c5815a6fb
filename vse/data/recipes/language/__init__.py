"""How a dish is written down: its recipe, and captions of its picture."""
