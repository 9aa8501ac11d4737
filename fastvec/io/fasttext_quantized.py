"""Matrices that fastText has quantised: of each piece of a row only the number of the nearest of
256 centroids is there (product quantisation, Jégou et al. 2011)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CENTROIDS = 256
MOST_PIECE = 64  # numbers in a piece; a file with more would grow beyond proportion when it is read

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Quantizer:
    """The centroids of the pieces of rows of ``size`` numbers.

    All pieces but the last have ``piece`` numbers.

    >>> quantizer = Quantizer(3, 2, np.arange(3 * 256, dtype=np.float32))
    >>> quantizer.rows(np.array([[1, 0]], np.uint8))
    array([[  2.,   3., 512.]], dtype=float32)
    """

    size: int
    piece: int
    centroids: Floats

    @property
    def pieces(self) -> int:
        """How many pieces a row has, and so how many bytes."""
        return -(-self.size // self.piece)

    def rows(self, codes: NDArray[np.uint8]) -> Floats:
        """The (N, size) rows of (N, pieces) codes.

        >>> Quantizer(1, 1, np.arange(256, dtype=np.float32)).rows(np.array([[7]], np.uint8))
        array([[7.]], dtype=float32)
        """
        rows = np.empty((len(codes), self.size), np.float32)
        for i in range(self.pieces):
            first, last = i * self.piece, min(self.size, (i + 1) * self.piece)
            centroids = self.centroids[first * CENTROIDS : last * CENTROIDS]
            rows[:, first:last] = centroids.reshape(CENTROIDS, last - first)[codes[:, i]]
        return rows


def check_quantizer(size: int, pieces: int, piece: int, last: int) -> None:
    """ValueError unless rows of ``size`` numbers are cut into pieces like that.

    >>> check_quantizer(size=100, pieces=50, piece=2, last=2)
    """
    fits = 1 <= piece <= MOST_PIECE and pieces == -(-size // piece)
    if not fits or last != size - (pieces - 1) * piece:
        raise ValueError(
            f"its rows of {size} numbers cannot have {pieces} pieces of {piece}, the last of {last}"
        )
