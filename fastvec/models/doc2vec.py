"""Doc2Vec, with gensim's interface: vectors of documents (Le and Mikolov 2014, "Distributed
Representations of Sentences and Documents").

It is a Word2Vec with rows for documents, which are inputs besides the words, or instead of them.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.gensim_names import missing_from_module
from fastvec._util.log import log
from fastvec._util.matrix import padded, padding_of, picked_rows, random_rows
from fastvec._util.options import changed_options, check_value, params_from
from fastvec._util.places import FileLike
from fastvec._util.system import available_cores
from fastvec._util.undo import undone_on_error
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import Source
from fastvec.corpus.vocabulary import NoWordsError
from fastvec.io.container import Container
from fastvec.models import from_gensim
from fastvec.models.callbacks import CallbackAny2Vec, check_callbacks
from fastvec.models.doc2vec_file import (
    DOCUMENTS,
    load_documents,
    mapped_rows,
    save_documents,
)
from fastvec.models.doc2vec_run import Doc2VecRun, Inference
from fastvec.models.output_layers import padded_view
from fastvec.models.tags import DocumentSource, TaggedCorpus, Tags, find_documents
from fastvec.models.training import all_finite
from fastvec.models.word2vec import Word2Vec
from fastvec.models.word2vec_file import restore_rows
from fastvec.models.word2vec_words import one_source
from fastvec.params import Doc2VecParams, RowParams, VocabularyParams, Word2VecParams
from fastvec.sentences import TaggedDocument, TaggedLineDocument
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.norms import cosine
from fastvec.words import Words, concatenate_words, not_one_string

__all__ = ["Doc2Vec", "TaggedDocument", "TaggedLineDocument"]


class Doc2Vec(Word2Vec):
    """Vectors of documents: PV-DM (``dm=1``) or PV-DBOW (``dm=0``).

    With ``documents`` or ``corpus_file`` the model is trained at once; without them, call
    :meth:`build_vocab` and then :meth:`train`.  Names and defaults are those of gensim 4.

    Parameters
    ----------
    documents : iterable of TaggedDocument, or whatever else :meth:`fastvec.Corpus.read` takes
        each document is a list of words and a list of tags: integers, which are the numbers of
        rows from 0 on, or strings.  Without tags each line, row or list of words is a document,
        whose tag is its number.
    corpus_file : path, optional
        the same as giving the path as ``documents``: a document on each line.
    vector_size : int, default 100
        numbers in each vector.
    dm_mean : {0, 1}, optional
        with ``dm=1``: 1 (default) for the mean of the vectors of document and context words, 0 for
        their sum.
    dm : {0, 1}, default 1
        1 predicts each word from its document and its context words together (PV-DM), 0 from the
        document alone (PV-DBOW).
    dbow_words : {0, 1}, default 0
        with ``dm=0``: 1 trains the vectors of words too, by skip-gram; 0 leaves them as they began.
    dm_concat, dm_tag_count
        only 0 and 1, the defaults: PV-DM with concatenated vectors is not there.
    dv : KeyedVectors, optional
        vectors of documents that are there already: those with the same tags begin with them.
    dv_mapfile : path, optional
        keep the vectors of documents in this file, mapped into memory, which may be smaller.
    comment, trim_rule, callbacks, window, epochs (default 10), shrink_windows
        as for :class:`Word2Vec`.
    tag_column : str, optional
        the column of a table that has the tag of each row; ``column`` names that of the texts.
    **options
        all others of :class:`Word2Vec`, but ``sg`` and ``cbow_mean``.

    Attributes
    ----------
    wv, dv : KeyedVectors
        the vectors of words, and of documents by their tags.

    Raises
    ------
    ValueError, TypeError
        an option out of range, or tags that are neither strings nor integers; the message has the
        name, the rule and the value.

    >>> documents = [TaggedDocument(["cat", "sat"], [0]), TaggedDocument(["dog", "ran"], [1])]
    >>> model = Doc2Vec(documents * 50, vector_size=8, min_count=1)
    >>> model.dv[1].shape, model.infer_vector(["dog"]).shape
    ((8,), (8,))
    """

    _kind = "Doc2Vec"
    _losses: ClassVar[tuple[str, ...]] = ("ns", "hs")
    dv: KeyedVectors

    def __init__(
        self,
        documents: Any = None,
        corpus_file: Any = None,
        vector_size: int = Word2VecParams.vector_size,
        dm_mean: int | None = None,
        dm: int = 1,
        dbow_words: int = 0,
        dm_concat: int = 0,
        dm_tag_count: int = 1,
        dv: KeyedVectors | None = None,
        dv_mapfile: PathLike | None = None,
        comment: str | None = None,
        trim_rule: Any = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        window: int = Word2VecParams.window,
        epochs: int = 10,
        shrink_windows: bool = Word2VecParams.shrink_windows,
        *,
        tag_column: str | None = None,
        **options: Any,
    ) -> None:
        own = Doc2VecParams(dm, 1 if dm_mean is None else dm_mean, dbow_words, tag_column)
        self.dbow_words, self.tag_column = own.dbow_words, own.tag_column
        if dm_concat or dm_tag_count != 1:
            raise ValueError("dm_concat and dm_tag_count are not there: use dm_mean=1 or dm_mean=0")
        for name, instead in (("sg", "dm"), ("cbow_mean", "dm_mean")):
            if name in options:
                raise TypeError(f"{name} is an option of Word2Vec: use {instead}")
        self._validation_of(options.get("validation"))
        self.dv_mapfile = dv_mapfile
        self.dv = KeyedVectors(0)
        super().__init__(
            vector_size=vector_size,
            sg=1 - own.dm,
            cbow_mean=own.dm_mean,
            comment=comment,
            trim_rule=trim_rule,
            window=window,
            epochs=epochs,
            shrink_windows=shrink_windows,
            **options,
        )
        if self.deterministic:
            raise ValueError("deterministic=True is not for documents: train with workers=1")
        self.dv, self._numbered = KeyedVectors(self.vector_size), True
        self._given = dv is not None
        if dv is not None:
            self._take_documents(dv)
        callbacks = check_callbacks(callbacks)
        self._inference: Inference | None = None
        source = one_source(documents, corpus_file)
        if source is not None:
            self.build_vocab(source)
            self.train(callbacks=callbacks)
        elif callbacks:
            log.warning("callbacks are not kept: without documents, give them to train")

    # --- options

    @property
    def dm(self) -> bool:
        """Whether this is PV-DM."""
        return not self.sg

    @property
    def dbow(self) -> bool:
        """Whether this is PV-DBOW."""
        return bool(self.sg)

    @property
    def dm_mean(self) -> int:
        """1 for the mean of the vectors of document and context, 0 for their sum."""
        return self.cbow_mean

    @property
    def docvecs(self) -> KeyedVectors:
        """The former name of ``dv``, with a DeprecationWarning, as in gensim."""
        warnings.warn("docvecs has been renamed to dv", DeprecationWarning, stacklevel=2)
        return self.dv

    def __getitem__(self, tag: Any) -> NDArray[Any]:
        """The vector of a word or, where there is no such word, of a document, or of several.

        >>> model = Doc2Vec([["cat", "sat"], ["dog"]] * 9, vector_size=8, min_count=1)
        >>> model["cat"].shape, model[[0, 1]].shape
        ((8,), (2, 8))
        """
        if isinstance(tag, str | int | np.integer):
            return self.wv[tag] if isinstance(tag, str) and tag in self.wv else self.dv[tag]
        return np.vstack([self[one] for one in tag])

    @property
    def documents_only(self) -> bool:
        """Whether the vectors of words are no inputs."""
        return bool(self.sg and not self.dbow_words)

    def _corpus_params(self) -> RowParams:
        return params_from(RowParams, self)

    # --- documents

    def _source(self, sentences: Any) -> Source:
        return find_documents(sentences, self._corpus_params(), self.tag_column)

    def _read(self, source: Source, vocab_params: VocabularyParams, **options: Any) -> Corpus:
        corpus = super()._read(source, vocab_params, **options)
        if isinstance(source, DocumentSource):
            return source.tagged(corpus)
        if isinstance(corpus, TaggedCorpus):
            return corpus
        return TaggedCorpus(corpus, Tags.numbers(len(corpus)))

    def _keep_corpus(self, corpus: Corpus, signature: object) -> None:
        super()._keep_corpus(corpus, signature)
        assert isinstance(corpus, TaggedCorpus)
        self._add_documents(corpus.tags)

    def _make_rows(self, vocabulary: Any) -> None:
        super()._make_rows(vocabulary)
        if not self._given:
            self.dv = KeyedVectors(self.vector_size)  # a new text has new documents
        self._given = False

    @contextlib.contextmanager
    def _changing_words(self, call: str) -> Iterator[None]:
        with super()._changing_words(call), undone_on_error(self.dv):
            yield

    def _add_documents(self, tags: Tags) -> None:
        """Make random vectors for tags that are new."""
        tags.check_numbers(len(self.dv))
        known, names = self.dv.words, tags.all_names()
        if not len(known):
            self._numbered = tags.names is None
        self._check_kind(tags)
        if self._numbered:
            more = names if len(names) > len(known) else known
        else:
            fresh = np.flatnonzero(known.find_all(names) < 0)
            more = concatenate_words(known, names.take(fresh)) if len(known) else names
        if len(more) > len(known):
            self.dv.renew(more, self._document_rows(len(more)), None, keep_attributes=True)

    def _document_rows(self, count: int) -> NDArray[np.float32]:
        """The vectors of documents, and random ones behind them."""
        size, known = self.vector_size, self.dv.vectors
        generator = np.random.default_rng((self.seed, len(known), 7919))  # gensim's offset, too
        if self.dv_mapfile is not None:
            rows = mapped_rows(self.dv_mapfile, known, count, size)
        else:
            rows = picked_rows(
                known, np.append(np.arange(len(known)), np.full(count - len(known), -1))
            )
        random_rows(count - len(known), size, generator, out=rows[len(known) :])
        return rows[:, :size]

    def _take_documents(self, dv: KeyedVectors) -> None:
        if not isinstance(dv, KeyedVectors) or dv.vector_size != self.vector_size:
            raise ValueError(f"dv must be a KeyedVectors of {self.vector_size} numbers, got {dv!r}")
        if not all_finite(dv.vectors):
            raise ValueError("dv must have finite numbers only, and some are infinite or NaN")
        self.dv = dv
        self._numbered = dv.words.integers and dv.words == Tags.numbers(len(dv)).all_names()

    def _check_kind(self, tags: Tags) -> None:
        """ValueError where documents are named that had numbers before, or the other way round."""
        if len(self.dv.words) and self._numbered != (tags.names is None):
            here = "numbers" if self._numbered else "names"
            raise ValueError(f"the tags of this model's documents are {here}, and these are not")

    def _rows_of(self, tags: Tags) -> NDArray[np.int32]:
        """The row of each tag, -1 for one that is not known."""
        self._check_kind(tags)
        if tags.names is None:
            return np.where(tags.ids < len(self.dv), tags.ids, np.int32(-1))
        return self.dv.words.find_all(tags.names)[tags.ids]

    def _sync_rows(self) -> None:
        super()._sync_rows()
        dv, mapfile = self.dv, self.dv_mapfile
        if dv.lock_factors is not None and not (dv.lock_factors == 1).all():
            raise ValueError("dv.vectors_lockf must be 1: the vectors of documents are all trained")
        if mapfile is not None and padding_of(dv.vectors) is None:  # as after loading
            rows = mapped_rows(mapfile, dv.vectors, len(dv.words), self.vector_size)
            dv.vectors = rows[:, : self.vector_size]
        dv.vectors = padded_view("dv.vectors", dv.vectors, len(dv.words), self.vector_size)

    def _new_run(self, corpus: Corpus, validation: Any) -> Doc2VecRun:
        return Doc2VecRun(self, corpus, validation)

    def _validation_of(self, validation: Any) -> None:
        if validation is not None:
            raise ValueError(
                "Doc2Vec has no validation: documents that are held out would have no vectors"
            )

    # --- new documents

    def infer_vector(
        self,
        doc_words: Iterable[Any],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> NDArray[np.float32]:
        """The vector (D,) of a new document; see :meth:`infer_vectors`, which is for many.

        >>> model = Doc2Vec([["cat", "sat"], ["dog"]] * 9, vector_size=8, min_count=1)
        >>> model.infer_vector(["cat", "sat"]).shape
        (8,)
        """
        if isinstance(doc_words, TaggedDocument):
            doc_words = doc_words.words
        words = list(not_one_string(doc_words, "doc_words"))
        vector: NDArray[np.float32]
        if self.lower or self.tokens != "whitespace":
            vector = self.infer_vectors([words], alpha, min_alpha, epochs)[0]
            return vector
        how = self._how_to_infer(alpha, min_alpha, epochs)
        ids = self.wv.words.find_all(Words.of(words))
        ids = ids[ids >= 0]
        if not len(ids):
            log.warning("the document has no known word: its vector is zeros")
        ends = np.array([0, len(ids)], np.int64)
        vector = self._inferring().vectors(ids, ends, 1, *how)[0]
        return vector

    def infer_vectors(
        self,
        documents: Any,
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> NDArray[np.float32]:
        """The vectors of new documents, on all workers.

        The model does not change.  The vector of a document follows from its words, the options and
        the seed alone: not from the other documents, and not from the number of workers.

        Parameters
        ----------
        documents : list of lists of words, TaggedDocuments, a path, or any other source of text
            tags have no effect.
        alpha, min_alpha : float, optional
            the learning rate in the first and in the last epoch; default: those of the model.
        epochs : int, optional
            passes over each document; default: the model's.

        Returns
        -------
        (documents, D) float32 array
            zeros for a document without a known word, of which the log says how many there are.

        >>> model = Doc2Vec([["cat", "sat"], ["dog"]] * 9, vector_size=8, min_count=1)
        >>> model.infer_vectors([["cat", "sat"], ["dog"]]).shape
        (2, 8)
        """
        how = self._how_to_infer(alpha, min_alpha, epochs)
        source = find_documents(documents, self._corpus_params(), None)
        try:
            corpus = super()._read(
                source, VocabularyParams(), vocabulary=self._vocabulary(), remarks=False
            )
        except NoWordsError:  # there is no document
            return np.zeros((0, self.vector_size), np.float32)
        empty = int(np.count_nonzero(np.diff(corpus.offsets) == 0))
        if empty:
            log.warning(
                "%d of %d documents have no known word: their vectors are zeros", empty, len(corpus)
            )
        workers = self.workers or available_cores()
        return self._inferring().vectors(corpus.tokens, corpus.offsets, workers, *how)

    def _how_to_infer(
        self, alpha: float | None, min_alpha: float | None, epochs: int | None
    ) -> tuple[int, float, float]:
        """Epochs, and the first and the last learning rate, checked."""
        if not len(self.wv.words):
            raise RuntimeError("there is no vocabulary yet: train the model first")
        alpha = check_value("alpha", self.alpha if alpha is None else alpha, float, above=0)
        least = self.min_alpha if min_alpha is None else min_alpha
        least = check_value("min_alpha", least, float, low=0)
        epochs = check_value("epochs", self.epochs if epochs is None else epochs, int, low=1)
        return epochs, alpha, min(alpha, least)

    def _inferring(self) -> Inference:
        """What makes vectors of new documents, for the model as it is."""
        if self._inference is None or not self._inference.fits(self):
            self._inference = Inference(self)
        return self._inference

    def similarity_unseen_docs(
        self,
        doc_words1: Iterable[Any],
        doc_words2: Iterable[Any],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> float:
        """The cosine of the vectors of two new documents; the options are those of
        :meth:`infer_vectors`."""
        both = [list(doc_words1), list(doc_words2)]
        return float(cosine(*self.infer_vectors(both, alpha, min_alpha, epochs)))

    # --- counting and comparing models

    def reset_from(self, other_model: Any) -> None:
        """Use the words, the documents and the corpus of another model, with fresh vectors."""
        if not isinstance(other_model, Doc2Vec):
            raise TypeError(f"reset_from takes a Doc2Vec, got {type(other_model).__name__}")
        super().reset_from(other_model)
        self.dv, self._numbered = KeyedVectors(self.vector_size), True
        corpus = other_model._corpus
        if isinstance(corpus, TaggedCorpus):
            self._add_documents(corpus.tags)

    def build_vocab_from_freq(self, *given: Any, **options: Any) -> None:
        """Choose words that have been counted already; the tags are found by :meth:`build_vocab`
        with ``update=True``, or given as ``dv``."""
        super().build_vocab_from_freq(*given, **options)

    def estimate_memory(
        self, vocab_size: int | None = None, report: dict[str, int] | None = None
    ) -> dict[str, int]:
        """Estimate how many bytes the model takes, as Word2Vec does; ``doctag_syn0`` are those of
        the vectors of documents.

        >>> Doc2Vec(vector_size=100).estimate_memory(1_000_000)["doctag_syn0"]
        0
        """
        own = {"doctag_syn0": len(self.dv) * padded(1, self.vector_size).nbytes}
        return super().estimate_memory(vocab_size, own | (report or {}))

    # --- files

    def save_word2vec_format(
        self,
        fname: FileLike,
        doctag_vec: bool = False,
        word_vec: bool = True,
        prefix: str = "*dt_",
        fvocab: FileLike | None = None,
        binary: bool = False,
    ) -> None:
        """Write the vectors of words, of documents, or of both as a word2vec file.

        ``prefix`` is put before the tags of documents.

        >>> model = Doc2Vec([["cat", "sat"], ["dog"]] * 9, vector_size=8, min_count=1)
        >>> model.save_word2vec_format("documents.txt", doctag_vec=True, word_vec=False)
        """
        total = len(self.wv) * bool(word_vec) + len(self.dv) * bool(doctag_vec)
        if word_vec:
            self.wv.save_word2vec_format(fname, fvocab, binary, total)
        if doctag_vec:
            self.dv.save_word2vec_format(
                fname, None, binary, total, write_header=not word_vec, prefix=prefix,
                append=bool(word_vec),
            )  # fmt: skip

    def _write(
        self,
        path: FileLike,
        metadata: Mapping[str, Any] | None = None,
        arrays: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        save_documents(self, path, metadata, arrays)

    @classmethod
    def _open(cls, path: FileLike) -> tuple[Self, Container]:
        model, file = super()._open(path)
        load_documents(model, file)
        return model, file

    @classmethod
    def _like(cls, vector_size: int) -> Self:
        model = cls.__new__(cls)
        Doc2Vec.__init__(model, vector_size=vector_size)
        return model

    def _restore_rows(self, path: FileLike) -> None:
        file = restore_rows(self, path)
        self.dv.vectors[:] = file.arrays[DOCUMENTS]
        self.dv.forget_norms()

    @classmethod
    def from_gensim(cls, theirs: Any) -> Self:
        """A Doc2Vec of gensim 4 with its words, documents and options, copied; see
        :meth:`Word2Vec.from_gensim`.

        Raises
        ------
        TypeError
            another object, or a file: open it with gensim's Doc2Vec.load.
        ValueError
            a model with ``dm_concat=1``, or whose tags are partly strings and partly integers.

        >>> documents = [TaggedDocument(["cat", "sat"], [0])] * 9
        >>> theirs = Doc2Vec(documents, vector_size=8, min_count=1)  # or gensim's
        >>> len(Doc2Vec.from_gensim(theirs).dv)
        1
        """
        model = from_gensim.word2vec(cls, theirs)
        from_gensim.take_documents(model, theirs)
        return model

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"_inference": None}

    def __repr__(self) -> str:
        changed = changed_options(
            self, Word2VecParams, but=("vector_size", "alpha", "workers", "sg", "cbow_mean")
        )
        return (
            f"Doc2Vec<documents={len(self.dv)}, vocab={len(self.wv)}, "
            f"vector_size={self.vector_size}, alpha={self.alpha}, dm={int(self.dm)}{changed}>"
        )


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
