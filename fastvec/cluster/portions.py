"""Portions: the parts of a text that the trainers of a cluster read, each for itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from fastvec.corpus.build import read_corpus
from fastvec.corpus.chunks import Chunk, FileRange
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.files import find_files
from fastvec.corpus.sources import COLUMN_OPTIONS, Contents, FileSource, Source, file_pieces
from fastvec.corpus.spool import Ids, Offsets
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.params import CorpusParams, VocabularyParams

Piece = TypeVar("Piece")

#: Portions for each trainer: so many times a slow trainer can be spared in an epoch.
PER_TRAINER = 4
#: Bytes of text in a portion at most, so that a trainer that is lost has not read more for nothing.
MOST_BYTES = 1 << 28
TOKEN_BYTES = 4


class Portion(Protocol):
    """A part of a text."""

    @property
    def weight(self) -> int:
        """How many bytes it is."""
        ...

    def read(self, vocabulary: Vocabulary, params: CorpusParams, workers: int) -> Corpus:
        """Its text as ids of a vocabulary; it may have no word of it."""
        ...


class PortionSource(FileSource):
    """The source that a portion of some files is, each piece a range of a file or a whole file."""

    def __init__(self, pieces: Sequence[FileRange | str]) -> None:
        self.pieces = pieces
        self.signature = None
        first = pieces[0]
        self.name = first.name if isinstance(first, FileRange) else first

    def _contents(self, params: CorpusParams) -> Contents:
        chunks = itertools.chain.from_iterable(_chunks_of(piece, params) for piece in self.pieces)
        return Contents(chunks, column_options=COLUMN_OPTIONS)


def _chunks_of(piece: FileRange | str, params: CorpusParams) -> Iterator[Chunk]:
    if isinstance(piece, FileRange):
        yield piece
    else:
        contents = FileSource(find_files([piece])).open(params)
        assert contents.chunks is not None
        yield from contents.chunks


@dataclass(frozen=True)
class TextPortion:
    """Ranges of files, and whole files, that follow one another."""

    pieces: tuple[FileRange | str, ...]
    weight: int

    @property
    def source(self) -> Source:
        """What the portion is read from."""
        return PortionSource(self.pieces)

    def read(self, vocabulary: Vocabulary, params: CorpusParams, workers: int) -> Corpus:
        """Its text as ids."""
        given = (self.source, VocabularyParams(), params)
        options: dict[str, Any] = {"workers": workers, "progress": False}
        try:
            corpus = read_corpus(*given, vocabulary=vocabulary, **options)
        except NoWordsError:
            return Corpus(np.empty(0, np.int32), np.zeros(1, np.int64), vocabulary, 0, 0)
        if corpus.offsets[-1] < len(corpus.tokens):  # the last sentence goes on elsewhere
            corpus.offsets = np.append(corpus.offsets, len(corpus.tokens))
        return corpus


@dataclass(frozen=True)
class EncodedPortion:
    """Sentences of a corpus that has been read already."""

    tokens: Ids
    offsets: Offsets

    @property
    def weight(self) -> int:
        """The bytes of its ids."""
        return TOKEN_BYTES * len(self.tokens)

    def read(self, vocabulary: Vocabulary, _: CorpusParams, __: int) -> Corpus:
        """The sentences."""
        return Corpus(self.tokens, self.offsets, vocabulary, 0, 0)


def text_portions(source: FileSource, params: CorpusParams, count: int) -> list[TextPortion]:
    """The portions of some files, at most ``count``: plain text is cut anywhere between words.

    Other files are read as a whole.

    >>> [portion.weight for portion in text_portions(FileSource([]), CorpusParams(), 2)]
    []
    """
    pieces = [piece for file in source.files for piece in file_pieces(file, params)]
    cut = cut_evenly([piece for piece, _ in pieces], [weight for _, weight in pieces], count)
    return [TextPortion(tuple(group), weight) for group, weight in cut]


def encoded_portions(corpus: Corpus, count: int) -> list[EncodedPortion]:
    """The portions of a corpus, at most ``count``, which is cut between sentences.

    >>> corpus = Corpus.read([["a"], ["b"], ["c"], ["d"]], min_count=1)
    >>> [portion.tokens.tolist() for portion in encoded_portions(corpus, 2)]
    [[0, 1], [2, 3]]
    """
    tokens, offsets = corpus.tokens, corpus.offsets
    wanted = np.linspace(0, len(tokens), count + 1).astype(np.int64)
    bounds = np.unique(np.searchsorted(offsets, wanted))
    return [
        EncodedPortion(
            np.ascontiguousarray(tokens[offsets[first] : offsets[last]]),
            offsets[first : last + 1] - offsets[first],
        )
        for first, last in itertools.pairwise(bounds.tolist())
    ]


def portion_count(size: int, trainers: int) -> int:
    """How many portions a text of so many bytes has.

    >>> portion_count(1 << 40, 1), portion_count(1000, 2), portion_count(1 << 40, 2)
    (1, 8, 4096)
    """
    return 1 if trainers == 1 else max(PER_TRAINER * trainers, -(-size // MOST_BYTES))


def cut_evenly(
    pieces: Sequence[Piece], weights: Sequence[int], count: int
) -> list[tuple[list[Piece], int]]:
    """Pieces in order, in at most ``count`` groups of about the same weight, and their weights.

    >>> cut_evenly("abcd", [1, 1, 1, 3], 2)
    [(['a', 'b', 'c'], 3), (['d'], 3)]
    """
    groups: list[list[Piece]] = []
    sizes: list[int] = []
    total, done, at = sum(weights), 0, -1
    for piece, weight in zip(pieces, weights, strict=True):
        group = (2 * done + weight) * count // max(2 * total, 1)  # where its middle is
        if group > at or not groups:
            groups.append([])
            sizes.append(0)
            at = group
        groups[-1].append(piece)
        sizes[-1] += weight
        done += weight
    return list(zip(groups, sizes, strict=True))
