"""Corpus: a text as ids of a vocabulary, in memory or mapped from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from fastvec._util.atomic import PathLike
from fastvec._util.options import Size, check_value
from fastvec._util.places import FileLike
from fastvec._util.spill import Storage
from fastvec._util.system import memory_budget
from fastvec.corpus.corpus_file import CorpusFile, read_corpus_file, write_corpus_file
from fastvec.corpus.spool import DROPPED, Ids, Offsets
from fastvec.corpus.text_export import write_text
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.params import FUNCTION, ReadOptions
from fastvec.words import Words

if TYPE_CHECKING:
    from fastvec.corpus.examination import Examination

#: options that say where ids are kept, not what they are
STORAGE_OPTIONS = ("memory", "tmp")
#: options that say what a word is; a model reads later text with those of its first text
WORD_OPTIONS = ("tokens", "lower")
RENUMBERED_TOKENS = 1 << 22  # at a time


class Corpus:
    """Sentences as ids of a vocabulary.  Made by :meth:`read` or :meth:`open`.

    Attributes
    ----------
    tokens : (T,) int32 array
        the ids of all kept words.  Dropped words leave no gap, so that the words around them become
        neighbours.
    offsets : (S + 1,) int64 array
        sentence ``s`` is ``tokens[offsets[s]:offsets[s + 1]]``; none is empty.
    vocabulary : Vocabulary
        the word of each id.
    raw_words, raw_sentences : int
        how many were read, dropped words and empty sentences included.
    options : dict
        the options of :meth:`read` that it was read with, without ``memory`` and ``tmp``.

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
        self._keeps_empty = False  # sentences of which nothing is left are there all the same
        # Whether sentences are lines of files: so it is assumed until the reader says otherwise.
        self._in_lines = bool(self.options.get("lines")) and self.options.get("column") is None

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
            - a path (a file, a folder, a glob, ``-`` for standard input, or a URL), or several of
              them.  Files may be compressed (gzip, bzip2, xz, zstd).
            - sentences: an iterable of lists of words, which may be a one-shot generator; or of
              lists of integers, which the keys of the vectors then are, too.
            - a table: Parquet, Feather and Arrow files; objects of pandas, polars, pyarrow and
              Hugging Face datasets; with ``column`` also JSON lines, CSV and TSV files, and
              iterables of mappings (dicts).  One column is read, of texts, of lists of words, or
              of lists of integers; or with ``group`` of items, from which sequences are made.
            - what ``groupby`` of pandas or polars gives, in which every group is a sentence.
            - an array of integers, in which every row is a sentence.
            - a file that :meth:`save` wrote, or a Corpus.  It is taken as it is, whatever the
              defaults of the options are; for a file, options that ask for something else than it
              was encoded with are refused.

            What an iterable holds is decided by its first item: a string or a Path means paths
            (where ``tokens`` is a function, a string is a text).
        min_count, max_vocab_size, max_final_vocab, sorted_vocab
            which words are kept: see :class:`fastvec.params.VocabularyParams`.  With
            max_vocab_size a single worker reads, and a word that is dropped on the way loses what
            was counted of it so far.
        trim_rule : callable, optional
            ``rule(word, count, min_count)`` returns 0 or None (let min_count decide), 1 (drop) or
            2 (keep).
        vocabulary : Vocabulary, optional
            use these words, with their ids, and no others.
        known : Vocabulary, optional
            use these words with their ids, their counts increased by what is read, and behind them
            the new words that are kept.
        tokens : {"whitespace", "words"} or callable
            what a word is: what is between spaces, tabs and newlines, byte for byte; or a run of
            letters, digits and marks of any script, in Unicode's normal form C; or what a function
            makes of each line of text (without ``lines``: of each text).  Default: "whitespace".
            Words of lists, of Python or in a table, are words as they are, except with "words",
            which cuts them too.  Integers stay what they are.
        lower : bool
            put words into lower case, also those of lists; default: False.
        lines : bool
            whether a line end (a newline, a carriage return, or both) ends a sentence, which is the
            default, or only the end of a file or of a table's row does.
        errors : {"strict", "replace"}
            what to do with invalid UTF-8: raise ValueError (default), or read U+FFFD.
        encoding : str
            of text files, CSV and JSON lines: any that Python has; default: "utf-8".
        column : str, optional
            the column of a table, the field of JSON lines, or the key of mappings; with it, files
            of text are read as CSV, if their name or first row says so, or as JSON lines.
        group : str, optional
            the column that says to which sequence the item in a row belongs (a user, a session);
            each sequence is a sentence.  They follow each other by their first rows.
        order : str, optional
            the column by which the items of a group are sorted: numbers, or dates and times in ISO
            8601; items that are equal in it, or without it, keep the order of their rows.
        delimiter : str, optional
            what separates the columns of CSV; with it, all files of text are CSV.  By default it is
            found out.
        header : bool
            whether the first row of CSV names the columns (default); otherwise their names are "1",
            "2" and so on.
        memory : int or str, optional
            bytes of ids to keep in memory (``"500M"``, ``"4G"``); more go to a temporary file, and
            so do the rows of a table with ``group`` beyond half of that.
            Default: half of the memory that is free.
        tmp : path, optional
            folder for temporary files; default: the system's.
        workers : int
            threads; 0 (default) means one for each core.
        progress : bool, optional
            show a progress bar; by default if standard error is a terminal.

        Returns
        -------
        Corpus
            the same for any number of workers.

        Raises
        ------
        OSError
            a file that is missing or cannot be read; a full disk.
        ValueError
            invalid UTF-8, with file and byte; a file that is no text; an empty path; a file that
            became shorter while it was read; a text without words, or without any that is kept; an
            option out of range.
        TypeError
            sentences that are strings instead of lists of words; tokens that are neither strings
            nor integers, or strings and integers mixed, also with those of the vocabulary.
        ImportError
            a source that needs a package that is not installed; the message names the package.
        """
        from fastvec.corpus import build, sources  # which make a Corpus

        vocab_params, corpus_params, trim_rule = build.checked_options(options)
        return build.read_corpus(
            sources.find_source(source, corpus_params),
            vocab_params,
            corpus_params,
            vocabulary=vocabulary,
            known=known,
            trim_rule=trim_rule,
            workers=check_value("workers", workers, int, low=0, high=1024),
            progress=progress,
        )

    def in_words(
        self, vocabulary: Vocabulary, *, memory: Size | None = None, tmp: PathLike | None = None
    ) -> Corpus:
        """This corpus in the ids of another vocabulary; words that are not in it are dropped.

        Parameters
        ----------
        vocabulary : Vocabulary
            the words, with their new ids.
        memory, tmp
            where the new ids are kept: see :meth:`read`.

        Returns
        -------
        Corpus
            itself if the words are the same.

        Raises
        ------
        ValueError
            if none of the corpus's words is in the vocabulary.

        >>> corpus = Corpus.read([["a", "rose"]], min_count=1)
        >>> corpus.in_words(Vocabulary.of({"rose": 1})).tokens.tolist()
        [0]
        """
        if vocabulary.words == self.vocabulary.words:
            return self
        return renumbered(self, vocabulary, memory, tmp)

    def encode(self, source: Any, **options: Any) -> Corpus:
        """Read more text with this corpus's vocabulary; other words are dropped.

        ``options`` are those of :meth:`read`.  ``tokens`` and ``lower`` are by default what this
        corpus was read with.

        >>> corpus = Corpus.read([["a", "rose"]], min_count=1)
        >>> corpus.encode([["another", "rose"]]).tokens.tolist()
        [1]
        """
        same = {name: self.options[name] for name in WORD_OPTIONS if name in self.options}
        return Corpus.read(source, vocabulary=self.vocabulary, **same | options)

    def examine(self, *, min_count: int | None = None, progress: bool | None = None) -> Examination:
        """Look at sentences and words: how long and how frequent they are, and what is odd.

        Read the corpus with ``min_count=1`` before, or the rare words are not there.  ``fastvec
        check`` prints the same, and more.

        Parameters
        ----------
        min_count : int, optional
            the hints are those for training with it; default: what the corpus was read with.
        progress : bool, optional
            show a progress bar; by default if standard error is a terminal.

        Raises
        ------
        ValueError
            for a corpus without words.

        >>> corpus = Corpus.read([["a", "rose", "is", "a", "rose"], ["a", "rose"]], min_count=1)
        >>> examined = corpus.examine()
        >>> examined.frequent, examined.lengths["mean"], examined.curve[-1]
        ([('a', 3), ('rose', 3), ('is', 1)], 3.5, (7, 3))
        """
        from fastvec.corpus.examination import examine  # which imports this module

        least = self.options.get("min_count", 1) if min_count is None else min_count
        return examine(self, least, self._in_lines, progress)

    def save(self, fname_or_handle: FileLike) -> None:
        """Write ids, sentences and vocabulary as one file, which :meth:`open` maps into memory.

        The file is a path, an address that fsspec knows, or a file that is open for writing bytes;
        the first two are complete or not there at all.  docs/formats.md describes its bytes.

        >>> Corpus.read([["a", "rose"]], min_count=1).save("rose.fvc")
        """
        whole = (self.vocabulary, self.raw_words, self.raw_sentences, serializable(self.options))
        write_corpus_file(fname_or_handle, CorpusFile(self.tokens, self.offsets, *whole))

    def save_text(self, path: PathLike, progress: bool | None = None) -> None:
        """Write the text that the ids stand for: a sentence on each line, spaces between its words.

        The file is complete or not there at all.  ValueError for a word that contains a space or a
        line break, since it could not be read back.

        >>> Corpus.read([["a", "rose"], ["a"]], min_count=1).save_text("rose.txt")
        """
        self.vocabulary.check_plain()
        write_text(path, self.tokens, self.offsets, self.vocabulary.words, progress)

    @classmethod
    def open(cls, fname: FileLike) -> Corpus:
        """Open a file that :meth:`save` wrote.

        The file is mapped into memory, and read once from beginning to end: its checksums are
        compared and every id is checked, so that no file can make training touch memory that it
        must not.

        Raises
        ------
        ValueError
            a file of another format or of a later version, or one that is cut off or damaged.

        >>> Corpus.read([["a", "rose"]], min_count=1).save("rose.fvc")
        >>> Corpus.open("rose.fvc").raw_words
        2
        """
        return cls(**vars(read_corpus_file(fname)))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return f"Corpus({len(self.tokens)} tokens, {len(self)} sentences, {self.vocabulary!r})"

    def close(self) -> None:
        """Release the ids, and the file that they are mapped from."""
        self.tokens = np.empty(0, np.int32)
        self.offsets = np.zeros(1, np.int64)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serializable(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as files keep them: instead of a function, a note that it has to be given again.

    >>> serializable({"tokens": str.split, "lower": True})
    {'tokens': 'a function', 'lower': True}
    """
    return {name: FUNCTION if callable(value) else value for name, value in options.items()}


