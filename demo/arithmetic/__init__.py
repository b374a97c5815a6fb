"""The view Arithmetic: sums of pictures and words."""
