"""Vector files: word2vec text and binary, GloVe text, and fastvec's own safetensors layout.

Knows words and matrices only; docs/formats.md describes every file byte by byte.
"""

from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import numpy as np
from numpy.typing import NDArray

from fastvec._core import RowReader, write_rows
from fastvec.files import PathLike, atomic_write
from fastvec.tensors import load_tensors, save_tensors
from fastvec.words import Words, encode

Floats = NDArray[np.float32]
Layout = Literal["shortest", "word2vec.c", "glove"]

LAYOUTS = ("shortest", "word2vec.c", "glove")
MAX_SIZE = 1 << 20  # numbers in a vector; a header that says more is a broken one
MAX_WORDS = 2**31 - 2  # word ids are 32 bits
CHUNK = 1 << 20  # bytes read at a time
BLOCK = 1024  # rows written at a time


# --- compressed files


def _zstd_open(file: BinaryIO, mode: str) -> Any:
    """Open a zstd stream with Python's own module (3.14) or the ``zstandard`` package."""
    try:
        from compression import zstd
    except ImportError:
        try:
            import zstandard
        except ImportError:
            raise ImportError(
                ".zst needs a package: pip install 'fastvec[zstd]', or use .gz"
            ) from None
        return zstandard.open(file, mode)
    return zstd.open(file, mode)


