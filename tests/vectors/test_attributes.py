"""Counts, lock factors and attributes of any name."""

import numpy as np
import pytest
from sixty_words import COUNTS, KEYS, VECTORS, D, V

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_attributes(wv):
    wv.set_vecattr("w1", "color", "red")
    assert wv.get_vecattr("w1", "color") == "red"
    assert wv.get_vecattr("w2", "color") == 0
    wv.set_vecattr("w2", "weight", 0.5)
    assert wv.get_vecattr("w2", "weight") == 0.5
    with pytest.raises(TypeError, match="conflicts with its existing type"):
        wv.set_vecattr("w2", "count", 0.5)


def test_counts(wv):
    assert wv.counts is wv.expandos["count"]
    wv.add_vector("new", np.ones(D))
    assert wv.counts.tolist() == [*COUNTS, 0]
    wv.counts = range(V + 1)
    assert wv.get_vecattr("w7", "count") == 7
    with pytest.raises(ValueError, match=r"counts must be 61 integers, got shape \(2,\)"):
        wv.counts = [1, 2]
    wv.counts = None
    assert wv.counts is None
    assert "count" not in wv.expandos


def test_lock_factors(wv):
    wv.vectors_lockf = 0
    wv.add_vector("new", np.ones(D))
    assert wv.vectors_lockf.tolist() == [0] * V + [1]
    wv.vectors_lockf[2] = 3
    assert wv.get_vecattr("w2", "lockf") == 3
    other = KeyedVectors.of(Words.of(KEYS), VECTORS)
    other.set_vecattr("w1", "lockf", 0)
    other.set_vecattr("w2", "lockf", 0.5)
    assert other.vectors_lockf[:4].tolist() == [1, 0, 0.5, 1]
    for bad in (np.ones(V), np.full(V + 1, np.nan)):
        with pytest.raises(ValueError, match="vectors_lockf must be 61 finite"):
            wv.vectors_lockf = bad


def test_attributes_of_some_words(wv):
    part = wv.vectors_for_all(["w9", "w1"], copy_vecattrs=True)
    assert part.expandos["count"].tolist() == [COUNTS[9], COUNTS[1]]
