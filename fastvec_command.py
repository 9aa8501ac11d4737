"""The command ``fastvec``, whose Ctrl-C prints one line even while the package is being imported.

This module is outside the package, because importing any part of the package imports all of it, and
NumPy first.  That takes a fraction of a second, or longer from a cold disk.
"""

import os
import signal


def stop(*_: object) -> None:
    """End at once.  There is nothing to save yet, and an exception could be caught by an import."""
    try:
        os.write(2, b"fastvec: stopped\n")
    finally:
        os._exit(1)


def main() -> None:
    """Entry point: import the command line, and run it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # background jobs ignore Ctrl-C, and continue to
        signal.signal(signal.SIGINT, stop)
    from fastvec.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()
