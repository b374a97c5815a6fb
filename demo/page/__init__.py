"""The shell of the page: head, tabs, address, API, theme."""
