"""A crew: trainers that can be called, wherever they are, and that may be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Key = TypeVar("Key")


class ClusterError(RuntimeError):
    """A training on a cluster cannot go on."""


class TrainersLostError(Exception):
    """Trainers have been lost: they are not in the crew any more."""


@dataclass(frozen=True)
class Call:
    """A call of a trainer; ``value`` is what it gives, or a reference to that."""

    trainer: int
    value: Any


class Crew(Protocol):
    """Trainers, each with a number.

    Attributes
    ----------
    alive : list of int
        those that can be called.
    """

    alive: list[int]

    def call(self, trainer: int, method: str, *arguments: Any) -> Call:
        """Have a trainer call a method, after those that it was told to call before.

        Arguments may be other calls, which stand for what they give.
        """
        ...

    def wait(
        self, calls: Mapping[Key, Call], stopped: Callable[[], bool] | None = None
    ) -> dict[Key, Any]:
        """What calls gave, by their keys, without those that failed because a trainer was lost.

        Raises the first error of a trainer, with its name.  If ``stopped`` becomes true, it gives
        what there is.
        """
        ...

    def joined(self) -> list[int]:
        """Trainers that have come instead of lost ones since the last call, which are in ``alive``
        from now on."""
        ...

    def close(self) -> None:
        """End all trainers."""
        ...


def results(crew: Crew, calls: Mapping[Key, Call]) -> dict[Key, Any]:
    """What calls gave; TrainersLostError if a trainer is lost meanwhile."""
    found = crew.wait(calls)
    if len(found) < len(calls):
        raise TrainersLostError
    return found


class LocalCrew:
    """Trainers in this process, which are called one after the other: for tests and experiments.

    Parameters
    ----------
    make : callable
        makes a trainer.
    trainers : int
        how many there are.

    Attributes
    ----------
    trainers : dict
        each trainer, by its number.
    """

    def __init__(self, make: Callable[[], Any], trainers: int) -> None:
        self.make = make
        self.trainers = {number: make() for number in range(trainers)}
        self.alive = list(self.trainers)

    def call(self, trainer: int, method: str, *arguments: Any) -> Call:
        """Call a method at once."""
        given = (each.value if isinstance(each, Call) else each for each in arguments)
        return Call(trainer, getattr(self.trainers[trainer], method)(*given))

    def wait(
        self, calls: Mapping[Key, Call], stopped: Callable[[], bool] | None = None
    ) -> dict[Key, Any]:
        """What they have given."""
        del stopped
        return {key: call.value for key, call in calls.items()}

    def joined(self) -> list[int]:
        """None: no trainer is ever lost."""
        return []

    def close(self) -> None:
        """Forget the trainers."""
        self.alive, self.trainers = [], {}


def in_waves(count: int, size: int) -> Iterator[Sequence[int]]:
    """The numbers below ``count``, so many at a time.

    >>> [list(wave) for wave in in_waves(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    for start in range(0, count, size):
        yield range(start, min(start + size, count))
