"""Sentences: tokenizer, vocabulary, byte pairs, and the towers that read them."""
