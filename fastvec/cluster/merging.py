"""Merging: trainers that each changed rows of their own agree on rows again.

What K trainers did at the same time is to have the effect of doing it one after the other.  If the
steps of one of them leave e^-x of a row's distance to its optimum, those of K leave e^-Kx.  The
mean of K copies leaves e^-x only, unless each trainer takes steps that are K times as large: then
rows that are seldom used move by the sum of all steps, and rows that have arrived by their mean.
Where K times the rate would be too large (``MOST_RATE``), trainers take s times as large steps, and
the mean change of a row is multiplied with (1 - e^-(K/s)x) / (1 - e^-x), where x is estimated from
how often the row is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

#: The largest learning rate of a trainer.
MOST_RATE = 0.1
#: x after one update with a learning rate of 1: of the rows of words and of the nodes of a tree
#: (those of csrc/word2vec/hot_rows.h).
WORD_DECAY, NODE_DECAY = 0.03, 0.3
#: Bytes of the rows that go from one trainer to another at a time.
BLOCK_BYTES = 1 << 24


@dataclass(frozen=True)
class RowBlock:
    """The rows ``start`` to ``stop`` of one of the matrices."""

    matrix: int
    start: int
    stop: int

    def of(self, matrices: Sequence[Matrix]) -> Matrix:
        """These rows."""
        return matrices[self.matrix][self.start : self.stop]


def row_blocks(shapes: Sequence[tuple[int, int]], least: int) -> list[RowBlock]:
    """The rows of matrices of these shapes in blocks, of which there are ``least`` or more.

    >>> row_blocks([(4, 16), (3, 16)], least=3)
    [RowBlock(matrix=0, start=0, stop=3), RowBlock(matrix=0, start=3, stop=4), \
RowBlock(matrix=1, start=0, stop=3)]
    """
    rows = sum(count for count, _ in shapes)
    most = max(1, -(-rows // least))
    return [
        RowBlock(i, start, min(start + size, count))
        for i, (count, stride) in enumerate(shapes)
        for size in [min(most, max(1, BLOCK_BYTES // (4 * stride)))]
        for start in range(0, count, size)
    ]


def rate_scale(trainers: int, alpha: float) -> float:
    """How many times as large the steps of each of some trainers are as those of a single one.

    >>> rate_scale(1, 0.025), rate_scale(2, 0.025), rate_scale(64, 0.025)
    (1.0, 2.0, 4.0)
    """
    return max(1.0, min(float(trainers), MOST_RATE / alpha))


def row_factors(
    steps: NDArray[np.float64], decay: float, ratio: float
) -> NDArray[np.float32] | float:
    """What the mean change of each row is multiplied with.

    Parameters
    ----------
    steps : (rows,) float64 array
        the steps that one trainer took in each row, times their learning rate.
    decay : float
        x of one of them, at a rate of 1.
    ratio : float
        the number of trainers, divided by the scale of their rates.

    >>> row_factors(np.array([0.0, 1e9]), 0.03, ratio=4.0).round(3)
    array([4., 1.], dtype=float32)
    """
    if ratio == 1:
        return 1.0
    x = np.maximum(decay * steps, 1e-6)
    factors: NDArray[np.float32] = (np.expm1(-ratio * x) / np.expm1(-x)).astype(np.float32)
    return factors


def merged(base: Matrix, changes: Sequence[Matrix], factors: NDArray[np.float32] | float) -> Matrix:
    """The rows that trainers agree on.

    Parameters
    ----------
    base : (rows, stride) float32 array
        those of the merge before.
    changes : sequence of such arrays
        by how much each of the trainers has changed them.
    factors : (rows,) float32 array, or 1
        see :func:`row_factors`.

    >>> base = np.zeros((1, 2), np.float32)
    >>> merged(base, [base + 1, base + 3], 1.0)
    array([[2., 2.]], dtype=float32)
    """
    total = changes[0].copy()
    for change in changes[1:]:
        total += change
    total *= np.reshape(factors, (-1, 1)) / np.float32(len(changes))
    total += base
    return total
