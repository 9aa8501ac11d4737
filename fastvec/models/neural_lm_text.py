"""Texts in the words of a NeuralLM.

Two words are in every model: ``<s>``, which stands before and after each sentence, and ``<unk>``,
which stands for all words that are rare or not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec._util.options import Size
from fastvec.corpus.corpus import Corpus, renumbered
from fastvec.corpus.vocabulary import NoWordsError, TrimRule, Vocabulary, select_words
from fastvec.models.validation import Split
from fastvec.params import VocabularyParams
from fastvec.words import Words, concatenate_words, offsets_of

EDGE, RARE = "<s>", "<unk>"
EDGE_ID, RARE_ID = 0, 1
SPECIAL = (EDGE, RARE)

Ids = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Text:
    """Sentences to predict.

    Attributes
    ----------
    tokens : (T,) int32 array
        the ids of words.
    starts, ends : (S,) int64 array
        the tokens of each sentence.
    """

    tokens: Ids
    starts: Places
    ends: Places

    @classmethod
    def of(cls, corpus: Corpus) -> Text:
        """A whole corpus."""
        return cls(corpus.tokens, corpus.offsets[:-1], corpus.offsets[1:])

    @classmethod
    def part(cls, corpus: Corpus, split: Split, held: int) -> Text:
        """What is held out of a corpus, with 1, or the rest of it, with 0."""
        chosen = split.held == held
        return cls(corpus.tokens, split.offsets[:-1][chosen], split.offsets[1:][chosen])

    @classmethod
    def of_sentences(cls, sentences: Iterable[Iterable[Any]], words: Words) -> Text:
        """Lists of words, some of which may be empty."""
        lists = [find_ids(one, words) for one in sentences]
        offsets = offsets_of([len(ids) for ids in lists])
        tokens = np.concatenate([np.zeros(0, np.int32), *lists])
        return cls(tokens, offsets[:-1], offsets[1:])

    @property
    def predictions(self) -> int:
        """One for each word, and one for the end of each sentence."""
        return int((self.ends - self.starts).sum()) + len(self.starts)


def choose_words(
    corpus: Corpus, params: VocabularyParams, trim_rule: TrimRule | None
) -> Vocabulary:
    """The words of a model, with their counts, of a corpus that has all words of a text.

    Raises TypeError for a corpus of integers, NoWordsError if no word is kept.

    >>> corpus = Corpus.read([["a", "rose", "is", "a", "rose"]], min_count=1)
    >>> vocabulary = choose_words(corpus, VocabularyParams(min_count=2), None)
    >>> list(vocabulary.words), vocabulary.counts.tolist()
    (['<s>', '<unk>', 'a', 'rose'], [1, 1, 2, 2])
    """
    words, counts = corpus.vocabulary.words, corpus.vocabulary.counts
    kept = select_words(words, counts, params, trim_rule)
    return with_special(Vocabulary(words.take(kept), counts[kept]), corpus)


def with_special(vocabulary: Vocabulary, corpus: Corpus) -> Vocabulary:
    """``<s>`` and ``<unk>`` with their counts in a corpus, and the words of a vocabulary.

    A text may have both in it, as others prepare theirs.

    Raises TypeError for words that are integers, NoWordsError if there are none.
    """
    words, special = vocabulary.words, Words.of(SPECIAL)
    check_words(words)
    chosen = np.flatnonzero(~np.isin(np.arange(len(words)), words.find_all(special)))
    if not len(chosen):
        raise NoWordsError(
            f"no word is left of {len(corpus.vocabulary)} different words: lower min_count, as "
            "small texts need it"
        )
    words, counts = words.take(chosen), vocabulary.counts[chosen]
    others, of_others = corpus.vocabulary.words, corpus.vocabulary.counts
    edge = others.find(EDGE)
    written = int(of_others[edge]) if edge >= 0 else 0
    edges = written if is_in_words_of_a_model(corpus) else written + len(corpus)
    rare = int(of_others[words.find_all(others) < 0].sum()) - written
    all_counts = np.concatenate([[edges, rare], counts])
    return Vocabulary(concatenate_words(special, words), all_counts.astype(np.int64))


def check_words(words: Words) -> None:
    """TypeError for integers."""
    if words.integers:
        raise TypeError(
            f"words must be strings, got {words.key(0)!r}: {EDGE} and {RARE} stand beside them"
        )


def in_words(
    corpus: Corpus, vocabulary: Vocabulary, memory: Size | None, tmp: PathLike | None
) -> Corpus:
    """A corpus in the words of a model, with ``<unk>`` for all others; NoWordsError if it has none
    of them."""
    if vocabulary.words == corpus.vocabulary.words:
        return corpus
    check_words(corpus.vocabulary.words)
    return renumbered(corpus, vocabulary, memory, tmp, others=RARE_ID)


def is_in_words_of_a_model(corpus: Corpus) -> bool:
    """Whether :func:`in_words` has made a corpus."""
    return corpus.vocabulary.words[: len(SPECIAL)] == list(SPECIAL)


def find_ids(some: Iterable[Any], words: Words) -> Ids:
    """The ids of a list of words; that of ``<unk>`` for one that is not known.

    >>> find_ids(["rose", "tree"], Words.of(["<s>", "<unk>", "rose"])).tolist()
    [2, 1]
    """
    ids = words.find_all(Words.of(some))
    ids[ids < 0] = RARE_ID
    return ids
