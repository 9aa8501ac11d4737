"""One call of ``GloVe.fit`` or ``train`` as the training loop sees it, and the order of an epoch.

The matrix is cut into tiles, whose words' vectors the cache holds.  Each epoch trains on the tiles
in another random order, and on the pairs of a tile in random order.  No two workers ever change the
vectors of one word at the same time (csrc/glove/schedule.h), so the result is the same for any
number of workers.
"""

from __future__ import annotations

import copy
import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, GloveTraining
from fastvec._util import threads
from fastvec._util.simd import simd
from fastvec._util.system import available_cores
from fastvec.io.container import array_checksum
from fastvec.io.tensors import check_mapped
from fastvec.models.mittens import pull_towards
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import RIGHT
from fastvec.models.training_state import TrainingState
from fastvec.models.validation import SEED, word_hashes
from fastvec.models.word_records import VECTOR_SQUARES, Records, strip_bits
from fastvec.params import GloVeParams

if TYPE_CHECKING:
    from fastvec.models.glove import GloVe

#: The loss of a tile that has not been trained on yet in this epoch; others are not negative.
UNTRAINED = -1.0
#: Bytes of records that neighbouring tiles share: what most third-level caches hold.
GROUP_BYTES = 1 << 24


class PairsRun(ABC):
    """What runs of GloVe models have in common, on one machine and on several.

    An epoch has parts, tiles or rounds, whose losses are kept until it ends: so it can stop between
    two of them, and go on.
    """

    unit, predicts_words = "pairs", False

    #: what a file calls the losses of all parts
    losses_name: str
    #: how many parts an epoch has
    n_losses: int
    #: the pairs of an epoch, and the entries of the matrix that they are
    epoch_size: int
    entries: int

    def __init__(self, model: GloVe, records: Records, params: GloVeParams) -> None:
        self.model, self.records, self.params = model, records, params
        self.losses: NDArray[np.float64] | None = None  # while an epoch is trained
        self._last_loss: float | None = None

    # --- what is held out

    @abstractmethod
    def _validate(self) -> tuple[float, int, int]:
        """The cost of the entries that are held out, their number, and that of their pairs."""

    def _leave_out(self, share: float) -> None:
        """Count what is held out, and leave it out of the sizes; ValueError for nothing or all."""
        _, entries, held = self._validate()
        if not 0 < held < self.epoch_size:
            what = "all" if held else "none"
            raise ValueError(
                f"validation={share:g} holds out {what} of {self.epoch_size} pairs: give another "
                "share"
            )
        self.epoch_size -= held
        self.entries -= entries

    def validate(self) -> tuple[float, int]:
        """The cost of the entries that are held out, and their number."""
        loss, entries, _ = self._validate()
        return loss, entries

    def calibrated(self, loss: float) -> float:
        """The mean cost as it is: it is a squared error, which has the scale of log counts."""
        return loss

    # --- an epoch

    def _begin_epoch(self, state: TrainingState) -> None:
        state.set_schedule(self.params.eta, self.params.eta, self.model.seed)
        self._last_loss = state.loss_history[-1] if state.loss_history else None
        if self.losses is None:
            self.losses = np.full(self.n_losses, UNTRAINED)

    def current_loss(self) -> float | None:
        """The mean loss of the epoch before."""
        return self._last_loss

    def loss(self) -> tuple[float, int]:
        """The loss of this epoch so far, and the entries of the matrix."""
        assert self.losses is not None
        return float(self.losses[self.losses != UNTRAINED].sum()), self.entries

    def end_epoch(self) -> None:
        """Pull words towards their initial vectors."""
        self._pull()
        self.model._wv = self.losses = None

    def _pull(self) -> bool:
        """Pull words towards their initial vectors, if they are to be; whether they are."""
        loss, model = self.loss()[0], self.model
        if model._prior is None or model.mu == 0 or not np.isfinite(loss):
            return False
        pull_towards(self.records, model._prior, model.mu * 2 * model.eta)
        return True

    def position(self) -> dict[str, NDArray[Any]]:
        """The loss of each part, or UNTRAINED; nothing between two epochs."""
        return {} if self.losses is None else {self.losses_name: self.losses}

    def go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Begin where :meth:`position` says that an epoch stands; ValueError for other arrays."""
        losses = arrays.get(self.losses_name)
        if losses is not None:
            if losses.shape != (self.n_losses,) or losses.dtype != np.float64:
                raise ValueError(f"{self.losses_name} must be {self.n_losses} numbers")
            self.losses = np.array(losses)

    def matrices(self) -> list[Records]:
        """The word and context vectors of all records."""
        return [self.records[:, :VECTOR_SQUARES]]

    def advice(self) -> str:
        """What to change when numbers are not finite."""
        return f"lower eta (now {self.params.eta}) or grad_clip (now {self.params.grad_clip})"


class GloVeRun(PairsRun):
    """A :class:`fastvec.models.training.Run` of a GloVe model on pairs."""

    losses_name = "tile_losses"

    def __init__(
        self,
        model: GloVe,
        records: Records,
        pairs: Pairs,
        params: GloVeParams,
        validation: float | None = None,
    ) -> None:
        assert model.words is not None
        super().__init__(model, records, params)
        self.epoch_size, self.entries = len(pairs.pairs), pairs.nnz
        # The core checks these three arrays now and relies on them later: nobody may change them.
        self.pairs = copy.copy(pairs)
        self.pairs.starts, self.pairs.tiles = pairs.starts.copy(), pairs.tiles.copy()
        self.pairs.offsets = pairs.offsets.copy()
        self.n_losses = len(self.pairs.tiles)
        held: dict[str, Any] = {}
        if validation is not None:
            held = {"hashes": word_hashes(model.words), "held": validation}
        self.training = self._core(held)
        if validation is not None:
            self._frozen = self._core(held | {"frozen": True})
            self._leave_out(validation)

    def _core(self, held: dict[str, Any]) -> GloveTraining:
        """The native core, for what is trained on or for what is held out."""
        with self.pairs.named():
            return new_training(self.records, self.pairs, self.params, self.model.workers, **held)

    def _validate(self) -> tuple[float, int, int]:
        """The cost of the entries that are held out, their number, and that of their pairs."""
        order = np.random.default_rng(SEED)
        steps, blocks = epoch_order(self.pairs, self.records[0].nbytes, order)
        losses = np.zeros(len(steps))
        self._frozen.start_epoch(steps, blocks, losses, 0)
        held, entries = run_to_end(self._frozen)
        return float(losses.sum()), entries, held

    def prepare(self, state: TrainingState) -> int:
        """Choose the order of the tiles by the seed and the number of epochs so far.

        Of an epoch in which the workers paused only the rest is run: any tiles may be missing, but
        each block of words has seen its tiles in order.
        """
        check_mapped(self.pairs.pairs)
        self._begin_epoch(state)
        assert self.losses is not None
        generator = np.random.default_rng((state.seed, 1 + state.epochs_trained))
        steps, blocks = epoch_order(self.pairs, self.records[0].nbytes, generator)
        seed = int(generator.integers(1 << 63))
        left = self.losses[steps] == UNTRAINED
        self._is_complete = not left.any()
        if not self._is_complete:
            self.training.start_epoch(steps[left], blocks[left], self.losses, seed)
        return self.training.n_workers

    def work(self, worker: int, control: Control) -> None:
        """Run one worker of the core."""
        if not self._is_complete:
            with self.pairs.named():
                self.training.run(worker, control)

    @functools.cached_property
    def fingerprint(self) -> dict[str, Any]:
        """The pairs, and a checksum of all of them."""
        checksum, _ = array_checksum(self.pairs.pairs.view(np.uint64))
        return {"pairs": len(self.pairs.pairs), "checksum": checksum}


class Tiled(Protocol):
    """Pairs in tiles; the attributes are those of :class:`fastvec.models.pairs.Pairs`."""

    @property
    def pairs(self) -> NDArray[Any]: ...
    @property
    def starts(self) -> NDArray[np.int64]: ...
    @property
    def tiles(self) -> NDArray[np.int32]: ...
    @property
    def offsets(self) -> NDArray[np.int64]: ...
    @property
    def symmetric(self) -> bool: ...


def new_training(
    records: Records, pairs: Tiled, params: GloVeParams, workers: int, **held: Any
) -> GloveTraining:
    """The native core for records and pairs; ``held`` are the options of what is held out."""
    return GloveTraining(
        records,
        pairs.pairs.view(np.uint64),
        pairs.starts,
        pairs.tiles,
        pairs.offsets,
        columns=params.vector_size + 2,
        eta=params.eta,
        clip=params.grad_clip,
        alpha=params.alpha,
        x_max=params.x_max,
        strip_bits=strip_bits(records),
        workers=workers or available_cores(),
        simd=simd(),
        **held,
    )


def run_to_end(training: GloveTraining) -> tuple[int, int]:
    """Run all workers of a core: how many pairs that were, and of a frozen one their entries."""
    control = Control(training.n_workers)
    threads.run(lambda worker: training.run(worker, control), control.workers, control.stop)
    return control.total(0), control.total(1)


def epoch_order(
    pairs: Tiled, record_bytes: int, generator: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """A random order of the tiles for one epoch that suits caches and many workers.

    A tile has the pairs of two blocks of words.  Blocks are put into groups that a third-level
    cache holds, and all tiles of two groups follow one another, row by row: so one block stays in
    the second-level cache, and the others in the third.  The pairs of groups come in rounds, as in
    a tournament: groups get random numbers x and y below n, and those pairs of groups come
    together that have the same (x + y) mod n.  They share no group, so that many workers can train
    on them at once.

    Parameters
    ----------
    pairs : Pairs
    record_bytes : int
        bytes of one word's record.
    generator : numpy.random.Generator

    Returns
    -------
    steps : (tiles,) int32 array
        the tiles in order.
    blocks : (tiles, 2) int32 array
        the two sets of vectors that each step changes: block b's word vectors have the number b.
        Its context vectors have that number too if the matrix is symmetric, and blocks + b if it
        is not.
    """
    rows, columns, sides = pairs.tiles.T
    n_blocks = len(pairs.starts) - 1
    widest = int(np.diff(pairs.starts).max())
    group = int(np.clip(GROUP_BYTES // (widest * record_bytes), 2, 64))
    n_groups = -(-n_blocks // group)

    def rounds(n: int, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int64]:
        numbers, order = generator.permutation(n), generator.permutation(n)
        result: NDArray[np.int64] = order[(numbers[a] + numbers[b]) % n]
        return result

    outer = rounds(n_groups, rows // group, columns // group)
    inner = generator.permutation(n_groups**2)[rows // group * n_groups + columns // group]
    row_order, column_order = generator.permutation(n_blocks), generator.permutation(n_blocks)
    keys = (sides, column_order[columns], row_order[rows], inner, outer)  # the last is the first
    steps = np.lexsort(keys).astype(np.int32)

    changed = pairs.tiles[:, :2].copy()
    if not pairs.symmetric:
        right = sides == RIGHT
        changed[:, 0] = np.where(right, rows, columns)
        changed[:, 1] = np.where(right, columns, rows) + n_blocks
    return steps, np.ascontiguousarray(changed[steps])
