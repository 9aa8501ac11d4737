"""Corpus: any source of text, read once, as ids of a vocabulary.

Nothing is read twice, so a one-shot generator does as well as a file.  Imports sources, spool,
rewriting, vocabulary, encoded, textfiles, params, progress and the native core.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._core import TextReader
from fastvec._util.atomic import PathLike
from fastvec._util.options import Size, check_value, params_of, refuse_unknown
from fastvec._util.progress import Progress
from fastvec._util.spill import Storage
from fastvec._util.system import available_cores, memory_budget
from fastvec.corpus import sources
from fastvec.corpus.corpus_file import Encoded, is_encoded_file, read_encoded, write_encoded
from fastvec.corpus.normalize import Rewritten, rewrite, splitter
from fastvec.corpus.sources import NoWordsError
from fastvec.corpus.spool import (
    DROPPED,
    Ids,
    Offsets,
    Spool,
    words_of,
)
from fastvec.corpus.text_export import write_text
from fastvec.corpus.vocabulary import TrimRule, Vocabulary, select_words
from fastvec.params import FUNCTION, CorpusParams, ReadOptions, VocabularyParams
from fastvec.words import Words

Counts = NDArray[np.int64]

#: options that say where ids lie, and nothing of what they are
PLACES = ("memory", "tmp")
#: options that say what a word is: text that comes later is read as the first was
TEXT = ("tokens", "lower")
STEP = 1 << 22  # ids renumbered at a time


class Corpus:
    """Sentences as ids of a vocabulary.  Made by :meth:`read` or :meth:`open`.

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
    options : mapping
        those of :meth:`read` that say what its words are.

    >>> with Corpus.read([["a", "rose"], ["is", "a", "rose"]], min_count=2) as corpus:
    ...     corpus.tokens.tolist(), corpus.offsets.tolist(), list(corpus.vocabulary.words)
    ([0, 1, 0, 1], [0, 2, 4], ['a', 'rose'])
    """

    def __init__(
        self,
        tokens: Ids,
        offsets: Offsets,
        vocabulary: Vocabulary,
        raw_words: int,
        raw_sentences: int,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.tokens = tokens
        self.offsets = offsets
        self.vocabulary = vocabulary
        self.raw_words = raw_words
        self.raw_sentences = raw_sentences
        self.options = dict(options or {})

    @classmethod
    def read(
        cls,
        source: Any,
        *,
        vocabulary: Vocabulary | None = None,
        known: Vocabulary | None = None,
        workers: int = 0,
        progress: bool | None = None,
        **options: Unpack[ReadOptions],
    ) -> Corpus:
        """Read a source once.

        Parameters
        ----------
        source
            a path (a file, a folder, a glob, ``-`` for standard input, an URL), several paths, or
            sentences: an iterable of lists of words, which may be a one-shot generator (or of lists
            of integers, which then are the keys of the vectors, too).  What an
            iterable holds is told by its first item: a string or a Path means paths (with a
            callable ``tokens``, a string is a text).  Files may be packed (gzip, bzip2, xz, zstd).
            Tables: Parquet, Feather and Arrow files, pandas, polars, pyarrow and Hugging Face
            objects; a column of texts, of lists of words, or of lists of integers.  Arrays of
            integers: every row a sentence.  A file that :meth:`save` wrote, or a Corpus, is taken
            as it is, whatever the options' defaults say; of a file, options that ask for something
            else than it was encoded with are refused.
        min_count, max_vocab_size, max_final_vocab, sorted_vocab
            which words are kept: see :class:`fastvec.params.VocabularyParams`.  With
            max_vocab_size one worker reads, and words that are dropped on the way lose what was
            counted so far.
        trim_rule : callable, optional
            ``rule(word, count, min_count)`` returns 0 or None (let min_count decide), 1 (drop) or
            2 (keep).
        vocabulary : Vocabulary, optional
            take these words, with their ids, and no others.
        known : Vocabulary, optional
            these words keep their ids, and their counts grow; new words that are kept follow.
        tokens : {"whitespace", "words"} or callable
            what a word is: whatever stands between spaces, tabs and newlines, byte for byte; or
            what letters, digits and marks of any script make, in Unicode's normal form C; or what
            a function makes of each line of text (without ``lines``: of each text).  Carriage
            returns are gone then; lists of words stay as they are.
        lower : bool
            put words into lower case.
        lines : bool
            a newline ends a sentence; otherwise only the end of a file or of a table's row does.
        errors : {"strict", "replace"}
            what to do with invalid UTF-8: raise ValueError, or read U+FFFD.
        column : str, optional
            the column of a table, or the field of JSON lines: with it, plain files are JSON lines.
        memory : int or str, optional
            bytes of ids to keep in memory (``"500M"``, ``"4G"``); more go to a temporary file.
            Default: half of what is free.
        tmp : path, optional
            folder for temporary files.
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
            a file that is missing or cannot be read; a full disk.
        ValueError
            invalid UTF-8, with file and byte; an empty path; a file that became shorter while it
            was read; no word left; an option out of range.
        TypeError
            sentences that are strings instead of lists of words; tokens that are neither strings
            nor integers, or of the other kind than those before them or in the vocabulary.
        ImportError
            a source that needs a package that is not installed, with its name.
        """
        reading = _reading(options, workers, progress)
        which, text = reading.which, reading.text
        as_it_is = vocabulary is None and known is None
        given = reading.given(source, (which, text) if as_it_is else (text,))
        if given is None:
            return reading.corpus(source, vocabulary, known)
        if vocabulary is not None:
            return given.in_words(vocabulary, memory=text.memory, tmp=text.tmp)
        return given if known is None else reading.with_known(given, known)

    def in_words(
        self, vocabulary: Vocabulary, *, memory: Size | None = None, tmp: PathLike | None = None
    ) -> Corpus:
        """This corpus in the ids of another vocabulary; words that are not in it are dropped.

        Parameters
        ----------
        vocabulary : Vocabulary
            the words, and what their ids are to be.
        memory, tmp
            where the new ids are kept: see :meth:`read`.

        Returns
        -------
        Corpus
            itself if the words are the same.

        Raises ValueError if none of the corpus's words is in the vocabulary.

        >>> corpus = Corpus.read([["a", "rose"]], min_count=1)
        >>> corpus.in_words(Vocabulary.of({"rose": 1})).tokens.tolist()
        [0]
        """
        if vocabulary.words == self.vocabulary.words:
            return self
        return _renumbered(
            self, vocabulary, _ids_in(vocabulary, self.vocabulary.words), memory, tmp
        )

    def encode(self, source: Any, **options: Any) -> Corpus:
        """More text in this corpus's words; others are dropped.

        ``options`` are those of :meth:`read`; what a word is, is by default what it was there.

        >>> corpus = Corpus.read([["a", "rose"]], min_count=1)
        >>> corpus.encode([["another", "rose"]]).tokens.tolist()
        [1]
        """
        same = {name: self.options[name] for name in TEXT if name in self.options}
        return Corpus.read(source, vocabulary=self.vocabulary, **same | options)

    def save(self, path: PathLike) -> None:
        """Write ids, sentences and vocabulary as one file, which :meth:`open` maps into memory.

        The file is complete or not there at all.  docs/formats.md describes it.

        >>> Corpus.read([["a", "rose"]], min_count=1).save("rose.fvc")
        """
        whole = (self.vocabulary, self.raw_words, self.raw_sentences, for_a_file(self.options))
        write_encoded(path, Encoded(self.tokens, self.offsets, *whole))

    def save_text(self, path: PathLike, progress: bool | None = None) -> None:
        """Write the text that the ids stand for: words with spaces between them, a sentence a line.

        The file is complete or not there at all.  ValueError for a word with a space or a line's
        end in it, which would be read as something else.

        >>> Corpus.read([["a", "rose"], ["a"]], min_count=1).save_text("rose.txt")
        """
        self.vocabulary.check_plain()
        write_text(path, self.tokens, self.offsets, self.vocabulary.words, progress)

    @classmethod
    def open(cls, path: PathLike) -> Corpus:
        """Open a file that :meth:`save` wrote.

        The file is mapped into memory, and read through once: its checksums are compared, and every
        id is looked at, so that no file can make training touch memory that is not its own.

        Raises
        ------
        ValueError
            a file of another kind or of a later version, cut off or damaged.

        >>> Corpus.read([["a", "rose"]], min_count=1).save("rose.fvc")
        >>> Corpus.open("rose.fvc").raw_words
        2
        """
        encoded = read_encoded(path)
        return cls(**vars(encoded))

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


def for_a_file(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as files keep them: no code, but that there was some, so that it is asked for again.

    >>> for_a_file({"tokens": str.split, "lower": True})
    {'tokens': 'a function', 'lower': True}
    """
    return {name: FUNCTION if callable(value) else value for name, value in options.items()}


