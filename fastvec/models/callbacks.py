"""Callbacks during training, as in gensim."""

from __future__ import annotations

from typing import Any


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
