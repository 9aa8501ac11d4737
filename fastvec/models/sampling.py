"""How often training meets each word: subsampling, noise words, expected steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec._core import CHUNK_TOKENS, HOT_ROWS, build_alias
from fastvec.params import Word2VecParams

#: A token stays if 32 random bits are at most its word's threshold: this one keeps all of them.
KEEP_ALL = 0xFFFFFFFF

#: How rare noise words rotate (found by experiment: docs/performance.md).  A rare word is drawn
#: about this many times, at most, in a chunk whose shard it is in.
MAX_DRAWS_PER_CHUNK = 16
#: All shards are used at least this many times in an epoch,
ROTATIONS_PER_EPOCH = 24
#: there are at most this many of them,
MAX_SHARDS = 256
#: and this many neighbouring words are always in the same shard.
BLOCK_WORDS = 32

Noise = tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]]


# --- subsampling


def subsample_thresholds(counts: NDArray[np.int64], sample: float) -> NDArray[np.uint32]:
    """The probability of keeping an occurrence of each word, times 2**32 - 1.

    word2vec.c, lines 409-411: sqrt(t / f) + t / f for a word with frequency f.  As in gensim, a
    ``sample`` of 1 or more is a count: words that occur more often than that are subsampled.
    """
    if sample == 0:
        return np.full(len(counts), KEEP_ALL, np.uint32)
    threshold = sample * counts.sum() if sample < 1 else sample * (3 + np.sqrt(5)) / 2
    ratio = threshold / np.maximum(counts, 1)
    probability = np.minimum(np.sqrt(ratio) + ratio, 1.0)
    thresholds: NDArray[np.uint32] = (probability * KEEP_ALL).astype(np.uint32)
    return thresholds


def kept_shares(counts: NDArray[np.int64], params: Word2VecParams) -> NDArray[np.float64]:
    """Each word's share of the words that subsampling leaves."""
    kept = counts * (subsample_thresholds(counts, params.sample) / KEEP_ALL)
    shares: NDArray[np.float64] = kept / max(kept.sum(), 1e-30)
    return shares


# --- how many steps each row takes


@dataclass(frozen=True)
class WordUse:
    """How often training uses each word, on average, for every word that it trains on.

    Several workers need to know it for the rows that they have copies of
    (csrc/word2vec/hot_rows.h).

    Attributes
    ----------
    share : (V,) float64 array
        each word's share of the words trained on.
    contexts : float
        the number of context words of a position.
    steps_per_target : float
        how many steps each output row of a position takes: one for each context word with
        skip-gram, one with CBOW.
    """

    share: NDArray[np.float64]
    contexts: float
    steps_per_target: float


def expected_word_use(
    counts: NDArray[np.int64], params: Word2VecParams, other_words: float
) -> WordUse:
    """The expected use of each word, if a sentence has ``other_words`` besides each of its own."""
    window = params.window + 1 if params.shrink_windows else 2 * params.window
    contexts = min(window, other_words)
    return WordUse(kept_shares(counts, params), contexts, contexts if params.sg else 1)


def mean_other_words(offsets: NDArray[np.int64]) -> float:
    """How many other words a word's sentence has, on average over all words; at least 1."""
    lengths = np.diff(offsets).astype(np.float64)
    squares = float(np.square(lengths).sum())  # not @, which would wake up the threads of BLAS
    return max(1.0, squares / int(offsets[-1]) - 1)


# --- noise words


def noise_weights(counts: NDArray[np.int64], params: Word2VecParams) -> NDArray[np.float64]:
    """The weights by which noise words are drawn: count^ns_exponent, of words without count 1."""
    weights: NDArray[np.float64] = np.maximum(counts, 1).astype(np.float64) ** params.ns_exponent
    return weights


def noise_tables(counts: NDArray[np.int64], params: Word2VecParams, n_tokens: int) -> Noise:
    """The alias tables that an epoch of ``n_tokens`` draws its noise words from
    (csrc/word2vec/noise.h).

    The words are dealt out to shards, and each chunk of the text draws from one shard, so that
    the rows of its rare words stay in the cache.  A word in one of n shards has n times its weight
    there; frequent words, which are in all shards, have what is left.  So over all shards each
    word is drawn with probability proportional to count^ns_exponent.

    Returns
    -------
    columns : (n, 2) uint32 array
        the alias tables of all shards, one after another: a threshold, and the word that is drawn
        above it.
    words : (n,) int32 array
        the word that is drawn up to the threshold.
    starts : (shards + 1,) int64 array
        where each shard's table begins.
    """
    weights = noise_weights(counts, params)
    periods = shard_periods(counts, weights, params, n_tokens)
    shards = shard_words(periods)
    rare = np.where(periods > 1, weights * periods, 0.0)
    rest = weights.sum() - np.array([rare[words].sum() for words in shards])
    if rest.min() <= 0:  # the rare words of a shard would have more than all the weight
        shards, rare, rest = shard_words(np.ones_like(periods)), np.zeros_like(rare), np.ones(1)
    frequent = np.where(rare > 0, 0.0, weights)
    frequent /= frequent.sum()
    tables = [np.empty((len(words), 2), np.uint32) for words in shards]
    for table, words, left in zip(tables, shards, rest, strict=True):
        build_alias(rare[words] + left * frequent[words], table)
        table[:, 1] = words[table[:, 1]]
    starts = np.cumsum([0, *map(len, shards)], dtype=np.int64)
    return np.concatenate(tables), np.concatenate(shards), starts


def shard_periods(
    counts: NDArray[np.int64],
    weights: NDArray[np.float64],
    params: Word2VecParams,
    n_tokens: int,
) -> NDArray[np.int64]:
    """For each word a power of 2: the word is in one of every so many shards.

    It is the largest with which the word is drawn at most MAX_DRAWS_PER_CHUNK times in a chunk.  It
    is 1 for the words that workers may have copies of (csrc/word2vec/hot_rows.h):
    :class:`WordUse` assumes that those may be drawn at any time.
    """
    kept = (counts * (subsample_thresholds(counts, params.sample) / KEEP_ALL)).sum() / counts.sum()
    window = params.window + 1 if params.shrink_windows else 2 * params.window
    lists = window if params.sg and not params.shared_negatives else 1  # for each word
    draws = CHUNK_TOKENS * kept * lists * params.negative * weights / weights.sum()  # in a chunk
    most = min(n_tokens / CHUNK_TOKENS / ROTATIONS_PER_EPOCH, MAX_SHARDS)
    shards = np.log2(np.clip(MAX_DRAWS_PER_CHUNK / np.maximum(draws, 1e-9), 1, max(most, 1)))
    periods: NDArray[np.int64] = 2 ** shards.astype(np.int64)
    periods[:HOT_ROWS] = 1
    return periods


def shard_words(periods: NDArray[np.int64]) -> list[NDArray[np.int32]]:
    """The words of each shard.

    The words of one period are dealt out in blocks: processors also fetch the cache lines behind
    those that they are asked for, and these should belong to a word of the same shard.
    """
    dealt = []  # for each period, the words of each of its shards
    for period in 2 ** np.arange(int(periods.max()).bit_length()):  # np.unique imports numpy.ma
        words = np.flatnonzero(periods == period).astype(np.int32)
        shards = np.arange(len(words)) // BLOCK_WORDS % period
        ends = np.cumsum(np.bincount(shards, minlength=period))
        dealt.append(np.split(words[np.argsort(shards, kind="stable")], ends[:-1]))
    return [
        np.concatenate([shards[shard % len(shards)] for shards in dealt])
        for shard in range(periods.max())
    ]
