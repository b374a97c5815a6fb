"""The view Map: the joint space in a plane."""
