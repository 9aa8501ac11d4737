"""fastvec: word2vec vectors at the speed of the machine, with gensim's API."""

from fastvec.callbacks import CallbackAny2Vec
from fastvec.corpus import Corpus
from fastvec.keyedvectors import KeyedVectors
from fastvec.vocabulary import Vocabulary
from fastvec.word2vec import Word2Vec

__version__ = "0.1.0"
__all__ = ["CallbackAny2Vec", "Corpus", "KeyedVectors", "Vocabulary", "Word2Vec"]
