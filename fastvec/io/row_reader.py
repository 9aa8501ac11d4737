"""The rows of word2vec and GloVe files, read ahead on a thread and parsed by the native core."""

from __future__ import annotations

import os
import re
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._core import RowReader
from fastvec._util.places import FileLike, name_of
from fastvec._util.progress import Progress
from fastvec.io.compression import MOST_BYTES, open_input
from fastvec.words import Words

Floats = NDArray[np.float32]

MAX_SIZE = 1 << 20  # numbers in a vector; a header that says more is damaged
MAX_WORDS = 2**31 - 2  # word ids are 32 bits
CHUNK = 1 << 21  # bytes read at a time
MARGIN = 1 << 16  # room before each chunk for the beginning of the row that ends in it
EXPECTED = 1 << 24  # the hash table of words has room for so many at the start, at most
FIRST = 10  # lines by which text is told from binary rows
HEADER = re.compile(rb"\d+[ \t]+\d+\s*")  # the number of words, and of numbers in each vector
NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\ufffd]")  # characters that decoded binary numbers give


def read_rows(
    path: FileLike, *, binary: bool, header: bool, limit: int | None
) -> tuple[Words, Floats, int]:
    """Read the rows of a file; the words are not decoded.

    Parameters
    ----------
    binary : bool
        binary rows instead of text.
    header : bool
        whether the first line says how many words and numbers there are.
    limit : int or None
        read only so many rows.

    Returns
    -------
    words : Words
        whose bytes are those of the file, in whatever encoding it is.
    vectors : (V, D) float32 array
    dropped : int
        how many rows were left out because their word had occurred before.

    >>> read_rows("vectors.bin", binary=True, header=True, limit=2)[0]
    Words(2: king, queen, ...)
    """
    with open_input(path) as file, _ReadAhead(file) as data:
        rows = _RowFile(data, path, binary, header, limit)
        with Progress("reading", data.size, "bytes") as bar:
            vectors = rows.read_all(bar)
    table = rows.reader.table
    joined, offsets = table.arrays()
    words = Words(np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64), table)
    return words, vectors, rows.reader.duplicates


