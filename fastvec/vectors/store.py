"""VectorStore: words with a vector and attributes each, to look up, add and change.

This is the part of KeyedVectors that resembles a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._util.options import check_value
from fastvec._util.undo import undone_on_error
from fastvec.io.tensors import check_mapped
from fastvec.vectors.attributes import COUNT, WordAttributes
from fastvec.vectors.keys import KeyRows
from fastvec.vectors.norms import normalized, row_norms, safe_reciprocal
from fastvec.words import Key, Words, in_order, is_integer


def _real(weights: ArrayLike) -> NDArray[Any]:
    """Vectors as an array; TypeError unless they are real numbers, ValueError for lengths that
    differ."""
    try:
        vectors = np.asarray(weights)
    except ValueError:
        raise ValueError("weights must be vectors of one length") from None
    if vectors.dtype.kind not in "biuf":
        raise TypeError(f"weights must be real numbers, got {vectors.dtype}")
    return vectors


class VectorStore(WordAttributes):
    """Words with a vector each: ``store["cat"]``, ``"cat" in store``, ``len(store)``.

    Keys are all strings or all integers; the corpus, or the first key that is added, decides.  If
    they are strings, an integer is the number of a row.  If they are integers, an integer is
    always a key, never the number of a row, and may also be given as the string of its digits.

    Words are held as one block of bytes; the list ``index_to_key`` and the dict ``key_to_index``
    are made when they are first asked for.  Assign to these attributes to name the rows anew;
    changes inside the list or dict have no effect.

    Parameters
    ----------
    vector_size : int
        D, how many numbers each vector has.
    count : int
        make so many rows of zeros, which :meth:`add_vector` and :meth:`add_vectors` fill in turn.
    dtype : NumPy dtype
        of the vectors; float32 by default.

    Raises
    ------
    ValueError
        a negative size or count.

    >>> store = VectorStore(2)
    >>> store.add_vectors(["cat", "dog"], [[1, 2], [3, 4]])
    >>> store["dog"]
    array([3., 4.], dtype=float32)
    >>> items = VectorStore(2)
    >>> items.add_vectors([30, 7], [[1, 2], [3, 4]])
    >>> items[7], 1 in items
    (array([3., 4.], dtype=float32), False)
    """

    #: (V, D) array; training may change it in place, see :meth:`forget_norms`
    vectors: NDArray[Any]
    #: (V,) float32 array of the vectors' lengths, or None until :meth:`fill_norms`
    norms: NDArray[np.float32] | None

    def __init__(self, vector_size: int, count: int = 0, dtype: Any = np.float32) -> None:
        vector_size = check_value("vector_size", vector_size, int, low=0)
        count = check_value("count", count, int, low=0)
        self._start(Words.of([]), np.zeros((count, vector_size), dtype), None)

    @classmethod
    def of(
        cls, words: Words, vectors: NDArray[Any], counts: NDArray[np.int64] | None = None
    ) -> Self:
        """A store of V words, their (V, D) vectors, and their (V,) counts, if known.

        The vectors are not copied, and may be a view of padded rows.  ValueError if the numbers of
        words and vectors differ.

        >>> VectorStore.of(Words.of(["cat"]), np.ones((1, 3), np.float32)).vector_size
        3
        """
        if len(words) != len(vectors):
            raise ValueError(f"{len(words)} words for {len(vectors)} vectors")
        store = cls.__new__(cls)
        store._start(words, vectors, counts)
        return store

    def _start(self, words: Words, vectors: NDArray[Any], counts: NDArray[np.int64] | None) -> None:
        self._keys = KeyRows(words)
        self.vectors = vectors
        self.vector_size = int(vectors.shape[1])
        self._buffer: NDArray[Any] | None = None  # self.vectors are its first rows, once they grew
        self.norms: NDArray[np.float32] | None = None
        self._norms_of: NDArray[Any] | None = None  # the vectors that norms were computed from
        self._attributes = {} if counts is None else {COUNT: counts}

    # --- keys

    @property
    def words(self) -> Words:
        """All words, as :class:`~fastvec.words.Words`."""
        return self._keys.words

    @property
    def index_to_key(self) -> list[Any]:
        """The key of each row, as a list; None for a row that has no key yet.

        Assigning a list names the rows from the first on, and adds rows of zeros where there are
        more keys than rows.

        >>> store = VectorStore(2)
        >>> store.index_to_key = ["cat", "dog"]
        >>> store.vectors = np.array([[1, 2], [3, 4]], np.float32)
        >>> store["dog"]
        array([3., 4.], dtype=float32)
        """
        return self._keys.as_list(len(self))

    @index_to_key.setter
    def index_to_key(self, keys: Iterable[Key]) -> None:
        named = KeyRows(Words.of(in_order(keys)))
        vectors = self._with_room(len(named))
        self._keys, self.vectors, self.norms = named, vectors, None

    @property
    def key_to_index(self) -> dict[Any, int]:
        """The row of each key, as a dict.

        Assigning a dict names the rows, as assigning to ``index_to_key`` does; ValueError unless
        each of the rows 0, 1, ... has one key.

        >>> wv.key_to_index["queen"]
        1
        """
        return self._keys.as_dict()

    @key_to_index.setter
    def key_to_index(self, rows: Mapping[Any, int]) -> None:
        keys = sorted(rows, key=rows.__getitem__)
        for row, key in enumerate(keys):
            if rows[key] != row:
                raise ValueError(
                    f"key_to_index must have one key for each of the rows 0 to {len(keys) - 1}, "
                    f"got {key!r} for row {rows[key]!r}"
                )
        self.index_to_key = keys

    def __len__(self) -> int:
        return len(self.vectors)

    def __contains__(self, key: object) -> bool:
        return self.has_index_for(key)

    def __str__(self) -> str:
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    def __repr__(self) -> str:
        return str(self)

    def _row_of(self, key: object) -> int:
        """The row of a key, or -1."""
        if isinstance(key, int | np.integer):
            if not self._keys.integers:
                return int(key) if 0 <= key < len(self) else -1
            key = str(int(key))
        return self._keys.find(key) if isinstance(key, str) else -1

    def get_index(self, key: Key, default: int | None = None) -> int:
        """The row of a key; for a missing key ``default``, or KeyError without a default.

        >>> wv.get_index("king"), wv.get_index("xyzzy", -1)
        (0, -1)
        """
        row = self._row_of(key)
        if row >= 0:
            return row
        if default is not None:
            return default
        raise KeyError(f"Key '{key}' not present")

    def has_index_for(self, key: object) -> bool:
        """Whether a key has a vector.

        >>> wv.has_index_for("king")
        True
        """
        return self._row_of(key) >= 0

    def rows_for_words(self, words: Words) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """The (n,) rows of some words, -1 for none, and the (m, D) vectors that are inferred for
        words without a row: row V + i is the i-th of these.  Here no vector is inferred.

        >>> wv.rows_for_words(Words.of(["queen", "xyzzy"]))[0].tolist()
        [1, -1]
        """
        rows = self.words.find_all(words)
        rows[rows >= len(self)] = -1
        return rows, np.empty((0, self.vector_size), np.float32)

    # --- vectors

    def _infer(self, key: object) -> NDArray[Any] | None:
        """The vector of a key that has no row; None where there are no subwords to infer it."""
        del key
        return None

    def _find(self, key: object) -> tuple[int, NDArray[Any] | None]:
        """The row of a key, or -1, and its vector, or None."""
        row = self._row_of(key)
        return row, self.vectors[row] if row >= 0 else self._infer(key)

    def __getitem__(self, key_or_keys: Key | Iterable[Key]) -> NDArray[Any]:
        if isinstance(key_or_keys, str | int | np.integer):
            return self.get_vector(key_or_keys)
        if isinstance(key_or_keys, bytes) or not isinstance(key_or_keys, Iterable):
            raise TypeError(f"a key must be a string or an integer, got {key_or_keys!r:.60}")
        keys = list(key_or_keys)
        rows = np.array([self._row_of(key) for key in keys], np.int64)
        known = rows >= 0
        vectors = np.empty((len(keys), self.vector_size), self.vectors.dtype)
        vectors[known] = self.vectors[rows[known]]
        for i in np.flatnonzero(~known).tolist():
            vectors[i] = self.get_vector(keys[i])
        return vectors

    def __setitem__(self, keys: Key | Sequence[Key], weights: ArrayLike) -> None:
        if isinstance(keys, str | int | np.integer):
            keys, weights = [keys], np.asarray(weights)[None]
        self.add_vectors(keys, weights, replace=True)

    def get_vector(self, key: Key, norm: bool = False) -> NDArray[Any]:
        """The (D,) vector of a key: a read-only view, or with ``norm`` a copy scaled to length 1.

        KeyError for a missing key: ``Key 'xyzzy' not present``.

        >>> wv.get_vector("king", norm=True).dot(wv.get_vector("king", norm=True)).round(5)
        np.float32(1.0)
        """
        vector = self._find(key)[1]
        if vector is None:
            raise KeyError(f"Key '{key}' not present")
        if norm:
            return normalized(vector)
        view = vector.view()
        view.setflags(write=False)
        return view

    def add_vector(self, key: Key, vector: ArrayLike) -> int:
        """Add a word with its (D,) vector, and return its row.

        A word that is there already keeps its vector.

        >>> wv.add_vector("king", wv["king"])
        0
        """
        row = self._row_of(key)
        if row < 0:
            self.add_vectors([key], np.asarray(vector)[None])
            row = self._row_of(key)
        return row

    def add_vectors(
        self,
        keys: Key | Sequence[Key],
        weights: ArrayLike,
        extras: Mapping[str, ArrayLike] | None = None,
        replace: bool = False,
    ) -> None:
        """Add words with their vectors.

        Either all of it is done or, after any exception (no memory and Ctrl-C too), nothing.

        Parameters
        ----------
        keys : list of str or of int, or one key
        weights : (len(keys), D) array, or (D,) for one key
        extras : dict of arrays, optional
            attributes of all these words by name, for :meth:`get_vecattr`.
        replace : bool
            whether words that are there already get the new vectors; by default they keep theirs.

        Raises
        ------
        ValueError
            weights of another shape.
        TypeError
            a string where keys are integers, or the other way round; values that an attribute
            cannot hold.

        >>> wv.add_vectors(["queen"], [wv["king"]], replace=False)
        """
        if isinstance(keys, str | int | np.integer):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        keys, vectors = in_order(keys), _real(weights)
        if vectors.shape != (len(keys), self.vector_size):
            raise ValueError(
                f"{len(keys)} keys need weights of shape ({len(keys)}, {self.vector_size}), "
                f"got {vectors.shape}"
            )
        if not len(self._keys):  # the first key decides whether all are integers
            self._keys = KeyRows(Words.spelled([], len(keys) > 0 and is_integer(keys[0])))
        rows = np.array([self._row_of(key) for key in keys], np.int64)
        missing = np.flatnonzero(rows < 0)
        rows[missing], new = self._keys.rows_for([keys[i] for i in missing.tolist()])
        # Of a key that is given twice, the first vector is taken, or the last one replaces it.
        taken = np.arange(len(rows))[::-1] if replace else missing
        chosen = taken[np.unique(rows[taken], return_index=True)[1]]
        room = self._with_room(len(self._keys) + len(new))
        attributes = self._attributes_with(extras or {}, rows, len(room))
        self._set_rows(new, room, rows[chosen], vectors[chosen], attributes)

    def _set_rows(
        self,
        new: Mapping[str, int],
        room: NDArray[Any],
        rows: NDArray[np.int64],
        vectors: NDArray[Any],
        attributes: dict[str, NDArray[Any]],
    ) -> None:
        """Add words and set the vectors of some rows of ``room``; all of it, or nothing."""
        before = self.vectors, self._attributes, self.norms
        known = rows < len(self.vectors)
        replaced = self.vectors[rows[known]]
        try:
            room[rows] = vectors
            self._keys.add(new)
            self.vectors, self._attributes, self.norms = room, attributes, None
        except BaseException:
            self._keys.remove(new)
            self.vectors, self._attributes, self.norms = before
            self.vectors[rows[known]] = replaced
            raise

    def _with_room(self, rows: int) -> NDArray[Any]:
        """The vectors with room for so many rows; new rows are zeros.

        Where a single one is added, the buffer grows by half, so that adding words one by one does
        not copy all vectors each time.
        """
        old = len(self.vectors)
        if rows <= old:
            return self.vectors
        buffer = self._buffer
        if buffer is None or self.vectors.base is not buffer or rows > len(buffer):
            single = rows == old + 1
            shape = (max(rows, old * 3 // 2) if single else rows, self.vector_size)
            buffer = np.zeros(shape, self.vectors.dtype)
            buffer[:old] = self.vectors
            self._buffer = buffer
        room: NDArray[Any] = buffer[:rows]
        room[old:] = 0
        return room

    def resize_vectors(self, seed: int = 0) -> None:
        """Give every row that has no key yet a small random vector, as before training.

        Its numbers are uniform in [-1/D, 1/D), drawn from ``seed``.

        >>> wv.resize_vectors(seed=1)
        """
        unnamed = self.vectors[len(self.words) :]
        random = np.random.default_rng(seed).random(unnamed.shape)
        unnamed[:] = (2 * random - 1) / max(1, self.vector_size)

    # --- the store as a whole

    def __getstate__(self) -> dict[str, Any]:
        """What copy and pickle copy: keys, buffer and attributes are not shared, since words that
        are added to the copy would otherwise appear here, or overwrite others."""
        return vars(self) | {
            "_keys": self._keys.copy(),
            "_buffer": None,
            "_attributes": dict(self._attributes),
        }

    def renew(
        self,
        words: Words,
        vectors: NDArray[Any],
        counts: NDArray[np.int64] | None,
        keep_attributes: bool = False,
    ) -> None:
        """Replace all words, vectors and counts of this object.

        Parameters
        ----------
        words : Words
        vectors : (V, D) array, not copied
        counts : (V,) int64 array, or None if they are not known
        keep_attributes : bool
            keep the other attributes: the first of the new words are those that were here.

        >>> store = VectorStore(2)
        >>> store.renew(Words.of(["cat"]), np.ones((1, 2), np.float32), np.array([9]))
        >>> store["cat"]
        array([1., 1.], dtype=float32)
        """
        kept = self._attributes if keep_attributes else {}
        with undone_on_error(self):
            self._start(words, vectors, counts)
            self._attributes = kept | self._attributes

    def fill_norms(self, force: bool = False) -> NDArray[np.float32]:
        """The (V,) float32 lengths of all vectors, computed only if they are not known yet.

        After changing numbers in ``vectors`` in place, call it with ``force=True``.

        >>> wv.fill_norms().shape == (len(wv),)
        True
        """
        if self.norms is None or force or self._norms_of is not self.vectors:
            check_mapped(self.vectors)
            self.norms, self._norms_of = row_norms(self.vectors), self.vectors
        return self.norms

    def forget_norms(self) -> None:
        """Have the lengths computed again when they are next needed.

        Call it after changing numbers in ``vectors`` in place.

        >>> wv.forget_norms()
        """
        self.norms = None

    def get_normed_vectors(self) -> NDArray[np.float32]:
        """A (V, D) float32 copy of the vectors, scaled to length 1; zero vectors stay zero.

        >>> wv.get_normed_vectors().shape == wv.vectors.shape
        True
        """
        return np.asarray(self.vectors, np.float32) * safe_reciprocal(self.fill_norms())[:, None]

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place; zero vectors stay zero.

        >>> wv.unit_normalize_all()
        """
        norms = self.fill_norms()
        factors = safe_reciprocal(norms)[:, None].astype(self.vectors.dtype)
        self.norms = None
        self.vectors *= factors
        self.norms = np.where(norms > 0, np.float32(1), norms)

    def sort_by_descending_frequency(self) -> None:
        """Sort the rows by falling count; words of equal counts keep their order.

        Does nothing without counts.

        >>> wv.sort_by_descending_frequency()
        """
        counts = self.counts
        if counts is None or not len(self):
            return
        named = len(self._keys)
        order = np.argsort(-counts[:named], kind="stable")
        keys = KeyRows(self.words.take(order))
        order = np.concatenate([order, np.arange(named, len(self))])
        vectors, attributes = self.vectors[order], self._attributes_of(order)
        self._keys, self.vectors, self._attributes, self.norms = keys, vectors, attributes, None
