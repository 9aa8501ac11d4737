"""Approximate search: an HNSW graph over the vectors (Malkov and Yashunin 2018), by usearch.

For many single questions to a large vocabulary.  Exact search reads every vector once for each
question (or for a whole batch: KeyedVectors.most_similar_batch); the graph reads some hundreds.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, check_target
from fastvec.vectors.keyedvectors import KeyedVectors, Similar
from fastvec.vectors.search import nearest


class Index:
    """An approximate index of a KeyedVectors; pass it to ``most_similar`` as ``indexer``.

    Parameters
    ----------
    vectors : KeyedVectors
        they must not change afterwards.
    connectivity : int
        neighbours that each word keeps in the graph: more find better and take more memory.
    expansion_add, expansion_search : int
        words looked at when one is added, and when one is asked for: more find better and are
        slower.
    dtype : str
        how the graph keeps vectors: f32, f16, bf16 or i8.

    Raises
    ------
    ImportError
        without usearch: ``pip install 'fastvec[ann]'``.

    >>> index = Index(wv)
    >>> wv.most_similar("king", topn=1, indexer=index)[0][0]
    'queen'
    """

    def __init__(
        self,
        vectors: KeyedVectors,
        connectivity: int = 16,
        expansion_add: int = 128,
        expansion_search: int = 64,
        dtype: str = "f16",
    ) -> None:
        self.vectors = vectors
        self.graph = _graph(vectors, connectivity, expansion_add, expansion_search, dtype)
        self.graph.add(np.arange(len(vectors)), np.ascontiguousarray(vectors.vectors, np.float32))

    def most_similar(self, vector: NDArray[Any], num_neighbors: int) -> Similar:
        """The words nearest to a (D,) vector; their cosines are exact, their choice is not.

        >>> Index(wv).most_similar(wv["king"], 1)[0][0]
        'king'
        """
        count = min(num_neighbors, len(self.vectors))
        if count < 1:
            return []
        found = self.graph.search(np.asarray(vector, np.float32), count)
        rows = np.asarray(found.keys, np.int64)
        cosines = KeyedVectors.cosine_similarities(vector, self.vectors.vectors[rows])
        order = np.argsort(-cosines, kind="stable")
        words = self.vectors.words.keys(rows[order])
        return [(word, float(c)) for word, c in zip(words, cosines[order], strict=True)]

    def recall(self, topn: int = 10, sample: int = 1000, seed: int = 1) -> float:
        """The share of the ``topn`` nearest words that the graph finds, over a sample of words.

        >>> Index(wv).recall(topn=2)
        1.0
        """
        n = len(self.vectors)
        rows = np.random.default_rng(seed).choice(n, min(sample, n), replace=False)
        queries = np.ascontiguousarray(self.vectors.vectors[rows], np.float32)
        exact, _ = nearest(self.vectors.vectors, self.vectors.fill_norms(), queries, topn)
        found = np.asarray(self.graph.search(queries, exact.shape[1]).keys, np.int64)
        found = found.reshape(exact.shape)
        return float(np.mean([np.isin(a, b).mean() for a, b in zip(exact, found, strict=True)]))

    def save(self, path: PathLike) -> None:
        """Save the graph (not the vectors).  OSError when the file cannot be written.

        >>> Index(wv).save("vectors.index")
        """
        self.graph.save(str(check_target(path)))

    @classmethod
    def load(cls, path: PathLike, vectors: KeyedVectors) -> Self:
        """Open a graph that :meth:`save` wrote, with the vectors that it was made of.

        ValueError where the sizes do not fit.

        >>> Index(wv).save("vectors.index")
        >>> len(Index.load("vectors.index", wv).most_similar(wv["king"], 3))
        3
        """
        index = cls.__new__(cls)
        index.vectors = vectors
        index.graph = _usearch().Index.restore(str(path))
        if index.graph is None or index.graph.ndim != vectors.vector_size:
            raise ValueError(f"{path} is no index of vectors of size {vectors.vector_size}")
        if len(index.graph) != len(vectors):
            raise ValueError(f"{path} indexes {len(index.graph)} words, not {len(vectors)}")
        return index


def _usearch() -> Any:
    try:
        import usearch.index
    except ImportError:
        raise ImportError("approximate search needs usearch: pip install 'fastvec[ann]'") from None
    return usearch.index


def _graph(vectors: KeyedVectors, connectivity: int, add: int, search: int, dtype: str) -> Any:
    return _usearch().Index(
        ndim=vectors.vector_size,
        metric="cos",
        dtype=dtype,
        connectivity=connectivity,
        expansion_add=add,
        expansion_search=search,
    )
