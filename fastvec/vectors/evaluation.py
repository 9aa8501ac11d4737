"""How good are vectors? Analogies and word similarity against human answers.

Every function takes anything with ``words`` and ``vectors``, a KeyedVectors for one.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec.vectors.clusters import classes, purity
from fastvec.vectors.search import answers, unit
from fastvec.words import Words

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Entry = TypeVar("Entry")
SAMPLES = 1000  # bootstrap samples


class HasVectors(Protocol):
    """What can be evaluated."""

    @property
    def words(self) -> Words: ...
    @property
    def vectors(self) -> NDArray[Any]: ...
    def fill_norms(self) -> NDArray[np.float32]: ...


# --- reading lines


def _entries(
    path: Path, encoding: str, what: str, parse: Callable[[str], Entry | None]
) -> list[Entry]:
    """What ``parse`` makes of each line that is not empty: an entry, or None for what is no entry.

    Lines for which it raises ValueError are skipped, as gensim does: these files have heads and odd
    lines.  One warning says so for all of them; a file that has no entry at all is an error.
    """
    entries: list[Entry] = []
    bad: list[str] = []
    with path.open(encoding=encoding) as file:
        try:
            for number, line in enumerate(file, 1):
                text = line.strip()
                try:
                    entry = parse(text) if text else None
                except ValueError:
                    bad.append(f"line {number} is {text[:60]!r}")
                else:
                    entries += [] if entry is None else [entry]
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not {encoding} text: {error.reason}") from None
    if not entries:
        raise ValueError(f"{path} has no line that is {what}{f': {bad[0]}' if bad else ''}")
    if bad:
        warnings.warn(
            f"{path}: skipped what is not {what}, lines: {len(bad)}, the first: {bad[0]}",
            stacklevel=4,
        )
    return entries


# --- finding words


class _Names:
    """The first ``rows`` words, found with or without regard to upper case.

    Of words that differ only in case, the first (most frequent) stands for all.
    """

    def __init__(self, words: Words, restrict_vocab: int | None, case_insensitive: bool) -> None:
        self.rows = len(words) if restrict_vocab is None else min(restrict_vocab, len(words))
        self.fold = str.upper if case_insensitive else str
        self.words = words
        self.lookup: dict[str, int] = {}
        self.names = np.arange(self.rows, dtype=np.int64)
        if case_insensitive:
            for row, word in enumerate(words[: self.rows]):
                self.names[row] = self.lookup.setdefault(word.upper(), row)

    def find(self, word: str) -> int:
        """The row of a word, or -1."""
        if self.fold is str.upper:
            return self.lookup.get(word.upper(), -1)
        row = self.words.find(word)
        return row if row < self.rows else -1


# --- analogies


@dataclass(frozen=True)
class Analogy:
    """A question a : b = c : ?, and the answers that are right."""

    a: str
    b: str
    c: str
    answers: tuple[str, ...]


@dataclass
class Section:
    """The questions of one section and how they were answered."""

    name: str
    questions: list[Analogy] = field(default_factory=list)
    correct: list[Analogy] = field(default_factory=list)
    incorrect: list[Analogy] = field(default_factory=list)
    unknown: int = 0

    @property
    def asked(self) -> int:
        """Questions that count."""
        return len(self.correct) + len(self.incorrect)

    @property
    def accuracy(self) -> float:
        """Share of right answers; NaN where nothing was asked."""
        return len(self.correct) / self.asked if self.asked else float("nan")


def read_analogies(path: PathLike, encoding: str = "utf-8") -> list[Section]:
    """Read questions: a file of ``a b c d`` lines under ``: section`` lines (Google's layout; MSR's
    has no sections), or a folder in BATS layout.

    In a BATS folder every file (in subfolders too) is a section and every line a pair
    ``word<TAB>answer/answer``; each pair is asked with each other pair of the file.

    Lines that are neither (heads, broken ones) are skipped, with a warning.

    Raises
    ------
    ValueError
        a file without any question, with its first line that is none.

    >>> [(section.name, len(section.questions)) for section in read_analogies("questions.txt")]
    [('capitals', 2)]
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.txt"))
        if not files:
            raise ValueError(f"{path} has no .txt file: a BATS folder has one for each relation")
        return [_read_bats(file, encoding) for file in files]
    sections: list[Section] = []

    def question(line: str) -> Analogy | None:
        if line.startswith(":"):
            sections.append(Section(line[1:].strip()))
            return None
        a, b, c, answer = line.split()
        if not sections:
            sections.append(Section(path.stem))
        sections[-1].questions.append(Analogy(a, b, c, (answer,)))
        return sections[-1].questions[-1]

    _entries(path, encoding, "four words", question)
    return sections


