"""Compressed files: gzip, bzip2, xz and zstd.

A file that is read is recognised by its first bytes, whatever its name is; a file that is written
is compressed if its name has the ending.
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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from fastvec._util.atomic import PathLike
from fastvec._util.places import FileLike, name_of, open_target

BUFFER_BYTES = 1 << 18  # of decompressed data
HEAD_BYTES = 1 << 13  # by which it is known what a file holds
PACKED_BYTES = 1 << 16  # compressed bytes at a time
#: the same of zstd: all that they hold, up to 128 MB, is in memory at once
ZSTD_BYTES = 1 << 12
#: a word, or a row of a table, that has more bytes than this is refused: a small compressed file
#: can hold one that would take all memory
MOST_BYTES = 1 << 26
MOST_LINE_BYTES = 1 << 30  # the same of a line of text, which is given to Python whole


@dataclass(frozen=True)
class _Compressor:
    """A way to compress files.

    ``magic`` matches the first bytes of its files.  ``open_reader`` takes the compressed file and
    returns an object with ``readinto``; ``damages`` returns the exceptions that reading it raises
    if the data is damaged.  ``open_writer`` takes the file to write to.  ``require`` raises
    ImportError, with the purpose that it is given, if a package is missing.
    """

    magic: re.Pattern[bytes]
    open_reader: Callable[[BinaryIO], Any]
    damages: Callable[[], tuple[type[Exception], ...]]
    open_writer: Callable[[BinaryIO], Any]
    require: Callable[[str], object] | None = None


class _Streams:
    """The streams of a compressed file, one after the other.

    Zero bytes between them and behind the last one are padding; anything else that is no whole
    stream is an error.  Python's own BZ2File and LZMAFile end there without one, and so does the
    stream reader of the ``zstandard`` package with a file that is cut off.

    ``new_stream`` makes the decompressor of one stream.
    """

    def __init__(self, file: BinaryIO, new_stream: Callable[[], Any], block: int) -> None:
        self.file = file
        self.new_stream = new_stream
        self.block = block
        self.stream: Any = None
        self.compressed = b""
        self.streams = 0
        self.data = memoryview(b"")

    def readinto(self, buffer: Any) -> int:
        while not self.data and self._decompress():
            pass
        count = min(len(buffer), len(self.data))
        buffer[:count] = self.data[:count]
        self.data = self.data[count:]
        return count

    def _decompress(self) -> bool:
        """Decompress a little; False at the end of the file."""
        waits = self.stream is None or self.stream.needs_input
        more = (self.compressed or self.file.read(self.block)) if waits else b""
        self.compressed = b""
        if waits and not more:
            if self.stream is not None:
                raise EOFError("its last stream is not complete")
            return False
        if self.stream is None:
            more = more.lstrip(b"\0") if self.streams else more
            if not more:
                return True
            self.stream = self.new_stream()
            self.streams += 1
        self.data = memoryview(self.stream.decompress(more, BUFFER_BYTES))
        if self.stream.eof:
            self.compressed, self.stream = self.stream.unused_data, None
        return True


class _ZstdFrame:
    """A frame that the ``zstandard`` package decompresses, as the decompressors of Python are.

    It cannot stop within what it was given: so that must be little.
    """

    needs_input = True

    def __init__(self, decompressor: Any) -> None:
        self.frame = decompressor

    def decompress(self, data: bytes, _: int) -> bytes:
        decompressed: bytes = self.frame.decompress(data)
        return decompressed

    @property
    def eof(self) -> bool:
        return bool(self.frame.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self.frame.unused_data)


def _zstd_module(purpose: str) -> Any:
    """The zstd module of Python 3.14, or the ``zstandard`` package.

    ImportError, which says for what it is needed, if neither is there.
    """
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


def _zstd_reader(file: BinaryIO) -> Any:
    module = _zstd_module("to read zstd files")
    if hasattr(module, "ZstdFile"):  # of Python 3.14
        return _Streams(file, module.ZstdDecompressor, PACKED_BYTES)
    frame = module.ZstdDecompressor
    return _Streams(file, lambda: _ZstdFrame(frame().decompressobj()), ZSTD_BYTES)


#: the compressors, by the ending of their files
COMPRESSORS = {
    ".gz": _Compressor(
        magic=re.compile(rb"\x1f\x8b\x08"),
        open_reader=lambda file: gzip.GzipFile(fileobj=file),
        damages=lambda: (EOFError, OSError, zlib.error),
        # Without a name and a time in the file, the same vectors give the same bytes.
        open_writer=lambda file: gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0),
    ),
    ".bz2": _Compressor(
        magic=re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"),  # "BZh" alone could begin a text
        open_reader=lambda file: _Streams(file, bz2.BZ2Decompressor, PACKED_BYTES),
        damages=lambda: (EOFError, OSError, ValueError),
        open_writer=lambda file: bz2.BZ2File(file, "wb"),
    ),
    ".xz": _Compressor(
        magic=re.compile(rb"\xfd7zXZ\0"),
        open_reader=lambda file: _Streams(file, lzma.LZMADecompressor, PACKED_BYTES),
        damages=lambda: (EOFError, lzma.LZMAError),
        open_writer=lambda file: lzma.LZMAFile(file, "wb"),  # noqa: SIM115 - open_output closes it
    ),
    ".zst": _Compressor(
        magic=re.compile(rb"\x28\xb5\x2f\xfd"),
        open_reader=_zstd_reader,
        damages=lambda: (EOFError, _zstd_module("to read zstd files").ZstdError),
        open_writer=lambda file: _zstd_module("to write .zst").open(file, "wb"),
        require=_zstd_module,
    ),
}


# --- reading


def decompressed(name: str, file: BinaryIO) -> BinaryIO:
    """The decompressed contents of a file; of a file that is not compressed, the file itself or a
    buffer around it.

    Reading it raises ValueError, with ``name``, if the compressed data is damaged or cut off.

    >>> import gzip, io
    >>> decompressed("greeting", io.BytesIO(gzip.compress(b"hello"))).read()
    b'hello'
    """
    head, file = peek(file)
    compressor = _compressor_of(head)
    if compressor is None:
        return file
    if compressor.require is not None:
        compressor.require(f"to read {name}")
    return cast(BinaryIO, io.BufferedReader(_Decompressed(name, file, compressor), BUFFER_BYTES))


def lines_of(name: str, file: IO[Any], most: int) -> Iterator[bytes]:
    """The lines of a file; ValueError for one that has more than ``most`` bytes.

    >>> import io
    >>> list(lines_of("greeting", io.BytesIO(b"hello\\nworld"), 10))
    [b'hello\\n', b'world']
    """
    number = 0
    while line := file.readline(most + 1):
        number += 1
        if len(line) > most:
            raise ValueError(f"{name}: line {number} does not end within {most} bytes")
        yield line


def peek(file: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first HEAD_BYTES bytes of a stream (fewer if it ends), and the stream from its beginning.

    >>> import io
    >>> head, stream = peek(io.BytesIO(b"hello"))
    >>> head, stream.read()
    (b'hello', b'hello')
    """
    if not isinstance(file, io.BufferedReader):
        file = io.BufferedReader(cast(io.RawIOBase, file))
    if file.seekable():
        start = file.tell()
        head = file.read(HEAD_BYTES)
        file.seek(start)
        return head, file
    head = file.read(HEAD_BYTES)  # of a pipe, which may have given a few bytes only, so far
    return head, rejoined(head, file)


