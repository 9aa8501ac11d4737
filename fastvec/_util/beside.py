"""Temporary files beside the files that they become.

Each is locked as long as its process lives.  So the files that killed processes have left are
known, and the next process that writes there removes them.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    HAS_LOCKS = False  # and an open file cannot be renamed, nor a folder be opened
else:
    HAS_LOCKS = True

ENDING = re.compile(r"\.[0-9a-f]{8}\.tmp")
ATTEMPTS = 100  # to find a name that is not there
LONGEST_NAME = 255  # bytes, where the file system does not say it


def create_beside(path: Path, is_folder: bool = False) -> tuple[Path, int]:
    """A new file, or a folder, in the folder of ``path``; and its handle, which holds its lock.

    Its name is that of ``path`` with a few more letters, shortened to what the file system allows.
    Its mode is the usual one, or at most that of the file at ``path``.  Such files that killed
    processes have left are removed.

    >>> name, handle = create_beside(Path("words.txt"))
    >>> os.close(handle)
    >>> again, handle = create_beside(Path("words.txt"))
    >>> name.exists(), again.exists()
    (False, True)
    """
    start = _name_start(path)
    _remove_abandoned(path.parent, start)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666
    flags = os.O_RDONLY if is_folder else os.O_RDWR | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    attempt = 0
    while True:
        attempt += 1
        name = path.parent / f"{start}.{os.urandom(4).hex()}.tmp"
        try:
            if is_folder:
                name.mkdir()
            opened = name if HAS_LOCKS or not is_folder else os.devnull
            handle = os.open(opened, flags, mode)
        except (FileExistsError, FileNotFoundError):  # or another process has removed the folder
            if attempt == ATTEMPTS:  # the folder of the file itself is gone, or takes no files
                raise
            continue
        if not HAS_LOCKS:
            return name, handle
        _lock(handle)
        if _is_at(name, handle):
            return name, handle
        os.close(handle)  # another process has taken it for abandoned before it was locked


def writing_handle(handle: int, held: contextlib.ExitStack) -> int:
    """What to write a file of :func:`create_beside` with.  Its lock is released at the end of
    ``held``, or where there are no locks, and open files cannot be renamed, when it is closed.

    >>> with contextlib.ExitStack() as held:
    ...     name, handle = create_beside(Path("words.txt"))
    ...     with os.fdopen(writing_handle(handle, held), "wb") as file:
    ...         file.write(b"cat")
    3
    """
    if not HAS_LOCKS:
        return handle
    held.callback(os.close, handle)
    return os.dup(handle)


def _name_start(path: Path) -> str:
    """What the names of temporary files for ``path`` begin with."""
    try:
        longest = os.pathconf(path.parent, "PC_NAME_MAX")
    except (AttributeError, ValueError, OSError):
        longest = LONGEST_NAME
    room = max(0, longest - len(".12345678.tmp") - 1)
    return "." + os.fsencode(path.name)[:room].decode(errors="ignore")


def _lock(handle: int) -> bool:
    """Lock an open file, without waiting; False if another process has, or if it cannot be done."""
    if not HAS_LOCKS:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_at(name: Path, handle: int) -> bool:
    """Whether an open file has this name."""
    try:
        return os.path.samestat(name.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _remove_abandoned(folder: Path, start: str) -> None:
    """Remove temporary files that no process has locked."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(start) and ENDING.fullmatch(entry.name, len(start)):
                with contextlib.suppress(OSError):
                    _remove_unless_locked(Path(entry.path))


def _remove_unless_locked(name: Path) -> None:
    handle = os.open(name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        if _lock(handle) and _is_at(name, handle):
            if name.is_dir():
                shutil.rmtree(name)
            else:
                name.unlink()
    finally:
        os.close(handle)
