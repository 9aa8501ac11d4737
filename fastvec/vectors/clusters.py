"""Classes of words: k-means on the directions of their vectors, by SciPy.  Knows matrices only."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.vectors.search import unit


def classes(vectors: NDArray[Any], k: int, rounds: int = 10, seed: int = 1) -> NDArray[np.int64]:
    """Put rows into k classes by direction, as word2vec.c's ``-classes`` does.

    Parameters
    ----------
    vectors : (V, D) array
    k : int
        classes, at most V.  Some may stay empty.
    rounds : int
        of k-means (word2vec.c: 10).
    seed : int
        of the rows that the classes begin with.

    Returns
    -------
    (V,) int64 array
        the class of each row, from 0 to k - 1; class 0 holds row 0, class 1 the first row that is
        not in class 0, and so on.

    Raises
    ------
    ValueError
        k below 1 or above V, or vectors that are not finite.

    >>> classes(np.array([[1.0, 0.1], [-1.0, 0.0], [2.0, 0.0], [-3.0, 0.1]]), 2)
    array([0, 1, 0, 1])
    """
    from scipy.cluster.vq import kmeans2

    if not 1 <= k <= len(vectors):
        raise ValueError(f"k must be from 1 to the {len(vectors)} words, got {k}")
    rows = unit(vectors)
    if not np.isfinite(rows).all():
        raise ValueError("vectors that are not finite have no class")
    with warnings.catch_warnings():  # an empty class is no trouble
        warnings.simplefilter("ignore", UserWarning)
        first_rows = rows[np.random.default_rng(seed).choice(len(rows), k, replace=False)]
        _, labels = kmeans2(rows, first_rows, iter=rounds, minit="matrix", missing="warn")
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def purity(labels: NDArray[np.int64], categories: NDArray[Any]) -> float:
    """The share of rows whose category is the most frequent one of their class.

    >>> purity(np.array([0, 0, 0, 1]), np.array(["fruit", "fruit", "tool", "tool"]))
    0.75
    """
    total = sum(
        np.unique(categories[labels == one], return_counts=True)[1].max()
        for one in np.unique(labels)
    )
    return float(total / len(labels)) if len(labels) else float("nan")
