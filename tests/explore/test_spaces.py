"""What the page is answered, compared with KeyedVectors."""

import json
import threading

import numpy as np
import pytest
from explorers import ODD_WORDS, ROYAL, royal_words
from sixty_words import COUNTS, ITEMS, KEYS, VECTORS

from fastvec.explore import map as maps
from fastvec.explore import spaces
from fastvec.explore.spaces import MOST_NEIGHBOURS, MOST_WORDS, Space, UnknownWordError
from fastvec.subwords import Subwords
from fastvec.vectors.fasttext import FastTextKeyedVectors
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


@pytest.fixture
def wv() -> KeyedVectors:
    return royal_words()


@pytest.fixture(params=[spaces.LARGE, 0])
def space(wv: KeyedVectors, request, monkeypatch) -> Space:
    """Vectors that are searched without and with a compact index."""
    monkeypatch.setattr(spaces, "LARGE", request.param)
    return Space("a.bin", wv)


def found(answer: dict) -> list[str]:
    json.dumps(answer, allow_nan=False)
    return [word for word, _ in answer["found"]]


def test_neighbours_are_those_of_most_similar(space: Space, wv: KeyedVectors) -> None:
    for word in (*ROYAL, *ODD_WORDS):
        answer = space.neighbours(word, 5)
        assert answer["terms"] == [(word, 1.0)]
        expected = dict(wv.most_similar(word, topn=5))
        assert found(answer) == list(expected)
        assert dict(answer["found"]) == pytest.approx(expected, abs=1e-4)


def test_sums_and_analogies(space: Space) -> None:
    assert found(space.neighbours("king - man + woman", 3))[0] == "queen"
    assert found(space.analogy("man", "king", "woman", 1)) == ["queen"]
    assert found(space.analogy("new york", '"', "-", 3))


def test_odd_one_out(space: Space, wv: KeyedVectors) -> None:
    ranked = found(space.odd_one_out("king, queen, prince, apple, -lrb-"))
    assert ranked[-1] == wv.doesnt_match(["king", "queen", "prince", "apple", "-lrb-"])
    answer = space.odd_one_out("king queen xyzzy prince")
    assert (len(answer["found"]), answer["missing"]) == (3, ["xyzzy"])


def test_matrix(space: Space, wv: KeyedVectors) -> None:
    answer = space.matrix("king, queen, xyzzy, new york")
    assert (answer["words"], answer["missing"]) == (["king", "queen", "new york"], ["xyzzy"])
    expected = [[wv.similarity(a, b) for b in answer["words"]] for a in answer["words"]]
    np.testing.assert_allclose(answer["cosines"], expected, atol=1e-4)


