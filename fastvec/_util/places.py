"""Where files are: paths of this machine, addresses that fsspec knows, and open files."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeGuard, cast

from fastvec._util.atomic import PathLike, about_file, atomic_write, open_special, path_name

FileLike = PathLike | IO[bytes]


def exists(path: PathLike) -> bool:
    """Whether there is such a file or folder; also for a text that could not be a path at all."""
    try:
        return os.fspath(path) != "" and Path(path).exists()
    except (OSError, ValueError):  # too long for a name, or with a NUL in it
        return False


def is_remote(path: object) -> TypeGuard[str]:
    """Whether a path is an address that fsspec knows, such as s3://bucket/name.

    >>> is_remote("s3://bucket/name"), is_remote("vectors.txt")
    (True, False)
    """
    return isinstance(path, str) and "://" in path and not exists(path)


def file_system(address: str, purpose: str) -> tuple[Any, str]:
    """fsspec's file system of an address, and the path in it.

    ImportError, which says for what it is needed, without fsspec or a package that it needs;
    ValueError for an address of a kind that it does not know.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise ImportError(
            f"to {purpose} {address}, fsspec is needed: pip install 'fastvec[remote]'"
        ) from None
    with about_remote(address, purpose):
        system, path = url_to_fs(address)
    return system, path


@contextlib.contextmanager
def about_remote(address: str, purpose: str) -> Iterator[None]:
    """Give whatever is raised while fsspec is used the address, and the class that says most about
    it: ImportError, ValueError, or OSError for all that is wrong with the place itself.

    >>> with about_remote("s3://bucket/name", "write"):
    ...     raise NotImplementedError("this is read-only")
    Traceback (most recent call last):
    OSError: [Errno 5] fsspec cannot write it: this is read-only: 's3://bucket/name'
    """
    try:
        yield
    except ImportError as error:
        raise ImportError(f"to {purpose} {address}, fsspec needs a package: {error}") from None
    except OSError as error:
        if error.errno is None:
            raise OSError(errno.EIO, f"fsspec cannot {purpose} it: {error}", address) from None
        raise type(error)(error.errno, error.strerror, address) from None
    except ValueError as error:
        raise ValueError(f"fsspec cannot {purpose} {address}: {error}") from None
    except Exception as error:
        raise OSError(errno.EIO, f"fsspec cannot {purpose} it: {error}", address) from error


def name_of(place: FileLike) -> str:
    """What error messages call a file.

    >>> name_of("vectors.txt"), name_of(io.BytesIO())
    ('vectors.txt', 'an open file')
    """
    if isinstance(place, (str, os.PathLike)):
        return path_name(place)
    name = getattr(place, "name", None)
    return name if isinstance(name, str) else "an open file"


def is_local(place: FileLike) -> TypeGuard[PathLike]:
    """Whether this is a path of this machine, which can be mapped and replaced."""
    return isinstance(place, (str, os.PathLike)) and not is_remote(place)


def still_there(place: FileLike) -> str:
    """The end of a message about a file that is not written: that one of before is still there.

    >>> still_there("not_there.safetensors")
    ''
    """
    is_there = is_local(place) and exists(place)
    return f"; {name_of(place)} is still what was saved before" if is_there else ""


@contextlib.contextmanager
def not_saved_if_refused(place: FileLike, remedy: str = "") -> Iterator[None]:
    """Of the check that loading makes, before anything is written: its ValueError or TypeError says
    that the model is not saved."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"the model is not saved, since it could not be loaded: {error}: set it back{remedy}"
            f"{still_there(place)}"
        ) from None


@contextlib.contextmanager
def open_source(place: FileLike) -> Iterator[BinaryIO]:
    """Open a file for reading, wherever it is; an open file is read from where it stands, and is
    not closed.

    TypeError for a file that was opened as text.

    >>> with open_source(io.BytesIO(b"cat")) as file:
    ...     file.read()
    b'cat'
    """
    if is_local(place):
        with about_file(place), open_special(Path(place), "rb") as file:
            yield file
    elif is_remote(place):
        system, path = file_system(place, "read")
        with about_remote(place, "read"):
            opened = system.open(path, "rb")
        with about_file(place), opened as file:
            yield file
    else:
        _check_binary(place, "read")
        yield cast(BinaryIO, io.BufferedReader(_Borrowed(cast(IO[bytes], place))))


@contextlib.contextmanager
def open_target(place: FileLike) -> Iterator[BinaryIO]:
    """Write a file, wherever it is.

    A file of this machine, or of a remote place, is complete or not there at all: a remote one is
    written to a temporary file first.  An open file is written to as it is, and is not closed.

    >>> with open_target("words.txt") as file:
    ...     file.write(b"cat 3\\n")
    6
    """
    if is_local(place):
        with atomic_write(place) as file:
            yield file
    elif is_remote(place):
        system, path = file_system(place, "write")
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "whole"
            with whole.open("wb") as file:
                yield file
            with about_remote(place, "write"):
                system.put_file(str(whole), path)
    else:
        _check_binary(place, "write")
        yield cast(BinaryIO, place)


def _check_binary(place: Any, method: str) -> None:
    if not hasattr(place, method):
        raise TypeError(f"a file is a path, an address or an open file, got {place!r:.60}")
    if isinstance(place, io.TextIOBase):
        raise TypeError(
            f"{name_of(cast(FileLike, place))} is open as text: open it as 'rb' or 'wb'"
        )


class _Borrowed(io.RawIOBase):
    """Reads an open file, which is not closed with it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
