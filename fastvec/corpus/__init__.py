"""Corpora: any source of text, read once, as ids of a vocabulary."""
