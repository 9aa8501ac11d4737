"""The Word Mover's Distance (Kusner et al. 2015), computed by POT."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec.vectors.norms import row_norms


def word_movers_distance(
    first: NDArray[Any],
    first_counts: ArrayLike,
    second: NDArray[Any],
    second_counts: ArrayLike,
    norm: bool = True,
) -> float:
    """The least cost of moving the words of one document to those of another.

    Parameters
    ----------
    first, second : (N, D) and (M, D) arrays
        the vectors of each document's different words.  To move one word to another costs the
        Euclidean distance of their vectors.
    first_counts, second_counts : (N,) and (M,) integers
        how often each word occurs.
    norm : bool
        scale the vectors to length 1 first.

    Returns
    -------
    float
        ``inf`` where a document has no word.

    Raises
    ------
    ImportError
        without POT: ``pip install 'fastvec[wmd]'``.

    >>> round(word_movers_distance(np.array([[1, 0]]), [1], np.array([[0, 1]]), [2]), 4)
    1.4142
    """
    try:
        from ot import emd2  # slow to import, and needed here only
    except ImportError:
        raise ImportError("wmdistance needs POT: pip install 'fastvec[wmd]'") from None
    if not (len(first) and len(second)):
        return float("inf")
    vectors = [np.asarray(rows, np.float64) for rows in (first, second)]
    if norm:
        vectors = [rows / np.maximum(row_norms(rows)[:, None], 1e-30) for rows in vectors]
    costs = np.sqrt(((vectors[0][:, None] - vectors[1]) ** 2).sum(axis=2))
    counts = [np.asarray(each, float) for each in (first_counts, second_counts)]
    return float(emd2(*(each / each.sum() for each in counts), costs))
