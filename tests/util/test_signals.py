"""Signals that are held back until work has come to a good place."""

import signal
import threading
from collections.abc import Iterator

import pytest

from fastvec._util.signals import STOPPING, HeldSignals


@pytest.fixture
def received() -> Iterator[list[int]]:
    """What handlers of this test receive."""
    numbers: list[int] = []
    before = {number: signal.getsignal(number) for number in STOPPING}
    for number in STOPPING:
        signal.signal(number, lambda number, _: numbers.append(number))
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_waits_until_it_is_delivered(received: list[int], number: int) -> None:
    with HeldSignals() as signals:
        signal.raise_signal(number)
        assert (signals.held, received) == (number, [])
        signals.deliver()
        assert (signals.held, received) == (None, [number])
        signal.raise_signal(number)  # the next one waits again
        assert (signals.held, received) == (number, [number])
    signal.raise_signal(number)
    assert received == [number] * 2


def test_without_a_signal_nothing_is_delivered(received: list[int]) -> None:
    with HeldSignals() as signals:
        signals.deliver()
    assert received == []


def test_a_second_ctrl_c_acts_at_once(received: list[int]) -> None:
    with HeldSignals() as signals:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)  # as timeout sends it
        assert received == []
        signal.raise_signal(signal.SIGINT)
        assert (signals.held, received) == (None, [signal.SIGTERM])


def test_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with HeldSignals() as signals:
            signal.raise_signal(signal.SIGHUP)
            assert signals.held is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_holds_nothing_back(received: list[int]) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with HeldSignals():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    signal.raise_signal(signal.SIGTERM)
    leave.set()
    thread.join()
    assert received == [signal.SIGTERM]
