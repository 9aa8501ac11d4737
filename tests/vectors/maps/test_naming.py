"""Clusters of maps and their names."""

from __future__ import annotations

import numpy as np
import pytest

from fastvec.vectors.maps.naming import cluster_count, named_clusters, typical
from fastvec.vectors.norms import normalized_rows


def test_a_name_is_made_of_frequent_words_near_the_centre() -> None:
    draw = np.random.default_rng(1)
    rows = normalized_rows(np.ones((60, 8)) + 0.5 * draw.normal(size=(60, 8)))
    cosines = rows @ normalized_rows(rows.mean(0)[None])[0]
    best = np.argsort(-cosines[:20])[:3]  # of the more frequent third
    assert typical(rows, np.arange(60)).tolist() == best.tolist()


def test_every_cluster_has_a_name_and_the_same_seed_gives_the_same() -> None:
    rows = normalized_rows(np.random.default_rng(2).normal(size=(100, 6)))
    keys = [f"w{i}" for i in range(100)]
    labels, names = named_clusters(keys, rows, 7, seed=5)
    assert len(names) == labels.max() + 1
    assert all(names)
    again, _ = named_clusters(keys, rows, 7, seed=5)
    assert again.tolist() == labels.tolist()


def test_integers_name_clusters_too() -> None:
    _, names = named_clusters([30, 7], np.eye(2, dtype=np.float32), 1, 1)
    assert names == ["30, 7"]


@pytest.mark.parametrize("words", [1, 2, 100, 10**6])
def test_there_are_never_more_clusters_than_words(words: int) -> None:
    assert 1 <= cluster_count(words) <= min(words, 40)
