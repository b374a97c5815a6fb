"""The two-tower VSE: a CNN and a recurrent network, mapped into one space."""
