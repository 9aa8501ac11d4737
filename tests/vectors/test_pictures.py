"""wv.map and wv.plot_analogy: which words they show, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from fastvec import KeyedVectors
from fastvec.doc2vec import Doc2Vec, TaggedDocument
from fastvec.plots.word_map import WordMap
from fastvec.words import Words


def vectors(words: list[str] | list[int], counts: list[int] | None = None) -> KeyedVectors:
    rows = np.random.default_rng(1).normal(size=(len(words), 5)).astype(np.float32)
    return KeyedVectors.of(Words.of(words), rows, None if counts is None else np.array(counts))


WORDS = ["a", "b", "c", "d", "e", "f"]


def test_the_most_frequent_words_are_shown() -> None:
    wv = vectors(WORDS, [1, 9, 8, 2, 7, 9])
    made = wv.map(3, method="pca")
    assert (made.keys, made.counts.tolist()) == (["b", "f", "c"], [9, 9, 8])
    assert vectors(WORDS).map(3, method="pca").keys == ["a", "b", "c"]
    assert vectors(WORDS).map(3, method="pca").counts is None


def test_given_words_are_shown_once_and_missing_ones_not() -> None:
    made = vectors(WORDS, [1, 2, 3, 4, 5, 6]).map(words=["c", "x", "e", "c"], method="pca")
    assert made.keys == ["e", "c"]


def test_words_and_their_neighbours_are_shown() -> None:
    wv = vectors(WORDS)
    nearest = [word for word, _ in wv.most_similar("a", topn=2)]
    assert set(wv.map(2, near=["a"], method="pca").keys) == {"a", *nearest}
    with pytest.raises(KeyError, match="'x' not present"):
        wv.map(near=["x"])


def test_items_are_shown_as_integers() -> None:
    made = vectors([30, 7, 9]).map(method="pca")
    assert made.keys == [30, 7, 9]
    assert vectors([30, 7, 9]).map(words=[9, 7], method="pca").keys == [9, 7]


def test_documents_are_shown() -> None:
    documents = [TaggedDocument(list("abcd"), [tag]) for tag in range(20)]
    model = Doc2Vec(documents, vector_size=4, min_count=1, epochs=1)
    assert model.dv.map(5, method="pca").keys == [0, 1, 2, 3, 4]


def test_rows_without_a_word_are_left_out() -> None:
    wv = KeyedVectors(2, count=4)
    wv.add_vectors(["a", "b"], [[1, 0], [0, 1]])
    assert wv.map(method="pca").keys == ["a", "b"]


def test_a_map_has_all_its_parts() -> None:
    made = vectors([f"w{i}" for i in range(200)]).map(method="pca", dimensions=3, clusters=5)
    assert (len(made), made.coordinates.shape, made.method) == (200, (200, 3), "pca")
    assert np.abs(made.coordinates).max() == pytest.approx(1)
    assert set(made.clusters.tolist()) == set(range(5))
    assert len(made.names) == len(made.colours) == len(made.places) == 5
    assert made.clusters[made.places].tolist() == [0, 1, 2, 3, 4]
    assert made.neighbours.shape == made.cosines.shape == (200, 10)
    assert repr(made) == "WordMap(200 words in 3 dimensions by pca, 5 clusters)"


def test_vectors_of_halves_and_zeros_are_shown() -> None:
    wv = KeyedVectors.of(Words.of(["a", "b", "c"]), np.zeros((3, 4), np.float16))
    made = wv.map(method="pca")
    assert np.isfinite(made.coordinates).all()


@pytest.mark.parametrize(("options", "error", "says"), [
    ({"words": ["a"], "near": ["b"]}, ValueError, "give words or near, not both"),
    ({"words": ["a", "b"], "topn": 5}, ValueError, "topn has no effect with words"),
    ({"words": ["x"]}, ValueError, "a map needs at least 2 words, got 0"),
    ({"words": "ab"}, TypeError, "words must be a list of words"),
    ({"near": "ab"}, TypeError, "near must be a list of words"),
    ({"topn": 1}, ValueError, "topn must be at least 2"),
    ({"dimensions": 4}, ValueError, "dimensions must be at most 3"),
    ({"clusters": 7}, ValueError, "clusters must be at most 6"),
    ({"seed": -1}, ValueError, "seed must be at least 0"),
    ({"method": "mds"}, ValueError, "method must be pca or tsne or umap"),
])  # fmt: skip
def test_what_makes_no_map_is_refused(options: dict, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        vectors(WORDS).map(**options)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_vectors_that_are_not_finite_are_refused(bad: float) -> None:
    wv = vectors(WORDS)
    wv.vectors[2, 1] = bad
    says = f"cannot map vectors that are not finite, such as that of '{wv.index_to_key[2]}'"
    with pytest.raises(ValueError, match=says):
        wv.map(method="pca")


def test_the_map_is_a_word_map() -> None:
    assert isinstance(vectors(WORDS).map(method="pca"), WordMap)


# --- analogies


@pytest.fixture
def royal() -> KeyedVectors:
    rows = [[1, 0, 0.1], [1, 1, 0.1], [0, 0.1, 1], [0.1, 1, 1], [-1, 0, 0]]
    words = ["man", "king", "woman", "queen", "car"]
    return KeyedVectors.of(Words.of(words), np.array(rows, np.float32))


def test_an_analogy_is_drawn_with_its_answer(royal: KeyedVectors) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    figure = royal.plot_analogy("man", "king", "woman")
    axes = figure.axes[0]
    assert axes.get_title(loc="left") == "man : king = woman : queen"
    shown = [text.get_text() for text in axes.texts]
    assert {"man", "king", "woman", "king − man + woman"} <= set(shown)
    assert any(text.startswith("queen  0.") for text in shown)


def test_an_answer_may_be_given(royal: KeyedVectors) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    axes = royal.plot_analogy("man", "king", "woman", "car").axes[0]
    assert axes.get_title(loc="left") == "man : king = woman : car"
    assert sum(text.get_text().startswith("car ") for text in axes.texts) == 1


def test_three_words_on_a_line_span_nothing(royal: KeyedVectors) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    with pytest.raises(ValueError, match="lie on one line"):
        royal.plot_analogy("man", "man", "woman")
    with pytest.raises(KeyError, match="'duke' not present"):
        royal.plot_analogy("man", "duke", "woman")
    with pytest.raises(ValueError, match="no word is left that could be the answer"):
        vectors(["a", "b", "c"]).plot_analogy("a", "b", "c")


def test_long_words_are_cut_and_leave_room_for_the_picture(royal: KeyedVectors) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    words = [word * 2000 for word in royal.index_to_key]
    long = KeyedVectors.of(Words.of(words), royal.vectors)
    figure = long.plot_analogy(*words[:3])
    figure.draw_without_rendering()  # a warning, that nothing fits, would be an error
    axes = figure.axes[0]
    texts = [axes.get_xlabel(), *(text.get_text() for text in axes.texts)]
    assert max(map(len, texts)) < 70
    for label in (axes.xaxis.label, axes._left_title):
        box = label.get_window_extent()
        assert (box.x0 >= 0, box.x1 <= figure.bbox.width) == (True, True)


def test_a_fourth_corner_at_the_origin_has_no_cosine() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    rows = np.array([[2, 0], [1, 3**0.5], [1, -(3**0.5)], [0, 2]], np.float32)
    wv = KeyedVectors.of(Words.of(["a", "b", "c", "d"]), rows)
    texts = [text.get_text() for text in wv.plot_analogy("a", "b", "c").axes[0].texts]
    assert "b − a + c" in texts
    assert any(text in ("d  0.00", "d  -0.00") for text in texts)


@pytest.mark.parametrize("word", ["man", "king", "woman", "queen"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_analogy_with_numbers_that_are_not_finite(
    royal: KeyedVectors, bad: float, word: str
) -> None:
    royal.vectors[royal.get_index(word), 0] = bad
    with pytest.raises(ValueError, match=f"not finite, such as that of '{word}'"):
        royal.plot_analogy("man", "king", "woman", "queen")
