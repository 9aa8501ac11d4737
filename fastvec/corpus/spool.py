"""Spool: where read words go before it is known which of them are kept.

Workers read pieces, each into a table of its own, where every new word gets the next number, and
list the numbers.  At the end the tables are merged in the order of the pieces, so that nothing
depends on who read what, and the lists are renumbered into one array of ids.  Lists that do not fit
in memory go to a temporary file.  Imports files, pieces, vocabulary, threads, words and the core.
"""

from __future__ import annotations

import mmap
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, Renumbering, TextError, TextReader
from fastvec._util import threads
from fastvec._util.spill import Kept, Storage
from fastvec.corpus.chunks import Piece, bad_text, integers
from fastvec.corpus.normalize import Rewritten
from fastvec.corpus.vocabulary import TrimRule, keep_mask
from fastvec.words import Words

Ids = NDArray[np.int32]
Offsets = NDArray[np.int64]
Item = TypeVar("Item")

DROPPED = -1
SEGMENT_IDS = 1 << 20  # after so many ids a list of sentences is put away
OWN_PAGES = 1 << 18  # bytes of ids that get pages of their own
NO_IDS = np.empty(0, np.int32)


@dataclass
class Segment:
    """Some ids in the corpus's order, as one generation of one table numbers them."""

    number: int
    ids: Kept
    table: int
    generation: int
    kept: tuple[int, int, bool, bool, bool] = (0, 0, False, False, False)


@dataclass
class Table:
    """One worker's words, and the segments that it has read."""

    index: int
    reader: TextReader
    storage: Storage | None
    """None: the words are counted only."""
    trim_rule: TrimRule | None
    segments: list[Segment] = field(default_factory=list)
    firsts: list[tuple[int, int]] = field(default_factory=list)
    """(piece, words known before it): so it is known where each word was first seen."""
    forgotten: list[Ids] = field(default_factory=list)
    """For each time that words were dropped: what each word was called afterwards, or -1."""

    def read(self, number: int, piece: Piece, control: Control, worker: int) -> None:
        """Read one piece and put its ids away."""
        self.firsts.append((number, self.reader.known))
        with piece.read(self.reader, control, worker) as paused:
            while paused:
                self.forget(number)
                paused = self.reader.resume(control, worker)
        self.put_away(number)

    def read_sentence(self, words: Any, control: Control) -> None:
        """Read one list of words, or one array of integers."""
        if isinstance(words, np.ndarray) and words.dtype.kind in "iu" and words.ndim == 1:
            whole = np.array([0, len(words)], np.int64)
            paused = self.reader.int_rows(integers(words), whole, control, 0)
        else:
            paused = self.reader.sentence(words)
        if paused:
            self.forget(0)
        if self.reader.spooled >= SEGMENT_IDS:
            self.put_away(0)

    def put_away(self, number: int) -> None:
        """Take the ids out of the reader."""
        ids = new_ids(self.reader.spooled)
        self.reader.move_ids(ids)
        if self.storage is not None:
            kept = self.storage.put(ids)
            self.segments.append(Segment(number, kept, self.index, len(self.forgotten)))

    def forget(self, number: int) -> None:
        """Drop the rarest words: those that were seen fewer times than words were dropped before
        (gensim's rule)."""
        self.put_away(number)
        words, counts = words_of(self.reader)
        keep = keep_mask(words, counts, len(self.forgotten) + 1, self.trim_rule)
        ids = np.empty(len(words), np.int32)
        self.reader.keep(keep.view(np.uint8), ids)
        self.forgotten.append(ids)


def new_ids(count: int) -> Ids:
    """An array of ids; a large one in pages of its own, so that its memory goes back to the system
    when it goes.  (malloc keeps what is freed: ids and their renumbered copy would stand in memory
    both, whole.)"""
    size = count * np.dtype(np.int32).itemsize
    if size < OWN_PAGES:
        return np.empty(count, np.int32)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, np.int32)


def words_of(reader: TextReader) -> tuple[Words, NDArray[np.int64]]:
    """All words of a reader, and how often it has seen them."""
    reader.flush()
    joined, offsets, counts = reader.words()
    arrays = np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64)
    return Words(*arrays, None, reader.integers), np.frombuffer(counts, np.int64)


