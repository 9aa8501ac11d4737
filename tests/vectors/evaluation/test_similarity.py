"""Word similarity: vectors whose correlation with the scores is known."""

import warnings

import numpy as np
import pytest

from fastvec import evaluation


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


@pytest.mark.parametrize("lines", ["q r 1\nr s 2\n", "man king 3\nr s 2\n"])
def test_too_few_known_pairs_give_nan(tmp_path, wv, lines):
    path = tmp_path / "pairs.txt"
    path.write_text(lines.replace(" ", "\t"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = evaluation.similarity(wv, path)
        for correlation in (*wv.evaluate_word_pairs(path)[:2], found.pearson, found.spearman):
            assert np.isnan(correlation).all()
            assert np.isnan([correlation.statistic, correlation.pvalue]).all()
        assert np.isnan(found.interval()).all()
    assert wv.evaluate_word_pairs(path)[2] >= 50


def test_a_result_is_shown_in_one_line(tmp_path, wv):
    path = tmp_path / "pairs.txt"
    path.write_text("man king 3\nking man 2\n" * 300)
    found = evaluation.similarity(wv, path)
    assert repr(found) == str(found) == "Similarity(name='pairs', pairs=600, unknown=0)"
