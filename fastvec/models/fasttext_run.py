"""One call of ``FastText.train`` as the training loop sees it, and the rows of n-grams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import NgramRows
from fastvec.corpus.corpus import Corpus
from fastvec.models.ngram_table import NgramTable
from fastvec.models.output_layers import Matrix
from fastvec.models.sampling import kept_shares
from fastvec.models.training_state import TrainingState
from fastvec.models.word2vec_run import Word2VecRun
from fastvec.params import Word2VecParams

SKIP_GRAM_LAG, CBOW_LAG = 10, 40  # found by experiment (docs/performance.md, "Subwords")

if TYPE_CHECKING:
    from fastvec.models.fasttext import FastText


class FastTextRun(Word2VecRun):
    """A run whose inputs are the rows of words and of their n-grams.

    While workers run, the native core has rows of its own (ngram_table.py); the model gets what
    they have learned after each epoch, and where workers pause.
    """

    model: FastText
    _table: NgramTable

    def __init__(
        self, model: FastText, corpus: Corpus, validation: float | Corpus | None = None
    ) -> None:
        super().__init__(model, corpus, validation)
        self._is_ahead = False  # the core has learned what the model does not have yet

    def prepare(self, state: TrainingState) -> int:
        """Set up the core, and start an epoch, or the rest of one."""
        workers = super().prepare(state)
        self._is_ahead = True
        return workers

    def _set_up(self, params: Word2VecParams) -> None:
        self._update_model()
        bags = self.model._complete_bags()
        counts = np.maximum(self.model._word_counts(), 1)
        own_rows = not self.model.wv.subwords.hash_count
        self._table = NgramTable.of(bags, kept_shares(counts, params), own_rows)
        super()._set_up(params)

    def _input_matrices(self) -> list[Matrix]:
        return list(self._table.matrices(self.model.wv.subwords))

    def _lock_factors(self) -> None:
        """None: all factors are 1, and they are not those of the core's rows."""

    def _ngram_rows(self, vector_steps: NDArray[np.float32] | None) -> NgramRows | None:
        lag = SKIP_GRAM_LAG if self.model.sg else CBOW_LAG
        return self._table.for_core(self._matrices[1], vector_steps, lag)

    def _update_model(self) -> None:
        """Give the model what the core has learned."""
        if self._is_ahead:
            wv = self.model.wv
            self._table.write_back(self._matrices[0], self._matrices[1], wv.subwords)
            wv.forget_vectors()
            self._is_ahead = False

    def end_epoch(self) -> None:
        """Give the model what the core has learned."""
        self._update_model()

    def position(self) -> dict[str, NDArray[Any]]:
        """Nothing but the number of chunks says where the epoch stands; the model is about to be
        saved."""
        self._update_model()
        return super().position()
