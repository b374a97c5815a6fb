"""The view Compare: two models side by side."""
