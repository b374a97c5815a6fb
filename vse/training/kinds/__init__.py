"""What training asks of each kind of model: to be built, begun, saved and stored."""
