"""Analogies: files in every layout, and vectors whose accuracy is known."""

import json
import math

import numpy as np
import pytest

from fastvec import KeyedVectors, evaluation


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
    with pytest.warns(UserWarning, match="none of its 4 questions is known, .* first 3 words only"):
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


def test_accuracy_is_nan_without_a_known_question(tmp_path, wv):
    (tmp_path / "q.txt").write_text(": none\nman king woman nobody\n")
    with pytest.warns(UserWarning, match="none of its 1 questions is known, for lack of vectors$"):
        assert math.isnan(wv.evaluate_word_analogies(tmp_path / "q.txt")[0])


def test_wrong_similarity_function(wv, questions):
    with pytest.raises(ValueError, match="similarity_function must be one of most_similar"):
        wv.evaluate_word_analogies(questions, similarity_function="x")


def test_results_are_json(wv, questions):
    _, sections = wv.evaluate_word_analogies(questions)
    assert sections[-1]["section"] == "Total accuracy"
    assert json.dumps(sections)


def test_bats_asks_a_bounded_number_of_questions(tmp_path, wv):
    path = tmp_path / "bats" / "large.txt"
    path.parent.mkdir()
    path.write_text("".join(f"w{i}\tv{i}\n" for i in range(1001)))
    with pytest.raises(ValueError, match=r"large.txt has 1001 pairs.* at most 1000 pairs"):
        evaluation.analogies(wv, path.parent)


def test_a_byte_order_mark_does_not_hide_the_first_section(tmp_path):
    (tmp_path / "q.txt").write_text("\ufeff: capitals\na b c d\n", "utf-8")
    wv = KeyedVectors(4)
    wv.add_vectors(["a", "b", "c", "d"], np.eye(4))
    _, sections = wv.evaluate_word_analogies(tmp_path / "q.txt")
    assert sections[0]["section"] == "capitals"


def test_a_folder_may_have_files_of_both_layouts(tmp_path):
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "google.txt").write_text(
        ": royal\nman king woman queen\n: more\nking man queen woman\n"
    )
    (folder / "pairs.txt").write_text("man\tking\nwoman\tqueen\n")
    names = [section.name for section in evaluation.read_analogies(folder)]
    assert names == ["royal", "more", "pairs"]


def test_an_unknown_encoding(tmp_path, wv):
    (tmp_path / "q.txt").write_text("a b c d\n")
    with pytest.raises(ValueError, match="encoding must be one that Python has for text"):
        evaluation.analogies(wv, tmp_path / "q.txt", encoding="klingon")
