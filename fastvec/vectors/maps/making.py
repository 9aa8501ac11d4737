"""Makes a map: coordinates, clusters with names, and neighbours of some words of a store."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.plots.word_map import WordMap
from fastvec.vectors.maps.layouts import METHODS, PERPLEXITY, Floats, Near, check_method
from fastvec.vectors.maps.naming import named_clusters
from fastvec.vectors.norms import normalized_rows

SHOWN = 10  # neighbours of each word that a map shows


def make_map(
    keys: list[Any],
    vectors: NDArray[Any],
    counts: NDArray[np.int64] | None = None,
    method: str | None = None,
    dimensions: int = 2,
    clusters: int | None = None,
    seed: int = 1,
) -> WordMap:
    """A map of N words, the most frequent first, from their (N, D) vectors.

    The other parameters are those of :meth:`KeyedVectors.map`.

    >>> make_map(["cat", "dog"], np.eye(2, dtype=np.float32)).coordinates.round(2).tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    if len(keys) < 2:
        raise ValueError(f"a map needs at least 2 words, got {len(keys)}")
    method = check_method(method, len(keys))
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"cannot map vectors that are not finite, such as that of {keys[finite.argmin()]!r}"
        )
    rows = normalized_rows(vectors)
    near = Near.among(rows, max(SHOWN, 3 * PERPLEXITY))
    labels, names = named_clusters(keys, rows, clusters, seed)
    return WordMap(
        keys=keys,
        coordinates=_scaled(METHODS[method](rows, near, dimensions, seed)),
        clusters=labels,
        names=names,
        neighbours=near.rows[:, :SHOWN].copy(),
        cosines=near.cosines[:, :SHOWN].copy(),
        counts=counts,
        method=method,
    )


def _scaled(coordinates: Floats) -> Floats:
    """Coordinates around 0, whose greatest distance from it is 1."""
    lowest, highest = coordinates.min(0), coordinates.max(0)
    centred = coordinates - (lowest + highest) / 2
    scaled: Floats = centred / max(np.abs(centred).max(), np.float32(1e-30))
    return scaled
