"""Corpus: any source of text, read once, as ids of a vocabulary.

How: workers read pieces of the source, each into a table of its own, where every new word gets the
next number, and list the numbers; the tables are merged in the order of the pieces, so that the
result does not depend on who read what; then it is known which words are kept, and the lists are
renumbered into one array of ids.  Nothing is read twice, so a one-shot generator does as well as a
file.  Imports sources, vocabulary, words, params, progress, threads and the native core.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec import sources, threads
from fastvec._core import Control, TextError, TextReader, count_kept, write_kept
from fastvec.params import CorpusParams, VocabularyParams, available_cores, check
from fastvec.progress import Progress
from fastvec.vocabulary import TrimRule, Vocabulary, choose, keepers
from fastvec.words import Words

Ids = NDArray[np.int32]

END_OF_SENTENCE, DROPPED = -2, -1
SEGMENT_IDS = 1 << 20  # after so many ids a list of sentences is put away


class Corpus:
    """Sentences as ids of a vocabulary.  Made by :meth:`read`.

    Attributes
    ----------
    tokens : (T,) int32 array
        the ids of all kept words; dropped words are gone, so that windows close over them.
    offsets : (S + 1,) int64 array
        sentence ``s`` is ``tokens[offsets[s]:offsets[s + 1]]``; none is empty.
    vocabulary : Vocabulary
        what the ids mean.
    raw_words, raw_sentences : int
        how many were read, dropped words and empty sentences included.

    >>> with Corpus.read([["a", "rose"], ["is", "a", "rose"]], min_count=2) as corpus:
    ...     corpus.tokens.tolist(), corpus.offsets.tolist(), list(corpus.vocabulary.words)
    ([0, 1, 0, 1], [0, 2, 4], ['a', 'rose'])
    """

    def __init__(
        self,
        tokens: Ids,
        offsets: NDArray[np.int64],
        vocabulary: Vocabulary,
        raw_words: int,
        raw_sentences: int,
    ) -> None:
        self.tokens = tokens
        self.offsets = offsets
        self.vocabulary = vocabulary
        self.raw_words = raw_words
        self.raw_sentences = raw_sentences

    @classmethod
    def read(
        cls,
        source: Any,
        *,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        max_final_vocab: int | None = None,
        sorted_vocab: bool = True,
        trim_rule: TrimRule | None = None,
        vocabulary: Vocabulary | None = None,
        errors: str = "strict",
        workers: int = 0,
        progress: bool | None = None,
    ) -> Corpus:
        """Read a source once.

        Parameters
        ----------
        source
            a path (a file, a folder, a glob, ``-`` for standard input), several paths, or
            sentences: an iterable of lists of words, which may be a one-shot generator.  What an
            iterable holds is told by its first item: a string or a Path means paths.  In a file a
            line is a sentence; words stand between spaces and tabs.
        min_count, max_vocab_size, max_final_vocab, sorted_vocab
            which words are kept: see :class:`fastvec.params.VocabularyParams`.  With
            max_vocab_size one worker reads, and words that are dropped on the way lose what was
            counted so far.
        trim_rule : callable, optional
            ``rule(word, count, min_count)`` returns 0 (let min_count decide), 1 (drop) or 2 (keep).
        vocabulary : Vocabulary, optional
            take these words, with their ids, and no others.
        errors : {"strict", "replace"}
            what to do with invalid UTF-8: raise ValueError, or read U+FFFD.
        workers : int
            threads; 0 means one for each core.
        progress : bool, optional
            show a bar; by default if standard error is a terminal.

        Returns
        -------
        Corpus
            the same for any number of workers.

        Raises
        ------
        OSError
            a file that is missing or cannot be read.
        ValueError
            invalid UTF-8, with file and byte; no word left; an option out of range.
        TypeError
            sentences that are strings instead of lists of words.
        """
        which = VocabularyParams(min_count, max_vocab_size, max_final_vocab, sorted_vocab)
        how = CorpusParams(errors, workers)
        check(which)
        check(how)
        if errors not in ("strict", "replace"):
            raise ValueError(f"errors must be strict or replace, got {errors!r}")
        spool = _Spool(which, how, trim_rule)
        files, sentences = _open(source)
        if sentences is None:
            _read_files(spool, files, workers or available_cores(), progress)
        else:
            _read_sentences(spool, sentences, progress)
        return spool.corpus(vocabulary)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return f"Corpus({len(self.tokens)} tokens, {len(self)} sentences, {self.vocabulary!r})"

    def close(self) -> None:
        """Let go of the ids, and of the file that holds them."""
        self.tokens = np.empty(0, np.int32)
        self.offsets = np.zeros(1, np.int64)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _open(source: Any) -> tuple[list[str], Iterator[Any] | None]:
    """Tell paths from sentences: (files, None) or ([], sentences)."""
    if sources.is_path(source):
        return sources.find_files([source]), None
    if isinstance(source, (bytes, bytearray)) or not isinstance(source, Iterable):
        raise TypeError(
            f"a corpus is a path, paths or lists of words, got {type(source).__name__} {source!r}"
        )
    items = iter(source)
    first = next(items, None)
    if first is None:
        raise ValueError("the corpus is empty: there was nothing to read")
    items = itertools.chain([first], items)
    if sources.is_path(first):
        try:
            return sources.find_files(items), None
        except FileNotFoundError as error:
            if isinstance(first, str):
                reason = f"{error.strerror} (strings are paths here; a sentence is a list of words)"
                raise FileNotFoundError(error.errno, reason, error.filename) from None
            raise
    return [], items


def _read_files(spool: _Spool, files: list[str], workers: int, progress: bool | None) -> None:
    """Read all pieces of some files; the error of the first bad piece is raised."""
    if spool.which.max_vocab_size is not None:
        workers = 1  # which words are dropped depends on what was read before
    pieces = enumerate(sources.pieces(files))
    lock = threading.Lock()
    control = Control(workers)
    tables = [spool.new_table() for _ in range(workers)]
    errors: list[tuple[int, Exception]] = []
    failed = threading.Event()

    def take() -> tuple[int, sources.Piece] | None:
        with lock:
            return None if failed.is_set() or control.stopped else next(pieces, None)

    def work(worker: int) -> None:
        while (item := take()) is not None:
            number, piece = item
            try:
                tables[worker].read(number, piece, control, worker)
            except Exception as error:
                # Workers end the pieces that they have begun: so the first error of the corpus,
                # not the quickest, is the one that is told.
                errors.append((number, error))
                failed.set()

    with Progress("reading", sources.total_bytes(files), "bytes", progress) as bar:
        threads.run(work, workers, control.stop, lambda: bar.update(control.total()))
    if errors:
        raise min(errors, key=lambda item: item[0])[1]


def _read_sentences(spool: _Spool, sentences: Iterator[Any], progress: bool | None) -> None:
    """Read lists of words."""
    table = spool.new_table()
    with Progress("reading", None, "words", progress) as bar:
        for number, sentence in enumerate(sentences):
            if isinstance(sentence, (str, bytes)):
                raise TypeError(
                    f"sentence {number} is a string, {str(sentence)[:40]!r}: a sentence is a list "
                    "of words"
                )
            table.read_sentence(sentence)
            if number % 1024 == 0:
                bar.update(table.reader.tokens)
        table.put_away(0)


@dataclass
class _Segment:
    """Some ids in the corpus's order, as one generation of one table numbers them."""

    number: int
    ids: Ids
    table: int
    generation: int
    kept: tuple[int, int, bool, bool, bool] = (0, 0, False, False, False)


