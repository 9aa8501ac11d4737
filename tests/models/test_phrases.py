"""Phrases: sentences, reading, and the comparison with gensim where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from phrase_texts import YORK, texts_of
from stable_ids import stable_id

from fastvec import ENGLISH_CONNECTOR_WORDS, Corpus, Phrases, Word2Vec


def test_one_sentence_or_many() -> None:
    phrases = Phrases(YORK, min_count=1, threshold=0.1)
    assert phrases[[]] == []
    assert phrases[["new", "york"]] == ["new_york"]
    assert phrases[iter(["new", "york"])] == ["new_york"]
    assert phrases[("new", "york")] == ["new_york"]
    assert list(phrases[iter([["new"], ["new", "york"]])]) == [["new"], ["new_york"]]
    again = phrases[YORK]
    assert list(again) == list(again)
    assert len(again) == len(YORK)


def test_two_passes_find_longer_phrases() -> None:
    text = [["new", "york", "times"], ["the", "new", "york", "times"]] * 9 + [["the"]] * 99
    pairs = Phrases(text, min_count=1, threshold=0.2)
    threes = Phrases(pairs[text], min_count=1, threshold=0.2)
    assert threes[pairs[["the", "new", "york", "times"]]] == ["the", "new_york_times"]
    assert pairs.join(text).vocabulary.words.find("new_york") >= 0
    native = Phrases(pairs.join(text), min_count=1, threshold=0.2)
    assert native.export_phrases() == threes.export_phrases()


def test_phrases_of_integers_are_text() -> None:
    walks = np.array([[1, 2, 3], [1, 2, 4], [4, 1, 2]] * 9)
    phrases = Phrases(walks, min_count=1, threshold=0.1)
    assert "1_2" in phrases.export_phrases()
    assert phrases.join(walks).vocabulary.words.keys()[0] == "1_2"
    none = Phrases(walks, min_count=1, threshold=1e9)
    assert none.join(walks).vocabulary.words.keys() == ["1", "2", "4", "3"]
    phrases.add_vocab([["1", "2"]])
    assert phrases.vocab["1_2"] == 28


INTEGERS = [1, 2, 3], np.array([1, 2, 3]), (np.int8(1), 2, 3), iter([1, 2, 3]), range(1, 4)
BYTES = [b"1", b"2", b"3"], np.array([b"1", b"2", b"3"]), iter([b"1", b"2", b"3"]), [b"1", "2", 3]


@pytest.mark.parametrize("sentence", [*INTEGERS, *BYTES], ids=stable_id)
def test_sentences_of_integers_and_bytes_are_joined(sentence: Any) -> None:
    one = list(sentence)
    for kind in (int, str, lambda word: str(word).encode()):
        phrases = Phrases([list(map(kind, (1, 2)))] * 30, min_count=1, threshold=1e-9)
        for model in (phrases, phrases.freeze()):
            assert model[one] == model[iter(one)] == ["1_2", "3"]
            assert list(model[[one]]) == list(model[iter([one])]) == [["1_2", "3"]]
            assert list(model.find_phrases([one])) == ["1_2"]
            assert model.join([[kind(1), kind(2)]]).vocabulary.words.keys() == ["1_2"]
    assert Word2Vec(phrases[[one]], min_count=1, vector_size=2).wv.index_to_key == ["1_2", "3"]


@pytest.mark.parametrize("sentence", ["new york", b"new york", "", 3, None, 0.5, len])
def test_what_is_no_list_of_words_is_no_sentence(sentence: Any) -> None:
    phrases = Phrases([["new", "york"]] * 30, min_count=1, threshold=1e-9)
    says = "is a list of words, got |sentences are lists of words, got "
    for model in (phrases, phrases.freeze()):
        with pytest.raises(TypeError, match=says):
            model[sentence]
        with pytest.raises(TypeError, match=says):
            list(model[[["new"], sentence]])
        with pytest.raises(TypeError, match=says):
            model.find_phrases([sentence])
    with pytest.raises(ValueError, match=r"word b'he\\xff' is not valid UTF-8"):
        phrases[[b"he\xff"]]


def test_a_corpus_that_is_given_stays_open() -> None:
    corpus = Corpus.read(YORK, min_count=1)
    phrases = Phrases(corpus, min_count=1, threshold=0.1)
    assert set(phrases.export_phrases()) == {"new_york", "old_town"}
    phrases.join(corpus)
    assert len(corpus.tokens) == 36


def test_paths_are_read(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, YORK)))
    phrases = Phrases(path, min_count=1, threshold=0.1, lower=True, workers=2)
    assert phrases.export_phrases() == Phrases(YORK, 1, 0.1).export_phrases()
    assert texts_of(phrases.join(str(path)))[0] == ["new_york"]


def test_text_without_words_changes_nothing() -> None:
    for empty in ([], [[]], iter([])):
        phrases = Phrases(empty, min_count=1, threshold=0.1)
        assert (phrases.export_phrases(), phrases.corpus_word_count) == ({}, 0)
        phrases.add_vocab(YORK)
        found = phrases.export_phrases()
        phrases.add_vocab(empty)
        assert phrases.export_phrases() == found
        assert found


def test_what_is_no_string_is_in_no_phrase() -> None:
    phrases = Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1, connector_words=["of"])
    for odd in (None, True, 1.5):
        assert phrases[["new", odd, "york"]] == ["new", odd, "york"]
        assert phrases[["new", "of", odd, "new", "york"]] == ["new", "of", odd, "new_york"]
    assert list(phrases[[[None, "new", "york"]]]) == [[None, "new_york"]]


def test_later_text_is_read_as_the_first_was(tmp_path: Path) -> None:
    text, path = tmp_path / "text.txt", tmp_path / "phrases.fvp"
    text.write_text("New-York\nnew YORK\n" * 9)
    options: dict[str, Any] = {"min_count": 1, "threshold": 0.1}
    phrases = Phrases(text, lower=True, tokens="words", **options)
    corpus = Corpus.read(text, min_count=1, lower=True, tokens="words")
    for model in (phrases, phrases.freeze(), Phrases(corpus, **options)):
        assert list(model.join(text).vocabulary.words) == ["new_york"]
        model.save(path, pickle_protocol=4)
        again = Phrases.load(path, mmap="r")
        assert list(again.join(text).vocabulary.words) == ["new_york"]
        assert "New-York" in again.join(text, lower=False, tokens="whitespace").vocabulary.words
    phrases.save(path)
    again = Phrases.load(path)
    again.add_vocab(text)
    assert dict(again.vocab) == {word: 2 * n for word, n in phrases.vocab.items()}


def test_a_function_as_tokens_is_given_again(tmp_path: Path) -> None:
    text, path, encoded = tmp_path / "text.txt", tmp_path / "p.fvp", tmp_path / "text.fvc"
    text.write_text("new york\n" * 9)
    Corpus.read(text, min_count=1, tokens=str.split).save(encoded)
    Phrases(encoded, min_count=1, threshold=0.1).save(path)
    again = Phrases.load(path)
    again.add_vocab(encoded)
    assert list(again.join(encoded).vocabulary.words) == ["new_york"]
    with pytest.raises(ValueError, match="tokens must be given again: it was a function"):
        again.join(text)
    assert list(again.join(text, tokens=str.split).vocabulary.words) == ["new_york"]


@pytest.mark.parametrize("scoring", ["default", "npmi"])
@pytest.mark.parametrize("between", [frozenset(), ENGLISH_CONNECTOR_WORDS])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_gensim_finds_the_same(scoring: str, between: frozenset[str]) -> None:
    gensim = pytest.importorskip("gensim.models.phrases", reason="gensim is not installed")
    rng = np.random.default_rng(3)
    names = np.array(["the", "of", "a", *(f"w{i}" for i in range(300))])
    text = [[str(w) for w in names[rng.zipf(1.4, 30) % len(names)]] for _ in range(2000)]
    given = {"scoring": scoring, "connector_words": between, "threshold": 0.2, "min_count": 2}
    ours, theirs = Phrases(text, **given), gensim.Phrases(text, **given)
    assert dict(ours.vocab) == theirs.vocab
    assert ours.export_phrases() == pytest.approx(theirs.export_phrases(), rel=1e-14)
    assert list(ours[text]) == list(theirs[text])
    assert list(ours.freeze()[text]) == list(theirs.freeze()[text])
    assert ours.find_phrases(text) == pytest.approx(theirs.find_phrases(text), rel=1e-14)
    for (phrase, score), (their_phrase, their_score) in zip(
        ours.analyze_sentence(text[0]), theirs.analyze_sentence(text[0]), strict=True
    ):
        assert phrase == their_phrase
        assert score == (their_score and pytest.approx(their_score, rel=1e-14))
    assert str(ours) == str(theirs)
    assert str(ours.freeze()) == str(theirs.freeze())
    small = given | {"max_vocab_size": 400}
    assert dict(Phrases(text, **small).vocab) == gensim.Phrases(text, **small).vocab


def test_bad_sentences() -> None:
    with pytest.raises(TypeError, match="a sentence is a list of words"):
        Phrases([["a"], "a b c"])
    with pytest.raises(TypeError, match="unexpected keyword argument 'window'"):
        Phrases(window=5)
    with pytest.raises(TypeError, match="connector_words must be words, got the string 'of'"):
        Phrases(YORK, connector_words="of")
    with pytest.raises(TypeError, match=r"connector_words must be strings, got \[1\]"):
        Phrases(YORK, connector_words=[1])


class Never(Phrases):
    """Joins nothing, whatever was counted."""

    def score_candidate(self, *_):
        return None, None


class Always(Phrases):
    """Joins everything."""

    def score_candidate(self, word_a, word_b, in_between):
        return self.delimiter.join((word_a, *in_between, word_b)), 1.0


class Fewer(Phrases):
    """Joins what the usual score joins, without one phrase."""

    def score_candidate(self, word_a, word_b, in_between):
        phrase, score = super().score_candidate(word_a, word_b, in_between)
        return (None, None) if phrase == "old_york" else (phrase, score)


NEW_AND_OLD = [["new", "york"], ["old", "york"]] * 9 + [["a", "b"]] * 9


@pytest.mark.parametrize(
    ("kind", "threshold", "joined"),
    [
        (Never, 1e-9, [["new", "york"], ["old", "york"]]),
        (Always, 1e9, [["new_york"], ["old_york"]]),
        (Fewer, 1e-9, [["new_york"], ["old", "york"]]),
    ],
)
def test_a_subclass_scores_candidates_in_its_own_way(kind, threshold, joined, tmp_path):
    phrases = kind(NEW_AND_OLD, min_count=1, threshold=threshold)
    phrases.save(tmp_path / "p")
    for each in (phrases, kind.load(tmp_path / "p")):
        assert type(each) is kind
        assert list(each[[["new", "york"], ["old", "york"]]]) == joined
        found = {word for sentence in joined for word in sentence if "_" in word}
        assert set(each.find_phrases([["new", "york"], ["old", "york"]])) == found
        assert set(each.export_phrases()) & {"new_york", "old_york"} == found
        assert list(each.freeze()[[["new", "york"], ["old", "york"]]]) == joined or kind is Always
    with pytest.raises(TypeError, match=f"does not call the methods of {kind.__name__}: use Corp"):
        phrases.join(NEW_AND_OLD)
    assert "old_york" in Phrases(NEW_AND_OLD, min_count=1, threshold=1e-9).export_phrases()


def test_connectors_are_given_to_a_subclass():
    phrases = Always([["bank", "of", "america"]], connector_words={"of"}, threshold=1e9)
    assert phrases[["bank", "of", "america", "x"]] == ["bank_of_america", "x"]
