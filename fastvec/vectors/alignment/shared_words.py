"""The words that two sets of vectors share, with their vectors in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.options import shown
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.norms import normalized_rows
from fastvec.words import Words

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SharedWords:
    """Words that are in two sets of vectors, the most frequent first.

    Attributes
    ----------
    words : Words
    first, second : (N, D) float32 arrays
        their vectors in both sets, of length 1.
    first_counts, second_counts : (N,) int64 arrays
        how often they occurred there.
    """

    words: Words
    first: Floats
    second: Floats
    first_counts: Ints
    second_counts: Ints

    def __len__(self) -> int:
        return len(self.words)

    @property
    def frequency(self) -> NDArray[np.float64]:
        """The harmonic mean of the counts, which the rarer one rules: how far a vector is moved by
        chance goes by the sum of 1 / count."""
        return 2 / (1 / self.first_counts + 1 / self.second_counts)

    def take(self, rows: Ints) -> SharedWords:
        """Some of the words, in this order.

        >>> shared_words(wv, wv).take(np.array([2, 0])).words.keys()
        ['man', 'king']
        """
        return SharedWords(
            self.words.take(rows),
            self.first[rows],
            self.second[rows],
            self.first_counts[rows],
            self.second_counts[rows],
        )


def shared_words(
    first: KeyedVectors,
    second: KeyedVectors,
    *,
    min_count: int = 1,
    restrict_vocab: int | None = None,
    counted: bool = True,
) -> SharedWords:
    """The words that two sets of vectors share, but for those with a vector of zeros.

    Parameters
    ----------
    min_count : int
        leave out words that occur less often in one of them.
    restrict_vocab : int, optional
        know only so many first words of each.
    counted : bool
        False where no counts are known: they are made up, as the numbers V, V - 1, ..., 1, and
        ``min_count`` has no effect.

    Raises
    ------
    ValueError
        vectors of two sizes; vectors that are not finite.

    >>> shared_words(wv, wv, min_count=8).words.keys()
    ['king', 'queen']
    """
    if first.vector_size != second.vector_size:
        raise ValueError(
            "both sets of vectors must have one size, got "
            f"{first.vector_size} and {second.vector_size}"
        )
    known = min(len(first.words), restrict_vocab or len(first.words))
    rows = np.arange(known)
    others = second.words.find_all(first.words.take(rows)).astype(np.int64)
    there = (others >= 0) & (others < (restrict_vocab or len(second.words)))
    rows, others = rows[there], others[there]
    sides = first.vectors[rows], second.vectors[others]
    if not all(np.isfinite(side).all() for side in sides):
        raise ValueError("cannot compare vectors that are not finite")
    shared = SharedWords(
        first.words.take(rows),
        normalized_rows(sides[0]),
        normalized_rows(sides[1]),
        _counts(first, counted)[rows],
        _counts(second, counted)[others],
    )
    kept = np.any(shared.first, axis=1) & np.any(shared.second, axis=1)
    if counted:
        kept &= np.minimum(shared.first_counts, shared.second_counts) >= max(1, min_count)
    shared = shared.take(np.flatnonzero(kept))
    return shared.take(np.argsort(-shared.frequency, kind="stable"))


def check_vectors(**named: Any) -> None:
    """TypeError for anything but KeyedVectors, such as a model.

    >>> check_vectors(old="vectors.bin")
    Traceback (most recent call last):
    TypeError: old must be KeyedVectors, got 'vectors.bin'
    """
    for name, thing in named.items():
        if not isinstance(thing, KeyedVectors):
            hint = ": give its wv" if hasattr(thing, "wv") else ""
            raise TypeError(f"{name} must be KeyedVectors, got {shown(thing)}{hint}")


def _counts(wv: KeyedVectors, counted: bool) -> Ints:
    """The counts of all words, or V, V - 1, ..., 1."""
    known = wv.counts if counted else None
    return np.arange(len(wv), 0, -1, dtype=np.int64) if known is None else known
