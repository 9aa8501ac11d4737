"""Which key stands in which row: the words of a store, and those that were added to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.words import Key, Words, encode, word_of


class KeyRows:
    """The keys of the rows 0, 1, ..., found by key or by row.

    Keys are all strings or all integers; inside, integers are the strings of their digits, as in
    :class:`~fastvec.words.Words`.  Words are immutable, so added keys are kept beside them in a
    dict, and joined to them when all are asked for.

    >>> keys = KeyRows(Words.of(["cat", "dog"]))
    >>> keys.find("dog"), keys.find("pig"), keys.key(0)
    (1, -1, 'cat')
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._added: dict[str, int] = {}
        self._list: list[Any] | None = None
        self._rows: dict[Any, int] | None = None

    def __len__(self) -> int:
        return len(self._words) + len(self._added)

    @property
    def words(self) -> Words:
        """All keys, as words."""
        if self._added:
            joined = Words.spelled([*self._words, *self._added], self._words.integers)
            self._words, self._added = joined, {}  # both, or with Ctrl-C none of them
        return self._words

    @property
    def integers(self) -> bool:
        """Whether keys are integers."""
        return self._words.integers

    def find(self, word: str) -> int:
        """The row of a word, or -1.

        >>> KeyRows(Words.of([30, 7])).find("7")
        1
        """
        row = self._added.get(word, -1)
        return self._words.find(word) if row < 0 else row

    def rows_for(self, keys: Sequence[Key]) -> tuple[list[int], dict[str, int]]:
        """The rows that keys have, or will have once they are added; a key that is given twice has
        one row.

        Returns
        -------
        rows : list of int
            the row of each key.
        new : dict of str to int
            the words that :meth:`add` must add for that, and their rows.

        Raises
        ------
        TypeError
            a key of another type than the others.
        ValueError
            a key that is not valid Unicode.

        >>> KeyRows(Words.of(["cat"])).rows_for(["dog", "cow", "dog"])
        ([1, 2, 1], {'dog': 1, 'cow': 2})
        """
        rows: list[int] = []
        new: dict[str, int] = {}
        for word in [word_of(key, self.integers) for key in keys]:
            encode(word)  # which refuses what could not be saved
            row = self.find(word)
            rows.append(new.setdefault(word, len(self) + len(new)) if row < 0 else row)
        return rows, new

    def add(self, new: Mapping[str, int]) -> None:
        """Add words in the rows that :meth:`rows_for` has given them.

        >>> keys = KeyRows(Words.of(["cat"]))
        >>> keys.add({"dog": 1})
        >>> keys.find("dog")
        1
        """
        self._list = self._rows = None
        self._added.update(new)

    def remove(self, new: Iterable[str]) -> None:
        """Take back what :meth:`add` has just added, or a part of it.

        >>> keys = KeyRows(Words.of(["cat"]))
        >>> keys.add({"dog": 1})
        >>> keys.remove(["dog"])
        >>> len(keys)
        1
        """
        self._list = self._rows = None
        for word in new:
            self._added.pop(word, None)

    def key(self, row: int) -> Any:
        """The key of a row; None for a row that has none.

        >>> keys = KeyRows(Words.of([30, 7]))
        >>> keys.key(1), keys.key(2)
        (7, None)
        """
        return self.words.key(row) if row < len(self) else None

    def keys(self, rows: NDArray[np.int64]) -> list[Any]:
        """The keys of some rows; None for a row that has none, and any key for row -1.

        >>> KeyRows(Words.of(["cat", "dog"])).keys(np.array([1, 0, 2]))
        ['dog', 'cat', None]
        """
        rows = np.maximum(rows, 0)
        if rows.max(initial=0) < len(self):
            return self.words.keys(rows)
        return [self.key(row) for row in rows.tolist()]

    def as_list(self, rows: int) -> list[Any]:
        """The keys of the first ``rows`` rows, None where a row has none; made once and kept.

        >>> KeyRows(Words.of(["cat"])).as_list(2)
        ['cat', None]
        """
        if self._list is None:
            self._list = [*self.words.keys(), *[None] * (rows - len(self))]
        return self._list

    def as_dict(self) -> dict[Any, int]:
        """The row of each key; made once and kept.

        >>> KeyRows(Words.of(["cat", "dog"])).as_dict()
        {'cat': 0, 'dog': 1}
        """
        if self._rows is None:
            self._rows = {}
            for row, key in enumerate(self.words.keys()):
                self._rows.setdefault(key, row)
        return self._rows

    def copy(self) -> KeyRows:
        """The same keys; what is added to one is not added to the other.

        >>> keys = KeyRows(Words.of(["cat"]))
        >>> keys.copy().add({"dog": 1})
        >>> len(keys)
        1
        """
        return KeyRows(self.words)
