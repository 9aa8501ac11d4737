"""Writing files so that nothing is ever half-written.

Imports nothing of the package.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PathLike = str | os.PathLike[str]


def check_target(path: PathLike) -> Path:
    """Say now, before hours of work, that an output could not be written later.

    Raises FileNotFoundError when its folder is missing, IsADirectoryError when it is a folder
    itself, PermissionError when its folder cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder, give a file name")
    folder = path.parent
    if not folder.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"cannot write {path}: no permission to write to {folder}")
    return path


@contextlib.contextmanager
def atomic_write(path: PathLike) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path``; on success it is synced and renamed to ``path``.

    On any error, a full disk or Ctrl-C included, the temporary file is removed and whatever was
    at ``path`` before is untouched.

    >>> with atomic_write("words.txt") as file:
    ...     file.write(b"cat 3\\n")
    """
    path = check_target(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _copy_mode(name, path)
        Path(name).replace(path)
    except OSError as error:
        if error.filename is None:  # write and fsync do not say which file
            reason = error.strerror or str(error)
            raise type(error)(error.errno, f"cannot write {path}: {reason}") from error
        raise
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _copy_mode(temporary: str, path: Path) -> None:
    """Give the new file the mode of the old one, or the usual one (mkstemp makes 0600)."""
    if path.exists():
        mode = path.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    Path(temporary).chmod(mode)
