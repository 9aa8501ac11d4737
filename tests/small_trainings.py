"""Trainings of the native core that are small enough to be compared with the reference.

There are V words, one of which, V - 1, is always the noise word.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from cases import one_shard
from numpy.typing import NDArray
from reference import word2vec
from reference.subwords import Targets

from fastvec._core import Control, HierarchicalSoftmax, NegativeSampling, Training
from fastvec.models.huffman import huffman_paths

V, ALPHA, SEED = 12, 0.05, 1
EVERYTHING = 2**32 - 1  # is kept
SETTINGS: dict[str, Any] = {
    "skip_gram": True, "window": 3, "shrink_windows": False, "shared_negatives": True,
    "cbow_mean": True, "cbow_corrected": False, "workers": 1, "simd": "baseline",
}  # fmt: skip


def training(
    sentences: list[list[int]],
    words: NDArray[np.float32],
    outputs: NDArray[np.float32],
    steps: NDArray[np.float32],
    tree: bool = False,
    **options: Any,
) -> Training:
    """A run that keeps all tokens, with the tree or with negative sampling."""
    layer: Any = NegativeSampling(outputs, one_shard([1e-300] * (V - 1) + [1.0]), 1, steps)
    if tree:
        layer = HierarchicalSoftmax(outputs, paths(), steps)
    return Training(
        tokens=np.array([word for sentence in sentences for word in sentence], np.int32),
        offsets=np.cumsum([0, *map(len, sentences)]),
        keep=np.full(V, EVERYTHING, np.uint32),
        vectors=words,
        layers=[layer],
        vector_steps=steps,
        **(SETTINGS | options),
    )


def paths() -> Any:
    return huffman_paths(np.arange(V, 0, -1), np.arange(V, dtype=np.int32))


def run(training: Training, workers: int = 1) -> None:
    training.start_epoch(ALPHA, ALPHA, SEED)
    control = Control(workers)
    threads = [threading.Thread(target=training.run, args=(i, control)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def targets_of_noise(centre: int) -> Targets:
    """The centre and the one noise word, V - 1, unless that is the centre itself."""
    return word2vec.negative_list(centre, [V - 1])


def targets_of_tree(centre: int) -> Targets:
    offsets, nodes, signs = paths()
    path = slice(offsets[centre], offsets[centre + 1])
    return nodes[path].astype(np.int64), (signs[path].astype(float) + 1) / 2
