"""Building a corpus: a source is read once, into ids of a vocabulary or into the vocabulary alone.

This is the one path by which all of fastvec reads text: ``Corpus.read``, the models and the command
line.  Since nothing is read twice, a one-shot generator will do as well as a file.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._core import TextReader
from fastvec._util.log import tell
from fastvec._util.options import check_value, params_of, refuse_unknown
from fastvec._util.progress import Progress, plural
from fastvec._util.spill import Storage
from fastvec._util.system import available_cores, memory_budget
from fastvec.corpus.corpus import STORAGE_OPTIONS, Corpus, ids_in, renumbered
from fastvec.corpus.normalize import NormalizedWords, normalize_words, word_splitter
from fastvec.corpus.sources import (
    COLUMN_OPTIONS,
    Contents,
    EncodedSource,
    Source,
    find_source,
)
from fastvec.corpus.spool import DROPPED, Ids, Offsets, Spool, words_of
from fastvec.corpus.vocabulary import NoWordsError, TrimRule, Vocabulary, select_words
from fastvec.params import FUNCTION, CorpusParams, CountOptions, VocabularyParams
from fastvec.words import Words


def read_corpus(
    source: Source,
    vocab_params: VocabularyParams,
    corpus_params: CorpusParams,
    *,
    vocabulary: Vocabulary | None = None,
    known: Vocabulary | None = None,
    trim_rule: TrimRule | None = None,
    workers: int = 0,
    progress: bool | None = None,
    remarks: bool = True,
) -> Corpus:
    """Read a source, with options that have been checked.

    ``Corpus.read`` describes the parameters; ``find_source`` makes the Source.  Hints about the
    text are logged, unless ``remarks`` or ``progress`` is False.

    >>> params = CorpusParams(lower=True)
    >>> source = find_source([["A", "rose"]], params)
    >>> list(read_corpus(source, VocabularyParams(min_count=1), params).vocabulary.words)
    ['a', 'rose']
    """
    for name, given in (("vocabulary", vocabulary), ("known", known)):
        if not isinstance(given, Vocabulary | None):
            raise TypeError(
                f"{name} must be a Vocabulary, got {type(given).__name__}: Vocabulary.of(counts) "
                "makes one from words and their counts"
            )
    remarks &= progress is not False
    reading = _Reading(vocab_params, corpus_params, trim_rule, workers, progress, remarks)
    if isinstance(source, EncodedSource):
        corpus = reading.encoded(source, vocabulary, known)
    else:
        corpus = reading.corpus(source, vocabulary, known)
    if not (isinstance(source, EncodedSource) and source.file is None):  # it has just been read
        _tell_read(corpus, vocab_params)
    return corpus


def _tell_read(corpus: Corpus, vocab_params: VocabularyParams) -> None:
    words, read = len(corpus.vocabulary), (corpus.raw_words, corpus.raw_sentences)
    tell(
        "read",
        f"collected {plural(words, 'word')} from {plural(read[0], 'raw word')} and "
        f"{plural(read[1], 'sentence')}; "
        f"min_count={vocab_params.min_count}",
        vocabulary=words,
        raw_words=corpus.raw_words,
        raw_sentences=corpus.raw_sentences,
        words=len(corpus.tokens),
        sentences=len(corpus),
    )


def count_words(
    source: Any,
    *,
    workers: int = 0,
    progress: bool | None = None,
    **options: Unpack[CountOptions],
) -> Vocabulary:
    """Count the words of a source without keeping its text.

    The parameters are those of :meth:`fastvec.Corpus.read`, without ``memory`` and ``tmp``;
    ``min_count`` is 1 by default.

    >>> count_words([["a", "rose", "is", "a", "rose"]]).counts.tolist()
    [2, 2, 1]
    """
    for name in STORAGE_OPTIONS:
        if name in options:
            raise TypeError(f"unexpected keyword argument {name!r}: count_words keeps no text")
    vocab_params, corpus_params, trim_rule = checked_options({"min_count": 1, **options})
    workers = check_value("workers", workers, int, low=0, high=1024)
    reading = _Reading(vocab_params, corpus_params, trim_rule, workers, progress)
    found = find_source(source, corpus_params)
    if isinstance(found, EncodedSource):
        return reading.encoded_vocabulary(found)
    return reading.vocabulary(found)


def read_words(
    source: Source, corpus_params: CorpusParams, workers: int
) -> tuple[Words, NDArray[np.int64], int, int]:
    """All words of a source in order of first appearance, their counts, and how many words and
    sentences were read."""
    reading = _Reading(VocabularyParams(), corpus_params, None, workers, False)
    with _named(source):
        spool = reading._read(source, None)
        read = reading._words(spool)
    raw_words = spool.raw_words if read.normalized is None else int(read.counts.sum())
    return read.words, read.counts, raw_words, spool.raw_sentences


def read_ids(
    source: Source, corpus_params: CorpusParams, vocabulary: Vocabulary, workers: int
) -> tuple[Ids, Offsets]:
    """The ids of a part of a text, and its sentence offsets, also those of empty sentences.

    Its first sentence may have begun before, and what follows the last offset may go on elsewhere.
    """
    reading = _Reading(VocabularyParams(), corpus_params, None, workers, False)
    budget = memory_budget(corpus_params.memory)
    with _named(source), Storage(budget, corpus_params.tmp) as storage:
        spool = reading._read(source, storage)
        read = reading._words(spool)
        return reading._tokens(spool, read, vocabulary.words.find_all(read.words), True)


def checked_options(
    options: Mapping[str, Any],
) -> tuple[VocabularyParams, CorpusParams, TrimRule | None]:
    """The keyword arguments of Corpus.read as groups of options, checked, and the trim rule."""
    options = dict(options)
    trim_rule = options.pop("trim_rule", None)
    refuse_unknown(options, VocabularyParams, CorpusParams)
    return params_of(VocabularyParams, options), params_of(CorpusParams, options), trim_rule


@dataclass(frozen=True)
class _WordsRead:
    """All words of a text, and what each worker called them."""

    words: Words
    counts: NDArray[np.int64]
    normalized: NormalizedWords | None = None
    """How they were made of the words that workers read; None if they are these."""
    numbers: tuple[Ids, ...] = ()
    """For each worker, the position of each of its words among all that were read."""


@dataclass(frozen=True)
class _Reading:
    """One reading: its options, and its steps."""

    vocab_params: VocabularyParams
    corpus_params: CorpusParams
    trim_rule: TrimRule | None
    workers: int
    progress: bool | None
    remarks: bool = False

    # --- text that has to be read

    def corpus(
        self, source: Source, vocabulary: Vocabulary | None, known: Vocabulary | None
    ) -> Corpus:
        """Read a source into ids."""
        params = self.corpus_params
        first = vocabulary is None and known is None
        with _named(source), Storage(memory_budget(params.memory), params.tmp) as storage:
            spool = self._read(source, storage, first)
            read = self._words(spool)
            vocabulary, ids = self._ids(read, spool.raw_words, vocabulary, known)
            raw_words = spool.raw_words if read.normalized is None else int(read.counts.sum())
            tokens, offsets = self._tokens(spool, read, ids, params.keep_rows)
        corpus = Corpus(tokens, offsets, vocabulary, raw_words, spool.raw_sentences, self._options)
        corpus._in_lines = source.has_lines(params)
        corpus._keeps_empty = params.keep_rows
        if first and self.remarks:
            from fastvec.corpus.hints import TextRead, log_hints  # slow to import: many patterns

            least = self.vocab_params.min_count
            log_hints(TextRead(read.words, read.counts, corpus, least, corpus._in_lines))
        return corpus

    def _tokens(
        self, spool: Spool, read: _WordsRead, ids: Ids, keep_empty: bool
    ) -> tuple[Ids, Offsets]:
        """The text as ids, given that of each word that was read, or DROPPED."""
        codes, expansions = ids, None
        if read.normalized is not None:
            codes, expansions = read.normalized.codes(ids)
        worker_codes = [codes[numbers] for numbers in read.numbers]
        workers = self.workers or available_cores()
        return spool.tokens(worker_codes, expansions, workers, keep_empty)

    def vocabulary(self, source: Source) -> Vocabulary:
        """Read a source and keep its words only."""
        with _named(source):
            spool = self._read(source, None)
            return self._ids(self._words(spool), spool.raw_words, None, None)[0]

    @property
    def _options(self) -> dict[str, Any]:
        """What a corpus remembers of how it was read."""
        options = vars(self.vocab_params) | vars(self.corpus_params)
        return {name: value for name, value in options.items() if name not in STORAGE_OPTIONS}

    def _read(self, source: Source, storage: Storage | None, first: bool = True) -> Spool:
        """Read a source; without storage, only its words.

        ``first`` says that the options were given for this source, and not for an earlier one.
        """
        if self.corpus_params.tokens == FUNCTION:
            raise ValueError("tokens must be given again: it was a function, which no file keeps")
        spool = Spool(self._new_reader, storage, self.trim_rule)
        contents = source.open(self.corpus_params, count_only=storage is None)
        if first:
            _refuse_columns(self.corpus_params, contents)
        if contents.chunks is not None:
            # Which words max_vocab_size drops depends on what was read before them.
            workers = self.workers or available_cores()
            workers = workers if self.vocab_params.max_vocab_size is None else 1
            with Progress("reading", contents.bytes, "bytes", self.progress) as bar:
                spool.read_chunks(contents.chunks, workers, bar.update)
        if contents.sentences is not None:
            with Progress("reading", None, "words", self.progress) as bar:
                spool.read_sentences(contents.sentences, bar.update)
        return spool

    def _new_reader(self) -> TextReader:
        return TextReader(
            replace=self.corpus_params.errors == "replace",
            join_lines=not self.corpus_params.lines,
            max_words=self.vocab_params.max_vocab_size or 0,
            join_rows=self.corpus_params.keep_rows,
        )

    def _words(self, spool: Spool) -> _WordsRead:
        merged, numbers = spool.merged()
        words, counts = words_of(merged)
        params = self.corpus_params
        split = word_splitter(bool(params.lower), params.tokens == "words")
        if split is None or words.integers:
            return _WordsRead(words, counts, None, tuple(numbers))
        normalized = normalize_words(words, counts, split)
        return _WordsRead(normalized.words, normalized.counts, normalized, tuple(numbers))

    def _ids(
        self,
        read: _WordsRead,
        raw_words: int,
        vocabulary: Vocabulary | None,
        known: Vocabulary | None,
    ) -> tuple[Vocabulary, Ids]:
        """The vocabulary, and for each word that was read its id there, or DROPPED."""
        if vocabulary is not None:
            if self.corpus_params.keep_rows:  # where every sentence counts, all may be empty
                return vocabulary, vocabulary.words.find_all(read.words)
            if raw_words == 0:
                raise NoWordsError(_nothing_left(0, 0, self.vocab_params))
            return vocabulary, ids_in(vocabulary, read.words)
        if known is not None:
            vocabulary = known.extended(read.words, read.counts, self.vocab_params, self.trim_rule)
            ids = vocabulary.words.find_all(read.words)
        else:
            order = select_words(read.words, read.counts, self.vocab_params, self.trim_rule)
            vocabulary = Vocabulary(read.words.take(order), read.counts[order])
            ids = np.full(len(read.words), DROPPED, np.int32)
            ids[order] = np.arange(len(order))
        if ids.max(initial=DROPPED) == DROPPED:
            raise NoWordsError(_nothing_left(raw_words, len(read.words), self.vocab_params))
        return vocabulary, ids

    # --- corpora that have been encoded already

    def encoded(
        self, source: EncodedSource, vocabulary: Vocabulary | None, known: Vocabulary | None
    ) -> Corpus:
        """A corpus as it is, or in the ids of other words."""
        corpus, params = source.corpus, self.corpus_params
        if vocabulary is not None:
            _check_options(source, params)
            return corpus.in_words(vocabulary, memory=params.memory, tmp=params.tmp)
        if known is not None:
            _check_options(source, params)
            words, counts = corpus.vocabulary.words, corpus.vocabulary.counts
            extended = known.extended(words, counts, self.vocab_params, self.trim_rule)
            return renumbered(corpus, extended, params.memory, params.tmp)
        _check_options(source, self.vocab_params, params)
        return corpus

    def encoded_vocabulary(self, source: EncodedSource) -> Vocabulary:
        """Those words of a corpus that are kept."""
        _check_options(source, self.corpus_params)
        words, counts = source.corpus.vocabulary.words, source.corpus.vocabulary.counts
        return self._ids(_WordsRead(words, counts), int(counts.sum()), None, None)[0]


def _refuse_columns(params: CorpusParams, contents: Contents) -> None:
    """ValueError for an option about columns that has no meaning for a source."""
    for name in COLUMN_OPTIONS:
        if name in contents.column_options or getattr(params, name) in (None, True):
            continue
        if name == "column":
            raise ValueError(
                f"there is no column {params.column!r}: column is for files, tables and mappings, "
                "not for lists of words, texts or arrays"
            )
        raise ValueError(f"{name} is for files of CSV, and this corpus is no file")


@contextlib.contextmanager
def _named(source: Source) -> Iterator[None]:
    """Say from which file came no words, or none that are kept."""
    try:
        yield
    except NoWordsError as error:
        if not source.name or source.name in str(error):
            raise
        raise NoWordsError(f"{error} (from {source.name})") from None


def _check_options(source: EncodedSource, *groups: VocabularyParams | CorpusParams) -> None:
    """ValueError if an option asks for something else than a file was encoded with.

    A default value asks for nothing.
    """
    if source.file is None:
        return
    for params in groups:
        for item in dataclasses.fields(params):
            value, default = getattr(params, item.name), item.default
            used = source.corpus.options.get(item.name, default)
            if item.name not in STORAGE_OPTIONS and value not in (used, default):
                raise ValueError(
                    f"{source.file.name} was encoded with {item.name} {used}: for {value}, encode "
                    "its text again"
                )


SMALL_TEXT = 10_000  # words, up to which a text may need other settings than the usual ones


def _nothing_left(raw_words: int, distinct: int, params: VocabularyParams) -> str:
    if raw_words == 0:
        return "the corpus is empty: 0 words were read"
    rules = f"min_count {params.min_count}"
    if params.max_final_vocab is not None:
        rules += f" and max_final_vocab {params.max_final_vocab}"
    small = raw_words < SMALL_TEXT and params.min_count > 1
    advice = " (a text this small needs min_count=1, and Word2Vec sample=0)" if small else ""
    return (
        f"no word is left: {raw_words} words were read, {distinct} of them different, and none is "
        f"kept with {rules}{advice}"
    )
