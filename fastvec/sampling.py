"""Tables for the native core: which tokens stay, noise words, Huffman paths, expected steps."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastvec._core import (
    CHUNK_TOKENS,
    NOISE_BLOCK,
    NOISE_COMMON,
    build_alias,
    fill_paths,
    huffman_parents,
    noise_words,
)
from fastvec.matrix import ROW_FLOATS
from fastvec.params import Word2VecParams

KEEP_ALL = 0xFFFFFFFF

#: Found by experiment (docs/method.md): how often a rare word is drawn as noise while its part has
#: its turn, how often the turns come round in an epoch, and what stays in a cache.
DRAWS_A_VISIT, ROUNDS_AN_EPOCH, PART_BYTES, MOST_PARTS = 6, 24, 1 << 19, 256

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
        depth = float((kept * lengths).sum())
    targets = depth + (params.negative + 1 if params.negative else 0)
    outputs = (kept + params.negative * noise / noise.sum()) * rows_a_step
    return (kept * context * targets).astype(np.float32), outputs.astype(np.float32), nodes


class Noise(NamedTuple):
    """What noise words are drawn from (csrc/noise.h)."""

    table: NDArray[np.uint32] | None  # (columns, 2): the alias tables of all parts
    parts: int = 1
    visit: int = 1


def noise(counts: NDArray[np.int64], params: Word2VecParams, row_bytes: int, tokens: int) -> Noise:
    """Tables of words in proportion to count^ns_exponent, for an epoch of so many tokens."""
    weights = np.maximum(counts, 1).astype(np.float64) ** params.ns_exponent
    kept = (counts * (keep_thresholds(counts, params.sample) / KEEP_ALL)).sum() / counts.sum()
    lists = params.window if params.sg and not params.shared_negatives else 1  # for each word
    rare = weights[NOISE_COMMON:].sum() / weights.sum()
    draws = CHUNK_TOKENS * kept * lists * params.negative * rare  # of rare words in a chunk
    parts, visit = noise_turns(len(counts) - NOISE_COMMON, draws, row_bytes, tokens, params.workers)
    table = noise_tables(weights, parts)
    return Noise(noise_tables(weights, 1)) if table is None else Noise(table, parts, visit)


def noise_turns(
    rare: int, draws: float, row_bytes: int, tokens: int, workers: int
) -> tuple[int, int]:
    """How many parts, and how many chunks in a row a worker stays with one, for `rare` words of
    which so many are drawn in a chunk.

    A part's rows should stay in the cache and each be drawn a few times meanwhile, workers should
    have different parts, and all of them should come round often.
    """
    longest = tokens / CHUNK_TOKENS / ROUNDS_AN_EPOCH  # chunks until all parts have had their turn
    around = min(DRAWS_A_VISIT * rare / max(draws, 1), longest)
    parts = max(min(rare * row_bytes / PART_BYTES, around), workers)
    parts = int(max(min(parts, longest, rare // NOISE_BLOCK, MOST_PARTS), 1))
    if parts > workers:  # then each worker mostly gets those back that it had
        parts -= parts % workers
    return parts, max(int(around / parts), 1)


def noise_tables(weights: NDArray[np.float64], parts: int) -> NDArray[np.uint32] | None:
    """The alias tables of all parts, such that over all of them every word has its weight.

    With a sum T of all weights, P parts and a sum S of one's rare words, P * S / T of its draws are
    rare, and the common words share the rest.  None where P * S is all of T or more.
    """
    columns = len(weights) + (parts - 1) * NOISE_COMMON
    words, starts = np.empty(columns, np.int32), np.empty(parts + 1, np.int64)
    noise_words(len(weights), parts, words, starts)
    table = np.empty((columns, 2), np.uint32)
    total, common = weights.sum(), weights[:NOISE_COMMON].sum()
    for start, end in pairwise(starts):
        own = weights[words[start:end]]
        if parts > 1:
            own[NOISE_COMMON:] *= parts
            rest = total - own[NOISE_COMMON:].sum()
            if rest <= 0:
                return None
            own[:NOISE_COMMON] *= rest / common
        build_alias(own, table[start:end])
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
