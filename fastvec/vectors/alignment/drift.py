"""Drift: which words have moved between two sets of vectors, and further than by chance?

The older space is turned onto the newer one by the most frequent words that both share (Hamilton
et al. 2016).  Two trainings never give the same vectors, so that all words have moved; how far
words move by chance, two more models say that learned from one and the same kind of text.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.html import table
from fastvec._util.options import check_value, shown
from fastvec.vectors.alignment.noise import Noise
from fastvec.vectors.alignment.pictures import Svg, way
from fastvec.vectors.alignment.rotation import trimmed_rotation
from fastvec.vectors.alignment.shared_words import SharedWords, check_vectors, shared_words
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.products import product
from fastvec.vectors.search import nearest
from fastvec.words import Key, Words, not_one_string

Floats = NDArray[np.float64]

#: the most frequent words, by which one space is turned onto the other
ANCHORS = 5000
#: rows that notebooks show
SHOWN = 20
#: the columns of a result that are numbers, and those of them that need a noise pair
NUMBERS = ("moved", "z", "by_chance", "kept")
NEEDS_NOISE = ("z", "by_chance")
HEADS = ("word", "old_count", "new_count", *NUMBERS, "before", "after")


@dataclass(frozen=True, eq=False, repr=False)
class Drift:
    """How far words have moved, the furthest first.

    Attributes
    ----------
    words : list of keys
        the N words that are compared.
    moved : (N,) float64 array
        1 - cosine of a word's older vector, turned into the newer space, with its newer one.
    kept : (N,) float64 array
        the share of a word's nearest neighbours that it has in both spaces.
    z : (N,) float64 array
        by how many standard deviations a word has moved further than by chance: than words of its
        frequency in the noise pair, and than it did there itself.  NaN without a noise pair.
    by_chance : (N,) float64 array
        how many words, at most, are expected to move so far by chance; NaN without a noise pair.
    floor : float
        the z beyond which less than one word is expected by chance; NaN without a noise pair.
    old, new : KeyedVectors
        the vectors of these words, of length 1, in the newer space, and their counts.
    """

    words: list[Any]
    moved: Floats
    kept: Floats
    z: Floats
    by_chance: Floats
    floor: float
    old: KeyedVectors
    new: KeyedVectors

    @property
    def has_floor(self) -> bool:
        """Whether a noise pair says how far words move by chance."""
        return not math.isnan(self.floor)

    @property
    def above_floor(self) -> list[Any]:
        """The words that have moved further than chance explains; none without a noise pair."""
        return [word for word, z in zip(self.words, self.z.tolist(), strict=True) if z > self.floor]

    @property
    def sides(self) -> tuple[KeyedVectors, KeyedVectors]:
        """The old vectors, and the new ones."""
        return self.old, self.new

    def rows(self, topn: int | None = None, neighbours: int = 5) -> list[dict[str, Any]]:
        """What there is to say of the first words, or of all of them.

        Returns
        -------
        list of dict
            ``word``, ``old_count``, ``new_count`` (None where counts are not known), ``moved``,
            ``z``, ``by_chance``, ``kept``, and lists of its nearest words ``before`` and ``after``.

        >>> drift(wv, wv, min_count=1).rows(1, neighbours=1)[0]["before"]
        ['queen']
        """
        words = self.words[:topn]
        before, after = (_neighbours(wv, words, neighbours) for wv in self.sides)
        old_count, new_count = (_listed(wv.counts, len(words)) for wv in self.sides)
        numbers = {name: getattr(self, name).tolist() for name in NUMBERS}
        columns = {"word": words, "old_count": old_count, "new_count": new_count, **numbers}
        columns |= {"before": before, "after": after}
        return [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)
        ]

    def way(self, word: Key, neighbours: int = 5) -> Svg:
        """The way of one word as a picture in SVG, which notebooks show.

        The word moves from left to right.  Around it are its nearest words of before and after,
        where they are in the newer space.

        KeyError for a word that is not compared.

        >>> drift(wv, wv, min_count=1).way("king").startswith("<svg")
        True
        """
        return way(self.sides, word, check_value("neighbours", neighbours, int, low=1))

    def __repr__(self) -> str:
        above = f", {len(self.above_floor)} above the floor" if self.has_floor else ", no floor"
        return f"Drift<{len(self.words)} words{above}>"

    def _repr_html_(self) -> str:
        return drift_table(self, SHOWN)


def _neighbours(wv: KeyedVectors, words: list[Any], topn: int) -> list[list[Any]]:
    """The words nearest to each of some words."""
    return [[near for near, _ in found] for found in wv.most_similar_batch(words, topn=topn)]


def _listed(counts: NDArray[np.int64] | None, length: int) -> list[int | None]:
    return [None] * length if counts is None else counts[:length].tolist()


def drift_table(found: Drift, topn: int) -> str:
    """The first words of a result as a table in HTML.

    >>> drift_table(drift(wv, wv, min_count=1), 2).count("<tr>")
    3
    """
    known = [head for head in HEADS if found.has_floor or head not in NEEDS_NOISE]
    rows = ([_cell(row[head]) for head in known] for row in found.rows(topn))
    return table(f"{len(found.words):,} words", [head.replace("_", " ") for head in known], rows)


def _cell(value: Any) -> Any:
    """A value as a table has it: neighbours as one text, and nothing for what is not known."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else value


