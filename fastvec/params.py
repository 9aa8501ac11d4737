"""Every option of fastvec: its name, type, default, range and help text.

The Python classes and the command line both take their options from here.
"""

# No "from __future__ import annotations": the fields of these dataclasses keep their real types.
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict

from fastvec._util.intervals import interval_from
from fastvec._util.options import (
    Params,
    Size,
    bytes_from,
    check_encoding,
    check_string,
    option,
    shown,
    switch,
)

Tokens = str | Callable[[str], Iterable[Any]]
LOSSES = ("ns", "hs", "softmax", "sampled_softmax", "nce")  # the objectives of word2vec
SMALLEST = 1e-30  # that single precision tells from 0 in all that is computed with it
FUNCTION = "a function"  # saved in place of a tokenizer that is a function: it must be set again


def _check_path(name: str, value: Any) -> None:
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path, got {shown(value)}")


def _check_delimiter(name: str, value: Any) -> None:
    check_string(name, value)
    if not value:
        raise ValueError(f"{name} must not be empty")
    if any("\ud800" <= letter <= "\udfff" for letter in value):  # bytes that were not UTF-8
        raise ValueError(f"{name} must be Unicode text, got {value!r}")


def _check_separator(name: str, value: Any) -> None:
    _check_delimiter(name, value)
    if any(letter in value for letter in '"\r\n'):
        raise ValueError(f"{name} must have no quote and no line end in it, got {value!r}")


@dataclass(eq=False)
class VocabularyParams(Params):
    """Which words are kept."""

    min_count: int = option(5, "drop words that occur fewer times than this", low=0)
    max_vocab_size: int | None = option(
        None,
        "while reading, drop the rarest words whenever more than this many are known",
        low=1,
    )
    max_final_vocab: int | None = option(
        None, "keep at most this many words by raising min_count as far as needed", low=1
    )
    sorted_vocab: int = switch(1, "sort the vocabulary by falling count")


