"""Trainings as their curves: what the JSON log of a run says of them."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastvec._util.atomic import PathLike, path_name
from fastvec.io.archives import open_input
from fastvec.io.compression import MOST_BYTES, lines_of

STRANGE = "{name}: line {number} is not one of a log that fastvec wrote"
LARGEST = 1e100  # far beyond all numbers of a training
MEASURED = ("epoch", "progress")  # events with the rate, the speed and the training loss


@dataclass
class Curve:
    """A number after some epochs, which need not be whole, and its 95 % interval where it has one.

    >>> Curve([1, 2], [0.5, 0.4]).values[-1]
    0.4
    """

    epochs: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, epoch: float, value: Any, low: Any = None, high: Any = None) -> None:
        """Add a point; None stands for no number.

        ValueError for what is no number of a training.

        >>> curve = Curve()
        >>> curve.add(1, None)
        >>> curve.values
        [nan]
        """
        self.epochs.append(_number(epoch))
        for numbers, number in ((self.values, value), (self.low, low), (self.high, high)):
            numbers.append(math.nan if number is None else _number(number))


@dataclass
class TrainingCurves:
    """The curves of one training.

    Attributes
    ----------
    name : str
        what the legend calls it.
    unit : str
        what the speed counts: words or pairs.
    loss, validation, rate, speed : Curve
        the training loss, the validation loss, the learning rate, and how much a second.
    evaluations : dict of str to Curve
        scores, by file and measure.
    """

    name: str
    unit: str = "words"
    loss: Curve = field(default_factory=Curve)
    validation: Curve = field(default_factory=Curve)
    rate: Curve = field(default_factory=Curve)
    speed: Curve = field(default_factory=Curve)
    evaluations: dict[str, Curve] = field(default_factory=dict)

    def take(self, event: Mapping[str, Any]) -> None:
        """Take what an event of a log says.

        >>> curves = TrainingCurves("run")
        >>> curves.take({"event": "validation", "epoch": 1.0, "loss": 0.25})
        >>> curves.validation.values
        [0.25]
        """
        kind = event["event"]
        if kind in MEASURED and event.get("doing") == "training":
            done = _number(event["done"]) / max(_number(event["total"] or 1), 1)
            epoch = _number(event["epochs"]) * done
            self.rate.add(epoch, event["rate"])
            self.speed.add(epoch, event["per_second"])
            if kind == "epoch":  # what progress says is the loss of a part of an epoch
                self.loss.add(epoch, event["loss"])
        elif kind == "validation" and event["epoch"]:  # what it was before is far above all others
            self.validation.add(event["epoch"], event["loss"])
        elif kind == "evaluation":
            self.add_score(event["epoch"], event)

    def add_score(self, epoch: float, score: Mapping[str, Any]) -> None:
        """Add the score by a file: ``file``, ``measure``, ``score``, ``low`` and ``high``.

        >>> curves = TrainingCurves("run")
        >>> score = {"file": "a/ws353.csv", "measure": "spearman", "score": 0.6, "low": 0.5}
        >>> curves.add_score(1, score | {"high": 0.7})
        >>> list(curves.evaluations)
        ['ws353.csv, spearman']
        """
        name = f"{Path(score['file']).name}, {score['measure']}"
        curve = self.evaluations.setdefault(name, Curve())
        curve.add(epoch, score["score"], score["low"], score["high"])


def _number(value: Any) -> float:
    """A number as a log has it; ValueError for anything else, and for one that cannot be drawn."""
    if not isinstance(value, int | float) or abs(value) > LARGEST:
        raise ValueError(f"not a number of a training: {value!r:.50}")
    return float(value)


def read_runs(path: PathLike, name: str | None = None) -> list[TrainingCurves]:
    r"""The trainings in a log that ``--log`` or :class:`fastvec.RunLog` wrote.

    The last line may be cut off, as it is while a run goes on.  ``name`` is what messages and
    legends call the file.

    Raises
    ------
    ValueError
        a file that is no such log, or has no training in it, with its name.

    >>> text = '{"event": "training", "unit": "words"}\n'
    >>> text += '{"event": "validation", "epoch": 1, "loss": 0.5}\n'
    >>> _ = Path("run.jsonl").write_text(text)
    >>> read_runs("run.jsonl")[0].name
    'run'
    """
    name = path_name(path) if name is None else name
    found: list[TrainingCurves] = []
    for number, event in _events(path, name):
        try:
            if event["event"] == "training":
                found.append(TrainingCurves(_numbered(name, len(found)), str(event["unit"])))
            elif found:
                found[-1].take(event)
        except (KeyError, TypeError, ValueError):
            raise ValueError(STRANGE.format(name=name, number=number)) from None
    found = [one for one in found if one.speed.epochs or one.validation.epochs]
    if not found:
        raise ValueError(f"{name} is a log without any epoch of a training")
    return found


def _numbered(name: str, before: int) -> str:
    stem = name.removesuffix(".jsonl")
    return stem if not before else f"{stem} ({before + 1})"


def _events(path: PathLike, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The numbers of the lines, and what they say."""
    with open_input(path) as file:
        lines = list(lines_of(name, file, MOST_BYTES))
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            if number == len(lines) > 1 and not line.endswith(b"\n"):
                return
            event = None
        if not (isinstance(event, dict) and "event" in event):
            raise ValueError(STRANGE.format(name=name, number=number))
        yield number, event


def is_log(head: bytes) -> bool:
    """Whether a file that begins so may be a log.

    >>> is_log(b'{"time": "2026-11-30T12:00:00Z", "event": "start"'), is_log(b"word 3")
    (True, False)
    """
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") and b'"event"' in head


def of_model(model: Any, evaluations: Iterable[Any]) -> TrainingCurves:
    """What a model remembers of its training, and the callbacks Evaluation."""
    state = model.training_state
    curves = TrainingCurves(type(model).__name__)
    for epoch, loss in enumerate(state.loss_history, 1):
        curves.loss.add(epoch, loss)
    for epoch, loss in zip(state.validation_epochs, state.validation_history, strict=True):
        curves.validation.add(epoch, loss)
    for evaluation in evaluations:
        for epoch, scores in zip(evaluation.epochs, evaluation.history, strict=True):
            for score in scores:
                curves.add_score(epoch, vars(score) | {"score": score.value})
    return curves
