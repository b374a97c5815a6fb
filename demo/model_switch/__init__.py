"""The switch in the head: which models answer."""
