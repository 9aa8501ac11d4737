"""Vectors for the tools of today: TensorFlow's projector, sentence-transformers, Keras, PyTorch.

Knows words and matrices only; docs/formats.md describes what is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.files import PathLike, atomic_write, check_target
from fastvec.packed import open_output
from fastvec.rowfiles import number_rows
from fastvec.tensors import save_tensors
from fastvec.words import Words

Floats = NDArray[np.float32]

UNKNOWN = "[UNK]"


def metadata_beside(path: PathLike) -> Path:
    """Where the words of a projector's file are.

    >>> str(metadata_beside("v.tsv"))
    'v.metadata.tsv'
    """
    return Path(path).with_suffix(".metadata.tsv")


def write_projector(path: PathLike, words: Words, vectors: NDArray[Any]) -> Path:
    """Write a TSV pair for projector.tensorflow.org: vectors at ``path``, words beside it.

    The page samples large tables silently; give it a few ten thousand words.

    Returns
    -------
    path
        of the words: ``NAME.metadata.tsv``.

    >>> str(write_projector("v.tsv", Words.of(["cat"]), np.ones((1, 2), np.float32)))
    'v.metadata.tsv'
    """
    beside = metadata_beside(path)
    with open_output(path) as file:
        for block in number_rows(vectors):
            file.write(block)
    with atomic_write(beside) as file:
        # One column has no header; a word must not begin or end a line, nor be an empty one.
        table = str.maketrans("\t\n\r", "   ")
        file.writelines((word.translate(table) or " ").encode() + b"\n" for word in words)
    return beside


def write_static_embedding(path: PathLike, words: Words, vectors: NDArray[Any]) -> None:
    """Write a folder that ``SentenceTransformer(path)`` loads: a StaticEmbedding module.

    A text's embedding is the mean of its words' vectors.  The tokenizer splits at white space and
    punctuation and, if no word of the vocabulary has an upper-case letter, lower-cases.  Unknown
    words are ``[UNK]``, a zero vector: they change a mean's length, not its direction.

    Raises
    ------
    FileExistsError
        if ``path`` is there and not an empty folder.

    >>> write_static_embedding("model", Words.of(["cat"]), np.ones((1, 2), np.float32))
    >>> sorted(file.name for file in Path("model").iterdir())
    ['0_StaticEmbedding', 'config_sentence_transformers.json', 'modules.json']
    """
    path = check_target(path) if not Path(path).is_dir() else Path(path)
    if path.exists() and any(path.iterdir()):
        raise FileExistsError(f"cannot write {path}: it exists and is not empty")
    module = path / "0_StaticEmbedding"
    module.mkdir(parents=True)
    table = np.zeros((len(words) + 1, vectors.shape[1]), np.float32)
    table[:-1] = vectors
    save_tensors(module / "model.safetensors", {"embedding.weight": table}, {"format": "pt"})
    kind = "sentence_transformers.models.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": module.name, "type": kind}]
    _write_json(module / "tokenizer.json", _tokenizer(words))
    _write_json(path / "config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
    _write_json(path / "modules.json", modules)


def _tokenizer(words: Words) -> dict[str, Any]:
    """A tokenizer.json of whole words, in the layout of Hugging Face's tokenizers."""
    vocabulary: dict[str, int] = {}
    for row, word in enumerate(words):
        vocabulary.setdefault(word, row)
    vocabulary[UNKNOWN] = len(words)
    lower = all(word == word.lower() for word in words)
    unknown = {"id": len(words), "content": UNKNOWN, "special": True}
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [unknown | flags],
        "normalizer": {"type": "Lowercase"} if lower else None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
    }


def _write_json(path: Path, value: Any) -> None:
    with atomic_write(path) as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=None).encode())


def keras_matrix(words: Words, vectors: NDArray[Any]) -> tuple[list[str], Floats]:
    """What Keras takes: a vocabulary for TextVectorization, and the weights of its Embedding.

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
        whether training leaves them as they are.

    Raises
    ------
    ImportError
        without PyTorch.

    >>> embedding = torch_embedding(np.ones((1, 2)))  # doctest: +SKIP
    """
    try:
        import torch
    except ImportError:
        raise ImportError("this needs PyTorch: see pytorch.org") from None
    rows = np.array(vectors, np.float32, order="C")  # its own: training must not change ours
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=freeze)