def count_words(
    source: Any,
    *,
    workers: int = 0,
    progress: bool | None = None,
    **options: Unpack[ReadOptions],
) -> Vocabulary:
    """Count the words of a source without keeping its text; the options are those of
    :meth:`Corpus.read`, but ``min_count`` is 1 by default.

    >>> count_words([["a", "rose", "is", "a", "rose"]]).counts.tolist()
    [2, 2, 1]
    """
    reading = _reading({"min_count": 1, **options}, workers, progress)
    given = reading.given(source, (reading.text,))
    return reading.vocabulary(source) if given is None else reading.chosen(given.vocabulary)


# --- reading


def _cores(workers: int) -> int:
    checked: int = check_value("workers", workers, int, low=0, high=1024)
    return checked or available_cores()


def _reading(options: Mapping[str, Any], workers: int, progress: bool | None) -> _Reading:
    """One reading with options that have been checked."""
    given = dict(options)
    trim_rule = given.pop("trim_rule", None)
    refuse_unknown(given, VocabularyParams, CorpusParams)
    return _Reading(
        params_of(VocabularyParams, given),
        params_of(CorpusParams, given),
        trim_rule,
        _cores(workers),
        progress,
    )


@dataclass(frozen=True)
class _Words:
    """All words that were read, and what tables call them."""

    words: Words
    counts: Counts
    made: Rewritten | None  # of what they were made, if they were
    names: list[Ids]  # of each worker's words


