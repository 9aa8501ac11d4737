"""WindowNetwork: what models have in common that are networks on windows of a text.

It has the words and their vectors, further matrices by name, and the calls around training; a
subclass has the options, reads texts, and has the first values of its matrices and the run of the
native core.
"""

from __future__ import annotations

import copy
import numbers
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.class_calls import on_class_only
from fastvec._util.log import log, log_unsaved
from fastvec._util.matrix import padded, padded_copy
from fastvec._util.options import (
    Params,
    changed_options,
    check_value,
    params_from,
    refuse_unknown,
    set_options,
)
from fastvec._util.places import FileLike, name_of
from fastvec._util.progress import NEWS_SECONDS
from fastvec._util.undo import undone_on_error
from fastvec.corpus.build import read_corpus
from fastvec.corpus.corpus import WORD_OPTIONS, Corpus
from fastvec.corpus.sources import find_source
from fastvec.corpus.vocabulary import TrimRule, Vocabulary
from fastvec.models import window_network_file as files
from fastvec.models.callbacks import CallbackAny2Vec, check_callbacks
from fastvec.models.calls import CallOptions, ValidatedRun, run_call
from fastvec.models.checkpoint import SavedRun
from fastvec.models.plotting import Plotted
from fastvec.models.training import all_finite, in_use
from fastvec.models.training_state import StateAttribute, TrainingState
from fastvec.models.validation import check_share, held_again
from fastvec.params import CorpusParams, VocabularyParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

Floats = NDArray[np.float32]


class NetworkRun(ValidatedRun, Protocol):
    """A run that says what it is validated on."""

    validation: float | Corpus | None


