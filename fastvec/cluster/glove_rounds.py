"""Rounds of a crew that trains GloVe: who has which part of the words, also when some are lost.

Before a round every part is with two trainers: with the one that has changed it last, and with the
one that is to change it next.  So whoever is lost, in the round or after it, its job can be done
again from the records of before, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fastvec._util.log import log
from fastvec.cluster.crew import Call, ClusterError, Crew
from fastvec.cluster.glove_trainer import GloVeReport, GloVeTask
from fastvec.cluster.parts import HalfKey, Job, Layout, SpreadPairs, put_rows, rows_of
from fastvec.models.word_records import Records

DRIVER = -1

#: makes the task of a job from the version of the records
TaskMaker = Callable[[Job, int], GloVeTask]


class PartsLostError(Exception):
    """All trainers that had some part have been lost: only the driver has an earlier state."""


class Relay:
    """The parts of a model's records, which go from trainer to trainer.

    Parameters
    ----------
    crew : Crew
    pairs : SpreadPairs
    records : Records
        those of all words, which the driver has.

    Attributes
    ----------
    version : int
        how many rounds have changed the records that trainers have.
    holders : list of set of int
        for each part the trainers that have it; DRIVER where the records of the driver do.
    moved : int
        bytes of records that were sent so far.
    """

    def __init__(self, crew: Crew, pairs: SpreadPairs, records: Records) -> None:
        self.crew, self.pairs, self.records = crew, pairs, records
        parts = range(pairs.parts)
        self.layouts = [Layout([part], pairs.parts, pairs.n_words) for part in parts]
        self.version = self.base = 0  # the driver's
        self.moved = 0
        self.trainers = len(crew.alive)  # as many as there are when none is lost
        self._known = set(crew.alive)
        self._given: set[tuple[int, HalfKey]] = set()
        self.holders: list[set[int]] = [{DRIVER} for _ in parts]
        self._new: list[set[int]] = [set() for _ in parts]

    # --- a round

    def train(
        self,
        jobs: Sequence[Job],
        then: Sequence[Job],
        task: TaskMaker,
        stopped: Callable[[], bool],
    ) -> list[GloVeReport] | None:
        """Have the jobs of a round done, and bring the parts to where those of the next are done.

        Returns the reports of the jobs, or None if ``stopped`` becomes true before.

        Raises PartsLostError, ClusterError if no trainer is left.
        """
        self._new = [set() for _ in self.layouts]
        reports: dict[int, GloVeReport] = {}
        while True:
            undone = {i: job for i, job in enumerate(jobs) if not self._is_done(job)}
            if undone:
                found = self._have(undone, "train", task, stopped)
                for number, (trainer, report) in found.items():
                    reports[number] = report
                    for part in jobs[number].parts:
                        self._new[part].add(trainer)
            elif not self._copy_for(then):
                break
            self._see_who_is_left()
            if stopped():
                return None
        self.version += 1
        self.holders = self._new
        calls = {each: self.crew.call(each, "forget", self.version) for each in self.crew.alive}
        self.crew.wait(calls)
        self._see_who_is_left()
        return [reports[i] for i in range(len(jobs))]

    def validate(self, jobs: Sequence[Job], task: TaskMaker) -> list[GloVeReport]:
        """The loss of what is held out of some jobs."""
        self._new = [set() for _ in self.layouts]
        reports: dict[int, GloVeReport] = {}
        while undone := {i: job for i, job in enumerate(jobs) if i not in reports}:
            found = self._have(undone, "validate", task, None)
            reports |= {number: report for number, (_, report) in found.items()}
            self._see_who_is_left()
        return [reports[i] for i in range(len(jobs))]

    def _is_done(self, job: Job) -> bool:
        return all(self._new[part] for part in job.parts)

    def _have(
        self,
        jobs: Mapping[int, Job],
        method: str,
        task: TaskMaker,
        stopped: Callable[[], bool] | None,
    ) -> dict[int, tuple[int, GloVeReport]]:
        """Have some jobs done: who did each of those that were, and its report."""
        if any(not self.holders[part] for job in jobs.values() for part in job.parts):
            raise PartsLostError
        calls: dict[object, Call] = {}
        for number, job in jobs.items():
            trainer = self._trainer_of(number)
            needs = self._bring_parts(trainer, job) | self._bring_pairs(trainer, job)
            calls |= needs
            given = (task(job, self.version), *needs.values())
            calls[number] = self.crew.call(trainer, method, *given)
        found = self.crew.wait(calls, stopped)
        for key in found:
            if isinstance(key, tuple):
                self._note(key)
        return {i: (calls[i].trainer, found[i]) for i in jobs if i in found}

    def _trainer_of(self, number: int) -> int:
        """Who does a job of a round: always the same trainer, or the one in its place."""
        alive = self.crew.alive
        own = number % self.trainers
        same = (each for each in alive if each % self.trainers == own)
        return next(same, alive[own % len(alive)])

    def _bring_parts(self, trainer: int, job: Job) -> dict[object, Call]:
        """Calls that give a trainer the parts of a job that it lacks."""
        lacking = (part for part in job.parts if trainer not in self.holders[part])
        return {(trainer, part, "old"): self._send(part, self.holders, trainer) for part in lacking}

    def _bring_pairs(self, trainer: int, job: Job) -> dict[object, Call]:
        """Calls that give a trainer the pairs of a job that it lacks."""
        halves = self.pairs.halves
        return {
            (trainer, key): self.crew.call(trainer, "read", key, Call(DRIVER, halves[key]))
            for key in job.halves
            if key in halves and (trainer, key) not in self._given
        }

    def _note(self, key: tuple[object, ...]) -> None:
        """Note what a trainer has now."""
        trainer, what, *which = key
        assert isinstance(trainer, int)
        if isinstance(what, int):
            (self._new if which == ["new"] else self.holders)[what].add(trainer)
        elif isinstance(what, tuple):
            self._given.add((trainer, what))

    def _send(self, part: int, holders: Sequence[set[int]], trainer: int) -> Call:
        """Have a trainer take a part from one that has it."""
        version = self.version + (holders is self._new)
        source = max(holders[part])  # a trainer rather than the driver
        layout = self.layouts[part]
        if source == DRIVER:
            rows = Call(DRIVER, rows_of(self.records, layout))
        else:
            rows = self.crew.call(source, "rows", part, version)
        self.moved += int(layout.starts[-1]) * self.records[0].nbytes
        return self.crew.call(trainer, "hold", part, version, rows)

    def _copy_for(self, then: Sequence[Job]) -> bool:
        """Bring the new parts to the trainers of the next round, and to a second one in any case;
        returns whether any had to be."""
        calls = {}
        for number, job in enumerate(then):
            trainer = self._trainer_of(number)
            for part in job.parts:
                wanted = {trainer} | self._new[part]
                if len(wanted) == 1:
                    wanted |= set(self._others(trainer)[:1])
                for each in wanted - self._new[part]:
                    calls[each, part, "new"] = self._send(part, self._new, each)
        for key in self.crew.wait(calls):
            self._note(key)
        return bool(calls)

    def _others(self, trainer: int) -> list[int]:
        """All other trainers, from the one after it on."""
        alive = self.crew.alive
        at = alive.index(trainer)
        return alive[at + 1 :] + alive[:at]

    # --- the driver's records

    def fetch(self) -> None:
        """Bring the records of all trainers to the driver; PartsLostError if they are gone."""
        if self.base == self.version:
            return
        found: dict[int, Records] = {}
        while lacking := [part for part in range(len(self.layouts)) if part not in found]:
            if any(not self.holders[part] for part in lacking):
                raise PartsLostError
            calls = {
                part: self.crew.call(max(self.holders[part]), "rows", part, self.version)
                for part in lacking[: self.trainers]
            }
            found |= self.crew.wait(calls)
            self._see_who_is_left()
        for part, rows in found.items():
            put_rows(self.records, self.layouts[part], rows)
        self.base = self.version
        for each in self.holders:
            each.add(DRIVER)

    def begin_again(self) -> None:
        """Let trainers take the records of the driver, which have been changed, or are all that is
        left."""
        self.version += 1
        self.base = self.version
        self.holders = [{DRIVER} for _ in self.layouts]

    def _see_who_is_left(self) -> None:
        """Forget what lost trainers had; ClusterError if none is left."""
        self._known |= set(self.crew.joined())
        lost = self._known - set(self.crew.alive)
        for trainer in lost:
            log.warning("trainer %d was lost: others do its work again", trainer)
        self._known -= lost
        self._given = {given for given in self._given if given[0] not in lost}
        for holders in (*self.holders, *self._new):
            holders -= lost
        if not self._known:
            raise ClusterError(
                "all trainers were lost: a training with a checkpoint can be resumed"
            )
