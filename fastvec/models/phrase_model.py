"""What Phrases and FrozenPhrases have in common: finding phrases in sentences, and joining them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, Unpack

from fastvec._util.class_calls import on_class_only
from fastvec._util.options import names_of
from fastvec._util.places import FileLike, name_of
from fastvec.corpus.corpus import WORD_OPTIONS, Corpus, serializable
from fastvec.models import from_gensim
from fastvec.models.phrase_joining import join_phrases
from fastvec.models.phrase_scores import SCORERS, Scorer
from fastvec.models.phrases_file import PhrasesFile, read_phrases
from fastvec.params import PhrasesParams, TextOptions, Tokens
from fastvec.words import is_integer

Sentence = Iterable[str]
Candidate = tuple[str, float] | tuple[None, None]

#: the options that files keep
SAVED = (*names_of(PhrasesParams), "connector_words", *WORD_OPTIONS)


@on_class_only("load")
class PhraseModel:
    """Phrases with scores, and the options that they were found with."""

    min_count: float
    threshold: float
    delimiter: str
    scoring: Scorer
    connector_words: frozenset[str]
    tokens: Tokens  # tokens and lower say what a word is in the text that was read
    lower: bool

    @property
    def _found(self) -> dict[str, float]:
        """The phrases and their scores."""
        raise NotImplementedError

    def _all_phrases(self) -> Mapping[str, float]:
        """The phrases and their scores; those of a subclass that scores them itself."""
        return self._found

    @classmethod
    def _restored(cls, file: PhrasesFile, options: dict[str, Any]) -> Self:
        """A model from its file, and from the options in it."""
        raise NotImplementedError

    def score_candidate(self, word_a: str, word_b: str, in_between: Iterable[str]) -> Candidate:
        """(phrase, score) if two words with some connectors between them make a phrase, otherwise
        (None, None).

        A subclass may have a method of its own: then it decides what is a phrase, as in gensim, in
        all calls but :meth:`join`, which is native.

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> phrases.score_candidate("york", "new", [])
        (None, None)
        """
        phrase = self.delimiter.join((word_a, *in_between, word_b))
        score = self._found.get(phrase)
        return (None, None) if score is None or score <= self.threshold else (phrase, score)

    def analyze_sentence(self, sentence: Sentence) -> Iterator[tuple[str, float | None]]:
        """The words of a sentence with phrases joined: (phrase, its score), or (word, None).

        Phrases are found from left to right, and each word is part of at most one.  Byte strings
        and integers are the text that they are in a corpus; other items are part of no phrase.

        Raises TypeError for a string, which is no list of words.

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> [word for word, score in phrases.analyze_sentence(["in", "new", "york"])]
        ['in', 'new_york']
        """
        _check_iterable(sentence, "a sentence is a list of words")
        score_of = self._scorer_of_candidates()
        pending: list[str] = []  # the first word of a possible phrase, and connectors after it
        for word in map(_as_text, sentence):
            if word in self.connector_words:
                if pending:
                    pending.append(word)
                else:
                    yield word, None
                continue
            is_string = isinstance(word, str)
            if pending and is_string:
                phrase, score = score_of(pending, word)
                if phrase is not None and score is not None:
                    yield phrase, score
                    pending = []
                    continue
            for other in pending:
                yield other, None
            pending = [word] if is_string else []
            if not is_string:
                yield word, None
        for other in pending:
            yield other, None

    def _scorer_of_candidates(self) -> Callable[[list[str], str], Candidate]:
        """What scores a word, with connectors behind it, and a last word."""
        if self._scores_itself:
            return lambda start, last: self.score_candidate(start[0], last, start[1:])
        found, threshold, join = self._found, self.threshold, self.delimiter.join

        def score(start: list[str], last: str) -> Candidate:
            phrase = join((*start, last))
            value = found.get(phrase)
            return (None, None) if value is None or value <= threshold else (phrase, value)

        return score

    @property
    def _scores_itself(self) -> bool:
        """Whether this is a subclass that decides itself what is a phrase."""
        return type(self).score_candidate is not PhraseModel.score_candidate

    def __getitem__(self, sentence: Any) -> Any:
        """A sentence (a list of words) with its phrases joined, or many sentences.

        Many sentences give an object that joins them one by one, each time that it is iterated over
        (a generator can be iterated over once).

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> phrases[["in", "new", "york"]]
        ['in', 'new_york']
        >>> list(phrases[[["new", "york"], ["old", "york"]]])
        [['new_york'], ['old', 'york']]
        """
        _check_iterable(sentence, "a sentence is a list of words")
        items = iter(sentence)
        first = list(itertools.islice(items, 1))
        whole = itertools.chain(first, items) if items is sentence else sentence
        if first and not isinstance(_as_text(first[0]), str):
            return _JoinedSentences(self, whole)
        return [word for word, _ in self.analyze_sentence(whole)]

    def find_phrases(self, sentences: Iterable[Sentence]) -> dict[str, float]:
        """The phrases that occur in some sentences, with their scores.

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> phrases.find_phrases([["in", "new", "york"]])
        {'new_york': 0.592...}
        """
        _check_iterable(sentences, "sentences are lists of words")
        analyzed = itertools.chain.from_iterable(map(self.analyze_sentence, sentences))
        return {phrase: score for phrase, score in analyzed if score is not None}

    def join(
        self,
        source: Any,
        *,
        min_count: int = 1,
        workers: int = 0,
        progress: bool | None = None,
        **text: Unpack[TextOptions],
    ) -> Corpus:
        """A text with its phrases joined, as a corpus that is ready for training; much faster than
        joining sentences.

        Parameters
        ----------
        source
            anything that :meth:`fastvec.Corpus.read` takes.
        min_count : int, default 1
            words and phrases that occur less often are dropped.
        workers : int, default 0
            threads; 0 means one for each core.  The result is the same for any number.
        progress : bool, optional
            show a progress bar; default: if standard error is a terminal.
        text
            options of :meth:`fastvec.Corpus.read`: tokens, lower, lines, errors, encoding, column,
            group, order, delimiter, header, memory, tmp.  By default ``tokens`` and ``lower`` are
            those of the text that was learned from.

        Raises
        ------
        OSError, ValueError, TypeError
            what :meth:`fastvec.Corpus.read` raises; TypeError also for a subclass with a
            ``score_candidate`` or an ``analyze_sentence`` of its own.

        >>> phrases = Phrases([["new", "york"]] * 9 + [["a", "b"]] * 9, min_count=1, threshold=0.1)
        >>> list(phrases.join([["new", "york", "new", "york", "city"]]).vocabulary.words)
        ['new_york', 'city']
        """
        own = type(self).analyze_sentence is not PhraseModel.analyze_sentence
        if own or self._scores_itself:
            raise TypeError(
                f"join does not call the methods of {type(self).__name__}: use "
                "Corpus.read(phrases[sentences])"
            )
        running: dict[str, Any] = {"workers": workers, "progress": progress}
        options: Any = {name: getattr(self, name) for name in WORD_OPTIONS} | text
        corpus = Corpus.read(source, min_count=1, **running, **options)
        running |= {"memory": text.get("memory"), "tmp": text.get("tmp")}
        found = [phrase for phrase, score in self._found.items() if score > self.threshold]
        return join_phrases(
            corpus, found, self.delimiter, self.connector_words, min_count=min_count, **running
        )

    def _settings(self) -> dict[str, Any]:
        """The options, as a file keeps them: a scoring function by its name, None for others."""
        own = vars(self)
        names = {scorer: name for name, scorer in SCORERS.items()}
        return serializable({name: own[name] for name in SAVED if name in own}) | {
            "scoring": names.get(self.scoring),
            "connector_words": sorted(self.connector_words),
        }

    @classmethod
    def load(
        cls, fname: FileLike, mmap: Any = None, *, scoring: Scorer | None = None, **_: Any
    ) -> Any:
        """Load what ``save`` wrote: a Phrases or a FrozenPhrases, whichever it was.

        A subclass loads a file of its base class as one of its own.

        Parameters
        ----------
        fname
            a file that ``save`` wrote: a path, an address that fsspec knows, or a file that is open
            for reading bytes.
        mmap
            no effect (gensim's).
        scoring : callable, optional
            the scoring function, if it is not one of fastvec's: a file holds no code.

        Raises
        ------
        ValueError
            another kind of file, a damaged one, or one that needs ``scoring``.

        >>> phrases = Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1)
        >>> phrases.save("phrases.fvp")
        >>> Phrases.load("phrases.fvp").export_phrases() == phrases.export_phrases()
        True
        """
        del mmap
        file = read_phrases(fname)
        options = {name: file.settings[name] for name in SAVED if name in file.settings}
        try:
            kind = cls._class_of(file.kind)
            options["scoring"] = scoring or SCORERS.get(options["scoring"])
        except (KeyError, TypeError):
            raise file.damaged("its settings are not complete") from None
        if options["scoring"] is None:
            raise ValueError(f"{name_of(fname)} was scored by a function: give it again as scoring")
        try:
            return kind._restored(file, options)
        except (TypeError, ValueError) as error:
            raise file.damaged(error) from None

    @classmethod
    def from_gensim(cls, theirs: Any) -> Any:
        """A Phrases of gensim 4 with what it has counted, or a FrozenPhrases (Phraser), whichever
        it is; with its options.

        gensim counts a pair under its spelling.  If a word of the text contains the delimiter, a
        pair may be taken for one of other words that are spelled alike.

        Raises
        ------
        TypeError
            another object, or a file: open it with gensim's Phrases.load.
        ValueError
            an option that fastvec does not accept.

        >>> theirs = Phrases([["new", "york"]] * 9, min_count=1, threshold=0.1)  # or gensim's
        >>> Phrases.from_gensim(theirs).export_phrases() == theirs.export_phrases()
        True
        """
        file, options = from_gensim.phrases(theirs)
        return cls._class_of(file.kind)._restored(file, options)

    @classmethod
    def _class_of(cls, kind: str) -> type[PhraseModel]:
        """The class of this name, or this one if it inherits from it; KeyError for another name."""
        known = {each.__name__: each for each in PhraseModel.__subclasses__()}[kind]
        return cls if issubclass(cls, known) else known

    def __repr__(self) -> str:
        return str(self)


def _check_iterable(words: Any, rule: str) -> None:
    """TypeError for a string, and for what has no items."""
    if isinstance(words, str | bytes):
        raise TypeError(f"{rule}, got the string {words!r:.60}")
    if not isinstance(words, Iterable):
        raise TypeError(f"{rule}, got {words!r:.60}")


def _as_text(word: Any) -> Any:
    """A word as it is counted: byte strings are decoded, and integers are their digits; what is
    none of these stays as it is.  ValueError for bytes that are not UTF-8."""
    if isinstance(word, bytes):
        try:
            return word.decode()
        except UnicodeDecodeError:
            raise ValueError(f"word {word!r:.60} is not valid UTF-8: decode it before") from None
    return str(int(word)) if is_integer(word) else word


class _JoinedSentences:
    """Sentences whose phrases are joined as they are iterated over."""

    def __init__(self, model: PhraseModel, sentences: Iterable[Sentence]) -> None:
        self.model = model
        self.sentences = sentences

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self.sentences:
            yield [word for word, _ in self.model.analyze_sentence(sentence)]

    def __len__(self) -> int:
        return len(self.sentences)  # type: ignore[arg-type]  # if they have a length
