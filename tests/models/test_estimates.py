"""What training would take: the parts that are measured, and that any corpus can be estimated."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from fastvec import Corpus, Doc2Vec, FastText, GloVe, Word2Vec
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.models import estimates
from fastvec.models.estimates import estimate_trainings


def corpus_of(sentences: int, length: int, words: int = 50) -> Corpus:
    draw = np.random.default_rng(1)
    return Corpus.read(draw.integers(0, words, (sentences, length)), min_count=1)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which everything takes a second."""
    clock = itertools.count()
    monkeypatch.setattr(estimates, "time", SimpleNamespace(monotonic=lambda: next(clock)))


@pytest.mark.usefixtures("ticking")
def test_times_grow_with_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of 100 words takes a second in each epoch, and so does counting its pairs."""
    monkeypatch.setattr(estimates, "PART", 100)
    monkeypatch.setattr(estimates, "COUNTED", 100)
    corpus = corpus_of(100, 10)
    skip_gram, cbow, subwords, documents, glove = estimate_trainings(
        corpus, corpus.vocabulary, workers=1
    )
    assert (subwords.epochs, documents.epochs) == (5, 10)
    assert 2 * subwords.seconds == documents.seconds == pytest.approx(10 * 10)
    assert (skip_gram.epochs, cbow.epochs, glove.epochs) == (5, 5, 25)
    assert skip_gram.seconds == cbow.seconds == pytest.approx(5 * 10)
    # There are at most 50 x 50 pairs: their number grows less than the text.
    assert 10 + 25 * 1 < glove.seconds < 10 + 25 * 10


def test_memory_is_that_of_the_models() -> None:
    corpus = corpus_of(300, 20)
    skip_gram, cbow, subwords, documents, glove = estimate_trainings(
        corpus, corpus.vocabulary, workers=1
    )
    model = Word2Vec(corpus, epochs=1, workers=1)
    tokens = corpus.tokens.nbytes
    assert skip_gram.bytes == cbow.bytes == model.estimate_memory()["total"] + tokens
    assert documents.bytes == Doc2Vec(corpus, epochs=1).estimate_memory()["total"] + tokens
    rows = FastText(corpus, epochs=1, workers=1)
    core = 448 * (len(rows.wv) + len(rows.wv.vectors_ngrams))  # while it trains
    assert subwords.bytes == rows.estimate_memory()["total"] - 448 * len(rows.wv) + core + tokens
    trained = GloVe(epochs=1, workers=1).fit(corpus)
    assert trained._records is not None and trained.pairs is not None
    held = trained._records.nbytes + trained.pairs.pairs.nbytes + tokens
    assert glove.bytes == pytest.approx(held, rel=0.01)


def test_only_the_words_of_the_models_count() -> None:
    corpus = corpus_of(300, 20)
    few = Vocabulary(corpus.vocabulary.words.take(np.arange(9)), corpus.vocabulary.counts[:9])
    for all_words, nine in zip(
        estimate_trainings(corpus, corpus.vocabulary, 1),
        estimate_trainings(corpus, few, 1),
        strict=True,
    ):
        assert nine.bytes < all_words.bytes
    with pytest.raises(NoWordsError):
        estimate_trainings(corpus, Vocabulary.of({-1: 5}), 1)


def test_a_large_vocabulary_takes_little_memory_while_it_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []
    monkeypatch.setattr(estimates, "MOST_WORDS", 10)
    monkeypatch.setattr(
        Word2Vec, "_make_rows", lambda model, words, make=Word2Vec._make_rows: (
            made.append(len(words)), make(model, words)
        )
    )  # fmt: skip
    corpus = corpus_of(100, 20)
    estimate = estimate_trainings(corpus, corpus.vocabulary, 1)[0]
    assert made == [10, 10, 10, 10]
    assert estimate.bytes == Word2Vec().estimate_memory(50)["total"] + corpus.tokens.nbytes


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 2), (1, 30), (9, 3), (3, 500)])
@pytest.mark.parametrize("size", [2, 7, 1_000_000])
def test_any_corpus_can_be_estimated(
    shape: tuple[int, int], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "PART", size)
    monkeypatch.setattr(estimates, "COUNTED", size)
    corpus = corpus_of(*shape)
    found = estimate_trainings(corpus, corpus.vocabulary, 1)
    assert len(found) == (5 if shape[1] > 1 else 4)  # GloVe needs pairs
    for estimate in found:
        assert np.isfinite(estimate.seconds) and estimate.bytes > 0
