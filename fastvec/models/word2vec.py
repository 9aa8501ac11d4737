"""Word2Vec, with gensim's interface: options, training, predictions, files.

Its words and rows are in word2vec_words.py, the training loop in training.py, the calls of the
native core in word2vec_run.py, negative sampling and hierarchical softmax in output_layers.py.
"""

from __future__ import annotations

import itertools
import numbers
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.class_calls import on_class_only
from fastvec._util.gensim_names import MODEL_NAMES, missing_attribute, missing_from_module
from fastvec._util.log import log, log_unsaved
from fastvec._util.options import (
    Params,
    changed_options,
    check_value,
    refuse_unknown,
    set_options,
)
from fastvec._util.places import FileLike, name_of
from fastvec._util.progress import NEWS_SECONDS
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import Source
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.io.container import Container, check_storable
from fastvec.models import from_gensim
from fastvec.models.callbacks import CallbackAny2Vec, check_callbacks
from fastvec.models.calls import CallOptions, run_call
from fastvec.models.checkpoint import SavedRun
from fastvec.models.huffman import huffman_order, huffman_paths
from fastvec.models.output_layers import (
    OutputWeights,
)
from fastvec.models.plotting import Plotted
from fastvec.models.prediction import log_probability, most_probable
from fastvec.models.remarks import remark_on_word2vec
from fastvec.models.training import in_use
from fastvec.models.training_state import TrainingState
from fastvec.models.validation import check_share, held_again
from fastvec.models.word2vec_file import load_model, restore_rows, save_model
from fastvec.models.word2vec_run import Word2VecRun
from fastvec.models.word2vec_words import Word2VecWords, one_source
from fastvec.params import CorpusParams, TextOptions, VocabularyParams, Word2VecParams
from fastvec.sentences import (
    FAST_VERSION,
    MAX_WORDS_IN_BATCH,
    BrownCorpus,
    LineSentence,
    PathLineSentences,
    Text8Corpus,
)
from fastvec.words import Key, not_one_string

# The readers of text are here because gensim has them in its module of this name.
__all__ = [
    "FAST_VERSION",
    "MAX_WORDS_IN_BATCH",
    "BrownCorpus",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
]

P, V = Word2VecParams, VocabularyParams


