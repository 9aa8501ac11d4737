"""What a corpus can be: files, folders, globs, standard input, remote files, tables, arrays, lists.

:func:`open_source` looks at what it is given and says how it is to be read: in pieces, by native
workers, or as sentences that a Python iterable gives one by one.

Imports pieces, packed, columns and encoded.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import itertools
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fastvec.corpus import tables
from fastvec.corpus.chunks import (
    LINES,
    WHOLE,
    WORDS,
    Block,
    Breaks,
    Lists,
    Numbers,
    Piece,
    Texts,
    blocks,
    check_size,
    integers,
    parts,
)
from fastvec.corpus.corpus_file import is_encoded
from fastvec.io import compression

Tokenizer = Callable[[str], Iterable[Any]]

NUMBERS_IN_PIECE = 1 << 20


class NoWordsError(ValueError, RuntimeError):
    """A source without any word, or without any that is kept; gensim raises RuntimeError then."""


@dataclass
class Source:
    """A source that has been looked at: it has pieces or it has sentences.

    ``bytes`` is how much text there is, if that is known.
    """

    pieces: Iterator[Piece] | None = None
    sentences: Iterator[Any] | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class File:
    """A file that can be opened; ``path`` if it lies on this machine."""

    name: str
    open: Callable[[], contextlib.AbstractContextManager[BinaryIO]]
    path: Path | None = None


def open_source(
    source: Any,
    *,
    column: str | None = None,
    tokenizer: Tokenizer | None = None,
    lines: bool = True,
    errors: str = "strict",
) -> Source:
    """Look at whatever a corpus is made from.

    A string or path-like object names files (see :func:`find_files`), and so does an iterable whose
    first item is one; with a tokenizer, an iterable of strings is one of texts.  Other iterables
    give sentences: lists of words, or arrays of integers.  Objects that speak Arrow are tables.
    A tokenizer makes words of all texts, wherever they stand, line by line or (without ``lines``)
    each as one; lists of words are not its matter.

    Raises
    ------
    FileNotFoundError
        for a path, or a glob, that matches nothing.
    TypeError
        for what is none of these.
    ValueError
        for a folder that has nothing in it; NoWordsError for an iterable.

    >>> next(open_source([["to", "be"]]).sentences)
    ['to', 'be']
    """
    opened = _opened(source, column, tokenizer is not None, lines, errors)
    if tokenizer is None or opened.pieces is None:
        return opened
    return Source(sentences=_tokenized(opened.pieces, tokenizer, lines, errors))


def _opened(source: Any, column: str | None, tokenized: bool, lines: bool, errors: str) -> Source:
    """The source; where a tokenizer follows, no piece of text ends within what it is to get."""
    breaks = WORDS if not tokenized else LINES if lines else WHOLE
    if is_path(source):
        return _open_files(find_files([source]), column, breaks, errors)
    if isinstance(source, np.ndarray) and source.dtype.kind in "iufb":
        return Source(pieces=_array_pieces(source))
    if tables.is_table(source):
        return Source(pieces=tables.table_pieces(source, column))
    if isinstance(source, (bytes, bytearray)) or not isinstance(source, Iterable):
        raise TypeError(
            "a corpus is a path, paths, lists of words, an array or a table, got "
            f"{type(source).__name__}"
        )
    first, items = _first(source)
    if tokenized and isinstance(first, str):
        return Source(pieces=_string_pieces(items, errors))
    if is_path(first):
        return _open_files(_find_listed(items, first), column, breaks, errors)
    return Source(sentences=items)


def _tokenized(
    pieces: Iterable[Piece], tokenizer: Tokenizer, lines: bool, errors: str
) -> Iterator[Any]:
    """The sentences of some pieces: what a tokenizer makes of texts; the others are cut already."""
    for piece in pieces:
        if isinstance(piece, Block | Texts):
            yield from map(tokenizer, piece.texts(lines, errors))
        else:
            assert isinstance(piece, Lists | Numbers)
            yield from piece.sentences()


def is_path(source: object) -> bool:
    """Whether something names files (rather than holding text itself)."""
    return isinstance(source, (str, os.PathLike))


def signature(source: Any, tokenizer: Tokenizer | None = None) -> object:
    """What stays equal as long as a source says the same; None where only reading it tells.

    Of files on this machine: their names, times and sizes.  What can be read only once (an
    iterator, a pipe, standard input) says forever what it said, and so do remote files.

    >>> signature([["to", "be"]]) is None, signature("-")
    (True, (('standard input',),))
    """
    if isinstance(source, Iterator):
        return source
    paths = source if isinstance(source, list | tuple) and not tokenizer else [source]
    if not paths or not all(map(is_path, paths)):
        return None
    try:
        return tuple(map(_state, find_files(paths)))
    except (OSError, ValueError, ImportError):  # reading it will say so
        return None


def _state(file: File) -> tuple[Any, ...]:
    if file.path is None or not file.path.is_file():
        return (file.name,)
    state = file.path.stat()
    return file.name, state.st_ino, state.st_size, state.st_mtime_ns


def _first(source: Iterable[Any]) -> tuple[Any, Iterator[Any]]:
    """The first item, and all of them again."""
    items = iter(source)
    for first in items:
        return first, itertools.chain([first], items)
    raise NoWordsError("the corpus is empty: there was nothing to read")


def _find_listed(items: Iterable[Any], first: Any) -> list[File]:
    try:
        return find_files(items)
    except FileNotFoundError as error:
        if not isinstance(first, str):
            raise
        reason = f"{error.strerror} (strings are paths here; a sentence is a list of words)"
        raise FileNotFoundError(error.errno, reason, error.filename) from None


# --- files


def find_files(sources: Iterable[Any]) -> list[File]:
    """The files that paths, globs, folders, ``-`` (standard input) and URLs stand for, in order.

    A folder stands for all files in it and in the folders below, in the order of their names; names
    that begin with a dot are passed over, and each folder is read once, however many links lead to
    it.  A path that exists is never taken for a glob.

    >>> [file.name for file in find_files(["-"])]
    ['standard input']
    """
    files: list[File] = []
    for source in sources:
        if not is_path(source):
            raise TypeError(f"a list of paths holds {source!r}, which is not a path")
        files.extend(_files_of(os.fsdecode(source)))
    return files


def _files_of(path: str) -> Iterable[File]:
    if not path:  # as an unset variable of a shell: not the folder that we are in
        raise ValueError("path must not be empty")
    if path == "-":
        return [File("standard input", lambda: contextlib.nullcontext(sys.stdin.buffer))]
    if is_remote(path):
        return _remote_files(path)
    if exists(path):
        if not Path(path).is_dir():
            return [_local(path)]
        found = [_local(str(name)) for name in _walk(Path(path)) if name.is_file()]
        if not found:
            raise ValueError(f"folder {path} holds no file")
        return found
    if not glob.has_magic(path):
        shown = path if len(path) <= 100 else path[:100] + "..."
        raise FileNotFoundError(errno.ENOENT, "there is no such file", shown)
    matches = [_local(name) for name in sorted(set(_matches(path))) if Path(name).is_file()]
    if not matches:
        raise FileNotFoundError(errno.ENOENT, "no file matches", path)
    return matches


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether there is such a file or folder; a text that could never be a path is none."""
    try:
        return os.fspath(path) != "" and Path(path).exists()
    except (OSError, ValueError):  # too long for a name; a NUL in it
        return False


