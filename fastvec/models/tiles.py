"""Tiles: how a matrix of word pairs is cut for training.

Words are grouped into blocks of consecutive ids (:func:`block_starts`).  A tile holds the entries
of one block of rows and one block of columns, so that training on it touches few vectors, which
stay in the processor's cache.  Every pair is stored in the row of its rarer word, the one with the
higher id; a tile's side says which entries of the matrix its pairs stand for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import cut_rows

#: A stored pair: the positions of its rarer word (row) and of its other word (column) within their
#: blocks, and its count.
PAIR = np.dtype([("row", "<u2"), ("column", "<u2"), ("value", "<f4")])
#: The side of a tile: its pairs stand for the entries (column, row), (row, column), or both.
LEFT, RIGHT, BOTH = 0, 1, 2
#: Counts must lie between these: float32 holds such numbers with full precision.
SMALLEST, LARGEST = 1e-30, 1e30
#: A matrix must have fewer rows than this.
MOST_ROWS = 1 << 30


def block_starts(n_words: int) -> NDArray[np.int64]:
    """The first word of each block, and n_words at the end: (blocks + 1,).

    Words are numbered by falling count, so the first blocks are narrow: each has a 32nd of the
    words before it, and at least 8.  Then no block has more than 2.5 % of the pairs, and dozens of
    workers can each train on blocks that no other worker uses.  The widest blocks have 512 words,
    whose vectors fit the second-level cache, or a thousandth of a large vocabulary.

    >>> block_starts(30).tolist()
    [0, 8, 16, 24, 30]
    """
    widest = min(65536, max(512, -(-n_words // 1024)))
    starts = [0]
    while starts[-1] < n_words:
        width = min(max(8, starts[-1] // 32), widest)
        starts.append(min(starts[-1] + width, n_words))
    return np.array(starts, np.int64)


class TileList:
    """The list of a matrix's tiles, built one block of rows at a time.

    Parameters
    ----------
    starts : (blocks + 1,) int64
        the first word of each block, see :func:`block_starts`.
    symmetric : bool
        whether each pair stands for two entries of the matrix.
    """

    def __init__(self, starts: NDArray[np.int64], symmetric: bool) -> None:
        self.starts = starts
        self.symmetric = symmetric
        columns = np.arange(len(starts) - 1, dtype=np.int32)
        if symmetric:
            self._columns, self._sides = columns, np.full(len(columns), BOTH, np.int32)
        else:
            self._columns = np.repeat(columns, 2)
            self._sides = np.tile(np.array([LEFT, RIGHT], np.int32), len(columns))
        self._tiles: list[NDArray[np.int32]] = []
        self._sizes: list[NDArray[np.int64]] = []

    def empty_sizes(self) -> NDArray[np.int64]:
        """An array for the sizes of all tiles of one block of rows, not initialised."""
        return np.empty(len(self._columns), np.int64)

    def add(self, block: int, sizes: NDArray[np.int64]) -> None:
        """Append the tiles of a block of rows, given their sizes; empty ones are left out."""
        filled = np.flatnonzero(sizes)
        rows = np.full(len(filled), block, np.int32)
        self._tiles.append(np.stack([rows, self._columns[filled], self._sides[filled]], axis=1))
        self._sizes.append(sizes[filled])

    def cut(
        self,
        block: int,
        ends: NDArray[np.int64],
        keys: NDArray[np.uint32],
        values: NDArray[np.float32],
    ) -> NDArray[np.uint64]:
        """Cut a block of rows into tiles, append them, and return their pairs (PAIR as uint64).

        Parameters
        ----------
        ends : (rows + 1,) int64
            row i has the entries ``ends[i]`` to ``ends[i + 1]`` of the next two.
        keys, values
            the columns (in an asymmetric matrix as :func:`column_keys` makes them), rising in each
            row, and the counts.
        """
        sizes, pairs = self.empty_sizes(), np.empty(len(keys), np.uint64)
        cut_rows(ends, keys, values, self.starts, not self.symmetric, sizes, pairs)
        self.add(block, sizes)
        return pairs

    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The tiles (tiles, 3): row block, column block, side; and where the pairs of each begin
        (tiles + 1,)."""
        sizes = np.concatenate(self._sizes)
        offsets = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        return np.concatenate(self._tiles), offsets


def column_keys(
    i: NDArray[np.integer[Any]], j: NDArray[np.integer[Any]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The rows and keys of the entries (i, j) of an asymmetric matrix.

    Each entry is stored in the row of its rarer word: (i, j) with j < i in row i under the key
    2 * j + 1, and (j, i) with j <= i in row i under 2 * j.

    >>> column_keys(np.array([5, 3]), np.array([3, 5]))
    (array([5, 5]), array([7, 6]))
    """
    return np.maximum(i, j), 2 * np.minimum(i, j) + (j < i)


def check_counts(counts: NDArray[np.float64]) -> None:
    """ValueError unless all numbers are finite, positive, and from 1e-30 to 1e30."""
    bad = counts[~((counts > 0) & (counts < np.inf))]
    if len(bad):
        raise ValueError(f"entries of the matrix must be finite and not negative, got {bad[0]}")
    bad = counts[(counts < SMALLEST) | (counts > LARGEST)]
    if len(bad):
        raise ValueError(f"entries of the matrix must be from 1e-30 to 1e30, got {bad[0]}")
