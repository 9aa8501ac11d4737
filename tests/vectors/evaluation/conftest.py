"""Six words whose analogies, similarities and categories are known by construction."""

import numpy as np
import pytest

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

WORDS = ["man", "king", "woman", "queen", "Man", "far"]
VECTORS = np.array(
    [[1, 0, 0.1], [1, 1, 0.1], [-1, 0, 0.1], [-1, 1, 0.1], [1, 0.01, 0.1], [0, -1, -5]], np.float32
)


@pytest.fixture
def wv():
    return KeyedVectors.of(Words.of(WORDS), VECTORS)


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(
        ": royal\nMAN KING WOMAN QUEEN\nman woman king queen\nman king woman far\n"
        ": unknown\nman king woman nobody\n"
    )
    return path
