"""Phrases: words that stand together more often than by chance become one word.

gensim's calls over native counting.  Imports collocations, corpus, files, params, tensors,
vocabulary and words.
"""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec.corpus.corpus import TEXT, Corpus, for_a_file
from fastvec.corpus.sources import NoWordsError
from fastvec.corpus.vocabulary import Vocabulary, join
from fastvec.io.container import Container, read_container, write_container
from fastvec.models.collocations import (
    BETWEEN,
    COUNT,
    FIRST,
    LAST,
    Bigrams,
    count_bigrams,
    join_phrases,
)
from fastvec.models.collocations import merged as merge
from fastvec.params import CorpusParams, PhrasesParams
from fastvec.words import Words

P = PhrasesParams
Sentence = Iterable[str]
Scorer = Callable[..., Any]
Candidate = tuple[str, float] | tuple[None, None]

ENGLISH_CONNECTOR_WORDS = frozenset(
    "a an the for of with without at from to in on by and or".split()  # noqa: SIM905
)
"""Articles, prepositions and conjunctions, as gensim lists them."""

SCORER_ARGUMENTS = (
    "worda_count",
    "wordb_count",
    "bigram_count",
    "len_vocab",
    "min_count",
    "corpus_word_count",
)
SETTINGS = ("min_count", "threshold", "delimiter", "scoring", "connector_words")


# --- scores


