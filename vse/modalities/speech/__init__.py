"""Spoken sentences: sound files, log-mel spectrograms, and the tower that reads them."""
