"""The output layers: their weights when words change, and how many steps their rows take."""

import numpy as np
import pytest

from fastvec._util.matrix import padded_copy
from fastvec.models.huffman import huffman_paths
from fastvec.models.output_layers import (
    HIERARCHICAL_SOFTMAX,
    LAYERS,
    WORD_OUTPUTS,
    LayerInput,
    OutputWeights,
    node_steps,
    noise_steps,
)
from fastvec.models.sampling import expected_word_use
from fastvec.params import Word2VecParams
from fastvec.words import Words


def test_expected_steps_are_those_of_windows() -> None:
    """Each word is the context of as many windows as have words in reach, and no more."""
    counts, order = np.array([6, 3, 1]), np.arange(3, dtype=np.int32)
    params = Word2VecParams(window=100_000, shrink_windows=False, negative=0, hs=1, sample=0, sg=1)
    use = expected_word_use(counts, params, other_words=4)
    assert (use.contexts, use.steps_per_target) == (4, 4)
    np.testing.assert_allclose(use.share, counts / 10)
    steps, depth = node_steps(huffman_paths(counts, order), use)
    assert depth == pytest.approx((6 * 1 + 3 * 2 + 1 * 2) / 10)
    np.testing.assert_allclose(steps, [4, 4 * 0.4], rtol=1e-6)  # the root is on every path
    nodes = padded_copy(np.zeros((2, 5)))
    layer = HIERARCHICAL_SOFTMAX.for_core(nodes, LayerInput(params, counts, 10, order, use))
    assert layer.targets == depth
    narrow = Word2VecParams(window=2, shrink_windows=False, negative=5, sample=0, sg=0)
    use = expected_word_use(counts, narrow, other_words=40)
    assert (use.contexts, use.steps_per_target) == (4, 1)
    outputs = padded_copy(np.zeros((3, 5)))
    layer = WORD_OUTPUTS.for_core(outputs, LayerInput(narrow, counts, 10, order, use))
    assert layer.targets == 6
    noise = noise_steps(counts, narrow, use)
    assert noise.sum() == pytest.approx(6)


def both(words):
    """Weights of both layers, that differ in each row."""
    weights = OutputWeights(Words.of(words), 2)
    for layer in LAYERS:
        rows = layer.n_rows(len(words))
        weights.set(layer, np.arange(1, rows + 1)[:, None] * np.ones(2))
    return weights


def test_words_keep_their_rows_and_nodes_theirs():
    weights = both(["a", "b", "c"])
    weights.sync(Words.of(["c", "new", "a", "b"]))
    assert weights.get(WORD_OUTPUTS)[:, 0].tolist() == [3, 0, 1, 2]
    assert weights.get(HIERARCHICAL_SOFTMAX)[:, 0].tolist() == [1, 2, 0]
    weights.sync(Words.of(["b"]))
    assert weights.get(WORD_OUTPUTS)[:, 0].tolist() == [2]
    assert weights.get(HIERARCHICAL_SOFTMAX).shape == (0, 2)


def test_equal_words_change_nothing():
    weights = both(["a", "b"])
    before, again = weights.get(WORD_OUTPUTS), Words.of(["a", "b"])
    weights.sync(again)
    assert weights.get(WORD_OUTPUTS) is before
    assert weights.words is again


@pytest.mark.parametrize(
    ("options", "layers"),
    [
        ({}, [WORD_OUTPUTS]),
        ({"hs": 1}, [WORD_OUTPUTS, HIERARCHICAL_SOFTMAX]),
        ({"hs": 1, "negative": 0}, [HIERARCHICAL_SOFTMAX]),
    ],
)
def test_options_choose_the_layers(options, layers):
    weights = OutputWeights(Words.of(["a", "b", "c"]), 5)
    weights.prepare(Word2VecParams(**options))
    assert [layer for layer, _ in weights.items()] == layers
    for layer, rows in weights.items():
        assert rows.shape == (layer.n_rows(3), 5)
        assert not rows.any()


def test_weights_of_another_shape_are_refused():
    weights = both(["a", "b"])
    with pytest.raises(ValueError, match=r"syn1neg must be numbers of shape \(2, 2\), got"):
        weights.set(WORD_OUTPUTS, np.ones((3, 2)))
    with pytest.raises(ValueError, match="file: nodes must be numbers"):
        weights.set(HIERARCHICAL_SOFTMAX, np.array([["a", "b"]]), "file: nodes")
