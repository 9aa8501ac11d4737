"""Training a model and saving it, so that neither Ctrl-C nor an error loses what was learned."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from fastvec._util.atomic import path_name
from fastvec._util.progress import plural, readable
from fastvec.cli.any_model import AnyModel
from fastvec.cli.interrupts import Interrupts
from fastvec.cli.output import VectorOutput
from fastvec.cli.shared import echo, print_json, report
from fastvec.cli.steering import Steering


def train_and_save(
    output: VectorOutput,
    model: AnyModel,
    train: Callable[[], None],
    quiet: bool,
    as_json: bool,
    stopped: Callable[[], NoReturn] | None = None,
) -> None:
    """Train and save a model.  What was learned is saved too if Ctrl-C or an error stops it.

    What was learned in less than one epoch does not replace a file: it goes beside it.  With
    ``stopped``, that is called after Ctrl-C, and nothing is saved.
    """
    stop: BaseException | None = None
    with Interrupts() as interrupts:
        try:
            train()
        except (KeyboardInterrupt, OSError, MemoryError) as error:
            state = model.training_state
            by_user = isinstance(error, KeyboardInterrupt)
            if by_user and stopped is not None:
                stopped()
            if not _has_vectors(model) or not (by_user or state.epochs_trained):
                raise
            stop = error
        interrupts.saving = True
        wanted, beside = output.path, False
        if stop is not None and not model.training_state.epochs_trained:
            beside = output.go_beside()
        output.save(model)
    if stop is None:
        output.report(quiet, model.wv)
        if as_json:
            print_json(facts(output, model))
        return
    epoch = model.training_state.epochs_done + 1
    saved = f"saved what was learned so far in {path_name(output.path)}"
    left = f", {wanted} is still what it was" if beside else ""
    echo(f"fastvec: stopped in epoch {epoch} of {model.epochs}, {saved}{left}", err=True)
    if isinstance(stop, KeyboardInterrupt):
        sys.exit(1)
    raise stop


def train_one(
    output: VectorOutput,
    model: AnyModel,
    steering: Steering,
    fit: Callable[[dict[str, Any]], str],
    quiet: bool,
    as_json: bool,
    stopped: Callable[[], NoReturn] | None,
) -> None:
    """Train a model with the arguments of ``steering``, and save it; ``fit`` returns what is to be
    said of the training."""

    def train() -> None:
        with steering.training(model, output.path) as arguments:
            result = fit(arguments)
        report(quiet, result)

    with steering.cleaned(stopped is not None):
        train_and_save(output, model, train, quiet, as_json, stopped)


def result_of(model: AnyModel, words: int) -> str:
    """The time, the speed and the last loss of a training that has passed over so many words."""
    state = model.training_state
    seconds = state.total_train_time
    return (
        f"{plural(state.epochs_done, 'epoch')} in {seconds:.1f} s, "
        f"{readable(words / max(seconds, 1e-9))} words/s, loss {state.loss_history[-1]:.4f}"
    )


def facts(output: VectorOutput, model: AnyModel) -> dict[str, Any]:
    """What there is to say of a training that is complete."""
    state = model.training_state
    return {
        "output": str(output.path),
        "format": output.file_format.name,
        "words": len(model.wv),
        "vector_size": model.vector_size,
        "epochs": state.epochs_done,
        "seconds": round(state.total_train_time, 3),
        "loss": state.loss_history[-1] if state.loss_history else None,
        "loss_history": state.loss_history,
    }


def _has_vectors(model: AnyModel) -> bool:
    """Whether training has begun: a moment before, there is nothing to save yet."""
    try:
        return len(model.wv) > 0
    except RuntimeError:
        return False
