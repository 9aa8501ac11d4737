"""The Huffman tree: its leaves' order, and the paths of words."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import word2vec as reference

from fastvec import _core
from fastvec.models.huffman import huffman_order, huffman_paths


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=60)
    | st.lists(st.integers(1, 3), min_size=1, max_size=300),
    st.randoms(),
)
def test_huffman_paths_are_the_reference(counts, random):
    order = random.sample(range(-9, len(counts)), len(counts))
    offsets, rows, signs = huffman_paths(np.array(counts), np.array(order, np.int32))
    for word, (code, nodes) in enumerate(reference.huffman(counts, order)):
        path = slice(offsets[word], offsets[word + 1])
        # The native order is from the word up to the root, and the root is row 0.
        np.testing.assert_array_equal(rows[path][::-1], len(counts) - 2 - nodes)
        np.testing.assert_array_equal(signs[path][::-1], 1 - 2 * code)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_equal_positions_still_make_a_tree(order):
    """A file may say anything."""
    offsets, rows, signs = huffman_paths(np.ones(len(order), int), np.array(order, np.int32))
    paths = [(rows[a:b].tolist(), signs[a:b].tolist()) for a, b in itertools.pairwise(offsets)]
    assert len(set(map(str, paths))) == len(order)


@pytest.mark.parametrize(
    ("counts", "depths", "message"),
    [
        ([3, -1], 2, "counts must not be negative, got -1"),
        ([3, 1, 2], 3, "counts must not rise, got 2 after 1"),
        ([2**61, 2**61], 2, r"counts must add up to less than 2\*\*62"),
        ([2**63 - 1] * 3, 3, r"counts must add up to less than 2\*\*62"),
        ([3, 1], 3, "as many entries"),
        ([], 0, "1 to 2"),
    ],
)
def test_bad_counts(counts, depths, message):
    with pytest.raises(ValueError, match=message):
        _core.fill_depths(np.array(counts, np.int64), np.zeros(depths, np.int32))


@pytest.mark.parametrize(
    ("words", "depths"),
    [
        ([0, 1, 2], [2, 2, 2]),
        ([0, 1, 2, 3], [1, 1, 1, 1]),
        ([0, 1, 2], [1, 2, 2]),
        ([0, 1], [0, 0]),
        ([0, 1], [9, -9]),
        ([0, 2], [1, 1]),
        ([0, -1], [1, 1]),
        ([0], [1]),
    ],
)
def test_words_that_are_not_those_of_a_tree(words, depths):
    n = len(words)
    parent, bit = np.zeros(2 * n - 1, np.int32), np.zeros(2 * n - 1, np.uint8)
    words, depths = np.array(words, np.int32), np.array(depths, np.int32)
    order = np.arange(n + 1, dtype=np.int32)
    with pytest.raises(ValueError, match="those of a binary tree"):
        _core.fill_tree(words, order[:n], depths, parent, bit)
    with pytest.raises(ValueError, match="order and depths"):
        _core.fill_tree(words, order, depths, parent, bit)
    with pytest.raises(ValueError, match="parent and bit"):
        _core.fill_tree(words, order[:n], depths, parent[1:], bit)


def test_words_stand_in_the_tree_as_they_first_occurred():
    tokens = np.array([2, 0, 2, 9, -1, 4], np.int32)  # 9 and -1 are no words
    assert huffman_order(tokens, np.zeros(5, np.int32)).tolist() == [2, 4, 1, 5, 3]
    later = np.array([5, 1, 6], np.int32)
    known = np.array([2, 0, 1, 0, 0, 0, 0], np.int32)
    assert huffman_order(later, known).tolist() == [2, 4, 1, 6, 7, 3, 5]
    assert known[1] == 0
