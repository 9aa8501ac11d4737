"""Word2Vec: from a corpus to vectors, in epochs of native Hogwild workers."""

from __future__ import annotations

import itertools
import os
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import is_
from typing import Any, NamedTuple, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._core import (
    Control,
    HierarchicalSoftmax,
    NegativeSampling,
    OutputLayer,
    Training,
)
from fastvec._util import threads
from fastvec._util.atomic import PathLike
from fastvec._util.matrix import padded, padded_rows, picked_rows, random_rows
from fastvec._util.options import check_value, names_of, params_from, refuse_unknown, set_options
from fastvec._util.progress import Progress
from fastvec._util.simd import simd
from fastvec._util.system import available_cores
from fastvec.corpus.corpus import TEXT, Corpus, for_a_file
from fastvec.corpus.sources import NoWordsError, signature
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.sampling import (
    NO_PATHS,
    expected_steps,
    huffman_paths,
    noise_tables,
    subsample_thresholds,
    tree_places,
)
from fastvec.params import CorpusParams, TextOptions, VocabularyParams, Word2VecParams
from fastvec.sentences import LineSentence, PathLineSentences, Text8Corpus
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Key

#: with the readers of text that gensim keeps in its module of this name
__all__ = ["LineSentence", "PathLineSentences", "Text8Corpus", "Word2Vec"]

P, V = Word2VecParams, VocabularyParams
Matrix = NDArray[np.float32]

#: what a word takes besides its rows: its letters, index entry and count, and what training looks
#: up; with hierarchical softmax a path of some 20 nodes
VOCAB_BYTES, PATH_BYTES = 60, 160


class _Run(NamedTuple):
    """Epochs as the native core runs them, and what of the model they were made from."""

    training: Training
    matrices: list[Matrix]
    params: Word2VecParams
    parts: tuple[object, ...]


