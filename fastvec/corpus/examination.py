"""What a corpus is like: how long its sentences are, which words it has, and what is odd."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.progress import Progress
from fastvec.corpus.hints import TextRead, hints
from fastvec.corpus.spool import Ids

if TYPE_CHECKING:
    from fastvec.corpus.corpus import Corpus

Numbers = NDArray[np.int64]

MIN_COUNTS = (1, 2, 5, 10, 20, 50, 100)
POINTS = 10  # of the vocabulary curve
FREQUENT = 20  # words
SHOWN = 3  # sentences or words of a kind
BEGINNING = 8  # words of a sentence
BLOCK = 1 << 20  # tokens at a time
#: characters that hardly belong into a word
ODD = {
    "lost characters (U+FFFD)": "\ufffd",
    "no-break spaces (U+00A0)": "\u00a0",
    "byte order marks (U+FEFF)": "\ufeff",
}
#: what the tuples in an Examination hold
COLUMNS = {
    "curve": ("words", "different_words"),
    "kept": ("min_count", "different_words", "share"),
    "frequent": ("word", "count"),
    "longest": ("words", "beginning"),
    "most_repeated": ("times", "beginning"),
    "odd_words": ("what", "times", "example"),
}
MIXED = np.uint64(0x9E3779B97F4A7C15)  # an odd number with random bits


@dataclass(frozen=True)
class Examination:
    """What a corpus is like; see :meth:`fastvec.Corpus.examine`.

    Attributes
    ----------
    sentences, words, different_words : int
        how many there are.  Rare words that were dropped in reading are not counted anywhere.
    empty_sentences : int
        lines without words, and those of which all words were dropped.
    once : float
        the share of the different words that occur once.
    lengths : dict
        words in a sentence: the mean, the shortest, percentiles 10, 50, 90 and 99, the longest.
    curve : list of (int, int)
        so many words from the beginning, and how many different ones are among them.
    kept : list of (int, int, float)
        a ``min_count``, the words of the vocabulary with it, and their share of the text.
    frequent : list of (str, int)
        the most frequent words, and how often they occur.
    longest : list of (int, str)
        the longest sentences: how many words, and how they begin.
    repeated : float
        the share of the sentences that repeat others.
    most_repeated : list of (int, str)
        how often they occur, and how they begin.
    odd_words : list of (str, int, str)
        what is odd, how often such words occur, and one of them.
    hints : list of str
        what would make the vectors better.
    """

    sentences: int
    empty_sentences: int
    words: int
    different_words: int
    once: float
    lengths: dict[str, float]
    curve: list[tuple[int, int]]
    kept: list[tuple[int, int, float]]
    frequent: list[tuple[str, int]]
    longest: list[tuple[int, str]]
    repeated: float
    most_repeated: list[tuple[int, str]]
    odd_words: list[tuple[str, int, str]]
    hints: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The same as a dict that JSON can hold, with names for what is in a tuple."""
        facts = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        for name, columns in COLUMNS.items():
            facts[name] = [dict(zip(columns, row, strict=True)) for row in facts[name]]
        return facts


def examine(
    corpus: Corpus, min_count: int, in_lines: bool, progress: bool | None = None
) -> Examination:
    """Examine a corpus; the hints are those for a ``min_count`` (see :class:`TextRead`)."""
    if not len(corpus.tokens):
        raise ValueError("the corpus is empty, or closed: there is nothing to examine")
    with Progress("examining", 2 * len(corpus.tokens), "words", progress) as bar:
        return _examined(corpus, min_count, in_lines, bar)


def _examined(corpus: Corpus, min_count: int, in_lines: bool, bar: Progress) -> Examination:
    words = corpus.vocabulary.words
    counts = np.bincount(corpus.tokens, minlength=len(words))
    lengths = np.diff(corpus.offsets)
    repeated, most = _repeated(corpus, bar)
    return Examination(
        sentences=len(corpus),
        empty_sentences=corpus.raw_sentences - len(corpus),
        words=len(corpus.tokens),
        different_words=int(np.count_nonzero(counts)),
        once=float(np.mean(counts[counts > 0] == 1)),
        lengths=_lengths(lengths),
        curve=_curve(corpus.tokens, len(words), bar),
        kept=[_kept(counts, least) for least in MIN_COUNTS],
        frequent=[(words.as_text()[i], int(counts[i])) for i in _largest(counts, FREQUENT)],
        longest=[(int(lengths[i]), _beginning(corpus, i)) for i in _largest(lengths, SHOWN)],
        repeated=repeated,
        most_repeated=most,
        odd_words=list(_odd_words(corpus, counts)),
        hints=hints(TextRead(words, counts, corpus, min_count, in_lines)),
    )


def _lengths(lengths: Numbers) -> dict[str, float]:
    names = ("10 %", "50 %", "90 %", "99 %")
    percentiles = np.percentile(lengths, [10, 50, 90, 99], method="inverted_cdf")
    return {
        "mean": float(lengths.mean()),
        "shortest": int(lengths.min()),
        **dict(zip(names, map(int, percentiles), strict=True)),
        "longest": int(lengths.max()),
    }


