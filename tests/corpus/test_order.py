"""What rows are sorted by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec.corpus.order import NUMBERS, TIMES, ZONED, Order


def order_of(values: list[Any]) -> Order:
    return Order.of("t.csv", ((f"line {i}", value) for i, value in enumerate(values, 1)))


def ranked(values: list[Any]) -> list[int]:
    order = order_of(values)
    return np.lexsort((order.rest, order.whole)).tolist()


NUMBER = st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(-1e15, 1e15)


@given(st.lists(NUMBER))
def test_numbers_sort_as_numbers(numbers: list[float]) -> None:
    expected = sorted(range(len(numbers)), key=numbers.__getitem__)
    assert ranked(numbers) == expected
    assert ranked([repr(number) for number in numbers]) == expected
    assert order_of(numbers).kind == NUMBERS


@given(st.lists(st.datetimes()))
def test_times_sort_as_times(moments: list[datetime]) -> None:
    expected = sorted(range(len(moments)), key=moments.__getitem__)
    for given_as in (moments, [str(each) for each in moments], [m.isoformat() for m in moments]):
        assert ranked(given_as) == expected
    zoned = [each.replace(tzinfo=UTC) for each in moments]
    assert ranked(zoned) == expected
    assert {order_of(moments).kind, order_of(zoned).kind} <= {TIMES, ZONED, NUMBERS}


@pytest.mark.parametrize(
    "texts",
    [
        ["9", "10", "10.5", " 11 ", "1e2"],
        ["2024-01-31", "2024-01-31T09:05", "2024-01-31 10:00:00.5", "2024-02-01"],
        ["2024-01-01T00:00:00.123456788", "2024-01-01T00:00:00.123456789"],
        ["2024-01-01T10:00:00+05:00", "2024-01-01T06:00:00Z", "2024-01-01T01:30:00-05:00"],
        ["0001-01-01", "9999-12-31"],
        [Decimal("0.1"), Decimal("0.2"), 1],
        [date(2024, 1, 1), datetime(2024, 1, 1, 1), "2024-01-02"],
    ],
)
def test_texts_that_rise(texts: list[Any]) -> None:
    assert ranked(texts[::-1]) == list(range(len(texts)))[::-1]


@pytest.mark.parametrize(
    "bad", ["", "x", "1/2/2024", "9:05", "31.01.2024", "inf", "nan", 1 << 63, None, [1], "9" * 20]
)
def test_what_is_no_order(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"t\.csv: line 2: .* is neither a number below 2\*\*63"):
        order_of([1, bad])


def test_kinds_are_not_mixed() -> None:
    for first, second in (("5", "2024-01-01"), ("2024-01-01", "2024-01-01T00:00:00Z")):
        with pytest.raises(ValueError, match=r"t\.csv: line 2: .* cannot be sorted together"):
            order_of([first, second])
