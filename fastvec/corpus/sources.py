"""Sources: what a corpus can be made from, found out once and carried until it is read.

:func:`find_source` looks at whatever a user gives: paths of files of any format (file_formats.py),
Python objects that hold text (``OBJECT_KINDS``), an iterable of sentences, or a Corpus.  The Source
that it returns knows whether it has changed, and gives chunks for native workers or sentences that
are read one by one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastvec.corpus.arrays import INTEGER_ARRAYS
from fastvec.corpus.arrow import TABLES, has_columns, is_table
from fastvec.corpus.chunks import (
    Chunk,
    FileRange,
    ObjectKind,
    TextBlock,
    file_ranges,
    texts_and_sentences,
    utf8,
)
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.encodings import is_utf8
from fastvec.corpus.file_formats import CORPUS_FILE, TEXT, breaks_of, format_of, stream_chunks
from fastvec.corpus.files import File, find_files, is_path
from fastvec.corpus.groups import grouped_sentences, is_grouped
from fastvec.corpus.rows import mapping_chunks, names_of
from fastvec.corpus.sequences import counted, sequences
from fastvec.corpus.streams import WORD_BREAKS
from fastvec.corpus.vocabulary import NoWordsError
from fastvec.io import compression
from fastvec.params import CorpusParams

#: an object is of the first of these that matches; if none does, it must be an iterable
OBJECT_KINDS: tuple[ObjectKind, ...] = (INTEGER_ARRAYS, TABLES)


#: options that say which columns of a table are read, and how they are found in files
COLUMN_OPTIONS = ("column", "delimiter", "header")


@dataclass(frozen=True)
class Contents:
    """What is read from a source: chunks, or sentences.

    Attributes
    ----------
    bytes : int, optional
        how much text there is, if that is known.
    column_options : tuple of str
        which of the COLUMN_OPTIONS can have a meaning for it.
    """

    chunks: Iterator[Chunk] | None = None
    sentences: Iterator[Any] | None = None
    bytes: int | None = None
    column_options: tuple[str, ...] = ()


class Source:
    """What a corpus is made from.

    Attributes
    ----------
    signature : object
        stays equal as long as the source holds the same text, as far as that can be known without
        reading it; None if it cannot.  Of files on this machine it is their names, times and sizes.
        What can be read only once (an iterator, a pipe, standard input) is treated as unchanged,
        and so are remote files.
    name : str
        the file, for messages; "" if there is none.
    """

    signature: object = None
    name = ""

    def open(self, params: CorpusParams, count_only: bool = False) -> Contents:
        """Begin to read.

        A function as ``tokens`` makes the sentences of all texts, line by line or (without
        ``lines``) of each text as one; it is not applied to lists of words.  Where words are
        counted only, the items of long tables need not be brought into sequences.
        """
        contents = self._contents(params)
        if params.group is not None and contents.chunks is not None and contents.column_options:
            chunks = (counted if count_only else sequences)(contents.chunks, params)
            contents = replace(contents, chunks=chunks)
        if isinstance(params.tokens, str) or contents.chunks is None:
            return contents
        return Contents(
            sentences=texts_and_sentences(contents.chunks, params.tokens, params),
            column_options=contents.column_options,
        )

    def has_lines(self, _: CorpusParams) -> bool:
        """Whether its sentences are lines, which the option ``lines`` can join."""
        return False

    def _contents(self, params: CorpusParams) -> Contents:
        raise NotImplementedError


class EncodedSource(Source):
    """Text that has been encoded already: a Corpus, or its file, which is opened when needed."""

    def __init__(self, corpus: Corpus | None = None, file: File | None = None) -> None:
        self._corpus = corpus
        self.file = file
        if file is not None:
            self.signature = (file.signature,)

    @property
    def corpus(self) -> Corpus:
        """The corpus itself."""
        if self._corpus is None:
            assert self.file is not None
            self._corpus = Corpus.open(self.file.name)
        return self._corpus


class FileSource(Source):
    """Files of any format, one after the other."""

    def __init__(self, files: list[File]) -> None:
        self.files = files
        self.signature = tuple(file.signature for file in files)
        self.name = files[0].name + (" and others" if len(files) > 1 else "") if files else ""

    def has_lines(self, params: CorpusParams) -> bool:
        return params.lines and params.column is None

    def _contents(self, params: CorpusParams) -> Contents:
        sizes = [_text_size(file, params) for file in self.files]
        total = sum(size for size in sizes if size is not None)
        each = map(_file_chunks, self.files, sizes, itertools.repeat(params))
        chunks = itertools.chain.from_iterable(each)
        size = None if None in sizes else total
        return Contents(chunks, bytes=size, column_options=COLUMN_OPTIONS)


class ObjectSource(Source):
    """An object of one of the OBJECT_KINDS."""

    def __init__(self, kind: ObjectKind, source: Any) -> None:
        self.kind = kind
        self.source = source

    def _contents(self, params: CorpusParams) -> Contents:
        named = self.kind is TABLES and has_columns(self.source)
        chunks = self.kind.chunks(self.source, params)
        return Contents(chunks, column_options=("column",) if named else ())


class GroupedSource(Source):
    """What ``groupby`` of a frame gives."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def _contents(self, params: CorpusParams) -> Contents:
        sentences = grouped_sentences(self.source, params)
        return Contents(sentences=sentences, column_options=("column",))


