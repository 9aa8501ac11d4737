"""Word similarity: do cosines rank pairs of words as people do?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec.vectors.evaluation.datasets import (
    BOOTSTRAP_SAMPLES,
    HasVectors,
    WordLookup,
    read_entries,
)
from fastvec.vectors.norms import normalized_rows

Floats = NDArray[np.float64]


class _Correlation(NamedTuple):
    """What SciPy calls its results, for where there is nothing to correlate."""

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
        """The rank correlation and its p-value, from SciPy; NaN with fewer than two pairs."""
        from scipy import stats  # slow to import, and needed here only

        if len(self.scores) < 2:
            return _Correlation()
        return stats.spearmanr(self.scores, self.cosines)

    @property
    def pearson(self) -> Any:
        """The linear correlation and its p-value, from SciPy; NaN with fewer than two pairs."""
        from scipy import stats

        if len(self.scores) < 2:
            return _Correlation()
        return stats.pearsonr(self.scores, self.cosines)

    @property
    def coverage(self) -> float:
        """The share of pairs whose words both have vectors."""
        return 1 - self.unknown / self.pairs if self.pairs else float("nan")

    def interval(self, level: float = 0.95, seed: int = 1) -> tuple[float, float]:
        """The bootstrap interval of the rank correlation, from 1,000 samples of pairs.

        NaN with fewer than two pairs.

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
        from scipy.stats import rankdata

        n = len(self.scores)
        if n < 2:
            return float("nan"), float("nan")
        draws = np.random.default_rng(seed).integers(0, n, (BOOTSTRAP_SAMPLES, n))
        scores, cosines = (rankdata(x[draws], axis=1) for x in (self.scores, self.cosines))
        scores -= scores.mean(1, keepdims=True)
        cosines -= cosines.mean(1, keepdims=True)
        lengths = np.sqrt((scores**2).sum(1) * (cosines**2).sum(1))
        with np.errstate(invalid="ignore"):
            correlations = (scores * cosines).sum(1) / lengths
        low, high = np.nanquantile(correlations, [(1 - level) / 2, (1 + level) / 2])
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
    """Compare cosines with the human scores of a file of ``word word score`` lines.

    Fields after the score are ignored, and so are lines that begin with #.  Lines of another form,
    such as header lines, are skipped with a warning.

    Parameters
    ----------
    delimiter : str, optional
        what separates the fields; any white space by default.
    restrict_vocab : int or None
        know only so many first (most frequent) words; None, the default: all.
    case_insensitive : bool
        compare words in upper case; of words that differ only in case, the most frequent counts.
    dummy4unknown : bool
        give a pair with an unknown word the cosine 0, instead of leaving it out.

    Raises
    ------
    ValueError
        a file without any pair; the message quotes the first line of another form.

    >>> similarity(wv, "pairs.txt").pairs
    3
    """
    path = Path(path)
    lookup = WordLookup(vectors.words, restrict_vocab, case_insensitive)

    def parse(line: str) -> tuple[int, int, float] | None:
        if line.startswith("#"):
            return None
        one, other, score, *_ = line.split(delimiter)
        if not math.isfinite(float(score)):
            raise ValueError
        return lookup.find(one.strip()), lookup.find(other.strip()), float(score)

    pairs = read_entries(path, encoding, "two words and a score", parse)
    first, second = np.array([rows[:2] for rows in pairs], np.int64).T
    known = (first >= 0) & (second >= 0)
    cosines = np.zeros(len(pairs))
    a, b = (normalized_rows(vectors.vectors[rows[known]]) for rows in (first, second))
    cosines[known] = np.einsum("ij,ij->i", a, b)
    counting = np.ones_like(known) if dummy4unknown else known
    unknown = int(len(known) - known.sum())
    scores = np.array([score for _, _, score in pairs])
    return Similarity(
        path.stem,
        scores[counting],
        cosines[counting],
        len(pairs),
        unknown,
        np.flatnonzero(counting),
    )
