"""Random numbers, the alias table, subsampling and noise words."""

import numpy as np
import pytest
from hooks import draw_alias
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import word2vec as reference
from scipy.stats import chisquare

from fastvec import _core
from fastvec._core import CHUNK_TOKENS, HOT_ROWS
from fastvec.models.sampling import (
    BLOCK_WORDS,
    MAX_DRAWS_PER_CHUNK,
    MAX_SHARDS,
    noise_tables,
    subsample_thresholds,
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


def drawn(noise, shard):
    """The words of one shard and how likely each is."""
    tables, words, starts = noise
    own = slice(starts[shard], starts[shard + 1])
    return words[own], chances(tables[own], words[own])


@given(
    words=st.integers(1, 20_000),
    negative=st.integers(1, 20),
    exponent=st.sampled_from([-1, 0, 0.75, 1]),
    tokens=st.sampled_from([1, 10**6, 10**7, 10**9]),
    sorted_=st.booleans(),
)
@settings(max_examples=50)
def test_over_all_shards_noise_follows_the_counts(words, negative, exponent, tokens, sorted_):
    counts = zipf(words)
    if not sorted_:
        np.random.default_rng(words).shuffle(counts)
    params = Word2VecParams(negative=negative, ns_exponent=exponent)
    noise = noise_tables(counts, params, tokens)
    found, shards = np.zeros(words), len(noise[2]) - 1
    for shard in range(shards):
        own, likely = drawn(noise, shard)
        assert len(set(own)) == len(own)
        found[own] += likely / shards
    expected = counts.astype(float) ** exponent
    np.testing.assert_allclose(found, expected / expected.sum(), rtol=1e-3, atol=1e-9)


def test_rare_words_are_drawn_a_few_times_in_a_chunk_of_their_shard():
    counts, params = zipf(200_000), Word2VecParams(sample=0, negative=1)
    noise = noise_tables(counts, params, 10**9)
    shards = len(noise[2]) - 1
    assert shards == MAX_SHARDS
    times = np.zeros(len(counts), int)
    for shard in range(shards):
        own, likely = drawn(noise, shard)
        assert (own[:HOT_ROWS] == np.arange(HOT_ROWS)).all()
        rare = own >= HOT_ROWS
        assert (likely[rare] * CHUNK_TOKENS <= MAX_DRAWS_PER_CHUNK * 1.01).all()
        times[own] += 1
    assert (times[:HOT_ROWS] == shards).all()
    assert (times[HOT_ROWS:] <= shards / 2).all() and (times >= 1).all()
    # Neighbouring words are in the same shard, and those after them in another one.
    first, likely = drawn(noise, 0)
    block = first[HOT_ROWS : HOT_ROWS + BLOCK_WORDS]
    assert (np.diff(block) == 1).all() and block[-1] + 1 not in first
    # Only the rarest words, which are in one shard, are drawn as rarely as that.
    seldom = (first >= HOT_ROWS) & (likely * CHUNK_TOKENS < MAX_DRAWS_PER_CHUNK / 2.02)
    assert (times[first[seldom]] == 1).all()


@pytest.mark.parametrize(
    ("words", "tokens"), [(200_000, 10**5), (200_000, 1), (HOT_ROWS, 10**9), (1, 10**9)]
)
def test_few_words_or_a_short_text_have_one_shard(words, tokens):
    _, words_drawn, starts = noise_tables(zipf(words), Word2VecParams(), tokens)
    np.testing.assert_array_equal(words_drawn, np.arange(words))
    assert starts.tolist() == [0, words]


@pytest.mark.parametrize(("blocks", "shards"), [(105, 1), (104, 4)])
def test_shards_that_cannot_be_even_are_given_up(blocks, shards):
    """The first words are hardly ever drawn.  One of 4 shards would have 27 blocks of 105; drawn 4
    times as often as over all, they would take more than all draws."""
    counts = np.append(np.full(HOT_ROWS, 1), np.full(blocks * BLOCK_WORDS, 10**9))
    params = Word2VecParams(sample=0, negative=1, ns_exponent=1)
    assert len(noise_tables(counts, params, 10**9)[2]) - 1 == shards


@pytest.mark.usefixtures("compiled_hooks")
def test_alias_draws_follow_the_weights():
    weights = np.arange(1, 31) ** 0.75
    draws = np.empty(300_000, np.int32)
    draw_alias(alias_table(weights), 7, draws)
    expected = weights / weights.sum() * len(draws)
    assert chisquare(np.bincount(draws, minlength=30), expected).pvalue > 1e-4


@pytest.mark.usefixtures("compiled_hooks")
def test_random_numbers_are_splitmix64():
    draws = np.empty(100, np.int32)
    state = draw_alias(alias_table(np.ones(5)), 1234567, draws)
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


def test_subsampling_is_word2vec_c():
    counts = np.array([1000, 100, 10, 1])
    share = subsample_thresholds(counts, 1e-2) / 0xFFFFFFFF
    np.testing.assert_allclose(share, reference.keep_probability(counts, 1e-2), atol=1e-9)
    assert (subsample_thresholds(counts, 0) == 0xFFFFFFFF).all()
