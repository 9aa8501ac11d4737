"""Comparisons of words with each other: cosines, means, ranks, and distances of documents.

Cosines are computed in float32; the cosine with a vector of zeros is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._util.log import log
from fastvec.vectors.norms import (
    clip_cosines,
    cosine,
    normalized,
    normalized_rows,
    safe_reciprocal,
)
from fastvec.vectors.products import product
from fastvec.vectors.store import VectorStore
from fastvec.vectors.wmd import word_movers_distance
from fastvec.words import Key, not_one_string

Floats = NDArray[np.float32]
KeyOrVector = Key | NDArray[Any]

#: The types of a key; whatever else is given in place of a key is a vector.
KEY_TYPES = (str, int, np.integer)


def key_term(vector: NDArray[Any], pre_normalize: bool = True) -> NDArray[np.float64]:
    """The vector of a key as a term of a mean, scaled to length 1 if so wanted.

    >>> key_term(np.array([3, 4], np.float32))
    array([0.6, 0.8])
    """
    term = vector.astype(np.float64)
    length = float(np.sqrt(term @ term))
    return term / length if pre_normalize and length else term


class Comparisons(VectorStore):
    """A store whose words can be compared with each other.

    >>> wv.similarity("king", "king")
    np.float32(1.0)
    """

    def _looked_up(self, key: object) -> tuple[int, NDArray[Any]]:
        """The row of a key and its vector; -1 if the vector is inferred from subwords.

        KeyError, with gensim's message for queries, for a missing key."""
        row, vector = self._find(key)
        if vector is None or (row < 0 and key not in self):
            raise KeyError(f"Key '{key}' not present in vocabulary")
        return row, vector

    def _checked_vector(self, vector: ArrayLike) -> NDArray[Any]:
        """A vector given by the caller; ValueError unless it has D numbers."""
        array = np.asarray(vector)
        if array.shape != (self.vector_size,):
            raise ValueError(
                f"a vector must have {self.vector_size} numbers, got shape {array.shape}"
            )
        return array

    def _cosines(self, vector: NDArray[Any], start: int = 0, end: int | None = None) -> Floats:
        """The cosines of a (D,) vector with the rows from ``start`` to before ``end``."""
        rows = np.asarray(self.vectors[start:end], np.float32)
        cosines = product(rows, normalized(vector))
        cosines *= safe_reciprocal(self.fill_norms()[start:end])
        return clip_cosines(cosines)

    # --- two words, or one and some

    @staticmethod
    def cosine_similarities(vector_1: ArrayLike, vectors_all: ArrayLike) -> Floats:
        """The (N,) cosines of a (D,) vector with (N, D) vectors; 0 where one of them is zero.

        >>> wv.cosine_similarities([1, 1], [[1, 1], [1, -1], [0, 0]]).round(6)
        array([1., 0., 0.], dtype=float32)
        """
        rows = normalized_rows(np.asarray(vectors_all))
        cosines = product(rows, normalized(np.asarray(vector_1)))
        return clip_cosines(cosines)

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """The cosine of two words; 0 where a vector is zero.

        It is exactly 1 for a word with itself.  KeyError for a missing key: ``Key 'xyzzy' not
        present``.

        >>> wv.similarity("king", "king")
        np.float32(1.0)
        """
        return cosine(self.get_vector(w1), self.get_vector(w2))

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """1 - cosine of two words; KeyError for a missing key.

        >>> wv.distance("king", "king")
        np.float32(0.0)
        """
        return np.float32(1 - self.similarity(w1, w2))

    def distances(self, word_or_vector: Key | ArrayLike, other_words: Sequence[Key] = ()) -> Floats:
        """1 - cosine of a word or (D,) vector with each of some words; with all, if none is given.

        The distance of a word to itself is exactly 0.

        Returns
        -------
        (len(other_words),) or (V,) float32 array

        Raises
        ------
        KeyError
            a missing key.
        ValueError
            a vector of another size.

        >>> wv.distances("king", ["man", "queen"]).shape
        (2,)
        """
        own = -1
        if isinstance(word_or_vector, KEY_TYPES):
            own, vector = self._row_of(word_or_vector), self.get_vector(word_or_vector)
        else:
            vector = self._checked_vector(word_or_vector)
        words = list(not_one_string(other_words, "other_words"))
        if words:
            others = np.array([self._row_of(word) for word in words])
            distances = 1 - self.cosine_similarities(vector, self[words])
        else:
            others, distances = np.arange(len(self)), 1 - self._cosines(vector)
        if own >= 0 and np.any(vector):
            distances[others == own] = 0
        return distances

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The one of some words that is nearest to ``key1``.

        KeyError for a missing key, ValueError for an empty list.

        >>> wv.most_similar_to_given("king", ["man", "queen"])
        'queen'
        """
        if not len(keys_list):
            raise ValueError("cannot choose from an empty list of keys")
        return keys_list[int(np.argmin(self.distances(key1, keys_list)))]

    def closer_than(self, key1: Key, key2: Key) -> list[Any]:
        """The words that are closer to ``key1`` than ``key2`` is, in the vocabulary's order.

        KeyError for a missing key.

        >>> wv.closer_than("king", "queen")
        []
        """
        distances = self.distances(key1)
        row = self.get_index(key1)
        closer = np.flatnonzero(distances < distances[self.get_index(key2)]).tolist()
        return [self._keys.key(other) for other in closer if other != row]

    def rank(self, key1: Key, key2: Key) -> int:
        """The rank of ``key2`` among the words nearest to ``key1``; the nearest has rank 1.

        KeyError for a missing key.

        >>> wv.rank("king", "queen")
        1
        """
        return len(self.closer_than(key1, key2)) + 1

    # --- several words

    def get_mean_vector(
        self,
        keys: Sequence[KeyOrVector] | NDArray[Any],
        weights: Sequence[float] | NDArray[Any] | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Floats:
        """The weighted mean of some vectors.

        Parameters
        ----------
        keys : list of keys or (D,) vectors
        weights : list of float, optional
            one for each key; all 1 by default.  The sum is divided by the sum of their absolute
            values.
        pre_normalize : bool
            scale the vectors of keys to length 1 first; vectors that are given are used as they
            are.
        post_normalize : bool
            scale the mean to length 1.
        ignore_missing : bool
            leave out keys that have no vector; otherwise they raise KeyError.

        Returns
        -------
        (D,) float32 array
            zeros when every key is missing.

        Raises
        ------
        ValueError
            no keys, ``len(weights) != len(keys)``, or a vector of another size.

        >>> wv.get_mean_vector(["king", "queen"]).shape
        (3,)
        """
        if len(keys) == 0:
            raise ValueError("cannot compute mean with no input")
        if isinstance(keys, str):
            keys = [keys]
        every_weight = np.ones(len(keys)) if weights is None else np.asarray(weights, float).ravel()
        if len(every_weight) != len(keys):
            raise ValueError("keys and weights array must have same number of elements")
        terms: list[tuple[NDArray[Any], float]] = []
        for key, weight in zip(keys, every_weight.tolist(), strict=True):
            if isinstance(key, list | np.ndarray):
                terms.append((self._checked_vector(key), weight))
            elif not ignore_missing or key in self:
                terms.append((key_term(self._looked_up(key)[1], pre_normalize), weight))
        mean = self._mean(terms)
        length = float(np.sqrt(mean @ mean))
        if post_normalize and length:
            mean /= length
        return mean.astype(np.float32)

    def _mean(self, terms: Sequence[tuple[NDArray[Any], float]]) -> NDArray[np.float64]:
        """The weighted mean of (vector, weight) pairs."""
        total = np.zeros(self.vector_size)
        sum_of_weights = 0.0
        for vector, weight in terms:
            total += weight * vector
            sum_of_weights += abs(weight)
        if sum_of_weights:
            total /= sum_of_weights
        return total

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> np.float32:
        """The cosine of the mean vectors of two lists of words; missing words are left out.

        ZeroDivisionError (gensim's choice) for an empty list.

        >>> wv.n_similarity(["king", "man"], ["man", "king"])
        np.float32(1.0)
        """
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("At least one of the passed list is empty.")
        first, second = (self.get_mean_vector(ws, pre_normalize=False) for ws in (ws1, ws2))
        return cosine(first, second)

    def rank_by_centrality(
        self, words: Sequence[Key], use_norm: bool = True
    ) -> list[tuple[np.float32, Key]]:
        """Some words, sorted by their cosine with the mean of all of them.

        Parameters
        ----------
        words : list of keys
            missing ones are left out.
        use_norm : bool
            scale the vectors to length 1 first.

        Returns
        -------
        list of (similarity, word), the most central first

        Raises
        ------
        ValueError
            no word that has a vector.

        >>> wv.rank_by_centrality(["king", "queen", "man"])[0][1]
        'king'
        """
        known = [word for word in not_one_string(words) if word in self]
        if len(known) < len(words):
            missing = sorted({str(word) for word in words if word not in self})
            log.warning("words without a vector are left out: %s", ", ".join(missing))
        if not known:
            raise ValueError("cannot select a word from an empty list")
        vectors = np.asarray(self[known], np.float32)
        vectors = normalized_rows(vectors) if use_norm else vectors
        scores = vectors @ normalized(vectors.mean(axis=0))
        return sorted(zip(scores, known, strict=True), reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """The word that is least similar to the others; missing words are left out.

        ValueError where no word has a vector.

        >>> wv.doesnt_match(["king", "queen", "woman", "car"])
        'car'
        """
        return self.rank_by_centrality(words)[-1][1]

    def wmdistance(
        self, document1: Sequence[Key], document2: Sequence[Key], norm: bool = True
    ) -> float:
        """The Word Mover's Distance of two documents (Kusner et al. 2015), computed by POT.

        Parameters
        ----------
        document1, document2 : list of keys
            missing ones are left out.
        norm : bool
            scale the vectors to length 1 first.

        Returns
        -------
        float
            ``inf`` where a document has no word that has a vector.

        Raises
        ------
        ImportError
            without POT: ``pip install 'fastvec[wmd]'``.

        >>> wv.wmdistance(["king"], ["king"])
        0.0
        """
        one, other = (
            Counter(key for key in not_one_string(keys, "a document") if key in self)
            for keys in (document1, document2)
        )
        return word_movers_distance(
            self[list(one)], list(one.values()), self[list(other)], list(other.values()), norm
        )
