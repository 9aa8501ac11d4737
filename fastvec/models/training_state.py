"""How far the training of a model has come: plain numbers, which files keep."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar, overload

from fastvec._util.html import table

T = TypeVar("T")

#: how many epochs notebooks show
SHOWN = 20


@dataclass
class EpochPart:
    """What was done of an epoch that is not complete: of all chunks before ``next``, and no other.

    Attributes
    ----------
    next : int
        the first chunk that has not been trained on.  (GloVe trains on tiles in an order that has
        no such number, and keeps the loss of each tile instead.)
    passed, trained : int
        words (of GloVe: pairs) passed over, and those of them trained on.
    loss : float
        the loss, summed over all predictions.
    predictions : int
        how many predictions that were.
    """

    next: int = 0
    passed: int = 0
    trained: int = 0
    loss: float = 0.0
    predictions: int = 0


@dataclass
class TrainingState:
    """How far the training of a model has come, as plain numbers that a file can hold.

    Together with the model's options, its matrices and its corpus this decides every later step:
    :func:`fastvec.models.training.run_epochs` continues from the state at the end of any epoch, or
    where all workers had finished their chunks, as if it had never stopped.

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
        seconds in which workers trained, over all calls.
    epochs_wanted, epochs_done : int
        of the latest call: how many epochs it asked for, and how many have ended.
    start_rate, end_rate : float
        of the latest call: the learning rate before the first epoch and after the last one.
    rate_decay : float
        if above 0, the rate falls as start_rate / (1 + rate_decay * epochs) instead of on a line.
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
    validation_history : list of float
        the mean loss on text that is held out, each time that it was computed.
    validation_epochs : list of float
        after how many epochs that was.
    calibrated_loss : float
        what early stopping compares of that: the latest loss if all scores were multiplied with the
        scale that makes it the least; infinite if it was not computed.
    validates : bool
        whether the latest call validates the model,
    held_out : float
        and which share of its text it holds out for that; 0 for a text of its own.
    watched : list of float
        of the latest call: what decides when to stop early, after each epoch, the more the better;
        NaN where it was not computed.
    has_ended : bool
        whether the latest call came to its end; it may have ended before ``epochs_wanted``.
    part : EpochPart
        what was done of the epoch after the latest one, if workers paused within it.  Nothing while
        they run.

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
    rate_decay: float = 0.0
    seed: int = 0
    passed: int = 0
    trained: int = 0
    running_training_loss: float = 0.0
    predictions: int = 0
    min_alpha_yet_reached: float = 0.0
    validation_history: list[float] = field(default_factory=list)
    validation_epochs: list[float] = field(default_factory=list)
    calibrated_loss: float = math.inf
    validates: bool = False
    held_out: float = 0.0
    watched: list[float] = field(default_factory=list)
    has_ended: bool = False
    part: EpochPart = field(default_factory=EpochPart)

    def begin_call(self, epochs: int) -> None:
        """Start the counts of a new call of ``train`` that asks for some epochs."""
        self.epochs_wanted, self.epochs_done = epochs, 0
        self.passed = self.trained = self.predictions = 0
        self.running_training_loss = 0.0
        self.watched, self.calibrated_loss = [], math.inf
        self.has_ended, self.part = False, EpochPart()

    def resume_call(self, epochs: int | None) -> None:
        """Go on with the latest call, which now asks for so many epochs in all.

        Raises ValueError for fewer epochs than have been trained.

        >>> TrainingState(epochs_wanted=5, epochs_done=3).resume_call(2)
        Traceback (most recent call last):
        ValueError: epochs must be at least 3, which have been trained, got 2
        """
        if epochs is None:
            return
        begun = self.epochs_done + (self.part.passed > 0)
        if epochs < begun:
            raise ValueError(
                f"epochs must be at least {begun}, which have been trained, got {epochs}"
            )
        if self.has_ended and epochs != self.epochs_wanted and epochs > self.epochs_done:
            self.train_count -= 1  # it counts again at its new end
            self.has_ended = False
        self.epochs_wanted = epochs

    def set_schedule(
        self, start_rate: float, end_rate: float, seed: int, rate_decay: float = 0.0
    ) -> None:
        """Set what the next epochs take: the ends of the learning rate's line, or its decay, and
        the seed."""
        self.start_rate, self.end_rate, self.seed = start_rate, end_rate, seed
        self.rate_decay = rate_decay

    def rate(self, epochs: float | None = None) -> float:
        """The learning rate after so many epochs of the call, by default after those that ended.

        It falls on a straight line from start_rate to end_rate, and never below end_rate, unless
        it has a decay.

        >>> TrainingState(epochs_wanted=4, start_rate=0.5, end_rate=0.1).rate(2)
        0.3
        """
        done = self.epochs_done if epochs is None else epochs
        if self.rate_decay:
            return self.start_rate / (1 + self.rate_decay * done)
        line = self.start_rate + (self.end_rate - self.start_rate) * done / self.epochs_wanted
        return max(line, self.end_rate)

    def end_epoch(self, epoch: EpochPart) -> None:
        """Add what an epoch did; all of it, since Ctrl-C can only come after the last call."""
        rate = self.rate(self.epochs_done + 1)
        self.epochs_done += 1
        self.epochs_trained += 1
        self.passed += epoch.passed
        self.trained += epoch.trained
        self.running_training_loss += epoch.loss
        self.predictions += epoch.predictions
        self.min_alpha_yet_reached = rate
        self.loss_history.append(epoch.loss / epoch.predictions if epoch.predictions else math.nan)

    def to_html(self, title: str) -> str:
        """The losses of the latest epochs as a table, for notebooks.

        >>> TrainingState(loss_history=[2.5, 2.0]).to_html("Word2Vec").count("<tr>")
        3
        """
        validation = dict(zip(self.validation_epochs, self.validation_history, strict=True))
        heads = ("epoch", "loss", "validation loss")[: 3 if validation else 2]
        losses = list(enumerate(self.loss_history, 1))[-SHOWN:]
        rows = ((epoch, loss, validation.get(epoch, "")) for epoch, loss in losses)
        return table(title, heads, (row[: len(heads)] for row in rows))

    def to_dict(self) -> dict[str, Any]:
        """The state as a dict that JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The state that :meth:`to_dict` gave; other keys are ignored, missing ones get defaults.

        Raises TypeError, ValueError or OverflowError for values of another type.
        """
        kinds: dict[str, Any] = {
            "bool": bool,
            "int": int,
            "float": float,
            "list[float]": _floats,
            "EpochPart": _part,
        }
        names = {item.name: kinds[str(item.type)] for item in dataclasses.fields(cls)}
        return cls(**{name: kind(values[name]) for name, kind in names.items() if name in values})


def _floats(values: Iterable[Any]) -> list[float]:
    return [float(value) for value in values]


def _part(values: Mapping[str, Any]) -> EpochPart:
    next_, passed, trained = (int(values[name]) for name in ("next", "passed", "trained"))
    return EpochPart(next_, passed, trained, float(values["loss"]), int(values["predictions"]))


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
