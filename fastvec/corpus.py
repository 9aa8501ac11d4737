"""Corpus: any source of text, read once, as ids of a vocabulary.

Nothing is read twice, so a one-shot generator does as well as a file.  Imports sources, spool,
rewriting, vocabulary, tensors, params, progress, threads and the native core.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec import sources
from fastvec._core import TextReader, checksum, rises
from fastvec.files import PathLike
from fastvec.params import (
    CorpusParams,
    VocabularyParams,
    available_cores,
    bytes_from,
    check,
    check_value,
)
from fastvec.progress import Progress
from fastvec.rewriting import Rewritten, rewrite, splitter
from fastvec.spool import (
    DROPPED,
    Ids,
    Offsets,
    Spool,
    Storage,
    free_memory,
    words_of,
)
from fastvec.tensors import load_tensors, save_tensors
from fastvec.vocabulary import TrimRule, Vocabulary, choose
from fastvec.words import Words

Tokens = str | sources.Tokenizer

VERSION = 1
KINDS = {"tokens": "<i4", "offsets": "<i8", "counts": "<i8", "word_offsets": "<i8", "words": "u1"}
CHECKED_BYTES = 1 << 24  # at a time


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
        known: Vocabulary | None = None,
        tokens: Tokens = "whitespace",
        lower: bool = False,
        lines: bool = True,
        errors: str = "strict",
        column: str | None = None,
        memory: int | str | None = None,
        tmp: PathLike | None = None,
        workers: int = 0,
        progress: bool | None = None,
    ) -> Corpus:
        """Read a source once.

        Parameters
        ----------
        source
            a path (a file, a folder, a glob, ``-`` for standard input, an URL), several paths, or
            sentences: an iterable of lists of words, which may be a one-shot generator.  What an
            iterable holds is told by its first item: a string or a Path means paths (with a
            callable ``tokens``, a string is a text).  Files may be packed (gzip, bzip2, xz, zstd).
            Tables: Parquet, Feather and Arrow files, pandas, polars, pyarrow and Hugging Face
            objects; a column of texts, of lists of words, or of lists of integers.  Arrays of
            integers: every row a sentence.  A file that :meth:`save` wrote is opened as it is:
            the options were settled when it was encoded.
        min_count, max_vocab_size, max_final_vocab, sorted_vocab
            which words are kept: see :class:`fastvec.params.VocabularyParams`.  With
            max_vocab_size one worker reads, and words that are dropped on the way lose what was
            counted so far.
        trim_rule : callable, optional
            ``rule(word, count, min_count)`` returns 0 (let min_count decide), 1 (drop) or 2 (keep).
        vocabulary : Vocabulary, optional
            take these words, with their ids, and no others.
        known : Vocabulary, optional
            these words keep their ids, and their counts grow; new words that are kept follow.
        tokens : {"whitespace", "words"} or callable
            what a word is: whatever stands between spaces, tabs and newlines, byte for byte; or
            what letters, digits and marks of any script make, in Unicode's normal form C; or what
            a function makes of one line of text.
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
            invalid UTF-8, with file and byte; no word left; an option out of range.
        TypeError
            sentences that are strings instead of lists of words.
        ImportError
            a source that needs a package that is not installed, with its name.
        """
        if (encoded := corpus_file(source)) is not None:
            return cls.open(encoded)
        which = VocabularyParams(min_count, max_vocab_size, max_final_vocab, sorted_vocab)
        tokenizer, how = _how(tokens, lower, lines, errors, column, memory, tmp)
        check(which)
        budget = free_memory() // 2 if memory is None else bytes_from("memory", memory)
        storage = Storage(budget, how.tmp)
        cores = _cores(workers)
        try:
            spool = _spool(source, storage, which, how, trim_rule, tokenizer, cores, progress)
            merged, names = spool.merged()
            words, counts, made = _words(merged, how)
            if vocabulary is None and known is not None:
                vocabulary = known.extended(words, counts, which, trim_rule)
            if vocabulary is None:
                order = choose(words, counts, which, trim_rule)
                vocabulary = Vocabulary(words.take(order), counts[order])
                numbers = np.full(len(words), DROPPED, np.int32)
                numbers[order] = np.arange(len(order))
            else:
                numbers = vocabulary.words.find_all(words)
            if numbers.max(initial=DROPPED) == DROPPED:
                raise ValueError(_nothing_left(spool.raw_words, len(words), min_count))
            codes, made = (numbers, None) if made is None else made.codes(numbers)
            ids, offsets = spool.renumbered([codes[name] for name in names], made, cores)
            raw_words = spool.raw_words if made is None else int(counts.sum())
            return cls(ids, offsets, vocabulary, raw_words, spool.raw_sentences)
        finally:
            storage.close()

    def encode(self, source: Any, **options: Any) -> Corpus:
        """More text in this corpus's words; others are dropped.

        ``options`` are those of :meth:`read`; give ``tokens`` and ``lower`` as they were given
        there.

        >>> corpus = Corpus.read([["a", "rose"]], min_count=1)
        >>> corpus.encode([["another", "rose"]]).tokens.tolist()
        [1]
        """
        return Corpus.read(source, vocabulary=self.vocabulary, **options)

    def save(self, path: PathLike) -> None:
        """Write ids, sentences and vocabulary as one file, which :meth:`open` maps into memory.

        The file is complete or not there at all.  docs/formats.md describes it.

        >>> Corpus.read([["a", "rose"]], min_count=1).save("rose.fvc")
        """
        arrays: dict[str, NDArray[Any]] = {
            "tokens": self.tokens,
            "offsets": self.offsets,
            "counts": self.vocabulary.counts,
            "word_offsets": self.vocabulary.words.offsets,
            "words": self.vocabulary.words.joined,
        }
        facts = {sources.ENCODED: str(VERSION), "raw_words": str(self.raw_words)}
        facts["raw_sentences"] = str(self.raw_sentences)
        for name, array in arrays.items():
            facts[f"{name} checksum"] = array_checksum(array)[0]
        save_tensors(path, arrays, facts)

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
        arrays, facts = load_tensors(path)
        try:
            version = int(facts[sources.ENCODED])
            raw_words, raw_sentences = int(facts["raw_words"]), int(facts["raw_sentences"])
        except (KeyError, ValueError):
            raise ValueError(f"{path} is not a corpus that fastvec has encoded") from None
        if version > VERSION:
            raise ValueError(f"{path} has version {version}, this fastvec knows up to {VERSION}")
        _check_arrays(path, arrays, facts)
        words = Words(arrays["words"], arrays["word_offsets"])
        try:
            vocabulary = Vocabulary(words, arrays["counts"])
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return cls(arrays["tokens"], arrays["offsets"], vocabulary, raw_words, raw_sentences)

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


def count_words(
    source: Any,
    *,
    min_count: int = 1,
    max_vocab_size: int | None = None,
    max_final_vocab: int | None = None,
    sorted_vocab: bool = True,
    trim_rule: TrimRule | None = None,
    tokens: Tokens = "whitespace",
    lower: bool = False,
    lines: bool = True,
    errors: str = "strict",
    column: str | None = None,
    workers: int = 0,
    progress: bool | None = None,
) -> Vocabulary:
    """Count the words of a source without keeping its text; the options are :meth:`Corpus.read`'s.

    >>> count_words([["a", "rose", "is", "a", "rose"]]).counts.tolist()
    [2, 2, 1]
    """
    if (encoded := corpus_file(source)) is not None:
        return Corpus.open(encoded).vocabulary
    which = VocabularyParams(min_count, max_vocab_size, max_final_vocab, sorted_vocab)
    tokenizer, how = _how(tokens, lower, lines, errors, column, None, None)
    check(which)
    spool = _spool(source, None, which, how, trim_rule, tokenizer, _cores(workers), progress)
    words, counts, _ = _words(spool.merged()[0], how)
    order = choose(words, counts, which, trim_rule)
    if not len(order):
        raise ValueError(_nothing_left(spool.raw_words, len(words), min_count))
    return Vocabulary(words.take(order), counts[order])


# --- reading


def _how(
    tokens: Tokens,
    lower: bool,
    lines: bool,
    errors: str,
    column: str | None,
    memory: int | str | None,
    tmp: PathLike | None,
) -> tuple[sources.Tokenizer | None, CorpusParams]:
    """The reading options, checked; a tokenizer of the user's own stands apart."""
    tokenizer = None if isinstance(tokens, str) else tokens
    if tokenizer is not None and not callable(tokenizer):
        raise TypeError(f"tokens must be whitespace, words or a function, got {tokens!r}")
    how = CorpusParams(
        tokens if isinstance(tokens, str) else "whitespace",
        lower,
        lines,
        errors,
        column,
        None if memory is None else str(memory),
        None if tmp is None else os.fspath(tmp),
    )
    check(how)
    return tokenizer, how


