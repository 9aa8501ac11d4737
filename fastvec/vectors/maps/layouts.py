"""Layouts: where the words of a map stand, so that near words are near.

All layouts begin with unit vectors, whose distances rank words as their cosines do, and with the
same exact neighbours.  The same vectors and the same seed give the same bytes on one machine.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.log import log
from fastvec._util.options import check_value
from fastvec._util.progress import Progress
from fastvec.vectors.norms import row_norms
from fastvec.vectors.search import nearest

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

PERPLEXITY = 30  # t-SNE's: about how many neighbours of a word count
EARLY, LATER = 250, 500  # steps of t-SNE: with exaggerated forces, and without
TICK = 25  # steps between two news of them
LEAST_WORDS = 12  # of the layouts that look at neighbours
MOST_EXACT = 2000  # words up to which t-SNE sums up all forces (Barnes-Hut)
INSTALL = "pip install 'fastvec[map]'"


@dataclass
class Near:
    """The k nearest other words of each of N words, the nearest first.

    Attributes
    ----------
    rows : (N, k) int64 array
    cosines : (N, k) float32 array
    """

    rows: Ints
    cosines: Floats

    @classmethod
    def among(cls, rows: Floats, k: int) -> Near:
        """The neighbours of (N, D) unit vectors among themselves; k is at most N - 1.

        >>> Near.among(np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32), 1).rows.tolist()
        [[2], [2], [1]]
        """
        n, k = len(rows), min(k, len(rows) - 1)
        found, cosines = nearest(rows, row_norms(rows), rows, k + 1)
        other = found != np.arange(n)[:, None]
        other[:, -1] &= ~other.all(1)  # equal vectors may have pushed a word out of its own list
        return cls(found[other].reshape(n, k), cosines[other].reshape(n, k))

    @property
    def distances(self) -> Floats:
        """The (N, k) distances of the unit vectors."""
        lengths: Floats = np.sqrt(np.maximum(2 - 2 * self.cosines, 0))
        return lengths


def pca(rows: Floats, dimensions: int) -> Floats:
    """The (N, dimensions) principal components of rows: the directions in which they differ most.

    Components that the rows do not have are 0.  The largest number of each is positive, so that
    their signs do not depend on the library.

    >>> pca(np.array([[2, 0], [-1, 0], [-1, 0]], np.float32), 2).tolist()
    [[2.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]]
    """
    centred = rows - rows.mean(0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    found = np.zeros((len(rows), dimensions), np.float32)
    count = min(dimensions, rows.shape[1])
    found[:, :count] = centred @ axes[:, ::-1][:, :count]
    largest = np.abs(found).argmax(0)
    found *= np.where(found[largest, np.arange(dimensions)] < 0, -1, 1)
    return found + np.float32(0)  # no -0.0


def tsne(rows: Floats, near: Near, dimensions: int, seed: int) -> Floats:
    """t-SNE (van der Maaten and Hinton 2008) by openTSNE, which begins with the components.

    It keeps neighbours together; distances between far groups mean little.

    >>> rows = np.eye(12, dtype=np.float32)
    >>> tsne(rows, Near.among(rows, 11), 2, seed=1).shape
    (12, 2)
    """
    library = _library("tsne")
    known = library.nearest_neighbors.PrecomputedNeighbors(near.rows, near.distances)
    begin = pca(rows, dimensions).astype(np.float64)
    begin *= 1e-4 / max(begin[:, 0].std(), 1e-30)
    begin += np.random.default_rng(seed).normal(0, 1e-6, begin.shape)  # equal words come apart
    affinities = library.affinity.PerplexityBasedNN(
        perplexity=near.rows.shape[1] / 3, knn_index=known
    )
    with Progress("placing words", EARLY + LATER, unit="steps") as bar:
        ticks = itertools.count(TICK, TICK)
        made = library.TSNE(
            n_components=dimensions,
            early_exaggeration_iter=EARLY,
            n_iter=LATER,
            initialization=begin,
            negative_gradient_method="fft" if len(rows) > MOST_EXACT and dimensions < 3 else "bh",
            n_jobs=1,  # two threads took longer beside other work, for the same bytes
            random_state=seed,
            callbacks=lambda *_: bar.update(next(ticks)),
            callbacks_every_iters=TICK,
        ).fit(affinities=affinities)
    return np.asarray(made, np.float32)


def umap(rows: Floats, near: Near, dimensions: int, seed: int) -> Floats:
    """UMAP (McInnes et al. 2018) by umap-learn.

    >>> rows = np.eye(12, dtype=np.float32)
    >>> umap(rows, Near.among(rows, 11), 2, seed=1).shape  # doctest: +SKIP
    (12, 2)
    """
    library = _library("umap")
    itself = np.arange(len(rows))[:, None]  # a word is its own first neighbour there
    known = (
        np.concatenate([itself, near.rows], 1)[:, :16],
        np.pad(near.distances, ((0, 0), (1, 0)))[:, :16],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are not connected, and of its own libraries
        return np.asarray(
            library.UMAP(
                n_components=dimensions,
                n_neighbors=known[0].shape[1],
                precomputed_knn=known,
                random_state=seed,
                n_jobs=1,
            ).fit_transform(rows),
            np.float32,
        )


def _library(method: str) -> Any:
    """The package of a layout, which is an extra."""
    name, package, module = LIBRARIES[method]
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ImportError(f"{name} needs {package}: {INSTALL}") from None


Layout = Callable[[Floats, Near, int, int], Floats]

METHODS: dict[str, Layout] = {
    "pca": lambda rows, near, dimensions, seed: pca(rows, dimensions),  # noqa: ARG005
    "tsne": tsne,
    "umap": umap,
}
#: the name of a layout, its package, and the module of that
LIBRARIES = {"tsne": ("t-SNE", "openTSNE", "openTSNE"), "umap": ("UMAP", "umap-learn", "umap")}


def check_method(method: str | None, words: int) -> str:
    """The name of the layout of so many words; t-SNE by default if openTSNE is installed.

    Raises
    ------
    ValueError
        an unknown name, or a layout that needs more words.
    ImportError
        a layout whose library is not installed.

    >>> check_method("pca", 5)
    'pca'
    """
    if method is None:
        return _default(words)
    check_value("method", method, str, choices=tuple(METHODS))
    if method in LIBRARIES:
        if words < LEAST_WORDS:
            name = LIBRARIES[method][0]
            raise ValueError(f"{name} needs at least {LEAST_WORDS} words, got {words}")
        _library(method)
    return method


def _default(words: int) -> str:
    if words < LEAST_WORDS:
        return "pca"
    if importlib.util.find_spec("openTSNE") is None:
        log.warning(
            "this is a map by principal components, which keeps few neighbours together: for "
            "t-SNE, %s",
            INSTALL,
        )
        return "pca"
    return "tsne"
