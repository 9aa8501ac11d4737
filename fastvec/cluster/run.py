"""A call of ``train`` on a cluster, as the training loop of one machine sees it.

The loop, its callbacks, checkpoints, validation and news are those of one machine
(models/training.py).  Its only worker here is the driver, which lets the trainers of a crew train
round by round and merge their rows, and has a copy of the rows wherever the loop pauses.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import CHUNK_TOKENS, Control
from fastvec._util.log import log, tell
from fastvec._util.progress import readable
from fastvec.cluster.crew import Call, ClusterError, Crew, TrainersLostError, results
from fastvec.cluster.ledger import NO_RATES, Ledger, Report
from fastvec.cluster.merging import Matrix, rate_scale, row_blocks
from fastvec.cluster.portions import Portion
from fastvec.cluster.rounds import Merger
from fastvec.cluster.trainer import Task, matrices_of
from fastvec.models.corpus_run import epoch_seed
from fastvec.models.training_state import TrainingState
from fastvec.models.word2vec import Word2Vec
from fastvec.models.word2vec_run import Word2VecRun

#: What a checkpoint calls the number of portions.
PORTIONS = "portions"
#: Rounds that an epoch has at least, so that trainers do not learn on their own for too long,
LEAST_ROUNDS = 32
#: and words that a trainer trains on in a round at most.
MOST_WORDS = 20_000_000
#: A round may take so many times as long as the one before took trainers on average,
SLOWEST = 2.0
#: but so many seconds in any case: what a slow trainer has not begun then is left for later.
LEAST_SECONDS = 5.0


class ClusterRun:
    """A :class:`fastvec.models.training.Run` of a Word2Vec model on the trainers of a crew.

    Parameters
    ----------
    model : Word2Vec
        it has the rows that training begins with; where workers pause it has those that were
        learned.
    crew : Crew
    portions : sequence of Portion
        the text.
    cut : int
        how many portions were asked for.
    words : int
        how many words of the vocabulary the text has.
    round_words : int, optional
        how many words a trainer trains on between two merges; default: see LEAST_ROUNDS and
        MOST_WORDS.
    validation : Corpus, optional
        text to validate on.
    """

    unit, predicts_words = "words", False

    def __init__(
        self,
        model: Word2Vec,
        crew: Crew,
        portions: Sequence[Portion],
        cut: int,
        words: int,
        round_words: int | None = None,
        validation: Any = None,
    ) -> None:
        self.model, self.crew, self.portions = model, crew, portions
        self.cut, self.epoch_size, self.round_words = cut, words, round_words
        self.validation = validation
        self.ledger = Ledger.of([portion.weight for portion in portions], len(crew.alive))
        model._sync_rows()
        self._matrices = matrices_of(model)
        blocks = row_blocks([matrix.shape for matrix in self._matrices], len(crew.alive))
        self.blocks = blocks
        self.merger = Merger(crew, [block.of(self._matrices).nbytes for block in blocks])
        self._validated: Word2VecRun | None = None
        self._known = set(crew.alive)  # those that have the rows
        self._given: set[tuple[int, int]] = set()  # which trainer has been told to read what
        self._limit = math.inf  # seconds that a round may take
        self._merging = 0.0  # seconds spent so far

    # --- what the loop asks for

    def prepare(self, state: TrainingState) -> int:
        """Begin an epoch, or go on with one; the driver is the only worker."""
        model = self.model
        state.set_schedule(model.alpha, model.min_alpha, model.seed)
        self.state = state
        return 1

    def work(self, worker: int, control: Control) -> None:
        """Train until the epoch or ``control`` ends, and fetch what was learned."""
        del worker
        begun, merging = time.monotonic(), self._merging
        while not control.stopped and not self.ledger.is_complete:
            self._round(control)
            if control.ending:  # not before: pauses never keep it from getting on
                break
        self.fetch()
        self._tell(time.monotonic() - begun, self._merging - merging)

    def current_loss(self) -> float:
        """The mean loss of the predictions of this epoch so far."""
        loss, predictions = self.loss()
        return loss / max(predictions, 1)

    def loss(self) -> tuple[float, int]:
        """The loss of this epoch so far, and its predictions."""
        return self.ledger.loss

    def end_epoch(self) -> None:
        """Get ready for another epoch, if this one is complete."""
        if self.ledger.is_complete:
            self.ledger.renew()
        self.model.wv.forget_norms()

    def position(self) -> dict[str, NDArray[Any]]:
        """The ledger; nothing between two epochs."""
        return self.ledger.arrays() if self.ledger.progress else {}

    def go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Begin where :meth:`position` says that an epoch stands; ValueError for other arrays."""
        self.ledger.go_on(arrays)

    @functools.cached_property
    def fingerprint(self) -> dict[str, Any]:
        """The words of the text, and how it is cut."""
        size = sum(portion.weight for portion in self.portions)
        return {"words": self.epoch_size, "bytes of text": size, PORTIONS: self.cut}

    def matrices(self) -> Sequence[Matrix]:
        """What was trained, as the driver has it."""
        return self._matrices

    def advice(self) -> str:
        """What to change when numbers are not finite."""
        return f"lower alpha (now {self.model.alpha}), or use fewer trainers"

    def validate(self) -> tuple[float, int]:
        """The loss on the text for validation, and its predictions."""
        return self._validation.validate()

    def calibrated(self, loss: float) -> float:
        """The mean loss if all scores had the best scale."""
        return self._validation.calibrated(loss)

    @functools.cached_property
    def _validation(self) -> Word2VecRun:
        return Word2VecRun(self.model, self.validation, self.validation)

    # --- rows of the driver

    def send(self) -> None:
        """Give all trainers the rows of the model."""
        while True:
            try:
                self._send()
            except TrainersLostError:
                self._see_who_is_left()
            else:
                return

    def _send(self) -> None:
        """The same, if no trainer is lost: one gets them from here, and the others from it."""
        first, *others = self.crew.alive
        for index, block in enumerate(self.blocks):
            rows = block.of(self._matrices)
            call = self.crew.call(first, "adopt", index, self.merger.version, rows)
            results(self.crew, {first: call})
            self.merger.copy({index: first}, others)

    def fetch(self) -> None:
        """Take over the rows that all trainers agree on."""
        for index, block in enumerate(self.blocks):
            block.of(self._matrices)[:] = self._rows(index)

    def _rows(self, index: int) -> Matrix:
        while True:
            try:
                call = self.crew.call(self.crew.alive[0], "rows", index)
                rows: Matrix = results(self.crew, {0: call})[0]
            except TrainersLostError:
                self._see_who_is_left()
            else:
                return rows

    # --- rounds

    def _round(self, control: Control) -> None:
        """Let all trainers train on some chunks, and merge their rows."""
        scale = rate_scale(len(self.crew.alive), self.model.alpha)
        tasks = self._tasks(scale)
        calls = {each: self._begin(each, task) for each, task in tasks.items()}
        reports: dict[int, Report] = self.crew.wait(calls, lambda: control.stopped)
        self._see_who_is_left()
        if control.stopped:
            return
        merged = self._merge(reports, tasks, scale)
        for trainer in merged:
            self.ledger.commit(trainer, reports[trainer])
            control.add(0, reports[trainer].passed)
            control.add(1, reports[trainer].trained)
        self._see_who_is_left()
        self._welcome()

    def _tasks(self, scale: float) -> dict[int, Task]:
        """What each trainer is to do in the next round, if there is anything left for it."""
        chunks = max(1, round(self._words_in_a_round() / CHUNK_TOKENS))
        tasks = {}
        for trainer in self.crew.alive:
            portion = self.ledger.assign(trainer)
            if portion is not None:
                tasks[trainer] = self._task(portion, chunks, scale)
        return tasks

    def _task(self, portion: int, chunks: int, scale: float) -> Task:
        entry, state = self.ledger.entries[portion], self.state
        if entry.rates == NO_RATES:
            begin = self.ledger.progress
            end = min(1.0, begin + len(self.crew.alive) * entry.share)
            entry.rates = state.rate(state.epochs_done + begin), state.rate(state.epochs_done + end)
        return Task(
            portion,
            entry.next,
            chunks,
            (entry.rates[0] * scale, entry.rates[1] * scale),
            portion_seed(state, portion),
            state.epochs_trained,
            entry.loss,
            entry.predictions,
            self._limit,
        )

    def _words_in_a_round(self) -> float:
        if self.round_words is not None:
            return self.round_words
        return min(self.epoch_size / len(self.crew.alive) / LEAST_ROUNDS, MOST_WORDS)

    def _begin(self, trainer: int, task: Task) -> Call:
        """Have a trainer do a task; it reads the portion first, unless it has done that before."""
        given = (trainer, task.portion)
        if given in self._given:
            return self.crew.call(trainer, "train", task)
        self._given.add(given)
        reading = self.crew.call(trainer, "read", task.portion, self.portions[task.portion])
        return self.crew.call(trainer, "train", task, reading)

    def _merge(
        self, reports: Mapping[int, Report], tasks: Mapping[int, Task], scale: float
    ) -> list[int]:
        """Merge what trainers did; returns those whose work is in the rows now."""
        begun = time.monotonic()
        seconds = [report.seconds for report in reports.values()]
        self._limit = max(SLOWEST * sum(seconds) / max(len(seconds), 1), LEAST_SECONDS)
        # Sums depend on the order of their parts.
        while trained := sorted(reports.keys() & set(self.crew.alive)):
            steps = sum(reports[each].trained * tasks[each].rates[0] for each in trained)
            try:
                self.merger.merge(trained, steps / len(trained), scale)
            except TrainersLostError:
                self._see_who_is_left()
            else:
                break
        self._merging += time.monotonic() - begun
        return trained

    def _see_who_is_left(self) -> None:
        """Give the work of trainers that were lost to others; ClusterError if none is left."""
        lost = self._known - set(self.crew.alive)
        for trainer in lost:
            self.ledger.release(trainer)
            log.warning("trainer %d was lost: others go on with its text", trainer)
        self._given = {given for given in self._given if given[0] not in lost}
        self._known -= lost
        if not self._known:
            raise ClusterError(
                "all trainers were lost: a training with a checkpoint can be resumed"
            )

    def _welcome(self) -> None:
        """Bring trainers that have joined up to date."""
        for trainer in self.crew.joined():
            while trainer in self.crew.alive and trainer not in self._known:
                try:
                    self.merger.welcome(trainer, min(self._known))
                except TrainersLostError:
                    self._see_who_is_left()
                else:
                    self._known.add(trainer)
                    log.info("trainer %d has joined", trainer)

    def _tell(self, seconds: float, merging: float) -> None:
        share = 100 * merging / max(seconds, 1e-9)
        moved = self.merger.moved
        tell(
            "merging",
            f"merging: {self.merger.version} rounds so far, {share:.1f} % of the time, "
            f"{readable(moved)}B between trainers",
            rounds=self.merger.version,
            share=share / 100,
            bytes=moved,
            trainers=len(self.crew.alive),
        )


def portion_seed(state: TrainingState, portion: int) -> int:
    """The seed of an epoch's random numbers in a portion: in the first one, that of the epoch."""
    if portion == 0:
        return epoch_seed(state)
    sequence = np.random.SeedSequence((state.seed, state.epochs_trained, portion))
    return int(sequence.generate_state(1, np.uint64)[0])
