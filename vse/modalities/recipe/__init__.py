"""Recipes: a list of ingredients and a list of steps, read from text, and the tower that encodes them."""
