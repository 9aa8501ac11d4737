"""The reference of Collobert and Weston's network in float64 NumPy: slow, but easy to check.

Collobert & Weston (2008), "A Unified Architecture for Natural Language Processing"; Collobert et
al. (2011), "Natural Language Processing (Almost) from Scratch": section 3.3.1 (the network), 3.4.3
(its rates), 4.2 (the ranking criterion).

Names
-----
vectors (V + 2, D)   one row a word, then those of rare words and of places beyond the sentence
weights (N, D, H)    the first layer, for each place of a window
bias (H,), top (H,)  the hidden units' bias, and the weights of the score
window (N,)          ids of the words of a window; the middle one is compared with a wrong word
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from reference.word2vec import splitmix64

Floats = NDArray[np.float64]
MASK = 2**64 - 1
BATCH, CHUNK = 64, 10000


@dataclass
class Network:
    """What is learned."""

    vectors: Floats
    weights: Floats
    bias: Floats
    top: Floats

    def hidden(self, window: list[int]) -> Floats:
        """The hidden units (H,) before HardTanh."""
        result: Floats = np.einsum("nd,ndh->h", self.vectors[window], self.weights) + self.bias
        return result

    def score(self, window: list[int]) -> float:
        """How plausible a window is."""
        return float(self.top @ hard_tanh(self.hidden(window)))


def hard_tanh(x: Floats) -> Floats:
    """x between -1 and 1, and those beyond."""
    return np.clip(x, -1, 1)


def replaced(window: list[int], word: int) -> list[int]:
    """The window with another word in its middle."""
    middle = len(window) // 2
    return [*window[:middle], word, *window[middle + 1 :]]


def loss(net: Network, window: list[int], wrong: int) -> float:
    """max(0, 1 - f(window) + f(window with a wrong word)): equation 17 of the paper of 2011."""
    return max(0.0, 1 - net.score(window) + net.score(replaced(window, wrong)))


def gradient(net: Network, window: list[int], wrong: int) -> Network:
    """The derivatives of :func:`loss` by everything that is learned."""
    parts = [np.zeros_like(a) for a in (net.vectors, net.weights, net.bias, net.top)]
    by = Network(*parts)
    if loss(net, window, wrong) <= 0:
        return by
    for sign, some in ((-1, window), (1, replaced(window, wrong))):
        hidden = net.hidden(some)
        slopes = sign * net.top * (abs(hidden) < 1)
        by.top += sign * hard_tanh(hidden)
        by.bias += slopes
        by.weights += net.vectors[some][:, :, None] * slopes
        np.add.at(by.vectors, some, net.weights @ slopes)
    return by


def step(net: Network, window: list[int], wrong: int, alpha: float) -> float:
    """One step down the gradient; returns the loss before it.

    The rate of a layer is alpha divided by its fan-in, the number of values that each of its
    outputs is computed from: 1 for the vectors, N * D for the first layer, H for the score.
    """
    before, by = loss(net, window, wrong), gradient(net, window, wrong)
    inputs = net.weights.shape[0] * net.weights.shape[1]
    net.vectors -= alpha * by.vectors
    net.weights -= alpha / inputs * by.weights
    net.bias -= alpha / inputs * by.bias
    net.top -= alpha / len(net.top) * by.top
    return before


def windows(sentence: list[int], reach: int, words: int, rare: int) -> list[list[int]]:
    """The windows of a sentence: ids from ``words`` on are rare, and rare + 1 is beyond it."""
    inside = [word if word < words else rare for word in sentence]
    beyond = [rare + 1] * reach
    places = [*beyond, *inside, *beyond]
    return [places[i : i + 2 * reach + 1] for i in range(len(sentence))]


def wrong_words(chunk: int, seed: int, middles: list[int], words: int) -> list[int]:
    """The wrong word of each window of a chunk: any but the right one, equally often."""
    state, drawn = seed ^ (chunk * 0xD1B54A32D192ED03) & MASK, []
    for right in middles:
        others = words - 1 if right < words else words
        state, bits = splitmix64(state)
        word = (bits & 0xFFFFFFFF) * others >> 32
        drawn.append(word + (word >= right))
    return drawn


def train(
    net: Network, sentences: list[list[int]], alpha: float, seed: int, words: int
) -> list[float]:
    """An epoch of less than 10,000 words at a constant rate; returns the loss of each window."""
    reach, rare = len(net.weights) // 2, len(net.vectors) - 2
    all_windows = [w for s in sentences for w in windows(s, reach, words, rare)]
    middles = [window[reach] for window in all_windows]
    wrong = wrong_words(0, seed, middles, words)
    return [step(net, w, other, alpha) for w, other in zip(all_windows, wrong, strict=True)]
