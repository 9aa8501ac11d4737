"""A trainer: a model on one machine that trains on portions of the text, round by round.

Between two merges it changes rows of its own, with the training of a single machine.  For merging
it keeps the rows of the merge before, too: so it needs twice the memory of the model.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import CHUNK_TOKENS, Control
from fastvec._util import threads
from fastvec._util.matrix import padded_copy, padded_rows
from fastvec.cluster.ledger import Report
from fastvec.cluster.merging import (
    NODE_DECAY,
    WORD_DECAY,
    Matrix,
    RowBlock,
    merged,
    row_blocks,
    row_factors,
)
from fastvec.cluster.portions import Portion
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.huffman import huffman_paths
from fastvec.models.output_layers import HIERARCHICAL_SOFTMAX, node_steps, noise_steps
from fastvec.models.sampling import expected_word_use, mean_other_words
from fastvec.models.word2vec import Word2Vec
from fastvec.models.word2vec_run import Word2VecRun


@dataclass(frozen=True)
class Blueprint:
    """What every trainer makes its model of: the same rows, from the same seed.

    Attributes
    ----------
    options : dict
        those of the model.
    vocabulary : Vocabulary
    huffman_order : (V,) int32 array
    locks : (V,) float32 array, optional
        gensim's ``vectors_lockf``.
    """

    options: dict[str, Any]
    vocabulary: Vocabulary
    huffman_order: NDArray[np.int32]
    locks: NDArray[np.float32] | None = None

    def model(self) -> Word2Vec:
        """The model, which is not trained yet."""
        model = Word2Vec(**self.options, progress=False)
        model._make_rows(self.vocabulary)
        model.wv.huffman_order = self.huffman_order
        if self.locks is not None:
            model.wv.vectors_lockf = self.locks
        return model


@dataclass(frozen=True)
class Task:
    """What a trainer is to do in one round.

    Attributes
    ----------
    portion : int
        the number of the portion.
    next, chunks : int
        the first chunk to train on, and how many.
    rates : (float, float)
        the learning rate at the first and at the last token of the portion.
    seed : int
        of the random numbers in the portion.
    epochs_trained : int
        epochs before this one.
    loss, predictions
        of the chunks before.
    seconds : float
        how long the round may take: the chunks that have not been begun then are left.
    """

    portion: int
    next: int
    chunks: int
    rates: tuple[float, float]
    seed: int
    epochs_trained: int
    loss: float
    predictions: int
    seconds: float


@dataclass(frozen=True)
class Round:
    """What is known of a round when its rows are merged.

    Attributes
    ----------
    number : int
        it counts up.
    steps : float
        the words that each trainer trained on, times their learning rate.
    ratio : float
        the number of trainers, divided by the scale of their rates.
    """

    number: int
    steps: float
    ratio: float


class PortionRun(Word2VecRun):
    """The training of a model on one portion."""

    def begin(self, task: Task) -> None:
        """Get ready to train on some chunks."""
        self._set_up_if_changed()
        trained = task.epochs_trained * self.epoch_size
        self.training.start_epoch(*task.rates, task.seed, task.loss, task.predictions, trained)


class Trainer:
    """A model, its portions and its part in merging.

    Parameters
    ----------
    blueprint : Blueprint
    blocks : int
        in how many blocks of rows or more the model is merged.
    """

    def __init__(self, blueprint: Blueprint, blocks: int) -> None:
        model = self.model = blueprint.model()
        model._sync_rows()
        self.matrices = matrices_of(model)
        self.blocks = row_blocks([matrix.shape for matrix in self.matrices], blocks)
        self.agreed = [padded_copy(matrix) for matrix in self.matrices]
        self.versions = [0] * len(self.blocks)
        self._corpora: dict[int, Corpus] = {}
        self._run: PortionRun | None = None
        self._uses: list[tuple[NDArray[np.float64], float]] | None = None

    # --- training

    def read(self, index: int, portion: Portion) -> None:
        """Read a portion, unless this has been done before."""
        if index not in self._corpora:
            params, vocabulary = self.model._corpus_params(), self.model._vocabulary()
            self._corpora[index] = portion.read(vocabulary, params, self.model.workers)

    def train(self, task: Task, *_: None) -> Report:
        """Train on some chunks of a portion that has been read (what else is given is not used: it
        may be the result of reading, without which nothing can be trained)."""
        begun = time.monotonic()
        corpus = self._corpora[task.portion]
        if not len(corpus.tokens):
            return Report(0, 1.0, task.loss, task.predictions, 0, 0, 0.0)
        if self._run is None or self._run.corpus is not corpus:
            self._run = PortionRun(self.model, corpus)
        run, end = self._run, task.next + task.chunks
        run.begin(task)
        control = Control(run.training.n_workers, task.next, end)

        def tick() -> None:
            if time.monotonic() - begun > task.seconds:
                control.pause()

        threads.run(lambda i: run.work(i, control), control.workers, control.stop, tick)
        next_ = min(control.next, end)
        done = min(next_ * CHUNK_TOKENS / len(corpus.tokens), 1.0)
        counts = control.total(0), control.total(1)
        return Report(next_, done, *run.loss(), *counts, time.monotonic() - begun)

    # --- merging

    def change(self, index: int) -> Matrix:
        """By how much the rows of a block have changed since the merge before."""
        block = self.blocks[index]
        return block.of(self.matrices) - block.of(self.agreed)

    def merge(self, index: int, round_: Round, *changes: Matrix) -> None:
        """Make what trainers have changed in a block into rows that all agree on."""
        block = self.blocks[index]
        base = block.of(self.agreed)
        base[:] = merged(base, changes, self._factors(block, round_))
        self.versions[index] = round_.number

    def rows(self, index: int) -> Matrix:
        """The rows of a block that all agreed on."""
        return self.blocks[index].of(self.agreed).copy()

    def adopt(self, index: int, version: int, rows: Matrix) -> None:
        """Take over the rows of a block that all agree on."""
        block = self.blocks[index]
        block.of(self.agreed)[:] = rows
        block.of(self.matrices)[:] = rows
        self.versions[index] = version

    def restore(self, index: int, version: int, rows: Matrix) -> None:
        """Go back to the agreed rows of the merge before: the merge that replaced them failed."""
        self.blocks[index].of(self.agreed)[:] = rows
        self.versions[index] = version

    def accept(self, version: int) -> None:
        """Agree with itself: it is alone.  Blocks that it has merged already stay as they are."""
        for index, block in enumerate(self.blocks):
            ours, agreed = block.of(self.matrices), block.of(self.agreed)
            if self.versions[index] == version:
                ours[:] = agreed
            else:
                agreed[:] = ours
            self.versions[index] = version

    def block_versions(self) -> list[int]:
        """For each block the round in which its agreed rows were merged."""
        return list(self.versions)

    def _factors(self, block: RowBlock, round_: Round) -> NDArray[np.float32] | float:
        """What the mean changes of the rows of a block are multiplied with."""
        if round_.ratio == 1:
            return 1.0
        if self._uses is None:
            run, most = self._run, 2.0 * self.model.window
            others = most if run is None else mean_other_words(run.corpus.offsets)
            self._uses = row_uses(self.model, others)
        uses, decay = self._uses[block.matrix]
        return row_factors(uses[block.start : block.stop] * round_.steps, decay, round_.ratio)


def matrices_of(model: Word2Vec) -> list[Matrix]:
    """What training changes: the vectors, and the weights of the output layers, whole rows."""
    rows = [model.wv.vectors, *(rows for _, rows in model._output_weights.items())]
    return [padded_rows(each) for each in rows]


def row_uses(model: Word2Vec, other_words: float) -> list[tuple[NDArray[np.float64], float]]:
    """How many steps each row of each of the matrices takes for every word trained on, and how far
    one of them takes it (:mod:`fastvec.cluster.merging`).

    ``other_words`` is what :func:`fastvec.models.sampling.mean_other_words` says of the text.
    """
    params, counts = model._training_params(), np.maximum(model._word_counts(), 1)
    use = expected_word_use(counts, params, other_words)
    uses: list[tuple[NDArray[np.float64], float]] = []
    targets = 0.0
    layers = [layer for layer, _ in model._output_weights.items()]
    for layer in layers:
        if layer is HIERARCHICAL_SOFTMAX:
            steps, depth = node_steps(huffman_paths(counts, model.wv.huffman_order), use)
            uses.append((steps.astype(np.float64), NODE_DECAY))
            targets += depth
        else:
            uses.append((noise_steps(counts, params, use).astype(np.float64), WORD_DECAY))
            targets += params.negative + 1
    return [(use.share * use.contexts * targets, WORD_DECAY), *uses]
