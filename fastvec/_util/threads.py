"""Run native workers on Python threads: ticks, Ctrl-C, and the first error wins.

Imports nothing of the package.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

TICK_SECONDS = 0.1


def run(
    work: Callable[[int], None],
    workers: int,
    stop: Callable[[], None],
    tick: Callable[[], None] | None = None,
) -> None:
    """Call ``work(0) .. work(workers - 1)``, each on its own thread, and wait for all of them.

    Parameters
    ----------
    work : callable
        one worker; it should spend its time in ``nogil`` code that looks for ``stop``.
    stop : callable
        asks all workers to end soon.  Called when a worker or ``tick`` raises, and on Ctrl-C.
    tick : callable, optional
        called on the calling thread about ten times a second, and once more at the end.

    Raises
    ------
    ValueError
        fewer than one worker.
    BaseException
        the first exception that any worker raised, once, after all workers have ended; or
        KeyboardInterrupt.

    >>> total = []
    >>> run(total.append, workers=2, stop=lambda: None)
    >>> sorted(total)
    [0, 1]
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    errors: list[BaseException] = []
    running = [workers]
    lock = threading.Lock()
    finished = threading.Event()

    def body(index: int) -> None:
        try:
            work(index)
        except BaseException as error:
            with lock:
                errors.append(error)
            stop()
        finally:
            with lock:
                running[0] -= 1
                if running[0] == 0:
                    finished.set()

    threads = [
        threading.Thread(target=body, args=(i,), name=f"fastvec-{i}", daemon=True)
        for i in range(workers)
    ]
    try:
        for thread in threads:
            thread.start()
        while not finished.wait(TICK_SECONDS):
            if tick is not None:
                tick()
    except BaseException:
        stop()
        raise
    finally:
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    if errors:
        raise errors[0]
    if tick is not None:
        tick()
