"""What notebooks show of vectors, models, results and evaluations: small tables, with all words as
text."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from fastvec import Evaluation, GloVe, KeyedVectors, Word2Vec, evaluation
from fastvec.alignment import align, drift
from fastvec.words import Words

ODD = ["<script>alert(1)</script>", "a&b", "c", "d", "e", "مرحبا"]
TEXT = [ODD, ODD[::-1]] * 30


def texts(thing: Any) -> list[str]:
    """The texts of what a notebook shows, which must be well-formed and small."""
    shown = thing._repr_html_()
    assert len(shown) < 10_000
    assert "<script" not in shown
    return list(ElementTree.fromstring(shown).itertext())


@pytest.fixture(scope="module")
def model() -> Word2Vec:
    return Word2Vec(TEXT, vector_size=4, min_count=1, epochs=3, sample=0, validation=[ODD])


def test_vectors(model: Word2Vec) -> None:
    shown = texts(model.wv)
    assert shown[0] == "KeyedVectors"
    assert ODD[0] in shown[-1]
    assert "360" in shown  # the sum of counts
    assert texts(KeyedVectors(3))[1:3] == ["words", "0"]
    assert "1, 2" in texts(KeyedVectors.of(Words.of([1, 2]), np.eye(2, dtype=np.float32)))


def test_models(model: Word2Vec) -> None:
    shown = texts(model)
    assert shown[:4] == [repr(model), "epoch", "loss", "validation loss"]
    assert shown[4:6] == ["1", f"{model.loss_history[0]:.4f}"]
    assert len(shown) == 4 + 3 * 3
    glove = GloVe(vector_size=3, min_count=1, epochs=2).fit(TEXT)
    assert texts(glove)[:3] == [repr(glove), "epoch", "loss"]
    assert texts(Word2Vec()) == [repr(Word2Vec()), "epoch", "loss"]


def test_long_trainings_show_the_latest_epochs() -> None:
    shown = texts(Word2Vec(TEXT, vector_size=2, min_count=1, epochs=50, sample=0))
    assert "50" in shown
    assert "1" not in shown[3:5]


def test_neighbours_are_lists(model: Word2Vec) -> None:
    wv = model.wv
    found = wv.most_similar("c", topn=3)
    assert isinstance(found, list)
    assert found == list(found) == [*found]
    assert repr(found) == repr(list(found))
    assert json.loads(json.dumps(found)) == [[word, cosine] for word, cosine in found]
    for copied in (copy.copy(found), pickle.loads(pickle.dumps(found))):
        assert copied == found
    assert texts(found)[:3] == ["word", "score", found[0][0]]
    assert len(texts(found)) == 2 + 2 * 3


def test_every_query_gives_such_a_list(model: Word2Vec) -> None:
    wv = model.wv
    results = [
        wv.most_similar("c", topn=0),
        wv.most_similar(positive=["c"], negative=["d"]),
        *wv.most_similar_batch(["c", "d"]),
        *wv.most_similar_batch(["c"], topn=0),
        wv.most_similar_cosmul("c"),
        wv.most_similar_cosmul("c", topn=0),
        wv.similar_by_word("c"),
        wv.similar_by_vector(wv["c"]),
        align(wv, wv, [(word, word) for word in ODD]).translate(["c"])[0],
    ]
    for found in results:
        assert texts(found)[:2] == ["word", "score"]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("questions.txt").write_text(": <b>\nc d e a&b\nd c a&b e\n")
    Path("pairs.txt").write_text("c d 3\nc e 1\nd e 2\n")
    Path("groups.txt").write_text("c x\nd x\ne y\n")


@pytest.mark.usefixtures("files")
def test_evaluations(model: Word2Vec) -> None:
    sections = evaluation.analogies(model.wv, "questions.txt")
    assert sections == list(sections)
    shown = texts(sections)
    assert shown[:3] == ["Analogies", "section", "accuracy"]
    assert "<b>" in shown
    assert shown.count("total") == 1
    assert "spearman" in texts(evaluation.similarity(model.wv, "pairs.txt"))
    assert "purity" in texts(evaluation.categories(model.wv, "groups.txt"))
    scores = [evaluation.score_file(model.wv, "pairs.txt") for _ in range(2)]
    assert texts(scores[0])[0] == "Score"
    assert texts(evaluation.compare(*scores))[0] == "Difference"


@pytest.mark.usefixtures("files")
def test_evaluations_during_training() -> None:
    watching = Evaluation("pairs.txt", "groups.txt")
    assert texts(watching)[0] == "Evaluation"
    Word2Vec(TEXT, vector_size=4, min_count=1, epochs=2, sample=0, callbacks=[watching])
    shown = texts(watching)
    assert shown[0] == "Evaluation after epoch 2"
    assert {"pairs.txt", "spearman", "groups.txt", "purity"} <= set(shown)


def test_alignments(model: Word2Vec) -> None:
    wv = model.wv
    shown = texts(drift(wv, wv, min_count=1))
    assert shown[:2] == ["6 words", "word"]
    assert "z" not in shown
    assert texts(align(wv, wv, [(word, word) for word in ODD]))[:3] == [
        "Alignment", "precision_at_1", "1.0000",
    ]  # fmt: skip
