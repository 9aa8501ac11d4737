"""The map of the page: places for the most frequent words, and from these for all others."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.plots.map_page import METHODS
from fastvec.plots.word_map import WordMap
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.neighbours import Neighbours

MAPPED = 10_000  # words that have a point of their own
PLACED_BY = 5  # neighbours, between which a word stands that has no point of its own
#: the module that a layout needs
MODULES = {"tsne": "openTSNE", "umap": "umap"}


def layouts() -> list[tuple[str, str]]:
    """The names and titles of the layouts that are installed; that of the first takes no time.

    >>> layouts()[0]
    ('pca', 'principal components')
    """
    return [
        (name, METHODS[name])
        for name in ("pca", "tsne", "umap")
        if name not in MODULES or importlib.util.find_spec(MODULES[name])
    ]


class Map:
    """The maps of some vectors, each made when it is first asked for.

    >>> list(Map(wv).places(["king"], "pca"))
    ['king']
    """

    def __init__(self, wv: KeyedVectors) -> None:
        self._wv = wv
        self._size = min(MAPPED, len(wv))
        self._made: dict[str, WordMap] = {}
        self._locks = {name: threading.Lock() for name, _ in layouts()}

    def answer(self, layout: str) -> dict[str, Any]:
        """Words, their places and clusters, as lists of equal lengths; the colours and names of
        the clusters, and the words in their middles."""
        made = self._map(layout)
        x, y = self._points(layout).T.tolist()
        return {
            "words": [str(key) for key in made.keys],
            "x": x,
            "y": y,
            "clusters": made.clusters.tolist(),
            "colours": made.colours,
            "names": made.names,
            "middles": made.places.tolist(),
        }

    def places(self, words: Sequence[str], layout: str) -> dict[str, list[float]]:
        """Where words stand: in their own place, or in the mean place of the words nearest to
        them."""
        points = self._points(layout)
        rows = {word: self._wv.get_index(word, -1) for word in words}
        others = [word for word, row in rows.items() if not 0 <= row < self._size]
        found = self._wv.most_similar_batch(others, topn=PLACED_BY, clip_end=self._size)
        between = {
            word: self._between(near, points) for word, near in zip(others, found, strict=True)
        }
        return {word: between.get(word) or points[row].tolist() for word, row in rows.items()}

    def _between(self, near: Neighbours, points: NDArray[np.float64]) -> list[float]:
        """The mean place of some words, weighted by their cosines."""
        rows = [self._wv.get_index(key) for key, _ in near]
        weights = [max(cosine, 1e-6) for _, cosine in near]
        place: list[float] = np.average(points[rows], 0, weights).round(4).tolist()
        return place

    def _points(self, layout: str) -> NDArray[np.float64]:
        return self._map(layout).coordinates.astype(float).round(4)

    def _map(self, layout: str) -> WordMap:
        if layout not in self._locks:
            raise ValueError(f"layout must be one of {', '.join(self._locks)}, got {layout!r}")
        if self._size < 2:
            raise ValueError(f"a map needs at least 2 words, got {self._size}")
        with self._locks[layout]:  # two pages that ask for it wait for one computation
            if layout not in self._made:
                self._made[layout] = self._wv.map(self._size, method=layout)
            return self._made[layout]
