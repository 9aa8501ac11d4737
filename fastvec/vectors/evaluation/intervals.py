"""Intervals of scores: of one accuracy (Wilson 1927), and of the mean of runs (Student 1908)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np


def wilson_interval(right: int, asked: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of an accuracy; NaN where nothing was asked.

    >>> [round(bound, 4) for bound in wilson_interval(5, 10)]
    [0.2366, 0.7634]
    """
    if not asked:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = right / asked, 1 + z * z / asked
    centre = (share + z * z / (2 * asked)) / weight
    half = z / weight * math.sqrt(share * (1 - share) / asked + (z / (2 * asked)) ** 2)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Summary:
    """What several runs say together.

    Attributes
    ----------
    mean, deviation : float
        the mean, and the standard deviation of one run (with n - 1); NaN for one run.
    low, high : float
        Student's interval of the mean; NaN for one run.
    """

    mean: float
    deviation: float
    low: float
    high: float


def summary(values: Sequence[float], level: float = 0.95) -> Summary:
    """The mean of several runs, their standard deviation, and the interval of the mean.

    >>> summary([0.5, 0.6, 0.7]).mean
    0.6
    """
    from scipy.stats import t  # slow to import, and needed here only

    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return Summary(mean, math.nan, math.nan, math.nan)
    deviation = float(np.std(values, ddof=1))
    half = float(t.ppf((1 + level) / 2, n - 1)) * deviation / math.sqrt(n)
    return Summary(mean, deviation, mean - half, mean + half)
