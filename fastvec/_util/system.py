"""What differs from system to system: cores, memory, and what files can do."""

from __future__ import annotations

import mmap
import os
import platform
import sys
import threading
from pathlib import Path
from typing import Any

from fastvec._util.options import Size, bytes_from

#: What is taken for the memory of a machine that does not say how much it has.
UNKNOWN_MEMORY = 4 << 30

WINDOWS = sys.platform == "win32"
#: how native code opens a file that it reads
READ_ONLY = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
#: whether a file can be replaced while it is mapped into memory, here or in another process
MAPPED_FILES_CAN_BE_REPLACED = not WINDOWS

_SEEKING = threading.Lock()  # held where the system cannot read and write at a position


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
        free = _windows_memory() if WINDOWS else _physical_memory() // 2
    return min(free, _cgroup_memory())


def _physical_memory() -> int:
    """Bytes of memory that the machine has; UNKNOWN_MEMORY where the system does not say it."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES")
        return os.sysconf("SC_PAGE_SIZE") * pages if pages > 0 else UNKNOWN_MEMORY
    except (AttributeError, OSError, ValueError):  # Windows, or a system without these names
        return UNKNOWN_MEMORY


def _windows_memory() -> int:
    """Bytes of memory that Windows still has; UNKNOWN_MEMORY if it does not say it."""
    if sys.platform == "win32":
        import ctypes

        status = (ctypes.c_ulonglong * 8)(64)  # MEMORYSTATUSEX: its size, all memory, free memory
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(status):
            return status[2]
    return UNKNOWN_MEMORY


def used_memory() -> int | None:
    """Bytes of memory that this process holds, files that it has mapped included.

    On macOS it is the most that it has ever held; None where the system does not tell.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # not Linux
        try:
            import resource
        except ImportError:  # Windows
            return None
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def machine() -> dict[str, Any]:
    """What a log says about the machine.

    >>> machine()["cores"] == available_cores()
    True
    """
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": available_cores(),
        "free_memory_bytes": free_memory(),
    }


def _processor() -> str:
    """The name of the processor, or of its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


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


def read_at(handle: int, into: memoryview, position: int) -> int:
    """Read from a position of an open file; threads may do so at the same time.  How many bytes.

    >>> with Path("text.txt").open("rb") as file:
    ...     into = bytearray(4)
    ...     read_at(file.fileno(), memoryview(into), 2), bytes(into)
    (4, b'rose')
    """
    if hasattr(os, "preadv"):
        return os.preadv(handle, [into], position)
    with _SEEKING:
        os.lseek(handle, position, os.SEEK_SET)
        data = os.read(handle, len(into))
    into[: len(data)] = data
    return len(data)


def write_at(handle: int, data: memoryview, position: int) -> int:
    """The same for writing.

    >>> with Path("letters.txt").open("wb") as file:
    ...     write_at(file.fileno(), memoryview(b"cat"), 0)
    3
    """
    if hasattr(os, "pwrite"):
        return os.pwrite(handle, data, position)
    with _SEEKING:
        os.lseek(handle, position, os.SEEK_SET)
        return os.write(handle, data)


def private_pages(size: int) -> mmap.mmap:
    """Zeroed memory that goes back to the system with the last array in it.

    >>> len(private_pages(4096))
    4096
    """
    if WINDOWS:
        return mmap.mmap(-1, size)
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
