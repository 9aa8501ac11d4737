"""Is one set of vectors better than another, or is it luck?

Two sets of vectors are compared by a paired bootstrap (Efron & Tibshirani 1993; for tests of
language technology Koehn 2004): the same questions are drawn for both, again and again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.html import fields
from fastvec.vectors.evaluation.analogies import Section, analogies, overall
from fastvec.vectors.evaluation.categories import Categories, categories
from fastvec.vectors.evaluation.datasets import (
    BOOTSTRAP_SAMPLES,
    LOOKED_AT,
    HasVectors,
    kind_of,
)
from fastvec.vectors.evaluation.intervals import wilson_interval
from fastvec.vectors.evaluation.similarity import Similarity, rank_correlations, similarity

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """How good vectors are by one file.

    Attributes
    ----------
    file : str
        its name.
    measure : str
        ``spearman``, ``accuracy`` or ``purity``.
    value, low, high : float
        the score, and its 95 % interval: bootstrap, Wilson's, or NaN.
    known, of : int
        how many of the file's pairs, questions or words count.
    items : (of,) float64 array
        what was found for each: the cosine of a pair; 1 or 0 for a question that was answered right
        or wrong; NaN for one that does not count.  Of words, nothing.
    human : (of,) float64 array
        the human score of each pair; nothing for other files.
    """

    file: str
    measure: str
    value: float
    low: float
    high: float
    known: int
    of: int
    items: Floats
    human: Floats

    def _repr_html_(self) -> str:
        return fields(self)


def score_file(vectors: HasVectors, path: PathLike, **options: Any) -> Score:
    """Evaluate vectors by a file of analogies (or a BATS folder), similarities or categories.

    What the file holds is found out.  ``options`` are those of the function for it.

    >>> score_file(wv, "pairs.txt").measure
    'spearman'
    """
    path = Path(path)
    kind = file_kind(path)
    if kind == "analogies":
        return analogy_score(path, analogies(vectors, path, **options))
    if kind == "similarity":
        return similarity_score(path, similarity(vectors, path, **options))
    return category_score(path, categories(vectors, path, **options))


def file_kind(path: PathLike) -> str:
    """What an evaluation file holds: analogies, similarity or categories; ValueError for another.

    >>> file_kind("questions.txt"), file_kind("pairs.txt"), file_kind("categories.txt")
    ('analogies', 'similarity', 'categories')
    """
    path = Path(path)
    if path.is_dir():
        return "analogies"
    with path.open(encoding="utf-8", errors="replace") as file:
        for line, _ in zip(file, range(LOOKED_AT), strict=False):
            kind = kind_of(line.lstrip("\ufeff").strip())
            if kind in ("analogies", "similarity", "categories") and not line.startswith("#"):
                return kind
    raise ValueError(
        f"{path} is no evaluation file: it has no line that is four words, two words and a score, "
        "or a word and its category"
    )


def analogy_score(path: Path, sections: list[Section]) -> Score:
    """The score of answered sections of a file, all together.

    >>> analogy_score(Path("questions.txt"), analogies(wv, "questions.txt")).known
    2
    """
    total = overall(sections)
    right, wrong = ({id(one) for one in part} for part in (total.correct, total.incorrect))
    items = [
        1.0 if id(one) in right else 0.0 if id(one) in wrong else math.nan
        for one in total.questions
    ]
    interval = wilson_interval(len(right), total.asked)
    score = (path.name, "accuracy", total.accuracy, *interval, total.asked, len(items))
    return Score(*score, np.array(items), np.empty(0))


def similarity_score(path: Path, found: Similarity) -> Score:
    """The score of the pairs of a file.

    >>> similarity_score(Path("pairs.txt"), similarity(wv, "pairs.txt")).known
    3
    """
    items, human = np.full((2, found.pairs), math.nan)
    items[found.rows], human[found.rows] = found.cosines, found.scores
    value = float(found.spearman[0])
    return Score(
        path.name, "spearman", value, *found.interval(), len(found.rows), found.pairs, items, human
    )


def category_score(path: Path, found: Categories) -> Score:
    """The score of the words of a file, which is one for all of them.

    >>> category_score(Path("categories.txt"), categories(wv, "categories.txt")).measure
    'purity'
    """
    of, none = found.words + found.unknown, np.empty(0)
    return Score(path.name, "purity", found.purity, math.nan, math.nan, found.words, of, none, none)


@dataclass(frozen=True)
class Difference:
    """How much better one set of vectors is than another, by one file.

    Attributes
    ----------
    file, measure : str
        as of :class:`Score`.
    first, second : float
        the scores, on what counts for both.
    difference, low, high : float
        second - first, and its 95 % interval.
    p : float
        how probable a difference at least this far from 0, on either side, would be by luck: twice
        the share of samples in which the difference has the other sign.
    known : int
        how many pairs or questions count for both.
    """

    file: str
    measure: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float
    known: int

    def _repr_html_(self) -> str:
        return fields(self)


def compare(first: Score, second: Score, level: float = 0.95, seed: int = 1) -> Difference:
    """Compare two sets of vectors by the same file, by a paired bootstrap of 1,000 samples.

    Only pairs or questions that count for both are compared.  All is NaN for fewer than two of
    them, and for categories, which have no scores of single words.

    Raises ValueError for scores by different files.

    >>> score = score_file(wv, "pairs.txt")
    >>> compare(score, score).difference
    0.0
    """
    if (first.file, first.measure, first.of) != (second.file, second.measure, second.of):
        raise ValueError(f"{first.file} and {second.file} are different files: compare needs one")
    both = np.isfinite(first.items) & np.isfinite(second.items)
    n = int(both.sum())
    human = first.human[both] if len(first.human) else None
    items = [score.items[both] for score in (first, second)]
    if n < 2:
        return _no_difference(first, n)
    draws = np.random.default_rng(seed).integers(0, n, (BOOTSTRAP_SAMPLES, n))
    whole = np.arange(n)[None]
    one, other = (float(_scores(each, human, whole)[0]) for each in items)
    samples = _scores(items[1], human, draws) - _scores(items[0], human, draws)
    samples = samples[np.isfinite(samples)]
    if not len(samples):
        return _no_difference(first, n)
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    tail = min(np.count_nonzero(samples <= 0), np.count_nonzero(samples >= 0))
    p = min(1.0, 2 * (int(tail) + 1) / (len(samples) + 1))
    interval = (float(low), float(high))
    return Difference(first.file, first.measure, one, other, other - one, *interval, p, n)


def _no_difference(first: Score, n: int) -> Difference:
    nan = math.nan
    return Difference(first.file, first.measure, nan, nan, nan, nan, nan, nan, n)


def _scores(items: Floats, human: Floats | None, draws: NDArray[np.int64]) -> Floats:
    """The score of each row of draws: the rank correlation with people, or the mean."""
    if human is not None:
        return rank_correlations(items, human, draws)
    means: Floats = items[draws].mean(axis=1)
    return means