@dataclass(frozen=True)
class _Reading:
    """One reading: its options."""

    which: VocabularyParams
    text: CorpusParams
    trim_rule: TrimRule | None
    workers: int
    progress: bool | None

    @property
    def options(self) -> dict[str, Any]:
        """What a corpus says of how it was read."""
        said = vars(self.which) | vars(self.text)
        return {name: value for name, value in said.items() if name not in PLACES}

    def given(
        self, source: Any, asked: tuple[VocabularyParams | CorpusParams, ...]
    ) -> Corpus | None:
        """The corpus, if that is what a source is: or the path of a corpus file, or a list of
        nothing else.  ``asked`` are the options that the file must not contradict."""
        if isinstance(source, Corpus):
            return source
        if isinstance(source, (list, tuple)) and len(source) == 1:
            source = source[0]
        if not (sources.is_path(source) and sources.exists(source)):
            return None
        if not is_encoded_file(Path(source)):
            return None
        corpus = Corpus.open(source)
        for params in asked:
            _refuse(params, source, corpus)
        return corpus

    def chosen(self, vocabulary: Vocabulary) -> Vocabulary:
        """Those of a vocabulary's words that are kept."""
        words, counts = vocabulary.words, vocabulary.counts
        return self._numbered(_Words(words, counts, None, []), int(counts.sum()), None, None)[0]

    def vocabulary(self, source: Any) -> Vocabulary:
        """Count words only."""
        spool = self._spool(source, None)
        return self._numbered(self._words(spool), spool.raw_words, None, None)[0]

    def corpus(
        self, source: Any, vocabulary: Vocabulary | None, known: Vocabulary | None
    ) -> Corpus:
        """Read a source."""
        with Storage(memory_budget(self.text.memory), self.text.tmp) as storage:
            spool = self._spool(source, storage)
            read = self._words(spool)
            vocabulary, numbers = self._numbered(read, spool.raw_words, vocabulary, known)
            codes, made = (numbers, None) if read.made is None else read.made.codes(numbers)
            last = [codes[names] for names in read.names]
            ids, offsets = spool.renumbered(last, made, self.workers)
        raw_words = spool.raw_words if made is None else int(read.counts.sum())
        return Corpus(ids, offsets, vocabulary, raw_words, spool.raw_sentences, self.options)

    def with_known(self, corpus: Corpus, known: Vocabulary) -> Corpus:
        """A corpus in the ids of known words, and of its own that are kept besides."""
        was = corpus.vocabulary
        read = _Words(was.words, was.counts, None, [])
        vocabulary, numbers = self._numbered(read, len(corpus.tokens), None, known)
        return _renumbered(corpus, vocabulary, numbers, self.text.memory, self.text.tmp)

    def _spool(self, source: Any, storage: Storage | None) -> Spool:
        """Read a source into tables."""
        if self.text.tokens == FUNCTION:
            raise ValueError("tokens must be given again: it was a function, which no file keeps")
        spool = Spool(self._new_reader, storage, self.trim_rule)
        tokenizer = None if isinstance(self.text.tokens, str) else self.text.tokens
        opened = sources.open_source(
            source,
            column=self.text.column,
            tokenizer=tokenizer,
            lines=self.text.lines,
            errors=self.text.errors,
        )
        if opened.pieces is not None:
            # Which words are dropped on the way depends on what was read before.
            workers = self.workers if self.which.max_vocab_size is None else 1
            with Progress("reading", opened.bytes, "bytes", self.progress) as bar:
                spool.read_pieces(opened.pieces, workers, bar.update)
        if opened.sentences is not None:
            with Progress("reading", None, "words", self.progress) as bar:
                spool.read_sentences(opened.sentences, bar.update)
        return spool

    def _new_reader(self) -> TextReader:
        return TextReader(
            replace=self.text.errors == "replace",
            join_lines=not self.text.lines,
            max_words=self.which.max_vocab_size or 0,
        )

    def _words(self, spool: Spool) -> _Words:
        merged, names = spool.merged()
        words, counts = words_of(merged)
        split = splitter(bool(self.text.lower), self.text.tokens == "words")
        if split is None or words.integers:
            return _Words(words, counts, None, names)
        made = rewrite(words, counts, split)
        return _Words(made.words, made.counts, made, names)

    def _numbered(
        self,
        read: _Words,
        raw_words: int,
        vocabulary: Vocabulary | None,
        known: Vocabulary | None,
    ) -> tuple[Vocabulary, Ids]:
        """The vocabulary, and for each word that was read its id there, or DROPPED."""
        if vocabulary is not None:
            if raw_words == 0:
                raise NoWordsError(_nothing_left(0, 0, 0))
            return vocabulary, _ids_in(vocabulary, read.words)
        if known is not None:
            vocabulary = known.extended(read.words, read.counts, self.which, self.trim_rule)
            numbers = vocabulary.words.find_all(read.words)
        else:
            order = select_words(read.words, read.counts, self.which, self.trim_rule)
            vocabulary = Vocabulary(read.words.take(order), read.counts[order])
            numbers = np.full(len(read.words), DROPPED, np.int32)
            numbers[order] = np.arange(len(order))
        if numbers.max(initial=DROPPED) == DROPPED:
            raise NoWordsError(_nothing_left(raw_words, len(read.words), self.which.min_count))
        return vocabulary, numbers


