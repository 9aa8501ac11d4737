"""Counting words on several machines: the same vocabulary as on one, byte for byte.

Portions are counted where they are read.  Their words go to a few reducers, by a hash, each with
its place of first appearance, so that words that are as frequent come in the same order as on one
machine, wherever the text was cut.  The driver gets only those words that are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.cluster.portions import TextPortion
from fastvec.corpus.build import read_words
from fastvec.corpus.vocabulary import TrimRule, Vocabulary, select_words
from fastvec.models.validation import word_hashes
from fastvec.params import CorpusParams, VocabularyParams
from fastvec.words import Words, concatenate_words

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Some of the words of a text, with their counts and places.

    Attributes
    ----------
    words : Words
    counts : (n,) int64 array
    portions, positions : (n,) int64 arrays
        the portion in which each word appears first, and how many others appear there before it.
    """

    words: Words
    counts: NDArray[np.int64]
    portions: Positions
    positions: Positions

    def take(self, order: NDArray[np.int64]) -> Counts:
        """Those at some places."""
        arrays = (self.counts[order], self.portions[order], self.positions[order])
        return Counts(self.words.take(order), *arrays)


@dataclass(frozen=True)
class TextSize:
    """How much text was read."""

    words: int
    sentences: int


def count_portion(
    index: int, portion: TextPortion, params: CorpusParams, reducers: int, workers: int
) -> list[Any]:
    """Count the words of a portion: its TextSize, and for each reducer the Counts of its words."""
    words, counts, raw_words, raw_sentences = read_words(portion.source, params, workers)
    positions = np.arange(len(words))
    counted = Counts(words, counts, np.full_like(positions, index), positions)
    reducer_of = word_hashes(words) % np.uint64(reducers)
    parts = (np.flatnonzero(reducer_of == reducer) for reducer in range(reducers))
    return [TextSize(raw_words, raw_sentences), *map(counted.take, parts)]


def reduce_counts(least: int, *parts: Counts) -> Counts:
    """The sums of the counts of several portions, in their order, of words with ``least`` or more.

    >>> first = Counts(Words.of(["a", "b"]), *np.array([[1, 1], [0, 0], [0, 1]]))
    >>> second = Counts(Words.of(["c", "b"]), *np.array([[9, 1], [1, 1], [0, 1]]))
    >>> both = reduce_counts(2, first, second)
    >>> list(both.words), both.counts.tolist(), both.portions.tolist()
    (['b', 'c'], [2, 9], [0, 1])
    """
    together = concatenated(parts)
    words, numbers = distinct(together.words)
    counts = np.zeros(len(words), np.int64)
    np.add.at(counts, numbers, together.counts)
    first = np.full(len(words), len(numbers), np.int64)
    np.minimum.at(first, numbers, np.arange(len(numbers)))
    kept = np.flatnonzero(counts >= least)
    places = together.portions[first[kept]], together.positions[first[kept]]
    return Counts(words.take(kept), counts[kept], *places)


def concatenated(parts: Iterable[Counts]) -> Counts:
    """Several counts, one after the other; TypeError if some are of integers, others of strings."""
    parts = list(parts)
    parts = [part for part in parts if len(part.words)] or parts[:1]
    if len({part.words.integers for part in parts}) > 1:
        raise TypeError("tokens must be all strings or all integers, got both in this text")
    return Counts(
        concatenate_words(*(part.words for part in parts)),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.portions for part in parts]),
        np.concatenate([part.positions for part in parts]),
    )


def distinct(words: Words) -> tuple[Words, NDArray[np.int32]]:
    """The different ones of some words, in order of first appearance, and for each word its number
    among them.

    >>> distinct(Words.of(["b", "a", "b"]))[1].tolist()
    [0, 1, 0]
    """
    first = words.find_all(words)  # of equal words the position of the first
    places = np.flatnonzero(first == np.arange(len(words)))
    numbers = np.empty(len(words), np.int32)
    numbers[places] = np.arange(len(places))
    return words.take(places), numbers[first]


def in_text_order(parts: Iterable[Counts]) -> Counts:
    """What all reducers have kept, in order of first appearance in the text."""
    together = concatenated(parts)
    return together.take(np.lexsort((together.positions, together.portions)))


def select(counts: Counts, params: VocabularyParams, trim_rule: TrimRule | None) -> Vocabulary:
    """The words of a text that are kept, in the order of their ids.

    ``counts`` are in order of first appearance.
    """
    ids = select_words(counts.words, counts.counts, params, trim_rule)
    return Vocabulary(counts.words.take(ids), counts.counts[ids])
