"""Clusters of vectors by direction: k-means, computed by SciPy."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.vectors.norms import normalized_rows


def k_means(vectors: NDArray[Any], k: int, rounds: int = 10, seed: int = 1) -> NDArray[np.int64]:
    """Divide rows into k clusters by direction, as word2vec.c's ``-classes`` does.

    Parameters
    ----------
    vectors : (V, D) array
    k : int
        the number of clusters, at most V.  Some may stay empty.
    rounds : int
        rounds of k-means (word2vec.c: 10).
    seed : int
        decides which k rows are the first centres.

    Returns
    -------
    (V,) int64 array
        the cluster of each row, from 0 to k - 1.  They are numbered by their first row: cluster 0
        has row 0, cluster 1 has the first row that is not in cluster 0, and so on.

    Raises
    ------
    ValueError
        k below 1 or above V, or vectors that are not finite.

    >>> k_means(np.array([[1.0, 0.1], [-1.0, 0.0], [2.0, 0.0], [-3.0, 0.1]]), 2)
    array([0, 1, 0, 1])
    """
    from scipy.cluster.vq import kmeans2  # slow to import, and needed here only

    if not 1 <= k <= len(vectors):
        raise ValueError(f"k must be from 1 to the {len(vectors)} words, got {k}")
    rows = normalized_rows(vectors)
    if not np.isfinite(rows).all():
        raise ValueError("cannot cluster vectors that are not finite")
    with warnings.catch_warnings():  # SciPy warns of empty clusters, which are allowed here
        warnings.simplefilter("ignore", UserWarning)
        centres = rows[np.random.default_rng(seed).choice(len(rows), k, replace=False)]
        _, labels = kmeans2(rows, centres, iter=rounds, minit="matrix", missing="warn")
    _, first, positions = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[positions].astype(np.int64)


def purity(clusters: NDArray[np.int64], categories: NDArray[Any]) -> float:
    """The share of rows whose category is the most frequent one of their cluster.

    NaN without any row.

    >>> purity(np.array([0, 0, 0, 1]), np.array(["fruit", "fruit", "tool", "tool"]))
    0.75
    """
    total = sum(
        np.unique(categories[clusters == one], return_counts=True)[1].max()
        for one in np.unique(clusters)
    )
    return float(total / len(clusters)) if len(clusters) else float("nan")
