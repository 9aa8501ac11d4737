"""fastvec's own files of vectors, alone or as a part of a model: a container (container.py) with a
matrix ``vectors``, a word for each row, and the words' counts if they are known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike
from fastvec._util.system import MAPPED_FILES_CAN_BE_REPLACED
from fastvec.io.container import WITH_VECTORS, Container, read_container, write_container
from fastvec.io.format import ATTRIBUTE, Format, VectorFile, check_lengths
from fastvec.io.tensors import MAX_HEADER
from fastvec.subwords import Subwords, no_rows
from fastvec.words import Words

SUBWORDS = "subwords"  # the metadata entry that says which n-grams there are
#: the arrays of Subwords: the words' own rows (none in floret's way), the rows of n-grams, and the
#: buckets of these
VECTORS_VOCAB, VECTORS_NGRAMS, NGRAM_BUCKETS = "vectors_vocab", "vectors_ngrams", "ngram_buckets"


def save_vectors(
    path: FileLike,
    *,
    words: Words,
    vectors: NDArray[Any],
    counts: NDArray[np.int64] | None = None,
    subwords: Subwords | None = None,
    extra: Mapping[str, NDArray[Any]] | None = None,
    metadata: Mapping[str, Any] | None = None,
    kind: str = "vectors",
) -> None:
    """Save words and vectors, and whatever belongs to them, in one file.

    Parameters
    ----------
    vectors : (V, D) array
        may be a view with padded rows: it is written block by block, never copied whole.
    counts : (V,) int64 array, optional
    subwords : Subwords, optional
        what the vectors are made of.
    extra : arrays by name
        attributes of the words, and what a model needs so that training can go on; not named
        vectors, counts, words or word_offsets.
    metadata : by name
        whatever JSON can hold.
    kind : str
        the kind of container: vectors, word2vec or glove.

    Raises
    ------
    ValueError
        lengths that differ, or a dtype that the file cannot hold; OSError when the file cannot be
        written.

    >>> save_vectors("a.safetensors", words=Words.of(["cat"]), vectors=np.ones((1, 3), "f"))
    """
    check_lengths(words, vectors)
    arrays = {"vectors": vectors}
    if counts is not None:
        arrays["counts"] = np.asarray(counts, np.int64)
    for name, array in (extra or {}).items():
        if name in ("vectors", "counts"):
            raise ValueError(f"extra must not hold an array named {name!r}")
        arrays[name] = array
    entries = dict(metadata or {})
    if subwords is not None:
        arrays |= _subword_arrays(subwords)
        names = ("min_n", "max_n", "bucket", "pruned", "hash_count")
        entries[SUBWORDS] = {name: getattr(subwords, name) for name in names}
    write_container(path, kind, arrays, entries, words)


def _subword_arrays(subwords: Subwords) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {VECTORS_NGRAMS: subwords.ngrams}
    if not subwords.hash_count:
        arrays = {VECTORS_VOCAB: subwords.words} | arrays
    if subwords.buckets is not None:
        arrays[NGRAM_BUCKETS] = subwords.buckets
    return arrays


def take_subwords(file: Container) -> Subwords | None:
    """The subwords of a file that :func:`save_vectors` wrote, which are taken out of its arrays and
    metadata; None if it has none.

    ValueError, with the name of the file, if they are damaged.

    >>> take_subwords(load_vectors("vectors.safetensors")[1]) is None
    True
    """
    entries = file.metadata.pop(SUBWORDS, None)
    if entries is None:
        return None
    rows, size = file.arrays["vectors"].shape
    if isinstance(entries, dict) and entries.get("hash_count"):
        words = no_rows(rows, size)
    else:
        words = file.array(VECTORS_VOCAB, "<f4", rows, size)
    ngrams = file.array(VECTORS_NGRAMS, "<f4", None, size)
    buckets = None
    if NGRAM_BUCKETS in file.arrays:
        buckets = file.array(NGRAM_BUCKETS, "<i4", len(ngrams))
        file.verify(NGRAM_BUCKETS)
    for name in (VECTORS_VOCAB, VECTORS_NGRAMS, NGRAM_BUCKETS):
        file.arrays.pop(name, None)
    try:
        return Subwords(words=words, ngrams=ngrams, buckets=buckets, **entries)
    except (TypeError, ValueError) as error:
        raise file.damaged(f"its subwords are wrong: {error}") from None


def load_vectors(
    path: FileLike,
    kind: str | Collection[str] = WITH_VECTORS,
    *,
    mmap: bool = True,
    verify: bool = True,
) -> tuple[Words, Container]:
    """Open a file that :func:`save_vectors` wrote.

    Parameters
    ----------
    kind : str or several
        what may be in the file: vectors, word2vec, glove; by default any of them.
    mmap : bool
        True (default) maps the file: opening takes no time, pages are read when they are
        touched, and changes to the arrays stay in this process (copy on write).  False reads all.
    verify : bool
        compare the checksums of all arrays, for which they are read whole; False compares those
        of the words and their attributes only, so that a large file opens at once.

    Returns
    -------
    words : Words
    container : Container
        whose arrays are ``vectors`` (V, D) float32 or float64, ``counts`` (V,) int64 if it was
        saved, and what else was.

    Raises
    ------
    ValueError
        a file that is cut off, damaged or not fastvec's, with its name and the reason.

    >>> words, file = load_vectors("vectors.safetensors")
    >>> file.arrays["vectors"].shape
    (5, 3)
    """
    mmap = mmap and MAPPED_FILES_CAN_BE_REPLACED  # models are saved to the files they come from
    file = read_container(path, kind, mmap=mmap, verify=False)
    if file.words is None:
        raise file.damaged("it holds no words")
    dtype = "<f8" if file.arrays.get("vectors", np.empty(0)).dtype == np.float64 else "<f4"
    file.array("vectors", dtype, len(file.words), None)
    if "counts" in file.arrays:
        file.array("counts", "<i8", len(file.words))
    for name in file.arrays:
        if verify or name.startswith(ATTRIBUTE):
            file.verify(name)
    return file.words, file


def _read(path: FileLike, limit: int | None, errors: str) -> VectorFile:
    del errors  # words are UTF-8 in these files
    words, opened = load_vectors(path, verify=limit is None)
    arrays = opened.arrays
    subwords = take_subwords(opened)
    vectors, counts = arrays.pop("vectors"), arrays.pop("counts", None)
    file = VectorFile(words, vectors, counts, opened.kind, opened.metadata, arrays, subwords)
    return file if limit is None else file.first(limit)


def _write(path: FileLike, file: VectorFile) -> None:
    save_vectors(
        path,
        words=file.words,
        vectors=file.vectors,
        counts=file.counts,
        subwords=file.subwords,
        extra=file.extra,
        metadata=file.metadata,
        kind=file.kind,
    )


SAFETENSORS = Format(
    "safetensors",
    "fastvec's own format; it holds a whole model",
    endings=(".safetensors",),
    sniff=lambda head: head[8:9] == b"{" and int.from_bytes(head[:8], "little") < MAX_HEADER,
    read=_read,
    write=_write,
    holds_models=True,
    holds_subwords=True,
)
