"""Approximate search: an HNSW graph over the vectors (Malkov and Yashunin 2018), by usearch.

It pays for many single queries to a large vocabulary.  Exact search reads every vector once for
each query, or once for a whole batch (:meth:`fastvec.KeyedVectors.most_similar_batch`); the
graph reads some hundreds of vectors for each query.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec.io.container import read_container, write_container
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.neighbours import Neighbours
from fastvec.vectors.search import nearest


class Index:
    """An approximate index of a KeyedVectors; pass it to ``most_similar`` as ``indexer``.

    Parameters
    ----------
    vectors : KeyedVectors
        must not change afterwards.
    connectivity : int
        how many neighbours of each word the graph keeps.  More find better, and take more memory.
    expansion_add, expansion_search : int
        how many words are considered when one is added, and in a query.  More find better, and are
        slower.
    dtype : {"f16", "f32", "bf16", "i8"}
        the type of the numbers that the graph keeps.

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

    def most_similar(self, vector: NDArray[Any], num_neighbors: int) -> Neighbours:
        """The words nearest to a (D,) vector, as a list of (word, cosine), the nearest first.

        The cosines are exact, but a word may be missing.

        >>> Index(wv).most_similar(wv["king"], 1)[0][0]
        'king'
        """
        count = min(num_neighbors, len(self.vectors))
        if count < 1:
            return Neighbours()
        found = self.graph.search(np.asarray(vector, np.float32), count)
        rows = np.asarray(found.keys, np.int64)
        cosines = KeyedVectors.cosine_similarities(vector, self.vectors.vectors[rows])
        order = np.argsort(-cosines, kind="stable")
        words = self.vectors.words.keys(rows[order])
        return Neighbours(zip(words, cosines[order].tolist(), strict=True))

    def recall(self, topn: int = 10, sample: int = 1000, seed: int = 1) -> float:
        """The share of the ``topn`` nearest words that the graph finds.

        It is the mean over ``sample`` words as queries (all, if there are fewer), drawn from
        ``seed``.

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
        """Save the graph, without the vectors, as one file, which is complete or not there at all.

        OSError when the file cannot be written.

        >>> Index(wv).save("vectors.index")
        """
        graph = np.frombuffer(self.graph.save(), np.uint8)
        write_container(path, "index", {"graph": graph}, {})

    @classmethod
    def load(cls, path: PathLike, vectors: KeyedVectors) -> Self:
        """Open a graph that :meth:`save` wrote, with the vectors that it was made from.

        ValueError if their number or size is not that of the graph, or if the file is another one,
        cut off or damaged.  Its checksum is compared, since usearch does not check what it reads:
        open only files that you trust.

        >>> Index(wv).save("vectors.index")
        >>> len(Index.load("vectors.index", wv).most_similar(wv["king"], 3))
        3
        """
        index = cls.__new__(cls)
        index.vectors = vectors
        library = _usearch()
        file = read_container(path, "index", mmap=False)  # usearch reads what was checked
        try:
            index.graph = library.Index.restore(file.array("graph", "u1", None).tobytes())
        except (RuntimeError, KeyError, ValueError) as error:
            raise ValueError(f"{path} cannot be read by this version of usearch: {error}") from None
        if index.graph is None or index.graph.ndim != vectors.vector_size:
            raise ValueError(f"{path} is not an index of vectors of size {vectors.vector_size}")
        if len(index.graph) != len(vectors):
            raise ValueError(f"{path} indexes {len(index.graph)} words, not {len(vectors)}")
        return index


def _usearch() -> Any:
    try:
        import usearch.index  # optional, and needed here only
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
