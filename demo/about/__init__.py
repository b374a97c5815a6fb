"""The view About: what this is and how it works."""
