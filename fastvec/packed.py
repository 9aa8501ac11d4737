"""Files that may be packed: .gz, .bz2, .xz and .zst are unpacked and packed on the way."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from fastvec.files import PathLike, atomic_write


def _zstd_open(file: BinaryIO, mode: str) -> Any:
    """Open a zstd stream with Python's own module (3.14) or the ``zstandard`` package."""
    try:
        from compression import zstd
    except ImportError:
        try:
            import zstandard
        except ImportError:
            raise ImportError(
                ".zst needs a package: pip install 'fastvec[zstd]', or use .gz"
            ) from None
        if mode == "rb":  # its reader has no readline
            return io.BufferedReader(zstandard.open(file, mode))
        return zstandard.open(file, mode)
    return zstd.open(file, mode)


OPENERS: dict[str, Callable[[BinaryIO, str], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _zstd_open,
}


@contextmanager
def open_input(path: PathLike) -> Iterator[BinaryIO]:
    """Open a file for reading; .gz, .bz2, .xz and .zst are unpacked on the way.

    >>> with open_input("vectors.txt.gz") as file:
    ...     header = file.readline()
    """
    with Path(path).open("rb") as raw:
        opener = OPENERS.get(Path(path).suffix.lower())
        if opener is None:
            yield raw
            return
        try:
            with opener(raw, "rb") as file:
                yield cast(BinaryIO, file)
        except _errors() as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's trouble, not the file's
            what = "is cut off" if isinstance(error, EOFError) else "is broken"
            raise ValueError(f"{path} {what}: {error}") from error


def _errors() -> tuple[type[Exception], ...]:
    """What the unpackers raise for a broken file."""
    zstd = (sys.modules.get(name) for name in ("compression.zstd", "zstandard"))
    return (
        *(OSError, EOFError, zlib.error, lzma.LZMAError),
        *(module.ZstdError for module in zstd if module is not None),
    )


@contextmanager
def open_output(path: PathLike) -> Iterator[BinaryIO]:
    """Write a file atomically; .gz, .bz2, .xz and .zst are packed on the way.

    >>> with open_output("words.txt.gz") as file:
    ...     count = file.write(b"cat 3\\n")
    """
    with atomic_write(path) as raw:
        suffix = Path(path).suffix.lower()
        if suffix not in OPENERS:
            yield raw
            return
        if suffix == ".gz":  # no name and time in it: the same vectors give the same bytes
            packed: Any = gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0)
        else:
            packed = OPENERS[suffix](raw, "wb")
        with packed:
            yield packed
