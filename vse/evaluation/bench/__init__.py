"""How long things take; printed side by side, never asserted."""
