"""Ctrl-C and other signals, while a command works and while it saves what it has made."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from types import FrameType
from typing import Self

from fastvec._util.signals import STOPPING

SAVING = b"fastvec: the result is being saved (Ctrl-C once more gives it up)\n"


class Interrupts:
    """Ctrl-C and the signals that end a process, while a command works and saves its result.

    The first one stops the work with KeyboardInterrupt.  While ``saving``, they only say that the
    result is being saved; a second Ctrl-C then gives it up.  Terminals that close and
    programs like timeout send their signals more than once, so these never give it up.
    """

    def __init__(self, *, saving: bool = False) -> None:
        self.saving, self._warned = saving, False
        self._numbers: list[int] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in STOPPING:
                if signal.getsignal(number) is signal.default_int_handler:  # it is not ignored
                    signal.signal(number, self._receive)
                    self._numbers.append(number)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self._numbers:
            signal.signal(number, signal.default_int_handler)

    def _receive(self, number: int, _: FrameType | None) -> None:
        if not self.saving:
            self.saving = True  # a second signal is not to end the way to the saving
            raise KeyboardInterrupt
        if number == signal.SIGINT and self._warned:
            raise KeyboardInterrupt
        self._warned |= number == signal.SIGINT
        with contextlib.suppress(OSError, ValueError):  # click.echo cannot be called in a handler
            os.write(sys.stderr.fileno(), SAVING)
