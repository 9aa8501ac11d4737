"""Columns of Arrow data: checked, and as words, groups and places in an order.

Arrow checks offsets and indices only where it is asked to.  Here every column is validated before
it is used, since a damaged one would make later code read outside of its memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec.corpus.chunks import LongRows
from fastvec.corpus.order import NUMBERS, TIMES, ZONED, Order
from fastvec.params import CorpusParams
from fastvec.words import Words

LONG_ROWS = 1 << 16  # of a long table at a time
TICKS = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}  # in a second
DAY = 24 * 60 * 60


def validate(name: str, arrow: Any, array: Any, full: bool = True) -> None:
    """ValueError if an array is damaged: if its offsets or indices point out of its memory.

    Without ``full`` only the sizes of its buffers are compared.  Whether its text is UTF-8 is not
    checked, since that is up to the option ``errors``.
    """
    kind = _of_bytes(arrow, array.type) if full else array.type
    try:
        (array if kind == array.type else array.view(kind)).validate(full=full)
    except arrow.ArrowException as error:
        raise ValueError(f"{name} is damaged: {error}") from None


def _of_bytes(arrow: Any, kind: Any) -> Any:
    """A type with bytes for strings, of the same layout in memory."""
    types = arrow.types
    if types.is_string(kind):
        return arrow.binary()
    if types.is_large_string(kind):
        return arrow.large_binary()
    if types.is_string_view(kind):
        return arrow.binary_view()
    if types.is_dictionary(kind):
        return arrow.dictionary(kind.index_type, _of_bytes(arrow, kind.value_type), kind.ordered)
    if types.is_fixed_size_list(kind):
        return arrow.list_(_of_bytes(arrow, kind.value_type), kind.list_size)
    if types.is_large_list(kind):
        return arrow.large_list(_of_bytes(arrow, kind.value_type))
    return arrow.list_(_of_bytes(arrow, kind.value_type)) if types.is_list(kind) else kind


def is_text(types: Any, kind: Any) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def strings(
    name: str, arrow: Any, values: Any, keep_rows: bool = False
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of an array of strings, and where each ends; missing ones are left out, or empty
    with ``keep_rows``."""
    types = arrow.types
    if types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not is_text(types, values.type):
        raise TypeError(
            f"{name} holds {values.type}; what is needed is text, lists of words or of integers"
        )
    values = values.cast(arrow.large_string())
    values = values.fill_null("") if keep_rows else values.drop_null()
    if len(values) == 0:
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    joined = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
    return joined, ends - ends[0]


