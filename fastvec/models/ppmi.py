"""Count-based vectors: positive pointwise mutual information, and its truncated SVD.

Levy, Goldberg & Dagan 2015, "Improving distributional similarity with lessons learned from word
embeddings".  Imports pairs, keyedvectors, params and progress.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from fastvec._util.progress import Progress
from fastvec.models.pairs import Pairs
from fastvec.params import PPMIParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

P = PPMIParams


def ppmi(
    matrix: Any, *, smoothing: float = P.smoothing, shift: float = P.shift
) -> scipy.sparse.csr_array:
    """Positive pointwise mutual information of words and contexts.

    max(0, log(n_wc * N / (n_w * n_c^s)) - log(shift)), with n_w the sums of the rows, n_c those of
    the columns, s the ``smoothing``, and N the sum of all n_c^s.

    Parameters
    ----------
    matrix : Pairs or (V, V) scipy.sparse matrix
        co-occurrence counts, as :meth:`fastvec.pairs.Pairs.from_scipy` takes them.
    smoothing : float, default 0.75
        makes rare contexts less surprising; 1 for plain PMI.
    shift : float, default 1
        log(shift) is taken off (k of word2vec's negative samples); 1 takes nothing off.

    Returns
    -------
    (V, V) scipy.sparse.csr_array of float32
        positive entries only; not symmetric unless smoothing is 1.

    >>> ppmi(np.array([[0, 2], [2, 4]]), smoothing=1).toarray().round(2)
    array([[0.  , 0.29],
           [0.29, 0.  ]], dtype=float32)
    """
    PPMIParams(smoothing=smoothing, shift=shift)  # which checks them
    if not isinstance(matrix, Pairs):
        matrix = Pairs.from_scipy(matrix)
    result: scipy.sparse.csr_array = matrix.to_scipy()
    rows = result.sum(axis=1, dtype=np.float64)
    columns = result.sum(axis=0, dtype=np.float64) ** smoothing
    with np.errstate(divide="ignore"):  # a word without any pair has no entry
        row_logs, column_logs = np.log(rows), np.log(columns / columns.sum())
    offset = np.float32(np.log(shift))
    step = 1 << 22
    for at in range(0, result.nnz, step):
        places = np.arange(at, min(at + step, result.nnz))
        row = np.searchsorted(result.indptr, places, side="right") - 1
        some = result.data[at : at + step]
        pmi = np.log(some, dtype=np.float64) - row_logs[row] - column_logs[result.indices[places]]
        some[:] = np.maximum(pmi - offset, 0)
    result.eliminate_zeros()
    return result


def ppmi_vectors(
    matrix: Any,
    words: Words | None = None,
    params: PPMIParams | None = None,
    *,
    progress: bool | None = None,
) -> KeyedVectors:
    """Vectors U S^p of the truncated SVD of a PPMI matrix, by scipy's sparse solver (ARPACK).

    Parameters
    ----------
    matrix : Pairs or (V, V) scipy.sparse matrix
        co-occurrence counts.
    words : Words, optional
        the word of each row; default: those of the Pairs, or "0", "1", ...
    params : PPMIParams
        vector_size (below V), smoothing, shift, eigenvalue_weight (p; 0.5 by default, 0 and 1 are
        the other usual choices), seed.
    progress : bool, optional
        show a bar; by default if standard error is a terminal.

    Raises
    ------
    ValueError
        a parameter out of range, a matrix that :meth:`fastvec.pairs.Pairs.from_scipy` does not
        take, or one without positive entries.

    >>> counts = scipy.sparse.random_array((50, 50), density=0.5, rng=1)
    >>> ppmi_vectors(counts, params=PPMIParams(vector_size=5)).vectors.shape
    (50, 5)
    """
    params = params or PPMIParams()
    pairs = matrix if isinstance(matrix, Pairs) else Pairs.from_scipy(matrix, words)
    n = pairs.shape[0]
    if params.vector_size >= n:
        raise ValueError(
            f"vector_size must be below the number of words ({n}), got {params.vector_size}"
        )
    table = ppmi(pairs, smoothing=params.smoothing, shift=params.shift)
    if table.nnz == 0:
        raise ValueError("the PPMI matrix is empty: no two words meet more often than by chance")
    names = words or pairs.words or Words.of(str(i) for i in range(n))
    return KeyedVectors.of(names, _svd(table, params, progress), pairs.counts)


def _svd(
    table: scipy.sparse.csr_array, params: PPMIParams, progress: bool | None
) -> NDArray[np.float32]:
    """U S^p, columns by falling singular value, each column's largest number positive."""
    start = np.random.default_rng(params.seed).standard_normal(table.shape[0]).astype(np.float32)
    transposed = scipy.sparse.csr_array(table.T)  # faster to multiply with than table.T
    products = 0
    with Progress("factorising", None, "products", progress) as bar:

        def count(matrix: scipy.sparse.csr_array, x: NDArray[Any]) -> Any:
            nonlocal products
            products += 1
            bar.update(products)
            return matrix @ x

        operator: Any = scipy.sparse.linalg.LinearOperator(
            table.shape,
            matvec=lambda x: count(table, x),
            rmatvec=lambda x: count(transposed, x),
            dtype=np.dtype(np.float32),
        )
        u, s, _ = scipy.sparse.linalg.svds(operator, params.vector_size, v0=start)
    order = np.argsort(-s, kind="stable")
    u, s = u[:, order], s[order]
    u *= np.sign(u[np.abs(u).argmax(axis=0), np.arange(len(s))])
    vectors: NDArray[np.float32] = np.ascontiguousarray(u * s**params.eigenvalue_weight, np.float32)
    return vectors
