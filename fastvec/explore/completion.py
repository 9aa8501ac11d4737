"""Completes words: which words begin with what has been typed."""

from __future__ import annotations

import numpy as np

from fastvec.words import Words

#: a byte that no UTF-8 text contains; it stands before each word
START = b"\xff"


class Completion:
    """The words that begin with a text, whatever its case, in the order of the vocabulary.

    All words stand in one block of bytes, which is searched from its beginning: a million words
    take ten megabytes, and a few milliseconds.

    >>> Completion(Words.of(["the", "Thames", "cat", "THEN"]))("the")
    ['the', 'THEN']
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        folded = [START + word.casefold().encode(errors="replace") for word in words]
        self._starts = np.cumsum([0, *map(len, folded)])[:-1]
        self._text = b"".join(folded)

    def __call__(self, text: str, most: int = 8) -> list[str]:
        """The first ``most`` words that begin with ``text``; none for an empty text."""
        wanted = START + text.casefold().encode(errors="replace")
        found: list[int] = []
        place = self._text.find(wanted) if text else -1
        while place >= 0 and len(found) < most:
            found.append(place)
            place = self._text.find(wanted, place + 1)
        return self._words.keys(np.searchsorted(self._starts, found))
