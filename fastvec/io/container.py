"""The container of fastvec's own files: corpora, vectors, models, word pairs and phrases.

A container has a kind, a version, words, arrays by name with a checksum of each, and metadata.  It
is a file in the safetensors layout (tensors.py), so nothing in it is run as code when it is read.
docs/formats.md describes it byte by byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import checksum, rises
from fastvec._util.places import FileLike, name_of
from fastvec.io.tensors import load_tensors, row_blocks, save_tensors
from fastvec.words import Words

VERSION = 2
MARK = (
    "fastvec "  # the name of the first metadata entry is this and the kind; its value the version
)
WORDS, WORD_OFFSETS = "words", "word_offsets"
KEYS, INTEGERS = "keys", "integers"  # the metadata entry of words that are integers, and its value
CHECKSUMS = "checksums"  # the metadata entry that has the checksums of the arrays, by name
#: the metadata entry that has the checksum of all others, and of the arrays' dtypes and shapes
HEADER_CHECKSUM = "header_checksum"

#: each kind of container: what it holds, as error messages say it, and what opens it
KINDS = {
    "corpus": ("a corpus", "Corpus.open"),
    "vectors": ("vectors", "KeyedVectors.load"),
    "word2vec": ("a Word2Vec model", "Word2Vec.load"),
    "fasttext": ("a FastText model", "FastText.load"),
    "doc2vec": ("a Doc2Vec model", "Doc2Vec.load"),
    "glove": ("a GloVe model", "GloVe.load"),
    "neural_lm": ("a NeuralLM model", "NeuralLM.load"),
    "ranker": ("a Ranker model", "Ranker.load"),
    "pairs": ("word pairs", "Pairs.load"),
    "phrases": ("phrases", "Phrases.load"),
    "index": ("an index for approximate search", "ann.Index.load"),
}
WITH_VECTORS = ("vectors", "word2vec", "fasttext", "doc2vec", "glove", "neural_lm", "ranker")
"""The kinds that KeyedVectors.load opens."""


@dataclass
class Container:
    """A container that has been opened.

    Attributes
    ----------
    path
        the file, for error messages.
    kind : str
        one of ``KINDS``.
    version : int
        of the format that the file is in.
    arrays : dict
        all arrays by name, without those that hold the words.
    metadata : dict
        values of JSON by name.
    checksums : dict
        the checksums that the file has, by the name of the array.
    words : Words or None
        None if the container has none.
    """

    path: str
    kind: str
    version: int
    arrays: dict[str, NDArray[Any]]
    metadata: dict[str, Any]
    checksums: Mapping[str, str]
    words: Words | None = None

    def damaged(self, reason: object) -> ValueError:
        """The exception that says that this file is damaged, and why.

        >>> read_container("vectors.safetensors", "vectors").damaged("a word is missing")
        ValueError('vectors.safetensors is damaged: a word is missing')
        """
        return ValueError(f"{self.path} is damaged: {reason}")

    def array(self, name: str, dtype: str, *shape: int | None) -> NDArray[Any]:
        """An array that must be there, with this dtype and shape; None stands for any length.

        ValueError if it is missing or different.

        >>> read_container("vectors.safetensors", "vectors").array("counts", "<i8", 5)
        array([9, 8, 7, 6, 5])
        """
        array = self.arrays.get(name)
        if array is None or array.dtype != dtype or not _fits(array.shape, shape):
            wanted = ", ".join("any" if n is None else str(n) for n in shape)
            raise self.damaged(
                f"{name} is missing, or not an array of {np.dtype(dtype)} of shape ({wanted})"
            )
        return array

    def verify(self, name: str) -> int:
        """Read an array whole and compare its checksum; ValueError if it differs.

        Returns
        -------
        int
            the largest number among the array's bytes taken as unsigned 32-bit numbers.  The
            checksum needs these numbers anyway, and a corpus checks its word ids by the largest.

        >>> read_container("vectors.safetensors", "vectors").verify("counts")
        9
        """
        found, largest = array_checksum(self.arrays[name])
        saved = self.checksums.get(name)
        if saved != found and not (saved is None and self.version == 1):  # which had few checksums
            raise self.damaged(f"the checksum of its {name} is wrong")
        return largest


def write_container(
    path: FileLike,
    kind: str,
    arrays: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, Any],
    words: Words | None = None,
) -> None:
    """Write a container; the file is complete or not there at all.

    Parameters
    ----------
    kind : str
        one of ``KINDS``.
    arrays : arrays by name
        of any shape and of the dtypes that the safetensors layout has.  Views with padded rows are
        written block by block and never copied whole.
    metadata : by name
        whatever JSON can hold; NumPy scalars count as numbers.
    words : Words, optional
        they are saved with the arrays, and so is whether they are integers.

    Raises
    ------
    ValueError
        a dtype that the layout does not have, or an array with a reserved name (``words``,
        ``word_offsets``).  OSError when the file cannot be written.

    >>> write_container("a", "vectors", {"vectors": np.ones((1, 2), "f")}, {}, Words.of(["cat"]))
    """
    saved = dict(arrays)
    header = {MARK + kind: str(VERSION)}
    if words is not None:
        for name, array in ((WORDS, words.joined), (WORD_OFFSETS, words.offsets)):
            if name in saved:
                raise ValueError(f"no array may have the name {name!r}")
            saved[name] = array
    entries = {KEYS: INTEGERS} if words is not None and words.integers else {}
    header |= {name: _to_json(value) for name, value in {**metadata, **entries}.items()}
    header[CHECKSUMS] = _to_json({name: array_checksum(array)[0] for name, array in saved.items()})
    header[HEADER_CHECKSUM] = header_checksum(saved, header)
    save_tensors(path, saved, header)


def read_container(
    place: FileLike, kind: str | Collection[str], *, mmap: bool = True, verify: bool = True
) -> Container:
    """Open a container; files that earlier versions of fastvec wrote are opened too.

    Parameters
    ----------
    kind : str or several
        the kinds that may be opened.
    mmap : bool
        True (default) maps the arrays into memory: changes to them stay in this process (copy on
        write).  False reads them.
    verify : bool
        compare the checksums of all arrays, for which they are read whole.  False compares those
        of the words only, so that a large mapped file opens at once; the caller may verify
        others with :meth:`Container.verify`.

    Raises
    ------
    ValueError
        another kind of file, a newer version, or a file that is cut off or damaged; with the name
        of the file and the reason.

    >>> read_container("vectors.safetensors", "vectors").words[0]
    'king'
    """
    path = name_of(place)
    arrays, header = load_tensors(place, mmap=mmap)
    found, version = _kind_and_version(path, header)
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    if found not in kinds:
        holds, opener = KINDS[found]
        raise ValueError(f"{path} holds {holds}, not {KINDS[kinds[0]][0]}: use {opener}")
    said = header.pop(HEADER_CHECKSUM, None)  # the first files of version 2 have none
    if said is not None and said != header_checksum(arrays, header):
        raise ValueError(f"{path} is damaged: the checksum of its header is wrong")
    try:
        metadata = _from_version_1(arrays, header) if version == 1 else _metadata(header)
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is damaged: its metadata are not JSON") from None
    sums = metadata.pop(CHECKSUMS, None)
    checksums = sums if isinstance(sums, dict) else {}
    container = Container(path, found, version, arrays, metadata, checksums)
    container.words = _take_words(container)
    if verify:
        for name in arrays:
            container.verify(name)
    return container


def container_kind(place: FileLike) -> str:
    """The kind of a container, one of ``KINDS``; ValueError for a file that is none.

    >>> container_kind("vectors.safetensors")
    'vectors'
    """
    return _kind_and_version(name_of(place), load_tensors(place)[1])[0]


def is_container(head: bytes, kind: str) -> bool:
    """Whether the first 64 bytes of a file are those of a container of some kind.

    >>> is_container(Path("vectors.safetensors").read_bytes()[:64], "vectors")
    True
    >>> is_container(b"to be or not to be", "corpus")
    False
    """
    return head[8:].startswith(f'{{"__metadata__":{{"{MARK}{kind}"'.encode())


def header_checksum(arrays: Mapping[str, NDArray[Any]], header: Mapping[str, str]) -> str:
    """The checksum of metadata, and of the dtypes and shapes of arrays, as a string of JSON.

    >>> header_checksum({}, {})
    '"000000002cdaf8d6000000002d387651"'
    """
    shapes = {
        name: [array.dtype.newbyteorder("<").str, *array.shape] for name, array in arrays.items()
    }
    entries = {name: text for name, text in header.items() if name != HEADER_CHECKSUM}
    data = json.dumps([entries, shapes], sort_keys=True, separators=(",", ":")).encode()
    return _to_json(array_checksum(np.frombuffer(data, np.uint8))[0])


def array_checksum(array: NDArray[Any]) -> tuple[str, int]:
    """An array's checksum as 32 hexadecimal digits, and the largest of its 32-bit words.

    >>> array_checksum(np.array([1, 0, 2], np.int32))
    ('00000000000000030000000000000007', 2)
    """
    plain = weighted = largest = start = 0
    for block in row_blocks(array):  # block by block, so that Ctrl-C is noticed
        data = block.reshape(-1).view(np.uint8)
        sums = checksum(data, start)
        plain, weighted = plain + sums[0], weighted + sums[1]
        largest = max(largest, sums[2])
        start += len(data)
    return f"{plain % (1 << 64):016x}{weighted % (1 << 64):016x}", largest


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        want in (None, length) for length, want in zip(shape, wanted, strict=True)
    )


def check_storable(name: str, value: Any) -> None:
    """TypeError for a value that metadata cannot hold.

    >>> check_storable("comment", {1, 2})
    Traceback (most recent call last):
    TypeError: comment must be what JSON can hold, got {1, 2}
    """
    try:
        _to_json(value)
    except (TypeError, ValueError, RecursionError):
        raise TypeError(f"{name} must be what JSON can hold, got {value!r:.60}") from None


def _to_json(value: Any) -> str:
    return json.dumps(value, default=np.generic.item)


def _kind_and_version(path: str, header: Mapping[str, str]) -> tuple[str, int]:
    """The kind of a container and its version; ValueError if this fastvec cannot open it."""
    marks = [name for name in header if _is_mark(name)]
    if len(marks) != 1 or not re.fullmatch("[0-9]{1,9}", header[marks[0]]):
        raise ValueError(f"{path} is a safetensors file, but not one that fastvec wrote")
    version, kind = int(header[marks[0]]), f"{marks[0]} ".removeprefix(MARK).strip()
    if version > VERSION or (kind and kind not in KINDS):
        raise ValueError(
            f"{path} has version {version} of the format ({kind or 'vectors'}), this fastvec knows "
            f"up to {VERSION}"
        )
    if not kind:  # version 1 had no kind for what holds vectors
        model = header.get("model", "")
        kind = model if model in WITH_VECTORS else "vectors"
    return kind, version


def _is_mark(name: str) -> bool:
    """Whether a metadata entry is the one that has the version; version 1 also had "fastvec"."""
    return f"{name} ".startswith(MARK)


def _metadata(header: Mapping[str, str]) -> dict[str, Any]:
    """The metadata without the mark."""
    return {name: json.loads(text) for name, text in header.items() if not _is_mark(name)}


def _take_words(container: Container) -> Words | None:
    """The words among the arrays, which are taken out of them and verified."""
    arrays, metadata = container.arrays, container.metadata
    if WORDS not in arrays and WORD_OFFSETS not in arrays:
        return None
    joined = container.array(WORDS, "u1", None)
    offsets = container.array(WORD_OFFSETS, "<i8", None)
    for name in (WORDS, WORD_OFFSETS):
        container.verify(name)
        del arrays[name]
    if not rises(offsets, len(joined), 0):
        raise container.damaged(f"the words' offsets do not rise from 0 to {len(joined)}")
    try:
        return Words.stored(joined, offsets, metadata.pop(KEYS, None) == INTEGERS)
    except ValueError as error:
        raise container.damaged(error) from None


def _from_version_1(arrays: dict[str, NDArray[Any]], header: Mapping[str, str]) -> dict[str, Any]:
    """The metadata of a file of version 1, as version 2 has them; its arrays get today's names.

    Version 1 was four different layouts.  In vectors and pairs the words' offsets were called
    ``offsets``, which in a corpus are the offsets of the sentences.  Some metadata were plain text.
    Only corpora had today's checksums; the CRC-32 sums of pairs are not compared.
    """
    if WORDS in arrays and WORD_OFFSETS not in arrays and "offsets" in arrays:
        arrays[WORD_OFFSETS] = arrays.pop("offsets")
    metadata: dict[str, Any] = {CHECKSUMS: {}}
    for name, value in header.items():
        if name.endswith(" checksum"):
            metadata[CHECKSUMS][name.removesuffix(" checksum")] = value
        elif name not in ("model", "crc32") and not _is_mark(name):
            try:
                metadata[name] = json.loads(value)
            except (ValueError, RecursionError):
                metadata[name] = value
    return metadata
