"""Writing files so that an error never leaves half a file behind."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PathLike = str | os.PathLike[str]


def check_target(path: PathLike) -> Path:
    """Check before the work that an output can be written; returns it as a Path.

    Raises
    ------
    FileNotFoundError
        if its folder does not exist.
    IsADirectoryError
        if it is a folder itself.
    PermissionError
        if its folder, or an existing device or pipe, cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder, give a file name")
    if is_special(path):
        if not os.access(path, os.W_OK):
            raise PermissionError(f"cannot write {path}: no permission")
        return path
    folder = path.resolve().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"cannot write {path}: no permission to write to {folder}")
    return path


def is_special(path: Path) -> bool:
    """Whether the path exists and is not a regular file but a device, a pipe or a socket."""
    return path.exists() and not path.is_file()


@contextlib.contextmanager
def atomic_write(path: PathLike) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path``; on success it is synced and renamed to ``path``.

    On any error, including a full disk and Ctrl-C, the temporary file is removed and a file that
    was at ``path`` before is unchanged.  If ``path`` is a symbolic link, the file that it points to
    is replaced.  A device or a pipe is written to directly.

    Raises what :func:`check_target` raises, and OSError with the path if writing fails.

    >>> with atomic_write("words.txt") as file:
    ...     file.write(b"cat 3\\n")
    6
    """
    path = check_target(path)
    try:
        if is_special(path):
            with path.open("wb") as file:
                yield file
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except OSError as error:
        if error.filename is None:  # errors of write and fsync have no file name
            reason = error.strerror or str(error)
            raise type(error)(error.errno, f"cannot write {path}: {reason}") from error
        raise


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A temporary file that replaces ``path`` unless there is an error."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _copy_mode(name, path)
        Path(name).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _copy_mode(temporary: str, path: Path) -> None:
    """Give the new file the mode of the old one, or the usual mode (mkstemp sets 0600)."""
    if path.exists():
        mode = path.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    Path(temporary).chmod(mode)


def temporary_folder(folder: PathLike | None) -> str:
    """The folder for temporary files, which must exist; by default the system's.

    >>> temporary_folder(".")
    '.'
    """
    if folder is None:
        return tempfile.gettempdir()
    if not Path(folder).is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", os.fspath(folder))
    return os.fspath(folder)


@contextlib.contextmanager
def about_temporary_files(folder: str) -> Iterator[None]:
    """Make an OSError say that it is about temporary files, and in which folder.

    >>> with about_temporary_files("."):
    ...     raise OSError(errno.ENOSPC, "full")
    Traceback (most recent call last):
    OSError: [Errno 28] no room for temporary files (tmp names another folder): full: '.'
    """
    try:
        yield
    except OSError as error:
        reason = f"no room for temporary files (tmp names another folder): {error.strerror}"
        raise OSError(error.errno, reason, folder) from None
