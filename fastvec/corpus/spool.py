"""The spool: where the ids of words are kept until it is known which words the vocabulary has.

Workers read chunks.  Each numbers its words by itself, giving a new word the next number, and
spools these numbers.  At the end the workers' words are merged in the order of the chunks, so that
nothing depends on which worker read what, and the spooled numbers become one array of ids.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, Renumbering, TextError, TextReader
from fastvec._util import threads
from fastvec._util.spill import Kept, Storage
from fastvec._util.system import private_pages
from fastvec.corpus.chunks import Chunk, invalid_utf8
from fastvec.corpus.vocabulary import TrimRule, keep_mask
from fastvec.words import Words

Ids = NDArray[np.int32]
Offsets = NDArray[np.int64]

DROPPED = -1
NO_IDS: Ids = np.empty(0, np.int32)
SEGMENT_IDS = 1 << 20  # spooled at a time, where sentences are read one by one
MAPPED_BYTES = 1 << 18  # from this size on, an array of ids gets pages of its own
TICK_SENTENCES = 1024  # sentences read between two calls of tick


@dataclass
class Segment:
    """Some spooled numbers: 0 ends a sentence, and 1 + i is word i.

    ``generation`` says how often the worker had dropped words before: words are numbered anew then.
    """

    chunk: int
    ids: Kept
    worker: int
    generation: int
    kept: tuple[int, int, bool, bool, bool] = (0, 0, False, False, False)
    """What Renumbering.count says of it."""


class SegmentStart(NamedTuple):
    """Where a segment begins in the corpus, and whether it begins within a sentence."""

    token: int
    sentence: int
    is_open: bool


@dataclass
class WorkerSpool:
    """The words that one worker knows, and the segments that it has read."""

    index: int
    reader: TextReader
    storage: Storage | None
    """None if words are counted only."""
    trim_rule: TrimRule | None
    segments: list[Segment] = field(default_factory=list)
    known_before: list[tuple[int, int]] = field(default_factory=list)
    """(chunk, words known before it): where each word was seen first."""
    renamed: list[Ids] = field(default_factory=list)
    """For each time that words were dropped, the new number of each word, or -1."""

    def read(self, number: int, chunk: Chunk, control: Control, worker: int) -> None:
        """Read one chunk and spool it."""
        self.known_before.append((number, self.reader.known))
        with chunk.read(self.reader, control, worker) as paused:
            while paused:
                self.drop_rare_words(number)
                paused = self.reader.resume(control, worker)
        self.spool(number)

    def read_sentence(self, tokens: Any, control: Control) -> None:
        """Read one list of words, or one array of integers."""
        if _is_int64(tokens):
            whole, values = (
                np.array([0, len(tokens)], np.int64),
                np.ascontiguousarray(tokens, np.int64),
            )
            paused = self.reader.int_rows(values, whole, control, 0)
        else:
            paused = self.reader.sentence(tokens)
        if paused:
            self.drop_rare_words(0)
        if self.reader.spooled >= SEGMENT_IDS:
            self.spool(0)

    def spool(self, number: int) -> None:
        """Move the numbers from the reader to the storage."""
        ids = new_ids(self.reader.spooled)
        self.reader.move_ids(ids)
        if self.storage is not None:
            kept = self.storage.put(ids)
            self.segments.append(Segment(number, kept, self.index, len(self.renamed)))

    def drop_rare_words(self, number: int) -> None:
        """Drop words that were read fewer times than words have been dropped (gensim's rule)."""
        self.spool(number)
        words, counts = words_of(self.reader)
        keep = keep_mask(words, counts, len(self.renamed) + 1, self.trim_rule)
        ids = np.empty(len(words), np.int32)
        self.reader.keep(keep.view(np.uint8), ids)
        self.renamed.append(ids)

    def maps(self, last: Ids) -> list[Ids]:
        """What becomes of the words of each generation, given what becomes of the last one's."""
        maps = [last]
        for renamed in reversed(self.renamed):
            later = np.append(maps[0], np.int32(DROPPED))
            maps.insert(0, later[renamed])  # -1, a dropped word, picks the last entry
        return maps


def _is_int64(tokens: Any) -> bool:
    """Whether a sentence is an array of integers, each of which an int64 can hold."""
    if not isinstance(tokens, np.ndarray) or tokens.ndim != 1:
        return False
    return tokens.dtype.kind in "iu" and np.can_cast(tokens.dtype, np.int64)


def new_ids(count: int) -> Ids:
    """An array of ids; a large one in pages of its own, which go back to the system with it.

    malloc would keep what is freed, so that the spooled ids and the renumbered ones would take
    memory at the same time, all of them.
    """
    size = count * np.dtype(np.int32).itemsize
    if size < MAPPED_BYTES:
        return np.empty(count, np.int32)
    return np.frombuffer(private_pages(size), np.int32)


def words_of(reader: TextReader) -> tuple[Words, NDArray[np.int64]]:
    """All words that a reader knows, and how often it has read each."""
    reader.flush()
    joined, offsets, counts = reader.words()
    arrays = np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64)
    return Words(*arrays, None, reader.integers), np.frombuffer(counts, np.int64)