@on_class_only("load", "resume")
class Word2Vec(Word2VecWords, Plotted):
    """Word vectors by skip-gram or CBOW, with negative sampling, a tree, or a full softmax.

    With ``sentences`` or ``corpus_file`` the model is trained at once; without them, call
    :meth:`build_vocab` and then :meth:`train`.  Names and defaults are those of gensim 4;
    docs/coming-from/gensim.md lists the differences.

    Parameters
    ----------
    sentences : path, list of paths, or iterable of lists of words, optional
        the corpus: text files with one sentence on each line, lists of words, or anything else
        that :meth:`fastvec.Corpus.read` takes.  It is read only once, so it may be a generator.
    corpus_file : path, optional
        the same as giving the path as ``sentences``.
    vector_size : int, default 100
        numbers in each vector.
    alpha, min_alpha : float, default 0.025 and 0.0001
        learning rate at the first and at the last word; it falls linearly over all epochs.  For
        CBOW 0.05 is usually better, which is word2vec.c's default for it.
    window : int, default 5
        words on each side that count as context; with ``shrink_windows`` (the default) each
        position draws its own window size from 1 to ``window``.
    min_count, max_vocab_size, max_final_vocab, trim_rule, sorted_vocab
        which words are kept: see :meth:`fastvec.Corpus.read`.
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
        noise words drawn for each prediction; 0 turns negative sampling off.
    ns_exponent : float, default 0.75
        noise words are drawn in proportion to their count to this power.
    loss : {"ns", "hs", "softmax", "sampled_softmax", "nce"}, optional
        the objective, instead of ``hs`` and ``negative``: negative sampling, hierarchical softmax,
        the softmax over all words, or one of two other estimates of it by noise words, of which
        64 times ``negative`` are drawn for each batch of windows (docs/method.md).
    cbow_mean : {0, 1}, default 1
        1 for the mean of the context vectors, 0 for their sum.
    cbow_corrected : bool, default False
        divide the gradient of CBOW among the context words (Irsoy et al. 2021).
    shared_negatives : bool, default True
        draw noise words once for each window, which is fast (Ji et al. 2016); False draws them
        for each pair of words, as textbooks describe it.
    deterministic : bool, default False
        the same seed gives the same bytes with any number of workers, on the same instruction set
        (docs/method.md: exclusive blocks, virtual workers).
    epochs : int, default 5
        passes over the corpus.
    compute_loss : bool
        no effect: the loss is always computed, see ``loss_history``.
    callbacks : iterable of CallbackAny2Vec
        called before and after each epoch.
    comment : str, or whatever else JSON can hold, optional
        kept in the saved model.
    null_word, hashfxn, batch_words
        have no effect; they are accepted so that calls written for gensim work.
    tokens, lower, lines, errors, encoding, column, group, order, delimiter, header, memory, tmp
        how text is read: see :meth:`fastvec.Corpus.read`.
    vocabulary : Vocabulary, optional
        use these words and no others, with these counts (as word2vec.c's -read-vocab).
    validation : float, or a corpus, optional
        see :meth:`train`; like ``callbacks`` it is not kept.
    progress : bool, optional
        show a progress bar; by default only if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        the vectors.
    loss_history : list of float
        for each epoch, the mean of -log(probability of the right answer) over its predictions; NaN
        if it made none.
    validation_history, validation_epochs : list of float
        the mean loss on text that was held out, and after how many epochs it was that.
    corpus_count, corpus_total_words : int
        sentences and words read.
    train_count : int
        calls of :meth:`train` that came to their end.
    min_alpha_yet_reached : float
        the learning rate at the end of the latest epoch; ``alpha`` before the first one.
    training_state : TrainingState
        all of this that a saved model needs to continue training.

    Raises
    ------
    ValueError, TypeError
        an option out of range; the message has its name, the rule and the value.
    FloatingPointError
        the vectors are not finite any more, because the learning rate was too high.

    >>> model = Word2Vec([["cat", "sat"], ["dog", "sat"]] * 50, vector_size=8, min_count=1)
    >>> model.wv["cat"].shape
    (8,)
    """

    #: the name of gensim's class, and of the kind of files
    _kind: ClassVar[str] = "Word2Vec"
    #: its groups of options besides those of reading text
    _groups: ClassVar[tuple[type[Params], ...]] = (Word2VecParams,)

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
        deterministic: bool = P.deterministic,
        loss: str | None = P.loss,
        vocabulary: Vocabulary | None = None,
        validation: Any = None,
        progress: bool | None = None,
        **text: Unpack[TextOptions],
    ) -> None:
        refuse_unknown(text, Word2VecParams, VocabularyParams, CorpusParams)
        self.hashfxn, self.batch_words, self.null_word = hashfxn, batch_words, null_word
        self.compute_loss = compute_loss
        set_options(self, locals() | text, Word2VecParams, VocabularyParams, CorpusParams)
        self.trim_rule, self.vocabulary = trim_rule, vocabulary
        self.comment, self.progress = comment, progress
        self.training_state = TrainingState()
        self.corpus_count = self.corpus_total_words = 0
        self._corpus: Corpus | None = None  # what build_vocab read
        self._signature: object = None  # of where it was read from
        check_value("alpha", alpha, float, above=0)
        self._training_params()
        if self.losses == ("hs", "ns"):
            log.warning(
                "hierarchical softmax (hs=1) and negative sampling (negative=%d) are both on: set "
                "negative=0 or hs=0 to train one of them only",
                self.negative,
            )
        if self.min_alpha > self.alpha:
            raise ValueError(
                f"min_alpha must be at most alpha ({self.alpha}), got {self.min_alpha}"
            )
        self.min_alpha_yet_reached = self.alpha
        self._vocab_params()
        self._corpus_params()
        self.wv = self._empty_vectors()
        self._output_weights = OutputWeights(self.wv.words, self.vector_size)
        callbacks = check_callbacks(callbacks)
        check_storable("comment", comment)
        source = one_source(sentences, corpus_file)
        if source is None and (callbacks or validation is not None):
            what = "callbacks are" if callbacks else "validation is"
            log.warning("%s not kept: without a text, give them to train", what)
        if source is not None:
            self.build_vocab(source)
            self.train(callbacks=callbacks, validation=validation)

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
        report_delay: float = NEWS_SECONDS,
        compute_loss: bool = False,
        callbacks: Iterable[CallbackAny2Vec] = (),
        *,
        validation: Any = None,
        validation_every: int | None = None,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
        engine: Any = None,
    ) -> tuple[int, int]:
        """Train for some epochs; may be called again, with the same or another corpus.

        Parameters
        ----------
        corpus_iterable, corpus_file
            as ``sentences`` and ``corpus_file`` of the class; default: what :meth:`build_vocab`
            read.  Files that it has read and that have not changed since are not read again, nor
            is a source that can be read only once (a generator, a pipe).  Other text is read, and
            words that are not in the vocabulary are left out.
        epochs : int, optional
            passes over the corpus; default: the model's ``epochs``, which it becomes.
        start_alpha, end_alpha : float, optional
            learning rate at the start and at the end of this call; default: the model's ``alpha``
            and ``min_alpha``, which they become.  The rate is never below ``min_alpha``.
        callbacks : iterable of CallbackAny2Vec
            called before and after each epoch.  They may change the model's rates, options, words
            and vectors: the next epoch uses them.  StopIteration from ``on_epoch_end`` ends the
            training.
        validation : float, or a corpus, optional
            a share of the sentences, such as 0.01, which is held out of training, or other text,
            on which the loss is computed after each epoch: see ``validation_history``.
        validation_every : int, optional
            compute it each time that so many words were trained on, too.
        report_delay : float
            seconds between two lines of news in the log; there is one after each epoch too.
        checkpoint : path, optional
            a file to which the whole state of the training is written now and then, at its end, and
            when Ctrl-C or another signal stops it: :meth:`resume` goes on from there.
        checkpoint_every : str, optional
            how often: a time such as ``"30s"``, ``"10m"`` or ``"2h"``, or epochs such as ``"1e"``;
            default: ten minutes, or longer if writing takes more than 1 % of the time.
        engine : fastvec.RayEngine, optional
            train on several machines.  A model without words gets those of the corpus, which no
            machine has to read alone.
        total_examples, total_words, word_count, queue_factor, compute_loss
            no effect: the corpus is counted when it is read.

        Returns
        -------
        (int, int)
            words trained on (after subsampling), and all words in the text, known or not, over
            all epochs.  If none is known, there is a warning, and (0, 0) is returned.

        Raises
        ------
        KeyboardInterrupt
            on Ctrl-C, within a second.  The model can be used: it has what it learned so far.
        RuntimeError
            another call of ``train`` or ``build_vocab`` of this model is running, in another
            thread or, if this is a callback, in this one.
        """
        del total_examples, total_words, word_count, queue_factor, compute_loss
        options = CallOptions(
            callbacks, report_delay, validation_every, checkpoint, checkpoint_every
        )
        if engine is not None and not len(self.wv.words):
            engine.build_vocab(self, one_source(corpus_iterable, corpus_file))
        if not len(self.wv.words):
            raise RuntimeError("there is no vocabulary to train yet: call build_vocab first")
        with in_use(self, "train"):
            schedule = self._schedule(start_alpha, end_alpha, epochs)
            if engine is not None:
                source = one_source(corpus_iterable, corpus_file)
                trained: tuple[int, int] = engine.train(self, source, schedule, validation, options)
                return trained
            try:
                corpus = self._corpus_of(one_source(corpus_iterable, corpus_file))
            except NoWordsError as error:
                warnings.warn(f"nothing was trained: {error}", stacklevel=2)
                return 0, 0
            held = self._validation_of(validation)
            vars(self).update(schedule)
            if self.alpha > self.min_alpha_yet_reached:
                log.warning(
                    "the learning rate begins at alpha=%g, above %g, where training ended before",
                    self.alpha,
                    self.min_alpha_yet_reached,
                )
            self.training_state.begin_call(self.epochs)
            self._run(self._new_run(corpus, held), options)
        state = self.training_state
        return state.trained, state.epochs_done * corpus.raw_words

    @classmethod
    def resume(
        cls,
        path: FileLike,
        corpus_iterable: Any = None,
        corpus_file: Any = None,
        *,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        workers: int | None = None,
        tokens: Callable[[str], Iterable[Any]] | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation: Any = None,
        validation_every: int | None = None,
        report_delay: float = NEWS_SECONDS,
        checkpoint: PathLike | None = None,
        checkpoint_every: str | None = None,
        engine: Any = None,
        progress: bool | None = None,
    ) -> Self:
        """Go on with a training from its checkpoint, to its end.

        With one worker and on the same instruction set the result is the same, byte for byte, as
        without the interruption; with several workers, no part of the text is trained on twice or
        left out.

        Parameters
        ----------
        path : path
            what ``train(checkpoint=...)`` has written.
        corpus_iterable, corpus_file
            the text of that training.  It is read as it was then.
        epochs : int, optional
            how many epochs the training has in all; default: as many as it was to have.
        start_alpha, end_alpha : float, optional
            learning rate at the start and at the end of the whole training; default: as before.
        workers : int, optional
            threads; default: as before.
        tokens : callable, optional
            the function that makes words of text, if there was one, since files do not keep it.
        callbacks, validation_every, report_delay
            as in :meth:`train`.
        validation : corpus, optional
            the text for validation, if there was one of its own; what was held out is known.
        checkpoint, checkpoint_every
            as in :meth:`train`; default: the same file, and as often as before.
        engine : fastvec.RayEngine, optional
            what to train on, for the checkpoint of a training on several machines.
        progress : bool, optional
            show a progress bar; by default only if standard error is a terminal.

        Returns
        -------
        Word2Vec
            the trained model.  If the training had ended, it is not trained any more.

        Raises
        ------
        ValueError
            a text that is not the one of the checkpoint; a file that is no checkpoint, or damaged.

        >>> model = Word2Vec(vector_size=8, min_count=1)
        >>> model.build_vocab([["cat", "sat"]] * 9)
        >>> trained = model.train(checkpoint="run.ckpt")
        >>> Word2Vec.resume("run.ckpt", [["cat", "sat"]] * 9, epochs=8).epochs_trained
        8
        """
        model, file = cls._open(path)
        saved = SavedRun.of(file)
        model.progress = progress
        model.workers = model.workers if workers is None else workers
        model.tokens = tokens or model.tokens
        model._resume(
            saved,
            one_source(corpus_iterable, corpus_file),
            model._schedule(start_alpha, end_alpha, epochs),
            validation,
            CallOptions.resumed(
                saved, callbacks, report_delay, validation_every, checkpoint, checkpoint_every
            ),
            engine,
        )
        return model

    def _resume(
        self,
        saved: SavedRun,
        sentences: Any,
        schedule: dict[str, Any],
        validation: Any,
        options: CallOptions,
        engine: Any = None,
    ) -> None:
        """Go on with the training of a checkpoint, with a new schedule, unless it has ended."""
        if sentences is None:
            raise ValueError("resume needs the corpus: give corpus_iterable or corpus_file")
        with in_use(self, "resume"):
            state = self.training_state
            state.resume_call(schedule.get("epochs"))
            vars(self).update(schedule, epochs=state.epochs_wanted)
            if engine is not None and not state.has_ended:
                engine.resume(self, saved, sentences, held_again(state, validation), options)
            elif not state.has_ended:
                source = self._source(sentences)
                held = self._validation_of(held_again(state, validation))
                run = self._new_run(self._read_again(source), held)
                saved.check(run)
                self._run(run, options)

    def _read_again(self, source: Source) -> Corpus:
        """The text that the model was trained on, read by the options that it was read with."""
        vocab_params, vocabulary = self._vocab_params(), self._vocabulary()
        return self._read(source, vocab_params, vocabulary=vocabulary, trim_rule=self.trim_rule)

    def _new_run(self, corpus: Corpus, validation: float | Corpus | None) -> Word2VecRun:
        """A call of ``train`` on a corpus."""
        return Word2VecRun(self, corpus, validation)

    def _run(self, run: Word2VecRun, options: CallOptions) -> None:
        """Train on a corpus, from where the training state is."""
        try:
            run_call(self, run, run.validation, options, type(self)._write)
        finally:
            run.end_epoch()
        remark_on_word2vec(self, run.corpus, self.training_state)

    def _schedule(
        self, alpha: float | None, min_alpha: float | None, epochs: int | None
    ) -> dict[str, Any]:
        """The rates and epochs of a call of ``train``, checked, which become the model's."""
        schedule: dict[str, Any] = {}
        if alpha is not None:
            schedule["alpha"] = check_value("start_alpha", alpha, float, above=0)
        if min_alpha is not None:
            schedule["min_alpha"] = check_value("end_alpha", min_alpha, float, low=0)
        if epochs is not None:
            schedule["epochs"] = check_value("epochs", epochs, int, low=1)
        self._training_params()
        return schedule

    def _corpus_of(self, sentences: Any) -> Corpus:
        """The text to train on, in the ids of the current words of ``wv``."""
        source = None if sentences is None else self._source(sentences)
        if source is not None and (self._signature is None or source.signature != self._signature):
            corpus = self._read(source, VocabularyParams(), vocabulary=self._vocabulary())
        elif self._corpus is not None:
            corpus = self._in_words(self._corpus)
        else:
            raise ValueError("train needs a corpus: give corpus_iterable or corpus_file")
        if not len(corpus.tokens):
            raise NoWordsError("the corpus has no word of the vocabulary")
        return corpus

    def _validation_of(self, validation: Any) -> float | Corpus | None:
        """What to validate on: a share of the text, or other text, read into the model's words."""
        if validation is None or isinstance(validation, numbers.Real):
            return None if validation is None else check_share(validation)
        source = self._source(validation)
        return self._read(source, VocabularyParams(), vocabulary=self._vocabulary())

    def get_latest_training_loss(self) -> float:
        """The loss of the latest call of :meth:`train`, summed over all predictions.

        ``loss_history`` is easier to interpret: it has the mean over the predictions of each epoch.
        """
        return self.running_training_loss

    def predict_output_word(
        self, context_words_list: Iterable[Key], topn: int = 10
    ) -> list[tuple[Any, float]] | None:
        """The words that are most probable between some context words, with their probabilities.

        The probabilities are a softmax of the products of the words' output weights and the mean
        (or sum) of the context vectors.  With ``loss="softmax"`` they are those that the model is
        trained for.

        Returns
        -------
        list of (word, float), or None
            None if no context word is known, and where the words of ``wv`` are others than those
            that were trained.  The log says which.

        Raises
        ------
        RuntimeError
            for a model with hierarchical softmax only.
        """
        if self.syn1neg is None:
            raise RuntimeError(
                "predict_output_word needs output weights of words, which hierarchical softmax "
                "does not have: train with loss='softmax', or with negative=5"
            )
        words = not_one_string(context_words_list, "context_words_list")
        topn = check_value("topn", topn, int | None, low=0)
        found = [w for w in words if w in self.wv]
        if not found:
            log.warning("predict_output_word: none of the context words is known")
            return None
        if not self.syn1neg.any():
            log.warning("predict_output_word: no output weights were trained for the words of wv")
            return None
        rows = np.stack([self.wv[w] for w in found])
        hidden = rows.mean(axis=0) if self.cbow_mean else rows.sum(axis=0)
        best, probabilities = most_probable(self.syn1neg, hidden, topn)
        return list(zip(self.wv.words.keys(best), probabilities.tolist(), strict=True))

    def score(
        self,
        sentences: Iterable[Sequence[str]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:
        """The log-probability of each sentence by hierarchical softmax (Taddy 2015).

        Each word is predicted as in training, but from the whole ``window`` and without
        subsampling.  Unknown words are left out.

        Parameters
        ----------
        sentences : iterable of lists of words
        total_sentences : int
            how many sentences to look at.
        chunksize, queue_factor, report_delay
            have no effect.

        Returns
        -------
        (number of sentences,) float32 array
            0 for a sentence with fewer than two known words.

        Raises
        ------
        RuntimeError
            for a model without hierarchical softmax.

        >>> text = [["cat", "sat"], ["dog", "ran"]] * 99
        >>> model = Word2Vec(text, hs=1, sg=1, vector_size=8, min_count=1, alpha=0.5)
        >>> likely, unlikely = model.score([["cat", "sat"], ["cat", "ran"]])
        >>> bool(likely > unlikely)
        True
        """
        del chunksize, queue_factor, report_delay
        most = check_value("total_sentences", total_sentences, int, low=0)
        if "hs" not in self.losses or self.syn1 is None:
            raise RuntimeError("score needs a model trained with hierarchical softmax")
        order = huffman_order(np.zeros(0, np.int32), self.wv.huffman_order[: len(self.wv.words)])
        paths = huffman_paths(np.maximum(self._word_counts(), 1), order)
        some = itertools.islice(not_one_string(sentences, "sentences"), most)
        lists = (not_one_string(sentence, "a sentence") for sentence in some)
        known = ([self.wv.get_index(word) for word in words if word in self.wv] for words in lists)
        vectors, weights = self.wv.vectors, self.syn1
        return np.array(
            [log_probability(ids, vectors, weights, paths, self) for ids in known], np.float32
        )

    if not TYPE_CHECKING:  # or type checkers would take every name for an attribute

        def __getattr__(self, name: str) -> Any:
            """Called for what is not there: for names of gensim, says what to use."""
            missing_attribute(self, name, MODEL_NAMES)

    # --- saving

    def save(self, fname_or_handle: FileLike, **_: Any) -> None:
        """Save the whole model, so that training can be continued.

        It is one file in the safetensors layout, which is complete or not there at all;
        ``KeyedVectors.load`` opens it too.  It has the attributes of ``wv``, such as
        ``vectors_lockf``.  Other arguments of gensim's ``save`` (``separately``,
        ``pickle_protocol``, ...) are accepted and have no effect.

        ``fname_or_handle`` is a path, an address that fsspec knows (``s3://...``), or a file that
        is open for writing bytes.

        Raises
        ------
        FloatingPointError
            the vectors are not finite any more, because the learning rate was too high: a model
            that cannot be used would replace the one that was saved before.
        ValueError
            an option was changed to a value with which the file could not be loaded.

        >>> Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1).save("model.safetensors")
        """
        self._write(fname_or_handle)
        log_unsaved(self, self._like(1))
        log.info("saved %r to %s", self, name_of(fname_or_handle))

    @classmethod
    def load(cls, fname: FileLike, mmap: str | bool | None = None, **_: Any) -> Self:
        """Load a model that :meth:`save` wrote.

        ``mmap`` and other arguments of gensim's ``load`` have no effect, since rows that are
        trained must be in memory.  The options are those of the saved model; :meth:`train` checks
        them.

        Raises ValueError, with the reason, for any other file.

        >>> model = Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1)
        >>> model.save("model.safetensors")
        >>> len(Word2Vec.load("model.safetensors").wv)
        2
        """
        del mmap
        model = cls._open(fname)[0]
        log.info("loaded %r from %s", model, name_of(fname))
        return model

    @classmethod
    def from_gensim(cls, theirs: Any) -> Self:
        """A Word2Vec of gensim 4 with its words, counts, vectors, output weights, attributes and
        options, copied.  Training can go on with a text of the same or other words.

        gensim's Huffman tree is another one than fastvec's, so that ``syn1`` begins anew, with a
        warning.

        Raises
        ------
        TypeError
            another object (FastText and Doc2Vec have a method of their own), or a file: open it
            with gensim's Word2Vec.load.
        ValueError
            an option that fastvec does not accept.

        >>> theirs = Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1)  # or gensim's
        >>> model = Word2Vec.from_gensim(theirs)
        >>> model.train([["cat", "sat"]], epochs=2)[1]
        4
        """
        return from_gensim.word2vec(cls, theirs)

    def _write(
        self,
        path: FileLike,
        metadata: Mapping[str, Any] | None = None,
        arrays: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        """Write the model, and whatever else belongs to it."""
        save_model(self, path, metadata, arrays)

    @classmethod
    def _open(cls, path: FileLike) -> tuple[Self, Container]:
        """A model from its file, and all that the file has."""
        return load_model(cls, path)

    @classmethod
    def _like(cls, vector_size: int) -> Self:
        """An empty model; a subclass may have a constructor of its own."""
        model = cls.__new__(cls)
        Word2Vec.__init__(model, vector_size=vector_size)
        return model

    def _restore_rows(self, path: FileLike) -> None:
        """Go back to a state of this model that was saved."""
        restore_rows(self, path)

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles have everything but the text, as saved models do."""
        return vars(self) | {"_corpus": None, "_signature": None, "_used_by": None}

    def _repr_html_(self) -> str:
        return self.training_state.to_html(repr(self))

    def __repr__(self) -> str:
        changed = changed_options(self, *self._groups, but=("vector_size", "alpha", "workers"))
        return (
            f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, "
            f"alpha={self.alpha}{changed}>"
        )


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    missing_from_module(__name__, name)
