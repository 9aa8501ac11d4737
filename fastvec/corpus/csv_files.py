"""CSV and TSV files as a source: one column, by the name that the first row gives it.

Python's own reader of CSV is used: quoted fields may hold delimiters, doubled quotes and newlines.
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

from fastvec.corpus.chunks import Chunk, FileFormat
from fastvec.corpus.jsonl import lines_of_text, row_chunks
from fastvec.io.compression import COMPRESSORS, HEAD_BYTES, MOST_BYTES, peek
from fastvec.params import CorpusParams

#: the delimiters that are looked for in files of an ending; "" stands for any other ending
DELIMITERS = {".csv": ",;\t|", ".tsv": "\t", ".tab": "\t", "": ",\t;|"}
SHOWN = 20  # columns in a message

_field_limit = threading.Lock()


def is_table(name: str, head: bytes, params: CorpusParams) -> bool:
    """Whether a file is CSV or TSV.

    With the option ``column``, files named .csv or .tsv are, and others whose first row has the
    column beside another one.  Without it, files of these names are tables if a delimiter cuts each
    of the first rows into the same number of fields: a text that is named so is read as text.

    >>> head = b"user,item\\nu1,i7\\n"
    >>> is_table("events.csv", head, CorpusParams()), is_table("events.txt", head, CorpusParams())
    (True, False)
    >>> is_table("events.txt", head, CorpusParams(column="item"))
    True
    """
    ending = _ending(name)
    if params.column is None:
        return bool(ending) and _delimiter_of_all_rows(head, DELIMITERS[ending]) is not None
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b""):
        return False
    return bool(ending) or any(
        len(row) > 1 and params.column in row
        for row in (_first_row(head, delimiter) for delimiter in DELIMITERS[""])
    )


def _csv_chunks(name: str, file: BinaryIO, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of the column ``params.column``; rows in which it is empty are left out.

    ValueError, with the number of its last line, for a row that has more or fewer fields than the
    first one; without ``params.column``, with the names of the columns.
    """
    head, file = peek(file)
    delimiter = _delimiter(head, DELIMITERS[_ending(name)], params.column)
    lines = lines_of_text(name, file, params.errors)
    with _field_limit:
        csv.field_size_limit(max(csv.field_size_limit(), MOST_BYTES))
    rows = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    yield from row_chunks(name, _fields(name, rows, params.column), params.errors)


def _fields(name: str, rows: Any, column: str | None) -> Iterator[tuple[str, str]]:
    """What each row has in a column, and where that is."""
    try:
        header: list[str] = next(rows, [])
        if column is None or header.count(column) != 1:
            has = ", ".join(header[:SHOWN]) + (", ..." if len(header) > SHOWN else "")
            kind = "a table (CSV)" if rows.dialect.delimiter != "\t" else "a table (TSV)"
            if column is None:
                raise ValueError(
                    f"{name} is {kind}: say with column which one holds the text; it has {has}"
                )
            count = "columns" if column in header else "no column"
            raise ValueError(f"{name} is {kind} and has {count} {column!r}; it has {has}")
        at = header.index(column)
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise ValueError(
                    f"{name}: line {rows.line_num}: {len(row)} fields, where the first row has "
                    f"{len(header)}"
                )
            if row[at]:
                yield f"line {rows.line_num}", row[at]
    except csv.Error as error:
        raise ValueError(f"{name}: line {rows.line_num} is no CSV: {error}") from None


CSV = FileFormat(is_table, _csv_chunks, is_text=True)


# --- delimiters


def _ending(name: str) -> str:
    """The ending of a table's file, without that of its compression; "" for any other."""
    path = PurePath(name.lower())
    if path.suffix in COMPRESSORS:
        path = path.with_suffix("")
    return path.suffix if path.suffix in DELIMITERS else ""


def _delimiter(head: bytes, candidates: str, column: str | None) -> str:
    """The delimiter with which the first row has a column; or that which cuts all rows alike."""
    for delimiter in candidates:
        if column is not None and column in _first_row(head, delimiter):
            return delimiter
    return _delimiter_of_all_rows(head, candidates) or candidates[0]


def _delimiter_of_all_rows(head: bytes, candidates: str) -> str | None:
    """The first delimiter that cuts each of the first rows into the same number of fields."""
    for delimiter in candidates:
        rows = _rows(head, delimiter)
        if rows and len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            return delimiter
    return None


def _first_row(head: bytes, delimiter: str) -> list[str]:
    return next(iter(_rows(head, delimiter)), [])


def _rows(head: bytes, delimiter: str) -> list[list[str]]:
    """The rows that these first bytes of a file have, without one that may be cut off."""
    text = io.StringIO(head.decode("utf-8-sig", errors="replace"), newline="")
    try:
        rows = list(csv.reader(text, delimiter=delimiter))
    except csv.Error:
        return []
    if len(head) >= HEAD_BYTES and len(rows) > 1:
        rows.pop()
    return [row for row in rows if row]