@dataclass(eq=False)
class CorpusParams(Params):
    """How text is read, and where the ids of its words are kept."""

    keep_rows: ClassVar[bool] = False
    """Whether every line and every row of a table is a sentence, also one without words."""

    tokens: Tokens = option(
        "whitespace",
        "what a word is: whitespace (the text between spaces, tabs and newlines) or words "
        "(letters, digits and marks of any script, in Unicode normal form C)",
        choices=("whitespace", "words", FUNCTION),
        or_function=True,
    )
    lower: bool = option(False, "convert words to lower case")
    lines: bool = option(True, "a newline ends a sentence")
    errors: str = option(
        "strict",
        "what to do with invalid UTF-8: strict (an error) or replace (read it as U+FFFD)",
        choices=("strict", "replace"),
    )
    encoding: str = option(
        "utf-8",
        "the encoding of text files, CSV and JSON lines: any that Python has, such as cp1252, "
        "shift_jis or utf-16",
        checked_by=check_encoding,
    )
    column: str | None = option(
        None, "the column of a table, or the field of JSON lines, that holds the text or the items"
    )
    group: str | None = option(
        None,
        "the column that says to which sequence the item in each row belongs, such as a user; "
        "without it, each row of a table is a sequence",
    )
    order: str | None = option(
        None,
        "the column by which the items of a group are sorted: numbers, or dates and times in "
        "ISO 8601; without it, they keep the order of the rows",
    )
    delimiter: str | None = option(
        None,
        r"what separates the columns of CSV, such as ';' or '\t'; it makes a table of any file of "
        "text; by default it is found out",
        checked_by=_check_separator,
    )
    header: bool = option(
        True,
        "the first row of CSV names the columns; without it their names are numbers from 1 on",
    )
    memory: Size | None = option(
        None,
        "bytes of word ids to keep in memory, such as 500M or 4G; the rest goes to a temporary "
        "file; default: half of the free memory",
        checked_by=bytes_from,
    )
    tmp: str | os.PathLike[str] | None = option(
        None, "folder for temporary files", checked_by=_check_path
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, needed in (("group", "column"), ("order", "group")):
            if getattr(self, name) is not None and getattr(self, needed) is None:
                raise ValueError(
                    f"{name} needs {needed}=NAME beside it, which names another column"
                )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read of a table: of items or texts, of groups, of the order."""
        return tuple(name for name in (self.column, self.group, self.order) if name is not None)


class RowParams(CorpusParams):
    """How text is read where every line and every row of a table counts, also an empty one."""

    keep_rows = True


class _WordOptions(TypedDict, total=False):
    """How text becomes words, as keyword arguments."""

    tokens: Tokens
    lower: bool
    lines: bool
    errors: str
    encoding: str
    column: str | None
    group: str | None
    order: str | None
    header: bool


class PhrasesTextOptions(_WordOptions, total=False):
    """How text is read, where the argument ``delimiter`` is that of phrases."""

    memory: Size | None
    tmp: str | os.PathLike[str] | None


class TextOptions(PhrasesTextOptions, total=False):
    """How text is read, as keyword arguments: the fields of :class:`CorpusParams`."""

    delimiter: str | None


class _VocabularyOptions(TypedDict, total=False):
    """Which words are kept: the fields of :class:`VocabularyParams`, and ``trim_rule``."""

    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sorted_vocab: int
    trim_rule: Callable[[str, int, int], int | None] | None


class CountOptions(_WordOptions, _VocabularyOptions, total=False):
    """How words are counted: how text becomes words, and which of them are kept."""

    delimiter: str | None


class ReadOptions(TextOptions, _VocabularyOptions, total=False):
    """How a corpus is read: how text becomes ids, and which words are kept."""


@dataclass(eq=False)
class Word2VecParams(Params):
    """How word2vec is trained (names and defaults are gensim 4's)."""

    vector_size: int = option(100, "numbers in each vector", low=1, high=65536)
    window: int = option(5, "words on each side that count as context", low=1)
    sg: int = switch(0, "train skip-gram instead of CBOW")
    hs: int = switch(0, "train with hierarchical softmax")
    negative: int = option(5, "noise words drawn for each word; 0: none", low=0, high=1000)
    loss: str | None = option(
        None,
        "the one objective: ns (negative sampling), hs (hierarchical softmax), softmax (over all "
        "words), sampled_softmax or nce; default: what hs and negative say",
        choices=LOSSES,
    )
    ns_exponent: float = option(
        0.75, "draw noise words in proportion to their counts to this power", low=-10, high=10
    )
    cbow_mean: int = switch(1, "CBOW: use the mean of the context vectors, not their sum")
    cbow_corrected: bool = option(
        False, "CBOW: divide the gradient among the context words (Irsoy et al. 2021)"
    )
    shared_negatives: bool = option(
        True, "draw noise words once for each window (fast) instead of for each pair (textbook)"
    )
    shrink_windows: bool = option(True, "draw the size of each window from 1..window")
    sample: float = option(
        1e-3, "subsampling threshold for frequent words; 0: off", low=0, high=1 << 62
    )
    alpha: float = option(0.025, "learning rate at the start", above=0)
    min_alpha: float = option(1e-4, "learning rate at the end", low=0)
    epochs: int = option(5, "passes over the corpus", low=1)
    seed: int = option(1, "seed of every random number", low=0)
    workers: int = option(0, "training threads; 0: one for each core", low=0, high=1024)
    deterministic: bool = option(
        False,
        "the same vectors for any number of workers",
    )

    @property
    def losses(self) -> tuple[str, ...]:
        """The objectives: ``loss``, or else what ``hs`` and ``negative`` switch on.

        >>> Word2VecParams(hs=1).losses, Word2VecParams(loss="softmax").losses
        (('hs', 'ns'), ('softmax',))
        """
        if self.loss is not None:
            return (self.loss,)
        return ("hs",) * bool(self.hs) + ("ns",) * bool(self.negative)


@dataclass(eq=False)
class Doc2VecParams(Params):
    """What documents are (names and defaults are gensim 4's)."""

    dm: int = switch(1, "predict words from document and context together, not from either alone")
    dm_mean: int = switch(1, "with --dm: use the mean of their vectors, not their sum")
    dbow_words: int = switch(0, "with --no-dm: train the vectors of words too, by skip-gram")
    tag_column: str | None = option(
        None, "the column of a table that has the tag of each document; --column has its text"
    )


@dataclass(eq=False)
class SubwordParams(Params):
    """Which n-grams of characters words have (names and defaults are fastText's and gensim's)."""

    min_n: int = option(
        3,
        "characters of the shortest n-grams; < and > around a word are two of them",
        low=0,
        high=1000,
    )
    max_n: int = option(
        6, "characters of the longest n-grams; below min_n: words have no n-grams", low=0, high=1000
    )
    bucket: int = option(
        2_000_000,
        "n-grams are hashed into so many buckets, and those of one bucket share a row; 0: words "
        "have no n-grams",
        low=0,
        high=2**31 - 1,
    )
    hash_count: int = option(
        0,
        "1 to 4: as floret does it, words have no rows of their own, and each n-gram and whole "
        "word has so many rows of a small table (of 50,000 buckets or so); 0: as fastText does it",
        low=0,
        high=4,
    )


@dataclass(eq=False)
class CooccurrenceParams(Params):
    """How pairs of words are counted (as GloVe's cooccur does, but with a window of 10)."""

    window: int = option(10, "words on each side that count as context", low=1, high=32767)
    symmetric: bool = option(True, "count contexts on both sides, not only on the right")
    distance_weighting: bool = option(True, "weigh a pair that is d words apart by 1 / d, not by 1")
    memory: Size | None = option(
        "2G",
        "bytes of memory for counting, such as 500M or 4G; the rest goes to a temporary file",
        checked_by=bytes_from,
    )
    workers: int = option(0, "threads; 0: one for each core", low=0, high=1024)


@dataclass(eq=False)
class GloVeParams(Params):
    """How GloVe is trained on a matrix of counts (names are glove.c's where they are clear)."""

    vector_size: int = option(100, "numbers in each vector", low=1, high=65000)
    x_max: float = option(
        100.0, "counts above this get the full weight", above=0, low=SMALLEST, high=1e30
    )
    alpha: float = option(0.75, "exponent of the weight min(1, (x / x_max)^alpha)", low=0, high=10)
    eta: float = option(0.05, "learning rate of AdaGrad", above=0, low=SMALLEST, high=10)
    epochs: int = option(25, "passes over the matrix", low=1)
    grad_clip: float = option(100.0, "largest entry of a gradient", above=0, low=SMALLEST, high=1e6)
    combine: str = option(
        "sum",
        "sum (W + C), word (W), context (C), or both side by side",
        choices=("sum", "word", "context", "both"),
    )
    unk: bool = option(False, "append a row <unk>: the mean of the 100 rarest words")
    mu: float = option(
        0.1,
        "with initial vectors: how strongly words are kept near them (Mittens)",
        low=0,
        high=100,
    )
    seed: int = option(1, "seed of every random number", low=0)


@dataclass(eq=False)
class NeuralLMParams(Params):
    """How a neural language model is trained (Bengio et al. 2003, whose names are m, n and h)."""

    vector_size: int = option(30, "numbers in each vector", low=1, high=65536)
    n: int = option(5, "words in a window: the predicted one and those before it", low=2, high=1000)
    hidden_size: int = option(100, "units of the hidden layer", low=0, high=65536)
    direct: bool = option(False, "connect the vectors with the output directly, too")
    alpha: float = option(0.01, "learning rate at the start", above=0, high=1e6)
    alpha_decay: float = option(
        1e-6, "after t predictions the learning rate is alpha / (1 + alpha_decay * t)", low=0
    )
    weight_decay: float = option(
        1e-4, "how strongly weights and vectors are drawn to zero", low=0, high=1e6
    )
    batch_size: int = option(
        128, "predictions in one step, which adds up their gradients", low=1, high=1 << 16
    )
    epochs: int = option(10, "passes over the corpus", low=1)
    seed: int = option(1, "seed of every random number", low=0)
    workers: int = option(0, "training threads; 0: one for each core", low=0, high=1024)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hidden_size == 0 and not self.direct:
            raise ValueError("hidden_size must be at least 1 without direct=True, got 0")
        if self.alpha * self.weight_decay * self.batch_size >= 1:
            raise ValueError(
                "weight_decay must be below 1 / (alpha * batch_size), "
                f"{1 / (self.alpha * self.batch_size):g}, got {self.weight_decay}"
            )


@dataclass(eq=False)
class RankerParams(Params):
    """How the ranking network of Collobert and Weston (2008) is trained."""

    vector_size: int = option(50, "numbers in each vector", low=1, high=10_000)
    window: int = option(
        5, "words on each side of the one in the middle (5: 11 words in all)", low=1, high=1000
    )
    hidden_size: int = option(100, "hidden units", low=1, high=10_000)
    grow: int = option(
        0,
        "train the first epoch on this many words, the most frequent ones, and each later one on "
        "twice as many; until then the others are one rare word; 0: all from the start",
        low=0,
    )
    ns_exponent: float = option(
        0.5,
        "draw wrong words in proportion to their counts to this power; 0: all words equally often",
        low=-10,
        high=10,
    )
    alpha: float = option(0.2, "learning rate at the start", above=0)
    min_alpha: float = option(1e-4, "learning rate at the end", low=0)
    epochs: int = option(5, "passes over the corpus", low=1)
    seed: int = option(1, "seed of every random number", low=0)
    workers: int = option(0, "training threads; 0: one for each core", low=0, high=1024)


@dataclass(eq=False)
class CheckpointParams(Params):
    """Where and how often the state of a training is saved."""

    checkpoint: str | os.PathLike[str] | None = option(
        None,
        "now and then, and when it is stopped, save the whole state of the training to this file, "
        "from which --resume goes on",
        checked_by=_check_path,
    )
    checkpoint_every: str | None = option(
        None,
        "how often: a time such as 30s, 10m or 2h, or epochs such as 1e; default: 10m, or longer "
        "if writing takes more than 1 % of the time",
        checked_by=interval_from,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.checkpoint is None and self.checkpoint_every is not None:
            raise ValueError("checkpoint_every needs checkpoint=FILE")


@dataclass(eq=False)
class WatchParams(Params):
    """What a page trains on which a training is watched (``fastvec watch``)."""

    model: str = option(
        "one-word",
        "what a word is predicted from: one-word (the word before it), cbow (the mean of the words "
        "around it) or skip-gram (one other word of the window)",
        choices=("one-word", "cbow", "skip-gram"),
    )
    loss: str = option(
        "softmax",
        "how: softmax (the probabilities of all words), ns (negative sampling) or hs "
        "(hierarchical softmax)",
        choices=("softmax", "ns", "hs"),
    )
    vector_size: int = option(5, "numbers in each vector", low=2, high=10)
    window: int = option(2, "words on each side that count as context", low=1, high=5)
    negative: int = option(3, "noise words drawn for each word", low=1, high=10)
    alpha: float = option(0.25, "learning rate at the start", low=0.001, high=2)
    min_alpha: float = option(0.01, "learning rate at the end", low=0, high=2)
    epochs: int = option(50, "passes over the text", low=1, high=500)
    seed: int = option(1, "seed of every random number", low=0, high=2**32 - 1)


@dataclass(eq=False)
class ClusterParams(Params):
    """On which machines a model is trained."""

    engine: str = option(
        "local",
        "where to train: local (this machine) or ray (a cluster of Ray, with as many trainers as "
        "--workers says; by default one on each node)",
        choices=("local", "ray"),
    )
    address: str = option(
        "auto",
        "the Ray cluster: auto (the one that this machine belongs to), local (start one here, to "
        "try it) or its address, such as head:6379",
    )
    threads: int = option(
        0, "threads of each trainer; 0: the cores of the smallest node", low=0, high=1024
    )
    round_words: int | None = option(
        None,
        "words that each trainer trains on before all merge their rows; default: a 32nd of its "
        "share of an epoch, at most 20 million",
        low=1,
    )


@dataclass(eq=False)
class PPMIParams(Params):
    """Positive pointwise mutual information and its truncated SVD (Levy, Goldberg & Dagan 2015)."""

    vector_size: int = option(100, "numbers in each vector", low=1)
    smoothing: float = option(0.75, "context counts to this power", above=0, high=1)
    shift: float = option(1.0, "subtract log(shift) from each PMI", low=1)
    eigenvalue_weight: float = option(
        0.5, "singular values to this power weigh the columns", low=0, high=1
    )
    seed: int = option(1, "seed of the solver's start", low=0)


@dataclass(eq=False)
class PhrasesParams(Params):
    """Which words that follow each other are phrases (names and defaults are gensim's)."""

    min_count: float = option(5, "ignore phrases that occur fewer times than this", above=0)
    threshold: float = option(
        10, "join words that score above this; a higher value joins fewer (npmi: from -1 to 1)"
    )
    max_vocab_size: int = option(
        40_000_000,
        "drop the rarest words and pairs whenever more than this many are known",
        low=1,
        high=1 << 62,
    )
    delimiter: str = option(
        "_", "text between the joined words of a phrase", checked_by=_check_delimiter
    )
    scoring: str | Callable[..., float] = option(
        "default",
        "how phrases are scored: default (as in gensim), word2phrase (as in word2phrase.c; try a "
        "threshold of 100) or npmi (normalised pointwise mutual information)",
        choices=("default", "npmi", "word2phrase"),
        or_function=True,
    )