def rejoined(head: bytes, rest: BinaryIO, name: str = "") -> BinaryIO:
    """A stream with some bytes before it, and the name that messages call it by.

    >>> rejoined(b"a", io.BytesIO(b"bc")).read()
    b'abc'
    """
    return cast(BinaryIO, io.BufferedReader(_Rejoined(head, rest, name), BUFFER_BYTES))


class _Rejoined(io.RawIOBase):
    """A stream, and the bytes before it."""

    def __init__(self, head: bytes, rest: BinaryIO, name: str) -> None:
        self.head = memoryview(head)
        self.rest = rest
        self.name = name  # for messages

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.head:
            count: int = self.rest.readinto(buffer)  # type: ignore[attr-defined]
            return count
        count = min(len(buffer), len(self.head))
        buffer[:count] = self.head[:count]
        self.head = self.head[count:]
        return count


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins with these bytes is compressed.

    >>> is_compressed(b"BZh91AY&SY"), is_compressed(b"BZh is a word")
    (True, False)
    """
    return _compressor_of(head) is not None


def _compressor_of(head: bytes) -> _Compressor | None:
    return next((one for one in COMPRESSORS.values() if one.magic.match(head)), None)


class _Decompressed(io.RawIOBase):
    """A decompressed stream, which turns the errors of damaged data into ValueErrors that name the
    file."""

    def __init__(self, name: str, file: BinaryIO, compressor: _Compressor) -> None:
        self.name = name
        self.stream = compressor.open_reader(file)
        self.damages = compressor.damages()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            count: int = self.stream.readinto(buffer)
        except self.damages as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # an error of the disk, not of the data
            raise ValueError(f"{self.name} is damaged or cut off: {error}") from None
        return count


# --- writing


def check_compressor(path: PathLike) -> None:
    """Raise ImportError now, and not after the work, if a file of this name needs a package that is
    not installed.

    >>> check_compressor("words.txt.gz")
    """
    ending = Path(path).suffix.lower()
    compressor = COMPRESSORS.get(ending)
    if compressor is not None and compressor.require is not None:
        compressor.require(f"to write {ending}")


@contextmanager
def open_output(path: FileLike) -> Iterator[BinaryIO]:
    """Write a file atomically; it is compressed if its name ends with .gz, .bz2, .xz or .zst.

    >>> with open_output("words.txt.gz") as file:
    ...     count = file.write(b"cat 3\\n")
    """
    with open_target(path) as file, compressing(path, file) as stream:
        yield stream


@contextmanager
def compressing(path: FileLike, file: BinaryIO) -> Iterator[BinaryIO]:
    """What is written to the stream goes to the file, compressed if the path has the ending.

    A compressed file may be added to: readers take all its streams one after the other.

    >>> import io
    >>> file = io.BytesIO()
    >>> with compressing("words.txt.gz", file) as stream:
    ...     count = stream.write(b"cat 3\\n")
    >>> file.getvalue()[:2]
    b'\\x1f\\x8b'
    """
    compressor = COMPRESSORS.get(Path(name_of(path)).suffix.lower())
    if compressor is None:
        yield file
        return
    with compressor.open_writer(file) as stream:
        yield stream
