"""The nearest rows of a matrix by cosine, and the answers to analogies: exact search.

Scores are computed as blocks of a matrix product, for which NumPy's BLAS uses all cores.  The
native core keeps the k best scores of each block, so that nothing is sorted as a whole and memory
does not grow with the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import AnalogySolver, TopK
from fastvec.vectors.norms import clip_cosines, normalized_rows, safe_reciprocal
from fastvec.vectors.products import product

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SCORES_PER_BLOCK = 1 << 22  # 16 MB
QUERIES_PER_BLOCK = 1024
LEAST_ROWS = 1024  # of a block, however many queries there are
ANALOGY_METHODS = ("3cosadd", "3cosmul", "direction")


def _products(queries: Floats, block: NDArray[Any], buffer: Floats) -> Floats:
    """The dot products of (Q, D) queries with (B, D) rows: (Q, B), in the memory of ``buffer``."""
    shape = (len(queries), len(block))
    scores = buffer[: shape[0] * shape[1]].reshape(shape)
    return product(queries, np.asarray(block, np.float32).T, scores)


def top_k(scores: Floats, k: int) -> Ints:
    """The positions of the k largest of (V,) scores, the largest first.

    All V positions where there are fewer than k; scores that are NaN are left out.

    >>> top_k(np.array([0.1, 0.9, 0.5], np.float32), 2)
    array([1, 2])
    """
    k = min(k, len(scores))
    if k < 1:
        return np.empty(0, np.int64)
    heap = TopK(1, k)
    heap.add(np.ascontiguousarray(scores)[None], np.ones(len(scores), np.float32), 0)
    rows = np.frombuffer(heap.result()[0], np.int64)
    return rows[rows >= 0]


def nearest(
    vectors: NDArray[Any],
    norms: Floats,
    queries: NDArray[Any],
    topn: int,
    start: int = 0,
    end: int | None = None,
) -> tuple[Ints, Floats]:
    """The rows of ``vectors`` with the largest cosine to each query.

    Parameters
    ----------
    vectors : (V, D) array
        used without a copy if it is float32 and each row is contiguous.
    norms : (V,) float32 array
        the lengths of the rows.
    queries : (Q, D) array
    topn : int
        the number of rows to find for each query.
    start, end : int
        consider only the rows from ``start`` to before ``end``; all by default.

    Returns
    -------
    rows : (Q, k) int64 array
        ``k = min(topn, end - start)`` rows, the nearest first; equal cosines in order of rows.
        -1 at the end where fewer than k rows have a cosine other than NaN.
    cosines : (Q, k) float32 array

    >>> eye = np.eye(3, dtype=np.float32)
    >>> nearest(eye, np.ones(3, np.float32), eye[:1] + eye[1:2] / 2, 2)[0]
    array([[0, 1]])
    """
    start, end, _ = slice(start, end).indices(len(vectors))
    k = min(topn, end - start)
    queries = normalized_rows(queries)
    rows = np.empty((len(queries), max(k, 0)), np.int64)
    cosines = np.empty(rows.shape, np.float32)
    if k <= 0:
        return rows, cosines
    least = min(QUERIES_PER_BLOCK, len(queries)) * LEAST_ROWS
    buffer = np.empty(max(SCORES_PER_BLOCK, least), np.float32)
    for first in range(0, len(queries), QUERIES_PER_BLOCK):
        some = queries[first : first + QUERIES_PER_BLOCK]
        heaps = TopK(len(some), k)
        step = max(LEAST_ROWS, SCORES_PER_BLOCK // len(some))
        for low in range(start, end, step):
            high = min(low + step, end)
            products = _products(some, vectors[low:high], buffer)
            heaps.add(products, safe_reciprocal(norms[low:high]), low)
        found, scores = heaps.result()
        shape = len(some), k
        rows[first : first + len(some)] = np.frombuffer(found, np.int64).reshape(shape)
        cosines[first : first + len(some)] = np.frombuffer(scores, np.float32).reshape(shape)
    return rows, clip_cosines(cosines)


def solve_analogies(
    vectors: NDArray[Any],
    norms: Floats,
    questions: Ints,
    groups: Ints,
    rows: int,
    method: str = "3cosadd",
) -> Ints:
    """The best row d for each analogy a : b = c : d, among the first rows of ``vectors``.

    The cosines of each word that occurs in a question with all rows are computed once, in blocks,
    and all questions are answered from them: Google's 19,544 questions about 905 words cost 905
    queries, not 19,544.

    Parameters
    ----------
    vectors, norms : (V, D) array and the (V,) float32 lengths of its rows
    questions : (Q, 3) int64 array
        the rows of a, b and c.
    groups : (V,) int64 array
        equal for rows that count as the same word, such as those that differ only in case; rows in
        the groups of a, b and c are never the answer.
    rows : int
        the answer is one of the first so many rows.
    method : {"3cosadd", "3cosmul", "direction"}
        which d is best: the one with the largest
        ``cos(d,b) - cos(d,a) + cos(d,c)`` (Mikolov et al. 2013);
        ``cos(d,b) cos(d,c) / cos(d,a)`` with cosines shifted to 0..1 (Levy and Goldberg 2014);
        ``cos(d - c, b - a)`` (pairwise direction, Mikolov et al. 2013).

    Returns
    -------
    (Q,) int64 array
        the rows, or -1 where no row can be the answer.

    Raises
    ------
    ValueError
        an unknown method.

    >>> from fastvec.vectors.norms import row_norms
    >>> square = np.array([[1, 0], [1, 1], [-1, 0.1], [-1, 1]], np.float32)
    >>> solve_analogies(square, row_norms(square), np.array([[0, 1, 2]]), np.arange(4), 4)
    array([3])
    """
    if method not in ANALOGY_METHODS:
        raise ValueError(f"method must be one of {', '.join(ANALOGY_METHODS)}, got {method!r}")
    used, index = np.unique(questions, return_inverse=True)
    index = np.ascontiguousarray(index.reshape(questions.shape), np.int64)
    words = normalized_rows(vectors[used])
    a, b, c = (words[index[:, i]] for i in range(3))
    shifts = np.einsum("ij,ij->i", c, b - a)
    excluded = np.ascontiguousarray(groups[questions], np.int64)
    solver = AnalogySolver(
        index, excluded, groups[:rows].copy(), shifts, len(words), ANALOGY_METHODS.index(method)
    )
    for first, cosines in _cosine_blocks(words, vectors[:rows], norms):
        solver.add(cosines, first)
    return np.array(solver.answers(), np.int64)


def _cosine_blocks(
    words: Floats, vectors: NDArray[Any], norms: Floats
) -> Iterator[tuple[int, Floats]]:
    """The cosines of (W, D) vectors of length 1 with all rows, in blocks of rows: the first row of
    a block, and a (W, rows) array that is valid until the next block."""
    step = max(LEAST_ROWS, SCORES_PER_BLOCK // max(1, len(words)))
    buffer = np.empty(step * len(words), np.float32)
    for low in range(0, len(vectors), step):
        cosines = _products(words, vectors[low : low + step], buffer)
        cosines *= safe_reciprocal(norms[low : low + cosines.shape[1]])
        yield low, cosines