OPENERS: dict[str, Callable[[BinaryIO, str], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _zstd_open,
}


@contextmanager
def open_input(path: PathLike) -> Iterator[BinaryIO]:
    """Open a file for reading; .gz, .bz2, .xz and .zst are unpacked on the way.

    >>> with open_input("vectors.txt.gz") as file:
    ...     header = file.readline()
    """
    with Path(path).open("rb") as raw:
        opener = OPENERS.get(Path(path).suffix.lower())
        if opener is None:
            yield raw
            return
        try:
            with opener(raw, "rb") as file:
                yield cast(BinaryIO, file)
        except EOFError as error:
            raise ValueError(f"{path} is cut off: {error}") from error
        except (OSError, lzma.LZMAError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise ValueError(f"{path} is not a whole {Path(path).suffix} file: {error}") from error


@contextmanager
def open_output(path: PathLike) -> Iterator[BinaryIO]:
    """Write a file atomically; .gz, .bz2, .xz and .zst are packed on the way.

    >>> with open_output("words.txt.gz") as file:
    ...     count = file.write(b"cat 3\\n")
    """
    with atomic_write(path) as raw:
        match Path(path).suffix.lower():
            case ".gz":  # no name and time in it: the same vectors give the same bytes
                with gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
                    yield cast(BinaryIO, packed)
            case ".bz2":
                with bz2.open(raw, "wb") as packed2:
                    yield cast(BinaryIO, packed2)
            case ".xz":
                with lzma.open(raw, "wb") as packed3:
                    yield cast(BinaryIO, packed3)
            case ".zst":
                with _zstd_open(raw, "wb") as packed4:
                    yield cast(BinaryIO, packed4)
            case _:
                yield raw


# --- word2vec and GloVe: reading


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
        a header or row that is not what it should be, or rows that are missing;
        UnicodeDecodeError for a word that is not text.

    >>> words, vectors = read_word2vec("vectors.bin", binary=True)
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit must be at least 0, got {limit}")
    if binary and not header:
        raise ValueError("a binary file without a header cannot be read: it gives no sizes")
    with open_input(path) as file:
        reading = _Rows(file, path, binary, header, limit)
        vectors = reading.all()
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


class _Rows:
    """One reading of a word2vec or GloVe file: its sizes, its buffer, its matrix."""

    def __init__(
        self, file: BinaryIO, path: PathLike, binary: bool, header: bool, limit: int | None
    ) -> None:
        self.file = file
        self.path = path
        self.binary = binary
        self.buffer = np.empty(CHUNK, np.uint8)
        self.start = self.end = 0  # the bytes not yet understood are buffer[start:end]
        self.ended = False
        #: bytes in the file, None where it is packed or a pipe
        self.bytes = _plain_size(file)
        self.count: int | None = None
        if header:
            self.count, size = self._header()
        else:
            size = self._count_fields()
        self.reader = RowReader(size, binary)
        self.wanted = MAX_WORDS if self.count is None else self.count
        if limit is not None:
            self.wanted = min(self.wanted, limit)

    def _header(self) -> tuple[int, int]:
        line = self.file.readline(256)
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
        """Numbers in a row, where no header says it: the trailing fields that are numbers."""
        self._fill()
        while not self.ended and b"\n" not in self.buffer[: self.end].tobytes():
            self._fill()
        line = self.buffer[: self.end].tobytes().partition(b"\n")[0]
        fields = line.replace(b"\t", b" ").rstrip().split(b" ")
        size = 0
        while size < len(fields) - 1 and _is_number(fields[-1 - size]):
            size += 1
        if size == 0:
            raise ValueError(
                f"{self.path}: row 1: expected a word and numbers, found {_excerpt(line)}"
            )
        return min(size, MAX_SIZE)

    def _fill(self) -> None:
        """Read more bytes behind those not yet understood; a full buffer is made larger."""
        kept = self.end - self.start
        self.buffer[:kept] = self.buffer[self.start : self.end].copy()
        self.start, self.end = 0, kept
        if kept == len(self.buffer):
            if kept >= 64 * MAX_SIZE:
                raise ValueError(f"{self.path}: {self._where()} does not end within {kept} bytes")
            self.buffer = np.resize(self.buffer, 2 * kept)
        got = self.file.readinto(self.buffer[kept:].data)  # type: ignore[attr-defined]
        self.end += got
        self.ended = got == 0

    def _where(self) -> str:
        return f"row {self.reader.row + 1}" if hasattr(self, "reader") else "row 1"

    def all(self) -> Floats:
        """Read all rows that are wanted."""
        size = self.reader.size
        vectors = np.empty((self._first_room(), size), np.float32)
        while self.reader.row < self.wanted:
            rows = len(self.reader.table)
            if rows == len(vectors):
                vectors.resize((2 * rows + 16, size), refcheck=False)
            try:
                self.start = self.reader.feed(
                    self.buffer, self.start, self.end, self.ended, vectors, self.wanted
                )
            except ValueError as error:
                row = self.buffer[error.args[0] : self.end].tobytes().partition(b"\n")[0]
                raise ValueError(
                    f"{self.path}: row {self.reader.row + 1}: expected a word and {size} numbers, "
                    f"found {_excerpt(row)}"
                ) from None
            if self.reader.row < self.wanted and len(self.reader.table) < len(vectors):
                if self.ended:
                    break
                self._fill()
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
        if self.count is None and rows < self.wanted and self.start < self.end:
            raise ValueError(f"{self.path} is cut off within row {rows + 1}")

    def _first_room(self) -> int:
        """Rows to make room for: as many as are wanted and can be in the file."""
        size = self.reader.size
        if self.bytes is None:  # packed: the header may lie, so grow as rows come
            return min(self.wanted, 1 + (1 << 26) // (4 * size))
        left = self.bytes - self.file.tell() + self.end - self.start
        smallest = 4 * size + 1 if self.binary else 2 * size
        if self.count is not None and self.wanted * smallest > left + 1:
            raise ValueError(
                f"{self.path} is cut off: its first line says {self.count} words of {size} "
                f"numbers, which cannot be in its {self.bytes} bytes"
            )
        if self.count is None:  # guess by the first rows
            seen = self.buffer[self.start : self.end].tobytes()
            typical = max(smallest, len(seen) // max(1, seen.count(b"\n")))
            return min(self.wanted, 16 + left // typical * 17 // 16)
        return self.wanted


def _plain_size(file: BinaryIO) -> int | None:
    """The size of a plain file on disk; None for packed files and pipes."""
    if isinstance(file, gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile):
        return None
    try:
        status = os.fstat(file.fileno())
        return status.st_size if file.seekable() and status.st_size else None
    except (OSError, AttributeError):
        return None


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


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


# --- word2vec and GloVe: writing


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
    _check_words(words, start, binary)
    with Path(path).open("ab") if append else open_output(path) as file:
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


def _pieces(words: Words, first: int, last: int) -> list[bytes]:
    """The bytes of words first..last."""
    offsets = words.offsets[first : last + 1].tolist()
    base = offsets[0]
    joined = words.joined[base : offsets[-1]].tobytes()
    return [joined[start - base : end - base] for start, end in itertools.pairwise(offsets)]


def _check_words(words: Words, prefix: bytes, binary: bool) -> None:
    """ValueError for the first word that word2vec's text or binary cannot hold."""
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
    if b"\n" in prefix or (binary and b" " in prefix):
        raise ValueError(f"prefix {prefix.decode()!r} has a space or a line end")


def read_counts(path: PathLike, encoding: str = "utf-8", errors: str = "strict") -> dict[str, int]:
    """Read a vocabulary file, ``word count`` a line, as word2vec.c's -save-vocab writes it.

    >>> read_counts("vocab.txt")
    {'cat': 3}
    """
    counts = {}
    with open_input(path) as file:
        for number, line in enumerate(file, 1):
            word, _, count = line.rstrip().rpartition(b" ")
            try:
                counts[word.decode(encoding, errors)] = int(count)
            except UnicodeDecodeError:
                raise
            except ValueError:
                raise ValueError(
                    f"{path}: line {number} is not a word and its count: {_excerpt(line)}"
                ) from None
    return counts


def write_counts(path: PathLike, words: Words, counts: NDArray[np.int64], prefix: str = "") -> None:
    """Write a vocabulary file, ``word count`` a line.

    >>> write_counts("vocab.txt", Words.of(["cat"]), np.array([3]))
    """
    with open_output(path) as file:
        for word, count in zip(words, counts.tolist(), strict=True):
            file.write(f"{prefix}{word} {count}\n".encode())


# --- any of them

KINDS = ("safetensors", "word2vec", "word2vec-binary", "glove")


@dataclass(frozen=True)
class VectorFile:
    """What a vector file held."""

    kind: str
    words: Words
    vectors: Floats
    counts: NDArray[np.int64] | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def sniff(path: PathLike) -> str:
    """What kind of vector file this is, by its first bytes: one of ``KINDS``.

    >>> sniff("vectors.bin"), sniff("vectors.txt")
    ('word2vec-binary', 'word2vec')
    """
    with open_input(path) as file:
        head = file.read(1 << 16)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return "safetensors"
    first, _, rest = head.partition(b"\n")
    try:
        _, size = (int(number) for number in first.split())
    except ValueError:
        return "glove"
    line, newline, _ = rest.partition(b"\n")
    fields = line.split()
    if not newline and len(head) == 1 << 16:
        fields.pop()  # it may be half a number
    last = fields[1:][-max(1, size) :]
    if not fields or (len(last) and all(_is_number(number) for number in last)):
        return "word2vec"
    return "word2vec-binary"


def read_vectors(
    path: PathLike,
    *,
    kind: str | None = None,
    limit: int | None = None,
    errors: str = "strict",
) -> VectorFile:
    """Read any vector file that fastvec knows.

    Parameters
    ----------
    kind : str, optional
        one of ``KINDS``; found out by :func:`sniff` when not given.
    limit : int, optional
        only so many first words.
    errors : str
        what to do with words that are not UTF-8: strict, ignore or replace.

    Raises
    ------
    ValueError
        a broken file, with its name and the reason.

    >>> read_vectors("vectors.bin").vectors.shape[1]
    3
    """
    kind = kind or sniff(path)
    if kind == "safetensors":
        words, tensors, metadata = load_safetensors(path)
        vectors, counts = tensors["vectors"][:limit], tensors.get("counts")
        if limit is not None:
            words = words.take(np.arange(len(vectors)))
            counts = None if counts is None else counts[:limit]
        return VectorFile(kind, words, vectors, counts, metadata)
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    words, vectors = read_word2vec(
        path,
        binary=kind == "word2vec-binary",
        header=kind != "glove",
        limit=limit,
        errors=errors,
    )
    return VectorFile(kind, words, vectors)


# --- fastvec's own files: safetensors

VERSION = 1


def save_safetensors(
    path: PathLike,
    *,
    words: Words,
    vectors: NDArray[Any],
    counts: NDArray[np.int64] | None = None,
    extra: Mapping[str, NDArray[Any]] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Save words and vectors, and whatever arrays belong to them, in one safetensors file.

    Parameters
    ----------
    vectors : (V, D) array
        may be a view with padded rows: it is written block by block, never copied whole.
    counts : (V,) int64 array, optional
    extra : arrays by name
        what else the model needs; not named vectors, words, offsets or counts.
    metadata : strings by name

    Raises
    ------
    ValueError
        shapes that do not fit or a dtype that safetensors does not have; OSError when the file
        cannot be written.

    >>> save_safetensors("a.safetensors", words=Words.of(["cat"]), vectors=np.ones((1, 3), "f"))
    """
    tensors = {"vectors": vectors, "words": words.joined, "offsets": words.offsets}
    if counts is not None:
        tensors["counts"] = np.asarray(counts, np.int64)
    for name, array in (extra or {}).items():
        if name in ("vectors", "words", "offsets", "counts"):
            raise ValueError(f"extra must not hold a tensor named {name!r}")
        tensors[name] = array
    if len(vectors) != len(words):
        raise ValueError(f"{len(words)} words for {len(vectors)} vectors")
    save_tensors(path, tensors, {"fastvec": str(VERSION), **(metadata or {})})


def load_safetensors(
    path: PathLike, *, mmap: bool = True
) -> tuple[Words, dict[str, NDArray[Any]], dict[str, str]]:
    """Open a file written by :func:`save_safetensors`.

    Parameters
    ----------
    mmap : bool
        True (default) maps the file: opening takes no time, pages are read when they are
        touched, and changes to the arrays stay in this process (copy on write).  False reads all.

    Returns
    -------
    words : Words
    tensors : dict
        ``vectors`` (V, D) float32, ``counts`` (V,) int64 if it was saved, and what else was.
    metadata : dict

    Raises
    ------
    ValueError
        a file that is cut off or is no fastvec file, with its name and the reason.

    >>> words, tensors, metadata = load_safetensors("vectors.safetensors")
    >>> tensors["vectors"].shape
    (5, 3)
    """
    tensors, metadata = load_tensors(path, mmap=mmap)
    version = metadata.get("fastvec", "")
    if not version.isdecimal() or any(n not in tensors for n in ("vectors", "words", "offsets")):
        raise ValueError(f"{path} is a safetensors file, but not one that fastvec wrote")
    if int(version) > VERSION:
        raise ValueError(
            f"{path} has version {version} of the format, this fastvec knows up to {VERSION}"
        )
    joined, offsets, vectors = tensors.pop("words"), tensors.pop("offsets"), tensors["vectors"]
    if joined.dtype != np.uint8 or joined.ndim != 1 or offsets.dtype != np.int64:
        raise ValueError(f"{path}: words must be bytes and offsets 64-bit integers")
    if offsets.ndim != 1 or vectors.ndim != 2 or len(offsets) != len(vectors) + 1:
        raise ValueError(f"{path}: vectors {vectors.shape} do not fit offsets {offsets.shape}")
    if offsets[0] != 0 or offsets[-1] != len(joined) or np.any(offsets[1:] < offsets[:-1]):
        raise ValueError(f"{path}: the words' offsets do not rise from 0 to {len(joined)}")
    if vectors.dtype != np.float32:
        raise ValueError(f"{path}: vectors must be float32, they are {vectors.dtype}")
    counts = tensors.get("counts")
    if counts is not None and (counts.shape != (len(vectors),) or counts.dtype != np.int64):
        raise ValueError(f"{path}: counts must be {len(vectors)} 64-bit integers")
    return Words(joined, offsets), tensors, metadata
