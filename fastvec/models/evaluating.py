"""Evaluation during training, and early stopping: callbacks for both."""

from __future__ import annotations

import math
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastvec._util.atomic import PathLike, check_target
from fastvec._util.html import table
from fastvec._util.log import log, tell
from fastvec._util.options import check_value
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.vectors.evaluation.comparing import Score, file_kind, score_file

#: what notebooks show of a score
SHOWN = ("file", "measure", "value", "low", "high", "known", "of")


class Evaluation(CallbackAny2Vec):
    """Evaluates the vectors by files of questions, after every so many epochs and the last one.

    The results go to the log, with 95 % intervals: Wilson's for accuracies, and by bootstrap for
    correlations.

    Parameters
    ----------
    files : paths
        files of analogies (or a BATS folder), of similarities or of categories; what a file holds
        is found out.
    every : int, default 1
        after how many epochs.

    Attributes
    ----------
    history : list of list of Score
        the latest training's results: a score for each file, each time that it was evaluated.
    epochs : list of int
        after how many epochs that was each time,
    epoch : int
        and the last time.

    Raises
    ------
    ValueError
        for a file that is none of these.

    >>> from fastvec import Word2Vec
    >>> text = [["king", "man", "car"], ["queen", "man"]] * 50
    >>> evaluation = Evaluation("pairs.txt")
    >>> model = Word2Vec(text, vector_size=4, sample=0, callbacks=[evaluation])
    >>> len(evaluation.history), evaluation.history[-1][0].measure
    (5, 'spearman')
    """

    def __init__(self, *files: PathLike, every: int = 1) -> None:
        if not files:
            raise ValueError("Evaluation needs a file of questions")
        for file in files:
            file_kind(file)
        self.files = files
        self.every = check_value("every", every, int, low=1)
        self.history: list[list[Score]] = []
        self.epochs: list[int] = []

    @property
    def epoch(self) -> int:
        """After how many epochs the vectors were evaluated the last time; 0 before."""
        return self.epochs[-1] if self.epochs else 0

    def on_train_begin(self, _: Any) -> None:
        """Begin a new history."""
        self.history, self.epochs = [], []

    def on_epoch_end(self, model: Any) -> None:
        """Evaluate, if it is time for it."""
        state = model.training_state
        if state.epochs_done % self.every and state.epochs_done < state.epochs_wanted:
            return
        self.epochs.append(state.epochs_done)
        self.history.append([score_file(model.wv, file) for file in self.files])
        for score in self.history[-1]:
            _tell_score(score, state.epochs_done, state.epochs_wanted)

    def _repr_html_(self) -> str:
        latest = self.history[-1] if self.history else []
        title = f"Evaluation after epoch {self.epoch}" if latest else "Evaluation"
        return table(title, SHOWN, [[getattr(score, name) for name in SHOWN] for score in latest])


def _tell_score(score: Score, epoch: int, epochs: int) -> None:
    interval = "" if math.isnan(score.low) else f" ({score.low:.4f} to {score.high:.4f})"
    tell(
        "evaluation",
        f"evaluation: after epoch {epoch} of {epochs}, {score.file}: {score.measure} "
        f"{score.value:.4f}{interval}, {score.known} of {score.of} known",
        epoch=epoch,
        epochs=epochs,
        file=score.file,
        measure=score.measure,
        score=score.value,
        low=score.low,
        high=score.high,
        known=score.known,
        of=score.of,
    )


