"""Temporary files: arrays beyond a budget of memory, and copies of what can be read only once.

A temporary file has no name, so that it disappears with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, about_temporary_files, temporary_folder
from fastvec._util.system import read_at, write_at

Number = TypeVar("Number", bound=np.generic)

ZEROS = bytes(1 << 20)  # what fills a file where the system cannot reserve its blocks


@dataclass(frozen=True)
class Spilled:
    """Where an array stands in a temporary file."""

    position: int
    count: int
    dtype: np.dtype[Any]


#: an array that a Storage keeps: the array itself, or where it is in the file
Kept = NDArray[Any] | Spilled


class TemporaryFile:
    """A file without a name, which threads may write and read at the same time.

    Parameters
    ----------
    folder : path or None
        where it is made; None: the system's folder for temporary files.

    Raises
    ------
    OSError
        a full disk, or a folder that does not exist; the message names the option ``tmp``.

    >>> with TemporaryFile(None) as file:
    ...     spilled = file.append(np.array([3, 5]))
    ...     file.read(spilled)
    array([3, 5])
    """

    def __init__(self, folder: PathLike | None) -> None:
        self.folder = temporary_folder(folder)
        self.end = 0
        self._lock = threading.Lock()
        with about_temporary_files(self.folder):
            self._file = tempfile.TemporaryFile(  # noqa: SIM115 - closed by close()
                prefix="fastvec-", dir=self.folder
            )

    def append(self, array: NDArray[Any]) -> Spilled:
        """Write an array behind everything that was appended so far."""
        with self._lock:
            position = self.end
            self.end += array.nbytes
        return self.write(position, array)

    def write(self, position: int, array: NDArray[Any]) -> Spilled:
        """Write an array at a byte position."""
        self._write(position, array.reshape(-1).view(np.uint8).data)
        return Spilled(position, array.size, array.dtype)

    def read(self, spilled: Spilled) -> NDArray[Any]:
        """An array that was written."""
        array = np.empty(spilled.count, spilled.dtype)
        view, done = array.view(np.uint8).data, 0
        while done < len(view):
            count = read_at(self._file.fileno(), view[done:], spilled.position + done)
            if not count:
                raise OSError(errno.EIO, "a temporary file has lost its end", self.folder)
            done += count
        return array

    def mapped(self, count: int, dtype: Any) -> NDArray[Any]:
        """The first entries of the file as one array, mapped into memory.

        It stays valid after :meth:`close`; the disk space is freed when the array is.
        """
        if count == 0:
            return np.empty(0, dtype)
        return np.memmap(self._file, dtype, "r+", shape=(count,)).view(np.ndarray)

    def reserve(self, size: int) -> None:
        """Make the file ``size`` bytes long, with all its blocks on the disk.

        So a full disk is an error here, and does not kill the process when a mapped page is
        written later.
        """
        if hasattr(os, "posix_fallocate"):
            with about_temporary_files(self.folder):
                os.posix_fallocate(self._file.fileno(), 0, size)
            return
        zeros = memoryview(ZEROS)
        for position in range(0, size, len(zeros)):
            self._write(position, zeros[: size - position])

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def __enter__(self) -> TemporaryFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, position: int, data: memoryview) -> None:
        done = 0
        with about_temporary_files(self.folder):
            while done < len(data):
                done += write_at(self._file.fileno(), data[done:], position + done)


class Storage:
    """Keeps arrays: in memory up to a budget, and beyond it in a temporary file.

    Threads may use it at the same time.

    Parameters
    ----------
    budget : int
        bytes to keep in memory.
    folder : path or None
        where temporary files are made; None: the system's folder for them.

    >>> with Storage(budget=8, folder=None) as storage:
    ...     kept = [storage.put(np.array([i])) for i in range(2)]
    ...     [int(storage.get(each)[0]) for each in kept], type(kept[1]).__name__
    ([0, 1], 'Spilled')
    """

    def __init__(self, budget: int, folder: PathLike | None) -> None:
        self.budget = budget
        self.folder = temporary_folder(folder)
        self._used = 0
        self._file: TemporaryFile | None = None
        self._lock = threading.Lock()

    def put(self, array: NDArray[Any]) -> Kept:
        """Keep an array; it must not be changed any more."""
        with self._lock:
            if self._used + array.nbytes <= self.budget:
                self._used += array.nbytes
                return array
            if self._file is None:
                self._file = TemporaryFile(self.folder)
        return self._file.append(array)

    def get(self, kept: Kept) -> NDArray[Any]:
        """An array that put() has kept."""
        if isinstance(kept, np.ndarray):
            return kept
        assert self._file is not None
        return self._file.read(kept)

    def part(self, kept: Kept, start: int, stop: int) -> NDArray[Any]:
        """The entries from ``start`` to ``stop`` of an array that put() has kept.

        >>> with Storage(budget=0, folder=None) as storage:
        ...     storage.part(storage.put(np.array([3, 5, 7])), 1, 3)
        array([5, 7])
        """
        if isinstance(kept, np.ndarray):
            return kept[start:stop]
        position = kept.position + start * kept.dtype.itemsize
        return self.get(Spilled(position, stop - start, kept.dtype))

    def zeros(self, count: int, dtype: type[Number]) -> NDArray[Number]:
        """A new array of zeros, which outlives the storage: mapped from a file of its own if it is
        larger than the budget."""
        size = count * np.dtype(dtype).itemsize
        if size <= self.budget or size == 0:
            return np.zeros(count, dtype)
        with TemporaryFile(self.folder) as file:
            file.reserve(size)
            return file.mapped(count, dtype)

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Storage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class GrowingArray:
    """One array that is appended to, without ever being moved in memory.

    Room for ``most`` entries is asked for at once; the system gives it page by page, as it is
    touched.  When there are more entries, all of them go to a temporary file.

    Parameters
    ----------
    most : int
        entries to keep in memory.
    dtype
        of the entries.
    folder : path or None
        where a temporary file is made; None: the system's folder for them.

    >>> with GrowingArray(2, np.int64, None) as array:
    ...     array.append(np.array([3, 5]))
    ...     array.append(np.array([7]))
    ...     array.whole()
    array([3, 5, 7])
    """

    def __init__(self, most: int, dtype: Any, folder: PathLike | None) -> None:
        self.folder = temporary_folder(folder)
        self._memory = np.empty(most, dtype)
        self._count = 0
        self._file: TemporaryFile | None = None

    def append(self, entries: NDArray[Any]) -> None:
        """Add some entries; by one thread at a time."""
        end = self._count + len(entries)
        if self._file is None and end > len(self._memory):
            self._file = TemporaryFile(self.folder)
            self._file.append(self._memory[: self._count])
            self._memory = self._memory[:0].copy()
        if self._file is None:
            self._memory[self._count : end] = entries
        else:
            self._file.append(entries.astype(self._memory.dtype, copy=False))
        self._count = end

    def whole(self) -> NDArray[Any]:
        """All entries, in memory or mapped from the file; the array outlives this object."""
        if self._file is None:
            return self._memory[: self._count]
        return self._file.mapped(self._count, self._memory.dtype)

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> GrowingArray:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def seekable(file: BinaryIO, folder: PathLike | None) -> Iterator[BinaryIO]:
    """A file; or, of one that is compressed or a pipe, a copy in a temporary file.

    >>> import io
    >>> with seekable(io.BytesIO(b"cat"), None) as whole:
    ...     whole.read()
    b'cat'
    """
    if file.seekable():
        yield file
        return
    folder = temporary_folder(folder)
    with tempfile.TemporaryFile(dir=folder) as copy:
        with about_temporary_files(folder):
            shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy
