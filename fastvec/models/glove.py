"""GloVe: from a corpus or a matrix of counts to vectors, by AdaGrad on its entries.

The same cost as glove.c, the same steps, another order: the matrix is cut into tiles, whose words'
vectors the cache holds.  Tiles are trained on in random order, another one each epoch, and pairs
in random order within a tile.  Workers share the tiles so that no two of them ever change the
vectors of one word at a time (csrc/schedule.h): the result is the same for any number of them.

Imports corpus, cooccurrence, pairs, keyedvectors and formats; matrix, params, progress, simd,
threads and the native core.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, GloveTraining
from fastvec._util import threads
from fastvec._util.atomic import PathLike
from fastvec._util.matrix import LINE_BYTES, padded
from fastvec._util.options import check_value, names_of, params_from, refuse_unknown, set_options
from fastvec._util.progress import Progress
from fastvec._util.simd import simd
from fastvec._util.system import available_cores
from fastvec.corpus.corpus import TEXT, Corpus, for_a_file
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.pairs import Pairs, is_sparse
from fastvec.models.tiles import RIGHT
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    ReadOptions,
    VocabularyParams,
)
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

P, C = GloVeParams, CooccurrenceParams
Floats = NDArray[np.float32]

UNKNOWN, RARE_WORDS = "<unk>", 100
VECTOR, CONTEXT, VECTOR_SQUARES, CONTEXT_SQUARES = range(4)
STILL = 1e30  # a sum of squares that lets nothing move
STRIP_BYTES = 1 << 14  # records trained on together: half of a first-level cache
GROUP_BYTES = 1 << 24  # blocks of words trained on together: some third-level cache


class GloVe(GloVeParams, CooccurrenceParams, VocabularyParams, CorpusParams):
    """Word vectors by GloVe (Pennington, Socher & Manning 2014).

    Parameters
    ----------
    vector_size : int, default 100
        numbers in each vector.
    window, symmetric, distance_weighting, memory
        how pairs are counted: see :func:`fastvec.models.cooccurrence.cooccurrence`.
    min_count, max_vocab_size, max_final_vocab, sorted_vocab
        which words are kept: see :class:`fastvec.params.VocabularyParams`.
    tokens, lower, lines, errors, column, tmp
        how text is read: see :meth:`fastvec.Corpus.read`.
    x_max, alpha : float, default 100 and 0.75
        an entry x of the matrix has the weight min(1, (x / x_max)^alpha).  10 is often better for
        corpora below 10^9 words.
    eta : float, default 0.05
        learning rate of AdaGrad.
    epochs : int, default 25
        passes over the matrix.
    grad_clip : float, default 100
        no entry of a gradient is larger.
    combine : {"sum", "word", "context", "both"}
        vectors of :attr:`wv`: W + C, W, C, or W and C side by side (2 * vector_size numbers).
    unk : bool, default False
        append a word ``<unk>`` with the mean of the 100 rarest words' vectors, as glove.c does.
    mu : float, default 0.1
        with ``init``: how strongly words are held near their initial vectors (Mittens; Dingwall &
        Potts 2018); 0 only starts there.
    workers : int, default: one for each core that the process may use
        threads.  The result is the same for any number.
    seed : int, default 1
        the same seed gives the same bytes on the same instruction set.
    progress : bool, optional
        show progress bars; by default if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        the vectors.
    loss_history : list of float
        of each epoch, glove.c's cost: the mean over entries of f(x) (w.c + b + b' - log x)^2 / 2,
        each just before its step.

    Raises
    ------
    ValueError, TypeError
        one sentence with the name, the rule and the value.

    >>> model = GloVe(vector_size=8, min_count=1, epochs=5).fit([["a", "rose", "is", "a", "rose"]])
    >>> model.wv["rose"].shape
    (8,)
    """

    def __init__(
        self,
        vector_size: int = P.vector_size,
        window: int = C.window,
        x_max: float = P.x_max,
        alpha: float = P.alpha,
        eta: float = P.eta,
        epochs: int = P.epochs,
        *,
        workers: int = C.workers,
        seed: int = P.seed,
        symmetric: bool = C.symmetric,
        distance_weighting: bool = C.distance_weighting,
        grad_clip: float = P.grad_clip,
        combine: str = P.combine,
        unk: bool = P.unk,
        mu: float = P.mu,
        progress: bool | None = None,
        **reading: Unpack[ReadOptions],
    ) -> None:
        refuse_unknown(reading, VocabularyParams, CorpusParams)
        groups = (VocabularyParams, CorpusParams, CooccurrenceParams, GloVeParams)
        set_options(self, locals() | reading, *groups)
        self.progress = progress
        self.loss_history: list[float] = []
        self.pairs: Pairs | None = None
        self.words: Words | None = None
        self.counts: NDArray[np.int64] | None = None
        self._records: Floats | None = None  # (V, 4, stride): see csrc/glove.h
        self._prior: Floats | None = None  # (V, D): initial vectors, NaN where there is none
        self._wv: KeyedVectors | None = None
        self._params()
        params_from(VocabularyParams, self)
        params_from(CorpusParams, self)

    def _params(self) -> tuple[GloVeParams, CooccurrenceParams]:
        """The options as they stand now, checked."""
        glove, counting = params_from(GloVeParams, self), params_from(CooccurrenceParams, self)
        return glove, counting

    # --- training

    def fit(
        self,
        source: Any,
        vocabulary: Vocabulary | Iterable[str] | None = None,
        *,
        init: Any = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
    ) -> GloVe:
        """Train from the start.

        Parameters
        ----------
        source : Corpus, path, sentences, Pairs, or (V, V) matrix
            a matrix of counts is one of scipy.sparse, or a NumPy array of floats.  Everything else
            is a corpus (what :meth:`fastvec.Corpus.read` takes), which is counted first; a NumPy
            array of integers too: each row is a sentence of items.
        vocabulary : Vocabulary or words, optional
            with a matrix: the word of each row; without it words are called "0", "1", ...  With a
            corpus: a Vocabulary of the words to take, and no others.  Pairs have their words.
        init : KeyedVectors or mapping from words to vectors, optional
            vectors of vector_size numbers to start from; W and C start at half of each.  Words
            that are not in it start at random.  The model holds them near it with strength ``mu``.
        callbacks : iterable of CallbackAny2Vec
            called before and after each epoch; StopIteration ends the training.

        Returns
        -------
        GloVe
            the model itself.

        Raises KeyboardInterrupt on Ctrl-C, within a second; the model is left usable.
        """
        glove, _ = self._params()
        if isinstance(source, Pairs) and vocabulary is not None:
            raise TypeError("vocabulary must not be given with Pairs, which have their words")
        pairs = self._pairs(source, vocabulary)
        self._adopt(pairs)
        self._start(glove, init)
        self._train(pairs, glove, glove.epochs, tuple(callbacks))
        return self

    def train(
        self,
        source: Any = None,
        *,
        epochs: int | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
    ) -> GloVe:
        """Train on, for some more epochs: on the matrix of :meth:`fit`, or on another one.

        Ten epochs are the same as seven, then saving, loading, and three more.

        Parameters
        ----------
        source, optional
            as in :meth:`fit`, with the same words; needed after :meth:`load`, which does not bring
            the matrix.  Of a corpus the model's words are taken, and text is read as the first was
            (``tokens``, ``lower``; a function as ``tokens`` must be set again after :meth:`load`).
        epochs : int, optional
            default: the model's ``epochs``.

        Raises RuntimeError before fit or load, ValueError for a matrix of other words.
        """
        glove, _ = self._params()
        count = glove.epochs if epochs is None else epochs
        count = check_value("epochs", count, int, low=1)
        if self._records is None or self.words is None:
            raise RuntimeError("there is nothing to train on yet: call fit first")
        if source is None:
            if self.pairs is None:
                raise ValueError("train needs a source: a loaded model does not have its matrix")
            pairs = self.pairs
        else:
            counts = np.zeros(len(self.words), np.int64) if self.counts is None else self.counts
            pairs = self._pairs(source, Vocabulary(self.words, counts))
            if pairs.shape[0] != len(self.words):
                raise ValueError(
                    f"the matrix has {pairs.shape[0]} rows, the model {len(self.words)} words"
                )
            if pairs.words is not None and pairs.words != self.words:
                raise ValueError("the matrix has other words than the model")
        self.pairs = pairs
        self._train(pairs, glove, count, tuple(callbacks))
        return self

    def _pairs(self, source: Any, vocabulary: Vocabulary | Iterable[str] | None) -> Pairs:
        """Any source as pairs."""
        if isinstance(source, Pairs):
            return source
        if _is_matrix(source):
            return Pairs.from_scipy(source, *_names(vocabulary))
        if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
            raise TypeError("with a corpus, vocabulary must be a Vocabulary")
        _, counting = self._params()
        options: dict[str, Any] = {}
        if not isinstance(source, Corpus):  # which has been read as it was
            options = vars(params_from(VocabularyParams, self)) | vars(
                params_from(CorpusParams, self)
            )
        options |= {"memory": self.memory, "tmp": self.tmp}
        options |= {"workers": self.workers, "progress": self.progress}
        corpus = Corpus.read(source, vocabulary=vocabulary, **options)
        for name in TEXT:  # text that comes later is read as this was
            setattr(self, name, corpus.options.get(name, getattr(self, name)))
        return count_pairs(corpus, counting, tmp=self.tmp, progress=self.progress)

    def _adopt(self, pairs: Pairs) -> None:
        if self.unk and pairs.words is not None and pairs.words.integers:
            raise ValueError(f"unk must be False where words are integers: {UNKNOWN} is none")
        self.pairs = pairs
        self.words = pairs.words or Words.of(str(i) for i in range(pairs.shape[0]))
        self.counts = pairs.counts

    def _start(self, glove: GloVeParams, init: Any) -> None:
        """Fresh records: vectors and biases uniform in +-0.5 / (D + 1), squares 1, as glove.c."""
        assert self.words is not None
        size, count = glove.vector_size, len(self.words)
        records = _empty_records(count, size, glove.eta)
        generator = np.random.default_rng((glove.seed, 0))
        step = max(1, (1 << 21) // size)
        for at in range(0, count, step):
            rows = records[at : at + step]
            draws = generator.random((len(rows), 2, size + 1), np.float32)
            draws = (draws - np.float32(0.5)) / np.float32(size + 1)
            rows[:, VECTOR : CONTEXT + 1, :size] = draws[:, :, :size]
            rows[:, VECTOR, size] = draws[:, 0, size]
            rows[:, CONTEXT, size + 1] = draws[:, 1, size]
        self._prior = None
        if init is not None:
            self._prior = _given(init, self.words, size)
            known = np.isfinite(self._prior[:, 0])
            records[known, VECTOR, :size] = self._prior[known] / 2
            records[known, CONTEXT, :size] = self._prior[known] / 2
        self._records = records
        self._wv = None
        self.loss_history = []

    def _train(
        self, pairs: Pairs, glove: GloVeParams, epochs: int, callbacks: tuple[CallbackAny2Vec, ...]
    ) -> None:
        assert self._records is not None and self.words is not None
        if self.unk:
            _check_unknown(self.words)
        pairs = copy.copy(pairs)  # the core looks at these three once, whoever changes them later
        pairs.starts, pairs.tiles = pairs.starts.copy(), pairs.tiles.copy()
        pairs.offsets = pairs.offsets.copy()
        training = GloveTraining(
            self._records,
            pairs.pairs.view(np.uint64),
            pairs.starts,
            pairs.tiles,
            pairs.offsets,
            columns=glove.vector_size + 2,
            eta=glove.eta,
            clip=glove.grad_clip,
            alpha=glove.alpha,
            x_max=glove.x_max,
            strip_bits=_strip_bits(self._records),
            workers=self.workers or available_cores(),
            simd=simd(),
        )
        entries = pairs.nnz
        self._wv = None
        for callback in callbacks:
            callback.on_train_begin(self)
        with Progress("training", epochs * len(pairs.pairs), "pairs", self.progress) as bar:
            for epoch in range(epochs):
                for callback in callbacks:
                    callback.on_epoch_begin(self)
                self._epoch(training, pairs, entries, bar, epoch * len(pairs.pairs))
                try:
                    for callback in callbacks:
                        callback.on_epoch_end(self)
                except StopIteration:
                    break
        for callback in callbacks:
            callback.on_train_end(self)

    def _epoch(
        self, training: GloveTraining, pairs: Pairs, entries: int, bar: Progress, done: int
    ) -> None:
        assert self._records is not None
        generator = np.random.default_rng((self.seed, 1 + len(self.loss_history)))
        record_bytes = self._records[0].nbytes
        steps, blocks = epoch_order(pairs, record_bytes, generator)
        losses = np.zeros(len(steps))
        control = Control(training.n_workers)
        facts = {"loss": self.loss_history[-1]} if self.loss_history else {}
        training.start_epoch(steps, blocks, losses, int(generator.integers(1 << 63)))
        threads.run(
            lambda worker: training.run(worker, control),
            training.n_workers,
            control.stop,
            lambda: bar.update(done + control.total(), **facts),
        )
        loss = float(losses.sum()) / entries
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss is not finite in epoch {len(self.loss_history) + 1}: "
                f"lower eta (now {self.eta}) or grad_clip (now {self.grad_clip})"
            )
        if self._prior is not None and self.mu > 0:
            _pull(self._records, self._prior, self.mu * 2 * self.eta)
        self.loss_history.append(loss)
        self._wv = None

    # --- results

    @property
    def wv(self) -> KeyedVectors:
        """The vectors, as ``combine`` says; made when first asked for after training.

        Raises RuntimeError before fit or load, FloatingPointError if a number is not finite.
        """
        if self._wv is None:
            if self.words is None:
                raise RuntimeError("there are no vectors yet: call fit first")
            vectors = self._vectors()
            if not np.isfinite(vectors).all():
                raise FloatingPointError(f"the vectors are not finite: lower eta (now {self.eta})")
            words = self.words
            if self.unk:
                _check_unknown(words)
                words = Words.of([*words, UNKNOWN])
                vectors = np.vstack([vectors, vectors[-RARE_WORDS:].mean(axis=0, keepdims=True)])
            self._wv = KeyedVectors.of(words, vectors, self._all_counts())
        return self._wv

    def _all_counts(self) -> NDArray[np.int64] | None:
        """Counts of all words of wv: of <unk> 0."""
        if self.counts is None or not self.unk:
            return self.counts
        return np.append(self.counts, 0)

    def _vectors(self) -> Floats:
        if self.combine == "word":
            return self.word_vectors.copy()
        if self.combine == "context":
            return self.context_vectors.copy()
        if self.combine == "both":
            return np.hstack([self.word_vectors, self.context_vectors])
        both: Floats = self.word_vectors + self.context_vectors
        return both

    def _part(self, row: int, first: int, last: int) -> Floats:
        if self._records is None:
            raise RuntimeError("there are no vectors yet: call fit first")
        return self._records[:, row, first:last]

    @property
    def word_vectors(self) -> Floats:
        """W: (V, D), a view."""
        return self._part(VECTOR, 0, self.vector_size)

    @property
    def context_vectors(self) -> Floats:
        """C: (V, D), a view."""
        return self._part(CONTEXT, 0, self.vector_size)

    @property
    def word_biases(self) -> Floats:
        """b: (V,), a view."""
        return self._part(VECTOR, self.vector_size, self.vector_size + 1)[:, 0]

    @property
    def context_biases(self) -> Floats:
        """b': (V,), a view."""
        return self._part(CONTEXT, self.vector_size + 1, self.vector_size + 2)[:, 0]

    # --- files

    def save(self, path: PathLike) -> None:
        """Save the whole model, so that training can go on: one safetensors file.

        It also opens as vectors, with ``KeyedVectors.load``.  The matrix is not in it.

        >>> model.save("glove.safetensors")
        """
        wv, size = self.wv, self.vector_size
        assert self._records is not None and self.words is not None
        extra = {"records": self._records[:, :, : size + 2]}
        if self._prior is not None:
            extra["prior"] = self._prior
        state = for_a_file({name: getattr(self, name) for name in SAVED})
        save_vectors(
            path,
            words=wv.words,
            vectors=wv.vectors,
            counts=self._all_counts(),
            extra=extra,
            metadata={"parameters": state},
            kind="glove",
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        """What copy and pickle give back: they do not keep where rows begin, as training needs."""
        vars(self).update(state)
        if self._records is not None and self._records.ctypes.data % LINE_BYTES:
            count, kinds, stride = self._records.shape
            records = padded(count * kinds, stride).reshape(count, kinds, stride)
            records[:] = self._records
            self._records = records

    @classmethod
    def load(cls, path: PathLike) -> GloVe:
        """Load a model that :meth:`save` wrote.  ValueError, with the reason, for any other file.

        >>> GloVe.load("glove.safetensors").train("text.txt", epochs=5)
        GloVe<vocab=3, vector_size=4, epochs=1>
        """
        words, file = load_vectors(path, "glove")
        tensors, model = file.arrays, cls()
        try:
            state = file.metadata["parameters"]
            if isinstance(state["memory"], float):  # files from before 0.1.0: gigabytes
                state["memory"] = int(state["memory"] * 1e9)
            for name in SAVED:
                setattr(model, name, state[name])
        except (KeyError, ValueError, TypeError):
            raise file.damaged("its parameters are not complete") from None
        model._params()
        size, count = model.vector_size, len(words) - bool(model.unk)
        saved = file.array("records", "<f4", count, 4, size + 2)
        counts = tensors.get("counts")
        prior = file.array("prior", "<f4", count, size) if "prior" in tensors else None
        model.words = words.take(np.arange(count))
        model.counts = None if counts is None else np.array(counts[:count])
        model._records = _empty_records(count, size, model.eta)
        model._records[:, :, : size + 2] = saved
        model._prior = None if prior is None else np.array(prior)
        return model

    def __repr__(self) -> str:
        words = 0 if self.words is None else len(self.words)
        return f"GloVe<vocab={words}, vector_size={self.vector_size}, epochs={self.epochs}>"


SAVED = (
    *names_of(GloVeParams, CooccurrenceParams),
    *TEXT,
    "min_count",
    "loss_history",
)


def epoch_order(
    pairs: Pairs, record_bytes: int, generator: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """A random order of the tiles for one epoch, good for caches and for many workers.

    Blocks are put into groups that a third-level cache holds.  All tiles of two groups follow one
    another, by rows: so one block stays in the second-level cache, and the others in the third.
    Pairs of groups come in rounds, as in a tournament: if the groups have random numbers x and y
    below n, those with the same (x + y) mod n share no group, and many workers can run at once.

    Returns
    -------
    steps : (tiles,) int32
        tiles in order.
    blocks : (tiles, 2) int32
        what each step changes: block b's vectors have the number b, its context vectors too if the
        matrix is symmetric; else they are apart, as blocks + b.
    """
    rows, columns, sides = pairs.tiles.T
    n_blocks = len(pairs.starts) - 1
    widest = int(np.diff(pairs.starts).max())
    group = int(np.clip(GROUP_BYTES // (widest * record_bytes), 2, 64))
    n_groups = -(-n_blocks // group)

    def rounds(n: int, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int64]:
        numbers, turns = generator.permutation(n), generator.permutation(n)
        result: NDArray[np.int64] = turns[(numbers[a] + numbers[b]) % n]
        return result

    outer = rounds(n_groups, rows // group, columns // group)
    which = generator.permutation(n_groups**2)[rows // group * n_groups + columns // group]
    turn, other_turn = generator.permutation(n_blocks), generator.permutation(n_blocks)
    steps = np.lexsort((sides, other_turn[columns], turn[rows], which, outer)).astype(np.int32)

    changed = pairs.tiles[:, :2].copy()
    if not pairs.symmetric:
        right = sides == RIGHT
        changed[:, 0] = np.where(right, rows, columns)
        changed[:, 1] = np.where(right, columns, rows) + n_blocks
    return steps, np.ascontiguousarray(changed[steps])


def _empty_records(count: int, size: int, eta: float) -> Floats:
    """(count, 4, stride): zeros and ones, and what makes biases of two columns (csrc/glove.h)."""
    records = padded(count * 4, size + 2).reshape(count, 4, -1)
    records[:, VECTOR, size + 1] = records[:, CONTEXT, size] = 1
    records[:, VECTOR_SQUARES:] = 1
    records[:, VECTOR_SQUARES, size] = records[:, CONTEXT_SQUARES, size + 1] = eta * eta
    records[:, VECTOR_SQUARES, size + 1] = records[:, CONTEXT_SQUARES, size] = STILL
    return records


def _strip_bits(records: Floats) -> int:
    """How many rows are trained on together, as a power of two: what STRIP_BYTES hold."""
    return int(np.clip(int(STRIP_BYTES // records[0].nbytes).bit_length() - 1, 0, 4))


def _check_unknown(words: Words) -> None:
    """ValueError if <unk> cannot be appended."""
    if UNKNOWN in words:
        raise ValueError(f"the vocabulary has {UNKNOWN}: unk cannot append it")


def _is_matrix(source: Any) -> bool:
    """Whether a source is a matrix of counts.  Integers are items of a corpus, as everywhere."""
    if isinstance(source, np.ndarray):
        return source.ndim == 2 and source.dtype.kind == "f"
    return is_sparse(source)


def _names(
    vocabulary: Vocabulary | Iterable[str] | None,
) -> tuple[Words | None, NDArray[np.int64] | None]:
    if vocabulary is None:
        return None, None
    if isinstance(vocabulary, Vocabulary):
        return vocabulary.words, vocabulary.counts
    return (vocabulary if isinstance(vocabulary, Words) else Words.of(vocabulary)), None


def _given(init: Any, words: Words, size: int) -> Floats:
    """The initial vectors of words (V, D), NaN for words that have none."""
    prior = np.full((len(words), size), np.nan, np.float32)
    # Vectors find integers by their digits too, and would take a number for that of a row.
    names: Iterable[Any] = words if isinstance(init, KeyedVectors) else words.keys()
    for row, word in enumerate(names):
        if word not in init:
            continue
        vector = np.asarray(init[word], np.float32)
        if vector.shape != (size,):
            raise ValueError(
                f"initial vectors must have vector_size {size} numbers, got {vector.shape} for "
                f"{word!r}"
            )
        if not (np.abs(vector) < 1e6).all():
            raise ValueError(f"initial vectors must be finite and below 1e6, {word!r} is not")
        prior[row] = vector
    if np.isnan(prior).all():
        raise ValueError("init has none of the words of the matrix")
    return prior


def _pull(records: Floats, prior: Floats, step: float) -> None:
    """One AdaGrad step on mu |w + c - r|^2 (Dingwall & Potts 2018), with step = 2 mu eta.

    Once an epoch: then the gradients of an epoch add up to that of their cost.  The gradient is
    that of where the step ends, not of where it starts: so no mu is too large.
    """
    size = prior.shape[1]
    for at in range(0, len(prior), 4096):
        rows, wanted = records[at : at + 4096], prior[at : at + 4096]
        w, c = rows[:, VECTOR, :size], rows[:, CONTEXT, :size]
        w_squares, c_squares = rows[:, VECTOR_SQUARES, :size], rows[:, CONTEXT_SQUARES, :size]
        w_rate, c_rate = (np.float32(step) / np.sqrt(squares) for squares in (w_squares, c_squares))
        left = np.nan_to_num((w + c - wanted) / (1 + w_rate + c_rate))  # NaN: no initial vector
        w -= w_rate * left
        c -= c_rate * left
        change = np.square(np.float32(step) * left)
        w_squares += change
        c_squares += change