def _read_bats(path: Path, encoding: str) -> Section:
    def pair(line: str) -> tuple[str, tuple[str, ...]]:
        word, answers = line.split()
        return word, tuple(answers.split("/"))

    pairs = _entries(path, encoding, "a word and its answers", pair)
    questions = [Analogy(a, b[0], c, d) for a, b in pairs for c, d in pairs if (a, b) != (c, d)]
    return Section(path.stem, questions)


def analogies(
    vectors: HasVectors,
    questions: PathLike | Iterable[Section],
    *,
    restrict_vocab: int | None = 30_000,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    method: str = "3cosadd",
    encoding: str = "utf-8",
) -> list[Section]:
    """Answer analogies; the sections come back with what was answered right and wrong.

    Parameters
    ----------
    questions : path or sections
        see :func:`read_analogies`.
    restrict_vocab : int or None
        only so many first (most frequent) words are known, as questions and as answers.
    case_insensitive : bool
        compare words in upper case; of words that differ only in case the most frequent counts.
    dummy4unknown : bool
        count questions with an unknown word as wrong, instead of leaving them out.
    method : {"3cosadd", "3cosmul", "direction"}
        see :func:`fastvec.vectors.search.answers`.

    Raises
    ------
    ValueError
        questions that cannot be read, or an unknown method.

    >>> sections = analogies(wv, "questions.txt")
    >>> 0 <= overall(sections).accuracy <= 1
    True
    """
    if isinstance(questions, str | os.PathLike):
        questions = read_analogies(questions, encoding)
    names = _Names(vectors.words, restrict_vocab, case_insensitive)
    sections = [Section(section.name, section.questions) for section in questions]
    asked = [_known(names, question) for section in sections for question in section.questions]
    found = answers(
        vectors.vectors,
        vectors.fill_norms(),
        np.array([rows for rows, _ in asked if rows], np.int64).reshape(-1, 3),
        names.names,
        names.rows,
        method,
    )
    answered, known = iter(found.tolist()), iter(asked)
    for section in sections:
        for question in section.questions:
            rows, right = next(known)
            if not rows:
                section.unknown += 1
                if dummy4unknown:
                    section.incorrect.append(question)
            elif (row := next(answered)) >= 0 and names.names[row] in right:
                section.correct.append(question)
            else:
                section.incorrect.append(question)
    return sections


