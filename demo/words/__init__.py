"""The view Words: what vectors of words know, and how they learn it."""
