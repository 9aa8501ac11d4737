"""Phrases against the slow truth, against gensim where it is installed, and against bad input."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from containers import rewrite
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import phrases as reference

from fastvec import ENGLISH_CONNECTOR_WORDS, Corpus, FrozenPhrases, Phrases
from fastvec._core import Control, PhraseCounter, PhraseJoiner, spell_pairs
from fastvec.io.tensors import load_tensors
from fastvec.models.collocations import COUNT, MOST_PARTS, count_bigrams, join_phrases, merged
from fastvec.models.phrases import npmi_scorer, original_scorer, word2phrase_scorer

WORDS = ["a", "b", "c", "d", "of", "the", "ä", "longer-than-eight"]
CONNECTORS = frozenset({"of", "the"})
#: some hold the delimiter, so that different pairs are spelled alike
SPELLED_ALIKE = ["a", "b", "a_b", "b_a", "_", "of"]
sentences = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1)
alike = st.lists(st.lists(st.sampled_from(SPELLED_ALIKE), min_size=1, max_size=9), min_size=1)
connectors = st.sampled_from([frozenset[str](), CONNECTORS])
YORK = [["new", "york"]] * 9 + [["old", "town"]] * 9


def texts_of(corpus: Corpus) -> list[list[str]]:
    """The sentences of a corpus as lists of words."""
    words = list(corpus.vocabulary.words)
    return [
        [words[i] for i in corpus.tokens[start:end]]
        for start, end in itertools.pairwise(corpus.offsets.tolist())
    ]


# --- counting


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
        spelled = (tuple(pair.split("_")) for pair in bigrams.spelled(bigrams.pairs, "_"))
        assert dict(zip(spelled, bigrams.pairs[:, COUNT].tolist(), strict=True)) == expected
    several = merged([bigrams, bigrams, bigrams])
    assert int(several.pairs[:, COUNT].sum()) == 3 * expected.total()
    assert int(several.counts.sum()) == 3 * ids.size


def test_a_long_row_of_connectors() -> None:
    text = [["a", *["of"] * 5000, "b", "a", "of", "b", *["of"] * 300]]
    phrases = Phrases(text, connector_words={"of"})
    assert dict(phrases.vocab) == reference.counts(text, "_", {"of"})[0]


# --- scores


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


# --- joining


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
    """More than one stretch, and more than the memory that is allowed."""
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


# --- gensim


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


# --- files


@pytest.mark.parametrize("frozen", [False, True])
def test_save_and_load(tmp_path: Path, frozen: bool) -> None:
    phrases: Any = Phrases(YORK, 1, 0.1, connector_words=["of", "ä"], delimiter="→")
    phrases.add_vocab([["bank", "of", "ä", "england"]] * 3)
    if frozen:
        phrases = phrases.freeze()
    phrases.save(tmp_path / "phrases.fvp")
    again = Phrases.load(tmp_path / "phrases.fvp")
    assert type(again) is type(phrases)
    assert str(again) == str(phrases)
    assert again._found == phrases._found
    assert list(again[YORK]) == list(phrases[YORK])
    if not frozen:
        assert dict(again.vocab) == dict(phrases.vocab)
        again.add_vocab(YORK)
        assert again.vocab["new"] == 18


def test_later_text_is_read_as_the_first_was(tmp_path: Path) -> None:
    text, path = tmp_path / "text.txt", tmp_path / "phrases.fvp"
    text.write_text("New-York\nnew YORK\n" * 9)
    options: dict[str, Any] = {"min_count": 1, "threshold": 0.1}
    phrases = Phrases(text, lower=True, tokens="words", **options)
    corpus = Corpus.read(text, min_count=1, lower=True, tokens="words")
    for made in (phrases, phrases.freeze(), Phrases(corpus, **options)):
        assert list(made.join(text).vocabulary.words) == ["new_york"]
        made.save(path, pickle_protocol=4)
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
    for odd in (None, 1, b"york"):
        assert phrases[["new", odd, "york"]] == ["new", odd, "york"]
        assert phrases[["new", "of", odd, "new", "york"]] == ["new", "of", odd, "new_york"]
    assert list(phrases[[[None, "new", "york"]]]) == [[None, "new_york"]]


def test_an_empty_model_is_saved(tmp_path: Path) -> None:
    Phrases(threshold=3).save(tmp_path / "empty.fvp")
    again = Phrases.load(tmp_path / "empty.fvp")
    assert (again.threshold, dict(again.vocab), again.export_phrases()) == (3, {}, {})
    assert again[["a", "b"]] == ["a", "b"]
    assert str(again) == str(Phrases(threshold=3))


def test_a_function_is_not_saved(tmp_path: Path) -> None:
    def scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return bigram_count

    Phrases(YORK, scoring=scorer).save(tmp_path / "own.fvp")
    with pytest.raises(ValueError, match="was scored by a function: give it again as scoring"):
        Phrases.load(tmp_path / "own.fvp")
    again = Phrases.load(tmp_path / "own.fvp", scoring=scorer)
    assert again.scoring is scorer


def test_other_files_are_no_phrases(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.fvc"
    Corpus.read(YORK, min_count=1).save(corpus)
    with pytest.raises(ValueError, match=r"holds a corpus, not phrases: use Corpus\.open"):
        Phrases.load(corpus)
    text = tmp_path / "text"
    text.write_text("new york")
    with pytest.raises(ValueError, match="text"):
        FrozenPhrases.load(text)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_damaged_file_is_an_error_or_harmless(tmp_path: Path, frozen: bool) -> None:
    phrases: Any = Phrases(YORK, 1, 0.1, connector_words=["of"])
    phrases.add_vocab([["bank", "of", "england"]] * 3)
    path = tmp_path / "phrases.fvp"
    (phrases.freeze() if frozen else phrases).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(4)
    for _ in range(300):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), 3):
            damaged[at] = rng.integers(0, 256)
        path.write_bytes(damaged[: rng.integers(len(whole) // 2, len(whole) + 1)])
        try:
            loaded = Phrases.load(path)
        except (ValueError, TypeError):
            continue
        loaded.join(YORK)
        str(loaded)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("words", np.frombuffer(b"ne\xfe" + b"x" * 11, np.uint8), "'utf-8' codec can't decode"),
        ("word_offsets", np.array([0, 3, 99]), "the words' offsets do not rise"),
        ("counts", np.array([-1, 9, 9, 9]), "counts must be at least 0, got -1"),
        ("pairs", np.array([[0, 9, 0, 1]], np.uint32), "a pair names a word that is not there"),
        ("pairs", np.array([[0, 1, 9, 1]], np.uint32), "a pair names connectors that are not"),
        ("pairs", np.array([0], np.uint32), "pairs is missing, or not an array of uint32"),
        ("parents", np.array([0, 7], np.uint32), "must name words and nodes that are there"),
        ("connectors", np.array([9], np.uint32), None),  # node 0 is nothing, whatever it says
    ],
)
def test_files_that_lie(tmp_path: Path, name: str, value: Any, message: str | None) -> None:
    path = tmp_path / "phrases.fvp"
    Phrases(YORK, 1, 0.1).save(path)
    _, header = load_tensors(path)
    settings = header["settings"].replace("{", '{"unknown": 1, ', 1)
    rewrite(path, arrays={name: value}, settings=settings)
    if message:
        with pytest.raises(ValueError, match=f"phrases.fvp is damaged: .*{message}"):
            Phrases.load(path)
        return
    loaded = Phrases.load(path)
    loaded.add_vocab(YORK)
    assert loaded.vocab["new"] == 18


# --- bad input


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


def test_bad_sentences() -> None:
    with pytest.raises(TypeError, match="a sentence is a list of words"):
        Phrases([["a"], "a b c"])
    with pytest.raises(TypeError, match="Phrases has no option window"):
        Phrases(window=5)
    with pytest.raises(TypeError, match="connector_words must be words, got the string 'of'"):
        Phrases(YORK, connector_words="of")
    with pytest.raises(TypeError, match=r"connector_words must be strings, got \[1\]"):
        Phrases(YORK, connector_words=[1])


# --- the core's doors


def test_doors_refuse_what_is_not_there() -> None:
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
    with pytest.raises(ValueError, match="node 2 stands there twice"):
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
    places = np.zeros(2, np.int64)
    with pytest.raises(ValueError, match="ends must be those of round one"):
        spell_pairs(pairs, none, none, words, offsets, b"_", places, np.empty(3, np.uint8))
    with pytest.raises(ValueError, match="ends must have 2 entries"):
        spell_pairs(pairs, none, none, words, offsets, b"_", np.zeros(3, np.int64))
