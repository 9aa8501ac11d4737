"""Vocabulary: words with their ids and counts, and which words of a text are kept."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike, name_of
from fastvec.io.counts import read_counts, write_counts
from fastvec.params import VocabularyParams
from fastvec.words import Words, concatenate_words, words_of_rows

#: what a trim rule may return (gensim's values)
RULE_DEFAULT, RULE_DISCARD, RULE_KEEP = 0, 1, 2

#: ``rule(word, count, min_count)`` returns one of these, or None, which is RULE_DEFAULT
TrimRule = Callable[[Any, int, int], int | None]

MOST_WORDS = 1 << 62  # so that no sum of counts overflows

#: word2vec.c's entry for the end of a line, which is listed among the words but is not one
END_OF_LINE = "</s>"


class NoWordsError(ValueError, RuntimeError):
    """A source without any word, or without any that is kept.

    It is a RuntimeError too, which gensim raises then.
    """


class Vocabulary:
    """Words with their counts; word ``i`` has the id ``i``.

    Parameters
    ----------
    words : Words
        all different.
    counts : (V,) int64 array
        how often each word occurs: at least 0, and below 2**62 in total.

    Raises
    ------
    ValueError
        if there are not as many counts as words, or a count is below 0, or they are too large.

    >>> vocabulary = Vocabulary.of({"a": 2, "rose": 2, "is": 1})
    >>> len(vocabulary), vocabulary.words[1], vocabulary.words.find("is"), vocabulary.counts.sum()
    (3, 'rose', 2, np.int64(5))
    """

    def __init__(self, words: Words, counts: NDArray[np.int64]) -> None:
        if len(words) != len(counts):
            raise ValueError(f"{len(words)} words cannot have {len(counts)} counts")
        if len(counts) and counts.min() < 0:
            raise ValueError(f"counts must be at least 0, got {counts.min()}")
        if counts.sum(dtype=np.float64) >= MOST_WORDS:
            raise ValueError("counts must add up to less than 2**62")
        self.words = words
        self.counts = counts

    @classmethod
    def of(cls, counts: Mapping[Any, int]) -> Vocabulary:
        """Make a vocabulary from a mapping of words (or integers) to counts, in its order: a dict,
        or what has ``items`` like one, such as a Series of pandas.

        Raises
        ------
        TypeError
            no mapping; counts that are not numbers.
        ValueError
            counts that are not whole, below 0 or too large; a word that is there twice.

        >>> Vocabulary.of({"a": 2, "rose": 2})
        Vocabulary(2 words, 4 tokens)
        """
        if not callable(getattr(counts, "items", None)):
            raise TypeError(
                "counts must be a mapping from words to counts, such as a dict, got "
                f"{type(counts).__name__}"
            )
        items = list(counts.items())
        words = words_of_rows([word for word, _ in items])
        return cls(words, _whole([count for _, count in items]))

    @classmethod
    def load(cls, fname: FileLike) -> Vocabulary:
        """Read ``word count`` lines, as GloVe's vocab_count and word2vec.c's -save-vocab write.

        The ids follow the order of the lines.  word2vec.c's ``</s>``, which is not a word, is left
        out.

        Raises
        ------
        ValueError
            a line of another form, with its number; a file without words.

        >>> Vocabulary.of({"cat": 3}).save("vocab.txt")
        >>> Vocabulary.load("vocab.txt").counts.tolist()
        [3]
        """
        counts = read_counts(fname)
        counts.pop(END_OF_LINE, None)
        if not counts:
            raise ValueError(f"{name_of(fname)} holds no words")
        return cls.of(counts)

    def save(self, fname_or_handle: FileLike) -> None:
        """Write ``word count`` lines.

        Raises ValueError for a word that contains a space or a line break, since it could not be
        read back.

        >>> Vocabulary.of({"cat": 3}).save("vocab.txt")
        """
        self.check_plain()
        write_counts(fname_or_handle, self.words, self.counts)

    def check_plain(self) -> None:
        """ValueError if a word contains a space or a line break."""
        blank = np.isin(self.words.joined, np.frombuffer(b" \t\r\n", np.uint8))
        for at in np.flatnonzero(blank)[:1]:
            word = self.words[int(np.searchsorted(self.words.offsets, at, side="right")) - 1]
            raise ValueError(f"word {word!r} has a space in it, and cannot stand in a text file")

    def extended(
        self,
        words: Words,
        counts: NDArray[np.int64],
        params: VocabularyParams,
        trim_rule: TrimRule | None = None,
    ) -> Vocabulary:
        """This vocabulary with more text counted: its words keep their ids and their counts grow,
        and new words that are kept follow behind them.

        ``params`` and ``trim_rule`` say which of the new words are kept.

        >>> more = Vocabulary.of({"a": 2}).extended(
        ...     Words.of(["b", "a"]), np.array([7, 1]), VocabularyParams()
        ... )
        >>> list(more.words), more.counts.tolist()
        (['a', 'b'], [3, 7])
        """
        ids = self.words.find_all(words)
        grown = self.counts.copy()
        np.add.at(grown, ids[ids >= 0], counts[ids >= 0])
        new = np.flatnonzero(ids < 0)
        new_words, new_counts = words.take(new), counts[new]
        order = select_words(new_words, new_counts, params, trim_rule)
        words = concatenate_words(self.words, new_words.take(order))
        return Vocabulary(words, np.concatenate([grown, new_counts[order]]))

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} words, {self.counts.sum()} tokens)"


def _whole(counts: list[Any]) -> NDArray[np.int64]:
    """Counts as integers; TypeError for what is no number, ValueError for a broken or huge one."""
    for count in counts:
        if not isinstance(count, numbers.Real):
            raise TypeError(f"counts must be whole numbers, got {count!r:.60}")
        if count != count // 1:  # NaN is not equal to itself
            raise ValueError(f"counts must be whole numbers, got {count!r}")
    try:
        return np.fromiter(map(int, counts), np.int64, len(counts))
    except OverflowError:
        raise ValueError("counts must add up to less than 2**62") from None


def select_words(
    words: Words,
    counts: NDArray[np.int64],
    params: VocabularyParams,
    trim_rule: TrimRule | None = None,
) -> NDArray[np.int64]:
    """Which words are kept, in the order of their ids.

    Parameters
    ----------
    words, counts
        all words that were read, in order of first appearance, and how often each was.
    params : VocabularyParams
        min_count, max_final_vocab, sorted_vocab.
    trim_rule : callable, optional
        ``rule(word, count, min_count)`` returns RULE_KEEP, RULE_DISCARD, RULE_DEFAULT or None.

    Returns
    -------
    (V,) int64 array
        positions in ``words``, by falling count, and by first appearance where counts are equal;
        without ``sorted_vocab`` all by first appearance.

    >>> select_words(Words.of(["a", "b", "c"]), np.array([1, 5, 9]), VocabularyParams(min_count=2))
    array([2, 1])
    """
    least = least_count(counts, params)
    kept = np.flatnonzero(keep_mask(words, counts, least, trim_rule))
    if not params.sorted_vocab:
        return kept
    order: NDArray[np.int64] = kept[np.argsort(-counts[kept], kind="stable")]
    return order


def least_count(counts: NDArray[np.int64], params: VocabularyParams) -> int:
    """The lowest count that is kept: min_count, or what max_final_vocab asks for, if that is more.

    gensim's rule: the most frequent word that is too many is dropped, with all that are as rare.
    """
    most = params.max_final_vocab
    if most is None or len(counts) <= most:
        return params.min_count
    first_too_many = -np.partition(-counts, most)[most]
    return max(params.min_count, int(first_too_many) + 1)


def keep_mask(
    words: Words,
    counts: NDArray[np.int64],
    least: int,
    trim_rule: TrimRule | None,
) -> NDArray[np.bool_]:
    """(V,) whether each word is kept, by its count and the trim rule."""
    keep: NDArray[np.bool_] = counts >= least
    if trim_rule is None:
        return keep
    for i, (word, count) in enumerate(zip(words.keys(), counts.tolist(), strict=True)):
        answer = trim_rule(word, count, least)
        if answer == RULE_KEEP:
            keep[i] = True
        elif answer == RULE_DISCARD:
            keep[i] = False
        elif answer not in (RULE_DEFAULT, None):
            raise ValueError(
                "trim_rule must return 0 or None (default), 1 (discard) or 2 (keep), "
                f"got {answer!r}"
            )
    return keep
