"""Subwords: the character n-grams of words, and vectors of words that are made of them.

An n-gram is known by a number, its **bucket**: fastText's hash of its characters modulo the number
of buckets.  n-grams with the same bucket have the same vector.  In floret's way, an n-gram has up
to four buckets, and so has the whole word.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import bag_means, word_ngrams
from fastvec._util.options import check_value
from fastvec.words import Words

Floats = NDArray[np.float32]

MOST_CHARACTERS = 1000  # of an n-gram: more are no use, and a word has them by millions
MOST_BUCKETS = 2**31 - 1
MOST_HASHES = 4  # that MurmurHash3 gives
MOST_LISTED = 1 << 24  # buckets up to which many n-grams are looked up in a list of all
WORDS_PER_BLOCK = 1 << 14


def ngrams(
    words: Words, min_n: int, max_n: int, bucket: int, hash_count: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The n-grams of words, each as its bucket, a number below ``bucket``.

    A word is taken between < and >, which are no n-grams by themselves.  The word ``</s>``, which
    is the end of a line in fastText's files, has none.

    Parameters
    ----------
    words : Words
    min_n, max_n : int
        the least and the greatest number of characters (code points); there are no n-grams if
        ``min_n`` is greater, or ``max_n`` is 0.
    bucket : int
        how many buckets there are; 0: no n-grams.
    hash_count : int
        0, the default: fastText's way.  1 to 4: floret's, which gives each n-gram, and before them
        the whole word between < and >, so many buckets.

    Returns
    -------
    offsets : (n + 1,) int64 array
    buckets : int32 array
        word ``i`` has ``buckets[offsets[i]:offsets[i + 1]]``, in fastText's order.  Both arrays are
        read-only.

    Raises
    ------
    ValueError
        a bucket that is not from 0 to 2**31 - 1, a hash_count that is not from 0 to 4; words with
        more than 2**40 n-grams.

    >>> ngrams(Words.of(["cat", "dog"]), 4, 5, 1000)
    (array([0, 3, 6]), array([973, 137, 995, 387, 679, 517], dtype=int32))
    """
    ends, buckets = word_ngrams(words.joined, words.offsets, min_n, max_n, bucket, hash_count)
    return np.frombuffer(ends, np.int64), np.frombuffer(buckets, np.int32)


def used_buckets(words: Words, min_n: int, max_n: int, bucket: int) -> int:
    """How many buckets have an n-gram of some words; see :func:`ngrams`.

    >>> used_buckets(Words.of(["cat", "dog"]), 4, 5, 1000)
    6
    """
    used = np.zeros(bucket, bool)
    for _, block in _blocks(words):
        used[ngrams(block, min_n, max_n, bucket)[1]] = True
    return int(np.count_nonzero(used))


