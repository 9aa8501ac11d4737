"""Collocations: words that follow each other, counted over a corpus's ids, and joined in them.

Connectors ("of", "the") may stand between the two words of a pair, and count for nothing.  The
counting is native (csrc/phrases.h); nothing here knows what makes a phrase of a pair.

Imports corpus, params, progress, spool, threads, vocabulary, words and the native core.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec._core import (
    CONNECTOR_WORD,
    OPENING_WORD,
    Control,
    PhraseCounter,
    PhraseJoiner,
    spell_pairs,
)
from fastvec._util import threads
from fastvec._util.atomic import PathLike
from fastvec._util.progress import Progress
from fastvec._util.spill import Storage
from fastvec._util.system import available_cores, memory_budget
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.spool import in_parallel
from fastvec.corpus.vocabulary import Vocabulary, join, select_words
from fastvec.params import VocabularyParams
from fastvec.words import Words

Nodes = NDArray[np.uint32]

FIRST, LAST, BETWEEN, COUNT = range(4)  # columns of pairs
STEP = 1 << 20  # tokens joined at a time
MOST_EXPECTED = 10_000_000  # pairs that get room at once
MOST_PARTS = 1000  # of a phrase that is to be joined: there are rows of underscores in the world


@dataclass(frozen=True)
class Bigrams:
    """Words, and pairs of words that follow each other, with their counts.

    Attributes
    ----------
    words : Words
        of a corpus.
    counts : (V,) int64 array
        how often each occurs; 0 for connectors, and for words that were dropped.
    pairs : (P, 4) uint32 array
        first word, last word, connectors between them (a node of the tree), count; in no order.
    parents, connectors : (N,) uint32 array
        the tree of sequences of connectors: node n is node ``parents[n]``, which comes before it,
        and the word ``connectors[n]``; node 0 is none at all.
    tokens : int
        how many words were read, connectors included.
    min_reduce : int
        words and pairs that occurred less often than this are dropped the next time; 1: none was.
    """

    words: Words
    counts: NDArray[np.int64]
    pairs: NDArray[np.uint32]
    parents: Nodes
    connectors: Nodes
    tokens: int
    min_reduce: int = 1

    def __len__(self) -> int:
        """Words and pairs together."""
        return int(np.count_nonzero(self.counts)) + len(self.pairs)

    def spelled(self, pairs: NDArray[np.uint32], delimiter: str) -> Words:
        """Some pairs as words: ``new_york``, ``bank_of_america``."""
        tree = (self.parents, self.connectors)
        ends = np.empty(len(pairs) + 1, np.int64)
        given = (pairs, *tree, self.words.joined, self.words.offsets, delimiter.encode(), ends)
        spell_pairs(*given)
        out = np.empty(ends[-1], np.uint8)
        spell_pairs(*given, out)
        return Words(out, ends)

    def reduced(self) -> Bigrams:
        """These without what occurs less than ``min_reduce`` times."""
        least = self.min_reduce
        counts = np.where(self.counts >= least, self.counts, 0)
        pairs = self.pairs[self.pairs[:, COUNT] >= least]
        tree = (self.parents, self.connectors)
        return Bigrams(self.words, counts, pairs, *tree, self.tokens, least + 1)


def merged(parts: Sequence[Bigrams]) -> Bigrams:
    """What several texts give together."""
    if len(parts) == 1:
        return parts[0]
    words, counts = Words.of([]), np.zeros(0, np.int64)
    tree = _Tree()
    pairs = []
    for part in parts:
        ids = words.find_all(part.words)
        new = np.flatnonzero(ids < 0)
        ids[new] = np.arange(len(words), len(words) + len(new))
        words = join(words, part.words.take(new))
        counts = np.concatenate([counts, np.zeros(len(new), np.int64)])
        counts[ids] += part.counts  # a part's words differ
        nodes = tree.planted(part, ids)
        some = part.pairs.copy()
        some[:, FIRST], some[:, LAST] = ids[some[:, FIRST]], ids[some[:, LAST]]
        some[:, BETWEEN] = nodes[some[:, BETWEEN]]
        pairs.append(some)
    tokens = sum(part.tokens for part in parts)
    reduce = max(part.min_reduce for part in parts)
    return Bigrams(words, counts, _summed(np.concatenate(pairs)), *tree.arrays(), tokens, reduce)


class _Tree:
    """Sequences of connectors, numbered as they come."""

    def __init__(self) -> None:
        self.nodes = {(0, -1): 0}  # the empty one; no word is called -1

    def grown(self, parent: int, connector: int) -> int:
        """The node of a sequence with one more connector."""
        return self.nodes.setdefault((parent, connector), len(self.nodes))

    def planted(self, part: Bigrams, ids: NDArray[np.int32]) -> Nodes:
        """Take over another tree, whose words have new ids; what its nodes are called here."""
        names = np.zeros(len(part.parents), np.uint32)
        nodes = zip(part.parents[1:].tolist(), ids[part.connectors[1:]].tolist(), strict=True)
        for node, (parent, connector) in enumerate(nodes, start=1):
            names[node] = self.grown(int(names[parent]), connector)
        return names

    def arrays(self) -> tuple[Nodes, Nodes]:
        """Parents and connectors."""
        nodes = np.array(list(self.nodes), np.int64)
        nodes[0] = 0
        return nodes[:, 0].astype(np.uint32), nodes[:, 1].astype(np.uint32)


def _summed(pairs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each pair once, with the sum of its counts."""
    if len(pairs) == 0:
        return pairs
    pairs = pairs[np.lexsort((pairs[:, BETWEEN], pairs[:, LAST], pairs[:, FIRST]))]
    is_new = np.any(pairs[1:, :COUNT] != pairs[:-1, :COUNT], axis=1)
    starts = np.flatnonzero(np.concatenate([[True], is_new]))
    sums = np.add.reduceat(pairs[:, COUNT].astype(np.int64), starts)
    once = pairs[starts]
    once[:, COUNT] = np.minimum(sums, np.iinfo(np.uint32).max)
    return once