class Word2Vec(Word2VecParams, VocabularyParams, CorpusParams):
    """Word vectors by skip-gram or CBOW, negative sampling or hierarchical softmax (or both).

    With ``sentences`` or ``corpus_file`` the model is trained at once; without, call
    :meth:`build_vocab` and :meth:`train`.  Names and defaults are gensim 4's; docs/guide.md lists
    what differs.

    Parameters
    ----------
    sentences : path, list of paths, or iterable of lists of words, optional
        the corpus: text files, one sentence a line, or token lists, or whatever else
        :meth:`fastvec.Corpus.read` takes.  It is read once, so a generator serves as well as a
        list.
    corpus_file : path, optional
        the same as giving the path as ``sentences``.
    vector_size : int, default 100
        numbers in each vector.
    alpha, min_alpha : float, default 0.025 and 0.0001
        learning rate at the first and the last word; linear in between, over all epochs.  For CBOW
        0.05 is usually better (word2vec.c's default for it).
    window : int, default 5
        words on each side that count as context; with ``shrink_windows`` (default) each position
        draws its own reach from 1..window.
    min_count, max_vocab_size, max_final_vocab, trim_rule, sorted_vocab
        which words are kept: see :class:`fastvec.params.VocabularyParams`.
    sample : float, default 1e-3
        subsampling of frequent words by word2vec.c's formula; 0 turns it off.
    seed : int, default 1
        with one worker the same seed gives the same bytes on the same instruction set.
    workers : int, default: one for each core that the process may use
        training threads.
    sg : {0, 1}, default 0
        1 for skip-gram, 0 for CBOW.
    hs : {0, 1}, default 0
        1 adds hierarchical softmax.
    negative : int, default 5
        noise words for each prediction; 0 turns negative sampling off.
    ns_exponent : float, default 0.75
        noise words are drawn by count to this power.
    cbow_mean : {0, 1}, default 1
        1 for the mean of the context vectors, 0 for their sum.
    cbow_corrected : bool, default False
        divide CBOW's gradient among the context words (Irsoy et al. 2021).
    shared_negatives : bool, default True
        draw noise words once for a window (Ji et al. 2016; fast); False draws them for each pair,
        the textbook order.
    epochs : int, default 5
        passes over the corpus.
    compute_loss : bool
        no effect: the loss is always computed, see ``loss_history``.
    callbacks : iterable of CallbackAny2Vec
        called before and after each epoch.
    comment : str, optional
        kept in the saved model.
    null_word, hashfxn, batch_words : no effect
        gensim's; accepted so that old calls work.
    tokens, lower, lines, errors, column, memory, tmp
        how text is read: see :meth:`fastvec.Corpus.read`.
    vocabulary : Vocabulary, optional
        take these words and no others, with these counts (word2vec.c's -read-vocab).
    progress : bool, optional
        show a progress bar; default: if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        the vectors.
    loss_history : list of float
        of each epoch, the mean over its predictions of -log(probability of the right answer).
    corpus_count, corpus_total_words : int
        sentences and words read.
    train_count : int
        calls of :meth:`train` that came to their end.
    min_alpha_yet_reached : float
        the learning rate at the end of the latest epoch; ``alpha`` before the first.

    Raises
    ------
    ValueError, TypeError
        one sentence with the name, the rule and the value.
    FloatingPointError
        the vectors are no longer finite: the learning rate was too high.

    >>> model = Word2Vec([["cat", "sat"], ["dog", "sat"]] * 50, vector_size=8, min_count=1)
    >>> model.wv["cat"].shape
    (8,)
    """

    def __init__(
        self,
        sentences: Any = None,
        corpus_file: Any = None,
        vector_size: int = P.vector_size,
        alpha: float = P.alpha,
        window: int = P.window,
        min_count: int = V.min_count,
        max_vocab_size: int | None = V.max_vocab_size,
        sample: float = P.sample,
        seed: int = P.seed,
        workers: int = P.workers,
        min_alpha: float = P.min_alpha,
        sg: int = P.sg,
        hs: int = P.hs,
        negative: int = P.negative,
        ns_exponent: float = P.ns_exponent,
        cbow_mean: int = P.cbow_mean,
        hashfxn: Any = None,
        epochs: int = P.epochs,
        null_word: int = 0,
        trim_rule: Any = None,
        sorted_vocab: int = V.sorted_vocab,
        batch_words: int | None = None,
        compute_loss: bool = False,
        callbacks: Iterable[CallbackAny2Vec] = (),
        comment: str | None = None,
        max_final_vocab: int | None = V.max_final_vocab,
        shrink_windows: bool = P.shrink_windows,
        *,
        cbow_corrected: bool = P.cbow_corrected,
        shared_negatives: bool = P.shared_negatives,
        vocabulary: Vocabulary | None = None,
        progress: bool | None = None,
        **text: Unpack[TextOptions],
    ) -> None:
        refuse_unknown(text, CorpusParams)
        self.hashfxn, self.batch_words, self.null_word = hashfxn, batch_words, null_word
        self.compute_loss = compute_loss
        set_options(self, locals() | text, Word2VecParams, VocabularyParams, CorpusParams)
        self.trim_rule = trim_rule
        self.vocabulary = vocabulary
        self.comment = comment
        self.progress = progress
        self.loss_history: list[float] = []
        self.corpus_count = 0
        self.corpus_total_words = 0
        self.total_train_time = 0.0
        self.train_count = 0
        self.epochs_trained = 0
        self.running_training_loss = 0.0
        self._outputs: Matrix | None = None  # (V, D) rows for the words in _words
        self._nodes: Matrix | None = None  # (V - 1, D) rows for the inner nodes of their tree
        self._corpus: Corpus | None = None  # what build_vocab read
        self._signature: object = None  # of where it was read from
        check_value("alpha", alpha, float, above=0)
        self._params()
        if self.min_alpha > self.alpha:
            raise ValueError(f"min_alpha must be at most alpha ({alpha}), got {min_alpha}")
        self.min_alpha_yet_reached = self.alpha
        self._which()
        self._text()
        self.wv = KeyedVectors(self.vector_size)
        self._words = self.wv.words
        source = _one_source(sentences, corpus_file)
        if source is not None:
            self.build_vocab(source)
            self.train(callbacks=callbacks)

    def _params(self) -> Word2VecParams:
        """The training options as they stand now, checked.

        alpha is the rate that training begins with.  It may have been brought below min_alpha, the
        lowest rate that there is.
        """
        self.alpha = check_value("alpha", self.alpha, float)
        self.min_alpha = check_value("min_alpha", self.min_alpha, float)
        self.workers = self.workers or available_cores()
        params = params_from(Word2VecParams, self, alpha=max(self.alpha, self.min_alpha))
        if not params.hs and params.negative == 0:
            raise ValueError("negative must be at least 1 when hs is 0, got 0")
        return params

    def _which(self) -> VocabularyParams:
        """Which words are kept, as it stands now, checked."""
        return params_from(VocabularyParams, self)

    def _text(self) -> CorpusParams:
        """How text is read, as it stands now, checked."""
        return params_from(CorpusParams, self)

    # --- vocabulary

    def build_vocab(
        self,
        corpus_iterable: Any = None,
        corpus_file: Any = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: Any = None,
    ) -> None:
        """Read the corpus, choose the words, and make fresh vectors for them.

        The corpus is read and kept as word ids, so that :meth:`train` on the same object does not
        read it again.  ``progress_per`` and ``keep_raw_vocab`` have no effect.

        Parameters
        ----------
        corpus_iterable, corpus_file
            as ``sentences`` and ``corpus_file`` of the class.
        update : bool
            add the new words of this corpus to the vocabulary; words that are known keep their
            vectors.  A corpus without any word that is known or kept changes nothing.
        """
        del progress_per, keep_raw_vocab
        source = _one_source(corpus_iterable, corpus_file)
        if source is None:
            raise ValueError("build_vocab needs a corpus: give corpus_iterable or corpus_file")
        options = {"trim_rule": trim_rule or self.trim_rule, **vars(self._which())}
        mark = self._signature_of(source)  # before it is read: it may change meanwhile
        if not (update and len(self.wv)):
            corpus = self._read(source, vocabulary=self.vocabulary, **options)
            self._make_rows(corpus.vocabulary)
        else:
            known = self._vocabulary()
            try:
                corpus = self._read(source, known=known, **options)
            except NoWordsError:
                corpus = Corpus(np.empty(0, np.int32), np.zeros(1, np.int64), known, 0, 0)
            self._add_rows(corpus.vocabulary)
        if self.hs and len(corpus.tokens):
            self._place(corpus.tokens)
        self._adopt(corpus, mark)

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[str, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: Any = None,
        update: bool = False,
    ) -> None:
        """As :meth:`build_vocab`, from words that have been counted already.

        ``corpus_count`` becomes the model's; ``keep_raw_vocab`` has no effect.  ValueError if no
        word is kept.

        >>> model = Word2Vec(vector_size=8, min_count=2)
        >>> model.build_vocab_from_freq({"dog": 2, "cat": 3, "eel": 1})
        >>> model.wv.index_to_key
        ['cat', 'dog']
        """
        del keep_raw_vocab
        which, rule = self._which(), trim_rule or self.trim_rule
        known = self._vocabulary() if update else Vocabulary.of({})
        given = Vocabulary.of(word_freq)
        vocabulary = known.extended(given.words, given.counts, which, rule)
        if not len(vocabulary):
            raise NoWordsError(
                f"no word is left: none of {len(given)} words is kept with min_count "
                f"{which.min_count}"
            )
        if len(known):
            self._add_rows(vocabulary)
        else:
            self._make_rows(vocabulary)
        self._corpus = self._signature = None
        self.corpus_count, self.corpus_total_words = corpus_count or 0, 0

    def reset_from(self, other_model: Word2Vec) -> None:
        """Take over the words and counts of another model, and the corpus that it has read; make
        fresh vectors for them.

        >>> model = Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1)
        >>> other = Word2Vec(vector_size=4)
        >>> other.reset_from(model)
        >>> other.wv.vectors.shape, other.corpus_count
        ((2, 4), 9)
        """
        self._make_rows(other_model._vocabulary())
        for name in (*TEXT, "_corpus", "_signature", "corpus_count", "corpus_total_words"):
            setattr(self, name, getattr(other_model, name))

    def estimate_memory(
        self, vocab_size: int | None = None, report: dict[str, int] | None = None
    ) -> dict[str, int]:
        """About how many bytes the model takes in memory, without its corpus.

        Parameters
        ----------
        vocab_size : int, optional
            number of words; default: those that it has.
        report : dict, optional
            is filled in, and counts towards the total.

        Returns
        -------
        dict
            bytes of ``vocab``, ``vectors``, ``syn1`` and ``syn1neg`` as far as there are such, and
            their ``total``.

        >>> Word2Vec(vector_size=100).estimate_memory(1_000_000)["vectors"]
        448000000
        """
        count = vocab_size or len(self.wv)
        rows = count * padded(1, self.vector_size).nbytes
        report = {} if report is None else report
        report["vocab"] = count * (VOCAB_BYTES + (PATH_BYTES if self.hs else 0))
        report["vectors"] = rows
        if self.hs:
            report["syn1"] = rows
        if self.negative:
            report["syn1neg"] = rows
        report["total"] = sum(value for name, value in report.items() if name != "total")
        return report

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.wv.words, self._counts())

    def _counts(self) -> NDArray[np.int64]:
        """How often each word occurred; 0 for those that were added by hand."""
        words, counts = len(self.wv.words), self.wv.counts
        return np.zeros(words, np.int64) if counts is None else counts[:words].copy()

    def _make_rows(self, vocabulary: Vocabulary) -> None:
        """Fresh rows: random vectors, and zeros as output rows."""
        generator = np.random.default_rng(self.seed)
        vectors = random_rows(len(vocabulary), self.vector_size, generator)
        self._outputs = self._nodes = None
        self._words = vocabulary.words
        self.wv.renew(vocabulary.words, vectors[:, : self.vector_size], vocabulary.counts)
        self.loss_history = []
        self.epochs_trained = 0

    def _add_rows(self, vocabulary: Vocabulary) -> None:
        """Random vectors for the words behind those that are there."""
        old, shown = len(self.wv.words), self.wv.vectors
        if len(vocabulary) > old:
            generator = np.random.default_rng((self.seed, old))
            vectors = picked_rows(shown, _first_rows(old, len(vocabulary)))
            vectors[old:] = random_rows(len(vocabulary) - old, self.vector_size, generator)
            shown = vectors[:, : self.vector_size]
        self.wv.renew(vocabulary.words, shown, vocabulary.counts, keep_attributes=True)

    def _read(self, source: Any, **options: Any) -> Corpus:
        options |= vars(self._text())
        return Corpus.read(source, workers=self.workers, progress=self.progress, **options)

    def _in_words(self, corpus: Corpus) -> Corpus:
        """A corpus in the ids of the words that ``wv`` has now."""
        return corpus.in_words(self._vocabulary(), memory=self.memory, tmp=self.tmp)

    def _adopt(self, corpus: Corpus, mark: object) -> None:
        """Keep a corpus that was read, for train() on a source of the same signature; text that
        comes later is read as it was."""
        self._corpus, self._signature = corpus, mark
        for name in TEXT:
            setattr(self, name, corpus.options.get(name, getattr(self, name)))
        self.corpus_count = corpus.raw_sentences
        self.corpus_total_words = corpus.raw_words

    def _signature_of(self, source: Any) -> object:
        return signature(source, None if isinstance(self.tokens, str) else self.tokens)

    # --- training

    def train(
        self,
        corpus_iterable: Any = None,
        corpus_file: Any = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Iterable[CallbackAny2Vec] = (),
    ) -> tuple[int, int]:
        """Train for some epochs; may be called again, with the same or another corpus.

        Parameters
        ----------
        corpus_iterable, corpus_file
            as ``sentences`` and ``corpus_file`` of the class; default: what :meth:`build_vocab`
            read.  Files that it read and that have not changed are not read again, nor is what can
            be read only once (a generator, a pipe); everything else is, with the words of the
            vocabulary.
        epochs : int, optional
            passes over the corpus; default: the model's ``epochs``, which it becomes.
        start_alpha, end_alpha : float, optional
            learning rate at the start and at the end of this call; default: the model's ``alpha``
            and ``min_alpha``, which they become.  It is never below ``min_alpha``.
        callbacks : iterable of CallbackAny2Vec
            what they change of the model (rates, options, vectors) counts from the next epoch.
        total_examples, total_words, word_count, queue_factor, report_delay, compute_loss
            no effect: the corpus is counted when it is read.

        Returns
        -------
        (int, int)
            words trained on (after subsampling) and words of the vocabulary passed over, of all
            epochs.  A text without any word of the vocabulary, or without any, is a warning, and
            (0, 0).

        Raises KeyboardInterrupt on Ctrl-C, within a second; the model is left usable, with what it
        has learned so far.
        """
        del total_examples, total_words, word_count, queue_factor, report_delay, compute_loss
        if not len(self.wv.words):
            raise RuntimeError("there is no vocabulary to train yet: call build_vocab first")
        self._take(start_alpha, end_alpha, epochs)
        try:
            corpus = self._corpus_of(_one_source(corpus_iterable, corpus_file))
        except NoWordsError as error:
            warnings.warn(f"nothing was trained: {error}", stacklevel=2)
            return 0, 0
        self.running_training_loss = 0.0
        callbacks = tuple(callbacks)
        for callback in callbacks:
            callback.on_train_begin(self)
        begun = time.monotonic()
        try:
            done = self._run_epochs(corpus, callbacks)
        finally:
            self.wv.forget_norms()
            self.total_train_time += time.monotonic() - begun
        self.train_count += 1
        for callback in callbacks:
            callback.on_train_end(self)
        return done

    def _take(self, alpha: float | None, min_alpha: float | None, epochs: int | None) -> None:
        """The rates and epochs of a call of train, checked, become the model's."""
        if alpha is not None:
            self.alpha = check_value("start_alpha", alpha, float, above=0)
        if min_alpha is not None:
            self.min_alpha = check_value("end_alpha", min_alpha, float, low=0)
        if epochs is not None:
            self.epochs = check_value("epochs", epochs, int, low=1)
        self._params()

    def _corpus_of(self, source: Any) -> Corpus:
        """The text to train on, in the ids of the words that ``wv`` has now."""
        if source is None or (self._signature and self._signature == self._signature_of(source)):
            if self._corpus is None:
                raise ValueError("train needs a corpus: give corpus_iterable or corpus_file")
            corpus = self._in_words(self._corpus)
        else:
            corpus = self._read(source, vocabulary=self._vocabulary())
        if not len(corpus.tokens):
            raise NoWordsError("the corpus has no word of the vocabulary")
        return corpus

    def _rate(self, passes: float) -> float:
        """The learning rate after so many passes of a call of train: from alpha straight down."""
        rate = self.alpha + (self.min_alpha - self.alpha) * passes / self.epochs
        return max(rate, self.min_alpha)

    def _run_epochs(
        self, corpus: Corpus, callbacks: tuple[CallbackAny2Vec, ...]
    ) -> tuple[int, int]:
        epochs = self.epochs
        kept = passed = 0
        run: _Run | None = None
        with Progress("training", epochs * len(corpus.tokens), enabled=self.progress) as bar:
            for epoch in range(epochs):
                for callback in callbacks:
                    callback.on_epoch_begin(self)
                run = self._prepared(corpus, run)
                training = run.training
                training.start_epoch(self._rate(epoch), self._rate(epoch + 1), self._epoch_seed())
                control = Control(training.n_workers)
                before = passed

                def tick(
                    training: Training = training, control: Control = control, before: int = before
                ) -> None:
                    loss = training.loss / max(training.predictions, 1)
                    bar.update(before + control.total(), loss=loss)

                threads.run(
                    lambda i, training=training, control=control: training.run(i, control),  # type: ignore[misc]
                    training.n_workers,
                    control.stop,
                    tick,
                )
                passed += control.total(0)
                kept += control.total(1)
                self.min_alpha_yet_reached = self._rate(epoch + 1)
                self._end_epoch(run)
                try:
                    for callback in callbacks:
                        callback.on_epoch_end(self)
                except StopIteration:
                    break
        return kept, passed

    def _end_epoch(self, run: _Run) -> None:
        training = run.training
        self.wv.forget_norms()
        self.epochs_trained += 1
        self.running_training_loss += training.loss
        self.loss_history.append(training.loss / max(training.predictions, 1))
        for matrix in run.matrices:
            if not _all_finite(matrix):
                raise FloatingPointError(
                    f"the vectors are not finite after epoch {self.epochs_trained}: "
                    f"lower alpha (now {self.alpha})"
                )

    def _epoch_seed(self) -> int:
        sequence = np.random.SeedSequence((self.seed, self.epochs_trained))
        return int(sequence.generate_state(1, np.uint64)[0])

    def _prepared(self, corpus: Corpus, run: _Run | None) -> _Run:
        """Hand everything to the native core, if it has not got it from the epoch before."""
        # Rates are given to each epoch anyway.
        params = replace(self._params(), alpha=1.0, min_alpha=0.0, epochs=1)
        if (
            run is not None
            and vars(run.params) == vars(params)
            and all(map(is_, run.parts, self._parts()))
        ):
            return run
        rows = self._rows()
        training = self._training(corpus, params, *rows)
        return _Run(training, [each for each in rows if each is not None], params, self._parts())

    def _parts(self) -> tuple[object, ...]:
        return self.wv.words, self.wv.vectors, self._outputs, self._nodes, self.wv.lock_factors

    def _training(
        self,
        corpus: Corpus,
        params: Word2VecParams,
        vectors: Matrix,
        outputs: Matrix | None,
        nodes: Matrix | None,
    ) -> Training:
        corpus = self._in_words(corpus)
        counts = np.maximum(self._counts(), 1)
        paths = NO_PATHS if nodes is None else huffman_paths(counts, self._place(corpus.tokens))
        steps: Any = (None, None, None)
        if params.workers > 1:
            steps = expected_steps(counts, params, paths, _others(corpus))
        layers: list[OutputLayer] = []
        if outputs is not None and params.negative:
            noise = noise_tables(counts, params, len(corpus.tokens))
            layers.append(NegativeSampling(outputs, noise, params.negative, steps[1]))
        if nodes is not None and paths[0] is not None:
            layers.append(HierarchicalSoftmax(nodes, paths, steps[2]))
        return Training(
            tokens=corpus.tokens,
            offsets=corpus.offsets,
            keep=subsample_thresholds(counts, params.sample),
            vectors=vectors,
            layers=layers,
            vector_size=self.vector_size,
            skip_gram=bool(params.sg),
            window=params.window,
            shrink_windows=params.shrink_windows,
            shared_negatives=params.shared_negatives,
            cbow_mean=bool(params.cbow_mean),
            cbow_corrected=params.cbow_corrected,
            workers=params.workers,
            simd=simd(),
            vector_steps=steps[0],
            locks=self.wv.lock_factors,
        )

    def _place(self, tokens: NDArray[np.int32]) -> NDArray[np.int32]:
        """Where all words stand in the Huffman tree, by this text.  ``wv`` keeps it, so that nodes
        belong to the same words when training goes on, here or after loading."""
        places = self.wv.huffman_order = tree_places(tokens, self.wv.huffman_order)
        return places

    def _rows(self) -> tuple[Matrix, Matrix | None, Matrix | None]:
        """Vectors, output rows and nodes as the native core wants them, shown by ``wv.vectors``,
        ``syn1neg`` and ``syn1``: what somebody put there is copied first, if it lies otherwise."""
        self._follow_words()
        count, size = len(self._words), self.vector_size
        self.wv.vectors = _shown("wv.vectors", self.wv.vectors, count, size)
        outputs = nodes = None
        if self._outputs is not None:
            self._outputs = _shown("syn1neg", self._outputs, count, size)
            outputs = padded_rows(self._outputs) if self.negative else None
        if self._nodes is not None:
            self._nodes = _shown("syn1", self._nodes, count - 1, size)
            nodes = padded_rows(self._nodes) if self.hs else None
        return padded_rows(self.wv.vectors), outputs, nodes

    def _follow_words(self) -> None:
        """Let the output rows belong to the words that ``wv`` has now: words may have been sorted,
        added or replaced since.  Rows that are missing are zero."""
        words, size = self.wv.words, self.vector_size
        if words is not self._words:
            if self._outputs is not None:
                self._outputs = picked_rows(self._outputs, self._words.find_all(words))[:, :size]
            if self._nodes is not None:
                picks = _first_rows(len(self._nodes), max(len(words) - 1, 0))
                self._nodes = picked_rows(self._nodes, picks)[:, :size]
            self._words = words
        if self._outputs is None and self.negative and len(words):
            self._outputs = padded(len(words), size)[:, :size]
        if self._nodes is None and self.hs and len(words):
            self._nodes = padded(len(words) - 1, size)[:, :size]

    def get_latest_training_loss(self) -> float:
        """The loss summed over all predictions of the latest call of :meth:`train`.

        ``loss_history`` is easier to read: the mean per prediction of each epoch.
        """
        return self.running_training_loss

    # --- output rows, under gensim's names

    @property
    def syn1neg(self) -> Matrix | None:
        """Output rows of negative sampling, (words, vector_size), or None; may be replaced."""
        self._follow_words()
        return self._outputs

    @syn1neg.setter
    def syn1neg(self, rows: ArrayLike) -> None:
        self._follow_words()
        self._outputs = _shown("syn1neg", rows, len(self._words), self.vector_size)

    @property
    def syn1(self) -> Matrix | None:
        """Output rows of hierarchical softmax, (words - 1, vector_size), or None; may be replaced.

        They belong to the nodes of this model's tree, from the root down, level by level.  gensim's
        tree is another one, and has one row more, which it never uses: a last row too many is
        dropped.
        """
        self._follow_words()
        return self._nodes

    @syn1.setter
    def syn1(self, rows: ArrayLike) -> None:
        self._follow_words()
        count = len(self._words) - 1
        self._nodes = _shown("syn1", np.atleast_1d(rows)[:count], count, self.vector_size)

    @property
    def layer1_size(self) -> int:
        """gensim's name for the numbers in each output row: ``vector_size``."""
        return self.vector_size

    @property
    def effective_min_count(self) -> int:
        """How often a word had to occur: ``min_count``; with ``max_final_vocab`` the count of the
        rarest word that is here, if that is more."""
        if self.max_final_vocab is None or not len(self.wv):
            return self.min_count
        return max(self.min_count, int(self._counts().min()))

    def predict_output_word(
        self, context_words_list: Iterable[Key], topn: int = 10
    ) -> list[tuple[Any, float]] | None:
        """The likeliest words between these context words, with their probabilities.

        A softmax over the output rows of negative sampling, from the mean (or sum) of the context
        vectors.  None if no context word is known.  RuntimeError without negative sampling.
        """
        if self.syn1neg is None:
            raise RuntimeError("predict_output_word needs a model trained with negative sampling")
        found = [w for w in context_words_list if w in self.wv]
        if not found:
            return None
        rows = np.stack([self.wv[w] for w in found])
        hidden = rows.mean(axis=0) if self.cbow_mean else rows.sum(axis=0)
        scores = self.syn1neg @ hidden
        odds = np.exp(scores - scores.max())
        odds /= odds.sum()
        best = np.argsort(-odds, kind="stable")[:topn]
        return list(zip(self.wv.words.keys(best), odds[best].tolist(), strict=True))

    def score(
        self,
        sentences: Iterable[Sequence[str]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:
        """The log-probability of each sentence (Taddy 2015), by hierarchical softmax.

        Each word is predicted as in training, but with the whole ``window`` and without
        subsampling; words that are not known are left out.  RuntimeError without hierarchical
        softmax.

        Parameters
        ----------
        sentences : iterable of lists of words
        total_sentences : int
            look at the first so many only.
        chunksize, queue_factor, report_delay
            no effect.

        Returns
        -------
        (number of sentences,) float32 array
            0 for a sentence without two words that are known.

        >>> text = [["cat", "sat"], ["dog", "ran"]] * 99
        >>> model = Word2Vec(text, hs=1, sg=1, vector_size=8, min_count=1, alpha=0.5)
        >>> likely, unlikely = model.score([["cat", "sat"], ["cat", "ran"]])
        >>> bool(likely > unlikely)
        True
        """
        del chunksize, queue_factor, report_delay
        if not self.hs or self.syn1 is None:
            raise RuntimeError("score needs a model trained with hierarchical softmax")
        counts = np.maximum(self._counts(), 1)
        order = tree_places(np.zeros(0, np.int32), self.wv.huffman_order[: len(counts)])
        paths = huffman_paths(counts, order)
        some = itertools.islice(sentences, int(total_sentences))
        return np.array([self._score(sentence, *paths) for sentence in some], np.float32)

    def _score(
        self,
        sentence: Sequence[str],
        offsets: NDArray[np.int64],
        nodes: NDArray[np.int32],
        signs: NDArray[np.float32],
    ) -> float:
        assert self._nodes is not None
        ids = [self.wv.get_index(word) for word in sentence if word in self.wv]
        total = 0.0
        for i, word in enumerate(ids):
            around = ids[max(0, i - self.window) : i] + ids[i + 1 : i + 1 + self.window]
            if not around:
                continue
            hidden = self.wv.vectors[around]
            if not self.sg:
                hidden = (hidden.mean(axis=0) if self.cbow_mean else hidden.sum(axis=0))[None]
            path = slice(offsets[word], offsets[word + 1])
            right = signs[path] * (hidden @ self._nodes[nodes[path]].T)
            total -= float(np.logaddexp(0, -right).sum())
        return total

    # --- saving

    def save(self, fname: PathLike, **_: Any) -> None:
        """Save the whole model, so that training can go on.

        One safetensors file, written atomically; it also opens with ``KeyedVectors.load``.  The
        attributes of ``wv`` are in it, ``vectors_lockf`` too; ValueError for one that holds Python
        objects.  What gensim's ``save`` takes besides the name (``separately``,
        ``pickle_protocol``, ...) is accepted and has no effect.

        >>> Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1).save("model.safetensors")
        """
        self._rows()
        extra = {"outputs": self._outputs, "nodes": self._nodes}
        state = for_a_file({name: getattr(self, name) for name in SAVED})
        save_vectors(
            fname,
            words=self.wv.words,
            vectors=self.wv.vectors,
            counts=self._counts(),
            extra={name: rows for name, rows in extra.items() if rows is not None}
            | self.wv.attribute_arrays(),
            metadata={"parameters": state},
            kind="word2vec",
        )

    @classmethod
    def load(cls, fname: PathLike, mmap: str | bool | None = None, **_: Any) -> Word2Vec:
        """Load a model that :meth:`save` wrote; ValueError, with the reason, for other files.

        ``mmap``, and what else gensim's ``load`` takes, has no effect: rows that are trained are
        read into memory.  Options are as they were; :meth:`train` checks them.

        >>> model = Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1)
        >>> model.save("model.safetensors")
        >>> len(Word2Vec.load("model.safetensors").wv)
        2
        """
        del mmap
        words, file = load_vectors(fname, "word2vec")
        tensors, state = file.arrays, file.metadata.get("parameters")
        if not isinstance(state, dict):
            raise file.damaged("parameters is not a JSON object")
        size = tensors["vectors"].shape[1]
        model = cls(vector_size=size)
        for name in SAVED:
            if name in state:
                setattr(model, name, state[name])

        def rows(name: str, count: int) -> Matrix | None:
            if name not in tensors:
                return None
            return _shown(f"{os.fspath(fname)}: {name}", tensors[name], count, size)

        counts = np.array(tensors.get("counts", np.zeros(len(words), np.int64)))
        vectors = rows("vectors", len(words))
        assert vectors is not None
        model.wv.renew(words, vectors, counts)
        model.wv.add_attribute_arrays(tensors)
        model._words = words
        model._outputs = rows("outputs", len(words))
        model._nodes = rows("nodes", len(words) - 1)
        if model._nodes is not None and model._nodes.any() and not model.wv.huffman_order.any():
            warnings.warn(
                f"{os.fspath(fname)} does not say where words stand in the tree of its nodes "
                "(huffman_order): syn1 begins anew",
                stacklevel=2,
            )
            model._nodes[:] = 0
        if len(words) and model._outputs is None and model._nodes is None:
            raise file.damaged("it has no output weights")
        return model

    def __getstate__(self) -> dict[str, Any]:
        """What copy and pickle take: all but the text, as :meth:`save`."""
        return vars(self) | {"_corpus": None, "_signature": None}

    def __repr__(self) -> str:
        return f"Word2Vec<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"


SAVED = (
    *names_of(Word2VecParams, VocabularyParams),
    *TEXT,
    "comment",
    "loss_history",
    "corpus_count",
    "corpus_total_words",
    "total_train_time",
    "train_count",
    "min_alpha_yet_reached",
    "epochs_trained",
    "running_training_loss",
)


def _first_rows(known: int, count: int) -> NDArray[np.int64]:
    """Which rows to pick for ``count`` of which only the first ``known`` are there."""
    picks = np.arange(count)
    picks[known:] = -1
    return picks


def _shown(name: str, rows: ArrayLike, count: int, size: int) -> Matrix:
    """Rows that have been checked, as the visible part of a padded matrix: they themselves, if they
    are that, or a copy."""
    rows = np.asarray(rows)
    if rows.shape != (count, size) or rows.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} must be numbers of shape ({count}, {size}), got {rows.dtype} of {rows.shape}"
        )
    matrix = padded_rows(rows)
    return rows if np.shares_memory(matrix, rows) else matrix[:, :size]


def _all_finite(rows: Matrix) -> bool:
    """Whether all numbers are finite: their sum is, quickly found, or it was too large."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(rows.sum()) or np.isfinite(rows).all())


def _others(corpus: Corpus) -> float:
    """How many other words stand in a word's sentence, on average; at least 1."""
    lengths = np.diff(corpus.offsets).astype(np.float64)
    squares = float(np.square(lengths).sum())  # with @ the threads of BLAS would wake up, and spin
    return max(1.0, squares / len(corpus.tokens) - 1)


def _one_source(sentences: Any, corpus_file: Any) -> Any:
    if sentences is not None and corpus_file is not None:
        raise ValueError("give either sentences or corpus_file, not both")
    return corpus_file if sentences is None else sentences
