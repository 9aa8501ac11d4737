"""Collocations: words that follow each other, counted in a corpus of ids.

Connectors ("of", "the") may stand between the two words of a pair; they are not counted as words.
The counting is native (csrc/counting).  Which pairs are phrases is decided in phrases.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec._core import CONNECTOR_WORD, Control, PhraseCounter, spell_pairs
from fastvec._util import threads
from fastvec._util.progress import Progress
from fastvec._util.system import available_cores
from fastvec.corpus.corpus import Corpus
from fastvec.words import Words, concatenate_words

Nodes = NDArray[np.uint32]

FIRST, LAST, BETWEEN, COUNT = range(4)  # columns of pairs
MOST_EXPECTED = 10_000_000  # pairs for which memory is reserved at the start


@dataclass(frozen=True)
class Bigrams:
    """Words, and pairs of words that follow each other, with their counts.

    Attributes
    ----------
    words : Words
        the words of a corpus.
    counts : (V,) int64 array
        how often each word occurs; 0 for connectors, and for words that were dropped.
    pairs : (P, 4) uint32 array
        first word, last word, connectors between them (a node of the tree), count; in no order.
    parents, connectors : (N,) uint32 array
        the tree of sequences of connectors: node n is the sequence of node ``parents[n]``, which is
        below n, followed by the word ``connectors[n]``; node 0 is the empty sequence.
    tokens : int
        the number of words that were read, connectors included.
    min_reduce : int
        the next time that the rarest are dropped, these are the words and pairs that occurred less
        often than this; 1 if none were dropped so far.
    """

    words: Words
    counts: NDArray[np.int64]
    pairs: NDArray[np.uint32]
    parents: Nodes
    connectors: Nodes
    tokens: int
    min_reduce: int = 1

    def __len__(self) -> int:
        """The number of words and pairs together."""
        return int(np.count_nonzero(self.counts)) + len(self.pairs)

    def spell(self, pairs: NDArray[np.uint32], delimiter: str) -> Words:
        """Pairs (n, 4) as words: ``new_york``, ``bank_of_america``."""
        ends = np.empty(len(pairs) + 1, np.int64)
        words = (self.words.joined, self.words.offsets)
        given = (pairs, self.parents, self.connectors, *words, delimiter.encode(), ends)
        spell_pairs(*given)  # measures
        out = np.empty(ends[-1], np.uint8)
        spell_pairs(*given, out)  # writes
        return Words(out, ends)

    def without_rare(self) -> Bigrams:
        """A copy without the words and pairs that occur less often than ``min_reduce``."""
        least = self.min_reduce
        counts = np.where(self.counts >= least, self.counts, 0)
        pairs = self.pairs[self.pairs[:, COUNT] >= least]
        tree = (self.parents, self.connectors)
        return Bigrams(self.words, counts, pairs, *tree, self.tokens, least + 1)


def merge_bigrams(texts: Sequence[Bigrams]) -> Bigrams:
    """The bigrams of several texts, added up."""
    if len(texts) == 1:
        return texts[0]
    words, counts = Words.of([]), np.zeros(0, np.int64)
    tree = ConnectorTree()
    pairs = []
    for text in texts:
        words, ids = with_new(words, text.words)
        counts = np.concatenate([counts, np.zeros(len(words) - len(counts), np.int64)])
        counts[ids] += text.counts  # no word is twice in one text, so no addition is lost
        nodes = tree.add_tree(text, ids)
        renumbered = text.pairs.copy()
        renumbered[:, FIRST], renumbered[:, LAST] = (
            ids[text.pairs[:, FIRST]],
            ids[text.pairs[:, LAST]],
        )
        renumbered[:, BETWEEN] = nodes[text.pairs[:, BETWEEN]]
        pairs.append(renumbered)
    summed = _add_up(np.concatenate(pairs))
    tokens = sum(text.tokens for text in texts)
    reduce = max(text.min_reduce for text in texts)
    return Bigrams(words, counts, summed, *tree.arrays(), tokens, reduce)


def with_new(words: Words, others: Words) -> tuple[Words, NDArray[np.int32]]:
    """Words, followed by those of some others that are not among them; and the ids of the others.

    >>> words, ids = with_new(Words.of(["a", "b"]), Words.of(["c", "a"]))
    >>> list(words), ids.tolist()
    (['a', 'b', 'c'], [2, 0])
    """
    ids = words.find_all(others)
    new = np.flatnonzero(ids < 0)
    ids[new] = np.arange(len(words), len(words) + len(new))
    return concatenate_words(words, others.take(new)), ids


class CountsByWord(Mapping[str, int]):
    """Words and their counts; those with a count of 0 are left out.

    >>> counts = CountsByWord(Words.of(["a", "b"]), np.array([3, 0]))
    >>> dict(counts), "b" in counts
    ({'a': 3}, False)
    """

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


class ConnectorTree:
    """Sequences of connectors as the nodes of a tree, numbered in the order they are added."""

    def __init__(self) -> None:
        self.nodes = {(0, -1): 0}  # the empty sequence; no word has the id -1

    def add(self, parent: int, connector: int) -> int:
        """The node of a sequence followed by one more connector."""
        return self.nodes.setdefault((parent, connector), len(self.nodes))

    def add_tree(self, other: Bigrams, ids: NDArray[np.int32]) -> Nodes:
        """Add another tree, whose words have new ids, and return the numbers of its nodes here."""
        numbers = np.zeros(len(other.parents), np.uint32)
        nodes = zip(other.parents[1:].tolist(), ids[other.connectors[1:]].tolist(), strict=True)
        for node, (parent, connector) in enumerate(nodes, start=1):
            numbers[node] = self.add(int(numbers[parent]), connector)
        return numbers

    def arrays(self) -> tuple[Nodes, Nodes]:
        """The parent and the connector of each node."""
        nodes = np.array(list(self.nodes), np.int64)
        nodes[0] = 0
        return nodes[:, 0].astype(np.uint32), nodes[:, 1].astype(np.uint32)


def _add_up(pairs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each different pair once, with the sum of its counts."""
    if len(pairs) == 0:
        return pairs
    pairs = pairs[np.lexsort((pairs[:, BETWEEN], pairs[:, LAST], pairs[:, FIRST]))]
    is_new = np.any(pairs[1:, :COUNT] != pairs[:-1, :COUNT], axis=1)
    starts = np.flatnonzero(np.concatenate([[True], is_new]))
    sums = np.add.reduceat(pairs[:, COUNT].astype(np.int64), starts)
    different = pairs[starts]
    different[:, COUNT] = np.minimum(sums, np.iinfo(np.uint32).max)
    return different


