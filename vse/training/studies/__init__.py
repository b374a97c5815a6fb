"""Many short runs that differ in one thing each, and the table of what it brings."""
