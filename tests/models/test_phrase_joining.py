"""Joining phrases in a corpus, against the slow truth."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from phrase_texts import YORK, alike, connectors, sentences, texts_of
from reference import phrases as reference

from fastvec import Corpus, Phrases
from fastvec.models.phrase_joining import MOST_PARTS, join_phrases


@settings(deadline=None)
@given(sentences | alike, connectors, st.integers(1, 3), st.data())
def test_joined_is_the_slow_truth(
    text: Any, between: frozenset[str], workers: int, data: st.DataObject
) -> None:
    possible = sorted(
        {"_".join((a, *mid, b)) for s in text for a, mid, b in reference.candidates(s, between)}
    )
    wanted = data.draw(st.sets(st.sampled_from(possible))) if possible else set()
    phrases = Phrases(YORK, min_count=1, threshold=0.1, connector_words=between).freeze()
    phrases.phrasegrams = dict.fromkeys(wanted, 1.0)
    expected = [reference.joined(s, wanted, "_", between) for s in text]
    assert list(phrases[text]) == expected
    assert [phrases[s] for s in text] == expected
    corpus = phrases.join(text, workers=workers)
    assert texts_of(corpus) == expected
    counts = Counter(itertools.chain.from_iterable(expected))
    assert dict(zip(corpus.vocabulary.words, corpus.vocabulary.counts, strict=True)) == counts
    assert phrases.find_phrases(text) == dict.fromkeys(
        (word for s in text for word, score in phrases.analyze_sentence(s) if score), 1.0
    )


def test_joining_drops_rare_words() -> None:
    corpus = Corpus.read([["a", "b", "c"], ["a", "b"], ["d"]], min_count=1)
    joined = join_phrases(corpus, ["a_b"], "_", (), min_count=2)
    assert texts_of(joined) == [["a_b"], ["a_b"]]
    assert joined.options["min_count"] == 2
    assert len(corpus.tokens) == 6  # the corpus that was given is as it was


def test_joining_many_sentences(tmp_path: Path) -> None:
    """More than one chunk, and more than the memory that is allowed."""
    rng = np.random.default_rng(2)
    text = [[f"w{i}" for i in row] for row in rng.integers(0, 40, (900, 3000))]
    phrases = Phrases(text, min_count=1, threshold=6e-4)
    assert phrases.export_phrases()
    expected = list(phrases[text])
    for workers, memory in ((1, None), (3, "1M")):
        joined = phrases.join(text, workers=workers, memory=memory, tmp=tmp_path)
        assert texts_of(joined) == expected


def test_a_phrase_of_very_many_parts_is_passed_over() -> None:
    row = "_" * (MOST_PARTS + 5)
    corpus = Corpus.read([[row, "a"]], min_count=1)
    assert texts_of(join_phrases(corpus, [f"{row}_a"], "_", ())) == [[row, "a"]]
