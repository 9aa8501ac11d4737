"""Counting how often words stand near each other, exactly and in bounded memory.

How (csrc/pairs.h says more): the text is taken in pieces that fit the memory.  Of each piece, pairs
of the most frequent words are counted in a dense table while it is read, and the places of all
other words are listed; then the rows of the matrix are summed up one after the other, a block of
rows at a time.  With one piece that is the matrix.  With more, each piece's rows are spilled to a
temporary file, sorted as they are, and added up block by block at the end.

Imports corpus, pairs, files, params, progress, threads and the native core.
"""

from __future__ import annotations

import functools
import itertools
import os
import tempfile
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, Unpack

import numpy as np
import scipy
from numpy.typing import NDArray

from fastvec._core import HOT_WORDS, Control, PairRows, PairText
from fastvec._util import threads
from fastvec._util.atomic import PathLike, about_temporary_files, temporary_folder
from fastvec._util.progress import Progress
from fastvec._util.system import available_cores, memory_budget
from fastvec.corpus.corpus import Corpus
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import PAIR, TileList, block_starts
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    ReadOptions,
    VocabularyParams,
)

P, V, T = CooccurrenceParams, VocabularyParams, CorpusParams
Part = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint64]]

SCAN_TOKENS = 1 << 22  # tokens between two looks at the stop sign
PLACE_BYTES = 12  # a token and its place
LEAST_PIECE = 1 << 16  # tokens


def cooccurrence(
    corpus: Any,
    *,
    window: int = P.window,
    symmetric: bool = P.symmetric,
    distance_weighting: bool = P.distance_weighting,
    workers: int = P.workers,
    progress: bool | None = None,
    **options: Unpack[ReadOptions],
) -> scipy.sparse.csr_array:
    """The co-occurrence matrix of a corpus, with the numbers of GloVe's cooccur.

    Parameters
    ----------
    corpus : Corpus, path, or sentences
        what :meth:`fastvec.Corpus.read` takes; sentences are the lines of files, and windows do
        not cross them.
    window : int, default 10
        how many words on each side are context.  Words that are not in the vocabulary are dropped
        before, so windows close over them, as GloVe's do.
    symmetric : bool, default True
        False counts entry (i, j) only where i stands on the left of j.
    distance_weighting : bool, default True
        a pair d words apart counts 1 / d; else 1.
    memory : int or str, default "2G"
        bytes to count in (``"500M"``, ``"4G"``).  Ids of the text beyond it go to a temporary
        file.
    workers : int, default 0
        threads; 0 means one for each core.  The result is the same for any number.
    min_count, max_vocab_size, max_final_vocab, sorted_vocab, tokens, lower, lines, errors, column,
    tmp
        for a corpus that is still to be read: see :meth:`fastvec.Corpus.read`.
    progress : bool, optional
        show a bar; by default if standard error is a terminal.

    Returns
    -------
    (V, V) scipy.sparse.csr_array of float32
        rows and columns by the corpus's vocabulary.  A symmetric matrix counts a word beside itself
        from both ends, that is twice.

    Raises
    ------
    ValueError, TypeError
        a parameter out of range; a corpus without two words in any sentence.

    >>> cooccurrence([["a", "rose", "is", "a", "rose"]], window=2, min_count=1).toarray()
    array([[0. , 2.5, 1.5],
           [2.5, 0. , 1.5],
           [1.5, 1.5, 0. ]], dtype=float32)
    """
    tmp, memory = options.get("tmp"), options.setdefault("memory", P.memory)
    params = CooccurrenceParams(window, symmetric, distance_weighting, memory, workers)
    if isinstance(corpus, Corpus):
        return count_pairs(corpus, params, tmp=tmp, progress=progress).to_scipy()
    with Corpus.read(corpus, workers=workers, progress=progress, **options) as read:
        return count_pairs(read, params, tmp=tmp, progress=progress).to_scipy()


def count_pairs(
    corpus: Corpus,
    params: CooccurrenceParams | None = None,
    *,
    tmp: PathLike | None = None,
    progress: bool | None = None,
) -> Pairs:
    """Count the pairs of a corpus, for training; see :func:`cooccurrence`.

    If the pairs do not fit half of ``memory``, they lie in a temporary file (in the folder ``tmp``,
    by default the system's), which is memory-mapped and gone when they are no longer used.

    >>> with Corpus.read("text.txt") as corpus:
    ...     pairs = count_pairs(corpus)
    """
    params = params or CooccurrenceParams()
    return _Counter(corpus, params, temporary_folder(tmp), progress).count()


