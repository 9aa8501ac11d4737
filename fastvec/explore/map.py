"""The map of the page: places for the most frequent words, and from these for all others."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.neighbours import Neighbours
from fastvec.vectors.norms import normalized_rows
from fastvec.words import Words

MAPPED = 10_000  # words that have a point of their own
PLACED_BY = 5  # neighbours, between which a word stands that has no point of its own


class Map:
    """A map of vectors, made when it is first asked for.

    >>> Map(wv.words, wv).places(["king"]).keys()
    dict_keys(['king'])
    """

    def __init__(self, words: Words, wv: KeyedVectors) -> None:
        self._words, self._wv = words, wv
        self._size = min(MAPPED, len(words))
        self._lock = threading.Lock()

    def answer(self) -> dict[str, Any]:
        """Words and their places, as lists of equal lengths."""
        x, y = self._points().T.tolist()
        return {"words": self._words[: self._size], "x": x, "y": y}

    def places(self, words: Sequence[str]) -> dict[str, list[float]]:
        """Where words stand: in their own place, or in the mean place of the words nearest to
        them."""
        points = self._points()
        rows = {word: self._words.find(word) for word in words}
        others = [word for word, row in rows.items() if not 0 <= row < self._size]
        found = self._wv.most_similar_batch(others, topn=PLACED_BY, clip_end=self._size)
        between = {word: self._between(near) for word, near in zip(others, found, strict=True)}
        return {word: (between.get(word) or points[row].tolist()) for word, row in rows.items()}

    def _between(self, near: Neighbours) -> list[float]:
        """The mean place of some words, weighted by their cosines."""
        rows = [self._wv.get_index(key) for key, _ in near]
        weights = [max(cosine, 1e-6) for _, cosine in near]
        place: list[float] = np.average(self._points()[rows], 0, weights).round(4).tolist()
        return place

    def _points(self) -> NDArray[np.float64]:
        with self._lock:  # two pages that ask for it wait for one computation
            return self._layout

    @functools.cached_property
    def _layout(self) -> NDArray[np.float64]:
        return principal_plane(normalized_rows(self._wv.vectors[: self._size])).round(4)


def principal_plane(rows: NDArray[Any]) -> NDArray[np.float64]:
    """The (N, 2) first two principal components of rows.

    >>> principal_plane(np.array([[2, 0], [0, 0]])).round(6).tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    centred = rows - rows.mean(0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    plane: NDArray[np.float64] = centred @ axes[:, :-3:-1]
    return plane * np.where(plane[:1] < 0, -1, 1)
