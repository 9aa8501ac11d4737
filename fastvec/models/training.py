"""The training loop that Word2Vec and GloVe share, and the state of a training run.

For each call of ``train`` a model passes one object, its :class:`Run`, which prepares an epoch and
runs the native workers.  Everything else happens here: epochs, callbacks, the progress bar, Ctrl-C,
the loss history, the schedule of the learning rate and the check for finite numbers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control
from fastvec._util import threads
from fastvec._util.log import log
from fastvec._util.progress import Progress
from fastvec.models.callbacks import CallbackAny2Vec, check_callbacks

T = TypeVar("T")


@dataclass
class TrainingState:
    """How far the training of a model has come, as plain numbers that a file can hold.

    Together with the model's options, its matrices and its corpus this decides every later step:
    :func:`run_epochs` continues from the state at the end of any epoch as if it had never stopped.

    Attributes
    ----------
    epochs_trained : int
        epochs since the model's vectors were made.  Each epoch draws its random numbers from the
        model's seed and this number.
    loss_history : list of float
        the mean loss of each of these epochs; NaN for one that made no prediction.
    train_count : int
        calls of ``train`` that came to their end.
    total_train_time : float
        seconds of training, over all calls.
    epochs_wanted, epochs_done : int
        of the latest call: how many epochs it asked for, and how many have ended.
    start_rate, end_rate : float
        of the latest call: the learning rate before the first epoch and after the last one.
    seed : int
        the model's seed in the latest epoch.
    passed, trained : int
        of the latest call: words (of GloVe: pairs) passed over, and those of them trained on
        (without the words that subsampling left out).
    running_training_loss : float
        of the latest call: the loss, summed over all predictions.
    predictions : int
        of the latest call: how many predictions that were.
    min_alpha_yet_reached : float
        the learning rate at the end of the latest epoch.

    >>> state = TrainingState(loss_history=[2.5, 2.0])
    >>> TrainingState.from_dict(state.to_dict()) == state
    True
    """

    epochs_trained: int = 0
    loss_history: list[float] = field(default_factory=list)
    train_count: int = 0
    total_train_time: float = 0.0
    epochs_wanted: int = 0
    epochs_done: int = 0
    start_rate: float = 0.0
    end_rate: float = 0.0
    seed: int = 0
    passed: int = 0
    trained: int = 0
    running_training_loss: float = 0.0
    predictions: int = 0
    min_alpha_yet_reached: float = 0.0

    def begin_call(self, epochs: int) -> None:
        """Start the counts of a new call of ``train`` that asks for some epochs."""
        self.epochs_wanted, self.epochs_done = epochs, 0
        self.passed = self.trained = self.predictions = 0
        self.running_training_loss = 0.0

    def set_schedule(self, start_rate: float, end_rate: float, seed: int) -> None:
        """Set what the next epochs take: the ends of the learning rate's line, and the seed."""
        self.start_rate, self.end_rate, self.seed = start_rate, end_rate, seed

    def rate(self, epochs: int | None = None) -> float:
        """The learning rate after so many epochs of the call, by default after those that ended.

        It falls on a straight line from start_rate to end_rate, and never below end_rate.

        >>> TrainingState(epochs_wanted=4, start_rate=0.5, end_rate=0.1).rate(2)
        0.3
        """
        done = self.epochs_done if epochs is None else epochs
        line = self.start_rate + (self.end_rate - self.start_rate) * done / self.epochs_wanted
        return max(line, self.end_rate)

    def end_epoch(self, loss: float, predictions: int, passed: int, trained: int) -> None:
        """Add what an epoch did."""
        self.epochs_done += 1
        self.epochs_trained += 1
        self.passed += passed
        self.trained += trained
        self.running_training_loss += loss
        self.predictions += predictions
        self.loss_history.append(loss / predictions if predictions else math.nan)
        self.min_alpha_yet_reached = self.rate()

    def to_dict(self) -> dict[str, Any]:
        """The state as a dict that JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The state that :meth:`to_dict` gave; other keys are ignored, missing ones get defaults.

        Raises TypeError, ValueError or OverflowError for values of another type.
        """
        kinds: dict[str, Any] = {"int": int, "float": float, "list[float]": _floats}
        names = {item.name: kinds[str(item.type)] for item in dataclasses.fields(cls)}
        return cls(**{name: kind(values[name]) for name, kind in names.items() if name in values})


def _floats(values: Iterable[Any]) -> list[float]:
    return [float(value) for value in values]


