"""Queries to the whole vocabulary: which words are nearest to some words or vectors.

Each query reads every vector once, in blocks of a matrix product, and selects the best rows
without sorting all of them (search.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._util.options import check_value
from fastvec.vectors.comparisons import Comparisons, Floats, KeyOrVector, key_term
from fastvec.vectors.neighbours import Neighbours
from fastvec.vectors.norms import normalized, safe_reciprocal
from fastvec.vectors.products import product
from fastvec.vectors.search import nearest, top_k
from fastvec.words import Key, is_integer, not_one_string

Weighted = KeyOrVector | tuple[KeyOrVector, float]
Query = Weighted | Sequence[Weighted] | NDArray[Any] | None


def _as_list(query: Query) -> list[Any]:
    """One or several keys, vectors, or (key, weight) pairs, as a list."""
    if query is None:
        return []
    if isinstance(query, str | bytes | int | np.integer):
        return [query]
    if isinstance(query, np.ndarray) and query.ndim == 1 and query.dtype.kind in "fiub":
        return [query]
    if isinstance(query, tuple) and len(query) == 2 and isinstance(query[1], float | int):
        # Two integers are two keys, as in gensim.
        return list(query) if is_integer(query[0]) and is_integer(query[1]) else [query]
    return list(query)


class Queries(Comparisons):
    """A store that finds the words nearest to others.

    >>> wv.most_similar("king", topn=1)[0][0]
    'queen'
    """

    def _parse(self, positive: Query, negative: Query) -> tuple[Floats, set[int]]:
        """The (D,) mean vector of a query, and the rows of its keys, which are left out of its
        result.  Each key is looked up once."""
        terms: list[tuple[NDArray[Any], float]] = []
        rows = set()
        for sign, items in ((1.0, _as_list(positive)), (-1.0, _as_list(negative))):
            for item in items:
                key, weight = item if isinstance(item, tuple) else (item, sign)
                if isinstance(key, list | np.ndarray):
                    terms.append((self._checked_vector(key), float(weight)))
                else:
                    row, vector = self._looked_up(key)
                    rows.add(row)
                    terms.append((key_term(vector), float(weight)))
        if not terms:
            raise ValueError("cannot compute mean with no input")
        return self._mean(terms).astype(np.float32), rows

    def _nearest_keys(
        self,
        queries: NDArray[Any],
        excluded: Sequence[set[int]],
        topn: int,
        start: int,
        end: int | None,
    ) -> list[Neighbours]:
        """The keys nearest to each of (Q, D) queries, without the rows excluded from it."""
        more = max((len(rows) for rows in excluded), default=0)
        found, cosines = nearest(self.vectors, self.fill_norms(), queries, topn + more, start, end)
        keys = iter(self._keys.keys(found.ravel()))
        return [
            Neighbours(
                [
                    (key, cosine)
                    for row, cosine, key in zip(rows, scores, keys, strict=False)
                    if row >= 0 and row not in left_out
                ][:topn]
            )
            for rows, scores, left_out in zip(
                found.tolist(), cosines.tolist(), excluded, strict=True
            )
        ]

    @overload
    def most_similar(
        self,
        positive: Query = None,
        negative: Query = None,
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Neighbours: ...

    @overload
    def most_similar(
        self,
        positive: Query = None,
        negative: Query = None,
        *,
        topn: None,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Floats: ...

    def most_similar(
        self,
        positive: Query = None,
        negative: Query = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Neighbours | Floats:
        """The words nearest to the mean of some words, where positive words are added and negative
        ones subtracted (3CosAdd, Mikolov et al. 2013).

        Parameters
        ----------
        positive, negative : key, (D,) vector, (key or vector, weight), or a list of these
            a weight is used as it is, in ``negative`` too: write a negative one there.
        topn : int or None
            the number of words to find.  None: the cosines of all words, unsorted.
        clip_start, clip_end : int
            consider only the rows from ``clip_start`` to before ``clip_end``; all by default.
        restrict_vocab : int, optional
            consider only so many first words; replaces ``clip_start`` and ``clip_end``.
        indexer : object, optional
            search approximately in this index, see :mod:`fastvec.ann`.

        Returns
        -------
        list of (word, cosine), the nearest first
            without the words of the query itself; a vector in the query leaves no word out.  For
            ``topn=None`` a float32 array with one cosine for each row considered.

        Raises
        ------
        KeyError
            a missing key: ``Key 'xyzzy' not present in vocabulary``.
        ValueError
            an empty query, or a vector of another size.

        >>> wv.most_similar("king", topn=1)[0][0]
        'queen'
        """
        topn = check_value("topn", topn, int | None)
        if restrict_vocab is not None:
            clip_start, clip_end = 0, check_value("restrict_vocab", restrict_vocab, int)
        mean, excluded = self._parse(positive, negative)
        if topn is None:
            return self._cosines(mean, clip_start, clip_end)
        if topn < 1:
            return Neighbours()
        if indexer is not None:
            found = indexer.most_similar(mean, topn + len(excluded))
            return Neighbours([one for one in found if self._row_of(one[0]) not in excluded][:topn])
        return self._nearest_keys(mean[None], [excluded], topn, clip_start, clip_end)[0]

    def most_similar_batch(
        self,
        positive: Sequence[Query],
        negative: Sequence[Query] | None = None,
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
    ) -> list[Neighbours]:
        """The results of many queries, many times as fast as one by one.

        Parameters
        ----------
        positive : list of queries
            each of them what :meth:`most_similar` takes as ``positive``.  A (Q, D) array is Q
            queries.
        negative : list, optional
            what each query has as ``negative``; None for one that has nothing.
        topn, clip_start, clip_end, restrict_vocab
            as in :meth:`most_similar`, for all queries.

        Returns
        -------
        list of what :meth:`most_similar` returns, one for each query

        Raises
        ------
        KeyError, ValueError
            as in :meth:`most_similar`, for the first query that is wrong.

        >>> found = wv.most_similar_batch(["king", ["king", "woman"]], [None, "man"], topn=1)
        >>> [neighbours[0][0] for neighbours in found]
        ['queen', 'queen']
        """
        topn, positive = check_value("topn", topn, int), not_one_string(positive, "positive")
        if restrict_vocab is not None:
            clip_start, clip_end = 0, check_value("restrict_vocab", restrict_vocab, int)
        against = [None] * len(positive) if negative is None else negative
        if len(against) != len(positive):
            raise ValueError(f"{len(positive)} questions have {len(against)} negative parts")
        if topn < 1 or not len(positive):
            return [Neighbours() for _ in positive]
        parsed = [self._parse(plus, minus) for plus, minus in zip(positive, against, strict=True)]
        means = np.stack([mean for mean, _ in parsed])
        return self._nearest_keys(means, [rows for _, rows in parsed], topn, clip_start, clip_end)

    def similar_by_word(
        self, word: Key, topn: int = 10, restrict_vocab: int | None = None
    ) -> Neighbours:
        """The words nearest to a word, see :meth:`most_similar`.

        >>> wv.similar_by_word("king", topn=1)[0][0]
        'queen'
        """
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_key(
        self, key: Key, topn: int = 10, restrict_vocab: int | None = None
    ) -> Neighbours:
        """The words nearest to a key, see :meth:`most_similar`.

        >>> wv.similar_by_key("king", topn=1)[0][0]
        'queen'
        """
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(
        self, vector: ArrayLike, topn: int = 10, restrict_vocab: int | None = None
    ) -> Neighbours:
        """The words nearest to a (D,) vector, see :meth:`most_similar`.

        >>> wv.similar_by_vector(wv["king"], topn=1)[0][0]
        'king'
        """
        return self.most_similar([np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_cosmul(
        self,
        positive: Query = None,
        negative: Query = None,
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> Neighbours | Floats:
        """The words that are best by 3CosMul (Levy and Goldberg 2014).

        A word's score is the product of its cosines with the positive words, divided by the product
        of those with the negative words, where cosines are shifted to 0..1.

        Parameters
        ----------
        positive, negative, topn, restrict_vocab
            as in :meth:`most_similar`, without weights.

        Returns
        -------
        list of (word, score), the best first
            for ``topn=None`` a float32 array with one score for each row considered.

        Raises
        ------
        KeyError
            a missing key: ``Key 'xyzzy' not present``.
        ValueError
            an empty query, or a vector of another size.

        >>> wv.most_similar_cosmul(["king", "woman"], ["man"], topn=1)[0][0]
        'queen'
        """
        topn = check_value("topn", topn, int | None)
        restrict_vocab = check_value("restrict_vocab", restrict_vocab, int | None)
        sides = _as_list(positive), _as_list(negative)
        if not any(sides):
            raise ValueError("cannot compute similarity with no input")
        if topn is not None and topn < 1:
            return Neighbours()
        rows = np.asarray(self.vectors[:restrict_vocab], np.float32)
        lengths = safe_reciprocal(self.fill_norms()[:restrict_vocab])
        products, excluded = [], set()
        for side in sides:
            factors = np.ones(len(rows), np.float32)
            for key in side:
                if isinstance(key, list | np.ndarray):
                    vector = self._checked_vector(key).astype(np.float32)
                else:
                    row, found = self._find(key)
                    if found is None:
                        raise KeyError(f"Key '{key}' not present")
                    excluded.add(row)
                    vector = normalized(found)
                factors *= (1 + product(rows, vector) * lengths) / 2
            products.append(factors)
        scores: Floats = products[0] / (products[1] + np.float32(1e-6))
        if topn is None:
            return scores
        best = [row for row in top_k(scores, topn + len(excluded)).tolist() if row not in excluded]
        return Neighbours((self._keys.key(row), float(scores[row])) for row in best[:topn])

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """The cosine of two words, divided by the sum of the cosines of ``wa`` with its ``topn``
        nearest words (Leeuwenberg et al. 2016).

        Above 0.1, with ``topn=10``, the words may be synonyms.  KeyError for a missing key;
        ValueError for ``topn`` below 1.

        >>> wv.relative_cosine_similarity("king", "queen", topn=2) > 0.4
        True
        """
        topn = check_value("topn", topn, int, low=1)
        similarity = float(self.similarity(wa, wb))
        return similarity / sum(cosine for _, cosine in self.similar_by_key(wa, topn))
