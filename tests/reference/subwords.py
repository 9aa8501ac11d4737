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


def train(model: Model, sentences: Sequence[Sequence[int]], method: Method) -> float:
    """One epoch with windows of a fixed size; returns the loss.

    The mean of a word's rows is computed when the word comes into reach of the window, and again
    whenever it comes into reach once more, after its rows were given what the mean learned.  When
    no window reaches the word any more, its rows are given that, too.
    """
    return sum(_train_sentence(model, sentence, method) for sentence in sentences)


def _train_sentence(model: Model, sentence: Sequence[int], method: Method) -> float:
    now, first, uses, total = {}, {}, Counter[int](), 0.0

    def put_back(word: int) -> None:
        step = now[word] - first[word]
        spread(model.words, model.ngrams, model.bags[word], word, step)

    def take(word: int) -> None:
        if uses[word]:
            put_back(word)
        now[word] = mean(model.words, model.ngrams, model.bags[word], word)
        first[word] = now[word].copy()
        uses[word] += 1

    def leave(word: int) -> None:
        uses[word] -= 1
        if not uses[word]:
            put_back(word)

    for word in sentence[: method.window]:
        take(word)
    for i in range(len(sentence)):
        if i > method.window:
            leave(sentence[i - method.window - 1])
        if i + method.window < len(sentence):
            take(sentence[i + method.window])
        total += _train_window(model, now, sentence, i, method)
    for word in sentence[max(0, len(sentence) - method.window - 1) :]:
        leave(word)
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
