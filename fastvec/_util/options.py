"""What an option is: a type, a rule, a default and a help text; and how values are checked.

The options themselves are listed in :mod:`fastvec.params`.
"""

# No "from __future__ import annotations": the fields of these dataclasses keep their real types.
import codecs
import dataclasses
import difflib
import math
import numbers
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypedDict, TypeVar, Unpack

import numpy as np

from fastvec._util.gensim_names import OLD_ARGUMENTS

P = TypeVar("P", bound="Params")
Size = str | int  # a number of bytes, or a text such as 500M or 4G

LARGEST = 2**63 - 1  # of an integer option that has no other upper bound
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class Rule(TypedDict, total=False):
    """Which values an option accepts, besides its type."""

    low: float  # low <= value
    above: float  # above < value
    high: float  # value <= high
    choices: tuple[Any, ...]
    or_function: bool  # in Python, a function is accepted too
    checked_by: Callable[[str, Any], Any]  # raises for a bad value; is given name and value


def option(
    default: Any,
    help: str,  # noqa: A002 - click has the same name for it
    **rule: Unpack[Rule],
) -> Any:
    """A dataclass field that is an option."""
    return dataclasses.field(default=default, metadata={"help": help, "rule": rule})


def switch(default: int, help: str) -> Any:  # noqa: A002
    """An option that is 0 or 1, as gensim shows it; True and False are accepted."""
    return option(default, help, choices=(0, 1))


def is_switch(item: dataclasses.Field[Any]) -> bool:
    """Whether an option is either on or off."""
    return item.type is bool or item.metadata["rule"].get("choices") == (0, 1)


class Params:
    """A group of options, which are checked when an instance is made.

    A model inherits from its groups, so that the names and types of options are written only once.
    The attributes of a model can be set to anything; :func:`params_from` checks them before they
    are used.

    Raises
    ------
    TypeError
        for a value of the wrong type: ``window must be an integer, got 'five'``.
    ValueError
        for a value out of range: ``window must be at least 1, got 0``.
    """

    def __post_init__(self) -> None:
        for item in fields_of(type(self)):
            value = getattr(self, item.name)
            setattr(self, item.name, check_value(item.name, value, item.type, **_rule(item)))


def fields_of(kind: type[Params]) -> tuple[dataclasses.Field[Any], ...]:
    """The options of a group.

    >>> from fastvec.params import VocabularyParams
    >>> fields_of(VocabularyParams)[0].name
    'min_count'
    """
    return dataclasses.fields(kind)  # type: ignore[arg-type]  # every subclass is a dataclass


def _rule(item: dataclasses.Field[Any]) -> Rule:
    return typing.cast(Rule, item.metadata["rule"])


def names_of(*kinds: type[Params]) -> tuple[str, ...]:
    """The names of all options in some groups.

    >>> from fastvec.params import VocabularyParams
    >>> names_of(VocabularyParams)
    ('min_count', 'max_vocab_size', 'max_final_vocab', 'sorted_vocab')
    """
    return tuple(item.name for kind in kinds for item in fields_of(kind))


def options_of(owner: object) -> dict[str, Any]:
    """The options of a model: those of all groups that its class inherits from.

    >>> from fastvec.params import VocabularyParams
    >>> options_of(VocabularyParams(min_count=2))["min_count"]
    2
    """
    kinds = [kind for kind in type(owner).__mro__ if issubclass(kind, Params)]
    names = names_of(*(kind for kind in kinds if dataclasses.is_dataclass(kind)))
    return {name: getattr(owner, name) for name in names}


def changed_options(owner: object, *kinds: type[Params], but: Collection[str] = ()) -> str:
    """The options of some groups that are not their defaults, but for some: ``, hs=1, window=3``.

    >>> from fastvec.params import VocabularyParams
    >>> changed_options(VocabularyParams(min_count=2), VocabularyParams)
    ', min_count=2'
    """
    values = {name: (getattr(owner, name), getattr(kind, name)) for kind in kinds
              for name in names_of(kind) if name not in but}  # fmt: skip
    return "".join(f", {name}={own!r}" for name, (own, usual) in values.items() if own != usual)


def refuse_unknown(
    options: Iterable[str], *kinds: type[Params], others: Iterable[str] = ()
) -> None:
    """TypeError for the name of an option that is neither in one of these groups nor of the others.

    >>> from fastvec.params import Word2VecParams
    >>> refuse_unknown({"windw": 5}, Word2VecParams)
    Traceback (most recent call last):
    TypeError: unexpected keyword argument 'windw': did you mean 'window'?
    """
    known = (*names_of(*kinds), *others)
    for name in options:
        if name not in known:
            old = OLD_ARGUMENTS.get(name)
            close = [old] if old in known else difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise TypeError(f"unexpected keyword argument {name!r}: {hint}")


def set_options(owner: object, given: Mapping[str, Any], *kinds: type[Params]) -> None:
    """Set an attribute for every option in some groups: its value in ``given``, or its default."""
    for kind in kinds:
        for item in fields_of(kind):
            setattr(owner, item.name, given.get(item.name, item.default))


