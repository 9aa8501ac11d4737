"""Models, under the names that ``gensim.models`` has for them."""

from fastvec.models.glove import GloVe
from fastvec.models.phrases import FrozenPhrases, Phrases
from fastvec.models.word2vec import Word2Vec
from fastvec.vectors.keyedvectors import KeyedVectors

__all__ = ["FrozenPhrases", "GloVe", "KeyedVectors", "Phrases", "Word2Vec"]
