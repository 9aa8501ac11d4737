"""The reference of training with subwords: words that are the means of rows (fastText).

Sources
-------
Bojanowski 2017  "Enriching Word Vectors with Subword Information"
fastText         https://github.com/facebookresearch/fastText, fasttext.cc and model.cc

Names are those of word2vec.py, and
ngrams (N, D)    one row an n-gram
bags             for each word the rows of its n-grams; one that is twice in a word is there twice
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from reference import word2vec as reference
from reference.word2vec import Floats, Ints

Targets = tuple[Ints, Floats]


def mean(words: Floats, ngrams: Floats, bag: Sequence[int], word: int) -> Floats:
    """The vector of a word (D,): the mean of its own row and of its n-grams' rows."""
    return np.mean([words[word], *(ngrams[row] for row in bag)], axis=0)


def spread(words: Floats, ngrams: Floats, bag: Sequence[int], word: int, step: Floats) -> None:
    """Give each row of a bag the whole step of their mean (fasttext.cc: ``addRow(grad, row, 1)``).

    The true gradient of each row is that of the mean divided by the number of rows.
    """
    words[word] += step
    for row in bag:
        ngrams[row] += step


@dataclass
class Model:
    """Everything that is trained, and which n-grams words have."""

    words: Floats
    ngrams: Floats
    outputs: Floats
    bags: Sequence[Sequence[int]]


@dataclass
class Method:
    """How one window is trained."""

    targets: Callable[[int], Targets]  # of a centre word
    alpha: float
    window: int
    skip_gram: bool = True
    cbow_mean: bool = True
    corrected: bool = False
    block: int = 20_000


class OpenBags:
    """The means of the words that are in reach of a window, or will be again in the same block.

    The text is divided into blocks.  The mean of a word's rows is computed when the word comes into
    reach of a window, and again where it comes into reach in another block, after its rows were
    given what the mean learned.  They are given that, too, when no window reaches the word's last
    place in the block any more.
    """

    def __init__(self, model: Model, text: Sequence[int], block: int) -> None:
        self.model, self.text, self.block = model, text, block
        self.now: dict[int, Floats] = {}
        self.first: dict[int, Floats] = {}
        self.taken: dict[int, int] = {}
        self.left = Counter[int]()
        self.opened = self.closed = 0

    def put_back(self, word: int) -> None:
        step = self.now.pop(word) - self.first.pop(word)
        spread(self.model.words, self.model.ngrams, self.model.bags[word], word, step)

    def reach(self, start: int, stop: int) -> None:
        """Close the bags of positions before start, and open those before stop."""
        for position in range(self.closed, start):
            word = self.text[position]
            self.left[word] -= 1
            if not self.left[word]:
                self.put_back(word)
        for position in range(self.opened, stop):
            if position % self.block == 0:
                self.left.update(self.text[position : position + self.block])
            self.open(position)
        self.closed, self.opened = max(self.closed, start), max(self.opened, stop)

    def open(self, position: int) -> None:
        word = self.text[position]
        if word in self.now and self.taken[word] < position // self.block * self.block:
            self.put_back(word)
        if word not in self.now:
            self.now[word] = mean(self.model.words, self.model.ngrams, self.model.bags[word], word)
            self.first[word], self.taken[word] = self.now[word].copy(), position


def train(model: Model, sentences: Sequence[Sequence[int]], method: Method) -> float:
    """One epoch with windows of a fixed size, in one chunk; returns the loss."""
    text = [word for sentence in sentences for word in sentence]
    bags, start, total = OpenBags(model, text, method.block), 0, 0.0
    for sentence in sentences:
        end = start + len(sentence)
        for i in range(len(sentence)):
            at = start + i
            bags.reach(max(at - method.window, start), min(at + method.window + 1, end))
            total += _train_window(model, bags.now, sentence, i, method)
        start = end
    bags.reach(len(text), len(text))
    return total


def _train_window(
    model: Model, now: dict[int, Floats], sentence: Sequence[int], i: int, method: Method
) -> float:
    contexts = reference.contexts(sentence, i, method.window)
    if not contexts:
        return 0.0
    targets, labels = method.targets(sentence[i])
    sizes = np.array([1 + len(model.bags[word]) for word in contexts])
    step = _skipgram if method.skip_gram else _cbow
    return step(now, contexts, sizes, model.outputs, targets, labels, method)


def _skipgram(
    now: dict[int, Floats],
    contexts: Sequence[int],
    sizes: Ints,
    outputs: Floats,
    targets: Ints,
    labels: Floats,
    method: Method,
) -> float:
    """All steps by the old values; a word that is twice in the window gets both of its steps, and
    the outputs get the second one by what the word is after the first."""
    del sizes
    inputs, rows = np.stack([now[word] for word in contexts]), outputs[targets]
    steps = reference.steps(inputs, rows, labels, method.alpha)
    for word, its in zip(contexts, steps, strict=True):
        outputs[targets] += np.outer(its, now[word])
        now[word] += its @ rows
    return reference.loss(inputs, rows, labels)


def _cbow(
    now: dict[int, Floats],
    contexts: Sequence[int],
    sizes: Ints,
    outputs: Floats,
    targets: Ints,
    labels: Floats,
    method: Method,
) -> float:
    hidden = cbow_input(np.stack([now[word] for word in contexts]), sizes, method.cbow_mean)
    moved, outputs[targets], cost = reference.update(hidden, outputs[targets], labels, method.alpha)
    share = 1 / sizes.sum() if method.corrected and method.cbow_mean else 1.0
    for word in contexts:  # one that is twice in the window gets the step twice
        now[word] += share * (moved - hidden)[0]
    return cost


def cbow_input(rows: Floats, sizes: Ints, mean: bool) -> Floats:
    """The mean (or sum) of all rows of the bags (1, D), given the mean of each and its size."""
    total = (sizes[:, None] * rows).sum(axis=0, keepdims=True)
    return total / sizes.sum() if mean else total
