"""Files with a row for each word: word2vec text and binary, fastText's .vec, GloVe's text.

Knows words and matrices only; docs/formats.md describes the files byte by byte.
"""

from __future__ import annotations

import itertools
import os
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._core import RowReader, write_rows
from fastvec._util.atomic import PathLike
from fastvec._util.progress import Progress
from fastvec.io.compression import open_input, open_output
from fastvec.words import Words, encode

Floats = NDArray[np.float32]
Layout = Literal["shortest", "word2vec.c", "glove"]

LAYOUTS = ("shortest", "word2vec.c", "glove")
MAX_SIZE = 1 << 20  # numbers in a vector; a header that says more is a broken one
MAX_WORDS = 2**31 - 2  # word ids are 32 bits
MAX_ROW = 1 << 26  # bytes of a row
CHUNK = 1 << 21  # bytes read at a time
MARGIN = 1 << 16  # room for the beginning of a row, before the bytes read next
EXPECTED = 1 << 24  # words to make room for before any has come, at most
BLOCK = 1024  # rows written at a time
FIRST = 10  # lines that say whether rows are text
HEADER = re.compile(rb"\d+[ \t]+\d+\s*")  # how many words, and numbers of each
NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\ufffd]")  # what bytes of binary numbers are when decoded


# --- reading


def read_word2vec(
    path: PathLike,
    *,
    binary: bool = False,
    header: bool = True,
    limit: int | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
) -> tuple[Words, Floats]:
    """Read word2vec text or binary, fastText's .vec, or (``header=False``) GloVe's text.

    Parameters
    ----------
    binary : bool
        binary rows instead of text.
    header : bool
        whether the first line says how many words and numbers there are.
    limit : int, optional
        read only so many rows.
    encoding, errors : str
        how the bytes of the words become text; ``errors`` is strict, ignore or replace.

    Returns
    -------
    words : Words
    vectors : (V, D) float32 array
        Of rows with the same word, the first is kept and a warning says how many were dropped.

    Raises
    ------
    ValueError
        a header or row that is not what it should be, or rows that are missing; text where
        ``binary`` is asked for, and binary rows where it is not.  UnicodeDecodeError for a word
        that is not text.

    >>> words, vectors = read_word2vec("vectors.bin", binary=True)
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit must be at least 0, got {limit}")
    if binary and not header:
        raise ValueError("a binary file without a header cannot be read: it gives no sizes")
    with open_input(path) as file, _Bytes(file) as data:
        reading = _Rows(data, path, binary, header, limit)
        with Progress("reading", data.size, "bytes") as bar:
            vectors = reading.all(bar)
    table = reading.reader.table
    joined, offsets = table.arrays()
    words = Words(np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64), table)
    dropped = reading.reader.duplicates
    if encoding.lower().replace("-", "") != "utf8" or not _valid(words):
        words, kept = _decode(words, encoding, errors, path)
        dropped += len(vectors) - len(kept)
        if len(kept) < len(vectors):
            vectors = vectors[kept]
    if dropped:
        warnings.warn(
            f"{path}: dropped {dropped} rows whose word had come before", UserWarning, stacklevel=2
        )
    return words, vectors


class _Bytes:
    """The bytes of a file, read ahead on a thread: those not yet understood are data[start:end]."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        #: bytes in the file, None where it is packed or a pipe
        self.size = _plain_size(file)
        self.taken = 0  # bytes of the file before data[start]
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
        """The first line, taken before anything else is read."""
        line = self.file.readline(256)
        self.taken += len(line)
        return line

    def take(self, end: int) -> None:
        """Say that everything before data[end] is understood."""
        self.taken += end - self.start
        self.start = end

    def more(self) -> None:
        """Read on; the beginning of a row is moved before the new bytes."""
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
        """The reading of the next chunk into the buffer that is not in use."""
        if self.pending is None:
            room = self.buffers[1][MARGIN:].data
            self.pending = self.thread.submit(self.file.readinto, room)  # type: ignore[attr-defined]
        return self.pending

    def rest(self) -> bytes:
        """What is read but not yet understood."""
        return self.data[self.start : self.end].tobytes()

    def row(self, start: int) -> bytes:
        """The line that starts at data[start], as far as it is there."""
        return self.data[start : self.end].tobytes().partition(b"\n")[0]


