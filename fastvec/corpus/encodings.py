"""Text in other encodings than UTF-8, read by one of Python's codecs."""

from __future__ import annotations

import codecs
import io
from typing import Any, BinaryIO, cast

from fastvec.corpus.streams import BLOCK_BYTES, Stream
from fastvec.params import CorpusParams


def is_utf8(encoding: str) -> bool:
    """Whether text in an encoding can be read as it is.

    >>> is_utf8("UTF8"), is_utf8("latin-1")
    (True, False)
    """
    return codecs.lookup(encoding).name in ("utf-8", "ascii")


def as_utf8(name: str, stream: Stream, params: CorpusParams) -> BinaryIO:
    """A stream of text in the encoding ``params.encoding`` as one in UTF-8.

    Reading it raises ValueError, with ``name`` and the position, for bytes that the encoding does
    not have, unless ``params.errors`` is "replace".

    >>> as_utf8("a file", io.BytesIO(b"caf\\xe9"), CorpusParams(encoding="cp1252")).read().decode()
    'café'
    """
    raw = cast(io.RawIOBase, _AsUTF8(name, stream, params))
    return cast(BinaryIO, io.BufferedReader(raw, BLOCK_BYTES))


class _AsUTF8(io.RawIOBase):
    def __init__(self, name: str, stream: Stream, params: CorpusParams) -> None:
        self.name = name
        self.stream = stream
        self.encoding = params.encoding
        self.decoder = codecs.getincrementaldecoder(params.encoding)(params.errors)
        self.position = 0  # of the next block
        self.data = memoryview(b"")
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.data and not self.ended:
            self.data = memoryview(self._next_block())
        count = min(len(buffer), len(self.data))
        buffer[:count] = self.data[:count]
        self.data = self.data[count:]
        return count

    def _next_block(self) -> bytes:
        block = self.stream.read(BLOCK_BYTES)
        self.ended = not block
        held = len(self.decoder.getstate()[0])  # bytes of a character that is not complete yet
        try:
            text = self.decoder.decode(block, final=self.ended)
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            raise ValueError(
                f"{self.name}: byte {self.position - held + start} is not valid {self.encoding} "
                "(errors='replace' reads it nevertheless)"
            ) from None
        self.position += len(block)
        return text.encode(errors="replace")  # a lone surrogate, which utf-7 can hold, becomes "?"
