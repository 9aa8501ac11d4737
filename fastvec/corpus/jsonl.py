"""JSON lines as a source: one field of an object on each line, a text or a list of tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import bad_token
from fastvec.corpus.chunks import (
    BLOCK_BYTES,
    LINE_BREAKS,
    Chunk,
    FileFormat,
    IntRows,
    Stream,
    TextRows,
    TokenRows,
    text_blocks,
    utf8,
)
from fastvec.io.compression import MOST_BYTES
from fastvec.params import CorpusParams
from fastvec.words import offsets_of

#: the types of tokens, and what an error says of a token of another type behind them
TOKEN_TYPES = {str: " after strings", int: " after integers"}


def json_chunks(name: str, stream: Stream, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of JSON lines, of which the field ``params.column`` is read.

    Lines in which it is null are skipped.  ValueError, with the line's number, for a line that is
    not a JSON object or that does not have the field.
    """
    assert params.column is not None
    rows: list[Any] = []
    size = 0
    for number, line in enumerate(_lines(name, stream, params.errors), 1):
        if not line.strip():
            continue
        value = _field(name, number, line, params.column)
        if value is None:
            continue
        if not isinstance(value, (str, list)):
            raise ValueError(f"{name}: line {number}: {params.column} is neither a text nor a list")
        if size >= BLOCK_BYTES or (rows and type(value) is not type(rows[0])):
            yield _chunk(name, rows, params.errors)
            rows, size = [], 0
        rows.append(value)
        size += len(line)
    if rows:
        yield _chunk(name, rows, params.errors)


def _lines(name: str, stream: Stream, errors: str) -> Iterator[str]:
    for block in text_blocks(name, stream, LINE_BREAKS, MOST_BYTES):
        yield from block.texts(True, errors)


def _field(name: str, number: int, line: str, column: str) -> Any:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: line {number} is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ValueError(f"{name}: line {number} is not a JSON object")
    if column not in record:
        has = ", ".join(list(record)[:10])
        raise ValueError(f"{name}: line {number} has no field {column!r}; it has {has}")
    return record[column]


def _chunk(name: str, rows: list[Any], errors: str) -> Chunk:
    """The chunk of some rows that are all strings, or all lists."""
    where = f"{name}, field of a JSON line"
    if isinstance(rows[0], str):
        return TextRows(where, *_join(name, rows, errors))
    starts = offsets_of([len(row) for row in rows])
    tokens = [token for row in rows for token in row]
    kind = type(tokens[0]) if tokens else str
    for token in tokens:
        if type(token) is not kind or kind not in TOKEN_TYPES:
            raise TypeError(f"{name}: {bad_token(f'{token!r:.60}' + TOKEN_TYPES.get(kind, ''))}")
    if kind is int:
        try:
            return IntRows(where, np.array(tokens, np.int64), starts)
        except OverflowError:
            largest = max(tokens, key=abs)
            raise ValueError(f"{name}: item ids must be below 2**63, got {largest}") from None
    return TokenRows(where, *_join(name, tokens, errors), starts)


def _join(
    name: str, strings: list[str], errors: str
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    encoded = [utf8(name, string, errors) for string in strings]
    return np.frombuffer(b"".join(encoded), np.uint8), offsets_of([len(each) for each in encoded])


JSON_LINES = FileFormat(lambda _, params: params.column is not None, json_chunks)
