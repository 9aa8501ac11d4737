"""The folder that sentence-transformers loads as a StaticEmbedding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, atomic_write, check_target
from fastvec.io.format import Format
from fastvec.io.tensors import save_tensors
from fastvec.words import Words

UNKNOWN = "[UNK]"


def write_static_embedding(path: PathLike, words: Words, vectors: NDArray[Any]) -> None:
    """Write a folder that ``SentenceTransformer(path)`` loads: a StaticEmbedding module.

    A text's embedding is the mean of its words' vectors.  The tokenizer splits at white space and
    punctuation, and converts to lower case if no word of the vocabulary has an upper-case letter.
    Unknown words are ``[UNK]``, a zero vector: they change the length of the mean, not its
    direction.

    Raises
    ------
    FileExistsError
        if ``path`` exists and is not an empty folder.

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


STATIC_EMBEDDING = Format(
    "static-embedding",
    "a folder for sentence-transformers",
    write=lambda path, file: write_static_embedding(path, file.words, file.vectors),
    is_folder=True,
)
