"""Streams: bytes that are read from their beginning to their end, and are cut into blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from fastvec.corpus.chunks import TextBlock
from fastvec.io.compression import MOST_BYTES, MOST_LINE_BYTES

BLOCK_BYTES = 1 << 20  # of a stream

#: the bytes behind which a stream of text may be cut
Breaks = tuple[bytes, ...]
WORD_BREAKS: Breaks = (b" ", b"\n", b"\t")
LINE_BREAKS: Breaks = (b"\n",)
NO_BREAKS: Breaks = ()  # only the end of the stream


class Stream(Protocol):
    """Anything that gives bytes from its beginning to its end."""

    def read(self, size: int, /) -> bytes: ...


def text_blocks(
    name: str, stream: Stream, breaks: Breaks = WORD_BREAKS, most: int | None = None
) -> Iterator[TextBlock]:
    """The chunks of a stream of text, each of which ends behind a break.

    ValueError for a word or line of more than ``most`` bytes, which is by default MOST_BYTES for
    words and MOST_LINE_BYTES for lines (or whole texts).
    """
    what, usual = ("word", MOST_BYTES) if breaks == WORD_BREAKS else ("line", MOST_LINE_BYTES)
    most = usual if most is None else most
    start, rest, size = 0, [b""], 0
    data = stream.read(BLOCK_BYTES)
    while data:
        following = stream.read(BLOCK_BYTES)
        cut = _last_break(data, breaks) if following else len(data)
        rest.append(data[:cut] if cut else data)
        size += len(rest[-1])
        if size > most + BLOCK_BYTES:
            raise ValueError(f"{name}: the {what} at byte {start} does not end within {most} bytes")
        if cut:
            block = b"".join(rest)
            yield TextBlock(name, start, block, last=not following)
            start, rest, size = start + len(block), [data[cut:]], len(data) - cut
        data = following


def _last_break(data: bytes, breaks: Breaks) -> int:
    """The position behind the last break, or 0."""
    return 1 + max((data.rfind(byte) for byte in breaks), default=-1)
