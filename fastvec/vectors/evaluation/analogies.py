"""Analogies: a is to b as c is to which word?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fastvec._util.atomic import PathLike
from fastvec._util.html import table
from fastvec.vectors.evaluation.datasets import (
    HasVectors,
    WordLookup,
    kind_of,
    read_entries,
    warn_if_none,
)
from fastvec.vectors.evaluation.intervals import wilson_interval
from fastvec.vectors.search import solve_analogies

#: of a line that tells the layout of a file, in characters
LONGEST_LINE = 10_000
#: pairs in a file of BATS, of which there are questions for every two: a million at most
MOST_BATS_PAIRS = 1000


@dataclass(frozen=True)
class Analogy:
    """A question a : b = c : ?, and the answers that are right."""

    a: str
    b: str
    c: str
    answers: tuple[str, ...]


@dataclass(repr=False)
class Section:
    """The questions of one section of a file, and how they were answered.

    ``unknown`` is the number of questions with a word that has no vector.
    """

    name: str
    questions: list[Analogy] = field(default_factory=list)
    correct: list[Analogy] = field(default_factory=list)
    incorrect: list[Analogy] = field(default_factory=list)
    unknown: int = 0

    def __repr__(self) -> str:
        """The numbers; the questions may be thousands."""
        numbers = f"correct={len(self.correct)}, asked={self.asked}, unknown={self.unknown}"
        return f"Section({self.name!r}, questions={len(self.questions)}, {numbers})"

    @property
    def asked(self) -> int:
        """The number of questions that count: those that were answered right or wrong."""
        return len(self.correct) + len(self.incorrect)

    @property
    def accuracy(self) -> float:
        """The share of right answers; NaN where no question counts."""
        return len(self.correct) / self.asked if self.asked else float("nan")


class Sections(list[Section]):
    """The sections of a file: a list, which notebooks show as a table."""

    def _repr_html_(self) -> str:
        heads = ("section", "accuracy", "low", "high", "asked", "unknown")
        rows = (
            (one.name, one.accuracy, *accuracy_interval(one), one.asked, one.unknown)
            for one in (*self, overall(self))
        )
        return table("Analogies", heads, rows)


def read_analogies(path: PathLike, encoding: str = "utf-8") -> list[Section]:
    """Read questions from a file, or from the .txt files of a folder and its subfolders.

    A file has lines ``a b c d`` under lines ``: section``, as Google's; a file without sections, as
    MSR's, becomes one section.  In a folder, a file may have BATS layout: it is a section, and
    every line a pair ``word<TAB>answer/answer``; each pair of a file makes a question with each
    other pair.

    Lines of another form, such as header lines, are skipped with a warning.

    Raises
    ------
    ValueError
        a file with more lines of another form than questions; the message quotes the first, and
        says what the file looks like.  A BATS file with more than 1,000 pairs.

    >>> [(section.name, len(section.questions)) for section in read_analogies("questions.txt")]
    [('capitals', 2)]
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.txt"))
        if not files:
            raise ValueError(f"{path} has no .txt file: a BATS folder has one for each relation")
        return [section for file in files for section in _read_of_folder(file, encoding)]
    return _read_questions(path, encoding)


def _read_of_folder(path: Path, encoding: str) -> list[Section]:
    """A file of four words a line, or of BATS's pairs: its first line tells."""
    with path.open(encoding=encoding, errors="replace") as file:
        head = file.readline(LONGEST_LINE).lstrip("\ufeff")
    if kind_of(head.strip()) == "analogies":
        return _read_questions(path, encoding)
    return [_read_bats(path, encoding)]


def _read_questions(path: Path, encoding: str) -> list[Section]:
    """The questions of a file of four words a line, in sections."""
    sections: list[Section] = []

    def parse(line: str) -> Analogy | None:
        if line.startswith(":"):
            sections.append(Section(line[1:].strip()))
            return None
        a, b, c, answer = line.split()
        if not sections:
            sections.append(Section(path.stem))
        sections[-1].questions.append(Analogy(a, b, c, (answer,)))
        return sections[-1].questions[-1]

    read_entries(path, encoding, "four words", parse)
    return sections


