"""Corpora: from any source of text to ids of a vocabulary."""
