"""Count-based vectors: positive pointwise mutual information, and its truncated SVD.

Levy, Goldberg & Dagan 2015, "Improving Distributional Similarity with Lessons Learned from Word
Embeddings".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.progress import Progress
from fastvec.models.pairs import Pairs
from fastvec.params import PPMIParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Key, Words, words_of_rows

if TYPE_CHECKING:  # see pairs.py
    from scipy import sparse

P = PPMIParams

ENTRIES_AT_ONCE = 1 << 22  # bounds the memory of intermediate results


def ppmi(
    matrix: Any, *, smoothing: float = P.smoothing, shift: float = P.shift
) -> sparse.csr_array:
    """Positive pointwise mutual information of words and contexts.

    max(0, log(n_wc * N / (n_w * n_c^s)) - log(shift)), where n_wc is the count of a pair, n_w the
    sum of its row, n_c the sum of its column, s the ``smoothing``, and N the sum of all n_c^s.

    Parameters
    ----------
    matrix : Pairs or (V, V) scipy.sparse matrix
        co-occurrence counts, as :meth:`fastvec.Pairs.from_scipy` takes them.
    smoothing : float, default 0.75
        values below 1 give rare contexts less weight; 1 is plain PMI.
    shift : float, default 1
        log(shift) is subtracted (word2vec with k negative samples corresponds to a shift of k);
        1 subtracts nothing.

    Returns
    -------
    (V, V) scipy.sparse.csr_array of float32
        positive entries only; symmetric only if smoothing is 1.

    Raises
    ------
    ValueError, TypeError
        if an option is out of range, or what :meth:`fastvec.Pairs.from_scipy` raises.

    >>> ppmi(np.array([[0, 2], [2, 4]]), smoothing=1).toarray().round(2)
    array([[0.  , 0.29],
           [0.29, 0.  ]], dtype=float32)
    """
    PPMIParams(smoothing=smoothing, shift=shift)  # checks both
    if not isinstance(matrix, Pairs):
        matrix = Pairs.from_scipy(matrix)
    result: sparse.csr_array = matrix.to_scipy()
    rows = result.sum(axis=1, dtype=np.float64)
    columns = result.sum(axis=0, dtype=np.float64) ** smoothing
    with np.errstate(divide="ignore"):  # log 0 for a word without pairs is never used below
        row_logs, column_logs = np.log(rows), np.log(columns / columns.sum())
    offset = np.float32(np.log(shift))
    for start in range(0, result.nnz, ENTRIES_AT_ONCE):
        entries = np.arange(start, min(start + ENTRIES_AT_ONCE, result.nnz))
        row = np.searchsorted(result.indptr, entries, side="right") - 1
        counts = result.data[start : start + ENTRIES_AT_ONCE]
        pmi = np.log(counts, dtype=np.float64) - row_logs[row]
        pmi -= column_logs[result.indices[entries]]
        counts[:] = np.maximum(pmi - offset, 0)
    result.eliminate_zeros()
    return result


def check_vector_size(vector_size: int, n_words: int) -> None:
    """ValueError if there are not enough words for vectors of this size.

    >>> check_vector_size(100, 5000)
    """
    if vector_size >= n_words:
        raise ValueError(
            f"vector_size must be below the number of words ({n_words}), got {vector_size}"
        )


def ppmi_vectors(
    matrix: Any,
    words: Iterable[Key] | Mapping[Key, int] | None = None,
    params: PPMIParams | None = None,
    *,
    progress: bool | None = None,
) -> KeyedVectors:
    """Vectors U S^p of the truncated SVD of a PPMI matrix, by scipy's sparse solver (ARPACK).

    Parameters
    ----------
    matrix : Pairs or (V, V) scipy.sparse matrix
        co-occurrence counts.
    words : words, or mapping from words to rows, optional
        the word of each row; default: the words of the Pairs, or "0", "1", ...
    params : PPMIParams
        vector_size (below V), smoothing, shift, eigenvalue_weight (p; 0.5 by default, 0 and 1 are
        the other usual choices), seed.
    progress : bool, optional
        show a progress bar; default: if standard error is a terminal.

    Raises
    ------
    ValueError
        if an option is out of range, if :meth:`fastvec.Pairs.from_scipy` refuses the matrix, or if
        the PPMI matrix has no positive entries.

    >>> counts = scipy.sparse.random_array((50, 50), density=0.5, random_state=1)
    >>> ppmi_vectors(counts, params=PPMIParams(vector_size=5)).vectors.shape
    (50, 5)
    """
    params = params or PPMIParams()
    pairs = matrix if isinstance(matrix, Pairs) else Pairs.from_scipy(matrix, words)
    n = pairs.shape[0]
    check_vector_size(params.vector_size, n)
    table = ppmi(pairs, smoothing=params.smoothing, shift=params.shift)
    if table.nnz == 0:
        raise ValueError(
            "the PPMI matrix is empty: no two words meet more than "
            f"{params.shift} times (shift) as often as by chance"
        )
    given = None if words is None else words_of_rows(words)
    names = given or pairs.words or Words.of(str(i) for i in range(n))
    return KeyedVectors.of(names, _svd(table, params, progress), pairs.counts)


def _svd(table: sparse.csr_array, params: PPMIParams, progress: bool | None) -> NDArray[np.float32]:
    """U S^p with columns by falling singular value; the largest number of each is positive."""
    from scipy.sparse import csr_array, linalg

    start = np.random.default_rng(params.seed).standard_normal(table.shape[0]).astype(np.float32)
    transposed = csr_array(table.T)  # faster to multiply with than table.T
    products = 0
    with Progress("factorising", None, "products", progress) as bar:

        def count(matrix: sparse.csr_array, x: NDArray[Any]) -> Any:
            nonlocal products
            products += 1
            bar.update(products)
            return matrix @ x

        operator: Any = linalg.LinearOperator(
            table.shape,
            matvec=lambda x: count(table, x),
            rmatvec=lambda x: count(transposed, x),
            dtype=np.dtype(np.float32),
        )
        u, s, _ = linalg.svds(operator, params.vector_size, v0=start)
    order = np.argsort(-s, kind="stable")
    u, s = u[:, order], s[order]
    u *= np.sign(u[np.abs(u).argmax(axis=0), np.arange(len(s))])
    vectors: NDArray[np.float32] = np.ascontiguousarray(u * s**params.eigenvalue_weight, np.float32)
    return vectors