def is_remote(path: str) -> bool:
    """Whether a path is a URL that fsspec reads."""
    return "://" in path and not exists(path)


def _local(name: str) -> File:
    path = Path(name)

    @contextlib.contextmanager
    def whole() -> Iterator[BinaryIO]:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            yield file
            check_size(name, file.fileno(), size)

    return File(name, whole, path)


def _walk(top: Path) -> Iterator[Path]:
    """A folder and what is in it and below, in the order of names; hidden names are passed over.

    A folder to which several paths lead, by links, is given once: so no loop is endless.
    """
    seen = set()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        if path.is_dir():
            real = path.resolve()
            if real in seen:
                continue
            seen.add(real)
            inside = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
            waiting.extend(sorted(inside, reverse=True))
        yield path


def _matches(pattern: str) -> Iterator[str]:
    """What a glob matches; ``**`` stands for a folder and those below it, each once."""
    parts = pattern.split("/")
    if "**" not in parts:
        yield from glob.iglob(pattern)  # noqa: PTH207 - Path.glob takes no absolute patterns
        return
    at = parts.index("**")
    rest = parts[at + 1 :] or ["*"]
    tops = glob.iglob("/".join([*parts[:at], ""])) if at else ["."]  # noqa: PTH207
    for top in tops:
        for folder in filter(Path.is_dir, _walk(Path(top))):
            yield from _matches(str(Path(glob.escape(str(folder)), *rest)))


