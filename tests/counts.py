"""Small corpora of ids, and the comparison of counts, which several tests need."""

import numpy as np
import pytest

from fastvec._core import HOT_WORDS
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.words import Words

N_WORDS = HOT_WORDS + 71


def corpus_of(sentences, n_words=N_WORDS):
    """A corpus of ids."""
    tokens = np.array([word for sentence in sentences for word in sentence], np.int32)
    offsets = np.cumsum([0, *map(len, sentences)]).astype(np.int64)
    counts = np.bincount(tokens, minlength=n_words).astype(np.int64)
    words = Words.of(f"w{i}" for i in range(n_words))
    return Corpus(tokens, offsets, Vocabulary(words, counts), len(tokens), len(sentences))


def check_counts(matrix, expected):
    """A scipy matrix holds exactly these entries, each within 1e-6."""
    entries = matrix.tocoo()
    rows, columns = (axis.tolist() for axis in entries.coords)
    cells = zip(rows, columns, strict=True)
    found = dict(zip(cells, entries.data, strict=True))
    assert found.keys() == expected.keys()
    for cell, value in found.items():
        assert value == pytest.approx(expected[cell], rel=1e-6)
