"""Arrays of item ids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from texts import (
    sentences,
)

from fastvec.corpus import arrays
from fastvec.corpus.corpus import Corpus


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, np.uint64, ">i4"])
def test_arrays_of_item_ids(dtype: Any) -> None:
    walks = np.array([[1, 2, 3], [3, 2, 1]], dtype)
    for source in (
        walks,
        list(walks),
        walks.tolist(),
        list(map(list, walks)),
        walks.astype(object),
    ):
        assert Corpus.read(source, min_count=1).vocabulary.words.keys() == [1, 2, 3]
    expected = [["1", "2", "3"], ["3", "2", "1"]]
    assert sentences(walks) == expected
    assert sentences(walks.T.copy().T) == expected
    assert sentences(list(walks)) == expected
    assert sentences(walks.tolist()) == expected
    assert sentences(iter(walks)) == expected
    assert sentences(walks[0]) == expected[:1]


def test_the_whole_range_of_integers() -> None:
    low, high = -(1 << 63), (1 << 63) - 1
    assert sentences(np.array([[low, high, 0]])) == [[str(low), str(high), "0"]]
    assert sentences([[low, high, 1 << 64, -(1 << 64)]]) == [
        [str(low), str(high), str(1 << 64), str(-(1 << 64))]
    ]
    with pytest.raises(ValueError, match=r"item ids must be below 2\*\*63"):
        sentences(np.array([[1 << 63]], np.uint64))


def test_arrays_that_hold_no_item_ids() -> None:
    with pytest.raises(TypeError, match="must hold integers, got float64"):
        sentences(np.ones((2, 2)))
    with pytest.raises(ValueError, match="must have 1 or 2 dimensions, got 3"):
        sentences(np.ones((2, 2, 2), int))


def test_large_arrays_are_read_by_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "CHUNK_ITEMS", 100)
    walks = np.random.default_rng(0).integers(0, 50, (1000, 7))
    corpus = Corpus.read(walks, min_count=1, workers=3)
    names = np.array(list(map(int, corpus.vocabulary.words)))
    assert np.array_equal(names[corpus.tokens].reshape(1000, 7), walks)
