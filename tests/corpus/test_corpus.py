"""A Corpus after it was read: other words, more text."""

from __future__ import annotations

from pathlib import Path

import pytest
from texts import (
    counts_of,
    decoded,
)

from fastvec.corpus import corpus as corpus_module
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary


def test_encode_later_text(tmp_path: Path) -> None:
    corpus = Corpus.read([["to", "be", "or", "not", "to", "be"]], min_count=2)
    path = tmp_path / "more"
    path.write_text("let it be\nnot that\nto you")
    more = corpus.encode(path)
    assert decoded(more) == [["be"], ["to"]]
    assert (more.raw_words, more.raw_sentences) == (7, 3)
    with pytest.raises(
        ValueError, match="none of 1 different words is one of the 2 of the vocabulary"
    ):
        corpus.encode([["nothing"]])


def test_a_corpus_in_other_words(encoded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """vocabulary and known mean with a corpus, or its file, what they mean with a text."""
    sentences = [["a", "rose", "is"], ["a", "rose", "é"]]
    monkeypatch.setattr(corpus_module, "RENUMBERED_TOKENS", 2)
    for source in (encoded, Corpus.open(encoded)):
        few = Vocabulary.of({"is": 1, "a": 9})
        assert decoded(Corpus.read(source, vocabulary=few)) == [["a", "is"], ["a"]]
        assert decoded(Corpus.read(source, vocabulary=few, memory=0)) == [["a", "is"], ["a"]]
        rest = Corpus.read(source, vocabulary=Vocabulary.of({"é": 1, "b": 1}))
        assert (rest.tokens.tolist(), rest.offsets.tolist()) == ([0], [0, 1])
        known = Vocabulary.of({"old": 1, "rose": 3})
        grown, fresh = (Corpus.read(s, known=known, min_count=1) for s in (source, sentences))
        assert list(grown.vocabulary.words) == list(fresh.vocabulary.words)
        assert counts_of(grown) == counts_of(fresh)
        assert decoded(grown) == decoded(fresh) == sentences
        with pytest.raises(ValueError, match="none of 4 different words is one of the 1 of the"):
            Corpus.read(source, vocabulary=Vocabulary.of({"b": 1}))


def test_a_corpus_knows_how_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "corpus.fvc"
    Corpus.read([["The", "THE"]], min_count=1, lower=True).save(path)
    assert decoded(Corpus.open(path).encode([["tHE", "the"]])) == [["the", "the"]]
    Corpus.read(["a-b"], min_count=1, tokens=lambda text: text.split("-")).save(path)
    corpus = Corpus.open(path)
    with pytest.raises(ValueError, match="tokens must be given again: it was a function"):
        corpus.encode([["a"]])
    assert decoded(corpus.encode([["a"]], tokens="whitespace")) == [["a"]]
