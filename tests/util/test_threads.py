"""Workers on threads: all run, the first error wins, Ctrl-C stops."""

import os
import signal
import threading

import pytest
from processes import DEADLINE

from fastvec._core import Control
from fastvec._util import threads


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "TICK_SECONDS", 0.005)


class Work:
    """Workers that wait until they are stopped."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.ended: list[int] = []

    def __call__(self, worker: int) -> None:
        assert self.stopped.wait(DEADLINE)
        self.ended.append(worker)


def test_every_worker_runs_once_on_a_thread_of_its_own() -> None:
    barrier = threading.Barrier(7, timeout=DEADLINE)  # passes only if all seven run at once
    seen: list[tuple[int, str]] = []

    def work(worker: int) -> None:
        barrier.wait()
        seen.append((worker, threading.current_thread().name))

    threads.run(work, 7, stop=lambda: None)
    assert sorted(seen) == [(i, f"fastvec_{i}") for i in range(7)]


def test_ticks_come_while_working_and_once_at_the_end() -> None:
    work, ticks = Work(), []

    def tick() -> None:
        assert threading.current_thread() is threading.main_thread()
        ticks.append(len(work.ended))
        if len(ticks) == 4:
            work.stopped.set()

    threads.run(work, 2, work.stopped.set, tick)
    assert ticks[:4] == [0] * 4
    assert ticks[-1] == 2


def test_the_first_error_stops_all_and_is_raised_once() -> None:
    work = Work()

    def failing(worker: int) -> None:
        if worker == 1:
            raise ValueError("first")
        work(worker)
        raise ValueError("later")

    ticks: list[int] = []
    with pytest.raises(ValueError, match="first"):
        threads.run(failing, 3, work.stopped.set)
    assert sorted(work.ended) == [0, 2]  # all had ended before it was raised
    assert ticks == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_error_in_tick_stops_all(error: type[BaseException]) -> None:
    work = Work()

    def tick() -> None:
        raise error

    with pytest.raises(error):
        threads.run(work, 2, work.stopped.set, tick)
    assert sorted(work.ended) == [0, 1]


def test_ctrl_c_stops_all() -> None:
    work = Work()
    barrier = threading.Barrier(2, timeout=DEADLINE)

    def interrupting(worker: int) -> None:
        barrier.wait()
        if worker == 0:
            os.kill(os.getpid(), signal.SIGINT)
        work(worker)

    with pytest.raises(KeyboardInterrupt):
        threads.run(interrupting, 2, work.stopped.set)
    assert sorted(work.ended) == [0, 1]


def test_ctrl_c_while_a_thread_is_started_leaves_no_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work, start, begun = Work(), threading.Thread.start, threading.Event()

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        if thread.name == "fastvec_1":  # the pool has not noted it yet
            assert begun.wait(DEADLINE)
            raise KeyboardInterrupt

    def working(worker: int) -> None:
        if worker == 1:
            begun.set()
        work(worker)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        threads.run(working, 3, work.stopped.set)
    assert sorted(work.ended) == [0, 1]


def test_a_second_ctrl_c_waits_for_the_workers_too() -> None:
    work, interrupts = Work(), []

    def stop() -> None:
        interrupts.append(None)
        if len(interrupts) == 1:
            threading.Timer(0.05, work.stopped.set).start()
            os.kill(os.getpid(), signal.SIGINT)

    def tick() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        threads.run(work, 2, stop, tick)
    assert sorted(work.ended) == [0, 1]


def test_a_thread_that_cannot_start_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    work, start = Work(), threading.Thread.start

    def failing(thread: threading.Thread) -> None:
        if thread.name == "fastvec_2":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", failing)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        threads.run(work, 4, work.stopped.set)
    assert sorted(work.ended) == [0, 1]


def test_no_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers must be at least 1, got 0"):
        threads.run(lambda _: None, 0, stop=lambda: None)


@pytest.mark.parametrize(("items", "workers"), [(100, 3), (2, 5), (0, 2)])
def test_for_each_item_once(items: int, workers: int) -> None:
    done: list[int] = []
    threads.for_each(done.append, range(items), workers)
    assert sorted(done) == list(range(items))


def test_no_item_is_begun_after_an_error() -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item == 3:
            raise ValueError("bad item")
        done.append(item)

    with pytest.raises(ValueError, match="bad item"):
        threads.for_each(work, range(10), 1)
    assert done == [0, 1, 2]


def test_control_says_stop_and_adds_up() -> None:
    control = Control(3)
    assert not control.stopped
    control.stop()
    assert control.stopped
    assert [control.total(column) for column in (0, 15)] == [0, 0]
    for column in (-1, 16):
        with pytest.raises(ValueError, match=f"column must be from 0 to 15, got {column}"):
            control.total(column)
    for workers in 0, 1 << 28:  # of which the bytes do not fit 31 bits
        with pytest.raises(ValueError, match=f"workers must be from 1 to 16384, got {workers}"):
            Control(workers)
