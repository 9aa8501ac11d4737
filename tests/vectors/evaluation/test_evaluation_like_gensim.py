"""KeyedVectors' methods of evaluation give gensim's numbers."""

import numpy as np
import pytest

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


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


def test_header_and_broken_lines_are_skipped_as_gensim_does(tmp_path, wv):
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    theirs = models.KeyedVectors(3)
    theirs.add_vectors(wv.index_to_key, wv.vectors)
    pairs, questions = tmp_path / "p.tsv", tmp_path / "q.txt"
    pairs.write_text(
        "Word 1\tWord 2\tHuman (mean)\nman\tking\t5\nman\tfar\nman\tqueen\t2\nking\tfar\t1\n"
    )
    with pytest.warns(UserWarning, match="two words and a score, lines: 1, the first: line 3 is"):
        found = wv.evaluate_word_pairs(pairs)
    for mine, expected in zip(found[:2], theirs.evaluate_word_pairs(pairs)[:2], strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-5)
    questions.write_text(": royal\nman king woman\nman king woman queen\n")
    with pytest.warns(UserWarning, match="four words, lines: 1, the first: line 2 is"):
        found = wv.evaluate_word_analogies(questions)
    assert found == theirs.evaluate_word_analogies(questions)
