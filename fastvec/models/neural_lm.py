"""NeuralLM: the neural language model of Bengio et al. (2003), from which word vectors came.

Source: Bengio, Ducharme, Vincent & Jauvin (JMLR 2003), "A Neural Probabilistic Language Model".
The network and its steps are in csrc/neural_lm/.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._util.blas import one_thread_each
from fastvec._util.options import check_value, params_from
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.neural_lm_run import NeuralLMRun, log_probabilities
from fastvec.models.neural_lm_text import (
    EDGE,
    EDGE_ID,
    RARE_ID,
    Text,
    choose_words,
    find_ids,
    in_words,
    is_in_words_of_a_model,
    with_special,
)
from fastvec.models.remarks import remark_on_neural_lm
from fastvec.models.validation import perplexity_of
from fastvec.models.window_network import Floats, WindowNetwork
from fastvec.params import NeuralLMParams, ReadOptions, VocabularyParams
from fastvec.words import not_one_string

P = NeuralLMParams

#: of the standard deviation of a number of a vector at first
FIRST_VECTORS = 0.1


class NeuralLM(WindowNetwork, NeuralLMParams):
    """A neural language model (Bengio, Ducharme, Vincent & Jauvin 2003).

    It predicts each word from the ``n - 1`` words before it: their vectors, side by side, are the
    input of a hidden layer of tanh units, and a softmax over all words has the output.  With
    ``sentences`` the model is trained at once; without, call :meth:`train`.

    Parameters
    ----------
    sentences, optional
        a text, as :meth:`fastvec.Corpus.read` takes it.  A Corpus should have been read with
        ``min_count=1``, or its rare words are not there any more.
    vector_size : int, default 30
        numbers in each vector: m of the paper.
    n : int, default 5
        words in a window: the predicted one and the ``n - 1`` before it.
    hidden_size : int, default 100
        units of the hidden layer: h of the paper; 0 leaves it out, and needs ``direct``.
    direct : bool, default False
        connect the vectors with the output directly, too: W of the paper.
    alpha : float, default 0.01
        learning rate for one prediction, at the start.
    alpha_decay : float, default 1e-6
        after t predictions, the learning rate is ``alpha / (1 + alpha_decay * t)``; the paper has
        an ``alpha`` of 1e-3 that hardly decays (1e-8), and needs more epochs.
    weight_decay : float, default 1e-4
        how strongly vectors and weights, but not biases, are drawn to zero.
    batch_size : int, default 128
        predictions in one step, which adds up their gradients; 1 is the paper's online training,
        and slow.
    epochs : int, default 10
        passes over the text.
    min_count, max_vocab_size, max_final_vocab, sorted_vocab, trim_rule
        which words are kept: see :meth:`fastvec.Corpus.read`.  All others are one word, ``<unk>``.
    tokens, lower, lines, errors, encoding, column, group, order, delimiter, header, memory, tmp
        how text is read: see :meth:`fastvec.Corpus.read`.  ``<s>`` stands before each sentence, as
        often as a window needs it, and is predicted at its end; with ``lines=False``, as in the
        paper, windows reach over line ends.
    workers : int, default: one for each core that the process may use
        threads.  The result is the same for any number.
    seed : int, default 1
        the same seed gives the same bytes on the same machine.
    vocabulary : Vocabulary, optional
        use these words and no others, besides ``<s>`` and ``<unk>``.
    callbacks, validation
        see :meth:`train`; they are not kept.
    progress : bool, optional
        show progress bars; by default only if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        the vectors of all words, of ``<s>`` and of ``<unk>``: C of the paper.
    hidden_weights, hidden_biases : (hidden_size, (n - 1) * vector_size), (hidden_size,) float32
        H and d of the paper; a window's vectors are in the order of the text.
    output_weights, output_biases : (V, hidden_size or more), (V,) float32
        U of the paper, with ``direct`` also W to its right; and b.
    counts : (V,) int64 array
        how often each word occurs.
    loss_history : list of float
        for each epoch, the mean of -log(probability of the right word), each computed just before
        the step that it causes; its exponential is a perplexity.
    validation_history, validation_epochs : list of float
        the same loss of text that was held out, and after how many epochs it was that.
    training_state : TrainingState
        all of this that a saved model needs to continue training.

    Raises
    ------
    ValueError, TypeError
        an option out of range; the message has its name, the rule and the value.
    FloatingPointError
        a number is not finite any more, because the learning rate was too high.

    >>> model = NeuralLM([["the", "cat", "sat"]] * 50, n=3, min_count=1, alpha=0.1)
    >>> model.predict_next(["the", "cat"], topn=1)[0][0]
    'sat'
    """

    _kind, _params_class, _more_vectors = "neural_lm", NeuralLMParams, 0

    def __init__(
        self,
        sentences: Any = None,
        vector_size: int = P.vector_size,
        n: int = P.n,
        hidden_size: int = P.hidden_size,
        direct: bool = P.direct,
        alpha: float = P.alpha,
        epochs: int = P.epochs,
        *,
        alpha_decay: float = P.alpha_decay,
        weight_decay: float = P.weight_decay,
        batch_size: int = P.batch_size,
        workers: int = P.workers,
        seed: int = P.seed,
        vocabulary: Vocabulary | None = None,
        validation: Any = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        progress: bool | None = None,
        **reading: Unpack[ReadOptions],
    ) -> None:
        trim_rule = reading.pop("trim_rule", None)
        self._set_up(locals(), reading, trim_rule)

    # --- predictions

    def perplexity(self, sentences: Any) -> float:
        """How well the model predicts a text: exp of the mean of -log(probability) of its words,
        where the end of each sentence counts as a word.

        Parameters
        ----------
        sentences
            a text, as :meth:`fastvec.Corpus.read` takes it, which is read as that of the training
            was; words that the model does not know are ``<unk>``.

        >>> text = [["the", "cat", "sat"]] * 50
        >>> NeuralLM(text, n=3, min_count=1, alpha=0.1).perplexity(text) < 2
        True
        """
        found = log_probabilities(self, Text.of(self._known_text(sentences)))
        return perplexity_of(-float(found.mean(dtype=np.float64)))

    def score(self, sentences: Iterable[Iterable[str]]) -> NDArray[np.float64]:
        """The natural logarithm of the probability of each sentence, its end included.

        Parameters
        ----------
        sentences : iterable of lists of words

        Returns
        -------
        (number of sentences,) float64 array

        >>> model = NeuralLM([["the", "cat", "sat"]] * 50, n=3, min_count=1, alpha=0.1)
        >>> likely, unlikely = model.score([["the", "cat", "sat"], ["sat", "the", "cat"]])
        >>> bool(likely > unlikely)
        True
        """
        lists = [list(not_one_string(one, "a sentence")) for one in sentences]
        text = Text.of_sentences(lists, self.wv.words)
        if not len(text.starts):
            return np.zeros(0)
        firsts = text.starts + np.arange(len(text.starts))
        found = log_probabilities(self, text).astype(np.float64)
        sums: NDArray[np.float64] = np.add.reduceat(found, firsts)
        return sums

    def predict_next(self, words: Iterable[str], topn: int | None = 10) -> list[tuple[str, float]]:
        """The words that most probably come next, with their probabilities.

        Parameters
        ----------
        words : list of words
            the last ``n - 1`` of them count; fewer are the beginning of a sentence.
        topn : int, optional
            how many; None: all, whose probabilities then add up to 1.

        Returns
        -------
        list of (word, float)
            ``<s>`` is the end of the sentence, and ``<unk>`` all rare words together.

        >>> model = NeuralLM([["the", "cat", "sat"]] * 50, n=3, min_count=1, alpha=0.1)
        >>> len(model.predict_next(["the"], topn=None))
        5
        """
        topn = check_value("topn", topn, int | None, low=0)
        ids = find_ids(not_one_string(words), self.wv.words)
        found = softmax(self._scores(ids.tolist()))
        best = np.argsort(-found, kind="stable")[:topn]
        return list(zip(self.wv.words.keys(best), found[best].tolist(), strict=True))

    def generate(
        self, words: Iterable[str] = (), count: int = 20, seed: int | None = None
    ) -> list[str]:
        """Draw words, one after the other, by their probabilities, until a sentence ends.

        Parameters
        ----------
        words : list of words
            how the sentence begins.
        count : int
            how many words to draw at most; ``<unk>`` is not drawn.
        seed : int, optional
            the same seed draws the same words; by default, others each time.

        Returns
        -------
        list of str
            ``words`` and those that were drawn.

        >>> model = NeuralLM([["the", "cat", "sat"]] * 50, n=3, min_count=1, alpha=0.1)
        >>> model.generate(["the"], count=1, seed=1)
        ['the', 'cat']
        """
        given = list(not_one_string(words))
        generator = np.random.default_rng(check_value("seed", seed, int | None, low=0))
        ids: list[int] = find_ids(given, self.wv.words).tolist()
        for _ in range(check_value("count", count, int, low=0)):
            scores = self._scores(ids)
            scores[RARE_ID] = -np.inf
            ids.append(int(generator.choice(len(scores), p=softmax(scores))))
            if ids[-1] == EDGE_ID:
                break
        drawn: list[str] = self.wv.words.keys(np.array(ids[len(given) :], np.int64))
        return given + [word for word in drawn if word != EDGE]

    def _scores(self, ids: list[int]) -> NDArray[np.float64]:
        """The score of each word after others."""
        window = ([EDGE_ID] * (self.n - 1) + ids)[-(self.n - 1) :]
        inputs = self.wv.vectors[window].ravel()
        features = np.tanh(self.hidden_weights @ inputs + self.hidden_biases)
        if self.direct:
            features = np.concatenate([features, inputs])
        scores: Floats = self.output_weights @ features + self.output_biases
        return scores.astype(np.float64)

    # --- the network

    def _shapes(self) -> dict[str, tuple[int, int]]:
        assert self.words is not None
        inputs, hidden, words = (self.n - 1) * self.vector_size, self.hidden_size, len(self.words)
        return {
            "hidden_weights": (hidden, inputs),
            "hidden_biases": (1, hidden),
            "output_weights": (words, hidden + inputs * self.direct),
            "output_biases": (1, words),
        }

    @property
    def hidden_weights(self) -> Floats:
        """H of the paper: (hidden_size, (n - 1) * vector_size), a view."""
        return self._matrix("hidden_weights")

    @property
    def hidden_biases(self) -> Floats:
        """d of the paper: (hidden_size,), a view."""
        row: Floats = self._matrix("hidden_biases")[0]
        return row

    @property
    def output_weights(self) -> Floats:
        """U of the paper, with ``direct`` also W to its right: (V, hidden_size or more), a view."""
        return self._matrix("output_weights")

    @property
    def output_biases(self) -> Floats:
        """b of the paper: (V,), a view."""
        row: Floats = self._matrix("output_biases")[0]
        return row

    def _set_first_values(self, generator: np.random.Generator) -> None:
        """The output begins with the words' own frequencies, so that no epoch has to learn them."""
        vectors, hidden = self._matrices["vectors"], self._matrices["hidden_weights"]
        vectors[:] = FIRST_VECTORS * generator.standard_normal(vectors.shape, np.float32)
        hidden[:] = generator.standard_normal(hidden.shape, np.float32)
        hidden /= FIRST_VECTORS * np.sqrt(np.float32(hidden.shape[1]))
        counts = self.counts + 1.0
        self.output_biases[:] = np.log(counts / counts.sum())

    def _new_run(self, corpus: Corpus, validation: float | Corpus | None) -> NeuralLMRun:
        return NeuralLMRun(self, corpus, params_from(NeuralLMParams, self), validation)

    def _run(self, *given: Any) -> None:
        with one_thread_each():
            super()._run(*given)
        remark_on_neural_lm(self)

    def _corpus_of(self, sentences: Any) -> Corpus:
        return self._new_text(sentences) if self.words is None else self._known_text(sentences)

    def _new_text(self, sentences: Any) -> Corpus:
        """A text in words that are chosen from it: rare ones are merged, and not left out."""
        corpus, vocabulary = self._whole_text(sentences), self.vocabulary
        if vocabulary is not None:
            vocabulary = with_special(vocabulary, corpus)
        elif is_in_words_of_a_model(corpus):
            return corpus
        else:
            params = params_from(VocabularyParams, self)
            vocabulary = choose_words(corpus, params, self.trim_rule)
        return in_words(corpus, vocabulary, self.memory, self.tmp)

    def _known_text(self, sentences: Any) -> Corpus:
        """A text in the words of the model."""
        vocabulary = Vocabulary(self.wv.words, self.counts)
        return in_words(self._whole_text(sentences), vocabulary, self.memory, self.tmp)

    def _whole_text(self, sentences: Any) -> Corpus:
        """A text with all its words."""
        params = params_from(VocabularyParams, self, min_count=1, max_final_vocab=None)
        return self._read(sentences, params, remarks=False)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of scores.

    >>> softmax(np.array([0.0, 1000.0, -np.inf])).tolist()
    [0.0, 1.0, 0.0]
    """
    powers = np.exp(scores - scores.max())
    probabilities: NDArray[np.float64] = powers / powers.sum()
    return probabilities
