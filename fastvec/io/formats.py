"""Vector files of every kind: found out, read, and fastvec's own safetensors layout.

Knows words and matrices only; docs/formats.md describes every file byte by byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike
from fastvec.io.compression import COMPRESSORS, open_input
from fastvec.io.projector import metadata_beside, write_projector
from fastvec.io.static_embedding import write_static_embedding
from fastvec.io.tables import (
    check_lines,
    parquet_library,
    read_npy,
    read_parquet,
    words_beside,
    write_npy,
    write_parquet,
)
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.io.word2vec import check_words, is_number, read_word2vec, write_word2vec
from fastvec.words import Words

Floats = NDArray[np.float32]

# --- any of them

READABLE = ("safetensors", "word2vec", "word2vec-binary", "glove", "npy", "parquet")
KINDS = (*READABLE, "projector", "static-embedding")
SUFFIXES = {
    ".safetensors": "safetensors",
    ".txt": "word2vec",
    ".vec": "word2vec",
    ".bin": "word2vec-binary",
    ".glove": "glove",
    ".npy": "npy",
    ".parquet": "parquet",
    ".tsv": "projector",
}


ROWS = ("word2vec", "word2vec-binary", "glove")  # row after row: these may be packed
ATTRIBUTE = "attribute."  # what the names of the words' attributes begin with


@dataclass(frozen=True)
class VectorFile:
    """What a vector file held.  ``extra`` is what else fastvec's own files have: attributes of the
    words, and what a model needs so that training can go on."""

    kind: str
    words: Words
    vectors: Floats
    counts: NDArray[np.int64] | None = None
    model: str = "vectors"  # or word2vec, glove: what the whole file is
    metadata: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, NDArray[Any]] = field(default_factory=dict)

    def without_model(self) -> VectorFile:
        """Words, vectors, counts and attributes: with other vectors, a model would be none.

        >>> read_vectors("vectors.safetensors").without_model().extra
        {}
        """
        metadata = {key: text for key, text in self.metadata.items() if key != "parameters"}
        extra = {key: rows for key, rows in self.extra.items() if key.startswith(ATTRIBUTE)}
        return replace(self, model="vectors", metadata=metadata, extra=extra)

    def first(self, limit: int) -> VectorFile:
        """Only so many first words, without what makes it a model.

        >>> read_vectors("vectors.bin").first(2).vectors.shape
        (2, 3)
        """
        kept, vectors = self.without_model(), self.vectors[:limit]
        return replace(
            kept,
            words=self.words.take(np.arange(len(vectors))),
            vectors=vectors,
            counts=None if self.counts is None else self.counts[:limit],
            extra={key: rows[:limit] for key, rows in kept.extra.items()},
        )


def kind_of(path: PathLike) -> str:
    """What kind of file a name asks for; ValueError for an ending that says nothing.

    >>> kind_of("vectors.txt.gz"), kind_of("vectors.bin")
    ('word2vec', 'word2vec-binary')
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    if suffixes and suffixes[-1] in COMPRESSORS:
        suffixes.pop()
    kind = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if kind is None:
        raise ValueError(
            f"{path}: the ending must be one of {', '.join(SUFFIXES)} (text ones with "
            f"{', '.join(COMPRESSORS)} too), or say the kind of file"
        )
    return kind


def sniff(path: PathLike) -> str:
    """What kind of vector file this is, by its first bytes: one of ``READABLE``.

    >>> sniff("vectors.bin"), sniff("vectors.txt")
    ('word2vec-binary', 'word2vec')
    """
    with open_input(path) as file:
        head = file.read(1 << 16)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return "safetensors"
    if head[:6] == b"\x93NUMPY":
        return "npy"
    if head[:4] == b"PAR1":
        return "parquet"
    first, _, rest = head.partition(b"\n")
    try:
        _, size = (int(number) for number in first.split())
    except ValueError:
        return "glove"
    line, newline, _ = rest.partition(b"\n")
    fields = line.split()
    if not newline and len(head) == 1 << 16:
        fields.pop()  # it may be half a number
    last = fields[1:][-max(1, size) :]
    if not fields or (len(last) and all(is_number(number) for number in last)):
        return "word2vec"
    return "word2vec-binary"


