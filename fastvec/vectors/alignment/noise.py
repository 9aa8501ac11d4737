"""How far words move by chance: what two models say that learned from the same kind of text.

The distance that a word moves by chance goes by how often it occurred.  So distances are measured
in standard deviations from the median of the words that are about as frequent.  The chances of the
largest distances, and of those that are larger than any that was seen, fall exponentially.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: words in a band of frequencies, and bands at most
BAND, MOST_BANDS = 200, 20
#: the share of the largest distances, whose chances fall exponentially, and the fewest of them
TAIL, LEAST_TAIL = 0.02, 50
#: the fewest words that say something about chance
LEAST_WORDS = 200
#: what rounding moves words by, about
LEAST_MOVED = 1e-5
#: the standard deviation of a normal distribution whose median absolute deviation is 1
DEVIATION = 1.4826


class Noise:
    """The distances that words move by chance.

    Parameters
    ----------
    frequency : (N,) array
        how often each word occurred.
    moved : (N,) array
        how far it moved.

    Raises
    ------
    ValueError
        fewer than 200 words; words that do not move, since the pair is one model twice.

    >>> draw = np.random.default_rng(1)
    >>> noise = Noise(draw.uniform(50, 5000, 4000), draw.normal(0.3, 0.05, 4000))
    >>> noise.z(np.array([100.0]), np.array([0.4])).round()
    array([2.])
    """

    def __init__(self, frequency: NDArray[Any], moved: NDArray[Any]) -> None:
        if len(moved) < LEAST_WORDS:
            raise ValueError(
                f"the noise pair has {len(moved)} words in common that are frequent enough, and "
                f"at least {LEAST_WORDS} are needed to say how far words move by chance"
            )
        if np.median(moved) < LEAST_MOVED:
            raise ValueError(
                "the words of the noise pair do not move at all: it must be two trainings, not one"
            )
        bands = np.array_split(
            np.argsort(frequency, kind="stable"), np.clip(len(moved) // BAND, 1, MOST_BANDS)
        )
        self._at = np.array([np.log(frequency[band]).mean() for band in bands])
        self._median = np.array([np.median(moved[band]) for band in bands])
        spread = [np.median(np.abs(moved[band] - np.median(moved[band]))) for band in bands]
        self._spread = np.maximum(DEVIATION * np.array(spread), LEAST_MOVED)
        self._sorted = np.sort(self.z(frequency, moved))
        tail = self._sorted[-max(LEAST_TAIL, round(TAIL * len(moved))) :]
        self._start, self._share = tail[0], len(tail) / len(moved)
        self._mean = max(float(np.mean(tail - tail[0])), 1e-9)

    def z(self, frequency: NDArray[Any], moved: NDArray[Any]) -> Floats:
        """(N,) how many standard deviations words have moved further than the median of those that
        are as frequent.

        >>> noise = Noise(np.full(400, 60.0), np.tile(np.linspace(0.1, 0.3, 200), 2))
        >>> noise.z(np.array([60.0]), np.array([0.3])).round(2).tolist()
        [1.34]
        """
        log = np.log(frequency)
        median = np.interp(log, self._at, self._median)
        z: Floats = (moved - median) / np.interp(log, self._at, self._spread)
        return z

    def chance(self, z: NDArray[Any]) -> Floats:
        """(N,) the probability that a word moves at least so far by chance.

        >>> noise = Noise(np.full(400, 60.0), np.tile(np.linspace(0.1, 0.3, 200), 2))
        >>> noise.chance(np.array([0.0])).tolist()
        [0.5]
        """
        seen = 1 - np.searchsorted(self._sorted, z) / len(self._sorted)
        beyond = self._share * np.exp(-np.maximum(z - self._start, 0) / self._mean)
        return np.where(z > self._start, beyond, seen)

    def floor(self, words: int) -> float:
        """The z beyond which less than one of so many words is expected by chance.

        >>> noise = Noise(np.full(400, 60.0), np.tile(np.linspace(0.1, 0.3, 200), 2))
        >>> noise.floor(100) < noise.floor(400)
        True
        """
        return float(self._start + self._mean * max(0.0, np.log(words * self._share)))
