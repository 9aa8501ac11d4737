"""What happens now and then during a training: checkpoints, lines of news, validation."""

from __future__ import annotations


class Watcher:
    """Something that happens now and then during a training; override what you need.

    All methods are called on the thread of the training loop.

    >>> class Halfway(Watcher):
    ...     def tick(self, done, loss):
    ...         return done > 1000
    ...
    ...     def pause(self):
    ...         print("no worker changes the vectors now")
    """

    def tick(self, done: int, loss: float | None) -> bool | None:
        """Called about ten times a second while workers run, so it must be quick.

        Parameters
        ----------
        done : int
            words (of GloVe: pairs) passed over since the call of ``train`` began.
        loss : float, optional
            the mean loss of this epoch so far, if there is one.

        Returns
        -------
        bool or None
            True asks for a pause: all workers finish the chunks that they have begun, and then
            :meth:`pause` is called.
        """

    def pause(self) -> None:
        """Called when :meth:`tick` has asked for it: workers have paused, and the training state
        says where.  They go on afterwards."""

    def end_epoch(self) -> None:
        """Called after each epoch and its callbacks; StopIteration ends the training."""
