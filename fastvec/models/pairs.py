"""Pairs: a matrix of word pairs, cut into tiles for training, in memory or on disk.

Imports words, tensors and rowfiles (files), and the native core.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import scipy
from numpy.typing import NDArray

from fastvec._core import cut_rows, tiles_to_rows
from fastvec._util.atomic import PathLike, about_temporary_files, atomic_write, temporary_folder
from fastvec.io import tensors
from fastvec.io.word2vec import read_counts
from fastvec.words import Words

#: A pair: where its rarer word (row) and its other word stand in their blocks, and a count.
PAIR = np.dtype([("row", "<u2"), ("column", "<u2"), ("value", "<f4")])
#: A record of GloVe's own files: ids from 1 on.
RECORD = np.dtype([("word1", "<i4"), ("word2", "<i4"), ("value", "<f8")])
#: One while it is sorted: its row, and its key in it (see cut_rows).
ENTRY = np.dtype([("row", "<u4"), ("key", "<u4"), ("value", "<f8")])
#: What a tile's pairs stand for: entries (column, row), (row, column), or both.
LEFT, RIGHT, BOTH = 0, 1, 2
#: A count must be a number that float32 holds with full precision.
SMALLEST, LARGEST = 1e-30, 1e30
VERSION = 1
MOST_ROWS = 1 << 30
CHUNK = 1 << 20  # records read at a time


class Pairs:
    """How often words stand near each other: a sparse (V, V) matrix of positive numbers.

    Made by :func:`fastvec.models.cooccurrence.count_pairs`, :meth:`from_scipy`,
    :meth:`read_glove` or :meth:`load`.  Of a symmetric matrix only the lower half is stored.

    Attributes
    ----------
    pairs : (n,) array of PAIR
        tile after tile; may be a memory map.
    starts : (blocks + 1,) int64
        the first word of each block: block_starts(V).
    tiles : (tiles, 3) int32
        of each tile its row block, its column block (not above the row block), and its side.
    offsets : (tiles + 1,) int64
        where each tile's pairs begin.
    symmetric : bool
    words : Words or None
        the word of each row, where they are known.
    counts : (V,) int64 or None
        how often each word occurs.
    settings : dict
        how the pairs were counted, for information.
    """

    def __init__(
        self,
        pairs: NDArray[Any],
        tiles: NDArray[np.int32],
        offsets: NDArray[np.int64],
        n_words: int,
        *,
        symmetric: bool,
        words: Words | None = None,
        counts: NDArray[np.int64] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        if words is not None and len(words) != n_words:
            raise ValueError(f"a matrix of {n_words} rows needs as many words, got {len(words)}")
        self.pairs = pairs
        self.starts = block_starts(n_words)
        self.tiles = tiles
        self.offsets = offsets
        self.symmetric = symmetric
        self.words = words
        self.counts = counts
        self.settings = dict(settings or {})

    @property
    def shape(self) -> tuple[int, int]:
        """(V, V)."""
        n = int(self.starts[-1])
        return n, n

    @property
    def nnz(self) -> int:
        """How many entries the whole matrix has."""
        if not self.symmetric:
            return len(self.pairs)
        diagonal = 0
        for tile in np.flatnonzero(self.tiles[:, 0] == self.tiles[:, 1]):
            pairs = self.pairs[self.offsets[tile] : self.offsets[tile + 1]]
            diagonal += int(np.count_nonzero(pairs["row"] == pairs["column"]))
        return 2 * len(self.pairs) - diagonal

    def __repr__(self) -> str:
        kind = "symmetric" if self.symmetric else "asymmetric"
        return f"Pairs({self.shape[0]} words, {len(self.pairs)} stored pairs, {kind})"

    # --- scipy

    @classmethod
    def from_scipy(
        cls,
        matrix: Any,
        words: Words | None = None,
        counts: NDArray[np.int64] | None = None,
    ) -> Pairs:
        """Pairs from any scipy.sparse matrix (or a dense array).

        Parameters
        ----------
        matrix : (V, V)
            finite, none negative; zeros are dropped.  If it equals its transpose up to a relative
            1e-5 it is taken as symmetric.
        words : Words, optional
            one for each row.

        Raises
        ------
        TypeError
            no matrix of real numbers.
        ValueError
            not square, empty, or with entries that are negative, NaN, infinite, or positive but
            outside of 1e-30 to 1e30; not one word for each row.

        >>> Pairs.from_scipy(scipy.sparse.eye_array(3))
        Pairs(3 words, 3 stored pairs, symmetric)
        """
        rows = _checked(matrix)
        n = rows.shape[0]
        symmetric = _is_symmetric(rows)
        if symmetric:
            low = scipy.sparse.csr_array(scipy.sparse.tril(rows, format="csr"))
        else:
            low = _two_sided(rows)
        low.sort_indices()
        starts = block_starts(n)
        blocks = len(starts) - 1
        pairs = np.empty(low.nnz, PAIR)
        out, keys = pairs.view(np.uint64), low.indices.astype(np.uint32)
        counts_of = TileList(blocks, symmetric)
        for block in range(blocks):
            first, last = starts[block], starts[block + 1]
            at, end = int(low.indptr[first]), int(low.indptr[last])
            ends = low.indptr[first : last + 1].astype(np.int64) - at
            sizes = np.empty(blocks * (1 if symmetric else 2), np.int64)
            some = slice(at, end)
            cut_rows(ends, keys[some], low.data[some], starts, not symmetric, sizes, out[some])
            counts_of.add(block, sizes)
        tiles, offsets = counts_of.arrays()
        return cls(pairs, tiles, offsets, n, symmetric=symmetric, words=words, counts=counts)

    def to_scipy(self) -> scipy.sparse.csr_array:
        """The whole matrix as a scipy.sparse.csr_array of float32, indices sorted."""
        n = self.shape[0]
        low, high = self._row_sizes()
        raw = self.pairs.view(np.uint64)
        indptr = np.zeros(n + 1, np.int64)
        np.cumsum(low + high, out=indptr[1:])
        high = indptr[:-1] + low
        low = indptr[:-1].copy()
        indices = np.empty(indptr[-1], np.int32)
        values = np.empty(indptr[-1], np.float32)
        tiles_to_rows(raw, self.starts, self.tiles, self.offsets, low, high, indices, values)
        if indptr[-1] < 1 << 31:  # scipy wants one kind of index for both
            indptr = indptr.astype(np.int32)
        matrix = scipy.sparse.csr_array((values, indices, indptr), shape=(n, n))
        matrix.has_sorted_indices = True
        return matrix

    def _row_sizes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many entries each row has up to the diagonal, and past it; ValueError for pairs that
        point out of their blocks."""
        low, high = np.zeros(self.shape[0], np.int64), np.zeros(self.shape[0], np.int64)
        raw = self.pairs.view(np.uint64)
        tiles_to_rows(raw, self.starts, self.tiles, self.offsets, low, high, None, None)
        return low, high

    # --- files

    def save(self, path: PathLike) -> None:
        """Save as a safetensors file (docs/formats.md), with a checksum of every array.

        >>> pairs.save("pairs.safetensors")
        """
        arrays: dict[str, NDArray[Any]] = {
            "pairs": self.pairs.view(np.uint64),
            "tiles": self.tiles,
            "tile_offsets": self.offsets,
        }
        facts: dict[str, str] = {}
        if self.words is not None:
            arrays |= {"words": self.words.joined, "offsets": self.words.offsets}
            facts = self.words.facts
        if self.counts is not None:
            arrays["counts"] = self.counts
        metadata = {
            "fastvec pairs": str(VERSION),
            "n_words": str(self.shape[0]),
            "symmetric": str(int(self.symmetric)),
            "settings": json.dumps(self.settings),
            "crc32": json.dumps({name: _crc32(array) for name, array in arrays.items()}),
        } | facts
        tensors.save_tensors(path, arrays, metadata)

    @classmethod
    def load(cls, path: PathLike, *, verify: bool = True) -> Pairs:
        """Open a file written by :meth:`save`; the pairs stay on disk and are read when needed.

        Parameters
        ----------
        verify : bool
            compare the checksums, which reads the file once; False opens at once.  (Training looks
            at every pair in any case, so that a damaged file cannot do harm.)

        Raises
        ------
        ValueError
            another kind of file, a newer version, a file that is cut off or damaged.

        >>> Pairs.load("pairs.safetensors").shape
        (3, 3)
        """
        arrays, metadata = tensors.load_tensors(path)
        version = metadata.get("fastvec pairs", "")
        if not version.isdecimal():
            raise ValueError(f"{path} is a safetensors file, but not one of word pairs")
        if int(version) > VERSION:
            raise ValueError(
                f"{path} has version {version} of the format, this fastvec knows up to {VERSION}"
            )
        try:
            sums = json.loads(metadata["crc32"])
            n_words, symmetric = int(metadata["n_words"]), metadata["symmetric"] == "1"
            raw, tiles, offsets = (arrays[name] for name in ("pairs", "tiles", "tile_offsets"))
            settings = json.loads(metadata["settings"])
            spelled = (arrays["words"], arrays["offsets"]) if "words" in arrays else None
        except (KeyError, ValueError):
            raise ValueError(f"{path} is damaged: its header is not complete") from None
        if verify:
            for name, array in arrays.items():
                if sums.get(name) != _crc32(array):
                    raise ValueError(f"{path} is damaged: the checksum of {name} is wrong")
        counts = arrays.get("counts")
        good = _is(raw, "u8", 1) and _is(tiles, "i4", 2) and _is(offsets, "i8", 1) and n_words >= 1
        if not good:
            raise ValueError(f"{path} is damaged: its arrays are of other kinds")
        if counts is not None and (counts.dtype != np.int64 or counts.shape != (n_words,)):
            raise ValueError(f"{path} is damaged: there must be {n_words} counts")
        if spelled is not None and not _is_word_list(*spelled, n_words):
            raise ValueError(f"{path} is damaged: there must be {n_words} words")
        try:
            words = None if spelled is None else Words.stored(*spelled, metadata)
        except ValueError as error:
            raise ValueError(f"{path} is damaged: {error}") from None
        return cls(
            raw.view(PAIR),
            tiles,
            offsets,
            n_words,
            symmetric=symmetric,
            words=words,
            counts=counts,
            settings=settings,
        )

    def write_glove(self, path: PathLike) -> None:
        """Write GloVe's own file of records (int32, int32, float64), sorted, ids from 1 on.

        The whole matrix is never in memory, only the rows of one block.

        >>> pairs.write_glove("cooccurrence.bin")
        """
        self._row_sizes()  # which looks at every pair
        with atomic_write(path) as file:
            for block in range(len(self.starts) - 1):
                records = np.concatenate([np.empty(0, RECORD), *self._records_of(block)])
                keys = records["word1"].astype(np.int64) * self.shape[0] + records["word2"]
                file.write(records[np.argsort(keys)].view(np.uint8).data)

    def _records_of(self, block: int) -> Iterator[NDArray[Any]]:
        """GloVe's records of all entries in the rows of a block, tile by tile."""
        rows, columns, _ = self.tiles.T
        for tile in np.flatnonzero((rows == block) | (columns == block)):
            row_block, column_block, side = self.tiles[tile]
            pairs = self.pairs[self.offsets[tile] : self.offsets[tile + 1]]
            row = self.starts[row_block] + pairs["row"] + 1
            column = self.starts[column_block] + pairs["column"] + 1
            if side != LEFT and row_block == block:
                yield _records(row, column, pairs["value"])
            if side != RIGHT and column_block == block:
                # An entry of the diagonal is its own mirror image.
                some = slice(None) if side == LEFT else row != column
                yield _records(column[some], row[some], pairs["value"][some])

    @classmethod
    def read_glove(
        cls, path: PathLike, vocabulary: PathLike | None = None, *, tmp: PathLike | None = None
    ) -> Pairs:
        """Read GloVe's own file of records, in any order (cooccurrence.bin or its .shuf.bin).

        Only the rows of one block are in memory at a time; the pairs lie in a temporary file, which
        is memory-mapped and gone when they are no longer used.

        Parameters
        ----------
        vocabulary : path, optional
            GloVe's vocab.txt: ``word count`` on each line.  Without it the words stay unknown, and
            the highest id says how many there are.
        tmp : path, optional
            folder for temporary files; by default the system's.

        Raises
        ------
        ValueError
            a file that is no whole number of records, ids below 1 or beyond the vocabulary, values
            as in :meth:`from_scipy`.

        >>> Pairs.read_glove("cooccurrence.bin").shape
        (3, 3)
        """
        size = Path(path).stat().st_size
        if size == 0 or size % RECORD.itemsize:
            raise ValueError(
                f"{path} is no file of GloVe's records: {size} bytes are no multiple of 16"
            )
        ids = (some[name] for some in _read_records(path) for name in ("word1", "word2"))
        low, high = np.array([(some.min(), some.max()) for some in ids]).T
        if low.min() < 1:
            raise ValueError(f"{path}: ids must be at least 1, got {low.min()}")
        words, counts, n = None, None, int(high.max())
        if vocabulary is not None:
            table = read_counts(vocabulary)
            words, n = Words.of(table), len(table)
            counts = np.fromiter(table.values(), np.int64, n)
            if high.max() > n:
                raise ValueError(f"{path}: id {high.max()} is beyond the {n} words of {vocabulary}")
        if n >= MOST_ROWS:
            raise ValueError(f"{path}: ids must be below 2**30, got {n}")
        folder = temporary_folder(tmp)
        with tempfile.TemporaryFile(dir=folder) as file:
            entries = _Entries(file, folder, block_starts(n))
            entries.fill(lambda: _read_records(path))
            try:
                symmetric = entries.sort()
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            pairs, tiles = entries.cut(symmetric)
        return cls(pairs, *tiles.arrays(), n, symmetric=symmetric, words=words, counts=counts)


