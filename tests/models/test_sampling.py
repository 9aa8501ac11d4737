"""The alias table, the Huffman tree, random numbers, and what is computed from them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import word2vec as reference
from scipy.stats import chisquare

from fastvec import _core
from fastvec._core import CHUNK_TOKENS, HOT_ROWS
from fastvec.models.sampling import (
    BLOCK_WORDS,
    DRAWS_A_TURN,
    MOST_PARTS,
    NO_PATHS,
    expected_steps,
    huffman_paths,
    noise_tables,
    subsample_thresholds,
    tree_places,
)
from fastvec.params import Word2VecParams


def alias_table(weights):
    table = np.empty((len(weights), 2), np.uint32)
    _core.build_alias(np.asarray(weights, float), table)
    return table


def chances(table, outcomes=None):
    """Column i gives `threshold` to outcome i and the rest to `other`; summed, the distribution."""
    outcomes = np.arange(len(table)) if outcomes is None else outcomes
    share = (table[:, 0].astype(float) + 1) / 2**32
    found = np.zeros(max(outcomes.max(), table[:, 1].max()) + 1)
    np.add.at(found, outcomes, share)
    np.add.at(found, table[:, 1], 1 - share)
    assert found.sum() == pytest.approx(len(table)) == found[outcomes].sum()
    return found[outcomes] / len(table)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50).filter(lambda w: sum(w) > 1e-3))
def test_alias_table_holds_exactly_the_weights(weights):
    expected = np.divide(weights, sum(weights))
    np.testing.assert_allclose(chances(alias_table(weights)), expected, atol=1e-8)


def zipf(words, exponent=1.1):
    return (10**8 / np.arange(1, words + 1) ** exponent).astype(np.int64) + 1


def drawn(noise, part):
    """The words of one part and how likely each is."""
    tables, words, starts = noise
    own = slice(starts[part], starts[part + 1])
    return words[own], chances(tables[own], words[own])


@given(
    words=st.integers(1, 20_000),
    negative=st.integers(1, 20),
    exponent=st.sampled_from([-1, 0, 0.75, 1]),
    tokens=st.sampled_from([1, 10**6, 10**7, 10**9]),
    sorted_=st.booleans(),
)
@settings(max_examples=50)
def test_over_all_turns_noise_follows_the_counts(words, negative, exponent, tokens, sorted_):
    counts = zipf(words)
    if not sorted_:
        np.random.default_rng(words).shuffle(counts)
    params = Word2VecParams(negative=negative, ns_exponent=exponent)
    noise = noise_tables(counts, params, tokens)
    found, parts = np.zeros(words), len(noise[2]) - 1
    for part in range(parts):
        own, likely = drawn(noise, part)
        assert len(set(own)) == len(own)
        found[own] += likely / parts
    expected = counts.astype(float) ** exponent
    np.testing.assert_allclose(found, expected / expected.sum(), rtol=1e-3, atol=1e-9)


def test_rare_words_are_drawn_a_few_times_when_they_have_their_turn():
    counts, params = zipf(200_000), Word2VecParams(sample=0, negative=1)
    noise = noise_tables(counts, params, tokens=10**9)
    parts = len(noise[2]) - 1
    assert parts == MOST_PARTS
    times = np.zeros(len(counts), int)
    for part in range(parts):
        own, likely = drawn(noise, part)
        assert (own[:HOT_ROWS] == np.arange(HOT_ROWS)).all()
        rare = own >= HOT_ROWS
        assert (likely[rare] * CHUNK_TOKENS <= DRAWS_A_TURN * 1.01).all()
        times[own] += 1
    assert (times[:HOT_ROWS] == parts).all()
    assert (times[HOT_ROWS:] <= parts / 2).all() and (times >= 1).all()
    # Words beside each other have their turn together, and those after them another one.
    first, likely = drawn(noise, 0)
    block = first[HOT_ROWS : HOT_ROWS + BLOCK_WORDS]
    assert (np.diff(block) == 1).all() and block[-1] + 1 not in first
    # As rarely as that are only the rarest drawn, whose turn comes once in a round.
    seldom = (first >= HOT_ROWS) & (likely * CHUNK_TOKENS < DRAWS_A_TURN / 2.02)
    assert (times[first[seldom]] == 1).all()


@pytest.mark.parametrize(
    ("words", "tokens"), [(200_000, 10**5), (200_000, 1), (HOT_ROWS, 10**9), (1, 10**9)]
)
def test_few_words_or_a_short_text_have_no_turns(words, tokens):
    _, words_drawn, starts = noise_tables(zipf(words), Word2VecParams(), tokens)
    np.testing.assert_array_equal(words_drawn, np.arange(words))
    assert starts.tolist() == [0, words]


@pytest.mark.parametrize(("blocks", "parts"), [(105, 1), (104, 4)])
def test_parts_that_cannot_be_even_are_none(blocks, parts):
    """The first words are hardly ever drawn: 27 blocks of 105 in one part of 4, drawn 4 times as
    often as over all, would be more than all draws."""
    counts = np.append(np.full(HOT_ROWS, 1), np.full(blocks * BLOCK_WORDS, 10**9))
    params = Word2VecParams(sample=0, negative=1, ns_exponent=1)
    assert len(noise_tables(counts, params, 10**9)[2]) - 1 == parts


def test_alias_draws_follow_the_weights():
    weights = np.arange(1, 31) ** 0.75
    draws = np.empty(300_000, np.int32)
    _core.draw_alias(alias_table(weights), 7, draws)
    expected = weights / weights.sum() * len(draws)
    assert chisquare(np.bincount(draws, minlength=30), expected).pvalue > 1e-4


def test_random_numbers_are_splitmix64():
    draws = np.empty(100, np.int32)
    state = _core.draw_alias(alias_table(np.ones(5)), 1234567, draws)
    expected = 1234567
    for draw in draws:
        expected, bits = reference.splitmix64(expected)
        assert draw == (bits >> 32) * 5 >> 32
    assert state == expected


@pytest.mark.parametrize(
    "weights", [[], [0.0, 0.0], [1.0, -1.0], [1.0, float("nan")], [float("inf"), 1.0]]
)
def test_bad_weights(weights):
    with pytest.raises(ValueError, match="weights must"):
        alias_table(weights)


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=60)
    | st.lists(st.integers(1, 3), min_size=1, max_size=300),
    st.randoms(),
)
def test_huffman_paths_are_the_reference(counts, random):
    places = random.sample(range(-9, len(counts)), len(counts))
    offsets, rows, signs = huffman_paths(np.array(counts), np.array(places, np.int32))
    for word, (code, nodes) in enumerate(reference.huffman(counts, places)):
        path = slice(offsets[word], offsets[word + 1])
        # The native order is from the word up to the root, and the root is row 0.
        np.testing.assert_array_equal(rows[path][::-1], len(counts) - 2 - nodes)
        np.testing.assert_array_equal(signs[path][::-1], 1 - 2 * code)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_equal_places_still_make_a_tree(places):
    """A file may say anything."""
    offsets, rows, signs = huffman_paths(np.ones(len(places), int), np.array(places, np.int32))
    paths = [(rows[a:b].tolist(), signs[a:b].tolist()) for a, b in itertools.pairwise(offsets)]
    assert len(set(map(str, paths))) == len(places)


@pytest.mark.parametrize(
    ("counts", "depths", "message"),
    [
        ([3, -1], 2, "counts must not be negative, got -1"),
        ([3, 1, 2], 3, "counts must not rise, got 2 after 1"),
        ([2**61, 2**61], 2, r"counts must add up to less than 2\*\*62"),
        ([2**63 - 1] * 3, 3, r"counts must add up to less than 2\*\*62"),
        ([3, 1], 3, "as many entries"),
        ([], 0, "1 to 2"),
    ],
)
def test_bad_counts(counts, depths, message):
    with pytest.raises(ValueError, match=message):
        _core.fill_depths(np.array(counts, np.int64), np.zeros(depths, np.int32))


@pytest.mark.parametrize(
    ("words", "depths"),
    [
        ([0, 1, 2], [2, 2, 2]),
        ([0, 1, 2, 3], [1, 1, 1, 1]),
        ([0, 1, 2], [1, 2, 2]),
        ([0, 1], [0, 0]),
        ([0, 1], [9, -9]),
        ([0, 2], [1, 1]),
        ([0, -1], [1, 1]),
        ([0], [1]),
    ],
)
def test_words_that_are_not_those_of_a_tree(words, depths):
    n = len(words)
    parent, bit = np.zeros(2 * n - 1, np.int32), np.zeros(2 * n - 1, np.uint8)
    words, depths = np.array(words, np.int32), np.array(depths, np.int32)
    places = np.arange(n + 1, dtype=np.int32)
    with pytest.raises(ValueError, match="those of a binary tree"):
        _core.fill_tree(words, places[:n], depths, parent, bit)
    with pytest.raises(ValueError, match="places and depths"):
        _core.fill_tree(words, places, depths, parent, bit)
    with pytest.raises(ValueError, match="parent and bit"):
        _core.fill_tree(words, places[:n], depths, parent[1:], bit)


def test_words_stand_in_the_tree_as_they_first_occurred():
    tokens = np.array([2, 0, 2, 9, -1, 4], np.int32)  # 9 and -1 are no words
    assert tree_places(tokens, np.zeros(5, np.int32)).tolist() == [2, 4, 1, 5, 3]
    later = np.array([5, 1, 6], np.int32)
    known = np.array([2, 0, 1, 0, 0, 0, 0], np.int32)
    assert tree_places(later, known).tolist() == [2, 4, 1, 6, 7, 3, 5]
    assert known[1] == 0


def test_subsampling_is_word2vec_c():
    counts = np.array([1000, 100, 10, 1])
    share = subsample_thresholds(counts, 1e-2) / 0xFFFFFFFF
    np.testing.assert_allclose(share, reference.keep_probability(counts, 1e-2), atol=1e-9)
    assert (subsample_thresholds(counts, 0) == 0xFFFFFFFF).all()


def test_expected_steps_are_those_of_windows() -> None:
    """Each word is the context of as many windows as have words in reach, and no more."""
    counts = np.array([6, 3, 1])
    params = Word2VecParams(window=100_000, shrink_windows=False, negative=0, hs=1, sample=0, sg=1)
    vectors, _, nodes = expected_steps(
        counts, params, huffman_paths(counts, np.arange(3, dtype=np.int32)), sentence=4
    )
    depth = (6 * 1 + 3 * 2 + 1 * 2) / 10
    np.testing.assert_allclose(vectors, counts / 10 * 4 * depth, rtol=1e-6)
    assert nodes is not None
    np.testing.assert_allclose(nodes, [4, 4 * 0.4], rtol=1e-6)  # the root is on every path
    narrow = Word2VecParams(window=2, shrink_windows=False, negative=5, sample=0, sg=0)
    vectors, outputs, _ = expected_steps(counts, narrow, NO_PATHS, sentence=40)
    np.testing.assert_allclose(vectors, counts / 10 * 4 * 6, rtol=1e-6)
    assert outputs.sum() == pytest.approx(6)
