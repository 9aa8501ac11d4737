"""Words that look like one that has no vector."""

from __future__ import annotations

import difflib
import math

import numpy as np
from numpy.typing import NDArray

from fastvec.words import Words

#: only so many words, the most frequent ones, are compared with one that is not known: a second
MOST_COMPARED = 100_000
#: so many characters may be missing, or be too many
MORE = 2


def similar_spellings(words: Words, word: str, most_compared: int = MOST_COMPARED) -> list[str]:
    """At most three words that are spelled like ``word``: in another case, or with other letters.

    >>> similar_spellings(Words.of(["king", "queen", "man"]), "King")
    ['king']
    """
    cases = {word.lower(), word.upper(), word.capitalize(), word.title()}
    near = sorted(case for case in cases if case in words)
    near += difflib.get_close_matches(word, words.keys(_as_long(words, word, most_compared)), 3)
    return list(dict.fromkeys(near))[:3]


def _as_long(words: Words, word: str, most_compared: int) -> NDArray[np.int64]:
    """The words whose length is that of ``word``, up to MORE characters more or less."""
    size = len(word.encode(errors="replace"))
    most = MORE * math.ceil(size / max(1, len(word)))
    lengths = np.diff(words.offsets[: most_compared + 1])
    return np.flatnonzero(np.abs(lengths - size) <= most)
