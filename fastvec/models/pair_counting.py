"""How the pairs of a corpus are counted: exactly, on several threads, in bounded memory.

The text is processed in chunks that fit the memory.  While a chunk is scanned, pairs of the most
frequent ("hot") words are counted in a dense table, and the occurrences of every other word are
listed.  Then the rows of the matrix are summed up one after the other, a block of rows at a time.
If there is one chunk, these rows are the matrix.  If there are more, the rows of each chunk are
written to a temporary file, and those of all chunks are added up, block by block, at the end.
csrc/counting/pairs.h explains how a row is summed up.

Workers share the blocks.  The tiles are written in the order of the blocks, and all sums are
integers: so the result is the same for any number of workers and chunks.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import HOT_WORDS, Control, PairRows, PairText
from fastvec._util import threads
from fastvec._util.atomic import PathLike
from fastvec._util.progress import Progress
from fastvec._util.spill import GrowingArray, Spilled, TemporaryFile
from fastvec._util.system import available_cores, memory_budget
from fastvec.corpus.corpus import Corpus
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import PAIR, TileList, block_starts
from fastvec.params import CooccurrenceParams

#: The rows of a block, as a PairRows has them: the end of each row, and the keys and sums of all.
Rows = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint64]]
#: Makes the rows of a block in the PairRows of a worker: (worker, block, ends of the rows).
RowMaker = Callable[[int, int, NDArray[np.int64]], None]

SCAN_TOKENS = 1 << 22  # tokens that are scanned between two checks whether to stop
TOKEN_BYTES = 12  # a token and its occurrence
LEAST_CHUNK = 1 << 16  # tokens


def fixed_point(
    window: int, distance_weighting: bool, n_tokens: int
) -> tuple[NDArray[np.uint64], int]:
    """The weights of the distances 0 to ``window`` as integers, and their number of binary places.

    There are as many places, up to 32, as keep every sum over n_tokens below 2^63.  With b places a
    weight differs from 1 / distance by a factor of at most 1 +- distance / 2^(b + 1).  There are 32
    places as long as n_tokens times the sum of the weights is at most 2^30: with the default window
    of 10 and weighting, for up to 3.6 * 10^8 words.

    Raises ValueError if fewer than 10 places would be left.

    >>> fixed_point(2, True, 1000)
    (array([         0, 4294967296, 2147483648], dtype=uint64), 32)
    """
    distances = np.arange(1, window + 1)
    weights = 1 / distances if distance_weighting else np.ones(window)
    places = min(32, int(63 - np.log2(2 * max(n_tokens, 1) * weights.sum())))
    if places < 10:
        raise ValueError(f"{n_tokens} words with a window of {window} are too many to count")
    return np.array([0, *np.rint(weights * 2.0**places)]).astype(np.uint64), places


class PairCounter:
    """Counts the pairs of one corpus: :meth:`count`; or of a part of one: :meth:`count_part`.

    ``total`` is the number of words of the whole text, if the corpus is a part of it.
    """

    def __init__(
        self,
        corpus: Corpus,
        params: CooccurrenceParams,
        folder: PathLike | None,
        progress: bool | None,
        total: int | None = None,
    ) -> None:
        self.corpus = corpus
        self.folder = folder
        self.params = params
        self.progress = progress
        self.n_words = len(corpus.vocabulary)
        self.n_tokens = len(corpus.tokens)
        if self.n_tokens == 0:
            raise ValueError("the corpus has no words to count")
        total = self.n_tokens if total is None else total
        weights, places = fixed_point(params.window, params.distance_weighting, total)
        self.scale = 2.0**-places
        self.text = PairText(
            corpus.tokens, corpus.offsets, weights, self.n_words, not params.symmetric
        )
        self.starts = block_starts(self.n_words)
        self.memory = memory_budget(params.memory)
        self.hot = np.zeros((HOT_WORDS, HOT_WORDS), np.uint64)
        self.workers, self.chunk_tokens = self._plan()
        self.rows = [PairRows(self.text) for _ in range(self.workers)]

    def _plan(self) -> tuple[int, int]:
        """The number of workers, and the tokens in a chunk.

        Half of the memory is for the result, at most a quarter for what each worker needs, and the
        rest for the occurrences of the words.
        """
        memory = self.memory // 2
        # The sums, touched keys and bits of a worker; its cursors; its hot table and its output.
        worker_bytes = 13 * self.text.n_keys + 24 * self.n_words + 8 * HOT_WORDS**2 + (1 << 20)
        workers = self.params.workers or available_cores()
        workers = max(1, min(workers, memory // 2 // worker_bytes))
        chunk = (memory - workers * worker_bytes) // TOKEN_BYTES
        if chunk < LEAST_CHUNK:
            least = 2 * (worker_bytes + LEAST_CHUNK * TOKEN_BYTES)
            raise ValueError(
                f"memory must be at least {-(-least // (1 << 20))}M for {self.n_words} words, "
                f"got {self.params.memory}"
            )
        return workers, min(chunk, 0xFFFFFFFF)

    def count(self) -> Pairs:
        """The pairs; ValueError for a corpus that has none."""
        bounds = [*range(0, self.n_tokens, self.chunk_tokens), self.n_tokens]
        chunks = list(itertools.pairwise(bounds))
        most = min(self.memory // 2 // PAIR.itemsize, self._most_pairs())
        with GrowingArray(most, np.uint64, self.folder) as array:
            tiles = self._count_whole(array) if len(chunks) == 1 else self._add_up(chunks, array)
            pairs = array.whole().view(PAIR)
        if len(pairs) == 0:
            raise ValueError("the corpus has no pairs: no sentence has two words")
        vocabulary, params = self.corpus.vocabulary, self.params
        return Pairs(
            pairs,
            *tiles.arrays(),
            self.n_words,
            symmetric=params.symmetric,
            words=vocabulary.words,
            counts=vocabulary.counts,
            settings={
                "window": str(params.window),
                "distance_weighting": str(int(params.distance_weighting)),
                "tokens": str(self.n_tokens),
            },
        )

    def count_part(self, first: int, last: int) -> list[list[Rows]]:
        """The sums of some tokens, whose windows may reach beyond them: for each block its rows, of
        one chunk after the other.  Those of two hot words are in ``hot`` instead."""
        bounds = [*range(first, last, self.chunk_tokens), last]
        rows = _RowsInMemory([[] for _ in self.starts[1:]])
        with self._bar("counting pairs", last - first, "words"):
            for start, end in itertools.pairwise(bounds):
                self._spill_rows(start, end, rows)
        return rows.blocks

    def _most_pairs(self) -> int:
        """An upper bound of the number of pairs: each word with every word of its window, and each
        word of the vocabulary with every other one."""
        sides = 1 if self.params.symmetric else 2
        return min(self.n_tokens * self.params.window, sides * self.n_words**2) + 1

    def _count_whole(self, pairs: GrowingArray) -> TileList:
        """Count a text of one chunk: its rows are final."""
        with self._bar("counting pairs", self.n_tokens, "words"):
            occurrences, starts = self._list_occurrences(0, self.n_tokens)

            def count_rows(worker: int, block: int, ends: NDArray[np.int64]) -> None:
                first, last = self._words_of(block)
                self.rows[worker].count(first, last, self.hot, occurrences, starts, 0, ends)
                self.done[worker] += int(starts[last] - starts[first])

            return self._write_tiles(count_rows, pairs)

    def _add_up(self, chunks: list[tuple[int, int]], pairs: GrowingArray) -> TileList:
        """Count one chunk after the other, then add up their rows."""
        n_blocks = len(self.starts) - 1
        with TemporaryFile(self.folder) as file:
            spilled = [_SpilledRows(file, n_blocks) for _ in chunks]
            with self._bar("counting pairs", self.n_tokens, "words"):
                for (start, end), rows in zip(chunks, spilled, strict=True):
                    self._spill_rows(start, end, rows)

            def merge_rows(worker: int, block: int, ends: NDArray[np.int64]) -> None:
                first, last = self._words_of(block)
                summands = [rows.read(block) for rows in spilled]
                self.rows[worker].merge(first, last, self.hot, summands, ends)
                self.done[worker] += last - first

            with self._bar("adding up pairs", self.n_words, "rows"):
                return self._write_tiles(merge_rows, pairs)

    def _words_of(self, block: int) -> tuple[int, int]:
        """The first word of a block, and the first one after it."""
        return int(self.starts[block]), int(self.starts[block + 1])

    def _list_occurrences(
        self, start: int, end: int
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The occurrences of all words in a chunk, and where those of each word begin: (V + 1,).

        Each worker scans its share of the chunk, and has its own section in the list of each word.
        """
        bounds = np.linspace(start, end, self.workers + 1).astype(np.int64)
        hot = np.zeros((self.workers, HOT_WORDS, HOT_WORDS), np.uint64)
        numbers = np.zeros((self.workers, self.n_words), np.int64)  # of occurrences

        def scan(worker: int, first: int, last: int) -> None:
            self.text.scan(first, last, hot[worker], numbers[worker])

        self._in_steps(scan, bounds)
        self.hot += hot.sum(axis=0, dtype=np.uint64)
        starts = np.zeros(self.n_words + 1, np.int64)
        np.cumsum(numbers.sum(axis=0), out=starts[1:])
        limits = starts[:-1] + np.cumsum(numbers, axis=0)
        cursors = limits - numbers
        occurrences = np.empty(starts[-1], np.uint64)
        self.done[0] += end - start - len(occurrences)  # the hot words

        def list_them(worker: int, first: int, last: int) -> None:
            given = (cursors[worker], limits[worker], occurrences)
            self.text.list_occurrences(start, first, last, *given)

        self._in_steps(list_them, bounds)
        return occurrences, starts

    def _in_steps(self, work: Callable[[int, int, int], None], bounds: NDArray[np.int64]) -> None:
        """Call ``work(worker, first, last)`` for the tokens of each worker, some at a time."""
        control = Control(self.workers)

        def run(worker: int) -> None:
            for first in range(bounds[worker], bounds[worker + 1], SCAN_TOKENS):
                if control.stopped:
                    return
                work(worker, first, min(first + SCAN_TOKENS, int(bounds[worker + 1])))

        threads.run(run, self.workers, control.stop, self._show)

    def _write_tiles(self, make_rows: RowMaker, pairs: GrowingArray) -> TileList:
        """Make the rows of each block, cut them into tiles, and append these in order."""
        tiles = TileList(self.starts, self.params.symmetric)

        def append(block: int, cut: NDArray[np.uint64], sizes: NDArray[np.int64]) -> None:
            pairs.append(cut)
            tiles.add(block, sizes)

        def run(worker: int) -> None:
            for block in blocks:
                ends = self._make(worker, block, make_rows)
                sizes, cut = tiles.empty_sizes(), np.empty(ends[-1], np.uint64)
                self.rows[worker].cut(ends, self.scale, self.starts, sizes, cut)
                blocks.write(block, append, block, cut, sizes)

        blocks = _InOrder(len(self.starts) - 1)
        threads.run(run, self.workers, blocks.stop, self._show)
        return tiles

    def _spill_rows(self, start: int, end: int, spilled: _SpilledRows | _RowsInMemory) -> None:
        """Count a chunk and write its rows, block by block."""
        occurrences, starts = self._list_occurrences(start, end)

        def count_rows(worker: int, block: int, ends: NDArray[np.int64]) -> None:
            first, last = self._words_of(block)
            self.rows[worker].count(first, last, None, occurrences, starts, start, ends)
            self.done[worker] += int(starts[last] - starts[first])

        def run(worker: int) -> None:
            rows = self.rows[worker]
            for block in blocks:
                ends = self._make(worker, block, count_rows)
                keys = np.frombuffer(rows.keys(), np.uint32)
                sums = np.frombuffer(rows.sums(), np.uint64)
                spilled.write(block, (ends, keys, sums))

        blocks = _InOrder(len(self.starts) - 1)
        threads.run(run, self.workers, blocks.stop, self._show)

    def _make(self, worker: int, block: int, make_rows: RowMaker) -> NDArray[np.int64]:
        """Make the rows of a block, and return their ends."""
        first, last = self._words_of(block)
        ends = np.empty(last - first + 1, np.int64)
        make_rows(worker, block, ends)
        return ends

    def _bar(self, doing: str, total: int, unit: str) -> Progress:
        """Begin a phase with its own progress bar, which shows what the workers have done."""
        self.done = [0] * self.workers
        self.bar = Progress(doing, total, unit, self.progress)
        return self.bar

    def _show(self) -> None:
        self.bar.update(sum(self.done))


