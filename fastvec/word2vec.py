"""The names of ``gensim.models.word2vec``; the class itself is in ``fastvec/models``."""

from typing import Any

from fastvec._util.gensim_names import missing_from_module
from fastvec.models.word2vec import (
    FAST_VERSION,
    MAX_WORDS_IN_BATCH,
    BrownCorpus,
    LineSentence,
    PathLineSentences,
    Text8Corpus,
    Word2Vec,
)

__all__ = [
    "FAST_VERSION",
    "MAX_WORDS_IN_BATCH",
    "BrownCorpus",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
]


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
