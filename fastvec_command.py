"""The command ``fastvec``: Ctrl-C ends it with one line while the package is still imported, too.

It stands beside the package: whoever imports a part of that imports all of it first, and NumPy and
SciPy with it, which takes a quarter of a second, and longer when the disk is cold.
"""

import os
import signal


def stop(*_: object) -> None:
    """End at once, since nothing has begun; an import might swallow an exception."""
    try:
        os.write(2, b"fastvec: stopped\n")
    finally:
        os._exit(1)


def main() -> None:
    """Entry point: import the command line, and run it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # and not ignored, as in a background job
        signal.signal(signal.SIGINT, stop)
    from fastvec.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()