def drift(
    old: KeyedVectors,
    new: KeyedVectors,
    *,
    noise: tuple[KeyedVectors, KeyedVectors] | None = None,
    anchors: Iterable[Key] | None = None,
    min_count: int = 50,
    restrict_vocab: int | None = 30_000,
    topn: int = 10,
) -> Drift:
    """Which words have moved between two sets of vectors.

    The older vectors are turned onto the newer ones (with the outliers left out), and then each
    word is compared with itself.

    Parameters
    ----------
    old, new : KeyedVectors
        of one size, trained with the same options.
    noise : pair of KeyedVectors, optional
        two models that differ by chance only: best of two random halves of one text, or else of one
        text and two seeds.  Without it nobody can tell what moved from what chance moved: the words
        that have moved furthest are those with the least certain vectors.
    anchors : iterable of keys, optional
        the words by which one space is turned onto the other; by default the 5,000 most frequent
        shared ones.
    min_count : int
        leave out words that occur less often in one of the sets.  If not all of the sets have
        counts, places in the vocabulary stand for them, and this has no effect.
    restrict_vocab : int or None
        know only so many first words of each set; None: all.
    topn : int
        the number of nearest neighbours that ``Drift.kept`` looks at.

    Raises
    ------
    TypeError
        what is no KeyedVectors, such as a model.
    ValueError
        vectors of different sizes, fewer anchors than a vector has numbers, fewer than 200 words
        shared by the noise pair.

    >>> drift(wv, wv, min_count=1).kept.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    check_vectors(old=old, new=new)
    _check_noise(noise)
    topn = check_value("topn", topn, int, low=1)
    limits: dict[str, Any] = {
        "min_count": check_value("min_count", min_count, int),
        "restrict_vocab": check_value("restrict_vocab", restrict_vocab, int | None, low=1),
        "counted": all(wv.counts is not None for wv in (old, new, *(noise or ()))),
    }
    chosen = None if anchors is None else Words.of(not_one_string(anchors, "anchors"))
    shared = turned(shared_words(old, new, **limits), chosen)
    moved = _moved(shared)
    z = by_chance = np.full(len(moved), math.nan)
    floor = math.nan
    if noise is not None:
        pair = turned(shared_words(*noise, **limits), chosen, "both models of the noise pair")
        z, by_chance, floor = _beyond_chance(shared, moved, pair)
    order = np.argsort(-moved if noise is None else -z, kind="stable")
    kept = _kept(shared, topn)
    old_side, new_side = _sides(shared.take(order), limits["counted"])
    return Drift(
        old_side.index_to_key, moved[order], kept[order], z[order], by_chance[order], floor,
        old_side, new_side,
    )  # fmt: skip


def _check_noise(noise: Any) -> None:
    if noise is None:
        return
    if not isinstance(noise, tuple | list) or len(noise) != 2:
        raise TypeError(f"noise must be a pair of KeyedVectors, got {shown(noise)}")
    check_vectors(**{"the first of noise": noise[0], "the second of noise": noise[1]})


def _beyond_chance(
    shared: SharedWords, moved: Floats, pair: SharedWords
) -> tuple[Floats, Floats, float]:
    """The attributes ``z``, ``by_chance`` and ``floor`` of a result, by a noise pair."""
    pair_moved = _moved(pair)
    noise = Noise(pair.frequency, pair_moved)
    own = np.append(np.maximum(0, noise.z(pair.frequency, pair_moved)), 0)  # 0: not in the pair
    z = noise.z(shared.frequency, moved) - own[pair.words.find_all(shared.words)]
    return z, len(z) * noise.chance(z), noise.floor(len(z))


def turned(
    shared: SharedWords, anchors: Words | None = None, both: str = "both sets"
) -> SharedWords:
    """Shared words whose first vectors are turned into the space of the second.

    >>> turned(shared_words(wv, wv)).first.shape
    (5, 3)
    """
    rows = np.arange(min(ANCHORS, len(shared)))
    if anchors is not None:
        rows = np.unique(shared.words.find_all(anchors))
        rows = rows[rows >= 0]
    size = shared.first.shape[1]
    if len(rows) < size:
        found = f"words that {both} have: min_count=1 leaves out none of these"
        if anchors is not None and len(shared) >= size:
            found = f"of {len(anchors):,} given: {both} must have them"
        raise ValueError(
            f"at least {size} anchors are needed to turn vectors of {size} numbers, got "
            f"{len(rows)} {found}"
        )
    by = trimmed_rotation(shared.first[rows], shared.second[rows]).astype(np.float32)
    return dataclasses.replace(shared, first=product(shared.first, by))


def _moved(shared: SharedWords) -> Floats:
    """1 - cosine of the two vectors of each word."""
    return 1 - np.asarray(np.einsum("ij,ij->i", shared.first, shared.second), np.float64)


def _kept(shared: SharedWords, topn: int) -> Floats:
    """The share of the nearest neighbours that each word has in both spaces."""
    topn = min(topn, len(shared) - 1)
    before, after = (_nearest_others(side, topn) for side in (shared.first, shared.second))
    same: NDArray[np.bool_] = before[:, :, None] == after[:, None, :]
    return np.asarray(same.any(axis=2).mean(axis=1), np.float64)


def _nearest_others(unit: NDArray[np.float32], topn: int) -> NDArray[np.int64]:
    """(N, topn) for each vector of length 1 the rows nearest to it, without its own."""
    found, _ = nearest(unit, np.ones(len(unit), np.float32), unit, topn + 1)
    own = found == np.arange(len(unit))[:, None]
    own[~own.any(axis=1), -1] = True  # others are as near, and it was not found
    others: NDArray[np.int64] = found[~own].reshape(len(unit), topn)
    return others


def _sides(shared: SharedWords, counted: bool) -> tuple[KeyedVectors, KeyedVectors]:
    """Both sets of vectors, with their counts if they are known."""
    first, second = (shared.first_counts, shared.second_counts) if counted else (None, None)
    return (
        KeyedVectors.of(shared.words, shared.first, first),
        KeyedVectors.of(shared.words, shared.second, second),
    )
