"""Clusters of a map, and their names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.vectors.clusters import k_means
from fastvec.vectors.norms import normalized

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MOST_CLUSTERS = 40  # more than these are not told apart by their colours
NAMES = 3  # words in the name of a cluster
LEAST_CANDIDATES = 10  # words of a cluster from which its name is made


def cluster_count(words: int) -> int:
    """How many clusters a map of so many words has by default.

    >>> cluster_count(10), cluster_count(1000), cluster_count(10_000), cluster_count(200_000)
    (1, 8, 25, 40)
    """
    return max(1, min(MOST_CLUSTERS, round(math.sqrt(words) / 4)))


def named_clusters(
    keys: list[Any], rows: Floats, clusters: int | None, seed: int
) -> tuple[Ints, list[str]]:
    """Clusters of (N, D) unit vectors, found by k-means, and the names of the clusters.

    ``keys`` are the N words, the most frequent first; by default :func:`cluster_count` says how
    many clusters there are.  Empty ones are left out.

    >>> rows = np.array([[1, 0], [0, 1], [0, 1]], np.float32)
    >>> named_clusters(["sun", "cat", "dog"], rows, 2, 1)
    (array([0, 1, 1]), ['sun', 'cat, dog'])
    """
    labels = k_means(rows, cluster_count(len(rows)) if clusters is None else clusters, seed=seed)
    members = (np.flatnonzero(labels == one) for one in range(labels.max() + 1))
    return labels, [", ".join(str(keys[row]) for row in typical(rows, some)) for some in members]


def typical(rows: Floats, members: Ints) -> Ints:
    """The most typical rows of a cluster: those nearest to its centre among its more frequent
    third, since the very nearest ones often are rare words that few people know.

    >>> typical(np.array([[1, 0], [0.6, 0.8], [0.8, 0.6]], np.float32), np.arange(3)).tolist()
    [2, 1, 0]
    """
    some = members[: max(LEAST_CANDIDATES, len(members) // 3)]
    cosines = rows[some] @ normalized(rows[members].mean(0))
    return some[np.argsort(-cosines, kind="stable")[:NAMES]]
