"""Matrices in the layout that the kernels need."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROW_FLOATS = 16
LINE_BYTES = 64


def _stride(size: int) -> int:
    return -(-size // ROW_FLOATS) * ROW_FLOATS


def padded(rows: int, size: int) -> NDArray[np.float32]:
    """A float32 matrix of zeros, (rows, size rounded up to 16), every row aligned to 64 bytes.

    In this layout vector instructions always process whole registers, and no two words share a
    cache line.  Large matrices are on huge pages if the system has them (NumPy asks for them),
    because reading random rows on 4 KB pages misses the address cache nearly every time.

    >>> padded(3, 100).shape
    (3, 112)
    """
    stride = _stride(size)
    # np.empty asks for huge pages, np.zeros does not.
    block = np.empty(rows * stride + LINE_BYTES // 4, np.float32)
    skip = -block.ctypes.data % LINE_BYTES // 4
    matrix = block[skip : skip + rows * stride].reshape(rows, stride)
    matrix[:] = 0
    return matrix


def padded_copy(values: ArrayLike) -> NDArray[np.float32]:
    """A padded matrix that holds a copy of the given (rows, size) values."""
    values = np.asarray(values)
    matrix = padded(*values.shape)
    matrix[:, : values.shape[1]] = values
    return matrix


def padded_rows(rows: ArrayLike) -> NDArray[np.float32]:
    """The padded matrix of which these (rows, size) values are a view, or a padded copy.

    Any array with the layout of :func:`padded` and zeros as padding is used without a copy.

    >>> matrix = padded(3, 100)
    >>> np.shares_memory(padded_rows(matrix[:, :100]), matrix)
    True
    """
    matrix = padding_of(rows)
    return padded_copy(rows) if matrix is None else matrix


def padding_of(rows: ArrayLike) -> NDArray[np.float32] | None:
    """The padded matrix of which these (rows, size) values are a view; None if there is none.

    >>> padding_of(np.ones((3, 100), np.float32)) is None
    True
    """
    rows = np.asarray(rows)
    (count, size), block = rows.shape, rows.base
    stride = _stride(size)
    if (
        isinstance(block, np.ndarray)
        and block.dtype == rows.dtype == np.float32
        and block.ndim == 1
        and block.flags.c_contiguous
        and rows.flags.writeable
        and rows.strides == (4 * stride, 4)
        and rows.ctypes.data % LINE_BYTES == 0
    ):
        at = (rows.ctypes.data - block.ctypes.data) // 4
        if at + count * stride <= len(block):
            matrix = block[at : at + count * stride].reshape(count, stride)
            if not matrix[:, size:].any():
                return matrix
    return None


def picked_rows(rows: ArrayLike, picks: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """A padded matrix of the rows with these indices; a row of zeros for the index -1.

    >>> picked_rows([[1.0], [2.0]], np.array([1, -1]))[:, :1].tolist()
    [[2.0], [0.0]]
    """
    rows = np.asarray(rows)
    matrix = padded(len(picks), rows.shape[1])
    here = picks >= 0
    matrix[here, : rows.shape[1]] = rows[picks[here]]
    return matrix


def random_rows(
    rows: int, size: int, generator: np.random.Generator, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """A padded matrix of numbers uniform in [-1 / size, 1 / size), as in gensim and fastText.

    ``out`` is a padded matrix to fill; by default, a new one is made.
    """
    matrix = padded(rows, size) if out is None else out
    step = max(1, (1 << 22) // size)  # limits the memory of the temporary copies
    for start in range(0, rows, step):
        block = generator.random((min(step, rows - start), size), dtype=np.float32)
        matrix[start : start + step, :size] = (2 * block - 1) / np.float32(size)
    return matrix