class EarlyStopping(CallbackAny2Vec):
    """Ends the training when the model has not become better for some epochs, and goes back to the
    best one.

    What is watched is the validation loss (``train(validation=...)``), or the score by the first
    file of an :class:`Evaluation`, which need not be among the callbacks.  The validation loss
    of Word2Vec is taken at the best scale of the scores (Guo et al. 2017, "On Calibration of Modern
    Neural Networks", section 4): on a small text rows grow until predictions are too sure, and
    the loss rises, while similarities, which know no scale, become better.  The best model is kept
    in a file, and its vectors and output weights are read from there into the model's own arrays
    at the end: memory never holds them twice.

    Parameters
    ----------
    patience : int, default 3
        how many epochs (of an Evaluation: how many evaluations) may pass without a better value.
    evaluation : Evaluation, optional
        what to watch; by default the validation loss.
    path : path, optional
        the file of the best model, which stays there; by default a temporary file in the model's
        folder ``tmp``.

    Attributes
    ----------
    best_epoch : int
        after how many epochs of the latest training the model was the best.

    Raises
    ------
    ValueError
        in training if there is nothing to watch.

    >>> from fastvec import Word2Vec
    >>> text = [["king", "man", "car"], ["queen", "man"]] * 50
    >>> stopping = EarlyStopping(patience=2)
    >>> model = Word2Vec(text, sample=0, validation=[["king", "car"]], callbacks=[stopping])
    >>> 1 <= stopping.best_epoch <= model.epochs
    True
    """

    def __init__(
        self,
        patience: int = 3,
        evaluation: Evaluation | None = None,
        path: PathLike | None = None,
    ) -> None:
        self.patience = check_value("patience", patience, int, low=1)
        self.evaluation = evaluation
        self.path = None if path is None else check_target(path)
        self.best_epoch = 0
        self.file = Path()

    def on_train_begin(self, model: Any) -> None:
        """Begin anew, or go on where a training that is resumed was interrupted."""
        state = model.training_state
        if self.evaluation is None and not state.validates:
            raise ValueError(
                "EarlyStopping needs something to watch: give train a validation, or it an "
                "Evaluation"
            )
        self.file = self.path if self.path is not None else self._temporary_file(model.tmp)
        if state.watched and not self.file.exists():
            log.warning("the best model of before is not in %s: the next one counts", self.file)
            state.watched = [math.nan] * len(state.watched)
        self.best_epoch = best_epoch(state.watched)

    def _temporary_file(self, folder: PathLike | None) -> Path:
        """A file that is removed with this object."""
        made = tempfile.mkdtemp(prefix="fastvec-", dir=folder)
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return Path(made, "best.safetensors")

    def on_epoch_end(self, model: Any) -> None:
        """Keep the model if it is the best so far; StopIteration if it is time to stop."""
        state = model.training_state
        value = self._value(model)
        if value is None:
            return
        done = state.epochs_done
        state.watched += [math.nan] * (done - 1 - len(state.watched)) + [value]
        best = best_epoch(state.watched)
        if best == done:
            model.save(self.file)
            self.best_epoch = best
            tell("best", f"the best so far: epoch {best}", epoch=best, value=value, file=self.file)
        since = [one for one in state.watched[best:] if not math.isnan(one)]
        if len(since) >= self.patience:
            tell("stopping", f"stopping: none was better than epoch {best}", epoch=done, best=best)
            raise StopIteration

    def on_train_end(self, model: Any) -> None:
        """Go back to the best model, unless it is the latest."""
        if self.best_epoch < model.training_state.epochs_done:
            self.restore(model)
        if self.path is None:
            self.file.unlink(missing_ok=True)

    def restore(self, model: Any) -> None:
        """Go back to the best model so far, if there is one: after Ctrl-C, for example."""
        if self.best_epoch:
            model._restore_rows(self.file)
            tell("restored", f"back at epoch {self.best_epoch}, the best", epoch=self.best_epoch)

    def _value(self, model: Any) -> float | None:
        """What is watched, better if greater; None if there is nothing new."""
        state = model.training_state
        if self.evaluation is None:
            return -float(state.calibrated_loss)
        if self.evaluation.epoch != state.epochs_done:
            self.evaluation.on_epoch_end(model)
        if self.evaluation.epoch != state.epochs_done:
            return None
        value = self.evaluation.history[-1][0].value
        return -math.inf if math.isnan(value) else value


def best_epoch(watched: Sequence[float]) -> int:
    """The first epoch with the greatest value; NaN stands for none; 0 if there is no value.

    >>> best_epoch([-2.0, -1.5, math.nan, -1.5])
    2
    """
    values = [(value, -epoch) for epoch, value in enumerate(watched, 1) if not math.isnan(value)]
    return -max(values)[1] if values else 0
