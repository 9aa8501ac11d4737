"""The signals that end a process, held back until work has come to a good place."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self

#: Ctrl-C, a plain kill, and a terminal that closes (on Windows SIGBREAK)
STOPPING = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
]


class HeldSignals:
    """Holds back the first signal that would end the process, until :meth:`deliver` lets it act.

    A second Ctrl-C acts at once.  The other signals never do: terminals that close, and programs
    like timeout, send theirs more than once.  What is ignored stays so.  Only the main thread can
    hold signals back; in any other one nothing changes.

    Attributes
    ----------
    held : int or None
        the number of the signal that waits.

    >>> with HeldSignals() as signals:
    ...     signals.held is None
    True
    """

    def __init__(self) -> None:
        self.held: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in STOPPING:
                before = signal.getsignal(number)
                if before not in (signal.SIG_IGN, None):
                    self._before[number] = before
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before = {}

    def _receive(self, number: int, _: FrameType | None) -> None:
        if self.held is None:
            self.held = number
        elif number == signal.SIGINT:
            self.deliver()

    def deliver(self) -> None:
        """Let the signal that waits, if there is one, do what it does without this object: mostly
        it ends the process, or raises KeyboardInterrupt."""
        if self.held is not None:
            number, self.held = self.held, None
            self.__exit__()
            signal.raise_signal(number)
            self.__enter__()  # its handler has returned: the work goes on
