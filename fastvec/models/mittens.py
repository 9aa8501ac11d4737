"""Mittens: GloVe from initial vectors, and staying near them (Dingwall & Potts 2018)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.models.word_records import (
    CONTEXT,
    CONTEXT_SQUARES,
    VECTOR,
    VECTOR_SQUARES,
    Records,
)
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

Prior = NDArray[np.float32]


def prior_vectors(init: Any, words: Words, size: int) -> Prior:
    """The initial vectors of some words.

    Parameters
    ----------
    init : KeyedVectors or mapping from words to vectors
    words : Words
    size : int
        numbers in each vector.

    Returns
    -------
    (V, size) float32 array
        NaN for words that have no initial vector.

    Raises ValueError for a vector of another length or with numbers of 1e6 or more, and if no
    word has one.
    """
    prior = np.full((len(words), size), np.nan, np.float32)
    # KeyedVectors find integers by their digits too; a number would be taken for that of a row.
    names: Iterable[Any] = words if isinstance(init, KeyedVectors) else words.keys()
    for row, word in enumerate(names):
        if word not in init:
            continue
        vector = np.asarray(init[word], np.float32)
        if vector.shape != (size,):
            raise ValueError(
                f"initial vectors must have vector_size {size} numbers, got {vector.shape} for "
                f"{word!r}"
            )
        if not (np.abs(vector) < 1e6).all():
            raise ValueError(f"initial vectors must be finite and below 1e6, {word!r} is not")
        prior[row] = vector
    if np.isnan(prior).all():
        raise ValueError("init has none of the words of the matrix")
    return prior


def start_from(records: Records, prior: Prior) -> None:
    """Let the word and the context vector of each word start at half of its initial vector."""
    size = prior.shape[1]
    known = np.isfinite(prior[:, 0])
    records[known, VECTOR, :size] = prior[known] / 2
    records[known, CONTEXT, :size] = prior[known] / 2


def pull_towards(records: Records, prior: Prior, step: float) -> None:
    """One AdaGrad step on mu |w + c - r|^2 for each word, where r is its initial vector.

    It is taken once an epoch, so that the gradients of an epoch add up to that of Mittens' cost.
    The gradient is that of the point where the step ends, not of the one where it starts, so that
    no mu is too large.

    Parameters
    ----------
    records : (V, 4, stride) array, changed
    prior : (V, D) array
    step : float
        2 mu eta.
    """
    size = prior.shape[1]
    for first in range(0, len(prior), 4096):
        rows, wanted = records[first : first + 4096], prior[first : first + 4096]
        w, c = rows[:, VECTOR, :size], rows[:, CONTEXT, :size]
        w_squares, c_squares = rows[:, VECTOR_SQUARES, :size], rows[:, CONTEXT_SQUARES, :size]
        w_rate, c_rate = (np.float32(step) / np.sqrt(squares) for squares in (w_squares, c_squares))
        left = np.nan_to_num((w + c - wanted) / (1 + w_rate + c_rate))  # NaN: no initial vector
        w -= w_rate * left
        c -= c_rate * left
        change = np.square(np.float32(step) * left)
        w_squares += change
        c_squares += change
