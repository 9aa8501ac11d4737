"""Changes of the words of a store are made whole or not at all, whatever exception comes."""

import copy

import numpy as np
import pytest
from interrupts import PLACES, interrupted

from fastvec import KeyedVectors
from fastvec.words import Words


def store():
    wv = KeyedVectors(2)
    wv.add_vectors(["a", "b", "c"], np.arange(6).reshape(3, 2), {"count": np.array([3, 2, 1])})
    return wv


def contents(wv):
    """Everything that a store says about its words."""
    keys = wv.index_to_key
    values = {name: array.tolist() for name, array in wv.expandos.items()}
    return list(keys), [wv.get_index(key) for key in keys], wv.vectors.tolist(), values


CHANGES = {
    "add": lambda wv: wv.add_vectors(["d", "e"], [[7, 8], [9, 9]]),
    "add one": lambda wv: wv.add_vector("d", [7, 8]),
    "replace": lambda wv: wv.add_vectors(["d", "b", "b"], [[7, 8], [9, 9], [5, 5]], replace=True),
    "set": lambda wv: wv.__setitem__("b", [7, 8]),
    "extras": lambda wv: wv.add_vectors(
        ["d", "a"], [[7, 8], [9, 9]], {"count": [5, 9], "x": [1, 2]}
    ),
    "names": lambda wv: setattr(wv, "index_to_key", ["x", "y", "z", "more"]),
    "rows": lambda wv: setattr(wv, "key_to_index", {"x": 1, "y": 0, "z": 2}),
    "sort": lambda wv: wv.sort_by_descending_frequency(),
    "normalize": lambda wv: wv.unit_normalize_all(),
    "intersect": lambda wv: wv.intersect_word2vec_format("others.txt", lockf=0.5),
    "attribute": lambda wv: wv.set_vecattr("b", "rank", 7),
    "counts": lambda wv: setattr(wv, "counts", [7, 8, 9]),
    "locks": lambda wv: setattr(wv, "vectors_lockf", 0.5),
    "renew": lambda wv: wv.renew(Words.of("xy"), np.ones((2, 2), np.float32), np.array([4, 5])),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file left open
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", CHANGES)
def test_the_words_are_as_they_were_or_changed_whole(name, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = KeyedVectors(2)
    other.add_vectors(["c", "x", "a"], [[7, 7], [8, 8], [9, 9]])
    other.save_word2vec_format("others.txt")
    wv = store()
    wv.expandos["count"][:] = [1, 2, 3]  # something to sort
    after = copy.deepcopy(wv)
    CHANGES[name](after)
    possible = contents(wv), contents(after)
    moment, ended = 0, False
    while not ended:
        moment += 1
        some = copy.deepcopy(wv)
        ended = interrupted(CHANGES[name], some, moment, place)
        assert contents(some) in possible, moment
        assert np.allclose(some.fill_norms(), np.linalg.norm(some.vectors, axis=1))
        some.save(tmp_path / "v.safetensors")
    assert contents(some) == possible[1]
    assert moment > 2 or place == "no memory"


def test_without_memory_nothing_is_added(monkeypatch):
    wv = store()
    before = contents(wv)

    def none(*_, **__):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(np, "zeros", none)
        with pytest.raises(MemoryError):
            wv.add_vectors(["d", "e"], [[7, 8], [9, 9]])
    assert contents(wv) == before
    wv.add_vectors(["d", "e"], [[7, 8], [9, 9]])
    assert wv["e"].tolist() == [9, 9]


@pytest.mark.parametrize(
    "extras", [{"count": ["x", "y"]}, {"count": [1, 2, 3]}, {"new": [1, 2], "count": [1j, 2]}]
)
def test_extras_that_do_not_fit_add_no_word(extras):
    wv = store()
    before = contents(wv)
    with pytest.raises((TypeError, ValueError)):
        wv.add_vectors(["d", "e"], [[7, 8], [9, 9]], extras)
    assert contents(wv) == before