def _read_records(path: PathLike) -> Iterator[NDArray[Any]]:
    """GloVe's records, some at a time; read, not mapped: memory would fill up with the file."""
    with Path(path).open("rb") as file:
        while len(records := np.fromfile(file, RECORD, CHUNK)):
            yield records


def _entries(records: NDArray[Any]) -> NDArray[Any]:
    """Each record in the row of its rarer word, as :func:`cut_rows` takes an asymmetric matrix."""
    i, j = records["word1"] - 1, records["word2"] - 1
    entries = np.empty(len(records), ENTRY)
    entries["row"] = np.maximum(i, j)
    entries["key"] = 2 * np.minimum(i, j).astype(np.uint32) + (j < i)
    entries["value"] = records["value"]
    return entries


def _added_up(entries: NDArray[Any]) -> NDArray[Any]:
    """Sorted by row and key, those in one place added up, those that are 0 left out; ValueError for
    values that are no counts."""
    places = entries["row"].astype(np.uint64) << np.uint64(32) | entries["key"]
    order = np.argsort(places, kind="stable")
    entries = entries[order]
    first = np.flatnonzero(np.diff(places[order], prepend=np.uint64(2**64 - 1)))
    sums = np.add.reduceat(entries["value"], first) if len(first) else entries["value"]
    entries = entries[first]
    entries["value"] = sums
    entries = entries[sums != 0]
    _check_values(entries["value"])
    return entries


