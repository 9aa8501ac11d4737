"""Packed files: gzip, bzip2, xz and zstd are known by their first bytes, whatever their names are.

Imports nothing of the package.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol, cast


class Stream(Protocol):
    """Whatever gives bytes from its beginning to its end."""

    def read(self, size: int, /) -> bytes: ...


class Unpacked:
    """A stream of unpacked bytes.

    Raises ValueError, with the file's name, when the packed bytes are damaged or cut off.
    """

    def __init__(self, name: str, stream: Stream, damages: tuple[type[Exception], ...]) -> None:
        self.name = name
        self.stream = stream
        self.damages = damages

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        try:
            return self.stream.read(size)
        except self.damages as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise ValueError(f"{self.name} is damaged or cut off: {error}") from None


class _Frames:
    """The zstd frames of a file, by the ``zstandard`` package, whose own stream reader takes a file
    that is cut off for a whole one."""

    def __init__(self, file: BinaryIO, new: Callable[[], Any]) -> None:
        self.file = file
        self.new = new
        self.frame: Any = None
        self.rest = b""

    def read(self, size: int) -> bytes:
        while packed := self.rest or self.file.read(size):
            if self.frame is None:
                self.frame = self.new()
            data: bytes = self.frame.decompress(packed)
            self.rest = self.frame.unused_data
            if self.frame.eof:
                self.frame = None
            if data:
                return data
        if self.frame is not None:
            raise EOFError("its last frame is not complete")
        return b""


def _gzip(name: str, file: BinaryIO) -> Unpacked:
    return Unpacked(name, gzip.GzipFile(fileobj=file), (EOFError, OSError, zlib.error))


def _bzip2(name: str, file: BinaryIO) -> Unpacked:
    return Unpacked(name, bz2.BZ2File(file), (EOFError, OSError, ValueError))


def _xz(name: str, file: BinaryIO) -> Unpacked:
    return Unpacked(name, lzma.LZMAFile(file), (EOFError, lzma.LZMAError))


def _zstd(name: str, file: BinaryIO) -> Unpacked:
    try:
        from compression import zstd  # Python 3.14
    except ImportError:
        pass
    else:
        return Unpacked(name, zstd.ZstdFile(file), (EOFError, zstd.ZstdError))
    try:
        import zstandard
    except ImportError:
        raise ImportError(f"to read {name}: pip install 'fastvec[zstd]'") from None
    frames = _Frames(file, lambda: zstandard.ZstdDecompressor().decompressobj())
    return Unpacked(name, frames, (EOFError, zstandard.ZstdError))


#: first bytes -> how such a file is opened
MAGIC: dict[bytes, Callable[[str, BinaryIO], Unpacked]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\0": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}


def is_packed(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a packed one."""
    return any(head.startswith(magic) for magic in MAGIC)


def unpacked(name: str, file: BinaryIO) -> Stream:
    """A stream of what a file holds, unpacked if it is packed.

    >>> unpacked("greeting", io.BytesIO(gzip.compress(b"hello"))).read(100)
    b'hello'
    """
    head, file = peek(file)
    for magic, opener in MAGIC.items():
        if head.startswith(magic):
            return opener(name, file)
    return file


def peek(file: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and the stream from its beginning."""
    if not isinstance(file, io.BufferedReader):
        file = io.BufferedReader(cast(io.RawIOBase, file))
    return file.peek(64), file
