"""GloVe's word records: everything that training changes of a word (csrc/glove/kernels.h).

The record of a word is four rows of floats: its word vector, its context vector, and AdaGrad's sums
of squared gradients of both.  Two columns for the biases follow the D numbers of each vector.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec._util.matrix import LINE_BYTES, padded

Records = NDArray[np.float32]

VECTOR, CONTEXT, VECTOR_SQUARES, CONTEXT_SQUARES = range(4)

#: A sum of squared gradients so large that AdaGrad never moves the number.
NEVER_MOVES = 1e30
#: Bytes of records that are trained on together: half of a first-level cache.
STRIP_BYTES = 1 << 14


def empty_records(count: int, size: int, eta: float) -> Records:
    """Records of zero vectors.

    Biases are trained by the same code as the numbers of vectors.  The word bias is column D of the
    word vector, and column D of the context vector is a 1 that never moves; the context bias is
    column D + 1 of the context vector, and column D + 1 of the word vector is such a 1.  The sums
    of squares of biases start at eta^2 instead of 1.

    Returns
    -------
    (count, 4, stride) float32 array
        aligned rows; stride is ``size + 2``, rounded up.
    """
    records = padded(count * 4, size + 2).reshape(count, 4, -1)
    records[:, VECTOR, size + 1] = records[:, CONTEXT, size] = 1
    records[:, VECTOR_SQUARES:] = 1
    records[:, VECTOR_SQUARES, size] = records[:, CONTEXT_SQUARES, size + 1] = eta * eta
    records[:, VECTOR_SQUARES, size + 1] = records[:, CONTEXT_SQUARES, size] = NEVER_MOVES
    return records


def random_records(count: int, size: int, eta: float, seed: int) -> Records:
    """Records as glove.c starts: vectors and biases uniform in +-0.5 / (D + 1), squares 1."""
    records = empty_records(count, size, eta)
    generator = np.random.default_rng((seed, 0))
    step = max(1, (1 << 21) // size)  # bounds the memory that the draws take
    for first in range(0, count, step):
        rows = records[first : first + step]
        draws = generator.random((len(rows), 2, size + 1), np.float32)
        draws = (draws - np.float32(0.5)) / np.float32(size + 1)
        rows[:, VECTOR : CONTEXT + 1, :size] = draws[:, :, :size]
        rows[:, VECTOR, size] = draws[:, 0, size]
        rows[:, CONTEXT, size + 1] = draws[:, 1, size]
    return records


def aligned_records(records: Records) -> Records:
    """The records themselves, or a copy of them if their rows are not aligned."""
    if records.ctypes.data % LINE_BYTES == 0:
        return records
    count, kinds, stride = records.shape
    copy = padded(count * kinds, stride).reshape(count, kinds, stride)
    copy[:] = records
    return copy


def strip_bits(records: Records) -> int:
    """The binary logarithm of the number of words that are trained on together in STRIP_BYTES."""
    return int(np.clip(int(STRIP_BYTES // records[0].nbytes).bit_length() - 1, 0, 4))
