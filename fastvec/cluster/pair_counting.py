"""Counting pairs of words on several machines: the same sums as on one, bit for bit.

Every portion of the text becomes ids, where it is read.  Its windows reach into its neighbours, as
far as their sentences do: so it is told a few words of theirs.  The sums are integers, which are
added up for each part of the words (parts.py), and become the pairs that trainers train on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import PairRows, PairText
from fastvec.cluster.parts import Facts, Half, blocks_of, facts_of
from fastvec.cluster.portions import EncodedPortion, Portion, TextPortion
from fastvec.corpus.build import read_ids
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.spool import NO_IDS, Ids, Offsets
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.pair_counting import PairCounter, Rows, fixed_point
from fastvec.models.tiles import TileList, block_starts
from fastvec.params import CooccurrenceParams, CorpusParams


@dataclass(frozen=True)
class EncodedText:
    """The ids of a portion, and the positions at which sentences end in it: from 0, where the one
    before the portion does, to its length."""

    tokens: Ids
    ends: Offsets


@dataclass(frozen=True)
class Edges:
    """What the neighbours of a portion need to know of it.

    Attributes
    ----------
    words : int
        its length.
    head, tail : arrays of ids
        its words up to the first end of a sentence, and after the last one, those that are nearest
        to its neighbours.
    breaks : bool
        whether a sentence ends in it.
    """

    words: int
    head: Ids
    tail: Ids
    breaks: bool


def encode_portion(
    portion: Portion, vocabulary: Vocabulary, params: CorpusParams, window: int, workers: int
) -> list[Any]:
    """Read a portion: its Edges, and its EncodedText."""
    if isinstance(portion, TextPortion):
        tokens, offsets = read_ids(portion.source, params, vocabulary, workers)
        ends = np.unique(offsets[1:])
    else:
        assert isinstance(portion, EncodedPortion)
        tokens, ends = portion.tokens, np.unique(portion.offsets)
    return [edges_of(tokens, ends, window), EncodedText(tokens, ends)]


def edges_of(tokens: Ids, ends: Offsets, window: int) -> Edges:
    """The edges of a text.

    >>> edges_of(np.arange(9, dtype=np.int32), np.array([2, 6]), window=2)
    Edges(words=9, head=array([0, 1], dtype=int32), tail=array([7, 8], dtype=int32), breaks=True)
    """
    first, last = (ends[0], ends[-1]) if len(ends) else (len(tokens), 0)
    head, tail = tokens[: min(first, window)], tokens[max(last, len(tokens) - window) :]
    return Edges(len(tokens), head.copy(), tail.copy(), len(ends) > 0)


def words_before(edges: Sequence[Edges], index: int, window: int) -> Ids:
    """The words before a portion that are in its first sentence and in the window.

    >>> edges = [edges_of(np.arange(3, dtype=np.int32), np.array([1]), 4)] * 2
    >>> words_before(edges, 1, 4).tolist()
    [1, 2]
    """
    found = NO_IDS
    for each in reversed(edges[:index]):
        found = np.concatenate([each.tail, found])
        if each.breaks or len(found) >= window:
            break
    return found[max(len(found) - window, 0) :]


def words_after(edges: Sequence[Edges], index: int, window: int) -> Ids:
    """The words after a portion that are in its last sentence and in the window."""
    found = NO_IDS
    for each in edges[index + 1 :]:
        found = np.concatenate([found, each.head])
        if each.breaks or len(found) >= window:
            break
    return found[:window]


def count_portion_pairs(
    text: EncodedText,
    before: Ids,
    after: Ids,
    vocabulary: Vocabulary,
    params: CooccurrenceParams,
    total: int,
    parts: int,
) -> list[Any]:
    """Count the pairs of a portion: those of hot words, and for each part its rows.

    Parameters
    ----------
    before, after : arrays of ids
        see :func:`words_before`.
    total : int
        the words of the whole text.
    """
    first, last = len(before), len(before) + len(text.tokens)
    tokens = np.concatenate([before, text.tokens, after])
    offsets = np.unique(np.concatenate([[0], text.ends + first, [len(tokens)]]))
    corpus = Corpus(tokens, offsets.astype(np.int64), vocabulary, 0, 0)
    counter = PairCounter(corpus, params, None, False, total)
    rows = counter.count_part(first, last)
    of_parts = (blocks_of([part], parts, len(rows)) for part in range(parts))
    return [counter.hot, *([rows[block] for block in blocks] for blocks in of_parts)]


def add_up_pairs(
    part: int,
    parts: int,
    n_words: int,
    params: CooccurrenceParams,
    total: int,
    *counted: Any,
) -> list[Any]:
    """Add up the rows of a part: the Facts and the Half of its rows with the columns of each part.

    ``counted`` are the sums of hot words of each portion, and then the rows of each.
    """
    weights, places = fixed_point(params.window, params.distance_weighting, total)
    nothing = np.zeros(1, np.int32), np.array([0, 1])
    pair_rows = PairRows(PairText(*nothing, weights, n_words, not params.symmetric))
    half = len(counted) // 2
    hot: NDArray[np.uint64] = np.stack(counted[:half]).sum(axis=0, dtype=np.uint64)
    starts = block_starts(n_words)
    halves = [_Tiles(starts, params.symmetric) for _ in range(parts)]
    for i, block in enumerate(blocks_of([part], parts, len(starts) - 1).tolist()):
        summands: list[Rows] = [each for rows in counted[half:] for each in rows[i]]
        ends = np.empty(starts[block + 1] - starts[block] + 1, np.int64)
        pair_rows.merge(int(starts[block]), int(starts[block + 1]), hot, summands, ends)
        sizes, cut = halves[0].tiles.empty_sizes(), np.empty(ends[-1], np.uint64)
        pair_rows.cut(ends, 2.0**-places, starts, sizes, cut)
        for columns, tiles in enumerate(halves):
            tiles.add(block, sizes, cut, columns, parts)
    made = [tiles.half() for tiles in halves]
    return [[facts_of(each, params.symmetric) for each in made], *made]


class _Tiles:
    """The tiles of one half, while they are made."""

    def __init__(self, starts: NDArray[np.int64], symmetric: bool) -> None:
        self.tiles = TileList(starts, symmetric)
        self.pieces: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]

    def add(
        self,
        block: int,
        sizes: NDArray[np.int64],
        cut: NDArray[np.uint64],
        part: int,
        parts: int,
    ) -> None:
        """Append those of a row block whose columns are in a part."""
        sides = 1 if self.tiles.symmetric else 2
        chosen = np.arange(len(sizes)) // sides % parts == part
        self.pieces.append(cut[np.repeat(chosen, sizes)])
        self.tiles.add(block, np.where(chosen, sizes, 0))

    def half(self) -> Half:
        """All of them."""
        pairs = np.concatenate(self.pieces)
        if not len(pairs):
            return Half(pairs, np.empty((0, 3), np.int32), np.zeros(1, np.int64))
        return Half(pairs, *self.tiles.arrays())


def facts_by_half(found: Iterable[Sequence[Facts]]) -> dict[tuple[int, int], Facts]:
    """The facts of all halves, given those of each part's rows."""
    return {(x, y): facts for x, row in enumerate(found) for y, facts in enumerate(row)}
