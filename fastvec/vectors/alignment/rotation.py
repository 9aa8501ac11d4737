"""The rotation that brings one set of vectors nearest to another (orthogonal Procrustes)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: rounds in which the anchors that fit worst are left out, and their share in each
ROUNDS, LEFT_OUT = 3, 0.1


def rotation(source: NDArray[Any], target: NDArray[Any]) -> Floats:
    """The orthogonal matrix R for which ``source @ R`` is nearest to ``target`` (Schönemann 1966).

    Parameters
    ----------
    source, target : (N, D) arrays
        with rows of length 1; a row of one belongs to the same row of the other.

    Returns
    -------
    (D, D) float64 array
        it turns and mirrors vectors, and leaves their lengths and cosines as they are.

    >>> rotation(np.eye(2), np.eye(2)[::-1]).round(6).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    from scipy.linalg import orthogonal_procrustes  # slow to import, and needed here only

    found = orthogonal_procrustes(source.astype(np.float64), target.astype(np.float64))
    return np.asarray(found[0], np.float64)


def trimmed_rotation(source: NDArray[Any], target: NDArray[Any]) -> Floats:
    """The same by the rows that fit best: in each of three rounds the worst tenth is left out.

    So words whose meaning has changed do not turn the space of all others.

    >>> trimmed_rotation(np.eye(2), np.eye(2)[::-1]).round(6).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    for _ in range(ROUNDS):
        fit = np.einsum("ij,ij->i", source @ rotation(source, target), target)
        best = fit >= np.quantile(fit, LEFT_OUT)
        source, target = source[best], target[best]
    return rotation(source, target)
