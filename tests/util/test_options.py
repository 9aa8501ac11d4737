"""Options: rules, groups, and sizes in bytes."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from fastvec._util.options import (
    Params,
    bytes_from,
    check_value,
    is_switch,
    names_of,
    option,
    params_from,
    params_of,
    refuse_unknown,
    set_options,
    switch,
)


@dataclasses.dataclass(eq=False)
class Group(Params):
    """A group of options."""

    rate: float = option(0.5, "a rate", above=0, high=1)
    rounds: int | None = option(None, "how many rounds", low=1)
    fast: int = switch(1, "be fast")
    kind: str = option("a", "a kind", choices=("a", "b"), or_function=True)


def test_a_group_checks_its_values() -> None:
    group = Group(rate=np.float32(0.25), rounds=3.0, fast=True, kind="b")  # type: ignore[arg-type]
    assert vars(group) == {"rate": 0.25, "rounds": 3, "fast": 1, "kind": "b"}
    assert {type(value) for value in vars(group).values()} == {float, int, str}
    assert Group(kind=print).kind is print  # type: ignore[arg-type,comparison-overlap]
    with pytest.raises(ValueError, match=r"^rate must be above 0, got 0$"):
        Group(rate=0)
    with pytest.raises(ValueError, match=r"^rate must be at most 1, got 2$"):
        Group(rate=2)
    with pytest.raises(ValueError, match=r"^rounds must be at least 1, got 0$"):
        Group(rounds=0)
    with pytest.raises(ValueError, match=r"^kind must be a or b, got 'c'$"):
        Group(kind="c")


def test_names_and_switches() -> None:
    assert names_of(Group) == ("rate", "rounds", "fast", "kind")
    assert [is_switch(item) for item in dataclasses.fields(Group)] == [False, False, True, False]
    refuse_unknown(["rate", "kind"], Group)
    with pytest.raises(TypeError, match=r"'rat': did you mean 'rate'\?"):
        refuse_unknown(["rat"], Group)
    with pytest.raises(TypeError, match="'x': there are rate, rounds, fast, kind"):
        refuse_unknown(["x"], Group)


def test_options_become_attributes_and_attributes_a_group() -> None:
    owner = SimpleNamespace()
    set_options(owner, {"rounds": np.int64(2), "other": 1}, Group)
    assert vars(owner) == {"rate": 0.5, "rounds": 2, "fast": 1, "kind": "a"}
    assert params_from(Group, owner, rate=1).rate == 1
    assert (owner.rate, type(owner.rounds)) == (0.5, int)
    owner.rounds = 0
    with pytest.raises(ValueError, match="rounds must be at least 1"):
        params_from(Group, owner)
    assert params_of(Group, {"rounds": 4, "other": 1}).rounds == 4


def test_integers_have_a_largest_value() -> None:
    assert check_value("n", 2**63 - 1, int) == 2**63 - 1
    with pytest.raises(ValueError, match=f"n must be at most {2**63 - 1}, got {2**63}"):
        check_value("n", 2**63, int)
    assert check_value("n", 2.0**70, float) == 2.0**70


@pytest.mark.parametrize(
    ("size", "count"),
    [(0, 0), ("7", 7), ("1K", 1 << 10), ("1.5k", 1536), ("2MB", 2 << 20), (" 3 GiB ", 3 << 30),
     ("1T", 1 << 40), ("4e3", 4000), (5.9, 5)],
)  # fmt: skip
def test_sizes(size: str | int, count: int) -> None:
    assert bytes_from("memory", size) == count


@pytest.mark.parametrize("size", ["", "K", "much", "1KK", "-1", "nan", "inf", "1P", -1, 1 << 62])
def test_other_sizes_are_refused(size: str | int) -> None:
    with pytest.raises(ValueError, match=r"^memory must be a number of bytes such as 500M or 4G"):
        bytes_from("memory", size)
