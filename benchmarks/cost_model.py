"""What several workers cost, computed from the design: cache lines that travel between cores.

A line that another core wrote last is fetched from there.  How many there are for each word that is
trained on follows from how often each row is used, and from which rows have copies (hot_rows.h) or
belong to a block (blocks.h).  With the nanoseconds of one line between cores, and the measured
time of one worker, that gives the speed of any number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec.models.huffman import huffman_paths
from fastvec.models.sampling import (
    CHUNK_TOKENS,
    KEEP_ALL,
    kept_shares,
    noise_weights,
    shard_periods,
    subsample_thresholds,
)
from fastvec.params import Word2VecParams

Floats = NDArray[np.float64]

#: Lines that are on their way at once: of one core, which fetches rows ahead, and of all cores
#: together (found from the speeds of 2 to 16 workers on one machine: docs/performance.md).
IN_FLIGHT, IN_FLIGHT_OF_ALL = 28, 80
LINE_FLOATS, CACHE_BYTES = 16, 2 << 20
#: hot_rows.h, batches.h, blocks.h
TIER, TIERS, BATCH, WORD_BATCHES, NODE_BATCHES, MOST_NODES, MERGES = 64, 8, 64, 32, 16, 512, 12
BLOCKS, PAIRS, SEGMENT = 32, 16, 2_000_000


@dataclass(frozen=True)
class Text:
    """The words of a corpus, and what a model does with them."""

    counts: NDArray[np.int64]
    params: Word2VecParams

    @property
    def tokens(self) -> int:
        """The tokens of the corpus."""
        return int(self.counts.sum())

    @property
    def shares(self) -> Floats:
        """Each word's share of the words that are trained on."""
        return kept_shares(self.counts, self.params)

    @property
    def kept(self) -> float:
        """The share of the tokens that subsampling leaves."""
        thresholds = subsample_thresholds(self.counts, self.params.sample)
        return float((self.counts * (thresholds / KEEP_ALL)).sum() / self.tokens)

    @property
    def noise(self) -> Floats:
        """How often each word is drawn as noise for each word that is trained on."""
        weights = noise_weights(self.counts, self.params)
        return self.params.negative * weights / weights.sum()

    def uses(self) -> list[Floats]:
        """How often each row of both matrices is used for each word that is trained on."""
        share = self.shares
        if not self.params.hs:
            return [share, share + self.noise]
        order = np.arange(len(share), dtype=np.int32)
        offsets, nodes, _ = huffman_paths(self.counts, order)
        weights = np.repeat(share, np.diff(offsets))
        return [share, np.bincount(nodes[: offsets[-1]], weights, len(share) - 1)]

    @property
    def lines(self) -> int:
        """The cache lines of a row."""
        return -(-self.params.vector_size // LINE_FLOATS)


def copies(text: Text, workers: int) -> tuple[int, int]:
    """How many rows have copies, and the words between two merges of the hottest tier."""
    tree = bool(text.params.hs)
    batches = NODE_BATCHES if tree else WORD_BATCHES * (4 if workers == 2 else 1)
    words = max(batches // workers, 1) * BATCH
    most = min(TIER << TIERS, MOST_NODES * workers if tree else TIER << TIERS) // workers
    tiers = [
        tier
        for tier in range(TIERS)
        if (words << tier) * MERGES <= text.tokens / workers and (tier == 0 or TIER << tier <= most)
    ]
    return (TIER << tiers[-1] if tiers else 0), words


def stay(uses: Floats, rows: float) -> float:
    """How many words long a row that is not used stays in a cache of so many rows (Che 2002)."""
    low, high = 1.0, 1e9
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if (1 - np.exp(-uses * middle)).sum() < rows else (low, middle)
    return low


def hogwild_lines(text: Text, workers: int) -> float:
    """Lines for each word that is trained on: merged copies, and rows that have none."""
    rows, words = copies(text, workers)
    uses, others = text.uses(), (workers - 1) / workers
    summed = workers == 2 and not text.params.hs  # then only one of the workers has copies
    tiers = 1 + (rows // TIER).bit_length() - 1 if rows else 0
    merged = len(uses) * (TIER + TIER / 2 * (tiers - 1)) / words if rows else 0.0
    long = stay(np.concatenate(uses), CACHE_BYTES / (4 * LINE_FLOATS * text.lines))
    cold = 0.0
    for matrix, used in enumerate(uses):
        fetched = used.copy()
        if matrix and not text.params.hs:  # a rare noise word is drawn by one worker for a while
            weights = noise_weights(text.counts, text.params)
            periods = shard_periods(text.counts, weights, text.params, text.tokens)
            draws = np.maximum(CHUNK_TOKENS * text.kept * text.noise * periods, 1e-9)
            first = np.where(periods > 1, (1 - np.exp(-draws)) / draws, 1.0)
            fetched = text.shares + text.noise * first
        elsewhere = others * (1 - np.exp(-(workers - 1) * used * long))
        cold += float((fetched * elsewhere)[rows:].sum())
    return text.lines * (others * merged * (0.5 if summed else 1) + cold)


def block_lines(text: Text, workers: int) -> float:
    """Lines for each word that is trained on, if workers have blocks to themselves."""
    words = min(SEGMENT, text.tokens) * text.kept
    pairs = words * (text.params.window + 1)
    context = pairs * text.shares / BLOCKS  # in each tile of its block
    centre = context + pairs * text.noise / PAIRS / BLOCKS
    rows = sum(float((1 - np.exp(-used)).sum()) for used in (context, centre)) * BLOCKS
    return text.lines * (workers - 1) / workers * rows / words


def nanoseconds(lines: float, workers: int, apart: float, line_ns: float) -> float:
    """How long one of several workers takes for each word that is trained on.

    Parameters
    ----------
    lines : float
        that it fetches from other cores.
    apart : float
        the nanoseconds of a worker that shares nothing with others.
    line_ns : float
        of one line from core to core.
    """
    waiting = apart + lines * line_ns / IN_FLIGHT
    return max(waiting, workers * lines * line_ns / IN_FLIGHT_OF_ALL)


def predicted_speed(
    text: Text, workers: int, apart: float, line_ns: float, deterministic: bool = False
) -> float:
    """Tokens a second of several workers, if one of as many that share nothing makes ``apart``."""
    busy = min(workers, BLOCKS) if deterministic else workers
    lines = block_lines(text, busy) if deterministic else hogwild_lines(text, busy)
    word = nanoseconds(lines, busy, 1e9 / (apart * text.kept), line_ns)
    return busy * 1e9 / (word * text.kept)