# --- counting


def count_bigrams(
    corpus: Corpus,
    connectors: Collection[str] = (),
    most: int = 1 << 62,
    workers: int = 0,
    progress: bool | None = None,
) -> Bigrams:
    """Count the words of a corpus, and the pairs that follow each other in its sentences.

    Parameters
    ----------
    connectors : strings
        words that may stand between the words of a pair.
    most : int
        whenever there are more words and pairs than this at the end of a sentence, the rarest are
        dropped: the second time those that occur once, then those that occur twice, and so on
        (gensim's rule).
    workers : int
        threads; 0 means one for each core.  The result is the same for any number.

    >>> bigrams = count_bigrams(Corpus.read([["a", "rose", "is", "a", "rose"]], min_count=1))
    >>> sorted(zip(bigrams.spelled(bigrams.pairs, "_"), bigrams.pairs[:, COUNT].tolist()))
    [('a_rose', 2), ('is_a', 1), ('rose_is', 1)]
    """
    counting = _Counting(corpus, _kinds(corpus.vocabulary.words, connectors), progress)
    made = counting.run(workers or available_cores(), most, drop=False)
    if made is None:  # only one worker knows when there are too many
        made = counting.run(1, most, drop=True)
    assert made is not None
    return made


def _kinds(words: Words, connectors: Collection[str]) -> NDArray[np.uint8]:
    kinds = np.zeros(len(words), np.uint8)
    ids = [words.find(word) for word in connectors]
    kinds[[i for i in ids if i >= 0]] = CONNECTOR_WORD
    return kinds


