"""fastvec: word2vec and GloVe vectors at the speed of the machine."""

__version__ = "0.1.0"
