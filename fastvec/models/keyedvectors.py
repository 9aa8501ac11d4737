"""The names of ``gensim.models.keyedvectors``."""

from fastvec.vectors.keyedvectors import KeyedVectors

__all__ = ["KeyedVectors"]
