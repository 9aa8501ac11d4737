"""Scores of phrases: how much more often two words follow each other than by chance.

A scoring function takes the counts of a pair and of its words, and facts about the whole text, by
the names of :func:`original_scorer`'s arguments; the functions here take numbers or arrays.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scorer = Callable[..., Any]


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
    Compositionality", equation 6, times the number of distinct words and pairs.  The score is -inf
    where the count of a word is 0.

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
    """word2phrase.c's score: :func:`original_scorer`'s, but times the number of words in the text.

    The score is -inf where a word occurs less often than min_count (TrainModel, lines 285 to 297).

    >>> float(word2phrase_scorer(10, 4, 5, len_vocab=0, min_count=1, corpus_word_count=100))
    10.0
    """
    del len_vocab
    score = original_scorer(
        worda_count, wordb_count, bigram_count, corpus_word_count, min_count, corpus_word_count
    )
    is_frequent = np.minimum(worda_count, wordb_count) >= min_count
    return np.where(is_frequent, score, -np.inf)[()]


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
    The score is -inf where the pair occurs less often than min_count.

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
ARGUMENTS = tuple(inspect.signature(original_scorer).parameters)


def scorer_for(scoring: str | Scorer, threshold: float) -> Scorer:
    """The scoring function of a name, or the function itself.

    Raises ValueError for a threshold that the scores cannot be compared with, and for a function
    without the arguments of :func:`original_scorer`.

    >>> scorer_for("npmi", 0.5).__name__
    'npmi_scorer'
    """
    if scoring in ("default", "word2phrase") and threshold <= 0:
        raise ValueError(f"threshold must be above 0 with {scoring} scoring, got {threshold}")
    if scoring == "npmi" and not -1 <= threshold <= 1:
        raise ValueError(f"threshold must be from -1 to 1 with npmi scoring, got {threshold}")
    if isinstance(scoring, str):
        return SCORERS[scoring]
    missing = [name for name in ARGUMENTS if name not in inspect.signature(scoring).parameters]
    if missing:
        raise ValueError(f"the scoring function must take {', '.join(missing)}")
    return scoring


def is_vectorized(scorer: Scorer) -> bool:
    """Whether a scoring function is one of this module, which take arrays and score pairs that
    occur less often than min_count below every threshold.

    >>> is_vectorized(npmi_scorer), is_vectorized(lambda **counts: 1.0)
    (True, False)
    """
    return scorer in SCORERS.values()


def score_pairs(
    scorer: Scorer,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    together: NDArray[np.int64],
    len_vocab: int,
    min_count: float,
    corpus_word_count: int,
) -> NDArray[np.float64]:
    """The scores of pairs, from the counts of their words and their own; -inf where a word has been
    dropped, so that its count is 0.

    >>> score_pairs(original_scorer, *np.array([[10], [4], [5]]), 100, 1, 0)
    array([10.])
    """
    facts = (len_vocab, min_count, corpus_word_count)
    if is_vectorized(scorer):
        scores: NDArray[np.float64] = scorer(first, last, together, *facts)
    else:
        counts = zip(first.tolist(), last.tolist(), together.tolist(), strict=True)
        calls = (dict(zip(ARGUMENTS, (*three, *facts), strict=True)) for three in counts)
        scores = np.fromiter((scorer(**call) for call in calls), np.float64, len(together))
    return np.where((first > 0) & (last > 0), scores, -np.inf)
