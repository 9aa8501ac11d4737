"""GloVe: from a corpus or a matrix of counts to vectors, by AdaGrad on its entries.

The cost and the steps are those of glove.c, in another order: see :mod:`fastvec.models.glove_run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.class_calls import on_class_only
from fastvec._util.log import log_unsaved
from fastvec._util.options import (
    changed_options,
    check_value,
    params_from,
    refuse_unknown,
    set_options,
)
from fastvec._util.places import FileLike
from fastvec._util.progress import NEWS_SECONDS
from fastvec._util.undo import undone_on_error
from fastvec.corpus.build import read_corpus
from fastvec.corpus.corpus import WORD_OPTIONS, Corpus
from fastvec.corpus.sources import find_source
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.calls import CallOptions, run_call
from fastvec.models.checkpoint import SavedRun
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.glove_file import load_model, restore_rows, save_model
from fastvec.models.glove_run import GloVeRun
from fastvec.models.mittens import Prior, prior_vectors, start_from
from fastvec.models.pairs import Matrix, Pairs
from fastvec.models.plotting import Plotted
from fastvec.models.remarks import remark_on_glove
from fastvec.models.sparse_rows import is_sparse
from fastvec.models.training import all_finite, in_use
from fastvec.models.training_state import StateAttribute, TrainingState
from fastvec.models.validation import check_share, held_again
from fastvec.models.word_records import (
    CONTEXT,
    VECTOR,
    VECTOR_SQUARES,
    Records,
    aligned_records,
    random_records,
)
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    ReadOptions,
    VocabularyParams,
)
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Key, Words

P, C = GloVeParams, CooccurrenceParams
Floats = NDArray[np.float32]

#: The word that ``unk`` appends: its vector is the mean of those of this many rarest words.
UNKNOWN, RARE_WORDS = "<unk>", 100


@on_class_only("load", "resume")
class GloVe(GloVeParams, CooccurrenceParams, VocabularyParams, CorpusParams, Plotted):
    """Word vectors by GloVe (Pennington, Socher & Manning 2014).

    Parameters
    ----------
    vector_size : int, default 100
        numbers in each vector.
    window, symmetric, distance_weighting, memory
        how pairs are counted: see :func:`fastvec.cooccurrence`.
    min_count, max_vocab_size, max_final_vocab, sorted_vocab, trim_rule
        which words are kept: see :meth:`fastvec.Corpus.read`.
    tokens, lower, lines, errors, encoding, column, group, order, delimiter, header, tmp
        how text is read: see :meth:`fastvec.Corpus.read`.
    x_max, alpha : float, default 100 and 0.75
        an entry x of the matrix has the weight min(1, (x / x_max)^alpha).  For corpora of less than
        10^9 words an ``x_max`` of 10 is often better.
    eta : float, default 0.05
        learning rate of AdaGrad.
    epochs : int, default 25
        passes over the matrix.
    grad_clip : float, default 100
        each number of a gradient is clipped to this absolute value.
    combine : {"sum", "word", "context", "both"}
        which vectors :attr:`wv` has: W + C, W, C, or W and C side by side (2 * vector_size
        numbers).
    unk : bool, default False
        append a word ``<unk>`` with the mean of the 100 rarest words' vectors, as glove.c does.
    mu : float, default 0.1
        with ``init``: how strongly words are held near their initial vectors (Mittens; Dingwall &
        Potts 2018); with 0 they only start there.
    workers : int, default: one for each core that the process may use
        threads.  The result is the same for any number.
    seed : int, default 1
        the same seed gives the same bytes on the same instruction set.
    progress : bool, optional
        show progress bars; by default only if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        the vectors.
    loss_history : list of float
        for each epoch, the cost as glove.c prints it: the mean of f(x) (w.c + b + b' - log x)^2 / 2
        over the entries, each computed just before the step that it causes.
    validation_history, validation_epochs : list of float
        the same cost of entries that were held out, and after how many epochs it was that.
    training_state : TrainingState
        all that a saved model needs, besides its matrix, to continue training.

    Raises
    ------
    ValueError, TypeError
        an option out of range; the message has its name, the rule and the value.
    FloatingPointError
        a number is not finite any more.

    >>> model = GloVe(vector_size=8, min_count=1, epochs=5).fit([["a", "rose", "is", "a", "rose"]])
    >>> model.wv["rose"].shape
    (8,)
    """

    loss_history = StateAttribute[list[float]]()
    validation_history = StateAttribute[list[float]]()
    validation_epochs = StateAttribute[list[float]]()

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
        trim_rule = reading.pop("trim_rule", None)
        groups = (VocabularyParams, CorpusParams, CooccurrenceParams, GloVeParams)
        refuse_unknown(reading, *groups)
        set_options(self, locals() | reading, *groups)
        self.progress, self.trim_rule = progress, trim_rule
        self.training_state = TrainingState()
        self.pairs: Matrix | None = None
        self.words: Words | None = None
        self.counts: NDArray[np.int64] | None = None
        self._records: Records | None = None  # (V, 4, stride): see csrc/glove/kernels.h
        self._prior: Prior | None = None  # (V, D): initial vectors, NaN where there is none
        self._wv: KeyedVectors | None = None
        for group in groups:
            params_from(group, self)

    # --- training

    def fit(
        self,
        source: Any,
        vocabulary: Vocabulary | Iterable[Key] | None = None,
        *,
        init: Any = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation: float | None = None,
        validation_every: int | None = None,
        report_delay: float = NEWS_SECONDS,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
        engine: Any = None,
    ) -> GloVe:
        """Train from the start.

        Parameters
        ----------
        source : Corpus, path, sentences, Pairs, or (V, V) matrix
            a matrix of counts is a scipy.sparse matrix or a NumPy array of floats.  Everything
            else is a corpus, as :meth:`fastvec.Corpus.read` takes it, whose pairs are counted
            first; this includes NumPy arrays of integers, where each row is a sentence of items.
        vocabulary : Vocabulary, words, or mapping from words to rows, optional
            with a matrix: the word of each row; by default "0", "1", ...  With a corpus: a
            Vocabulary; words that it does not have are left out.  Pairs have their own words.
        init : KeyedVectors or mapping from words to vectors, optional
            vectors of ``vector_size`` numbers: W and C of a word start at half of its vector, and
            ``mu`` says how strongly W + C is held near it.  Other words start at random.
        callbacks : iterable of CallbackAny2Vec
            called before and after each epoch; StopIteration from ``on_epoch_end`` ends the
            training.
        validation : float, optional
            a share of the pairs, such as 0.01, which is held out of training, and on which the loss
            is computed after each epoch: see ``validation_history``.
        validation_every : int, optional
            compute it each time that so many pairs were trained on, too.
        report_delay, checkpoint, checkpoint_every
            as in :meth:`fastvec.Word2Vec.train`.
        engine : fastvec.RayEngine, optional
            count pairs and train on several machines: see :class:`fastvec.RayEngine`.

        Returns
        -------
        GloVe
            the model itself.

        Raises
        ------
        KeyboardInterrupt
            on Ctrl-C, within a second.  The model can be used: it has what it learned so far.
        RuntimeError
            another call of ``fit`` or ``train`` of this model is running, in another thread or, if
            this is a callback, in this one.
        """
        options = CallOptions(
            callbacks, report_delay, validation_every, checkpoint, checkpoint_every
        )
        held = None if validation is None else check_share(validation)
        params_from(GloVeParams, self)
        if isinstance(source, Pairs) and vocabulary is not None:
            raise TypeError("vocabulary must not be given with Pairs, which have their words")
        with in_use(self, "fit"):
            with undone_on_error(self):
                if engine is None:
                    self._set_pairs(self._pairs_of(source, vocabulary))
                else:
                    self._set_pairs(engine.spread_pairs(self, source, vocabulary))
                self._start(init)
                self.training_state.begin_call(self.epochs)
            self._train(held, options, engine=engine)
        return self

    def train(
        self,
        source: Any = None,
        *,
        epochs: int | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation: float | None = None,
        validation_every: int | None = None,
        report_delay: float = NEWS_SECONDS,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
        engine: Any = None,
    ) -> GloVe:
        """Continue training for some epochs, on the matrix of :meth:`fit` or on another one.

        Ten epochs give the same vectors as seven epochs, saving, loading, and three more epochs.

        Parameters
        ----------
        source, optional
            as in :meth:`fit`, with the same words; needed after :meth:`load` and by copies, which
            do not have the matrix.  Text is read with the options that the first text was read with
            (a function as ``tokens`` must be set again after :meth:`load`), and words that the
            model does not have are left out.
        epochs : int, optional
            default: the model's ``epochs``.
        callbacks, validation, validation_every, report_delay, checkpoint, checkpoint_every, engine
            as in :meth:`fit`.

        Raises
        ------
        RuntimeError
            before fit or load, and while another call trains this model.
        ValueError
            for a matrix of other words.
        """
        options = CallOptions(
            callbacks, report_delay, validation_every, checkpoint, checkpoint_every
        )
        held = None if validation is None else check_share(validation)
        params = params_from(GloVeParams, self)
        count = check_value("epochs", params.epochs if epochs is None else epochs, int, low=1)
        if self._records is None or self.words is None:
            raise RuntimeError("there is nothing to train on yet: call fit first")
        with in_use(self, "train"):
            if source is not None:
                with undone_on_error(self):
                    self.pairs = self._more_pairs(source, self.words, engine)
            elif self.pairs is None:
                raise ValueError("train needs a source: a loaded model does not have its matrix")
            self.training_state.begin_call(count)
            self._train(held, options, engine=engine)
        return self

    @classmethod
    def resume(
        cls,
        path: FileLike,
        source: Any,
        *,
        epochs: int | None = None,
        eta: float | None = None,
        grad_clip: float | None = None,
        workers: int | None = None,
        tokens: Callable[[str], Iterable[Any]] | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation_every: int | None = None,
        report_delay: float = NEWS_SECONDS,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
        progress: bool | None = None,
        engine: Any = None,
    ) -> GloVe:
        """Go on with a training from its checkpoint, to its end.

        On the same instruction set the result is the same, byte for byte, as without the
        interruption.

        Parameters
        ----------
        path : path
            what ``fit(checkpoint=...)`` or ``train`` has written.
        source
            the corpus or the matrix of that training.  Text is read, and its pairs are counted, as
            it was then.
        eta, grad_clip : float, optional
            default: as before.
        callbacks, validation_every, report_delay
            as in :meth:`fit`.  If pairs were held out for validation, the same ones are.
        epochs, workers, tokens, checkpoint, checkpoint_every, progress
            as in :meth:`fastvec.Word2Vec.resume`.
        engine : fastvec.RayEngine, optional
            if the training had one: an engine, with any number of trainers.

        Returns
        -------
        GloVe
            the trained model.  If the training had ended, it is not trained any more.

        Raises
        ------
        ValueError
            a source that is not the one of the checkpoint; a file that is no checkpoint, or
            damaged.

        >>> text = [["a", "rose", "is", "a", "rose"]]
        >>> model = GloVe(4, min_count=1, epochs=3).fit(text, checkpoint="run.ckpt")
        >>> len(GloVe.resume("run.ckpt", text, epochs=5).loss_history)
        5
        """
        model, file = load_model(cls, path)
        saved = SavedRun.of(file)
        model.progress = progress
        given = {"eta": eta, "grad_clip": grad_clip, "workers": workers, "tokens": tokens}
        vars(model).update({name: value for name, value in given.items() if value is not None})
        model._resume(
            saved,
            source,
            None if epochs is None else check_value("epochs", epochs, int, low=1),
            None,
            CallOptions.resumed(
                saved, callbacks, report_delay, validation_every, checkpoint, checkpoint_every
            ),
            engine,
        )
        return model

    def _resume(
        self,
        saved: SavedRun,
        source: Any,
        epochs: int | None,
        validation: float | None,
        options: CallOptions,
        engine: Any = None,
    ) -> None:
        """Go on with the training of a checkpoint, unless it has ended."""
        with in_use(self, "resume"):
            state = self.training_state
            state.resume_call(epochs)
            self.epochs = state.epochs_wanted if epochs is not None else self.epochs
            if not state.has_ended:
                assert self.words is not None
                self.pairs = self._more_pairs(source, self.words, engine, saved)
                self._train(held_again(state, validation), options, saved, engine)

    def _more_pairs(
        self, source: Any, words: Words, engine: Any = None, saved: SavedRun | None = None
    ) -> Matrix:
        """The pairs of a source, in the words that the model has."""
        counts = np.zeros(len(words), np.int64) if self.counts is None else self.counts
        vocabulary = Vocabulary(words, counts)
        if engine is None:
            pairs: Matrix = self._pairs_of(source, vocabulary)
        else:
            pairs = engine.spread_pairs(self, source, vocabulary, saved)
        if pairs.shape[0] != len(words):
            raise ValueError(f"the matrix has {pairs.shape[0]} rows, the model {len(words)} words")
        if pairs.words is not None and pairs.words != words:
            raise ValueError("the matrix has other words than the model")
        return pairs

    @staticmethod
    def _is_counted(source: Any) -> bool:
        """Whether a source is a matrix of counts; arrays of integers are corpora of items."""
        if isinstance(source, np.ndarray):
            return source.ndim == 2 and source.dtype.kind == "f"
        return isinstance(source, Pairs) or is_sparse(source)

    def _pairs_of(self, source: Any, vocabulary: Vocabulary | Iterable[Key] | None) -> Pairs:
        """The pairs of any source, which are counted if it is a corpus."""
        if isinstance(source, Pairs):
            return source
        if self._is_counted(source):
            return Pairs.from_scipy(source, *_words_and_counts(vocabulary))
        corpus = self._read_corpus(source, vocabulary)
        counting = params_from(CooccurrenceParams, self)
        return count_pairs(corpus, counting, tmp=self.tmp, progress=self.progress)

    def _read_corpus(self, source: Any, vocabulary: Vocabulary | Iterable[Key] | None) -> Corpus:
        """A corpus, read by the model's options unless it is one already."""
        if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
            raise TypeError("with a corpus, vocabulary must be a Vocabulary")
        corpus_params = params_from(CorpusParams, self)
        corpus = read_corpus(
            find_source(source, corpus_params),
            params_from(VocabularyParams, self),
            corpus_params,
            vocabulary=vocabulary,
            trim_rule=self.trim_rule,
            workers=self.workers,
            progress=self.progress,
        )
        for name in WORD_OPTIONS:  # later text is read as this text was
            setattr(self, name, corpus.options.get(name, getattr(self, name)))
        return corpus

    def _set_pairs(self, pairs: Matrix) -> None:
        """Take the words and counts of pairs, and keep them for training."""
        if self.unk and pairs.words is not None and pairs.words.integers:
            raise ValueError(f"unk must be False where words are integers: {UNKNOWN} is not one")
        self.pairs = pairs
        self.words = pairs.words or Words.of(str(i) for i in range(pairs.shape[0]))
        self.counts = pairs.counts

    def _start(self, init: Any) -> None:
        """Fresh records, and a fresh training state."""
        assert self.words is not None
        size, count = self.vector_size, len(self.words)
        records = random_records(count, size, self.eta, self.seed)
        self._prior = None
        if init is not None:
            self._prior = prior_vectors(init, self.words, size)
            start_from(records, self._prior)
        self._records, self._wv = records, None
        self.training_state = TrainingState()

    def _train(
        self,
        validation: float | None,
        options: CallOptions,
        saved: SavedRun | None = None,
        engine: Any = None,
    ) -> None:
        """Train on the pairs, from where the training state is."""
        params = params_from(GloVeParams, self)
        assert self._records is not None and self.words is not None and self.pairs is not None
        if self.unk:
            _check_unknown(self.words)
        self._wv = None
        if engine is not None:
            engine.train_glove(self, self.pairs, validation, options, saved)
        elif isinstance(self.pairs, Pairs):
            run = GloVeRun(self, self._records, self.pairs, params, validation)
            if saved is not None:
                saved.check(run)
                run.go_on(saved.arrays)
            run_call(self, run, validation, options, save_model)
        else:
            raise ValueError("the pairs are on a cluster: give the engine again, or a source")
        if self.training_state.train_count == 1 and self._prior is None:
            remark_on_glove(self, self._records, self.pairs)

    # --- results

    @property
    def wv(self) -> KeyedVectors:
        """The vectors that ``combine`` asks for; they are made at the first use after training.

        Raises RuntimeError before fit or load, FloatingPointError if a number is not finite.
        """
        if self._wv is None:
            words = self._wv_words()
            vectors = self._vectors(slice(None))
            self._check_finite()
            self._wv = KeyedVectors.of(words, vectors, self._wv_counts())
        return self._wv

    def _check_finite(self) -> None:
        """FloatingPointError if a number of the vectors is not finite."""
        assert self._records is not None
        if not all_finite(self._records[:, :VECTOR_SQUARES]):
            raise FloatingPointError(f"the vectors are not finite: lower eta (now {self.eta})")

    def _wv_words(self) -> Words:
        """The words of :attr:`wv`; RuntimeError if there are none yet."""
        if self.words is None:
            raise RuntimeError("there are no vectors yet: call fit first")
        if not self.unk:
            return self.words
        _check_unknown(self.words)
        return Words.of([*self.words, UNKNOWN])

    def _wv_counts(self) -> NDArray[np.int64] | None:
        """The counts of the words of :attr:`wv`; that of ``<unk>`` is 0."""
        if self.counts is None or not self.unk:
            return self.counts
        return np.append(self.counts, 0)

    def _vectors(self, rows: slice) -> Floats:
        """Some rows of the vectors of :attr:`wv`, as new arrays."""
        combined = self._combined(rows)
        last = len(self.word_vectors)
        if self.unk and (rows.stop is None or rows.stop > last):
            rare = self._combined(slice(max(last - RARE_WORDS, 0), last))
            return np.vstack([combined, rare.mean(axis=0, keepdims=True)])
        return combined

    def _combined(self, rows: slice) -> Floats:
        words, contexts = self.word_vectors[rows], self.context_vectors[rows]
        if self.combine == "word":
            return words.copy()
        if self.combine == "context":
            return contexts.copy()
        if self.combine == "both":
            return np.hstack([words, contexts])
        both: Floats = words + contexts
        return both

    def _columns(self, row: int, first: int, last: int) -> Floats:
        if self._records is None:
            raise RuntimeError("there are no vectors yet: call fit first")
        return self._records[:, row, first:last]

    @property
    def word_vectors(self) -> Floats:
        """The word vectors W: (V, D), a view."""
        return self._columns(VECTOR, 0, self.vector_size)

    @property
    def context_vectors(self) -> Floats:
        """The context vectors C: (V, D), a view."""
        return self._columns(CONTEXT, 0, self.vector_size)

    @property
    def word_biases(self) -> Floats:
        """The word biases b: (V,), a view."""
        return self._columns(VECTOR, self.vector_size, self.vector_size + 1)[:, 0]

    @property
    def context_biases(self) -> Floats:
        """The context biases b': (V,), a view."""
        return self._columns(CONTEXT, self.vector_size + 1, self.vector_size + 2)[:, 0]

    # --- files

    def save(self, fname_or_handle: FileLike) -> None:
        """Save the whole model, so that training can be continued.

        It is one file in the safetensors layout, which ``KeyedVectors.load`` opens too.  The matrix
        is not in it.  The file is a path, an address that fsspec knows (``s3://...``), or a file
        that is open for writing bytes.

        Raises
        ------
        FloatingPointError
            the numbers are not finite any more.
        ValueError
            an option was changed to a value with which the file could not be loaded.

        >>> model.save("glove.safetensors")
        """
        save_model(self, fname_or_handle)
        log_unsaved(self, GloVe())

    def _restore_rows(self, path: FileLike) -> None:
        """Go back to a state of this model that was saved."""
        restore_rows(self, path)

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles have everything but the matrix, as saved models do."""
        return vars(self) | {"pairs": None, "_used_by": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copied or pickled model: its rows must be aligned again for training."""
        vars(self).update(state)
        if self._records is not None:
            self._records = aligned_records(self._records)

    @classmethod
    def load(cls, fname: FileLike) -> GloVe:
        """Load a model that :meth:`save` wrote.

        Raises ValueError, with the reason, for any other file.

        >>> GloVe.load("glove.safetensors").train("text.txt", epochs=5)
        GloVe<vocab=3, vector_size=4, epochs=1>
        """
        return load_model(cls, fname)[0]

    def _repr_html_(self) -> str:
        return self.training_state.to_html(repr(self))

    def __repr__(self) -> str:
        words = 0 if self.words is None else len(self.words)
        shown = ("vector_size", "epochs", "workers", "memory")
        changed = changed_options(self, GloVeParams, CooccurrenceParams, but=shown)
        return (
            f"GloVe<vocab={words}, vector_size={self.vector_size}, epochs={self.epochs}{changed}>"
        )


def _check_unknown(words: Words) -> None:
    """ValueError if ``<unk>`` is a word already."""
    if UNKNOWN in words:
        raise ValueError(f"the vocabulary has {UNKNOWN}: unk cannot append it")


def _words_and_counts(
    vocabulary: Vocabulary | Iterable[Key] | None,
) -> tuple[Iterable[Key] | None, NDArray[np.int64] | None]:
    if isinstance(vocabulary, Vocabulary):
        return vocabulary.words, vocabulary.counts
    return vocabulary, None
