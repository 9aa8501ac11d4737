"""The output layers of Word2Vec: weights for each word, and for each node of a tree.

Each is a subclass of :class:`OutputLayer`, and ``LAYERS`` lists them.  The class says which
objectives train its weights, what happens to them when words change, and which tables the native
core needs.  CONTRIBUTING.md has the recipe for a new objective.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec import _core
from fastvec._core import BATCH_OBJECTIVES, WINDOWS_IN_BATCH
from fastvec._util.blas import sgemm
from fastvec._util.matrix import padded, padded_rows, picked_rows
from fastvec.models.huffman import Paths, huffman_paths
from fastvec.models.sampling import WordUse, noise_tables, noise_weights
from fastvec.params import Word2VecParams
from fastvec.words import Words

Matrix = NDArray[np.float32]

MOST_NOISE = 1 - 1e-9  # of a word among all noise words, which it is if there is no other word


@dataclass(frozen=True)
class LayerInput:
    """The vocabulary and the options that the tables of an output layer are made from.

    Attributes
    ----------
    params : Word2VecParams
    counts : (V,) int64 array
        how often each word occurred, at least 1.
    n_tokens : int
        words of the vocabulary in the corpus.
    huffman_order : (V,) int32 array
        see :func:`fastvec.models.huffman.huffman_order`.
    use : WordUse, optional
        how often each word is used; None with one worker, for which it is not needed.
    frozen : bool
        whether only a loss is computed, that of validation.
    """

    params: Word2VecParams
    counts: NDArray[np.int64]
    n_tokens: int
    huffman_order: NDArray[np.int32]
    use: WordUse | None
    frozen: bool = False


@dataclass(frozen=True)
class CoreLayer:
    """An output layer as the native core trains it.

    Attributes
    ----------
    layer : fastvec._core.OutputLayer
        weights and tables.
    targets : float
        how many output rows a prediction has, on average; 0 with one worker, for which it is not
        needed.
    """

    layer: _core.OutputLayer
    targets: float = 0.0


class OutputLayer(ABC):
    """Weights that some objectives train, and their tables."""

    #: these objectives
    losses: ClassVar[tuple[str, ...]]
    #: gensim's name of its weights
    gensim_name: ClassVar[str]
    #: the name of its weights in a file
    tensor: ClassVar[str]

    def is_used(self, params: Word2VecParams) -> bool:
        """Whether these options train it."""
        return not set(self.losses).isdisjoint(params.losses)

    @abstractmethod
    def n_rows(self, n_words: int) -> int:
        """The number of rows of its weights."""

    @abstractmethod
    def picks(self, old: Words, new: Words) -> NDArray[np.integer[Any]]:
        """Which old row each row has when the words change from ``old`` to ``new``; -1 for none."""

    @abstractmethod
    def for_core(self, weights: Matrix, given: LayerInput) -> CoreLayer:
        """The layer for the native core, with padded weights, which it changes, and its tables."""


class WordOutputs(OutputLayer):
    """A row for each word.

    Negative sampling (Mikolov et al. 2013) tells words from random noise words; the full softmax
    compares them with all words, and sampled softmax and NCE estimate it with noise words.
    """

    losses, gensim_name, tensor = ("ns", *BATCH_OBJECTIVES), "syn1neg", "outputs"

    def n_rows(self, n_words: int) -> int:
        """One row for each word."""
        return n_words

    def picks(self, old: Words, new: Words) -> NDArray[np.integer[Any]]:
        """Each word keeps its row."""
        return old.find_all(new)

    def for_core(self, weights: Matrix, given: LayerInput) -> CoreLayer:
        """The layer with alias tables of the noise words."""
        if given.params.loss in BATCH_OBJECTIVES:
            return CoreLayer(batch_outputs(weights, given.params.loss, given))
        counts, params = given.counts, given.params
        tables = noise_tables(counts, params, given.n_tokens)
        if given.use is None:
            return CoreLayer(_core.NegativeSampling(weights, tables, params.negative))
        steps = noise_steps(counts, params, given.use)
        layer = _core.NegativeSampling(weights, tables, params.negative, steps)
        return CoreLayer(layer, params.negative + 1)


def batch_outputs(weights: Matrix, loss: str, given: LayerInput) -> _core.BatchOutputs:
    """The layer of the full softmax, by which the others are validated, or of an estimate of it."""
    if given.frozen or loss == "softmax":
        return _core.BatchOutputs(weights, "softmax", np.zeros(len(weights), np.float32), sgemm())
    noise = noise_weights(given.counts, given.params)
    noise, negative = noise / noise.sum(), given.params.negative
    if loss == "nce":
        corrections = -np.log(negative * noise * len(noise))  # Z is right where all scores are 0
    else:  # the probability of being drawn, once or more often
        drawn = negative * WINDOWS_IN_BATCH
        corrections = -np.log(-np.expm1(drawn * np.log1p(-np.minimum(noise, MOST_NOISE))))
    return _core.BatchOutputs(
        weights,
        loss,
        corrections.astype(np.float32),
        sgemm(),
        noise_tables(given.counts, given.params, 0),
        negative,
    )


class HierarchicalSoftmax(OutputLayer):
    """Hierarchical softmax (Morin & Bengio 2005): each word is a path in a Huffman tree.

    The weights have a row for each inner node, from the root down, level by level, and from left to
    right within a level.
    """

    losses, gensim_name, tensor = ("hs",), "syn1", "nodes"

    def n_rows(self, n_words: int) -> int:
        """One row for each inner node."""
        return max(n_words - 1, 0)

    def picks(self, old: Words, new: Words) -> NDArray[np.integer[Any]]:
        """Each node keeps its row, since the known words keep their positions in the tree."""
        picks = np.arange(self.n_rows(len(new)))
        picks[self.n_rows(len(old)) :] = -1
        return picks

    def for_core(self, weights: Matrix, given: LayerInput) -> CoreLayer:
        """The layer with the paths of the words."""
        paths = huffman_paths(given.counts, given.huffman_order)
        if given.use is None:
            return CoreLayer(_core.HierarchicalSoftmax(weights, paths))
        steps, depth = node_steps(paths, given.use)
        return CoreLayer(_core.HierarchicalSoftmax(weights, paths, steps), depth)


def noise_steps(
    counts: NDArray[np.int64], params: Word2VecParams, use: WordUse
) -> NDArray[np.float32]:
    """How many steps the output row of each word takes for every word trained on."""
    noise = noise_weights(counts, params)
    drawn = params.negative * noise / noise.sum()
    steps: NDArray[np.float32] = ((use.share + drawn) * use.steps_per_target).astype(np.float32)
    return steps


def node_steps(paths: Paths, use: WordUse) -> tuple[NDArray[np.float32], float]:
    """How many steps each inner node takes for every word trained on, and the mean path length."""
    offsets, nodes, _ = paths
    lengths = np.diff(offsets)
    n_nodes = max(len(lengths) - 1, 1)
    passed = np.bincount(nodes[: offsets[-1]], np.repeat(use.share, lengths), n_nodes)
    steps = (passed * use.steps_per_target).astype(np.float32)
    return steps, float((use.share * lengths).sum())


WORD_OUTPUTS, HIERARCHICAL_SOFTMAX = WordOutputs(), HierarchicalSoftmax()
LAYERS: tuple[OutputLayer, ...] = (WORD_OUTPUTS, HIERARCHICAL_SOFTMAX)


def check_objectives(params: Word2VecParams, kind: str, allowed: Sequence[str]) -> None:
    """ValueError for objectives that contradict one another, or that a kind of model does not
    have."""
    loss = params.loss
    if loss is not None and loss not in allowed:
        raise ValueError(f"loss must be {' or '.join(allowed)} for {kind}, got {loss!r}")
    if params.hs and loss not in (None, "hs"):
        raise ValueError(f"hs=1 is another objective than loss={loss!r}: leave one of them out")
    if params.negative == 0 and not params.hs and loss not in ("hs", "softmax"):
        objective = "hs is 0" if loss is None else f"loss is {loss!r}"
        raise ValueError(f"negative must be at least 1 when {objective}, got 0")
    if loss in BATCH_OBJECTIVES and not params.shared_negatives:
        raise ValueError(
            f"shared_negatives=False is only for negative sampling, not for loss={loss!r}"
        )
    if params.deterministic:
        check_deterministic(params)


def check_deterministic(params: Word2VecParams) -> None:
    """ValueError for a model that has no deterministic training by several workers."""
    if not set(params.losses) <= {"ns", "hs"}:
        raise ValueError(
            f"deterministic=True is not for loss={params.loss!r}: train with workers=1, which "
            "always gives the same vectors"
        )
    if params.sg and len(params.losses) > 1 and not params.shared_negatives:
        raise ValueError(
            f"deterministic=True with sg=1, hs=1 and negative={params.negative} needs "
            "shared_negatives=True, or negative=0"
        )


class OutputWeights:
    """The weights of the output layers that a model has, and the words that they belong to.

    >>> weights = OutputWeights(Words.of(["a", "b"]), 4)
    >>> weights.set(WORD_OUTPUTS, np.ones((2, 4)))
    >>> weights.sync(Words.of(["b", "new"]))
    >>> weights.get(WORD_OUTPUTS)[:, 0]
    array([1., 0.], dtype=float32)
    """

    def __init__(self, words: Words, vector_size: int) -> None:
        self.words = words
        self.vector_size = vector_size
        self._matrices: dict[str, Matrix] = {}

    def get(self, layer: OutputLayer) -> Matrix | None:
        """The (rows, vector_size) weights of a layer; None if it has none yet."""
        return self._matrices.get(layer.tensor)

    def set(self, layer: OutputLayer, rows: ArrayLike, name: str | None = None) -> None:
        """Replace the weights of a layer; ValueError, with a name, if their shape is another."""
        name, count = name or layer.gensim_name, layer.n_rows(len(self.words))
        self._matrices[layer.tensor] = padded_view(name, rows, count, self.vector_size)

    def items(self) -> list[tuple[OutputLayer, Matrix]]:
        """The layers that have weights, with these."""
        return [(layer, rows) for layer in LAYERS if (rows := self.get(layer)) is not None]

    def sync(self, words: Words) -> None:
        """Rearrange the weights for other words; rows that are new are zero."""
        if words is self.words:
            return
        if words != self.words:
            for layer, rows in self.items():
                picked = picked_rows(rows, layer.picks(self.words, words))
                self._matrices[layer.tensor] = picked[:, : self.vector_size]
        self.words = words

    def prepare(self, params: Word2VecParams) -> None:
        """Make all weights ready for training with these options.

        Layers that have no weights yet get zeros, and all weights become views of padded matrices
        again, which copying and pickling do not preserve.
        """
        for layer in LAYERS:
            rows = self.get(layer)
            if rows is None and layer.is_used(params):
                count = layer.n_rows(len(self.words))
                rows = padded(count, self.vector_size)[:, : self.vector_size]
            if rows is not None:
                self.set(layer, rows)


def padded_view(name: str, rows: ArrayLike, count: int, size: int) -> Matrix:
    """The rows as a view of a padded matrix: themselves if they are one already, or a copy.

    Raises ValueError, with the name, unless they are numbers of shape (count, size).
    """
    rows = np.asarray(rows)
    if rows.shape != (count, size) or rows.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} must be numbers of shape ({count}, {size}), got {rows.dtype} of {rows.shape}"
        )
    matrix = padded_rows(rows)
    return rows if np.shares_memory(matrix, rows) else matrix[:, :size]
