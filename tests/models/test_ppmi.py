"""PPMI and its SVD, against dense NumPy."""

import numpy as np
import pytest
import scipy.sparse
from matrices import random_entries

from fastvec.models.pairs import Pairs
from fastvec.models.ppmi import ppmi, ppmi_vectors
from fastvec.params import PPMIParams
from fastvec.words import Words


def counts(n=60, density=0.3, seed=0):
    matrix = random_entries(n, density, np.random.default_rng(seed))
    matrix.data *= 50
    return scipy.sparse.csr_array(matrix + matrix.T)


def dense_ppmi(x, smoothing, shift):
    """The formula, cell by cell."""
    x = x.toarray().astype(np.float64)
    words, contexts = x.sum(axis=1), x.sum(axis=0) ** smoothing
    result = np.zeros_like(x)
    for i, j in np.argwhere(x):
        p_ij, p_i, p_j = x[i, j] / x.sum(), words[i] / x.sum(), contexts[j] / contexts.sum()
        result[i, j] = max(0, np.log(p_ij / (p_i * p_j)) - np.log(shift))
    return result


@pytest.mark.parametrize("smoothing", [0.5, 0.75, 1.0])
@pytest.mark.parametrize("shift", [1.0, 2.0, 5.0])
def test_ppmi_is_its_formula(smoothing, shift):
    x = counts()
    found = ppmi(x, smoothing=smoothing, shift=shift)
    assert found.nnz == np.count_nonzero(found.toarray())
    np.testing.assert_allclose(found.toarray(), dense_ppmi(x, smoothing, shift), atol=1e-5)
    again = ppmi(Pairs.from_scipy(x), smoothing=smoothing, shift=shift)
    assert (found != again).nnz == 0


def test_words_without_pairs_do_no_harm():
    x = np.zeros((4, 4))
    x[0, 1] = x[1, 0] = 3
    assert np.isfinite(ppmi(x).toarray()).all()


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_vectors_are_those_of_the_svd(weight):
    x = counts()
    params = PPMIParams(vector_size=7, eigenvalue_weight=weight)
    vectors = ppmi_vectors(x, params=params, progress=False).vectors
    u, s, _ = np.linalg.svd(dense_ppmi(x, 0.75, 1.0))
    wanted = u[:, :7] * s[:7] ** weight
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.abs(vectors), np.abs(wanted), atol=2e-3)
    largest = np.abs(vectors).argmax(axis=0)
    assert (vectors[largest, range(7)] > 0).all()


def test_same_seed_same_bytes():
    x = counts(200)
    params = PPMIParams(vector_size=20)
    first, again = (ppmi_vectors(x, params=params, progress=False).vectors for _ in range(2))
    assert np.array_equal(first, again)


def test_integers_come_along():
    x = counts()
    wv = ppmi_vectors(x, Words.of(range(60, 0, -1)), PPMIParams(vector_size=3))
    assert wv.index_to_key[:2] == [60, 59]


def test_words_come_along():
    names = Words.of(f"w{i}" for i in range(60))
    params = PPMIParams(vector_size=3)
    pairs = Pairs.from_scipy(counts(), names, np.arange(60)[::-1].copy())
    wv = ppmi_vectors(pairs, params=params, progress=False)
    assert wv.index_to_key[5] == "w5"
    assert wv.get_vecattr("w5", "count") == 54
    assert ppmi_vectors(counts(), names, params, progress=False).index_to_key[2] == "w2"
    assert ppmi_vectors(counts(), params=params, progress=False).index_to_key[2] == "2"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"vector_size": 60}, "vector_size must be below the number of words (60), got 60"),
        ({"smoothing": 0}, "smoothing must be above 0, got 0"),
        ({"shift": 0.5}, "shift must be at least 1, got 0.5"),
        ({"eigenvalue_weight": 2}, "eigenvalue_weight must be at most 1, got 2"),
        (
            {"shift": 4e9},
            "the PPMI matrix is empty: no two words meet more than 4000000000.0 times (shift) as "
            "often as by chance",
        ),
    ],
)
def test_bad_parameters(options, sentence):
    with pytest.raises(ValueError) as caught:
        ppmi_vectors(counts(), params=PPMIParams(**({"vector_size": 5} | options)), progress=False)
    assert str(caught.value) == sentence
