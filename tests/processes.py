"""Processes that tests start; none of them outlives its test."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: seconds after which a process that should have ended fails its test: only a deadlock, or a
#: signal that has no effect, takes this long, also on a machine with other work
DEADLINE = 300

#: for a program that a test runs: peak() is the most memory, in KB, that it has had.  What
#: getrusage says includes the memory of the process that started it.
PEAK = """
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
"""
needs_peak = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")


def fastvec(
    folder: Path, *arguments: str | bytes, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a folder to its end; ``options`` are those of subprocess.run."""
    options = {"capture_output": True, "encoding": "utf-8", "timeout": DEADLINE, **options}
    command = [sys.executable, "-m", "fastvec", *arguments]
    return subprocess.run(command, cwd=folder, **options)


@contextmanager
def started(*arguments: str, **options: Any) -> "Iterator[subprocess.Popen[Any]]":
    """Python with these arguments, running; ``options`` are those of subprocess.Popen."""
    with subprocess.Popen([sys.executable, *arguments], **options) as process:
        try:
            yield process
        finally:
            process.kill()
