"""The folder that sentence-transformers loads as a StaticEmbedding."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, atomic_folder, atomic_write
from fastvec.io.format import Format
from fastvec.io.tensors import save_tensors
from fastvec.words import Words

UNKNOWN = "[UNK]"
#: what the tokenizer finds by itself; other words ("u.s.", "New York") are listed for it
FOUND = re.compile(r"\w+|[^\w\s]+")


def write_static_embedding(path: PathLike, words: Words, vectors: NDArray[Any]) -> None:
    """Write a folder that ``SentenceTransformer(path)`` loads: a StaticEmbedding module.

    A text's embedding is the mean of its words' vectors.  The tokenizer finds words that have
    punctuation or spaces in them where they stand by themselves, and splits what is left at white
    space and punctuation.  It converts to lower case if no word has an upper-case letter.
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
    table = np.zeros((len(words) + 1, vectors.shape[1]), np.float32)
    table[:-1] = vectors
    kind = "sentence_transformers.models.StaticEmbedding"
    with atomic_folder(path) as folder:
        module = folder / "0_StaticEmbedding"
        module.mkdir()
        modules = [{"idx": 0, "name": "0", "path": module.name, "type": kind}]
        save_tensors(module / "model.safetensors", {"embedding.weight": table}, {"format": "pt"})
        _write_json(module / "tokenizer.json", _tokenizer(words))
        _write_json(folder / "config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
        _write_json(folder / "modules.json", modules)


def _tokenizer(words: Words) -> dict[str, Any]:
    """A tokenizer.json of whole words, in the layout of Hugging Face's tokenizers."""
    vocabulary: dict[str, int] = {}
    for row, word in enumerate(words):
        vocabulary.setdefault(word, row)
    vocabulary[UNKNOWN] = len(words)
    lower = all(word == word.lower() for word in words)
    flags = {"lstrip": False, "rstrip": False}
    unknown = {"id": len(words), "content": UNKNOWN, "special": True}
    unknown |= flags | {"single_word": False, "normalized": False}
    others = [
        {"id": row, "content": word, "special": False, "single_word": True, "normalized": True}
        for word, row in vocabulary.items()
        if word.strip() and word != UNKNOWN and not FOUND.fullmatch(word)
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [*(other | flags for other in others), unknown],
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
