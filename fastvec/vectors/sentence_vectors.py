"""Vectors of sentences: means of the vectors of their words.

With ``method="sif"`` frequent words count less, and what all sentences have in common is removed
(Arora, Liang & Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings").
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._core import Control, TextReader, add_sentences
from fastvec._util.log import log
from fastvec._util.options import check_value
from fastvec.io.tensors import check_mapped
from fastvec.vectors.queries import Queries
from fastvec.vectors.store import VectorStore
from fastvec.words import Words, not_one_string, offsets_of

Floats = NDArray[np.float32]

METHODS = ("mean", "sif")
SIF_A = 1e-3  # the paper's

STEP = 1 << 13  # sentences at a time

#: what words are made of other words: new words, and of each old word i the positions of its
#: words among them, positions[starts[i]:starts[i + 1]]
Split = Callable[[Words], tuple[Words, NDArray[np.int64], NDArray[np.int32]]]


#: where each word's rows begin, these, and what they are rows of
_Table = tuple[NDArray[np.int64], NDArray[np.int32], Floats, Floats]


def _whole(words: Words) -> tuple[Words, NDArray[np.int64], NDArray[np.int32]]:
    """Words as they are."""
    return words, np.arange(len(words) + 1), np.arange(len(words), dtype=np.int32)


class SentenceMeans:
    """The means of the vectors of sentences that TextReaders have read, one after the other.

    Words without a vector are left out; a sentence without any other word has zeros.

    Parameters
    ----------
    wv : VectorStore
    weights : (V,) array, optional
        what the vectors are multiplied with.
    split : callable, optional
        see ``Split``; by default words are taken as they are.

    Attributes
    ----------
    count, empty : int
        sentences so far, and those of them that have zeros.

    >>> means, reader = SentenceMeans(wv), TextReader()
    >>> paused = reader.sentence(["king", "xyzzy", "queen"])
    >>> [block.shape for block in means.add(reader)], means.count
    ([(1, 3)], 1)
    """

    def __init__(
        self, wv: VectorStore, weights: ArrayLike | None = None, split: Split = _whole
    ) -> None:
        check_mapped(wv.vectors)
        self.wv, self.split = wv, split
        self.count = self.empty = 0
        self._vectors = _in_rows(wv.vectors)
        self._weights = None if weights is None else np.asarray(weights, np.float32)
        self._open = np.zeros(wv.vector_size, np.float32)  # the sum of a sentence without its end
        self._known = 0  # and how many vectors that is

    def add(self, reader: TextReader) -> Iterator[Floats]:
        """The (n, D) means of the sentences that a reader has read, some at a time.

        Words behind the last end of a sentence belong to the first one of the next reader.

        >>> sum(len(block) for block in SentenceMeans(wv).add(read_texts(["king", "queen"])))
        2
        """
        ids = np.empty(reader.spooled, np.int32)
        reader.move_ids(ids)
        joined, offsets, _ = reader.words()
        arrays = np.frombuffer(joined, np.uint8), np.frombuffer(offsets, np.int64)
        words, starts, places = self.split(Words(*arrays, None, reader.integers))
        rows, inferred = self.wv.rows_for_words(words)
        rows = rows[places]
        known = rows >= 0
        weights = self._weights
        if weights is not None:  # what is inferred stands for a word that never occurs
            weights = np.append(weights, np.ones(len(inferred), np.float32))
        table = offsets_of(known)[starts], rows[known], self._vectors, _in_rows(inferred)
        last = np.flatnonzero(ids == 0)[STEP - 1 :: STEP] + 1
        for begin, end in itertools.pairwise([0, *last.tolist(), len(ids)]):
            yield self._block(ids[begin:end], table, weights)

    def _block(self, ids: NDArray[np.int32], table: _Table, weights: Floats | None) -> Floats:
        """The means of the sentences that end among some ids."""
        ended = int(np.count_nonzero(ids == 0))
        sums = np.zeros((ended + 1, self.wv.vector_size), np.float32)
        known = np.zeros(ended + 1, np.int64)
        sums[0], known[0] = self._open, self._known
        add_sentences(ids, *table, sums, known, weights)
        self._open, self._known = sums[ended].copy(), int(known[ended])
        self.count += ended
        self.empty += int(np.count_nonzero(known[:ended] == 0))
        means = sums[:ended]
        means /= np.maximum(known[:ended, None], 1).astype(np.float32)
        return means

    def log_empty(self) -> None:
        """Log how many sentences have zeros, if there are any.

        >>> SentenceMeans(wv).log_empty()
        """
        if self.empty:
            log.warning(
                "%d of %d sentences have no word with a vector: their vectors are zeros",
                self.empty,
                self.count,
            )


def _in_rows(vectors: NDArray[Any]) -> Floats:
    """Vectors as float32 rows; a copy only where they are something else."""
    vectors = np.asarray(vectors, np.float32)
    good = vectors.strides[1] == 4 and vectors.strides[0] % 4 == 0
    return vectors if good else np.ascontiguousarray(vectors)


def read_texts(texts: list[Any]) -> TextReader:
    """A reader that has read texts, each of which is one sentence: strings, or lists of words.

    >>> read_texts(["to be", "", "or not"]).lines
    3
    """
    reader = TextReader()
    if all(isinstance(text, str) for text in texts):
        data = np.frombuffer(_as_lines(texts), np.uint8)
        reader.block(data, 1, True, Control(1), 0)  # at 0, a byte order mark would be dropped
        return reader
    for text in texts:
        if isinstance(text, str | bytes) or not isinstance(text, Iterable):
            raise TypeError(f"texts must be all strings, or all lists of words, got {text!r:.60}")
        reader.sentence(text)
    return reader


def _as_lines(texts: list[str]) -> bytes:
    """Texts as lines, with spaces for their own line ends."""
    try:
        lines = ("\n".join(texts) + "\n").encode()
        if lines.count(b"\n") == len(texts) and b"\r" not in lines:
            return lines
        spaced = (text.replace("\r", " ").replace("\n", " ") for text in texts)
        return ("\n".join(spaced) + "\n").encode()
    except UnicodeEncodeError as error:
        around = error.object[max(0, error.start - 20) : error.start + 20]
        raise ValueError(f"a text is not valid Unicode at {around!r}") from None


# --- SIF


def sif_weights(wv: VectorStore, a: float) -> Floats:
    """The (V,) weights a / (a + p) of words with the probabilities p.

    ValueError without counts.

    >>> sif_weights(wv, 1e-3).round(4)
    array([0.0039, 0.0044, 0.005 , 0.0058, 0.007 ], dtype=float32)
    """
    a = check_value("a", a, float, above=0)
    counts, made_up = wv.counts, np.arange(len(wv), 0, -1)
    if counts is None or not counts.any() or (len(wv) > 1 and np.array_equal(counts, made_up)):
        raise ValueError(
            "sif needs the counts of the words, which these vectors do not have: take the vectors "
            "from a model, set wv.counts, or give --counts to `fastvec embed`"
        )
    weights: Floats = (a / (a + counts / counts.sum())).astype(np.float32)
    return weights


def common_component(moment: NDArray[np.float64]) -> Floats:
    """What sentences have in common: the first singular vector (D,) of the matrix of their
    vectors, of length 1; zeros if all of them are zeros.

    moment : (D, D) array
        the product of the transposed matrix with the matrix.

    >>> common_component(np.array([[4.0, 0.0], [0.0, 1.0]]))
    array([1., 0.], dtype=float32)
    """
    if not moment.any():
        return np.zeros(len(moment), np.float32)
    first: NDArray[np.float64] = np.linalg.eigh(moment)[1][:, -1]
    sign = np.sign(first[np.abs(first).argmax()])
    return np.asarray(first * sign, np.float32)


def moment_of(vectors: Floats) -> NDArray[np.float64]:
    """The product (D, D) of the transposed matrix of some vectors with the matrix.

    >>> moment_of(np.array([[1, 2], [0, 1]], np.float32))
    array([[1., 2.],
           [2., 5.]])
    """
    total = np.zeros((vectors.shape[1],) * 2)
    for first in range(0, len(vectors), STEP):
        some = vectors[first : first + STEP].astype(np.float64)
        total += some.T @ some
    return total


def remove_component(vectors: Floats, component: Floats) -> None:
    """Remove a direction of length 1 from vectors, in place.

    >>> vectors = np.array([[1, 2]], np.float32)
    >>> remove_component(vectors, np.array([1, 0], np.float32))
    >>> vectors
    array([[0., 2.]], dtype=float32)
    """
    for first in range(0, len(vectors), STEP):
        some = vectors[first : first + STEP]
        some -= (some @ component)[:, None] * component


def checked_component(component: ArrayLike, size: int, name: str = "component") -> Floats:
    """A component (D,) as an array; ValueError unless it has length 1 (or is all zeros).

    >>> checked_component([0, 1], 2)
    array([0., 1.], dtype=float32)
    """
    array = np.asarray(component, np.float32)
    length = float(np.linalg.norm(array)) if array.shape == (size,) else float("nan")
    if not (length == 0 or abs(length - 1) < 1e-3):
        raise ValueError(
            f"{name} must be {size} numbers, a vector of length 1 as sif_component gives it, got "
            f"shape {array.shape}" + ("" if np.isnan(length) else f" and length {length:.4g}")
        )
    return array


def check_method(method: str) -> None:
    """ValueError for another method than ``METHODS``.

    >>> check_method("max")
    Traceback (most recent call last):
    ValueError: method must be one of mean, sif, got 'max'
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")


