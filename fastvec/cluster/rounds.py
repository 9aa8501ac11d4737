"""Merging the rows of a crew, and what becomes of a merge in which a trainer is lost.

Each block of rows has an owner, who adds up what all trainers have changed (a reduce-scatter), and
from whom all take the result (an all-gather): so no rows go through the driver.  Until all blocks
have been added up, the owners' results can be taken back; from then on the merge counts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastvec.cluster.crew import Call, Crew, TrainersLostError, in_waves, results
from fastvec.cluster.trainer import Round


class Merger:
    """Merges the rows of a crew.

    Parameters
    ----------
    crew : Crew
    block_bytes : list of int
        the bytes of each block of rows.

    Attributes
    ----------
    version : int
        the number of the latest merge.
    moved : int
        bytes that trainers have sent to others so far.
    """

    def __init__(self, crew: Crew, block_bytes: Sequence[int]) -> None:
        self.crew, self.block_bytes = crew, block_bytes
        self.version = 0
        self.moved = 0

    def merge(self, trained: Sequence[int], steps: float, scale: float) -> None:
        """Merge what some trainers of the crew have changed.

        Parameters
        ----------
        trained : sequence of int
            the trainers that took part in the round.
        steps, scale : float
            the words that each of them trained on, times their learning rate; and the scale of that
            rate.

        Raises
        ------
        TrainersLostError
            trainers were lost before all was added up.  Those that are left have their own rows, as
            before the call, and agree on those of the merge before: the call can be made again.
        """
        if len(self.crew.alive) == 1:
            self._leave_alone()
            return
        round_ = Round(self.version + 1, steps, len(trained) / scale)
        try:
            self._add_up(trained, round_)
        except TrainersLostError:
            self._take_back()
            raise
        self.version += 1
        try:
            self._hand_out()
        except TrainersLostError:
            self._complete(round_)

    def welcome(self, trainer: int, source: int) -> None:
        """Give a trainer that has joined the rows that all agree on, from one that has them."""
        for block in range(len(self.block_bytes)):
            self.copy({block: source}, [trainer])

    def copy(self, sources: Mapping[int, int], trainers: Sequence[int]) -> None:
        """Have trainers take the agreed rows of some blocks, each from its source."""
        calls = {}
        for block, source in sources.items():
            rows = self.crew.call(source, "rows", block)
            for each, call in self._call(trainers, "adopt", block, self.version, rows).items():
                calls[block, each] = call
            self.moved += self.block_bytes[block] * sum(each != source for each in trainers)
        results(self.crew, calls)

    def _add_up(self, trained: Sequence[int], round_: Round) -> None:
        """Each owner makes the changes of its blocks into rows that all agree on."""
        crew, owners = self.crew, list(self.crew.alive)
        for wave in in_waves(len(self.block_bytes), len(owners)):
            changes = {block: self._call(trained, "change", block) for block in wave}
            merging = {}
            for block in wave:
                owner = owners[block % len(owners)]
                of_block = changes[block].values()
                merging[block] = crew.call(owner, "merge", block, round_, *of_block)
                self.moved += self.block_bytes[block] * sum(each != owner for each in trained)
            results(crew, merging)

    def _hand_out(self) -> None:
        """All trainers take the agreed rows of each block from its owner."""
        owners = list(self.crew.alive)
        for wave in in_waves(len(self.block_bytes), len(owners)):
            self.copy({block: owners[block % len(owners)] for block in wave}, owners)

    def _call(self, trainers: Iterable[int], method: str, *arguments: Any) -> dict[int, Call]:
        """Have some trainers call a method."""
        return {each: self.crew.call(each, method, *arguments) for each in trainers}

    def _have(self, trainers: Iterable[int], method: str, *arguments: Any) -> dict[int, Any]:
        """The same, and wait for them."""
        return results(self.crew, self._call(trainers, method, *arguments))

    # --- after a loss

    def _versions(self) -> dict[int, list[int]]:
        """For each trainer that is left the versions of its blocks."""
        return self._have(self.crew.alive, "block_versions")

    def _take_back(self) -> None:
        """Have all agree on the rows of the merge before again.  One that is left alone agrees with
        itself instead."""
        while self.crew.alive:
            with contextlib.suppress(TrainersLostError):
                if len(self.crew.alive) == 1:
                    self._leave_alone()
                else:
                    self._restore_blocks(self._versions())
                return

    def _restore_blocks(self, versions: dict[int, list[int]]) -> None:
        for block in range(len(self.block_bytes)):
            ahead = [each for each in versions if versions[each][block] > self.version]
            behind = [each for each in versions if each not in ahead]
            if ahead:  # its owner only
                rows = self.crew.call(behind[0], "rows", block)
                self._have(ahead, "restore", block, self.version, rows)

    def _complete(self, round_: Round) -> None:
        """Hand out what the trainers that are left have of a merge that counts.  If the owner of a
        block was lost before anyone had its rows, they are added up again without its changes."""
        while self.crew.alive:
            with contextlib.suppress(TrainersLostError):
                if len(self.crew.alive) == 1:
                    self._have(self.crew.alive, "accept", self.version)
                else:
                    self._complete_blocks(self._versions(), round_)
                return

    def _complete_blocks(self, versions: dict[int, list[int]], round_: Round) -> None:
        for block in range(len(self.block_bytes)):
            ahead = [each for each in versions if versions[each][block] == self.version]
            if not ahead:
                ahead = list(versions)[:1]
                changes = self._call(versions, "change", block).values()
                self._have(ahead, "merge", block, round_, *changes)
            self.copy({block: ahead[0]}, list(versions))

    def _leave_alone(self) -> None:
        """The only trainer that is left agrees with itself."""
        self._have(self.crew.alive, "accept", self.version + 1)
        self.version += 1
