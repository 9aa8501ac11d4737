"""Evaluation: files in every layout, hand-made vectors whose score is known, gensim's numbers."""

import json
import math

import numpy as np
import pytest

from fastvec import evaluation
from fastvec._core import AnalogySolver, TopK
from fastvec.vectors.clusters import k_means, purity
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

WORDS = ["man", "king", "woman", "queen", "Man", "far"]
VECTORS = np.array(
    [[1, 0, 0.1], [1, 1, 0.1], [-1, 0, 0.1], [-1, 1, 0.1], [1, 0.01, 0.1], [0, -1, -5]], np.float32
)


@pytest.fixture
def wv():
    return KeyedVectors.of(Words.of(WORDS), VECTORS)


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(
        ": royal\nMAN KING WOMAN QUEEN\nman woman king queen\nman king woman far\n"
        ": unknown\nman king woman nobody\n"
    )
    return path


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul", "direction"])
def test_analogies_with_known_answers(wv, questions, method):
    royal, unknown = evaluation.analogies(wv, questions, method=method)
    assert (len(royal.correct), len(royal.incorrect), royal.unknown) == (2, 1, 0)
    assert royal.accuracy == pytest.approx(2 / 3)
    assert (unknown.asked, unknown.unknown) == (0, 1)
    assert math.isnan(unknown.accuracy)
    total = evaluation.overall([royal, unknown])
    assert (total.asked, total.unknown) == (3, 1)
    low, high = evaluation.accuracy_interval(total)
    assert 0 <= low < 2 / 3 < high <= 1


def test_restriction_case_and_unknown_words(wv, questions):
    def asked(**options):
        done = evaluation.analogies(wv, questions, **options)
        return [(len(section.correct), section.asked) for section in done]

    assert asked(case_insensitive=False) == [(1, 2), (0, 0)]
    assert asked(restrict_vocab=4) == [(2, 2), (0, 0)]
    assert asked(restrict_vocab=3) == [(0, 0), (0, 0)]
    assert asked(restrict_vocab=None, dummy4unknown=True) == [(2, 3), (0, 1)]


def test_layouts(tmp_path, wv):
    bats = tmp_path / "bats" / "1_Inflection"
    bats.mkdir(parents=True)
    (bats / "I01.txt").write_text("man\tking\nwoman\tprincess/queen\n")
    (section,) = evaluation.analogies(wv, tmp_path / "bats")
    assert (section.name, len(section.correct), section.asked) == ("I01", 1, 1)
    assert section.unknown == 1  # woman : princess = man : king
    msr = tmp_path / "msr.txt"
    msr.write_text("man\tking\twoman\tqueen\n")
    assert evaluation.overall(evaluation.analogies(wv, msr)).accuracy == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a b c\nd\n", "q.txt has no line that is four words: line 1 is 'a b c'"),
        ("", "has no line that is four words$"),
        (": section\n\n", "has no line that is four words$"),
        (b"\xff", "is not utf-8 text"),
    ],
)
def test_broken_analogies(tmp_path, wv, text, says):
    path = tmp_path / "q.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=says):
        evaluation.analogies(wv, path)


def test_similarity_with_known_scores(tmp_path, wv):
    path = tmp_path / "pairs.txt"
    path.write_text("# word word score\nman\tMan\t9\nman\tking\t5\nman woman 1\nman\tnobody\t3\n")
    found = evaluation.similarity(wv, path)
    assert (found.pairs, found.unknown, found.coverage) == (4, 1, 0.75)
    assert found.spearman[0] == pytest.approx(1)
    assert found.cosines[0] == pytest.approx(1, abs=1e-4)
    assert len(evaluation.similarity(wv, path, dummy4unknown=True).scores) == 4
    low, high = found.interval()
    assert low <= high
    with pytest.warns(UserWarning, match=r"lines: 1, the first: line 4 is 'man woman 1'$"):
        found = evaluation.similarity(wv, path, delimiter="\t")
    assert (found.pairs, found.unknown) == (3, 1)
    path.write_text("man\tking\tnan\nman king\n")
    with pytest.raises(ValueError, match="has no line that is two words and a score: line 1 is "):
        evaluation.similarity(wv, path)


def test_categories_with_known_purity(tmp_path, wv):
    path = tmp_path / "categories.txt"
    path.write_text("man male\nking male\nMan male\nwoman female\nqueen female\nnobody female\n")
    found = evaluation.categories(wv, path, case_insensitive=False)
    assert (found.words, found.unknown, found.categories) == (5, 1, 2)
    assert found.purity == pytest.approx(1)
    path.write_text("nobody x\n")
    assert math.isnan(evaluation.categories(wv, path).purity)
    path.write_text("a b c\n")
    with pytest.raises(ValueError, match="no line that is a word and its category: line 1 is"):
        evaluation.categories(wv, path)


