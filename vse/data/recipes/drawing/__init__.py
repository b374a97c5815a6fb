"""What a dish looks like: a table, what it is served on, and glyphs."""
