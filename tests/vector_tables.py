"""Random words with vectors, and files with given bytes: what the tests of files share."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from fastvec.words import Words

floats32 = st.floats(width=32, allow_nan=False)
plain_words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\r"), min_size=1, max_size=9
)
WORDS = Words.of(["the", "straße", "new_york", "x"])
VECTORS = np.array([[1, 2], [3, 4], [0.1, -0.5], [0, 1e-7]], np.float32)
COUNTS = np.array([9, 5, 5, 1])


@st.composite
def tables(draw, words=plain_words):
    """Distinct words and a matrix."""
    names = draw(st.lists(words, unique=True, max_size=7))
    size = draw(st.integers(1, 5))
    numbers = st.lists(floats32, min_size=size, max_size=size)
    rows = draw(st.lists(numbers, min_size=len(names), max_size=len(names)))
    return Words.of(names), np.array(rows, np.float32).reshape(-1, size)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
