"""The sixty words of sixty_words.py, in fastvec and in gensim."""

import numpy as np
import pytest
from sixty_words import COUNTS, KEYS, VECTORS, D, V

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


@pytest.fixture
def wv():
    """Sixty words whose vectors are a view of padded rows, as after training."""
    padded = np.zeros((V, 16), np.float32)
    padded[:, :D] = VECTORS
    return KeyedVectors.of(Words.of(KEYS), padded[:, :D], COUNTS.copy())


@pytest.fixture
def theirs():
    """The same words in gensim."""
    gensim = pytest.importorskip("gensim", reason="gensim is not installed")
    vectors = gensim.models.KeyedVectors(D)
    vectors.add_vectors(KEYS, VECTORS)
    return vectors
