"""The view Search: words and pictures, both ways."""
