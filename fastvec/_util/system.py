"""Cores and memory that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

from fastvec._util.options import Size, bytes_from

#: What is taken for the memory of a machine that does not say how much it has.
UNKNOWN_MEMORY = 4 << 30


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
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        free = int(facts["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError, IndexError):  # not Linux, an old one, or a sandbox
        free = _physical_memory() // 2
    return min(free, _cgroup_memory())


def _physical_memory() -> int:
    """Bytes of memory that the machine has; UNKNOWN_MEMORY where the system does not say it."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES")
        return os.sysconf("SC_PAGE_SIZE") * pages if pages > 0 else UNKNOWN_MEMORY
    except (AttributeError, OSError, ValueError):  # Windows, or a system without these names
        return UNKNOWN_MEMORY


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
