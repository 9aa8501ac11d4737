"""Exact search that reads a quarter of the memory: vectors with one byte for each number.

A single query is as fast as the memory, from which it reads every vector.  So a scan of codes of
one byte finds bounds of all cosines, and only the vectors that can be among the nearest by these
bounds are compared in full.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import code_products, encode_rows
from fastvec._util.system import available_cores
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.neighbours import Neighbours
from fastvec.vectors.norms import normalized
from fastvec.vectors.search import nearest, top_k

Floats = NDArray[np.float32]

ROWS_PER_BLOCK = 4096
LARGEST_CODE = 127
ROUNDING = 1e-5  # of float32, in all sums together
MOST_COMPARED = 0.1  # of all rows; if more can be the nearest, all are compared


class CompactIndex:
    """An index with which ``most_similar`` gives the same answers, several times as fast for a
    million words; pass it as ``indexer``.

    It takes one byte for each number of the vectors, and is made in a second for each million
    words of 300 dimensions.  Vectors that change later are not noticed.

    Parameters
    ----------
    vectors : KeyedVectors

    >>> wv.most_similar("king", topn=1, indexer=CompactIndex(wv))[0][0]
    'queen'
    """

    def __init__(self, vectors: KeyedVectors) -> None:
        self.vectors = vectors
        self.codes = np.empty(vectors.vectors.shape, np.int8)
        self.scales = np.empty(len(vectors), np.float32)
        self._in_parallel(self._encode)

    def most_similar(self, vector: NDArray[Any], num_neighbors: int) -> Neighbours:
        """The words nearest to a (D,) vector, as a list of (word, cosine), the nearest first.

        >>> CompactIndex(wv).most_similar(wv["king"], 1)[0][0]
        'king'
        """
        rows = self._candidates(normalized(np.asarray(vector)), num_neighbors)
        norms = self.vectors.fill_norms()
        if rows is None:
            found, cosines = nearest(self.vectors.vectors, norms, vector[None], num_neighbors)
        else:
            some = np.asarray(self.vectors.vectors[rows], np.float32)
            found, cosines = nearest(some, norms[rows], vector[None], num_neighbors)
            found = np.where(found >= 0, rows[np.maximum(found, 0)], -1)
        return Neighbours(
            (key, cosine)
            for row, key, cosine in zip(
                found[0].tolist(),
                self.vectors.words.keys(np.maximum(found[0], 0)),
                cosines[0].tolist(),
                strict=True,
            )
            if row >= 0
        )

    def _candidates(self, unit: Floats, count: int) -> NDArray[np.int64] | None:
        """The rows that can be among the ``count`` nearest to a unit vector, or None if these are
        too many to be worth it."""
        if not np.isfinite(unit).all():
            return None
        cosines, slack = self._rough_cosines(unit)
        errors = self.scales * np.float32(np.abs(unit).sum() / 2)
        least = top_k(cosines - errors, count)
        if not len(least):
            return None
        bar = cosines[least[-1]] - errors[least[-1]] - 2 * slack
        rows = np.flatnonzero(cosines + errors >= bar)
        return rows if len(rows) <= max(count, MOST_COMPARED * len(cosines)) else None

    def _rough_cosines(self, unit: Floats) -> tuple[Floats, float]:
        """The cosines of all rows with a unit vector, wrong by half a scale times the sum of the
        vector's numbers, and by what is returned beside them."""
        size = len(unit)
        step = float(np.abs(unit).sum()) * (LARGEST_CODE + 2) / 2**31 + 1e-30
        step = max(step, float(np.abs(unit).max(initial=0)) / 0x7FFF)
        query = np.rint(unit / step).astype(np.int16)
        cosines = np.empty(len(self.scales), np.float32)
        self._in_parallel(
            lambda some: code_products(
                self.codes[some], self.scales[some], query, step, cosines[some]
            )
        )
        return cosines, step / 2 * (math.sqrt(size) + size / LARGEST_CODE) + ROUNDING

    def _encode(self, some: slice) -> None:
        """Write the codes of some rows."""
        for first in range(some.start, some.stop, ROWS_PER_BLOCK):
            block = slice(first, min(first + ROWS_PER_BLOCK, some.stop))
            rows = np.ascontiguousarray(self.vectors.vectors[block], np.float32)
            encode_rows(rows, self.codes[block], self.scales[block])

    def _in_parallel(self, work: Any) -> None:
        """Call ``work`` with a part of the rows in a thread for each core."""
        count = available_cores()
        bounds = [len(self.scales) * i // count for i in range(count + 1)]
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(work, map(slice, bounds[:-1], bounds[1:])))
