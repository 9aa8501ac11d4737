"""Every option of fastvec: its name, default, range and help text, each said once.

The Python classes take their defaults from here, the command line its flags and help, and
:func:`check_value` its rules.  Imports nothing of the package.
"""

# No "from __future__ import annotations": the fields of these dataclasses keep their real types.
import dataclasses
import difflib
import math
import numbers
import os
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, TypeVar

import numpy as np

P = TypeVar("P", bound="Params")
Tokens = str | Callable[[str], Iterable[Any]]
Size = str | int  # a number of bytes, or what people write for one: 500M, 4G

FUNCTION = "a function"  # what files keep of a tokenizer of one's own, to be set again
LARGEST = 2**63 - 1  # the largest integer option, where its own rule does not say less
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def bytes_from(name: str, size: Size) -> int:
    """A number of bytes from what people write; ValueError for anything else.

    >>> bytes_from("memory", "1.5G"), bytes_from("memory", 4096)
    (1610612736, 4096)
    """
    text = str(size).strip().upper().removesuffix("B").removesuffix("I")
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS and text[-1:] else (text, "")
    try:
        count = float(number) * UNITS[unit]
        if not 0 <= count < 1 << 62:
            raise ValueError
    except ValueError:
        raise ValueError(
            f"{name} must be a number of bytes such as 500M or 4G, got {size!r}"
        ) from None
    return int(count)


def _check_path(name: str, value: Any) -> None:
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path, got {value!r}")


def option(
    default: Any,
    help: str,  # noqa: A002 - the word that click uses for the same thing
    *,
    low: float | None = None,
    above: float | None = None,
    high: float | None = None,
    choices: tuple[Any, ...] | None = None,
    or_function: bool = False,
    checked_by: Callable[[str, Any], Any] | None = None,
) -> Any:
    """One dataclass field with its rule: ``low <= value <= high``, ``above < value``, one of some
    choices (or a function, from Python), or whatever a function of name and value accepts."""
    rule: dict[str, Any] = {"low": low, "above": above, "high": high, "choices": choices}
    rule |= {"or_function": or_function, "checked_by": checked_by}
    return field(default=default, metadata={"help": help, **rule})


def switch(default: int, help: str) -> Any:  # noqa: A002
    """A field that is 0 or 1, as gensim shows it; True and False are accepted."""
    return option(default, help, choices=(0, 1))


def is_switch(item: dataclasses.Field[Any]) -> bool:
    """Whether an option is on or off."""
    return item.type is bool or item.metadata["choices"] == (0, 1)


class Params:
    """A group of options, checked as soon as it is made.

    A model inherits from the groups that it takes: so their names and types stand here only.  Its
    attributes may be set to anything; :func:`params_from` checks them when they are used.

    Raises
    ------
    TypeError
        a value of another type than its option has: ``window must be an integer, got 'five'``.
    ValueError
        a value out of range: ``window must be at least 1, got 0``.
    """

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):  # type: ignore[arg-type]
            value = check_value(item.name, getattr(self, item.name), item.type, **item.metadata)
            setattr(self, item.name, value)


def names_of(*kinds: type[Params]) -> tuple[str, ...]:
    """The names of all options of some groups.

    >>> names_of(VocabularyParams)
    ('min_count', 'max_vocab_size', 'max_final_vocab', 'sorted_vocab')
    """
    return tuple(item.name for kind in kinds for item in dataclasses.fields(kind))  # type: ignore[arg-type]


def refuse_unknown(options: Iterable[str], *kinds: type[Params]) -> None:
    """TypeError, as Python says it, for an option that none of these groups has.

    >>> refuse_unknown({"windw": 5}, Word2VecParams)
    Traceback (most recent call last):
    TypeError: unexpected keyword argument 'windw': did you mean 'window'?
    """
    known = names_of(*kinds)
    for name in options:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise TypeError(f"unexpected keyword argument {name!r}: {hint}")


def set_options(owner: object, given: Mapping[str, Any], *kinds: type[Params]) -> None:
    """Make attributes of all options of some groups: what is given, or the defaults."""
    for kind in kinds:
        for item in dataclasses.fields(kind):  # type: ignore[arg-type]
            setattr(owner, item.name, given.get(item.name, item.default))


def params_of(kind: type[P], given: Mapping[str, Any]) -> P:
    """One group of options, checked: what is given of it, or the defaults.

    >>> params_of(VocabularyParams, {"min_count": 2, "lower": True}).min_count
    2
    """
    return kind(**{name: given[name] for name in names_of(kind) if name in given})


