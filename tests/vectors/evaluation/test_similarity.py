"""Word similarity: vectors whose correlation with the scores is known."""

import math
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


def test_one_known_pair_gives_nan(tmp_path, wv):
    path = tmp_path / "pairs.txt"
    path.write_text("man\tking\t3\nr\ts\t2\n")
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


@pytest.mark.parametrize(
    "text",
    [
        "man,king,5\nMan,man,9\nman,nobody,3\n",
        "word1,word2,score\nman,king,5\nMan,man,9\nman,nobody,3\n",
        'word1,word2,score\n"man","king","5"\n"Man","man","9"\n"man","nobody","3"\n',
        "man;king;5.0\nMan;man;9\nman;nobody;3\n",
        "Word 1\tWord 2\tHuman (mean)\nman\tking\t5\nMan\tman\t9\nman\tNew York\t3\n",
        "word1\tword2\tPOS\tscore\tSD\nman\tking\tN\t5\t1\nMan\tman\tN\t9\t2\nman\tx\tN\t3\t1\n",
        "man king 5 4 6\nMan man 9 8 7\nman nobody 3 2 1\n",
        "# a comment\nman, king, 5\nMan, man, 9\nman, nobody, 3\n",
        "\ufeffword1;word2;score\r\nman;king;5\r\nMan;man;9\r\nman;nobody;3\r\n",
        "man  king   5\nMan\tman 9\nman nobody\t3\n",
    ],
)
def test_similarity_files_of_every_layout(tmp_path, wv, text):
    path = tmp_path / "pairs"
    path.write_text(text, "utf-8")
    found = evaluation.similarity(wv, path, case_insensitive=False)
    assert (found.scores.tolist(), found.pairs, found.unknown) == ([5, 9], 3, 1)


def test_a_given_delimiter_is_the_only_one(tmp_path, wv):
    path = tmp_path / "pairs"
    path.write_text("man|king|5\nman|Man|9\n")
    assert evaluation.similarity(wv, path, delimiter="|").pairs == 2
    path.write_text('man,king,5\n"man","Man",9\n')
    assert evaluation.similarity(wv, path, delimiter=",").unknown == 0
    with pytest.raises(ValueError, match="has no line that is two words and a score: line 1 is "):
        evaluation.similarity(wv, path, delimiter="\t")


def test_pairs_of_which_none_is_known(tmp_path, wv):
    path = tmp_path / "pairs"
    path.write_text("x y 1\ny z 2\n")
    with pytest.warns(UserWarning, match="none of its 2 pairs is known, for lack of vectors$"):
        found = evaluation.similarity(wv, path)
    assert (found.unknown, found.coverage) == (2, 0)
    assert all(math.isnan(one) for one in (*found.spearman, *found.pearson, *found.interval()))
    with pytest.warns(UserWarning, match="for lack of vectors .of the first 1 words only.$"):
        evaluation.similarity(wv, write(path, "man king 1\n"), restrict_vocab=1)
    found = evaluation.similarity(wv, write(path, "man king 3\nman queen 3\n"))
    assert all(math.isnan(one) for one in (*found.spearman, *found.pearson, *found.interval()))
    with pytest.warns(UserWarning, match="none of its 1 pairs is known"):
        assert math.isnan(wv.evaluate_word_pairs(write(path, "x\ty\t1\n"))[0][0])


def write(path, text):
    path.write_text(text)
    return path


def test_a_section_is_shown_in_one_line(tmp_path):
    (section,) = evaluation.read_analogies(write(tmp_path / "q", "man king woman queen\n" * 900))
    assert repr(section) == "Section('q', questions=900, correct=0, asked=0, unknown=0)"
