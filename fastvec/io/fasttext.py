"""fastText's binary models as a format of vector files: vectors of words and of n-grams."""

from __future__ import annotations

import itertools
import struct
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike, name_of
from fastvec._util.progress import Progress
from fastvec.io.compression import open_output
from fastvec.io.fasttext_args import LOSSES, MODELS, SUPERVISED, FastTextArgs, is_fasttext
from fastvec.io.fasttext_reader import NOT_PRUNED, read_fasttext
from fastvec.io.fasttext_source import BEHIND_WORD
from fastvec.io.format import Format, VectorFile, check_lengths
from fastvec.io.tensors import row_blocks
from fastvec.subwords import Subwords
from fastvec.words import Words

ARGS = "fasttext"  # the metadata entry that has fastText's options
OUTPUTS = "outputs"  # the array of models that has the output weights of negative sampling
ROWS_PER_BLOCK = 1 << 13


# --- writing


def write_fasttext(
    path: FileLike,
    words: Words,
    counts: NDArray[np.int64] | None,
    subwords: Subwords,
    args: FastTextArgs,
    output: NDArray[Any] | None = None,
) -> None:
    """Write a model that fastText and gensim read.

    Parameters
    ----------
    counts : (V,) int64 array, optional
        V, V - 1, ..., 1 by default.
    subwords : Subwords
        buckets without a row get a row of zeros.
    args : FastTextArgs
        how the model was trained; what is about vectors and n-grams is taken from ``subwords``.
    output : (V, D) array, optional
        the output weights; zeros by default.

    Raises
    ------
    ValueError
        n-grams that are pruned or of floret's way; a word with a zero byte; lengths that differ.

    >>> subwords = Subwords(3, 6, 9, np.ones((1, 2), "f"), np.ones((9, 2), "f"))
    >>> write_fasttext("a.bin", Words.of(["cat"]), None, subwords, FastTextArgs())
    """
    check_lengths(words, subwords.words)
    check_lengths(words, subwords.words if output is None else output)
    check_words(path, words)
    check_subwords(path, subwords)
    rows, size = subwords.words.shape
    rule = {"bucket": subwords.bucket, "minn": subwords.min_n, "maxn": subwords.max_n}
    head = FastTextArgs(**asdict(args) | rule | {"dim": size})
    if counts is None:
        counts = np.arange(rows, 0, -1, dtype=np.int64)
    if output is None:
        output = np.broadcast_to(np.zeros(size, np.float32), (rows, size))
    matrices = 4 * size * (2 * rows + subwords.bucket)
    with open_output(path) as file, Progress("writing", matrices, "bytes") as bar:
        file.write(head.packed())
        _write_words(file, words, counts)
        inputs = itertools.chain([subwords.words], rows_of_buckets(subwords))
        done = 0
        for block in itertools.chain(
            _blocks(rows + subwords.bucket, size, inputs), _blocks(rows, size, [output])
        ):
            file.write(block)
            done += len(block)
            bar.update(done)


def _write_words(file: Any, words: Words, counts: NDArray[np.int64]) -> None:
    file.write(struct.pack("<3iqq", len(words), len(words), 0, int(counts.sum()), NOT_PRUNED))
    for word, count in zip(words, counts.tolist(), strict=True):
        file.write(word.encode() + b"\0" + BEHIND_WORD.pack(count, 0))


def _blocks(rows: int, size: int, parts: Iterable[NDArray[Any]]) -> Iterator[Any]:
    """The bytes of a matrix that is not quantised."""
    yield struct.pack("<?2q", False, rows, size)
    for part in parts:
        for block in row_blocks(part):
            yield block.astype("<f4", copy=False).reshape(-1).view(np.uint8).data