def _cores(workers: int) -> int:
    check_value("workers", workers, "int", {"low": 0, "high": 1024})
    return workers or available_cores()


def _spool(
    source: Any,
    storage: Storage | None,
    which: VocabularyParams,
    how: CorpusParams,
    trim_rule: TrimRule | None,
    tokenizer: sources.Tokenizer | None,
    workers: int,
    progress: bool | None,
) -> Spool:
    """Read a source."""

    def new_reader() -> TextReader:
        return TextReader(
            replace=how.errors == "replace",
            join_lines=not how.lines,
            max_words=which.max_vocab_size or 0,
        )

    spool = Spool(new_reader, storage, trim_rule)
    opened = sources.open_source(source, column=how.column, tokenizer=tokenizer, errors=how.errors)
    if opened.pieces is not None:
        if which.max_vocab_size is not None:
            workers = 1  # which words are dropped depends on what was read before
        with Progress("reading", opened.bytes, "bytes", progress) as bar:
            spool.read_pieces(opened.pieces, workers, bar.update)
    if opened.sentences is not None:
        with Progress("reading", None, "words", progress) as bar:
            spool.read_sentences(opened.sentences, bar.update)
    return spool


def _words(
    merged: TextReader, how: CorpusParams
) -> tuple[Words, NDArray[np.int64], Rewritten | None]:
    """The words that were read with their counts, and what they were made of if they were."""
    words, counts = words_of(merged)
    split = splitter(bool(how.lower), how.tokens == "words")
    if split is None:
        return words, counts, None
    made = rewrite(words, counts, split)
    return made.words, made.counts, made


