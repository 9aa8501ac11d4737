"""Sparse matrices that several tests need."""

import numpy as np
import scipy.sparse


def random_matrix(n, density, symmetric, seed=0):
    generator = np.random.default_rng(seed)
    matrix = scipy.sparse.random_array((n, n), density=density, rng=generator, dtype=np.float32)
    matrix.data += np.float32(0.01)
    return scipy.sparse.csr_array(matrix + matrix.T if symmetric else matrix)


def equal(a, b):
    """Whether two sparse matrices have the same entries."""
    a, b = scipy.sparse.csr_array(a), scipy.sparse.csr_array(b)
    return a.shape == b.shape and (a != b).nnz == 0
