"""NumPy arrays of integers as a source: every row is a sentence of item ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fastvec.corpus.chunks import Chunk, ObjectKind, int_chunk
from fastvec.params import CorpusParams

CHUNK_ITEMS = 1 << 20


def _matches(source: Any) -> bool:
    return isinstance(source, np.ndarray) and source.dtype.kind in "iufb"


def _chunks(array: Any, _: CorpusParams) -> Iterator[Chunk]:
    if array.dtype.kind not in "iu":
        raise TypeError(f"an array of item ids must hold integers, got {array.dtype}")
    if array.ndim not in (1, 2):
        raise ValueError(f"an array of item ids must have 1 or 2 dimensions, got {array.ndim}")
    rows = array.reshape(-1, array.shape[-1])
    step = max(1, CHUNK_ITEMS // max(1, rows.shape[1]))
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        starts = np.arange(len(some) + 1, dtype=np.int64) * some.shape[1]
        yield int_chunk("the array", some.ravel(), starts)


INTEGER_ARRAYS = ObjectKind(_matches, _chunks)