def params_from(kind: type[P], owner: object, **instead: Any) -> P:
    """The options of one group that an object has as attributes, checked; some of them ``instead``.

    The attributes become the plain Python numbers that the check makes of them.
    """
    names = set(names_of(kind))
    params = kind(**{name: getattr(owner, name) for name in names} | instead)
    for name in names - instead.keys():
        setattr(owner, name, getattr(params, name))
    return params


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
    sorted_vocab: int = switch(1, "number the words by falling count")


@dataclass(eq=False)
class CorpusParams(Params):
    """How text is read, and where its ids are kept."""

    tokens: Tokens = option(
        "whitespace",
        "what a word is: whitespace (whatever stands between spaces, tabs and newlines) or words "
        "(letters, digits and marks of any script, normal form C)",
        choices=("whitespace", "words", FUNCTION),
        or_function=True,
    )
    lower: bool = option(False, "put words into lower case")
    lines: bool = option(True, "a newline ends a sentence")
    errors: str = option(
        "strict",
        "invalid UTF-8: strict (an error) or replace (read U+FFFD)",
        choices=("strict", "replace"),
    )
    column: str | None = option(
        None, "the column of a table, or the field of JSON lines, that holds the text"
    )
    memory: Size | None = option(
        None,
        "bytes of ids kept in memory, such as 500M or 4G; more go to a temporary file; default: "
        "half of what is free",
        checked_by=bytes_from,
    )
    tmp: str | os.PathLike[str] | None = option(
        None, "folder for temporary files", checked_by=_check_path
    )


class TextOptions(TypedDict, total=False):
    """How text is read, as keyword arguments: the fields of :class:`CorpusParams`."""

    tokens: Tokens
    lower: bool
    lines: bool
    errors: str
    column: str | None
    memory: Size | None
    tmp: str | os.PathLike[str] | None


class ReadOptions(TextOptions, total=False):
    """Also which words are kept: the fields of :class:`VocabularyParams`, and ``trim_rule``."""

    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sorted_vocab: int
    trim_rule: Callable[[str, int, int], int | None] | None


@dataclass(eq=False)
class Word2VecParams(Params):
    """What word2vec training takes besides its corpus (gensim 4's names and defaults)."""

    vector_size: int = option(100, "numbers in each vector", low=1, high=65536)
    window: int = option(5, "words on each side that count as context", low=1, high=100_000)
    sg: int = switch(0, "train skip-gram instead of CBOW")
    hs: int = switch(0, "train with hierarchical softmax")
    negative: int = option(5, "noise words drawn for each word; 0: none", low=0, high=1000)
    ns_exponent: float = option(
        0.75, "noise words are drawn by count to this power", low=-10, high=10
    )
    cbow_mean: int = switch(1, "CBOW: the mean of the context vectors, not their sum")
    cbow_corrected: bool = option(
        False, "CBOW: divide the gradient among the context words (Irsoy et al. 2021)"
    )
    shared_negatives: bool = option(
        True, "draw noise words once for a window (fast) instead of for each pair (textbook)"
    )
    shrink_windows: bool = option(True, "draw each window's size from 1..window")
    sample: float = option(
        1e-3, "subsampling threshold for frequent words; 0: off", low=0, high=1 << 62
    )
    alpha: float = option(0.025, "learning rate at the start", above=0)
    min_alpha: float = option(1e-4, "learning rate at the end", low=0)
    epochs: int = option(5, "passes over the corpus", low=1)
    seed: int = option(1, "seed of every random number", low=0)
    workers: int = option(0, "training threads; 0: one for each core", low=0, high=1024)


@dataclass(eq=False)
class CooccurrenceParams(Params):
    """How pairs of words are counted (GloVe's cooccur, with a window of 10)."""

    window: int = option(10, "words on each side that count as context", low=1, high=32767)
    symmetric: bool = option(True, "count contexts on both sides; else row word, then column word")
    distance_weighting: bool = option(True, "weigh a pair d words apart by 1 / d; else by 1")
    memory: Size | None = option(
        "2G",
        "bytes to count in, such as 500M or 4G; what does not fit goes to a temporary file",
        checked_by=bytes_from,
    )
    workers: int = option(0, "threads; 0: one for each core", low=0, high=1024)


