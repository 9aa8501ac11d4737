"""fastvec: word2vec and GloVe vectors at the speed of the machine."""

from fastvec.keyedvectors import KeyedVectors

__all__ = ["KeyedVectors"]

__version__ = "0.1.0"
