"""The order of rows in a table: numbers, dates and times, as two numbers that sort alike.

The whole part of a number or of seconds is one of them, and what is left is the other: so integers
of 64 bits, floats and times to the nanosecond are compared exactly, whatever a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.words import is_integer

NUMBERS, TIMES, ZONED = "numbers", "dates or times", "times with a time zone"
EPOCH = datetime(1970, 1, 1)
FRACTION = re.compile(r"[.,](\d+)")


@dataclass(frozen=True)
class Order:
    """By what rows are sorted.

    Attributes
    ----------
    kind : str
        NUMBERS, TIMES or ZONED, which cannot be compared with each other.
    whole, rest : (n,) int64 and float64 arrays
        of each row its number or seconds: the whole part, and what is left.
    """

    kind: str
    whole: NDArray[np.int64]
    rest: NDArray[np.float64]

    @classmethod
    def of(cls, name: str, values: Iterable[tuple[str, Any]]) -> Order:
        """The order of values, each with its place for messages.

        ValueError for a value that is no number, date or time, or of another kind than the first.

        >>> Order.of("a file", [("line 2", "7"), ("line 3", 2.5)]).whole
        array([7, 2])
        """
        kinds, whole, rest = set(), [], []
        for place, value in values:
            try:
                kind, number, fraction = _parts(value)
            except (ValueError, OverflowError, ArithmeticError):
                raise ValueError(
                    f"{name}: {place}: {value!r:.40} is neither a number below 2**63 nor a date or "
                    "time as 2024-01-31T09:05:00, by which rows can be sorted"
                ) from None
            kinds.add(kind)
            if len(kinds) > 1:
                raise mixed(f"{name}: {place}", kinds)
            whole.append(number)
            rest.append(fraction)
        return cls(min(kinds, default=NUMBERS), np.array(whole, np.int64), np.array(rest))

    @classmethod
    def of_ticks(cls, kind: str, ticks: NDArray[np.int64], per_second: int) -> Order:
        """The order of times that are counted from a moment on.

        >>> Order.of_ticks(TIMES, np.array([1500]), 1000).rest
        array([0.5])
        """
        return cls(kind, ticks // per_second, ticks % per_second / per_second)


def mixed(where: str, kinds: Iterable[str]) -> ValueError:
    """The error about an order of several kinds."""
    return ValueError(f"{where}: {' and '.join(sorted(kinds))} cannot be sorted together")


def _parts(value: Any) -> tuple[str, int, float]:
    """The kind of a value, and its two parts; ValueError if it has none."""
    if isinstance(value, str):
        return _parts_of_text(value)
    if is_integer(value):
        return NUMBERS, _int64(int(value)), 0.0
    if isinstance(value, float | Decimal | np.floating):
        whole = int(value)
        return NUMBERS, _int64(whole), float(value - whole)
    if isinstance(value, date):
        return _parts_of_text(value.isoformat())
    raise ValueError


def _parts_of_text(text: str) -> tuple[str, int, float]:
    try:
        return NUMBERS, _int64(int(text)), 0.0
    except ValueError:
        pass
    try:
        return _parts(float(text))
    except (ValueError, OverflowError):
        pass
    moment = datetime.fromisoformat(text.strip())
    kind = TIMES if moment.tzinfo is None else ZONED
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    fraction = FRACTION.search(text)  # of which Python keeps six digits only
    seconds = (moment.replace(microsecond=0) - EPOCH) // timedelta(seconds=1)
    return kind, seconds, float(f"0.{fraction[1]}") if fraction else 0.0


def _int64(number: int) -> int:
    if not -(1 << 63) <= number < 1 << 63:
        raise OverflowError
    return number