def _is_mirrored(entries: NDArray[Any]) -> bool:
    """Whether each entry below the diagonal has one like it above; they stand side by side."""
    entries = entries[entries["key"] >> 1 != entries["row"]]
    if len(entries) % 2:
        return False
    above, below = entries[::2], entries[1::2]
    return (
        np.array_equal(above["row"], below["row"])
        and np.array_equal(above["key"] + 1, below["key"])
        and np.allclose(above["value"], below["value"], rtol=1e-5, atol=0)
    )


class _Entries:
    """The entries of a matrix in a temporary file, by the block of their rarer word."""

    def __init__(self, file: BinaryIO, folder: str, starts: NDArray[np.int64]) -> None:
        self.file = file
        self.folder = folder
        self.starts = starts
        self.sizes = np.zeros(len(starts) - 1, np.int64)
        self.begins = np.zeros(len(starts), np.int64)

    def fill(self, read: Callable[[], Iterable[NDArray[Any]]]) -> None:
        """Bring the entries to their blocks: read them once to count, once to write."""
        for records in read():
            self.sizes += np.bincount(self._blocks(_entries(records)), minlength=len(self.sizes))
        np.cumsum(self.sizes, out=self.begins[1:])
        at = self.begins[:-1].copy()
        for records in read():
            entries = _entries(records)
            blocks = self._blocks(entries)
            order = np.argsort(blocks, kind="stable")
            ends = np.searchsorted(blocks[order], np.arange(len(self.sizes) + 1))
            for block in np.flatnonzero(np.diff(ends)):
                some = entries[order[ends[block] : ends[block + 1]]]
                self._write(at[block], some)
                at[block] += len(some)

    def sort(self) -> bool:
        """Sort each block and add up what stands in one place; say if the matrix is symmetric."""
        symmetric = True
        for block in range(len(self.sizes)):
            entries = _added_up(self._read(block))
            symmetric = symmetric and _is_mirrored(entries)
            self._write(self.begins[block], entries)
            self.sizes[block] = len(entries)
        if not self.sizes.any():
            raise ValueError("matrix must have at least one entry, got none")
        return symmetric

    def cut(self, symmetric: bool) -> tuple[NDArray[Any], TileList]:
        """The tiles, mapped from another temporary file."""
        blocks = len(self.sizes)
        tiles = TileList(blocks, symmetric)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            for block in range(blocks):
                entries = self._read(block)
                if symmetric:  # of two that are alike, the one below the diagonal
                    below, column = entries["key"] & 1, entries["key"] >> 1
                    entries["key"] = column
                    entries = entries[(below == 1) | (column == entries["row"])]
                rows = np.arange(self.starts[block], self.starts[block + 1] + 1)
                ends = np.searchsorted(entries["row"], rows)
                sizes = np.empty(blocks * (1 if symmetric else 2), np.int64)
                out = np.empty(len(entries), np.uint64)
                values = entries["value"].astype(np.float32)
                keys = entries["key"].copy()
                cut_rows(ends, keys, values, self.starts, not symmetric, sizes, out)
                tiles.add(block, sizes)
                with about_temporary_files(self.folder):
                    file.write(out.view(np.uint8).data)
                    file.flush()
            return np.memmap(file, PAIR, "r").view(np.ndarray), tiles

    def _blocks(self, entries: NDArray[Any]) -> NDArray[np.int64]:
        return np.searchsorted(self.starts, entries["row"], side="right") - 1

    def _write(self, at: int, entries: NDArray[Any]) -> None:
        with about_temporary_files(self.folder):
            self.file.seek(int(at) * ENTRY.itemsize)
            self.file.write(entries.view(np.uint8).data)
            self.file.flush()

    def _read(self, block: int) -> NDArray[Any]:
        self.file.seek(int(self.begins[block]) * ENTRY.itemsize)
        entries = np.empty(self.sizes[block], ENTRY)
        self.file.readinto(entries.view(np.uint8).data)  # type: ignore[attr-defined]
        return entries


