"""Parts of the words, and the rounds in which they meet."""

import itertools

import numpy as np
import pytest

from fastvec import Pairs
from fastvec.cluster.parts import (
    Layout,
    SpreadPairs,
    facts_of,
    halves_of,
    part_count,
    put_rows,
    rounds_of,
    rows_of,
)


@pytest.mark.parametrize("trainers", [1, 2, 3, 8, 13])
def test_every_two_parts_meet_once_and_no_part_is_twice_in_a_round(trainers: int) -> None:
    parts = part_count(trainers)
    rounds = rounds_of(parts)
    assert len(rounds) == parts
    for jobs in rounds:
        assert sorted(part for job in jobs for part in job.parts) == list(range(parts))
        assert len(jobs) == trainers
        for job in jobs:
            assert all(set(half) <= set(job.parts) for half in job.halves)
    halves = [half for jobs in rounds for job in jobs for half in job.halves]
    assert sorted(halves) == list(itertools.product(range(parts), repeat=2))


@pytest.mark.parametrize("n_words", [3, 30, 2000])
def test_records_come_back_to_their_places(n_words: int) -> None:
    records = np.random.default_rng(1).random((n_words, 4, 16), np.float32)
    new = np.zeros_like(records)
    for x in range(0, 6, 2):
        layouts = [Layout([part], 6, n_words) for part in (x, x + 1)]
        both = Layout([x, x + 1], 6, n_words)
        rows = [rows_of(records, layout) for layout in layouts]
        together = both.gathered(rows)
        expected = [records[words] for words in both.words]
        assert np.array_equal(together, np.concatenate([records[:0], *expected]))
        assert not len(together) or together.ctypes.data % 64 == 0
        for layout, again in zip(layouts, both.split(together), strict=True):
            put_rows(new, layout, again)
    assert np.array_equal(new, records)


def test_halves_have_all_pairs() -> None:
    matrix = np.triu(np.random.default_rng(2).random((60, 60)) < 0.3).astype(float)
    for pairs in (Pairs.from_scipy(matrix), Pairs.from_scipy(matrix + matrix.T)):
        halves = halves_of(pairs, 4)
        facts = {key: facts_of(half, pairs.symmetric) for key, half in halves.items()}
        spread = SpreadPairs(halves, facts, 4, 60, pairs.symmetric, None, None)
        assert (spread.nnz, spread.stored) == (pairs.nnz, len(pairs.pairs))
        assert (spread.shape, spread.largest) == (pairs.shape, pairs.largest)


def test_parts_have_about_as_many_pairs() -> None:
    counts = 1e6 / np.arange(1, 3001)
    chance = np.minimum(np.outer(counts, counts) / 1e8, 1)  # of two words to be a pair
    drawn = np.tril(np.random.default_rng(3).random(chance.shape) < chance).astype(float)
    halves = halves_of(Pairs.from_scipy(drawn), 6)
    for jobs in rounds_of(6):
        sizes = [sum(len(halves[half].pairs) for half in job.halves) for job in jobs]
        assert max(sizes) < 1.4 * sum(sizes) / len(sizes)
