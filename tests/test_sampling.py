"""The alias table, the Huffman tree, random numbers, and what is computed from them."""

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from fastvec import _core
from fastvec._core import CHUNK_TOKENS, NOISE_COMMON
from fastvec.params import Word2VecParams
from fastvec.sampling import (
    NO_PATHS,
    expected_steps,
    huffman_paths,
    keep_thresholds,
    noise,
    noise_tables,
)


def alias_table(weights):
    table = np.empty((len(weights), 2), np.uint32)
    _core.build_alias(np.asarray(weights, float), table)
    return table


def chances(table):
    """Column i gives `threshold` to outcome i and the rest to `other`; summed, the distribution."""
    share = (table[:, 0].astype(float) + 1) / 2**32
    found = share.copy()
    np.add.at(found, table[:, 1], 1 - share)
    return found / len(table)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50).filter(lambda w: sum(w) > 1e-3))
def test_alias_table_holds_exactly_the_weights(weights):
    expected = np.divide(weights, sum(weights))
    np.testing.assert_allclose(chances(alias_table(weights)), expected, atol=1e-8)


def words_of_parts(words, parts):
    found = np.empty(words + (parts - 1) * NOISE_COMMON, np.int32)
    starts = np.empty(parts + 1, np.int64)
    _core.noise_words(words, parts, found, starts)
    return np.split(found, starts[1:-1])


@given(rare=st.integers(1, 3000), parts=st.integers(2, 40))
@settings(max_examples=50)
def test_every_rare_word_is_in_one_part(rare, parts):
    parts = min(parts, rare)
    each = words_of_parts(NOISE_COMMON + rare, parts)
    assert len(each) == parts
    for words in each:
        np.testing.assert_array_equal(words[:NOISE_COMMON], np.arange(NOISE_COMMON))
    together = np.concatenate([words[NOISE_COMMON:] for words in each])
    np.testing.assert_array_equal(np.sort(together), NOISE_COMMON + np.arange(rare))


@given(rare=st.integers(1, 3000), parts=st.integers(1, 40), sorted_=st.booleans())
@settings(max_examples=50)
def test_over_all_parts_noise_follows_the_weights(rare, parts, sorted_):
    parts, size = min(parts, rare), NOISE_COMMON + rare
    weights = 1 / np.arange(3.0, size + 3) ** 0.75
    if not sorted_:
        np.random.default_rng(rare).shuffle(weights)
    table, found = noise_tables(weights, parts), np.zeros(size)
    assert table is not None
    at = 0
    for words in words_of_parts(size, parts):
        found[words] += chances(table[at : at + len(words)]) / parts
        at += len(words)
    np.testing.assert_allclose(found, weights / weights.sum(), rtol=1e-3, atol=1e-9)


def test_a_part_that_should_have_more_than_all_draws():
    weights = np.ones(NOISE_COMMON + 64)
    weights[-1] = 1e5
    assert noise_tables(weights, 2) is None
    params = Word2VecParams(sample=0, workers=2, ns_exponent=1)
    table, parts, visit = noise(weights.astype(np.int64), params, 448, tokens=10**9)
    assert (len(table), parts, visit) == (len(weights), 1, 1)


@given(
    parts=st.integers(1, 40),
    visit=st.integers(1, 5),
    workers=st.integers(1, 8),
    offset=st.integers(0, 2**64 - 1),
)
def test_parts_have_their_turns_equally_often(parts, visit, workers, offset):
    chunks = range(parts * visit * workers)
    turns = [_core.noise_turn(10**5, parts, visit, chunk, workers, offset) for chunk in chunks]
    assert (np.bincount(turns, minlength=parts) == visit * workers).all()
    if workers <= parts:
        for first in range(0, len(turns), workers):
            assert len(set(turns[first : first + workers])) == workers


def test_parts_fit_the_cache_and_come_round_often():
    counts = (10**8 / np.arange(1, 300_000) ** 1.1).astype(np.int64)
    rare, params = len(counts) - NOISE_COMMON, Word2VecParams(workers=1)
    _, parts, visit = noise(counts, params, 448, tokens=10**9)
    assert 1 < parts < rare * 448 / 2**18
    assert parts * visit * CHUNK_TOKENS * 12 < 10**9
    for few in 10**5, 10**4, 10**3, 1:  # tokens: with fewer rounds than that there are no parts
        assert noise(counts, params, 448, few).parts == 1
    assert noise(counts[:NOISE_COMMON], params, 448, 10**9).parts == 1
    three = noise(counts, Word2VecParams(workers=3), 448, tokens=10**8)
    assert three.parts > 3 and three.parts % 3 == 0
    many = Word2VecParams(workers=64)
    assert noise(counts[: 2 * NOISE_COMMON], many, 448, 10**9).parts == 64


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


def native_paths(counts):
    size = len(counts)
    parent, bit = np.zeros(2 * size - 1, np.int32), np.zeros(2 * size - 1, np.uint8)
    offsets = np.zeros(size + 1, np.int64)
    _core.huffman_parents(np.asarray(counts, np.int64), parent, bit, offsets)
    rows = np.zeros(offsets[-1] + 16, np.int32)
    signs = np.zeros(offsets[-1] + 16, np.float32)
    _core.fill_paths(parent, bit, offsets, rows, signs)
    return offsets, rows, signs


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_huffman_paths_are_the_reference(counts):
    counts = sorted(counts, reverse=True)
    offsets, rows, signs = native_paths(counts)
    for word, (code, nodes) in enumerate(reference.huffman(counts)):
        path = slice(offsets[word], offsets[word + 1])
        # The native order is from the word up to the root, and the root is row 0.
        np.testing.assert_array_equal(rows[path][::-1], len(counts) - 2 - nodes)
        np.testing.assert_array_equal(signs[path][::-1], 1 - 2 * code)


@pytest.mark.parametrize("counts", [[1, 2], [-1]])
def test_bad_counts(counts):
    with pytest.raises(ValueError, match="counts must"):
        native_paths(counts)


def test_subsampling_is_word2vec_c():
    counts = np.array([1000, 100, 10, 1])
    share = keep_thresholds(counts, 1e-2) / 0xFFFFFFFF
    np.testing.assert_allclose(share, reference.keep_probability(counts, 1e-2), atol=1e-9)
    assert (keep_thresholds(counts, 0) == 0xFFFFFFFF).all()


def test_expected_steps_are_those_of_windows() -> None:
    """Each word is the context of as many windows as have words in reach, and no more."""
    counts = np.array([6, 3, 1])
    params = Word2VecParams(window=100_000, shrink_windows=False, negative=0, hs=1, sample=0, sg=1)
    vectors, _, nodes = expected_steps(counts, params, huffman_paths(counts), sentence=4)
    depth = (6 * 1 + 3 * 2 + 1 * 2) / 10
    np.testing.assert_allclose(vectors, counts / 10 * 4 * depth, rtol=1e-6)
    assert nodes is not None
    np.testing.assert_allclose(nodes, [4, 4 * 0.4], rtol=1e-6)  # the root is on every path
    narrow = Word2VecParams(window=2, shrink_windows=False, negative=5, sample=0, sg=0)
    vectors, outputs, _ = expected_steps(counts, narrow, NO_PATHS, sentence=40)
    np.testing.assert_allclose(vectors, counts / 10 * 4 * 6, rtol=1e-6)
    assert outputs.sum() == pytest.approx(6)
