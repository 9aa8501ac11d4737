"""FastTextKeyedVectors: vectors of words and of their n-grams, with gensim 4's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._util.undo import undone_on_error
from fastvec.subwords import Subwords
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Key, Words, not_one_string

Floats = NDArray[np.float32]


class FastTextKeyedVectors(KeyedVectors):
    """Words with a vector each, and n-grams of characters, from which words that are not in the
    vocabulary get theirs.

    ``vectors`` are those of the words, as in :class:`~fastvec.KeyedVectors`: each is the mean of
    the word's own row in ``vectors_vocab`` and of the rows of its n-grams in ``vectors_ngrams``.
    ``wv["unseen"]`` is the mean of the rows of its n-grams alone.  As in gensim, an unseen word may
    stand wherever a vector is needed (:meth:`get_vector`, :meth:`most_similar`,
    :meth:`similarity`, :meth:`doesnt_match`, :meth:`wmdistance`, ...), and ``"unseen" in wv`` is
    true; :meth:`has_index_for`, :meth:`get_index`, :meth:`rank` and ``key_to_index`` are about the
    words of the vocabulary only.

    Unlike gensim's, a table has rows only for the buckets of n-grams that occur (``ngram_buckets``
    says which), and a word is not in ``wv`` if it is too short to have n-grams.

    Parameters
    ----------
    vector_size : int
        D, how many numbers each vector has.
    min_n, max_n : int
        the least and the greatest number of characters of an n-gram, < and > around the word
        included.
    bucket : int
        how many buckets n-grams are hashed into.
    compatible_hash : bool
        only True: n-grams are hashed as fastText does it.  gensim's False is for files of old.
    count : int
        make so many rows of zeros.
    dtype : NumPy dtype
        of ``vectors``; float32 by default.

    Raises
    ------
    ValueError
        a negative number, ``bucket`` above 2**31 - 1, ``max_n`` above 1000, or another
        ``compatible_hash``.

    >>> ft = FastTextKeyedVectors(2, 3, 6, bucket=1000)
    >>> ft.add_vectors(["cat", "dog"], [[1, 2], [3, 4]])
    >>> ft["dog"], "cats" in ft, ft.has_index_for("cats")
    (array([3., 4.], dtype=float32), True, False)
    """

    compatible_hash: ClassVar[bool] = True
    _subwords: Subwords
    _vectors: NDArray[Any] | None  # None: they have to be computed

    def __init__(
        self,
        vector_size: int,
        min_n: int,
        max_n: int,
        bucket: int,
        compatible_hash: bool = True,
        count: int = 0,
        dtype: Any = np.float32,
    ) -> None:
        if compatible_hash is not True:
            raise ValueError(f"compatible_hash must be True, got {compatible_hash!r}")
        super().__init__(vector_size, count, dtype)
        own, none = (
            np.zeros((count, vector_size), np.float32),
            np.zeros((0, vector_size), np.float32),
        )
        self._subwords = Subwords(min_n, max_n, bucket, own, none, np.zeros(0, np.int32))

    @classmethod
    def of_subwords(
        cls,
        words: Words,
        subwords: Subwords,
        counts: NDArray[np.int64] | None = None,
        vectors: NDArray[Any] | None = None,
    ) -> Self:
        """A store of V words whose vectors are made of subwords; nothing is copied.

        Parameters
        ----------
        words : Words
        subwords : Subwords
        counts : (V,) int64 array, optional
        vectors : (V, D) array, optional
            the vectors of the words; by default they are computed when they are first needed.

        Raises
        ------
        ValueError
            another number of words than of rows.

        >>> subwords = Subwords(3, 6, 9, np.ones((1, 2), "f"), np.ones((9, 2), "f"))
        >>> FastTextKeyedVectors.of_subwords(Words.of(["cat"]), subwords)["cats"]
        array([1., 1.], dtype=float32)
        """
        store = cls.of(words, subwords.words if vectors is None else vectors, counts)
        store._subwords, store._vectors = subwords, vectors
        return store

    def _start(self, words: Words, vectors: NDArray[Any], counts: NDArray[np.int64] | None) -> None:
        super()._start(words, vectors, counts)
        none = np.zeros((0, vectors.shape[1]), np.float32)
        self._subwords = Subwords(0, 0, 0, np.asarray(vectors, np.float32), none)

    def renew_subwords(
        self,
        words: Words,
        subwords: Subwords,
        counts: NDArray[np.int64],
        keep_attributes: bool = False,
    ) -> None:
        """Replace all words, the rows that their vectors are made of, and counts; see ``renew``.

        >>> ft = FastTextKeyedVectors(2, 3, 6, bucket=9)
        >>> subwords = Subwords(3, 6, 9, np.ones((1, 2), "f"), np.ones((9, 2), "f"))
        >>> ft.renew_subwords(Words.of(["cat"]), subwords, np.array([7]))
        >>> ft["cat"]
        array([1., 1.], dtype=float32)
        """
        kept = self._attributes if keep_attributes else {}
        with undone_on_error(self):
            self._start(words, subwords.words, counts)
            self._attributes = kept | self._attributes
            self._subwords, self._vectors = subwords, None

    # --- what the vectors are made of

    @property
    def vectors(self) -> NDArray[Any]:
        """The (V, D) vectors of the words.

        They are computed when they are needed after :meth:`adjust_vectors` or a training.
        """
        if self._vectors is None:
            named, own = len(self.words), self._subwords.words
            self._vectors = np.zeros(own.shape, np.float32)
            self._vectors[:named] = self._subwords.vectors_of(self.words, own[:named])
        return self._vectors

    @vectors.setter
    def vectors(self, vectors: NDArray[Any]) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._subwords.words if self._vectors is None else self._vectors)

    def set_subwords(self, subwords: Subwords) -> None:
        """Have the same rows in other memory, which training can change.

        >>> ft = FastTextKeyedVectors(2, 3, 6, bucket=9)
        >>> ft.set_subwords(ft.subwords)
        """
        self._subwords = subwords

    def forget_vectors(self) -> None:
        """Have ``vectors`` computed again when they are next needed.

        >>> FastTextKeyedVectors(2, 3, 6, bucket=9).forget_vectors()
        """
        self._vectors = self.norms = None

    @property
    def subwords(self) -> Subwords:
        """What the vectors are made of.

        >>> FastTextKeyedVectors(2, 3, 6, bucket=9).subwords.max_n
        6
        """
        own = self._subwords.words
        if len(own) < len(self):  # rows were added
            new = np.zeros((len(self) - len(own), self.vector_size), np.float32)
            self._subwords = self._subwords.with_words(np.concatenate([own, new]))
        return self._subwords

    @property
    def min_n(self) -> int:
        """The least number of characters of an n-gram."""
        return self._subwords.min_n

    @property
    def max_n(self) -> int:
        """The greatest number of characters of an n-gram."""
        return self._subwords.max_n

    @property
    def bucket(self) -> int:
        """How many buckets n-grams are hashed into; 0: there are no n-grams."""
        return self._subwords.bucket

    @property
    def vectors_vocab(self) -> Floats:
        """The (V, D) rows of the words without their n-grams.

        After changing numbers in it, call :meth:`adjust_vectors`.
        """
        return self.subwords.words

    @property
    def vectors_ngrams(self) -> Floats:
        """The (N, D) rows of the n-grams: of the buckets ``ngram_buckets``.

        In gensim N is always ``bucket``; here, buckets of no n-gram of the vocabulary may have no
        row, which counts as zeros.  After changing numbers in it, call :meth:`adjust_vectors`.
        """
        return self._subwords.ngrams

    @property
    def ngram_buckets(self) -> NDArray[np.int32]:
        """The (N,) buckets that the rows of ``vectors_ngrams`` belong to."""
        buckets = self._subwords.buckets
        return np.arange(self.bucket, dtype=np.int32) if buckets is None else buckets

    def adjust_vectors(self) -> None:
        """Compute ``vectors`` anew from ``vectors_vocab`` and ``vectors_ngrams``.

        >>> ft = FastTextKeyedVectors(2, 3, 6, bucket=9, count=1)
        >>> ft.index_to_key = ["cat"]
        >>> ft.vectors_vocab[:] = 7  # "cat" has six n-grams, which have no rows yet
        >>> ft.adjust_vectors()
        >>> ft["cat"]
        array([1., 1.], dtype=float32)
        """
        self.set_subwords(self.subwords)  # with a row for each word
        self.forget_vectors()

    # --- words that have no row

    def __contains__(self, key: object) -> bool:
        return self.has_index_for(key) or (
            isinstance(key, str) and not self._keys.integers and self._subwords.has_ngrams(key)
        )

    def _infer(self, key: object) -> NDArray[Any] | None:
        if not isinstance(key, str) or self._keys.integers or not self.bucket:
            return None
        vector: NDArray[Any] = self._subwords.vectors_of(Words.of([key]))[0]
        return vector

    def get_vector(self, key: Key, norm: bool = False) -> NDArray[Any]:
        """The (D,) vector of a key; that of an unseen word is the mean of its n-grams' rows.

        A word that is too short to have n-grams gets zeros, as in gensim.

        Parameters
        ----------
        norm : bool
            scale it to length 1.

        Raises
        ------
        KeyError
            a missing key of vectors without n-grams (``bucket`` 0, or integers as keys).

        >>> FastTextKeyedVectors(2, 3, 6, bucket=9)["cats"]
        array([0., 0.], dtype=float32)
        """
        return super().get_vector(key, norm)

    def rows_for_words(self, words: Words) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """The (n,) rows of some words, -1 for none, and the (m, D) vectors that are inferred for
        words without a row: row V + i is the i-th of these.

        >>> ft = FastTextKeyedVectors(2, 3, 6, bucket=9)
        >>> ft.rows_for_words(Words.of(["cats", "", "dogs"]))[0].tolist()
        [0, -1, 1]
        """
        rows, inferred = super().rows_for_words(words)
        unseen = np.flatnonzero(rows < 0)
        if not len(unseen) or not self.bucket or words.integers:
            return rows, inferred
        has_ngrams = np.diff(self._subwords.bags(words.take(unseen))[0]) > 0
        unseen = unseen[has_ngrams]
        rows[unseen] = len(self) + np.arange(len(unseen))
        return rows, self._subwords.vectors_of(words.take(unseen))

    def vectors_for_all(  # type: ignore[override]  # as in gensim, they have no n-grams
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """The vectors of some words, as :class:`~fastvec.KeyedVectors` without n-grams.

        Its words have the made-up counts V, V - 1, ..., 1, as in gensim, unless their own are
        copied.

        Parameters
        ----------
        keys : iterable of keys
            each is taken once, in the order given; missing ones are left out.
        allow_inference : bool
            whether words that are not in the vocabulary get a vector from their n-grams; True by
            default.
        copy_vecattrs : bool
            copy the words' attributes, too; those of inferred words are 0.

        >>> FastTextKeyedVectors(2, 3, 6, bucket=9).vectors_for_all(["cats"]).index_to_key
        ['cats']
        """
        found: dict[str, int] = {}
        for key in dict.fromkeys(not_one_string(keys, "keys")):
            row = self._row_of(key)
            if row >= 0:
                found[self.words[row]] = row
            elif allow_inference and key in self:
                found[str(key)] = -1
        words = Words.spelled(found, self._keys.integers)
        rows = np.fromiter(found.values(), np.int64, len(found))
        known, unseen = np.flatnonzero(rows >= 0), np.flatnonzero(rows < 0)
        vectors = np.empty((len(rows), self.vector_size), self.vectors.dtype)
        vectors[known] = self.vectors[rows[known]]
        vectors[unseen] = self._subwords.vectors_of(words.take(unseen))
        some = KeyedVectors.of(words, vectors, np.arange(len(rows), 0, -1, dtype=np.int64))
        if copy_vecattrs:
            for name, values in self._attributes_of(rows[known]).items():
                some._attributes[name] = np.zeros(len(rows), values.dtype)
                some._attributes[name][known] = values
        return some

    def get_sentence_vector(self, sentence: Sequence[Key]) -> Floats:
        """The mean of the vectors of some words, each scaled to length 1, see
        :meth:`get_mean_vector`.

        >>> FastTextKeyedVectors(2, 3, 6, bucket=9).get_sentence_vector(["two", "cats"])
        array([0., 0.], dtype=float32)
        """
        return self.get_mean_vector(sentence)

    # --- changes

    def _set_rows(
        self,
        new: Mapping[str, int],
        room: NDArray[Any],
        rows: NDArray[np.int64],
        vectors: NDArray[Any],
        attributes: dict[str, NDArray[Any]],
    ) -> None:
        """The rows that are set get own rows from which ``adjust_vectors`` makes them again."""
        added = {row: word for word, row in new.items()}
        names = [added[row] if row in added else self.words[row] for row in rows.tolist()]
        own = np.zeros((len(room), self.vector_size), np.float32)
        own[: len(self)] = self.vectors_vocab
        own[rows] = self._subwords.own_rows_for(Words.spelled(names, False), vectors)
        super()._set_rows(new, room, rows, vectors, attributes)
        self._subwords = self._subwords.with_words(own)

    def sort_by_descending_frequency(self) -> None:
        """Sort the rows by falling count, see KeyedVectors.

        >>> FastTextKeyedVectors(2, 3, 6, bucket=9).sort_by_descending_frequency()
        """
        if self.counts is None:
            return
        named = len(self.words)
        order = np.argsort(-self.counts[:named], kind="stable")
        own = self.vectors_vocab[np.concatenate([order, np.arange(named, len(self))])]
        super().sort_by_descending_frequency()
        self._subwords = self._subwords.with_words(own)
