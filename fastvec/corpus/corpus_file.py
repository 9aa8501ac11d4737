"""Corpus files (.fvc): word ids, sentences and vocabulary, mapped into memory.

They are containers (fastvec/io/container.py); docs/formats.md describes them byte by byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import rises
from fastvec._util.options import params_of
from fastvec._util.places import FileLike
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.container import Container, read_container, write_container
from fastvec.params import CorpusParams, VocabularyParams


@dataclass(frozen=True)
class CorpusFile:
    """What a corpus file holds; ``options`` are those that the text was read with."""

    tokens: NDArray[np.int32]
    offsets: NDArray[np.int64]
    vocabulary: Vocabulary
    raw_words: int
    raw_sentences: int
    options: Mapping[str, Any]


def write_corpus_file(path: FileLike, corpus: CorpusFile) -> None:
    """Write a corpus file; it is complete or not there at all."""
    vocabulary = corpus.vocabulary
    write_container(
        path,
        "corpus",
        {"tokens": corpus.tokens, "offsets": corpus.offsets, "counts": vocabulary.counts},
        {
            "raw_words": corpus.raw_words,
            "raw_sentences": corpus.raw_sentences,
            "options": corpus.options,
        },
        vocabulary.words,
    )


def read_corpus_file(path: FileLike) -> CorpusFile:
    """Open a corpus file: it is mapped into memory, and read through once.

    All checksums are compared and every id and offset is checked, so that no file can make
    training touch memory outside of its arrays.  ValueError, with the path and the reason, for any
    other file.

    >>> vocabulary = Vocabulary.of({"a": 1})
    >>> corpus = CorpusFile(np.zeros(1, np.int32), np.array([0, 1]), vocabulary, 1, 1, {})
    >>> write_corpus_file("a.fvc", corpus)
    >>> read_corpus_file("a.fvc").tokens
    array([0], dtype=int32)
    """
    file = read_container(path, "corpus", verify=False)
    vocabulary = _vocabulary(file)
    tokens, offsets = _sentences(file, len(vocabulary))
    words, sentences = (file.metadata.get(name) for name in ("raw_words", "raw_sentences"))
    if type(words) is not int or type(sentences) is not int:
        raise file.damaged("its metadata are not complete")
    return CorpusFile(tokens, offsets, vocabulary, words, sentences, _options(file))


def _vocabulary(file: Container) -> Vocabulary:
    """The words of a corpus file and their counts, checked."""
    if file.words is None:
        raise file.damaged("it holds no words")
    counts = file.array("counts", "<i8", len(file.words))
    file.verify("counts")
    try:
        return Vocabulary(file.words, counts)
    except ValueError as error:
        raise file.damaged(error) from None


def _sentences(file: Container, n_words: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The ids of all tokens and where each sentence begins, checked."""
    tokens, offsets = file.array("tokens", "<i4", None), file.array("offsets", "<i8", None)
    largest = file.verify("tokens")
    file.verify("offsets")
    if len(tokens) and largest >= n_words:  # a negative id counts as a large one
        raise file.damaged(f"token {largest} is not one of {n_words} words")
    if not rises(offsets, len(tokens), 1):
        raise file.damaged("the sentences' offsets do not rise")
    return tokens, offsets


def _options(file: Container) -> dict[str, Any]:
    """The options of reading, checked: later text may be read with them."""
    options = file.metadata.get("options", {})
    if not isinstance(options, dict):
        raise file.damaged("its options are not a JSON object")
    try:
        for kind in (CorpusParams, VocabularyParams):
            params_of(kind, options)
    except (TypeError, ValueError) as error:
        raise file.damaged(error) from None
    return options