def fixed_point(
    window: int, distance_weighting: bool, n_tokens: int
) -> tuple[NDArray[np.uint64], int]:
    """Weights of the distances 0..window as integers, and the bits they have after the point.

    As many bits, up to 32, as keep every sum over n_tokens below 2^63: a weight is within
    distance / 2^33 of 1 / distance, relatively, for any text of less than 10^8 words.

    >>> fixed_point(2, True, 1000)
    (array([         0, 4294967296, 2147483648], dtype=uint64), 32)
    """
    distances = np.arange(1, window + 1)
    shares = 1 / distances if distance_weighting else np.ones(window)
    bits = min(32, int(63 - np.log2(2 * max(n_tokens, 1) * shares.sum())))
    if bits < 10:
        raise ValueError(f"{n_tokens} words with a window of {window} are too many to count")
    return np.array([0, *np.rint(shares * 2.0**bits)]).astype(np.uint64), bits


class _Counter:
    """One count: what its steps share."""

    def __init__(
        self, corpus: Corpus, params: CooccurrenceParams, folder: str, progress: bool | None
    ) -> None:
        self.corpus = corpus
        self.folder = folder
        self.params = params
        self.progress = progress
        self.n_words = len(corpus.vocabulary)
        self.n_tokens = len(corpus.tokens)
        if self.n_tokens == 0:
            raise ValueError("the corpus has no words to count")
        weights, bits = fixed_point(params.window, params.distance_weighting, self.n_tokens)
        self.scale = 2.0**-bits
        self.text = PairText(
            corpus.tokens, corpus.offsets, weights, self.n_words, not params.symmetric
        )
        self.starts = block_starts(self.n_words)
        self.memory = memory_budget(params.memory)
        self.hot = np.zeros((HOT_WORDS, HOT_WORDS), np.uint64)
        self.workers, self.piece = self._plan()
        self.rows = [PairRows(self.text) for _ in range(self.workers)]

    def _plan(self) -> tuple[int, int]:
        """How many workers, and how many tokens a piece may have: half of the memory is for the
        result, a quarter at most for what each worker has, and the rest for the words' places."""
        memory = self.memory // 2
        # A worker's sums, touched keys and bits; its cursors; its hot table and what it has ready.
        each = 13 * self.text.n_keys + 24 * self.n_words + 8 * HOT_WORDS**2 + (1 << 20)
        workers = self.params.workers or available_cores()
        workers = max(1, min(workers, memory // 2 // each))
        piece = (memory - workers * each) // PLACE_BYTES
        if piece < LEAST_PIECE:
            least = 2 * (each + LEAST_PIECE * PLACE_BYTES)
            raise ValueError(
                f"memory must be at least {-(-least // (1 << 20))}M for {self.n_words} words, "
                f"got {self.params.memory}"
            )
        return workers, min(piece, 0xFFFFFFFF)

    def count(self) -> Pairs:
        pieces = list(itertools.pairwise([*range(0, self.n_tokens, self.piece), self.n_tokens]))
        most = min(self.memory // 2 // PAIR.itemsize, self._most_pairs())
        with _Store(most, self.folder) as store:
            tiles = self._one(store) if len(pieces) == 1 else self._many(pieces, store)
            pairs = store.take()
        if len(pairs) == 0:
            raise ValueError("the corpus has no pairs: no sentence has two words")
        vocabulary = self.corpus.vocabulary
        kinds, offsets = tiles.arrays()
        return Pairs(
            pairs,
            kinds,
            offsets,
            self.n_words,
            symmetric=self.params.symmetric,
            words=vocabulary.words,
            counts=vocabulary.counts,
            settings={
                "window": str(self.params.window),
                "distance_weighting": str(int(self.params.distance_weighting)),
                "tokens": str(self.n_tokens),
            },
        )

    def _most_pairs(self) -> int:
        """More pairs than can be: every word with each in its window, and every word with each."""
        sides = 1 if self.params.symmetric else 2
        return min(self.n_tokens * self.params.window, sides * self.n_words**2) + 1

    def _one(self, store: _Store) -> TileList:
        """The whole text at once: the rows are final."""
        with self._bar("counting pairs", self.n_tokens, "words"):
            places, starts = self._list_places(0, self.n_tokens)

            def rows(worker: int, block: int, ends: NDArray[np.int64]) -> None:
                first, last = int(self.starts[block]), int(self.starts[block + 1])
                self.rows[worker].count(first, last, self.hot, places, starts, 0, ends)
                self.done += int(starts[last] - starts[first])

            return self._write_tiles(rows, store)

    def _many(self, pieces: list[tuple[int, int]], store: _Store) -> TileList:
        """Piece after piece, then their sums."""
        blocks = len(self.starts) - 1
        with tempfile.TemporaryFile(dir=self.folder) as spill:
            where = np.zeros((len(pieces), blocks, 2), np.int64)  # byte and number of entries
            with self._bar("counting pairs", self.n_tokens, "words"):
                for index, (origin, end) in enumerate(pieces):
                    self._spill(origin, end, where[index], spill)
                spill.flush()

            def rows(worker: int, block: int, ends: NDArray[np.int64]) -> None:
                first, last = int(self.starts[block]), int(self.starts[block + 1])
                parts = [_part(spill, piece[block], last - first) for piece in where]
                self.rows[worker].merge(first, last, self.hot, parts, ends)
                self.done += last - first

            with self._bar("adding up pairs", self.n_words, "rows"):
                return self._write_tiles(rows, store)

    def _list_places(self, origin: int, end: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The places of all words of a piece, and where each word's begin: (V + 1,).

        Each worker lists a stretch of the piece, into its own part of each word's list.
        """
        cuts = np.linspace(origin, end, self.workers + 1).astype(np.int64)
        hot = np.zeros((self.workers, HOT_WORDS, HOT_WORDS), np.uint64)
        places = np.zeros((self.workers, self.n_words), np.int64)

        def scan(worker: int, first: int, last: int) -> None:
            self.text.scan(first, last, hot[worker], places[worker])

        self._stretches(scan, cuts)
        self.hot += hot.sum(axis=0, dtype=np.uint64)
        starts = np.zeros(self.n_words + 1, np.int64)
        np.cumsum(places.sum(axis=0), out=starts[1:])
        limits = starts[:-1] + np.cumsum(places, axis=0)
        cursors = limits - places
        occurrences = np.empty(starts[-1], np.uint64)
        self.done += end - origin - len(occurrences)  # the hot words

        def place(worker: int, first: int, last: int) -> None:
            self.text.list_occurrences(
                origin, first, last, cursors[worker], limits[worker], occurrences
            )

        self._stretches(place, cuts)
        return occurrences, starts

    def _stretches(self, work: Callable[[int, int, int], None], cuts: NDArray[np.int64]) -> None:
        """Call work(worker, first, last) on each worker's stretch, in steps."""
        control = Control(self.workers)

        def run(worker: int) -> None:
            for first in range(cuts[worker], cuts[worker + 1], SCAN_TOKENS):
                if control.stopped:
                    return
                work(worker, first, min(first + SCAN_TOKENS, int(cuts[worker + 1])))

        threads.run(run, self.workers, control.stop, self._show)

    def _write_tiles(
        self, rows: Callable[[int, int, NDArray[np.int64]], None], store: _Store
    ) -> TileList:
        """Make the rows of each block, cut them into tiles, and write these in order."""
        symmetric = self.params.symmetric
        blocks = len(self.starts) - 1
        tiles = TileList(self.starts, symmetric)
        turns = _Turns(blocks)

        def run(worker: int) -> None:
            while (block := turns.take()) is not None:
                ends = np.empty(self.starts[block + 1] - self.starts[block] + 1, np.int64)
                rows(worker, block, ends)
                sizes = np.empty(blocks * (1 if symmetric else 2), np.int64)
                pairs = np.empty(ends[-1], np.uint64)
                self.rows[worker].cut(ends, self.scale, self.starts, sizes, pairs)
                turns.write(block, functools.partial(self._keep, store, pairs, tiles, block, sizes))

        threads.run(run, self.workers, turns.stop, self._show)
        return tiles

    @staticmethod
    def _keep(
        store: _Store,
        pairs: NDArray[np.uint64],
        tiles: TileList,
        block: int,
        sizes: NDArray[np.int64],
    ) -> None:
        store.append(pairs)
        tiles.add(block, sizes)

    def _spill(self, origin: int, end: int, where: NDArray[np.int64], spill: BinaryIO) -> None:
        """Count one piece and write its rows, block by block, as they come."""
        places, starts = self._list_places(origin, end)
        turns = _Turns(len(where))

        def run(worker: int) -> None:
            while (block := turns.take()) is not None:
                first, last = int(self.starts[block]), int(self.starts[block + 1])
                ends = np.empty(last - first + 1, np.int64)
                rows = self.rows[worker]
                rows.count(first, last, None, places, starts, origin, ends)
                where[block, 1] = ends[-1]
                parts = [ends.tobytes(), rows.sums(), rows.keys()]
                turns.write(block, functools.partial(self._spilled, spill, where[block], parts))
                self.done += int(starts[last] - starts[first])

        threads.run(run, self.workers, turns.stop, self._show)

    def _spilled(self, spill: BinaryIO, where: NDArray[np.int64], parts: list[bytes]) -> None:
        """Write a block's rows, and note at which byte."""
        where[0] = spill.tell()
        for part in parts:
            with about_temporary_files(self.folder):
                spill.write(part)

    def _bar(self, doing: str, total: int, unit: str) -> Progress:
        """Begin a phase of so many steps, which ``self.done`` counts."""
        self.done = 0
        self.bar = Progress(doing, total, unit, self.progress)
        return self.bar

    def _show(self) -> None:
        self.bar.update(self.done)


class _Store:
    """Where the tiles go: into memory, or all of them into a temporary file once they are too many.

    The memory is asked for at once, and the system gives it as it is touched: so nothing is moved.
    """

    def __init__(self, most: int, folder: str) -> None:
        self.folder = folder
        self.room = np.empty(most, np.uint64)
        self.n = 0
        self.file: BinaryIO | None = None

    def __enter__(self) -> _Store:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()  # which removes it, except from where it is mapped

    def append(self, pairs: NDArray[np.uint64]) -> None:
        end = self.n + len(pairs)
        if self.file is None and end <= len(self.room):
            self.room[self.n : end] = pairs
        else:
            with about_temporary_files(self.folder):
                self._write(pairs)
        self.n = end

    def _write(self, pairs: NDArray[np.uint64]) -> None:
        if self.file is None:
            self.file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - closed by __exit__
            self.file.write(self.room[: self.n].view(np.uint8).data)
            self.room = np.empty(0, np.uint64)
        self.file.write(pairs.view(np.uint8).data)

    def take(self) -> NDArray[Any]:
        """All pairs, as an array of PAIR."""
        if self.file is None:
            return self.room[: self.n].view(PAIR)
        self.file.flush()
        mapped: NDArray[Any] = np.memmap(self.file, PAIR, "r").view(np.ndarray)
        return mapped


class _Turns:
    """Hands out 0, 1, .. n - 1, and lets their results be written in that order."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.next = 0
        self.written = 0
        self.stopped = False
        self.changed = threading.Condition()

    def take(self) -> int | None:
        """The next number; None when all are taken or a stop was asked for."""
        with self.changed:
            if self.stopped or self.next == self.n:
                return None
            self.next += 1
            return self.next - 1

    def write(self, index: int, work: Callable[[], None]) -> None:
        """Call work() when all before are written; not at all after a stop."""
        with self.changed:
            self.changed.wait_for(lambda: self.stopped or self.written == index)
            if not self.stopped:
                work()
                self.written += 1
                self.changed.notify_all()

    def stop(self) -> None:
        """Wake everybody up: nobody's turn comes any more."""
        with self.changed:
            self.stopped = True
            self.changed.notify_all()


def _part(spill: BinaryIO, where: NDArray[np.int64], rows: int) -> Part:
    """One piece's rows of one block, from the spilled file: ends, keys, sums."""
    at, n = where.tolist()
    size = 8 * (rows + 1) + 12 * n
    data = b""  # read, not mapped: memory would fill up with the file
    while len(data) < size:  # a call reads 2 GB at most
        some = os.pread(spill.fileno(), size - len(data), at + len(data))
        if not some:
            raise OSError("a temporary file was cut off")
        data = data + some if data else some
    ends = np.frombuffer(data, np.int64, rows + 1)
    sums = np.frombuffer(data, np.uint64, n, 8 * (rows + 1))
    return ends, np.frombuffer(data, np.uint32, n, 8 * (rows + 1 + n)), sums
