"""Word attributes: arrays by name that hold one value for each word, such as its count.

gensim calls them "expandos" and "vecattrs".  Three of them have a meaning in fastvec:

``count``
    how often the word occurred; int64.
``lockf``
    the factor of the steps that training takes with the word's vector; float32.
``huffman_order``
    the position of the word among the leaves that the Huffman tree is built from: 1, 2, ..., and
    0 for a word that has none yet; int32.  Words keep it, so that each inner node of the tree
    stays with the same words when training goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._util.log import log
from fastvec._util.undo import undone_on_error
from fastvec.io.format import ATTRIBUTE
from fastvec.words import Key

COUNT, LOCKF, HUFFMAN_ORDER = "count", "lockf", "huffman_order"

#: The value of words for which none was set; for every other attribute it is 0.
DEFAULTS = {LOCKF: 1}

#: Attributes that older files have under another name.
OLD_NAMES = {"tree_place": HUFFMAN_ORDER}

#: No position in ``huffman_order`` is larger: those of as many new words again fit into 32 bits.
MOST_POSITION = 1 << 30


class WordAttributes:
    """The attributes of a store's words; :class:`~fastvec.vectors.store.VectorStore` inherits it.

    >>> wv.set_vecattr("king", "gender", 1)
    >>> wv.get_vecattr("king", "gender"), wv.get_vecattr("car", "gender")
    (np.int64(1), np.int64(0))
    """

    _attributes: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        raise NotImplementedError

    def get_index(self, key: Key, default: int | None = None) -> int:
        """The row of a key; VectorStore implements it.

        >>> wv.get_index("king")
        0
        """
        raise NotImplementedError

    @property
    def expandos(self) -> dict[str, NDArray[Any]]:
        """The attributes: (V,) arrays by name, one value for each word.

        The dict is the store's own: setting an entry sets the attribute of all words.

        >>> wv.expandos["count"]
        array([9, 8, 7, 6, 5])
        """
        for name, values in self._attributes.items():
            if len(values) < len(self):
                values = np.asarray(values)
                new = np.full(len(self) - len(values), DEFAULTS.get(name, 0), values.dtype)
                self._attributes[name] = np.concatenate([values, new])
        return self._attributes

    # --- attributes that fastvec knows

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

    # --- attributes of any name

    def allocate_vecattrs(
        self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None
    ) -> None:
        """Make sure that attributes are there which can hold values of some types.

        Parameters
        ----------
        attrs : list of str
        types : list of types, as many
            types other than numbers are held as Python objects; ``lockf`` is always float32.

        Raises
        ------
        TypeError
            an attribute is there already with a type that cannot hold the new one.

        >>> wv.allocate_vecattrs(["rank"], [np.int64])
        >>> wv.get_vecattr("king", "rank")
        np.int64(0)
        """
        for name, given in zip(attrs or (), types or (), strict=True):
            dtype = _storage_type(name, given)
            values = self.expandos.get(name)
            if values is None:
                if dtype.kind == "O":
                    log.warning("the attribute %r is no number: save does not keep it", name)
                self._attributes[name] = np.full(len(self), DEFAULTS.get(name, 0), dtype)
            else:
                _check_storable(name, dtype, values.dtype)

    def _attributes_with(
        self, values: Mapping[str, ArrayLike], rows: NDArray[np.int64], length: int
    ) -> dict[str, NDArray[Any]]:
        """All attributes, with room for so many words, where some rows have new values.

        What is here does not change.  TypeError for values that an attribute cannot hold.
        """
        attributes = dict(self._attributes)
        for name, given in values.items():
            new = np.asarray(given)
            dtype = _storage_type(name, new.dtype)
            old = np.asarray(attributes.get(name, np.empty(0, dtype)))
            _check_storable(name, dtype, old.dtype)
            whole = np.full(length, DEFAULTS.get(name, 0), old.dtype)
            whole[: len(old)] = old
            whole[rows] = new
            attributes[name] = whole
        return attributes

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Set an attribute of one word; that of other words is 0 until it is set.

        KeyError for a missing key; TypeError for a value that the attribute's type cannot hold.

        >>> wv.set_vecattr("king", "rank", 1)
        """
        row = self.get_index(key)
        with undone_on_error(self):
            self.allocate_vecattrs([attr], [type(val)])
            self._attributes[attr][row] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """An attribute of one word: ``get_vecattr("cat", "count")`` is how often it occurred.

        KeyError for a missing key or an attribute that was never set.

        >>> wv.get_vecattr("king", "count")
        np.int64(9)
        """
        return self.expandos[attr][self.get_index(key)]

    # --- in files

    def attribute_arrays(self) -> dict[str, NDArray[Any]]:
        """All attributes but the counts, as (V,) arrays under the names that they have in a file.

        The counts have a place of their own in fastvec's files.  Attributes that hold Python
        objects are left out, with a line in the log: what was trained is saved all the same.

        >>> wv.set_vecattr("king", "rank", 1)
        >>> "attribute.rank" in wv.attribute_arrays()
        True
        """
        attributes = {name: np.asarray(values) for name, values in self.expandos.items()}
        for name in [name for name, values in attributes.items() if values.dtype == object]:
            del attributes[name]
            log.warning("the attribute %r holds Python objects, which save does not keep", name)
        return {ATTRIBUTE + name: attributes[name] for name in attributes if name != COUNT}

    def add_attribute_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Add copies of the attributes among the arrays of a file; the inverse of
        :meth:`attribute_arrays`.

        Arrays that are not attributes, or do not have one value for each word, are left out.

        >>> wv.add_attribute_arrays({"attribute.rank": np.arange(len(wv))})
        >>> wv.get_vecattr("queen", "rank")
        np.int64(1)
        """
        for name, values in arrays.items():
            if name.startswith(ATTRIBUTE) and values.shape == (len(self),):
                name = name.removeprefix(ATTRIBUTE)
                self._attributes[OLD_NAMES.get(name, name)] = np.array(values)

    def _attributes_of(self, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Copies of the attributes of some words, in the order of ``rows``."""
        return {name: np.asarray(values)[rows] for name, values in self.expandos.items()}


def _storage_type(name: str, given: Any) -> np.dtype[Any]:
    """The type in which an attribute holds values of a type."""
    if name == LOCKF:
        return np.dtype(np.float32)
    return np.dtype(given) if np.dtype(given).kind in "biufc" else np.dtype(object)


def _check_storable(name: str, dtype: np.dtype[Any], existing: np.dtype[Any]) -> None:
    """TypeError unless an attribute of an existing type can hold values of another one."""
    if not np.can_cast(dtype, existing, "same_kind"):
        raise TypeError(
            f"Can't allocate type {dtype} for attribute {name}, "
            f"conflicts with its existing type {existing}"
        )
