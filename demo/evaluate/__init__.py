"""The view Evaluate: figures, curves and misses."""