def _known(names: _Names, question: Analogy) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rows of a, b, c (none if one of them, or every answer, is unknown), and right rows."""
    rows = tuple(names.find(word) for word in (question.a, question.b, question.c))
    right = tuple(row for row in map(names.find, question.answers) if row >= 0)
    return (rows if min(rows) >= 0 and right else ()), right


def overall(sections: Iterable[Section], name: str = "total") -> Section:
    """All sections as one.

    >>> overall(analogies(wv, "questions.txt")).asked
    2
    """
    total = Section(name)
    for section in sections:
        total.questions += section.questions
        total.correct += section.correct
        total.incorrect += section.incorrect
        total.unknown += section.unknown
    return total


def accuracy_interval(section: Section, level: float = 0.95, seed: int = 1) -> tuple[float, float]:
    """A bootstrap interval of a section's accuracy: resampling questions is drawing a binomial.

    >>> low, high = accuracy_interval(overall(analogies(wv, "questions.txt")))
    >>> low <= high
    True
    """
    if not section.asked:
        return float("nan"), float("nan")
    draws = np.random.default_rng(seed).binomial(section.asked, section.accuracy, SAMPLES)
    low, high = np.quantile(draws / section.asked, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


# --- word similarity


@dataclass(frozen=True)
class Similarity:
    """How cosines agree with human scores of word pairs."""

    name: str
    scores: Floats  # human scores of the pairs that count
    cosines: Floats  # ours
    pairs: int  # in the file
    unknown: int  # with a word that has no vector

    @property
    def spearman(self) -> Any:
        """Rank correlation and its p-value, as scipy gives them; NaN with fewer than two pairs."""
        from scipy import stats

        return stats.spearmanr(self.scores, self.cosines)

    @property
    def pearson(self) -> Any:
        """Linear correlation and its p-value, as scipy gives them."""
        from scipy import stats

        return stats.pearsonr(self.scores, self.cosines)

    @property
    def coverage(self) -> float:
        """Share of pairs whose words both have vectors."""
        return 1 - self.unknown / self.pairs if self.pairs else float("nan")

    def interval(self, level: float = 0.95, seed: int = 1) -> tuple[float, float]:
        """A bootstrap interval of the rank correlation: pairs are drawn with replacement.

        >>> low, high = similarity(wv, "pairs.txt").interval()
        >>> low <= high
        True
        """
        from scipy.stats import rankdata

        n = len(self.scores)
        if n < 2:
            return float("nan"), float("nan")
        draws = np.random.default_rng(seed).integers(0, n, (SAMPLES, n))
        ours, theirs = (rankdata(x[draws], axis=1) for x in (self.scores, self.cosines))
        ours -= ours.mean(1, keepdims=True)
        theirs -= theirs.mean(1, keepdims=True)
        lengths = np.sqrt((ours**2).sum(1) * (theirs**2).sum(1))
        with np.errstate(invalid="ignore"):
            rhos = (ours * theirs).sum(1) / lengths
        low, high = np.nanquantile(rhos, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def similarity(
    vectors: HasVectors,
    path: PathLike,
    *,
    delimiter: str | None = None,
    restrict_vocab: int | None = None,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    encoding: str = "utf-8",
) -> Similarity:
    """Compare cosines with the scores of a file of ``word word score`` lines.

    What stands behind the score is not read; other lines (heads, broken ones) are skipped, with a
    warning.

    Parameters
    ----------
    delimiter : str, optional
        between the fields; any white space when not given.  Lines that begin with # are skipped.
    restrict_vocab, case_insensitive
        as in :func:`analogies`.
    dummy4unknown : bool
        pairs with an unknown word count with cosine 0, instead of being left out.

    Raises
    ------
    ValueError
        a file without any pair, with its first line that is none.

    >>> similarity(wv, "pairs.txt").pairs
    3
    """
    path = Path(path)
    names = _Names(vectors.words, restrict_vocab, case_insensitive)

    def pair(line: str) -> tuple[int, int, float] | None:
        if line.startswith("#"):
            return None
        one, other, score, *_ = line.split(delimiter)
        if not math.isfinite(float(score)):
            raise ValueError
        return names.find(one.strip()), names.find(other.strip()), float(score)

    pairs = _entries(path, encoding, "two words and a score", pair)
    a, b = np.array([rows[:2] for rows in pairs], np.int64).T
    known = (a >= 0) & (b >= 0)
    cosines = np.zeros(len(pairs))
    ours, theirs = (unit(vectors.vectors[rows[known]]) for rows in (a, b))
    cosines[known] = np.einsum("ij,ij->i", ours, theirs)
    counts = np.ones_like(known) if dummy4unknown else known
    unknown = int(len(known) - known.sum())
    human = np.array([score for _, _, score in pairs])
    return Similarity(path.stem, human[counts], cosines[counts], len(pairs), unknown)


# --- categories


@dataclass(frozen=True)
class Categorisation:
    """How classes found by k-means agree with human categories."""

    name: str
    purity: float
    words: int  # that count
    unknown: int  # that have no vector
    categories: int


def categorisation(
    vectors: HasVectors,
    path: PathLike,
    *,
    case_insensitive: bool = True,
    encoding: str = "utf-8",
    runs: int = 10,
) -> Categorisation:
    """Cluster the words of a file of ``word category`` lines and compare with the categories.

    Purity is the share of words whose category is the most frequent one in their class
    (Baroni et al. 2014), with as many classes as categories; the mean over ``runs`` clusterings
    from different beginnings.

    Raises
    ------
    ValueError
        a file without any such line, with its first line that is none; the others are skipped, with
        a warning.

    >>> categorisation(wv, "categories.txt").purity
    1.0
    """
    path = Path(path)
    names = _Names(vectors.words, None, case_insensitive)

    def labelled(line: str) -> tuple[int, str]:
        word, category = line.split()
        return names.find(word), category

    found = _entries(path, encoding, "a word and its category", labelled)
    rows = [row for row, _ in found if row >= 0]
    labels = [label for row, label in found if row >= 0]
    unknown = len(found) - len(rows)
    known, categories = np.array(labels), len(set(labels))
    table = vectors.vectors[np.array(rows, np.int64)]
    if not rows:
        return Categorisation(path.stem, float("nan"), 0, unknown, 0)
    scores = [purity(classes(table, categories, seed=run), known) for run in range(runs)]
    return Categorisation(path.stem, float(np.mean(scores)), len(rows), unknown, categories)
