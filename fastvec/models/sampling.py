"""Tables for the native core: which tokens stay, noise words, Huffman paths, expected steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec._core import (
    CHUNK_TOKENS,
    HOT_ROWS,
    build_alias,
    fill_depths,
    fill_paths,
    fill_tree,
    first_occurrences,
)
from fastvec._util.matrix import ROW_FLOATS
from fastvec.params import Word2VecParams

KEEP_ALL = 0xFFFFFFFF

#: Noise, found by experiment (docs/method.md): how often a rare word is drawn at most when it has
#: its turn, how often all turns come round in an epoch at least, how many there are at most, and
#: words side by side that have their turn together.
DRAWS_A_TURN, ROUNDS_AN_EPOCH, MOST_PARTS, BLOCK_WORDS = 16, 24, 256, 32

Noise = tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]]
Paths = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]
NO_PATHS = (None, None, None)


def subsample_thresholds(counts: NDArray[np.int64], sample: float) -> NDArray[np.uint32]:
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
    kept = counts * (subsample_thresholds(counts, params.sample) / KEEP_ALL)
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


def noise_tables(counts: NDArray[np.int64], params: Word2VecParams, tokens: int) -> Noise:
    """What noise words are drawn from in an epoch of so many tokens: of each part an alias table
    of words and the words of its columns, one after another, and where they begin (csrc/noise.h).

    Of all parts together every word has its share of count^ns_exponent: a word of one part in so
    many has so many times its weight there, and the words of all parts have the rest.
    """
    weights = np.maximum(counts, 1).astype(np.float64) ** params.ns_exponent
    periods = noise_periods(counts, weights, params, tokens)
    parts = noise_parts(periods)
    rare = np.where(periods > 1, weights * periods, 0.0)
    rest = weights.sum() - np.array([rare[part].sum() for part in parts])
    if rest.min() <= 0:  # a part's rare words would be more than all
        parts, rare, rest = noise_parts(np.ones_like(periods)), np.zeros_like(rare), np.ones(1)
    common = np.where(rare > 0, 0.0, weights)
    common /= common.sum()
    tables = [np.empty((len(part), 2), np.uint32) for part in parts]
    for table, part, left in zip(tables, parts, rest, strict=True):
        build_alias(rare[part] + left * common[part], table)
        table[:, 1] = part[table[:, 1]]
    starts = np.cumsum([0, *map(len, parts)], dtype=np.int64)
    return np.concatenate(tables), np.concatenate(parts), starts


def noise_periods(
    counts: NDArray[np.int64],
    weights: NDArray[np.float64],
    params: Word2VecParams,
    tokens: int,
) -> NDArray[np.int64]:
    """In how many parts each word comes once, a power of 2: so many that it is drawn at most
    DRAWS_A_TURN times then.  1 for words that may have copies beside other workers (replica.h), as
    expected_steps takes it that they are drawn at any time."""
    kept = (counts * (subsample_thresholds(counts, params.sample) / KEEP_ALL)).sum() / counts.sum()
    context = params.window + 1 if params.shrink_windows else 2 * params.window
    lists = context if params.sg and not params.shared_negatives else 1  # for each word
    draws = CHUNK_TOKENS * kept * lists * params.negative * weights / weights.sum()  # in a chunk
    most = min(tokens / CHUNK_TOKENS / ROUNDS_AN_EPOCH, MOST_PARTS)
    turns = np.log2(np.clip(DRAWS_A_TURN / np.maximum(draws, 1e-9), 1, max(most, 1)))
    periods: NDArray[np.int64] = 2 ** turns.astype(np.int64)
    periods[:HOT_ROWS] = 1
    return periods


def noise_parts(periods: NDArray[np.int64]) -> list[NDArray[np.int32]]:
    """The words of each part.  Those of one period are dealt out in blocks: processors fetch lines
    behind those that they are asked for, and these should belong to the same worker."""
    classes = []
    for period in 2 ** np.arange(int(periods.max()).bit_length()):  # np.unique imports numpy.ma
        words = np.flatnonzero(periods == period).astype(np.int32)
        turns = np.arange(len(words)) // BLOCK_WORDS % period
        ends = np.cumsum(np.bincount(turns, minlength=period))
        classes.append(np.split(words[np.argsort(turns, kind="stable")], ends[:-1]))
    return [
        np.concatenate([turns[part % len(turns)] for turns in classes])
        for part in range(periods.max())
    ]


def tree_places(tokens: NDArray[np.int32], places: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where each word stands in the row that the Huffman tree is made from: 1, 2, ...

    By first occurrence in ``tokens``, since words that first occur near each other often have to do
    with each other (docs/method.md); words that do not occur come last.  Those that have a place
    already, other than 0, keep it, and the others follow.
    """
    places = places.copy()
    new = np.flatnonzero(places == 0)
    if len(new):
        first = np.full(len(places), len(tokens), np.int64)
        first_occurrences(tokens, first)
        places[new[np.argsort(first[new], kind="stable")]] = places.max() + 1 + np.arange(len(new))
    return places


def huffman_paths(counts: NDArray[np.int64], places: NDArray[np.int32]) -> Paths:
    """Where each word's path begins, its nodes, and their signs (csrc/huffman.h)."""
    size = len(counts)
    by_count = np.lexsort((places, -counts))
    sorted_depths, depths = np.empty(size, np.int32), np.empty(size, np.int32)
    fill_depths(counts[by_count], sorted_depths)
    depths[by_count] = sorted_depths
    words = np.lexsort((places, -depths)).astype(np.int32)
    parent = np.zeros(2 * size - 1, np.int32)
    bit = np.zeros(2 * size - 1, np.uint8)
    fill_tree(words, places[words], depths[words], parent, bit)
    offsets = np.concatenate([[0], np.cumsum(depths, dtype=np.int64)])
    rows = np.zeros(offsets[-1] + ROW_FLOATS, np.int32)
    signs = np.zeros(offsets[-1] + ROW_FLOATS, np.float32)
    fill_paths(parent, bit, offsets, rows, signs)
    return offsets, rows, signs
