"""How good maps are: which neighbours they keep, and how long they take.

    python benchmarks/maps.py vectors.bin --words 10000 --seeds 1 2 3

Each layout of fastvec and scikit-learn's t-SNE get the unit vectors of the most frequent words.

- kept: the share of the 10 words nearest by cosine that are among the 10 nearest on the map.
- processor seconds: of all cores together, search for neighbours included.
- trustworthiness (Venna and Kaski 2001), 10 neighbours: 1 if all neighbours on the map are
  neighbours by cosine, too; strangers count the more, the farther they are by cosine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fastvec import KeyedVectors
from fastvec.io.registry import read_vectors
from fastvec.vectors.maps.layouts import METHODS, PERPLEXITY, Near
from fastvec.vectors.norms import normalized_rows

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

K = 10
ROWS = 500  # at a time


def nearest_on_map(places: Floats, k: int = K) -> Ints:
    """The (N, k) nearest other points of each point."""
    from scipy.spatial import KDTree

    _, found = KDTree(places).query(places, k + 1)
    other = found != np.arange(len(places))[:, None]
    other[:, -1] &= ~other.all(1)
    return found[other].reshape(len(places), k)


def kept(rows: Floats, places: Floats, k: int = K) -> float:
    """The share of the k nearest neighbours by cosine that are the k nearest on the map."""
    true, shown = Near.among(rows, k).rows, nearest_on_map(places, k)
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(true, shown, strict=True)]))


def trustworthiness(rows: Floats, places: Floats, k: int = K) -> float:
    """What scikit-learn's function of this name returns, in blocks of memory."""
    n, shown, lost = len(rows), nearest_on_map(places, k), 0
    for first in range(0, n, ROWS):
        some = slice(first, first + ROWS)
        cosines = rows[some] @ rows.T
        cosines[np.arange(len(cosines)), np.arange(n)[some]] = -2
        near = np.take_along_axis(cosines, shown[some], 1)
        ranks = np.stack([(cosines > near[:, i : i + 1]).sum(1) for i in range(k)]) + 1
        lost += int(np.maximum(ranks - k, 0).sum())
    return 1 - 2 * lost / (n * k * (2 * n - 3 * k - 1))


def scikit_learn(rows: Floats, seed: int) -> Floats:
    """scikit-learn's t-SNE, with the same perplexity and metric."""
    from sklearn.manifold import TSNE

    made = TSNE(perplexity=PERPLEXITY, init="pca", random_state=seed, n_jobs=2)
    return np.asarray(made.fit_transform(rows), np.float32)


def layout(method: str) -> Callable[[Floats, int], Floats]:
    """A layout of fastvec, with its search for neighbours."""
    return lambda rows, seed: METHODS[method](rows, Near.among(rows, 3 * PERPLEXITY), 2, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--words", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--without", nargs="*", default=[], help="layouts to leave out")
    options = parser.parse_args()
    file = read_vectors(options.vectors, limit=options.words)
    rows = normalized_rows(KeyedVectors.of(file.words.as_text(), file.vectors).vectors)
    layouts = {**{name: layout(name) for name in METHODS}, "scikit-learn": scikit_learn}
    print(f"{len(rows)} words of {options.vectors.name}, {rows.shape[1]} numbers\n")
    print("| layout | kept | trustworthiness | processor seconds |\n|---|---|---|---|")
    for name in [name for name in layouts if name not in options.without]:
        found = []
        for seed in options.seeds if name != "pca" else options.seeds[:1]:
            begun = time.process_time()
            places = layouts[name](rows, seed)
            seconds = time.process_time() - begun
            found.append((kept(rows, places), trustworthiness(rows, places), seconds))
        share, trust, seconds = np.median(found, axis=0)
        print(f"| {name} | {100 * share:.1f} % | {trust:.3f} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
