"""Matrices of SciPy, and dense ones, as rows of counts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from fastvec.models.tiles import MOST_ROWS, check_counts, column_keys

if TYPE_CHECKING:
    # At run time scipy is imported where a matrix is made, since it makes "import fastvec" slow.
    from scipy import sparse


def is_sparse(source: Any) -> bool:
    """Whether an object is a scipy.sparse matrix; found out without importing scipy.

    >>> is_sparse(scipy.sparse.eye_array(3)), is_sparse(np.eye(3))
    (True, False)
    """
    sparse = sys.modules.get("scipy.sparse")  # whoever made such a matrix has imported it
    return sparse is not None and bool(sparse.issparse(source))


def checked_rows(matrix: Any) -> sparse.csr_array:
    """A copy of a matrix as float32 rows, sorted and without zeros; TypeError or ValueError for
    anything that is not a square matrix of counts."""
    from scipy import sparse

    if not is_sparse(matrix):
        matrix = np.asarray(matrix)
        if matrix.ndim != 2:
            raise TypeError(f"matrix must be a scipy.sparse matrix, got {type(matrix).__name__}")
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, got shape {matrix.shape}")
    if matrix.dtype.kind not in "buif":
        raise TypeError(f"matrix must hold real numbers, got {matrix.dtype}")
    if matrix.shape[0] >= MOST_ROWS:
        raise ValueError(f"matrix must have fewer than 2**30 rows, got {matrix.shape[0]}")
    rows = sparse.csr_array(matrix, dtype=np.float64, copy=True)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    if rows.nnz == 0:
        raise ValueError("matrix must have at least one entry, got none")
    check_counts(rows.data)
    rows.data = rows.data.astype(np.float32)
    return rows


def is_symmetric(rows: sparse.csr_array) -> bool:
    transposed = rows.T.tocsr()
    transposed.sort_indices()
    return (
        np.array_equal(rows.indptr, transposed.indptr)
        and np.array_equal(rows.indices, transposed.indices)
        and np.allclose(rows.data, transposed.data, rtol=1e-5, atol=0)
    )


def rows_of_rarer_words(rows: sparse.csr_array) -> sparse.csr_array:
    """An asymmetric matrix with each entry in the row of its rarer word, see column_keys."""
    from scipy import sparse

    n = rows.shape[0]
    entries = rows.tocoo()
    row, key = column_keys(entries.row.astype(np.int64), entries.col.astype(np.int64))
    return sparse.csr_array((entries.data, (row, key)), shape=(n, 2 * n))
