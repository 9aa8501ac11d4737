"""JSON lines as a source: one field of an object on each line, a text or a list of tokens.

Rows of CSV files, and mappings in Python, become chunks in the same way.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
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
from fastvec.io.compression import HEAD_BYTES, MOST_BYTES
from fastvec.params import CorpusParams
from fastvec.words import offsets_of

BOM = b"\xef\xbb\xbf"
#: the names that files of JSON lines have, compressed or not
JSON_LINES_NAME = re.compile(r"\.(jsonl|ndjson|jsonlines)(\.[a-z0-9]+)?$")
#: the types of tokens, and what an error says of a token of another type behind them
TOKEN_TYPES = {str: " after strings", int: " after integers"}


def json_chunks(name: str, stream: Stream, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of JSON lines, of which the field ``params.column`` is read.

    Lines in which it is null are skipped.  ValueError, with the line's number, for a line that is
    not a JSON object or that does not have the field.
    """
    assert params.column is not None
    yield from row_chunks(name, _values(name, stream, params), params.errors)


def _values(name: str, stream: Stream, params: CorpusParams) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(lines_of_text(name, stream, params.errors), 1):
        if line.strip():
            yield f"line {number}: {params.column}", _field(name, number, line, str(params.column))


def mapping_chunks(name: str, mappings: Iterable[Any], column: str, errors: str) -> Iterator[Chunk]:
    """The chunks of rows that are mappings (dicts), of which one value is read.

    >>> len(list(mapping_chunks("rows", [{"text": "to be"}, {"text": "or not"}], "text", "strict")))
    1
    """
    yield from row_chunks(name, _mapped(name, mappings, column), errors)


def _mapped(name: str, mappings: Iterable[Any], column: str) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(mappings):
        if not isinstance(row, Mapping):
            raise TypeError(f"row {number} of {name} is {row!r:.40}, not a mapping as the first is")
        if column not in row:
            raise ValueError(f"row {number} of {name} has no {column!r}; it has {_keys(row)}")
        value = row[column]
        if isinstance(value, float) and value != value:  # as pandas has it for what is missing
            value = None
        if isinstance(value, np.ndarray):
            value = value.tolist()
        yield f"row {number}: {column}", list(value) if isinstance(value, tuple) else value


def _keys(mapping: Mapping[Any, Any]) -> str:
    return ", ".join(map(str, itertools.islice(mapping, 10)))


def row_chunks(name: str, rows: Iterable[tuple[str, Any]], errors: str) -> Iterator[Chunk]:
    """The chunks of rows that are texts, lists of tokens or None, each with its place for messages.

    Rows that are None are skipped.
    """
    block: list[Any] = []
    size = 0
    for place, value in rows:
        if value is None:
            continue
        if not isinstance(value, (str, list)):
            raise ValueError(f"{name}: {place} is neither a text nor a list")
        if size >= BLOCK_BYTES or (block and type(value) is not type(block[0])):
            yield _chunk(name, block, errors)
            block, size = [], 0
        block.append(value)
        size += len(value) if isinstance(value, str) else 8 * len(value)
    if block:
        yield _chunk(name, block, errors)


def lines_of_text(name: str, stream: Stream, errors: str) -> Iterator[str]:
    """The lines of a stream, without their ends."""
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
        raise ValueError(f"{name}: line {number} has no field {column!r}; it has {_keys(record)}")
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


JSON_LINES = FileFormat(lambda _, __, params: params.column is not None, json_chunks, is_text=True)


# --- without a column


def _are_json_lines(name: str, head: bytes, params: CorpusParams) -> bool:
    """Whether each whole line of a file's first bytes is a JSON object, and not only by chance."""
    if params.column is not None or not head.removeprefix(BOM).lstrip().startswith(b"{"):
        return False
    lines = head.removeprefix(BOM).split(b"\n")
    if len(head) >= HEAD_BYTES and len(lines) > 1:
        lines.pop()  # it may be cut off
    named = JSON_LINES_NAME.search(name.lower()) is not None
    return named or all(isinstance(_parsed(line), dict) for line in lines if line.strip())


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _refuse_json_lines(name: str, stream: Stream, _: CorpusParams) -> Iterator[Chunk]:
    """ValueError with the fields of the first line."""
    first = next((line for line in lines_of_text(name, stream, "replace") if line.strip()), "")
    record = _parsed(first.encode())
    has = _keys(record) if isinstance(record, dict) else "fields by name"
    raise ValueError(
        f"{name} holds JSON lines: say with column which field holds the text; the first line has "
        f"{has}"
    )


JSON_LINES_UNNAMED = FileFormat(_are_json_lines, _refuse_json_lines, is_text=True)