@dataclass(eq=False)
class GloVeParams(Params):
    """What GloVe takes besides its matrix (glove.c's names where they say it)."""

    vector_size: int = option(100, "numbers in each vector", low=1, high=65000)
    x_max: float = option(100.0, "counts above this get the full weight", above=0, high=1e30)
    alpha: float = option(0.75, "exponent of the weight min(1, (x / x_max)^alpha)", low=0, high=10)
    eta: float = option(0.05, "learning rate of AdaGrad", above=0, high=10)
    epochs: int = option(25, "passes over the matrix", low=1)
    grad_clip: float = option(100.0, "largest entry of a gradient", above=0, high=1e6)
    combine: str = option(
        "sum",
        "sum (W + C), word (W), context (C), or both side by side",
        choices=("sum", "word", "context", "both"),
    )
    unk: bool = option(False, "append a row <unk>: the mean of the 100 rarest words")
    mu: float = option(
        0.1, "with initial vectors: how strongly they hold their words (Mittens)", low=0, high=100
    )
    seed: int = option(1, "seed of every random number", low=0)


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


def _check_delimiter(name: str, value: Any) -> None:
    _check_string(name, value)
    if not value:
        raise ValueError(f"{name} must not be empty")
    if any("\ud800" <= letter <= "\udfff" for letter in value):  # how Python holds other bytes
        raise ValueError(f"{name} must be Unicode text, got {value!r}")


@dataclass(eq=False)
class PhrasesParams(Params):
    """Which words that follow each other are phrases (gensim's names and defaults)."""

    min_count: float = option(5, "no phrase occurs less often than this", above=0)
    threshold: float = option(
        10, "phrases score more than this: higher means fewer (npmi: from -1 to 1)"
    )
    max_vocab_size: int = option(
        40_000_000,
        "drop the rarest words and pairs whenever more than this many are known",
        low=1,
        high=1 << 62,
    )
    delimiter: str = option("_", "what joins the words of a phrase", checked_by=_check_delimiter)
    scoring: str | Callable[..., float] = option(
        "default",
        "how phrases are scored: default (gensim's), word2phrase (word2phrase.c's: try a threshold "
        "of 100) or npmi (normalised pointwise mutual information)",
        choices=("default", "npmi", "word2phrase"),
        or_function=True,
    )


def check_value(
    name: str,
    value: Any,
    kind: Any,
    *,
    low: float | None = None,
    above: float | None = None,
    high: float | None = None,
    choices: tuple[Any, ...] | None = None,
    or_function: bool = False,
    checked_by: Callable[[str, Any], Any] | None = None,
    **_: Any,
) -> Any:
    """Check one value by its type (``int``, ``float | None`` ...) and its rule, as in
    :func:`option`.

    Returns the value as a plain Python number: NumPy's become Python's, and whole numbers that
    stand for an integer become one.

    >>> check_value("epochs", np.float32(5), int, low=1)
    5
    """
    if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
        value = value.item()
    kinds = typing.get_args(kind) or (kind,)
    if (value is None and types.NoneType in kinds) or (or_function and callable(value)):
        return value
    if checked_by is not None:
        checked_by(name, value)
        return value
    if bool in kinds or choices == (0, 1):
        if not _is_number(value) or value not in (0, 1):
            raise ValueError(f"{name} must be 0 or 1, got {value!r}")
        return kind(value)
    if int not in kinds and float not in kinds:
        return _check_string(name, value, choices)
    whole = float not in kinds
    plain = _integer(name, value) if whole else _finite(name, value)
    if high is None and whole:
        high = LARGEST
    if low is not None and plain < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")
    if above is not None and plain <= above:
        raise ValueError(f"{name} must be above {above}, got {value}")
    if high is not None and plain > high:
        raise ValueError(f"{name} must be at most {high}, got {value}")
    return plain


def _check_string(name: str, value: Any, choices: tuple[str, ...] | None = None) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {value!r}")
    if choices is not None and value not in choices:
        raise ValueError(f"{name} must be {' or '.join(choices)}, got {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real)


def _integer(name: str, value: Any) -> int:
    if not _is_number(value) or value != value // 1:  # NaN is not equal to itself
        raise TypeError(f"{name} must be an integer, got {value!r}")
    return int(value)


def _finite(name: str, value: Any) -> float:
    if not _is_number(value):
        raise TypeError(f"{name} must be a number, got {value!r}")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # an integer beyond the largest float
        finite = False
    if not finite:
        raise ValueError(f"{name} must be a finite number, got {value}")
    return value if isinstance(value, (int, float)) else float(value)
