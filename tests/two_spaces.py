"""Vectors of the same words in two spaces: turned, and with noise that rare words have more of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


@dataclass
class Meanings:
    """What words mean: points, from which models differ by noise and by a turn of the space."""

    words: int = 2000
    size: int = 20

    def __post_init__(self) -> None:
        self.draw = np.random.default_rng(1)
        self.points = self.draw.standard_normal((self.words, self.size))
        self.counts = (1e6 / np.arange(1, self.words + 1)).astype(np.int64)
        self.keys = [f"w{row}" for row in range(self.words)]

    def turn(self) -> NDArray[np.float64]:
        """A random orthogonal matrix."""
        return np.linalg.qr(self.draw.standard_normal((self.size, self.size)))[0]

    def model(self, order: NDArray[np.int64] | None = None, noise: float = 8.0) -> KeyedVectors:
        """Vectors as a training might give them; ``order`` says whose meaning each word has."""
        order = np.arange(self.words) if order is None else order
        scale = noise / np.sqrt(self.counts)[:, None]
        noisy = self.points[order] + scale * self.draw.standard_normal((self.words, self.size))
        vectors = (noisy @ self.turn()).astype(np.float32)
        return KeyedVectors.of(Words.of(self.keys), vectors, self.counts)


def exchanged(rows: list[int], words: int) -> NDArray[np.int64]:
    """Rows in which each word of some pairs has the meaning of the other."""
    order = np.arange(words)
    order[rows] = np.array(rows).reshape(-1, 2)[:, ::-1].ravel()
    return order
