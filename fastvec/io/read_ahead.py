"""Files that are read ahead on a thread, while what has been read is parsed."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Self

import numpy as np

from fastvec.io.foreign import BOM

CHUNK = 1 << 21  # bytes read at a time
MARGIN = 1 << 16  # room before each chunk for the beginning of the row that ends in it


class ReadAhead:
    """The bytes of a file, read ahead on a thread; those not parsed yet are data[start:end].

    >>> with ReadAhead(io.BytesIO(b"1 2\\ncat 3 5\\n")) as file:
    ...     header = file.line()
    ...     file.read_more()
    ...     file.rest()
    b'cat 3 5\\n'
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        #: bytes in the file; None if it is compressed or a pipe
        self.size = plain_size(file)
        self.parsed = 0  # bytes of the file before data[start]
        self.buffers = [np.empty(MARGIN + CHUNK, np.uint8) for _ in range(2)]
        self.data = self.buffers[0]
        self.start = self.end = 0
        self.ended = False
        self.thread = ThreadPoolExecutor(1)
        self.pending: Future[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.shutdown()

    def line(self) -> bytes:
        """The first line; it must be read before anything else.

        >>> ReadAhead(io.BytesIO(b"1 2\\ncat 3 5\\n")).line()
        b'1 2\\n'
        """
        line = self.file.readline(256)
        self.parsed += len(line)
        return line.removeprefix(BOM)

    def skip_mark(self) -> None:
        """Pass over a byte order mark at the beginning of the bytes not parsed yet.

        >>> data = ReadAhead(io.BytesIO(BOM + b"cat 3"))
        >>> data.read_more(), data.skip_mark(), data.rest()
        (None, None, b'cat 3')
        """
        if self.data[self.start : self.end][: len(BOM)].tobytes() == BOM:
            self.advance(self.start + len(BOM))

    def advance(self, end: int) -> None:
        """Record that everything before data[end] has been parsed.

        >>> data = ReadAhead(io.BytesIO(b"cat 3"))
        >>> data.read_more(), data.advance(data.start + 4), data.rest()
        (None, None, b'3')
        """
        self.parsed += end - self.start
        self.start = end

    def read_more(self) -> None:
        """Read the next chunk; the beginning of an unfinished row is moved in front of it.

        >>> data = ReadAhead(io.BytesIO(b"cat 3"))
        >>> data.read_more(), data.rest(), data.ended
        (None, b'cat 3', False)
        """
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
        """The bytes that have been read but not parsed.

        >>> ReadAhead(io.BytesIO(b"cat 3")).rest()
        b''
        """
        return self.data[self.start : self.end].tobytes()

    def row(self, start: int) -> bytes:
        """The line that starts at data[start], as far as it has been read.

        >>> data = ReadAhead(io.BytesIO(b"cat 3\\ndog 5"))
        >>> data.read_more(), data.row(data.start)
        (None, b'cat 3')
        """
        return self.data[start : self.end].tobytes().partition(b"\n")[0]


def plain_size(file: BinaryIO) -> int | None:
    """The size of a file on disk; None for pipes and for compressed files.

    >>> plain_size(io.BytesIO(b"cat 3")) is None
    True
    """
    try:
        return os.fstat(file.fileno()).st_size or None if file.seekable() else None
    except OSError:  # not a file of the system
        return None
