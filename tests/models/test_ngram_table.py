"""Rows of n-grams that always change alike are one in training."""

from itertools import pairwise

import numpy as np
import pytest

from fastvec.models.ngram_table import NgramTable
from fastvec.subwords import Subwords

#: the n-grams 0 and 1 go together, 2 is only in word 0, 3 twice in word 1, 5 in no word
BAGS = [[0, 1, 2], [1, 0, 3, 3], [], [4], [4, 4]]
OFFSETS = np.cumsum([0, *map(len, BAGS)], dtype=np.int64)
LISTED = np.array([row for bag in BAGS for row in bag], np.int32)
SHARES = np.array([0.4, 0.2, 0.1, 0.2, 0.1])


@pytest.fixture
def table() -> NgramTable:
    return NgramTable.of((OFFSETS, LISTED), SHARES)


def subwords(tied: bool) -> Subwords:
    draw = np.random.default_rng(1)
    words, ngrams = (draw.normal(size=(n, 3)).astype(np.float32) for n in (5, 6))
    if tied:
        ngrams[1], ngrams[2] = ngrams[0], words[0]
    return Subwords(3, 6, 6, words, ngrams)


def test_a_row_stands_for_ngrams_that_are_in_the_same_bags(table: NgramTable) -> None:
    assert table.own.tolist() == [2]
    assert table.owners.tolist() == [0]
    assert table.shared.tolist() == [0, 1, 3, 4]
    together, also, twice, other = table.classes.tolist()
    assert together == also
    assert len({together, twice, other}) == table.size == 3
    rows = [table.rows[a:b].tolist() for a, b in pairwise(table.offsets)]
    assert rows == [[together], [together, twice, twice], [], [other], [other, other]]
    counts = [table.counts[a:b].tolist() for a, b in pairwise(table.offsets)]
    assert counts == [[2], [2, 1, 1], [], [1], [1, 1]]
    assert table.sizes.tolist() == [4, 5, 1, 2, 3]
    assert together == 0  # it is used most


def test_overlap_is_the_share_of_the_text_that_trains_a_row(table: NgramTable) -> None:
    """Word 0 has its own row and the n-grams 0 and 1, which word 1 has too, and 2."""
    of_words = [
        np.mean([0.4, 0.6, 0.6, 0.4]),
        np.mean([0.2, 0.6, 0.6, 0.4, 0.4]),
        np.mean([0.1]),
        np.mean([0.2, 0.4]),  # the n-gram 4: once in word 3, twice in word 4
        np.mean([0.1, 0.4, 0.4]),
    ]
    assert table.overlap == pytest.approx(np.dot(SHARES, of_words))
    twice = NgramTable.of((OFFSETS, LISTED), 2 * SHARES)  # shares of any sum
    assert twice.overlap == pytest.approx(table.overlap)


@pytest.mark.parametrize("tied", [False, True])
def test_means_of_bags_stay_the_same(table: NgramTable, tied: bool) -> None:
    rows = subwords(tied)
    words, ngrams = table.matrices(rows)
    for i, bag in enumerate(BAGS):
        whole = np.vstack([rows.words[i : i + 1], rows.ngrams[bag]]).mean(axis=0)
        some = slice(*table.offsets[i : i + 2])
        counts = table.counts[some, None]
        total = (ngrams[table.rows[some], :3] * counts).sum(axis=0)
        total += words[i, :3] * (table.sizes[i] - counts.sum())
        np.testing.assert_allclose(total / table.sizes[i], whole, atol=1e-6)


def test_equal_rows_come_back_as_they_were(table: NgramTable) -> None:
    rows = subwords(tied=True)
    before = rows.words.copy(), rows.ngrams.copy()
    table.write_back(*table.matrices(rows), rows)
    np.testing.assert_array_equal(rows.words, before[0])
    np.testing.assert_array_equal(rows.ngrams, before[1])


def test_rows_get_what_was_learned(table: NgramTable) -> None:
    rows = subwords(tied=False)
    unused = rows.ngrams[5].copy()
    words, ngrams = table.matrices(rows)
    words += 1
    table.write_back(words, ngrams, rows)
    np.testing.assert_array_equal(rows.words, words[:, :3])
    np.testing.assert_array_equal(rows.ngrams[2], rows.words[0])
    np.testing.assert_array_equal(rows.ngrams[0], rows.ngrams[1])
    np.testing.assert_array_equal(rows.ngrams[5], unused)


def test_without_ngrams_the_core_needs_none() -> None:
    table = NgramTable.of((np.zeros(4, np.int64), np.zeros(0, np.int32)), np.ones(3) / 3)
    assert table.for_core(np.zeros((1, 16), np.float32), None, 10) is None