def _curve(tokens: Ids, n_words: int, bar: Progress) -> list[tuple[int, int]]:
    """How many different words there are among the first ones."""
    first = np.full(n_words, len(tokens))
    for start in range((len(tokens) - 1) // BLOCK * BLOCK, -1, -BLOCK):
        block = tokens[start : start + BLOCK]
        # Of several positions of a word, the one that is assigned last stays: its first.
        first[block[::-1]] = np.arange(start + len(block) - 1, start - 1, -1)
        bar.update(len(tokens) - start)
    first.sort()
    at = np.unique(np.linspace(0, len(tokens), POINTS + 1).astype(np.int64)[1:])
    known = np.searchsorted(first, at)
    return list(zip(at.tolist(), known.tolist(), strict=True))


def _kept(counts: Numbers, least: int) -> tuple[int, int, float]:
    kept = counts[counts >= least]
    return least, len(kept), float(kept.sum() / counts.sum())


def _largest(numbers: Numbers, count: int) -> list[int]:
    """Where the largest numbers are, the largest first; of equal ones the first."""
    least = np.partition(numbers, -count)[-count] if len(numbers) > count else 0
    candidates = np.flatnonzero(numbers >= max(least, 1))
    order = np.argsort(-numbers[candidates], kind="stable")[:count]
    found: list[int] = candidates[order].tolist()
    return found


def _beginning(corpus: Corpus, sentence: int) -> str:
    """The first words of a sentence."""
    start, end = corpus.offsets[sentence : sentence + 2].tolist()
    ids = corpus.tokens[start : min(end, start + BEGINNING)].astype(np.int64)
    more = " …" if end - start > BEGINNING else ""
    return " ".join(corpus.vocabulary.words.as_text().keys(ids)) + more


def _repeated(corpus: Corpus, bar: Progress) -> tuple[float, list[tuple[int, str]]]:
    """The share of sentences that repeat others, and those that do so most often."""
    hashes = _hashes(corpus.tokens, corpus.offsets, bar)
    _, first, times = np.unique(hashes, return_index=True, return_counts=True)
    most = [i for i in _largest(times, SHOWN) if times[i] > 1]
    share = 1 - len(times) / len(hashes)
    return share, [(int(times[i]), _beginning(corpus, int(first[i]))) for i in most]


def _hashes(tokens: Ids, offsets: Numbers, bar: Progress) -> NDArray[np.uint64]:
    """A number for each sentence, which is the same for sentences of the same words in order.

    Word i of a sentence is multiplied by the i-th power of an odd number.  Sentences that are
    longer than a block are told apart by their first block and their length.
    """
    lengths = np.diff(offsets)
    powers = np.multiply.accumulate(np.full(BLOCK, MIXED))
    hashes = lengths.astype(np.uint64) * MIXED
    for first, last in _blocks(offsets):
        start, stop = offsets[first], min(offsets[last], offsets[first] + BLOCK)
        starts = offsets[first:last] - start
        inside = np.arange(stop - start) - np.repeat(
            starts, np.diff(np.append(starts, stop - start))
        )
        mixed = (tokens[start:stop].astype(np.uint64) + np.uint64(1)) * MIXED
        mixed ^= mixed >> np.uint64(29)
        hashes[first:last] += np.add.reduceat(mixed * powers[inside], starts)
        bar.update(len(tokens) + int(stop))
    return hashes


def _blocks(offsets: Numbers) -> Iterator[tuple[int, int]]:
    """Sentences first to last of at most BLOCK tokens, or one that is longer."""
    first = 0
    while first < len(offsets) - 1:
        last = int(np.searchsorted(offsets, offsets[first] + BLOCK, side="right")) - 1
        last = max(last, first + 1)
        yield first, last
        first = last


def _odd_words(corpus: Corpus, counts: Numbers) -> Iterator[tuple[str, int, str]]:
    """Kinds of words that hardly belong into a text."""
    words = corpus.vocabulary.words
    joined, ends = words.joined, words.offsets
    control = (joined < ord(" ")) | (joined == 0x7F)
    control[:-1] |= (joined[:-1] == 0xC2) & (joined[1:] >= 0x80) & (joined[1:] < 0xA0)
    marks = {"control characters": control}
    marks |= {kind: _found(joined, text.encode()) for kind, text in ODD.items()}
    for kind, marked in marks.items():
        at = np.unique(np.searchsorted(ends, np.flatnonzero(marked), side="right") - 1)
        yield from _odd(kind, at, counts, words)
    yield from _odd("100 bytes or more", np.flatnonzero(np.diff(ends) >= 100), counts, words)


def _found(joined: NDArray[np.uint8], text: bytes) -> NDArray[np.bool_]:
    """Where a text begins."""
    found = np.ones(len(joined), bool)
    for i, byte in enumerate(text):
        found[: len(joined) - i] &= joined[i:] == byte
        found[len(joined) - i :] = False
    return found


def _odd(
    kind: str, at: Numbers, counts: Numbers, words: Sequence[str]
) -> Iterator[tuple[str, int, str]]:
    at = at[counts[at] > 0]
    if len(at):
        yield kind, int(counts[at].sum()), words[int(at[counts[at].argmax()])][:100]
