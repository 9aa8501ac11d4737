"""The reference: every formula of word2vec in float64 NumPy, to be read like a textbook.

The native code must agree with this file, and `test_reference.py` shows that this file agrees with
mathematics (two-sided differences, Kraft's sum, an optimal tree).  Nothing here is fast.

Sources
-------
word2vec.c   Mikolov's program, https://code.google.com/archive/p/word2vec, commit 20c129a
Mikolov 2013 "Distributed Representations of Words and Phrases and their Compositionality"
Ji 2016      "Parallelizing Word2Vec in Shared and Distributed Memory" (HogBatch)
Irsoy 2021   "Corrected CBOW Performs as well as Skip-gram"
Steele 2014  "Fast Splittable Pseudorandom Number Generators" (splitmix64)

Names
-----
vectors (V, D)   one row a word: what is kept after training
outputs (V, D)   negative sampling: one row a word; hierarchical softmax: one row an inner node
contexts (M,)    ids of the words in the window; they are the inputs (word2vec.c's direction)
targets (N,)     ids of the output rows that the window must tell apart, with ...
labels (N,)      ... 1 for what occurred and 0 for what did not
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# --- one batched step: the heart of all four models


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def loss(inputs: Floats, outputs: Floats, labels: Floats) -> float:
    """How badly inputs (M, D) predict the labels of outputs (N, D): the sum of -log P(label).

    P(1) = sigmoid(input . output) and P(0) = sigmoid(-input . output): Mikolov 2013, equation 4
    (negative sampling) and equation 3 (hierarchical softmax).
    """
    signs = 2 * labels - 1
    return float(np.logaddexp(0, -signs * (inputs @ outputs.T)).sum())


def steps(inputs: Floats, outputs: Floats, labels: Floats, alpha: float) -> Floats:
    """By how much (M, N) each input moves towards each output, and the output towards the input."""
    return alpha * (labels - sigmoid(inputs @ outputs.T))


def update(
    inputs: Floats, outputs: Floats, labels: Floats, alpha: float
) -> tuple[Floats, Floats, float]:
    """One step down the gradient of :func:`loss`; also the loss before the step.

    Both sides move by the OLD values of the other (Ji 2016).  With one input row this
    is the step of word2vec.c: lines 454-458 (hierarchical softmax), 479-481 (negative sampling),
    without the faults of its sigmoid table.
    """
    g = steps(inputs, outputs, labels, alpha)
    return inputs + g @ outputs, outputs + g.T @ inputs, loss(inputs, outputs, labels)


# --- which (output row, label) pairs: negative sampling and hierarchical softmax


def negative_list(center: int, noise: Sequence[int]) -> tuple[Ints, Floats]:
    """The centre word, label 1, and noise words, label 0.

    A draw that equals the centre is left out, not drawn again (word2vec.c, line 473).
    """
    targets = np.array([center, *(word for word in noise if word != center)], np.int64)
    labels = np.zeros(len(targets))
    labels[0] = 1
    return targets, labels


def tree_list(code: Ints, nodes: Ints) -> tuple[Ints, Floats]:
    """The inner nodes on the centre word's Huffman path; label = 1 - code bit (line 458)."""
    return nodes, 1.0 - code


# --- which inputs: skip-gram and CBOW


def contexts(sentence: Sequence[int], position: int, reach: int) -> list[int]:
    """The words at most ``reach`` words away from a position (word2vec.c, lines 434-439)."""
    before = sentence[max(0, position - reach) : position]
    after = sentence[position + 1 : position + 1 + reach]
    return [*before, *after]


def skipgram(
    vectors: Floats, outputs: Floats, contexts: Ints, targets: Ints, labels: Floats, alpha: float
) -> tuple[Floats, Floats, float]:
    """One window of skip-gram: every context word is an input, all share one list of targets.

    A word that is twice in ``contexts`` or ``targets`` receives both of its steps.
    """
    inputs, rows, cost = update(vectors[contexts], outputs[targets], labels, alpha)
    vectors, outputs = vectors.copy(), outputs.copy()
    np.add.at(vectors, contexts, inputs - vectors[contexts])
    np.add.at(outputs, targets, rows - outputs[targets])
    return vectors, outputs, cost


def skipgram_by_pairs(
    vectors: Floats,
    outputs: Floats,
    contexts: Ints,
    lists: Sequence[tuple[Ints, Floats]],
    alpha: float,
) -> tuple[Floats, Floats, float]:
    """One window as textbooks describe it: pair after pair, each with its own list of targets.

    Each pair sees what the pairs before it changed (word2vec.c, lines 496-543).
    """
    total = 0.0
    for context, (targets, labels) in zip(contexts, lists, strict=True):
        alone = np.array([context])
        vectors, outputs, cost = skipgram(vectors, outputs, alone, targets, labels, alpha)
        total += cost
    return vectors, outputs, total


