"""The names of ``gensim.models.keyedvectors``; the class itself is in ``fastvec/vectors``."""

from fastvec.vectors.keyedvectors import KeyedVectors

__all__ = ["KeyedVectors"]
