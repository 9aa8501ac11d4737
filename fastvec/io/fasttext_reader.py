"""Reads fastText's binary models: .bin of all versions, and quantised ones (.ftz)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike, name_of
from fastvec.io.archives import open_input
from fastvec.io.compression import peek
from fastvec.io.fasttext_args import SUPERVISED, FastTextArgs
from fastvec.io.fasttext_source import Source
from fastvec.io.word2vec import is_utf8
from fastvec.subwords import Subwords, is_rising
from fastvec.words import Words

Floats = NDArray[np.float32]

NOT_PRUNED = -1  # stands in the file for the number of n-grams that are left


@dataclass(frozen=True)
class FastTextFile:
    """What a file of fastText's holds.

    Attributes
    ----------
    args : FastTextArgs
    words : Words
        the vocabulary, without labels.
    vectors : (V, D) float32 array
        the words' vectors, as fastText gives them.
    counts : (V,) int64 array
    subwords : Subwords
        what the vectors are made of.
    labels : int
        how many labels a classifier has; 0 for other models.
    output : (V, D) float32 array or None
        the output weights, if they were asked for.
    """

    args: FastTextArgs
    words: Words
    vectors: Floats
    counts: NDArray[np.int64]
    subwords: Subwords
    labels: int
    output: Floats | None


def read_fasttext(
    path: FileLike,
    *,
    limit: int | None = None,
    encoding: str = "utf-8",
    errors: str = "backslashreplace",
    output: bool = False,
) -> FastTextFile:
    """Read a model of fastText's; it may be compressed.

    Parameters
    ----------
    limit : int, optional
        only so many first words; all n-grams are read.
    encoding, errors : str
        how the bytes of words become text.  The vectors are those of the bytes.
    output : bool
        read the output weights too.

    Raises
    ------
    ValueError
        a file that is cut off, damaged or of another kind; with its name and the reason.

    >>> read_fasttext("fasttext.bin").words[0]
    'king'
    """
    with open_input(path) as opened:
        head, file = peek(opened)
        source = Source(file, name_of(path))
        try:
            args, version, end = FastTextArgs.parse(head)
        except ValueError as error:
            raise ValueError(
                f"{name_of(path)} is no fastText model that is read: {error}"
            ) from None
        source.skip(end, "head")
        return _Reader(source, args, version).read(limit, encoding, errors, output)


class _Reader:
    """A file whose head has been read."""

    def __init__(self, source: Source, args: FastTextArgs, version: int) -> None:
        self.source = source
        self.args = args
        self.version = version

    def read(self, limit: int | None, encoding: str, errors: str, output: bool) -> FastTextFile:
        source = self.source
        entries, n_words, n_labels, _ = source.unpack("3iq", "head")
        pruned = source.unpack("q", "head")[0] if self.version else NOT_PRUNED
        if min(entries, n_words, n_labels, pruned + 1) < 0 or entries != n_words + n_labels:
            raise source.damaged(f"it has {entries} words and labels, {n_words} words")
        words, counts, kinds = source.dictionary(entries)
        if kinds[:n_words].any() or np.any(kinds[n_words:] != 1) or np.any(counts < 0):
            raise source.damaged("its words and labels are not in order")
        kept = n_words if limit is None else min(limit, n_words)
        words, counts = _first(words, kept), counts[:kept].copy()
        subwords = self._input(n_words, kept, pruned)
        vectors = subwords.vectors_of(words, subwords.words)
        weights = self._output(n_labels if self.args.model == SUPERVISED else n_words, output)
        source.end()
        return FastTextFile(
            self.args,
            _decoded(words, encoding, errors),
            vectors,
            counts,
            subwords,
            n_labels,
            weights,
        )

    def _input(self, n_words: int, kept: int, pruned: int) -> Subwords:
        """The rows of the first words and of all n-grams."""
        args, source, rows = self.args, self.source, self.args.bucket
        buckets = order = None
        if pruned != NOT_PRUNED:
            (buckets, order), rows = self._pruned(pruned), pruned
        if self._is_quantized():
            whole = source.quantized(n_words + rows, args.dim, "input matrix")
            own, ngrams = whole[:kept], whole[n_words:]
        else:
            self._sizes(n_words + rows, "input matrix")
            own = self._rows(kept, "input matrix")
            source.skip(4 * args.dim * (n_words - kept), "input matrix")
            ngrams = self._rows(rows, "input matrix")
        if args.maxn == 0:  # then these rows are of n-grams of words, or of none
            return Subwords(args.minn, 0, 0, own, ngrams[:0])
        if order is not None:
            ngrams = ngrams[order]  # of bucket buckets[i] is row order[i]
        return Subwords(
            args.minn, args.maxn, args.bucket, own, ngrams, buckets, buckets is not None
        )

    def _pruned(self, count: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The buckets that a pruned dictionary has left, in order, and the rows of each."""
        pairs = self.source.array("<i4", 2 * count, "list of n-grams").reshape(-1, 2)
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        buckets, rows = np.ascontiguousarray(pairs[:, 0]), pairs[:, 1]
        if not is_rising(buckets, self.args.bucket) or np.any((rows < 0) | (rows >= count)):
            raise self.source.damaged("its list of n-grams names some twice, or others")
        return buckets, rows

    def _is_quantized(self) -> bool:
        """Whether the next matrix is quantised; the first files had only plain ones."""
        return bool(self.version) and self.source.unpack("?", "input matrix")[0]

    def _sizes(self, rows: int, part: str) -> None:
        found = self.source.unpack("2q", part)
        if found != (rows, self.args.dim):
            raise self.source.damaged(
                f"its {part} should be {rows} x {self.args.dim}, and is {found[0]} x {found[1]}"
            )

    def _rows(self, rows: int, part: str) -> Floats:
        dim = self.args.dim
        return self.source.array("<f4", rows * dim, part).reshape(rows, dim)

    def _output(self, rows: int, wanted: bool) -> Floats | None:
        """The output weights, or None where they are not wanted."""
        part = "output matrix"
        if self._is_quantized():
            return self.source.quantized(rows, self.args.dim, part)
        self._sizes(rows, part)
        if wanted:
            return self._rows(rows, part)
        self.source.skip(4 * self.args.dim * rows, part)
        return None


def _first(words: Words, count: int) -> Words:
    offsets = words.offsets[: count + 1]
    return Words(words.joined[: offsets[-1]], offsets)


def _decoded(words: Words, encoding: str, errors: str) -> Words:
    """Words in UTF-8, from another encoding or with what is to stand for bytes that are none."""
    if encoding.lower().replace("-", "") == "utf8" and is_utf8(words):
        return words
    joined = words.joined.tobytes()
    ends = itertools.pairwise(words.offsets.tolist())
    return Words.spelled(
        (joined[first:last].decode(encoding, errors) for first, last in ends), False
    )