def params_of(kind: type[P], given: Mapping[str, Any]) -> P:
    """A group of options, checked: their values in ``given``, or their defaults.

    Names that are not in the group are ignored.

    >>> from fastvec.params import VocabularyParams
    >>> params_of(VocabularyParams, {"min_count": 2, "lower": True}).min_count
    2
    """
    return kind(**{name: given[name] for name in names_of(kind) if name in given})


def params_from(kind: type[P], owner: object, **instead: Any) -> P:
    """A group of options, checked: the attributes of an object, some of them replaced.

    The attributes that are used are set to the plain Python numbers that the check returns.
    """
    names = set(names_of(kind))
    params = kind(**{name: getattr(owner, name) for name in names} | instead)
    for name in names - instead.keys():
        setattr(owner, name, getattr(params, name))
    return params


def check_value(name: str, value: Any, kind: Any, **rule: Unpack[Rule]) -> Any:
    """Check one value by its type (such as ``int`` or ``float | None``) and its rule.

    Returns the value.  NumPy's numbers become Python's, and whole numbers become integers where the
    type is ``int``.

    >>> check_value("epochs", np.float32(5), int, low=1)
    5
    """
    if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
        value = value.item()
    kinds = typing.get_args(kind) or (kind,)
    if value is None and types.NoneType in kinds:
        return value
    if rule.get("or_function") and callable(value):
        return value
    if "checked_by" in rule:
        rule["checked_by"](name, value)
        return value
    if bool in kinds or rule.get("choices") == (0, 1):
        if not _is_number(value) or value not in (0, 1):
            raise ValueError(f"{name} must be 0 or 1, got {shown(value)}")
        return kind(value)
    if float in kinds:
        return _check_range(name, value, _finite(name, value), rule)
    if int in kinds:
        return _check_range(name, value, _integer(name, value), {"high": LARGEST, **rule})
    return check_string(name, value, rule.get("choices"))


def _check_range(name: str, value: Any, number: float, rule: Rule) -> float:
    """``number``, which is ``value`` as a plain Python number, if it is in range."""
    if "above" in rule and number <= rule["above"]:
        raise ValueError(f"{name} must be above {rule['above']}, got {shown(value)}")
    if "low" in rule and number < rule["low"]:
        raise ValueError(f"{name} must be at least {rule['low']}, got {shown(value)}")
    if "high" in rule and number > rule["high"]:
        raise ValueError(f"{name} must be at most {rule['high']}, got {shown(value)}")
    return number


def shown(value: Any) -> str:
    """A value as messages show it: as Python spells it, or its beginning.

    >>> shown("a" * 1000)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    if isinstance(value, int) and abs(value) >= 10**60:  # Python does not spell very long ones
        return f"an integer of {value.bit_length()} bits"
    text = str(value) if isinstance(value, float) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_string(name: str, value: Any, choices: tuple[str, ...] | None = None) -> str:
    """The value, if it is a string and one of the choices, if there are any.

    >>> check_string("errors", "strict", ("strict", "replace"))
    'strict'
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {shown(value)}")
    if choices is not None and value not in choices:
        raise ValueError(f"{name} must be {' or '.join(choices)}, got {shown(value)}")
    return value


def check_encoding(name: str, value: Any) -> None:
    """ValueError unless Python can read text in an encoding of this name.

    >>> check_encoding("encoding", "utf-16")
    """
    check_string(name, value)
    try:
        "text".encode(value)  # LookupError, too, for codecs that are not of text
        codecs.getincrementaldecoder(value)
    except (LookupError, UnicodeError, ValueError):
        raise ValueError(
            f"{name} must be one that Python has for text, such as cp1252, got {shown(value)}"
        ) from None


def bytes_from(name: str, size: Size) -> int:
    """The number of bytes that a size such as 500M or 4G stands for; ValueError for anything else.

    >>> bytes_from("memory", "1.5G"), bytes_from("memory", 4096)
    (1610612736, 4096)
    """
    if not isinstance(size, str | int | float):
        raise TypeError(f"{name} must be a number of bytes such as 500M or 4G, got {shown(size)}")
    try:
        number, scale = str(size).strip().upper().removesuffix("B").removesuffix("I"), 1
        if number[-1:] in UNITS:
            number, scale = number[:-1], UNITS[number[-1]]
        count = float(number) * scale
        if not 0 <= count < 1 << 62:
            raise ValueError
    except ValueError:
        raise ValueError(
            f"{name} must be a number of bytes such as 500M or 4G, got {shown(size)}"
        ) from None
    return int(count)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real)


def _integer(name: str, value: Any) -> int:
    if not _is_number(value) or value != value // 1:  # NaN is not equal to itself
        raise TypeError(f"{name} must be an integer, got {shown(value)}")
    return int(value)


def _finite(name: str, value: Any) -> float:
    if not _is_number(value):
        raise TypeError(f"{name} must be a number, got {shown(value)}")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # an integer beyond the largest float
        finite = False
    if not finite:
        raise ValueError(f"{name} must be a finite number, got {shown(value)}")
    # Native code has no larger integers, and an option of True would be shown and saved as that.
    is_plain = isinstance(value, int) and abs(value) <= LARGEST and not isinstance(value, bool)
    return value if is_plain else float(value)
