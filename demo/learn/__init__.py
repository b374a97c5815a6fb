"""The view Learn: a small VSE that trains before its visitor's eyes."""