class SentenceVectors(Queries):
    """A store that makes vectors of sentences.

    >>> wv.sentence_vectors(["king and queen", "man"]).shape
    (2, 3)
    """

    def sentence_vectors(
        self,
        texts: Iterable[Any],
        method: str = "mean",
        *,
        a: float = SIF_A,
        component: ArrayLike | None = None,
    ) -> Floats:
        """The vectors of some texts: means of the vectors of their words.

        Words without a vector are left out.  A text without any other word has a vector of zeros,
        of which the log says how many there are.

        Parameters
        ----------
        texts : list of str, or of lists of words
            strings are cut at spaces, tabs and line ends.  Each text has one vector.
        method : {"mean", "sif"}
            ``sif`` weighs each word by a / (a + p), where p is its share of all words, and then
            removes from all vectors their common component (Arora et al. 2017).
        a : float
            of ``sif``: the smaller, the less frequent words count.
        component : (D,) array, optional
            of ``sif``: the component to remove, so that new texts are treated as those before
            (:meth:`sif_component`).  Default: that of ``texts``.

        Returns
        -------
        (len(texts), D) float32 array

        Raises
        ------
        ValueError
            another method; ``sif`` with vectors that have no counts.
        TypeError
            one string instead of a list; strings mixed with lists.

        >>> bool((wv.sentence_vectors(["king xyzzy"]) == wv["king"]).all())
        True
        """
        check_method(method)
        if method == "mean":
            return self._means(texts, None)
        fixed = None if component is None else checked_component(component, self.vector_size)
        vectors = self._means(texts, sif_weights(self, a))
        remove_component(vectors, common_component(moment_of(vectors)) if fixed is None else fixed)
        return vectors

    def sif_component(self, texts: Iterable[Any], *, a: float = SIF_A) -> Floats:
        """The common component (D,) of some texts, for :meth:`sentence_vectors`.

        It is the first singular vector of the matrix of their weighted means, of length 1.

        >>> component = wv.sif_component(["king queen", "man woman"])
        >>> wv.sentence_vectors(["king"], "sif", component=component).shape
        (1, 3)
        """
        return common_component(moment_of(self._means(texts, sif_weights(self, a))))

    def _means(self, texts: Iterable[Any], weights: Floats | None) -> Floats:
        texts = list(not_one_string(texts, "texts", of="texts"))
        means, found = SentenceMeans(self, weights), np.empty((len(texts), self.vector_size), "f")
        for first in range(0, len(texts), STEP):
            for block in means.add(read_texts(texts[first : first + STEP])):
                found[means.count - len(block) : means.count] = block
        means.log_empty()
        return found