def test_unknown_words(space: Space) -> None:
    for ask in (
        lambda: space.neighbours("quen", 3),
        lambda: space.neighbours("king + quen", 3),
        lambda: space.analogy("man", "king", "quen", 3),
        lambda: space.located("quen", 3, "pca"),
        lambda: space.matrix("king quen"),
        lambda: space.odd_one_out("king queen quen"),
    ):
        with pytest.raises(UnknownWordError, match="“quen” has no vector here") as caught:
            ask()
        assert caught.value.word == "quen"
        assert caught.value.meant[0] == "queen"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda space: space.neighbours("king", 0), "between 1 and 200"),
        (lambda space: space.neighbours("king", MOST_NEIGHBOURS + 1), "between 1 and 200"),
        (lambda space: space.neighbours("", 5), "type a word"),
        (lambda space: space.map("x"), "layout must be one of pca"),
        (lambda space: space.matrix("king"), "at least 2 words"),
        (lambda space: space.odd_one_out("king queen"), "at least 3 words"),
        (lambda space: space.matrix(" ".join(map(str, range(MOST_WORDS + 1)))), "at most 60 words"),
    ],
)
def test_questions_that_are_wrong(space: Space, ask, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask(space)


def test_items_with_integer_ids() -> None:
    wv = KeyedVectors.of(Words.of(ITEMS), VECTORS, COUNTS)
    space = Space("items", wv)
    assert space.complete("1", 2) == ["12345", "100"]
    assert found(space.neighbours("7", 3)) == [str(key) for key, _ in wv.most_similar(7, topn=3)]
    assert len(space.located("-2", 3, "pca")["places"]) == 4
    assert space.matrix("7, 100")["words"] == ["7", "100"]
    assert len(space.odd_one_out("7 100 0")["found"]) == 3


def test_one_word_and_vectors_that_are_zero_or_not_finite() -> None:
    assert (
        found(Space("", KeyedVectors.of(Words.of(["a"]), np.ones((1, 2)))).neighbours("a", 5)) == []
    )
    rows = np.array([[0, 0], [np.nan, 1], [np.inf, 1], [1, 0]], np.float32)
    space = Space("", KeyedVectors.of(Words.of(["zero", "nan", "inf", "one"]), rows))
    with np.errstate(invalid="ignore"):  # the other vectors are multiplied too
        for word in ("zero", "one"):
            found(space.neighbours(word, 3))
    json.dumps(space.matrix("zero one"), allow_nan=False)


def test_map(space: Space, wv: KeyedVectors) -> None:
    answer = space.map("pca")
    assert {len(answer[name]) for name in ("words", "x", "y", "clusters")} == {len(wv)}
    assert {len(answer[name]) for name in ("colours", "names", "middles")} == {
        max(answer["clusters"]) + 1
    }
    json.dumps(answer, allow_nan=False)
    assert answer["words"] == [*ROYAL, *ODD_WORDS]
    located = space.located("king", 2, "pca")
    rows = [wv.get_index(word) for word in located["places"]]
    assert list(located["places"]) == ["king", *found(located)]
    assert list(located["places"].values()) == [
        [answer["x"][row], answer["y"][row]] for row in rows
    ]


def test_words_beyond_the_map_stand_between_their_neighbours(monkeypatch) -> None:
    monkeypatch.setattr(maps, "MAPPED", 20)
    wv = KeyedVectors.of(Words.of(KEYS), VECTORS)
    space = Space("", wv)
    answer = space.map("pca")
    assert answer["words"] == KEYS[:20]
    near = [
        (wv.get_index(key), cosine) for key, cosine in wv.most_similar("w50", topn=5, clip_end=20)
    ]
    points = np.array([answer["x"], answer["y"]]).T[[row for row, _ in near]]
    expected = np.average(points, 0, [max(cosine, 1e-6) for _, cosine in near])
    np.testing.assert_allclose(space.located("w50", 1, "pca")["places"]["w50"], expected, atol=1e-3)


def test_a_map_is_made_once(monkeypatch, space: Space) -> None:
    made = []
    make = KeyedVectors.map
    monkeypatch.setattr(
        KeyedVectors, "map", lambda *given, **more: made.append(1) or make(*given, **more)
    )
    threads = [threading.Thread(target=space.map, args=("pca",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_map_by_tsne(space: Space) -> None:
    pytest.importorskip("openTSNE", reason="openTSNE is not installed")
    assert "tsne" in dict(space.facts()["layouts"])
    flat, curved = space.map("pca"), space.map("tsne")
    assert (curved["words"], curved["clusters"]) == (flat["words"], flat["clusters"])
    assert curved["x"] != flat["x"]


def test_unseen_words_of_vectors_with_ngrams() -> None:
    """They have vectors too, of which the page says so; words of the vocabulary stay words."""
    words = Words.of(["king", "kings", "queen", "queens", "man", "-"])
    vectors = np.random.default_rng(1).normal(size=(6, 5)).astype(np.float32)
    ngrams = np.random.default_rng(2).normal(size=(100, 5)).astype(np.float32)
    wv = FastTextKeyedVectors.of_subwords(words, Subwords(3, 5, 100, vectors, ngrams))
    space = Space("", wv)
    assert space.neighbours("king", 2)["inferred"] == []
    answer = space.neighbours("kingly - queenly", 3)
    assert answer["terms"] == [("kingly", 1.0), ("queenly", -1.0)]
    assert answer["inferred"] == ["kingly", "queenly"]
    expected = [word for word, _ in wv.most_similar(["kingly"], ["queenly"], topn=3)]
    assert found(answer) == expected
    assert "kingly" in space.located("kingly", 2, "pca")["places"]
    assert space.matrix("king, kingly")["words"] == ["king", "kingly"]
    assert len(found(space.odd_one_out("king kingly queenly"))) == 3


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_vectors_that_are_not_finite_are_named(wv: KeyedVectors, bad: float) -> None:
    wv.vectors[wv.get_index("man"), 0] = bad
    space = Space("a.bin", wv)
    for ask in (
        lambda: space.neighbours("king - man", 3),
        lambda: space.analogy("man", "king", "woman", 3),
        lambda: space.odd_one_out("king, man, woman"),
        lambda: space.matrix("king, man"),
        lambda: space.map("pca"),
    ):
        with pytest.raises(ValueError, match=r"man.* not finite|not finite.*man"):
            ask()


@pytest.mark.parametrize("words", [[], ["king"]])
def test_a_map_of_fewer_than_two_words(words: list[str]) -> None:
    space = Space("a.bin", KeyedVectors.of(Words.of(words), np.ones((len(words), 3), np.float32)))
    with pytest.raises(ValueError, match=f"a map needs at least 2 words, got {len(words)}"):
        space.map("pca")