@dataclass(frozen=True, eq=False)
class Subwords:
    """What the vectors of words are made of: a row for each word, and rows for its n-grams.

    The vector of a word is the mean of its own row and of the rows of its n-grams; that of another
    word, of the rows of its n-grams alone.  In floret's way (``hash_count``) words have no rows of
    their own, and those in ``words`` are zeros that do not count.

    Attributes
    ----------
    min_n, max_n, bucket : int
        which n-grams there are, see :func:`ngrams`.
    words : (V, D) float32 array
        the words' own rows.
    ngrams : (N, D) float32 array
        the rows of n-grams.
    buckets : (N,) int32 array, or None
        the bucket of each of these rows, no one twice.  None: there is a row for each of the
        buckets 0, 1, ....
    pruned : bool
        whether n-grams without a row are left out of the mean, as in fastText's pruned models.
        False, the default: they count as zeros.
    hash_count : int
        0, the default: fastText's way; 1 to 4: floret's, see :func:`ngrams`.

    Raises
    ------
    ValueError
        numbers out of range, or arrays that do not fit together.

    >>> subwords = Subwords(3, 3, 10, np.ones((1, 2), "f"), np.ones((10, 2), "f"))
    >>> subwords.vectors_of(Words.of(["cat"]))
    array([[1., 1.]], dtype=float32)
    """

    min_n: int
    max_n: int
    bucket: int
    words: Floats
    ngrams: Floats
    buckets: NDArray[np.int32] | None = None
    pruned: bool = False
    hash_count: int = 0

    def __post_init__(self) -> None:
        check_value("min_n", self.min_n, int, low=0, high=MOST_CHARACTERS)
        check_value("max_n", self.max_n, int, low=0, high=MOST_CHARACTERS)
        check_value("bucket", self.bucket, int, low=0, high=MOST_BUCKETS)
        check_value("pruned", self.pruned, bool)
        check_value("hash_count", self.hash_count, int, low=0, high=MOST_HASHES)
        if self.hash_count and (self.bucket == 0 or self.max_n < max(1, self.min_n)):
            raise ValueError(
                f"hash_count={self.hash_count} needs n-grams: max_n must be at least min_n and 1, "
                "and bucket above 0"
            )
        if self.words.ndim != 2 or self.ngrams.ndim != 2 or len({*self._sizes()}) > 1:
            raise ValueError("the rows of words and of n-grams must have the same size")
        buckets, rows = self.buckets, len(self.ngrams)
        if buckets is None:
            if rows != self.bucket:
                raise ValueError(
                    f"there must be a row for each of {self.bucket} buckets, not {rows}"
                )
        elif buckets.shape != (rows,) or not is_rising(self.sorted_buckets[0], self.bucket):
            raise ValueError(
                f"the buckets of {rows} rows must be different numbers below {self.bucket}"
            )

    @cached_property
    def sorted_buckets(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The (N,) buckets that have rows, in order, and the row of each."""
        if self.buckets is None:
            rows = np.arange(self.bucket, dtype=np.int32)
            return rows, rows
        order = np.argsort(self.buckets, kind="stable")
        return self.buckets[order], order.astype(np.int32)

    def _sizes(self) -> tuple[int, int]:
        return self.words.shape[1], self.ngrams.shape[1]

    def has_ngrams(self, word: str) -> bool:
        """Whether a word has n-grams, and so a vector even if it is not in the vocabulary.

        >>> Subwords(3, 6, 5, np.ones((1, 2), "f"), np.ones((5, 2), "f")).has_ngrams("cat")
        True
        """
        low, high = max(1, self.min_n), min(self.max_n, len(word) + 2)
        some = low <= high and (high > 1 or word != "")
        return (some or self.hash_count > 0) and self.bucket > 0 and word != "</s>"

    def bags(self, words: Words) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The rows of words' n-grams.

        Returns
        -------
        offsets : (n + 1,) int64 array
        rows : int32 array
            word ``i`` has the rows ``rows[offsets[i]:offsets[i + 1]]`` of ``ngrams``; -1 is one of
            zeros.

        >>> subwords = Subwords(3, 3, 9, np.ones((1, 2), "f"), np.ones((9, 2), "f"))
        >>> subwords.bags(Words.of(["cat", ""]))[0]
        array([0, 3, 3])
        """
        offsets, buckets = ngrams(words, self.min_n, self.max_n, self.bucket, self.hash_count)
        if self.buckets is None:
            return offsets, buckets
        known, of_known = self.sorted_buckets
        if not len(known):
            rows = np.full(len(buckets), -1, np.int32)
        elif self.bucket <= MOST_LISTED and len(buckets) > len(known) // 4:
            row_of = np.full(self.bucket, -1, np.int32)
            row_of[known] = of_known
            rows = row_of[buckets]
        else:
            places = np.minimum(np.searchsorted(known, buckets), len(known) - 1)
            rows = np.where(known[places] == buckets, of_known[places], np.int32(-1))
        if not self.pruned:
            return offsets, rows
        found = rows >= 0
        return np.concatenate([[0], np.cumsum(found)])[offsets], rows[found]

    def vectors_of(self, words: Words, own: Floats | None = None) -> Floats:
        """The (n, D) vectors of words.

        Parameters
        ----------
        words : Words
        own : (n, D) float32 array, optional
            the rows of these words; by default they have none, as words that are not in the
            vocabulary.

        >>> subwords = Subwords(3, 3, 9, np.ones((1, 2), "f"), np.zeros((9, 2), "f"))
        >>> subwords.vectors_of(Words.of(["cat"]), own=subwords.words)
        array([[0.25, 0.25]], dtype=float32)
        """
        vectors = np.empty((len(words), self.words.shape[1]), np.float32)
        for first, block in _blocks(words):
            last = first + len(block)
            rows = None if own is None or self.hash_count else own[first:last]
            bag_means(rows, self.ngrams, *self.bags(block), vectors[first:last])
        return vectors

    def own_rows_for(self, words: Words, vectors: NDArray[Any]) -> Floats:
        """The rows that words must have so that these (n, D) vectors are theirs; zeros in floret's
        way.

        >>> subwords = Subwords(3, 3, 9, np.ones((1, 2), "f"), np.zeros((9, 2), "f"))
        >>> subwords.own_rows_for(Words.of(["cat"]), np.ones((1, 2)))
        array([[4., 4.]], dtype=float32)
        """
        if self.hash_count:
            return no_rows(len(words), self.words.shape[1])
        counts = np.diff(self.bags(words)[0])[:, None]
        return np.asarray((counts + 1.0) * vectors - counts * self.vectors_of(words), np.float32)

    def with_words(self, words: Floats) -> Subwords:
        """The same n-grams with other words' rows.

        >>> subwords = Subwords(3, 3, 9, np.ones((1, 2), "f"), np.zeros((9, 2), "f"))
        >>> len(subwords.with_words(np.ones((7, 2), "f")).words)
        7
        """
        same = copy.copy(self)  # with the buckets in order, if they were ever needed
        object.__setattr__(same, "words", words)
        return same


def no_rows(count: int, size: int) -> Floats:
    """Rows of zeros that take no memory, and cannot be changed: the words' own in floret's way.

    >>> no_rows(2, 3).shape
    (2, 3)
    """
    return np.broadcast_to(np.zeros(size, np.float32), (count, size))


def is_rising(buckets: NDArray[np.int32], end: int) -> bool:
    """Whether buckets rise from 0 or more to less than ``end``.

    >>> is_rising(np.array([1, 3], np.int32), 4), is_rising(np.array([3, 3], np.int32), 4)
    (True, False)
    """
    if not len(buckets):
        return True
    return bool(buckets[0] >= 0 and buckets[-1] < end and np.all(buckets[1:] > buckets[:-1]))


def _blocks(words: Words) -> Iterator[tuple[int, Words]]:
    """Words in blocks, each with the position of its first one."""
    for first in range(0, len(words), WORDS_PER_BLOCK):
        offsets = words.offsets[first : first + WORDS_PER_BLOCK + 1]
        start, end = int(offsets[0]), int(offsets[-1])
        yield first, Words(words.joined[start:end], offsets - start)
