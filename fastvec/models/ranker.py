"""Ranker: the network of Collobert and Weston, which ranks windows of text above wrong ones.

Sources: Collobert & Weston (ICML 2008), "A Unified Architecture for Natural Language Processing";
Collobert et al. (JMLR 2011), "Natural Language Processing (Almost) from Scratch".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np

from fastvec._util.options import check_value, params_from
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.ranker_measures import Ranking, measure
from fastvec.models.ranker_run import RankerRun
from fastvec.models.window_network import Floats, WindowNetwork
from fastvec.params import RankerParams, ReadOptions, VocabularyParams

P = RankerParams

#: the standard deviation of the numbers of fresh vectors
FIRST_VECTORS = 0.1


class Ranker(WindowNetwork, RankerParams):
    """Word vectors by a network that ranks windows of text (Collobert & Weston 2008).

    The vectors of the words of a window, side by side, go through a layer of hidden units
    (HardTanh) to one number, the score of the window.  It learns to score each window of the text
    at least 1 above the same window with a random word in its middle.

    With ``sentences`` the model is trained at once; without, call :meth:`train`.

    Parameters
    ----------
    sentences, optional
        a text, as :meth:`fastvec.Corpus.read` takes it.
    vector_size : int, default 50
        numbers in each vector.
    window : int, default 5
        words on each side of the one in the middle: the paper's windows of 11 words.
    hidden_size : int, default 100
        hidden units.
    alpha, min_alpha : float, default 0.2 and 0.0001
        learning rate of the vectors at the first and at the last word; it falls linearly over all
        epochs.  That of a layer is divided by the number of its inputs, its fan-in.
    epochs : int, default 5
        passes over the text.
    grow : int, default 0
        train the first epoch on this many words, the most frequent ones, and each later epoch on
        twice as many; until then the others are one rare word.  0: on all words from the start.
    ns_exponent : float, default 0.5
        wrong words are drawn in proportion to their count to this power; 0, as in the paper, draws
        all words equally often.
    min_count, max_vocab_size, max_final_vocab, sorted_vocab, trim_rule
        which words are kept: see :meth:`fastvec.Corpus.read`.
    tokens, lower, lines, errors, encoding, column, group, order, delimiter, header, memory, tmp
        how text is read: see :meth:`fastvec.Corpus.read`.
    vocabulary : Vocabulary, optional
        use these words and no others.
    callbacks, validation
        see :meth:`train`; they are not kept.
    workers : int, default: one for each core that the process may use
        training threads.
    seed : int, default 1
        with one worker the same seed gives the same bytes on the same instruction set.
    progress : bool, optional
        show a progress bar; by default only if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        the vectors.
    loss_history : list of float
        for each epoch, the mean over its windows of max(0, 1 - f(window) + f(wrong window)).
    validation_history, validation_epochs : list of float
        the same on text that was held out, and after how many epochs it was that.
    training_state : TrainingState
        all that a saved model needs, besides its text, to continue training.

    Raises
    ------
    ValueError, TypeError
        an option out of range; the message has its name, the rule and the value.
    FloatingPointError
        a number is not finite any more, because the learning rate was too high.

    >>> model = Ranker([["cat", "sat"], ["dog", "sat"]] * 50, vector_size=8, min_count=1)
    >>> model.wv["cat"].shape
    (8,)
    """

    _kind, _params_class, _more_vectors = "ranker", RankerParams, 2

    def __init__(
        self,
        sentences: Any = None,
        vector_size: int = P.vector_size,
        window: int = P.window,
        hidden_size: int = P.hidden_size,
        alpha: float = P.alpha,
        epochs: int = P.epochs,
        *,
        min_alpha: float = P.min_alpha,
        grow: int = P.grow,
        ns_exponent: float = P.ns_exponent,
        workers: int = P.workers,
        seed: int = P.seed,
        vocabulary: Vocabulary | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        validation: Any = None,
        progress: bool | None = None,
        **reading: Unpack[ReadOptions],
    ) -> None:
        trim_rule = reading.pop("trim_rule", None)
        self._set_up(locals(), reading, trim_rule)

    def evaluate(self, sentences: Any, *, candidates: int = 1000, windows: int = 2000) -> Ranking:
        """How well the windows of a text are ranked, without training.

        Parameters
        ----------
        sentences
            a text, as :meth:`fastvec.Corpus.read` takes it.
        candidates : int, default 1000
            other words in the middle that each window is compared with for its rank, the same for
            all windows; all words if there are no more.
        windows : int, default 2000
            windows that ranks are computed for, evenly from the whole text.

        Returns
        -------
        Ranking
            a named tuple: ``loss`` and ``wrong``, the mean loss and the share of windows that do
            not score above the one that they are compared with, of all windows and one random word
            each; ``mean_rank``, ``mean_log_rank`` (natural logarithm) and ``candidates``.

        Raises
        ------
        RuntimeError
            before training.

        >>> text = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 50
        >>> Ranker(text, min_count=1, epochs=20, progress=False).evaluate(text).wrong < 0.6
        True
        """
        candidates = check_value("candidates", candidates, int, low=1)
        windows = check_value("windows", windows, int, low=1)
        words = len(self.wv)
        corpus = self._corpus_of(sentences)
        run = RankerRun(self, corpus, params_from(RankerParams, self), corpus)
        loss, count = run.validate()
        ranks = measure(self, corpus, candidates, windows)
        return Ranking(
            loss / count,
            run.wrong / count,
            float(ranks.mean()),
            float(np.log(ranks).mean()),
            min(candidates, words - 1) + 1,
        )

    # --- the network

    def _shapes(self) -> dict[str, tuple[int, int]]:
        """A row for each number of the input, for the bias, and for the weights of the score."""
        rows = self._context_rows() + self._centre_rows() + 2
        return {"network": (rows, self.hidden_size)}

    def _context_rows(self) -> int:
        """A row of weights for each number of the context words, and up to a multiple of 16."""
        return -(-2 * self.window * self.vector_size // 16) * 16

    def _centre_rows(self) -> int:
        """A row for each number of the word in the middle, and up to a multiple of 16."""
        return -(-self.vector_size // 16) * 16

    @property
    def context_weights(self) -> Floats:
        """The first layer's weights of the context words: (2 * window, vector_size, hidden_size),
        a view."""
        rows = self._matrix("network")[: 2 * self.window * self.vector_size]
        return rows.reshape(2 * self.window, self.vector_size, -1)

    @property
    def centre_weights(self) -> Floats:
        """The first layer's weights of the word in the middle: (vector_size, hidden_size), a
        view."""
        first = self._context_rows()
        return self._matrix("network")[first : first + self.vector_size]

    @property
    def hidden_biases(self) -> Floats:
        """What is added to the hidden units: (hidden_size,), a view."""
        biases: Floats = self._matrix("network")[-2]
        return biases

    @property
    def score_weights(self) -> Floats:
        """The weights of the hidden units in the score: (hidden_size,), a view."""
        weights: Floats = self._matrix("network")[-1]
        return weights

    def _set_first_values(self, generator: np.random.Generator) -> None:
        """Vectors are normal, and weights uniform with the variance 1 / fan-in."""
        vectors = self._matrices["vectors"]
        vectors[:] = FIRST_VECTORS * generator.standard_normal(vectors.shape, np.float32)
        inputs = (2 * self.window + 1) * self.vector_size
        fan_ins = {"context": inputs, "centre": inputs, "score": self.hidden_size}
        for name, fan_in in fan_ins.items():
            weights = getattr(self, f"{name}_weights")
            draws = generator.random(weights.shape, np.float32)
            weights[...] = (2 * draws - 1) * np.float32(np.sqrt(3 / fan_in))

    def _check_options(self) -> None:
        super()._check_options()
        if self.min_alpha > self.alpha:
            raise ValueError(
                f"min_alpha must be at most alpha ({self.alpha}), got {self.min_alpha}"
            )

    def _begin(self, corpus: Corpus) -> None:
        if len(corpus.vocabulary) < 2:
            raise ValueError(
                "the vocabulary has one word only, and no other that could be wrong (min_count=1 "
                "keeps all words)"
            )
        super()._begin(corpus)

    def _new_run(self, corpus: Corpus, validation: float | Corpus | None) -> RankerRun:
        params = params_from(RankerParams, self)
        if params.grow and (np.diff(self.counts) > 0).any():
            raise ValueError(
                "grow needs a vocabulary that is sorted by falling count (sorted_vocab=True)"
            )
        return RankerRun(self, corpus, params, validation)

    def _corpus_of(self, sentences: Any) -> Corpus:
        if self.words is None:
            params = params_from(VocabularyParams, self)
            return self._read(sentences, params, vocabulary=self.vocabulary)
        return self._read(
            sentences, VocabularyParams(), vocabulary=Vocabulary(self.words, self.counts)
        )
