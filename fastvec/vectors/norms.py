"""Lengths of vectors, and vectors scaled to length 1.  A vector of zeros stays as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ROWS_PER_BLOCK = 4096


def row_norms(vectors: NDArray[Any]) -> Floats:
    """The length of every row of (V, D) vectors, as (V,) float32.

    It is computed block by block, so that no temporary matrix of V rows is needed.

    >>> row_norms(np.array([[3.0, 4.0]]))
    array([5.], dtype=float32)
    """
    norms = np.empty(len(vectors), np.float32)
    for first in range(0, len(vectors), ROWS_PER_BLOCK):
        block = np.asarray(vectors[first : first + ROWS_PER_BLOCK], np.float32)
        norms[first : first + ROWS_PER_BLOCK] = np.sqrt(np.einsum("ij,ij->i", block, block))
    return norms


def safe_reciprocal(norms: Floats) -> Floats:
    """1 / norms, and 0 where a norm is 0: so the cosine of a zero vector with any other is 0.

    >>> safe_reciprocal(np.array([2.0, 0.0], np.float32))
    array([0.5, 0. ], dtype=float32)
    """
    return np.divide(1, norms, out=np.zeros_like(norms), where=norms != 0)


def normalized_rows(vectors: NDArray[Any]) -> Floats:
    """The rows of (N, D) vectors scaled to length 1, as float32.

    >>> normalized_rows(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]], dtype=float32)
    """
    rows = np.asarray(vectors, np.float32)
    return rows * safe_reciprocal(row_norms(rows))[:, None]


def cosine(one: NDArray[Any], other: NDArray[Any]) -> np.float32:
    """The cosine of two (D,) vectors, computed in float64; 0 if one of them is zero.

    So a vector has the cosine 1 with itself and with its multiples, and no cosine is beyond 1.

    >>> cosine(np.array([0.1, 0.7], np.float32), np.array([0.3, 2.1], np.float32))
    np.float32(1.0)
    """
    a, b = (np.asarray(vector, np.float64) for vector in (one, other))
    lengths = np.sqrt(a @ a) * np.sqrt(b @ b)
    return np.float32(np.clip(a @ b / lengths, -1, 1) if lengths else 0)


def clip_cosines(cosines: Floats) -> Floats:
    """Cut off, in place, what rounding has added to cosines beyond -1 and 1.

    >>> clip_cosines(np.array([1.0000001, 0.5], np.float32))
    array([1. , 0.5], dtype=float32)
    """
    return np.clip(cosines, -1, 1, out=cosines)


def normalized(vector: NDArray[Any]) -> Floats:
    """One (D,) vector scaled to length 1, as float32.

    >>> normalized(np.array([3.0, 4.0]))
    array([0.6, 0.8], dtype=float32)
    """
    row: Floats = normalized_rows(vector[None])[0]
    return row
