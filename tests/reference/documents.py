"""The reference for documents: Doc2Vec's windows in float64 (Le and Mikolov 2014).

The rows of documents follow those of the words in one matrix ``vectors``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from reference import word2vec

Floats = NDArray[np.float64]
Targets = tuple[NDArray[np.int64], Floats]


@dataclass(frozen=True)
class Method:
    """What a word is predicted from.

    ``alone``: each document by itself (PV-DBOW).  Otherwise with ``skip_gram`` each document and
    each context word by itself (PV-DBOW that trains words), and without it all of them together
    (PV-DM).
    """

    targets: Callable[[int], Targets]
    window: int
    alone: bool
    skip_gram: bool
    mean: bool = True
    most: int = 64  # targets of words that a document predicts at once, at least those of one


def window_step(
    vectors: Floats,
    outputs: Floats,
    context: Sequence[int],
    documents: Sequence[int],
    centre: int,
    alpha: float,
    method: Method,
) -> tuple[Floats, Floats, float]:
    """One window of documents and context words: the new vectors and outputs, and the loss."""
    targets = method.targets(centre)
    inputs = np.array([*context, *documents], np.int64)
    if not len(inputs):
        return vectors, outputs, 0.0
    if method.skip_gram:
        return word2vec.skipgram(vectors, outputs, inputs, *targets, alpha)
    return word2vec.cbow(vectors, outputs, inputs, *targets, alpha, method.mean)


def document_steps(
    vectors: Floats,
    outputs: Floats,
    document: int,
    centres: Sequence[int],
    alpha: float,
    method: Method,
) -> tuple[Floats, Floats, float]:
    """A document predicts some centre words at once.

    All scores are those of the old values; the document moves by outputs that the same step has
    changed before where they are listed twice.
    """
    targets, labels = (
        np.concatenate(each) for each in zip(*map(method.targets, centres), strict=True)
    )
    vectors, outputs = vectors.copy(), outputs.copy()
    x = vectors[document].copy()
    cost = word2vec.loss(x[None], outputs[targets], labels)
    steps = word2vec.steps(x[None], outputs[targets], labels, alpha)[0]
    for target, step in zip(targets.tolist(), steps.tolist(), strict=True):
        vectors[document] += step * outputs[target]
        outputs[target] += step * x
    return vectors, outputs, cost


def groups(sentence: Sequence[int], method: Method) -> list[list[int]]:
    """The words of a sentence, as many together as have at most so many targets."""
    found: list[list[int]] = []
    room = 0
    for centre in sentence:
        size = len(method.targets(centre)[0])
        if size > room:
            found.append([])
            room = method.most
        found[-1].append(centre)
        room -= size
    return found


def sentence_steps(
    vectors: Floats,
    outputs: Floats,
    sentence: Sequence[int],
    documents: Sequence[int],
    alpha: float,
    method: Method,
) -> tuple[Floats, Floats, float]:
    """One sentence, which belongs to some documents (rows of ``vectors``)."""
    total = 0.0
    if method.alone:
        for centres in groups(sentence, method):
            for document in documents:
                vectors, outputs, cost = document_steps(
                    vectors, outputs, document, centres, alpha, method
                )
                total += cost
        return vectors, outputs, total
    for i, centre in enumerate(sentence):
        context = word2vec.contexts(sentence, i, method.window)
        vectors, outputs, cost = window_step(
            vectors, outputs, context, documents, centre, alpha, method
        )
        total += cost
    return vectors, outputs, total


def train(
    vectors: Floats,
    outputs: Floats,
    sentences: Sequence[Sequence[int]],
    documents: Sequence[Sequence[int]],
    alpha: float,
    method: Method,
) -> tuple[Floats, Floats, float]:
    """One epoch over sentences, each of which belongs to some documents (rows of ``vectors``)."""
    total = 0.0
    for sentence, rows in zip(sentences, documents, strict=True):
        vectors, outputs, cost = sentence_steps(vectors, outputs, sentence, rows, alpha, method)
        total += cost
    return vectors, outputs, total


def infer(
    vectors: Floats,
    outputs: Floats,
    start: Floats,
    sentence: Sequence[int],
    rates: Sequence[float],
    method: Method,
) -> Floats:
    """The vector of a new document, which begins as ``start``: nothing else changes."""
    row = len(vectors)
    for alpha in rates:
        if method.alone:
            for centres in groups(sentence, method):
                parts = zip(*map(method.targets, centres), strict=True)
                targets, labels = (np.concatenate(each) for each in parts)
                start = word2vec.update(start[None], outputs[targets], labels, alpha)[0][0]
        for i, centre in enumerate(() if method.alone else sentence):
            context = word2vec.contexts(sentence, i, method.window)
            stacked = np.vstack([vectors, start])
            start = window_step(stacked, outputs, context, [row], centre, alpha, method)[0][row]
    return start