def original_scorer(
    worda_count: Any,
    wordb_count: Any,
    bigram_count: Any,
    len_vocab: Any,
    min_count: Any,
    corpus_word_count: Any,  # noqa: ARG001
) -> Any:
    """gensim's default: ``(bigram_count - min_count) / (worda_count * wordb_count) * len_vocab``.

    Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their
    Compositionality", equation 6, times the number of distinct words and pairs.  Counts may be
    numbers or arrays; -inf where a word's count is 0.

    >>> float(original_scorer(10, 4, 5, len_vocab=100, min_count=1, corpus_word_count=0))
    10.0
    """
    product = np.multiply(worda_count, wordb_count, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(product > 0, (bigram_count - min_count) / product * len_vocab, -np.inf)[()]


def word2phrase_scorer(
    worda_count: Any,
    wordb_count: Any,
    bigram_count: Any,
    len_vocab: Any,
    min_count: Any,
    corpus_word_count: Any,
) -> Any:
    """word2phrase.c's: as :func:`original_scorer`, but times the number of words of the text.

    -inf where a word occurs less often than min_count (TrainModel, lines 285 to 297).

    >>> float(word2phrase_scorer(10, 4, 5, len_vocab=0, min_count=1, corpus_word_count=100))
    10.0
    """
    del len_vocab
    score = original_scorer(
        worda_count, wordb_count, bigram_count, corpus_word_count, min_count, corpus_word_count
    )
    known = np.minimum(worda_count, wordb_count) >= min_count
    return np.where(known, score, -np.inf)[()]


def npmi_scorer(
    worda_count: Any,
    wordb_count: Any,
    bigram_count: Any,
    len_vocab: Any,  # noqa: ARG001
    min_count: Any,
    corpus_word_count: Any,
) -> Any:
    """Normalised pointwise mutual information, ``ln(p(ab) / (p(a) p(b))) / -ln p(ab)``: -1 to 1.

    Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation Extraction", section 3.
    -inf where the pair occurs less often than min_count.

    >>> float(npmi_scorer(5, 5, 5, len_vocab=0, min_count=1, corpus_word_count=100))
    1.0
    """
    total = np.float64(corpus_word_count)
    with np.errstate(divide="ignore", invalid="ignore"):
        together = bigram_count / total
        score = np.log(together / (worda_count / total * (wordb_count / total))) / -np.log(together)
    return np.where((bigram_count >= min_count) & (score == score), score, -np.inf)[()]


SCORERS: dict[str, Scorer] = {
    "default": original_scorer,
    "npmi": npmi_scorer,
    "word2phrase": word2phrase_scorer,
}


def _scorer(scoring: str | Scorer, threshold: float) -> Scorer:
    """The function that is meant; ValueError for a threshold that makes no sense with it."""
    if scoring in ("default", "word2phrase") and threshold <= 0:
        raise ValueError(f"threshold must be above 0 with {scoring} scoring, got {threshold}")
    if scoring == "npmi" and not -1 <= threshold <= 1:
        raise ValueError(f"threshold must be from -1 to 1 with npmi scoring, got {threshold}")
    if isinstance(scoring, str):
        return SCORERS[scoring]
    missing = [n for n in SCORER_ARGUMENTS if n not in inspect.signature(scoring).parameters]
    if missing:
        raise ValueError(f"the scoring function must take {', '.join(missing)}")
    return scoring


# --- sentences


class _Joining:
    """What :class:`Phrases` and :class:`FrozenPhrases` share: phrases found in sentences."""

    min_count: float
    threshold: float
    delimiter: str
    scoring: Scorer
    connector_words: frozenset[str]
    reading: dict[str, Any]  # how text is read

    @property
    def _found(self) -> dict[str, float]:
        raise NotImplementedError

    def score_candidate(self, word_a: str, word_b: str, in_between: Iterable[str]) -> Candidate:
        """(phrase, score) if two words make a phrase with the connectors between them, else
        (None, None)."""
        phrase = self.delimiter.join((word_a, *in_between, word_b))
        score = self._found.get(phrase)
        return (None, None) if score is None or score <= self.threshold else (phrase, score)

    def analyze_sentence(self, sentence: Sentence) -> Iterator[tuple[str, float | None]]:
        """The words of a sentence, phrases joined: (phrase, its score), or (word, None).

        Greedy, from the left: a word is in one phrase at most.  What is no string is in none.

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> [word for word, score in phrases.analyze_sentence(["in", "new", "york"])]
        ['in', 'new_york']
        """
        found, threshold, glue = self._found, self.threshold, self.delimiter.join
        waiting: list[str] = []  # a first word, and connectors behind it
        for word in sentence:
            if word in self.connector_words:
                if waiting:
                    waiting.append(word)
                else:
                    yield word, None
                continue
            joinable = isinstance(word, str)
            if waiting and joinable:
                phrase = glue((*waiting, word))
                score = found.get(phrase)
                if score is not None and score > threshold:
                    yield phrase, score
                    waiting = []
                    continue
            for other in waiting:
                yield other, None
            waiting = [word] if joinable else []
            if not joinable:
                yield word, None
        for other in waiting:
            yield other, None

    def __getitem__(self, sentence: Any) -> Any:
        """Join the phrases of a sentence (a list), or of many (something to iterate over, again and
        again if they can be).

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> phrases[["in", "new", "york"]]
        ['in', 'new_york']
        >>> list(phrases[[["new", "york"], ["old", "york"]]])
        [['new_york'], ['old', 'york']]
        """
        items = iter(sentence)
        first = list(itertools.islice(items, 1))
        whole = itertools.chain(first, items) if items is sentence else sentence
        if first and not isinstance(first[0], str):
            return _Joined(self, whole)
        return [word for word, _ in self.analyze_sentence(whole)]

    def find_phrases(self, sentences: Iterable[Sentence]) -> dict[str, float]:
        """The phrases of some sentences, with their scores."""
        analyzed = itertools.chain.from_iterable(map(self.analyze_sentence, sentences))
        return {phrase: score for phrase, score in analyzed if score is not None}

    def join(
        self,
        source: Any,
        *,
        min_count: int = 1,
        memory: str | int | None = None,
        tmp: PathLike | None = None,
        workers: int = 0,
        progress: bool | None = None,
        **reading: Any,
    ) -> Corpus:
        """A text with its phrases joined, natively: a corpus, ready for training.

        Parameters
        ----------
        source, memory, tmp, workers, progress, reading
            what :meth:`fastvec.Corpus.read` takes; what a word is (``tokens``, ``lower``) is by
            default what it was in the text that the phrases are from.
        min_count : int
            words and phrases that occur less often are dropped.

        Raises
        ------
        OSError, ValueError, TypeError
            what :meth:`fastvec.Corpus.read` raises.

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> list(phrases.join([["new", "york", "new", "york", "city"]]).vocabulary.words)
        ['new_york', 'city']
        """
        places: dict[str, Any] = {"memory": memory, "tmp": tmp}
        places |= {"workers": workers, "progress": progress}
        corpus = Corpus.read(source, min_count=1, **places, **self._same_words() | reading)
        found = [phrase for phrase, score in self._found.items() if score > self.threshold]
        return join_phrases(
            corpus, found, self.delimiter, self.connector_words, min_count=min_count, **places
        )

    def _same_words(self) -> dict[str, Any]:
        """The options that say what a word is in the text that was read."""
        return {name: self.reading[name] for name in TEXT if name in self.reading}

    def _settings(self) -> dict[str, Any]:
        names = {scorer: name for name, scorer in SCORERS.items()}
        return for_a_file(self._same_words()) | {
            "kind": type(self).__name__,
            "min_count": self.min_count,
            "threshold": self.threshold,
            "delimiter": self.delimiter,
            "scoring": names.get(self.scoring),
            "connector_words": sorted(self.connector_words),
        }

    @classmethod
    def load(cls, path: PathLike, mmap: Any = None, *, scoring: Scorer | None = None) -> Any:
        """What ``save`` wrote: Phrases or FrozenPhrases, whichever it was.

        Parameters
        ----------
        path
            a file that ``save`` wrote.
        mmap
            no effect.
        scoring : callable, optional
            the scoring function, if it was one of one's own: a file holds no code.

        Raises
        ------
        ValueError
            a file of another kind, damaged, or one that needs ``scoring``.

        >>> phrases = Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1)
        >>> phrases.save("phrases.fvp")
        >>> Phrases.load("phrases.fvp").export_phrases() == phrases.export_phrases()
        True
        """
        del mmap
        file = read_container(path, "phrases")
        settings: Any = file.metadata.get("settings")
        try:
            restored = RESTORED[settings.pop("kind")]
            chosen = scoring or SCORERS.get(settings.pop("scoring"))
        except (KeyError, TypeError, AttributeError):
            raise file.damaged("its settings are not complete") from None
        if chosen is None:
            raise ValueError(f"{path} was scored by a function: give it again as scoring")
        try:
            return restored(file, settings | {"scoring": chosen})
        except (KeyError, TypeError, IndexError) as error:
            raise file.damaged(error) from None
        except ValueError as error:
            raise error if str(path) in str(error) else file.damaged(error) from None


class _Joined:
    """Sentences with their phrases joined, as they are asked for."""

    def __init__(self, phrases: _Joining, sentences: Iterable[Sentence]) -> None:
        self.phrases = phrases
        self.sentences = sentences

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self.sentences:
            yield [word for word, _ in self.phrases.analyze_sentence(sentence)]

    def __len__(self) -> int:
        return len(self.sentences)  # type: ignore[arg-type]  # if they have a length


class FrozenPhrases(_Joining):
    """The phrases that a :class:`Phrases` has found, and nothing else: small, no more training.

    Attributes
    ----------
    phrasegrams : dict of str to float
        each phrase and its score.

    >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
    >>> FrozenPhrases(phrases)[["new", "york"]]
    ['new_york']
    """

    def __init__(self, phrases_model: _Joining) -> None:
        self.threshold = phrases_model.threshold
        self.min_count = phrases_model.min_count
        self.delimiter = phrases_model.delimiter
        self.scoring = phrases_model.scoring
        self.connector_words = phrases_model.connector_words
        self.reading = phrases_model._same_words()
        self.phrasegrams = dict(phrases_model._found)

    @property
    def _found(self) -> dict[str, float]:
        return self.phrasegrams

    def __str__(self) -> str:
        return (
            f"FrozenPhrases<{len(self.phrasegrams)} phrases, min_count={self.min_count}, "
            f"threshold={self.threshold}>"
        )

    def save(self, path: PathLike, **_: Any) -> None:
        """Write the phrases as one file; it is complete or not there at all.

        What else gensim's ``save`` takes (``pickle_protocol``) has no effect.

        >>> FrozenPhrases(Phrases([["new", "york"]] * 9, min_count=1)).save("phrases.fvp")
        """
        words = Words.of(self.phrasegrams)
        scores = np.fromiter(self.phrasegrams.values(), np.float64, len(words))
        settings = {"settings": self._settings()}
        write_container(path, "phrases", {"scores": scores}, settings, words)

    @classmethod
    def _restored(cls, file: Container, settings: Mapping[str, Any]) -> FrozenPhrases:
        made = cls.__new__(cls)
        vars(made).update(_checked(settings), reading=_text(settings))
        words = _words(file)
        scores = file.array("scores", "<f8", len(words))
        made.phrasegrams = dict(zip(words, scores.tolist(), strict=True))
        return made


Phraser = FrozenPhrases  # gensim's older name


# --- learning


class Phrases(_Joining):
    """Finds phrases: pairs of words that follow each other more often than by chance.

    Parameters
    ----------
    sentences : optional
        whatever :meth:`fastvec.Corpus.read` takes: lists of words, a path, a Corpus ...
    min_count : float, default 5
        no pair that occurs less often is a phrase.
    threshold : float, default 10
        phrases score more than this.
    max_vocab_size : int, default 40,000,000
        whenever more words and pairs are known than this after a sentence, the rarest are dropped:
        the second time those that occur once, then those that occur twice, and so on (gensim's
        rule).  At most 70 bytes each while they are counted.
    delimiter : str, default "_"
        what joins the words of a phrase.
    progress_per
        no effect (gensim's; see ``progress``).
    scoring : {"default", "npmi", "word2phrase"} or callable
        :func:`original_scorer`, :func:`npmi_scorer`, :func:`word2phrase_scorer`, or a function
        of worda_count, wordb_count, bigram_count, len_vocab, min_count and corpus_word_count.
    connector_words : set of str
        words that may stand inside a phrase, and do not count: ENGLISH_CONNECTOR_WORDS makes
        ``bank_of_america`` of ``bank of america``.
    workers : int, default 0
        threads; 0 means one for each core.  The result is the same for any number.
    progress : bool, optional
        show a bar; by default if standard error is a terminal.
    reading
        options of :meth:`fastvec.Corpus.read`: tokens, lower, lines, errors, column, memory, tmp.

    Attributes
    ----------
    vocab : mapping of str to int
        how often each word and each joined pair occurs.
    corpus_word_count : int
        words read.
    min_reduce : int
        what occurs less often is dropped the next time.

    Raises
    ------
    ValueError, TypeError
        a parameter out of range; a text without words.
    OSError
        a file that cannot be read.

    >>> text = [["new", "york", "is", "new"], ["in", "new", "york"], ["new", "york"]]
    >>> Phrases(text, min_count=1, threshold=1).export_phrases()
    {'new_york': 1.333...}
    """

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
        **reading: Any,
    ) -> None:
        del progress_per
        params = PhrasesParams(min_count, threshold, max_vocab_size, delimiter, scoring)
        if isinstance(connector_words, str):
            raise TypeError(f"connector_words must be words, got the string {connector_words!r}")
        if not all(isinstance(word, str) for word in connector_words):
            raise TypeError(f"connector_words must be strings, got {connector_words!r}")
        for name in reading.keys() - {item.name for item in dataclasses.fields(CorpusParams)}:
            raise TypeError(f"Phrases has no option {name}")
        self.scoring = _scorer(params.scoring, params.threshold)
        self.min_count = params.min_count
        self.threshold = params.threshold
        self.max_vocab_size = params.max_vocab_size
        self.delimiter = params.delimiter
        self.connector_words = frozenset(connector_words)
        self.workers = workers
        self.progress = progress
        self.reading = reading
        self._parts: list[Bigrams] = []
        self._cache: dict[str, Any] = {}
        if sentences is not None:
            self.add_vocab(sentences)

    def add_vocab(self, sentences: Any) -> None:
        """Count more text, of any kind that the constructor takes, and in the same way.  Text
        without any word changes nothing."""
        given: dict[str, Any] = {"workers": self.workers, "progress": self.progress}
        try:
            corpus = Corpus.read(sentences, min_count=1, **given, **self.reading)
        except NoWordsError:
            return
        options = corpus.options
        self.reading |= {name: options[name] for name in TEXT if name in options}
        part = count_bigrams(corpus, self.connector_words, self.max_vocab_size, **given)
        self._parts.append(part)
        self._cache.clear()
        # Texts may come in many small parts: they are added up only now and then.
        if sum(map(len, self._parts)) > 2 * len(self._parts[0]):
            self._merge()

    def _merge(self) -> Bigrams | None:
        """Everything that was counted, added up; None if nothing was."""
        if len(self._parts) > 1:
            whole = merge(self._parts)
            if len(whole) > self.max_vocab_size:
                whole = whole.reduced()
            self._parts = [whole]
        return self._parts[0] if self._parts else None

    @property
    def corpus_word_count(self) -> int:
        """Words read, connectors included."""
        return sum(part.tokens for part in self._parts)

    @property
    def min_reduce(self) -> int:
        """What occurs less often is dropped when there is too much the next time."""
        return max((part.min_reduce for part in self._parts), default=1)

    @property
    def vocab(self) -> Mapping[str, int]:
        """How often each word (connectors are not counted) and each joined pair occurs."""
        if "vocab" not in self._cache:
            strings, totals, _ = self._entries()
            self._cache["vocab"] = _Counts(strings, totals)
        counts: Mapping[str, int] = self._cache["vocab"]
        return counts

    def _entries(self) -> tuple[Words, NDArray[np.int64], NDArray[np.int32]]:
        """All words, then all pairs, and their counts: where several are spelled alike, the first
        has what all have together, and the others 0.  And for each where that first one stands."""
        bigrams = self._merge()
        if bigrams is None:
            return Words.of([]), np.zeros(0, np.int64), np.zeros(0, np.int32)
        pairs = bigrams.pairs
        strings = join(bigrams.words, bigrams.spelled(pairs, self.delimiter))
        counts = np.concatenate([bigrams.counts, pairs[:, COUNT].astype(np.int64)])
        places = strings.find_all(strings)
        totals = np.zeros_like(counts)
        np.add.at(totals, places, counts)
        return strings, totals, places

    @property
    def _found(self) -> dict[str, float]:
        key = (self.threshold, self.min_count, self.delimiter, self.scoring)
        if self._cache.get("key") != key:
            self._cache["found"] = self._score()
            self._cache["key"] = key
        found: dict[str, float] = self._cache["found"]
        return found

    def export_phrases(self) -> dict[str, float]:
        """All phrases that were found, with their scores, the highest first.

        >>> Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1).export_phrases()
        {'new_york': 0.296...}
        """
        return dict(self._found)

    def _score(self) -> dict[str, float]:
        bigrams = self._merge()
        if bigrams is None:
            return {}
        words, pairs, known = bigrams.counts, bigrams.pairs, len(bigrams)
        counts: NDArray[Any] = pairs[:, COUNT]
        if _stands_in(self.delimiter, bigrams.words):  # a pair may be spelled like another
            _, totals, places = self._entries()
            alike = totals[places]
            words, counts = alike[: len(words)], alike[len(words) :]
            known = int(np.count_nonzero(totals))
        if self.scoring in SCORERS.values():  # the rest are dropped by these anyway
            often = counts >= self.min_count
            pairs, counts = pairs[often], counts[often]
        scores = self._scores(words[pairs[:, FIRST]], words[pairs[:, LAST]], counts, known)
        best = np.flatnonzero(scores > self.threshold)
        keys = (pairs[best, BETWEEN], pairs[best, LAST], pairs[best, FIRST], -scores[best])
        best = best[np.lexsort(keys)]
        found: dict[str, float] = {}
        phrases = bigrams.spelled(np.ascontiguousarray(pairs[best]), self.delimiter)
        for phrase, score in zip(phrases, scores[best].tolist(), strict=True):
            found.setdefault(phrase, score)
        return found

    def _scores(
        self,
        first: NDArray[np.int64],
        last: NDArray[np.int64],
        together: NDArray[Any],
        known: int,
    ) -> NDArray[np.float64]:
        """The score of each pair; -inf where a word was dropped."""
        together = together.astype(np.int64)
        facts = (known, self.min_count, self.corpus_word_count)
        there = (first > 0) & (last > 0)
        if self.scoring in SCORERS.values():
            scores: NDArray[np.float64] = self.scoring(first, last, together, *facts)
        else:
            given = zip(first.tolist(), last.tolist(), together.tolist(), strict=True)
            names = SCORER_ARGUMENTS
            answers = (self.scoring(**dict(zip(names, (*c, *facts), strict=True))) for c in given)
            scores = np.fromiter(answers, np.float64, len(together))
        return np.where(there, scores, -np.inf)

    def freeze(self) -> FrozenPhrases:
        """The phrases found so far, without what was counted."""
        return FrozenPhrases(self)

    def __str__(self) -> str:
        bigrams = self._merge()
        return (
            f"Phrases<{0 if bigrams is None else len(bigrams)} vocab, min_count={self.min_count}, "
            f"threshold={self.threshold}, max_vocab_size={self.max_vocab_size}>"
        )

    def save(self, path: PathLike, **_: Any) -> None:
        """Write what was counted as one file; it is complete or not there at all.

        What else gensim's ``save`` takes (``pickle_protocol``) has no effect.  A function as
        ``tokens`` is not kept: set ``reading["tokens"]`` again before more text is read.

        >>> Phrases([["new", "york"]] * 9).save("phrases.fvp")
        """
        bigrams = self._merge()
        settings = self._settings() | {"max_vocab_size": self.max_vocab_size, "counted": {}}
        arrays: dict[str, NDArray[Any]] = {}
        words = None
        if bigrams is not None:
            settings["counted"] = {"tokens": bigrams.tokens, "min_reduce": bigrams.min_reduce}
            words = bigrams.words
            arrays = {
                "counts": bigrams.counts,
                "pairs": bigrams.pairs,
                "parents": bigrams.parents,
                "connectors": bigrams.connectors,
            }
        write_container(path, "phrases", arrays, {"settings": settings}, words)

    @classmethod
    def _restored(cls, file: Container, settings: Mapping[str, Any]) -> Phrases:
        made = cls(**{name: settings[name] for name in (*SETTINGS, "max_vocab_size")})
        made.reading = _text(settings)
        if counted := settings["counted"]:
            words = _words(file)
            vocabulary = Vocabulary(words, file.array("counts", "<i8", len(words)))
            pairs = file.array("pairs", "<u4", None, 4)
            parents = file.array("parents", "<u4", None)
            connectors = file.array("connectors", "<u4", None)
            tokens, reduce = int(counted["tokens"]), int(counted["min_reduce"])
            part = Bigrams(words, vocabulary.counts, pairs, parents, connectors, tokens, reduce)
            part.spelled(pairs[:0], "")  # looks at the tree
            if len(pairs) and (pairs[:, COUNT].min() < 1 or pairs[:, :2].max() >= len(words)):
                raise ValueError("a pair names a word that is not there")
            if len(pairs) and pairs[:, BETWEEN].max() >= len(parents):
                raise ValueError("a pair names connectors that are not there")
            made._parts = [part]
        return made