class _ReadAhead:
    """The bytes of a file, read ahead on a thread; those not parsed yet are data[start:end]."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        #: bytes in the file; None if it is compressed or a pipe
        self.size = _plain_size(file)
        self.parsed = 0  # bytes of the file before data[start]
        self.buffers = [np.empty(MARGIN + CHUNK, np.uint8) for _ in range(2)]
        self.data = self.buffers[0]
        self.start = self.end = 0
        self.ended = False
        self.thread = ThreadPoolExecutor(1)
        self.pending: Future[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.thread.shutdown()

    def line(self) -> bytes:
        """The first line; it must be read before anything else."""
        line = self.file.readline(256)
        self.parsed += len(line)
        return line

    def advance(self, end: int) -> None:
        """Record that everything before data[end] has been parsed."""
        self.parsed += end - self.start
        self.start = end

    def read_more(self) -> None:
        """Read the next chunk; the beginning of an unfinished row is moved in front of it."""
        rest = self.data[self.start : self.end]
        got = self._ahead().result()
        fresh = self.buffers[1]
        self.buffers.reverse()
        self.pending = None
        self.ended = got == 0
        if len(rest) <= MARGIN:
            self.start, self.end = MARGIN - len(rest), MARGIN + got
            fresh[self.start : MARGIN] = rest
            self.data = fresh
        else:
            self.data = np.concatenate([rest, fresh[MARGIN : MARGIN + got]])
            self.start, self.end = 0, len(self.data)
        if not self.ended:
            self.pending = self._ahead()

    def _ahead(self) -> Future[int]:
        """The read of the next chunk, into the buffer that is not in use."""
        if self.pending is None:
            room = self.buffers[1][MARGIN:].data
            self.pending = self.thread.submit(self.file.readinto, room)  # type: ignore[attr-defined]
        return self.pending

    def rest(self) -> bytes:
        """The bytes that have been read but not parsed."""
        return self.data[self.start : self.end].tobytes()

    def row(self, start: int) -> bytes:
        """The line that starts at data[start], as far as it has been read."""
        return self.data[start : self.end].tobytes().partition(b"\n")[0]


class _RowFile:
    """A file with a row for each word, while it is read: its sizes and its matrix."""

    def __init__(
        self, data: _ReadAhead, path: FileLike, binary: bool, header: bool, limit: int | None
    ) -> None:
        self.data = data
        self.path = name_of(path)
        self.binary = binary
        self.count: int | None = None
        if header:
            self.count, size = self._header()
        else:
            size = self._count_fields()
        if binary:
            self._refuse_text(size)
        self.size = size
        self.wanted = MAX_WORDS if self.count is None else self.count
        if limit is not None:
            self.wanted = min(self.wanted, limit)
        self.room = self._first_room()
        self.reader = RowReader(size, binary, min(self.room, EXPECTED))

    def _header(self) -> tuple[int, int]:
        line = self.data.line()
        try:
            count, size = (int(field) for field in line.split())
        except ValueError:
            raise ValueError(
                f"{self.path}: the first line must say how many words and how many numbers in a "
                f"vector there are, found {excerpt(line)}"
            ) from None
        if not 0 <= count <= MAX_WORDS or not 1 <= size <= MAX_SIZE:
            raise ValueError(
                f"{self.path}: the first line says {count} words of {size} numbers, which cannot be"
            )
        return count, size

    def _count_fields(self) -> int:
        """How many numbers a row has, for a file without a header: of the first rows, the fewest
        fields at the end that are numbers (a word may end with numbers too)."""
        self._read_more(1)
        while not self.data.ended and b"\n" not in self.data.rest():
            self._read_more(1)
        lines = self.data.rest().split(b"\n")
        whole = lines if self.data.ended else lines[:-1]
        rows = [line for line in whole[:100] if line.strip()]
        sizes = [_trailing_numbers(line) for line in rows]
        if not sizes or min(sizes) == 0:
            line = rows[sizes.index(0)] if sizes else b""
            raise ValueError(
                f"{self.path}: row {sizes.index(0) + 1 if sizes else 1}: expected a word and "
                f"numbers, found {excerpt(line)}"
            )
        if HEADER.fullmatch(rows[0]) and min(sizes[1:], default=1) > 1:
            raise ValueError(
                f"{self.path}: its first line is a header, {excerpt(rows[0])}: read it with "
                "no_header=False (--from word2vec)"
            )
        return min(*sizes, MAX_SIZE)

    def _refuse_text(self, size: int) -> None:
        """ValueError if the rows are text: read as binary they would give senseless numbers."""
        data = self.data
        while not data.ended and data.end - data.start < CHUNK:
            self._read_more(1)
        lines = data.rest().split(b"\n", FIRST)
        if len(lines) > FIRST or not data.ended:
            lines.pop()  # the rest of the file, or half a line
        if _are_text(lines, size):
            raise ValueError(
                f"{self.path}: its rows are text, not binary: read it with binary=False "
                "(--from word2vec)"
            )

    def _advice(self) -> str:
        """What an error about a row of text adds if the rows look binary; "" if they do not."""
        head = self.data.rest()[: 4 * self.size + 256].decode(errors="replace")
        if self.reader.row or not NO_TEXT.search(head[:-1]):  # the last letter may be cut
            return ""
        return "; if its rows are binary, read it with binary=True (--from word2vec-binary)"

    def _read_more(self, row: int) -> None:
        """Read the next chunk, within a row; ValueError if the row is too long."""
        if self.data.end - self.data.start > MOST_BYTES:
            raise ValueError(f"{self.path}: row {row} does not end within {MOST_BYTES} bytes")
        self.data.read_more()

    def read_all(self, bar: Progress) -> Floats:
        """Read all rows that are wanted: a (V, D) matrix."""
        size = self.size
        vectors = np.empty((self.room, size), np.float32)
        while self.reader.row < self.wanted:
            rows = len(self.reader.table)
            if rows == len(vectors):
                vectors.resize((2 * rows + 16, size), refcheck=False)
            data = self.data
            try:
                data.advance(
                    self.reader.feed(
                        data.data, data.start, data.end, data.ended, vectors, self.wanted
                    )
                )
            except ValueError as error:
                raise ValueError(
                    f"{self.path}: row {self.reader.row + 1}: expected a word and {size} numbers, "
                    f"found {excerpt(data.row(error.args[0]))}{self._advice()}"
                ) from None
            if self.reader.row < self.wanted and len(self.reader.table) < len(vectors):
                if data.ended:
                    break
                self._read_more(self.reader.row + 1)
                bar.update(data.parsed)
        self._check_end()
        if len(self.reader.table) < len(vectors):
            vectors.resize((len(self.reader.table), size), refcheck=False)
        return vectors

    def _check_end(self) -> None:
        rows = self.reader.row
        if self.count is not None and rows < self.wanted:
            raise ValueError(
                f"{self.path} is cut off: its first line says {self.count} rows, it has {rows}"
            )
        if self.count is None and rows < self.wanted and self.data.start < self.data.end:
            raise ValueError(f"{self.path} is cut off within row {rows + 1}")

    def _first_room(self) -> int:
        """For how many rows to allocate memory: as many as are wanted and can be in the file."""
        size = self.size
        if self.data.size is None:  # the header may be wrong, so the matrix grows as rows come
            return min(self.wanted, 1 + (1 << 26) // (4 * size))
        left = self.data.size - self.data.parsed
        smallest = 4 * size + 1 if self.binary else 2 * size
        if self.count is not None and self.wanted * smallest > left + 1:
            raise ValueError(
                f"{self.path} is cut off: its first line says {self.count} words of {size} "
                f"numbers, which cannot be in its {self.data.size} bytes"
            )
        if self.count is None:  # estimated from the first rows
            seen = self.data.rest()
            typical = max(smallest, len(seen) // max(1, seen.count(b"\n")))
            return min(self.wanted, 16 + left // typical * 17 // 16)
        return self.wanted


def _plain_size(file: BinaryIO) -> int | None:
    """The size of a file on disk; None for pipes and for compressed files."""
    try:
        return os.fstat(file.fileno()).st_size or None if file.seekable() else None
    except OSError:  # not a file of the system
        return None


def is_number(field: bytes) -> bool:
    """Whether a field is a decimal number, as a text file has them.

    >>> is_number(b"-1e-3"), is_number(b"1_0")
    (True, False)
    """
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


def _trailing_numbers(line: bytes) -> int:
    """How many fields at the end of a line are numbers; the first field is always a word."""
    fields = line.replace(b"\t", b" ").rstrip().split(b" ")
    words = (i for i, field in enumerate(reversed(fields[1:])) if not is_number(field))
    return next(words, len(fields) - 1)


def _are_text(lines: list[bytes], size: int) -> bool:
    """Whether the first lines are certainly rows of text: each ends with ``size`` numbers, and one
    is just a word without spaces and these numbers.

    Binary rows could only look like this if all their bytes were digits, points and the like.
    Four such bytes make a float that is never 0 or negative, and nearly always below 0.0005; no
    training makes such vectors.
    """
    rows = [fields for line in lines if (fields := line.split())]
    return any(len(fields) == size + 1 for fields in rows) and all(
        len(fields) > size and all(map(is_number, fields[-size:])) for fields in rows
    )


def excerpt(line: bytes) -> str:
    """The first 60 bytes of a line, for an error message.

    >>> excerpt(b"a 1 2")
    "'a 1 2'"
    """
    text = line[:60].decode(errors="replace")
    return repr(text + "..." if len(line) > 60 else text)