class Spool:
    """The tables of all workers.

    Parameters
    ----------
    new_reader : callable
        makes the TextReader of one worker.
    """

    def __init__(
        self,
        new_reader: Callable[[], TextReader],
        storage: Storage | None,
        trim_rule: TrimRule | None,
    ) -> None:
        self.new_reader = new_reader
        self.storage = storage
        self.trim_rule = trim_rule
        self.tables: list[Table] = []

    def new_table(self) -> Table:
        """A table for one more worker."""
        table = Table(len(self.tables), self.new_reader(), self.storage, self.trim_rule)
        self.tables.append(table)
        return table

    @property
    def raw_words(self) -> int:
        """Words read, those included that were forgotten."""
        return sum(table.reader.tokens for table in self.tables)

    @property
    def raw_sentences(self) -> int:
        """Sentences read, empty ones included."""
        return sum(table.reader.lines for table in self.tables)

    def read_pieces(
        self, pieces: Iterable[Piece], workers: int, tick: Callable[[int], None]
    ) -> None:
        """Read pieces with some workers; of several errors, the one of the first piece is raised.

        ``tick`` is told now and then how many bytes are read.
        """
        queue = enumerate(pieces)
        lock = threading.Lock()
        control = Control(workers)
        tables = [self.new_table() for _ in range(workers)]
        errors: list[tuple[int, Exception]] = []

        def take() -> tuple[int, Piece] | None:
            with lock:
                return None if errors or control.stopped else next(queue, None)

        def work(worker: int) -> None:
            while (item := take()) is not None:
                number, piece = item
                try:
                    tables[worker].read(number, piece, control, worker)
                except TextError as error:
                    errors.append((number, bad_text(piece.name, error.position)))
                except Exception as error:
                    errors.append((number, error))

        threads.run(work, workers, control.stop, lambda: tick(control.total()))
        # Workers have ended the pieces that they had begun: so of the corpus's errors it is the
        # first, not the quickest, that is told.
        if errors:
            raise min(errors, key=lambda item: item[0])[1]

    def read_sentences(self, sentences: Iterable[Any], tick: Callable[[int], None]) -> None:
        """Read lists of words, and arrays of integers; ``tick`` is told the number of words."""
        table = self.new_table()
        control = Control(1)
        for number, sentence in enumerate(sentences):
            if isinstance(sentence, (str, bytes)):
                raise TypeError(
                    f"sentence {number} is a string, {str(sentence)[:40]!r}: a sentence is a list "
                    "of words"
                )
            table.read_sentence(sentence, control)
            if number % 1024 == 0:
                tick(table.reader.tokens)
        table.put_away(0)

    def merged(self) -> tuple[TextReader, list[Ids]]:
        """One table of all words in order of first appearance, and what each worker's words are
        called there."""
        for table in self.tables:
            table.reader.flush()
        names = [np.arange(table.reader.known, dtype=np.int32) for table in self.tables]
        if len(self.tables) == 1:
            return self.tables[0].reader, names
        merged = TextReader()
        merged.expect(max(table.reader.known for table in self.tables))
        for _, start, stop, i in sorted(self._sightings()):
            merged.absorb(self.tables[i].reader, start, stop, names[i])
        return merged, names

    def _sightings(self) -> Iterator[tuple[int, int, int, int]]:
        """(piece, start, stop, table): which words a table has first seen in which piece."""
        for i, table in enumerate(self.tables):
            starts = [start for _, start in table.firsts] + [table.reader.known]
            for (piece, start), stop in zip(table.firsts, starts[1:], strict=True):
                yield piece, start, stop, i

    def renumbered(
        self,
        codes: list[Ids],
        made: Rewritten | None,
        workers: int,
    ) -> tuple[Ids, Offsets]:
        """The tokens and sentence offsets of a corpus.

        Parameters
        ----------
        codes : list of (known,) int32 arrays
            for each table and each of its words a token, -1 for none, or -2 - i for those that
            ``made`` has for word i.
        """
        assert self.storage is not None
        storage = self.storage
        parts = () if made is None else (made.starts, made.parts)
        maps = [
            [Renumbering(with_end(n), *parts) for n in generations(last, table.forgotten)]
            for last, table in zip(codes, self.tables, strict=True)
        ]
        segments = sorted(
            (segment for table in self.tables for segment in table.segments),
            key=lambda segment: segment.number,
        )

        def count(segment: Segment) -> None:
            made = maps[segment.table][segment.generation]
            segment.kept = made.count(storage.get(segment.ids))

        in_parallel(count, segments, workers)
        places = list(_places(segments))
        tokens = storage.zeros(places[-1][0], np.int32)
        offsets = storage.zeros(places[-1][1] + 1, np.int64)

        def write(i: int) -> None:
            segment, (start, sentence, is_open) = segments[i], places[i]
            stop, next_sentence, _ = places[i + 1]
            ends = offsets[sentence + 1 : next_sentence + 1]
            made = maps[segment.table][segment.generation]
            made.write(storage.get(segment.ids), tokens[start:stop], ends, start, is_open)
            segment.ids = NO_IDS  # its memory is free

        in_parallel(write, range(len(segments)), workers)
        return tokens, offsets


def generations(last: Ids, forgotten: list[Ids]) -> list[Ids]:
    """What becomes of the words of each generation of a table, from what becomes of the last's."""
    maps = [last]
    for names in reversed(forgotten):
        later = np.append(maps[0], np.int32(DROPPED))
        maps.insert(0, later[names])  # a forgotten word, -1, picks the last entry
    return maps


def with_end(numbers: Ids) -> Ids:
    """Numbers of words as numbers of spooled ids: 0 is the end of a sentence, 1 + i word i."""
    made = np.empty(len(numbers) + 1, np.int32)
    made[0] = DROPPED
    made[1:] = numbers
    return made


def _places(segments: list[Segment]) -> Iterator[tuple[int, int, bool]]:
    """Where each segment begins: (token, sentence, within a sentence); and the end of the last."""
    token = sentence = 0
    is_open = False
    for segment in segments:
        yield token, sentence, is_open
        tokens, sentences, ends, first_empty, open_after = segment.kept
        token += tokens
        sentence += sentences + (is_open and ends and first_empty)
        is_open = open_after or (is_open and not ends)
    yield token, sentence, is_open


def in_parallel(
    do: Callable[[Item], None],
    items: Sequence[Item],
    workers: int,
    tick: Callable[[], None] | None = None,
) -> None:
    """Call ``do`` for each item, on some workers; ``tick``: see ``threads.run``."""
    queue = iter(items)
    lock = threading.Lock()
    stopped = threading.Event()

    def work(_: int) -> None:
        while not stopped.is_set():
            with lock:
                taken = list(_next(queue))
            if not taken:
                return
            do(taken[0])

    threads.run(work, max(1, min(workers, len(items))), stopped.set, tick)


def _next(items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        return
