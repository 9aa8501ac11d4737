"""--checkpoint, --checkpoint-every and --resume: trainings that go on after they were stopped."""

from __future__ import annotations

import functools
import shlex
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from fastvec._util.options import options_of
from fastvec.cli.any_model import AnyModel
from fastvec.cli.files import Source, check_outputs
from fastvec.cli.help import long_run_option
from fastvec.cli.shared import Function, echo, options_from, options_typed
from fastvec.io.container import Container
from fastvec.models.checkpoint import SavedRun
from fastvec.models.glove import GloVe
from fastvec.params import CheckpointParams

Model = TypeVar("Model", bound=AnyModel)

#: what may be another value where a training goes on
CHANGEABLE = {"epochs", "workers", "memory", "tmp", "alpha", "min_alpha"}
CHANGEABLE_OF_GLOVE = {"epochs", "workers", "memory", "tmp", "eta", "grad_clip"}

RESUME = long_run_option(
    "--resume",
    is_flag=True,
    help="go on from the --checkpoint file if it is there; the other options are those of before",
)


def checkpoint_options(command: Function) -> Function:
    """Give a command the options that :class:`Checkpointing` takes."""
    return options_from(CheckpointParams)(RESUME(command))


class Checkpointing:
    """The options of a command that concern checkpoints.

    UsageError or ValueError, before anything is read, for options that do not go together, and for
    a file of before that would be replaced.

    Parameters
    ----------
    options : dict
        the command's options, from which these are taken out.
    outputs : paths
        what else the command writes.
    inputs : paths
        what it reads.
    """

    def __init__(
        self,
        options: dict[str, Any],
        outputs: Iterable[Path],
        inputs: Iterable[Source | Path | None],
    ) -> None:
        resume = options.pop("resume")
        params = CheckpointParams(options.pop("checkpoint"), options.pop("checkpoint_every"))
        self.path = None if params.checkpoint is None else Path(params.checkpoint)
        self.every = params.checkpoint_every
        self.saved: SavedRun | None = None
        self.resumes = False
        if self.path is None:
            if resume:
                raise click.UsageError("--resume needs --checkpoint FILE")
            return
        if "seeds" in options_typed():
            raise click.UsageError("--checkpoint is for one training: leave out --seeds")
        check_outputs([self.path, *outputs], inputs)
        self.resumes = resume and self.path.exists()
        if self.path.exists() and not resume:
            raise ValueError(
                f"{self.path} is there already: --resume goes on from it; remove it to train from "
                "the start"
            )

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments for ``train`` or ``fit``."""
        return {"checkpoint": self.path, "checkpoint_every": self.every}

    def open(
        self,
        load: Callable[[type[Model], Path], tuple[Model, Container]],
        kind: type[Model],
        options: dict[str, Any],
        progress: bool | None,
    ) -> Model | None:
        """The model of the checkpoint, if there is one to go on from; None otherwise.

        Options that were not typed get the values of before.  UsageError for one that was, and
        cannot be changed.
        """
        if self.path is None or not self.resumes:
            return None
        model, file = load(kind, self.path)
        self.saved, model.progress = SavedRun.of(file), progress
        typed = options_typed()
        changeable = CHANGEABLE_OF_GLOVE if issubclass(kind, GloVe) else CHANGEABLE
        for name, before in options_of(model).items():
            if name not in typed:
                options[name] = options[name] if name == "tmp" else before
            elif name not in changeable and options[name] != before:
                raise click.UsageError(
                    f"--{name.replace('_', '-')} is {before} in {self.path}: leave it out, or "
                    "train from the start"
                )
        for name in ("workers", "memory", "tmp"):
            setattr(model, name, options[name])
        if self.every is None:
            self.every = self.saved.every
        return model

    def stopped(self, model: AnyModel, corpus: Iterable[object]) -> Callable[[], NoReturn] | None:
        """What says how to go on after Ctrl-C; None without checkpoints."""
        return None if self.path is None else functools.partial(_stop, model, self.path, corpus)


def _stop(model: AnyModel, path: Path, corpus: Iterable[object]) -> NoReturn:
    """Say how to go on, and exit with code 1."""
    state = model.training_state
    where = f"stopped in epoch {state.epochs_done + 1} of {state.epochs_wanted}"
    if not path.exists():
        echo(f"fastvec: {where}, and no checkpoint was written", err=True)
        sys.exit(1)
    written = time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime))
    given = sys.argv[1:] if "--resume" in sys.argv else [*sys.argv[1:], "--resume"]
    stdin = " (with the same standard input)" if "-" in map(str, corpus) else ""
    echo(f"fastvec: {where}, {path} is of {written}; go on from there with{stdin}", err=True)
    echo(shlex.join(["fastvec", *given]), err=True)
    sys.exit(1)
