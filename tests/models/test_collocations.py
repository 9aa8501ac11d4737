"""Counting words and pairs that follow each other, against the slow truth."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrase_texts import alike, connectors, sentences
from reference import phrases as reference

from fastvec import Corpus, Phrases
from fastvec._core import Control, PhraseCounter, PhraseJoiner, spell_pairs
from fastvec.models.collocations import COUNT, count_bigrams, merge_bigrams


@settings(deadline=None)
@given(sentences | alike, connectors, st.integers(1, 3))
def test_counts_are_the_slow_truth(text: Any, between: frozenset[str], workers: int) -> None:
    phrases = Phrases(text, connector_words=between, workers=workers)
    expected, _ = reference.counts(text, "_", between)
    assert dict(phrases.vocab) == expected
    assert len(phrases.vocab) == len(expected)
    assert phrases.corpus_word_count == sum(map(len, text))
    assert "not there" not in phrases.vocab


@settings(deadline=None)
@given(sentences, connectors, st.integers(1, 12), st.integers(1, 3))
def test_the_rarest_are_dropped_as_in_the_slow_truth(
    text: Any, between: frozenset[str], most: int, workers: int
) -> None:
    phrases = Phrases(text, max_vocab_size=most, connector_words=between, workers=workers)
    expected, reduce = reference.counts(text, "_", between, most)
    assert dict(phrases.vocab) == expected
    assert phrases.min_reduce == reduce


@settings(deadline=None)
@given(sentences | alike, connectors, st.integers(0, 20))
def test_parts_add_up(text: Any, between: frozenset[str], cut: int) -> None:
    whole = Phrases(text, connector_words=between, threshold=0.01, min_count=1)
    parts = Phrases(connector_words=between, threshold=0.01, min_count=1)
    for part in (text[:cut], text[cut:]):
        if part:
            parts.add_vocab(part)
    assert dict(parts.vocab) == dict(whole.vocab)
    assert parts.export_phrases() == pytest.approx(whole.export_phrases())
    assert parts.corpus_word_count == whole.corpus_word_count


def test_many_small_parts_add_up() -> None:
    text = [[f"w{i % 7}", f"w{i % 5}", f"w{i % 3}"] for i in range(60)]
    phrases = Phrases(min_count=1, threshold=0.1)
    for sentence in text:
        phrases.add_vocab([sentence])
    assert dict(phrases.vocab) == reference.counts(text, "_", ())[0]


def test_parts_are_dropped_when_there_are_too_many() -> None:
    phrases = Phrases([["a", "b"]] * 3, max_vocab_size=3)
    for sentence in (["a", "b"], ["c", "d"], ["e", "f"]):
        phrases.add_vocab([sentence])
    assert dict(phrases.vocab) == {"a": 4, "b": 4, "a_b": 4}
    assert phrases.min_reduce == 3


def test_counts_of_many_pairs() -> None:
    """More pairs than a new table holds, and than wait at a time."""
    rng = np.random.default_rng(1)
    ids = rng.zipf(1.3, 60_000) % 3000
    text = [[str(i) for i in row] for row in ids.reshape(60, 1000)]
    expected = Counter(pair for row in text for pair in itertools.pairwise(row))
    for workers in (1, 2, 5):
        bigrams = count_bigrams(Corpus.read(text, min_count=1), workers=workers)
        spelled = (tuple(pair.split("_")) for pair in bigrams.spell(bigrams.pairs, "_"))
        assert dict(zip(spelled, bigrams.pairs[:, COUNT].tolist(), strict=True)) == expected
    several = merge_bigrams([bigrams, bigrams, bigrams])
    assert int(several.pairs[:, COUNT].sum()) == 3 * expected.total()
    assert int(several.counts.sum()) == 3 * ids.size


def test_a_long_row_of_connectors() -> None:
    text = [["a", *["of"] * 5000, "b", "a", "of", "b", *["of"] * 300]]
    phrases = Phrases(text, connector_words={"of"})
    assert dict(phrases.vocab) == reference.counts(text, "_", {"of"})[0]


def test_the_core_checks_its_arguments() -> None:
    tokens, ends = np.array([0, 1, 2], np.int32), np.array([0, 3])
    none = np.zeros(1, np.uint32)
    counter = PhraseCounter(2)
    with pytest.raises(ValueError, match="an id is not below 2"):
        counter.count(tokens, ends, np.zeros(2, np.uint8), Control(1), 0)
    with pytest.raises(ValueError, match="kinds must have 2 entries, got 3"):
        counter.count(tokens, ends, np.zeros(3, np.uint8), Control(1), 0)
    with pytest.raises(ValueError, match="sentences must rise from 0 to 3"):
        counter.count(tokens, np.array([0, 4]), np.zeros(2, np.uint8), Control(1), 0)
    for share, shares in ((1, 1), (0, 0), (0, 5000)):
        with pytest.raises(ValueError, match="out of range"):
            PhraseCounter(2, share, shares)
    pairs = np.array([[0, 1, 0, 5]], np.uint32)
    for bad in ([[2, 0, 0, 1]], [[0, 2, 0, 1]], [[0, 1, 1, 1]]):
        with pytest.raises(ValueError, match="must name words and nodes that are there"):
            PhraseJoiner(np.array(bad, np.uint32), none, none, 2)
    with pytest.raises(ValueError, match="must name words and nodes that are there"):
        PhraseJoiner(pairs, np.array([0, 1], np.uint32), np.array([0, 1], np.uint32), 2)
    with pytest.raises(ValueError, match="node 2 is there twice"):
        PhraseJoiner(pairs, np.array([0, 0, 0], np.uint32), np.array([0, 1, 1], np.uint32), 2)
    with pytest.raises(ValueError, match="a phrase's id must be below"):
        PhraseJoiner(np.array([[0, 1, 0, 0]], np.uint32), none, none, 2)
    joiner = PhraseJoiner(pairs, none, none, 3)
    kinds, out = np.zeros(3, np.uint8), np.empty(3, np.int32)
    with pytest.raises(ValueError, match="cannot be joined"):
        joiner.join(tokens, ends, kinds, 0, 2, out, np.empty(2, np.int64))
    with pytest.raises(ValueError, match="must have room"):
        joiner.join(tokens, ends, kinds, 0, 1, out[:2], np.empty(1, np.int64))
    bad_ids = np.array([0, 1, 7], np.int32)
    with pytest.raises(ValueError, match="an id is not below 3"):
        joiner.join(bad_ids, ends, kinds, 0, 1, out, np.empty(1, np.int64))
    words, offsets = np.frombuffer(b"ab", np.uint8), np.array([0, 1, 2])
    zeros = np.zeros(2, np.int64)
    with pytest.raises(ValueError, match="ends must be those of round one"):
        spell_pairs(pairs, none, none, words, offsets, b"_", zeros, np.empty(3, np.uint8))
    with pytest.raises(ValueError, match="ends must have 2 entries"):
        spell_pairs(pairs, none, none, words, offsets, b"_", np.zeros(3, np.int64))
