"""fastvec: word2vec and GloVe vectors at the speed of the machine, with gensim's API."""

from typing import Any

from fastvec._util.gensim_names import missing_from_module
from fastvec._util.run_log import RunLog
from fastvec.cluster.ray_engine import RayEngine
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.cooccurrence import cooccurrence
from fastvec.models.doc2vec import Doc2Vec
from fastvec.models.evaluating import EarlyStopping, Evaluation
from fastvec.models.facebook import (
    load_facebook_model,
    load_facebook_vectors,
    save_facebook_model,
)
from fastvec.models.fasttext import FastText
from fastvec.models.glove import GloVe
from fastvec.models.loading import load
from fastvec.models.neural_lm import NeuralLM
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases
from fastvec.models.ranker import Ranker
from fastvec.models.word2vec import Word2Vec
from fastvec.teaching.watch import watch
from fastvec.vectors.fasttext import FastTextKeyedVectors
from fastvec.vectors.keyedvectors import KeyedVectors

__version__ = "0.1.0"
__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "CallbackAny2Vec",
    "Corpus",
    "Doc2Vec",
    "EarlyStopping",
    "Evaluation",
    "FastText",
    "FastTextKeyedVectors",
    "FrozenPhrases",
    "GloVe",
    "KeyedVectors",
    "NeuralLM",
    "Pairs",
    "Phrases",
    "Ranker",
    "RayEngine",
    "RunLog",
    "Vocabulary",
    "Word2Vec",
    "cooccurrence",
    "load",
    "load_facebook_model",
    "load_facebook_vectors",
    "save_facebook_model",
    "watch",
]


def __dir__() -> list[str]:
    """The public names only; the sub-packages that were imported on the way are left out."""
    return [*__all__, "__all__", "__doc__", "__version__"]


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
