"""Hints: what a text is like, said in a line or two after it was read, where that matters.

They are found in what reading has anyway, the counts of all words and the encoded sentences, and in
small samples of both.  That takes less than 1 % of the time of reading.  Text that is fine, ids of
items and short texts get no hint.
"""

from __future__ import annotations

import contextlib
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fastvec._util.log import log
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sentence_samples import columns_of_words, repeated_share, runs_on
from fastvec.words import Words

ENOUGH = 5_000  # words of a text, from which on their shares say something
ENOUGH_PHRASES = 500  # the same, where they are whole phrases
DRAWN = 2_000  # words looked at
SHOWN = 2  # hints after reading
SHORT_LINES = 16  # words in a line, up to which it may be a piece of a sentence
ENDLESS_LINE = 1_000_000  # words in a line

Test = Callable[[str], object]


class WordSample:
    """Words of a text, drawn in proportion to their counts: always the same ones.

    >>> sample = WordSample(Words.of(["a", "rose"]), np.array([1, 3]))
    >>> sample.share(str.isalpha), sample.share(lambda word: word == "rose")
    ((1.0, 'rose'), (0.75, 'rose'))
    """

    def __init__(self, words: Words, counts: NDArray[np.int64]) -> None:
        ends = np.cumsum(counts)
        at = (np.arange(DRAWN) + 0.5) * (ends[-1] / DRAWN)
        ids, times = np.unique(np.searchsorted(ends, at, side="right"), return_counts=True)
        drawn: list[str] = words.as_text().keys(ids)
        self.words = list(zip(drawn, times.tolist(), strict=True))
        self.marked = [(word, n) for word, n in self.words if not word.isalpha()]
        self.is_ascii = "".join(drawn).isascii()

    def share(self, test: Test) -> tuple[float, str]:
        """The share of the text's words for which a test is true, and the most frequent of them."""
        return _share(self.words, test)

    def share_of_marked(self, test: Test) -> tuple[float, str]:
        """The same for a test that is true only for words with other characters than letters."""
        return _share(self.marked, test)

    @cached_property
    def are_ids(self) -> bool:
        """Whether these are names of things rather than words of a language.

        The words of a language have few digits, some are long, and the frequent ones are short.
        """
        if (
            self.share_of_marked(DIGIT.search)[0] > 0.5
            or self.share(lambda word: len(word) > 7)[0] < 0.02
        ):
            return True
        lengths, times = np.array([(len(word), n) for word, n in self.words]).T
        return bool(np.average(lengths, weights=times) > BREVITY * lengths.mean())


def _share(words: list[tuple[str, int]], test: Test) -> tuple[float, str]:
    hits = [(n, word) for word, n in words if test(word)]
    most = max(hits, default=(0, ""), key=operator.itemgetter(0))[1]
    return sum(n for n, _ in hits) / DRAWN, most


@dataclass(frozen=True)
class TextRead:
    """A text that was read.

    Attributes
    ----------
    words, counts
        all of its words, also those that are too rare to be kept.
    corpus : Corpus
        its sentences, of the words that are kept.
    min_count : int
        words that are rarer are not kept.
    in_lines : bool
        whether each sentence is a line of a file, which ``lines=False`` would join.
    """

    words: Words
    counts: NDArray[np.int64]
    corpus: Corpus
    min_count: int
    in_lines: bool

    @cached_property
    def sample(self) -> WordSample:
        """Some of its words."""
        return WordSample(self.words, self.counts)

    @cached_property
    def size(self) -> int:
        """How many words it has."""
        return int(self.counts.sum())

    @property
    def mean_length(self) -> float:
        """The mean number of words in a sentence."""
        return self.size / len(self.corpus)


def hints(text: TextRead) -> list[str]:
    """What should be said of a text, the most important first; nothing if it is fine."""
    if text.words.integers or text.size < ENOUGH_PHRASES:
        return []
    if (hint := _phrases_as_words(text)) is not None:
        return [hint]  # what else is odd follows from that
    if text.size < ENOUGH:
        return []
    return [hint for check in CHECKS if (hint := check(text)) is not None]


def log_hints(text: TextRead) -> None:
    """Log the most important hints."""
    for hint in hints(text)[:SHOWN]:
        log.warning("%s", hint)