def _records(
    word1: NDArray[np.int64], word2: NDArray[np.int64], value: NDArray[np.float32]
) -> NDArray[Any]:
    records = np.empty(len(value), RECORD)
    records["word1"], records["word2"], records["value"] = word1, word2, value
    return records


class TileList:
    """Collects which tiles there are, row block by row block."""

    def __init__(self, blocks: int, symmetric: bool) -> None:
        columns = np.arange(blocks, dtype=np.int32)
        if symmetric:
            self.columns, self.sides = columns, np.full(blocks, BOTH, np.int32)
        else:
            self.columns = np.repeat(columns, 2)
            self.sides = np.tile(np.array([LEFT, RIGHT], np.int32), blocks)
        self.tiles: list[NDArray[np.int32]] = []
        self.sizes: list[NDArray[np.int64]] = []

    def add(self, block: int, sizes: NDArray[np.int64]) -> None:
        """Note the sizes of all tiles of a row block; empty ones are left out."""
        some = np.flatnonzero(sizes)
        rows = np.full(len(some), block, np.int32)
        self.tiles.append(np.stack([rows, self.columns[some], self.sides[some]], axis=1))
        self.sizes.append(sizes[some])

    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """All tiles, and where their pairs begin."""
        sizes = np.concatenate(self.sizes)
        offsets = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        return np.concatenate(self.tiles), offsets


