"""Categories: vectors whose purity is known."""

import math

import pytest

from fastvec import evaluation


def test_categories_with_known_purity(tmp_path, wv):
    path = tmp_path / "categories.txt"
    path.write_text("man male\nking male\nMan male\nwoman female\nqueen female\nnobody female\n")
    found = evaluation.categories(wv, path, case_insensitive=False)
    assert (found.words, found.unknown, found.categories) == (5, 1, 2)
    assert found.purity == pytest.approx(1)
    path.write_text("nobody x\n")
    with pytest.warns(UserWarning, match="none of its 1 words is known"):
        assert math.isnan(evaluation.categories(wv, path).purity)
    path.write_text("a b c\n")
    with pytest.raises(ValueError, match="no line that is a word and its category: line 1 is"):
        evaluation.categories(wv, path)


def test_analogies_are_no_categories(tmp_path, wv):
    path = tmp_path / "questions.txt"
    path.write_text(": capitals\nman king woman queen\n")
    with pytest.raises(
        ValueError, match="line 1 is ': capitals'; it looks like a file of analogies"
    ):
        evaluation.categories(wv, path)
    path.write_text("man a\nking b\n" + ": capitals\nman king woman queen\n" * 2)
    with pytest.raises(ValueError, match="most lines are not a word and its category"):
        evaluation.categories(wv, path)


def test_words_that_are_all_categories_of_their_own(tmp_path, wv):
    path = tmp_path / "pairs.txt"
    path.write_text("man king\nwoman queen\n")
    with pytest.warns(UserWarning, match="each of the 2 known words is a category of its own"):
        assert evaluation.categories(wv, path).purity == 1
