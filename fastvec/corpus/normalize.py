"""Rewriting: lower case, normal form and word patterns, applied to distinct words only.

A corpus of a billion words has a few million different ones, so text is read natively between
spaces, and what Unicode has to say is said once for each distinct piece of it.  Whatever does not
look across spaces can be done so.  Imports words.
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

from fastvec.words import Words

Split = Callable[[str], list[str]]


@dataclass(frozen=True)
class Rewritten:
    """Words made of other words: old word ``i`` became ``parts[starts[i]:starts[i + 1]]``."""

    words: Words
    counts: NDArray[np.int64]
    starts: NDArray[np.int64]
    parts: NDArray[np.int32]

    def codes(self, numbers: NDArray[np.int32]) -> tuple[NDArray[np.int32], Rewritten]:
        """For each old word its token (numbers[i] is that of new word i, or -1), -1 for none, or
        -2 - i for those that it is made of; and what it is made of, with only kept tokens."""
        tokens = numbers[self.parts]
        kept = tokens >= 0
        before = np.zeros(len(tokens) + 1, np.int64)
        np.cumsum(kept, out=before[1:])
        starts, tokens = before[self.starts], tokens[kept]
        lengths = np.diff(starts)
        codes = -2 - np.arange(len(lengths), dtype=np.int32)
        codes[lengths == 0] = -1
        alone = lengths == 1
        codes[alone] = tokens[starts[:-1][alone]]
        return codes, Rewritten(self.words, self.counts, starts, tokens)


def splitter(lower: bool, pattern: bool) -> Split | None:
    """What makes words of a piece of text between spaces; None if nothing does.

    Parameters
    ----------
    lower : bool
        put it into lower case.
    pattern : bool
        bring it into normal form C and take the words that letters and digits make.

    >>> splitter(lower=True, pattern=True)("(Müller's")
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

    Marks are part of words in most scripts of India and south-east Asia, and Python's ``\\w`` has
    none of them; the joiners U+200C and U+200D stand within words of Persian and Hindi.
    """
    marks = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if _is_mark(c))
    letter = r"[^\W_]"
    return re.compile(f"{letter}(?:{letter}|[{marks}]|[\u200c\u200d]+(?={letter}))*")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def rewrite(words: Iterable[str], counts: NDArray[np.int64], split: Split) -> Rewritten:
    """Rewrite all words; new ones stand in the order of their first appearance.

    >>> made = rewrite(["A,b", "a"], np.array([3, 4]), splitter(lower=True, pattern=True))
    >>> list(made.words), made.counts.tolist(), made.parts.tolist()
    (['a', 'b'], [7, 3], [0, 1, 0])
    """
    ids: dict[str, int] = {}
    parts = array("i")
    ends = array("q", [0])
    for word in words:
        for part in split(word):
            parts.append(ids.setdefault(part, len(ids)))
        ends.append(len(parts))
    numbers, starts = np.array(parts, np.int32), np.array(ends, np.int64)
    made = np.zeros(len(ids), np.int64)
    np.add.at(made, numbers, np.repeat(counts, np.diff(starts)))
    return Rewritten(Words.of(ids), made, starts, numbers)