class _InOrder:
    """Hands the numbers 0 to n - 1 to workers, and has their results written in this order.

    Every worker iterates over the same object; each number goes to one of them.
    """

    def __init__(self, n: int) -> None:
        self._numbers = iter(range(n))
        self._written = 0
        self._stopped = False
        self._changed = threading.Condition()

    def __iter__(self) -> Iterator[int]:
        while True:
            with self._changed:
                number = None if self._stopped else next(self._numbers, None)
            if number is None:
                return
            yield number

    def write(self, number: int, write: Callable[..., None], *arguments: Any) -> None:
        """Call ``write(*arguments)`` after those of all lower numbers; not at all after a stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._written == number)
            if not self._stopped:
                write(*arguments)
                self._written += 1
                self._changed.notify_all()

    def stop(self) -> None:
        """End all iterations, and all waiting."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()


@dataclass
class _RowsInMemory:
    """The rows of chunks: of each block, one after the other."""

    blocks: list[list[Rows]]

    def write(self, block: int, rows: Rows) -> None:
        self.blocks[block].append(rows)


class _SpilledRows:
    """The rows of one chunk in a temporary file."""

    def __init__(self, file: TemporaryFile, n_blocks: int) -> None:
        self.file = file
        self.blocks: list[tuple[Spilled, ...]] = [()] * n_blocks

    def write(self, block: int, rows: Rows) -> None:
        self.blocks[block] = tuple(self.file.append(array) for array in rows)

    def read(self, block: int) -> Rows:
        ends, keys, sums = (self.file.read(array) for array in self.blocks[block])
        return ends, keys, sums