@dataclass(frozen=True)
class _Counting:
    corpus: Corpus
    kinds: NDArray[np.uint8]
    progress: bool | None

    def run(self, workers: int, most: int, drop: bool) -> Bigrams | None:
        """Count with some workers; None if there are too many entries and none may be dropped."""
        corpus, n_words = self.corpus, len(self.kinds)
        expected = min(len(corpus.tokens) // 4, MOST_EXPECTED) // workers
        counters = [
            PhraseCounter(n_words, i, workers, expected, most, drop) for i in range(workers)
        ]
        control = Control(workers)

        def work(worker: int) -> None:
            counter = counters[worker]
            if not counter.count(corpus.tokens, corpus.offsets, self.kinds, control, worker):
                control.stop()

        with Progress("counting pairs", len(corpus.tokens), "words", self.progress) as bar:
            threads.run(work, workers, control.stop, lambda: bar.update(control.total() // workers))
        n_pairs = sum(counter.n_pairs for counter in counters)
        if control.stopped or (n_pairs + counters[0].n_words_seen > most and not drop):
            return None
        pairs = [np.frombuffer(counter.pairs(), np.uint32) for counter in counters]
        all_pairs = pairs[0] if workers == 1 else np.concatenate(pairs)
        parents, connectors = (np.frombuffer(a, np.uint32) for a in counters[0].tree())
        return Bigrams(
            corpus.vocabulary.words.as_text(),  # as phrases are, also those of integers
            np.frombuffer(counters[0].words(), np.int64),
            all_pairs.reshape(-1, 4),
            parents,
            connectors,
            len(corpus.tokens),
            max(counters[0].least, 1),
        )


# --- joining


def join_phrases(
    corpus: Corpus,
    phrases: Collection[str],
    delimiter: str,
    connectors: Collection[str],
    *,
    min_count: int = 1,
    memory: str | int | None = None,
    tmp: PathLike | None = None,
    workers: int = 0,
    progress: bool | None = None,
) -> Corpus:
    """A corpus in which words that make a phrase are one word; greedy, from the left.

    Words and phrases that are left less than ``min_count`` times are dropped.  ``memory``, ``tmp``:
    as :meth:`fastvec.Corpus.read`'s.

    >>> corpus = Corpus.read([["a", "rose", "is", "a", "rose"]], min_count=1)
    >>> joined = join_phrases(corpus, ["a_rose"], "_", [])
    >>> [joined.vocabulary.words[i] for i in joined.tokens]
    ['a_rose', 'is', 'a_rose']
    """
    words = corpus.vocabulary.words.as_text()
    everything, pairs, tree = _wanted(words, phrases, delimiter, connectors)
    kinds = _kinds(words, connectors)
    kinds[pairs[:, FIRST]] |= OPENING_WORD
    joiner = PhraseJoiner(pairs, *tree, len(words))
    storage = Storage(memory_budget(memory), tmp)
    tokens = storage.zeros(len(corpus.tokens), np.int32)
    lengths = np.empty(len(corpus), np.int64)
    stretches = list(_stretches(corpus.offsets))
    made = [0] * len(stretches)

    def work(i: int) -> None:
        first, last = stretches[i]
        place = tokens[corpus.offsets[first] : corpus.offsets[last]]
        given = (corpus.tokens, corpus.offsets, kinds, first, last)
        made[i] = joiner.join(*given, place, lengths[first:last])

    with Progress("joining phrases", None, "words", progress) as bar:
        cores = workers or available_cores()
        in_parallel(work, range(len(stretches)), cores, lambda: bar.update(sum(made)))
    at = 0
    for (first, _), count in zip(stretches, made, strict=True):
        start = corpus.offsets[first]
        tokens[at : at + count] = tokens[start : start + count]
        at += count
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    counts = np.bincount(tokens[:at], minlength=len(everything)).astype(np.int64)
    least = max(min_count, 1)  # words that are joined wherever they stand are gone
    options = {**corpus.options, "min_count": least}
    raw = (corpus.raw_words, corpus.raw_sentences, options)
    joined = Corpus(tokens[:at], offsets, Vocabulary(everything, counts), *raw)
    order = select_words(everything, counts, VocabularyParams(least))
    vocabulary = Vocabulary(everything.take(order), counts[order])
    return joined.in_words(vocabulary, memory=memory, tmp=tmp)


def _stretches(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Sentences first..last, about STEP tokens each."""
    first, n = 0, len(offsets) - 1
    while first < n:
        last = int(np.searchsorted(offsets, offsets[first] + STEP))
        last = min(max(last, first + 1), n)
        yield first, last
        first = last


def _wanted(
    words: Words, phrases: Collection[str], delimiter: str, connectors: Collection[str]
) -> tuple[Words, NDArray[np.uint32], tuple[Nodes, Nodes]]:
    """All words of the joined text, and the pairs that make phrases, with the tree of connectors.

    Every way to cut a phrase into two words that are there, with connectors between them or not,
    makes one: ``new_york_city`` may come from ``new_york city``.
    """
    known = {word: words.find(word) for word in connectors}
    cuts = [
        (phrase, first, between, last)
        for phrase in phrases
        for first, between, last in _cuts(phrase, delimiter, known)
    ]
    firsts = words.find_all(Words.of(first for _, first, _, _ in cuts))
    lasts = words.find_all(Words.of(last for _, _, _, last in cuts))
    tree = _Tree()
    pairs: list[tuple[int, int, int, int]] = []
    names = Words.of(dict.fromkeys(phrase for phrase, _, _, _ in cuts))
    ids = words.find_all(names)
    ids[ids < 0] = np.arange(len(words), len(words) + np.count_nonzero(ids < 0))
    ids_of = dict(zip(names, ids.tolist(), strict=True))
    for (phrase, _, between, _), first, last in zip(
        cuts, firsts.tolist(), lasts.tolist(), strict=True
    ):
        if first < 0 or last < 0 or any(known[word] < 0 for word in between):
            continue
        node = 0
        for word in between:
            node = tree.grown(node, known[word])
        pairs.append((first, last, node, ids_of[phrase] + 1))
    new = np.flatnonzero(ids >= len(words))
    whole = join(words, names.take(new))
    return whole, np.array(pairs, np.uint32).reshape(-1, 4), tree.arrays()


def _cuts(
    phrase: str, delimiter: str, connectors: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """All ways to cut a phrase into a first word, connectors, and a last word; none if it has more
    than MOST_PARTS parts.

    >>> list(_cuts("bank_of_america", "_", {"of"}))
    [('bank', (), 'of_america'), ('bank', ('of',), 'america'), ('bank_of', (), 'america')]
    """
    parts = phrase.split(delimiter)
    for end in range(1, len(parts) if len(parts) <= MOST_PARTS else 0):
        first = delimiter.join(parts[:end])
        for start in range(end, len(parts)):
            if start > end and parts[start - 1] not in connectors:
                break
            last = delimiter.join(parts[start:])
            if first not in connectors and last not in connectors:
                yield first, tuple(parts[end:start]), last
