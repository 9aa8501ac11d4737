"""Word2VecWords: the part of Word2Vec that has words, their counts, and rows for them.

It chooses the words of a text, makes and keeps the rows of vectors and output weights for them, and
checks the options.  Training and what can be asked of a trained model are in word2vec.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._util.matrix import padded, picked_rows, random_rows
from fastvec._util.options import check_value, params_from
from fastvec._util.places import exists
from fastvec._util.system import available_cores
from fastvec._util.undo import undone_on_error
from fastvec.corpus.build import read_corpus
from fastvec.corpus.corpus import WORD_OPTIONS, Corpus
from fastvec.corpus.sources import Source, find_source
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.io.container import Container
from fastvec.models.huffman import huffman_order
from fastvec.models.output_layers import (
    HIERARCHICAL_SOFTMAX,
    LAYERS,
    WORD_OUTPUTS,
    Matrix,
    OutputWeights,
    check_objectives,
    padded_view,
)
from fastvec.models.training import in_use
from fastvec.models.training_state import StateAttribute, TrainingState
from fastvec.params import LOSSES, CorpusParams, VocabularyParams, Word2VecParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

#: Bytes that a word takes besides its vectors: its letters, index entry, count and tables; and its
#: path of some 20 nodes with hierarchical softmax.
VOCAB_BYTES, PATH_BYTES = 60, 160


class Word2VecWords(Word2VecParams, VocabularyParams, CorpusParams):
    """What Word2Vec inherits; its docstring describes options and attributes."""

    loss_history = StateAttribute[list[float]]()
    validation_history = StateAttribute[list[float]]()
    validation_epochs = StateAttribute[list[float]]()
    epochs_trained = StateAttribute[int]()
    train_count = StateAttribute[int]()
    total_train_time = StateAttribute[float]()
    running_training_loss = StateAttribute[float]()
    min_alpha_yet_reached = StateAttribute[float]()

    wv: KeyedVectors
    training_state: TrainingState
    trim_rule: Any
    vocabulary: Vocabulary | None
    progress: bool | None
    corpus_count: int
    corpus_total_words: int
    _corpus: Corpus | None  # what build_vocab read
    _signature: object  # of where it was read from
    _output_weights: OutputWeights
    #: the objectives that it can be trained with
    _losses: ClassVar[tuple[str, ...]] = LOSSES

    def _training_params(self) -> Word2VecParams:
        """The current training options, checked.

        ``alpha`` may be below ``min_alpha``, since old scripts lower it in each call of ``train``.
        The learning rate is never below ``min_alpha`` anyway.
        """
        self.alpha = check_value("alpha", self.alpha, float)
        self.min_alpha = check_value("min_alpha", self.min_alpha, float)
        self.workers = self.workers or available_cores()
        params = params_from(Word2VecParams, self, alpha=max(self.alpha, self.min_alpha))
        check_objectives(params, type(self).__name__, self._losses)
        return params

    def _vocab_params(self) -> VocabularyParams:
        """The current options that choose the words, checked."""
        return params_from(VocabularyParams, self)

    def _corpus_params(self) -> CorpusParams:
        """The current options of reading text, checked."""
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

        The corpus is read and kept as word ids, so that :meth:`train` with the same source does
        not read it again.  ``progress_per`` and ``keep_raw_vocab`` have no effect.

        Parameters
        ----------
        corpus_iterable, corpus_file
            as ``sentences`` and ``corpus_file`` of the class.
        update : bool
            add the new words of this corpus to the vocabulary; known words keep their vectors.
            If the corpus has neither a known word nor a new one that is kept, nothing changes.
        """
        del progress_per, keep_raw_vocab
        sentences = one_source(corpus_iterable, corpus_file)
        with self._changing_words("build_vocab"):
            self._build_vocab(sentences, update, trim_rule)

    @contextlib.contextmanager
    def _changing_words(self, call: str) -> Iterator[None]:
        """Keep other calls out while one changes the words; after an exception nothing changed."""
        with (
            in_use(self, call, by_callbacks=True),
            undone_on_error(self, self.wv, self.training_state),
        ):
            yield

    def _build_vocab(self, sentences: Any, update: bool, trim_rule: Any) -> None:
        if sentences is None:
            raise ValueError("build_vocab needs a corpus: give corpus_iterable or corpus_file")
        vocab_params, rule = self._vocab_params(), trim_rule or self.trim_rule
        source = self._source(sentences)
        if not (update and len(self.wv)):
            corpus = self._read(source, vocab_params, vocabulary=self.vocabulary, trim_rule=rule)
            self._make_rows(corpus.vocabulary)
        else:
            known = self._vocabulary()
            try:
                corpus = self._read(source, vocab_params, known=known, trim_rule=rule)
            except NoWordsError:
                corpus = Corpus(np.empty(0, np.int32), np.zeros(1, np.int64), known, 0, 0)
            self._add_rows(corpus.vocabulary)
        if "hs" in self.losses and len(corpus.tokens):
            self._set_huffman_order(corpus.tokens)
        self._keep_corpus(corpus, source.signature)

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[str, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: Any = None,
        update: bool = False,
    ) -> None:
        """Choose words that have been counted already, and make fresh vectors for them.

        ``corpus_count`` becomes the model's attribute of that name; ``update`` is that of
        :meth:`build_vocab`; ``keep_raw_vocab`` has no effect.

        Raises ValueError if no word is kept.

        >>> model = Word2Vec(vector_size=8, min_count=2)
        >>> model.build_vocab_from_freq({"dog": 2, "cat": 3, "eel": 1})
        >>> model.wv.index_to_key
        ['cat', 'dog']
        """
        del keep_raw_vocab
        params, rule = self._vocab_params(), trim_rule or self.trim_rule
        corpus_count = check_value("corpus_count", corpus_count or 0, int, low=0)
        known = self._vocabulary() if update else Vocabulary.of({})
        given = Vocabulary.of(word_freq)
        vocabulary = known.extended(given.words, given.counts, params, rule)
        if not len(vocabulary):
            raise NoWordsError(
                f"no word is left: none of {len(given)} words is kept with min_count "
                f"{params.min_count}"
            )
        with self._changing_words("build_vocab_from_freq"):
            if len(known):
                self._add_rows(vocabulary)
            else:
                self._make_rows(vocabulary)
            self._corpus = self._signature = None
            self.corpus_count, self.corpus_total_words = corpus_count, 0

    def reset_from(self, other_model: Word2VecWords) -> None:
        """Use the words, the counts and the corpus of another model, with fresh vectors.

        >>> model = Word2Vec([["cat", "sat"]] * 9, vector_size=8, min_count=1)
        >>> other = Word2Vec(vector_size=4)
        >>> other.reset_from(model)
        >>> other.wv.vectors.shape, other.corpus_count
        ((2, 4), 9)
        """
        if not isinstance(other_model, Word2VecWords):
            raise TypeError(f"reset_from takes a Word2Vec, got {type(other_model).__name__}")
        names = (*WORD_OPTIONS, "_corpus", "_signature", "corpus_count", "corpus_total_words")
        with self._changing_words("reset_from"):
            self._make_rows(other_model._vocabulary())
            for name in names:
                setattr(self, name, getattr(other_model, name))

    def estimate_memory(
        self, vocab_size: int | None = None, report: dict[str, int] | None = None
    ) -> dict[str, int]:
        """Estimate how many bytes the model takes in memory, without its corpus.

        Parameters
        ----------
        vocab_size : int, optional
            number of words; default: that of the model.
        report : dict, optional
            other bytes by name: they are added to the total, and the dict is filled in.

        Returns
        -------
        dict
            bytes of ``vocab`` and ``vectors``, of ``syn1`` and ``syn1neg`` if the model has them,
            and their ``total``.

        >>> Word2Vec(vector_size=100).estimate_memory(1_000_000)["vectors"]
        448000000
        """
        count = check_value("vocab_size", vocab_size or len(self.wv), int, low=0)
        rows = count * padded(1, self.vector_size).nbytes
        report = {} if report is None else report
        report["vocab"] = count * (VOCAB_BYTES + (PATH_BYTES if "hs" in self.losses else 0))
        report["vectors"] = rows
        for layer in LAYERS:
            if layer.is_used(self):
                report[layer.gensim_name] = rows
        report["total"] = sum(value for name, value in report.items() if name != "total")
        return report

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.wv.words, self._word_counts())

    def _word_counts(self) -> NDArray[np.int64]:
        """How often each word occurred; 0 for those that were added by hand."""
        words, counts = len(self.wv.words), self.wv.counts
        return np.zeros(words, np.int64) if counts is None else counts[:words].copy()

    def _empty_vectors(self) -> KeyedVectors:
        """The vectors of no words."""
        return KeyedVectors(self.vector_size)

    def _renew_vectors(self, vocabulary: Vocabulary) -> None:
        """Give other words to ``wv``, with random vectors."""
        generator = np.random.default_rng(self.seed)
        vectors = random_rows(len(vocabulary), self.vector_size, generator)
        self.wv.renew(vocabulary.words, vectors[:, : self.vector_size], vocabulary.counts)

    def _make_rows(self, vocabulary: Vocabulary) -> None:
        """Make fresh rows: random vectors, and zeros as output weights."""
        self._renew_vectors(vocabulary)
        self._output_weights = OutputWeights(vocabulary.words, self.vector_size)
        self._output_weights.prepare(self)
        self.loss_history, self.epochs_trained = [], 0
        self.validation_history, self.validation_epochs = [], []

    def _add_rows(self, vocabulary: Vocabulary) -> None:
        """Make random vectors for the new words, which follow the known ones."""
        old, shown = len(self.wv.words), self.wv.vectors
        if len(vocabulary) > old:
            generator = np.random.default_rng((self.seed, old))
            picks = np.append(np.arange(old), np.full(len(vocabulary) - old, -1))
            vectors = picked_rows(shown, picks)
            vectors[old:] = random_rows(len(vocabulary) - old, self.vector_size, generator)
            shown = vectors[:, : self.vector_size]
        self.wv.renew(vocabulary.words, shown, vocabulary.counts, keep_attributes=True)

    def _source(self, sentences: Any) -> Source:
        """What a text is read from."""
        return find_source(sentences, self._corpus_params())

    def _read(self, source: Source, vocab_params: VocabularyParams, **options: Any) -> Corpus:
        options |= {"workers": self.workers, "progress": self.progress}
        return read_corpus(source, vocab_params, self._corpus_params(), **options)

    def _in_words(self, corpus: Corpus) -> Corpus:
        """A corpus in the ids of the current words of ``wv``."""
        return corpus.in_words(self._vocabulary(), memory=self.memory, tmp=self.tmp)

    def _keep_corpus(self, corpus: Corpus, signature: object) -> None:
        """Keep a corpus, so that ``train`` need not read a source with the same signature again.
        Later text is read with the same options of what a word is."""
        self._corpus, self._signature = corpus, signature
        for name in WORD_OPTIONS:
            setattr(self, name, corpus.options.get(name, getattr(self, name)))
        self.corpus_count = corpus.raw_sentences
        self.corpus_total_words = corpus.raw_words

    def _set_huffman_order(self, tokens: NDArray[np.int32]) -> NDArray[np.int32]:
        """Give those words that have no position in the Huffman tree one, by a text.

        ``wv`` keeps the positions, so that the inner nodes stay with the same words when training
        continues, also after loading.
        """
        order = self.wv.huffman_order = huffman_order(tokens, self.wv.huffman_order)
        return order

    def _sync_rows(self) -> None:
        """Bring vectors and output weights into the layout that the native core needs.

        They get a row for each current word of ``wv`` (or inner node): words may have been sorted,
        added or replaced since the weights were last used, and ``wv.vectors`` may have been set.
        """
        self._pad_vectors()
        self._output_weights.sync(self.wv.words)
        self._output_weights.prepare(self)

    def _input_rows(self) -> list[Matrix]:
        """The rows that training takes as inputs and changes: first those of the words."""
        return [self.wv.vectors]

    def _load_vectors(self, file: Container, words: Words, counts: NDArray[np.int64]) -> None:
        """Give the words and vectors of a saved model to ``wv``."""
        vectors, name = file.arrays["vectors"], f"{file.path}: vectors"
        self.wv.renew(words, padded_view(name, vectors, len(words), self.vector_size), counts)

    def _restore_vectors(self, file: Container) -> None:
        """Change the vectors back to those of a saved state of the model."""
        self.wv.vectors[:] = file.arrays["vectors"]

    def _pad_vectors(self) -> None:
        wv = self.wv
        wv.vectors = padded_view("wv.vectors", wv.vectors, len(wv.words), self.vector_size)

    # --- output weights, under gensim's names

    @property
    def syn1neg(self) -> Matrix | None:
        """Output weights of all objectives but hierarchical softmax, (words, vector_size), or None;
        may be replaced.

        Row i belongs to word i of ``wv``, also after words have been sorted or added there.
        """
        self._output_weights.sync(self.wv.words)
        return self._output_weights.get(WORD_OUTPUTS)

    @syn1neg.setter
    def syn1neg(self, rows: ArrayLike) -> None:
        self._output_weights.sync(self.wv.words)
        self._output_weights.set(WORD_OUTPUTS, rows)

    @property
    def syn1(self) -> Matrix | None:
        """Output weights of hierarchical softmax, (words - 1, vector_size), or None; may be
        replaced.

        They belong to the inner nodes of this model's tree, from the root down, level by level.
        gensim builds another tree, and its array has one row more, which it never uses: a last row
        too many is dropped.
        """
        self._output_weights.sync(self.wv.words)
        return self._output_weights.get(HIERARCHICAL_SOFTMAX)

    @syn1.setter
    def syn1(self, rows: ArrayLike) -> None:
        self._output_weights.sync(self.wv.words)
        count = HIERARCHICAL_SOFTMAX.n_rows(len(self.wv.words))
        self._output_weights.set(HIERARCHICAL_SOFTMAX, np.atleast_1d(rows)[:count])

    @property
    def layer1_size(self) -> int:
        """gensim's name for the numbers in each output row: ``vector_size``."""
        return self.vector_size

    @property
    def effective_min_count(self) -> int:
        """The smallest count with which a word was kept.

        It is ``min_count``, or with ``max_final_vocab`` the count of the rarest word that was kept,
        if that is more.
        """
        if self.max_final_vocab is None or not len(self.wv):
            return self.min_count
        return max(self.min_count, int(self._word_counts().min()))


def one_source(sentences: Any, corpus_file: Any) -> Any:
    if sentences is not None and corpus_file is not None:
        raise ValueError("give either sentences or corpus_file, not both")
    if isinstance(corpus_file, (list, tuple)):
        # With a function as tokens, a list of strings would be one of texts.
        return [Path(each) if exists(each) else each for each in corpus_file]
    return corpus_file if sentences is None else sentences
