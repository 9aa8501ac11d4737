"""Vectors of gensim's KeyedVectors, read from the object itself: gensim is not imported."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.subwords import Subwords
from fastvec.vectors.attributes import LOCKF
from fastvec.words import Words, in_order

#: attributes of words that gensim trains with, and that fastvec makes by itself
TABLES = ("sample_int", "code", "point")


def check_gensim(kind: str, theirs: Any, *names: str) -> None:
    """TypeError unless an object has the attributes of some kind of gensim 4's objects.

    >>> check_gensim("KeyedVectors", "vectors.kv", "index_to_key")
    Traceback (most recent call last):
    TypeError: from_gensim takes an object of gensim, not its file: open it with gensim's ...
    """
    if isinstance(theirs, str | os.PathLike):
        raise TypeError(
            "from_gensim takes an object of gensim, not its file: open it with gensim's "
            f"{kind}.load"
        )
    for name in names:
        if not hasattr(theirs, name):
            raise TypeError(
                f"from_gensim takes a {kind} of gensim 4, got {type(theirs).__name__}, which has "
                f"no {name}"
            )


def words_and_vectors(theirs: Any) -> tuple[Words, NDArray[Any], dict[str, NDArray[Any]]]:
    """Words, a copy of their vectors, and copies of their attributes that are numbers.

    Raises TypeError for another object than gensim's KeyedVectors, ValueError for one that is not
    whole.

    >>> words, vectors, attributes = words_and_vectors(wv)
    >>> len(words) == len(vectors) == len(attributes["count"])
    True
    """
    if hasattr(theirs, "wv"):
        raise TypeError(f"from_gensim takes vectors here, got {type(theirs).__name__}: give its wv")
    check_gensim("KeyedVectors", theirs, "index_to_key", "vectors", "expandos")
    words, vectors = Words.of(in_order(theirs.index_to_key)), np.array(theirs.vectors)
    attributes = {
        name: np.array(values)
        for name, values in theirs.expandos.items()
        if name not in TABLES and len(values) == len(words) and np.asarray(values).dtype != object
    }
    locks = np.asarray(getattr(theirs, "vectors_lockf", 1), np.float32)
    if np.any(locks != 1):
        attributes[LOCKF] = np.array(np.broadcast_to(locks, len(words)))
    return words, vectors, attributes


def subwords_of(theirs: Any) -> Subwords | None:
    """A copy of the n-grams of gensim's FastTextKeyedVectors; None for other vectors.

    >>> subwords_of(wv) is None
    True
    """
    if getattr(theirs, "vectors_ngrams", None) is None:
        return None
    own, ngrams = (
        np.array(rows, np.float32) for rows in (theirs.vectors_vocab, theirs.vectors_ngrams)
    )
    return Subwords(theirs.min_n, theirs.max_n, theirs.bucket, own, ngrams)