class StateAttribute(Generic[T]):
    """An attribute of a model that is a field of the same name of its ``training_state``."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, model: None, owner: type) -> Self: ...

    @overload
    def __get__(self, model: Any, owner: type) -> T: ...

    def __get__(self, model: Any, owner: type) -> Self | T:
        if model is None:
            return self
        value: T = getattr(model.training_state, self.name)
        return value

    def __set__(self, model: Any, value: T) -> None:
        setattr(model.training_state, self.name, value)


class Run(Protocol):
    """What the loop needs of a model during one call of ``train``."""

    #: what is counted: words or pairs
    unit: str
    #: how many of them an epoch has
    epoch_size: int

    def prepare(self, state: TrainingState) -> int:
        """Get the next epoch ready; returns the number of workers."""
        ...

    def work(self, worker: int, control: Control) -> None:
        """Run one worker to the end of the epoch, or until ``control`` stops it.

        Column 0 of ``control`` counts what was passed over, column 1 what was trained on.
        """
        ...

    def current_loss(self) -> float | None:
        """A mean loss for the progress bar while an epoch runs, if there is one."""
        ...

    def end_epoch(self) -> tuple[float, int]:
        """Finish an epoch; returns its loss, summed over its predictions, and their number."""
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


def log_unsaved(model: object, fresh: object) -> None:
    """Log a remark about attributes that a fresh model does not have: files do not keep them."""
    extra = sorted(vars(model).keys() - vars(fresh).keys() - {"_used_by"})
    if extra:
        log.warning("save does not keep the attributes %s", ", ".join(extra))


def run_epochs(
    model: Any,
    run: Run,
    state: TrainingState,
    callbacks: Iterable[CallbackAny2Vec] = (),
    progress: bool | None = None,
) -> None:
    """Train until ``state.epochs_done`` reaches ``state.epochs_wanted``.

    Parameters
    ----------
    model : Word2Vec or GloVe
        the argument of the callbacks.
    run : Run
    state : TrainingState
        kept up to date after each epoch.
    callbacks : iterable of CallbackAny2Vec
        StopIteration from ``on_epoch_end`` ends the training early; the call counts as complete.
    progress : bool, optional
        show a progress bar; by default if standard error is a terminal.

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
    log.info("training %r: %d %s, %d epochs", model, run.epoch_size, run.unit, epochs)
    for callback in callbacks:
        callback.on_train_begin(model)
    with _timed(state), Progress("training", _size(run, state), run.unit, progress) as bar:
        while state.epochs_done < state.epochs_wanted:
            for callback in callbacks:
                callback.on_epoch_begin(model)
            begun = time.monotonic()
            _run_epoch(run, state, bar)
            _log_epoch(run, state, time.monotonic() - begun)
            try:
                for callback in callbacks:
                    callback.on_epoch_end(model)
            except StopIteration:
                break
    state.train_count += 1
    for callback in callbacks:
        callback.on_train_end(model)


def _log_epoch(run: Run, state: TrainingState, seconds: float) -> None:
    log.info(
        "EPOCH %d: %d %s in %.1f s, loss %.4f",
        state.epochs_done - 1,  # counted from 0, as gensim does
        run.epoch_size,
        run.unit,
        seconds,
        state.loss_history[-1],
    )


def _size(run: Run, state: TrainingState) -> int:
    return state.epochs_wanted * run.epoch_size


@contextlib.contextmanager
def _timed(state: TrainingState) -> Iterator[None]:
    """Add the seconds of a block to the state, however the block ends."""
    begun = time.monotonic()
    try:
        yield
    finally:
        state.total_train_time += time.monotonic() - begun


def _run_epoch(run: Run, state: TrainingState, bar: Progress) -> None:
    """One epoch, on as many threads as the run has workers."""
    workers = run.prepare(state)
    control = Control(workers)
    done = state.passed

    def tick() -> None:
        loss = run.current_loss()
        bar.update(done + control.total(), **({} if loss is None else {"loss": loss}))

    threads.run(lambda worker: run.work(worker, control), workers, control.stop, tick)
    loss, predictions = run.end_epoch()
    state.end_epoch(loss, predictions, control.total(0), control.total(1))
    _check_finite(run, state, loss)


def _check_finite(run: Run, state: TrainingState, loss: float) -> None:
    """FloatingPointError if training has diverged."""
    if not math.isfinite(loss):
        raise FloatingPointError(
            f"the loss is not finite in epoch {state.epochs_trained}: {run.advice()}"
        )
    if not all(map(all_finite, run.matrices())):
        raise FloatingPointError(
            f"the vectors are not finite after epoch {state.epochs_trained}: {run.advice()}"
        )


def all_finite(matrix: NDArray[np.float32]) -> bool:
    """Whether all numbers are finite.

    A finite sum shows that quickly; only if it is not finite is every number looked at, since the
    sum of finite numbers may be too large.

    >>> all_finite(np.array([3e38, 3e38], np.float32))
    True
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(matrix.sum()) or np.isfinite(matrix).all())
