"""Corpus files (.fvc): ids, sentences and vocabulary, mapped into memory.

A safetensors file with checksums; docs/formats.md describes it byte by byte.  Imports tensors,
vocabulary, words, files and the native core.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import checksum, rises
from fastvec._util.atomic import PathLike
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.tensors import load_tensors, save_tensors
from fastvec.words import Words

VERSION = 1
MARK = "fastvec corpus"  # the first entry of the metadata; its value is the version
ARRAYS = {"tokens": "<i4", "offsets": "<i8", "counts": "<i8", "word_offsets": "<i8", "words": "u1"}
CHECKED_BYTES = 1 << 24  # at a time


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
    return head[8:].startswith(f'{{"__metadata__":{{"{MARK}"'.encode())


def is_encoded_file(path: Path) -> bool:
    """Whether there is such a file, and it is a corpus file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return is_encoded(file.read(64))


def write_encoded(path: PathLike, corpus: Encoded) -> None:
    """Write a corpus file; it is complete or not there at all."""
    words = corpus.vocabulary.words
    arrays: dict[str, NDArray[Any]] = {
        "tokens": corpus.tokens,
        "offsets": corpus.offsets,
        "counts": corpus.vocabulary.counts,
        "word_offsets": words.offsets,
        "words": words.joined,
    }
    facts = {
        MARK: str(VERSION),
        "raw_words": str(corpus.raw_words),
        "raw_sentences": str(corpus.raw_sentences),
        "options": json.dumps(corpus.options),
    } | words.facts
    for name, array in arrays.items():
        facts[f"{name} checksum"] = array_checksum(array)[0]
    save_tensors(path, arrays, facts)


def read_encoded(path: PathLike) -> Encoded:
    """Open a corpus file: mapped into memory, and read through once.

    Checksums are compared and every id and offset is looked at, so that no file can make training
    touch memory that is not its own.  ValueError, with the path, for whatever is not right.

    >>> words = Vocabulary.of({"a": 1})
    >>> whole = Encoded(np.zeros(1, np.int32), np.array([0, 1]), words, 1, 1, {})
    >>> write_encoded("a.fvc", whole)
    >>> read_encoded("a.fvc").tokens
    array([0], dtype=int32)
    """
    arrays, facts = load_tensors(path)
    try:
        version = int(facts[MARK])
        raw_words, raw_sentences = int(facts["raw_words"]), int(facts["raw_sentences"])
        options = json.loads(facts.get("options", "{}"))
        if not isinstance(options, dict):
            raise ValueError
    except (KeyError, ValueError, RecursionError):
        raise ValueError(f"{path} is not a corpus that fastvec has encoded") from None
    if version > VERSION:
        raise ValueError(f"{path} has version {version}, this fastvec knows up to {VERSION}")
    try:
        vocabulary = _checked(arrays, facts)
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    return Encoded(
        arrays["tokens"], arrays["offsets"], vocabulary, raw_words, raw_sentences, options
    )


def _checked(arrays: dict[str, NDArray[Any]], facts: dict[str, str]) -> Vocabulary:
    """The vocabulary; ValueError unless the arrays are those of a corpus, and whole."""
    largest = {}
    for name, kind in ARRAYS.items():
        array = arrays.get(name)
        if array is None or array.dtype != kind or array.ndim != 1:
            raise ValueError(f"{name} is missing, or not an array of {np.dtype(kind)}")
        found, largest[name] = array_checksum(array)
        if facts.get(f"{name} checksum") != found:
            raise ValueError(f"the checksum of its {name} is not right")
    words, tokens = len(arrays["counts"]), len(arrays["tokens"])
    if tokens and largest["tokens"] >= words:
        raise ValueError(f"token {largest['tokens']} is not one of {words} words")
    if not rises(arrays["offsets"], tokens, 1):
        raise ValueError("the sentences' offsets do not rise")
    ends = arrays["word_offsets"]
    if len(ends) != words + 1 or not rises(ends, len(arrays["words"]), 0):
        raise ValueError("the words' offsets do not rise")
    return Vocabulary(Words.stored(arrays["words"], ends, facts), arrays["counts"])


def array_checksum(array: NDArray[Any]) -> tuple[str, int]:
    """An array's checksum as text, and its largest 32-bit word.

    >>> array_checksum(np.array([1, 0, 2], np.int32))
    ('00000000000000030000000000000007', 2)
    """
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    plain = weighted = largest = 0
    for start in range(0, len(data), CHECKED_BYTES):  # so that Ctrl-C comes through
        sums = checksum(data[start : start + CHECKED_BYTES], start)
        plain, weighted = plain + sums[0], weighted + sums[1]
        largest = max(largest, sums[2])
    return f"{plain % (1 << 64):016x}{weighted % (1 << 64):016x}", largest
