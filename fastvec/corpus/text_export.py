"""Writing the text that ids stand for: a sentence on each line, spaces between its words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec._core import gather_words
from fastvec._util.atomic import PathLike, atomic_write
from fastvec._util.progress import Progress
from fastvec.words import Words

WRITE_TOKENS = 1 << 20  # written at a time


def write_text(
    path: PathLike,
    tokens: NDArray[np.int32],
    offsets: NDArray[np.int64],
    words: Words,
    progress: bool | None = None,
) -> None:
    """Write sentences as text; the file is complete or not there at all.

    Parameters
    ----------
    tokens : (T,) int32 array
        positions in ``words``.
    offsets : (S + 1,) int64 array
        sentence ``s`` is ``tokens[offsets[s]:offsets[s + 1]]``; none is empty.
    words : Words
        without any that contains a space or a line break, which could not be read back.
    progress : bool, optional
        show a progress bar; by default if standard error is a terminal.

    >>> ids, ends = np.array([0, 1, 0], np.int32), np.array([0, 2, 3])
    >>> write_text("text.txt", ids, ends, Words.of(["to", "be"]))
    """
    spaced = _with_spaces(words)
    lengths = np.diff(spaced.offsets)
    sentence = 1  # the first whose end is not written yet
    with (
        atomic_write(path) as file,
        Progress("writing", len(tokens), "words", progress) as bar,
    ):
        for first in range(0, len(tokens), WRITE_TOKENS):
            some = tokens[first : first + WRITE_TOKENS]
            ends = np.cumsum(lengths[some])
            text = np.empty(ends[-1], np.uint8)
            gather_words(spaced.joined, spaced.offsets, some.astype(np.int64), text)
            last = int(np.searchsorted(offsets, first + len(some), side="right"))
            text[ends[offsets[sentence:last] - first - 1] - 1] = ord("\n")
            sentence = last
            file.write(text.data)
            bar.update(first + len(some))


def _with_spaces(words: Words) -> Words:
    """Each word with a space behind it.

    >>> _with_spaces(Words.of(["to", "be"])).joined.tobytes()
    b'to be '
    """
    behind = np.arange(1, len(words) + 1)
    joined = np.full(len(words.joined) + len(words), ord(" "), np.uint8)
    is_space = np.zeros(len(joined), bool)
    is_space[words.offsets[1:] + behind - 1] = True
    joined[~is_space] = words.joined
    return Words(joined, words.offsets + np.arange(len(words) + 1))
