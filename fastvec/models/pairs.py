"""Pairs: the matrix that says how often words occur near each other, and its files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._core import tiles_to_rows
from fastvec._util.atomic import PathLike
from fastvec._util.class_calls import on_class_only
from fastvec._util.places import FileLike
from fastvec.io.container import read_container, write_container
from fastvec.io.counts import read_counts
from fastvec.io.tensors import check_mapped
from fastvec.models.glove_records import number_of_words, read_records, write_records
from fastvec.models.sparse_rows import checked_rows, is_symmetric, rows_of_rarer_words
from fastvec.models.tiles import (
    MOST_ROWS,
    PAIR,
    TileList,
    block_starts,
)
from fastvec.words import Key, Words, words_of_rows

if TYPE_CHECKING:
    # At run time scipy is imported where a matrix is made, since it makes "import fastvec" slow.
    from scipy import sparse


class Matrix(Protocol):
    """What is known of pairs, wherever they are."""

    words: Words | None
    counts: NDArray[np.int64] | None

    @property
    def shape(self) -> tuple[int, int]:
        """(V, V)."""
        ...

    @property
    def nnz(self) -> int:
        """The number of entries."""
        ...

    @property
    def largest(self) -> float:
        """The largest entry."""
        ...


@on_class_only("load")
class Pairs:
    """How often words occur near each other: a sparse (V, V) matrix of positive numbers.

    The counting of a :class:`fastvec.GloVe`, :meth:`from_scipy`, :meth:`read_glove` and
    :meth:`load` make one.  Of a symmetric matrix only the lower half is stored.

    Attributes
    ----------
    pairs : (n,) array of fastvec.models.tiles.PAIR
        the stored pairs, tile after tile; may be a memory map.
    starts : (blocks + 1,) int64
        the first word of each block of words.
    tiles : (tiles, 3) int32
        the row block of each tile, its column block (at most the row block), and its side.
    offsets : (tiles + 1,) int64
        where the pairs of each tile begin.
    symmetric : bool
        whether the matrix equals its transpose.
    words : Words or None
        the word of each row, if they are known.
    counts : (V,) int64 or None
        how often each word occurs.
    settings : dict of str to str
        how the pairs were counted; for information only.
    path : str
        the file that they are mapped from, for messages; "" if they are in memory.
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
        path: str = "",
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
        self.path = path

    @property
    def shape(self) -> tuple[int, int]:
        """(V, V)."""
        n = int(self.starts[-1])
        return n, n

    @property
    def nnz(self) -> int:
        """The number of entries of the whole matrix."""
        if not self.symmetric:
            return len(self.pairs)
        diagonal = 0
        for tile in np.flatnonzero(self.tiles[:, 0] == self.tiles[:, 1]):
            pairs = self.pairs[self.offsets[tile] : self.offsets[tile + 1]]
            diagonal += int(np.count_nonzero(pairs["row"] == pairs["column"]))
        return 2 * len(self.pairs) - diagonal

    @property
    def largest(self) -> float:
        """The largest entry."""
        return float(self.pairs["value"].max())

    @contextlib.contextmanager
    def named(self) -> Iterator[None]:
        """Say from which file the pairs are that the core finds damaged.

        >>> with pairs.named():
        ...     rows = pairs.to_scipy()
        """
        try:
            yield
        except ValueError as error:
            if not self.path or self.path in str(error):
                raise
            raise ValueError(f"{self.path}: {error}") from None

    def __repr__(self) -> str:
        kind = "symmetric" if self.symmetric else "asymmetric"
        return f"Pairs({self.shape[0]} words, {len(self.pairs)} stored pairs, {kind})"

    # --- scipy

    @classmethod
    def from_scipy(
        cls,
        matrix: Any,
        words: Iterable[Key] | Mapping[Key, int] | None = None,
        counts: NDArray[np.int64] | None = None,
    ) -> Pairs:
        """Pairs from any scipy.sparse matrix, or from a dense array.

        Parameters
        ----------
        matrix : (V, V)
            numbers that are finite and not negative; zeros are dropped.  A matrix that equals its
            transpose up to a relative difference of 1e-5 is stored as symmetric.
        words : words, or mapping from words to rows, optional
            one for each row.
        counts : (V,) int64, optional
            how often each word occurs.

        Raises
        ------
        TypeError
            if the argument is not a matrix of real numbers.
        ValueError
            if the matrix is not square or has no entries; if an entry is negative, NaN, infinite,
            or positive but not from 1e-30 to 1e30; if there is not one word for each row, or one
            twice.

        >>> Pairs.from_scipy(scipy.sparse.eye_array(3))
        Pairs(3 words, 3 stored pairs, symmetric)
        """
        from scipy import sparse

        names = None if words is None else words_of_rows(words)
        rows = checked_rows(matrix)
        n, symmetric = rows.shape[0], is_symmetric(rows)
        if symmetric:
            rows = sparse.csr_array(sparse.tril(rows, format="csr"))
        else:
            rows = rows_of_rarer_words(rows)
        rows.sort_indices()
        starts = block_starts(n)
        tiles, pairs = TileList(starts, symmetric), np.empty(rows.nnz, PAIR)
        keys, values, raw = rows.indices.astype(np.uint32), rows.data, pairs.view(np.uint64)
        for block in range(len(starts) - 1):
            ends = rows.indptr[starts[block] : starts[block + 1] + 1].astype(np.int64)
            entries = slice(int(ends[0]), int(ends[-1]))
            raw[entries] = tiles.cut(block, ends - ends[0], keys[entries], values[entries])
        return cls(pairs, *tiles.arrays(), n, symmetric=symmetric, words=names, counts=counts)

    def to_scipy(self) -> sparse.csr_array:
        """The whole matrix as a scipy.sparse.csr_array of float32, with sorted indices.

        >>> pairs.to_scipy().toarray()[0]
        array([1., 0., 0.], dtype=float32)
        """
        from scipy import sparse

        n = self.shape[0]
        low, high = self._row_sizes()
        raw = self.pairs.view(np.uint64)
        indptr = np.zeros(n + 1, np.int64)
        np.cumsum(low + high, out=indptr[1:])
        high = indptr[:-1] + low
        low = indptr[:-1].copy()
        indices = np.empty(indptr[-1], np.int32)
        values = np.empty(indptr[-1], np.float32)
        with self.named():
            tiles_to_rows(raw, self.starts, self.tiles, self.offsets, low, high, indices, values)
        if indptr[-1] < 1 << 31:  # scipy wants both index arrays to have one type
            indptr = indptr.astype(np.int32)
        matrix = sparse.csr_array((values, indices, indptr), shape=(n, n))
        matrix.has_sorted_indices = True
        return matrix

    def _row_sizes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The number of entries of each row up to the diagonal, and after it; ValueError for pairs
        that point out of their blocks."""
        low, high = np.zeros(self.shape[0], np.int64), np.zeros(self.shape[0], np.int64)
        check_mapped(self.pairs)
        raw = self.pairs.view(np.uint64)
        with self.named():
            tiles_to_rows(raw, self.starts, self.tiles, self.offsets, low, high, None, None)
        return low, high

    # --- files

    def save(self, fname_or_handle: FileLike) -> None:
        """Save everything as one file (docs/formats.md describes it), with checksums.

        >>> pairs.save("pairs.safetensors")
        """
        arrays: dict[str, NDArray[Any]] = {
            "pairs": self.pairs.view(np.uint64),
            "tiles": self.tiles,
            "tile_offsets": self.offsets,
        }
        if self.counts is not None:
            arrays["counts"] = self.counts
        metadata: dict[str, Any] = {
            "n_words": self.shape[0],
            "symmetric": self.symmetric,
            "settings": self.settings,
        }
        write_container(fname_or_handle, "pairs", arrays, metadata, self.words)

    @classmethod
    def load(cls, fname: FileLike, *, verify: bool = True) -> Pairs:
        """Open a file that :meth:`save` wrote; the pairs stay on disk and are read when needed.

        Parameters
        ----------
        verify : bool, default True
            compare the checksums, for which the whole file is read; False opens it at once.
            Training checks every pair in any case, so that a damaged file cannot do harm.

        Raises
        ------
        ValueError
            another kind of file, a newer version, or a file that is cut off or damaged.

        >>> Pairs.load("pairs.safetensors").shape
        (3, 3)
        """
        file = read_container(fname, "pairs", verify=verify)
        metadata, words = file.metadata, file.words
        n_words, settings = metadata.get("n_words"), metadata.get("settings")
        if not isinstance(n_words, int) or n_words < 1 or not isinstance(settings, dict):
            raise file.damaged("its metadata are not complete")
        if n_words >= MOST_ROWS:
            raise file.damaged(f"it must have fewer than 2**30 words, got {n_words}")
        if words is not None and len(words) != n_words:
            raise file.damaged(f"there must be {n_words} words")
        return cls(
            file.array("pairs", "<u8", None).view(PAIR),
            # Copies: what the core has checked must not change when the mapped file does.
            file.array("tiles", "<i4", None, 3).copy(),
            file.array("tile_offsets", "<i8", None).copy(),
            n_words,
            symmetric=bool(metadata.get("symmetric")),
            words=words,
            counts=file.array("counts", "<i8", n_words) if "counts" in file.arrays else None,
            settings=settings,
            path=file.path,
        )

    def write_glove(self, path: PathLike) -> None:
        """Write GloVe's own file of records (int32, int32, float64), sorted, with ids from 1.

        Only the rows of one block of words are in memory at a time.

        >>> pairs.write_glove("cooccurrence.bin")
        """
        self._row_sizes()  # which checks every pair
        write_records(path, self)

    @classmethod
    def read_glove(
        cls, path: PathLike, vocabulary: PathLike | None = None, *, tmp: PathLike | None = None
    ) -> Pairs:
        """Read GloVe's own file of records in any order: cooccurrence.bin or its .shuf.bin.

        Only the rows of one block of words are in memory at a time.  The pairs are memory-mapped
        from a temporary file, which is removed when they are no longer used.

        Parameters
        ----------
        vocabulary : path, optional
            GloVe's vocab.txt: ``word count`` on each line.  Without it the words are unknown, and
            the highest id is the number of words; it must be at most 8 times the number of
            records, or 65,536.
        tmp : path, optional
            folder for temporary files; default: the system's.

        Raises
        ------
        ValueError
            if the size of the file is not a multiple of 16 bytes, for ids below 1 or beyond the
            vocabulary, and for values that :meth:`from_scipy` refuses.

        >>> Pairs.read_glove("cooccurrence.bin").shape
        (3, 3)
        """
        words, counts = None, None
        if vocabulary is None:
            n = number_of_words(path)
        else:
            table = read_counts(vocabulary)
            words, n = Words.of(table), number_of_words(path, len(table))
            counts = np.fromiter(table.values(), np.int64, n)
        pairs, tiles = read_records(path, n, tmp)
        symmetric = tiles.symmetric
        return cls(pairs, *tiles.arrays(), n, symmetric=symmetric, words=words, counts=counts)