def block_starts(n_words: int) -> NDArray[np.int64]:
    """Where blocks of words begin: (blocks + 1,), from 0 to n_words.

    Words are numbered by falling count, so the first blocks are narrow, a 32nd of the words before
    them: then no block is part of more than 2.5 % of the pairs, and dozens of workers find
    blocks that nobody else uses.  The widest hold 512 words, whose vectors the second-level cache
    holds, or a thousandth of a large vocabulary.

    >>> block_starts(30).tolist()
    [0, 8, 16, 24, 30]
    """
    widest = min(65536, max(512, -(-n_words // 1024)))
    starts = [0]
    while starts[-1] < n_words:
        width = min(max(8, starts[-1] // 32), widest)
        starts.append(min(starts[-1] + width, n_words))
    return np.array(starts, np.int64)


def _checked(matrix: Any) -> scipy.sparse.csr_array:
    """A matrix as float32 rows, sorted, without zeros; TypeError or ValueError if it is no matrix
    of pairs."""
    if not scipy.sparse.issparse(matrix):
        matrix = np.asarray(matrix)
        if matrix.ndim != 2:
            raise TypeError(f"matrix must be a scipy.sparse matrix, got {type(matrix).__name__}")
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, got shape {matrix.shape}")
    if matrix.dtype.kind not in "buif":
        raise TypeError(f"matrix must hold real numbers, got {matrix.dtype}")
    if matrix.shape[0] >= MOST_ROWS:
        raise ValueError(f"matrix must have fewer than 2**30 rows, got {matrix.shape[0]}")
    rows = scipy.sparse.csr_array(matrix, dtype=np.float64, copy=True)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    if rows.nnz == 0:
        raise ValueError("matrix must have at least one entry, got none")
    _check_values(rows.data)
    rows.data = rows.data.astype(np.float32)
    return rows


def _check_values(values: NDArray[np.float64]) -> None:
    """ValueError for what is no count of a pair."""
    odd = values[~((values > 0) & (values < np.inf))]
    if len(odd):
        raise ValueError(f"entries of the matrix must be finite and not negative, got {odd[0]}")
    odd = values[(values < SMALLEST) | (values > LARGEST)]
    if len(odd):
        raise ValueError(f"entries of the matrix must be from 1e-30 to 1e30, got {odd[0]}")


def _is_symmetric(rows: scipy.sparse.csr_array) -> bool:
    other = scipy.sparse.csr_array(rows.T)
    other.sort_indices()
    return (
        np.array_equal(rows.indptr, other.indptr)
        and np.array_equal(rows.indices, other.indices)
        and np.allclose(rows.data, other.data, rtol=1e-5, atol=0)
    )


def _two_sided(rows: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """An asymmetric matrix as rows of the rarer word: entry (i, j) with j < i stands in row i at
    2 * j + 1, and entry (j, i) with j <= i in row i at 2 * j."""
    n = rows.shape[0]
    entries = rows.tocoo()
    i, j = (axis.astype(np.int64) for axis in entries.coords)
    row, column = np.maximum(i, j), 2 * np.minimum(i, j) + (j < i)
    return scipy.sparse.csr_array((entries.data, (row, column)), shape=(n, 2 * n))


def _is_word_list(joined: NDArray[Any], offsets: NDArray[Any], n: int) -> bool:
    if not (_is(joined, "u1", 1) and _is(offsets, "i8", 1) and len(offsets) == n + 1):
        return False
    ends = offsets[0] == 0 and offsets[-1] == len(joined)
    return bool(ends) and not np.any(offsets[1:] < offsets[:-1])


def _is(array: NDArray[Any], kind: str, dimensions: int) -> bool:
    return array.dtype == np.dtype(kind) and array.ndim == dimensions


def _crc32(array: NDArray[Any]) -> int:
    """CRC-32 of an array's bytes."""
    data, crc = np.ascontiguousarray(array).reshape(-1).view(np.uint8), 0
    for at in range(0, len(data), 1 << 24):
        crc = zlib.crc32(data[at : at + (1 << 24)].data, crc)
    return crc
