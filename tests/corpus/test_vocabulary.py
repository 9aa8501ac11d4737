"""Vocabulary: construction and its rules (pruning is tested with the corpus)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from stable_ids import stable_id

from fastvec import Corpus, Word2Vec
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.words import Words


def test_words_and_counts_go_together() -> None:
    vocabulary = Vocabulary.of({"a": 2, "rose": 1})
    assert len(vocabulary) == 2
    assert list(vocabulary.words) == ["a", "rose"]
    assert vocabulary.counts.tolist() == [2, 1]
    with pytest.raises(ValueError, match="1 words cannot have 2 counts"):
        Vocabulary(Words.of(["a"]), np.array([1, 2]))
    with pytest.raises(ValueError, match="counts must be at least 0, got -1"):
        Vocabulary(Words.of(["a"]), np.array([-1]))


class Items:
    """What has items like a dict, and may have a word twice, as a Series of pandas."""

    def __init__(self, *items: tuple[Any, Any]) -> None:
        self.pairs = items

    def items(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.pairs)


@pytest.mark.parametrize(
    "counts",
    [
        {"b": 2, "a": 1},
        Counter("bab"),
        Items(("b", 2), ("a", 1)),
        Items(("b", np.int64(2)), ("a", np.uint8(1))),
        {"b": 2.0, "a": np.float32(1)},
    ],
    ids=stable_id,
)
def test_counts_are_any_mapping(counts: Any) -> None:
    vocabulary = Vocabulary.of(counts)
    assert (vocabulary.words.keys(), vocabulary.counts.tolist()) == (["b", "a"], [2, 1])
    model = Word2Vec(min_count=1, vector_size=2)
    model.build_vocab_from_freq(counts)
    assert model.wv.index_to_key == ["b", "a"]


def test_counts_of_pandas_are_a_mapping() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    words = pandas.Series(["a", "b", "a"])
    for counts in (words.value_counts(), words.value_counts(normalize=False).convert_dtypes()):
        assert Vocabulary.of(counts).counts.tolist() == [2, 1]
    with pytest.raises(ValueError, match=r"counts must be whole numbers, got 0\.66"):
        Vocabulary.of(words.value_counts(normalize=True))
    with pytest.raises(TypeError, match=r"counts must be whole numbers, got 0 +a"):
        Vocabulary.of(words.to_frame())


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([("a", 2)], "counts must be a mapping from words to counts, such as a dict, got list"),
        (["a", "b"], "counts must be a mapping"),
        (None, "counts must be a mapping from words to counts, such as a dict, got NoneType"),
        (Items(("a", 2), ("a", 3)), "words must all be different, got 'a' twice"),
        ({"a": 2.5}, "counts must be whole numbers, got 2.5"),
        ({"a": float("nan")}, "counts must be whole numbers, got nan"),
        ({"a": float("inf")}, "counts must be whole numbers, got inf"),
        ({"a": "2"}, "counts must be whole numbers, got '2'"),
        ({"a": None}, "counts must be whole numbers, got None"),
        ({"a": 2**70}, "counts must add up to less than 2**62"),
        ({"a": 2**62}, "counts must add up to less than 2**62"),
        ({"a": -1}, "counts must be at least 0, got -1"),
        ({"a": 2, 3: 2}, "keys must be all strings or all integers, got 3"),
    ],
    ids=stable_id,
)
def test_what_is_no_counts_is_refused(counts: Any, says: str) -> None:
    for call in (Vocabulary.of, Word2Vec(min_count=1, vector_size=2).build_vocab_from_freq):
        with pytest.raises((TypeError, ValueError), match=re.escape(says)):
            call(counts)


@pytest.mark.parametrize("given", [{"a": 1}, ["a"], "a.txt"], ids=stable_id)
def test_a_vocabulary_is_a_vocabulary(given: Any) -> None:
    says = r"must be a Vocabulary, got .*: Vocabulary.of.counts. makes one"
    for call in (
        lambda: Word2Vec([["a"]], vocabulary=given),
        lambda: Corpus.read([["a"]], vocabulary=given),
        lambda: Corpus.read([["a"]], known=given),
    ):
        with pytest.raises(TypeError, match=says):
            call()
