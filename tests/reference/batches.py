"""The objectives that compare a batch of windows with the same outputs, in float64 NumPy.

Sources
-------
Mikolov 2013     "Distributed Representations of Words and Phrases", equation 2
Bengio 2008      "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic
                 Language Model"; Jean 2015, "On Using Very Large Target Vocabulary for Neural
                 Machine Translation", section 3
Gutmann 2012     "Noise-Contrastive Estimation of Unnormalized Statistical Models"; Mnih 2012, "A
                 Fast and Simple Algorithm for Training Neural Probabilistic Language Models"

Names
-----
hidden (B, D)       the input row of each window
outputs (V, D)      one row a word
targets             for each window, the ids of the words that it must predict
noise (N,)          ids of the noise words that all windows share; for sampled softmax all different
corrections (V,)    what is added to the score of each word
share               how much each noise word counts in NCE
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from reference.word2vec import Floats, Ints, sigmoid

Targets = Sequence[Sequence[int]]


def choices(target: int, noise: Ints) -> Ints:
    """What a target is chosen from: itself, and the noise words that are others."""
    return np.array([target, *noise[noise != target]])


def softmax(scores: Floats) -> Floats:
    """The probabilities of some outputs."""
    powers = np.exp(scores - scores.max())
    result: Floats = powers / powers.sum()
    return result


def pairs_of(targets: Targets) -> Iterator[tuple[int, int]]:
    """Each window with each of its targets."""
    return ((b, target) for b, words in enumerate(targets) for target in words)


def loss(
    objective: str,
    hidden: Floats,
    outputs: Floats,
    targets: Targets,
    noise: Ints,
    corrections: Floats,
    share: float = 1.0,
) -> float:
    """The sum over all windows and targets of -log(probability of what is right)."""
    scores, total = hidden @ outputs.T + corrections, 0.0
    for b, target in pairs_of(targets):
        if objective == "nce":
            total += np.logaddexp(0, -scores[b, target])
            total += share * np.logaddexp(0, scores[b, noise]).sum()
        else:
            full = objective == "softmax"
            among = choices(target, np.arange(len(outputs)) if full else noise)
            total -= np.log(softmax(scores[b, among])[0])
    return float(total)


def steps(
    objective: str,
    hidden: Floats,
    outputs: Floats,
    targets: Targets,
    noise: Ints,
    corrections: Floats,
    share: float = 1.0,
) -> Floats:
    """By how much (B, V) each window's input and each output move towards each other: minus the
    derivative of :func:`loss` by their scores."""
    scores = hidden @ outputs.T + corrections
    moves = np.zeros_like(scores)
    for b, target in pairs_of(targets):
        moves[b, target] += 1
        if objective == "nce":
            among = np.array([target, *noise])
            probabilities = np.array([1.0, *[share] * len(noise)]) * sigmoid(scores[b, among])
        else:
            full = objective == "softmax"
            among = choices(target, np.arange(len(outputs)) if full else noise)
            probabilities = softmax(scores[b, among])
        np.subtract.at(moves[b], among, probabilities)
    return moves
