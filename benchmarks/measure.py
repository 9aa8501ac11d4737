"""Run one command and measure its time, the time of its training phase, and its peak memory.

The process that measures must stay small: a child's peak, as the kernel counts it, is never less
than what its parent had at the fork.  So nothing here or in train.py imports NumPy.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """The measurements of one run."""

    seconds: float  # from the start of the process to its end
    training: float  # between what it printed when training began and when it ended
    peak: int  # bytes of resident memory, memory-mapped files included
    printed: str  # everything that it printed


def measure(
    command: Sequence[str], begins: str, ends: str, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run a command to its end; ``begins`` and ``ends`` are patterns in what it prints.

    Training begins when ``begins`` first appears, and ends when ``ends`` last appears (progress
    lines may match it many times).  RuntimeError with its last words if the command fails or does
    not print them.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    printed, begun, ended, seen = "", 0.0, 0.0, 0
    while piece := os.read(process.stdout.fileno(), 1 << 16):
        now = time.perf_counter()
        printed += piece.decode(errors="replace")
        if not begun and re.search(begins, printed):
            begun = now
        count = len(re.findall(ends, printed))
        if count > seen:
            ended, seen = now, count
    _, status, usage = os.wait4(process.pid, 0)
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode != 0 or not begun or not ended:
        raise RuntimeError(
            f"{' '.join(command)}\nfailed with {process.returncode}: {printed[-2000:]}"
        )
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Measured(seconds, ended - begun, peak, printed)
