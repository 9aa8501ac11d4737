"""The training loop that Word2Vec and GloVe share.

For each call of ``train`` a model passes one object, its :class:`Run`, which prepares an epoch and
runs the native workers.  Everything else happens here: epochs, pauses, callbacks, watchers, the
progress bar, Ctrl-C, and the check for finite numbers.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control
from fastvec._util import threads
from fastvec._util.log import tell
from fastvec._util.options import options_of
from fastvec._util.progress import NEWS_SECONDS, Progress, plural
from fastvec.models.callbacks import CallbackAny2Vec, check_callbacks
from fastvec.models.training_state import EpochPart, TrainingState
from fastvec.models.watchers import Watcher


class Run(Protocol):
    """What the loop needs of a model during one call of ``train``."""

    #: what is counted: words or pairs
    unit: str
    #: how many of them an epoch has
    epoch_size: int

    def prepare(self, state: TrainingState) -> int:
        """Get the next epoch ready, or the rest of one (``state.part``); returns the number of
        workers."""
        ...

    def work(self, worker: int, control: Control) -> None:
        """Run one worker to the end of the epoch, or until ``control`` ends it.

        Column 0 of ``control`` counts what was passed over, column 1 what was trained on.
        """
        ...

    def current_loss(self) -> float | None:
        """A mean loss for the progress bar while an epoch runs, if there is one."""
        ...

    def loss(self) -> tuple[float, int]:
        """The loss of this epoch so far, summed over its predictions, and their number."""
        ...

    def end_epoch(self) -> None:
        """Finish an epoch whose chunks are all complete."""
        ...

    def position(self) -> dict[str, NDArray[Any]]:
        """The arrays that say, besides ``state.part``, where the epoch stands."""
        ...

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What tells the corpus from others: how large it is, by unit, and its ``checksum``."""
        ...

    def matrices(self) -> Sequence[NDArray[np.float32]]:
        """What was trained; all numbers must be finite after each epoch."""
        ...

    def advice(self) -> str:
        """What to change if they are not."""
        ...


_LOCK = threading.Lock()


@contextlib.contextmanager
def in_use(model: Any, call: str, by_callbacks: bool = False) -> Iterator[None]:
    """Keep other calls that change a model out, while one of them runs.

    Parameters
    ----------
    model : object
        its attribute ``_used_by`` says which call uses it, and in which thread.
    call : str
        the name of the call, for the message.
    by_callbacks : bool
        whether a callback of the running call may make this one: the training loop then sets
        itself up anew.

    Raises
    ------
    RuntimeError
        another call uses the model.
    """
    me = threading.get_ident()
    with _LOCK:
        before = vars(model).get("_used_by")
        if before is not None and not (by_callbacks and before[1] == me):
            raise RuntimeError(
                f"{call} cannot begin while {before[0]} of the same model is running: "
                "wait for its end, or use a copy (copy.deepcopy)"
            )
        model._used_by = (call, me)
    try:
        yield
    finally:
        model._used_by = before


def run_epochs(
    model: Any,
    run: Run,
    state: TrainingState,
    callbacks: Iterable[CallbackAny2Vec] = (),
    progress: bool | None = None,
    watchers: Sequence[Watcher] = (),
    report_every: float = NEWS_SECONDS,
) -> None:
    """Train until ``state.epochs_done`` reaches ``state.epochs_wanted``.

    Parameters
    ----------
    model : Word2Vec or GloVe
        the argument of the callbacks.
    run : Run
    state : TrainingState
        kept up to date after each epoch, and where workers pause.
    callbacks : iterable of CallbackAny2Vec
        StopIteration from ``on_epoch_end`` ends the training early; the call counts as complete.
    progress : bool, optional
        show a progress bar; by default if standard error is a terminal.
    watchers : sequence of Watcher
        what happens now and then, while the workers run or pause.
    report_every : float
        seconds between two lines of news in the log; there is one after each epoch too.

    Raises
    ------
    KeyboardInterrupt
        on Ctrl-C, within a second; the matrices hold what was learned so far, the state is that
        of the last complete epoch.
    FloatingPointError
        a number is not finite any more after an epoch.
    """
    callbacks = check_callbacks(callbacks)
    epochs = state.epochs_wanted
    _tell_beginning(model, run, epochs)
    for callback in callbacks:
        callback.on_train_begin(model)
    with _progress(run, state, progress, report_every) as bar:
        while state.epochs_done < state.epochs_wanted:
            for callback in callbacks:
                callback.on_epoch_begin(model)
            _run_epoch(run, state, bar, watchers)
            bar.tell(state.passed, "epoch", **_facts(state, 0, state.loss_history[-1]))
            try:
                with bar.paused():
                    for callback in callbacks:
                        callback.on_epoch_end(model)
                    for watcher in watchers:
                        watcher.end_epoch()
            except StopIteration:
                break
    state.train_count += 1
    state.has_ended = True
    _tell_end(run, state)
    for callback in callbacks:
        callback.on_train_end(model)


