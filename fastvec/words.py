"""Words: an immutable list of words kept as one block of UTF-8 bytes, with a native hash index.

Three million words take their bytes, 8 bytes an offset and 16 bytes an index slot, instead of a
Python object each.  Imports only the native core.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from fastvec._core import WordIndex, WordTable, take_words


class Words(Sequence[str]):
    """A list of words: ``words[3]``, ``len(words)``, ``"cat" in words``, ``words.find("cat")``.

    Parameters
    ----------
    joined : (bytes,) uint8 array
        the UTF-8 bytes of all words, one after the other.
    offsets : (n + 1,) int64 array
        word ``i`` is ``joined[offsets[i]:offsets[i + 1]]``.
    table : WordIndex or WordTable, optional
        an index of just these words, if there is one already.

    Raises
    ------
    ValueError
        if the offsets do not rise from 0 to the number of bytes.  (Looked at on first use of the
        index, so that opening a memory-mapped file touches nothing.)

    >>> words = Words.of(["cat", "dog"])
    >>> words[1], words.find("dog"), words.find("cow")
    ('dog', 1, -1)
    """

    def __init__(
        self,
        joined: NDArray[np.uint8],
        offsets: NDArray[np.int64],
        table: WordIndex | WordTable | None = None,
    ) -> None:
        self.joined = joined
        self.offsets = offsets
        self._index = table

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        """Words from strings.  ValueError for one that is not valid Unicode (a lone surrogate)."""
        pieces = [encode(word) for word in words]
        offsets = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
        return cls(np.frombuffer(b"".join(pieces), np.uint8), offsets)

    @property
    def table(self) -> WordIndex | WordTable:
        """The hash index, built on first use."""
        if self._index is None:
            self._index = WordIndex(self.joined, self.offsets)
        return self._index

    def find(self, word: str) -> int:
        """The position of a word (the first, if it stands there twice), or -1."""
        try:
            return self.table.find(word.encode())
        except UnicodeEncodeError:
            return -1

    def find_all(self, others: Words) -> NDArray[np.int32]:
        """For each of other words its position here, or -1.

        >>> Words.of(["cat", "dog"]).find_all(Words.of(["dog", "cow"])).tolist()
        [1, -1]
        """
        index = self.table
        if not isinstance(index, WordIndex):
            index = WordIndex(self.joined, self.offsets)
        ids = np.empty(len(others), np.int32)
        index.find_all(others.joined, others.offsets, ids)
        return ids

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, position: int) -> str: ...

    @overload
    def __getitem__(self, position: slice) -> list[str]: ...

    def __getitem__(self, position: int | slice) -> str | list[str]:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        if not -len(self) <= position < len(self):
            raise IndexError(f"word {position} of {len(self)}")
        position %= len(self)
        start, end = self.offsets[position], self.offsets[position + 1]
        return self.joined[start:end].tobytes().decode(errors="replace")

    def pick(self, positions: NDArray[np.int64]) -> list[str]:
        """The words at many positions, as strings.

        >>> Words.of(["cat", "dog"]).pick(np.array([1, 0, 1]))
        ['dog', 'cat', 'dog']
        """
        starts, ends = self.offsets[positions].tolist(), self.offsets[positions + 1].tolist()
        return [
            self.joined[start:end].tobytes().decode(errors="replace")
            for start, end in zip(starts, ends, strict=True)
        ]

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) >= 0

    def __iter__(self) -> Iterator[str]:
        joined = self.joined.tobytes()
        offsets = self.offsets.tolist()
        for start, end in itertools.pairwise(offsets):
            yield joined[start:end].decode(errors="replace")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Words):
            return NotImplemented
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(
            self.joined, other.joined
        )

    __hash__ = None  # type: ignore[assignment]  # compares by content

    def __reduce__(self) -> tuple[type[Words], tuple[NDArray[np.uint8], NDArray[np.int64]]]:
        return Words, (self.joined, self.offsets)  # copies make an index of their own

    def __repr__(self) -> str:
        return f"Words({len(self)}: {', '.join(self[:3])}, ...)"

    def take(self, order: NDArray[np.int64]) -> Words:
        """The words at some positions, in that order."""
        lengths = np.diff(self.offsets)[order]
        offsets = np.zeros(len(order) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        taken = np.empty(offsets[-1], np.uint8)
        take_words(self.joined, self.offsets, order, taken)
        return Words(taken, offsets)


def encode(word: str) -> bytes:
    """The UTF-8 bytes of a word; ValueError, with the word, if it has none."""
    try:
        return word.encode()
    except UnicodeEncodeError:
        raise ValueError(f"word {word!r} is not valid Unicode") from None
    except AttributeError:
        raise TypeError(f"a word must be a string, got {word!r}") from None
