"""KeyedVectors: word vectors, and the questions one asks of them, with gensim 4's names.

Cosines are float32; every question about the whole vocabulary is a matrix product in blocks with
partial selection (search.py), so a question costs one look at each vector and no sort.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastvec._util.atomic import PathLike
from fastvec.io import word2vec as rowfiles
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.vectors import evaluation
from fastvec.vectors.search import best, direction, inverse, nearest, row_norms, unit
from fastvec.vectors.store import VectorStore
from fastvec.words import Key, is_integer

Floats = NDArray[np.float32]
KeyOrVector = Key | NDArray[Any]
Weighted = KeyOrVector | tuple[KeyOrVector, float]
Asked = Weighted | Sequence[Weighted] | NDArray[Any] | None
Similar = list[tuple[Any, float]]  # keys as they are: strings, or integers


def _as_list(value: Asked) -> list[Any]:
    """One or several keys, vectors, or (key, weight) pairs, as a list."""
    if value is None:
        return []
    if isinstance(value, str | int | np.integer):
        return [value]
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub":
        return [value]
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], float | int):
        # Two integers are two keys, as in gensim.
        return list(value) if is_integer(value[0]) and is_integer(value[1]) else [value]
    return list(value)


def _cosine(a: NDArray[Any], b: NDArray[Any]) -> np.float32:
    """The cosine of two (D,) vectors; 0 where one of them is zero."""
    return np.float32(direction(a) @ direction(b))


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

    def most_similar_batch(
        self,
        positive: Sequence[Asked],
        negative: Sequence[Asked] | None = None,
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
    ) -> list[Similar]:
        """Many questions at once, many times as fast as one by one.

        Parameters
        ----------
        positive : list of questions
            each of them what :meth:`most_similar` takes as ``positive``.  A (Q, D) array is Q
            questions.
        negative : list, optional
            the same number of ``negative`` parts.

        Returns
        -------
        list of what :meth:`most_similar` returns, one for each question

        Raises
        ------
        KeyError, ValueError
            as :meth:`most_similar`, for the first question that is wrong.

        >>> answers = wv.most_similar_batch(["king", ["king", "woman"]], [None, "man"], topn=1)
        >>> [words[0][0] for words in answers]
        ['queen', 'queen']
        """
        if restrict_vocab is not None:
            clip_start, clip_end = 0, restrict_vocab
        against = [None] * len(positive) if negative is None else negative
        if len(against) != len(positive):
            raise ValueError(f"{len(positive)} questions have {len(against)} negative parts")
        if topn < 1 or not len(positive):
            return [[] for _ in positive]
        asked = [self._query(a, b) for a, b in zip(positive, against, strict=True)]
        queries = np.stack([mean for mean, _ in asked])
        return self._named(queries, [named for _, named in asked], topn, clip_start, clip_end)

    def _cosines(self, vector: NDArray[Any], start: int = 0, end: int | None = None) -> Floats:
        """The cosines of one vector with all rows."""
        rows = np.asarray(self.vectors[start:end], np.float32)
        cosines: Floats = rows @ direction(vector)
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
        found, cosines = nearest(self.vectors, self.fill_norms(), queries, topn + more, start, end)
        names = iter(self._names(found.ravel()))
        return [
            [
                (name, cosine)
                for row, cosine, name in zip(rows, scores, names, strict=False)
                if row >= 0 and row not in no_answers
            ][:topn]
            for rows, scores, no_answers in zip(
                found.tolist(), cosines.tolist(), named, strict=True
            )
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

    def most_similar_cosmul(
        self,
        positive: Asked = None,
        negative: Asked = None,
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> Similar | Floats:
        """The words that 3CosMul ranks first (Levy and Goldberg 2014): the product of cosines with
        the positive words, over that with the negative ones; cosines are shifted to 0..1.

        Parameters
        ----------
        positive, negative, topn, restrict_vocab
            as in :meth:`most_similar`, without weights.

        Returns
        -------
        list of (word, score), best first; or, for ``topn=None``, the scores of all words

        Raises
        ------
        KeyError
            ``Key 'xyzzy' not present``.  ValueError for an empty question.

        >>> wv.most_similar_cosmul(["king", "woman"], ["man"], topn=1)[0][0]
        'queen'
        """
        sides = _as_list(positive), _as_list(negative)
        if not any(sides):
            raise ValueError("cannot compute similarity with no input")
        if topn is not None and topn < 1:
            return []
        rows = np.asarray(self.vectors[:restrict_vocab], np.float32)
        lengths = inverse(self.fill_norms()[:restrict_vocab])
        factors = []
        for side in sides:
            factor = np.ones(len(rows), np.float32)
            for key in side:
                given = isinstance(key, np.ndarray)
                vector = self._vector(key) if given else self.get_vector(key, norm=True)
                factor *= (1 + rows @ vector.astype(np.float32) * lengths) / 2
            factors.append(factor)
        scores: Floats = factors[0] / (factors[1] + np.float32(1e-6))
        if topn is None:
            return scores
        named = {self.get_index(k) for side in sides for k in side if not isinstance(k, np.ndarray)}
        found = best(scores, topn + len(named)).tolist()
        return [(self._name(row), float(scores[row])) for row in found if row not in named][:topn]

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The one of some words that is nearest to a word.

        KeyError for a missing key, ValueError for an empty list.

        >>> wv.most_similar_to_given("king", ["man", "queen"])
        'queen'
        """
        if not len(keys_list):
            raise ValueError("cannot choose from an empty list of keys")
        return keys_list[int(np.argmin(self.distances(key1, keys_list)))]

    # --- similarity of two, or of one and all

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """The cosine of two words; 0 where a vector is zero.

        KeyError: ``Key 'xyzzy' not present``.

        >>> round(float(wv.similarity("king", "king")), 5)
        1.0
        """
        return _cosine(self.get_vector(w1), self.get_vector(w2))

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> np.float32:
        """The cosine of the mean vectors of two lists of words; missing words are left out.

        ZeroDivisionError (gensim's choice) for an empty list.

        >>> round(float(wv.n_similarity(["king", "man"], ["man", "king"])), 5)
        1.0
        """
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("At least one of the passed list is empty.")
        return _cosine(*(self.get_mean_vector(ws, pre_normalize=False) for ws in (ws1, ws2)))

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """1 - cosine of two words.

        >>> abs(round(float(wv.distance("king", "king")), 5))
        0.0
        """
        return np.float32(1 - self.similarity(w1, w2))

    def distances(self, word_or_vector: KeyOrVector, other_words: Sequence[Key] = ()) -> Floats:
        """1 - cosine of a word or (D,) vector with each of some words, or with all.

        Returns
        -------
        (len(other_words),) or (V,) float32 array

        >>> wv.distances("king", ["man", "queen"]).shape
        (2,)
        """
        if isinstance(word_or_vector, np.ndarray):
            vector = self._vector(word_or_vector)
        else:
            vector = self.get_vector(word_or_vector)
        if not len(other_words):
            return 1 - self._cosines(vector)
        return 1 - KeyedVectors.cosine_similarities(vector, self[other_words])

    @staticmethod
    def cosine_similarities(vector_1: ArrayLike, vectors_all: ArrayLike) -> Floats:
        """The cosines of one (D,) vector with (N, D) vectors; 0 where one of them is zero.

        >>> KeyedVectors.cosine_similarities([1, 1], [[1, 1], [1, -1], [0, 0]]).round(6)
        array([1., 0., 0.], dtype=float32)
        """
        cosines: Floats = unit(np.asarray(vectors_all)) @ direction(np.asarray(vector_1))
        return cosines

    def closer_than(self, key1: Key, key2: Key) -> list[Any]:
        """The words that are closer to ``key1`` than ``key2`` is, in the vocabulary's order.

        >>> wv.closer_than("king", "queen")
        []
        """
        distances = self.distances(key1)
        row = self.get_index(key1)
        closer = np.flatnonzero(distances < distances[self.get_index(key2)]).tolist()
        return [self._name(other) for other in closer if other != row]

    def rank(self, key1: Key, key2: Key) -> int:
        """The rank of ``key2`` among the words nearest to ``key1``; the nearest has rank 1.

        >>> wv.rank("king", "queen")
        1
        """
        return len(self.closer_than(key1, key2)) + 1

    def rank_by_centrality(
        self, words: Sequence[Key], use_norm: bool = True
    ) -> list[tuple[np.float32, Key]]:
        """Some words by their cosine with the mean of all of them; missing ones are left out.

        Parameters
        ----------
        use_norm : bool
            scale the vectors to length 1 first.

        Returns
        -------
        list of (similarity, word), the most central first

        Raises
        ------
        ValueError
            no word that has a vector.

        >>> wv.rank_by_centrality(["king", "queen", "man"])[0][1]
        'king'
        """
        used = [word for word in words if word in self]
        if not used:
            raise ValueError("cannot select a word from an empty list")
        vectors = np.asarray(self[used], np.float32)
        vectors = unit(vectors) if use_norm else vectors
        scores = vectors @ direction(vectors.mean(axis=0))
        return sorted(zip(scores, used, strict=True), reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """The word that is least like the others; missing words are left out.

        >>> wv.doesnt_match(["king", "queen", "woman", "car"])
        'car'
        """
        return self.rank_by_centrality(words)[-1][1]

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """The cosine of two words over the sum of cosines of ``wa`` with its ``topn`` nearest
        (Leeuwenberg et al. 2016): above 0.1 for topn 10, they may be synonyms.

        >>> wv.relative_cosine_similarity("king", "queen", topn=2) > 0.4
        True
        """
        return float(self.similarity(wa, wb)) / sum(c for _, c in self.similar_by_key(wa, topn))

    def wmdistance(
        self, document1: Sequence[Key], document2: Sequence[Key], norm: bool = True
    ) -> float:
        """The Word Mover's Distance of two lists of words (Kusner et al. 2015), found by POT.

        Parameters
        ----------
        norm : bool
            scale the vectors to length 1 first.

        Returns
        -------
        float
            missing words are left out; ``inf`` where nothing is left.

        Raises
        ------
        ImportError
            without POT: ``pip install 'fastvec[wmd]'``.

        >>> wv.wmdistance(["king"], ["king"])
        0.0
        """
        try:
            from ot import emd2
        except ImportError:
            raise ImportError("wmdistance needs POT: pip install 'fastvec[wmd]'") from None
        bags = [Counter(word for word in words if word in self) for words in (document1, document2)]
        if not all(bags):
            return float("inf")
        first, second = (np.asarray(self[list(bag)], np.float64) for bag in bags)
        if norm:
            first, second = (v / np.maximum(row_norms(v)[:, None], 1e-30) for v in (first, second))
        costs = np.sqrt(((first[:, None] - second) ** 2).sum(axis=2))
        shares = (np.array(list(bag.values()), float) / bag.total() for bag in bags)
        return float(emd2(*shares, costs))

    # --- parts of it

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> Self:
        """New vectors for some words, each once, in the order given; missing ones are left out.

        Parameters
        ----------
        allow_inference : bool
            accepted for gensim's sake; only models of subwords infer vectors.
        copy_vecattrs : bool
            take the attributes along.

        >>> wv.vectors_for_all(["queen", "xyzzy", "king", "queen"]).index_to_key
        ['queen', 'king']
        """
        del allow_inference
        rows = np.array(list(dict.fromkeys(self._find(key) for key in keys)), np.int64)
        rows = rows[rows >= 0]
        part = type(self).of(self.words.take(rows), self.vectors[rows])
        if copy_vecattrs:
            self._attributes.grow(len(self))
            part._attributes = self._attributes.of_rows(rows)
        return part

    def intersect_word2vec_format(
        self,
        fname: PathLike,
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> int:
        """Take over the vectors of a word2vec file for the words that are here already.

        Parameters
        ----------
        lockf : float
            what part of their steps these words take if a model trains them on: put in
            ``vectors_lockf``.  0 keeps them as they are in the file.
        binary, encoding, unicode_errors
            as in :meth:`load_word2vec_format`.

        Returns
        -------
        int
            how many words got their vector from the file.

        Raises
        ------
        ValueError
            vectors of another size.

        >>> wv.intersect_word2vec_format("vectors.txt") == len(wv)
        True
        """
        words, vectors = rowfiles.read_word2vec(
            fname, binary=binary, encoding=encoding, errors=unicode_errors
        )
        if vectors.shape[1] != self.vector_size:
            raise ValueError(
                f"incompatible vector size {vectors.shape[1]} in file {fname}, "
                f"here it is {self.vector_size}"
            )
        rows = np.array([self._find(word) for word in words], np.int64)
        here = rows >= 0
        self.vectors[rows[here]] = vectors[here]
        self.vectors_lockf[rows[here]] = lockf
        self.norms = None
        return int(here.sum())

    # --- files

    def save(self, fname: PathLike, **_: Any) -> None:
        """Save everything (words, vectors, attributes) in one safetensors file, atomically.

        What gensim's ``save`` takes besides the name (``separately``, ``pickle_protocol``, ...) is
        accepted and has no effect.  Vectors are kept as float32, or as float64 where float32 cannot
        hold them.  ValueError for an attribute that holds Python objects; OSError when writing
        fails.

        >>> wv.save("vectors.safetensors")
        """
        attributes = self.attribute_arrays()
        if len(self.words) < len(self):
            raise ValueError(f"{len(self) - len(self.words)} rows have no word yet: cannot save")
        exact = np.can_cast(self.vectors.dtype, np.float32)
        save_vectors(
            fname,
            words=self.words,
            vectors=np.asarray(self.vectors, np.float32 if exact else np.float64),
            counts=self.counts,
            extra=attributes,
            metadata={"dtype": str(self.vectors.dtype)},
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
        words, file = load_vectors(fname, mmap=mmap is not False, verify=mmap is False)
        vectors = file.arrays["vectors"]
        store = cls.of(words, vectors, file.arrays.get("counts"))
        store.add_attribute_arrays(file.arrays)
        if file.metadata.get("dtype") == "float16":
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
        layout: rowfiles.Layout = "shortest",
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
            rowfiles.write_counts(fvocab, words, counts.astype(np.int64), prefix)
        rowfiles.write_word2vec(
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
        words, vectors = rowfiles.read_word2vec(
            fname,
            binary=binary,
            header=not no_header,
            limit=limit,
            encoding=encoding,
            errors=unicode_errors,
        )
        counts = np.arange(len(words), 0, -1, dtype=np.int64)
        if fvocab is not None:
            known = rowfiles.read_counts(fvocab, encoding, unicode_errors)
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
            share of right answers among the questions whose words are all known; NaN if none is.
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
