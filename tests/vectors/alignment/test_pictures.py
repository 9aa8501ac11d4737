"""Pictures of words that have moved: valid SVG, in which nothing of a word is code."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
from two_spaces import Meanings, exchanged

from fastvec.alignment import drift
from fastvec.vectors.alignment.pictures import HEIGHT, WIDTH
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

SVG = "{http://www.w3.org/2000/svg}"
ODD = ["<script>alert(1)</script>", "a & b", '"quoted"', "مرحبا", "日本", "😀", "x" * 100, "$_{a}$"]


@pytest.fixture(scope="module")
def found():
    meanings = Meanings(words=300, size=8)
    meanings.keys[: len(ODD)] = ODD
    return drift(meanings.model(), meanings.model(exchanged([0, 1], 300)), min_count=1)


def texts(picture):
    return list(ElementTree.fromstring(picture).iter(f"{SVG}text"))


@pytest.mark.parametrize("word", [*ODD, "w200"])
def test_a_picture_is_valid_and_names_the_word(found, word):
    title, old, new, *others = texts(found.way(word))
    shown = word if len(word) <= 20 else word[:19] + "…"
    assert title.text == old.text == new.text == shown
    assert len(others) == 10


@pytest.mark.parametrize("word", ODD[:3])
def test_words_are_no_code(found, word):
    assert {one.tag for one in ElementTree.fromstring(found.way(word)).iter()} == {
        f"{SVG}{name}" for name in ("svg", "title", "text", "path", "circle")
    }


def test_words_move_to_the_right_and_points_are_inside(found):
    for word in found.words[:40]:
        circles = list(ElementTree.fromstring(found.way(word)).iter(f"{SVG}circle"))
        places = np.array([[float(one.get(name)) for name in ("cx", "cy")] for one in circles])
        assert places[0, 0] < places[1, 0]
        assert (places >= 0).all()
        assert (places <= [WIDTH, HEIGHT]).all()


def span(label):
    """From where to where a text goes, about."""
    x, width = float(label.get("x")), 6 * len(label.text)
    return (x - width, x) if label.get("text-anchor") == "end" else (x, x + width)


def test_labels_do_not_cover_each_other(found):
    for word in found.words[:40]:
        for one, other in itertools.combinations(texts(found.way(word))[1:], 2):
            (left, right), (start, end) = span(one), span(other)
            beside = right <= start or end <= left
            assert beside or abs(float(one.get("y")) - float(other.get("y"))) > 12, word


def test_unknown_words_are_refused(found):
    with pytest.raises(KeyError, match="xyzzy"):
        found.way("xyzzy")


def test_few_words_and_words_that_stand_still():
    vectors = np.eye(3, dtype=np.float32)
    wv = KeyedVectors.of(Words.of(["a", "b", "c"]), vectors, np.array([3, 2, 1]))
    assert "<svg" in drift(wv, wv, min_count=1).way("a")


def test_notebooks_show_pictures(found):
    picture = found.way("w200", neighbours=2)
    assert picture._repr_svg_() == picture
    assert len(texts(picture)) == 3 + 4
    with pytest.raises(ValueError, match="neighbours must be at least 1"):
        found.way("w200", neighbours=0)
