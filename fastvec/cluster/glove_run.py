"""A call of ``GloVe.fit`` on a cluster, as the training loop of one machine sees it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control
from fastvec._util.log import log, tell
from fastvec._util.progress import readable
from fastvec.cluster.crew import Crew
from fastvec.cluster.glove_rounds import PartsLostError, Relay
from fastvec.cluster.glove_trainer import GloVeReport, GloVeTask
from fastvec.cluster.parts import SpreadPairs, rounds_of
from fastvec.models.glove_run import UNTRAINED, PairsRun
from fastvec.models.training_state import TrainingState
from fastvec.params import GloVeParams

if TYPE_CHECKING:
    from fastvec.models.glove import GloVe

#: What a file calls the number of parts.
PARTS = "parts"
#: for the random numbers that order rounds
ORDER = 1 << 40


class SpreadGloVeRun(PairsRun):
    """A :class:`fastvec.models.training.Run` of a GloVe model on the trainers of a crew.

    Parameters
    ----------
    model : GloVe
    crew : Crew
    pairs : SpreadPairs
    params : GloVeParams
    validation : float, optional
        the share of the pairs that is held out.

    Raises ValueError for a share that holds out none or all.
    """

    losses_name = "round_losses"

    def __init__(
        self,
        model: GloVe,
        crew: Crew,
        pairs: SpreadPairs,
        params: GloVeParams,
        validation: float | None = None,
    ) -> None:
        assert model._records is not None
        super().__init__(model, model._records, params)
        self.crew, self.pairs = crew, pairs
        self.relay = Relay(crew, pairs, self.records)
        self.rounds = rounds_of(pairs.parts)
        self.n_losses = len(self.rounds)
        self.epoch_size, self.entries = pairs.stored, pairs.nnz
        self._fetched: NDArray[np.float64] | None = None  # the losses of the driver's records
        if validation is not None:
            self._leave_out(validation)

    def _validate(self) -> tuple[float, int, int]:
        reports: list[GloVeReport] = []
        for jobs in self.rounds:
            reports += self.relay.validate(jobs, self._task_of(0, 0))
        loss = float(np.sum([each.loss for each in reports]))
        return loss, sum(each.entries for each in reports), sum(each.pairs for each in reports)

    # --- what the loop asks for

    def prepare(self, state: TrainingState) -> int:
        """Begin an epoch, or go on with one; the driver is the only worker."""
        self._begin_epoch(state)
        assert self.losses is not None
        self.state = state
        self._fetched = self.losses.copy()
        return 1

    def work(self, worker: int, control: Control) -> None:
        """Train until the epoch or ``control`` ends, and fetch what was learned."""
        del worker
        begun, waiting = time.monotonic(), 0.0
        while True:
            try:
                while not control.stopped and (left := self._left()):
                    waiting += self._round(left, control)
                    if control.ending:  # not before: pauses never keep it from getting on
                        break
                self.relay.fetch()
            except PartsLostError:
                self._go_back(control)
            else:
                break
        self._tell(time.monotonic() - begun, waiting)

    def _left(self) -> list[int]:
        """The rounds of this epoch that are left, in order."""
        assert self.losses is not None
        order = self._order(self.state.epochs_trained)
        return [number for number in order if self.losses[number] == UNTRAINED]

    def _order(self, epoch: int) -> list[int]:
        """The rounds of an epoch in the order in which they come."""
        generator = np.random.default_rng((self.state.seed, 1 + epoch, ORDER))
        order: list[int] = generator.permutation(len(self.rounds)).tolist()
        return order

    def _round(self, left: list[int], control: Control) -> float:
        """One round; returns the seconds that the slowest trainer did not train in."""
        begun, state = time.monotonic(), self.state
        assert self.losses is not None
        number, *others = left
        then = others[0] if others else self._order(state.epochs_trained + 1)[0]
        task = self._task_of(state.seed, state.epochs_trained)
        given = (self.rounds[number], self.rounds[then], task, lambda: control.stopped)
        reports = self.relay.train(*given)
        if reports is None:
            return 0.0
        self.losses[number] = sum(report.loss for report in reports)
        control.add(0, sum(report.pairs for report in reports))
        return time.monotonic() - begun - max(report.seconds for report in reports)

    def _task_of(self, seed: int, epoch: int) -> Any:
        return lambda job, version: GloVeTask(job, version, seed, epoch)

    def _go_back(self, control: Control) -> None:
        """Go on from the driver's records: trainers that had others have been lost."""
        assert self._fetched is not None
        log.warning("vectors were lost: going back to where the driver has them all")
        self.losses = self._fetched.copy()
        self.relay.begin_again()
        control.add(0, -control.total())

    def _pull(self) -> bool:
        """The same, and trainers begin with what the driver has then."""
        pulled = super()._pull()
        if pulled:
            self.relay.begin_again()
        return pulled

    @property
    def fingerprint(self) -> dict[str, Any]:
        """The pairs, a checksum of all of them, and how they are cut."""
        pairs = self.pairs
        return {"pairs": pairs.stored, "checksum": pairs.checksum, PARTS: pairs.parts}

    def _tell(self, seconds: float, waiting: float) -> None:
        share, moved = 100 * waiting / max(seconds, 1e-9), self.relay.moved
        tell(
            "merging",
            f"rounds: {self.relay.version} so far, {share:.1f} % of the time moved vectors, "
            f"{readable(moved)}B between trainers",
            rounds=self.relay.version,
            share=share / 100,
            bytes=moved,
            trainers=len(self.crew.alive),
        )
