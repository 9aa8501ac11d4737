"""How far work has come: a bar where somebody watches, and lines in the log.

The bar is for work that takes longer than two seconds.  The lines go to the logger ``fastvec``;
the command line shows them where there is no bar (fastvec/cli/news.py).
"""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Iterator
from typing import Any

from fastvec._util.bars import Bar, is_wanted, open_bar
from fastvec._util.log import tell
from fastvec._util.system import used_memory

QUIET_SECONDS = 2.0  # before a bar is shown
NEWS_SECONDS = 10.0  # between two lines in the log


class Progress:
    """A bar and lines in the log: description, share done, rate, further facts, time left.

    Parameters
    ----------
    description : str
        what is being done, such as ``training``.
    total : int or None
        how much there is to do; None if that is not known.
    unit : str
        what is counted; ``words`` shows a rate in words/s.
    enabled : bool, optional
        True shows the bar, False does not; None (default) shows it if standard error is a terminal,
        and in notebooks.  The lines are logged in any case.
    done : int
        how much was done before, which does not count for the rate.
    every : float
        seconds between two lines in the log.

    >>> with Progress("training", total=100, enabled=False) as bar:
    ...     bar.update(50, loss=2.5)
    """

    def __init__(
        self,
        description: str,
        total: int | None,
        unit: str = "words",
        enabled: bool | None = None,
        *,
        done: int = 0,
        every: float = NEWS_SECONDS,
    ) -> None:
        self.enabled = is_wanted(enabled)
        self.description = description
        self.total = total
        self.unit = unit
        self.start = self._told = time.monotonic()
        self._before, self._every = done, every
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        return self

    def update(self, done: int, **facts: Any) -> None:
        """Show how much is done by now, and further facts (``loss=2.5``, ``epoch=2, epochs=5``)."""
        now = time.monotonic()
        if now - self._told >= self._every:
            self.tell(done, **facts)
        if not self.enabled or now - self.start < QUIET_SECONDS:
            return
        text = f"{readable(self._rate(done))} {self.unit}/s"
        text = "  ".join([text, *map(" ".join, _shown(facts))])
        try:
            if self._bar is None:
                self._bar = open_bar(self.description, self.total)
            self._bar.show(done, text)
        except OSError:  # the terminal was closed: that is no reason to end the work
            self.enabled = False

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the time of a block out of the rate."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.start += time.monotonic() - begun

    def tell(self, done: int, event: str = "progress", **facts: Any) -> None:
        """Log a line about how much is done by now, and further facts."""
        self._told = time.monotonic()
        rate, memory = self._rate(done), used_memory()
        left = None if self.total is None or not rate else (self.total - done) / rate
        parts = [" ".join(pair) for pair in _shown(facts)]
        first = sum(name in facts for name in ("epoch",))
        share = f"{readable(done)} {self.unit}"
        if self.total:
            share = f"{100 * done / self.total:.1f} %"
        parts[first:first] = [share, f"{readable(rate)} {self.unit}/s"]
        if left is not None and done < (self.total or 0):
            parts.append(f"{datetime.timedelta(seconds=round(left))} left")
        if memory is not None:
            parts.append(f"{readable(memory)}B of memory")
        tell(
            event,
            f"{self.description}: {', '.join(parts)}",
            doing=self.description,
            done=done,
            total=self.total,
            unit=self.unit,
            per_second=rate,
            seconds=self._told - self.start,
            seconds_left=left,
            memory_bytes=memory,
            **facts,
        )

    def _rate(self, done: int) -> float:
        """How much was done in a second, on average."""
        return (done - self._before) / max(time.monotonic() - self.start, 1e-9)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.close()


def _shown(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Facts as people read them: ``epoch`` and ``epochs`` are one."""
    shown = []
    for name, value in facts.items():
        if name == "epoch":
            shown.append((name, f"{value} of {facts['epochs']}"))
        elif name != "epochs" and value is not None:
            shown.append((name, f"{value:.4g}"))
    return shown


def plural(number: int, noun: str) -> str:
    """A number of things: ``1 word``, ``1,234 words``.

    >>> plural(1, "word"), plural(1234, "word")
    ('1 word', '1,234 words')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def readable(number: float) -> str:
    """A number in thousands (k), millions (M) or billions (G): 1234567 is ``1.23M``."""
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= 0.9995 * scale:  # not 1000.00k
            return f"{number / scale:.2f}{letter}"
    return f"{number:.0f}"