def _remote_files(url: str) -> list[File]:
    """Files that fsspec reads: s3://, gs://, https://, hf:// ..., globs and folders of them too."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise ImportError(f"to read {url}: pip install 'fastvec[remote]'") from None
    system, path = url_to_fs(url)
    if glob.has_magic(path):
        names = sorted(system.glob(path))
    elif system.isdir(path):
        names = sorted(system.find(path))
    else:
        names = [path] if system.exists(path) else []
    if not names:
        raise FileNotFoundError(errno.ENOENT, "there is no such file", url)

    def remote(name: str) -> File:
        return File(system.unstrip_protocol(name), lambda: system.open(name, "rb"))

    return [remote(name) for name in names]


def _open_files(files: list[File], column: str | None, breaks: Breaks, errors: str) -> Source:
    return Source(pieces=_file_pieces(files, column, breaks, errors), bytes=_total_bytes(files))


def _total_bytes(files: Iterable[File]) -> int | None:
    """How much text the files hold; None if that cannot be known before it is read."""
    total = 0
    for file in files:
        if file.path is None or not _is_plain(file.path):
            return None
        total += file.path.stat().st_size
    return total


def _is_plain(path: Path) -> bool:
    """Whether a file can be read in parts: a regular one that knows its size (those in /proc do
    not) and is text as it stands."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode) or state.st_size == 0:
        return False
    with path.open("rb") as file:
        head = file.read(64)
    return not (compression.is_compressed(head) or tables.is_table_file(head) or is_encoded(head))


def _file_pieces(
    files: Iterable[File], column: str | None, breaks: Breaks, errors: str
) -> Iterator[Piece]:
    """The pieces of some files, one file after the other; opened only when their turn comes."""
    for file in files:
        in_parts = column is None and breaks == WORDS
        if in_parts and file.path is not None and _is_plain(file.path):
            yield from parts(file.name)
            continue
        with file.open() as raw:
            head, stream = compression.peek(raw)
            if tables.is_table_file(head):
                yield from tables.file_pieces(file.name, stream, head, column)
                continue
            if is_encoded(head):
                raise ValueError(f"{file.name} is an encoded corpus: it can only be read alone")
            text = compression.decompressed(file.name, stream)
            if column is not None:
                yield from tables.json_pieces(file.name, text, column, errors)
            else:
                yield from blocks(file.name, text, breaks)


# --- strings


def _string_pieces(items: Iterable[Any], errors: str) -> Iterator[Block]:
    for text in items:
        if not isinstance(text, str):
            raise TypeError(f"a list of texts holds {text!r:.40}, which is not a text")
        yield Block("a list of texts", 0, tables.utf8("a list of texts", text, errors), True)


# --- arrays


def _array_pieces(array: NDArray[Any]) -> Iterator[Piece]:
    """The pieces of an array of integers: every row is a sentence."""
    if array.dtype.kind not in "iu":
        raise TypeError(f"an array of item ids must hold integers, got {array.dtype}")
    if array.ndim not in (1, 2):
        raise ValueError(f"an array of item ids must have 1 or 2 dimensions, got {array.ndim}")
    rows = array.reshape(-1, array.shape[-1])
    step = max(1, NUMBERS_IN_PIECE // max(1, rows.shape[1]))
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        starts = np.arange(len(some) + 1, dtype=np.int64) * some.shape[1]
        yield Numbers("the array", integers(some.ravel()), starts)
