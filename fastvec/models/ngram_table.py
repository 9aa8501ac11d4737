"""The rows of words and n-grams as training has them: those that always change alike are one.

n-grams that are in the same words, equally often, are in the same bags, so that all their steps are
the same.  Most are of this kind: those that only one word has, which go along with the word's own
row, and those of one stem.  One row that stands for them saves memory traffic, which is
most of the work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec._core import HOT_ROWS, NgramRows, bag_means
from fastvec._util.matrix import padded, padded_copy
from fastvec.models.output_layers import Matrix
from fastvec.subwords import Subwords

LONGEST_BLOCK = 2**31 - 1  # longer than all chunks
SAMPLED = 100  # rows that tell whether all are equal that one stands for

Ints = NDArray[np.integer]
Bags = tuple[NDArray[np.int64], NDArray[np.int32]]


@dataclass(frozen=True)
class NgramTable:
    """Which rows of n-grams training has, V being the number of words.

    Attributes
    ----------
    offsets : (V + 1,) int64 array
    rows : int32 array
        word i has the rows ``rows[offsets[i]:offsets[i + 1]]`` of n-grams besides its own.
    counts : float32 array
        how many n-grams each of these stands for.
    sizes : (V,) int32 array
        how many n-grams a word has in all, and one more if it has a row of its own.
    own, owners : int64 arrays
        n-grams that go along with a word's own row, and these words.
    shared, classes : int64 arrays
        the other n-grams, and the row that each of them has.
    size : int
        how many rows there are.
    overlap : float
        what share of the text a bag goes along with: the share of the words that a row is part of,
        as a mean over the rows of a bag and over the words of the text.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]
    sizes: NDArray[np.int32]
    own: Ints
    owners: Ints
    shared: Ints
    classes: Ints
    size: int
    overlap: float

    @classmethod
    def of(cls, bags: Bags, shares: NDArray[np.float64], own_rows: bool = True) -> NgramTable:
        """The table for the bags of words.

        Parameters
        ----------
        bags : (V + 1,) int64 array and int32 array
            see :meth:`fastvec.subwords.Subwords.bags`; no n-gram lacks a row.
        shares : (V,) float64 array
            how often each word is used: the rows that are used most come first.
        own_rows : bool
            whether words have rows of their own; False: theirs has no part in their bags.
        """
        offsets, listed = bags
        lengths = np.diff(offsets)
        is_used = np.bincount(listed) > 0
        used, at = np.flatnonzero(is_used), (np.cumsum(is_used) - 1)[listed]
        word_of, uses = np.repeat(np.arange(len(lengths)), lengths), np.repeat(shares, lengths)
        entry = np.empty(len(used), np.int64)  # the first one of each n-gram
        entry[at[::-1]] = np.arange(len(at))[::-1]
        # The sum of random numbers of the words that an n-gram is in tells which these are.
        marks = np.random.default_rng(0).integers(0, 2**63, len(shares), np.uint64)
        sums = np.zeros(len(used), np.uint64)
        np.add.at(sums, at, marks[word_of])
        owners = word_of[entry]
        is_own = (marks[owners] == sums) & own_rows
        shared = np.flatnonzero(~is_own)
        _, first, classes, counts = np.unique(
            sums[shared], return_index=True, return_inverse=True, return_counts=True
        )
        first = shared[first]  # one n-gram of each class
        often = np.bincount(at, uses, len(used)).astype(float)
        order = _order(often[first], entry[first])
        ranks = np.empty(len(first), np.int32)
        ranks[order] = np.arange(len(first))
        class_of = np.full(len(used), -1, np.int64)
        class_of[first] = np.arange(len(first))
        entries = class_of[at]
        kept = entries >= 0
        sizes = np.maximum(lengths + own_rows, 1)
        return cls(
            np.concatenate([[0], np.cumsum(kept)])[offsets],
            ranks[entries[kept]],
            counts[entries[kept]].astype(np.float32),
            sizes.astype(np.int32),
            used[is_own],
            owners[is_own],
            used[shared],
            ranks[classes].astype(np.int64),
            len(first),
            _overlap(often[at], word_of, shares, sizes),
        )

    def matrices(self, subwords: Subwords) -> tuple[Matrix, Matrix]:
        """The rows of words, and those of n-grams: each the mean of those that it stands for, or,
        bit by bit, what these are if they are equal."""
        size = subwords.words.shape[1]
        words, ngrams = padded_copy(subwords.words), padded(max(self.size, 1), size)
        first = np.empty(self.size, np.int64)
        first[self.classes] = self.shared
        if self._are_equal(subwords, first):
            ngrams[: self.size, :size] = subwords.ngrams[first]
            return words, ngrams
        table = subwords.ngrams
        words[:, :size] = _means(subwords.words, table, self.own, self.owners, len(words))
        ngrams[: self.size, :size] = _means(None, table, self.shared, self.classes, self.size)
        return words, ngrams

    def _are_equal(self, subwords: Subwords, first: Ints) -> bool:
        """Whether rows that one stands for are equal, as after a training: some of them tell."""
        own, shared = (
            np.linspace(0, len(rows) - 1, min(len(rows), SAMPLED)).astype(np.int64)
            for rows in (self.own, self.shared)
        )
        table, of_classes = subwords.ngrams, first[self.classes[shared]]
        return np.array_equal(
            table[self.own[own]], subwords.words[self.owners[own]]
        ) and np.array_equal(table[self.shared[shared]], table[of_classes])

    def write_back(self, words: Matrix, ngrams: Matrix, to: Subwords) -> None:
        """Give all rows what those learned that stand for them."""
        size = to.words.shape[1]
        if not to.hash_count:
            to.words[:] = words[:, :size]
        to.ngrams[self.own] = words[self.owners, :size]
        to.ngrams[self.shared] = ngrams[self.classes, :size]

    def for_core(
        self, ngrams: Matrix, vector_steps: NDArray[np.float32] | None, lag: float
    ) -> NgramRows | None:
        """The n-grams for the native core; None if words have none.

        A bag is open for so long that, as a mean, others train its rows ``lag`` times meanwhile.
        """
        if (self.sizes == 1).all() and not len(self.rows):
            return None
        steps = None
        if vector_steps is not None:
            weights = np.repeat(vector_steps, np.diff(self.offsets))
            steps = np.bincount(self.rows, weights, len(ngrams)).astype(np.float32)
        block = int(np.clip(lag / self.overlap, 1, LONGEST_BLOCK))
        return NgramRows(ngrams, self.offsets, self.rows, self.counts, self.sizes, steps, block)


def _overlap(
    often: NDArray[np.float64], word_of: Ints, shares: NDArray[np.float64], sizes: Ints
) -> float:
    """See NgramTable; often: of each n-gram in each bag, how often it is used."""
    trained = np.bincount(word_of, often, len(shares)) + shares
    return float((shares * trained / sizes).sum() / max(shares.sum() ** 2, 1e-300))


def _order(uses: NDArray[np.float64], entries: Ints) -> Ints:
    """Classes in the order of their rows: those that are used most, of which workers have copies,
    and then those of one word behind each other, which are on the same page of memory."""
    by_use = np.argsort(-uses, kind="stable")
    hot, rest = by_use[:HOT_ROWS], by_use[HOT_ROWS:]
    return np.concatenate([hot, rest[np.argsort(entries[rest], kind="stable")]])


def _means(own: Matrix | None, ngrams: Matrix, members: Ints, classes: Ints, count: int) -> Matrix:
    """The mean of the members of each class, and of its own row if there are such."""
    listed = members[np.argsort(classes, kind="stable")].astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(classes, minlength=count))])
    means = np.empty((count, ngrams.shape[1]), np.float32)
    bag_means(own, ngrams, offsets, listed, means)
    return means
