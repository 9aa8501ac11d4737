"""GloVe's own files of word pairs: cooccurrence.bin and cooccurrence.shuf.bin.

They hold records of two word ids, counted from 1, and a number.  The original cooccur writes them
sorted, shuffle in random order.  Both are read and written in bounded memory: the rows of one block
of words at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, about_file, atomic_write
from fastvec._util.spill import Spilled, TemporaryFile
from fastvec.models.tiles import (
    LEFT,
    MOST_ROWS,
    PAIR,
    RIGHT,
    TileList,
    block_starts,
    check_counts,
    column_keys,
)

if TYPE_CHECKING:
    from fastvec.models.pairs import Pairs

#: A record of GloVe's files.
RECORD = np.dtype([("word1", "<i4"), ("word2", "<i4"), ("value", "<f8")])
#: A record while it is sorted: its row and its key within the row, see column_keys.
ENTRY = np.dtype([("row", "<u4"), ("key", "<u4"), ("value", "<f8")])
RECORDS_AT_ONCE = 1 << 20  # records read at a time
FEW_WORDS = 1 << 16  # a file without a vocabulary may be about so many, however few its records


# --- writing


def write_records(path: PathLike, pairs: Pairs) -> None:
    """Write a matrix as records sorted by both words."""
    n = pairs.shape[0]
    with atomic_write(path) as file:
        for block in range(len(pairs.starts) - 1):
            records = np.concatenate([np.empty(0, RECORD), *_records_of_block(pairs, block)])
            keys = records["word1"].astype(np.int64) * n + records["word2"]
            file.write(records[np.argsort(keys)].view(np.uint8).data)


def _records_of_block(pairs: Pairs, block: int) -> Iterator[NDArray[Any]]:
    """The records of all entries in the rows of a block, tile by tile."""
    row_blocks, column_blocks, _ = pairs.tiles.T
    for tile in np.flatnonzero((row_blocks == block) | (column_blocks == block)):
        row_block, column_block, side = pairs.tiles[tile]
        stored = pairs.pairs[pairs.offsets[tile] : pairs.offsets[tile + 1]]
        row = pairs.starts[row_block] + stored["row"] + 1
        column = pairs.starts[column_block] + stored["column"] + 1
        if side != LEFT and row_block == block:
            yield _records(row, column, stored["value"])
        if side != RIGHT and column_block == block:
            # An entry on the diagonal is its own mirror image: it must not be written twice.
            kept = slice(None) if side == LEFT else row != column
            yield _records(column[kept], row[kept], stored["value"][kept])


def _records(
    word1: NDArray[np.int64], word2: NDArray[np.int64], value: NDArray[np.float32]
) -> NDArray[Any]:
    records = np.empty(len(value), RECORD)
    records["word1"], records["word2"], records["value"] = word1, word2, value
    return records


# --- reading


def number_of_words(path: PathLike, vocabulary: int | None = None) -> int:
    """How many words a file of records is about: those of the vocabulary, or the highest id.

    ValueError for a file that is not one, for ids below 1 or beyond the vocabulary, and without a
    vocabulary for ids that are far too high for so few records, since every word takes memory.
    """
    size = Path(path).stat().st_size
    if size == 0 or size % RECORD.itemsize:
        raise ValueError(
            f"{path} is no file of GloVe's records: {size} bytes are no multiple of 16"
        )
    ids = (records[name] for records in _read(path) for name in ("word1", "word2"))
    lowest, highest = np.array([(some.min(), some.max()) for some in ids]).T
    if lowest.min() < 1:
        raise ValueError(f"{path}: ids must be at least 1, got {lowest.min()}")
    most = min(MOST_ROWS - 1, max(FEW_WORDS, 8 * (size // RECORD.itemsize)))
    n = int(highest.max())
    if vocabulary is not None:
        if n > vocabulary:
            raise ValueError(f"{path}: id {n} is beyond the {vocabulary} words of the vocabulary")
        return vocabulary
    if n > most:
        raise ValueError(
            f"{path}: without a vocabulary (--vocab), the ids of {size // RECORD.itemsize} records "
            f"must be at most {most}, got {n}"
        )
    return n


def read_records(
    path: PathLike, n_words: int, tmp: PathLike | None
) -> tuple[NDArray[Any], TileList]:
    """The pairs (PAIR) and tiles of a file of records in any order, with ids up to n_words.

    Records of the same entry are added up.  The pairs are memory-mapped from a temporary file,
    which is removed when they are no longer used.

    Raises ValueError for values that are not counts, or if all are 0.
    """
    with TemporaryFile(tmp) as file:
        entries = _SortedEntries(file, path, block_starts(n_words))
        try:
            symmetric = entries.sort()
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return entries.cut(symmetric)


def _read(path: PathLike) -> Iterator[NDArray[Any]]:
    """The records, some at a time.  The file is read, not mapped: mapped pages would fill the
    memory."""
    with about_file(path), Path(path).open("rb") as file:
        while len(records := np.fromfile(file, RECORD, RECORDS_AT_ONCE)):
            yield records


def _read_entries(path: PathLike) -> Iterator[NDArray[Any]]:
    """The records as entries of an asymmetric matrix, each in the row of its rarer word."""
    for records in _read(path):
        entries = np.empty(len(records), ENTRY)
        entries["row"], entries["key"] = column_keys(records["word1"] - 1, records["word2"] - 1)
        entries["value"] = records["value"]
        yield entries


def _added_up(entries: NDArray[Any]) -> NDArray[Any]:
    """Entries sorted by row and key, equal ones added up, and zeros left out; ValueError for values
    that are not counts."""
    order_keys = entries["row"].astype(np.uint64) << np.uint64(32) | entries["key"]
    order = np.argsort(order_keys, kind="stable")
    entries = entries[order]
    first = np.flatnonzero(np.diff(order_keys[order], prepend=np.uint64(2**64 - 1)))
    sums = np.add.reduceat(entries["value"], first) if len(first) else entries["value"]
    entries = entries[first]
    entries["value"] = sums
    entries = entries[sums != 0]
    check_counts(entries["value"])
    return entries


def _is_mirrored(entries: NDArray[Any]) -> bool:
    """Whether each entry below the diagonal equals one above it.  In sorted rows the two are
    neighbours."""
    entries = entries[entries["key"] >> 1 != entries["row"]]
    if len(entries) % 2:
        return False
    above, below = entries[::2], entries[1::2]
    return (
        np.array_equal(above["row"], below["row"])
        and np.array_equal(above["key"] + 1, below["key"])
        and np.allclose(above["value"], below["value"], rtol=1e-5, atol=0)
    )


def _lower_half(entries: NDArray[Any]) -> NDArray[Any]:
    """The diagonal of a symmetric matrix and what is below it, with plain columns as keys."""
    is_below, column = entries["key"] & 1, entries["key"] >> 1
    entries["key"] = column
    lower: NDArray[Any] = entries[(is_below == 1) | (column == entries["row"])]
    return lower


class _SortedEntries:
    """The entries of a matrix in a temporary file, sorted one block of rows at a time."""

    def __init__(self, file: TemporaryFile, path: PathLike, starts: NDArray[np.int64]) -> None:
        """Write the entries of a file of records to their blocks, for which they are read twice:
        once to count them."""
        self.file = file
        self.starts = starts
        n_blocks = len(starts) - 1
        sizes = np.zeros(n_blocks, np.int64)
        for entries in _read_entries(path):
            sizes += np.bincount(self._blocks(entries), minlength=n_blocks)
        cursors = np.cumsum(sizes) - sizes
        self.blocks = [
            Spilled(start * ENTRY.itemsize, size, ENTRY)
            for start, size in zip(cursors.tolist(), sizes.tolist(), strict=True)
        ]
        for entries in _read_entries(path):
            blocks = self._blocks(entries)
            order = np.argsort(blocks, kind="stable")
            ends = np.searchsorted(blocks[order], np.arange(n_blocks + 1))
            for block in np.flatnonzero(np.diff(ends)):
                chosen = entries[order[ends[block] : ends[block + 1]]]
                file.write(int(cursors[block]) * ENTRY.itemsize, chosen)
                cursors[block] += len(chosen)

    def sort(self) -> bool:
        """Sort each block and add up equal entries; return whether the matrix is symmetric."""
        symmetric = True
        for block, spilled in enumerate(self.blocks):
            entries = _added_up(self.file.read(spilled))
            symmetric = symmetric and _is_mirrored(entries)
            self.blocks[block] = self.file.write(spilled.position, entries)
        if not any(spilled.count for spilled in self.blocks):
            raise ValueError("matrix must have at least one entry, got none")
        return symmetric

    def cut(self, symmetric: bool) -> tuple[NDArray[Any], TileList]:
        """The pairs, mapped from another temporary file, and the tiles."""
        tiles = TileList(self.starts, symmetric)
        count = 0
        with TemporaryFile(self.file.folder) as file:
            for block, spilled in enumerate(self.blocks):
                entries = self.file.read(spilled)
                if symmetric:
                    entries = _lower_half(entries)
                rows = np.arange(self.starts[block], self.starts[block + 1] + 1)
                ends = np.searchsorted(entries["row"], rows)
                keys, values = entries["key"].copy(), entries["value"].astype(np.float32)
                count += file.append(tiles.cut(block, ends, keys, values)).count
            return file.mapped(count, PAIR), tiles

    def _blocks(self, entries: NDArray[Any]) -> NDArray[np.int64]:
        return np.searchsorted(self.starts, entries["row"], side="right") - 1
