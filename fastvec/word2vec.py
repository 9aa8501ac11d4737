"""The names of ``gensim.models.word2vec``; the class itself is in ``fastvec/models``."""

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