@dataclass
class _Table:
    """One worker's words and the segments that it has read."""

    index: int
    reader: TextReader
    which: VocabularyParams
    trim_rule: TrimRule | None
    segments: list[_Segment] = field(default_factory=list)
    firsts: list[tuple[int, int]] = field(default_factory=list)
    """(piece, number of words known before it): so it is known where each word was first seen."""
    forgotten: list[Ids] = field(default_factory=list)
    """For each time that words were dropped: what each word was called afterwards, or -1."""

    def read(self, number: int, piece: sources.Piece, control: Control, worker: int) -> None:
        """Read one piece and put its ids away."""
        self.firsts.append((number, self.reader.known))
        try:
            if isinstance(piece, sources.Part):
                self._read_part(number, piece, control, worker)
            elif self.reader.block(np.frombuffer(piece.data, np.uint8), piece.start, piece.last):
                self.forget(number)
                while self.reader.resume_block():
                    self.forget(number)
        except TextError as error:
            raise ValueError(
                f"{piece.path}: byte {error.position} is not valid UTF-8 "
                "(errors='replace' reads it nevertheless)"
            ) from None
        self.put_away(number)

    def _read_part(self, number: int, part: sources.Part, control: Control, worker: int) -> None:
        handle = os.open(part.path, os.O_RDONLY)
        try:
            full = self.reader.part(handle, part.start, part.stop, part.size, control, worker)
            while full:
                self.forget(number)
                full = self.reader.resume(control, worker)
        except OSError as error:
            raise OSError(error.errno, error.strerror, part.path) from None
        finally:
            os.close(handle)

    def read_sentence(self, words: Iterable[Any]) -> None:
        """Read one list of words."""
        if self.reader.sentence(words):
            self.forget(0)
        if self.reader.spooled >= SEGMENT_IDS:
            self.put_away(0)

    def put_away(self, number: int) -> None:
        """Take the ids out of the reader."""
        ids = np.empty(self.reader.spooled, np.int32)
        self.reader.move_ids(ids)
        self.segments.append(_Segment(number, ids, self.index, len(self.forgotten)))

    def forget(self, number: int) -> None:
        """Drop the rarest words: those that were seen fewer times than words were dropped before
        (gensim's rule)."""
        self.put_away(number)
        self.reader.flush()
        words, counts = _words_of(self.reader)
        keep = keepers(words, counts, len(self.forgotten) + 1, self.trim_rule)
        ids = np.empty(len(words), np.int32)
        self.reader.keep(keep.view(np.uint8), ids)
        self.forgotten.append(ids)


