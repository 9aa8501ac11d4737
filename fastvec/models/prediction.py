"""What a trained Word2Vec predicts: likely words, and the probability of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fastvec.models.huffman import Paths
from fastvec.models.output_layers import Matrix
from fastvec.params import Word2VecParams


def most_probable(
    weights: Matrix, hidden: NDArray[np.float32], top_k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The words with the largest softmax probabilities, and these, in falling order.

    Parameters
    ----------
    weights : (V, D) array
        output weights of negative sampling.
    hidden : (D,) array
        the mean or the sum of the context vectors.
    top_k : int
        how many words.
    """
    scores = weights @ hidden
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    best = np.argsort(-probabilities, kind="stable")[:top_k]
    return best, probabilities[best]


def log_probability(
    ids: Sequence[int], vectors: Matrix, weights: Matrix, paths: Paths, params: Word2VecParams
) -> float:
    """The log-probability of the words of a sentence, given their windows (hierarchical softmax).

    Parameters
    ----------
    ids : list of int
        the words of the sentence; 0.0 is returned for fewer than two.
    vectors : (V, D) array
    weights : (V - 1, D) array
        of the inner nodes of the Huffman tree.
    paths : tuple of arrays
        from :func:`fastvec.models.huffman.huffman_paths`.
    params : Word2VecParams
        ``window``, ``sg`` and ``cbow_mean`` are used.
    """
    offsets, nodes, signs = paths
    total = 0.0
    for i, word in enumerate(ids):
        context = [*ids[max(0, i - params.window) : i], *ids[i + 1 : i + 1 + params.window]]
        if not context:
            continue
        hidden = vectors[context]
        if not params.sg:
            hidden = (hidden.mean(axis=0) if params.cbow_mean else hidden.sum(axis=0))[None]
        path = slice(offsets[word], offsets[word + 1])
        scores = signs[path] * (hidden @ weights[nodes[path]].T)
        total -= float(np.logaddexp(0, -scores).sum())
    return total
