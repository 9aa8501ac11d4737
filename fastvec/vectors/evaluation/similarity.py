"""Word similarity: do cosines rank pairs of words as people do?"""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.html import fields
from fastvec.subwords import Subwords
from fastvec.vectors.evaluation.datasets import (
    BOOTSTRAP_SAMPLES,
    HasVectors,
    WordLookup,
    as_number,
    read_entries,
    warn_if_none,
)
from fastvec.vectors.norms import normalized_rows
from fastvec.words import Words

Floats = NDArray[np.float64]


#: what separates the fields of files, the surest first; None: any white space
DELIMITERS = ("\t", ";", ",", None)


class _Correlation(NamedTuple):
    """A correlation and its p-value."""

    statistic: float = math.nan
    pvalue: float = math.nan


@dataclass(frozen=True)
class Similarity:
    """How cosines agree with human scores of word pairs."""

    #: of the file, without its ending
    name: str
    #: the human scores of the pairs that count
    scores: Floats = field(repr=False)
    #: the cosines of the same pairs
    cosines: Floats = field(repr=False)
    #: the number of pairs in the file
    pairs: int
    #: the number of pairs with a word that has no vector
    unknown: int
    #: which pairs of the file count
    rows: NDArray[np.int64] = field(repr=False)

    @property
    def spearman(self) -> Any:
        """The rank correlation and its p-value, from SciPy; NaN where it is not defined: with fewer
        than two known pairs, or where all scores or all cosines are equal."""
        from scipy import stats  # slow to import, and needed here only

        return stats.spearmanr(self.scores, self.cosines) if self._varies else _Correlation()

    @property
    def pearson(self) -> Any:
        """The linear correlation and its p-value, from SciPy; NaN where it is not defined."""
        from scipy import stats

        return stats.pearsonr(self.scores, self.cosines) if self._varies else _Correlation()

    def _repr_html_(self) -> str:
        low, high = self.interval()
        return fields(self, spearman=float(self.spearman[0]), low=low, high=high)

    @property
    def _varies(self) -> bool:
        return len(self.scores) > 1 and bool(np.ptp(self.scores) and np.ptp(self.cosines))

    @property
    def coverage(self) -> float:
        """The share of pairs whose words both have vectors."""
        return 1 - self.unknown / self.pairs if self.pairs else float("nan")

    def interval(self, level: float = 0.95, seed: int = 1) -> tuple[float, float]:
        """The bootstrap interval of the rank correlation, from 1,000 samples of pairs.

        NaN where the correlation is not defined.

        Parameters
        ----------
        level : float
            the share of samples within the interval.
        seed : int
            of the random samples.

        >>> low, high = similarity(wv, "pairs.txt").interval()
        >>> low <= high
        True
        """
        n = len(self.scores)
        if not self._varies:
            return float("nan"), float("nan")
        draws = np.random.default_rng(seed).integers(0, n, (BOOTSTRAP_SAMPLES, n))
        correlations = rank_correlations(self.scores, self.cosines, draws)
        low, high = np.nanquantile(correlations, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def rank_correlations(left: Floats, right: Floats, draws: NDArray[np.int64]) -> Floats:
    """The rank correlation of two arrays in each row of draws from both; NaN if one is constant.

    >>> rank_correlations(np.array([1.0, 2.0]), np.array([5.0, 3.0]), np.array([[0, 1]]))
    array([-1.])
    """
    from scipy.stats import rankdata

    ranks = [rankdata(each[draws], axis=1) for each in (left, right)]
    centred = [each - each.mean(axis=1, keepdims=True) for each in ranks]
    lengths = np.sqrt((centred[0] ** 2).sum(1) * (centred[1] ** 2).sum(1))
    with np.errstate(invalid="ignore"):
        correlations: Floats = (centred[0] * centred[1]).sum(1) / lengths
    return correlations


def similarity(
    vectors: HasVectors,
    path: PathLike,
    *,
    delimiter: str | None = None,
    restrict_vocab: int | None = None,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    allow_inference: bool = False,
    encoding: str = "utf-8",
) -> Similarity:
    """Compare cosines with the human scores of a file of ``word word score`` lines.

    The score is the first number after the words: fields before it (parts of speech) and behind it
    are ignored, and so are lines that begin with #, and a first line with the names of columns.
    Other lines of another form are skipped with a warning.

    Parameters
    ----------
    delimiter : str, optional
        what separates the fields.  By default a line is split at tabs, else at semicolons, else at
        commas, else at white space: the first that gives two words and a score.
    restrict_vocab : int or None
        know only so many first (most frequent) words; None, the default: all.
    case_insensitive : bool
        compare words in upper case; of words that differ only in case, the most frequent counts.
    dummy4unknown : bool
        give a pair with an unknown word the cosine 0, instead of leaving it out.
    allow_inference : bool
        whether unknown words get a vector from their n-grams, if the vectors have any; by default
        they are left out, as in gensim.

    Raises
    ------
    ValueError
        a file with more lines of another form than pairs; the message quotes the first, and says
        what the file looks like.

    >>> similarity(wv, "pairs.txt").pairs
    3
    """
    path = Path(path)
    lookup = WordLookup(vectors.words, restrict_vocab, case_insensitive)

    separators = DELIMITERS if delimiter is None else (delimiter,)
    firsts = itertools.chain([True], itertools.repeat(False))

    def parse(line: str) -> tuple[str, str, float] | None:
        if line.startswith("#"):
            return None
        if next(firsts) and _is_head(line, separators):
            return None
        return _words_and_score(line, separators)

    pairs = read_entries(path, encoding, "two words and a score", parse)
    words = [word for pair in pairs for word in pair[:2]]
    subwords = getattr(vectors, "subwords", None) if allow_inference else None
    found, rows = _vectors_of(words, vectors, lookup, subwords)
    known = found[::2] & found[1::2]
    cosines = np.zeros(len(pairs))
    a, b = (normalized_rows(side[known]) for side in (rows[::2], rows[1::2]))
    cosines[known] = np.einsum("ij,ij->i", a, b)
    counting = np.ones_like(known) if dummy4unknown else known
    unknown = int(len(known) - known.sum())
    warn_if_none(path, "pairs", len(pairs) - unknown, len(pairs), lookup)
    scores = np.array([score for _, _, score in pairs])
    return Similarity(
        path.stem,
        scores[counting],
        cosines[counting],
        len(pairs),
        unknown,
        np.flatnonzero(counting),
    )


def _vectors_of(
    words: list[str], vectors: HasVectors, lookup: WordLookup, subwords: Subwords | None
) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Which of some words have vectors, and these vectors; the others have zeros.

    With subwords, words that are not in the vocabulary have those that are inferred.
    """
    rows = np.array([lookup.find(word) for word in words], np.int64)
    known = rows >= 0
    found = np.zeros((len(words), vectors.vectors.shape[1]), vectors.vectors.dtype)
    found[known] = vectors.vectors[rows[known]]
    if subwords is not None:
        unseen = [i for i in np.flatnonzero(~known).tolist() if subwords.has_ngrams(words[i])]
        found[unseen] = subwords.vectors_of(Words.of([words[i] for i in unseen]))
        known[unseen] = True
    return known, found


def _is_head(line: str, separators: Sequence[str | None]) -> bool:
    """Whether a line has the names of three columns or more, and no number."""
    rows = [_split(line, separator) for separator in separators]
    return any(len(row) > 2 and all(as_number(name) is None for name in row) for row in rows)


def _words_and_score(line: str, separators: Sequence[str | None]) -> tuple[str, str, float]:
    """The two words of a line, and the first number behind them; ValueError if there are none."""
    for separator in separators:
        one, other, *rest = [*_split(line, separator), "", ""]
        score = next((number for text in rest if (number := as_number(text)) is not None), None)
        if one and other and score is not None and math.isfinite(score):
            return one, other, score
    raise ValueError


def _split(line: str, separator: str | None) -> list[str]:
    """The fields of a line; those of CSV may be quoted."""
    if separator in (",", ";") and '"' in line:
        fields = next(csv.reader([line], delimiter=separator))
    else:
        fields = line.split(separator)
    return [name.strip() for name in fields]
