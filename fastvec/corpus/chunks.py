"""Chunks: what one worker reads at a time.

A source is cut into chunks: a range of a plain file, a block of a stream, or rows of a table or an
array.  Each kind of chunk has a method that lets a native TextReader read it.  Where words are made
by a function of the user's, which native code cannot call, chunks of text give their texts instead,
and the other chunks, which consist of words already, their sentences.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, TextReader
from fastvec._util.system import READ_ONLY
from fastvec.corpus.order import Order
from fastvec.io.encodings import guess_encoding, is_binary
from fastvec.params import CorpusParams
from fastvec.words import Words, offsets_of

RANGE_BYTES = 1 << 21  # of a plain file: small enough that no worker waits long for the last one
SHOWN_BYTES = 1 << 11  # before and behind a byte that is invalid, by which an encoding is guessed

LONE_SURROGATE = re.compile("[\ud800-\udfff]")

#: the value is True if the reader pauses (see TextReader); a file stays open until the exit
Reading = AbstractContextManager[bool]


class Chunk(Protocol):
    """Something that a worker can read; ``name`` says in messages where it comes from."""

    @property
    def name(self) -> str: ...

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        """Have it read by a TextReader."""
        ...

    def around(self, position: int, /) -> bytes:
        """Some of the bytes before and behind a position in its file, for messages."""
        ...


@dataclass(frozen=True)
class FileFormat:
    """One format of files that hold text, as ``file_formats.FILE_FORMATS`` lists them."""

    matches: Callable[[str, bytes, CorpusParams], bool]
    """Whether a file is of this format, by its name, its first bytes and the options."""

    chunks: Callable[[str, BinaryIO, CorpusParams], Iterator[Chunk]]
    """The chunks of a file, from its name (for messages) and its decompressed bytes."""

    is_text: bool = False
    """Whether its bytes are text, in the encoding that the options say."""


@dataclass(frozen=True)
class ObjectKind:
    """One kind of Python object that holds text, as ``sources.OBJECT_KINDS`` lists them."""

    matches: Callable[[Any], bool]
    """Whether an object is of this kind."""

    chunks: Callable[[Any, CorpusParams], Iterator[Chunk]]
    """The chunks of an object."""


@dataclass(frozen=True)
class FileRange:
    """The words of a plain file of ``size`` bytes that begin in ``[start, stop)``."""

    name: str
    start: int
    stop: int
    size: int

    @contextmanager
    def read(self, reader: TextReader, control: Control, worker: int) -> Iterator[bool]:
        handle = os.open(self.name, READ_ONLY)
        try:
            yield reader.file_range(handle, self.start, self.stop, self.size, control, worker)
            check_size(self.name, handle, self.size)
        except OSError as error:
            if error.filename is not None:  # about a temporary file, which ids were written to
                raise
            raise OSError(error.errno, error.strerror, self.name) from None
        finally:
            os.close(handle)

    def around(self, position: int) -> bytes:
        with Path(self.name).open("rb") as file:
            file.seek(max(0, position - SHOWN_BYTES))
            return file.read(2 * SHOWN_BYTES)


@dataclass(frozen=True)
class TextBlock:
    """Bytes of a stream from position ``start`` on, cut between words or lines.

    ``last`` says that the stream ends with this block.
    """

    name: str
    start: int
    data: bytes
    last: bool

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        data = np.frombuffer(self.data, np.uint8)
        return nullcontext(reader.block(data, self.start, self.last, control, worker))

    def around(self, position: int) -> bytes:
        at = position - self.start
        return self.data[max(0, at - SHOWN_BYTES) : at + SHOWN_BYTES]

    def texts(self, lines: bool, errors: str) -> list[str]:
        """Its lines, or all of it as one text, by the rules of the native reader."""
        if not self.data:
            return []
        try:
            text = self.data.decode(errors=errors)
        except UnicodeDecodeError as error:
            raise invalid_utf8(self, self.start + error.start) from None
        if self.start == 0:
            text = text.removeprefix("\ufeff")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.removesuffix("\n").split("\n") if lines else [text.replace("\n", " ")]


@dataclass(frozen=True)
class TextRows:
    """Rows of text; row ``r`` is ``joined[ends[r]:ends[r + 1]]``, and is read like a file."""

    name: str
    joined: NDArray[np.uint8]
    ends: NDArray[np.int64]

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        return nullcontext(reader.text_rows(self.joined, self.ends, control, worker))

    def around(self, _: int, /) -> bytes:
        return self.joined[: 2 * SHOWN_BYTES].tobytes()

    def texts(self, lines: bool, errors: str, keep_rows: bool = False) -> Iterator[str]:
        """The lines of all rows, or the rows; with ``keep_rows`` each row is one text."""
        for start, end in itertools.pairwise(self.ends.tolist()):
            row = TextBlock(self.name, 0, self.joined[start:end].tobytes(), last=True)
            texts = row.texts(lines and not keep_rows, errors)
            yield from texts or ([""] if keep_rows else [])


@dataclass(frozen=True)
class TokenRows:
    """Sentences of words: sentence ``r`` has the words ``starts[r]`` to ``starts[r + 1]``, and word
    ``w`` is ``joined[ends[w]:ends[w + 1]]``: the digits of an integer if they are ``integers``."""

    name: str
    joined: NDArray[np.uint8]
    ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    integers: bool = False

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        arrays = self.joined, self.ends, self.starts
        return nullcontext(reader.token_rows(*arrays, control, worker, self.integers))

    def around(self, _: int, /) -> bytes:
        return self.joined[: 2 * SHOWN_BYTES].tobytes()

    def sentences(self) -> Iterator[list[str] | list[int]]:
        """The sentences as lists of words, or of integers."""
        for start, end in itertools.pairwise(self.starts.tolist()):
            ends = itertools.pairwise(self.ends[start : end + 1].tolist())
            words = [self.joined[a:b].tobytes().decode() for a, b in ends]
            yield [int(word) for word in words] if self.integers else words


@dataclass(frozen=True)
class IntRows:
    """Sentences of integers: sentence ``r`` is ``values[starts[r]:starts[r + 1]]``."""

    name: str
    values: NDArray[np.int64]
    starts: NDArray[np.int64]

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        return nullcontext(reader.int_rows(self.values, self.starts, control, worker))

    def around(self, _: int, /) -> bytes:
        return b""

    def sentences(self) -> Iterator[NDArray[np.int64]]:
        """The sentences as arrays."""
        for start, end in itertools.pairwise(self.starts.tolist()):
            yield self.values[start:end]


@dataclass(frozen=True)
class LongRows:
    """Rows of a long table, in each of which one item of a sequence stands.

    Attributes
    ----------
    items, groups : Words
        of each row its item, and the group that it belongs to.
    order : Order or None
        of each row its place in the group; without it, that of the row.
    missing : int
        how many rows had no item, no group or no place, and are left out.
    """

    name: str
    items: Words
    groups: Words
    order: Order | None
    missing: int

    def read(self, reader: TextReader, control: Control, worker: int) -> Reading:
        """Have the items read as one sentence, which is enough where words are counted."""
        return self.one_sentence().read(reader, control, worker)

    def around(self, _: int, /) -> bytes:
        return b""

    def sentences(self) -> Iterator[list[str] | list[int]]:
        """The items as one list."""
        return self.one_sentence().sentences()

    def one_sentence(self) -> TokenRows:
        """The items as one sentence."""
        items = self.items
        starts = np.array([0, len(items)], np.int64)
        return TokenRows(self.name, items.joined, items.offsets, starts, items.integers)


def file_ranges(name: str, size: int) -> Iterator[FileRange]:
    """The chunks of a plain file of so many bytes."""
    for start in range(0, size, RANGE_BYTES):
        yield FileRange(name, start, min(start + RANGE_BYTES, size), size)


def texts_and_sentences(
    chunks: Iterator[Chunk], tokenizer: Callable[[str], Any], params: CorpusParams
) -> Iterator[Any]:
    """The sentences of some chunks: what a tokenizer makes of their texts, or, where they are cut
    into words already, their own."""
    for chunk in chunks:
        if isinstance(chunk, TextBlock | TextRows):
            # Not with map: StopIteration from the tokenizer would end the corpus without a word.
            more = (params.keep_rows,) if isinstance(chunk, TextRows) else ()
            for text in chunk.texts(params.lines, params.errors, *more):
                yield _tokens_of(tokenizer, text)
        else:
            assert isinstance(chunk, TokenRows | IntRows | LongRows)
            yield from chunk.sentences()


def _tokens_of(tokenizer: Callable[[str], Any], text: str) -> Any:
    tokens = tokenizer(text)
    if not isinstance(tokens, Iterable):
        raise TypeError(
            f"tokens gave {tokens!r:.40} for a text: it must give a sentence, a list of words"
        )
    return tokens


def check_size(name: str, handle: int, size: int) -> None:
    """ValueError if an open file is shorter than it was: some of its text is missing then."""
    now = os.fstat(handle).st_size
    if now < size:
        raise ValueError(f"{name} became shorter while it was read: {now} bytes of {size} are left")


def invalid_utf8(chunk: Chunk, position: int) -> ValueError:
    """The error about bytes that are not UTF-8, with the way to read them if they are text."""
    around = chunk.around(position)
    fault = f"{chunk.name}: byte {position} is not valid UTF-8"
    if is_binary(around):
        return ValueError(f"{fault}, and what is around it is no text in any encoding")
    guess = guess_encoding(around)
    if guess is None:
        return ValueError(
            f"{fault} (errors='replace' reads it nevertheless; for text in another encoding, say "
            "which one with encoding)"
        )
    return ValueError(f"{fault}: it looks like {guess}, which encoding={guess!r} reads")


def int_chunk(name: str, values: NDArray[Any], starts: NDArray[np.int64]) -> Chunk:
    """The chunk of sentences of integers, of any type: their digits, where int64 is too small."""
    if values.dtype == np.uint64 and values.max(initial=0) > np.iinfo(np.int64).max:
        letters = values.astype("S20").view(np.uint8).reshape(len(values), -1)
        ends = offsets_of(np.count_nonzero(letters, axis=1))
        return TokenRows(name, letters[letters != 0], ends, starts, integers=True)
    return IntRows(name, np.ascontiguousarray(values, np.int64), starts)


def utf8(name: str, text: str, errors: str) -> bytes:
    """The UTF-8 bytes of a text.

    ValueError for a lone surrogate, unless errors is "replace", which makes U+FFFD of it.

    >>> utf8("name", "a\\ud800", "replace").decode()
    'a\ufffd'
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        if errors == "replace":
            return LONE_SURROGATE.sub("\ufffd", text).encode()
        raise ValueError(f"{name}: {text[:40]!r} is not valid Unicode") from None
