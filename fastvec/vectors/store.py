"""VectorStore: words, their vectors, and whatever else is known of each word.

The dictionary half of KeyedVectors; the questions one can ask stand in keyedvectors.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec.vectors.attributes import COUNT, HUFFMAN_ORDER, LOCKF, Attributes
from fastvec.vectors.search import direction, inverse, row_norms
from fastvec.words import Key, Words, is_integer, word_of

#: No position in ``huffman_order`` is larger: those of as many new words again fit into 32 bits.
MOST_POSITION = 1 << 30


class VectorStore:
    """Words with a vector each: ``store["cat"]``, ``"cat" in store``, ``len(store)``.

    Keys are all strings or all integers, as the first one that is added, or as the tokens of the
    corpus that they come from.  Where they are strings, an integer is the number of a row; where
    they are integers, it is that token and nothing else, and its digits as a string are it too.

    Words are held as one block of bytes; ``index_to_key`` and ``key_to_index`` are made when they
    are first asked for.  Setting them names the rows anew; changing what they return changes
    nothing else.

    Parameters
    ----------
    vector_size : int
        numbers in each vector.
    count : int
        rows to make room for; they are zero, and :meth:`add_vector` fills them in turn.
    dtype : NumPy dtype
        of the vectors.

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
        if vector_size < 0 or count < 0:
            name = "vector_size" if vector_size < 0 else "count"
            raise ValueError(f"{name} must be at least 0, got {min(vector_size, count)}")
        self._start(Words.of([]), np.zeros((count, vector_size), dtype), None)

    @classmethod
    def of(
        cls, words: Words, vectors: NDArray[Any], counts: NDArray[np.int64] | None = None
    ) -> Self:
        """Words and vectors that exist already; the (V, D) vectors are not copied.

        ``vectors`` may be a view of padded rows.  ValueError if the lengths differ.

        >>> VectorStore.of(Words.of(["cat"]), np.ones((1, 3), np.float32)).vector_size
        3
        """
        if len(words) != len(vectors):
            raise ValueError(f"{len(words)} words for {len(vectors)} vectors")
        store = cls.__new__(cls)
        store._start(words, vectors, counts)
        return store

    def _start(self, words: Words, vectors: NDArray[Any], counts: NDArray[np.int64] | None) -> None:
        self._words = words
        self._added: dict[str, int] = {}  # words that are not in _words yet
        self.vectors = vectors
        self.vector_size = int(vectors.shape[1])
        self._room: NDArray[Any] | None = None  # what self.vectors is the beginning of, if grown
        self.norms: NDArray[np.float32] | None = None
        self._measured: NDArray[Any] | None = None  # the vectors whose lengths norms are
        self._attributes = Attributes() if counts is None else Attributes({COUNT: counts})
        self._forget_lists()

    def _forget_lists(self) -> None:
        self._keys: list[Any] | None = None
        self._indexes: dict[Any, int] | None = None

    # --- words

    @property
    def words(self) -> Words:
        """All words, as :class:`~fastvec.words.Words`."""
        if self._added:
            self._words = Words.spelled([*self._words, *self._added], self._words.integers)
            self._added = {}
        return self._words

    @property
    def index_to_key(self) -> list[Any]:
        """The keys as a list; rows that have no key yet are None.

        Setting it names the rows, from the first on; rows that are not there yet become zeros.

        >>> store = VectorStore(2)
        >>> store.index_to_key = ["cat", "dog"]
        >>> store.vectors = np.array([[1, 2], [3, 4]], np.float32)
        >>> store["dog"]
        array([3., 4.], dtype=float32)
        """
        if self._keys is None:
            self._keys = [*self.words.keys(), *[None] * (len(self) - len(self.words))]
        return self._keys

    @index_to_key.setter
    def index_to_key(self, keys: Iterable[Key]) -> None:
        self._words, self._added = Words.of(keys), {}
        self._forget_lists()
        self._grow_to(len(self._words))
        self.norms = None

    @property
    def key_to_index(self) -> dict[Any, int]:
        """The keys and their rows as a dict.

        Setting it names the rows, as setting ``index_to_key`` does; ValueError unless each of the
        rows 0, 1, ... has one key.
        """
        if self._indexes is None:
            self._indexes = {}
            for row, key in enumerate(self.words.keys()):
                self._indexes.setdefault(key, row)
        return self._indexes

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

    def _find(self, key: object) -> int:
        """The row of a key, or -1."""
        if isinstance(key, int | np.integer):
            if not self._words.integers:
                return int(key) if 0 <= key < len(self) else -1
            key = str(int(key))
        if not isinstance(key, str):
            return -1
        row = self._added.get(key, -1)
        return self._words.find(key) if row < 0 else row

    def get_index(self, key: Key, default: int | None = None) -> int:
        """The row of a key; ``default``, or KeyError if there is none, for a missing one.

        >>> wv.get_index("king"), wv.get_index("xyzzy", -1)
        (0, -1)
        """
        row = self._find(key)
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
        return self._find(key) >= 0

    def _name(self, row: int) -> Any:
        """The key of a row."""
        return self.words.key(row) if row < len(self.words) else self.index_to_key[row]

    def _names(self, rows: NDArray[np.int64]) -> list[Any]:
        """The keys of rows; anything for -1."""
        if rows.max(initial=0) < len(self.words):
            return self.words.keys(np.maximum(rows, 0))
        return [self.index_to_key[row] for row in rows.tolist()]

    # --- vectors

    def __getitem__(self, key_or_keys: Key | Iterable[Key]) -> NDArray[Any]:
        if isinstance(key_or_keys, str | int | np.integer):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        vectors: NDArray[Any] = self.vectors[np.array(rows, np.int64)]
        return vectors

    def __setitem__(self, keys: Key | Sequence[Key], weights: ArrayLike) -> None:
        if isinstance(keys, str | int | np.integer):
            keys, weights = [keys], np.asarray(weights)[None]
        self.add_vectors(keys, weights, replace=True)

    def get_vector(self, key: Key, norm: bool = False) -> NDArray[Any]:
        """The (D,) vector of a key; a read-only view, or with ``norm`` scaled to length 1.

        KeyError: ``Key 'xyzzy' not present``.

        >>> wv.get_vector("king", norm=True).dot(wv.get_vector("king", norm=True)).round(5)
        np.float32(1.0)
        """
        row = self.get_index(key)
        vector: NDArray[Any] = self.vectors[row]
        if norm:
            return direction(vector)
        view = vector.view()
        view.setflags(write=False)
        return view

    def add_vector(self, key: Key, vector: ArrayLike) -> int:
        """Add a word, or nothing if it is there already; returns its row.

        >>> wv.add_vector("king", wv["king"])
        0
        """
        if not self.has_index_for(key):
            self.add_vectors([key], np.asarray(vector)[None])
        return self.get_index(key)

    def add_vectors(
        self,
        keys: Key | Sequence[Key],
        weights: ArrayLike,
        extras: Mapping[str, ArrayLike] | None = None,
        replace: bool = False,
    ) -> None:
        """Add words with their vectors.

        Parameters
        ----------
        keys : list of str, or of int, or one of them
        weights : (len(keys), D) array, or (D,) for one key
        extras : arrays by attribute name
            attributes of the new words, for :meth:`get_vecattr`.
        replace : bool
            give words that are there already their new vectors; otherwise those keep the old.

        Raises
        ------
        ValueError
            shapes that do not fit.  TypeError for a key that is not a string, or not an integer,
            as the others are.

        >>> wv.add_vectors(["queen"], [wv["king"]], replace=False)
        """
        if isinstance(keys, str | int | np.integer):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        given = np.asarray(weights)
        if given.shape != (len(keys), self.vector_size):
            raise ValueError(
                f"{len(keys)} keys need weights of shape ({len(keys)}, {self.vector_size}), "
                f"got {given.shape}"
            )
        if not (self._words or self._added):  # the first key says what all are
            self._words = Words.spelled([], len(keys) > 0 and is_integer(keys[0]))
        integers = self._words.integers
        rows = np.array([self._find(key) for key in keys], np.int64)
        missing = np.flatnonzero(rows < 0).tolist()
        words = [word_of(keys[i], integers) for i in missing]
        new: list[int] = []
        for position, word in zip(missing, words, strict=True):
            if word not in self._added:
                self._added[word] = len(self._words) + len(self._added)
                new.append(position)
            rows[position] = self._added[word]
        self._forget_lists()
        if len(new):
            self._grow_to(len(self._words) + len(self._added))
            self.vectors[rows[new]] = given[new]
        if replace:
            self.vectors[rows] = given
        self.norms = None
        for name, values in (extras or {}).items():
            values = np.asarray(values)
            self.allocate_vecattrs([name], [values.dtype])
            self._attributes[name][rows] = values

    def _grow_to(self, rows: int) -> None:
        """Make room for rows; room for half as many again is kept, so that adding is cheap."""
        old = len(self.vectors)
        if rows <= old:
            return
        if self._room is None or self.vectors.base is not self._room or rows > len(self._room):
            single = rows == old + 1
            shape = (max(rows, old * 3 // 2) if single else rows, self.vector_size)
            self._room = np.zeros(shape, self.vectors.dtype)
            self._room[:old] = self.vectors
        self.vectors = self._room[:rows]

    def resize_vectors(self, seed: int = 0) -> None:
        """Give every row that has no vector yet a small random one (as before training).

        Rows are uniform in [-1/D, 1/D), drawn from ``seed``.

        >>> wv.resize_vectors(seed=1)
        """
        unnamed = self.vectors[len(self.words) :]
        random = np.random.default_rng(seed).random(unnamed.shape)
        unnamed[:] = (2 * random - 1) / max(1, self.vector_size)

    # --- attributes

    @property
    def expandos(self) -> dict[str, NDArray[Any]]:
        """The attributes: (V,) arrays by name, one value for each word.

        The dict is the store's own: setting an entry sets the attribute of all words.

        >>> wv.expandos["count"]
        array([9, 8, 7, 6, 5])
        """
        self._attributes.grow(len(self))
        return self._attributes

    @property
    def counts(self) -> NDArray[np.int64] | None:
        """How often each word occurred: (V,) int64, the attribute ``count``; None without counts.

        It is the attribute itself, not a copy, if that is int64, as fastvec's own counts are.
        Words added by hand have count 0.  Takes an array of V integers, or None to forget them;
        ValueError for another shape.

        >>> wv.counts
        array([9, 8, 7, 6, 5])
        """
        values = self.expandos.get(COUNT)
        return None if values is None else np.asarray(values, np.int64)

    @counts.setter
    def counts(self, counts: ArrayLike | None) -> None:
        if counts is None:
            self._attributes.pop(COUNT, None)
            return
        values = np.asarray(counts, np.int64)
        if values.shape != (len(self),):
            raise ValueError(f"counts must be {len(self)} integers, got shape {values.shape}")
        self._attributes[COUNT] = values

    @property
    def vectors_lockf(self) -> NDArray[np.float32]:
        """The factor of the steps that training takes with each vector: (V,) float32, 1 at first.

        0 keeps a vector as it is.  It is the attribute ``lockf``, so that words keep their factor
        when others are added.  Takes an array, which is not copied if it is float32, or one number
        for all words; ValueError for another length or a number that is not finite.

        >>> wv.vectors_lockf[wv.get_index("king")] = 0
        >>> wv.get_vecattr("king", "lockf")
        np.float32(0.0)
        """
        self.allocate_vecattrs([LOCKF], [np.float32])
        self._attributes[LOCKF] = np.asarray(self._attributes[LOCKF], np.float32)
        return self._attributes[LOCKF]

    @vectors_lockf.setter
    def vectors_lockf(self, factors: ArrayLike) -> None:
        values = np.ascontiguousarray(factors, np.float32)
        if values.size == 1:
            values = np.full(len(self), values.item(), np.float32)
        if values.shape != (len(self),) or not np.isfinite(values).all():
            raise ValueError(
                f"vectors_lockf must be {len(self)} finite numbers, or one, got {factors!r:.60}"
            )
        self._attributes[LOCKF] = values

    @property
    def lock_factors(self) -> NDArray[np.float32] | None:
        """``vectors_lockf``, or None while nobody has asked for it: then all factors are 1.

        >>> wv.lock_factors is None
        True
        """
        return self.vectors_lockf if LOCKF in self._attributes else None

    @property
    def huffman_order(self) -> NDArray[np.int32]:
        """The position of each word among the leaves of the Huffman tree: (V,) int32, from 1 on.

        It is the attribute ``huffman_order``.  0 means that a word has no position yet; so do all
        words where the attribute is missing, or holds something else than such positions.

        >>> wv.huffman_order
        array([0, 0, 0, 0, 0], dtype=int32)
        """
        order = np.asarray(self.expandos.get(HUFFMAN_ORDER, ()))
        valid = order.dtype.kind in "iu" and order.shape == (len(self),)
        if not valid or (len(self) and not 0 <= order.min() <= order.max() <= MOST_POSITION):
            return np.zeros(len(self), np.int32)
        return order.astype(np.int32)

    @huffman_order.setter
    def huffman_order(self, order: NDArray[np.int32]) -> None:
        self._attributes[HUFFMAN_ORDER] = order

    def allocate_vecattrs(
        self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None
    ) -> None:
        """Make sure that attributes are there; values that nobody set are 0.

        TypeError if an attribute is there already with another type that cannot hold the new one.

        >>> wv.allocate_vecattrs(["rank"], [np.int64])
        """
        for name, dtype in zip(attrs or (), types or (), strict=True):
            self._attributes.allocate(name, dtype, len(self))

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Set an attribute of one word; of all others it is zero until set.

        KeyError for a missing key.

        >>> wv.set_vecattr("king", "rank", 1)
        """
        row = self.get_index(key)
        self.allocate_vecattrs([attr], [type(val)])
        self._attributes[attr][row] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """An attribute of one word: ``get_vecattr("cat", "count")`` is how often it occurred.

        KeyError for a missing key or an attribute that was never set.

        >>> wv.get_vecattr("king", "count")
        np.int64(9)
        """
        return self.expandos[attr][self.get_index(key)]

    def attribute_arrays(self) -> dict[str, NDArray[Any]]:
        """All attributes but the counts, as arrays under the names that they have in a file.

        ValueError for an attribute that holds Python objects.

        >>> wv.set_vecattr("king", "rank", 1)
        >>> "attribute.rank" in wv.attribute_arrays()
        True
        """
        self._attributes.grow(len(self))
        return self._attributes.to_arrays()

    def add_attribute_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Add the attributes among the arrays of a file, as :meth:`attribute_arrays` names them.

        Arrays with other names, or without one value for each word, are left out.

        >>> wv.add_attribute_arrays({"attribute.rank": np.arange(len(wv))})
        >>> wv.get_vecattr("king", "rank")
        np.int64(0)
        """
        self._attributes.add_arrays(arrays, len(self))

    # --- the whole

    def __getstate__(self) -> dict[str, Any]:
        """What copy and pickle take: nothing in which a copy's new words could meet those that
        are added here."""
        words = self.words
        return vars(self) | {
            "_words": words,
            "_added": {},
            "_room": None,
            "_attributes": Attributes(self._attributes),
        }

    def renew(
        self,
        words: Words,
        vectors: NDArray[Any],
        counts: NDArray[np.int64],
        keep_attributes: bool = False,
    ) -> None:
        """Hold other words and vectors from now on; whoever has this object sees them.

        ``keep_attributes``: the first of these words are those that were here, and keep what else
        is known of them.

        >>> store = VectorStore(2)
        >>> store.renew(Words.of(["cat"]), np.ones((1, 2), np.float32), np.array([9]))
        >>> store["cat"]
        array([1., 1.], dtype=float32)
        """
        kept = self._attributes if keep_attributes else {}
        self._start(words, vectors, counts)
        self._attributes = Attributes({**kept, **self._attributes})

    def fill_norms(self, force: bool = False) -> NDArray[np.float32]:
        """Compute the lengths of all vectors, if they are not known yet; returns them.

        After changing numbers in ``vectors`` by hand, call it with ``force=True``.

        >>> wv.fill_norms().shape == (len(wv),)
        True
        """
        if self.norms is None or force or self._measured is not self.vectors:
            self.norms, self._measured = row_norms(self.vectors), self.vectors
        return self.norms

    def forget_norms(self) -> None:
        """Say that ``vectors`` has changed; the lengths are computed again when needed.

        >>> wv.forget_norms()
        """
        self.norms = None

    def get_normed_vectors(self) -> NDArray[np.float32]:
        """A copy of the vectors, all of length 1; zero vectors stay zero.

        >>> wv.get_normed_vectors().shape == wv.vectors.shape
        True
        """
        return np.asarray(self.vectors, np.float32) * inverse(self.fill_norms())[:, None]

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place.

        >>> wv.unit_normalize_all()
        """
        norms = self.fill_norms()
        self.vectors *= inverse(norms)[:, None].astype(self.vectors.dtype)
        self.norms = np.where(norms > 0, np.float32(1), norms)

    def sort_by_descending_frequency(self) -> None:
        """Renumber the words by falling ``count``; equal counts keep their order.

        Does nothing when there are no counts.

        >>> wv.sort_by_descending_frequency()
        """
        counts = self.counts
        if counts is None or not len(self):
            return
        named = len(self.words)
        order = np.argsort(-counts[:named], kind="stable")
        self._words = self.words.take(order)
        self._forget_lists()
        order = np.concatenate([order, np.arange(named, len(self))])
        self.vectors = self.vectors[order]
        self._attributes = self._attributes.of_rows(order)
        self.norms = None
