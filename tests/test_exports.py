"""Vectors as Keras and PyTorch take them."""

import numpy as np
import pytest
from vector_tables import VECTORS, WORDS

from fastvec.exports import keras_matrix, torch_embedding


def test_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    embedding = torch_embedding(VECTORS)
    assert np.array_equal(embedding(torch.tensor([2])).numpy(), VECTORS[2:3])
    assert not embedding.weight.requires_grad


def test_keras():
    vocabulary, weights = keras_matrix(WORDS, VECTORS)
    assert vocabulary == list(WORDS)
    assert np.array_equal(weights[2:], VECTORS)
    assert not weights[:2].any()
