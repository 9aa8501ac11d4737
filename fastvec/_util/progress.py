"""A progress bar for whatever takes longer than two seconds; nothing when output is piped.

Imports nothing of the package.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as RichProgress,
)

QUIET_SECONDS = 2.0


class Progress:
    """One bar on standard error: description, share done, rate, time left, and what else is told.

    Parameters
    ----------
    description : str
        what is being done: ``training``.
    total : int or None
        how much there is to do; None when that is not known.
    unit : str
        what is counted: ``words`` gives a rate in words/s.
    enabled : bool, optional
        True shows the bar, False does not; None (default) shows it if standard error is a
        terminal.

    >>> with Progress("training", total=100, enabled=False) as bar:
    ...     bar.update(50, loss=2.5)
    """

    def __init__(
        self, description: str, total: int | None, unit: str = "words", enabled: bool | None = None
    ) -> None:
        self.enabled = sys.stderr.isatty() if enabled is None else enabled
        self.description = description
        self.total = total
        self.unit = unit
        self.start = time.monotonic()
        self._bar: RichProgress | None = None

    def __enter__(self) -> Progress:
        return self

    def update(self, done: int, **facts: float) -> None:
        """Say how much is done by now, and numbers worth seeing (``loss=2.5``)."""
        seconds = time.monotonic() - self.start
        if not self.enabled or seconds < QUIET_SECONDS:
            return
        if self._bar is None:
            self._bar = self._open()
        text = f"{readable(done / seconds)} {self.unit}/s"
        text += "".join(f"  {name} {value:.4g}" for name, value in facts.items())
        self._bar.update(self._bar.task_ids[0], completed=done, facts=text)

    def _open(self) -> RichProgress:
        # markup=False: a description in brackets is text, not rich's markup.
        bar = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[facts]}", markup=False),
            TextColumn("ETA"),
            TimeRemainingColumn(),
            console=Console(stderr=True, force_terminal=True),  # it is one, or we were told
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
            self._bar.stop()


def readable(number: float) -> str:
    """A number with a thousands letter: 1234567 is ``1.23M``."""
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= 0.9995 * scale:  # not 1000.00k
            return f"{number / scale:.2f}{letter}"
    return f"{number:.0f}"