def _tell_beginning(model: Any, run: Run, epochs: int) -> None:
    tell(
        "training",
        f"training {model!r}: {run.epoch_size} {run.unit}, {plural(epochs, 'epoch')}",
        model=type(model).__name__,
        options=options_of(model),
        epoch_size=run.epoch_size,
        unit=run.unit,
        epochs=epochs,
    )


def _tell_end(run: Run, state: TrainingState) -> None:
    seconds, loss = state.total_train_time, state.loss_history[-1]
    tell(
        "trained",
        f"trained {plural(state.epochs_done, 'epoch')}: loss {loss:.4f}, {seconds:.1f} s in all",
        epochs=state.epochs_done,
        passed=state.passed,
        trained=state.trained,
        unit=run.unit,
        total_train_time=seconds,
        loss_history=state.loss_history,
    )


def _progress(
    run: Run, state: TrainingState, enabled: bool | None, report_every: float
) -> Progress:
    size, done = state.epochs_wanted * run.epoch_size, state.passed + state.part.passed
    return Progress("training", size, run.unit, enabled, done=done, every=report_every)


def _facts(state: TrainingState, share: float, loss: float | None) -> dict[str, Any]:
    """What news say of training: where it is, after a share of an epoch."""
    epoch = min(state.epochs_done + bool(share), state.epochs_wanted)
    rate = state.rate(state.epochs_done + share)
    return {"epoch": epoch, "epochs": state.epochs_wanted, "rate": rate, "loss": loss}


@contextlib.contextmanager
def _timed(state: TrainingState) -> Iterator[None]:
    """Add the seconds of a block to the state, however the block ends."""
    begun = time.monotonic()
    try:
        yield
    finally:
        state.total_train_time += time.monotonic() - begun


def _run_epoch(run: Run, state: TrainingState, bar: Progress, watchers: Sequence[Watcher]) -> None:
    """One epoch, or the rest of one, with the pauses that watchers ask for."""
    while True:
        asking = _run_to_pause(run, state, bar, watchers)
        with bar.paused():
            for watcher in asking:
                watcher.pause()
        if not asking or state.part.passed >= run.epoch_size:
            break
    epoch, state.part = state.part, EpochPart()
    run.end_epoch()
    state.end_epoch(epoch)
    _check_finite(run, epoch.loss, state.epochs_trained)


def _run_to_pause(
    run: Run, state: TrainingState, bar: Progress, watchers: Sequence[Watcher]
) -> list[Watcher]:
    """Run the workers from where the epoch stands to its end, or to a pause.

    Returns the watchers that asked for the pause, or none at the end.  ``state.part`` then says
    where the epoch stands.  While workers run it says nothing: an error may stop them anywhere.
    """
    with _timed(state):
        return _run_workers(run, state, bar, watchers)


def _run_workers(
    run: Run, state: TrainingState, bar: Progress, watchers: Sequence[Watcher]
) -> list[Watcher]:
    workers = run.prepare(state)
    part, state.part = state.part, EpochPart()
    control = Control(workers, part.next)
    asking: list[Watcher] = []

    def tick() -> None:
        passed, loss = part.passed + control.total(), run.current_loss()
        share = max(passed / max(run.epoch_size, 1), 1e-9)
        bar.update(state.passed + passed, **_facts(state, share, loss))
        for watcher in watchers:
            if watcher not in asking and watcher.tick(state.passed + passed, loss):
                asking.append(watcher)
                control.pause()

    threads.run(lambda worker: run.work(worker, control), workers, control.stop, tick)
    passed, trained = part.passed + control.total(0), part.trained + control.total(1)
    state.part = EpochPart(control.next, passed, trained, *run.loss())
    return asking


def _check_finite(run: Run, loss: float, epoch: int) -> None:
    """FloatingPointError if training has diverged, in an epoch that counts from 1."""
    if not math.isfinite(loss):
        raise FloatingPointError(f"the loss is not finite in epoch {epoch}: {run.advice()}")
    if not all(map(all_finite, run.matrices())):
        raise FloatingPointError(f"the vectors are not finite in epoch {epoch}: {run.advice()}")


def all_finite(matrix: NDArray[np.float32]) -> bool:
    """Whether all numbers are finite.

    A finite sum shows that quickly; only if it is not finite is every number looked at, since the
    sum of finite numbers may be too large.

    >>> all_finite(np.array([3e38, 3e38], np.float32))
    True
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(matrix.sum()) or np.isfinite(matrix).all())