class Spool:
    """What all workers have read.

    Parameters
    ----------
    new_reader : callable
        makes the TextReader of one worker.
    storage : Storage or None
        where ids are kept; None to count words only.
    trim_rule : callable or None
        what else decides about a word, where rare words are dropped while reading.
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
        self.workers: list[WorkerSpool] = []

    def new_worker(self) -> WorkerSpool:
        """The spool of one more worker."""
        worker = WorkerSpool(len(self.workers), self.new_reader(), self.storage, self.trim_rule)
        self.workers.append(worker)
        return worker

    @property
    def raw_words(self) -> int:
        """Words read, dropped ones included."""
        return sum(worker.reader.tokens for worker in self.workers)

    @property
    def raw_sentences(self) -> int:
        """Sentences read, empty ones included."""
        return sum(worker.reader.lines for worker in self.workers)

    def read_chunks(
        self, chunks: Iterable[Chunk], workers: int, tick: Callable[[int], None]
    ) -> None:
        """Read chunks with some workers; of several errors, that of the first chunk is raised.

        ``tick`` is called now and then with the number of bytes that have been read.
        """
        queue = enumerate(chunks)
        lock = threading.Lock()
        control = Control(workers)
        spools = [self.new_worker() for _ in range(workers)]
        errors: list[tuple[int, Exception]] = []

        def next_chunk() -> tuple[int, Chunk] | None:
            with lock:
                return None if errors or control.stopped else next(queue, None)

        def work(worker: int) -> None:
            while (item := next_chunk()) is not None:
                number, chunk = item
                try:
                    spools[worker].read(number, chunk, control, worker)
                except TextError as error:
                    errors.append((number, invalid_utf8(chunk, error.position)))
                except Exception as error:
                    errors.append((number, error))

        threads.run(work, workers, control.stop, lambda: tick(control.total()))
        # Each worker has finished its chunk: so it is the corpus's first error that is raised, not
        # the one that was found first.
        if errors:
            raise min(errors, key=lambda item: item[0])[1]

    def read_sentences(self, sentences: Iterable[Any], tick: Callable[[int], None]) -> None:
        """Read lists of words and arrays of integers, in this thread.

        ``tick`` is called now and then with the number of words that have been read.
        """
        worker = self.new_worker()
        control = Control(1)
        for number, sentence in enumerate(sentences):
            if isinstance(sentence, (str, bytes)):
                raise TypeError(
                    f"sentence {number} is a string, {str(sentence)[:40]!r}: a sentence is a list "
                    "of words"
                )
            if not isinstance(sentence, Iterable):
                raise TypeError(
                    f"sentence {number} is {sentence!r:.40}: a sentence is a list of words"
                )
            worker.read_sentence(sentence, control)
            if number % TICK_SENTENCES == 0:
                tick(worker.reader.tokens)
        worker.spool(0)

    def merged(self) -> tuple[TextReader, list[Ids]]:
        """A reader that knows all words, in order of first appearance, and for each worker the
        numbers of its words there."""
        for worker in self.workers:
            worker.reader.flush()
        numbers = [np.arange(worker.reader.known, dtype=np.int32) for worker in self.workers]
        if len(self.workers) == 1:
            return self.workers[0].reader, numbers
        merged = TextReader()
        merged.expect(max(worker.reader.known for worker in self.workers))
        for _, start, stop, i in sorted(self._first_seen()):
            merged.absorb(self.workers[i].reader, start, stop, numbers[i])
        return merged, numbers

    def _first_seen(self) -> Iterator[tuple[int, int, int, int]]:
        """(chunk, start, stop, worker): the words that a worker has seen first in that chunk."""
        for i, worker in enumerate(self.workers):
            starts = [known for _, known in worker.known_before] + [worker.reader.known]
            for (chunk, start), stop in zip(worker.known_before, starts[1:], strict=True):
                yield chunk, start, stop, i

    def tokens(
        self,
        codes: list[Ids],
        expansions: tuple[Offsets, Ids] | None,
        workers: int,
        keep_empty: bool = False,
    ) -> tuple[Ids, Offsets]:
        """The tokens and sentence offsets of the corpus.  This empties the spool.

        Parameters
        ----------
        codes : list of (known,) int32 arrays
            for each worker and each word that it knows its token, -1 if it is dropped, or -2 - i
            for entry i of ``expansions``.
        expansions : int64 and int32 arrays, optional
            entry i stands for the tokens ``ids[starts[i]:starts[i + 1]]``.
        keep_empty : bool
            whether sentences of which nothing is left are kept.
        """
        assert self.storage is not None
        storage = self.storage

        def renumbering_by(numbers: Ids) -> Renumbering:
            every = _with_sentence_end(numbers)
            return Renumbering(every, *expansions or (), keep_empty=keep_empty)

        maps = [
            [renumbering_by(each) for each in worker.maps(last)]
            for last, worker in zip(codes, self.workers, strict=True)
        ]
        segments = sorted(
            (segment for worker in self.workers for segment in worker.segments),
            key=lambda segment: segment.chunk,
        )

        def count(segment: Segment) -> None:
            renumbering = maps[segment.worker][segment.generation]
            segment.kept = renumbering.count(storage.get(segment.ids))

        threads.for_each(count, segments, workers)
        starts = list(_segment_starts(segments))
        tokens = storage.zeros(starts[-1].token, np.int32)
        offsets = storage.zeros(starts[-1].sentence + 1, np.int64)

        def write(i: int) -> None:
            segment, start, stop = segments[i], starts[i], starts[i + 1]
            renumbering = maps[segment.worker][segment.generation]
            renumbering.write(
                storage.get(segment.ids),
                tokens[start.token : stop.token],
                offsets[start.sentence + 1 : stop.sentence + 1],
                start.token,
                start.is_open,
            )
            segment.ids = NO_IDS  # frees its memory

        threads.for_each(write, range(len(segments)), workers)
        return tokens, offsets


def _with_sentence_end(codes: Ids) -> Ids:
    """Codes of words as codes of spooled numbers: 0 is the end of a sentence, 1 + i is word i."""
    shifted = np.empty(len(codes) + 1, np.int32)
    shifted[0] = DROPPED
    shifted[1:] = codes
    return shifted


def _segment_starts(segments: list[Segment]) -> Iterator[SegmentStart]:
    """Where each segment begins, and behind the last one the end of the corpus."""
    token = sentence = 0
    is_open = False
    for segment in segments:
        yield SegmentStart(token, sentence, is_open)
        tokens, sentences, ends, first_empty, open_after = segment.kept
        token += tokens
        sentence += sentences + (is_open and ends and first_empty)
        is_open = open_after or (is_open and not ends)
    yield SegmentStart(token, sentence, is_open)
