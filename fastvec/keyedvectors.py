"""KeyedVectors: word vectors, and the questions one asks of them, with gensim 4's names.

Cosines are float32; every question about the whole vocabulary is a matrix product in blocks with
partial selection (search.py), so a question costs one look at each vector and no sort.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec import evaluation, formats
from fastvec.files import PathLike
from fastvec.search import inverse, nearest, unit
from fastvec.store import Key, VectorStore

Floats = NDArray[np.float32]
KeyOrVector = Key | NDArray[Any]
Weighted = KeyOrVector | tuple[KeyOrVector, float]
Asked = Weighted | Sequence[Weighted] | NDArray[Any] | None
Similar = list[tuple[str, float]]


def _as_list(value: Asked) -> list[Any]:
    """One or several keys, vectors, or (key, weight) pairs, as a list."""
    if value is None:
        return []
    if isinstance(value, str | int | np.integer):
        return [value]
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub":
        return [value]
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], float | int):
        return [value]
    return list(value)


class KeyedVectors(VectorStore):
    """Words, their vectors, and the questions one asks of them.

    >>> wv = KeyedVectors.load_word2vec_format("vectors.txt")
    >>> wv.most_similar("king", topn=1)[0][0]
    'queen'
    """

    # --- most similar

    def get_mean_vector(
        self,
        keys: Sequence[KeyOrVector] | NDArray[Any],
        weights: Sequence[float] | NDArray[Any] | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Floats:
        """The weighted mean of some vectors.

        Parameters
        ----------
        keys : list of keys or (D,) vectors
        weights : list of float, optional
            one for each key; the sum is divided by the sum of their absolute values.
        pre_normalize : bool
            scale the keys' vectors to length 1 first; vectors that are given count as they are.
        post_normalize : bool
            scale the mean to length 1.
        ignore_missing : bool
            leave out keys without a vector; otherwise they are a KeyError.

        Returns
        -------
        (D,) float32 array
            zeros when every key is missing.

        Raises
        ------
        ValueError
            no keys, or as many weights as there are not keys.

        >>> wv.get_mean_vector(["king", "queen"]).shape
        (3,)
        """
        if len(keys) == 0:
            raise ValueError("cannot compute mean with no input")
        if isinstance(keys, str):
            keys = [keys]
        share = np.ones(len(keys)) if weights is None else np.asarray(weights, float).ravel()
        if len(share) != len(keys):
            raise ValueError("keys and weights array must have same number of elements")
        total = np.zeros(self.vector_size)
        sum_of_weights = 0.0
        for key, weight in zip(keys, share.tolist(), strict=True):
            if isinstance(key, np.ndarray):
                total += weight * self._vector(key)
            elif self.has_index_for(key):
                vector = self.vectors[self.get_index(key)].astype(np.float64)
                length = float(np.sqrt(vector @ vector))
                total += weight * (vector / length if pre_normalize and length else vector)
            elif ignore_missing:
                continue
            else:
                raise KeyError(f"Key '{key}' not present in vocabulary")
            sum_of_weights += abs(weight)
        if sum_of_weights:
            total /= sum_of_weights
        length = float(np.sqrt(total @ total))
        if post_normalize and length:
            total /= length
        return total.astype(np.float32)

    def _vector(self, vector: ArrayLike) -> NDArray[Any]:
        """A vector given by the caller; ValueError when it has another size."""
        array = np.asarray(vector)
        if array.shape != (self.vector_size,):
            raise ValueError(
                f"a vector must have {self.vector_size} numbers, got shape {array.shape}"
            )
        return array

    def _query(self, positive: Asked, negative: Asked) -> tuple[Floats, set[int]]:
        """The mean vector of a question, and the rows that it names (they are no answers)."""
        keys: list[KeyOrVector] = []
        weights: list[float] = []
        for sign, items in ((1.0, _as_list(positive)), (-1.0, _as_list(negative))):
            for item in items:
                if isinstance(item, tuple):
                    key, weight = item
                    keys.append(key)
                    weights.append(float(weight))
                else:
                    keys.append(item)
                    weights.append(sign)
        mean = self.get_mean_vector(keys, weights, ignore_missing=False)
        named = {self.get_index(key) for key in keys if not isinstance(key, np.ndarray)}
        return mean, named

    @overload
    def most_similar(
        self,
        positive: Asked = None,
        negative: Asked = None,
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Similar: ...

    @overload
    def most_similar(
        self,
        positive: Asked = None,
        negative: Asked = None,
        *,
        topn: None,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Floats: ...

    def most_similar(
        self,
        positive: Asked = None,
        negative: Asked = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Similar | Floats:
        """The words nearest to the mean of some words: positive ones count for it, negative
        ones against it (3CosAdd, Mikolov et al. 2013).

        Parameters
        ----------
        positive, negative : key, (D,) vector, (key or vector, weight), or a list of them
            a weight is used as it is, in ``negative`` too (write a negative one there).
        topn : int or None
            words to find; None: the cosines of all words, unsorted, as a (V,) array.
        clip_start, clip_end : int
            look at rows ``clip_start`` to ``clip_end`` only.
        restrict_vocab : int, optional
            look at the first so many words only; replaces the clips.
        indexer : object, optional
            an index that answers approximately, see ``fastvec.ann``.

        Returns
        -------
        list of (word, cosine), best first
            Words that the question names are left out; vectors leave nothing out.

        Raises
        ------
        KeyError
            ``Key 'xyzzy' not present in vocabulary``.  ValueError for an empty question.

        >>> wv.most_similar("king", topn=1)[0][0]
        'queen'
        """
        if restrict_vocab is not None:
            clip_start, clip_end = 0, restrict_vocab
        mean, named = self._query(positive, negative)
        if topn is None:
            return self._cosines(mean, clip_start, clip_end)
        if topn < 1:
            return []
        if indexer is not None:
            found = indexer.most_similar(mean, topn + len(named))
            return [pair for pair in found if self._find(pair[0]) not in named][:topn]
        return self._named(mean[None], [named], topn, clip_start, clip_end)[0]

    def _cosines(self, vector: NDArray[Any], start: int = 0, end: int | None = None) -> Floats:
        """The cosines of one vector with all rows."""
        rows = np.asarray(self.vectors[start:end], np.float32)
        cosines: Floats = rows @ unit(vector[None])[0]
        cosines *= inverse(self.fill_norms()[start:end])
        return cosines

    def _named(
        self,
        queries: NDArray[Any],
        named: Sequence[set[int]],
        topn: int,
        start: int,
        end: int | None,
    ) -> list[Similar]:
        """The answers to (Q, D) queries as words, without the rows that each query names."""
        more = max((len(rows) for rows in named), default=0)
        rows, cosines = nearest(self.vectors, self.fill_norms(), queries, topn + more, start, end)
        return [
            [
                (self._name(row), cosine)
                for row, cosine in zip(ids, scores, strict=True)
                if row >= 0 and row not in no_answers
            ][:topn]
            for ids, scores, no_answers in zip(rows.tolist(), cosines.tolist(), named, strict=True)
        ]

    def similar_by_word(
        self, word: Key, topn: int = 10, restrict_vocab: int | None = None
    ) -> Similar:
        """The words nearest to a word; see :meth:`most_similar`.

        >>> wv.similar_by_word("king", topn=1)[0][0]
        'queen'
        """
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_key(
        self, key: Key, topn: int = 10, restrict_vocab: int | None = None
    ) -> Similar:
        """The words nearest to a key; see :meth:`most_similar`.

        >>> wv.similar_by_key("king", topn=1)[0][0]
        'queen'
        """
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(
        self, vector: ArrayLike, topn: int = 10, restrict_vocab: int | None = None
    ) -> Similar:
        """The words nearest to a (D,) vector; see :meth:`most_similar`.

        >>> wv.similar_by_vector(wv["king"], topn=1)[0][0]
        'king'
        """
        return self.most_similar([np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    # --- similarity of two

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """The cosine of two words; 0 where a vector is zero.

        KeyError: ``Key 'xyzzy' not present``.

        >>> round(float(wv.similarity("king", "king")), 5)
        1.0
        """
        return np.float32(unit(self.get_vector(w1)[None])[0] @ unit(self.get_vector(w2)[None])[0])

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """1 - cosine of two words.

        >>> abs(round(float(wv.distance("king", "king")), 5))
        0.0
        """
        return np.float32(1 - self.similarity(w1, w2))

    # --- files

    def save(self, fname: PathLike, **_: Any) -> None:
        """Save everything (words, vectors, attributes) in one safetensors file, atomically.

        What gensim's ``save`` takes besides the name (``separately``, ``pickle_protocol``, ...) is
        accepted and has no effect.  ValueError for an attribute that holds Python objects; OSError
        when writing fails.

        >>> wv.save("vectors.safetensors")
        """
        attributes = dict(self.expandos)
        counts = attributes.pop("count", None)
        if len(self.words) < len(self):
            raise ValueError(f"{len(self) - len(self.words)} rows have no word yet: cannot save")
        for name, values in attributes.items():
            if values.dtype == object:
                raise ValueError(f"attribute {name!r} holds Python objects, which cannot be saved")
        formats.save_safetensors(
            fname,
            words=self.words,
            vectors=np.asarray(self.vectors, np.float32),
            counts=None if counts is None else counts.astype(np.int64),
            extra={f"attribute.{name}": values for name, values in attributes.items()},
            metadata={"dtype": json.dumps(str(self.vectors.dtype))},
        )

    @classmethod
    def load(cls, fname: PathLike, mmap: str | bool | None = None) -> Self:
        """Open a file that :meth:`save`, ``Word2Vec.save`` or ``GloVe.save`` wrote.

        Parameters
        ----------
        mmap : optional
            the file is always memory-mapped: opening takes no time, and changes stay in this
            process.  ``False`` reads all of it instead.

        Raises
        ------
        ValueError
            a file that is cut off or not fastvec's, with its name and the reason.

        >>> wv.save("vectors.safetensors")
        >>> len(KeyedVectors.load("vectors.safetensors")) == len(wv)
        True
        """
        words, tensors, metadata = formats.load_safetensors(fname, mmap=mmap is not False)
        vectors = tensors["vectors"]
        store = cls.of(words, vectors, tensors.get("counts"))
        for name, values in tensors.items():
            if name.startswith("attribute.") and values.shape == (len(words),):
                store._attributes[name.removeprefix("attribute.")] = values
        if metadata.get("dtype") == '"float16"':
            store.vectors = vectors.astype(np.float16)
        return store

    def save_word2vec_format(
        self,
        fname: PathLike,
        fvocab: PathLike | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
        layout: formats.Layout = "shortest",
    ) -> None:
        """Write a file that word2vec.c, gensim, spaCy and fastText read.

        Parameters
        ----------
        fvocab : path, optional
            also write ``word count`` lines there.
        binary : bool
            binary rows instead of text.
        total_vec : int, optional
            the number of words that the first line says, if not V.
        write_header : bool
            False leaves out the first line.
        prefix : str
            is put before every word.
        append : bool
            add to the file instead of replacing it.
        sort_attr : str
            write words by falling value of this attribute, if it is there.
        layout : {"shortest", "word2vec.c", "glove"}
            the numbers of a text file: the shortest that read back as the same float32, or six
            decimals, laid out as word2vec.c or as GloVe writes them.

        Raises
        ------
        ValueError
            a word with a line end, or with spaces where the format cannot hold them.

        >>> wv.save_word2vec_format("vectors.bin", binary=True)
        """
        words, vectors, attributes = self.words, self.vectors[: len(self.words)], self.expandos
        counts = attributes.get("count", np.zeros(len(words), np.int64))[: len(words)]
        if sort_attr in attributes:
            values = attributes[sort_attr][: len(words)]
            if np.any(values[1:] > values[:-1]):
                order = np.argsort(-values, kind="stable")
                words, vectors, counts = words.take(order), vectors[order], counts[order]
        if fvocab is not None:
            formats.write_counts(fvocab, words, counts.astype(np.int64), prefix)
        formats.write_word2vec(
            fname,
            words,
            vectors,
            binary=binary,
            header=write_header,
            layout=layout,
            total=total_vec,
            prefix=prefix,
            append=append,
        )

    @classmethod
    def load_word2vec_format(
        cls,
        fname: PathLike,
        fvocab: PathLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
    ) -> Self:
        """Read word2vec text or binary, fastText's .vec, or GloVe's text (``no_header=True``);
        .gz, .bz2, .xz and .zst are unpacked on the way.

        Parameters
        ----------
        fvocab : path, optional
            ``word count`` lines; without it, words get falling made-up counts V, V - 1, ..., as
            in gensim.
        encoding, unicode_errors : str
            how bytes become words; strict raises UnicodeDecodeError, ignore and replace do not.
        limit : int, optional
            read only the first so many words.
        datatype : NumPy dtype
            of the vectors in memory.

        Raises
        ------
        ValueError
            a file that is not what it should be, with its name, the row and the reason.

        >>> KeyedVectors.load_word2vec_format("vectors.txt").vector_size
        3
        """
        words, vectors = formats.read_word2vec(
            fname,
            binary=binary,
            header=not no_header,
            limit=limit,
            encoding=encoding,
            errors=unicode_errors,
        )
        counts = np.arange(len(words), 0, -1, dtype=np.int64)
        if fvocab is not None:
            known = formats.read_counts(fvocab, encoding, unicode_errors)
            counts = np.array([known.get(word, 0) for word in words], np.int64)
        return cls.of(words, vectors.astype(datatype, copy=False), counts)

    # --- evaluation

    def evaluate_word_analogies(
        self,
        analogies: PathLike,
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: Literal["most_similar", "most_similar_cosmul"] = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """Answer the analogies of a file; see :func:`fastvec.evaluation.analogies`.

        Returns
        -------
        accuracy : float
            share of right answers among the questions whose words are all known.
        sections : list of dict
            ``section``, ``correct`` and ``incorrect`` (lists of four words, in upper case if
            ``case_insensitive``); the last one is ``Total accuracy``.

        >>> wv.evaluate_word_analogies("questions.txt")[1][-1]["section"]
        'Total accuracy'
        """
        methods = {"most_similar": "3cosadd", "most_similar_cosmul": "3cosmul"}
        if similarity_function not in methods:
            raise ValueError(
                f"similarity_function must be one of {', '.join(methods)}, "
                f"got {similarity_function!r}"
            )
        done = evaluation.analogies(
            self,
            analogies,
            restrict_vocab=restrict_vocab,
            case_insensitive=case_insensitive,
            dummy4unknown=dummy4unknown,
            method=methods[similarity_function],
        )
        fold = str.upper if case_insensitive else str
        total = evaluation.overall(done, "Total accuracy")

        def four(question: evaluation.Analogy) -> tuple[str, ...]:
            words = question.a, question.b, question.c, question.answers[0]
            return tuple(fold(word) for word in words)

        sections = [
            {
                "section": section.name,
                "correct": [four(question) for question in section.correct],
                "incorrect": [four(question) for question in section.incorrect],
            }
            for section in (*done, total)
        ]
        return total.accuracy, sections

    def evaluate_word_pairs(
        self,
        pairs: PathLike,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Any, Any, float]:
        """Compare cosines with human scores; see :func:`fastvec.evaluation.similarity`.

        Returns
        -------
        pearson, spearman : (correlation, p-value)
        unknown : float
            per cent of the pairs that have a word without a vector.

        >>> wv.evaluate_word_pairs("pairs.txt", delimiter=" ")[2]
        0.0
        """
        found = evaluation.similarity(
            self,
            pairs,
            delimiter=delimiter,
            encoding=encoding,
            restrict_vocab=restrict_vocab,
            case_insensitive=case_insensitive,
            dummy4unknown=dummy4unknown,
        )
        return found.pearson, found.spearman, 100 * (1 - found.coverage)


__all__ = ["KeyedVectors"]
