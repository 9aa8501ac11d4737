"""Normalising words: lower case, Unicode's normal form C, and words cut out by a pattern.

The native reader cuts text at spaces only.  What it found is normalised afterwards, each distinct
word once: a text of a billion words has a few million different ones.  This is possible for every
rule that does not look across spaces.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec.words import Words, offsets_of

#: makes words of what is between spaces in a text
Splitter = Callable[[str], list[str]]


@dataclass(frozen=True)
class NormalizedWords:
    """What normalising made of some words.

    Attributes
    ----------
    words : Words
        the new words, all different, in order of first appearance.
    counts : (n,) int64 array
        how often each occurs.
    starts, ids : (m + 1,) int64 and int32 arrays
        old word ``i`` became the new words ``ids[starts[i]:starts[i + 1]]``.
    """

    words: Words
    counts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ids: NDArray[np.int32]

    def codes(
        self, tokens: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], tuple[NDArray[np.int64], NDArray[np.int32]]]:
        """What the native core makes of each old word (csrc/text/renumber.h).

        Parameters
        ----------
        tokens : (n,) int32 array
            the token of each new word, or -1 if it is dropped.

        Returns
        -------
        codes : (m,) int32 array
            for old word ``i`` its token; -1 if nothing is left of it; or -2 - i if it became
            several tokens.
        expansions : int64 and int32 arrays
            like ``starts`` and ``ids``, with the tokens that are kept.
        """
        every = tokens[self.ids]
        kept = every >= 0
        starts, tokens = offsets_of(kept)[self.starts], every[kept]
        lengths = np.diff(starts)
        codes = -2 - np.arange(len(lengths), dtype=np.int32)
        codes[lengths == 0] = -1
        alone = lengths == 1
        codes[alone] = tokens[starts[:-1][alone]]
        return codes, (starts, tokens)


def word_splitter(lower: bool, pattern: bool) -> Splitter | None:
    """A function that makes words of text between spaces; None if that is a word as it is.

    Parameters
    ----------
    lower : bool
        put the text into lower case.
    pattern : bool
        bring it into normal form C, and find the words that letters and digits make in it.

    >>> word_splitter(lower=True, pattern=True)("(Müller's")
    ['müller', 's']
    """
    if not pattern:
        return _lower if lower else None
    find = word_pattern().findall

    def split(text: str) -> list[str]:
        if text.isascii() and text.isalnum():
            return [text.lower() if lower else text]
        text = unicodedata.normalize("NFC", text)
        found: list[str] = find(text.lower() if lower else text)
        return found

    return split


def _lower(text: str) -> list[str]:
    return [text.lower()]


@functools.cache
def word_pattern() -> re.Pattern[str]:
    """A letter or digit of any script, and the letters, digits, marks and joiners that follow.

    Marks are part of words in most scripts of India and south-east Asia, but not of Python's
    ``\\w``; the joiners U+200C and U+200D occur within words of Persian and Hindi.
    """
    marks = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if _is_mark(c))
    letter = r"[^\W_]"
    return re.compile(f"{letter}(?:{letter}|[{marks}]|[\u200c\u200d]+(?={letter}))*")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def normalize_words(
    words: Iterable[str], counts: NDArray[np.int64], split: Splitter
) -> NormalizedWords:
    """Normalise all words of a text, which occur ``counts`` times.

    >>> normalized = normalize_words(["A,b", "a"], np.array([3, 4]), word_splitter(True, True))
    >>> list(normalized.words), normalized.counts.tolist(), normalized.ids.tolist()
    (['a', 'b'], [7, 3], [0, 1, 0])
    """
    known: dict[str, int] = {}
    ids = array("i")
    ends = array("q", [0])
    for word in words:
        for part in split(word):
            ids.append(known.setdefault(part, len(known)))
        ends.append(len(ids))
    new_ids, starts = np.array(ids, np.int32), np.array(ends, np.int64)
    new_counts = np.zeros(len(known), np.int64)
    np.add.at(new_counts, new_ids, np.repeat(counts, np.diff(starts)))
    return NormalizedWords(Words.of(known), new_counts, starts, new_ids)
