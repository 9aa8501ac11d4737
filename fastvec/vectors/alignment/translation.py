"""Two languages in one space: the rotation that a dictionary of some words gives.

The source language is turned into the space of the target language (Mikolov et al. 2013; by a
rotation: Xing et al. 2015).  How good that is, words say that were not learned from: is one of
their translations among the nearest words?
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.html import facts
from fastvec._util.log import log
from fastvec._util.options import check_value
from fastvec.vectors.alignment.rotation import rotation
from fastvec.vectors.alignment.shared_words import check_vectors
from fastvec.vectors.evaluation.datasets import read_entries
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.neighbours import Neighbours
from fastvec.vectors.norms import normalized_rows
from fastvec.vectors.products import product
from fastvec.vectors.search import nearest
from fastvec.words import Key, not_one_string

Floats = NDArray[np.float32]

#: among how many nearest words a translation counts
RANKS = (1, 5)
#: neighbours that say how crowded the space is around a word (Conneau et al. 2018)
CROWD = 10


def read_dictionary(path: PathLike, encoding: str = "utf-8") -> list[tuple[str, str]]:
    """The pairs of a file with a word and its translation on each line.

    A tab is between them, or else a space.  Of a word with several translations, each has a line.
    Lines of another form are skipped with a warning.

    Raises ValueError for a file of which most lines are of another form.

    >>> read_dictionary("dictionary.tsv")[0]
    ('king', 'queen')
    """

    def parse(line: str) -> tuple[str, str]:
        source, target = line.split("\t" if "\t" in line else None)
        return source.strip(), target.strip()

    return read_entries(Path(path), encoding, "a word and its translation", parse)


@dataclass(frozen=True, eq=False, repr=False)
class Alignment:
    """A source language in the space of a target language.

    Attributes
    ----------
    rotation : (D, D) float32 array
        ``source.vectors @ rotation`` are its vectors in the space of the target language.
    precision : dict
        for 1 and 5: the share of the words held out of which a translation is the nearest word, or
        among the five nearest; NaN without any.
    learned, held_out : int
        how many source words the rotation was learned from, and how many were held out.
    unknown : int
        how many pairs have a word without a vector.
    csls, restrict_vocab
        how translations are found, see :func:`align`.
    source, target : KeyedVectors
        as they were given.
    """

    rotation: Floats
    precision: dict[int, float]
    learned: int
    held_out: int
    unknown: int
    csls: bool
    restrict_vocab: int | None
    source: KeyedVectors
    target: KeyedVectors

    def aligned(self) -> KeyedVectors:
        """The source language with its words and counts, in the space of the target language.

        >>> align(wv, wv, [("king", "king"), ("man", "man"), ("car", "car")]).aligned()
        KeyedVectors<vector_size=3, 5 keys>
        """
        vectors = product(np.asarray(self.source.vectors, np.float32), self.rotation)
        return KeyedVectors.of(self.source.words, vectors, self.source.counts)

    def translate(self, words: Iterable[Key], topn: int = 5) -> list[Neighbours]:
        """For each word of the source language the nearest words of the target language.

        Returns
        -------
        list of lists of (word, score), the nearest first
            the score is the cosine; with CSLS twice the cosine, less the mean cosine of the word
            with its neighbours in the source language.

        Raises
        ------
        KeyError
            for a word without a vector.

        >>> pairs = [("king", "king"), ("man", "man"), ("car", "car")]
        >>> found = align(wv, wv, pairs, held_out=0)
        >>> found.translate(["queen"], topn=1)[0][0][0]
        'queen'
        """
        rows = [self.source.get_index(word) for word in not_one_string(words)]
        found, scores = self._nearest(np.array(rows, np.int64), topn)
        return [
            Neighbours(zip(self.target.words.keys(near), values.tolist(), strict=True))
            for near, values in zip(found, scores, strict=True)
        ]

    def _nearest(self, rows: NDArray[np.int64], topn: int) -> tuple[NDArray[np.int64], Floats]:
        """The rows of the target language that are nearest to some of the source language."""
        queries = product(normalized_rows(self.source.vectors[rows]), self.rotation)
        ones = np.ones(len(self._candidates), np.float32)
        if not self.csls:
            return nearest(self._candidates, ones, queries, topn)
        # One more number in each vector subtracts what is said of crowds from the cosine.  It makes
        # the queries longer by the root of two, by which nearest divides.
        queries = np.column_stack([queries, np.ones(len(queries), np.float32)])
        found, scores = nearest(self._candidates, ones, queries, topn)
        return found, scores * np.float32(8**0.5)

    @cached_property
    def _candidates(self) -> Floats:
        """The target language's vectors, of length 1; with CSLS how crowded the space around each
        is, as one more number."""
        target = normalized_rows(self.target.vectors[: self.restrict_vocab])
        if not self.csls:
            return target
        source = normalized_rows(self.source.vectors[: self.restrict_vocab])
        turned, ones = product(source, self.rotation), np.ones(len(source), np.float32)
        crowds = nearest(turned, ones, target, CROWD)[1].mean(axis=1)
        return np.column_stack([target, -crowds / 2])

    def __repr__(self) -> str:
        return f"Alignment<{', '.join(f'{name}={value}' for name, value in self.facts().items())}>"

    def _repr_html_(self) -> str:
        return facts("Alignment", self.facts())

    def facts(self) -> dict[str, Any]:
        """The numbers, by name.

        >>> align(wv, wv, [("king", "king"), ("car", "car")], held_out=0).facts()["learned"]
        2
        """
        return {
            **{f"precision_at_{rank}": round(share, 4) for rank, share in self.precision.items()},
            "learned": self.learned,
            "held_out": self.held_out,
            "unknown": self.unknown,
        }


def align(
    source: KeyedVectors,
    target: KeyedVectors,
    dictionary: PathLike | Iterable[tuple[Key, Key]],
    *,
    held_out: float = 0.2,
    csls: bool = False,
    restrict_vocab: int | None = 30_000,
    seed: int = 1,
) -> Alignment:
    """Turn the vectors of one language into the space of another, by a dictionary.

    Parameters
    ----------
    source, target : KeyedVectors
        of one size.
    dictionary : path, or pairs
        a file for :func:`read_dictionary`, or (source word, target word) pairs.
    held_out : float
        the share of the source words that nothing is learned from; they say how good the result is.
    csls : bool
        find translations by cross-domain similarity local scaling (Conneau et al. 2018): words that
        are near to everything are not the answer to everything.
    restrict_vocab : int or None
        know only so many first words of each language; None: all.
    seed : int
        decides which words are held out.

    Raises
    ------
    TypeError
        what is no KeyedVectors, such as a model.
    ValueError
        vectors of different sizes, vectors that are not finite, or a dictionary without a pair to
        learn from.

    >>> align(wv, wv, [("king", "king"), ("man", "man"), ("car", "car")]).learned
    2
    """
    check_vectors(source=source, target=target)
    held_out = check_value("held_out", held_out, float, low=0, high=0.9)
    restrict_vocab = check_value("restrict_vocab", restrict_vocab, int | None, low=1)
    if source.vector_size != target.vector_size:
        raise ValueError(
            "both languages must have vectors of one size, got "
            f"{source.vector_size} and {target.vector_size}"
        )
    name: object = "the dictionary"
    if isinstance(dictionary, str | os.PathLike):
        name, dictionary = dictionary, read_dictionary(dictionary)
    pairs = list(dictionary)
    rows = _known_rows(source, target, pairs, restrict_vocab)
    words = np.random.default_rng(seed).permutation(np.unique(rows[:, 0]))
    tested = words[: round(held_out * len(words))]
    learned = rows[~np.isin(rows[:, 0], tested)]
    if not len(learned):
        raise ValueError(
            f"{name}: of {len(pairs)} pairs, none to learn from has vectors in both languages: is "
            "the source language in the first column?"
        )
    sides = (source.vectors[learned[:, 0]], target.vectors[learned[:, 1]])
    if not all(np.isfinite(side).all() for side in sides):
        raise ValueError("cannot align vectors that are not finite")
    if (fewer := len(words) - len(tested)) < source.vector_size:
        log.warning(
            "learned from %d words of the dictionary, fewer than a vector has numbers (%d): the "
            "rotation fits them whatever they mean", fewer, source.vector_size,
        )  # fmt: skip
    found = Alignment(
        rotation=rotation(*map(normalized_rows, sides)).astype(np.float32),
        precision={},
        learned=len(words) - len(tested),
        held_out=len(tested),
        unknown=len(pairs) - len(rows),
        csls=csls,
        restrict_vocab=restrict_vocab,
        source=source,
        target=target,
    )
    return replace(found, precision=_precision(found, tested, rows))


def _known_rows(
    source: KeyedVectors,
    target: KeyedVectors,
    pairs: Iterable[tuple[Key, Key]],
    restrict_vocab: int | None,
) -> NDArray[np.int64]:
    """(P, 2) the rows of the pairs whose words both have a vector among the first ones."""
    found = [(source.get_index(one, -1), target.get_index(other, -1)) for one, other in pairs]
    rows = np.array(found, np.int64).reshape(-1, 2)
    known = (rows >= 0) & (rows < (restrict_vocab or np.iinfo(np.int64).max))
    return rows[known.all(axis=1)]


def _precision(
    found: Alignment, tested: NDArray[np.int64], rows: NDArray[np.int64]
) -> dict[int, float]:
    """The share of the tested source rows that have a translation among the nearest words."""
    if not len(tested):
        return dict.fromkeys(RANKS, math.nan)
    right: dict[int, set[int]] = {}
    for one, other in rows.tolist():
        right.setdefault(one, set()).add(other)
    near, _ = found._nearest(tested, max(RANKS))
    asked = list(zip(tested.tolist(), near.tolist(), strict=True))
    return {
        rank: sum(not right[row].isdisjoint(found[:rank]) for row, found in asked) / len(asked)
        for rank in RANKS
    }
