"""Words: an immutable list of words kept as one block of UTF-8 bytes, with a native hash index.

Each of three million words takes its bytes, 8 bytes for an offset and 32 to 64 bytes in the index,
instead of a Python object.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence, Set
from typing import Any, TypeGuard, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._core import WordIndex, WordTable, gather_words

#: what a user calls a word: a string, or an integer, whose decimal digits the word is
Key = str | int | np.integer[Any]

T = TypeVar("T")


class Words(Sequence[str]):
    """A list of words: ``words[3]``, ``len(words)``, ``"cat" in words``, ``words.find("cat")``.

    Tokens that are integers (item ids) are kept as their decimal digits, like any other word; only
    ``integers`` says that they are not strings, and :meth:`keys` returns them as integers.

    Parameters
    ----------
    joined : (bytes,) uint8 array
        the UTF-8 bytes of all words, one after the other.
    offsets : (n + 1,) int64 array
        word ``i`` is ``joined[offsets[i]:offsets[i + 1]]``.
    table : WordIndex or WordTable, optional
        an index of exactly these words, if there is one already.
    integers : bool
        whether all words are integers, spelled as Python spells them; default: False.

    Both arrays become read-only attributes.

    Raises
    ------
    ValueError
        if the offsets do not rise from 0 to the number of bytes.  This is checked when the index is
        first used, so that opening a memory-mapped file reads nothing.

    >>> words = Words.of(["cat", "dog"])
    >>> words[1], words.find("dog"), words.find("cow")
    ('dog', 1, -1)
    """

    def __init__(
        self,
        joined: NDArray[np.uint8],
        offsets: NDArray[np.int64],
        table: WordIndex | WordTable | None = None,
        integers: bool = False,
    ) -> None:
        self.joined = _read_only(joined)  # since the index points into it
        self.offsets = _read_only(offsets)
        self.integers = integers
        self._index = table

    @classmethod
    def of(cls, keys: Iterable[Key]) -> Words:
        """Words from strings, or from integers.

        TypeError for anything else, and for a mixture; ValueError for a string that is not valid
        Unicode (a lone surrogate).

        >>> Words.of([30, 7]).integers, Words.of(["30", "7"]).integers
        (True, False)
        """
        keys = list(keys)
        integers = len(keys) > 0 and is_integer(keys[0])
        return cls.spelled([word_of(key, integers) for key in keys], integers)

    @classmethod
    def spelled(cls, words: Iterable[str], integers: bool) -> Words:
        """Words from strings, which are the decimal digits of integers or not.

        >>> Words.spelled(["30", "7"], integers=True).keys()
        [30, 7]
        """
        encoded = [encode(word) for word in words]
        offsets = offsets_of([len(each) for each in encoded])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets, None, integers)

    @classmethod
    def stored(cls, joined: NDArray[np.uint8], offsets: NDArray[np.int64], integers: bool) -> Words:
        """The words of a file, which says whether they are integers.

        ValueError if they should be integers and are not.

        >>> Words.stored(np.frombuffer(b"307", np.uint8), np.array([0, 2, 3]), True).keys()
        [30, 7]
        """
        words = cls(joined, offsets, None, integers)
        if words.integers and not _are_digits(words):
            raise ValueError("its words should be integers, and are not")
        return words

    def as_text(self) -> Words:
        """The same words, as strings."""
        return Words(self.joined, self.offsets, self._index) if self.integers else self

    @property
    def table(self) -> WordIndex | WordTable:
        """The hash index, built on first use."""
        if self._index is None:
            self._index = WordIndex(self.joined, self.offsets)
        return self._index

    def find(self, word: str) -> int:
        """The position of a word (the first, if there are several), or -1."""
        try:
            return self.table.find(word.encode())
        except UnicodeEncodeError:
            return -1

    def find_all(self, others: Words) -> NDArray[np.int32]:
        """(n,) for each of other words its position here, or -1.

        TypeError if these are integers and the others strings, or the other way round: 7 and "7"
        are not the same.

        >>> Words.of(["cat", "dog"]).find_all(Words.of(["dog", "cow"])).tolist()
        [1, -1]
        """
        if self.integers != others.integers and len(self) and len(others):
            kind = "integers" if self.integers else "strings"
            raise TypeError(
                f"tokens must be {kind}, as those of the vocabulary are, got {others.key(0)!r}"
            )
        ids = np.empty(len(others), np.int32)
        self.table.find_all(others.joined, others.offsets, ids)
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

    def key(self, position: int) -> Key:
        """What a user calls the word at a position: the word, or the integer that it stands for.

        >>> Words.of([30, 7]).key(1), Words.of(["cat"]).key(0)
        (7, 'cat')
        """
        word = self[position]
        return int(word) if self.integers else word

    def keys(self, positions: NDArray[np.int64] | None = None) -> list[Any]:
        """The keys (see :meth:`key`) of all words, or of those at some positions.

        >>> Words.of(["cat", "dog"]).keys(np.array([1, 0, 1]))
        ['dog', 'cat', 'dog']
        """
        words = self if positions is None else self._pick(positions)
        return [int(word) for word in words] if self.integers else list(words)

    def _pick(self, positions: NDArray[np.int64]) -> list[str]:
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
        return (
            self.integers == other.integers
            and np.array_equal(self.offsets, other.offsets)
            and np.array_equal(self.joined, other.joined)
        )

    __hash__ = None  # type: ignore[assignment]  # compares by content

    def __reduce__(self) -> tuple[type[Words], tuple[Any, ...]]:
        # A copy builds an index of its own.
        return Words, (self.joined, self.offsets, None, self.integers)

    def __repr__(self) -> str:
        return f"Words({len(self)}: {', '.join(self[:3])}, ...)"

    def take(self, order: NDArray[np.int64]) -> Words:
        """The words at some positions, in that order."""
        offsets = offsets_of(np.diff(self.offsets)[order])
        taken = np.empty(offsets[-1], np.uint8)
        gather_words(self.joined, self.offsets, order, taken)
        return Words(taken, offsets, None, self.integers)


def offsets_of(lengths: ArrayLike) -> NDArray[np.int64]:
    """Where things of these lengths begin that are put one behind the other, and the last ends.

    >>> offsets_of([3, 1])
    array([0, 3, 4])
    """
    lengths = np.asarray(lengths, np.int64)
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def concatenate_words(first: Words, *others: Words) -> Words:
    """Lists of words, all of strings or all of integers, one after the other.

    >>> list(concatenate_words(Words.of(["cat"]), Words.of(["dog"])))
    ['cat', 'dog']
    """
    lists = (first, *others)
    offsets = offsets_of(np.concatenate([np.diff(each.offsets) for each in lists]))
    joined = np.concatenate([each.joined for each in lists])
    return Words(joined, offsets, None, first.integers)


def words_of_rows(names: Any) -> Words:
    """The words of the rows of a matrix, from words in the order of the rows, or from a mapping of
    words to rows.

    Raises
    ------
    TypeError
        a string; a set, which has no order.
    ValueError
        a mapping that does not give each of the rows 0, 1, ... to one word; a word that is there
        twice.

    >>> words_of_rows({"cat": 1, "dog": 0}).keys()
    ['dog', 'cat']
    """
    if isinstance(names, Words):
        return names
    words = Words.of(_in_row_order(names) if isinstance(names, Mapping) else in_order(names))
    twice = np.flatnonzero(words.find_all(words) != np.arange(len(words)))
    if len(twice):
        raise ValueError(f"words must all be different, got {words.key(int(twice[0]))!r} twice")
    return words


def in_order(keys: Iterable[Key]) -> list[Any]:
    """Several keys as a list; TypeError for a set, which has no order, and for a string.

    >>> in_order({"cat": 3, "dog": 2}.keys())
    ['cat', 'dog']
    """
    unordered = isinstance(keys, Set) and not isinstance(keys, KeysView)
    if unordered or isinstance(keys, str | bytes):
        raise TypeError(f"words must be a list, in the order of their rows, got {keys!r:.60}")
    return list(keys)


def _in_row_order(rows: Mapping[Key, Any]) -> list[Key]:
    """The keys of a mapping to the rows 0, 1, ..., in the order of the rows."""
    words: list[Any] = [None] * len(rows)
    for word, row in rows.items():
        if not is_integer(row) or not 0 <= row < len(words) or words[row] is not None:
            raise ValueError(
                f"a mapping of words must name each of the rows 0 to {len(words) - 1} once, got "
                f"{row!r} for {word!r}"
            )
        words[row] = word
    return words


def not_one_string(words: T, what: str = "words", of: str = "words") -> T:
    """Words as they are; TypeError for a string, which would be taken for its letters, and for
    what is no collection of words.

    >>> not_one_string(["cat", "dog"])
    ['cat', 'dog']
    """
    if isinstance(words, str | bytes):
        raise TypeError(f"{what} must be a list of {of}, got the string {words!r:.60}")
    if not isinstance(words, Iterable):
        raise TypeError(f"{what} must be a list of {of}, got {words!r:.60}")
    return words


def is_integer(key: object) -> TypeGuard[int | np.integer[Any]]:
    """Whether a key is an integer; True and False are not."""
    return isinstance(key, int | np.integer) and not isinstance(key, bool)


def word_of(key: object, integer: bool) -> str:
    """The word of a key: a string as it is, or the digits of an integer.

    TypeError if the key is not a string, or with ``integer`` not an integer.

    >>> word_of("cat", False), word_of(np.int8(-1), True)
    ('cat', '-1')
    """
    if integer and is_integer(key):
        return str(int(key))
    if not integer and isinstance(key, str):
        return key
    raise TypeError(f"keys must be all strings or all integers, got {key!r}")


def _are_digits(words: Words) -> bool:
    """Whether all words are integers as Python spells them: -12, 0, 7, but not 007, +7 or -0."""
    starts, lengths = words.offsets[:-1], np.diff(words.offsets)
    if not np.all(lengths > 0):
        return False
    minus = words.joined == ord("-")
    negative = minus[starts]
    if np.count_nonzero(minus) != np.count_nonzero(negative) or np.any(lengths[negative] < 2):
        return False
    zero = words.joined[starts + negative] == ord("0")
    return bool(np.all(minus | (words.joined - ord("0") < 10))) and not np.any(
        zero & ((lengths > 1) | negative)
    )


def encode(word: str) -> bytes:
    """The UTF-8 bytes of a word; ValueError, with the word, for a lone surrogate."""
    try:
        return word.encode()
    except UnicodeEncodeError:
        raise ValueError(f"word {word!r} is not valid Unicode") from None


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view of an array through which it cannot be changed."""
    view = array.view()
    view.flags.writeable = False
    return view