def pairs(
    inputs: Floats, partners: Floats, noise: Floats, weights: Floats, alpha: float
) -> tuple[Floats, Floats, Floats, float]:
    """One step on pairs (M, D) that share noise words (N, D), each with a weight.

    Every row moves by the old values of the others; the loss counts each noise word once.
    """
    own = alpha * (1 - sigmoid((inputs * partners).sum(axis=1, keepdims=True)))
    shared = -alpha * weights * sigmoid(inputs @ noise.T)
    cost = -np.log(sigmoid((inputs * partners).sum(axis=1))).sum()
    cost += loss(inputs, noise, np.zeros(len(noise))) if len(noise) else 0.0
    return (
        inputs + own * partners + shared @ noise,
        partners + own * inputs,
        noise + shared.T @ inputs,
        float(cost),
    )


def cbow_hidden(vectors: Floats, contexts: Ints, mean: bool = True) -> Floats:
    """The one input row of CBOW (1, D): the mean of the context rows, or their sum."""
    total = vectors[contexts].sum(axis=0, keepdims=True)
    return total / len(contexts) if mean else total


def cbow(
    vectors: Floats,
    outputs: Floats,
    contexts: Ints,
    targets: Ints,
    labels: Floats,
    alpha: float,
    mean: bool = True,
    corrected: bool = False,
) -> tuple[Floats, Floats, float]:
    """One window of CBOW: the step of the hidden row is given to every context row.

    word2vec.c gives each of the C rows the whole step, also if the hidden row is their mean (lines
    439-493): that is C times the true gradient.  With ``corrected`` it is the true gradient, the
    step divided by C (Irsoy 2021).  If the hidden row is the sum, the whole step is the true
    gradient already.
    """
    hidden = cbow_hidden(vectors, contexts, mean)
    moved, rows, cost = update(hidden, outputs[targets], labels, alpha)
    step = moved - hidden
    if corrected and mean:
        step /= len(contexts)
    vectors, outputs = vectors.copy(), outputs.copy()
    np.add.at(vectors, contexts, step)
    np.add.at(outputs, targets, rows - outputs[targets])
    return vectors, outputs, cost


# --- random draws and the learning rate


def keep_probability(counts: Ints, sample: float) -> Floats:
    """The probability of keeping an occurrence of each word.

    word2vec.c, line 409; the formula of Mikolov 2013 (equation 5) lacks the second term.
    """
    if sample == 0:
        return np.ones(len(counts))
    ratio = sample * counts.sum() / np.maximum(counts, 1)
    return np.minimum(1, np.sqrt(ratio) + ratio)


def noise_distribution(counts: Ints, exponent: float = 0.75) -> Floats:
    """The probability of drawing each word as noise (word2vec.c, lines 52-68)."""
    weights = counts.astype(np.float64) ** exponent
    return weights / weights.sum()


def learning_rate(done: int, total: int, alpha: float, min_alpha: float) -> float:
    """The rate after ``done`` of ``total`` words (of all epochs): a line that ends at min_alpha."""
    return max(min_alpha, alpha - (alpha - min_alpha) * done / total)


def splitmix64(state: int) -> tuple[int, int]:
    """The next state and a random 64-bit number (Steele 2014)."""
    mask = (1 << 64) - 1
    state = (state + 0x9E3779B97F4A7C15) & mask
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return state, z ^ (z >> 31)


# --- Huffman tree


def huffman_depths(counts: Sequence[int], order: Sequence[int]) -> list[int]:
    """The depth of each word: the two lightest nodes are merged until one is left (Huffman 1952).

    Of equally heavy nodes, words are merged before inner nodes, words from the last position in
    ``order`` to the first, and inner nodes in the order in which they were made.
    """
    size = len(counts)
    heap = [(counts[word], 0, -order[word], (word,)) for word in range(size)]
    heapq.heapify(heap)
    depths = [0] * size
    for made in range(size - 1):
        (first, *_, left), (second, *_, right) = heapq.heappop(heap), heapq.heappop(heap)
        for word in left + right:
            depths[word] += 1
        heapq.heappush(heap, (first + second, 1, made, left + right))
    return depths


def huffman(counts: Sequence[int], order: Sequence[int]) -> list[tuple[Ints, Ints]]:
    """The Huffman code of every word, and the inner nodes that its bits are decided at.

    Words of the same depth may be exchanged: at each depth, from the deepest up, neighbours by
    ``order`` become siblings, where the position of an inner node is that of the first word below
    it.  All positions in ``order`` are different.  Inner nodes are numbered 0 .. V - 2 as they are
    made, from right to left, so that the root is V - 2.

    Returns, for each word, its code bits and its nodes from the root down, both (length,).
    """
    size = len(counts)
    depths = huffman_depths(counts, order)
    parent, bit = [0] * (2 * size - 1), [0] * (2 * size - 1)
    nodes: list[tuple[int, int]] = []  # position, node
    made = size
    for depth in range(max(depths), 0, -1):
        words = [(order[word], word) for word in range(size) if depths[word] == depth]
        row = sorted(nodes + words)
        nodes = []
        for (position, left), (_, right) in zip(row[-2::-2], row[::-2], strict=True):
            parent[left] = parent[right] = made
            bit[right] = 1
            nodes.append((position, made))
            made += 1

    def path(word: int) -> tuple[Ints, Ints]:
        code, above = [], []
        while word != 2 * size - 2:
            code.append(bit[word])
            word = parent[word]
            above.append(word - size)
        return np.array(code[::-1], np.int64), np.array(above[::-1], np.int64)

    return [path(word) for word in range(size)]
