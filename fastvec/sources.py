"""Where text comes from: files, globs, folders and standard input become pieces to be read.

A piece is what one worker reads at a time: a part of a file, or a block of bytes that were already
read from something that can only be read from its beginning.  Pieces come in the corpus's order.
Imports nothing of the package.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

PathLike = str | os.PathLike[str]

PART_BYTES = 1 << 21  # of a plain file: small enough that no worker waits long for the last one
BLOCK_BYTES = 1 << 20  # of a stream


@dataclass(frozen=True)
class Part:
    """The words of a plain file of ``size`` bytes that begin in ``[start, stop)``."""

    path: str
    start: int
    stop: int
    size: int


@dataclass(frozen=True)
class Block:
    """Bytes of a stream, cut between words; ``last`` is set on its last block."""

    path: str
    start: int
    data: bytes
    last: bool


Piece = Part | Block


def is_path(source: object) -> bool:
    """Whether something names files (rather than holding text itself)."""
    return isinstance(source, (str, os.PathLike))


def find_files(sources: Iterable[Any]) -> list[str]:
    """The files that paths, globs, folders and ``-`` (standard input) stand for, in order.

    A folder stands for all files in it and in the folders below, in the order of their names; names
    that begin with a dot are passed over.  A path that exists is never taken for a glob.

    Raises
    ------
    FileNotFoundError
        for a path, or a glob, that matches nothing.
    ValueError
        for a folder that holds no file.
    TypeError
        for something that is not a path.

    >>> find_files(["-"])
    ['-']
    """
    files: list[str] = []
    for source in sources:
        if not is_path(source):
            raise TypeError(f"a list of paths holds {source!r}, which is not a path")
        files.extend(_files_of(os.fspath(source)))
    return files


def _files_of(path: str) -> list[str]:
    if path == "-":
        return [path]
    if Path(path).is_dir():
        found = list(_walk(path))
        if not found:
            raise ValueError(f"folder {path} holds no file")
        return found
    if Path(path).exists() or not glob.has_magic(path):
        _check_exists(path)
        return [path]
    names = glob.iglob(path, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute patterns
    matches = sorted(name for name in names if Path(name).is_file())
    if not matches:
        raise FileNotFoundError(errno.ENOENT, "no file matches", path)
    return matches


def _check_exists(path: str) -> None:
    if "\0" in path or len(path) > 4096 or "\n" in path or not Path(path).exists():
        shown = path if len(path) <= 100 else path[:100] + "..."
        raise FileNotFoundError(errno.ENOENT, "there is no such file", shown)


def _walk(folder: str) -> Iterator[str]:
    for entry in sorted(Path(folder).iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(str(entry))
        elif entry.is_file():
            yield str(entry)


def total_bytes(files: Iterable[str]) -> int | None:
    """How many bytes the files have; None if that cannot be known."""
    total = 0
    for path in files:
        if path == "-" or not _can_be_cut(path):
            return None
        total += Path(path).stat().st_size
    return total


def pieces(files: Iterable[str]) -> Iterator[Piece]:
    """The pieces of some files, one file after the other; opened only when their turn comes.

    Raises OSError, with the file's name, when one cannot be read.
    """
    for path in files:
        if path == "-":
            yield from blocks("standard input", sys.stdin.buffer)
        elif _can_be_cut(path):
            size = Path(path).stat().st_size
            for start in range(0, size, PART_BYTES):
                yield Part(path, start, min(start + PART_BYTES, size), size)
        else:
            with Path(path).open("rb") as stream:
                yield from blocks(path, stream)


def _can_be_cut(path: str) -> bool:
    """Whether it is a regular file that knows its size (those in /proc do not)."""
    state = Path(path).stat()
    return stat.S_ISREG(state.st_mode) and state.st_size > 0


def blocks(path: str, stream: BinaryIO) -> Iterator[Block]:
    """A stream of bytes in blocks that end between words."""
    start, rest = 0, [b""]
    data = stream.read(BLOCK_BYTES)
    while data:
        following = stream.read(BLOCK_BYTES)
        cut = last_break(data) if following else len(data)
        rest.append(data[:cut] if cut else data)
        if cut:
            block = b"".join(rest)
            yield Block(path, start, block, last=not following)
            start, rest = start + len(block), [data[cut:]]
        data = following


def last_break(data: bytes) -> int:
    """The position behind the last space, tab or newline, or 0."""
    return 1 + max(data.rfind(b" "), data.rfind(b"\n"), data.rfind(b"\t"))
