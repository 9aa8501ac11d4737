"""Packed files: gzip, bzip2, xz and zstd.

Read, they are known by their first bytes, whatever their names are; written, by the ending of the
name.  Imports files.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from fastvec._util.atomic import PathLike, atomic_write

Damages = tuple[type[Exception], ...]

BUFFER = 1 << 18  # bytes unpacked at a time
ZSTD_BYTES = 1 << 16  # packed bytes at a time: what they hold stands in memory whole


# --- reading


@contextmanager
def open_input(path: PathLike) -> Iterator[BinaryIO]:
    """Open a file for reading; a packed one is unpacked on the way.

    >>> with open_input("vectors.txt.gz") as file:
    ...     header = file.readline()
    """
    with Path(path).open("rb") as file:
        yield decompressed(str(path), file)


def decompressed(name: str, file: BinaryIO) -> BinaryIO:
    """What a file holds: unpacked if it is packed, else the file itself (or a buffer of it).

    Reading it raises ValueError, with ``name``, when the packed bytes are damaged or cut off.

    >>> import gzip, io
    >>> decompressed("greeting", io.BytesIO(gzip.compress(b"hello"))).read()
    b'hello'
    """
    head, file = peek(file)
    for magic, opener in MAGIC.items():
        if magic.match(head):
            stream, damages = opener(name, file)
            return cast(BinaryIO, io.BufferedReader(_Decompressed(name, stream, damages), BUFFER))
    return file


def peek(file: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and the stream from its beginning.

    >>> import io
    >>> head, stream = peek(io.BytesIO(b"hello"))
    >>> head, stream.read()
    (b'hello', b'hello')
    """
    if not isinstance(file, io.BufferedReader):
        file = io.BufferedReader(cast(io.RawIOBase, file))
    return file.peek(64), file


def is_compressed(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a packed one.

    >>> is_compressed(b"BZh91AY&SY"), is_compressed(b"BZh is a word")
    (True, False)
    """
    return any(magic.match(head) for magic in MAGIC)


class _Decompressed(io.RawIOBase):
    """A stream whose errors are sentences."""

    def __init__(self, name: str, stream: Any, damages: Damages) -> None:
        self.name = name
        self.stream = stream
        self.damages = damages

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            count: int = self.stream.readinto(buffer)
        except self.damages as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's trouble, not the file's
            raise ValueError(f"{self.name} is damaged or cut off: {error}") from None
        return count


class _Frames:
    """The zstd frames of a file, by the ``zstandard`` package, whose own stream reader takes a file
    that is cut off for a whole one."""

    def __init__(self, file: BinaryIO, new: Callable[[], Any]) -> None:
        self.file = file
        self.new = new
        self.frame: Any = None
        self.packed = b""
        self.data = memoryview(b"")

    def readinto(self, buffer: Any) -> int:
        while not self.data and (packed := self.packed or self.file.read(ZSTD_BYTES)):
            if self.frame is None:
                self.frame = self.new()
            self.data = memoryview(self.frame.decompress(packed))
            self.packed = self.frame.unused_data
            if self.frame.eof:
                self.frame = None
        if not self.data and self.frame is not None:
            raise EOFError("its last frame is not complete")
        count = min(len(buffer), len(self.data))
        buffer[:count] = self.data[:count]
        self.data = self.data[count:]
        return count


def _gzip(_: str, file: BinaryIO) -> tuple[Any, Damages]:
    return gzip.GzipFile(fileobj=file), (EOFError, OSError, zlib.error)


def _bzip2(_: str, file: BinaryIO) -> tuple[Any, Damages]:
    return bz2.BZ2File(file), (EOFError, OSError, ValueError)


def _xz(_: str, file: BinaryIO) -> tuple[Any, Damages]:
    return lzma.LZMAFile(file), (EOFError, lzma.LZMAError)


def _zstd(name: str, file: BinaryIO) -> tuple[Any, Damages]:
    module = _zstd_module(f"to read {name}")
    if hasattr(module, "ZstdFile"):  # Python's own
        return module.ZstdFile(file), (EOFError, module.ZstdError)
    frames = _Frames(file, lambda: module.ZstdDecompressor().decompressobj())
    return frames, (EOFError, module.ZstdError)


def _zstd_module(purpose: str) -> Any:
    """Python's own module (3.14) or the ``zstandard`` package."""
    try:
        from compression import zstd
    except ImportError:
        pass
    else:
        return zstd
    try:
        import zstandard
    except ImportError:
        raise ImportError(f"{purpose}: pip install 'fastvec[zstd]'") from None
    return zstandard


#: first bytes -> how such a file is opened, and which errors say that it is damaged
MAGIC: dict[re.Pattern[bytes], Callable[[str, BinaryIO], tuple[Any, Damages]]] = {
    re.compile(rb"\x1f\x8b\x08"): _gzip,
    re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"): _bzip2,  # "BZh" alone could begin a text
    re.compile(rb"\xfd7zXZ\0"): _xz,
    re.compile(rb"\x28\xb5\x2f\xfd"): _zstd,
}


# --- writing

#: a name's ending -> what packs
COMPRESSORS: dict[str, Callable[[BinaryIO], Any]] = {
    # no name and no time in it: the same vectors give the same bytes
    ".gz": lambda file: gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0),
    ".bz2": lambda file: bz2.BZ2File(file, "wb"),
    ".xz": lambda file: lzma.LZMAFile(file, "wb"),  # noqa: SIM115 - open_output closes it
    ".zst": lambda file: _zstd_module("to write .zst").open(file, "wb"),
}


def check_compressor(path: PathLike) -> None:
    """ImportError, now and not after the work, if what packs a file of this name is not installed.

    >>> check_compressor("words.txt.gz")
    """
    if Path(path).suffix.lower() == ".zst":
        _zstd_module("to write .zst")


@contextmanager
def open_output(path: PathLike) -> Iterator[BinaryIO]:
    """Write a file atomically; .gz, .bz2, .xz and .zst are packed on the way.

    >>> with open_output("words.txt.gz") as file:
    ...     count = file.write(b"cat 3\\n")
    """
    packer = COMPRESSORS.get(Path(path).suffix.lower())
    with atomic_write(path) as file:
        if packer is None:
            yield file
            return
        with packer(file) as packed:
            yield packed