def files_of(path: PathLike, kind: str) -> list[Path]:
    """The files that vectors of some kind are in: the one that is named, and words beside it.

    >>> [str(file) for file in files_of("vectors.npy", "npy")]
    ['vectors.npy', 'vectors.words.txt']
    """
    beside = {"npy": words_beside, "projector": metadata_beside}
    return [Path(path), *([beside[kind](path)] if kind in beside else [])]


def read_vectors(
    path: PathLike,
    *,
    kind: str | None = None,
    limit: int | None = None,
    errors: str = "strict",
) -> VectorFile:
    """Read any vector file that fastvec knows.

    Parameters
    ----------
    kind : str, optional
        one of ``READABLE``; found out by :func:`sniff` when not given.
    limit : int, optional
        only so many first words; of a whole model, only the vectors then.
    errors : str
        what to do with words that are not UTF-8: strict, ignore or replace.

    Raises
    ------
    ValueError
        a broken file, with its name and the reason.

    >>> read_vectors("vectors.bin").vectors.shape[1]
    3
    """
    kind = kind or sniff(path)
    if kind not in READABLE:
        raise ValueError(f"kind must be one of {', '.join(READABLE)}, got {kind!r}")
    if kind == "safetensors":
        words, opened = load_vectors(path, verify=limit is None)
        arrays = opened.arrays
        vectors, counts = arrays.pop("vectors"), arrays.pop("counts", None)
        file = VectorFile(kind, words, vectors, counts, opened.kind, opened.metadata, arrays)
        return file if limit is None else file.first(limit)
    if kind == "npy":
        return VectorFile(kind, *read_npy(path, limit, errors))
    if kind == "parquet":
        return VectorFile(kind, *read_parquet(path, limit))
    binary, header = kind == "word2vec-binary", kind != "glove"
    words, vectors = read_word2vec(path, binary=binary, header=header, limit=limit, errors=errors)
    return VectorFile(kind, words, vectors)


def check_writable(path: PathLike, kind: str, words: Words | None = None) -> None:
    """Say now, before hours of work, what :func:`write_vectors` would say after it.

    Parameters
    ----------
    kind : str
        one of ``KINDS``.
    words : Words, optional
        those that will be written, as soon as they are known.

    Raises
    ------
    ValueError
        words that the format cannot hold, or a name that says that it is packed, which only text
        and word2vec's binary format are.
    ImportError
        a package that the format needs is not installed.

    >>> check_writable("vectors.bin", "word2vec-binary", Words.of(["New York"]))
    Traceback (most recent call last):
    ValueError: word 'New York' has a line end or a space where word2vec's binary format ...
    """
    ending = Path(path).suffix.lower()
    if ending in COMPRESSORS and kind not in ROWS:
        raise ValueError(f"{path}: {kind} files are not packed: leave out {ending}")
    if kind == "parquet":
        parquet_library()
    if words is None:
        return
    if kind in ROWS:
        check_words(words, binary=kind == "word2vec-binary")
    elif kind == "npy":
        check_lines(path, words)


def write_vectors(
    path: PathLike,
    words: Words,
    vectors: NDArray[Any],
    *,
    counts: NDArray[np.int64] | None = None,
    metadata: Mapping[str, Any] | None = None,
    extra: Mapping[str, NDArray[Any]] | None = None,
    model: str = "vectors",
    kind: str | None = None,
) -> None:
    """Write any vector file that fastvec knows.

    Parameters
    ----------
    counts, metadata, extra, model
        kept by safetensors (see :class:`VectorFile`); counts by Parquet too.
    kind : str, optional
        one of ``KINDS``; when not given, the name's ending says it.

    Raises
    ------
    ValueError
        words that the format cannot hold, or an ending that says nothing.

    >>> write_vectors("copy.txt.gz", wv.words, wv.vectors)
    """
    kind = kind or kind_of(path)
    check_writable(path, kind)
    match kind:
        case "safetensors":
            save_vectors(
                path,
                words=words,
                vectors=vectors,
                counts=counts,
                extra=extra,
                metadata=metadata,
                kind=model,
            )
        case "word2vec" | "word2vec-binary":
            write_word2vec(path, words, vectors, binary=kind == "word2vec-binary")
        case "glove":
            write_word2vec(path, words, vectors, header=False)
        case "npy":
            write_npy(path, words, vectors)
        case "parquet":
            write_parquet(path, words, vectors, counts)
        case "projector":
            write_projector(path, words, vectors)
        case "static-embedding":
            write_static_embedding(path, words, vectors)
        case _:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