class _Spool:
    """What was read: the tables of the workers, until they become a corpus."""

    def __init__(
        self, which: VocabularyParams, how: CorpusParams, trim_rule: TrimRule | None
    ) -> None:
        self.which = which
        self.how = how
        self.trim_rule = trim_rule
        self.tables: list[_Table] = []

    def new_table(self) -> _Table:
        """A table for one more worker."""
        reader = TextReader(
            replace=self.how.errors == "replace", max_words=self.which.max_vocab_size or 0
        )
        self.tables.append(_Table(len(self.tables), reader, self.which, self.trim_rule))
        return self.tables[-1]

    def corpus(self, vocabulary: Vocabulary | None) -> Corpus:
        """Merge the tables, choose the words, renumber the ids."""
        merged, names = self._merge()
        words, counts = _words_of(merged)
        raw_words = sum(table.reader.tokens for table in self.tables)
        raw_sentences = sum(table.reader.lines for table in self.tables)
        numbers = np.full(len(words), DROPPED, np.int32)
        if vocabulary is None:
            order = choose(words, counts, self.which, self.trim_rule)
            numbers[order] = np.arange(len(order), dtype=np.int32)
            vocabulary = Vocabulary(words.take(order), counts[order])
        else:
            find = vocabulary.words.table.find
            numbers[:] = [find(word.encode()) for word in words]
        if not len(vocabulary) or numbers.max(initial=DROPPED) == DROPPED:
            raise ValueError(self._nothing_left(raw_words, len(words)))
        maps = [_maps(numbers[names[t.index]], t.forgotten) for t in self.tables]
        tokens, offsets = self._renumber(maps)
        return Corpus(tokens, offsets, vocabulary, raw_words, raw_sentences)

    def _merge(self) -> tuple[TextReader, list[Ids]]:
        """One table of all words in order of first appearance, and what each worker's words are
        called there."""
        for table in self.tables:
            table.reader.flush()
        names = [np.arange(table.reader.known, dtype=np.int32) for table in self.tables]
        if len(self.tables) == 1:
            return self.tables[0].reader, names
        merged = TextReader()
        for _, start, stop, i in sorted(_sightings(self.tables)):
            merged.absorb(self.tables[i].reader, start, stop, names[i])
        return merged, names

    def _renumber(self, maps: list[list[Ids]]) -> tuple[Ids, NDArray[np.int64]]:
        segments = sorted(
            (segment for table in self.tables for segment in table.segments),
            key=lambda segment: segment.number,
        )

        def map_of(segment: _Segment) -> Ids:
            return maps[segment.table][segment.generation]

        def count(segment: _Segment) -> None:
            segment.kept = count_kept(segment.ids, map_of(segment))

        _in_parallel(count, segments, self.how.workers)
        places = list(_places(segments))
        total_tokens, total_sentences = places[-1][:2]
        tokens = np.empty(total_tokens, np.int32)
        offsets = np.zeros(total_sentences + 1, np.int64)

        def write(i: int) -> None:
            segment, (start, sentence, is_open) = segments[i], places[i]
            stop, next_sentence, _ = places[i + 1]
            ends = offsets[sentence + 1 : next_sentence + 1]
            write_kept(segment.ids, map_of(segment), tokens[start:stop], ends, start, is_open)
            segment.ids = segment.ids[:0]

        _in_parallel(write, range(len(segments)), self.how.workers)
        return tokens, offsets

    def _nothing_left(self, raw_words: int, distinct: int) -> str:
        if raw_words == 0:
            return "the corpus is empty: 0 words were read"
        return (
            f"no word is left: {raw_words} words were read, {distinct} of them different, and none "
            f"is kept with min_count {self.which.min_count}"
        )


