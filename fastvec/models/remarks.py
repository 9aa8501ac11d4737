"""Remarks on trainings that learned nothing, or hardly anything, and what would help."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastvec._util.log import log
from fastvec.corpus.corpus import Corpus
from fastvec.models.pairs import Matrix
from fastvec.models.training_state import TrainingState
from fastvec.models.word_records import CONTEXT, VECTOR, Records, random_records

if TYPE_CHECKING:
    from fastvec.models.glove import GloVe
    from fastvec.models.neural_lm import NeuralLM
    from fastvec.models.word2vec import Word2Vec

FEW = 4  # words trained on, for each word of the vocabulary, that hardly change its vector
ENOUGH = 200  # words trained on, for each word of the vocabulary, after which it has been learned
FRESH_LOSS = math.log(2)  # of a logistic prediction by output weights that are all 0
COMPARED = 1_000  # words whose vectors are compared with what they were
ALIKE = 0.9  # the cosine of a vector and what it was, if it has hardly changed
LEARNED = 0.2  # the loss of a model that has learned, compared with its first one
GLOVE_EPOCHS, SMALL_X_MAX = 100, 10  # with which GloVe learns from small texts


def remark_on_word2vec(model: Word2Vec, corpus: Corpus, state: TrainingState) -> None:
    """Say why a call of ``train`` learned nothing, or hardly anything."""
    if not state.predictions:
        log.warning("nothing was learned: %s", _why_nothing(model, corpus))
    elif state.trained < FEW * len(model.wv) and state.trained * 2 < state.passed:
        log.warning(
            "sample=%g leaves out %d %% of this small text, so that most vectors are as random as "
            "before: try sample=0, min_count=1 and epochs=%d",
            model.sample,
            100 - 100 * state.trained // state.passed,
            _epochs_needed(model, state.passed / state.epochs_done),
        )
    elif state.train_count == 1 and abs(state.loss_history[-1] / _fresh_loss(model) - 1) < 0.01:
        log.warning(
            "hardly anything was learned: the loss is still that of a fresh model, %.4f; try %s",
            state.loss_history[-1],
            _what_to_change(model, state),
        )


def _fresh_loss(model: Word2Vec) -> float:
    """The loss of output weights that are all 0; infinite for objectives where it is not known."""
    if model.loss == "softmax":
        return math.log(max(len(model.wv), 2))
    return FRESH_LOSS if set(model.losses) <= {"ns", "hs"} else math.inf


def _why_nothing(model: Word2Vec, corpus: Corpus) -> str:
    if len(model.wv) < 2:
        return "the vocabulary has one word only (min_count=1 keeps all words)"
    if np.diff(corpus.offsets).max(initial=0) < 2:
        single_items = model.column is not None and model.group is None
        longer = (
            "group=NAME joins the rows of a table with the same value in that column"
            if single_items
            else "lines=False joins the lines of a text"
        )
        return (
            "no sentence has two words of the vocabulary, of which one could be predicted from the "
            f"other ({longer}; min_count=1 keeps all words)"
        )
    if model.sample > 0:
        return f"sample={model.sample:g} leaves out nearly all words of this text: try sample=0"
    return "no word was predicted from another one"


def _what_to_change(model: Word2Vec, state: TrainingState) -> str:
    """More epochs; or a higher rate, if there were enough."""
    epochs = _epochs_needed(model, state.trained / state.epochs_done)
    if epochs <= state.epochs_done:
        return f"a higher rate than alpha={model.alpha:g}"
    return f"epochs={epochs}"


def _epochs_needed(model: Word2Vec, words: float) -> int:
    """After how many epochs of so many words something has been learned, in tens."""
    return math.ceil(ENOUGH * len(model.wv) / max(words, 1) / 10) * 10


def remark_on_glove(model: GloVe, records: Records, pairs: Matrix) -> None:
    """Say that vectors are nearly what they were at first, because the text is small.

    If the loss has become small, the biases are enough, and vectors need not change.
    """
    losses = model.loss_history
    if losses[-1] < LEARNED * losses[0] and len(losses) > 1:
        return
    some, size = records[:COMPARED], model.vector_size
    begun = random_records(len(some), size, model.eta, model.seed)
    now, before = (each[:, VECTOR, :size] + each[:, CONTEXT, :size] for each in (some, begun))
    if _mean_cosine(now, before) < ALIKE:
        return
    x_max = max(1, min(SMALL_X_MAX, int(pairs.largest)))
    log.warning(
        "hardly anything was learned: the vectors are nearly what they were at first, since "
        "the text is small; try x_max=%d and epochs=%d",
        x_max,
        max(GLOVE_EPOCHS, 2 * model.epochs),
    )


def _mean_cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return float(np.mean((left * right).sum(axis=1) / np.maximum(lengths, 1e-30)))


def remark_on_neural_lm(model: NeuralLM) -> None:
    """Say that a model predicts worse than if all words were alike, which numbers that are finite
    do not show."""
    loss, guessing = model.loss_history[-1], math.log(len(model.wv))
    if loss > guessing:
        log.warning(
            "nothing was learned: the loss, %.5g, is above that of guessing, %.5g; lower alpha "
            "(now %g)",
            loss,
            guessing,
            model.alpha,
        )


def remark_on_phrases(
    counts: NDArray[np.integer], scores: NDArray[np.float64], min_count: float, threshold: float
) -> None:
    """Say why no pair is a phrase, by the counts of all pairs and the scores of frequent ones."""
    if len(scores):
        log.warning(
            "no pair of words is a phrase: the highest score is %.3g, not above threshold=%g",
            scores.max(),
            threshold,
        )
    elif len(counts):
        log.warning(
            "no pair of words is a phrase: the most frequent one occurs %d times, fewer than "
            "min_count=%g",
            counts.max(),
            min_count,
        )
