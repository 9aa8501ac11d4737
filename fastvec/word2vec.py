"""The names of ``gensim.models.word2vec``; the class itself is in ``fastvec/models``."""

from fastvec.models.word2vec import (
    LineSentence,
    PathLineSentences,
    Text8Corpus,
    Word2Vec,
)

__all__ = ["LineSentence", "PathLineSentences", "Text8Corpus", "Word2Vec"]