def _words_of(reader: TextReader) -> tuple[Words, NDArray[np.int64]]:
    joined, offsets, counts = reader.words()
    words = Words(np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64))
    return words, np.frombuffer(counts, np.int64)


def _sightings(tables: list[_Table]) -> Iterator[tuple[int, int, int, int]]:
    """(piece, start, stop, table): which words a table has first seen in which piece."""
    for i, table in enumerate(tables):
        starts = [start for _, start in table.firsts] + [table.reader.known]
        for (piece, start), stop in zip(table.firsts, starts[1:], strict=True):
            yield piece, start, stop, i


def _maps(numbers: Ids, forgotten: list[Ids]) -> list[Ids]:
    """For each generation of a table: what becomes of id 0 (the end of a sentence) and 1 + i."""
    maps = [numbers]
    for names in reversed(forgotten):
        later = np.append(maps[0], np.int32(DROPPED))
        maps.insert(0, later[names])  # a forgotten word, -1, picks the last entry
    return [np.concatenate([[np.int32(END_OF_SENTENCE)], m], dtype=np.int32) for m in maps]


def _places(segments: list[_Segment]) -> Iterator[tuple[int, int, bool]]:
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


def _in_parallel(do: Callable[[Any], None], items: Iterable[Any], workers: int) -> None:
    """Call ``do`` for each item, on all workers."""
    queue = iter(items)
    lock = threading.Lock()
    stopped = threading.Event()

    def take() -> Any:
        with lock:
            return None if stopped.is_set() else next(queue, None)

    def work(_: int) -> None:
        while (item := take()) is not None:
            do(item)

    threads.run(work, workers or available_cores(), stopped.set)
