"""The reference of the neural language model in float64 NumPy: slow, but easy to check.

Bengio et al. 2003, section 2: y = b + W x + U tanh(d + H x), with softmax; docs/method.md.
"""

import copy
from dataclasses import dataclass

import numpy as np


@dataclass
class Network:
    """C (V, m), H (h, (n - 1) m), d (h), O = [U W] or U (V, features), b (V)."""

    vectors: np.ndarray
    hidden_weights: np.ndarray
    hidden_biases: np.ndarray
    output_weights: np.ndarray
    output_biases: np.ndarray

    @classmethod
    def random(cls, words, n, size, hidden, direct, generator):
        inputs = (n - 1) * size
        features = hidden + direct * inputs
        shapes = ((words, size), (hidden, inputs), (hidden,), (words, features), (words,))
        return cls(*(generator.normal(scale=0.5, size=shape) for shape in shapes))

    def arrays(self):
        return list(vars(self).values())

    @property
    def direct(self):
        return self.output_weights.shape[1] > len(self.hidden_biases)


def windows(sentences, n):
    """The n - 1 words before each word and each end of a sentence, and it; word 0 is the edge."""
    for sentence in sentences:
        padded = [0] * (n - 1) + list(sentence) + [0]
        for end in range(n, len(padded) + 1):
            yield padded[end - n : end]


def forward(net, window):
    """x, h, f and the probabilities."""
    x = net.vectors[window[:-1]].ravel()
    h = np.tanh(net.hidden_biases + net.hidden_weights @ x)
    f = np.concatenate([h, x]) if net.direct else h
    scores = net.output_biases + net.output_weights @ f
    powers = np.exp(scores - scores.max())
    return x, h, f, powers / powers.sum()


def log_probability(net, window):
    return np.log(forward(net, window)[3][window[-1]])


def gradient(net, window):
    """-log(probability), differentiated by all arrays of the network."""
    x, h, f, by_scores = forward(net, window)
    by_scores[window[-1]] -= 1
    hidden = len(h)
    by_f = by_scores @ net.output_weights
    by_h = by_f[:hidden] * (1 - h**2)
    by_x = by_h @ net.hidden_weights + (by_f[hidden:] if net.direct else 0)
    by_vectors = np.zeros_like(net.vectors)
    np.add.at(by_vectors, window[:-1], by_x.reshape(len(window) - 1, -1))
    return [by_vectors, np.outer(by_h, x), by_h, np.outer(by_scores, f), by_scores]


def step(net, batch, rate, weight_decay):
    """The network after one batch of windows: the gradients are those of the network before."""
    after = copy.deepcopy(net)
    keep = 1 - rate * weight_decay * len(batch)
    for array in (after.vectors, after.hidden_weights, after.output_weights):  # not the biases
        array *= keep
    for window in batch:
        for array, slope in zip(after.arrays(), gradient(net, window), strict=True):
            array -= rate * slope
    return after
