"""What the runs of all models have in common that take one corpus, chunk by chunk."""

from __future__ import annotations

import functools
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control
from fastvec._util import threads
from fastvec.corpus.corpus import Corpus
from fastvec.io.container import array_checksum
from fastvec.models.training_state import TrainingState
from fastvec.models.validation import hold_out


class CoreTraining(Protocol):
    """An object of the native core that trains a corpus."""

    @property
    def n_workers(self) -> int:
        """How many workers it was made for."""
        ...

    @property
    def loss(self) -> float:
        """The loss of this epoch so far, summed over its predictions."""
        ...

    @property
    def predictions(self) -> int:
        """How many predictions that were."""
        ...

    def run(self, index: int, control: Control) -> None:
        """Run one worker."""
        ...


class CorpusRun:
    """A part of a :class:`fastvec.models.training.Run` on a corpus.

    Parameters
    ----------
    corpus : Corpus
    validation : float or Corpus, optional
        what to validate on: a share that is held out of the corpus, or other text.
    """

    unit = "words"
    training: CoreTraining

    def __init__(self, corpus: Corpus, validation: float | Corpus | None = None) -> None:
        self.corpus, self.validation = corpus, validation
        self._split = hold_out(corpus, validation) if isinstance(validation, float) else None
        self.epoch_size = len(corpus.tokens) - (self._split.words if self._split else 0)

    def work(self, worker: int, control: Control) -> None:
        """Run one worker of the core."""
        self.training.run(worker, control)

    def current_loss(self) -> float:
        """The mean loss of the predictions of this epoch so far."""
        return self.training.loss / max(self.training.predictions, 1)

    def loss(self) -> tuple[float, int]:
        """The loss of this epoch so far, and its predictions."""
        return self.training.loss, self.training.predictions

    def position(self) -> dict[str, NDArray[Any]]:
        """Nothing: workers take chunks in order, so that their number says it."""
        return {}

    @functools.cached_property
    def fingerprint(self) -> dict[str, Any]:
        """The words and sentences of the corpus, and a checksum of all ids."""
        ids, offsets = self.corpus.tokens, self.corpus.offsets
        return {
            "words": len(ids),
            "sentences": len(self.corpus),
            "checksum": array_checksum(ids)[0] + array_checksum(offsets)[0],
        }


def run_whole(training: CoreTraining) -> tuple[float, int]:
    """Run all workers of a core to the end of its epoch: the loss, and the predictions."""
    control = Control(training.n_workers)
    work = training.run
    threads.run(lambda worker: work(worker, control), control.workers, control.stop)
    return training.loss, training.predictions


def epoch_seed(state: TrainingState) -> int:
    """The seed of the next epoch's random numbers.

    It depends on the model's seed and on the number of epochs before, so that continuing draws the
    same numbers as training longer.
    """
    sequence = np.random.SeedSequence((state.seed, state.epochs_trained))
    return int(sequence.generate_state(1, np.uint64)[0])
