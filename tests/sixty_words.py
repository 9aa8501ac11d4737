"""Sixty words with random vectors of different lengths, which several test files use."""

import numpy as np
import pytest

from fastvec.vectors.keyedvectors import KeyedVectors

V, D = 60, 7
KEYS = [f"w{i}" for i in range(V)]
VECTORS = (np.random.default_rng(5).normal(size=(V, D)) * np.arange(1, V + 1)[:, None]).astype("f")
COUNTS = np.random.default_rng(6).integers(1, 99, V)

ITEMS = [7, 0, 3, 12345, -2, 59, *range(100, 100 + V - 6)]


def same(ours, theirs):
    """Equal up to float32's rounding, tuples and lists included."""
    if isinstance(theirs, list | tuple):
        assert isinstance(ours, type(theirs))
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    elif isinstance(theirs, np.ndarray):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=2e-6, rtol=1e-5)
    elif isinstance(theirs, float | np.floating):
        assert ours == pytest.approx(float(theirs), abs=2e-6, rel=1e-5)
    else:
        assert ours == theirs


def items():
    """The same vectors with integer keys."""
    wv = KeyedVectors(D)
    wv.add_vectors(ITEMS, VECTORS)
    return wv
