"""Sparse matrices that several tests need."""

import numpy as np
import scipy.sparse


def random_entries(n, density, generator, dtype=np.float64):
    """Numbers from 0 to 1 in a share of the entries; random_array is not the same in all SciPys."""
    values = generator.random((n, n), dtype)
    return scipy.sparse.coo_array(np.where(generator.random((n, n)) < density, values, 0))


def random_matrix(n, density, symmetric, seed=0):
    matrix = random_entries(n, density, np.random.default_rng(seed), np.float32)
    matrix.data += np.float32(0.01)
    return scipy.sparse.csr_array(matrix + matrix.T if symmetric else matrix)


def equal(a, b):
    """Whether two sparse matrices have the same entries."""
    a, b = scipy.sparse.csr_array(a), scipy.sparse.csr_array(b)
    return a.shape == b.shape and (a != b).nnz == 0
