"""Callbacks during training, as in gensim.  Imports nothing of the package."""

from __future__ import annotations

from typing import Any


class CallbackAny2Vec:
    """Base class: override what you need; each method is given the model.

    To end training early, raise StopIteration from ``on_epoch_end``: the model stays as it is.

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
