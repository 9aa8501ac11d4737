"""One call of ``Ranker.fit`` or ``train`` as the training loop sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastvec._core import RankerTraining, build_alias
from fastvec._util.matrix import padded_rows
from fastvec._util.simd import simd
from fastvec._util.system import available_cores
from fastvec.corpus.corpus import Corpus
from fastvec.io.tensors import check_mapped
from fastvec.models.corpus_run import CorpusRun, epoch_seed, run_whole
from fastvec.models.training_state import TrainingState
from fastvec.models.validation import SEED
from fastvec.params import RankerParams

if TYPE_CHECKING:
    from fastvec.models.ranker import Ranker


class RankerRun(CorpusRun):
    """A :class:`fastvec.models.training.Run` of a Ranker on a corpus."""

    predicts_words = False
    training: RankerTraining

    def __init__(
        self,
        model: Ranker,
        corpus: Corpus,
        params: RankerParams,
        validation: float | Corpus | None = None,
    ) -> None:
        super().__init__(corpus, validation)
        self.model, self.params, self.words = model, params, len(model.wv)
        self._matrices = {name: padded_rows(rows) for name, rows in model._matrices.items()}
        self.training = self._core(corpus)
        self._frozen: RankerTraining | None = None  # the core for validation

    def _core(self, corpus: Corpus, frozen: bool = False) -> RankerTraining:
        """The native core for a corpus, or for what is held out of it."""
        params, split = self.params, self._split
        return RankerTraining(
            tokens=corpus.tokens,
            offsets=corpus.offsets if split is None else split.offsets,
            held=None if split is None else split.held,
            vector_size=params.vector_size,
            hidden_size=params.hidden_size,
            window=params.window,
            workers=params.workers or available_cores(),
            simd=simd(),
            frozen=frozen,
            **self._matrices,
        )

    def prepare(self, state: TrainingState) -> int:
        """Start an epoch, or the rest of one."""
        check_mapped(self.corpus.tokens)
        params, part = self.params, state.part
        state.set_schedule(params.alpha, params.min_alpha, params.seed)
        rates = state.rate(), state.rate(state.epochs_done + 1)
        words = words_of_epoch(params.grow, state.epochs_trained, self.words)
        noise, done = self._noise(words), (part.loss, part.predictions)
        self.training.start_epoch(*rates, epoch_seed(state), words, *done, noise=noise)
        return self.training.n_workers

    def _noise(self, words: int) -> NDArray[np.uint32] | None:
        """The alias table by which wrong words are drawn; None if all have the same probability."""
        exponent = self.params.ns_exponent
        if exponent == 0:
            return None
        table = np.empty((words, 2), np.uint32)
        build_alias(np.maximum(self.model.counts[:words], 1).astype(np.float64) ** exponent, table)
        return table

    def validate(self) -> tuple[float, int]:
        """The loss on what is held out, summed over its windows, and their number."""
        if self._frozen is None:
            other = self.validation
            self._frozen = self._core(other if isinstance(other, Corpus) else self.corpus, True)
        self._frozen.start_epoch(1, 1, SEED, self.words, noise=self._noise(self.words))
        return run_whole(self._frozen)

    def calibrated(self, loss: float) -> float:
        """The mean loss as it is: its margin has a scale."""
        return loss

    def end_epoch(self) -> None:
        """Forget the lengths of the vectors, which have changed."""
        self.model.wv.forget_norms()

    def matrices(self) -> list[NDArray[np.float32]]:
        """The vectors and the network."""
        return list(self._matrices.values())

    def advice(self) -> str:
        """What to change when numbers are not finite."""
        return f"lower alpha (now {self.params.alpha})"

    @property
    def wrong(self) -> int:
        """How many windows of the latest :meth:`validate` did not score above the wrong ones."""
        return 0 if self._frozen is None else self._frozen.wrong


def words_of_epoch(grow: int, epoch: int, words: int) -> int:
    """How many of the words, the most frequent ones, an epoch trains, which counts from 0.

    >>> [words_of_epoch(5000, epoch, 30000) for epoch in range(4)], words_of_epoch(0, 0, 30000)
    ([5000, 10000, 20000, 30000], 30000)
    """
    return min(max(grow << min(epoch, 40), 2), words) if grow else words
