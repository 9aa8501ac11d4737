"""Checkpoints: files from which a training goes on as if it had never stopped.

A checkpoint is a saved model, whose training state says where within an epoch the workers paused.
It also has the arrays that the run needs there, what tells the corpus from others, and what trained
it.  Workers pause while it is written, and rows go to the file block by block, so that nothing is
copied in memory.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from numpy.typing import NDArray

from fastvec._util.atomic import check_target
from fastvec._util.intervals import Interval, interval_from
from fastvec._util.log import log, tell
from fastvec._util.progress import plural
from fastvec._util.run_log import versions
from fastvec._util.signals import HeldSignals
from fastvec.io.container import Container
from fastvec.models.training import Run
from fastvec.models.training_state import TrainingState
from fastvec.models.watchers import Watcher
from fastvec.params import CheckpointParams

#: seconds between two checkpoints by default; more, if writing them took a larger share of the time
DEFAULT_SECONDS, LARGEST_SHARE = 600.0, 0.01
#: the metadata entry of a file that makes it a checkpoint
ENTRY = "checkpoint"

#: writes a model to a path, with further metadata and arrays
Save = Callable[[Path, Mapping[str, Any], Mapping[str, NDArray[Any]]], None]


class Checkpoints(Watcher):
    """Writes the checkpoints of one call of ``train``.

    While it is in use, the first signal that would end the process (Ctrl-C, kill, a terminal that
    closes) lets the workers finish their chunks, and acts when a checkpoint is written.

    Parameters
    ----------
    run : Run
    state : TrainingState
    params : CheckpointParams
    save : callable
        writes the model.

    Raises what :func:`fastvec._util.atomic.check_target` raises, if the file cannot be written.
    """

    def __init__(
        self, run: Run, state: TrainingState, params: CheckpointParams, save: Save
    ) -> None:
        assert params.checkpoint is not None
        self.path = check_target(params.checkpoint)
        self.run, self.state, self.save = run, state, save
        self.every = params.checkpoint_every
        self.facts = {
            "corpus": run.fingerprint,
            "versions": _versions(),
            "checkpoint_every": self.every,
        }
        self.signals = HeldSignals()
        self._is_written = False
        self._ended, self._cost, self._epochs = time.monotonic(), 0.0, 0  # since the latest one

    def __enter__(self) -> Self:
        self.signals.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._write()
                self.signals.deliver()
        finally:
            self.signals.__exit__(kind, error, trace)
        if isinstance(error, FloatingPointError) and self._is_written:
            raise FloatingPointError(
                f"{error}; {self.path} is the last good checkpoint, which can be resumed with that"
            ) from error

    def tick(self, *_: object) -> bool:
        """Whether a checkpoint is due, or a signal waits."""
        seconds = _interval(self.every).seconds
        if self.every is None:
            seconds = max(DEFAULT_SECONDS, self._cost / LARGEST_SHARE)
        is_due = 0 < seconds <= time.monotonic() - self._ended
        return is_due or self.signals.held is not None

    def pause(self) -> None:
        """Write a checkpoint, and then let a signal act that waits."""
        if self.signals.held is not None:
            log.warning("stopping: writing %s (Ctrl-C once more gives it up)", self.path)
        self._write()
        self.signals.deliver()

    def end_epoch(self) -> None:
        """The same after an epoch."""
        self._epochs += 1
        if self.tick() or self._epochs == _interval(self.every).epochs:
            self.pause()

    def _write(self) -> None:
        """Write a checkpoint; after an error the one of before stays, and training goes on."""
        begun, state = time.monotonic(), self.state
        if not math.isfinite(state.part.loss):
            raise FloatingPointError(
                f"the loss is not finite in epoch {state.epochs_trained + 1}: {self.run.advice()}"
            )
        try:  # which looks at all other numbers
            self.save(self.path, {ENTRY: self.facts}, self.run.position())
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "out of memory"
            stays = "the checkpoint of before stays" if self.path.exists() else "there is none"
            log.error("no checkpoint was written, %s: %s", stays, reason)
        else:
            self._is_written = True
            _tell_written(self.path, state, time.monotonic() - begun)
        self._ended, self._epochs = time.monotonic(), 0
        self._cost = self._ended - begun


def _interval(every: str | None) -> Interval:
    return Interval() if every is None else interval_from("checkpoint_every", every)


def _versions() -> dict[str, str]:
    """What decides the bytes of a training: fastvec and the instruction set."""
    return {name: versions()[name] for name in ("fastvec", "instruction_set")}


def _tell_written(path: Path, state: TrainingState, seconds: float) -> None:
    tell(
        "checkpoint",
        f"checkpoint {path}: {plural(state.epochs_done, 'epoch')} done, {seconds:.1f} s",
        path=path,
        epochs=state.epochs_done,
        passed=state.passed + state.part.passed,
        seconds=seconds,
    )


@contextlib.contextmanager
def checkpoints(
    run: Run, state: TrainingState, params: CheckpointParams, save: Save
) -> Iterator[list[Watcher]]:
    """The watchers that write the checkpoints of a call of ``train``: one, or none if it has not
    asked for any."""
    if params.checkpoint is None:
        yield []
    else:
        with Checkpoints(run, state, params, save) as watcher:
            yield [watcher]


@dataclass(frozen=True)
class SavedRun:
    """What a checkpoint has besides a model.

    Attributes
    ----------
    path : str
        its file.
    corpus : dict
        what tells the corpus from others.
    versions : dict
        what trained it.
    every : str or None
        the option ``checkpoint_every``.
    arrays : dict
        what the run needs in the middle of an epoch.
    """

    path: str
    corpus: dict[str, Any]
    versions: dict[str, str]
    every: str | None
    arrays: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, file: Container) -> Self:
        """What a file has; ValueError if it is no checkpoint, or a damaged one."""
        facts = file.metadata.get(ENTRY)
        if facts is None:
            raise ValueError(
                f"{file.path} is a saved model, not a checkpoint: load opens it, and train goes on"
            )
        try:
            every = facts["checkpoint_every"]
            _interval(every)
            corpus, by = dict(facts["corpus"]), dict(facts["versions"])
        except (KeyError, TypeError, ValueError):
            raise file.damaged("what it says of its training is not complete") from None
        return cls(file.path, corpus, by, every, file.arrays)

    def check(self, run: Run) -> None:
        """ValueError for a run on another corpus; a warning if the result will not be the same."""
        found = run.fingerprint
        if found != self.corpus:
            raise ValueError(
                f"the corpus is not the one that {self.path} was trained on: "
                f"{_difference(self.corpus, found)}"
            )
        for name, now in _versions().items():
            before = self.versions.get(name)
            if before != now:
                log.warning(
                    "%s was trained with the %s %s, and the training goes on with %s: the result "
                    "is not the same, byte for byte, as without an interruption",
                    self.path,
                    {"fastvec": "version"}.get(name, "instruction set"),
                    before,
                    now,
                )


def _difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """How two fingerprints differ, as words say it."""
    first, second = (
        " and ".join(f"{n:,} {name}" for name, n in facts.items() if name != "checksum")
        for facts in (before, now)
    )
    if first == second:
        return f"both have {first}, but not the same ones"
    return f"that had {first}, this one has {second}"
