"""Words and vectors are added, replaced, renamed, copied and sorted."""

import copy

import numpy as np
import pytest
from sixty_words import COUNTS, ITEMS, KEYS, VECTORS, D, V, items

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_added_words_are_found(wv):
    norms = wv.fill_norms()
    wv.add_vectors(["n1", "w1", "n2", "n1"], np.arange(4 * D).reshape(4, D))
    assert len(wv) == V + 2
    assert wv.get_index("n2") == V + 1
    assert wv["n1"].tolist() == list(range(D))
    assert np.array_equal(wv["w1"], VECTORS[1])
    assert wv.index_to_key[-2:] == ["n1", "n2"]
    assert wv.get_vecattr("n1", "count") == 0
    assert wv.get_vecattr("w1", "count") == COUNTS[1]
    assert len(wv.fill_norms()) == len(norms) + 2
    wv["w1"] = np.ones(D)
    assert wv["w1"].tolist() == [1] * D
    wv[["w2", "n3"]] = np.full((2, D), 2)
    assert wv["w2"][0] == wv["n3"][0] == 2
    wv.add_vectors(["n4"], np.ones((1, D)), extras={"count": [9]})
    assert wv.get_vecattr("n4", "count") == 9
    assert list(wv.words) == wv.index_to_key == [*KEYS, "n1", "n2", "n3", "n4"]


def test_rows_of_zeros_are_filled_in_turn():
    wv = KeyedVectors(2, count=2)
    assert len(wv) == 2
    assert wv.index_to_key == [None, None]
    rows = [wv.add_vector(f"k{i}", [i, i]) for i in range(50)]
    assert rows == list(range(50))
    assert wv.vectors.tolist() == [[i, i] for i in range(50)]
    assert wv.add_vector("k3", [9, 9]) == 3
    assert wv["k3"].tolist() == [3, 3]


def test_wrong_vectors_are_refused(wv):
    with pytest.raises(ValueError, match=r"1 keys need weights of shape \(1, 7\), got \(1, 6\)"):
        wv.add_vectors(["a"], np.ones((1, D - 1)))
    with pytest.raises(TypeError, match="keys must be all strings or all integers, got 99"):
        wv.add_vectors([99], np.ones((1, D)))
    with pytest.raises(ValueError, match="a vector must have 7 numbers, got shape"):
        wv.most_similar(np.ones(3))
    with pytest.raises(ValueError, match="2 words for 1 vectors"):
        KeyedVectors.of(Words.of(["a", "b"]), np.ones((1, 2), "f"))
    with pytest.raises(ValueError, match="vector_size must be at least 0, got -2"):
        KeyedVectors(-2)


def test_vectors_are_not_copied_and_norms_follow(wv):
    vectors = np.ones((2, 3), np.float32)
    wv = KeyedVectors.of(Words.of(["a", "b"]), vectors)
    assert wv.vectors is vectors
    assert wv.similarity("a", "b") == pytest.approx(1)
    wv.fill_norms()
    vectors[1] = [1, -1, 0]
    wv.forget_norms()
    assert dict(wv.most_similar("a"))["b"] == pytest.approx(0)
    with pytest.raises(ValueError, match="read-only"):
        wv["a"][0] = 2


def test_other_vectors_have_other_lengths(wv):
    wv.fill_norms()
    wv.vectors = 3 * VECTORS[::-1].copy()
    np.testing.assert_allclose(wv.fill_norms(), np.linalg.norm(wv.vectors, axis=1), rtol=1e-6)
    assert abs(wv.most_similar("w1")[0][1]) <= 1.0001


def test_a_shallow_copy_has_words_of_its_own():
    wv = KeyedVectors(2)
    for word in ("a", "b", "c"):
        wv.add_vector(word, [1, 2])
    twin = copy.copy(wv)
    twin.add_vector("twin", [3, 4])
    twin.set_vecattr("a", "rank", 1)
    wv.add_vector("own", [5, 6])
    assert wv.index_to_key == ["a", "b", "c", "own"]
    assert twin.index_to_key == ["a", "b", "c", "twin"]
    assert (wv["own"].tolist(), twin["twin"].tolist()) == ([5, 6], [3, 4])
    assert "rank" not in wv.expandos


def test_sorting_by_count(wv):
    before = {key: (wv[key].copy(), wv.get_vecattr(key, "count")) for key in KEYS}
    wv.sort_by_descending_frequency()
    counts = [wv.get_vecattr(key, "count") for key in wv.index_to_key]
    assert counts == sorted(counts, reverse=True)
    for key, (vector, count) in before.items():
        assert np.array_equal(wv[key], vector)
        assert wv.get_vecattr(key, "count") == count


def test_an_integer_key_is_never_the_number_of_a_row():
    wv = items()
    assert 1 not in wv
    assert wv.get_index(1, -1) == -1
    for ask in (wv.get_index, wv.get_vector, wv.most_similar, lambda key: wv.similarity(7, key)):
        with pytest.raises(KeyError, match="Key '1' not present"):
            ask(1)
    found = wv.most_similar_cosmul([7, 59], negative=[3])  # which gensim cannot
    assert {key for key, _ in found} < set(ITEMS)
    assert np.array_equal(wv["59"], wv[59])  # as the command line spells it
    assert "059" not in wv
    for key in ("x", "1", None, 1.0, True):
        with pytest.raises(TypeError, match="keys must be all strings or all integers, got "):
            wv.add_vectors([5, key], np.ones((2, D)))
    assert len(wv) == V


def test_keys_set_by_hand():
    for keys in (["a", "b"], [30, 7]):
        wv = KeyedVectors(3)
        wv.index_to_key = keys
        wv.key_to_index = {key: row for row, key in enumerate(keys)}
        assert wv.vectors.shape == (2, 3)
        wv.vectors = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
        assert wv[keys[1]].tolist() == [0, 1, 0]
        assert wv.most_similar(keys[0], topn=1) == [(keys[1], 0.0)]
        other = KeyedVectors(3)
        other.vectors = wv.vectors
        other.key_to_index = {keys[1]: 1, keys[0]: 0}
        assert other.index_to_key == keys
        other.index_to_key = ["x"]
        assert other.index_to_key == ["x", None]
        assert keys[1] not in other.key_to_index


@pytest.mark.parametrize("rows", [{"a": 1}, {"a": 0, "b": 0}, {"a": 0, "b": 2}])
def test_rows_with_one_key_each(rows):
    wv = KeyedVectors(3)
    with pytest.raises(ValueError, match="must have one key for each of the rows 0 to "):
        wv.key_to_index = rows
    with pytest.raises(TypeError, match="keys must be all strings or all integers, got None"):
        wv.index_to_key = ["a", None]
    assert wv.index_to_key == []
