"""The names of ``gensim.models.fasttext``; the class itself is in ``fastvec/models``."""

from typing import Any

from fastvec._util.gensim_names import missing_from_module
from fastvec.models.facebook import (
    load_facebook_model,
    load_facebook_vectors,
    save_facebook_model,
)
from fastvec.models.fasttext import FastText
from fastvec.models.word2vec import FAST_VERSION
from fastvec.vectors.fasttext import FastTextKeyedVectors

__all__ = [
    "FAST_VERSION",
    "FastText",
    "FastTextKeyedVectors",
    "load_facebook_model",
    "load_facebook_vectors",
    "save_facebook_model",
]


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
