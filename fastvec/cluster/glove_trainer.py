"""A trainer of GloVe on a cluster: it trains on the pairs of two parts of the words at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import GloveTraining
from fastvec.cluster.parts import Half, HalfKey, Job, Layout
from fastvec.models.glove_run import epoch_order, new_training, run_to_end
from fastvec.models.validation import SEED
from fastvec.models.word_records import Records
from fastvec.params import GloVeParams


@dataclass(frozen=True)
class GloVeBlueprint:
    """What every trainer knows of a model and its pairs.

    Attributes
    ----------
    params : GloVeParams
    n_words, parts : int
    symmetric : bool
    workers : int
        threads of each trainer.
    held : dict
        ``hashes`` of all words and ``held``, the share of the pairs that is held out, or nothing.
    """

    params: GloVeParams
    n_words: int
    parts: int
    symmetric: bool
    workers: int
    held: dict[str, Any]


@dataclass(frozen=True)
class GloVeTask:
    """What a trainer is to do in one round.

    Attributes
    ----------
    job : Job
    version : int
        that of the records that it begins with: how many rounds have changed them.
    seed, epoch : int
        the model's seed, and the epochs of its life so far.
    """

    job: Job
    version: int
    seed: int
    epoch: int


@dataclass(frozen=True)
class GloVeReport:
    """What a trainer did in one round: the loss, summed over all entries, how many pairs that were,
    and of those that are held out how many entries they stand for."""

    loss: float
    pairs: int
    entries: int
    seconds: float


@dataclass(frozen=True)
class TiledHalf:
    """A half as the core sees it, whose tiles have the numbers that blocks have in some records."""

    pairs: NDArray[np.uint64]
    starts: NDArray[np.int64]
    tiles: NDArray[np.int32]
    offsets: NDArray[np.int64]
    symmetric: bool


class GloVeTrainer:
    """Halves of the pairs, and the records of some parts of the words, for a while."""

    def __init__(self, blueprint: GloVeBlueprint) -> None:
        self.blueprint = blueprint
        self._halves: dict[HalfKey, Half] = {}
        self._records: dict[tuple[int, int], Records] = {}  # by part and version

    def read(self, key: HalfKey, half: Half) -> None:
        """Take pairs, which it keeps."""
        self._halves[key] = half

    def hold(self, part: int, version: int, rows: Records) -> None:
        """Take the records of a part, which it keeps until :meth:`forget`."""
        self._records[part, version] = rows

    def rows(self, part: int, version: int) -> Records:
        """The records of a part."""
        return self._records[part, version]

    def forget(self, version: int) -> None:
        """Drop records of rounds before a version."""
        self._records = {key: each for key, each in self._records.items() if key[1] >= version}

    def train(self, task: GloVeTask, *_: None) -> GloVeReport:
        """Train on the pairs of a job; the records of its parts have the next version then.

        What else is given is not used: it may be the result of taking what the job needs, without
        which nothing can be trained.
        """
        begun, job = time.monotonic(), task.job
        layout, records = self._gathered(task)
        loss, pairs = 0.0, 0
        for key, training, half in self._trainings(task, layout, records):
            index = key[0] * self.blueprint.parts + key[1]
            epoch = (task.seed, 1 + task.epoch)
            generator = np.random.default_rng((*epoch, index) if index else epoch)
            steps, blocks = epoch_order(half, records[0].nbytes, generator)
            losses = np.zeros(len(steps))
            training.start_epoch(steps, blocks, losses, int(generator.integers(1 << 63)))
            pairs += run_to_end(training)[0]
            loss += float(losses.sum())
        for part, rows in zip(job.parts, layout.split(records), strict=True):
            self.hold(part, task.version + 1, rows)
        return GloVeReport(loss, pairs, 0, time.monotonic() - begun)

    def validate(self, task: GloVeTask, *_: None) -> GloVeReport:
        """The loss of those pairs of a job that are held out; nothing changes."""
        begun = time.monotonic()
        layout, records = self._gathered(task)
        loss, pairs, entries = 0.0, 0, 0
        for _key, training, half in self._trainings(task, layout, records, frozen=True):
            order = epoch_order(half, records[0].nbytes, np.random.default_rng(SEED))
            losses = np.zeros(len(half.tiles))
            training.start_epoch(*order, losses, 0)
            some, of_entries = run_to_end(training)
            loss, pairs, entries = loss + float(losses.sum()), pairs + some, entries + of_entries
        return GloVeReport(loss, pairs, entries, time.monotonic() - begun)

    def _gathered(self, task: GloVeTask) -> tuple[Layout, Records]:
        """The records of the parts of a job, as one array that may be changed."""
        layout = Layout(task.job.parts, self.blueprint.parts, self.blueprint.n_words)
        rows = [self._records[part, task.version] for part in task.job.parts]
        return layout, layout.gathered(rows)

    def _trainings(
        self, task: GloVeTask, layout: Layout, records: Records, **frozen: bool
    ) -> Iterator[tuple[HalfKey, GloveTraining, TiledHalf]]:
        """The native core for each half of a job that has pairs."""
        blueprint = self.blueprint
        held = dict(blueprint.held)
        if held:
            hashes = [held["hashes"][words] for words in (slice(0), *layout.words)]
            held |= {"hashes": np.concatenate(hashes), **frozen}
        for key in task.job.halves:
            if key in self._halves:
                half = tiled(self._halves[key], layout, blueprint.symmetric)
                params, workers = blueprint.params, blueprint.workers
                yield key, new_training(records, half, params, workers, **held), half


def tiled(half: Half, layout: Layout, symmetric: bool) -> TiledHalf:
    """A half in the numbers that blocks have in the records of a layout."""
    tiles = half.tiles.copy()
    tiles[:, :2] = np.searchsorted(layout.blocks, tiles[:, :2])
    return TiledHalf(half.pairs, layout.starts, tiles, half.offsets, symmetric)
