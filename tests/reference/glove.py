"""The reference of GloVe in plain Python and float64 NumPy: slow, but easy to check.

Pairs are counted as cooccur.c counts them and trained as glove.c trains them; docs/method.md has
the formulas.
"""

from collections import defaultdict

import numpy as np


def count_pairs(sentences, window, symmetric=True, distance_weighting=True):
    """{(i, j): sum of weights}: each word with the words on its left, mirrored if symmetric."""
    counts = defaultdict(float)
    for sentence in sentences:
        for position, word in enumerate(sentence):
            for distance in range(1, min(window, position) + 1):
                left = sentence[position - distance]
                weight = 1 / distance if distance_weighting else 1.0
                counts[left, word] += weight
                if symmetric:
                    counts[word, left] += weight
    return dict(counts)


class Parameters:
    """Word vectors W, context vectors C, their biases b and d, and AdaGrad's sums of squares."""

    def __init__(self, w, c, b, d):
        self.w, self.c, self.b, self.d = (np.array(x, np.float64) for x in (w, c, b, d))
        self.w_squares, self.c_squares = np.ones_like(self.w), np.ones_like(self.c)
        self.b_squares, self.d_squares = np.ones_like(self.b), np.ones_like(self.d)


def weight(x, x_max, alpha):
    """f(x) = min(1, (x / x_max)^alpha)."""
    return min(1.0, (x / x_max) ** alpha)


def difference(p, i, j, x):
    """w_i . c_j + b_i + d_j - log x."""
    return p.w[i] @ p.c[j] + p.b[i] + p.d[j] - np.log(x)


def cost(p, entries, x_max, alpha):
    """Sum of f(x) difference^2 / 2 over entries (i, j, x)."""
    return sum(weight(x, x_max, alpha) * difference(p, i, j, x) ** 2 / 2 for i, j, x in entries)


def gradient(p, i, j, x, x_max, alpha):
    """The cost of one entry, differentiated by w_i, c_j, b_i and d_j."""
    slope = weight(x, x_max, alpha) * difference(p, i, j, x)
    return slope * p.c[j], slope * p.w[i], slope, slope


def step(p, i, j, x, *, x_max, alpha, eta, clip):
    """glove.c's update of one entry; returns its cost before.

    (glove.c does not clip the gradients of biases.  With its clip of 100 that makes no difference.)
    """
    before = cost(p, [(i, j, x)], x_max, alpha)
    by_w, by_c, by_b, by_d = gradient(p, i, j, x, x_max, alpha)
    w_step, c_step = np.clip(by_w, -clip, clip) * eta, np.clip(by_c, -clip, clip) * eta
    p.w[i] -= w_step / np.sqrt(p.w_squares[i])
    p.c[j] -= c_step / np.sqrt(p.c_squares[j])
    p.w_squares[i] += w_step**2
    p.c_squares[j] += c_step**2
    by_b, by_d = np.clip([by_b, by_d], -clip, clip)
    p.b[i] -= by_b / np.sqrt(p.b_squares[i])
    p.d[j] -= by_d / np.sqrt(p.d_squares[j])
    p.b_squares[i] += by_b**2
    p.d_squares[j] += by_d**2
    return before


def pull(p, prior, mu, eta):
    """One AdaGrad step on mu * |w + c - prior|^2 (Mittens), of rows without NaN.

    The gradient is that of the end of the step: with e = w + c - prior there, and steps
    s = 2 mu eta e, w moves by s / sqrt(its squares) and c likewise, which must leave e.
    """
    for i, wanted in enumerate(prior):
        if np.isnan(wanted).any():
            continue
        w_rate, c_rate = (2 * mu * eta / np.sqrt(s[i]) for s in (p.w_squares, p.c_squares))
        e = (p.w[i] + p.c[i] - wanted) / (1 + w_rate + c_rate)
        p.w[i] -= w_rate * e
        p.c[i] -= c_rate * e
        np.testing.assert_allclose(p.w[i] + p.c[i] - wanted, e, atol=1e-12)
        p.w_squares[i] += (2 * mu * eta * e) ** 2
        p.c_squares[i] += (2 * mu * eta * e) ** 2