RESTORED: dict[str, Callable[[Container, Mapping[str, Any]], _Joining]] = {
    "Phrases": Phrases._restored,
    "FrozenPhrases": FrozenPhrases._restored,
}
"""What makes each kind of file's object."""


class _Counts(Mapping[str, int]):
    """Counts by word, looked up natively."""

    def __init__(self, words: Words, counts: NDArray[np.int64]) -> None:
        self.words = words
        self.counts = counts

    def __getitem__(self, word: str) -> int:
        position = self.words.find(word)
        if position < 0 or self.counts[position] == 0:
            raise KeyError(word)
        return int(self.counts[position])

    def __iter__(self) -> Iterator[str]:
        for word, count in zip(self.words, self.counts.tolist(), strict=True):
            if count:
                yield word

    def __len__(self) -> int:
        return int(np.count_nonzero(self.counts))


def _stands_in(delimiter: str, words: Words) -> bool:
    """Whether a delimiter may stand in some word (or across two, which does no harm)."""
    return delimiter.encode() in words.joined.tobytes()


def _words(file: Container) -> Words:
    """The words of a file; ValueError unless each is UTF-8."""
    words = file.words
    if words is None:
        raise file.damaged("it holds no words")
    words.joined.tobytes().decode()
    starts = words.offsets[words.offsets < len(words.joined)]
    if np.any(words.joined[starts] & 0xC0 == 0x80):
        raise file.damaged("a word begins within a letter")
    return words


def _text(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A file's options of reading, checked."""
    options = {name: settings[name] for name in TEXT if name in settings}
    CorpusParams(**options)
    return options


def _checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A file's settings, as a Phrases would take them."""
    made = Phrases(**{name: settings[name] for name in SETTINGS})
    return {name: getattr(made, name) for name in SETTINGS}
