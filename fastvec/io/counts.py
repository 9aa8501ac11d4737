"""Vocabulary files: a word and its count in each line, as word2vec.c and vocab_count write them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike, name_of
from fastvec.io.archives import open_input
from fastvec.io.compression import MOST_BYTES, lines_of, open_output
from fastvec.io.foreign import BOM
from fastvec.io.text_rows import excerpt
from fastvec.words import Words


def read_counts(path: FileLike, encoding: str = "utf-8", errors: str = "strict") -> dict[str, int]:
    """Read a vocabulary file, ``word count`` a line, as word2vec.c's -save-vocab writes it.

    >>> read_counts("vocab.txt")
    {'cat': 3}
    """
    counts = {}
    with open_input(path) as file:
        for number, line in enumerate(lines_of(str(path), file, MOST_BYTES), 1):
            line = line.removeprefix(BOM) if number == 1 else line
            word, _, count = line.rstrip().rpartition(b" ")
            if not (count.isdigit() and len(count) < 19):
                raise ValueError(
                    f"{name_of(path)}: line {number} is not a word and its count: {excerpt(line)}"
                )
            try:
                counts[word.decode(encoding, errors)] = int(count)
            except UnicodeDecodeError as error:
                error.reason += f" (line {number} of {name_of(path)})"
                raise
    return counts


def write_counts(path: FileLike, words: Words, counts: NDArray[np.int64], prefix: str = "") -> None:
    """Write a vocabulary file, ``word count`` a line.

    >>> write_counts("vocab.txt", Words.of(["cat"]), np.array([3]))
    """
    with open_output(path) as file:
        for word, count in zip(words, counts.tolist(), strict=True):
            file.write(f"{prefix}{word} {count}\n".encode())
