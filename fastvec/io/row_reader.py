"""The rows of word2vec and GloVe files, parsed by the native core while more is read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import RowReader
from fastvec._util.places import FileLike, name_of
from fastvec._util.progress import Progress
from fastvec.io.archives import open_input
from fastvec.io.compression import MOST_BYTES, peek
from fastvec.io.foreign import refuse_no_vectors
from fastvec.io.read_ahead import CHUNK, MARGIN, ReadAhead
from fastvec.io.text_rows import (
    ENOUGH_BYTES,
    HEADER,
    NO_TEXT,
    SAMPLE,
    are_text_rows,
    check_rows,
    excerpt,
    is_number,
    is_signed_header,
    is_text,
    number_advice,
    refuse_numbers,
    size_of_rows,
)
from fastvec.words import Words

MAX_SIZE = 1 << 20  # numbers in a vector; a header that says more is damaged
MAX_WORDS = 2**31 - 2  # word ids are 32 bits
EXPECTED = 1 << 24  # the hash table of words has room for so many at the start, at most,
FEW_EXPECTED = 1 << 16  # and for so many if only the header speaks of more
FIRST = 10  # lines by which text is told from binary rows
UNKNOWN = b"<unk> "  # the word that GloVe adds behind those that its first line counts


def read_rows(
    path: FileLike, *, binary: bool, header: bool, limit: int | None, doubles: bool = False
) -> tuple[Words, NDArray[Any], int]:
    """Read the rows of a file; the words are not decoded.

    Parameters
    ----------
    binary : bool
        binary rows instead of text.
    header : bool
        whether the first line says how many words and numbers there are.
    limit : int or None
        read only so many rows.
    doubles : bool
        read float64, for which text takes longer.

    Returns
    -------
    words : Words
        whose bytes are those of the file, in whatever encoding it is.
    vectors : (V, D) float32 array, or float64
    dropped : int
        how many rows were left out because their word had occurred before.

    >>> read_rows("vectors.bin", binary=True, header=True, limit=2)[0]
    Words(2: king, queen, ...)
    """
    with open_input(path) as opened:
        head, file = peek(opened)
        refuse_no_vectors(name_of(path), head)
        with ReadAhead(file) as data:
            rows = _RowFile(data, path, binary, header, limit, doubles)
            with Progress("reading", data.size, "bytes") as bar:
                vectors = rows.read_all(bar)
    table = rows.reader.table
    joined, offsets = table.arrays()
    if not binary:
        refuse_numbers(name_of(path), joined, offsets)
    words = Words(np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64), table)
    return words, vectors, rows.reader.duplicates


class _RowFile:
    """A file with a row for each word, while it is read: its sizes and its matrix."""

    def __init__(
        self,
        data: ReadAhead,
        path: FileLike,
        binary: bool,
        header: bool,
        limit: int | None,
        doubles: bool,
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
        elif header:
            self._check_sizes(size)
        self.size = size
        self.wanted = MAX_WORDS if self.count is None else self.count
        self.whole = limit is None or limit > self.wanted
        if limit is not None:
            self.wanted = min(self.wanted, limit)
        self.room = self._first_room()
        self.dtype = np.float64 if doubles else np.float32
        most = FEW_EXPECTED if data.size is None else EXPECTED
        self.reader = RowReader(size, binary, min(self.room, most), doubles)

    def _header(self) -> tuple[int, int]:
        line = self.data.line()
        if HEADER.fullmatch(line) is None and not is_signed_header(line):
            row = not self.binary and len(line.split()) > 1 and is_number(line.split()[-1])
            raise ValueError(
                f"{self.path}: the first line must say how many words and how many numbers in a "
                f"vector there are, found {excerpt(line.rstrip())}"
                + ("; read it with no_header=True (--from glove) if it is a row" if row else "")
            )
        count, size = map(int, line.split())
        if not 0 <= count <= MAX_WORDS or not 1 <= size <= MAX_SIZE:
            raise ValueError(
                f"{self.path}: the first line says {count} words of {size} numbers, which cannot be"
            )
        return count, size

    def _count_fields(self) -> int:
        """How many numbers a row has, for a file without a header."""
        self._read_more(1)
        while not self.data.ended and b"\n" not in self.data.rest():
            self._read_more(1)
        self.data.skip_mark()
        lines = self._first_lines()
        try:
            size = size_of_rows(lines)
            check_rows(lines, size)
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        return min(size, MAX_SIZE)

    def _first_lines(self) -> list[bytes]:
        """The first lines that have been read whole."""
        lines = self.data.rest().split(b"\n", SAMPLE)
        if len(lines) > SAMPLE or not self.data.ended:
            lines.pop()  # the rest of the file, or half a line
        return lines

    def _check_sizes(self, size: int) -> None:
        """ValueError if the first rows of a text contradict its header."""
        self._read_more(1)
        try:
            check_rows(self._first_lines(), size)
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None

    def _refuse_text(self, size: int) -> None:
        """ValueError if the rows are text: read as binary they would give senseless numbers."""
        data = self.data
        while not data.ended and data.end - data.start < CHUNK:
            self._read_more(1)
        text = self._first_lines()[:FIRST]
        sample = data.rest()[: 1 << 14]
        word, _, numbers = sample.partition(b" ")
        enough = len(numbers) >= ENOUGH_BYTES + len(word)
        if are_text_rows(text, size) or (enough and is_text(sample)):
            raise ValueError(
                f"{self.path}: its rows are text, not binary: read it with binary=False "
                "(--from word2vec)"
            )

    def _advice(self, row: bytes) -> str:
        """What an error about a row of text adds if its reason can be seen; "" if it cannot."""
        head = self.data.rest()[: 4 * self.size + 256].decode(errors="replace")
        if not self.reader.row and NO_TEXT.search(head[:-1]):  # the last letter may be cut
            return "; if its rows are binary, read it with binary=True (--from word2vec-binary)"
        return number_advice(row)

    def _read_more(self, row: int) -> None:
        """Read the next chunk, within a row; ValueError if the row is too long."""
        if self.data.end - self.data.start > MOST_BYTES:
            raise ValueError(f"{self.path}: row {row} does not end within {MOST_BYTES} bytes")
        self.data.read_more()

    def read_all(self, bar: Progress) -> NDArray[Any]:
        """Read all rows that are wanted: a (V, D) matrix."""
        size = self.size
        vectors = np.empty((self.room, size), self.dtype)
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
                row = data.row(error.args[0])
                raise ValueError(
                    f"{self.path}: row {self.reader.row + 1}: expected a word and {size} numbers, "
                    f"found {excerpt(row)}{self._advice(row)}"
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
        if self.count is not None and self.whole:
            self._refuse_more_rows()

    def _refuse_more_rows(self) -> None:
        """ValueError if there is more than the header says: rows would be left out without a word.

        One row for ``<unk>`` may follow, which GloVe writes and does not count.
        """
        data, row = self.data, self.reader.row + 1
        blank = b"\n" if self.binary else b" \t\r\n"
        more = data.rest().lstrip(blank)
        while not data.ended and len(more) < max(MARGIN, 32 * self.size):
            data.advance(data.end - len(more))
            self._read_more(row)
            more = data.rest().lstrip(blank)
        line, _, others = more.partition(b"\n")
        if not more or (not self.binary and line.startswith(UNKNOWN) and not others.strip(blank)):
            return
        found = "" if self.binary else f" (row {row} is {excerpt(line)})"
        raise ValueError(
            f"{self.path}: its first line says {self.count} rows, but more follow{found}: correct "
            f"the first line, or read {self.count} rows with limit={self.count}"
        )

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
