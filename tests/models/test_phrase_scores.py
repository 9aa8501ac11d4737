"""Scores of phrases, against the slow truth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrase_texts import YORK, connectors, sentences
from reference import phrases as reference

from fastvec import Phrases
from fastvec.models.phrase_scores import npmi_scorer, original_scorer, word2phrase_scorer


@settings(deadline=None)
@given(
    sentences,
    connectors,
    st.sampled_from(["default", "npmi", "word2phrase"]),
    st.floats(0.01, 1),
    st.integers(1, 3),
)
def test_scores_are_the_slow_truth(
    text: Any, between: frozenset[str], scoring: str, threshold: float, min_count: int
) -> None:
    phrases = Phrases(text, min_count, threshold, scoring=scoring, connector_words=between)
    counts, _ = reference.counts(text, "_", between)
    facts = {"known": len(counts), "min_count": min_count, "words": sum(map(len, text))}
    expected = {}
    for a, middle, b in {c for s in text for c in reference.candidates(s, between)}:
        phrase = "_".join((a, *middle, b))
        score = reference.score(scoring, counts[a], counts[b], counts[phrase], **facts)
        if abs(score - threshold) < 1e-9:
            return  # the last bit would decide
        if score > threshold:
            expected[phrase] = score
    assert phrases.export_phrases() == pytest.approx(expected)
    assert phrases.freeze().phrasegrams == phrases.export_phrases()


def test_a_function_of_ones_own_scores() -> None:
    def scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):  # type: ignore[no-untyped-def]
        assert (len_vocab, min_count, corpus_word_count) == (6, 1, 36)
        return bigram_count / max(worda_count, wordb_count)

    phrases = Phrases(YORK, 1, 0.5, scoring=scorer)
    assert phrases.export_phrases() == {"new_york": 1.0, "old_town": 1.0}


def test_scorers_take_numbers() -> None:
    facts = {"len_vocab": 10, "min_count": 1, "corpus_word_count": 100}
    assert original_scorer(0, 3, 2, **facts) == -math.inf
    assert original_scorer(2, 3, 2, **facts) == pytest.approx(10 / 6)
    assert word2phrase_scorer(2, 3, 2, **facts) == pytest.approx(100 / 6)
    assert word2phrase_scorer(0, 3, 2, **facts) == -math.inf
    assert npmi_scorer(2, 2, 2, **facts) == pytest.approx(1)
    assert npmi_scorer(2, 2, 0, **facts) == -math.inf


def test_counts_beyond_32_bits_do_not_wrap() -> None:
    big = np.array([2**62], np.int64)
    score = original_scorer(big, big, big, len_vocab=1, min_count=0, corpus_word_count=0)
    assert score == pytest.approx(2.0**-62)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"min_count": 0}, "min_count must be above 0, got 0"),
        ({"threshold": 0}, "threshold must be above 0 with default scoring, got 0"),
        ({"threshold": math.nan}, "threshold must be a finite number, got nan"),
        ({"scoring": "npmi"}, "threshold must be from -1 to 1 with npmi scoring, got 10"),
        ({"scoring": "best"}, "scoring must be default or npmi or word2phrase, got 'best'"),
        ({"delimiter": ""}, "delimiter must not be empty"),
        ({"max_vocab_size": 0}, "max_vocab_size must be at least 1, got 0"),
        ({"scoring": lambda x: x}, "the scoring function must take worda_count, wordb_count"),
    ],
)
def test_bad_parameters(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Phrases(YORK, **given)
