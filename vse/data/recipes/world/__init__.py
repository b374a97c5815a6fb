"""What can be cooked: ingredients, kinds of dish, dishes drawn from a seed, and what is true of them."""
