"""How well a Ranker ranks the words of a text: the rank of the right word among others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastvec.corpus.corpus import Corpus
from fastvec.models.validation import SEED

if TYPE_CHECKING:
    from fastvec.models.ranker import Ranker

#: numbers of all hidden units that are computed at a time
BLOCK = 1 << 22


class Ranking(NamedTuple):
    """How well windows are ranked: see :meth:`fastvec.Ranker.evaluate`.

    >>> Ranking(0.5, 0.1, 40.0, 2.5, 1000).wrong
    0.1
    """

    loss: float
    wrong: float
    mean_rank: float
    mean_log_rank: float
    candidates: int


def measure(model: Ranker, corpus: Corpus, candidates: int, windows: int) -> NDArray[np.int64]:
    """The rank, from 1 on, of the right word of some windows among it and other words.

    Words that score as high as the right one are counted as above it: a network that knows nothing
    is not praised for it.
    """
    words = len(model.wv)
    generator = np.random.default_rng(SEED)
    others = generator.choice(words, min(candidates, words), replace=False)
    count = min(windows, len(corpus.tokens))
    positions = np.linspace(0, len(corpus.tokens) - 1, count).astype(np.int64)
    step = max(BLOCK // (len(others) * model.hidden_size), 1)
    parts = [_ranks(model, corpus, positions[i : i + step], others) for i in range(0, count, step)]
    return np.concatenate(parts)


def _ranks(
    model: Ranker, corpus: Corpus, positions: NDArray[np.int64], others: NDArray[np.int64]
) -> NDArray[np.int64]:
    ids = window_ids(corpus, positions, model.window, len(model.wv) + 1)
    vectors, centre_weights = model._matrices["vectors"], model.centre_weights
    right = ids[:, model.window]
    context = vectors[np.delete(ids, model.window, axis=1)]
    hidden = np.einsum("bnd,ndh->bh", context, model.context_weights, optimize=True)
    hidden = hidden + model.hidden_biases

    def scores(centres: NDArray[np.float32]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = np.clip(centres, -1, 1) @ model.score_weights
        return result

    of_right = scores(hidden + vectors[right] @ centre_weights)
    of_others = scores(hidden[:, None] + vectors[others] @ centre_weights)
    above = (of_others >= of_right[:, None]) & (others != right[:, None])
    ranks: NDArray[np.int64] = 1 + above.sum(axis=1)
    return ranks


def window_ids(
    corpus: Corpus, positions: NDArray[np.int64], reach: int, beyond: int
) -> NDArray[np.int64]:
    """The ids around some tokens, (n, 2 * reach + 1); ``beyond`` outside of their sentences.

    >>> text = Corpus.read([["a", "b"], ["c"]], min_count=1)
    >>> window_ids(text, np.array([0, 2]), 1, 9).tolist()
    [[9, 0, 1], [9, 2, 9]]
    """
    sentences = np.searchsorted(corpus.offsets, positions, side="right")
    start, end = corpus.offsets[sentences - 1], corpus.offsets[sentences]
    places = positions[:, None] + np.arange(-reach, reach + 1)
    inside = (places >= start[:, None]) & (places < end[:, None])
    last = len(corpus.tokens) - 1
    return np.where(inside, corpus.tokens[np.clip(places, 0, last)], beyond)
