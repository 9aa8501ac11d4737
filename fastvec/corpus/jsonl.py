"""JSON lines as a source: of the object on each line, the fields that the options name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from fastvec.corpus.chunks import Chunk, FileFormat
from fastvec.corpus.rows import Row, names_of, row_chunks
from fastvec.corpus.streams import LINE_BREAKS, Stream, text_blocks
from fastvec.io.compression import HEAD_BYTES, MOST_BYTES
from fastvec.io.foreign import BOM
from fastvec.params import CorpusParams

#: the names that files of JSON lines have, compressed or not
JSON_LINES_NAME = re.compile(r"\.(jsonl|ndjson|jsonlines)(\.[a-z0-9]+)?$")

#: how an object with a field begins
BEGINNING = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:')


def json_chunks(name: str, stream: Stream, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of JSON lines, of which the fields ``params.columns`` are read.

    ValueError, with the line's number, for a line that is not a JSON object or that does not have
    the fields.
    """
    yield from row_chunks(name, _rows(name, stream, params), params)


def _rows(name: str, stream: Stream, params: CorpusParams) -> Iterator[Row]:
    for number, line in enumerate(lines_of_text(name, stream, params.errors), 1):
        if line.strip():
            yield f"line {number}", _fields(name, number, line, params.columns)


def lines_of_text(name: str, stream: Stream, errors: str) -> Iterator[str]:
    """The lines of a stream, without their ends."""
    for block in text_blocks(name, stream, LINE_BREAKS, MOST_BYTES):
        yield from block.texts(True, errors)


def _fields(name: str, number: int, line: str, columns: tuple[str, ...]) -> list[Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: line {number} is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ValueError(f"{name}: line {number} is not a JSON object")
    for column in columns:
        if column not in record:
            has = names_of(record)
            raise ValueError(f"{name}: line {number} has no field {column!r}; it has {has}")
    return [record[column] for column in columns]


JSON_LINES = FileFormat(lambda _, __, params: params.column is not None, json_chunks, is_text=True)


def begins_with_an_object(head: bytes) -> bool:
    """Whether the first line of a file is a JSON object.

    >>> begins_with_an_object(b'{"item": "tea"}\\n'), begins_with_an_object(b"{tea},mug\\n")
    (True, False)
    """
    first = next((line for line in _lines(head) if line.strip()), b"")
    return isinstance(_parsed(first), dict)


def _lines(head: bytes) -> list[bytes]:
    """The lines of a file's first bytes; carriage returns end them where there is no line feed."""
    head = head.removeprefix(BOM)
    return head.split(b"\n" if b"\n" in head else b"\r")


# --- without a column


def _are_json_lines(name: str, head: bytes, params: CorpusParams) -> bool:
    """Whether each whole line of a file's first bytes is a JSON object, and not only by chance."""
    if params.column is not None or not head.removeprefix(BOM).lstrip().startswith(b"{"):
        return False
    lines = _lines(head)
    if len(head) >= HEAD_BYTES:  # the last line may be cut off
        if len(lines) == 1:
            return BEGINNING.match(lines[0]) is not None
        lines.pop()
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
    has = names_of(record) if isinstance(record, dict) else "fields by name"
    raise ValueError(
        f"{name} holds JSON lines: say with column=NAME which field holds the text; the first "
        f"line has {has}"
    )


JSON_LINES_UNNAMED = FileFormat(_are_json_lines, _refuse_json_lines, is_text=True)
