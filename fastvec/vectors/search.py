"""Nearest rows by cosine: blocked matrix products and partial selection, never a full sort.

Knows matrices only.  The products are NumPy's (its BLAS uses all cores); of every block of scores
the native core keeps the k best, so that memory does not grow with the vocabulary.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import AnalogySolver, TopK

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SCORES = 1 << 22  # scores computed at a time: 16 MB
QUERIES = 1024  # queries answered at a time
METHODS = ("3cosadd", "3cosmul", "direction")


def row_norms(vectors: NDArray[Any]) -> Floats:
    """The length of every row of (V, D) vectors, as (V,) float32; no temporary matrix.

    >>> row_norms(np.array([[3.0, 4.0]]))
    array([5.], dtype=float32)
    """
    norms = np.empty(len(vectors), np.float32)
    for first in range(0, len(vectors), 4096):
        block = np.asarray(vectors[first : first + 4096], np.float32)
        norms[first : first + 4096] = np.sqrt(np.einsum("ij,ij->i", block, block))
    return norms


def inverse(norms: Floats) -> Floats:
    """1 / norms, and 0 for a norm of 0: a zero vector is like nothing.

    >>> inverse(np.array([2.0, 0.0], np.float32))
    array([0.5, 0. ], dtype=float32)
    """
    return np.divide(1, norms, out=np.zeros_like(norms), where=norms != 0)


def unit(vectors: NDArray[Any]) -> Floats:
    """Rows (Q, D) scaled to length 1, as float32; zero rows stay zero.

    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]], dtype=float32)
    """
    rows = np.asarray(vectors, np.float32)
    return rows * inverse(row_norms(rows))[:, None]


def direction(vector: NDArray[Any]) -> Floats:
    """One vector (D,) scaled to length 1, as float32; a zero vector stays zero.

    >>> direction(np.array([3.0, 4.0]))
    array([0.6, 0.8], dtype=float32)
    """
    row: Floats = unit(vector[None])[0]
    return row


def _products(queries: Floats, block: NDArray[Any], room: Floats) -> Floats:
    """queries (Q, D) times block (B, D), transposed, in memory that is used again and again."""
    shape = (len(queries), len(block))
    scores = room[: shape[0] * shape[1]].reshape(shape)
    return np.matmul(queries, np.asarray(block, np.float32).T, out=scores)


def best(scores: Floats, topn: int) -> Ints:
    """The positions of the ``topn`` largest of (V,) scores, best first; NaN is never among them.

    >>> best(np.array([0.1, 0.9, 0.5], np.float32), 2)
    array([1, 2])
    """
    k = min(topn, len(scores))
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
        any strides whose rows are contiguous are used without a copy.
    norms : (V,) float32 array
        the lengths of the rows.
    queries : (Q, D) array
    topn : int
        rows to find for each query.
    start, end : int
        look at rows ``start`` to ``end`` only.

    Returns
    -------
    rows : (Q, k) int64 array
        ``k = min(topn, end - start)``, best first; equal cosines in order of rows.  Where fewer
        rows have a cosine that is a number, -1 fills up.
    cosines : (Q, k) float32 array

    >>> eye = np.eye(3, dtype=np.float32)
    >>> nearest(eye, np.ones(3, np.float32), eye[:1] + eye[1:2] / 2, 2)[0]
    array([[0, 1]])
    """
    start, end, _ = slice(start, end).indices(len(vectors))
    k = min(topn, end - start)
    queries = unit(queries)
    rows = np.empty((len(queries), max(k, 0)), np.int64)
    cosines = np.empty(rows.shape, np.float32)
    if k <= 0:
        return rows, cosines
    room = np.empty(max(SCORES, min(QUERIES, len(queries)) * 1024), np.float32)
    for first in range(0, len(queries), QUERIES):
        some = queries[first : first + QUERIES]
        heaps = TopK(len(some), k)
        step = max(1024, SCORES // len(some))
        for low in range(start, end, step):
            high = min(low + step, end)
            products = _products(some, vectors[low:high], room)
            heaps.add(products, inverse(norms[low:high]), low)
        ids, scores = heaps.result()
        rows[first : first + QUERIES] = np.frombuffer(ids, np.int64).reshape(len(some), k)
        cosines[first : first + QUERIES] = np.frombuffer(scores, np.float32).reshape(len(some), k)
    return rows, cosines


def answers(
    vectors: NDArray[Any],
    norms: Floats,
    questions: Ints,
    names: Ints,
    rows: int,
    method: str = "3cosadd",
) -> Ints:
    """The best row d for each analogy a : b = c : d, out of the first rows.

    The cosines of every word that is asked about are computed once, in blocks, and all questions
    are answered from them: 19,544 questions about 900 words are 900 queries, not 19,544.

    Parameters
    ----------
    questions : (Q, 3) int64 array
        the rows of a, b, c.
    names : (V,) int64 array
        equal for rows that count as the same word (the same but for upper case); rows named as
        a, b or c are no answers.
    rows : int
        answers come from the first so many rows.
    method : {"3cosadd", "3cosmul", "direction"}
        ``cos(d,b) - cos(d,a) + cos(d,c)`` (Mikolov et al. 2013);
        ``cos(d,b) cos(d,c) / cos(d,a)`` with cosines shifted to 0..1 (Levy and Goldberg 2014);
        ``cos(d - c, b - a)`` (pairwise direction, Mikolov et al. 2013).

    Returns
    -------
    (Q,) int64 array
        the rows, or -1 where none is possible.

    >>> square = np.array([[1, 0], [1, 1], [-1, 0.1], [-1, 1]], np.float32)
    >>> answers(square, row_norms(square), np.array([[0, 1, 2]]), np.arange(4), 4)
    array([3])
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    asked, index = np.unique(questions, return_inverse=True)
    index = np.ascontiguousarray(index.reshape(questions.shape), np.int64)
    words = unit(vectors[asked])
    a, b, c = (words[index[:, i]] for i in range(3))
    shifts = np.einsum("ij,ij->i", c, b - a)
    given = np.ascontiguousarray(names[questions], np.int64)
    found = AnalogySolver(
        index, given, names[:rows].copy(), shifts, len(words), METHODS.index(method)
    )
    step = max(1024, SCORES // max(1, len(words)))
    room = np.empty(step * len(words), np.float32)
    for low in range(0, rows, step):
        high = min(low + step, rows)
        cosines = _products(words, vectors[low:high], room)
        cosines *= inverse(norms[low:high])
        found.add(cosines, low)
    return np.array(found.answers(), np.int64)
