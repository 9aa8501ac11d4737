"""Files of Doc2Vec models: a container of kind ``doc2vec`` (docs/formats.md), and vectors of
documents that are mapped from a file of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, atomic_write
from fastvec._util.matrix import padded
from fastvec._util.places import FileLike, still_there
from fastvec.io.container import Container
from fastvec.models.tags import numbered
from fastvec.models.training import all_finite
from fastvec.models.word2vec_file import save_model
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

if TYPE_CHECKING:
    from fastvec.models.doc2vec import Doc2Vec

#: the names of a model's own arrays in its file
DOCUMENTS, TAGS, TAG_OFFSETS = "documents", "tags", "tag_offsets"


def save_documents(
    model: Doc2Vec,
    path: FileLike,
    metadata: Mapping[str, Any] | None,
    arrays: Mapping[str, NDArray[Any]] | None,
) -> None:
    """Write a model, and whatever else belongs to it; see :meth:`fastvec.Doc2Vec.save`."""
    dv = model.dv
    if not all_finite(dv.vectors):
        raise FloatingPointError(
            "the model is not saved, since its vectors of documents are not finite: lower alpha "
            f"(now {model.alpha}), and train anew{still_there(path)}"
        )
    own: dict[str, NDArray[Any]] = {DOCUMENTS: dv.vectors}
    if not model._numbered:
        own |= {TAGS: dv.words.joined, TAG_OFFSETS: dv.words.offsets}
    about = {
        "dbow_words": model.dbow_words,
        "tag_column": model.tag_column,
        "tags": "numbers" if model._numbered else "strings",
    }
    save_model(model, path, {**(metadata or {}), **about}, {**(arrays or {}), **own})


def load_documents(model: Doc2Vec, file: Container) -> None:
    """Take what a file has of documents into a model whose words are there.

    ValueError for a file that is damaged.
    """
    vectors = file.array(DOCUMENTS, "<f4", None, model.vector_size)
    about = file.metadata
    kind, dbow_words = about.get("tags"), about.get("dbow_words")
    if kind not in ("numbers", "strings") or dbow_words not in (0, 1):
        raise file.damaged("it does not say what its tags are")
    model.dbow_words = int(dbow_words)
    column = about.get("tag_column")
    model.tag_column = column if isinstance(column, str) else None
    model._numbered = kind == "numbers"
    words = _tags_of(file, len(vectors)) if kind == "strings" else numbered(len(vectors))
    model.dv = KeyedVectors.of(words, vectors)


def _tags_of(file: Container, count: int) -> Words:
    """The tags of a file that are strings."""
    joined, offsets = file.arrays.get(TAGS), file.array(TAG_OFFSETS, "<i8", count + 1)
    if joined is None or joined.dtype != np.uint8 or joined.ndim != 1:
        raise file.damaged("its tags are missing")
    try:
        words = Words(joined, offsets)
        twice = np.flatnonzero(words.find_all(words) != np.arange(count))
    except ValueError as error:
        raise file.damaged(error) from None
    if len(twice):
        raise file.damaged(f"the tag {words[int(twice[0])]!r} is there twice")
    return words


def mapped_rows(path: PathLike, known: NDArray[Any], count: int, size: int) -> NDArray[np.float32]:
    """A matrix as :func:`fastvec._util.matrix.padded` makes it, in a new file that is mapped into
    memory; its first rows are those that are known.

    OSError if the disk has no room for it.
    """
    stride = padded(1, size).shape[1]
    with atomic_write(path) as file:
        _allocate(file.fileno(), max(count * stride * 4, 1))
    flat = np.memmap(path, np.float32, "r+", shape=(count * stride,)).view(np.ndarray)
    rows = flat.reshape(count, stride)
    rows[: len(known), :size] = known  # those in a file that was replaced are still mapped
    return rows


def _allocate(file: int, size: int) -> None:
    """Make a file so large, of zeros, for which the disk then has room."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.truncate(file, size)
