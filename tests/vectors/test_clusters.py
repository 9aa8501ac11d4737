"""K-means finds clusters that are there by construction."""

import numpy as np
import pytest

from fastvec.vectors.clusters import k_means, purity

VECTORS = np.array(
    [[1, 0, 0.1], [1, 1, 0.1], [-1, 0, 0.1], [-1, 1, 0.1], [1, 0.01, 0.1], [0, -1, -5]], np.float32
)


def test_clusters_by_construction():
    centres = np.eye(6)
    truth = np.random.default_rng(2).permutation(np.repeat(np.arange(6), 50))
    noise = np.random.default_rng(3).normal(size=(300, 6)) * 0.05
    lengths = np.random.default_rng(4).uniform(1, 9, 300)[:, None]
    labels = k_means((centres[truth] + noise) * lengths, 6, rounds=20, seed=3)
    assert purity(labels, truth) > 0.8
    first = [int(np.flatnonzero(labels == one)[0]) for one in np.unique(labels)]
    assert first == sorted(first)
    assert np.array_equal(k_means(VECTORS, 1), np.zeros(6))
    for k in (0, 7):
        with pytest.raises(ValueError, match=f"k must be from 1 to the 6 words, got {k}"):
            k_means(VECTORS, k)
    with pytest.raises(ValueError, match="not finite"):
        k_means(np.full((3, 2), np.nan), 2)