def _nothing_left(raw_words: int, distinct: int, min_count: int) -> str:
    if raw_words == 0:
        return "the corpus is empty: 0 words were read"
    return (
        f"no word is left: {raw_words} words were read, {distinct} of them different, and none is "
        f"kept with min_count {min_count}"
    )


# --- corpus files


def corpus_file(source: Any) -> Path | None:
    """The file that :meth:`Corpus.save` wrote, if that is what a source is: its path, or a list of
    nothing else."""
    if isinstance(source, (list, tuple)) and len(source) == 1:
        source = source[0]
    if not (sources.is_path(source) and sources.exists(source) and Path(source).is_file()):
        return None
    with Path(source).open("rb") as file:
        return Path(source) if sources.is_encoded(file.read(64)) else None


def _check_arrays(path: PathLike, arrays: dict[str, NDArray[Any]], facts: dict[str, str]) -> None:
    """ValueError unless a file's arrays are those of a corpus, and whole."""
    for name, kind in KINDS.items():
        array = arrays.get(name)
        if array is None or array.dtype != kind or array.ndim != 1:
            raise ValueError(f"{path}: {name} is missing, or not an array of {np.dtype(kind)}")
        found, largest = array_checksum(array)
        if facts.get(f"{name} checksum") != found:
            raise ValueError(f"{path} is damaged: the checksum of its {name} is not right")
        if name == "tokens":
            largest_token = largest
    words = len(arrays["counts"])
    if len(arrays["tokens"]) and largest_token >= words:
        raise ValueError(f"{path}: token {largest_token} is not one of {words} words")
    if not rises(arrays["offsets"], len(arrays["tokens"]), 1):
        raise ValueError(f"{path}: the sentences' offsets do not rise")
    if len(arrays["word_offsets"]) != words + 1 or not rises(
        arrays["word_offsets"], len(arrays["words"]), 0
    ):
        raise ValueError(f"{path}: the words' offsets do not rise")


def array_checksum(array: NDArray[Any]) -> tuple[str, int]:
    """An array's checksum as text, and its largest 32-bit word."""
    data = np.ascontiguousarray(array).view(np.uint8)
    plain = weighted = largest = 0
    for start in range(0, len(data), CHECKED_BYTES):  # so that Ctrl-C comes through
        sums = checksum(data[start : start + CHECKED_BYTES], start)
        plain, weighted = plain + sums[0], weighted + sums[1]
        largest = max(largest, sums[2])
    return f"{plain % (1 << 64):016x}{weighted % (1 << 64):016x}", largest
