"""Sequences from long tables: the items of each group, in their order, in bounded memory.

The rows come in any order, and there may be more of them than memory.  So runs of rows are sorted
by a hash of their group and kept, on disk if need be.  Then the groups of one range of hashes after
the other are brought together from all runs, and sorted.  If there are several ranges, their
sequences are merged at the end: sequences follow each other by the first row of their group.
"""

from __future__ import annotations

import bisect
import itertools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, TextReader, bad_token
from fastvec._util.log import log
from fastvec._util.spill import Kept, Storage
from fastvec._util.system import memory_budget
from fastvec.corpus.chunks import Chunk, LongRows, TokenRows
from fastvec.corpus.order import Order, mixed
from fastvec.corpus.spool import new_ids, words_of
from fastvec.params import CorpusParams
from fastvec.words import Words, concatenate_words, offsets_of

BUCKETS = 1 << 10  # ranges of hashes, of which at least one must fit in memory
LEAST_BYTES, MOST_BYTES = 1 << 20, 1 << 28  # of the rows that are sorted at a time
ROW_BYTES = 40  # that a row takes without its texts
MERGED_ITEMS = 1 << 12  # of one range at a time, while ranges are merged

#: read while rows are sorted, so that a worker notices that it should stop
NOTHING = TokenRows("nothing", np.empty(0, np.uint8), np.zeros(1, np.int64), np.zeros(1, np.int64))


