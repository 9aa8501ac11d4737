"""Examining a corpus: compared with the plainest way to count."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec import Corpus
from fastvec.corpus import examination
from fastvec.corpus.examination import COLUMNS, FREQUENT, MIN_COUNTS, SHOWN

TEXT = [["a", "rose"], ["is", "a", "rose", "is"], ["a", "rose"], ["a", "thorn"]]
texts = st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=9), min_size=1)


@pytest.mark.parametrize("block", [3, 1 << 20])
@given(text=texts)
def test_it_is_what_plain_counting_finds(text: list[list[str]], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examination, "BLOCK", block)
        if block == 3:  # sentences that are longer are told apart by their beginnings only
            text = [sentence[:3] for sentence in text]
        found = Corpus.read(text, min_count=1).examine()
    words = list(itertools.chain.from_iterable(text))
    counts, sentences = Counter(words), Counter(map(tuple, text))
    assert (found.words, found.different_words) == (len(words), len(counts))
    assert (found.sentences, found.empty_sentences) == (len(text), 0)
    assert found.once == pytest.approx(np.mean([n == 1 for n in counts.values()]))
    assert found.frequent == counts.most_common(FREQUENT)
    assert found.repeated == pytest.approx(1 - len(sentences) / len(text))
    assert [n for n, _ in found.most_repeated] == [
        n for _, n in sentences.most_common(SHOWN) if n > 1
    ]
    assert [n for n, _ in found.longest] == sorted(map(len, text), reverse=True)[:SHOWN]
    assert found.curve == [(n, len(set(words[:n]))) for n, _ in found.curve]
    assert found.curve[-1] == (len(words), len(counts))
    assert [least for least, _, _ in found.kept] == list(MIN_COUNTS)
    for least, kept, share in found.kept:
        left = [n for n in counts.values() if n >= least]
        assert (kept, share) == (len(left), pytest.approx(sum(left) / len(words)))


def test_lengths() -> None:
    lengths = Corpus.read([["a"] * n for n in range(1, 101)], min_count=1).examine().lengths
    assert lengths == {
        "mean": 50.5, "shortest": 1, "10 %": 10, "50 %": 50, "90 %": 90, "99 %": 99, "longest": 100
    }  # fmt: skip


def test_how_sentences_begin() -> None:
    long = list("abcdefghij")
    found = Corpus.read([*TEXT, long, long], min_count=1).examine()
    assert found.longest[0] == (10, "a b c d e f g h …")
    assert found.most_repeated == [(2, "a rose"), (2, "a b c d e f g h …")]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("a\x1b[2J", "control characters"),
        ("\x00", "control characters"),
        ("\x7f", "control characters"),
        ("b\x9b2J", "control characters"),
        ("é\ufffd", "lost characters (U+FFFD)"),
        ("\ufffd", "lost characters (U+FFFD)"),
        ("new\u00a0york", "no-break spaces (U+00A0)"),
        ("\ufeffthe", "byte order marks (U+FEFF)"),
        ("x" * 100, "100 bytes or more"),
    ],
)
def test_odd_words(word: str, kind: str) -> None:
    found = Corpus.read([*TEXT, [word, word]], min_count=1).examine()
    assert found.odd_words == [(kind, 2, word)]


def test_words_that_are_not_odd() -> None:
    fine = ["é", "한국", "\u00a1", "\u00c2", "\ufefe", "\ufffc", "\ufffe", "x" * 99, "Â\u00ad"]
    assert Corpus.read([fine, *TEXT], min_count=1).examine().odd_words == []


def test_words_that_were_dropped_are_not_counted() -> None:
    corpus = Corpus.read([*TEXT, ["lonely"], []], min_count=2)
    found = corpus.examine()
    assert (found.sentences, found.empty_sentences) == (4, 2)
    assert (found.words, found.different_words) == (9, 3)
    other = Corpus.read([["rose", "unseen"]], min_count=1)
    assert other.in_words(corpus.vocabulary).examine().frequent == [("rose", 1)]


def test_integers_have_no_hints() -> None:
    found = Corpus.read(np.arange(60_000).reshape(-1, 2) % 7, min_count=1).examine()
    assert (found.hints, found.frequent[0]) == ([], ("0", 8572))


def test_it_can_be_json(tmp_path: Path) -> None:
    corpus = Corpus.read([*TEXT, ["\x1b"]], min_count=1)
    corpus.save(tmp_path / "c.fvc")
    with Corpus.open(tmp_path / "c.fvc") as opened:
        facts = json.loads(json.dumps(opened.examine().to_dict()))
    assert facts == corpus.examine().to_dict()
    assert facts["kept"][0] == {"min_count": 1, "different_words": 5, "share": 1.0}
    assert all(set(facts[name][0]) == set(columns) for name, columns in COLUMNS.items())


def test_hints_are_those_for_a_min_count() -> None:
    corpus = Corpus.read([[word, f"{word}{word}lylong"] for word in map(str.lower, ["no"] * 3000)])
    assert corpus.examine().hints == []


def test_a_corpus_without_words() -> None:
    corpus = Corpus.read(TEXT, min_count=1)
    corpus.close()
    with pytest.raises(ValueError, match="the corpus is empty, or closed: there is nothing to"):
        corpus.examine()


def test_what_hints_say_of_lines_needs_a_text_with_lines(tmp_path: Path) -> None:
    words = [f"w{'x' * (i % 9)}" for i in range(6_000)]
    (tmp_path / "t").write_text("\n".join(words))
    [hint] = Corpus.read(tmp_path / "t", min_count=1).examine().hints
    assert hint.startswith("nearly every line is a single word")
    for lines in (True, False):
        corpus = Corpus.read([[word] for word in words], min_count=1, lines=lines)
        assert corpus.examine().hints == []