# --- words

DIGIT = re.compile(r"\d")
BREVITY = 0.97  # mean length of a language's words to that of its different words, at most

#: scripts that put no spaces between words, and a tokenizer for each; Japanese uses those of
#: Chinese too
UNSPACED = {
    "Thai": (re.compile("[\u0e00-\u0e7f]"), "pythainlp"),
    "Lao, Khmer or Burmese": (re.compile("[\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]"), "PyICU"),
    "Japanese": (re.compile("[\u3040-\u30ff]"), "fugashi"),
    "Chinese": (re.compile("[\u3400-\u9fff]"), "jieba"),
}
PHRASE = re.compile(
    "[\u3005\u3040-\u30ff\u3400-\u9fff]{8}|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{16}"
)
ENDS_IN_PUNCTUATION = re.compile(r"""([^\W\d_][.!?…]|\w[,;:)"”»]|\w[.!?,]["”»)]|\w['"],)$""")
TAGS = "a|b|br|div|em|font|h[1-6]|i|img|li|ol|p|ref|script|span|strong|sub|sup|table|td|th|tr|u|ul"
MARKUP = re.compile(
    rf"</?({TAGS})\b|^/>|\b(href|src|class|style)=|&(nbsp|amp|lt|gt|quot|#\d+);|\[\[|\]\]|\{{\{{|"
    r"^\\[a-z]+|\\u[0-9a-f]{4}|[=%][c-f][0-9a-f][=%][89ab][0-9a-f]|"  # LaTeX; escaped letters
    r"^-->$|^\W?(\d{4}-\d\d-\d\d[t ])?\d?\d:\d\d:\d\d([.,]\d|\W?$)",  # times
    re.ASCII | re.IGNORECASE,
)
CONTROL = re.compile("[\x00-\x1f\x7f]")
LEADING_BYTE = re.compile("[\u00c2-\u00f4]")  # of UTF-8, read as Latin-1
ADDRESS = re.compile(r"https?://|^www\.")
DECIMAL = re.compile(r"[-+]?\d*\.\d+(e[-+]?\d+)?,?$", re.ASCII | re.IGNORECASE)


def _phrases_as_words(text: TextRead) -> str | None:
    sample = text.sample
    share = 0.0 if sample.is_ascii else sample.share(PHRASE.search)[0]
    if share < 0.2:
        return None
    shares = {name: sample.share(letters.search)[0] for name, (letters, _) in UNSPACED.items()}
    language = next((name for name in shares if shares[name] > 0.1), "Chinese")
    tool = UNSPACED[language][1]
    return (
        f"{_percent(share)} of the words are whole phrases, since {language} has no spaces between "
        f"words: cut the text into words first, by a program such as {tool}"
    )


def _garbled(text: TextRead) -> str | None:
    if text.sample.is_ascii:
        return None
    share, example = text.sample.share(is_garbled)
    if share >= 0.002:
        words = _words(share, "are UTF-8 that was read in a wrong encoding", example)
        return (
            f"{words} for {_shown(is_garbled(example) or '')}: iconv -f utf-8 -t cp1252 undoes it"
        )
    share, example = text.sample.share_of_marked(lambda word: "\ufffd" in word)
    if share < 0.002:
        return None
    return f"{_words(share, 'have lost characters', example)}: is the encoding right?"


def is_garbled(word: str) -> str | None:
    """The word as it was before its UTF-8 was read as a single-byte encoding; None if it was not.

    >>> is_garbled("MÃ¼ller"), is_garbled("Müller")
    ('Müller', None)
    """
    if not LEADING_BYTE.search(word):
        return None
    for encoding in ("cp1252", "latin-1"):
        with contextlib.suppress(UnicodeError):
            before = word.encode(encoding).decode()
            return before if before != word else None
    return None


def _markup(text: TextRead) -> str | None:
    share, example = text.sample.share_of_marked(MARKUP.search)
    if share < 0.01:
        return None
    return f"{_words(share, 'are markup or times', example)}: remove it first"


def _controls(text: TextRead) -> str | None:
    share, example = text.sample.share_of_marked(CONTROL.search)
    if share < 0.01:
        return None
    return f"{_words(share, 'have control characters', example)}: is this text?"


