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
    with pytest.warns(UserWarning, match=f"{path}: none of its . words is known"):
        assert math.isnan(evaluation.categories(wv, path).purity)
    path.write_text("a b c\n")
    with pytest.raises(ValueError, match="no line that is a word and its category: line 1 is"):
        evaluation.categories(wv, path)