def kinds_of(words: Words, connectors: Collection[str]) -> NDArray[np.uint8]:
    """What the native core must know of each word: CONNECTOR_WORD, or 0."""
    kinds = np.zeros(len(words), np.uint8)
    ids = [words.find(word) for word in connectors]
    kinds[[i for i in ids if i >= 0]] = CONNECTOR_WORD
    return kinds


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
        dropped: the second time those that occur once, the third time those that occur at most
        twice, and so on (gensim's rule).
    workers : int
        threads; 0 means one for each core.  The result is the same for any number.

    >>> bigrams = count_bigrams(Corpus.read([["a", "rose", "is", "a", "rose"]], min_count=1))
    >>> sorted(zip(bigrams.spell(bigrams.pairs, "_"), bigrams.pairs[:, COUNT].tolist()))
    [('a_rose', 2), ('is_a', 1), ('rose_is', 1)]
    """
    counting = _Counting(corpus, kinds_of(corpus.vocabulary.words, connectors), progress)
    bigrams = counting.run(workers or available_cores(), most, drop=False)
    if bigrams is None:  # several workers cannot know when there are too many
        bigrams = counting.run(1, most, drop=True)
    assert bigrams is not None
    return bigrams


@dataclass(frozen=True)
class _Counting:
    """What a count, and a second one by a single worker, have in common."""

    corpus: Corpus
    kinds: NDArray[np.uint8]
    progress: bool | None

    def run(self, workers: int, most: int, drop: bool) -> Bigrams | None:
        """Count; None if there are more than ``most`` words and pairs, and none may be dropped.

        Each worker reads the whole corpus, and counts its own share of the pairs.
        """
        corpus, n_words = self.corpus, len(self.kinds)
        expected = min(len(corpus.tokens) // 4, MOST_EXPECTED) // workers
        counters = [
            PhraseCounter(n_words, share, workers, expected, most, drop) for share in range(workers)
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
        return self._bigrams(counters)

    def _bigrams(self, counters: list[PhraseCounter]) -> Bigrams:
        """What the workers have counted, together."""
        pairs = [np.frombuffer(counter.pairs(), np.uint32) for counter in counters]
        all_pairs = pairs[0] if len(pairs) == 1 else np.concatenate(pairs)
        parents, connectors = (np.frombuffer(a, np.uint32) for a in counters[0].tree())
        return Bigrams(
            self.corpus.vocabulary.words.as_text(),  # phrases are text, also those of integers
            np.frombuffer(counters[0].words(), np.int64),
            all_pairs.reshape(-1, 4),
            parents,
            connectors,
            len(self.corpus.tokens),
            max(counters[0].least, 1),
        )
