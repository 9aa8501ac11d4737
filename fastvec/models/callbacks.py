"""Callbacks during training, as in gensim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastvec._util.gensim_names import missing_from_module


class CallbackAny2Vec:
    """A base class for callbacks: override the methods that you need.

    Each of them is given the model.  Raise StopIteration from ``on_epoch_end`` to end the training
    early; the model keeps what it has learned.

    >>> class Report(CallbackAny2Vec):
    ...     def on_epoch_end(self, model):
    ...         print(model.loss_history[-1])
    """

    def on_train_begin(self, model: Any) -> None:
        """Called before the first epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        """Called before each epoch."""

    def on_epoch_end(self, model: Any) -> None:
        """Called after each epoch."""

    def on_train_end(self, model: Any) -> None:
        """Called after the last epoch."""


METHODS = ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end")


def check_callbacks(callbacks: Any) -> tuple[CallbackAny2Vec, ...]:
    """Several callbacks, checked before anything is read; None stands for no callback.

    TypeError for what is no list of objects with the methods of CallbackAny2Vec.

    >>> check_callbacks([len])
    Traceback (most recent call last):
    TypeError: callbacks must be a list of CallbackAny2Vec, got [<built-in function len>]
    """
    given = () if callbacks is None else callbacks
    several = tuple(given) if isinstance(given, Iterable) else None
    if several is None or not all(hasattr(one, name) for one in several for name in METHODS):
        raise TypeError(f"callbacks must be a list of CallbackAny2Vec, got {callbacks!r:.60}")
    return several


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