def _ids_in(vocabulary: Vocabulary, words: Words) -> Ids:
    """For each word its id in a vocabulary, or DROPPED; NoWordsError if all are."""
    ids = vocabulary.words.find_all(words)
    if ids.max(initial=DROPPED) == DROPPED:
        raise NoWordsError(
            f"none of {len(words)} different words is one of the {len(vocabulary)} of the "
            "vocabulary"
        )
    return ids


def _renumbered(
    corpus: Corpus, vocabulary: Vocabulary, numbers: Ids, memory: Size | None, tmp: PathLike | None
) -> Corpus:
    """A corpus whose word i is word numbers[i] of a vocabulary, or dropped."""
    with Storage(memory_budget(memory), tmp) as storage:
        tokens, offsets = _renumber(corpus.tokens, corpus.offsets, numbers, storage)
    raw = (corpus.raw_words, corpus.raw_sentences, corpus.options)
    return Corpus(tokens, offsets, vocabulary, *raw)


def _refuse(params: VocabularyParams | CorpusParams, path: Any, corpus: Corpus) -> None:
    """ValueError if an option asks for something else than a file was encoded with; its default
    asks for nothing."""
    for item in dataclasses.fields(params):
        value, was = getattr(params, item.name), corpus.options.get(item.name, item.default)
        if item.name not in PLACES and value not in (was, item.default):
            raise ValueError(
                f"{path} was encoded with {item.name} {was}: for {value}, encode its text again"
            )


def _renumber(tokens: Ids, offsets: Offsets, numbers: Ids, storage: Storage) -> tuple[Ids, Offsets]:
    """Token i becomes numbers[i], or goes if that is DROPPED; sentences without any go too."""
    made = storage.zeros(len(tokens), np.int32)
    ends = np.zeros(len(offsets), np.int64)
    at = 0
    for first in range(0, len(tokens), STEP):
        some = numbers[tokens[first : first + STEP]]
        kept = some >= 0
        low, high = np.searchsorted(offsets, [first + 1, first + len(some) + 1])
        stops = offsets[low:high] - first
        if not kept.all():
            stops = np.concatenate([[0], np.cumsum(kept)])[stops]
            some = some[kept]
        made[at : at + len(some)] = some
        ends[low:high] = at + stops
        at += len(some)
    return made[:at], ends[np.diff(ends, prepend=-1) > 0]


def _nothing_left(raw_words: int, distinct: int, min_count: int) -> str:
    if raw_words == 0:
        return "the corpus is empty: 0 words were read"
    return (
        f"no word is left: {raw_words} words were read, {distinct} of them different, and none is "
        f"kept with min_count {min_count}"
    )
