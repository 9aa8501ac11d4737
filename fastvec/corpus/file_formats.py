"""Formats of the files that a corpus can be made from, and of those that are refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from fastvec.corpus.arrow import ARROW_FORMATS
from fastvec.corpus.chunks import Chunk, FileFormat
from fastvec.corpus.csv_files import CSV
from fastvec.corpus.encodings import as_utf8, is_utf8
from fastvec.corpus.jsonl import JSON_LINES, JSON_LINES_UNNAMED
from fastvec.corpus.streams import LINE_BREAKS, NO_BREAKS, WORD_BREAKS, Breaks, text_blocks
from fastvec.io import compression
from fastvec.io.archives import only_member
from fastvec.io.container import KINDS, is_container
from fastvec.io.foreign import foreign_kind, holds_vectors, is_archive, wide_encoding
from fastvec.params import CorpusParams


def _refuse_corpus_file(name: str, *_: Any) -> Iterator[Chunk]:
    raise ValueError(f"{name} is an encoded corpus: it can only be read alone")


def breaks_of(params: CorpusParams) -> Breaks:
    """Where text may be cut: not within what a function is to make words of."""
    if isinstance(params.tokens, str):
        return WORD_BREAKS
    return LINE_BREAKS if params.lines else NO_BREAKS


def _text_chunks(name: str, file: BinaryIO, params: CorpusParams) -> Iterator[Chunk]:
    return text_blocks(name, file, breaks_of(params))


def _refuse_container(name: str, *_: Any) -> Iterator[Chunk]:
    raise ValueError(f"{name} is a file of fastvec's own that holds vectors or counts, not text")


def _refuse_foreign(name: str, file: BinaryIO, _: CorpusParams) -> Iterator[Chunk]:
    kind = foreign_kind(compression.peek(file)[0])
    assert kind is not None
    raise ValueError(f"{name} is {kind.what}, not text: {kind.advice}")


def _refuse_wide(name: str, file: BinaryIO, _: CorpusParams) -> Iterator[Chunk]:
    encoding = wide_encoding(compression.peek(file)[0])
    raise ValueError(f"{name} is text in {encoding}, not UTF-8: encoding={encoding!r} reads it")


def _refuse_vectors(name: str, *_: Any) -> Iterator[Chunk]:
    raise ValueError(f"{name} holds word vectors, not text: keep it outside of the corpus")


def _archive_chunks(name: str, file: BinaryIO, params: CorpusParams) -> Iterator[Chunk]:
    with only_member(name, file, params.tmp) as (inside, member):
        yield from stream_chunks(inside, member, params)


CORPUS_FILE = FileFormat(lambda _, head, __: is_container(head, "corpus"), _refuse_corpus_file)
CONTAINER = FileFormat(
    lambda _, head, __: any(is_container(head, kind) for kind in KINDS), _refuse_container
)
FOREIGN = FileFormat(lambda _, head, __: foreign_kind(head) is not None, _refuse_foreign)
ARCHIVE = FileFormat(lambda _, head, __: is_archive(head), _archive_chunks)
WIDE_TEXT = FileFormat(
    lambda _, head, __: wide_encoding(head) is not None, _refuse_wide, is_text=True
)
VECTORS = FileFormat(
    lambda _, head, __: holds_vectors(head, len(head) < compression.HEAD_BYTES),
    _refuse_vectors,
    is_text=True,
)
TEXT = FileFormat(lambda *_: True, _text_chunks, is_text=True)

#: a file is of the first of these that matches
FILE_FORMATS: tuple[FileFormat, ...] = (
    CORPUS_FILE,
    CONTAINER,
    *ARROW_FORMATS,
    FOREIGN,
    ARCHIVE,
    WIDE_TEXT,
    CSV,
    JSON_LINES,
    JSON_LINES_UNNAMED,
    VECTORS,
    TEXT,
)


def format_of(name: str, head: bytes, params: CorpusParams) -> FileFormat:
    """The format of a file that has this name and begins with these bytes.

    >>> format_of("text", b"to be or not", CorpusParams()) is TEXT
    True
    """
    return next(each for each in FILE_FORMATS if each.matches(name, head, params))


def stream_chunks(name: str, stream: BinaryIO, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of decompressed data of any format."""
    head, stream = compression.peek(stream)
    file_format = format_of(name, head, params)
    if file_format.is_text and not is_utf8(params.encoding):
        head, stream = compression.peek(as_utf8(name, stream, params))
        file_format = format_of(name, head, params)
    yield from file_format.chunks(name, stream, params)
