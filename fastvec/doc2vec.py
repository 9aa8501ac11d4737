"""The names of ``gensim.models.doc2vec``; the class itself is in ``fastvec/models``."""

from typing import Any

from fastvec._util.gensim_names import missing_from_module
from fastvec.models.doc2vec import Doc2Vec, TaggedDocument, TaggedLineDocument
from fastvec.models.word2vec import FAST_VERSION

__all__ = ["FAST_VERSION", "Doc2Vec", "TaggedDocument", "TaggedLineDocument"]


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
