"""Cores and memory of this process."""

import os
from pathlib import Path
from typing import Any

import pytest

from fastvec._util import system
from fastvec._util.system import (
    UNKNOWN_MEMORY,
    available_cores,
    free_memory,
    memory_budget,
    read_at,
    write_at,
)


def test_cores_are_those_that_may_be_used() -> None:
    assert available_cores() >= 1


def test_a_budget_is_what_the_option_says_or_half_of_the_free_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert memory_budget("2K") == memory_budget(2048) == 2048
    monkeypatch.setattr(system, "free_memory", lambda: 1001)
    assert memory_budget(None) == 500


def test_free_memory_is_that_of_the_machine_or_of_the_control_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = {
        "/proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 4 kB\n",
        "/sys/fs/cgroup/memory.max": "5000",
        "/sys/fs/cgroup/memory.current": "3000",
        "/sys/fs/cgroup/memory.stat": "anon 2000\nfile 1000\n",
    }

    def read_text(path: Path) -> str:
        if str(path) not in files:
            raise FileNotFoundError(path)
        return files[str(path)]

    monkeypatch.setattr(Path, "read_text", read_text)
    assert free_memory() == 3000  # 5000 - 3000, and 1000 of page cache
    files["/sys/fs/cgroup/memory.max"] = "max"  # no limit
    assert free_memory() == 4096
    files["/sys/fs/cgroup/memory.max"] = "2500"
    assert free_memory() == 500
    files["/sys/fs/cgroup/memory.max"] = "max"
    for odd in (None, "", "MemTotal: 9 kB\nMemFree: 4 kB\n", "MemAvailable: much", "MemAvailable:"):
        files["/proc/meminfo"] = odd or ""
        if odd is None:
            del files["/proc/meminfo"]
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        assert free_memory() == physical // 2
    for answer in (ValueError("unrecognized name"), OSError(), AttributeError(), -1):

        def sysconf(_: str, answer: Any = answer) -> int:
            if isinstance(answer, Exception):
                raise answer
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(os, "sysconf", sysconf)
            assert free_memory() == UNKNOWN_MEMORY // 2


@pytest.mark.parametrize("can_seek_only", [False, True])
def test_reading_and_writing_at_a_position(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_seek_only: bool
) -> None:
    if can_seek_only:  # Windows
        monkeypatch.delattr(os, "preadv")
        monkeypatch.delattr(os, "pwrite")
    into = bytearray(8)
    with (tmp_path / "file").open("w+b") as file:
        assert write_at(file.fileno(), memoryview(b"word"), 3) == 4
        assert write_at(file.fileno(), memoryview(b"big"), 0) == 3
        assert read_at(file.fileno(), memoryview(into), 1) == 6
        assert bytes(into) == b"igword\0\0"
        assert read_at(file.fileno(), memoryview(into), 7) == 0