def _read_bats(path: Path, encoding: str) -> Section:
    def parse(line: str) -> tuple[str, tuple[str, ...]]:
        word, answers = line.split()
        return word, tuple(answers.split("/"))

    pairs = read_entries(path, encoding, "a word and its answers", parse)
    if len(pairs) > MOST_BATS_PAIRS:
        raise ValueError(
            f"{path} has {len(pairs)} pairs, and a question for every two of them: a BATS file "
            f"must have at most {MOST_BATS_PAIRS} pairs"
        )
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
) -> Sections:
    """Answer analogies, and compare the answers with the right ones.

    Parameters
    ----------
    questions : path or sections
        see :func:`read_analogies`.
    restrict_vocab, case_insensitive
        see :class:`~fastvec.vectors.evaluation.datasets.WordLookup`; for questions and answers.
    dummy4unknown : bool
        count a question with an unknown word as wrong, instead of leaving it out.
    method : {"3cosadd", "3cosmul", "direction"}
        how answers are found: docs/method.md has the formulas.

    Returns
    -------
    list of Section
        with the questions that were answered right and wrong.

    Raises
    ------
    ValueError
        a file that is no file of analogies, or an unknown method.

    >>> sections = analogies(wv, "questions.txt")
    >>> 0 <= overall(sections).accuracy <= 1
    True
    """
    name: object = "the analogies"
    if isinstance(questions, str | os.PathLike):
        name, questions = questions, read_analogies(questions, encoding)
    lookup = WordLookup(vectors.words, restrict_vocab, case_insensitive)
    sections = Sections(Section(section.name, section.questions) for section in questions)
    found = [_rows_of(lookup, question) for section in sections for question in section.questions]
    solved = solve_analogies(
        vectors.vectors,
        vectors.fill_norms(),
        np.array([rows for rows, _ in found if rows], np.int64).reshape(-1, 3),
        lookup.groups,
        lookup.rows,
        method,
    )
    answers, known = iter(solved.tolist()), iter(found)
    for section in sections:
        for question in section.questions:
            rows, right = next(known)
            answer = next(answers) if rows else -1
            if answer >= 0 and lookup.groups[answer] in right:
                section.correct.append(question)
            elif rows or dummy4unknown:
                section.incorrect.append(question)
            section.unknown += not rows
    warn_if_none(name, "questions", sum(bool(rows) for rows, _ in found), len(found), lookup)
    return sections


def _rows_of(lookup: WordLookup, question: Analogy) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rows of a, b and c, and of the right answers.

    The rows of a, b and c are () where one of them, or every right answer, is unknown.
    """
    rows = tuple(lookup.find(word) for word in (question.a, question.b, question.c))
    right = tuple(row for row in map(lookup.find, question.answers) if row >= 0)
    return (rows if min(rows) >= 0 and right else ()), right


def overall(sections: Iterable[Section], name: str = "total") -> Section:
    """All sections joined to one.

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


def accuracy_interval(section: Section, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval (1927) of a section's accuracy; NaN where no question counts.

    ``level`` is the share of such intervals that hold the accuracy on all questions of the kind.

    >>> low, high = accuracy_interval(overall(analogies(wv, "questions.txt")))
    >>> low <= high
    True
    """
    return wilson_interval(len(section.correct), section.asked, level)


def sections_like_gensim(
    sections: Iterable[Section], case_insensitive: bool
) -> list[dict[str, Any]]:
    """Sections as ``KeyedVectors.evaluate_word_analogies`` of gensim returns them.

    Dicts with ``section`` (the name), ``correct`` and ``incorrect``: lists of (a, b, c, answer), in
    upper case if ``case_insensitive``.

    >>> asked = [Section("capitals", correct=[Analogy("Paris", "France", "Rome", ("Italy",))])]
    >>> sections_like_gensim(asked, case_insensitive=True)[0]["correct"]
    [('PARIS', 'FRANCE', 'ROME', 'ITALY')]
    """
    fold = str.upper if case_insensitive else str

    def four_words(question: Analogy) -> tuple[str, ...]:
        words = question.a, question.b, question.c, question.answers[0]
        return tuple(fold(word) for word in words)

    return [
        {
            "section": section.name,
            "correct": [four_words(question) for question in section.correct],
            "incorrect": [four_words(question) for question in section.incorrect],
        }
        for section in sections
    ]
