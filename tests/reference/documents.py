"""The reference for documents: Doc2Vec's windows in float64 (Le and Mikolov 2014).

The rows of documents follow those of the words in one matrix ``vectors``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from reference import blocks, word2vec

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
    noise: int | None = None  # the word that is always the noise word, or None with a tree
    shared: bool = True  # PV-DBOW: documents, or the words of a new one, share noise words


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
    if method.alone:
        rows, lists = np.array(documents, np.int64), [targets] * len(documents)
        return word2vec.skipgram_by_pairs(vectors, outputs, rows, lists, alpha)
    inputs = np.array([*context, *documents], np.int64)
    if not len(inputs):
        return vectors, outputs, 0.0
    if method.skip_gram:
        return word2vec.skipgram(vectors, outputs, inputs, *targets, alpha)
    return word2vec.cbow(vectors, outputs, inputs, *targets, alpha, method.mean)


def stream_step(
    vectors: Floats, outputs: Floats, pairs: list[tuple[int, int]], noise: int, alpha: float
) -> float:
    """One step, in place, on pairs of a word and a document, which share a noise word; the loss.

    If that is the word of some pair, only the others are trained with it, and later.
    """
    clash = any(word == noise for word, _ in pairs)
    own = [vectors[row] @ outputs[word] for word, row in pairs]
    cost = float(np.logaddexp(0, -np.array(own)).sum())
    if not clash:
        cost += float(np.logaddexp(0, vectors[[row for _, row in pairs]] @ outputs[noise]).sum())
    blocks.step(vectors, outputs, pairs, {} if clash else {noise: 1}, alpha)
    others = [row for word, row in pairs if word != noise]
    if clash and others:
        cost += float(np.logaddexp(0, vectors[others] @ outputs[noise]).sum())
        blocks.noise_step(vectors, outputs, others, noise, alpha)
    return cost


def train_streams(
    vectors: Floats,
    outputs: Floats,
    sentences: Sequence[Sequence[int]],
    documents: Sequence[Sequence[int]],
    alpha: float,
    noise: int,
    seed: int,
) -> float:
    """One epoch of PV-DBOW over one chunk, in place, with one noise word; the loss.

    The documents are in random order, and their words are cut into streams; with several tags
    each, once for the first of them, then for the second.
    """
    random = blocks.Random(seed)
    for _ in range(sum(map(len, sentences))):
        random.bits()  # every word is kept
    order = [i for i, sentence in enumerate(sentences) if sentence]
    blocks.shuffle(order, random)
    total = 0.0
    for tag in range(max(map(len, documents))):
        having = [i for i in order if len(documents[i]) > tag]
        pairs = [(word, documents[i][tag]) for i in having for word in sentences[i]]
        each = -(-len(pairs) // blocks.PAIRS)
        for i in range(each):
            total += stream_step(vectors, outputs, pairs[i::each], noise, alpha)
    return total


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
    seed: int,
) -> tuple[Floats, Floats, float]:
    """One epoch over sentences, each of which belongs to some documents (rows of ``vectors``)."""
    if method.alone and method.shared and method.noise is not None:
        vectors, outputs = vectors.copy(), outputs.copy()
        total = train_streams(vectors, outputs, sentences, documents, alpha, method.noise, seed)
        return vectors, outputs, total
    total = 0.0
    for sentence, rows in zip(sentences, documents, strict=True):
        vectors, outputs, cost = sentence_steps(vectors, outputs, sentence, rows, alpha, method)
        total += cost
    return vectors, outputs, total


def infer_words(
    start: Floats, outputs: Floats, words: Sequence[int], noise: int, alpha: float
) -> Floats:
    """The step of a document that predicts words at once, and each of them one noise word.

    A word is no noise word for itself.
    """
    others = sum(word != noise for word in words)
    moved = word2vec.steps(start[None], outputs[list(words)], np.ones(len(words)), alpha)[0]
    away = word2vec.steps(start[None], outputs[[noise]], np.zeros(1), alpha)[0]
    return start + moved @ outputs[list(words)] + others * away @ outputs[[noise]]


def infer_at_once(
    start: Floats, outputs: Floats, sentence: Sequence[int], noise: int, weight: int, alpha: float
) -> Floats:
    """One epoch of PV-DBOW: as many words together as have at most 64 targets, about evenly."""
    most = 64 * weight // (1 + weight)
    left = list(sentence)
    while left:
        parts = -(-len(left) // most)
        size = -(-len(left) // parts)
        start = infer_words(start, outputs, left[:size], noise, alpha)
        left = left[size:]
    return start


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
        if method.alone and method.noise is not None:
            weight = 2 if method.shared else 1
            start = infer_at_once(start, outputs, sentence, method.noise, weight, alpha)
            continue
        for i, centre in enumerate(sentence):
            context = word2vec.contexts(sentence, i, method.window)
            stacked = np.vstack([vectors, start])
            start = window_step(stacked, outputs, context, [row], centre, alpha, method)[0][row]
    return start
