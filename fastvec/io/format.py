"""What a format of vector files is, and what such a file holds."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec.subwords import Subwords
from fastvec.words import Words

HEAD_BYTES = 1 << 16  # a format is recognised by so many first bytes of a file
OF_A_MODEL = ("parameters", "training")  # metadata that only models have
ATTRIBUTE = "attribute."  # the names of arrays that hold attributes of the words begin with this


@dataclass(frozen=True)
class VectorFile:
    """What a vector file holds.

    Attributes
    ----------
    words : Words
    vectors : (V, D) array
    counts : (V,) int64 array or None
        how often each word occurred, if that is known.
    kind : str
        ``vectors``, or the kind of model that the file holds: ``word2vec``, ``glove``.
    metadata : dict
        in files of fastvec's own format: values of JSON by name, a model's parameters among them.
    extra : dict
        in files of fastvec's own format: all other arrays by name.  They are attributes of the
        words, and what a model needs so that training can go on.
    subwords : Subwords or None
        what the vectors are made of, if the file has vectors of n-grams.
    file_format : str
        the name of the format that was read; "" for what was not read from a file.
    """

    words: Words
    vectors: NDArray[Any]
    counts: NDArray[np.int64] | None = None
    kind: str = "vectors"
    metadata: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, NDArray[Any]] = field(default_factory=dict)
    subwords: Subwords | None = None
    file_format: str = ""

    def without_model(self) -> VectorFile:
        """Words, vectors, counts and attributes only: a model whose vectors change is no model, and
        they are no longer made of the vectors of n-grams.

        >>> from fastvec.io.registry import read_vectors
        >>> read_vectors("vectors.safetensors").without_model().extra
        {}
        """
        metadata = {name: value for name, value in self.metadata.items() if name not in OF_A_MODEL}
        extra = {name: rows for name, rows in self.extra.items() if name.startswith(ATTRIBUTE)}
        return replace(self, kind="vectors", metadata=metadata, extra=extra, subwords=None)

    def first(self, limit: int) -> VectorFile:
        """Only the first ``limit`` words, without what makes it a model; subwords are kept.

        >>> from fastvec.io.registry import read_vectors
        >>> read_vectors("vectors.bin").first(2).vectors.shape
        (2, 3)
        """
        kept, vectors, subwords = self.without_model(), self.vectors[:limit], self.subwords
        return replace(
            kept,
            words=self.words.take(np.arange(len(vectors))),
            vectors=vectors,
            counts=None if self.counts is None else self.counts[:limit],
            extra={name: rows[:limit] for name, rows in kept.extra.items()},
            subwords=None if subwords is None else subwords.with_words(subwords.words[:limit]),
        )


def check_lengths(words: Words, vectors: NDArray[Any]) -> None:
    """ValueError for another number of vectors than of words.

    >>> check_lengths(Words.of(["cat"]), np.ones((1, 3)))
    """
    if len(vectors) != len(words):
        raise ValueError(f"{len(words)} words for {len(vectors)} vectors")


def first_of_equal_words(path: PathLike, file: VectorFile) -> VectorFile:
    """Of rows with the same word only the first; a warning says how many were dropped.

    >>> from fastvec.io.registry import read_vectors
    >>> file = read_vectors("vectors.bin")
    >>> first_of_equal_words("vectors.bin", file) is file
    True
    """
    words = list(file.words)
    dropped = len(words) - len(set(words))
    if not dropped:
        return file
    rows: dict[str | int, int] = {}
    for row, word in enumerate(words):
        rows.setdefault(word, row)
    warnings.warn(
        f"{path}: dropped {dropped} rows whose word had come before", UserWarning, stacklevel=3
    )
    kept = np.fromiter(rows.values(), np.int64, len(rows))
    counts = None if file.counts is None else file.counts[kept]
    return replace(file, words=file.words.take(kept), vectors=file.vectors[kept], counts=counts)


@dataclass(frozen=True)
class Format:
    """A format of vector files: how its files are recognised, read and written.

    Attributes
    ----------
    name : str
        as ``--from`` and ``--to`` take it.
    help : str
        one line about it, for the help of the command line.
    write : function of (path, VectorFile)
        replaces the file; raises ValueError for words that the format cannot hold.
    read : function of (path, limit, errors), optional
        None for a format that is only written.  ``limit`` is how many words to read, or None;
        ``errors`` says what to do with words that are not UTF-8: strict, ignore or replace.
    sniff : function of bytes, optional
        whether a file that begins with these ``HEAD_BYTES`` (or fewer) bytes has the format.
    endings : tuple of str
        the endings of file names that stand for the format.
    companions : function of path, optional
        the files that belong to the named one.
    check_words : function of (path, Words), optional
        raises ValueError for words that the format cannot hold; None if it can hold any.
    check_subwords : function of (path, Subwords or None), optional
        raises ValueError for vectors that are made of what the format cannot hold.
    require : function, optional
        raises ImportError if a package that the format needs is not installed.
    compressible : bool
        whether its files may be compressed (see compression.py).
    holds_models : bool
        whether a whole model fits in, so that its training can go on.
    holds_subwords : bool
        whether vectors of n-grams fit in.
    is_folder : bool
        whether it is a new folder, and not a file.
    """

    name: str
    help: str
    write: Callable[[PathLike, VectorFile], object]
    read: Callable[[PathLike, int | None, str], VectorFile] | None = None
    sniff: Callable[[bytes], bool] | None = None
    endings: tuple[str, ...] = ()
    companions: Callable[[PathLike], list[Path]] | None = None
    check_words: Callable[[PathLike, Words], object] | None = None
    check_subwords: Callable[[PathLike, Subwords | None], object] | None = None
    require: Callable[[], object] | None = None
    compressible: bool = False
    holds_models: bool = False
    holds_subwords: bool = False
    is_folder: bool = False
