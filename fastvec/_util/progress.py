"""A progress bar for work that takes longer than two seconds; none when output is piped."""

from __future__ import annotations

import contextlib
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

QUIET_SECONDS = 2.0


class Progress:
    """One bar on standard error: description, share done, rate, further numbers, time left.

    Parameters
    ----------
    description : str
        what is being done, such as ``training``.
    total : int or None
        how much there is to do; None if that is not known.
    unit : str
        what is counted; ``words`` shows a rate in words/s.
    enabled : bool, optional
        True shows the bar, False does not; None (default) shows it if standard error is a
        terminal.

    >>> with Progress("training", total=100, enabled=False) as bar:
    ...     bar.update(50, loss=2.5)
    """

    def __init__(
        self, description: str, total: int | None, unit: str = "words", enabled: bool | None = None
    ) -> None:
        self.enabled = _is_terminal(sys.stderr) if enabled is None else enabled
        self.description = description
        self.total = total
        self.unit = unit
        self.start = time.monotonic()
        self._bar: RichProgress | None = None

    def __enter__(self) -> Progress:
        return self

    def update(self, done: int, **facts: float) -> None:
        """Show how much is done by now, and further numbers (``loss=2.5``)."""
        seconds = time.monotonic() - self.start
        if not self.enabled or seconds < QUIET_SECONDS:
            return
        text = f"{readable(done / seconds)} {self.unit}/s"
        text += "".join(f"  {name} {value:.4g}" for name, value in facts.items())
        try:
            if self._bar is None:
                self._bar = self._open()
            self._bar.update(self._bar.task_ids[0], completed=done, facts=text)
        except OSError:  # the terminal was closed: that is no reason to end the work
            self.enabled = False

    def _open(self) -> RichProgress:
        # Imported here, since loading rich takes longer than many uses of fastvec.
        from rich import progress
        from rich.console import Console

        # markup=False: a description in brackets is text, not rich's markup.
        bar = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TextColumn("{task.fields[facts]}", markup=False),
            progress.TextColumn("ETA"),
            progress.TimeRemainingColumn(),
            # Either standard error is a terminal, or the caller asked for the bar all the same.
            console=Console(stderr=True, force_terminal=True),
            transient=True,
        )
        bar.add_task(self.description, total=self.total, facts="")
        bar.start()
        return bar

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.stop()


def readable(number: float) -> str:
    """A number in thousands (k), millions (M) or billions (G): 1234567 is ``1.23M``."""
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= 0.9995 * scale:  # not 1000.00k
            return f"{number / scale:.2f}{letter}"
    return f"{number:.0f}"


def _is_terminal(stream: Any) -> bool:
    """Whether a stream is a terminal; notebooks, services and tests replace standard error by
    None, by closed files, or by objects that can be written to and nothing else."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False
