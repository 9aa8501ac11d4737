"""What steers a training on the command line: validation, evaluation, early stopping."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import is_special
from fastvec.cli.any_model import AnyModel
from fastvec.cli.files import Source, check_outputs
from fastvec.cli.help import long_run_option
from fastvec.cli.shared import Function
from fastvec.corpus.files import find_files
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.evaluating import EarlyStopping, Evaluation
from fastvec.models.validation import check_share

OPTIONS = (
    long_run_option(
        "--validation",
        metavar="SHARE|TEXT",
        help="hold out a share (0.01) of the sentences, of GloVe the pairs, and show the loss on "
        "them after each epoch; or on a text of its own",
    ),
    long_run_option(
        "--validation-every",
        type=click.IntRange(1),
        metavar="WORDS",
        help="show it each time that so many words (of GloVe: pairs) were trained on, too",
    ),
    long_run_option(
        "--evaluate",
        type=click.Path(exists=True, path_type=Path),
        multiple=True,
        help="evaluate the vectors during training by this file of analogies, similarities or "
        "categories",
    ),
    long_run_option(
        "--evaluate-every",
        metavar="EPOCHS",
        default="epoch",
        show_default=True,
        help="how often: after each epoch, or a number of epochs",
    ),
    long_run_option(
        "--stop-after",
        type=click.IntRange(1),
        metavar="EPOCHS",
        help="end the training when so many epochs in a row were not better than the best one, and "
        "save that; by the first --evaluate file or else by the validation loss",
    ),
)
NAMES = ("validation", "validation_every", "evaluate", "evaluate_every", "stop_after")


def steering_options(command: Function) -> Function:
    """Give a command the options that :class:`Steering` takes."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


class Steering:
    """The options of a command that steer its training.

    UsageError or ValueError, before anything is read, for options that do not go together.

    Parameters
    ----------
    options : dict
        the command's options, from which these are taken out.
    texts : bool
        whether there may be a text for validation.
    """

    def __init__(self, options: dict[str, Any], texts: bool = True) -> None:
        validation, self.every, files, often, stop_after = (options.pop(name) for name in NAMES)
        self.files: tuple[Path, ...] = files
        self.validation = _share_or_text(validation)
        if isinstance(self.validation, float):
            check_share(self.validation)
        elif self.validation is not None:
            if not texts:
                raise click.UsageError("--validation takes a share of the pairs, such as 0.01")
            find_files(self.validation)
        self.stop_after: int | None = stop_after
        self.evaluate_every = _epochs(often)
        if self.every is not None and validation is None:
            raise click.UsageError("--validation-every needs --validation")
        if often != "epoch" and not files:
            raise click.UsageError("--evaluate-every needs --evaluate FILE")
        if stop_after is not None and not files and validation is None:
            raise click.UsageError("--stop-after needs --validation or --evaluate FILE")
        self.evaluation = Evaluation(*files, every=self.evaluate_every) if files else None
        self._stopping: EarlyStopping | None = None

    @contextlib.contextmanager
    def training(self, model: AnyModel, output: Path) -> Iterator[dict[str, Any]]:
        """Arguments for ``train`` or ``fit``, which are called within; Ctrl-C goes back to the best
        model, too."""
        try:
            yield self._arguments(output)
        except KeyboardInterrupt:
            if self._stopping is not None:
                self._stopping.restore(model)
            raise

    def _arguments(self, output: Path) -> dict[str, Any]:
        """The arguments; the best model is kept beside the output."""
        callbacks: list[CallbackAny2Vec] = []
        if self.evaluation is not None:
            callbacks.append(self.evaluation)
        if self.stop_after is not None:
            best = None if is_special(output) else output.with_name(f"{output.name}.best")
            check_outputs([best], self.files)
            self._stopping = EarlyStopping(self.stop_after, self.evaluation, best)
            callbacks.append(self._stopping)
        return {
            "validation": self.validation,
            "validation_every": self.every,
            "callbacks": callbacks,
        }

    @contextlib.contextmanager
    def cleaned(self, resumable: bool) -> Iterator[None]:
        """Remove the file of the best model at the end, since the output has it then; but a
        training that goes on later needs it."""
        try:
            yield
        except BaseException:
            if not resumable:
                self._clean()
            raise
        self._clean()

    def _clean(self) -> None:
        if self._stopping is not None and self._stopping.path is not None:
            with contextlib.suppress(OSError):
                self._stopping.path.unlink(missing_ok=True)


def _share_or_text(given: str | None) -> float | list[Source] | None:
    """A share of the text, or the sources of another text."""
    if given is None:
        return None
    try:
        return float(given)
    except ValueError:
        return [Source(given)]


def _epochs(often: str) -> int:
    """How many epochs "epoch" or a number stands for."""
    if often == "epoch":
        return 1
    if not often.isdecimal() or not int(often):
        raise ValueError(f"evaluate_every must be epoch, or a number of epochs, got {often!r}")
    return int(often)
