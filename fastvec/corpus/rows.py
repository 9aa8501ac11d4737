"""Rows whose values are Python objects: of CSV files, JSON lines and mappings.

Each row gives the values of the columns that the options name: a text or a list of tokens, which
makes a sentence, or with ``group`` an item and the sequence that it belongs to.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import bad_token
from fastvec.corpus.chunks import Chunk, IntRows, LongRows, TextRows, TokenRows, utf8
from fastvec.corpus.order import Order
from fastvec.corpus.streams import BLOCK_BYTES
from fastvec.params import CorpusParams
from fastvec.words import Words, is_integer, offsets_of

#: the types of tokens, and what an error says of a token of another type behind them
TOKEN_TYPES = {str: " after strings", int: " after integers"}
SHOWN, SHOWN_LETTERS = 20, 40  # columns in a message, and letters of their names
ROW_BYTES = 64  # about what a row takes, without its texts

#: a row: where it is, for messages, and the values of the columns
Row = tuple[str, list[Any]]


def row_chunks(name: str, rows: Iterable[Row], params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of rows; those in which a value is missing are left out."""
    return (_sentence_chunks if params.group is None else _long_chunks)(name, rows, params)


def mapping_chunks(name: str, rows: Iterable[Any], params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of rows that are mappings (dicts).

    >>> rows = [{"text": "to be"}, {"text": "or not"}]
    >>> len(list(mapping_chunks("rows", rows, CorpusParams(column="text"))))
    1
    """
    return row_chunks(name, _mapped(name, rows, params.columns), params)


def _mapped(name: str, rows: Iterable[Any], columns: tuple[str, ...]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"row {number} of {name} is {row!r:.40}, not a mapping as the first is")
        for column in columns:
            if column not in row:
                has = names_of(row)
                raise ValueError(f"row {number} of {name} has no {column!r}; it has {has}")
        yield f"row {number}", [_plain(row[column]) for column in columns]


def names_of(columns: Iterable[Any]) -> str:
    """The names of columns, or the first of many, on one line for messages.

    >>> names_of(["item", "two\\nlines"])
    "item, 'two\\\\nlines'"
    """
    names = [str(name)[:SHOWN_LETTERS] for name in itertools.islice(columns, SHOWN + 1)]
    shown = [name if name.isprintable() else repr(name) for name in names[:SHOWN]]
    return ", ".join(shown + ["..."] * (len(names) > SHOWN))


def _plain(value: Any) -> Any:
    """A value: a list for an array or a tuple, and None for what pandas has if it is missing."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, float | np.floating) and value != value:
        return None
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return list(value) if isinstance(value, tuple) else value


# --- rows that are sentences


def _sentence_chunks(name: str, rows: Iterable[Row], params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of rows that are texts or lists of tokens."""
    block: list[Any] = []
    size = 0
    for place, (value,) in rows:
        if value is None and params.keep_rows:
            value = ""
        if value is None:
            continue
        if not isinstance(value, str | list):
            raise ValueError(f"{name}: {place}: {params.column} is neither a text nor a list")
        if size >= BLOCK_BYTES or (block and type(value) is not type(block[0])):
            yield _sentences(name, block, params.errors)
            block, size = [], 0
        block.append(value)
        size += len(value) if isinstance(value, str) else 8 * len(value)
    if block:
        yield _sentences(name, block, params.errors)


def _sentences(name: str, rows: list[Any], errors: str) -> Chunk:
    """The chunk of some rows that are all strings, or all lists."""
    if isinstance(rows[0], str):
        return TextRows(name, *_joined(name, rows, errors))
    starts = offsets_of([len(row) for row in rows])
    tokens = [token for row in rows for token in row]
    kind = type(tokens[0]) if tokens else str
    for token in tokens:
        if type(token) is not kind or kind not in TOKEN_TYPES:
            raise TypeError(f"{name}: {bad_token(f'{token!r:.60}' + TOKEN_TYPES.get(kind, ''))}")
    if kind is int:
        try:
            return IntRows(name, np.array(tokens, np.int64), starts)
        except OverflowError:
            digits = Words.of(tokens)
            return TokenRows(name, digits.joined, digits.offsets, starts, integers=True)
    return TokenRows(name, *_joined(name, tokens, errors), starts)


def _joined(
    name: str, strings: Iterable[str], errors: str
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    encoded = [utf8(name, string, errors) for string in strings]
    return np.frombuffer(b"".join(encoded), np.uint8), offsets_of([len(each) for each in encoded])


# --- rows that are items of sequences


def _long_chunks(name: str, rows: Iterable[Row], params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of rows that are items."""
    block: list[Row] = []
    size = missing = 0
    for row in rows:
        item, group, *_ = row[1]
        if any(value is None or value == "" for value in row[1]):
            missing += 1
            continue
        if size >= BLOCK_BYTES or (block and type(item) is not type(block[0][1][0])):
            yield _long_rows(name, block, missing, params)
            block, size, missing = [], 0, 0
        block.append(row)
        size += ROW_BYTES + sum(len(each) for each in (item, group) if isinstance(each, str))
    if block or missing:
        yield _long_rows(name, block, missing, params)


def _long_rows(name: str, block: list[Row], missing: int, params: CorpusParams) -> LongRows:
    items = [_item(f"{name}: {place}", values[0], params.column) for place, values in block]
    groups = [_group(f"{name}: {place}", values[1], params.group) for place, values in block]
    order = None
    if params.order is not None:
        order = Order.of(name, ((f"{place}: {params.order}", values[2]) for place, values in block))
    integers = bool(block) and not isinstance(block[0][1][0], str)
    return LongRows(
        name,
        Words(*_joined(name, items, params.errors), None, integers),
        Words(*_joined(name, groups, params.errors)),
        order,
        missing,
    )


def _item(where: str, value: Any, column: str | None) -> str:
    if isinstance(value, str):
        return value
    if is_integer(value):
        return str(int(value))
    raise ValueError(f"{where}: {column} is neither a text nor an integer, and so no item")


def _group(where: str, value: Any, column: str | None) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating) and value == value // 1:  # of a column with gaps
        return str(int(value))
    if isinstance(value, float | np.floating | date) or is_integer(value):
        return str(value)
    raise ValueError(f"{where}: {column} is neither a text nor a number or date, and so no group")
