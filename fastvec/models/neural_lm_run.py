"""One call of ``NeuralLM.fit`` or ``train`` as the training loop sees it, and the predictions of a
text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, NeuralLMTraining
from fastvec._util import threads
from fastvec._util.blas import one_thread_each, sgemm
from fastvec._util.matrix import padded_rows
from fastvec._util.simd import simd
from fastvec._util.system import available_cores
from fastvec.corpus.corpus import Corpus
from fastvec.io.tensors import check_mapped
from fastvec.models.corpus_run import CorpusRun
from fastvec.models.neural_lm_text import Text
from fastvec.models.training_state import TrainingState
from fastvec.params import NeuralLMParams

if TYPE_CHECKING:
    from fastvec.models.neural_lm import NeuralLM


class NeuralLMRun(CorpusRun):
    """A :class:`fastvec.models.training.Run` of a NeuralLM on a corpus."""

    predicts_words = True
    training: NeuralLMTraining

    def __init__(
        self,
        model: NeuralLM,
        corpus: Corpus,
        params: NeuralLMParams,
        validation: float | Corpus | None = None,
    ) -> None:
        super().__init__(corpus, validation)
        self.model, self.params = model, params
        split = self._split
        self.text = Text.of(corpus) if split is None else Text.part(corpus, split, held=0)
        self.epoch_size = self.text.predictions
        self.training = core(model, self.text)

    def prepare(self, state: TrainingState) -> int:
        """Choose the order of the predictions by the seed and the number of epochs so far."""
        check_mapped(self.corpus.tokens)
        params, size, part = self.params, self.epoch_size, state.part
        before = (state.epochs_trained - state.epochs_done) * size  # this call
        rate = params.alpha / (1 + params.alpha_decay * before)
        decay = params.alpha_decay * size / (1 + params.alpha_decay * before)
        state.set_schedule(rate, rate, params.seed, decay)
        generator = np.random.default_rng((state.seed, 1 + state.epochs_trained))
        self.training.start_epoch(
            generator.permutation(size),
            alpha=params.alpha,
            rate_decay=params.alpha_decay,
            weight_decay=params.weight_decay,
            t=state.epochs_trained * size,
            loss=part.loss,
            predictions=part.predictions,
        )
        return self.training.n_workers

    def validate(self) -> tuple[float, int]:
        """The loss on what is held out, summed over its predictions, and their number."""
        if isinstance(self.validation, Corpus):
            text = Text.of(self.validation)
        else:
            assert self._split is not None
            text = Text.part(self.corpus, self._split, held=1)
        found = log_probabilities(self.model, text)
        return -float(found.sum(dtype=np.float64)), len(found)

    def calibrated(self, loss: float) -> float:
        """The mean loss as it is: a language model is judged by its own probabilities."""
        return loss

    def end_epoch(self) -> None:
        """Forget the lengths of the vectors, which have changed."""
        self.model.wv.forget_norms()

    def matrices(self) -> list[NDArray[np.float32]]:
        """The vectors, and the weights and biases of both layers."""
        return list(self.model._matrices.values())

    def advice(self) -> str:
        """What to change when numbers are not finite."""
        return f"lower alpha (now {self.params.alpha})"


def core(model: NeuralLM, text: Text) -> NeuralLMTraining:
    """The native core for a text."""
    return NeuralLMTraining(
        tokens=text.tokens,
        starts=text.starts,
        ends=text.ends,
        **{name: padded_rows(rows) for name, rows in model._matrices.items()},
        vector_size=model.vector_size,
        hidden_size=model.hidden_size,
        direct=model.direct,
        order=model.n,
        batch=model.batch_size,
        workers=model.workers or available_cores(),
        simd=simd(),
        sgemm=sgemm(),
    )


def log_probabilities(model: NeuralLM, text: Text) -> NDArray[np.float32]:
    """The natural logarithms of the probabilities of all words, and of the end of each sentence."""
    model._check_options()
    training = core(model, text)
    found = np.empty(training.n_predictions, np.float32)
    training.start_scoring(found)
    control = Control(training.n_workers)
    with one_thread_each():
        threads.run(lambda worker: training.run(worker, control), control.workers, control.stop)
    return found
