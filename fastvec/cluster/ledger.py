"""The ledger: which portions of a text have been trained on in an epoch, and by whom.

What it says is true of the rows that all trainers agreed on at the latest merge.  So a trainer that
is lost takes nothing with it but what it did since then, and another one does that again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: the names under which a checkpoint keeps it
ARRAYS = ("portion_next", "portion_progress", "portion_rates", "portion_losses")
NO_RATES = (-1.0, -1.0)


@dataclass
class Entry:
    """What the ledger says of one portion.

    Attributes
    ----------
    share : float
        how much of the whole text it is.
    next : int
        the first of its chunks that has not been trained on.
    progress : float
        the share of its tokens that have been trained on; 1 if all have.
    rates : (float, float)
        the learning rate at its first and at its last token, or NO_RATES.
    loss, predictions
        the loss so far, summed over all predictions, and their number.
    trainer : int or None
        who trains on it now.
    """

    share: float
    next: int = 0
    progress: float = 0.0
    rates: tuple[float, float] = NO_RATES
    loss: float = 0.0
    predictions: int = 0
    trainer: int | None = None


@dataclass(frozen=True)
class Report:
    """What a trainer did in one round, of one portion.

    Attributes
    ----------
    next, progress, loss, predictions
        as in :class:`Entry`.
    passed, trained : int
        words passed over in this round, and those of them trained on.
    seconds : float
        how long that took.
    """

    next: int
    progress: float
    loss: float
    predictions: int
    passed: int
    trained: int
    seconds: float


@dataclass
class Ledger:
    """The ledger of one epoch.

    Parameters
    ----------
    entries : list of Entry
    trainers : int
        every so many portions belong to one trainer.

    >>> ledger = Ledger.of([3, 1], trainers=2)
    >>> ledger.assign(trainer=0), ledger.assign(trainer=1), ledger.assign(trainer=2)
    (0, 1, None)
    >>> ledger.release(0)
    >>> ledger.assign(trainer=2)
    0
    """

    entries: list[Entry]
    trainers: int

    @classmethod
    def of(cls, weights: Sequence[int], trainers: int) -> Ledger:
        """The ledger of an epoch that has not begun."""
        total = max(sum(weights), 1)
        return cls([Entry(weight / total) for weight in weights], trainers)

    def renew(self) -> None:
        """Begin another epoch."""
        self.entries = [Entry(entry.share) for entry in self.entries]

    @property
    def progress(self) -> float:
        """The share of the text that has been trained on."""
        return sum(entry.share * entry.progress for entry in self.entries)

    @property
    def is_complete(self) -> bool:
        """Whether all of it has."""
        return all(entry.progress == 1 for entry in self.entries)

    def portion_of(self, trainer: int) -> int | None:
        """The portion that a trainer trains on."""
        return next((i for i, e in enumerate(self.entries) if e.trainer == trainer), None)

    def assign(self, trainer: int) -> int | None:
        """The portion that a trainer is to go on with, or to begin; None if nothing is left for it.

        It gets one of its own first, which it has read in earlier epochs.
        """
        now = self.portion_of(trainer)
        if now is not None:
            return now
        left = [i for i, e in enumerate(self.entries) if e.trainer is None and e.progress < 1]
        if not left:
            return None
        chosen = min(left, key=lambda i: ((i - trainer) % self.trainers != 0, i))
        self.entries[chosen].trainer = trainer
        return chosen

    def commit(self, trainer: int, report: Report) -> None:
        """Note what a trainer did, when its rows have been merged."""
        portion = self.portion_of(trainer)
        assert portion is not None
        entry = self.entries[portion]
        entry.next, entry.progress = report.next, report.progress
        entry.loss, entry.predictions = report.loss, report.predictions
        if entry.progress == 1:
            entry.trainer = None

    def release(self, trainer: int) -> None:
        """Give what a trainer trained on to others: it is lost."""
        for entry in self.entries:
            if entry.trainer == trainer:
                entry.trainer = None

    @property
    def loss(self) -> tuple[float, int]:
        """The loss of the epoch so far, summed over its predictions, and their number."""
        return (
            sum(entry.loss for entry in self.entries),
            sum(entry.predictions for entry in self.entries),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The ledger as a checkpoint keeps it."""
        entries = self.entries
        columns = (
            np.array([entry.next for entry in entries], np.int64),
            np.array([entry.progress for entry in entries]),
            np.array([entry.rates for entry in entries]),
            np.array([(entry.loss, entry.predictions) for entry in entries]),
        )
        return dict(zip(ARRAYS, columns, strict=True))

    def go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Begin where :meth:`arrays` says that an epoch stands; ValueError for other arrays."""
        if not any(name in arrays for name in ARRAYS):
            return
        count = len(self.entries)
        shapes = ((count,), (count,), (count, 2), (count, 2))
        if any(name not in arrays for name in ARRAYS) or any(
            arrays[name].shape != shape for name, shape in zip(ARRAYS, shapes, strict=True)
        ):
            raise ValueError(f"the ledger of the checkpoint is not one of {count} portions")
        columns = (arrays[name].tolist() for name in ARRAYS)
        for entry, next_, progress, rates, (loss, predictions) in zip(
            self.entries, *columns, strict=True
        ):
            entry.next, entry.progress, entry.rates = int(next_), progress, tuple(rates)
            entry.loss, entry.predictions = loss, int(predictions)
