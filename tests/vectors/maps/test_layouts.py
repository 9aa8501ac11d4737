"""Layouts: near words stand near each other, and the same seed gives the same bytes."""

from __future__ import annotations

import importlib
import logging
from types import ModuleType

import numpy as np
import pytest

from fastvec.vectors.maps import layouts
from fastvec.vectors.maps.layouts import METHODS, Near, check_method, pca
from fastvec.vectors.norms import normalized_rows

MODULES = {"tsne": "openTSNE", "umap": "umap"}


def groups(count: int = 4, each: int = 30, size: int = 20, noise: float = 0.3) -> np.ndarray:
    """Unit vectors in groups that lie far apart: row i is in group i % count."""
    draw = np.random.default_rng(1)
    centres = draw.normal(size=(count, size))
    return normalized_rows(
        np.tile(centres, (each, 1)) + noise * draw.normal(size=(count * each, size))
    )


def laid_out(method: str, rows: np.ndarray, dimensions: int = 2, seed: int = 1) -> np.ndarray:
    if method in MODULES:
        pytest.importorskip(MODULES[method], reason=f"{MODULES[method]} is not installed")
    return METHODS[method](rows, Near.among(rows, 90), dimensions, seed)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("method", METHODS)
def test_groups_stay_together(method: str, dimensions: int) -> None:
    rows = groups()
    found = laid_out(method, rows, dimensions)
    assert found.shape == (len(rows), dimensions)
    assert found.dtype == np.float32
    away = np.linalg.norm(found[:, None] - found[None], axis=2)
    np.fill_diagonal(away, np.inf)
    same = away.argmin(1) % 4 == np.arange(len(rows)) % 4
    assert same.mean() > 0.95


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bytes(method: str) -> None:
    rows = groups()
    first, again = (laid_out(method, rows, seed=3).tobytes() for _ in range(2))
    assert first == again
    assert (laid_out(method, rows, seed=4).tobytes() == first) is (method == "pca")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rows", [
    np.zeros((12, 3), np.float32),
    np.eye(12, dtype=np.float32),
    np.ones((12, 1), np.float32),
    np.repeat(np.eye(6, dtype=np.float32), 5, axis=0),
], ids=["zeros", "apart", "one number", "five times each"])  # fmt: skip
def test_odd_vectors_have_places(method: str, rows: np.ndarray) -> None:
    assert np.isfinite(laid_out(method, rows)).all()


def test_many_words_are_laid_out_in_the_same_way_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way to sum up forces."""
    for name, value in (("MOST_EXACT", 10), ("EARLY", 25), ("LATER", 25)):
        monkeypatch.setattr(layouts, name, value)
    rows = groups()
    assert laid_out("tsne", rows).tobytes() == laid_out("tsne", rows).tobytes()


def test_neighbours_are_the_nearest_other_rows() -> None:
    rows = groups(each=5)
    near = Near.among(rows, 7)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -2)
    best = np.argsort(-cosines, axis=1, kind="stable")[:, :7]
    assert near.rows.tolist() == best.tolist()
    np.testing.assert_allclose(near.cosines, np.take_along_axis(cosines, best, 1), atol=1e-6)
    np.testing.assert_allclose(
        near.distances[0], np.linalg.norm(rows[best[0]] - rows[0], axis=1), atol=1e-3
    )


def test_equal_rows_are_neighbours_of_each_other_but_not_of_themselves() -> None:
    near = Near.among(np.ones((20, 1), np.float32), 4)
    assert near.rows.shape == (20, 4)
    assert not (near.rows == np.arange(20)[:, None]).any()
    assert Near.among(np.ones((3, 1), np.float32), 90).rows.shape == (3, 2)


def test_principal_components_are_those_of_a_singular_value_decomposition() -> None:
    rows = groups()
    left, values, _ = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    expected = left[:, :2] * values[:2]
    expected *= np.sign(expected[np.abs(expected).argmax(0), [0, 1]])
    np.testing.assert_allclose(pca(rows, 2), expected, atol=1e-5)


def test_methods_are_checked() -> None:
    with pytest.raises(ValueError, match="method must be pca or tsne or umap, got 'mds'"):
        check_method("mds", 100)
    pytest.importorskip("openTSNE", reason="openTSNE is not installed")
    with pytest.raises(ValueError, match="t-SNE needs at least 12 words, got 11"):
        check_method("tsne", 11)
    assert (check_method(None, 12), check_method(None, 11)) == ("tsne", "pca")


@pytest.mark.parametrize(("method", "says"), [
    ("tsne", r"t-SNE needs openTSNE: pip install 'fastvec\[map\]'"),
    ("umap", r"UMAP needs umap-learn: pip install 'fastvec\[map\]'"),
])  # fmt: skip
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, method: str, says: str
) -> None:
    monkeypatch.setattr(importlib, "import_module", _missing)
    with pytest.raises(ImportError, match=says):
        check_method(method, 100)


def _missing(name: str) -> ModuleType:
    raise ModuleNotFoundError(name)


def test_without_opentsne_components_stand_in_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with caplog.at_level(logging.WARNING, "fastvec"):
        assert check_method(None, 100) == "pca"
    assert "for t-SNE, pip install 'fastvec[map]'" in caplog.text
