"""Cores and memory of this process."""

from pathlib import Path

import pytest

from fastvec._util import system
from fastvec._util.system import available_cores, free_memory, memory_budget


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
    del files["/proc/meminfo"]
    assert free_memory() > 0
