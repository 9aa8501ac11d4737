"""Evaluation files, read line by line, and their words, looked up among those with vectors."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import about_file
from fastvec.words import Words

Entry = TypeVar("Entry")

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
        a file without any entry, or in another encoding.

    >>> read_entries(Path("vocab.txt"), "utf-8", "a word and a count", str.split)
    [['cat', '3']]
    """
    entries: list[Entry] = []
    skipped: list[str] = []
    with about_file(path), path.open(encoding=encoding) as file:
        try:
            for number, line in enumerate(file, 1):
                text = (line.removeprefix("\ufeff") if number == 1 else line).strip()
                try:
                    entry = parse(text) if text else None
                except ValueError:
                    skipped.append(f"line {number} is {text[:60]!r}")
                else:
                    entries += [] if entry is None else [entry]
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not {encoding} text: {error.reason}") from None
    if not entries:
        first = f": {skipped[0]}" if skipped else ""
        raise ValueError(f"{path} has no line that is {expected}{first}")
    if skipped:
        warnings.warn(
            f"{path}: skipped what is not {expected}, lines: {len(skipped)}, "
            f"the first: {skipped[0]}",
            stacklevel=4,
        )
    return entries


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
    groups : (rows,) int64 array
        for each word the row of the word that stands for it.

    >>> lookup = WordLookup(Words.of(["cat", "dog", "Cat"]), None, case_insensitive=True)
    >>> lookup.find("CAT"), lookup.find("cow"), lookup.groups.tolist()
    (0, -1, [0, 1, 0])
    """

    def __init__(self, words: Words, restrict_vocab: int | None, case_insensitive: bool) -> None:
        self.rows = len(words) if restrict_vocab is None else min(restrict_vocab, len(words))
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