def rows_of_buckets(subwords: Subwords) -> Iterator[NDArray[np.float32]]:
    """The rows of all buckets, in blocks; those without a row are zeros.

    >>> rows = np.ones((1, 2), "f")
    >>> next(rows_of_buckets(Subwords(3, 6, 2, rows, rows, np.array([1], np.int32))))
    array([[0., 0.],
           [1., 1.]], dtype=float32)
    """
    ngrams = subwords.ngrams
    if subwords.buckets is None:
        for first in range(0, subwords.bucket, ROWS_PER_BLOCK):
            yield ngrams[first : first + ROWS_PER_BLOCK]
        return
    buckets, order = subwords.sorted_buckets
    for first in range(0, subwords.bucket, ROWS_PER_BLOCK):
        last = min(first + ROWS_PER_BLOCK, subwords.bucket)
        start, stop = np.searchsorted(buckets, (first, last))
        block = np.zeros((last - first, ngrams.shape[1]), np.float32)
        block[buckets[start:stop] - first] = ngrams[order[start:stop]]
        yield block


def check_words(path: FileLike, words: Words) -> None:
    """ValueError for a word that the format cannot hold.

    >>> check_words("a.bin", Words.of(["New York"]))
    """
    zeros = np.flatnonzero(words.joined == 0)
    if len(zeros):
        word = words[int(np.searchsorted(words.offsets, zeros[0], "right")) - 1]
        raise ValueError(f"{name_of(path)}: word {word!r} has a zero byte, which ends a word there")


def check_subwords(path: FileLike, subwords: Subwords | None) -> None:
    """ValueError for n-grams that the format cannot hold.

    >>> check_subwords("a.bin", None)
    """
    if subwords is not None and subwords.pruned:
        raise ValueError(
            f"cannot write {name_of(path)}: some n-grams of these vectors were pruned, which only "
            "a quantised model of fastText can hold; write them as .safetensors"
        )
    if subwords is not None and subwords.hash_count:
        raise ValueError(
            f"cannot write {name_of(path)}: these vectors are made of a table of floret's, which "
            "fastText does not read; write them as .floret or .safetensors"
        )


# --- the format


def _read(path: FileLike, limit: int | None, errors: str) -> VectorFile:
    # Words of published files are not all UTF-8: strictly read, these could not be opened.
    errors = "backslashreplace" if errors == "strict" else errors
    file = read_fasttext(path, limit=limit, errors=errors)
    if file.labels:
        warnings.warn(
            f"{name_of(path)} is a classifier: the vectors of its words are read, its "
            f"{file.labels} labels are left out",
            UserWarning,
            stacklevel=3,
        )
    return VectorFile(
        file.words,
        file.vectors,
        file.counts,
        metadata={ARGS: file.args.facts()},
        subwords=file.subwords if file.subwords.bucket else None,
    )


def args_of(options: Any) -> FastTextArgs:
    """fastText's options for those of a model of fastvec; the defaults for what cannot be.

    >>> args_of({}) == FastTextArgs()
    True
    """
    try:
        by_tree = options.get("loss") == "hs" or not options["negative"]
        loss = "hierarchical softmax" if by_tree else "negative sampling"
        return FastTextArgs(
            ws=options["window"],
            epoch=options["epochs"],
            min_count=options["min_count"],
            neg=options["negative"],
            loss=LOSSES[loss],
            model=MODELS["skip-gram" if options["sg"] else "cbow"],
            t=options["sample"],
        )
    except (KeyError, TypeError, ValueError):
        return FastTextArgs()


def _write(path: FileLike, file: VectorFile) -> None:
    vectors, subwords = file.vectors, file.subwords
    if subwords is None:
        subwords = Subwords(0, 0, 0, vectors, np.zeros((0, vectors.shape[1]), np.float32))
    args = FastTextArgs.from_facts(file.metadata.get(ARGS))
    if file.kind == ARGS:  # a model of fastvec's own
        args = args_of(file.metadata.get("parameters"))
    if args.model == SUPERVISED:  # without its labels it is a model of words
        loss = LOSSES["negative sampling"]
        args = replace(args, model=MODELS["skip-gram"], loss=loss, word_ngrams=1)
    write_fasttext(path, file.words, file.counts, subwords, args, file.extra.get(OUTPUTS))


FASTTEXT = Format(
    "fasttext",
    "fastText's .bin, with n-grams; .ftz is read too",
    sniff=is_fasttext,
    read=_read,
    write=_write,
    check_words=check_words,
    check_subwords=check_subwords,
    compressible=True,
    holds_subwords=True,
)
