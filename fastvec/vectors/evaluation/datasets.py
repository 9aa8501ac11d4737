"""Evaluation files, read line by line, and their words, looked up among those with vectors."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import about_file
from fastvec._util.options import check_encoding
from fastvec.words import Words

Entry = TypeVar("Entry")

#: so many lines are looked at to say what a file holds
LOOKED_AT = 100

#: how many samples bootstrap intervals are computed from
BOOTSTRAP_SAMPLES = 1000


class HasVectors(Protocol):
    """What can be evaluated: words with vectors, such as KeyedVectors."""

    @property
    def words(self) -> Words: ...
    @property
    def vectors(self) -> NDArray[Any]: ...
    def fill_norms(self) -> NDArray[np.float32]: ...


def kind_of(line: str) -> str:
    """What a line of an evaluation file looks like; "" for a line of no known kind.

    >>> kind_of(": capitals"), kind_of("tiger cat 7.35"), kind_of("cat animal")
    ('analogies', 'similarity', 'categories')
    """
    fields = re.split(r"[\s,;]+", line)
    numbers = [as_number(one) is not None for one in fields]
    if line.startswith(":") or (len(fields) == 4 and not any(numbers)):
        return "analogies"
    if len(fields) == 2:
        return "words and counts" if numbers[1] else "categories"
    if len(fields) < 3 or numbers[0]:
        return ""
    return "vectors" if all(numbers[1:]) else "similarity" if any(numbers[2:]) else ""


def as_number(text: str) -> float | None:
    """A number, or None for another text.

    >>> as_number("7.35"), as_number("cat")
    (7.35, None)
    """
    try:
        return float(text)
    except ValueError:
        return None


class _Skipped:
    """The lines of a file that are of another form: how many, the first one, and their kinds."""

    def __init__(self) -> None:
        self.number, self.first = 0, ""
        self.kinds: Counter[str] = Counter()

    def add(self, number: int, line: str) -> None:
        self.first = self.first or f"line {number} is {line[:60]!r}"
        self.number += 1
        if self.number <= LOOKED_AT:
            self.kinds[kind_of(line)] += 1

    def looks_like(self) -> str:
        """What most of these lines are, as the end of a sentence."""
        kind = self.kinds.most_common(1)[0][0] if self.kinds else ""
        return f"; it looks like a file of {kind}" if kind else ""


def read_entries(
    path: Path, encoding: str, expected: str, parse: Callable[[str], Entry | None]
) -> list[Entry]:
    """The entries that a function makes of the lines of a file.

    Parameters
    ----------
    expected : str
        what a line should be, for warnings and errors.
    parse : function
        gets each line that is not empty, stripped.  It returns an entry; or None for a line that
        holds none, such as a comment; or raises ValueError for a line of another form.  Lines of
        another form are skipped with one warning, as gensim does, since these files often have
        header lines or a few broken lines.

    Raises
    ------
    ValueError
        a file of which most lines are of another form, or one in another encoding.

    >>> read_entries(Path("vocab.txt"), "utf-8", "a word and a count", str.split)
    [['cat', '3']]
    """
    entries: list[Entry] = []
    skipped = _Skipped()
    check_encoding("encoding", encoding)
    with about_file(path), path.open(encoding=encoding) as file:
        try:
            for number, line in enumerate(file, 1):
                text = (line.removeprefix("\ufeff") if number == 1 else line).strip()
                try:
                    entry = parse(text) if text else None
                except ValueError:
                    skipped.add(number, text)
                else:
                    entries += [] if entry is None else [entry]
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{path} is not {encoding} text ({error.reason}): say its encoding"
            ) from None
    first = f": {skipped.first}" if skipped.first else ""
    if not entries:
        raise ValueError(f"{path} has no line that is {expected}{first}{skipped.looks_like()}")
    if skipped.number > len(entries):
        raise ValueError(f"{path}: most lines are not {expected}{first}{skipped.looks_like()}")
    if skipped.number:
        warnings.warn(
            f"{path}: skipped what is not {expected}, lines: {skipped.number}, the first{first}",
            stacklevel=4,
        )
    return entries


def warn_if_none(path: object, what: str, known: int, total: int, among: WordLookup) -> None:
    """A warning if a file has nothing that can be scored, because the words are unknown.

    >>> warn_if_none("pairs.txt", "pairs", 2, 3, WordLookup(Words.of(["cat"]), None, False))
    """
    if total and not known:
        only = f" (of the first {among.rows:,} words only)" if among.restricted else ""
        warnings.warn(
            f"{path}: none of its {total:,} {what} is known, for lack of vectors{only}",
            stacklevel=3,
        )


class WordLookup:
    """The first words of a vocabulary, found with or without regard to case.

    Parameters
    ----------
    words : Words
    restrict_vocab : int or None
        know only so many first words; None: all.
    case_insensitive : bool
        compare words in upper case.  Of words that differ only in case, the first one, which is the
        most frequent, stands for all.

    Attributes
    ----------
    rows : int
        the number of words known.
    restricted : bool
        whether there are more.
    groups : (rows,) int64 array
        for each word the row of the word that stands for it.

    >>> lookup = WordLookup(Words.of(["cat", "dog", "Cat"]), None, case_insensitive=True)
    >>> lookup.find("CAT"), lookup.find("cow"), lookup.groups.tolist()
    (0, -1, [0, 1, 0])
    """

    def __init__(self, words: Words, restrict_vocab: int | None, case_insensitive: bool) -> None:
        self.rows = len(words) if restrict_vocab is None else min(restrict_vocab, len(words))
        self.restricted = self.rows < len(words)
        self.groups = np.arange(self.rows, dtype=np.int64)
        self._words = words
        self._upper: dict[str, int] | None = None
        if case_insensitive:
            self._upper = {}
            for row, word in enumerate(words[: self.rows]):
                self.groups[row] = self._upper.setdefault(word.upper(), row)

    def find(self, word: str) -> int:
        """The row of a word, or -1.

        >>> WordLookup(Words.of(["cat", "dog"]), 1, case_insensitive=False).find("dog")
        -1
        """
        if self._upper is not None:
            return self._upper.get(word.upper(), -1)
        row = self._words.find(word)
        return row if row < self.rows else -1
