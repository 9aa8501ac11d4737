"""Tables for the native core: which tokens stay, noise words, Huffman paths, expected steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec._core import build_alias, fill_paths, huffman_parents
from fastvec.matrix import ROW_FLOATS
from fastvec.params import Word2VecParams

KEEP_ALL = 0xFFFFFFFF

Paths = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]
NO_PATHS = (None, None, None)


def keep_thresholds(counts: NDArray[np.int64], sample: float) -> NDArray[np.uint32]:
    """Of each word, the share of its occurrences that stay, times 2**32 - 1.

    word2vec.c, lines 409-411: sqrt(t / f) + t / f of a word with frequency f.  As in gensim, a
    sample of 1 or more is a count: words that occur more often are thinned out.
    """
    if sample == 0:
        return np.full(len(counts), KEEP_ALL, np.uint32)
    threshold = sample * counts.sum() if sample < 1 else sample * (3 + np.sqrt(5)) / 2
    ratio = threshold / np.maximum(counts, 1)
    share = np.minimum(np.sqrt(ratio) + ratio, 1.0)
    thresholds: NDArray[np.uint32] = (share * KEEP_ALL).astype(np.uint32)
    return thresholds


def expected_steps(
    counts: NDArray[np.int64],
    params: Word2VecParams,
    paths: Paths | tuple[None, None, None],
    sentence: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32] | None]:
    """How many steps each input row, output row and node takes for every word trained on, if words
    stand in sentences of so many others.

    Several workers need it to add up what each of them changed (csrc/replica.h).
    """
    kept = counts * (keep_thresholds(counts, params.sample) / KEEP_ALL)
    kept = kept / max(kept.sum(), 1e-30)
    noise = np.maximum(counts, 1).astype(np.float64) ** params.ns_exponent
    context = min(params.window + 1 if params.shrink_windows else 2 * params.window, sentence)
    rows_a_step = context if params.sg else 1
    offsets, rows, _ = paths
    nodes, depth = None, 0.0
    if params.hs and offsets is not None and rows is not None:
        lengths = np.diff(offsets)
        use = np.bincount(rows[: offsets[-1]], np.repeat(kept, lengths), max(len(counts) - 1, 1))
        nodes = (use * rows_a_step).astype(np.float32)
        depth = float(kept @ lengths)
    targets = depth + (params.negative + 1 if params.negative else 0)
    outputs = (kept + params.negative * noise / noise.sum()) * rows_a_step
    return (kept * context * targets).astype(np.float32), outputs.astype(np.float32), nodes


def noise_table(counts: NDArray[np.int64], exponent: float) -> NDArray[np.uint32]:
    """Words in proportion to count^exponent, as an alias table (csrc/alias.h)."""
    table = np.empty((len(counts), 2), np.uint32)
    weights = np.maximum(counts, 1).astype(np.float64) ** exponent
    build_alias(weights, table)
    return table


def huffman_paths(counts: NDArray[np.int64]) -> Paths:
    """Where each word's path begins, its nodes, and their signs (csrc/huffman.h).  The tree wants
    falling counts; the words may stand otherwise."""
    order = np.argsort(-counts, kind="stable")
    size = len(counts)
    parent = np.zeros(2 * size - 1, np.int32)
    bit = np.zeros(2 * size - 1, np.uint8)
    offsets = np.zeros(size + 1, np.int64)
    huffman_parents(np.ascontiguousarray(counts[order]), parent, bit, offsets)
    rows = np.zeros(offsets[-1] + ROW_FLOATS, np.int32)
    signs = np.zeros(offsets[-1] + ROW_FLOATS, np.float32)
    fill_paths(parent, bit, offsets, rows, signs)
    if (order == np.arange(size)).all():
        return offsets, rows, signs
    lengths = np.diff(offsets)
    place = np.empty(size, np.int64)
    place[order] = np.arange(size)
    starts = offsets[place]
    moved = np.zeros(size + 1, np.int64)
    np.cumsum(lengths[place], out=moved[1:])
    index = np.repeat(starts - moved[:-1], lengths[place]) + np.arange(moved[-1])
    rows[: moved[-1]], signs[: moved[-1]] = rows[index], signs[index]
    return moved, rows, signs
