"""Models, under the names that ``gensim.models`` has for them."""

from typing import Any

from fastvec._util.gensim_names import missing_from_module
from fastvec.models.doc2vec import Doc2Vec
from fastvec.models.fasttext import FastText
from fastvec.models.glove import GloVe
from fastvec.models.neural_lm import NeuralLM
from fastvec.models.phrases import FrozenPhrases, Phrases
from fastvec.models.ranker import Ranker
from fastvec.models.word2vec import Word2Vec
from fastvec.vectors.fasttext import FastTextKeyedVectors
from fastvec.vectors.keyedvectors import KeyedVectors

__all__ = [
    "Doc2Vec",
    "FastText",
    "FastTextKeyedVectors",
    "FrozenPhrases",
    "GloVe",
    "KeyedVectors",
    "NeuralLM",
    "Phrases",
    "Ranker",
    "Word2Vec",
]


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
