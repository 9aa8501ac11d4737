"""KeyedVectors: word vectors with gensim 4's names.

The class is built in layers, each of which inherits the one before:

    ======================  ==========================================================
    ``attributes.py``       counts and other values that words have
    ``store.py``            words, their rows and vectors
    ``comparisons.py``      words compared with each other
    ``queries.py``          the nearest words of the whole vocabulary
    ``sentence_vectors.py`` vectors of sentences
    ``pictures.py``         maps, and analogies as parallelograms
    this module             files and evaluation
    ======================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, written_together
from fastvec._util.class_calls import on_class_only
from fastvec._util.gensim_names import VECTOR_NAMES, missing_attribute
from fastvec._util.html import facts
from fastvec._util.log import log_unsaved
from fastvec._util.options import check_value
from fastvec._util.places import FileLike, name_of
from fastvec.io import word2vec as word2vec_format
from fastvec.io.counts import read_counts, write_counts
from fastvec.io.format import VectorFile
from fastvec.io.vectors import load_vectors, save_vectors, take_subwords
from fastvec.subwords import Subwords
from fastvec.vectors.attributes import LOCKF
from fastvec.vectors.evaluation.analogies import analogies as evaluate_analogies
from fastvec.vectors.evaluation.analogies import overall, sections_like_gensim
from fastvec.vectors.evaluation.similarity import similarity as evaluate_similarity
from fastvec.vectors.from_gensim import subwords_of, words_and_vectors
from fastvec.vectors.pictures import Pictures
from fastvec.words import Key, Words, not_one_string

#: gensim's names of the ways to answer analogies, and those of :mod:`fastvec.evaluation`
ANALOGY_METHODS = {"most_similar": "3cosadd", "most_similar_cosmul": "3cosmul"}

#: how many words notebooks show
FIRST_WORDS = 10


@on_class_only("load", "load_word2vec_format")
class KeyedVectors(Pictures):
    """Words with a vector each, to look up, compare, query, evaluate, save and load.

    The parameters are those of :class:`~fastvec.vectors.store.VectorStore`; mostly, vectors come
    from a file or from a model's ``wv``.

    >>> wv = KeyedVectors.load_word2vec_format("vectors.txt")
    >>> wv.most_similar("king", topn=1)[0][0]
    'queen'
    """

    @property
    def subwords(self) -> Subwords | None:
        """What the vectors are made of; None but for FastTextKeyedVectors.

        >>> wv.subwords is None
        True
        """
        return None

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> Self:
        """A new object with the vectors of some words only.

        Its words have the made-up counts V, V - 1, ..., 1, as in gensim, unless their own are
        copied.

        Parameters
        ----------
        keys : iterable of keys
            each is taken once, in the order given; missing ones are left out.
        allow_inference : bool
            whether words that have no vector get one that is inferred from their n-grams; no effect
            without subwords.
        copy_vecattrs : bool
            copy the words' attributes, too.

        >>> wv.vectors_for_all(["queen", "xyzzy", "king", "queen"]).index_to_key
        ['queen', 'king']
        """
        del allow_inference
        keys = dict.fromkeys(not_one_string(keys, "keys"))
        rows = np.array(list(dict.fromkeys(map(self._row_of, keys))), np.int64)
        rows = rows[rows >= 0]
        counts = np.arange(len(rows), 0, -1, dtype=np.int64)
        some = type(self).of(self.words.take(rows), self.vectors[rows], counts)
        if copy_vecattrs:
            some._attributes |= self._attributes_of(rows)
        return some

    @classmethod
    def from_gensim(cls, theirs: Any) -> Self:
        """The vectors of a KeyedVectors of gensim 4 with their words and attributes, copied.

        Those of FastText become :class:`~fastvec.FastTextKeyedVectors`, with all n-grams.

        Raises
        ------
        TypeError
            another object, or a file: open it with gensim's KeyedVectors.load.

        >>> KeyedVectors.from_gensim(wv).most_similar("king", topn=1)[0][0]
        'queen'
        """
        words, vectors, attributes = words_and_vectors(theirs)
        ours: Self = cls._made_of(words, vectors, None, subwords_of(theirs))
        ours._attributes |= attributes
        return ours

    @classmethod
    def of_file(cls, file: VectorFile) -> Self:
        """The vectors of any file, with the attributes of the words: FastTextKeyedVectors if it has
        vectors of n-grams.

        >>> from fastvec.io.registry import read_vectors
        >>> KeyedVectors.of_file(read_vectors("vectors.bin"))["queen"].shape
        (3,)
        """
        store: Self = cls._made_of(file.words, file.vectors, file.counts, file.subwords)
        store.add_attribute_arrays(file.extra)
        return store

    @classmethod
    def _made_of(
        cls,
        words: Words,
        vectors: NDArray[Any],
        counts: NDArray[np.int64] | None,
        subwords: Subwords | None,
    ) -> Any:
        """A store of this class; of FastTextKeyedVectors if there are subwords."""
        if subwords is None:
            return cls.of(words, vectors, counts)
        from fastvec.vectors.fasttext import FastTextKeyedVectors  # which inherits from this class

        kind = cls if issubclass(cls, FastTextKeyedVectors) else FastTextKeyedVectors
        return kind.of_subwords(words, subwords, counts, vectors)

    def intersect_word2vec_format(
        self,
        fname: FileLike,
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> int:
        """Replace the vectors of those words that a word2vec file has, too, by the file's vectors.

        Words that only the file has are not added.

        Parameters
        ----------
        lockf : float
            put into ``vectors_lockf`` for the replaced vectors.  With 0, the default, training
            keeps them as they are in the file.
        binary, encoding, unicode_errors
            as in :meth:`load_word2vec_format`.

        Returns
        -------
        int
            the number of vectors that were replaced.

        Raises
        ------
        ValueError
            vectors of another size, or a broken file.

        >>> wv.intersect_word2vec_format("vectors.txt") == len(wv)
        True
        """
        words, vectors = word2vec_format.read_word2vec(
            fname, binary=binary, encoding=encoding, errors=unicode_errors
        )
        if vectors.shape[1] != self.vector_size:
            raise ValueError(
                f"incompatible vector size {vectors.shape[1]} in file {name_of(fname)}, "
                f"here it is {self.vector_size}"
            )
        rows = np.array([self._row_of(word) for word in words], np.int64)
        here = rows >= 0
        rows, vectors = rows[here], vectors[here]
        locks = {LOCKF: np.full(len(rows), lockf)}
        self._set_rows(
            {}, self.vectors, rows, vectors, self._attributes_with(locks, rows, len(self))
        )
        return len(rows)

    def _repr_html_(self) -> str:
        first = self.words.keys(np.arange(min(FIRST_WORDS, len(self.words))))
        values = {"words": len(self), "vector size": self.vector_size, "type": self.vectors.dtype}
        if self.counts is not None:
            values["sum of counts"] = int(self.counts.sum())
        return facts(type(self).__name__, values | {"first words": ", ".join(map(str, first))})

    if not TYPE_CHECKING:  # or type checkers would take every name for an attribute

        def __getattr__(self, name: str) -> Any:
            """Called for what is not there: for names of gensim, says what to use."""
            missing_attribute(self, name, VECTOR_NAMES)

    # --- files

    def save(self, fname_or_handle: FileLike, **_: Any) -> None:
        """Save words, vectors and attributes in one safetensors file.

        The file is a path, an address that fsspec knows (``s3://...``), or a file that is open for
        writing bytes.  A path or an address is replaced only when all is written.  Vectors are
        stored as float32, or as float64 if float32 cannot hold their type exactly.  The other
        arguments of gensim's ``save`` (``separately``, ``pickle_protocol``, ...) are accepted and
        have no effect.

        Raises
        ------
        ValueError
            rows without a word.
        OSError
            the file cannot be written.

        >>> wv.save("vectors.safetensors")
        """
        attributes = self.attribute_arrays()
        if len(self.words) < len(self):
            raise ValueError(f"{len(self) - len(self.words)} rows have no word yet: cannot save")
        exact = np.can_cast(self.vectors.dtype, np.float32)
        save_vectors(
            fname_or_handle,
            words=self.words,
            vectors=np.asarray(self.vectors, np.float32 if exact else np.float64),
            counts=self.counts,
            subwords=self.subwords,
            extra=attributes,
            metadata={"dtype": str(self.vectors.dtype)},
        )
        log_unsaved(self, self.of(Words.of([]), np.empty((0, 0), np.float32)))

    @classmethod
    def load(cls, fname: FileLike, mmap: str | bool | None = None, *, verify: bool = False) -> Self:
        """Open a file that :meth:`save`, ``Word2Vec.save`` or ``GloVe.save`` wrote.

        It is a path, an address that fsspec knows, or a file that is open for reading bytes.

        Parameters
        ----------
        mmap : optional
            ``False`` reads the whole file into memory.  With any other value the file is
            memory-mapped: it opens at once, and changes of its arrays stay in this process.
            Remote and open files are always read.
        verify : bool, default False
            compare the checksums of all arrays, for which a mapped file is read once.  Those of
            the words are compared in any case, and all if the file is read into memory.

        Raises
        ------
        ValueError
            a file that is cut off, damaged or was not written by fastvec; the message has its name
            and the reason.

        >>> wv.save("vectors.safetensors")
        >>> len(KeyedVectors.load("vectors.safetensors")) == len(wv)
        True
        """
        words, file = load_vectors(fname, mmap=mmap is not False, verify=verify or mmap is False)
        subwords, vectors = take_subwords(file), file.arrays["vectors"]
        store: Self = cls._made_of(words, vectors, file.arrays.get("counts"), subwords)
        store.add_attribute_arrays(file.arrays)
        if file.metadata.get("dtype") == "float16":
            store.vectors = vectors.astype(np.float16)
        return store

    def save_word2vec_format(
        self,
        fname: FileLike,
        fvocab: FileLike | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
        layout: word2vec_format.Layout = "shortest",
    ) -> None:
        """Write a file that word2vec.c, gensim, spaCy and fastText read.

        Parameters
        ----------
        fvocab : path, optional
            write ``word count`` lines to this file, too.
        binary : bool
            write numbers as bytes instead of text.
        total_vec : int, optional
            the number of words in the header line; V by default.
        write_header : bool
            False leaves out the header line ``V D``.
        prefix : str
            put before every word.
        append : bool
            append to the file instead of replacing it.
        sort_attr : str
            write words in falling order of this attribute, if they have it.
        layout : {"shortest", "word2vec.c", "glove"}
            how a text file has numbers: as the shortest decimals that read back as the same
            float32, or with six decimals, laid out as word2vec.c or as GloVe writes them.

        Raises
        ------
        ValueError
            a word with a line end, or with spaces where the format cannot hold them.
        OSError
            the file cannot be written.

        >>> wv.save_word2vec_format("vectors.bin", binary=True)
        """
        words, vectors, counts = self._sorted_by(sort_attr)
        with written_together():
            if fvocab is not None:
                write_counts(fvocab, words, counts, prefix)
            word2vec_format.write_word2vec(
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

    def _sorted_by(self, attribute: str) -> tuple[Words, NDArray[Any], NDArray[np.int64]]:
        """Words, vectors and counts (0 without counts) in falling order of an attribute, or as they
        are where there is none; rows without a word are left out."""
        words, counts = self.words, self.counts
        if len(words) > len(self):
            raise ValueError(f"{len(words)} words have {len(self)} vectors only: cannot save")
        vectors = self.vectors[: len(words)]
        zeros = np.zeros(len(words), np.int64)
        counts = zeros if counts is None else counts[: len(words)]
        values = self.expandos.get(attribute, zeros)[: len(words)]
        if not np.any(values[1:] > values[:-1]):
            return words, vectors, counts
        order = np.argsort(-values, kind="stable")
        return words.take(order), vectors[order], counts[order]

    @classmethod
    def load_word2vec_format(
        cls,
        fname: FileLike,
        fvocab: FileLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
    ) -> Self:
        """Read a file in word2vec's text or binary format, fastText's .vec, or GloVe's text.

        Files compressed as .gz, .bz2, .xz or .zst are decompressed while reading.

        Parameters
        ----------
        fvocab : path, optional
            a file of ``word count`` lines.  Without it, words get the made-up counts V, V - 1, ...,
            1, as in gensim.
        binary : bool
            the file has numbers as bytes instead of text.
        encoding, unicode_errors : str
            how words are decoded; ``strict`` raises UnicodeDecodeError for bytes that are not in
            the encoding, ``ignore`` and ``replace`` do not.
        limit : int, optional
            read only so many first words.
        datatype : NumPy dtype
            of the vectors in memory; float32 by default.  With float64 all digits of text are
            read, which takes longer.
        no_header : bool
            the file has no header line ``V D``, as GloVe's files.

        Raises
        ------
        ValueError
            a broken file; the message has its name, the row and the reason.

        >>> KeyedVectors.load_word2vec_format("vectors.txt").vector_size
        3
        """
        limit = check_value("limit", limit, int | None, low=0)
        words, vectors = word2vec_format.read_word2vec(
            fname,
            binary=binary,
            header=not no_header,
            limit=limit,
            encoding=encoding,
            errors=unicode_errors,
            doubles=np.dtype(datatype).itemsize > 4,
        )
        counts = np.arange(len(words), 0, -1, dtype=np.int64)
        if fvocab is not None:
            known = read_counts(fvocab, encoding, unicode_errors)
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
        """The accuracy on a file of analogies; see :func:`fastvec.evaluation.analogies`.

        Returns
        -------
        accuracy : float
            the share of right answers among the questions whose words are all known; NaN without
            any.
        sections : list of dict
            ``section``, ``correct`` and ``incorrect`` (lists of four words, in upper case if
            ``case_insensitive``); the last one is ``Total accuracy``.

        >>> wv.evaluate_word_analogies("questions.txt")[1][-1]["section"]
        'Total accuracy'
        """
        if similarity_function not in ANALOGY_METHODS:
            raise ValueError(
                f"similarity_function must be one of {', '.join(ANALOGY_METHODS)}, "
                f"got {similarity_function!r}"
            )
        sections = evaluate_analogies(
            self,
            analogies,
            restrict_vocab=restrict_vocab,
            case_insensitive=case_insensitive,
            dummy4unknown=dummy4unknown,
            method=ANALOGY_METHODS[similarity_function],
        )
        total = overall(sections, "Total accuracy")
        return total.accuracy, sections_like_gensim([*sections, total], case_insensitive)

    def evaluate_word_pairs(
        self,
        pairs: PathLike,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        allow_inference: bool = False,
    ) -> tuple[Any, Any, float]:
        """How cosines correlate with human scores of word pairs; see
        :func:`fastvec.evaluation.similarity`.

        Returns
        -------
        pearson, spearman : (correlation, p-value)
        unknown : float
            the percentage of pairs that have a word without a vector.

        >>> wv.evaluate_word_pairs("pairs.txt", delimiter=" ")[2]
        0.0
        """
        found = evaluate_similarity(
            self,
            pairs,
            delimiter=delimiter,
            encoding=encoding,
            restrict_vocab=restrict_vocab,
            case_insensitive=case_insensitive,
            dummy4unknown=dummy4unknown,
            allow_inference=allow_inference,
        )
        return found.pearson, found.spearman, 100 * (1 - found.coverage)


__all__ = ["KeyedVectors"]