def ids_in(vocabulary: Vocabulary, words: Words) -> Ids:
    """For each word its id in a vocabulary, or DROPPED; NoWordsError if all are dropped."""
    ids = vocabulary.words.find_all(words)
    if ids.max(initial=DROPPED) == DROPPED:
        raise NoWordsError(
            f"none of {len(words)} different words is one of the {len(vocabulary)} of the "
            "vocabulary"
        )
    return ids


def renumbered(
    corpus: Corpus,
    vocabulary: Vocabulary,
    memory: Size | None,
    tmp: PathLike | None,
    others: int = DROPPED,
) -> Corpus:
    """A copy of a corpus in the ids of another vocabulary; words that are not in it are dropped, or
    get the id ``others``."""
    ids = ids_in(vocabulary, corpus.vocabulary.words)
    ids[ids == DROPPED] = others
    with Storage(memory_budget(memory), tmp) as storage:
        tokens, ends = _renumber(corpus.tokens, corpus.offsets, ids, storage)
    if not corpus._keeps_empty:
        ends = ends[np.diff(ends, prepend=-1) > 0]
    new = Corpus(tokens, ends, vocabulary, corpus.raw_words, corpus.raw_sentences, corpus.options)
    new._keeps_empty = corpus._keeps_empty
    return new


def _renumber(tokens: Ids, offsets: Offsets, ids: Ids, storage: Storage) -> tuple[Ids, Offsets]:
    """Token i becomes ids[i], or goes if that is DROPPED; the offsets of all sentences."""
    new_tokens = storage.zeros(len(tokens), np.int32)
    ends = np.zeros(len(offsets), np.int64)
    written = 0
    for first in range(0, len(tokens), RENUMBERED_TOKENS):
        some = ids[tokens[first : first + RENUMBERED_TOKENS]]
        kept = some >= 0
        low, high = np.searchsorted(offsets, [first + 1, first + len(some) + 1])
        stops = offsets[low:high] - first
        if not kept.all():
            stops = np.concatenate([[0], np.cumsum(kept)])[stops]
            some = some[kept]
        new_tokens[written : written + len(some)] = some
        ends[low:high] = written + stops
        written += len(some)
    return new_tokens[:written], ends
