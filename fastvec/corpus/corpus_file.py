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
from fastvec._util.atomic import PathLike
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.container import Container, is_container, read_container, write_container


@dataclass(frozen=True)
class Encoded:
    """What a corpus file holds; ``options`` are those that the text was read with."""

    tokens: NDArray[np.int32]
    offsets: NDArray[np.int64]
    vocabulary: Vocabulary
    raw_words: int
    raw_sentences: int
    options: Mapping[str, Any]


def is_encoded(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a corpus file.

    >>> is_encoded(b"to be or not to be")
    False
    """
    return is_container(head, "corpus")


def write_encoded(path: PathLike, corpus: Encoded) -> None:
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


def read_encoded(path: PathLike) -> Encoded:
    """Open a corpus file: it is mapped into memory, and read through once.

    All checksums are compared and every id and offset is checked, so that no file can make
    training touch memory outside of its arrays.  ValueError, with the path and the reason, for any
    other file.

    >>> words = Vocabulary.of({"a": 1})
    >>> whole = Encoded(np.zeros(1, np.int32), np.array([0, 1]), words, 1, 1, {})
    >>> write_encoded("a.fvc", whole)
    >>> read_encoded("a.fvc").tokens
    array([0], dtype=int32)
    """
    file = read_container(path, "corpus", verify=False)
    vocabulary = _vocabulary(file)
    tokens, offsets = file.array("tokens", "<i4", None), file.array("offsets", "<i8", None)
    largest = file.verify("tokens")
    file.verify("offsets")
    if len(tokens) and largest >= len(vocabulary):  # a negative id counts as a large one
        raise file.damaged(f"token {largest} is not one of {len(vocabulary)} words")
    if not rises(offsets, len(tokens), 1):
        raise file.damaged("the sentences' offsets do not rise")
    words, sentences = (file.metadata.get(name) for name in ("raw_words", "raw_sentences"))
    options = file.metadata.get("options", {})
    if type(words) is not int or type(sentences) is not int or not isinstance(options, dict):
        raise file.damaged("its metadata are not complete")
    return Encoded(tokens, offsets, vocabulary, words, sentences, options)


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