def _addresses(text: TextRead) -> str | None:
    share, example = text.sample.share_of_marked(ADDRESS.search)
    return _words(share, "are addresses", example) if share >= 0.05 else None


def _decimals(text: TextRead) -> str | None:
    share, example = text.sample.share_of_marked(DECIMAL.match)
    if share < 0.2:
        return None
    return f"{_words(share, 'are decimal numbers', example)}: is a table or a vector file among it?"


def _punctuation(text: TextRead) -> str | None:
    share, example = text.sample.share_of_marked(ENDS_IN_PUNCTUATION.search)
    if share < 0.05:
        return None
    return f"{_words(share, 'end in punctuation', example)}: try tokens='words'"


def _upper_case(text: TextRead) -> str | None:
    sample = text.sample
    share = sample.share(lambda word: word.upper() == word != word.lower())[0]
    letters = sample.share(lambda word: word.upper() != word.lower())[0]
    if share < 0.5 or share < 0.9 * letters or sample.are_ids:
        return None
    return f"{_percent(share)} of the words are in upper case: try lower=True"


def _capitals(text: TextRead) -> str | None:
    sample, vocabulary = text.sample, text.corpus.vocabulary
    if sample.share(str.istitle)[0] < 0.05 or sample.are_ids:
        return None

    def has_twin(word: str) -> bool:
        if not word.istitle():
            return False
        twin, own = vocabulary.words.find(word.lower()), vocabulary.words.find(word)
        return twin >= 0 and (own < 0 or vocabulary.counts[twin] >= vocabulary.counts[own])

    share, example = sample.share(has_twin)
    if share < 0.075:
        return None
    return f"{_words(share, 'are a more frequent one with a capital', example)}: try lower=True"


def _rare_words(text: TextRead) -> str | None:
    share = text.counts[text.counts >= text.min_count].sum() / text.size
    if share >= 0.4 or text.sample.are_ids:
        return None
    return (
        f"most words are rare: min_count={text.min_count} keeps only {_percent(share)} of the text"
    )


# --- lines


def _one_word_lines(text: TextRead) -> str | None:
    if not text.in_lines or text.mean_length > 1.1:
        return None
    word = text.sample.share(bool)[1]
    advice = "" if text.sample.are_ids else ": try lines=False"
    return f"nearly every line is a single word, such as {_shown(word)}, without neighbours{advice}"


def _tagged_words(text: TextRead) -> str | None:
    empty = text.corpus.raw_sentences - len(text.corpus)
    if not text.in_lines or empty < 0.01 * text.corpus.raw_sentences:
        return None
    columns = columns_of_words(text.corpus.tokens, text.corpus.offsets)
    if not columns:
        return None
    return (
        f"most lines have {columns} columns, as in CoNLL, and tags become neighbours of words: "
        "take out the column with the words, and put each sentence on a line"
    )


def _pieces_of_sentences(text: TextRead) -> str | None:
    if not text.in_lines or not 1.1 < text.mean_length < SHORT_LINES:
        return None
    if not runs_on(text.corpus.tokens, text.corpus.offsets):
        return None
    return (
        f"lines have {text.mean_length:.1f} words on average and the text runs on across them, but "
        "windows end there: try lines=False"
    )


def _endless_line(text: TextRead) -> str | None:
    if not text.in_lines or text.mean_length < ENDLESS_LINE:
        return None
    return (
        f"the text has no line breaks for {text.mean_length / 1e6:,.1f} million words: put one "
        "where a document ends, since windows end there"
    )


def _repeated_lines(text: TextRead) -> str | None:
    share = repeated_share(text.corpus.tokens, text.corpus.offsets)
    if share < 0.2 or text.sample.are_ids:
        return None
    return f"{_percent(share)} of the sentences repeat others: is the same text there twice?"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.1f} %"


def _words(share: float, what: str, example: str) -> str:
    return f"{_percent(share)} of the words {what}, such as {_shown(example)}"


def _shown(word: str) -> str:
    return repr(word if len(word) <= 30 else word[:30] + "…")


CHECKS = (
    _controls, _garbled, _tagged_words, _markup, _decimals, _one_word_lines, _pieces_of_sentences,
    _punctuation, _upper_case, _capitals, _repeated_lines, _endless_line, _addresses, _rare_words,
)  # fmt: skip
