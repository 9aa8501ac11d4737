"""Exact search finds what a full sort finds, and analogies are solved by their formulas."""

import numpy as np
import pytest
from sixty_words import VECTORS, V

from fastvec._core import AnalogySolver, TopK
from fastvec.vectors.norms import normalized_rows, row_norms
from fastvec.vectors.search import ANALOGY_METHODS, nearest, solve_analogies


@pytest.mark.parametrize("topn", [1, 3, 33, 100])
@pytest.mark.parametrize("rows", [0, 1, 31, 32, 33, 2500])
def test_nearest_is_a_full_sort(topn, rows):
    rng = np.random.default_rng(rows)
    vectors = np.round(rng.normal(size=(rows, 3)) * 2).astype("f")  # many equal cosines
    queries = np.round(rng.normal(size=(5, 3)) * 2).astype("f")
    found, cosines = nearest(vectors, row_norms(vectors), queries, topn, start=1)
    exact = normalized_rows(queries) @ normalized_rows(vectors[1:]).T
    k = min(topn, max(0, rows - 1))
    assert found.shape == cosines.shape == (5, k)
    np.testing.assert_allclose(cosines, -np.sort(-exact, axis=1)[:, :k], atol=1e-6)
    for query in range(5):
        assert len(set(found[query])) == k
        np.testing.assert_allclose(exact[query, found[query] - 1], cosines[query], atol=1e-6)
    ties = np.diff(cosines, axis=1) == 0
    assert np.all(np.diff(found, axis=1)[ties] > 0)


def test_nan_vectors_are_never_near():
    vectors = np.array([[1, 0], [np.nan, 1], [np.inf, 1], [0, 1]], np.float32)
    with np.errstate(invalid="ignore"):
        found, _ = nearest(vectors, row_norms(vectors), np.array([[1, 1.0]]), 4)
    assert set(found[0]) == {0, 3, -1}


@pytest.mark.parametrize("method", ANALOGY_METHODS)
def test_analogies_are_solved_by_the_formula(method):
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(300, 5)).astype("f")
    rows, names = 200, np.arange(200) // 2 * 2
    questions = rng.integers(0, rows, (400, 3))
    found = solve_analogies(vectors, row_norms(vectors), questions, names, rows, method)
    words = normalized_rows(vectors).astype(float)
    for (a, b, c), d in zip(questions, found, strict=True):
        near = words[:rows] @ words[[a, b, c]].T
        if method == "3cosadd":
            score = near[:, 1] - near[:, 0] + near[:, 2]
        elif method == "3cosmul":
            score = (1 + near[:, 1]) * (1 + near[:, 2]) / (1 + near[:, 0] + 2e-6)
        else:
            gap = words[:rows] - words[c]
            length = np.maximum(np.linalg.norm(gap, axis=1), 1e-6)
            score = gap @ (words[b] - words[a]) / length
        score[np.isin(names, names[[a, b, c]])] = -np.inf
        assert score[d] == pytest.approx(score.max(), abs=1e-4)


def test_unknown_methods_are_refused():
    with pytest.raises(ValueError, match="method must be one of 3cosadd"):
        solve_analogies(VECTORS, row_norms(VECTORS), np.zeros((1, 3), int), np.arange(V), V, "x")


def test_the_core_counts_rows_without_overflow():
    for queries, k in ((1 << 32, 1 << 32), (1 << 21, 1 << 43)):
        with pytest.raises(ValueError, match="no room"):
            TopK(queries, k)
    question = np.zeros((1, 3), np.int64)
    answers = AnalogySolver(question, question, np.arange(5), np.zeros(1, np.float32), 5, 0)
    for first in (-1, 5, 2**63 - 1):
        with pytest.raises(ValueError, match="cosines must have 5 rows"):
            answers.add(np.ones((5, 1), np.float32), first)
