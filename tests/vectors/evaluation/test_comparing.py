"""Comparing vectors by the same questions; intervals."""

import math

import numpy as np
import pytest

from fastvec.evaluation import Score, compare, score_file
from fastvec.vectors.evaluation.comparing import file_kind
from fastvec.vectors.evaluation.intervals import summary, wilson_interval
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

NONE = np.empty(0)


def accuracy(right, name="questions"):
    items = np.array(right, float)
    return Score(name, "accuracy", np.nanmean(items), 0, 1, len(items), len(items), items, NONE)


def correlation(cosines, human):
    items, human = np.array(cosines, float), np.array(human, float)
    return Score("pairs", "spearman", 0, 0, 1, len(items), len(items), items, human)


@pytest.mark.parametrize(
    ("right", "asked", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilsons_interval(right, asked, low, high):
    """The last one is from Newcombe (1998), table I."""
    assert wilson_interval(right, asked) == pytest.approx((low, high), abs=1e-4)


def test_wilson_without_questions():
    assert all(map(math.isnan, wilson_interval(0, 0)))


def test_the_mean_of_several_runs():
    found = summary([1, 2, 3, 4])
    assert (found.mean, found.deviation) == (2.5, pytest.approx(1.29099, abs=1e-5))
    half = 3.182446 * found.deviation / 2  # Student's t with 3 degrees of freedom
    assert (found.low, found.high) == pytest.approx((2.5 - half, 2.5 + half), abs=1e-5)
    alone = summary([0.5])
    assert alone.mean == 0.5
    assert math.isnan(alone.deviation)


def test_a_clear_difference_is_no_luck():
    right = [1] * 300 + [0] * 100
    other = [1] * 360 + [0] * 40
    found = compare(accuracy(right), accuracy(other))
    assert (found.first, found.second, found.known) == (0.75, 0.9, 400)
    assert found.difference == pytest.approx(0.15)
    # The variance of the mean of 60 ones and 340 zeros.
    half = 1.96 * math.sqrt(0.15 * 0.85 / 400)
    assert (found.low, found.high) == pytest.approx((0.15 - half, 0.15 + half), abs=0.01)
    assert found.p < 0.01
    back = compare(accuracy(other), accuracy(right))
    assert (back.difference, back.low, back.high) == pytest.approx(
        (-found.difference, -found.high, -found.low)
    )


def test_pairing_finds_what_the_intervals_of_each_do_not():
    """Both answer the same questions, and one of them a few more."""
    one = [1] * 100 + [0] * 100
    other = [1] * 108 + [0] * 92
    low, high = wilson_interval(100, 200)
    assert low < 108 / 200 < high
    assert compare(accuracy(one), accuracy(other)).p < 0.02


def test_luck_is_called_luck():
    generator = np.random.default_rng(1)
    p = [
        compare(accuracy(generator.random(200) < 0.5), accuracy(generator.random(200) < 0.5)).p
        for _ in range(100)
    ]
    assert 1 <= np.count_nonzero(np.array(p) < 0.1) <= 20  # 10 are expected


def test_correlations_are_compared():
    generator = np.random.default_rng(2)
    human = generator.random(300)
    close, far = (human + width * generator.standard_normal(300) for width in (0.1, 0.8))
    found = compare(correlation(far, human), correlation(close, human))
    assert found.second > 0.85 > 0.6 > found.first
    assert found.low > 0.2
    assert found.p < 0.01
    same = compare(correlation(far, human), correlation(far, human))
    assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)


def test_only_what_counts_for_both_is_compared():
    one, other = [1, 1, 0, math.nan, 0], [1, math.nan, 0, 1, 1]
    found = compare(accuracy(one), accuracy(other))
    assert (found.known, found.first, found.second) == (3, 1 / 3, 2 / 3)


def test_too_little_to_compare():
    for items in ([1], [math.nan, 1], [math.nan, math.nan, 0]):
        found = compare(accuracy([0] * len(items)), accuracy(items))
        assert math.isnan(found.p)


def test_other_files_are_refused():
    with pytest.raises(ValueError, match="a and b are different files: compare needs one"):
        compare(accuracy([1, 0], "a"), accuracy([1, 0], "b"))


# --- scores of files


def test_a_score_has_its_items(wv, questions, tmp_path):
    score = score_file(wv, questions)
    assert (score.measure, score.known, score.of) == ("accuracy", 3, 4)
    assert np.array_equal(score.items, [1, 1, 0, math.nan], equal_nan=True)
    assert (score.low, score.high) == wilson_interval(2, 3)
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("man king 9\nno king 5\nman woman 1\n")
    score = score_file(wv, pairs)
    assert (score.measure, score.known, score.of) == ("spearman", 2, 3)
    assert np.array_equal(score.human, [9, math.nan, 1], equal_nan=True)
    assert score.value == pytest.approx(1)
    groups = tmp_path / "groups.txt"
    groups.write_text("man a\nking a\nwoman b\nqueen b\nno b\n")
    score = score_file(wv, groups)
    assert (score.measure, score.known, score.of, len(score.items)) == ("purity", 4, 5, 0)
    assert math.isnan(compare(score, score).p)


def test_vectors_with_other_words_are_compared(wv, questions):
    fewer = KeyedVectors.of(Words.of(["man", "king", "woman", "queen"]), wv.vectors[:4])
    found = compare(score_file(wv, questions), score_file(fewer, questions))
    assert (found.first, found.second, found.known) == (1, 1, 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (": capitals\na b c d\n", "analogies"),
        ("# a remark\nWord 1\tWord 2\tHuman (mean)\nlove\tsex\t6.77\n", "similarity"),
        ("\ufeffa b 3.5\n", "similarity"),
        ("a b\n", "categories"),
    ],
)
def test_what_a_file_holds(tmp_path, text, kind):
    (tmp_path / "file").write_text(text)
    assert file_kind(tmp_path / "file") == kind
    assert file_kind(tmp_path) == "analogies"  # a BATS folder


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "file").write_text("one\na whole sentence of words\n")
    with pytest.raises(ValueError, match="file is no evaluation file: it has no line that is four"):
        file_kind(tmp_path / "file")
