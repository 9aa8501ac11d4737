"""GloVe on several machines: parts of the words, and rounds that train on two parts at a time.

The blocks of words (models/tiles.py) are dealt to parts like cards, so that all parts have about as
many pairs.  In a round no two trainers have the same part: so none of them ever changes a vector
that another one has, and nothing has to be averaged.  An epoch has as many rounds as there are
parts, and in it every two parts meet once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.io.container import array_checksum
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import PAIR, block_starts
from fastvec.models.word_records import Records, aligned_records
from fastvec.words import Words

#: The row part and the column part of some pairs.
HalfKey = tuple[int, int]


@dataclass(frozen=True)
class Half:
    """The pairs whose rows are in one part and whose columns are in another one.

    The attributes are those of :class:`fastvec.models.pairs.Pairs`; tiles have the numbers that
    blocks have in the whole matrix.
    """

    pairs: NDArray[np.uint64]
    tiles: NDArray[np.int32]
    offsets: NDArray[np.int64]


@dataclass(frozen=True)
class Facts:
    """What is known of some pairs without them: how many are stored, the entries that they stand
    for, the largest value, and a checksum."""

    stored: int
    entries: int
    largest: float
    checksum: str


@dataclass(frozen=True)
class Job:
    """What one trainer does in a round.

    Attributes
    ----------
    parts : tuple of int
        those whose vectors it changes.
    halves : tuple of HalfKey
        what it trains on, one after the other.
    """

    parts: tuple[int, ...]
    halves: tuple[HalfKey, ...]


def part_count(trainers: int) -> int:
    """In how many parts the words are cut.

    >>> part_count(1), part_count(3)
    (1, 6)
    """
    return 1 if trainers == 1 else 2 * trainers


def rounds_of(parts: int) -> list[list[Job]]:
    """The jobs of each round: parts x and y meet in round (x + y) mod ``parts``.

    Two parts that would meet themselves in the same round are one job, which has as many pairs as
    the others.

    >>> [[job.halves for job in jobs] for jobs in rounds_of(2)]
    [[((0, 0), (1, 1))], [((0, 1), (1, 0))]]
    """
    return [list(_jobs_of(number, parts)) for number in range(parts)]


def _jobs_of(number: int, parts: int) -> Iterator[Job]:
    alone = tuple(x for x in range(parts) if 2 * x % parts == number)
    if alone:
        yield Job(alone, tuple((x, x) for x in alone))
    for x in range(parts):
        y = (number - x) % parts
        if x < y:
            yield Job((x, y), ((x, y), (y, x)))


def blocks_of(parts: Sequence[int], count: int, n_blocks: int) -> NDArray[np.int64]:
    """The blocks of some of ``count`` parts, in order.

    >>> blocks_of([0, 2], 4, 9).tolist()
    [0, 2, 4, 6, 8]
    """
    blocks = np.arange(n_blocks)
    return blocks[np.isin(blocks % count, parts)]


class Layout:
    """How the records of a few parts lie one after the other: block by block.

    Parameters
    ----------
    parts : sequence of int
    count : int
        of all parts.
    n_words : int

    Attributes
    ----------
    blocks : (n,) int64 array
        the numbers that their blocks have in the whole matrix.
    starts : (n + 1,) int64 array
        the first record of each.
    """

    def __init__(self, parts: Sequence[int], count: int, n_words: int) -> None:
        starts = block_starts(n_words)
        self.parts, self.count = parts, count
        self.blocks = blocks_of(parts, count, len(starts) - 1)
        widths = np.diff(starts)[self.blocks]
        self.starts = np.append(0, np.cumsum(widths))
        self.words = slices(starts[self.blocks], widths)
        self._places = slices(self.starts[:-1], widths)

    def gathered(self, rows: Sequence[Records]) -> Records:
        """The records of the parts as one array, given those of each part."""
        shape = (int(self.starts[-1]), *rows[0].shape[1:])
        together = aligned_records(np.empty(shape, np.float32))
        for place, part, there in self._moves():
            together[place] = rows[part][there]
        return together

    def split(self, together: Records) -> list[Records]:
        """The records of each part, of those that :meth:`gathered` made, and that were changed."""
        found: list[list[Records]] = [[] for _ in self.parts]
        for place, part, _ in self._moves():
            found[part].append(together[place])
        return [np.concatenate([together[:0], *each]) for each in found]

    def _moves(self) -> Iterator[tuple[slice, int, slice]]:
        """For each block where it lies, the position of its part, and where it lies there."""
        ends = [0] * len(self.parts)
        for block, place in zip(self.blocks.tolist(), self._places, strict=True):
            part = self.parts.index(block % self.count)
            begin = ends[part]
            ends[part] += place.stop - place.start
            yield place, part, slice(begin, ends[part])


def slices(starts: NDArray[np.int64], widths: NDArray[np.int64]) -> list[slice]:
    """So many rows from each start on."""
    return [slice(a, a + n) for a, n in zip(starts.tolist(), widths.tolist(), strict=True)]


def rows_of(records: Records, layout: Layout) -> Records:
    """The records of the parts of a layout, out of those of all words."""
    return np.concatenate([records[:0], *(records[words] for words in layout.words)])


def put_rows(records: Records, layout: Layout, rows: Records) -> None:
    """Write the records of one part to those of all words."""
    at = 0
    for words in layout.words:
        width = words.stop - words.start
        records[words] = rows[at : at + width]
        at += width


class SpreadPairs:
    """Pairs that trainers have, or will have: what the driver knows of them.

    Parameters
    ----------
    halves : dict
        each Half, or a reference to it, by its HalfKey.
    facts : dict
        the Facts of each.
    parts, n_words : int
    symmetric : bool
    words : Words, optional
    counts : (V,) int64 array, optional

    Raises ValueError if there are no pairs.
    """

    def __init__(
        self,
        halves: dict[HalfKey, Any],
        facts: dict[HalfKey, Facts],
        parts: int,
        n_words: int,
        symmetric: bool,
        words: Words | None,
        counts: NDArray[np.int64] | None,
    ) -> None:
        self.halves = {key: half for key, half in halves.items() if facts[key].stored}
        self.facts = facts
        self.parts, self.n_words, self.symmetric = parts, n_words, symmetric
        self.words, self.counts = words, counts
        if not self.halves:
            raise ValueError("the corpus has no pairs: no sentence has two words")

    @property
    def shape(self) -> tuple[int, int]:
        """(V, V)."""
        return self.n_words, self.n_words

    @property
    def stored(self) -> int:
        """How many pairs are stored."""
        return sum(each.stored for each in self.facts.values())

    @property
    def nnz(self) -> int:
        """The number of entries of the whole matrix."""
        return sum(each.entries for each in self.facts.values())

    @property
    def largest(self) -> float:
        """The largest entry."""
        return max(each.largest for each in self.facts.values())

    @property
    def checksum(self) -> str:
        """Of all pairs."""
        return "".join(self.facts[key].checksum for key in sorted(self.halves))


def halves_of(pairs: Pairs, parts: int) -> dict[HalfKey, Half]:
    """A matrix cut into halves, also empty ones."""
    rows, columns = (pairs.tiles[:, :2] % parts).T
    sizes, raw = np.diff(pairs.offsets), pairs.pairs.view(np.uint64)
    found = {}
    for x in range(parts):
        for y in range(parts):
            tiles = np.flatnonzero((rows == x) & (columns == y))
            pieces = [raw[pairs.offsets[tile] : pairs.offsets[tile + 1]] for tile in tiles]
            offsets = np.append(0, np.cumsum(sizes[tiles]))
            half = Half(np.concatenate([raw[:0], *pieces]), pairs.tiles[tiles], offsets)
            found[x, y] = half
    return found


def facts_of(half: Half, symmetric: bool) -> Facts:
    """What is to be known of a half."""
    pairs = half.pairs.view(PAIR)
    stored, diagonal = len(pairs), 0
    for tile in np.flatnonzero(half.tiles[:, 0] == half.tiles[:, 1]) if symmetric else ():
        some = pairs[half.offsets[tile] : half.offsets[tile + 1]]
        diagonal += int(np.count_nonzero(some["row"] == some["column"]))
    entries = 2 * stored - diagonal if symmetric else stored
    largest = float(pairs["value"].max(initial=0))
    return Facts(stored, entries, largest, array_checksum(half.pairs)[0])
