"""What engines have done elsewhere: calls of functions, and the work of trainers."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from fastvec._util.options import check_value
from fastvec.cluster.counting import Counts, TextSize, count_portion, reduce_counts
from fastvec.cluster.crew import Crew
from fastvec.cluster.portions import TextPortion
from fastvec.params import CorpusParams


class Tasks(ABC):
    """What runs functions and trainers.

    Parameters
    ----------
    workers : int
        how many trainers there are.
    threads : int
        of each trainer.
    """

    def __init__(self, workers: int, threads: int) -> None:
        self.workers = check_value("workers", workers, int, low=1, high=1024)
        self.threads = check_value("threads", threads, int, low=1, high=1024)

    @abstractmethod
    def run(
        self, function: Callable[..., Any], calls: Sequence[Sequence[Any]], results: int, cores: int
    ) -> list[list[Any]]:
        """Call a function with each of several lists of arguments.

        Arguments may be results of other calls.  Returns, for each call, references to the
        ``results`` things that it gives.
        """

    @abstractmethod
    def fetch(self, results: Sequence[Any]) -> list[Any]:
        """What references stand for; the first error of a call is raised, with its place."""

    @abstractmethod
    def share(self, value: Any) -> Any:
        """A reference to a large value, which calls and trainers take."""

    @abstractmethod
    def crew(
        self, kind: Callable[..., Any], *arguments: Any
    ) -> contextlib.AbstractContextManager[Crew]:
        """Trainers of a kind, each made with these arguments, until the exit."""

    def count(
        self, portions: Sequence[TextPortion], params: CorpusParams, least: int
    ) -> tuple[list[TextSize], list[Counts]]:
        """Count the words of portions: how much text each is, and what each reducer has kept of the
        words that occur ``least`` times or more."""
        reducers = self.workers
        given = (params, reducers, self.threads)
        calls = [(i, portion, *given) for i, portion in enumerate(portions)]
        counted = self.run(count_portion, calls, 1 + reducers, self.threads)
        merging = [(least, *(each[1 + i] for each in counted)) for i in range(reducers)]
        reduced = self.run(reduce_counts, merging, 1, 1)
        return self.fetch([each[0] for each in counted]), self.fetch([each[0] for each in reduced])
