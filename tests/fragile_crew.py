"""Trainers in this process, of whom one dies when a test wants it."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastvec.cluster.crew import Call, Key, LocalCrew
from fastvec.cluster.engine import SimulatedEngine

LOST = object()  # what a call gives that needs somebody who is dead


class FragileCrew(LocalCrew):
    """Trainers of whom one dies at call number ``fatal``: before it has done it, or after."""

    def __init__(self, make: Callable[[], Any], trainers: int) -> None:
        super().__init__(make, trainers)
        self.calls, self.fatal, self.late = 0, -1, False
        self.dead: set[int] = set()
        self.replaced: set[int] = set()

    def call(self, trainer: int, method: str, *arguments: Any) -> Call:
        self.calls += 1
        needs = [each.value for each in arguments if isinstance(each, Call)]
        dies = self.calls == self.fatal
        if dies and not self.late:
            self.dead.add(trainer)
        if trainer in self.dead or any(value is LOST for value in needs):
            return Call(trainer, LOST)
        result = super().call(trainer, method, *arguments)
        if dies:
            self.dead.add(trainer)
        return result

    def wait(
        self, calls: Mapping[Key, Call], stopped: Callable[[], bool] | None = None
    ) -> dict[Key, Any]:
        self.alive = [each for each in self.alive if each not in self.dead]
        found = super().wait(calls, stopped)
        return {key: value for key, value in found.items() if value is not LOST}

    def joined(self) -> list[int]:
        """A new trainer for each that is dead."""
        come = [each + 10 for each in self.dead - self.replaced]
        self.replaced |= self.dead
        self.trainers |= {each: self.make() for each in come}
        self.alive += come
        return come


class FragileEngine(SimulatedEngine):
    """Trainers of whom one dies."""

    def __init__(self, workers: int, fatal: int, late: bool) -> None:
        super().__init__(workers)
        self.fatal, self.late = fatal, late

    @contextlib.contextmanager
    def crew(self, kind: Any, *arguments: Any) -> Iterator[FragileCrew]:
        crew = self.found = FragileCrew(lambda: kind(*arguments), self.workers)
        crew.fatal, crew.late = self.fatal, self.late
        yield crew
