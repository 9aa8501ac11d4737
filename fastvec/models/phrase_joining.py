"""Joining phrases in a corpus of ids: words that make a phrase become one word, natively."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from fastvec._core import OPENING_WORD, PhraseJoiner
from fastvec._util import threads
from fastvec._util.atomic import PathLike
from fastvec._util.options import Size
from fastvec._util.progress import Progress
from fastvec._util.spill import Storage
from fastvec._util.system import available_cores, memory_budget
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary, select_words
from fastvec.models.collocations import FIRST, ConnectorTree, Nodes, kinds_of, with_new
from fastvec.params import VocabularyParams
from fastvec.words import Words

CHUNK_TOKENS = 1 << 20  # tokens joined at a time
MOST_PARTS = 1000  # parts of a phrase between delimiters: some texts have long rows of underscores


def join_phrases(
    corpus: Corpus,
    phrases: Collection[str],
    delimiter: str,
    connectors: Collection[str],
    *,
    min_count: int = 1,
    memory: Size | None = None,
    tmp: PathLike | None = None,
    workers: int = 0,
    progress: bool | None = None,
) -> Corpus:
    """A corpus in which each phrase is one word; greedy, from the left.

    Words and phrases that occur less than ``min_count`` times afterwards are dropped.  ``memory``
    and ``tmp`` say where the new ids are kept, as in :meth:`fastvec.Corpus.read`.

    >>> corpus = Corpus.read([["a", "rose", "is", "a", "rose"]], min_count=1)
    >>> joined = join_phrases(corpus, ["a_rose"], "_", [])
    >>> [joined.vocabulary.words[i] for i in joined.tokens]
    ['a_rose', 'is', 'a_rose']
    """
    words = corpus.vocabulary.words.as_text()
    all_words, pairs, tree = _joinable_pairs(words, phrases, delimiter, connectors)
    kinds = kinds_of(words, connectors)
    kinds[pairs[:, FIRST]] |= OPENING_WORD
    joiner = PhraseJoiner(pairs, *tree, len(words))
    storage = Storage(memory_budget(memory), tmp)
    tokens = storage.zeros(len(corpus.tokens), np.int32)
    lengths = _join(joiner, corpus, kinds, tokens, workers or available_cores(), progress)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens = tokens[: offsets[-1]]
    counts = _counts(tokens, len(all_words))
    least = max(min_count, 1)  # words that are parts of phrases everywhere are dropped
    facts = (corpus.raw_words, corpus.raw_sentences, {**corpus.options, "min_count": least})
    joined = Corpus(tokens, offsets, Vocabulary(all_words, counts), *facts)
    order = select_words(all_words, counts, VocabularyParams(least))
    vocabulary = Vocabulary(all_words.take(order), counts[order])
    return joined.in_words(vocabulary, memory=memory, tmp=tmp)


def _counts(tokens: NDArray[np.int32], n_words: int) -> NDArray[np.int64]:
    """How often each word occurs.  np.bincount makes a copy in 64 bits, so it gets some at a
    time."""
    counts = np.zeros(n_words, np.int64)
    step = max(CHUNK_TOKENS, n_words)
    for first in range(0, len(tokens), step):
        counts += np.bincount(tokens[first : first + step], minlength=n_words)
    return counts


def _join(
    joiner: PhraseJoiner,
    corpus: Corpus,
    kinds: NDArray[np.uint8],
    tokens: NDArray[np.int32],
    workers: int,
    progress: bool | None,
) -> NDArray[np.int64]:
    """Fill ``tokens`` with the joined text, and return the lengths of its sentences."""
    offsets = corpus.offsets
    lengths = np.empty(len(corpus), np.int64)
    chunks = list(_chunks(offsets))
    sizes = [0] * len(chunks)

    def work(i: int) -> None:
        # Joining makes a text shorter: so each chunk has room where it was.
        first, last = chunks[i]
        target = tokens[offsets[first] : offsets[last]]
        text = (corpus.tokens, offsets, kinds, first, last)
        sizes[i] = joiner.join(*text, target, lengths[first:last])

    with Progress("joining phrases", None, "words", progress) as bar:
        threads.for_each(work, range(len(chunks)), workers, lambda: bar.update(sum(sizes)))
    end = 0
    for (first, _), size in zip(chunks, sizes, strict=True):
        start = offsets[first]
        tokens[end : end + size] = tokens[start : start + size]
        end += size
    return lengths


def _chunks(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The first sentence of each chunk, and the one after its last; about CHUNK_TOKENS each."""
    first, n = 0, len(offsets) - 1
    while first < n:
        last = int(np.searchsorted(offsets, offsets[first] + CHUNK_TOKENS))
        last = min(max(last, first + 1), n)
        yield first, last
        first = last


def _joinable_pairs(
    words: Words, phrases: Collection[str], delimiter: str, connectors: Collection[str]
) -> tuple[Words, NDArray[np.uint32], tuple[Nodes, Nodes]]:
    """All words of the joined text, the pairs that make phrases (first word, last word, connectors
    between, 1 + the id of the phrase), and the tree of connectors.

    A phrase can be cut into a first word, connectors and a last word in several ways, and each way
    whose words are in the vocabulary makes a pair: ``new_york_city`` may come from
    ``new_york city``.
    """
    connector_ids = {word: words.find(word) for word in connectors}
    ways = [
        (phrase, first, between, last)
        for phrase in phrases
        for first, between, last in cuts(phrase, delimiter, connector_ids)
    ]
    names = Words.of(dict.fromkeys(phrase for phrase, *_ in ways))
    all_words, ids = with_new(words, names)
    id_of = dict(zip(names, ids.tolist(), strict=True))
    firsts = words.find_all(Words.of(first for _, first, _, _ in ways)).tolist()
    lasts = words.find_all(Words.of(last for *_, last in ways)).tolist()
    tree = ConnectorTree()
    pairs: list[tuple[int, int, int, int]] = []
    for (phrase, _, between, _), first, last in zip(ways, firsts, lasts, strict=True):
        if first < 0 or last < 0 or any(connector_ids[word] < 0 for word in between):
            continue
        node = 0
        for word in between:
            node = tree.add(node, connector_ids[word])
        pairs.append((first, last, node, id_of[phrase] + 1))
    return all_words, np.array(pairs, np.uint32).reshape(-1, 4), tree.arrays()


def cuts(
    phrase: str, delimiter: str, connectors: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """All ways to cut a phrase into a first word, connectors, and a last word; none if it has more
    than MOST_PARTS parts.

    >>> list(cuts("bank_of_america", "_", {"of"}))
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
