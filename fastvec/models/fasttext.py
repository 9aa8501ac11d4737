"""FastText: word2vec whose words are made of n-grams of characters, with gensim's interface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, ClassVar, Self, Unpack

import numpy as np
from numpy.typing import NDArray

from fastvec._util.gensim_names import missing_from_module
from fastvec._util.matrix import padded, random_rows
from fastvec._util.options import Params, check_value, names_of, params_from, set_options
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.container import Container
from fastvec.io.vectors import take_subwords
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.fasttext_run import FastTextRun
from fastvec.models.ngram_table import Bags, Ints
from fastvec.models.output_layers import Matrix
from fastvec.models.word2vec import Word2Vec
from fastvec.params import SubwordParams, TextOptions, VocabularyParams, Word2VecParams
from fastvec.subwords import Subwords, no_rows
from fastvec.subwords import ngrams as ngrams_of
from fastvec.vectors.fasttext import FastTextKeyedVectors
from fastvec.words import Words

P, V, S = Word2VecParams, VocabularyParams, SubwordParams
NGRAM_OPTIONS = names_of(SubwordParams)
#: what gensim has in its module of this name, and fastvec in facebook.py
FILES = ("load_facebook_model", "load_facebook_vectors", "save_facebook_model")


class FastText(Word2Vec, SubwordParams):
    """Word vectors made of the vectors of words' n-grams of characters (Bojanowski et al. 2017).

    The vector of a word is the mean of a row of its own and of the rows of its n-grams, so that
    words that are spelled alike have similar vectors, and words that were never seen have vectors
    too: ``model.wv["unseen"]``.

    Everything else is as in :class:`fastvec.Word2Vec`, whose parameters and attributes it has, and
    whose methods; the order of the parameters is gensim's.  Only ``deterministic=True`` is refused,
    and ``vectors_lockf``.

    Parameters
    ----------
    min_n, max_n : int, default 3 and 6
        characters of the shortest and of the longest n-grams, with < before the word and > behind
        it.  With ``max_n`` below ``min_n`` words have no n-grams.
    bucket : int, default 2,000,000
        n-grams are hashed into so many buckets, as fastText does it; those of one bucket share a
        row.  Only buckets that are used take memory.  0: words have no n-grams.
    hash_count : int, default 0
        1 to 4: words are made as floret does it: they have no rows of their own, and each n-gram
        and the whole word has so many rows of a small table (``bucket=50_000``), which spaCy reads
        from a file ``.floret``.  gensim does not have this option.
    word_ngrams : int
        1, the default: no other value is supported, as in gensim.

    Attributes
    ----------
    wv : FastTextKeyedVectors
        the vectors, and what they are made of.

    Raises
    ------
    ValueError, TypeError
        an option out of range; the message has its name, the rule and the value.

    >>> model = FastText([["cats", "sat"], ["dogs", "sat"]] * 50, vector_size=8, min_count=1)
    >>> "cat" in model.wv.key_to_index, model.wv["cat"].shape
    (False, (8,))
    """

    _kind = "FastText"
    _groups: ClassVar[tuple[type[Params], ...]] = (Word2VecParams, SubwordParams)
    _losses: ClassVar[tuple[str, ...]] = ("ns", "hs")
    word_ngrams: ClassVar[int] = 1  # gensim's
    wv: FastTextKeyedVectors

    def __init__(
        self,
        sentences: Any = None,
        corpus_file: Any = None,
        sg: int = P.sg,
        hs: int = P.hs,
        vector_size: int = P.vector_size,
        alpha: float = P.alpha,
        window: int = P.window,
        min_count: int = V.min_count,
        max_vocab_size: int | None = V.max_vocab_size,
        word_ngrams: int = 1,
        sample: float = P.sample,
        seed: int = P.seed,
        workers: int = P.workers,
        min_alpha: float = P.min_alpha,
        negative: int = P.negative,
        ns_exponent: float = P.ns_exponent,
        cbow_mean: int = P.cbow_mean,
        hashfxn: Any = None,
        epochs: int = P.epochs,
        null_word: int = 0,
        min_n: int = S.min_n,
        max_n: int = S.max_n,
        sorted_vocab: int = V.sorted_vocab,
        bucket: int = S.bucket,
        trim_rule: Any = None,
        batch_words: int | None = None,
        callbacks: Iterable[CallbackAny2Vec] = (),
        max_final_vocab: int | None = V.max_final_vocab,
        shrink_windows: bool = P.shrink_windows,
        *,
        compute_loss: bool = False,
        comment: str | None = None,
        cbow_corrected: bool = P.cbow_corrected,
        shared_negatives: bool = P.shared_negatives,
        hash_count: int = S.hash_count,
        deterministic: bool = P.deterministic,
        loss: str | None = P.loss,
        vocabulary: Vocabulary | None = None,
        validation: Any = None,
        progress: bool | None = None,
        **text: Unpack[TextOptions],
    ) -> None:
        check_value("word_ngrams", word_ngrams, int, low=1, high=1)
        subwords = {"min_n": min_n, "max_n": max_n, "bucket": bucket, "hash_count": hash_count}
        set_options(self, subwords, SubwordParams)
        super().__init__(
            sentences,
            corpus_file,
            vector_size=vector_size,
            alpha=alpha,
            window=window,
            min_count=min_count,
            max_vocab_size=max_vocab_size,
            sample=sample,
            seed=seed,
            workers=workers,
            min_alpha=min_alpha,
            sg=sg,
            hs=hs,
            negative=negative,
            ns_exponent=ns_exponent,
            cbow_mean=cbow_mean,
            hashfxn=hashfxn,
            epochs=epochs,
            null_word=null_word,
            trim_rule=trim_rule,
            sorted_vocab=sorted_vocab,
            batch_words=batch_words,
            compute_loss=compute_loss,
            callbacks=callbacks,
            comment=comment,
            max_final_vocab=max_final_vocab,
            shrink_windows=shrink_windows,
            cbow_corrected=cbow_corrected,
            shared_negatives=shared_negatives,
            deterministic=deterministic,
            loss=loss,
            vocabulary=vocabulary,
            validation=validation,
            progress=progress,
            **text,
        )

    def _training_params(self) -> Word2VecParams:
        if self.deterministic:
            raise ValueError(
                "deterministic=True is not for FastText yet: train it with workers=1, which always "
                "gives the same vectors"
            )
        self._check_ngrams()
        return super()._training_params()

    def _check_ngrams(self) -> None:
        """ValueError if options of n-grams are not those that the rows of this model have."""
        subwords = self.wv.subwords if len(vars(self).get("wv", ())) else None
        for name in NGRAM_OPTIONS:
            now, made = getattr(self, name), getattr(subwords or self, name)
            if now != made:
                raise ValueError(
                    f"{name} cannot become {now}, since the n-grams of this model were made with "
                    f"{name}={made}: set it before build_vocab"
                )

    def _new_run(self, corpus: Corpus, validation: float | Corpus | None) -> FastTextRun:
        factors = self.wv.lock_factors
        if factors is not None and not (factors == 1).all():
            raise ValueError("vectors_lockf must be 1: the rows of FastText are all trained")
        return FastTextRun(self, corpus, validation)

    # --- rows

    def _no_subwords(self) -> Subwords:
        """The options of n-grams, and no rows."""
        params, none = params_from(SubwordParams, self), np.zeros((0, self.vector_size), np.float32)
        buckets, options = np.zeros(0, np.int32), asdict(params)
        return Subwords(words=none, ngrams=none, buckets=buckets, **options)

    def _empty_vectors(self) -> FastTextKeyedVectors:
        none = np.zeros(0, np.int64)
        return FastTextKeyedVectors.of_subwords(Words.of([]), self._no_subwords(), none)

    def _renew_vectors(self, vocabulary: Vocabulary) -> None:
        self._set_words(vocabulary, self._no_subwords())

    def _add_rows(self, vocabulary: Vocabulary) -> None:
        self._check_ngrams()
        self._set_words(vocabulary, self.wv.subwords, keep_attributes=True)

    def _set_words(
        self, vocabulary: Vocabulary, known: Subwords, keep_attributes: bool = False
    ) -> None:
        """Give words to ``wv``, of which the first are known; new rows are random."""
        words, old = vocabulary.words, len(known.words)
        generator = np.random.default_rng((self.seed, old) if old else self.seed)
        if known.hash_count:
            own = no_rows(len(words), self.vector_size)
        else:
            rows, rows_before = np.arange(len(words)), np.arange(old)
            own = grown(known.words, rows, rows_before, self.vector_size, generator)
        buckets, ngrams = known.buckets, known.ngrams
        if known.buckets is not None:
            rule = known.min_n, known.max_n, known.bucket, known.hash_count
            found = ngrams_of(words, *rule)[1]
            buckets = np.union1d(known.buckets, found)
            ngrams = grown(ngrams, buckets, known.buckets, self.vector_size, generator)
        subwords = replace(known, words=own, ngrams=ngrams, buckets=buckets)
        self.wv.renew_subwords(words, subwords, vocabulary.counts, keep_attributes)

    def _complete_bags(self) -> Bags:
        """The n-grams of all words; those of words that were added to ``wv`` by hand get rows."""
        bags = self.wv.subwords.bags(self.wv.words)
        if (bags[1] < 0).any():
            self._add_rows(self._vocabulary())
            bags = self.wv.subwords.bags(self.wv.words)
        return bags

    def _pad_vectors(self) -> None:
        """Nothing: the core has rows of its own."""

    def _input_rows(self) -> list[Matrix]:
        subwords = self.wv.subwords
        return [subwords.words, subwords.ngrams]

    def _load_vectors(self, file: Container, words: Words, counts: NDArray[np.int64]) -> None:
        subwords = take_subwords(file)
        if subwords is None:
            raise file.damaged("it has no subwords")
        self._take_options(subwords)
        own = subwords.words if subwords.hash_count else np.array(subwords.words)
        ngrams = np.array(subwords.ngrams)
        self.wv.renew_subwords(words, replace(subwords, words=own, ngrams=ngrams), counts)

    def _take_options(self, subwords: Subwords) -> None:
        """Have the options of n-grams that were made elsewhere."""
        vars(self).update({name: getattr(subwords, name) for name in NGRAM_OPTIONS})

    def _restore_vectors(self, file: Container) -> None:
        saved, now = take_subwords(file), self._input_rows()
        assert saved is not None
        now[-1][:] = saved.ngrams
        if not saved.hash_count:
            now[0][:] = saved.words
        self.wv.adjust_vectors()

    @classmethod
    def _like(cls, vector_size: int) -> Self:
        model = cls.__new__(cls)
        FastText.__init__(model, vector_size=vector_size)
        return model

    def estimate_memory(
        self, vocab_size: int | None = None, report: dict[str, int] | None = None
    ) -> dict[str, int]:
        """Estimate how many bytes the model takes in memory, without its corpus.

        As :meth:`fastvec.Word2Vec.estimate_memory`, with the bytes of the words' own rows,
        ``syn0_vocab``, and of the n-grams' rows, ``syn0_ngrams``: those of the n-grams that the
        words have, or without words as many as there are buckets.

        >>> FastText(vector_size=100, bucket=1000).estimate_memory(50)["syn0_ngrams"]
        448000
        """
        count = check_value("vocab_size", vocab_size or len(self.wv), int, low=0)
        row = padded(1, self.vector_size).nbytes
        ngrams = len(self.wv.vectors_ngrams) if len(self.wv) else self.bucket
        report = {} if report is None else report
        own = 0 if self.hash_count else count * row
        report |= {"syn0_vocab": own, "syn0_ngrams": ngrams * row}
        return super().estimate_memory(vocab_size, report)


def grown(
    rows: Matrix, keys: Ints, known: Ints, size: int, generator: np.random.Generator
) -> Matrix:
    """The rows of keys that rise: those of the known ones, and random rows for the others."""
    if len(keys) == len(known):
        return rows
    new = np.flatnonzero(np.isin(keys, known, assume_unique=True, invert=True))
    old = np.flatnonzero(np.isin(keys, known, assume_unique=True))
    matrix = np.empty((len(keys), size), np.float32)
    matrix[old] = rows
    matrix[new] = random_rows(len(new), size, generator)[:, :size]
    return matrix


def __getattr__(name: str) -> Any:
    """Names of gensim that are not here: ImportError says what to use."""
    if name not in FILES:
        missing_from_module(__name__, name)
    from fastvec.models import facebook  # which needs this module

    return getattr(facebook, name)
