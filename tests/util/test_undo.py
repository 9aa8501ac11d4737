"""What undone_on_error gives back."""

import types

import pytest

from fastvec._util.undo import undone_on_error


@pytest.mark.parametrize("error", [ValueError, MemoryError, KeyboardInterrupt, GeneratorExit])
def test_attributes_and_entries_are_given_back(error: type[BaseException]) -> None:
    names = {"a": 1, "b": 2}
    one, other = types.SimpleNamespace(size=1, names=names), types.SimpleNamespace(size=2)
    with pytest.raises(error), undone_on_error(one, other):
        one.size, one.more, one.names = 9, 9, {}
        names["a"] = names["c"] = 9
        del names["b"], other.size
        raise error
    assert vars(one) == {"size": 1, "names": {"a": 1, "b": 2}}
    assert one.names is names
    assert vars(other) == {"size": 2}


def test_without_an_exception_changes_stay() -> None:
    one = types.SimpleNamespace(size=1)
    with undone_on_error(one):
        one.size = 2
    assert one.size == 2
