"""Documents with tags: how they are read, and which of them each sentence of a corpus is."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, TextReader, WordTable
from fastvec._util.log import log
from fastvec.corpus.chunks import Chunk, LongRows, TextRows
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.files import is_path
from fastvec.corpus.sources import Contents, EncodedSource, IterableSource, Source, find_source
from fastvec.params import RowParams
from fastvec.sentences import TaggedLineDocument
from fastvec.words import Words, encode, is_integer, offsets_of

#: so many times as many rows as documents, and so many more, may integer tags ask for
MOST_ROWS_PER_DOCUMENT, FREE_ROWS = 100, 10_000
BLOCK_NUMBERS = 1 << 20


@dataclass(frozen=True)
class Tags:
    """The tags of documents.

    Attributes
    ----------
    names : Words or None
        all different tags; None if tags are the numbers of rows.
    starts, ids : (documents + 1,) int64 and (n,) int32 arrays
        document i has the tags ``ids[starts[i]:starts[i + 1]]``.
    """

    names: Words | None
    starts: NDArray[np.int64]
    ids: NDArray[np.int32]

    @classmethod
    def numbers(cls, count: int) -> Tags:
        """Of each document its number."""
        return cls(None, np.arange(count + 1), np.arange(count, dtype=np.int32))

    def check_numbers(self, known: int) -> None:
        """ValueError for integers that are far larger than the number of documents, of which
        ``known`` have rows already.

        >>> Tags(None, np.arange(2), np.array([50_000], np.int32)).check_numbers(0)
        Traceback (most recent call last):
        ValueError: integer tags are the numbers of rows, and 1 documents should not have a tag ...
        """
        count, largest = len(self.starts) - 1, int(self.ids.max(initial=0))
        if self.names is None and largest > MOST_ROWS_PER_DOCUMENT * count + FREE_ROWS + known:
            raise ValueError(
                f"integer tags are the numbers of rows, and {count} documents should not have "
                f"a tag as large as {largest}: use strings as tags"
            )

    def all_names(self) -> Words:
        """The names of all rows."""
        if self.names is not None:
            return self.names
        return numbered(int(self.ids.max(initial=-1)) + 1)


def numbered(count: int) -> Words:
    """The integers from 0 on, as words.

    >>> numbered(11).keys()[-2:]
    [9, 10]
    """
    parts, lengths = [], []
    for first in range(0, count, BLOCK_NUMBERS):
        numbers = np.arange(first, min(first + BLOCK_NUMBERS, count)).astype("S10")
        letters = numbers.view(np.uint8).reshape(len(numbers), -1)
        parts.append(letters[letters != 0])
        lengths.append(np.count_nonzero(letters, axis=1))
    if not parts:
        return Words.spelled([], integers=True)
    return Words(np.concatenate(parts), offsets_of(np.concatenate(lengths)), None, integers=True)


class TagList:
    """Collects the tags of documents, one document after the other.

    Tags are all integers, which are the numbers of rows, or all strings.

    >>> tags = TagList()
    >>> tags.add(["b", "a"]); tags.add(["a"])
    >>> tags.result().ids.tolist(), list(tags.result().names)
    ([0, 1, 1], ['b', 'a'])
    """

    def __init__(self) -> None:
        self._table = WordTable()
        self._ids, self._ends = array("q"), array("q", [0])
        self._integers: bool | None = None

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, tags: Iterable[Any]) -> None:
        """The tags of the next document."""
        if isinstance(tags, str | bytes) or not isinstance(tags, Iterable):
            raise TypeError(
                f"document {len(self)}: its tags must be a list, got {tags!r:.60}: write [{tags!r}]"
            )
        for tag in tags:
            self._ids.append(self._id(tag))
        self._ends.append(len(self._ids))

    def _id(self, tag: Any) -> int:
        integer = is_integer(tag)
        if not integer and not isinstance(tag, str):
            raise TypeError(f"document {len(self)}: a tag is a string or an integer, got {tag!r}")
        if self._integers is None:
            self._integers = integer
        if self._integers != integer:
            raise TypeError(
                f"document {len(self)}: tags must be all strings or all integers, got {tag!r}"
            )
        if not integer:
            return self._table.add(encode(tag))
        if not 0 <= tag < 2**31:
            rule = "from 0 on" if tag < 0 else "below 2147483648"
            raise ValueError(
                f"document {len(self)}: an integer tag is the number of a row, {rule}, got {tag}: "
                "use strings as tags"
            )
        return int(tag)

    def result(self) -> Tags:
        """The tags of all documents so far."""
        ids, starts = np.array(self._ids, np.int32), np.array(self._ends, np.int64)
        if not self._integers:
            joined, offsets = self._table.arrays()
            names = Words(np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64))
            return Tags(names, starts, ids)
        return Tags(None, starts, ids)


class TagRows:
    """Collects the tags of the rows of a table, each of which has one."""

    def __init__(self) -> None:
        self._reader = TextReader()
        self._rows = 0

    def add(self, names: Words) -> None:
        """The tags of some more rows."""
        starts = np.arange(len(names) + 1)
        self._reader.token_rows(names.joined, names.offsets, starts, Control(1), 0)
        self._rows += len(names)

    def result(self) -> Tags:
        """The tags of all rows so far."""
        ids = np.empty(self._reader.spooled, np.int32)
        self._reader.move_ids(ids)
        joined, offsets, _ = self._reader.words()
        names = Words(np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64))
        return Tags(names, np.arange(self._rows + 1), ids[ids > 0] - 1)


class TaggedCorpus(Corpus):
    """A corpus in which sentence i is document i, and has tags."""

    def __init__(self, corpus: Corpus, tags: Tags) -> None:
        super().__init__(
            corpus.tokens,
            corpus.offsets,
            corpus.vocabulary,
            corpus.raw_words,
            corpus.raw_sentences,
            corpus.options,
        )
        self._keeps_empty = True
        self.tags = tags

    def in_words(self, *given: Any, **options: Any) -> Corpus:
        """This corpus in the ids of another vocabulary."""
        new = super().in_words(*given, **options)
        return self if new is self else TaggedCorpus(new, self.tags)


class DocumentSource(Source):
    """Documents with tags, or the numbers of what any other source has as sentences.

    Parameters
    ----------
    source : Source
    tag_column : str, optional
        the column of a table that has a tag in each row.
    """

    def __init__(self, source: Source, tag_column: str | None) -> None:
        self.source, self.tag_column = source, tag_column
        self.signature, self.name = source.signature, source.name
        self._tags: TagList | TagRows | None = None

    def has_lines(self, params: Any) -> bool:
        return self.source.has_lines(params)

    def tagged(self, corpus: Corpus) -> TaggedCorpus:
        """The corpus that was read from this source, with its tags."""
        tags = Tags.numbers(len(corpus)) if self._tags is None else self._tags.result()
        return TaggedCorpus(corpus, tags)

    def _contents(self, params: Any) -> Contents:
        self._tags = None
        if self.tag_column is not None:
            return self._table(params)
        contents = self.source.open(params)
        if contents.sentences is None or not isinstance(self.source, IterableSource):
            return contents
        sentences = iter(contents.sentences)
        first = next(sentences, None)
        if not (hasattr(first, "words") and hasattr(first, "tags")):
            return (
                contents
                if first is None
                else replace(contents, sentences=itertools.chain([first], sentences))
            )
        self._tags = TagList()
        return Contents(sentences=self._words(itertools.chain([first], sentences), self._tags))

    def _words(self, documents: Iterable[Any], tags: TagList) -> Iterator[Any]:
        for document in documents:
            if not (hasattr(document, "words") and hasattr(document, "tags")):
                raise TypeError(
                    f"document {len(tags)} must be a TaggedDocument, as the first one is, got "
                    f"{document!r:.60}"
                )
            tags.add(document.tags)
            yield document.words

    def _table(self, params: RowParams) -> Contents:
        """The texts of a table, beside whose chunks the tags are collected."""
        if params.column is None or params.column == self.tag_column:
            raise ValueError(
                f"tag_column={self.tag_column} needs column=NAME beside it, which names the texts"
            )
        contents = self.source._contents(replace(params, group=self.tag_column, order=None))
        if contents.chunks is None or not contents.column_options:
            raise ValueError(f"there is no column {self.tag_column!r}: tag_column is for tables")
        self._tags = TagRows()
        return replace(contents, chunks=self._texts(contents.chunks, self._tags))

    def _texts(self, chunks: Iterable[Chunk], tags: TagRows) -> Iterator[Chunk]:
        missing = 0
        for chunk in chunks:
            assert isinstance(chunk, LongRows)
            tags.add(chunk.groups)
            missing += chunk.missing
            yield TextRows(chunk.name, chunk.items.joined, chunk.items.offsets)
        if missing:
            log.warning("%d rows without a text or a tag are left out", missing)


def find_documents(documents: Any, params: RowParams, tag_column: str | None) -> Source:
    """Look at whatever documents are made from: a source as of a corpus, or TaggedDocuments.

    Where there are no tags, documents have their numbers.
    """
    if isinstance(documents, TaggedLineDocument) and is_path(documents.source):
        documents = documents.source
    source = find_source(documents, params)
    if isinstance(source, EncodedSource):
        if tag_column is not None:
            raise ValueError("an encoded corpus has no columns: tag_column is for tables")
        return source
    return DocumentSource(source, tag_column)
