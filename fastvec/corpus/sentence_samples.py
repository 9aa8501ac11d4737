"""What a sample of encoded sentences says: whether they repeat, whether the text runs on across
them, and whether they are words with tags."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec.corpus.spool import Ids, Offsets

LEAST_WORDS = 6  # of a sentence that is repeated hardly by chance
LONGEST = 400  # sentences of equal length are looked for up to this one
SENTENCES = 500  # looked at
BLOCK = 1 << 15  # sentences of which the lengths are looked at
RUN = 10_000  # words that follow one another, looked at
MOST_COLUMNS = 20  # of a table of words
ROWS = 2_000  # of a table, looked at


def repeated_share(tokens: Ids, offsets: Offsets) -> float:
    """The share of sentences that are repetitions of others, from a sample.

    A sentence and its repetition have the same length.  So it is enough to compare all sentences of
    some lengths, such as are not too frequent.

    >>> repeated_share(np.arange(12, dtype=np.int32) % 6, np.array([0, 6, 12]))
    0.5
    """
    some = _beginning_and_middle(len(offsets) - 1)
    some = some[_of_some_lengths(offsets[some + 1] - offsets[some])]
    if not len(some):
        return 0.0
    different = {tokens[offsets[i] : offsets[i + 1]].tobytes() for i in some}
    return 1 - len(different) / len(some)


def _beginning_and_middle(count: int) -> NDArray[np.int64]:
    """The sentences at the beginning and in the middle, where a text that is there twice has its
    second beginning; all, if they are not many."""
    if count <= 2 * BLOCK:
        return np.arange(count)
    middle = count // 2 - BLOCK // 8
    return np.concatenate([np.arange(BLOCK), np.arange(middle, middle + BLOCK)])


def _of_some_lengths(lengths: Offsets) -> NDArray[np.int64]:
    """The sentences of some lengths; all, if they are few."""
    if len(lengths) <= SENTENCES:
        return np.flatnonzero(lengths >= LEAST_WORDS)
    numbers = np.bincount(np.minimum(lengths, LONGEST), minlength=LONGEST + 1)
    numbers[:LEAST_WORDS] = numbers[LONGEST] = 0
    if not numbers.any():
        return np.empty(0, np.int64)
    few = np.flatnonzero((numbers > 0) & (numbers <= SENTENCES // 4))
    few = np.random.default_rng(0).permutation(few)
    few = few[np.cumsum(numbers[few]) <= SENTENCES]
    if numbers[few].sum() < SENTENCES // 10:
        few = np.array([np.where(numbers > SENTENCES // 4, numbers, len(lengths) + 1).argmin()])
    chosen = np.zeros(LONGEST + 1, bool)
    chosen[few] = True
    return np.flatnonzero(chosen[np.minimum(lengths, LONGEST)])[:SENTENCES]


def runs_on(tokens: Ids, offsets: Offsets) -> bool:
    """Whether sentences are pieces of a text that runs on across them, from a sample.

    If it does, the last word of a sentence and the first one of the next are, as often as words
    that follow one another within sentences, a pair that is found within other sentences.  Where
    sentences, sessions or walks end, such pairs are not more frequent than by chance.
    """
    first = np.searchsorted(offsets, max(0, (len(tokens) - RUN) // 2))
    last = np.searchsorted(offsets, offsets[first] + RUN, side="right") - 1
    words = tokens[offsets[first] : offsets[last]].astype(np.int64)
    ends = offsets[first + 1 : last] - offsets[first]
    if len(ends) < 200:
        return False
    size = np.int64(1) << 32
    pairs = words[:-1] * size + words[1:]
    crossing = pairs[ends - 1]
    by_chance = words[ends - 1] * size + np.roll(words[ends], len(ends) // 2)
    inside, times = np.unique(np.delete(pairs, ends - 1), return_counts=True)
    usual = times[times > 1].sum() / max(times.sum(), 1)
    found, chance = (np.isin(some, inside).mean() for some in (crossing, by_chance))
    return bool(usual - chance > 0.05 and found - chance > 0.4 * (usual - chance))


def columns_of_words(tokens: Ids, offsets: Offsets) -> int:
    """How many columns there are, if sentences are words with their tags, as in CoNLL; else 0.

    Many sentences then have the same length, and in some place one of a few words that stand in no
    other place.

    >>> rows = np.array([[i, 2000 + i % 7] for i in range(2000)], dtype=np.int32)
    >>> columns_of_words(rows.ravel(), np.arange(0, 4001, 2))
    2
    """
    lengths = np.diff(offsets[: BLOCK + 1])
    size = int(np.bincount(np.minimum(lengths, MOST_COLUMNS + 1)).argmax())
    at = np.flatnonzero(lengths == size)
    if not 2 <= size <= MOST_COLUMNS or len(at) < 0.4 * len(lengths):
        return 0
    if np.mean(lengths > size) > 0.15:  # there may be comments
        return 0
    rows = tokens[offsets[at[:ROWS], np.newaxis] + np.arange(size)]
    return size if any(_has_tags(rows, column) for column in range(size)) else 0


def _has_tags(rows: Ids, column: int) -> bool:
    """Whether a column has few different words, which other columns do not have."""
    tags = np.unique(rows[:, column])
    others = np.delete(rows, column, axis=1)
    return len(tags) <= len(rows) // 25 and bool(np.isin(others, tags).mean() < 0.02)