def test_clusters_by_construction():
    centres = np.eye(6)
    truth = np.random.default_rng(2).permutation(np.repeat(np.arange(6), 50))
    noise = np.random.default_rng(3).normal(size=(300, 6)) * 0.05
    lengths = np.random.default_rng(4).uniform(1, 9, 300)[:, None]
    labels = k_means((centres[truth] + noise) * lengths, 6, rounds=20, seed=3)
    assert purity(labels, truth) > 0.8
    first = [int(np.flatnonzero(labels == one)[0]) for one in np.unique(labels)]
    assert first == sorted(first)
    assert np.array_equal(k_means(VECTORS, 1), np.zeros(6))
    for k in (0, 7):
        with pytest.raises(ValueError, match=f"k must be from 1 to the 6 words, got {k}"):
            k_means(VECTORS, k)
    with pytest.raises(ValueError, match="not finite"):
        k_means(np.full((3, 2), np.nan), 2)


def test_same_numbers_as_gensim(tmp_path):
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    rng = np.random.default_rng(4)
    keys = [f"{'wW'[i % 2]}{i // 2}" for i in range(200)]
    vectors = rng.normal(size=(200, 4)).astype("f")
    theirs = models.KeyedVectors(4)
    theirs.add_vectors(keys, vectors)
    ours = KeyedVectors.of(Words.of(keys), vectors)
    lines = [": first"] + [
        " ".join(rng.choice([*keys, "zz"], 4, replace=False)) for _ in range(300)
    ]
    lines.insert(150, ": second")
    path = tmp_path / "q.txt"
    path.write_text("\n".join(lines))
    for options in (
        {},
        {"restrict_vocab": 120},
        {"case_insensitive": False},
        {"dummy4unknown": True},
    ):
        accuracy, sections = ours.evaluate_word_analogies(path, **options)
        expected, their_sections = theirs.evaluate_word_analogies(path, **options)
        assert accuracy == expected
        assert sections == their_sections
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("\n".join(f"{rng.choice([*keys, 'zz'])}\tw{i}\t{i % 7}" for i in range(90)))
    for options in ({}, {"restrict_vocab": 120}, {"case_insensitive": False},
                    {"dummy4unknown": True}):  # fmt: skip
        pearson, spearman, unknown = ours.evaluate_word_pairs(pairs, **options)
        theirs_ = theirs.evaluate_word_pairs(pairs, **options)
        np.testing.assert_allclose(pearson, theirs_[0], rtol=1e-5)
        np.testing.assert_allclose(spearman, theirs_[1], rtol=1e-5)
        assert unknown == pytest.approx(theirs_[2])


def test_heads_and_broken_lines_are_skipped_as_gensim_does(tmp_path):
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    theirs = models.KeyedVectors(3)
    theirs.add_vectors(WORDS, VECTORS)
    ours = KeyedVectors.of(Words.of(WORDS), VECTORS)
    pairs, questions = tmp_path / "p.tsv", tmp_path / "q.txt"
    pairs.write_text(
        "Word 1\tWord 2\tHuman (mean)\nman\tking\t5\nman\tfar\nman\tqueen\t2\nking\tfar\t1\n"
    )
    with pytest.warns(UserWarning, match="two words and a score, lines: 2, the first: line 1 is"):
        found = ours.evaluate_word_pairs(pairs)
    for mine, expected in zip(found[:2], theirs.evaluate_word_pairs(pairs)[:2], strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-5)
    questions.write_text(": royal\nman king woman\nman king woman queen\n")
    with pytest.warns(UserWarning, match="four words, lines: 1, the first: line 2 is"):
        found = ours.evaluate_word_analogies(questions)
    assert found == theirs.evaluate_word_analogies(questions)


def test_accuracy_of_no_known_question_is_no_number(tmp_path, wv):
    (tmp_path / "q.txt").write_text(": none\nman king woman nobody\n")
    assert math.isnan(wv.evaluate_word_analogies(tmp_path / "q.txt")[0])


def test_wrong_similarity_function(wv, questions):
    with pytest.raises(ValueError, match="similarity_function must be one of most_similar"):
        wv.evaluate_word_analogies(questions, similarity_function="x")


def test_results_are_json(wv, questions):
    _, sections = wv.evaluate_word_analogies(questions)
    assert sections[-1]["section"] == "Total accuracy"
    assert json.dumps(sections)


def test_the_core_counts_rows_without_overflow():
    for queries, k in ((1 << 32, 1 << 32), (1 << 21, 1 << 43)):
        with pytest.raises(ValueError, match="no room"):
            TopK(queries, k)
    question = np.zeros((1, 3), np.int64)
    answers = AnalogySolver(question, question, np.arange(5), np.zeros(1, np.float32), 5, 0)
    for first in (-1, 5, 2**63 - 1):
        with pytest.raises(ValueError, match="cosines must have 5 rows"):
            answers.add(np.ones((5, 1), np.float32), first)