def sequences(rows: Iterator[Chunk], params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of sequences, from the rows of long tables.

    Rows without an item, a group or a place are left out, and a warning says how many they are.

    Raises
    ------
    TypeError
        if some items are strings and others integers.
    ValueError
        if some places are numbers and others times.
    """
    budget = memory_budget(params.memory)
    most = min(max(budget // 8, LEAST_BYTES), MOST_BYTES)
    with Storage(budget // 4, params.tmp) as storage:
        ranges: list[_Range] = []
        with Storage(budget // 4, params.tmp) as unsorted:
            runs: list[_Run] = []
            for some in _batches(_checked(rows, params), most):
                if some is not None:
                    runs.append(_Run.of(some, sum(run.count for run in runs), unsorted))
                yield NOTHING
            for first, stop in _bounds(runs, most):
                parts = [run.rows(unsorted, first, stop) for run in runs]
                ranges.append(_Range.of(*_together(parts), storage))
                yield NOTHING
        yield from _merged(ranges, storage)


def counted(rows: Iterator[Chunk], params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of the items alone, for counting them."""
    return iter(_checked(rows, params))


def _checked(rows: Iterator[Chunk], params: CorpusParams) -> Iterator[LongRows]:
    """The rows, which can all be sorted together; a warning about those that are left out."""
    missing = 0
    order: Order | None = None
    for some in rows:
        assert isinstance(some, LongRows)
        missing += some.missing
        if order is not None and some.order is not None and order.kind != some.order.kind:
            raise mixed(some.name, (order.kind, some.order.kind))
        order = some.order or order
        yield some
    if missing:
        columns = " or ".join(dict.fromkeys(params.columns))
        log.warning("rows left out, which have no value in column %s: %d", columns, missing)


def _batches(rows: Iterator[LongRows], most: int) -> Iterator[LongRows | None]:
    """Rows together of about so many bytes; None for what is collected meanwhile."""
    waiting: list[LongRows] = []
    size = 0
    for some in rows:
        waiting.append(some)
        size += _bytes(some)
        if size >= most:
            yield _joined(waiting)
            waiting, size = [], 0
        yield None
    if waiting:
        yield _joined(waiting)


def _bytes(rows: LongRows) -> int:
    return len(rows.items.joined) + len(rows.groups.joined) + ROW_BYTES * len(rows.items)


def _joined(several: list[LongRows]) -> LongRows:
    """Rows one after the other."""
    filled = [rows for rows in several if len(rows.items)] or several[:1]
    integers = filled[0].items.integers
    for rows in filled:
        if rows.items.integers != integers:
            after = " after integers" if integers else " after strings"
            raise bad_token(f"{rows.items.key(0)!r:.60}{after} in {rows.name}")
    orders = [rows.order for rows in filled if rows.order is not None]
    order = None
    if orders:
        whole, rest = ([getattr(each, part) for each in orders] for part in ("whole", "rest"))
        order = Order(orders[0].kind, np.concatenate(whole), np.concatenate(rest))
    items = concatenate_words(*(rows.items for rows in filled))
    groups = concatenate_words(*(rows.groups for rows in filled))
    return LongRows(filled[0].name, items, groups, order, 0)


# --- groups


def _numbered(groups: Words) -> tuple[NDArray[np.int32], Words]:
    """For each row the number of its group, by first appearance; and the groups."""
    reader = TextReader()
    one_sentence = np.array([0, len(groups)], np.int64)
    reader.token_rows(groups.joined, groups.offsets, one_sentence, Control(1), 0)
    ids = new_ids(reader.spooled)
    reader.move_ids(ids)
    return ids[:-1] - 1, words_of(reader)[0]


def _hashes(distinct: Words) -> NDArray[np.uint32]:
    data, ends = distinct.joined.tobytes(), itertools.pairwise(distinct.offsets.tolist())
    hashes = (zlib.crc32(data[start:end]) for start, end in ends)
    return np.fromiter(hashes, np.uint32, len(distinct))


# --- runs


@dataclass(frozen=True)
class _KeptWords:
    joined: Kept
    offsets: Kept

    @classmethod
    def of(cls, words: Words, storage: Storage) -> _KeptWords:
        return cls(storage.put(words.joined), storage.put(words.offsets))

    def part(self, storage: Storage, first: int, stop: int, integers: bool) -> Words:
        offsets = storage.part(self.offsets, first, stop + 1)
        joined = storage.part(self.joined, int(offsets[0]), int(offsets[-1]))
        return Words(joined, offsets - offsets[0], None, integers)


@dataclass(frozen=True)
class _Run:
    """Rows that are sorted by the bucket of their group.

    Attributes
    ----------
    starts, sizes : (BUCKETS + 1,) int64 arrays
        where the rows of each bucket begin, and the bytes of all rows before them.
    numbers : (n,) int64 array
        which row of the whole table each is.
    """

    count: int
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    name: str
    integers: bool
    items: _KeptWords
    groups: _KeptWords
    numbers: Kept
    order: tuple[str, Kept, Kept] | None

    @classmethod
    def of(cls, rows: LongRows, before: int, storage: Storage) -> _Run:
        """Sort and keep some rows, with so many before them."""
        numbers, distinct = _numbered(rows.groups)
        buckets = (_hashes(distinct) // np.uint32((1 << 32) // BUCKETS)).astype(np.uint16)[numbers]
        by_bucket = np.argsort(buckets, kind="stable")
        starts = np.searchsorted(buckets[by_bucket], np.arange(BUCKETS + 1))
        items, groups = rows.items.take(by_bucket), rows.groups.take(by_bucket)
        order = None
        if rows.order is not None:
            parts = (rows.order.whole[by_bucket], rows.order.rest[by_bucket])
            order = (rows.order.kind, storage.put(parts[0]), storage.put(parts[1]))
        return cls(
            len(items),
            starts,
            items.offsets[starts] + groups.offsets[starts] + ROW_BYTES * starts,
            rows.name,
            items.integers,
            _KeptWords.of(items, storage),
            _KeptWords.of(groups, storage),
            storage.put(before + by_bucket),
            order,
        )

    def rows(self, storage: Storage, first: int, stop: int) -> tuple[LongRows, NDArray[np.int64]]:
        """The rows of some buckets, and their numbers."""
        start, end = int(self.starts[first]), int(self.starts[stop])
        order = None
        if self.order is not None:
            kind, *parts = self.order
            order = Order(kind, *(storage.part(part, start, end) for part in parts))
        items = self.items.part(storage, start, end, self.integers)
        groups = self.groups.part(storage, start, end, False)
        numbers = storage.part(self.numbers, start, end)
        return LongRows(self.name, items, groups, order, 0), numbers


def _bounds(runs: list[_Run], most: int) -> Iterator[tuple[int, int]]:
    """Ranges of buckets, each with rows of at most so many bytes, unless it is one bucket."""
    sizes = np.sum([run.sizes for run in runs], axis=0) if runs else np.zeros(1, np.int64)
    first = 0
    while sizes[first] < sizes[-1]:
        fitting = int(np.searchsorted(sizes, sizes[first] + most, side="right")) - 1
        stop = max(first + 1, fitting)
        yield first, stop
        first = stop


def _together(
    parts: list[tuple[LongRows, NDArray[np.int64]]],
) -> tuple[LongRows, NDArray[np.int64]]:
    """Rows of several runs one after the other, with their numbers."""
    return _joined([rows for rows, _ in parts]), np.concatenate([numbers for _, numbers in parts])


# --- ranges of hashes, and how they are merged


@dataclass(frozen=True)
class _Range:
    """The sequences of some groups, of which all rows were there, by their first rows.

    Attributes
    ----------
    cuts : list of int
        which sequences begin a block that is read at a time.
    firsts, starts : int64 arrays
        of each sequence the number of its first row, and where its items begin.
    """

    name: str
    integers: bool
    cuts: list[int]
    firsts: Kept
    starts: Kept
    items: _KeptWords

    @classmethod
    def of(cls, rows: LongRows, numbers: NDArray[np.int64], storage: Storage) -> _Range:
        """Sort and keep the rows of some groups, which are in the order of their numbers."""
        of_row, distinct = _numbered(rows.groups)
        first_rows = np.empty(len(distinct), np.int64)
        first_rows[of_row[::-1]] = numbers[::-1]  # the first one stays
        by_row = np.argsort(first_rows)
        places = np.empty(len(by_row), np.int64)
        places[by_row] = np.arange(len(by_row))
        groups = places[of_row]
        keys = (groups,) if rows.order is None else (rows.order.rest, rows.order.whole, groups)
        by_group = np.lexsort(keys)  # stable: rows that are alike keep their order
        starts = np.flatnonzero(np.diff(groups[by_group], prepend=-1, append=-1))
        cuts = np.searchsorted(starts, np.arange(0, len(by_group), MERGED_ITEMS))
        return cls(
            rows.name,
            rows.items.integers,
            [*dict.fromkeys(cuts.tolist()), len(by_row)],
            storage.put(first_rows[by_row]),
            storage.put(starts),
            _KeptWords.of(rows.items.take(by_group), storage),
        )

    def whole(self, storage: Storage) -> TokenRows:
        """All sequences."""
        starts = storage.part(self.starts, 0, self.cuts[-1] + 1)
        items = self.items.part(storage, 0, int(starts[-1]), self.integers)
        return TokenRows(self.name, items.joined, items.offsets, starts, self.integers)


def _merged(ranges: list[_Range], storage: Storage) -> Iterator[TokenRows]:
    """The sequences of all ranges by their first rows."""
    if len(ranges) == 1:
        yield ranges[0].whole(storage)
        return
    streams = [_Stream(each) for each in ranges]
    while streams:
        limit = min(stream.last_of_block(storage) for stream in streams)
        parts = [stream.take(storage, limit) for stream in streams]
        yield _by_first_row(ranges[0].name, *zip(*parts, strict=True))
        streams = [stream for stream in streams if stream.at < stream.range.cuts[-1]]


@dataclass
class _Stream:
    """A range whose sequences are taken one block after the other."""

    range: _Range
    at: int = 0

    @property
    def block_end(self) -> int:
        """Where the block ends that the next sequence is in."""
        return self.range.cuts[bisect.bisect_right(self.range.cuts, self.at)]

    def last_of_block(self, storage: Storage) -> int:
        """The first row of the last sequence in that block."""
        return int(storage.part(self.range.firsts, self.block_end - 1, self.block_end)[0])

    def take(
        self, storage: Storage, limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Words]:
        """The next sequences whose first row is at most ``limit``, which is none behind the block:
        their first rows, their lengths and their items."""
        start, stop = self.at, self.block_end
        firsts = storage.part(self.range.firsts, start, stop)
        firsts = firsts[: np.searchsorted(firsts, limit, side="right")]
        self.at += len(firsts)
        starts = storage.part(self.range.starts, start, self.at + 1)
        bounds = int(starts[0]), int(starts[-1])
        items = self.range.items.part(storage, *bounds, self.range.integers)
        return firsts, np.diff(starts), items


def _by_first_row(
    name: str,
    firsts: tuple[NDArray[np.int64], ...],
    lengths: tuple[NDArray[np.int64], ...],
    items: tuple[Words, ...],
) -> TokenRows:
    """The chunk of some sequences, by their first rows."""
    words = concatenate_words(*items)
    by_row = np.argsort(np.concatenate(firsts))
    length = np.concatenate(lengths)
    begin = offsets_of(length)[:-1][by_row]
    starts = offsets_of(length[by_row])
    within = np.arange(len(words)) - np.repeat(starts[:-1], length[by_row])
    words = words.take(np.repeat(begin, length[by_row]) + within)
    return TokenRows(name, words.joined, words.offsets, starts, words.integers)
