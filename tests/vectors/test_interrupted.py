"""Changes of the words of a store are made whole or not at all, whatever exception comes."""

import copy
import sys
from pathlib import Path

import numpy as np
import pytest

import fastvec
from fastvec import KeyedVectors

PACKAGE = str(Path(fastvec.__file__).parent)


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
    "sort": lambda wv: wv.sort_by_descending_frequency(),
}


def interrupted(change, wv, moment):
    """Change a store, with Ctrl-C at a moment: so many lines of fastvec after the first one.

    Gives whether the change came to its end before.
    """
    left = moment

    def trace(frame, event, _):
        nonlocal left
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        change(wv)
    except KeyboardInterrupt:
        return False
    finally:
        sys.settrace(before)
    return True


@pytest.mark.parametrize("name", CHANGES)
def test_ctrl_c_leaves_the_words_as_they_were_or_changes_them_whole(name, tmp_path):
    wv = store()
    wv.expandos["count"][:] = [1, 2, 3]  # something to sort
    after = copy.deepcopy(wv)
    CHANGES[name](after)
    possible = contents(wv), contents(after)
    moment, ended = 0, False
    while not ended:
        moment += 1
        some = copy.deepcopy(wv)
        ended = interrupted(CHANGES[name], some, moment)
        assert contents(some) in possible, moment
        some.save(tmp_path / "v.safetensors")
    assert moment > 3


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
