"""Threads for native code: progress, Ctrl-C, and the first error."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
TICK_SECONDS = 0.1


class _Latch:
    """Counts the workers that are at work, so that none is left running.

    Joining the threads is not enough: Ctrl-C may come while the pool starts one, before the pool
    has noted it.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.at_work = 0
        self.closed = False

    def enter(self) -> bool:
        """Begin to work; False if it is too late for that."""
        with self.changed:
            self.at_work += not self.closed
            return not self.closed

    def leave(self) -> None:
        """Work is done."""
        with self.changed:
            self.at_work -= 1
            self.changed.notify_all()

    def close(self, stop: Callable[[], None]) -> None:
        """Let no more workers begin, stop the others and wait for them; Ctrl-C meanwhile is raised
        when they are done."""
        interrupt = None
        while self.at_work or not self.closed:
            try:
                stop()
                with self.changed:
                    self.closed = True
                    self.changed.wait_for(lambda: not self.at_work)
            except KeyboardInterrupt as error:
                interrupt = error
        if interrupt is not None:
            raise interrupt


def run(
    work: Callable[[int], None],
    workers: int,
    stop: Callable[[], None],
    tick: Callable[[], None] | None = None,
) -> None:
    """Call ``work(0) .. work(workers - 1)`` at the same time, and wait until all have returned.

    Parameters
    ----------
    work : callable
        one worker.  It should spend its time in native code that has released the GIL and that
        returns soon after ``stop`` was called.
    workers : int
        how many threads to use, at least 1.
    stop : callable
        asks all workers to return soon.  It is called when a worker or ``tick`` raises, and on
        Ctrl-C.
    tick : callable, optional
        is called on the calling thread about ten times a second, and once more when all workers
        have returned without an error.

    Raises
    ------
    ValueError
        for fewer than one worker.
    BaseException
        the first exception that a worker raised, or what ``tick`` raised, or KeyboardInterrupt; in
        each case after all workers have returned.

    >>> called = []
    >>> run(called.append, workers=2, stop=lambda: None)
    >>> sorted(called)
    [0, 1]
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    errors: list[BaseException] = []
    latch = _Latch()

    def guarded(worker: int) -> None:
        if not latch.enter():
            return
        try:
            work(worker)
        except BaseException as error:
            errors.append(error)
            stop()
        finally:
            latch.leave()

    try:
        with ThreadPoolExecutor(workers, "fastvec") as pool:
            try:
                running = {pool.submit(guarded, worker) for worker in range(workers)}
                while running := wait(running, TICK_SECONDS).not_done:
                    if tick is not None:
                        tick()
            except BaseException:  # also when a thread could not be started
                pool.shutdown(wait=False, cancel_futures=True)
                stop()
                raise
    except BaseException:
        latch.close(stop)
        raise
    if errors:
        raise errors[0]
    if tick is not None:
        tick()


def for_each(
    do: Callable[[Item], None],
    items: Iterable[Item],
    workers: int,
    tick: Callable[[], None] | None = None,
) -> None:
    """Call ``do`` once for each item, on at most ``workers`` threads; see :func:`run` for ``tick``.

    After an error or Ctrl-C no further item is begun.

    >>> squares = {}
    >>> for_each(lambda number: squares.update({number: number**2}), [1, 2, 3], workers=2)
    >>> sorted(squares.items())
    [(1, 1), (2, 4), (3, 9)]
    """
    left = deque(items)

    def work(_: int) -> None:
        while True:
            try:
                item = left.popleft()
            except IndexError:  # all items have been taken
                return
            do(item)

    run(work, max(1, min(workers, len(left))), left.clear, tick)
