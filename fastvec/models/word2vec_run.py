"""One call of ``Word2Vec.train`` as the training loop sees it, and the arguments of the core."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import BATCH_OBJECTIVES, MOST_BLOCK_WORDS, Blocks, Control, NgramRows, Training
from fastvec._util.blas import one_thread_each
from fastvec._util.matrix import padded_rows
from fastvec._util.simd import simd
from fastvec.corpus.corpus import Corpus
from fastvec.io.tensors import check_mapped
from fastvec.models.corpus_run import CorpusRun, epoch_seed, run_whole
from fastvec.models.output_layers import LAYERS, LayerInput, Matrix, OutputLayer
from fastvec.models.sampling import (
    WordUse,
    expected_word_use,
    kept_shares,
    mean_other_words,
    noise_weights,
    subsample_thresholds,
)
from fastvec.models.training_state import TrainingState
from fastvec.models.validation import SEED, Split, hold_out
from fastvec.params import Word2VecParams

if TYPE_CHECKING:
    from fastvec.models.word2vec import Word2Vec


#: scales of scores besides 1, for a parabola through their losses
SCALES = (0.75, 0.5)
#: Noise words of fewer words, which come from other blocks than the centre word, would be too few.
LEAST_BLOCK_WORDS = 512
#: A wider window is drawn as this one: both reach over every sentence, as good as always.
MOST_WINDOW = 2**31 - 1


class Word2VecRun(CorpusRun):
    """A :class:`fastvec.models.training.Run` of a Word2Vec model on a corpus.

    Callbacks may change the options, the vectors or the words of the model between epochs: then the
    native core is set up again.
    """

    training: Training

    def __init__(
        self, model: Word2Vec, corpus: Corpus, validation: float | Corpus | None = None
    ) -> None:
        super().__init__(corpus, validation)
        self.model = model
        self._params: Word2VecParams | None = None  # what the core was set up from
        self._weights: list[tuple[OutputLayer, Matrix]] = []
        self._frozen: Training | None = None  # the core for validation
        self._identity: tuple[object, ...] = ()
        self._matrices: list[Matrix] = []

    def prepare(self, state: TrainingState) -> int:
        """Set up the core, and start an epoch, or the rest of one."""
        check_mapped(self.corpus.tokens)
        self._set_up_if_changed()
        model = self.model
        state.set_schedule(model.alpha, model.min_alpha, model.seed)
        self.training.start_epoch(
            state.rate(),
            state.rate(state.epochs_done + 1),
            epoch_seed(state),
            state.part.loss,
            state.part.predictions,
            state.epochs_trained * self.epoch_size,
        )
        return self.training.n_workers

    def _set_up_if_changed(self) -> None:
        """Set up the core if anything of the model has changed."""
        model = self.model
        # The core is given the learning rate with each epoch.
        params = replace(model._training_params(), alpha=1.0, min_alpha=0.0, epochs=1)
        same_options = self._params is not None and vars(self._params) == vars(params)
        if not same_options or not all(map(is_, self._identity, self.identity())):
            self._set_up(params)

    def identity(self) -> tuple[object, ...]:
        """What the core holds pointers to; it must be set up anew when one is replaced."""
        wv, weights = self.model.wv, self.model._output_weights
        layers = (weights.get(each) for each in LAYERS)
        return wv.words, *self.model._input_rows(), *layers, wv.lock_factors

    def _lock_factors(self) -> NDArray[np.float32] | None:
        """How much the vector of each word may move, or None."""
        return self.model.wv.lock_factors

    def _set_up(self, params: Word2VecParams) -> None:
        model = self.model
        model._sync_rows()
        layers = [each for each in model._output_weights.items() if each[0].is_used(params)]
        weights = [(layer, padded_rows(rows)) for layer, rows in layers]
        self._matrices = [*self._input_matrices(), *(rows for _, rows in weights)]
        self._matrices += self._more_matrices()
        corpus = model._in_words(self.corpus)
        if self._split is not None and len(corpus.tokens) < len(self.corpus.tokens):
            assert isinstance(self.validation, float)  # some words are not there any more
            self._split = hold_out(corpus, self.validation)
        self._weights, self._frozen = weights, None
        self._params, self._identity = params, self.identity()
        self.training = self._core(corpus, self._split)

    def _more_matrices(self) -> list[Matrix]:
        """What a subclass trains besides."""
        return []

    def _more_for_core(self, corpus: Corpus) -> dict[str, Any]:
        """What a subclass gives the core besides."""
        del corpus
        return {}

    def _word_use(self, counts: NDArray[np.int64], corpus: Corpus) -> WordUse:
        """How often each word is used."""
        assert self._params is not None
        return expected_word_use(counts, self._params, mean_other_words(corpus.offsets))

    def _core(self, corpus: Corpus, split: Split | None, frozen: bool = False) -> Training:
        """The native core for a corpus, or for a part of it."""
        model, params, weights = self.model, self._params, self._weights
        assert params is not None
        counts = np.maximum(model._word_counts(), 1)
        use = None
        deterministic = params.deterministic and not frozen
        virtual = deterministic and not in_blocks(params, len(counts))
        if virtual or (params.workers > 1 and not frozen and not deterministic):
            use = self._word_use(counts, corpus)
        order = model.wv.huffman_order
        if "hs" in params.losses and not frozen:
            order = model._set_huffman_order(corpus.tokens)
        # Noise words of validation come from the whole vocabulary: no number of tokens divides it.
        n_tokens = 0 if frozen else len(corpus.tokens)
        given = LayerInput(params, counts, n_tokens, order, use, frozen)
        layers = [layer.for_core(rows, given) for layer, rows in weights]
        vector_steps = None
        if use is not None:
            targets = sum(each.targets for each in layers)
            vector_steps = (use.share * use.contexts * targets).astype(np.float32)
        return Training(
            tokens=corpus.tokens,
            offsets=corpus.offsets if split is None else split.offsets,
            keep=subsample_thresholds(counts, params.sample),
            vectors=self._matrices[0],
            layers=[each.layer for each in layers],
            workers=params.workers,
            simd=simd(),
            vector_steps=vector_steps,
            locks=None if frozen else self._lock_factors(),
            ngrams=self._ngram_rows(vector_steps),
            held=None if split is None else split.held,
            frozen=frozen,
            blocks=blocks(counts, params) if deterministic and not virtual else None,
            virtual=virtual,
            **method_for_core(params),
            **self._more_for_core(corpus),
        )

    def _input_matrices(self) -> list[Matrix]:
        """The rows that are inputs, as the core changes them: first those of the words."""
        return [padded_rows(rows) for rows in self.model._input_rows()]

    def _ngram_rows(self, vector_steps: NDArray[np.float32] | None) -> NgramRows | None:
        """The n-grams of the words, which are inputs too; None if there are none."""
        del vector_steps
        return None

    def validate(self) -> tuple[float, int]:
        """The loss on what is held out, summed over its predictions, and their number."""
        return self._validate(1.0)

    def calibrated(self, loss: float) -> float:
        """The mean loss if all scores are multiplied with the scale that makes it the least."""
        losses = [loss]
        for scale in SCALES:
            total, predictions = self._validate(scale)
            losses.append(total / max(predictions, 1))
        return least(np.array([1.0, *SCALES]), np.array(losses))

    def _validate(self, scale: float) -> tuple[float, int]:
        """The same as validate with all scores multiplied with ``scale``."""
        self._set_up_if_changed()
        if self._frozen is None:
            given = self.validation
            corpus = self.model._in_words(given if isinstance(given, Corpus) else self.corpus)
            self._frozen = self._core(corpus, self._split, frozen=True)
        frozen = self._frozen
        frozen.start_epoch(scale, scale, SEED)
        with self._blas():
            return run_whole(frozen)

    def work(self, worker: int, control: Control) -> None:
        """Run one worker of the core."""
        with self._blas():
            super().work(worker, control)

    def _blas(self) -> contextlib.AbstractContextManager[None]:
        """Keeps the threads of BLAS, if it is called, from those of the workers."""
        return one_thread_each() if self.predicts_words else contextlib.nullcontext()

    def end_epoch(self) -> None:
        """Forget the lengths of the vectors, which have changed."""
        self.model.wv.forget_norms()

    @property
    def predicts_words(self) -> bool:
        """Whether the loss is that of words among all words, and e to its power is a perplexity."""
        return self.model.loss in BATCH_OBJECTIVES

    def matrices(self) -> list[Matrix]:
        """The vectors and the weights of the output layers."""
        return self._matrices

    def advice(self) -> str:
        """What to change when numbers are not finite."""
        return f"lower alpha (now {self.model.alpha})"


def least(scales: NDArray[np.float64], losses: NDArray[np.float64]) -> float:
    """The least value, between three scales, of the parabola through their losses.

    >>> least(np.array([1.0, 0.75, 0.5]), np.array([0.25, 0.0625, 0.0]))
    0.0
    """
    curve = np.polynomial.Polynomial.fit(scales, losses, 2)
    inside = [x for x in curve.deriv().roots().real if scales.min() < x < scales.max()]
    return float(min([*losses, *curve(np.array(inside))]))


def method_for_core(params: Word2VecParams) -> dict[str, Any]:
    """What the core is told of the method, which is the same for training and for inference."""
    return {
        "vector_size": params.vector_size,
        "skip_gram": bool(params.sg),
        "window": min(params.window, MOST_WINDOW),
        "shrink_windows": params.shrink_windows,
        "shared_negatives": params.shared_negatives,
        "cbow_mean": bool(params.cbow_mean),
        "cbow_corrected": params.cbow_corrected,
    }


def in_blocks(params: Word2VecParams, words: int) -> bool:
    """Whether deterministic training is in blocks, or else by virtual workers."""
    if "hs" in params.losses or not params.sg or words > MOST_BLOCK_WORDS:
        return False
    return words >= LEAST_BLOCK_WORDS or not params.shared_negatives


def blocks(counts: NDArray[np.int64], params: Word2VecParams) -> Blocks:
    """The blocks of words that workers have to themselves."""
    return Blocks(kept_shares(counts, params), noise_weights(counts, params))