def parts_of(arrow: Any, array: Any, most_bytes: int) -> Iterator[Any]:
    """An array in parts whose strings take about ``most_bytes`` once they are out of a dictionary.

    A tiny file may repeat one long string, which a dictionary holds once, in thousands of rows.
    """
    types, kind = arrow.types, array.type
    if not types.is_dictionary(kind) or not is_text(types, kind.value_type):
        yield array
        return
    sizes = arrow.compute.binary_length(array.dictionary.cast(arrow.large_string()))
    ends = np.cumsum(sizes.take(array.indices).fill_null(0).to_numpy(), dtype=np.int64)
    starts = np.flatnonzero(np.diff(ends // most_bytes)) + 1
    for first, last in itertools.pairwise([0, *starts.tolist(), len(array)]):
        yield array.slice(first, last - first)


def whole_words(name: str, arrow: Any, values: Any, errors: str) -> Words:
    """The strings of an array as words, which are not cut; missing ones are left out."""
    joined, ends = strings(name, arrow, values)
    words = Words(joined, ends)
    try:
        joined.tobytes().decode()
    except UnicodeDecodeError:
        if errors == "strict":
            raise ValueError(
                f"{name} holds text that is not valid UTF-8 (errors='replace' reads it "
                "nevertheless)"
            ) from None
        return Words.of(words)  # which decodes them with U+FFFD
    return words


# --- long tables


def long_chunks(name: str, arrow: Any, table: Any, params: CorpusParams) -> Iterator[LongRows]:
    """The chunks of a long table, or of a batch of its rows: of items, groups and the order."""
    if isinstance(table, arrow.RecordBatch):
        table = arrow.Table.from_batches([table])
    for batch in table.to_batches(max_chunksize=LONG_ROWS):
        for column, array in zip(params.columns, batch.columns, strict=True):
            validate(f"{name}, column {column}", arrow, array)
        yield _long_rows(name, arrow, batch.columns, params)


def _long_rows(name: str, arrow: Any, arrays: list[Any], params: CorpusParams) -> LongRows:
    named = [f"{name}, column {column}" for column in params.columns]
    arrays = [_decoded(arrow, array) for array in arrays]
    integers = _is_whole(arrow.types, arrays[0].type)
    texts = [
        _as_text(named[0], arrow, arrays[0], is_item=True),
        _as_text(named[1], arrow, arrays[1], is_item=False),
    ]
    there = np.logical_and.reduce([_is_there(arrow, array) for array in (*texts, *arrays[2:])])
    mask = arrow.array(there)
    items, groups = (
        whole_words(where, arrow, text.filter(mask), params.errors)
        for where, text in zip(named, texts, strict=False)
    )
    order = _order(named[2], arrow, arrays[2].filter(mask)) if params.order is not None else None
    items = Words(items.joined, items.offsets, None, integers)
    return LongRows(name, items, groups, order, len(there) - int(np.count_nonzero(there)))


def _decoded(arrow: Any, array: Any) -> Any:
    return array.dictionary_decode() if arrow.types.is_dictionary(array.type) else array


def _as_text(name: str, arrow: Any, array: Any, is_item: bool) -> Any:
    """An array of items or groups as strings; TypeError for what can be neither."""
    types, kind = arrow.types, array.type
    fits = is_text(types, kind) or _is_whole(types, kind) or types.is_null(kind)
    if not fits and not is_item:
        others = (types.is_floating, types.is_temporal, types.is_boolean, types.is_decimal)
        fits = any(is_of(kind) for is_of in others)
    if not fits:
        what = "an item is text or an integer" if is_item else "a group is text, a number or a date"
        raise TypeError(f"{name} holds {kind}; {what}")
    if types.is_floating(kind) and _are_whole(array):  # a column with gaps holds floats
        array = array.cast(arrow.int64())
    return array.cast(arrow.large_string())


def _is_whole(types: Any, kind: Any) -> bool:
    """Whether a type holds integers; databases give decimals without a fraction, too."""
    return bool(types.is_integer(kind) or (types.is_decimal(kind) and kind.scale == 0))


def _are_whole(array: Any) -> bool:
    """Whether all numbers of an array are integers, none of them very large."""
    numbers = array.drop_null().to_numpy(zero_copy_only=False)
    return bool(np.all((numbers == np.floor(numbers)) & (np.abs(numbers) < 1 << 53)))


def _is_there(arrow: Any, array: Any) -> NDArray[np.bool_]:
    """(n,) whether an entry is neither null nor an empty text, nor NaN."""
    there: NDArray[np.bool_] = array.is_valid().to_numpy(zero_copy_only=False)
    if is_text(arrow.types, array.type):
        length = arrow.compute.binary_length(array)
        there &= length.fill_null(0).to_numpy(zero_copy_only=False) > 0
    if arrow.types.is_floating(array.type):
        there &= ~np.isnan(array.to_numpy(zero_copy_only=False))
    return there


def _order(name: str, arrow: Any, array: Any) -> Order:
    """The places that an array without gaps gives its rows."""
    types, kind = arrow.types, array.type
    if types.is_timestamp(kind):
        ticks = array.cast(arrow.int64()).to_numpy(zero_copy_only=False)
        return Order.of_ticks(TIMES if kind.tz is None else ZONED, ticks, TICKS[kind.unit])
    if types.is_date(kind):
        days = array.cast(arrow.date32()).cast(arrow.int32()).to_numpy(zero_copy_only=False)
        return Order.of_ticks(TIMES, days.astype(np.int64) * DAY, 1)
    if types.is_signed_integer(kind):
        numbers = array.to_numpy(zero_copy_only=False).astype(np.int64)
        return Order(NUMBERS, numbers, np.zeros(len(numbers)))
    others = (types.is_decimal, types.is_floating, types.is_integer)
    if is_text(types, kind) or any(is_of(kind) for is_of in others):
        return Order.of(name, (("a row", value) for value in array.to_pylist()))
    raise TypeError(f"{name} holds {kind}; an order is numbers, dates or times")
