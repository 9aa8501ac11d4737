"""Cores and memory that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

from fastvec._util.options import Size, bytes_from


def available_cores() -> int:
    """The number of cores that this process may run on, which may be fewer than the machine has."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def memory_budget(memory: Size | None) -> int:
    """The bytes that an option ``memory`` allows; None stands for half of the free memory.

    >>> memory_budget("1K")
    1024
    """
    return free_memory() // 2 if memory is None else bytes_from("memory", memory)


def free_memory() -> int:
    """Bytes of memory that this process can still use, as far as the system reports it."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:  # not Linux
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    facts = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return min(facts["MemAvailable"] * 1024, _cgroup_memory())


def _cgroup_memory() -> int:
    """Bytes that the limit of the control group leaves; its page cache counts as free."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
        facts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return max(0, limit - used + int(facts["file"]))
    except (OSError, ValueError, KeyError):
        return 1 << 62
