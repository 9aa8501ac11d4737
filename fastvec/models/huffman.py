"""The Huffman tree of hierarchical softmax: the order of its leaves and each word's path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastvec._core import fill_depths, fill_paths, fill_tree, first_occurrences
from fastvec._util.matrix import ROW_FLOATS

Paths = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]


def huffman_order(tokens: NDArray[np.int32], known: NDArray[np.int32]) -> NDArray[np.int32]:
    """The position of each word among the leaves that the tree is built from: 1, 2, ...

    Words are ordered by their first occurrence in ``tokens``, since words that first occur near
    each other are often related (docs/method.md); words that do not occur come last.

    Parameters
    ----------
    tokens : (T,) int32 array
        the text as word ids.
    known : (V,) int32 array
        the positions that words have already, which they keep; 0 for words that have none.

    Returns
    -------
    (V,) int32 array

    >>> huffman_order(np.array([1, 0], np.int32), np.zeros(2, np.int32))
    array([2, 1], dtype=int32)
    """
    order = known.copy()
    new = np.flatnonzero(order == 0)
    if len(new):
        first = np.full(len(order), len(tokens), np.int64)
        first_occurrences(tokens, first)
        order[new[np.argsort(first[new], kind="stable")]] = order.max() + 1 + np.arange(len(new))
    return order


def huffman_paths(counts: NDArray[np.int64], order: NDArray[np.int32]) -> Paths:
    """The path of each word from its leaf up to the root (csrc/word2vec/huffman.h).

    Parameters
    ----------
    counts : (V,) int64 array
        the words' counts: the weights of the leaves.
    order : (V,) int32 array
        their positions, from :func:`huffman_order`.

    Returns
    -------
    offsets : (V + 1,) int64 array
        word i's path is ``nodes[offsets[i]:offsets[i + 1]]``.
    nodes : int32 array
        inner nodes; the root is 0.  16 zeros follow, since the core reads whole vectors.
    signs : float32 array
        1 where the path goes to the left of a node and -1 where it goes to the right; 16 zeros
        follow.
    """
    size = len(counts)
    by_count = np.lexsort((order, -counts))
    sorted_depths, depths = np.empty(size, np.int32), np.empty(size, np.int32)
    fill_depths(counts[by_count], sorted_depths)
    depths[by_count] = sorted_depths
    words = np.lexsort((order, -depths)).astype(np.int32)
    parent = np.zeros(2 * size - 1, np.int32)
    bit = np.zeros(2 * size - 1, np.uint8)
    fill_tree(words, order[words], depths[words], parent, bit)
    offsets = np.concatenate([[0], np.cumsum(depths, dtype=np.int64)])
    nodes = np.zeros(offsets[-1] + ROW_FLOATS, np.int32)
    signs = np.zeros(offsets[-1] + ROW_FLOATS, np.float32)
    fill_paths(parent, bit, offsets, nodes, signs)
    return offsets, nodes, signs
