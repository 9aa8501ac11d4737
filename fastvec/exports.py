"""Vectors for other tools: TensorFlow's projector, sentence-transformers, Keras, PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.io.projector import write_projector
from fastvec.io.static_embedding import write_static_embedding
from fastvec.words import Words

__all__ = ["keras_matrix", "torch_embedding", "write_projector", "write_static_embedding"]

Floats = NDArray[np.float32]


def keras_matrix(words: Words, vectors: NDArray[Any]) -> tuple[list[str], Floats]:
    """A vocabulary for Keras's TextVectorization, and the weights of its Embedding layer.

    Returns
    -------
    vocabulary : list of str
        the words: ``TextVectorization(vocabulary=vocabulary)``.
    weights : (V + 2, D) float32 array
        ``Embedding(*weights.shape, weights=[weights], trainable=False)``: TextVectorization
        numbers padding 0 and unknown words 1, so the first two rows are zero.

    >>> vocabulary, weights = keras_matrix(Words.of(["cat"]), np.ones((1, 2), np.float32))
    >>> vocabulary, weights.tolist()
    (['cat'], [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    """
    weights = np.zeros((len(words) + 2, vectors.shape[1]), np.float32)
    weights[2:] = vectors
    return list(words), weights


def torch_embedding(vectors: NDArray[Any], freeze: bool = True) -> Any:
    """The vectors as a ``torch.nn.Embedding``; row i is word i.

    Parameters
    ----------
    freeze : bool
        whether the vectors stay as they are when the network is trained.

    Raises
    ------
    ImportError
        if PyTorch is not installed.

    >>> embedding = torch_embedding(np.ones((1, 2)))  # doctest: +SKIP
    """
    try:
        import torch
    except ImportError:
        raise ImportError("this needs PyTorch: see pytorch.org") from None
    rows = np.array(
        vectors, np.float32, order="C"
    )  # a copy: training the network must not change the vectors here
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=freeze)
