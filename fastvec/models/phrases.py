"""Phrases: words that follow each other more often than by chance become one word.

The interface is that of ``gensim.models.phrases``; counting and joining are native.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._util.log import log_unsaved
from fastvec._util.options import params_from, refuse_unknown, set_options
from fastvec._util.places import FileLike, not_saved_if_refused
from fastvec._util.undo import undone_on_error
from fastvec.corpus.build import read_corpus
from fastvec.corpus.corpus import WORD_OPTIONS
from fastvec.corpus.sources import find_source
from fastvec.corpus.vocabulary import NoWordsError
from fastvec.models.collocations import (
    BETWEEN,
    COUNT,
    FIRST,
    LAST,
    Bigrams,
    CountsByWord,
    count_bigrams,
    merge_bigrams,
)
from fastvec.models.phrase_model import SAVED, PhraseModel
from fastvec.models.phrase_scores import (
    Scorer,
    is_vectorized,
    npmi_scorer,
    original_scorer,
    score_pairs,
    scorer_for,
    word2phrase_scorer,
)
from fastvec.models.phrases_file import PhrasesFile, write_frozen, write_phrases
from fastvec.models.remarks import remark_on_phrases
from fastvec.params import CorpusParams, PhrasesParams, PhrasesTextOptions, VocabularyParams
from fastvec.words import Words, concatenate_words

__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "FrozenPhrases",
    "Phraser",
    "Phrases",
    "npmi_scorer",
    "original_scorer",
    "word2phrase_scorer",
]

P = PhrasesParams

ENGLISH_CONNECTOR_WORDS = frozenset(
    "a an the for of with without at from to in on by and or".split()  # noqa: SIM905
)
"""Articles, prepositions and conjunctions, as gensim lists them."""


class FrozenPhrases(PhraseModel):
    """The phrases that a :class:`Phrases` has found, without what it has counted: small, but it
    cannot learn from more text.

    Attributes
    ----------
    phrasegrams : dict of str to float
        each phrase and its score.

    >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
    >>> FrozenPhrases(phrases)[["new", "york"]]
    ['new_york']
    """

    def __init__(self, phrases_model: PhraseModel) -> None:
        self.threshold = phrases_model.threshold
        self.min_count = phrases_model.min_count
        self.delimiter = phrases_model.delimiter
        self.scoring = phrases_model.scoring
        self.connector_words = phrases_model.connector_words
        self.tokens = phrases_model.tokens
        self.lower = phrases_model.lower
        self.phrasegrams = dict(phrases_model._all_phrases())

    @property
    def _found(self) -> dict[str, float]:
        return self.phrasegrams

    def __str__(self) -> str:
        return (
            f"FrozenPhrases<{len(self.phrasegrams)} phrases, min_count={self.min_count}, "
            f"threshold={self.threshold}>"
        )

    def save(self, fname_or_handle: FileLike, **_: Any) -> None:
        """Write the phrases as one file, which is complete or not there at all.

        The other arguments of gensim's ``save`` (such as ``pickle_protocol``) have no effect.

        >>> FrozenPhrases(Phrases([["new", "york"]] * 9, min_count=1)).save("phrases.fvp")
        """
        _refuse_unloadable(self, fname_or_handle)
        write_frozen(fname_or_handle, self._settings(), self.phrasegrams)
        log_unsaved(self, Phrases().freeze())

    @classmethod
    def _restored(cls, file: PhrasesFile, options: dict[str, Any]) -> Self:
        frozen = cls.__new__(cls)
        FrozenPhrases.__init__(frozen, Phrases(**options))
        frozen.phrasegrams = file.phrasegrams
        return frozen


Phraser = FrozenPhrases  # gensim's older name


class Phrases(PhraseModel, PhrasesParams, CorpusParams):
    """Finds phrases: pairs of words that follow each other more often than by chance.

    Parameters
    ----------
    sentences : optional
        anything that :meth:`fastvec.Corpus.read` takes: lists of words, a path, a Corpus ...
    min_count : float, default 5
        pairs that occur less often are not phrases.
    threshold : float, default 10
        phrases have a higher score than this.
    max_vocab_size : int, default 40,000,000
        whenever there are more words and pairs than this at the end of a sentence, the rarest are
        dropped: the second time those that occur once, the third time those that occur at most
        twice, and so on (gensim's rule).  Each needs at most 70 bytes while they are counted.
    delimiter : str, default "_"
        what joins the words of a phrase.
    progress_per
        no effect (gensim's; see ``progress``).
    scoring : {"default", "npmi", "word2phrase"} or callable
        ``original_scorer``, ``npmi_scorer`` and ``word2phrase_scorer`` of ``fastvec.phrases`` by
        name, or a function of worda_count, wordb_count, bigram_count, len_vocab, min_count and
        corpus_word_count.
    connector_words : set of str
        words that may be inside a phrase and are not counted: with ENGLISH_CONNECTOR_WORDS,
        ``bank of america`` becomes ``bank_of_america``.
    workers : int, default 0
        threads; 0 means one for each core.  The result is the same for any number.
    progress : bool, optional
        show a progress bar; default: if standard error is a terminal.
    text
        options of :meth:`fastvec.Corpus.read`: tokens, lower, lines, errors, encoding, column,
        group, order, header, memory, tmp.  To read a table with a delimiter that is not found out,
        give the Corpus.

    Attributes
    ----------
    vocab : mapping of str to int
        how often each word and each joined pair occurs.
    corpus_word_count : int
        the number of words that were read.
    min_reduce : int
        the next time that the rarest are dropped, these are what occurs less often than this.
    tokens, lower
        what a word is in the text that was read; more text is read in the same way.

    Raises
    ------
    ValueError, TypeError
        if an option is out of range, or what :meth:`fastvec.Corpus.read` raises.
    OSError
        if a file cannot be read.

    >>> text = [["new", "york", "is", "new"], ["in", "new", "york"], ["new", "york"]]
    >>> Phrases(text, min_count=1, threshold=1).export_phrases()
    {'new_york': 1.333...}
    """

    delimiter: str  # of phrases: see _corpus_params

    def __init__(
        self,
        sentences: Any = None,
        min_count: float = P.min_count,
        threshold: float = P.threshold,
        max_vocab_size: int = P.max_vocab_size,
        delimiter: str = P.delimiter,
        progress_per: int = 10000,
        scoring: str | Scorer = P.scoring,
        connector_words: Collection[str] = frozenset(),
        *,
        workers: int = 0,
        progress: bool | None = None,
        **text: Unpack[PhrasesTextOptions],
    ) -> None:
        del progress_per
        refuse_unknown(text, PhrasesParams, CorpusParams, others=["connector_words"])
        set_options(self, locals() | text, PhrasesParams, CorpusParams)
        self._corpus_params()
        params = params_from(PhrasesParams, self)
        self.scoring: Scorer = scorer_for(params.scoring, params.threshold)
        self.connector_words = _connectors(connector_words)
        self.workers = workers
        self.progress = progress
        self._texts: list[Bigrams] = []  # what was counted, not added up yet
        self._counts: CountsByWord | None = None  # made when asked for, like the next
        self._scored: tuple[tuple[Any, ...], dict[str, float]] | None = None
        if sentences is not None:
            self.add_vocab(sentences)

    def _corpus_params(self) -> CorpusParams:
        """How text is read; ``delimiter`` is that of phrases, and not one of tables."""
        return params_from(CorpusParams, self, delimiter=None)

    def add_vocab(self, sentences: Any) -> None:
        """Count more text, of any kind that the constructor takes, and read in the same way.  Text
        without words changes nothing.

        >>> phrases = Phrases([["new", "york"]])
        >>> phrases.add_vocab([["new", "york"]])
        >>> phrases.vocab["new_york"]
        2
        """
        running: dict[str, Any] = {"workers": self.workers, "progress": self.progress}
        params = self._corpus_params()
        try:
            source = find_source(sentences, params)
            all_words = VocabularyParams(min_count=1)
            corpus = read_corpus(source, all_words, params, remarks=not self._texts, **running)
        except NoWordsError:
            return
        bigrams = count_bigrams(corpus, self.connector_words, self.max_vocab_size, **running)
        with undone_on_error(self):
            for name in WORD_OPTIONS:  # text that comes later is read as this was
                setattr(self, name, corpus.options.get(name, getattr(self, name)))
            self._texts = [*self._texts, bigrams]
            self._counts = self._scored = None
            # Text may come in many small portions: adding up each at once would take too long.
            if sum(map(len, self._texts)) > 2 * len(self._texts[0]):
                self._add_up()

    def _add_up(self) -> Bigrams | None:
        """Everything that was counted, added up; None if nothing was."""
        if len(self._texts) > 1:
            whole = merge_bigrams(self._texts)
            if len(whole) > self.max_vocab_size:
                whole = whole.without_rare()
            self._texts = [whole]
        return self._texts[0] if self._texts else None

    @property
    def corpus_word_count(self) -> int:
        """The number of words that were read, connectors included."""
        return sum(text.tokens for text in self._texts)

    @property
    def min_reduce(self) -> int:
        """The next time that the rarest are dropped, these are what occurs less often than this."""
        return max((text.min_reduce for text in self._texts), default=1)

    @property
    def vocab(self) -> Mapping[str, int]:
        """How often each word (but no connector) and each joined pair occurs."""
        if self._counts is None:
            strings, totals, _ = self._entries()
            self._counts = CountsByWord(strings, totals)
        return self._counts

    def _entries(self) -> tuple[Words, NDArray[np.int64], NDArray[np.int32]]:
        """All words, then all pairs, and their counts.

        Of several that are spelled alike, the first has the sum of their counts, and the others
        have 0.  The third array has the position of the first one for each entry.
        """
        bigrams = self._add_up()
        if bigrams is None:
            return Words.of([]), np.zeros(0, np.int64), np.zeros(0, np.int32)
        strings = concatenate_words(bigrams.words, bigrams.spell(bigrams.pairs, self.delimiter))
        counts = np.concatenate([bigrams.counts, bigrams.pairs[:, COUNT].astype(np.int64)])
        first = strings.find_all(strings)
        totals = np.zeros_like(counts)
        np.add.at(totals, first, counts)
        return strings, totals, first

    @property
    def _found(self) -> dict[str, float]:
        options = (self.threshold, self.min_count, self.delimiter, self.scoring)
        if self._scored is None or self._scored[0] != options:
            self._scored = options, self._score()
        return self._scored[1]

    def export_phrases(self) -> dict[str, float]:
        """All phrases that were found, with their scores, the highest first.

        >>> Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1).export_phrases()
        {'new_york': 0.296...}
        """
        return dict(self._all_phrases())

    def _all_phrases(self) -> Mapping[str, float]:
        if not self._scores_itself:
            return self._found
        candidates = (entry.split(self.delimiter) for entry in self.vocab)
        scored = [
            self.score_candidate(words[0], words[-1], words[1:-1])
            for words in candidates
            if len(words) > 1
        ]
        return {
            phrase: score for phrase, score in scored if phrase is not None and score is not None
        }

    def _score(self) -> dict[str, float]:
        """The pairs that score more than the threshold, by falling score."""
        bigrams = self._add_up()
        if bigrams is None:
            return {}
        word_counts, all_counts, len_vocab = self._counts_by_spelling(bigrams)
        pairs, counts = bigrams.pairs, all_counts
        if is_vectorized(self.scoring):  # scores rarer pairs below every threshold
            frequent = counts >= self.min_count
            pairs, counts = pairs[frequent], counts[frequent]
        scores = score_pairs(
            self.scoring,
            word_counts[pairs[:, FIRST]],
            word_counts[pairs[:, LAST]],
            counts.astype(np.int64),
            len_vocab,
            self.min_count,
            self.corpus_word_count,
        )
        best = np.flatnonzero(scores > self.threshold)
        if not len(best):
            remark_on_phrases(all_counts, scores, self.min_count, self.threshold)
        keys = (pairs[best, BETWEEN], pairs[best, LAST], pairs[best, FIRST], -scores[best])
        best = best[np.lexsort(keys)]
        phrases = bigrams.spell(np.ascontiguousarray(pairs[best]), self.delimiter)
        found: dict[str, float] = {}
        for phrase, score in zip(phrases, scores[best].tolist(), strict=True):
            found.setdefault(phrase, score)
        return found

    def _counts_by_spelling(
        self, bigrams: Bigrams
    ) -> tuple[NDArray[np.int64], NDArray[np.integer[Any]], int]:
        """The counts of words, those of pairs, and the number of different ones.

        gensim counts words and pairs by their spelling.  Two can be spelled alike only if some word
        contains the delimiter.
        """
        if self.delimiter.encode() not in bigrams.words.joined.tobytes():
            return bigrams.counts, bigrams.pairs[:, COUNT], len(bigrams)
        _, totals, first = self._entries()
        counts, n_words = totals[first], len(bigrams.words)
        return counts[:n_words], counts[n_words:], int(np.count_nonzero(totals))

    def freeze(self) -> FrozenPhrases:
        """The phrases found so far, without what was counted.

        >>> str(Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1).freeze())
        'FrozenPhrases<1 phrases, min_count=1, threshold=0.1>'
        """
        return FrozenPhrases(self)

    def __str__(self) -> str:
        bigrams = self._add_up()
        return (
            f"Phrases<{0 if bigrams is None else len(bigrams)} vocab, min_count={self.min_count}, "
            f"threshold={self.threshold}, max_vocab_size={self.max_vocab_size}>"
        )

    def save(self, fname_or_handle: FileLike, **_: Any) -> None:
        """Write what was counted as one file, which is complete or not there at all.

        The other arguments of gensim's ``save`` (such as ``pickle_protocol``) have no effect.  A
        function as ``tokens`` is not saved: set the attribute again before reading more text.

        >>> Phrases([["new", "york"]] * 9).save("phrases.fvp")
        """
        _refuse_unloadable(self, fname_or_handle)
        write_phrases(fname_or_handle, self._settings(), self._add_up())
        log_unsaved(self, Phrases())

    @classmethod
    def _restored(cls, file: PhrasesFile, options: dict[str, Any]) -> Self:
        phrases = cls.__new__(cls)
        Phrases.__init__(phrases, **options)  # a subclass may have a constructor of its own
        if file.bigrams is not None:
            phrases._texts = [file.bigrams]
        return phrases


def _refuse_unloadable(model: PhraseModel, place: FileLike) -> None:
    """ValueError for a model with options that :meth:`PhraseModel.load` would refuse."""
    with not_saved_if_refused(place):
        Phrases(**{name: value for name, value in vars(model).items() if name in SAVED})


def _connectors(words: Collection[str]) -> frozenset[str]:
    """The connector words; TypeError for anything else than strings."""
    if isinstance(words, str):
        raise TypeError(f"connector_words must be words, got the string {words!r}")
    if not all(isinstance(word, str) for word in words):
        raise TypeError(f"connector_words must be strings, got {words!r}")
    return frozenset(words)
