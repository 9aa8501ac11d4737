"""Matrices in the layout that the kernels work on.  Imports nothing of the package."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROW_FLOATS = 16
LINE_BYTES = 64


def padded(rows: int, size: int) -> NDArray[np.float32]:
    """A float32 matrix of zeros, (rows, size rounded up to 16), every row aligned to 64 bytes.

    So no vector instruction meets a partial row, and no two words share a cache line.  Large ones
    lie on huge pages where the system has them (NumPy asks for them): random rows of a matrix on
    4 KB pages miss the address cache nearly every time.

    >>> padded(3, 100).shape
    (3, 112)
    """
    stride = -(-size // ROW_FLOATS) * ROW_FLOATS
    # np.empty, not np.zeros: only the former asks for huge pages.
    block = np.empty(rows * stride + LINE_BYTES // 4, np.float32)
    skip = -block.ctypes.data % LINE_BYTES // 4
    matrix = block[skip : skip + rows * stride].reshape(rows, stride)
    matrix[:] = 0
    return matrix


def padded_copy(values: ArrayLike) -> NDArray[np.float32]:
    """A padded matrix with the given values (rows, size) in it."""
    values = np.asarray(values)
    matrix = padded(*values.shape)
    matrix[:, : values.shape[1]] = values
    return matrix


def random_rows(rows: int, size: int, generator: np.random.Generator) -> NDArray[np.float32]:
    """A padded matrix of numbers uniform in [-1 / size, 1 / size), as in gensim and fastText."""
    matrix = padded(rows, size)
    step = max(1, (1 << 22) // size)  # bounds what is held twice
    for start in range(0, rows, step):
        block = generator.random((min(step, rows - start), size), dtype=np.float32)
        matrix[start : start + step, :size] = (2 * block - 1) / np.float32(size)
    return matrix
