"""Small GloVe models, and random pairs that they learn from."""

import numpy as np
from matrices import random_entries
from reference import glove as reference

from fastvec._core import GloveTraining
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs


def random_pairs(n, density=0.2, symmetric=True, seed=0):
    generator = np.random.default_rng(seed)
    matrix = random_entries(n, density, generator)
    matrix.data = np.exp(4 * matrix.data)  # 1 to 55
    return Pairs.from_scipy(matrix + matrix.T if symmetric else matrix)


def fitted(pairs, **options):
    options = {"vector_size": 10, "x_max": 10, "epochs": 3, "progress": False} | options
    return GloVe(**options).fit(pairs)


def records_as_parameters(records, size):
    """What the native records hold, as the reference's parameters (without the squares)."""
    return reference.Parameters(
        records[:, 0, :size], records[:, 1, :size], records[:, 0, size], records[:, 1, size + 1]
    )


def training_of(pairs, records, size, simd, workers=1, **options):
    options = {"eta": 0.05, "clip": 100.0, "alpha": 0.75, "x_max": 10.0, "strip_bits": 2} | options
    return GloveTraining(
        records,
        pairs.pairs.view(np.uint64),
        pairs.starts,
        pairs.tiles,
        pairs.offsets,
        columns=size + 2,
        workers=workers,
        simd=simd,
        **options,
    )
