"""fastvec: word2vec and GloVe vectors at the speed of the machine, with gensim's API."""

from fastvec.callbacks import CallbackAny2Vec
from fastvec.cooccurrence import cooccurrence
from fastvec.corpus import Corpus
from fastvec.glove import GloVe
from fastvec.keyedvectors import KeyedVectors
from fastvec.pairs import Pairs
from fastvec.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases
from fastvec.vocabulary import Vocabulary
from fastvec.word2vec import Word2Vec

__version__ = "0.1.0"
__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "CallbackAny2Vec",
    "Corpus",
    "FrozenPhrases",
    "GloVe",
    "KeyedVectors",
    "Pairs",
    "Phrases",
    "Vocabulary",
    "Word2Vec",
    "cooccurrence",
]
