"""Small Word2Vec models, and the text that they learn from."""

import numpy as np

from fastvec import Word2Vec

MODELS = [
    {"sg": sg, "hs": hs, "negative": negative}
    for sg in (0, 1)
    for hs, negative in ((0, 5), (1, 0), (1, 5))
]


def two_languages(sentences=600, seed=0):
    """Sentences of words a0 .. a19 or b0 .. b19, never mixed."""
    rng = np.random.default_rng(seed)
    return [[f"{'ab'[i % 2]}{j}" for j in rng.integers(0, 20, 12)] for i in range(sentences)]


def small(sentences=None, **options):
    options = {
        "vector_size": 20,
        "min_count": 1,
        "workers": 1,
        "sample": 0,
        "alpha": 0.05,
    } | options
    return Word2Vec(two_languages() if sentences is None else sentences, **options)
