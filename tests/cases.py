"""The arrays of a small native word2vec training, for the tests of the core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import (
    HierarchicalSoftmax,
    NegativeSampling,
    OutputLayer,
    Training,
    build_alias,
    simd_names,
)
from fastvec.models.huffman import huffman_paths

WORDS, STRIDE = 3, 16


def one_shard(weights: list[float]) -> tuple[NDArray, ...]:
    """Noise from all words at any time."""
    table = np.empty((len(weights), 2), np.uint32)
    build_alias(np.array(weights), table)
    return table, np.arange(len(weights), dtype=np.int32), np.array([0, len(weights)])


def arrays() -> dict[str, Any]:
    """What Training takes for three words."""
    counts = np.array([5, 3, 2])
    path_offsets, path_rows, path_signs = huffman_paths(counts, np.arange(WORDS, dtype=np.int32))
    return {
        "tokens": np.array([0, 1, 2, 0, 1], np.int32),
        "offsets": np.array([0, 3, 5], np.int64),
        "vectors": rows(WORDS),
        "outputs": rows(WORDS),
        "nodes": rows(WORDS - 1),
        "keep": np.full(WORDS, 2**32 - 1, np.uint32),
        "noise": one_shard([5.0, 3.0, 2.0]),
        "path_offsets": path_offsets,
        "path_rows": path_rows,
        "path_signs": path_signs,
    }


def rows(count: int, floats: int = STRIDE, shift: int = 0) -> NDArray[np.float32]:
    """Rows that start on a cache line, or `shift` floats after one."""
    memory = np.zeros(count * floats + 32, np.float32)
    start = -memory.ctypes.data // 4 % 16 + shift
    return memory[start : start + count * floats].reshape(count, floats)


LAYER_ARRAYS = ["outputs", "nodes", "noise", "path_offsets", "path_rows", "path_signs"]


def word2vec_training(
    changed: dict[str, Any],
    *,
    negative: int = 2,
    steps: Sequence[NDArray[np.float32] | None] = (None, None, None),
    **options: Any,
) -> Training:
    given: dict[str, Any] = arrays() | changed
    outputs, nodes, noise, *paths = (given.pop(name) for name in LAYER_ARRAYS)
    layers: list[OutputLayer] = []
    if outputs is not None and negative:
        layers.append(NegativeSampling(outputs, noise, negative, steps[1]))
    if nodes is not None:
        layers.append(HierarchicalSoftmax(nodes, tuple(paths), steps[2]))
    settings: dict[str, Any] = {
        "vector_size": 10, "skip_gram": True, "window": 2, "shrink_windows": True,
        "shared_negatives": True, "cbow_mean": True, "cbow_corrected": False, "workers": 1,
        "vector_steps": steps[0], "layers": layers, "simd": simd_names()[0],
    }  # fmt: skip
    return Training(**(given | settings | options))
