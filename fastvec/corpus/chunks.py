"""Pieces: what one worker reads at a time.

Every kind knows how to have itself read by a TextReader; and, for words that a function makes, what
texts or sentences it holds.  Imports only the native core.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, TextReader

PART_BYTES = 1 << 21  # of a plain file: small enough that no worker waits long for the last one
BLOCK_BYTES = 1 << 20  # of a stream

# what blocks of a stream end with
Breaks = tuple[bytes, ...]
WORDS: Breaks = (b" ", b"\n", b"\t")
LINES: Breaks = (b"\n",)
WHOLE: Breaks = ()  # the end of the stream only


#: gives True if the reader pauses; what it reads from stays open until the exit
Reading = AbstractContextManager[bool]


class Stream(Protocol):
    """Whatever gives bytes from its beginning to its end."""

    def read(self, size: int, /) -> bytes: ...


class Piece(Protocol):
    """Something to be read; ``name`` is where it comes from."""

    @property
    def name(self) -> str: ...

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        """Have it read."""
        ...


def bad_text(name: str, position: int) -> ValueError:
    """The error about bytes that are not UTF-8."""
    return ValueError(
        f"{name}: byte {position} is not valid UTF-8 (errors='replace' reads it nevertheless)"
    )


@dataclass(frozen=True)
class Part:
    """The words of a plain file of ``size`` bytes that begin in ``[start, stop)``."""

    name: str
    start: int
    stop: int
    size: int

    @contextmanager
    def read(self, reader: TextReader, control: Control, worker: int) -> Iterator[bool]:
        handle = os.open(self.name, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            yield reader.file_range(handle, self.start, self.stop, self.size, control, worker)
            check_size(self.name, handle, self.size)
        except OSError as error:
            if error.filename is not None:  # not this file, but one that ids are put into
                raise
            raise OSError(error.errno, error.strerror, self.name) from None
        finally:
            os.close(handle)


@dataclass(frozen=True)
class Block:
    """Bytes of a stream, cut between words or lines; ``last`` is set on its last block."""

    name: str
    start: int
    data: bytes
    last: bool

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        data = np.frombuffer(self.data, np.uint8)
        return nullcontext(reader.block(data, self.start, self.last, control, worker))

    def texts(self, lines: bool, errors: str) -> list[str]:
        """Its lines, or all of it as one, by the rules that the native reader keeps."""
        if not self.data:
            return []
        try:
            text = self.data.decode(errors=errors)
        except UnicodeDecodeError as error:
            raise bad_text(self.name, self.start + error.start) from None
        if self.start == 0:
            text = text.removeprefix("\ufeff")
        text = text.replace("\r", "")
        return text.removesuffix("\n").split("\n") if lines else [text.replace("\n", " ")]


@dataclass(frozen=True)
class Texts:
    """Rows of text; row ``r`` is ``joined[ends[r]:ends[r + 1]]``, and read like a file."""

    name: str
    joined: NDArray[np.uint8]
    ends: NDArray[np.int64]

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        return nullcontext(reader.text_rows(self.joined, self.ends, control, worker))

    def texts(self, lines: bool, errors: str) -> Iterator[str]:
        """The lines of all rows, or the rows."""
        for start, end in itertools.pairwise(self.ends.tolist()):
            row = self.joined[start:end].tobytes()
            yield from Block(self.name, 0, row, last=True).texts(lines, errors)


@dataclass(frozen=True)
class Lists:
    """Sentences of words: ``r`` has the words ``starts[r]`` to ``starts[r + 1]``, word ``w`` is
    ``joined[ends[w]:ends[w + 1]]``."""

    name: str
    joined: NDArray[np.uint8]
    ends: NDArray[np.int64]
    starts: NDArray[np.int64]

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        return nullcontext(reader.token_rows(self.joined, self.ends, self.starts, control, worker))

    def sentences(self) -> Iterator[list[str]]:
        """The sentences as lists of words."""
        for start, end in itertools.pairwise(self.starts.tolist()):
            ends = itertools.pairwise(self.ends[start : end + 1].tolist())
            yield [self.joined[a:b].tobytes().decode() for a, b in ends]


@dataclass(frozen=True)
class Numbers:
    """Sentences of integers: ``r`` is ``values[starts[r]:starts[r + 1]]``."""

    name: str
    values: NDArray[np.int64]
    starts: NDArray[np.int64]

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        return nullcontext(reader.int_rows(self.values, self.starts, control, worker))

    def sentences(self) -> Iterator[NDArray[np.int64]]:
        """The sentences as arrays."""
        for start, end in itertools.pairwise(self.starts.tolist()):
            yield self.values[start:end]


def parts(path: str) -> Iterator[Part]:
    """The parts of a plain file."""
    size = Path(path).stat().st_size
    for start in range(0, size, PART_BYTES):
        yield Part(path, start, min(start + PART_BYTES, size), size)


def check_size(name: str, handle: int, size: int) -> None:
    """ValueError if an open file has become shorter than it was: text is missing then."""
    now = os.fstat(handle).st_size
    if now < size:
        raise ValueError(f"{name} became shorter while it was read: {now} bytes of {size} are left")


def blocks(name: str, stream: Stream, breaks: Breaks = WORDS) -> Iterator[Block]:
    """A stream of bytes in blocks that end behind a break."""
    start, rest = 0, [b""]
    data = stream.read(BLOCK_BYTES)
    while data:
        following = stream.read(BLOCK_BYTES)
        cut = last_break(data, breaks) if following else len(data)
        rest.append(data[:cut] if cut else data)
        if cut:
            block = b"".join(rest)
            yield Block(name, start, block, last=not following)
            start, rest = start + len(block), [data[cut:]]
        data = following


def last_break(data: bytes, breaks: Breaks) -> int:
    """The position behind the last of these bytes, or 0."""
    return 1 + max((data.rfind(byte) for byte in breaks), default=-1)


def integers(array: NDArray[Any]) -> NDArray[np.int64]:
    """An array as int64; ValueError if a number is too large for it."""
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise ValueError(f"item ids must be below 2**63, got {array.max()}")
    return np.ascontiguousarray(array, np.int64)
