"""Folders of one's own photographs, indexed in the background and searched."""