class _Rows:
    """One reading of a file: its sizes and its matrix."""

    def __init__(
        self, data: _Bytes, path: PathLike, binary: bool, header: bool, limit: int | None
    ) -> None:
        self.data = data
        self.path = path
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
                f"vector there are, found {_excerpt(line)}"
            ) from None
        if not 0 <= count <= MAX_WORDS or not 1 <= size <= MAX_SIZE:
            raise ValueError(
                f"{self.path}: the first line says {count} words of {size} numbers, which cannot be"
            )
        return count, size

    def _count_fields(self) -> int:
        """Numbers in a row, where no header says it: of the first rows, the fewest fields at the
        end that are numbers (a word may end with numbers too)."""
        self._more(1)
        while not self.data.ended and b"\n" not in self.data.rest():
            self._more(1)
        lines = self.data.rest().split(b"\n")
        whole = lines if self.data.ended else lines[:-1]
        rows = [line for line in whole[:100] if line.strip()]
        sizes = [_trailing_numbers(line) for line in rows]
        if not sizes or min(sizes) == 0:
            line = rows[sizes.index(0)] if sizes else b""
            raise ValueError(
                f"{self.path}: row {sizes.index(0) + 1 if sizes else 1}: expected a word and "
                f"numbers, found {_excerpt(line)}"
            )
        if HEADER.fullmatch(rows[0]) and min(sizes[1:], default=1) > 1:
            raise ValueError(
                f"{self.path}: its first line is a header, {_excerpt(rows[0])}: read it with "
                "no_header=False (--from word2vec)"
            )
        return min(*sizes, MAX_SIZE)

    def _refuse_text(self, size: int) -> None:
        """ValueError if the rows are text, of whose letters binary reading would make numbers."""
        data = self.data
        while not data.ended and data.end - data.start < CHUNK:
            self._more(1)
        lines = data.rest().split(b"\n", FIRST)
        if len(lines) > FIRST or not data.ended:
            lines.pop()  # what is left, or half a line
        if _are_text(lines, size):
            raise ValueError(
                f"{self.path}: its rows are text, not binary: read it with binary=False "
                "(--from word2vec)"
            )

    def _advice(self) -> str:
        """What else to say about a row of text that is none."""
        head = self.data.rest()[: 4 * self.size + 256].decode(errors="replace")
        if self.reader.row or not NO_TEXT.search(head[:-1]):  # the last letter may be cut
            return ""
        return "; if its rows are binary, read it with binary=True (--from word2vec-binary)"

    def _more(self, row: int) -> None:
        """Read on within a row."""
        if self.data.end - self.data.start > MAX_ROW:
            raise ValueError(f"{self.path}: row {row} does not end within {MAX_ROW} bytes")
        self.data.more()

    def all(self, bar: Progress) -> Floats:
        """Read all rows that are wanted."""
        size = self.size
        vectors = np.empty((self.room, size), np.float32)
        while self.reader.row < self.wanted:
            rows = len(self.reader.table)
            if rows == len(vectors):
                vectors.resize((2 * rows + 16, size), refcheck=False)
            data = self.data
            try:
                data.take(
                    self.reader.feed(
                        data.data, data.start, data.end, data.ended, vectors, self.wanted
                    )
                )
            except ValueError as error:
                raise ValueError(
                    f"{self.path}: row {self.reader.row + 1}: expected a word and {size} numbers, "
                    f"found {_excerpt(data.row(error.args[0]))}{self._advice()}"
                ) from None
            if self.reader.row < self.wanted and len(self.reader.table) < len(vectors):
                if data.ended:
                    break
                self._more(self.reader.row + 1)
                bar.update(data.taken)
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
        """Rows to make room for: as many as are wanted and can be in the file."""
        size = self.size
        if self.data.size is None:  # packed: the header may lie, so grow as rows come
            return min(self.wanted, 1 + (1 << 26) // (4 * size))
        left = self.data.size - self.data.taken
        smallest = 4 * size + 1 if self.binary else 2 * size
        if self.count is not None and self.wanted * smallest > left + 1:
            raise ValueError(
                f"{self.path} is cut off: its first line says {self.count} words of {size} "
                f"numbers, which cannot be in its {self.data.size} bytes"
            )
        if self.count is None:  # guess by the first rows
            seen = self.data.rest()
            typical = max(smallest, len(seen) // max(1, seen.count(b"\n")))
            return min(self.wanted, 16 + left // typical * 17 // 16)
        return self.wanted


def _plain_size(file: BinaryIO) -> int | None:
    """The size of a file on disk; None for pipes and for what is unpacked on the way."""
    if not file.seekable():
        return None
    return os.fstat(file.fileno()).st_size or None


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
    """Whether the first lines are rows of text beyond doubt: each ends with ``size`` numbers, and
    one is just a word and them.

    Binary rows that look like this hold nothing but letters of numbers: four of them make a float
    that is never 0 nor negative, and nearly always below 0.0005.  No training makes such vectors.
    """
    rows = [fields for line in lines if (fields := line.split())]
    return any(len(fields) == size + 1 for fields in rows) and all(
        len(fields) > size and all(map(is_number, fields[-size:])) for fields in rows
    )


def _excerpt(line: bytes) -> str:
    text = line[:60].decode(errors="replace")
    return repr(text + "..." if len(line) > 60 else text)


def _valid(words: Words) -> bool:
    """Whether every word is UTF-8: all of them together are, and none starts within a letter."""
    try:
        words.joined.tobytes().decode()
    except UnicodeDecodeError:
        return False
    starts = words.offsets[:-1][np.diff(words.offsets) > 0]
    return not np.any((words.joined[starts] & 0xC0) == 0x80)


def _decode(
    words: Words, encoding: str, errors: str, path: PathLike
) -> tuple[Words, NDArray[np.int64]]:
    """Words in another encoding or broken ones, and the rows to keep (of equal words the first)."""
    found: dict[str, int] = {}
    for row, (start, end) in enumerate(itertools.pairwise(words.offsets.tolist())):
        piece = words.joined[start:end].tobytes()
        try:
            found.setdefault(piece.decode(encoding, errors), row)
        except UnicodeDecodeError as error:
            error.reason += (
                f" (row {row + 1} of {path}; unicode_errors='replace' or 'ignore' reads it)"
            )
            raise
    return Words.of(found), np.fromiter(found.values(), np.int64, len(found))


# --- writing


def write_word2vec(
    path: PathLike,
    words: Words,
    vectors: NDArray[Any],
    *,
    binary: bool = False,
    header: bool = True,
    layout: Layout = "shortest",
    total: int | None = None,
    prefix: str = "",
    append: bool = False,
) -> None:
    """Write word2vec text or binary, or GloVe's text.

    Parameters
    ----------
    vectors : (V, D) array
        any real dtype and strides; written as float32.
    layout : {"shortest", "word2vec.c", "glove"}
        the numbers of a text file: the shortest that read back as the same float32 (as gensim
        writes), or six decimals laid out as word2vec.c or as GloVe writes them.
    total : int, optional
        the number of words that the header says, if not V.
    prefix : str
        is put before every word.
    append : bool
        add to the file instead of replacing it.

    Raises
    ------
    ValueError
        a word that the format cannot hold: with a line end; ending with a space (text); with a
        space (binary).  OSError when the file cannot be written.

    >>> write_word2vec("vectors.txt", Words.of(["cat"]), np.ones((1, 3), "f"))
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}, got {layout!r}")
    start = encode(prefix)
    check_words(words, binary=binary, prefix=prefix)
    with (
        Path(path).open("ab") if append else open_output(path) as file,
        Progress("writing", len(words), "vectors") as bar,
    ):
        if header:
            file.write(b"%d %d\n" % (len(words) if total is None else total, vectors.shape[1]))
        for first in range(0, len(words), BLOCK):
            block = np.asarray(vectors[first : first + BLOCK], np.float32)
            pieces = [start + word for word in _pieces(words, first, first + len(block))]
            if binary:
                rows = zip(pieces, np.ascontiguousarray(block, "<f4"), strict=True)
                file.write(b"".join(b"%b %b\n" % (word, row.data) for word, row in rows))
            else:
                file.write(write_rows(pieces, block, LAYOUTS.index(layout)))
            bar.update(first + len(block))


def number_rows(vectors: NDArray[Any]) -> Iterator[bytes]:
    """Blocks of text rows with nothing but numbers, separated by tabs.

    >>> b"".join(number_rows(np.array([[0.5, -1.0]])))
    b'0.5\\t-1.0\\n'
    """
    for first in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[first : first + BLOCK], np.float32)
        rows = write_rows([b""] * len(block), block, LAYOUTS.index("shortest"))
        yield rows.replace(b"\n ", b"\n")[1:].replace(b" ", b"\t")


def _pieces(words: Words, first: int, last: int) -> list[bytes]:
    """The bytes of words first..last."""
    offsets = words.offsets[first : last + 1].tolist()
    base = offsets[0]
    joined = words.joined[base : offsets[-1]].tobytes()
    return [joined[start - base : end - base] for start, end in itertools.pairwise(offsets)]


def check_words(words: Words, *, binary: bool, prefix: str = "") -> None:
    """ValueError for the first word that word2vec's text or binary cannot hold.

    >>> check_words(Words.of(["New York"]), binary=False)
    """
    joined = words.joined
    bad = joined == ord("\n")
    if binary:
        bad |= joined == ord(" ")
    else:
        ends = words.offsets[1:][np.diff(words.offsets) > 0] - 1
        bad[ends] |= (joined[ends] == ord(" ")) | (joined[ends] == ord("\t"))
    where = np.flatnonzero(bad)
    name = "binary" if binary else "text"
    if len(where):
        position = int(np.searchsorted(words.offsets, where[0], "right")) - 1
        raise ValueError(
            f"word {words[position]!r} has a line end or a space where word2vec's {name} format "
            "cannot hold one; save as .safetensors, or change the word"
        )
    if "\n" in prefix or (binary and " " in prefix):
        raise ValueError(f"prefix {prefix!r} has a space or a line end")


def read_counts(path: PathLike, encoding: str = "utf-8", errors: str = "strict") -> dict[str, int]:
    """Read a vocabulary file, ``word count`` a line, as word2vec.c's -save-vocab writes it.

    >>> read_counts("vocab.txt")
    {'cat': 3}
    """
    counts = {}
    with open_input(path) as file:
        for number, line in enumerate(file, 1):
            word, _, count = line.rstrip().rpartition(b" ")
            if not (count.isdigit() and len(count) < 19):
                raise ValueError(
                    f"{path}: line {number} is not a word and its count: {_excerpt(line)}"
                )
            try:
                counts[word.decode(encoding, errors)] = int(count)
            except UnicodeDecodeError as error:
                error.reason += f" (line {number} of {path})"
                raise
    return counts


def write_counts(path: PathLike, words: Words, counts: NDArray[np.int64], prefix: str = "") -> None:
    """Write a vocabulary file, ``word count`` a line.

    >>> write_counts("vocab.txt", Words.of(["cat"]), np.array([3]))
    """
    with open_output(path) as file:
        for word, count in zip(words, counts.tolist(), strict=True):
            file.write(f"{prefix}{word} {count}\n".encode())