class IterableSource(Source):
    """An iterable of sentences; or, if its first item says so, of paths, texts, mappings or parts
    of a table."""

    def __init__(self, source: Iterable[Any]) -> None:
        self.source = source
        self.signature = source if isinstance(source, Iterator) else None

    def _contents(self, params: CorpusParams) -> Contents:
        items = iter(self.source)
        try:
            first = next(items)
        except StopIteration:
            raise NoWordsError("the corpus is empty: there was nothing to read") from None
        items = itertools.chain([first], items)
        if _is_text(first, params):
            return Contents(_string_chunks(items, params))
        if is_path(first):
            return FileSource(_listed_files(items, first))._contents(params)
        if isinstance(first, Mapping):
            if params.column is None:
                has = names_of(first)
                raise ValueError(
                    f"the corpus consists of mappings: say with column=NAME which key holds the "
                    f"text; the first one has {has}"
                )
            chunks = mapping_chunks("the corpus", items, params)
            return Contents(chunks, column_options=("column",))
        if is_table(first) and has_columns(first):
            chunks = itertools.chain.from_iterable(TABLES.chunks(each, params) for each in items)
            return Contents(chunks, column_options=("column",))
        return Contents(sentences=items)


def find_source(source: Any, params: CorpusParams) -> Source:
    """Look at whatever a corpus is made from.

    A string or path-like object names files (see :func:`fastvec.corpus.files.find_files`), and so
    does an iterable whose first item is one; where ``params.tokens`` is a function, an iterable of
    strings is one of texts.  Other iterables give sentences: lists of words, or arrays of integers.

    Raises
    ------
    FileNotFoundError
        for a path, or a glob, that matches nothing.
    TypeError
        for an object that cannot be a corpus.
    ValueError
        for an empty path, or a folder without files.

    >>> source = find_source([["to", "be"]], CorpusParams())
    >>> next(source.open(CorpusParams()).sentences)
    ['to', 'be']
    >>> find_source("-", CorpusParams()).signature
    (('standard input',),)
    """
    if isinstance(source, Corpus):
        return EncodedSource(source)
    if is_path(source):
        return _source_of_files(find_files([source]), params)
    if _lists_paths(source, params):
        return _source_of_files(_listed_files(source, source[0]), params)
    if is_grouped(source):
        return GroupedSource(source)
    for kind in OBJECT_KINDS:
        if kind.matches(source):
            return ObjectSource(kind, source)
    if isinstance(source, (bytes, bytearray)) or not isinstance(source, Iterable):
        raise TypeError(
            "a corpus is a path, paths, lists of words, an array or a table, got "
            f"{type(source).__name__}"
        )
    return IterableSource(source)


def _is_text(item: Any, params: CorpusParams) -> bool:
    """Whether an item of an iterable is a text that a function makes words of, not a path."""
    return isinstance(item, str) and not isinstance(params.tokens, str)


def _lists_paths(source: Any, params: CorpusParams) -> bool:
    """Whether a source is a list of nothing but paths."""
    if not isinstance(source, (list, tuple)) or not source or _is_text(source[0], params):
        return False
    return all(map(is_path, source))


# --- files


def _source_of_files(files: list[File], params: CorpusParams) -> Source:
    if len(files) == 1 and format_of(files[0].name, files[0].head, params) is CORPUS_FILE:
        return EncodedSource(file=files[0])
    return FileSource(files)


def _listed_files(paths: Iterable[Any], first: Any) -> list[File]:
    try:
        return find_files(paths)
    except FileNotFoundError as error:
        if not isinstance(first, str):
            raise
        reason = f"{error.strerror} (strings are paths here; a sentence is a list of words)"
        raise FileNotFoundError(error.errno, reason, error.filename) from None


def _text_size(file: File, params: CorpusParams) -> int | None:
    """The bytes of a plain text file, which workers can read from anywhere; None for any other."""
    is_plain = file.head and not compression.is_compressed(file.head) and is_utf8(params.encoding)
    return file.size if is_plain and format_of(file.name, file.head, params) is TEXT else None


def file_pieces(file: File, params: CorpusParams) -> Iterator[tuple[FileRange | str, int]]:
    """The parts of a file that can be read without the others, wherever this process runs, and
    their bytes: ranges of plain text, or its name."""
    name = file.name if file.path is None else str(file.path.absolute())
    size = _text_size(file, params)
    if size is None or breaks_of(params) != WORD_BREAKS:
        yield name, file.size or 1
        return
    for part in file_ranges(name, size):
        yield part, part.stop - part.start


def _file_chunks(file: File, text_size: int | None, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of a file, which is opened only when its turn comes."""
    if text_size is not None and breaks_of(params) == WORD_BREAKS:
        yield from file_ranges(file.name, text_size)
        return
    with file.open() as raw:
        yield from stream_chunks(file.name, compression.decompressed(file.name, raw), params)


# --- texts


def _string_chunks(texts: Iterable[Any], params: CorpusParams) -> Iterator[Chunk]:
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a list of texts holds {text!r:.40}, which is not a text")
        data = utf8("a list of texts", text, params.errors)
        yield TextBlock("a list of texts", 0, data, last=True)
