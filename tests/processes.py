"""Processes that tests start; none of them outlives its test."""

import atexit
import functools
import re
import socket
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


@functools.cache
def python() -> tuple[str, ...]:
    """The words that start Python, before ``-m MODULE`` or ``-c CODE``.

    On Linux it has imported fastvec already (forks.py).  Signals that are sent to it, limits of its
    resources and further open files are not those of the process that does the work.
    """
    if sys.platform != "linux":
        return (sys.executable,)
    forks = str(Path(__file__).with_name("forks.py"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind("")  # the system chooses a name
        listener.listen(64)
        command = [sys.executable, forks, "serve", str(listener.fileno())]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()])
        atexit.register(server.communicate)  # it ends with its standard input
        return (sys.executable, "-IS", forks, listener.getsockname()[1:].decode())


def fastvec(
    folder: Path, *arguments: str | bytes, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a folder to its end; ``options`` are those of subprocess.run."""
    options = {"capture_output": True, "encoding": "utf-8", "timeout": DEADLINE, **options}
    start = (sys.executable,) if "preexec_fn" in options else python()
    command = [*start, "-m", "fastvec", *arguments]
    return subprocess.run(command, cwd=folder, **options)


def skip_without_package(says: str) -> None:
    """Skip the test of something that ended since an optional package is not installed.

    ``says`` is its message, which names the package.
    """
    if missing := re.search(r"needs? (\w+): pip install 'fastvec\[", says):
        pytest.importorskip(missing[1], reason=f"{missing[1]} is not installed")


@contextmanager
def started(*arguments: str, **options: Any) -> "Iterator[subprocess.Popen[Any]]":
    """Python with these arguments, running; ``options`` are those of subprocess.Popen."""
    with subprocess.Popen([sys.executable, *arguments], **options) as process:
        try:
            yield process
        finally:
            process.kill()


#: the command line, to which something happens when an epoch begins
HOOKED = """
import os, signal, sys
import fastvec_command
from fastvec.models import training

signal.signal(signal.SIGINT, signal.default_int_handler)
epoch, hook = int(sys.argv.pop()), sys.argv.pop()
run_epoch = training._run_epoch

def hooked(run, state, *more):
    if state.epochs_done + 1 == epoch:
        exec(hook)
    run_epoch(run, state, *more)

training._run_epoch = hooked
fastvec_command.main()
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
STOP = "os.kill(os.getpid(), signal.{})"


def hooked(
    folder: Path, hook: str, *arguments: str, epoch: int = 3
) -> "subprocess.CompletedProcess[str]":
    """Run a command, and a line of Python when an epoch begins."""
    command = [*python(), "-c", HOOKED, *arguments, hook, str(epoch)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE)
