"""What is minimised: ranking losses over score matrices, and auxiliary losses with heads of their own."""