@on_class_only("load", "resume")
class WindowNetwork(VocabularyParams, CorpusParams, Plotted, ABC):
    """What a network on windows inherits; its own docstring describes options and attributes."""

    #: the kind of its files, and its options besides those of reading text
    _kind: ClassVar[str]
    _params_class: ClassVar[type[Params]]
    #: vectors that it has behind those of the words
    _more_vectors: ClassVar[int]

    loss_history = StateAttribute[list[float]]()
    validation_history = StateAttribute[list[float]]()
    validation_epochs = StateAttribute[list[float]]()
    epochs_trained = StateAttribute[int]()
    total_train_time = StateAttribute[float]()

    words: Words | None
    counts: NDArray[np.int64]
    #: views (rows, columns) of padded ones: ``vectors``, and what else there is
    _matrices: dict[str, Floats]

    vector_size: int
    alpha: float
    epochs: int
    seed: int
    workers: int

    @abstractmethod
    def __init__(self, **options: Any) -> None:
        """Take the options, by their names."""

    def _set_up(
        self, given: Mapping[str, Any], reading: Mapping[str, Any], trim_rule: TrimRule | None
    ) -> None:
        """Take the arguments of a constructor, check the options, and train if there is a text."""
        refuse_unknown(reading, *self._groups())
        set_options(self, {**given, **reading}, *self._groups())
        self.progress: bool | None = given["progress"]
        self.vocabulary: Vocabulary | None = given["vocabulary"]
        self.trim_rule = trim_rule
        self.training_state = TrainingState()
        self.words, self.counts = None, np.zeros(0, np.int64)
        self._matrices = {}
        self._wv: KeyedVectors | None = None
        self._corpus: Corpus | None = None  # what was trained on
        self._check_options()
        callbacks, validation = check_callbacks(given["callbacks"]), given["validation"]
        if given["sentences"] is not None:
            self.train(given["sentences"], callbacks=callbacks, validation=validation)
        elif callbacks or validation is not None:
            what = "callbacks are" if callbacks else "validation is"
            log.warning("%s not kept: without a text, give them to train", what)

    @classmethod
    def _groups(cls) -> tuple[type[Params], ...]:
        return cls._params_class, VocabularyParams, CorpusParams

    def _check_options(self) -> None:
        """ValueError or TypeError for an option out of range, or one that the network that was made
        by it does not fit any more."""
        for group in self._groups():
            params_from(group, self)
        shapes = self._all_shapes() if self._matrices else {}
        for name, shape in shapes.items():
            if self._matrices[name].shape != shape:
                raise ValueError(
                    f"{name} are of shape {self._matrices[name].shape}, and by the options they "
                    f"would be of {shape}: options of the network's size cannot change after train"
                )

    # --- what a subclass has

    @abstractmethod
    def _shapes(self) -> dict[str, tuple[int, int]]:
        """The shapes of its matrices besides the vectors."""

    @abstractmethod
    def _set_first_values(self, generator: np.random.Generator) -> None:
        """Fill all matrices, which are zero."""

    @abstractmethod
    def _new_run(self, corpus: Corpus, validation: float | Corpus | None) -> NetworkRun:
        """A call of ``train`` on a corpus."""

    @abstractmethod
    def _corpus_of(self, sentences: Any) -> Corpus:
        """A text in the words of the model, which it chooses if it has none yet."""

    # --- training

    def train(
        self,
        sentences: Any = None,
        *,
        epochs: int | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation: Any = None,
        validation_every: int | None = None,
        report_delay: float = NEWS_SECONDS,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
    ) -> Self:
        """Train for some epochs; the first call chooses the words.

        Parameters
        ----------
        sentences, optional
            as in the class; default: the text of the call before.
        epochs : int, optional
            default: the model's ``epochs``.
        callbacks, validation, validation_every, report_delay, checkpoint, checkpoint_every
            as in :meth:`fastvec.Word2Vec.train`.

        Returns
        -------
        Self
            the model itself.

        Raises
        ------
        KeyboardInterrupt
            on Ctrl-C, within a second.  The model can be used: it has what it learned so far.
        RuntimeError
            another call trains this model.

        """
        options = CallOptions(
            callbacks, report_delay, validation_every, checkpoint, checkpoint_every
        )
        self._check_options()
        count = check_value("epochs", self.epochs if epochs is None else epochs, int, low=1)
        with in_use(self, "train"):
            with undone_on_error(self):
                self._corpus = self._text_of(sentences)
                if self.words is None:
                    self._begin(self._corpus)
                run = self._new_run(self._corpus, self._validation_of(validation))
                self.training_state.begin_call(count)
            self._run(run, options)
        return self

    @classmethod
    def resume(
        cls,
        path: FileLike,
        sentences: Any,
        *,
        epochs: int | None = None,
        alpha: float | None = None,
        min_alpha: float | None = None,
        workers: int | None = None,
        tokens: Callable[[str], Iterable[Any]] | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation: Any = None,
        validation_every: int | None = None,
        report_delay: float = NEWS_SECONDS,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
        progress: bool | None = None,
    ) -> Self:
        """Go on with a training from its checkpoint, to its end.

        With one worker and on the same machine the result is the same, byte for byte, as without
        the interruption.

        Parameters
        ----------
        path : path
            what ``train(checkpoint=...)`` has written.
        sentences
            the text of that training.  It is read as it was then.
        alpha, min_alpha : float, optional
            learning rate at the start and at the end of the whole training; default: as before.
        epochs, workers, tokens, callbacks, validation, validation_every, report_delay, checkpoint,
        checkpoint_every, progress
            as in :meth:`fastvec.Word2Vec.resume`.

        Returns
        -------
        Self
            the trained model.  If the training had ended, it is not trained any more.

        Raises
        ------
        ValueError
            a text that is not the one of the checkpoint; a file that is no checkpoint, or damaged.

        """
        model, file = files.load_model(cls, path)
        saved = SavedRun.of(file)
        model.progress = progress
        given = {"alpha": alpha, "min_alpha": min_alpha, "workers": workers, "tokens": tokens}
        given = {name: value for name, value in given.items() if value is not None}
        refuse_unknown(given, *cls._groups())
        vars(model).update(given)
        options = CallOptions.resumed(
            saved, callbacks, report_delay, validation_every, checkpoint, checkpoint_every
        )
        count = None if epochs is None else check_value("epochs", epochs, int, low=1)
        model._resume(saved, sentences, count, validation, options)
        return model

    def _resume(
        self,
        saved: SavedRun,
        sentences: Any,
        epochs: int | None,
        validation: Any,
        options: CallOptions,
    ) -> None:
        """Go on with the training of a checkpoint, unless it has ended."""
        self._check_options()
        with in_use(self, "resume"):
            state = self.training_state
            state.resume_call(epochs)
            self.epochs = state.epochs_wanted if epochs is not None else self.epochs
            if not state.has_ended:
                held = self._validation_of(held_again(state, validation))
                self._corpus = self._text_of(sentences)
                run = self._new_run(self._corpus, held)
                saved.check(run)
                self._run(run, options)

    def _run(self, run: NetworkRun, options: CallOptions) -> None:
        """Train on a corpus, from where the training state is."""
        try:
            run_call(self, run, run.validation, options, files.save_model)
        finally:
            self.wv.forget_norms()

    def _text_of(self, sentences: Any) -> Corpus:
        """A text, by default that of the call before."""
        if sentences is not None:
            return self._corpus_of(sentences)
        if self._corpus is None:
            raise ValueError("train needs a text, which models that are loaded do not have")
        return self._corpus

    def _read(self, sentences: Any, params: VocabularyParams, **more: Any) -> Corpus:
        """A text, read by the options of the model."""
        corpus_params = params_from(CorpusParams, self)
        return read_corpus(
            find_source(sentences, corpus_params),
            params,
            corpus_params,
            trim_rule=self.trim_rule,
            workers=self.workers,
            progress=self.progress,
            **more,
        )

    def _validation_of(self, validation: Any) -> float | Corpus | None:
        """What to validate on: a share of the text, or other text, read into the model's words."""
        if validation is None or isinstance(validation, numbers.Real):
            return None if validation is None else check_share(validation)
        return self._corpus_of(validation)

    def _begin(self, corpus: Corpus) -> None:
        """The words of a corpus, and a fresh network for them."""
        self.words, self.counts = corpus.vocabulary.words, corpus.vocabulary.counts
        self._wv = None
        for name in WORD_OPTIONS:  # later text is read as this text was
            setattr(self, name, corpus.options.get(name, getattr(self, name)))
        self._make_matrices()
        self._set_first_values(np.random.default_rng(self.seed))

    def _matrix(self, name: str) -> Floats:
        """A matrix, if there is one already."""
        if self.words is None:
            raise RuntimeError("there is no network yet: call train first")
        return self._matrices[name]

    def _make_matrices(self) -> None:
        """Make all matrices, with zeros, in the layout that the kernels need."""
        self._matrices = {
            name: padded(*shape)[:, : shape[1]] for name, shape in self._all_shapes().items()
        }

    def _all_shapes(self) -> dict[str, tuple[int, int]]:
        """The shapes of all matrices."""
        assert self.words is not None
        rows = len(self.words) + self._more_vectors
        return {"vectors": (rows, self.vector_size), **self._shapes()}

    # --- results

    @property
    def wv(self) -> KeyedVectors:
        """The vectors of the words, as they are in the network.

        Raises RuntimeError before :meth:`train` or :meth:`load`.
        """
        if self.words is None:
            raise RuntimeError("there are no vectors yet: call train first")
        if self._wv is None:
            rows = self._matrices["vectors"][: len(self.words)]
            self._wv = KeyedVectors.of(self.words, rows, self.counts)
        return self._wv

    def _is_finite(self) -> bool:
        return all(map(all_finite, self._matrices.values()))

    # --- files

    def save(self, fname_or_handle: FileLike) -> None:
        """Save the whole model, so that training can be continued.

        It is one file in the safetensors layout, which ``KeyedVectors.load`` opens too.  The file
        is a path, an address that fsspec knows (``s3://...``), or a file that is open for writing
        bytes.

        Raises
        ------
        RuntimeError
            before :meth:`train` or :meth:`load`.
        ValueError
            an option was changed to a value with which the file could not be loaded.
        FloatingPointError
            the numbers are not finite any more, because the learning rate was too high.
        """
        files.save_model(self, fname_or_handle)
        log_unsaved(self, type(self)())
        log.info("saved %r to %s", self, name_of(fname_or_handle))

    @classmethod
    def load(cls, fname: FileLike) -> Self:
        """Load a model that :meth:`save` wrote.

        Raises ValueError, with the reason, for any other file.
        """
        return files.load_model(cls, fname)[0]

    def _restore_rows(self, path: FileLike) -> None:
        """Go back to a state of this model that was saved."""
        files.restore_rows(self, path)

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles have everything but the text, as saved models do."""
        return vars(self) | {"_corpus": None, "_wv": None, "_used_by": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copied or pickled model: its rows must be aligned again for training."""
        vars(self).update(state)
        self.training_state = copy.deepcopy(self.training_state)
        self._matrices = {
            name: padded_copy(rows)[:, : rows.shape[1]] for name, rows in self._matrices.items()
        }

    def _repr_html_(self) -> str:
        return self.training_state.to_html(repr(self))

    def __repr__(self) -> str:
        words = 0 if self.words is None else len(self.words)
        changed = changed_options(self, self._params_class, but=("vector_size", "workers"))
        return f"{type(self).__name__}<vocab={words}, vector_size={self.vector_size}{changed}>"
