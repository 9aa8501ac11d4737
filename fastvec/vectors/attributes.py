"""Word attributes: arrays by name that hold one value for each word, such as its count.

gensim calls them ``expandos`` and "vecattrs".  Three names have a meaning in fastvec:

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

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fastvec.io.formats import ATTRIBUTE

COUNT, LOCKF, HUFFMAN_ORDER = "count", "lockf", "huffman_order"

#: The value of words for which none was set; for every other attribute it is 0.
DEFAULTS = {LOCKF: 1}

#: Attributes that older files have under another name.
OLD_NAMES = {"tree_place": HUFFMAN_ORDER}


class Attributes(dict[str, NDArray[Any]]):
    """The attributes of all words: (V,) arrays by name.

    >>> attributes = Attributes(count=np.array([9, 5]))
    >>> attributes.allocate("rank", np.int64, 3)
    >>> attributes
    {'count': array([9, 5, 0]), 'rank': array([0, 0, 0])}
    """

    def grow(self, rows: int) -> None:
        """Lengthen every array to at least ``rows`` values; new ones get the default.

        >>> attributes = Attributes(lockf=np.zeros(1, np.float32))
        >>> attributes.grow(2)
        >>> attributes["lockf"]
        array([0., 1.], dtype=float32)
        """
        for name, values in self.items():
            if len(values) < rows:
                values = np.asarray(values)
                new = np.full(rows - len(values), DEFAULTS.get(name, 0), values.dtype)
                self[name] = np.concatenate([values, new])

    def allocate(self, name: str, dtype: Any, rows: int) -> None:
        """Make sure that there is an array of that name which can hold values of ``dtype``.

        Types other than numbers are held as Python objects; ``lockf`` is always float32.

        TypeError if the array is there already and cannot hold such values.

        >>> attributes = Attributes()
        >>> attributes.allocate("color", str, 2)
        >>> attributes
        {'color': array([0, 0], dtype=object)}
        """
        self.grow(rows)
        wanted = np.dtype(dtype) if np.dtype(dtype).kind in "biufc" else np.dtype(object)
        if name == LOCKF:
            wanted = np.dtype(np.float32)
        if name not in self:
            self[name] = np.full(rows, DEFAULTS.get(name, 0), wanted)
        elif not np.can_cast(wanted, self[name].dtype, "same_kind"):
            raise TypeError(
                f"Can't allocate type {wanted} for attribute {name}, "
                f"conflicts with its existing type {self[name].dtype}"
            )

    def of_rows(self, rows: NDArray[np.int64]) -> Self:
        """The attributes of some words only, copied, in the order of ``rows``.

        >>> Attributes(count=np.array([9, 5, 3])).of_rows(np.array([2, 0]))
        {'count': array([3, 9])}
        """
        return type(self)({name: values[rows] for name, values in self.items()})

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """All attributes but the counts, under the names that they have in a file.

        Counts have an array of their own in fastvec's files.

        ValueError for an attribute that holds Python objects.

        >>> list(Attributes(rank=np.zeros(2)).to_arrays())
        ['attribute.rank']
        """
        for name, values in self.items():
            if np.asarray(values).dtype == object:
                raise ValueError(f"attribute {name!r} holds Python objects, which cannot be saved")
        return {ATTRIBUTE + name: np.asarray(self[name]) for name in self if name != COUNT}

    def add_arrays(self, arrays: Mapping[str, NDArray[Any]], rows: int) -> None:
        """Add copies of the attributes among the arrays of a file: the inverse of
        :meth:`to_arrays`.

        Arrays that are not attributes, or not of shape ``(rows,)``, are left out.

        >>> attributes = Attributes()
        >>> attributes.add_arrays({"attribute.rank": np.array([7]), "vectors": np.ones((1, 2))}, 1)
        >>> attributes
        {'rank': array([7])}
        """
        for name, values in arrays.items():
            if name.startswith(ATTRIBUTE) and values.shape == (rows,):
                name = name.removeprefix(ATTRIBUTE)
                self[OLD_NAMES.get(name, name)] = np.array(values)
