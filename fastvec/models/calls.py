"""One call of ``train``, ``fit`` or ``resume``: what it asks for besides training, and its run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Protocol, Self

from fastvec._util.options import check_value
from fastvec._util.progress import NEWS_SECONDS
from fastvec.models.callbacks import CallbackAny2Vec, check_callbacks
from fastvec.models.checkpoint import SavedRun, checkpoints
from fastvec.models.evaluating import EarlyStopping
from fastvec.models.training import Run, run_epochs
from fastvec.models.validation import Validated, watchers_of
from fastvec.params import CheckpointParams


class CallOptions:
    """What a call asks for besides training; all of it is checked.

    Parameters
    ----------
    callbacks, report_delay, validation_every, checkpoint, checkpoint_every
        see :meth:`fastvec.Word2Vec.train`.

    >>> CallOptions(report_delay=0)
    Traceback (most recent call last):
    ValueError: report_delay must be above 0, got 0
    """

    def __init__(
        self,
        callbacks: Iterable[CallbackAny2Vec] = (),
        report_delay: float = NEWS_SECONDS,
        validation_every: int | None = None,
        checkpoint: Any = None,
        checkpoint_every: Any = None,
    ) -> None:
        self.callbacks = check_callbacks(callbacks)
        self.report_delay = check_value("report_delay", report_delay, float, above=0)
        self.validation_every = check_value("validation_every", validation_every, int | None, low=1)
        self.checkpoints = CheckpointParams(checkpoint, checkpoint_every)

    @classmethod
    def resumed(
        cls,
        saved: SavedRun,
        callbacks: Iterable[CallbackAny2Vec],
        report_delay: float,
        validation_every: int | None,
        checkpoint: Any,
        checkpoint_every: Any,
    ) -> Self:
        """Those of a call that goes on from a checkpoint, which is written again where and as often
        as before unless the call asks for something else."""
        path = saved.path if checkpoint is None else checkpoint
        every = saved.every if checkpoint_every is None else checkpoint_every
        return cls(callbacks, report_delay, validation_every, path, every)


class ValidatedRun(Run, Validated, Protocol):
    """A run with all that a call needs of it."""


def run_call(
    model: Any,
    run: ValidatedRun,
    validation: object,
    options: CallOptions,
    save: Callable[..., None],
) -> None:
    """Train a model from where its training state is.

    ``validation`` is what is validated on; ``save(model, path, metadata, arrays)`` writes a model.
    """
    state = model.training_state
    stops = any(
        isinstance(one, EarlyStopping) and one.evaluation is None for one in options.callbacks
    )
    watchers = watchers_of(run, state, validation, options.validation_every, calibrate=stops)
    with checkpoints(run, state, options.checkpoints, functools.partial(save, model)) as writers:
        run_epochs(
            model,
            run,
            state,
            (*watchers, *options.callbacks),
            model.progress,
            (*watchers, *writers),
            options.report_delay,
        )
