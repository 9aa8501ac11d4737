"""CSV and TSV files as a source: columns by the names that the first row gives them.

Python's own reader of CSV is used: quoted fields may hold delimiters, doubled quotes and newlines.
"""

from __future__ import annotations

import csv
import io
import itertools
import threading
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import BinaryIO

from fastvec.corpus.chunks import Chunk, FileFormat
from fastvec.corpus.jsonl import begins_with_an_object, lines_of_text
from fastvec.corpus.rows import Row, names_of, row_chunks
from fastvec.io.compression import COMPRESSORS, HEAD_BYTES, MOST_BYTES, peek
from fastvec.io.foreign import BOM
from fastvec.params import CorpusParams

#: the delimiters that are looked for in files of an ending; "" stands for any other ending
DELIMITERS = {".csv": ",;\t|", ".tsv": "\t", ".tab": "\t", "": ",\t;|"}

_field_limit = threading.Lock()


def is_table(name: str, head: bytes, params: CorpusParams) -> bool:
    """Whether a file is CSV or TSV.

    JSON lines are none.  With the option ``delimiter``, or without ``header``, every other file of
    text is.  With ``column``, files named .csv or .tsv are, and others whose first row has the
    column beside another one.  Otherwise files of these names are tables if a delimiter cuts each
    of the first rows into the same number of fields: a text that is named so is read as text.

    >>> head = b"user,item\\nu1,i7\\n"
    >>> is_table("events.csv", head, CorpusParams()), is_table("events.txt", head, CorpusParams())
    (True, False)
    >>> is_table("events.txt", head, CorpusParams(column="item"))
    True
    """
    if begins_with_an_object(head):
        return False
    if params.delimiter is not None or not params.header:
        return True
    ending = _ending(name)
    if params.column is None:
        return bool(ending) and _delimiter_of_all_rows(head, DELIMITERS[ending]) is not None
    if head.removeprefix(BOM).lstrip()[:1] in (b"{", b""):
        return False
    return bool(ending) or any(
        len(row) > 1 and params.column in row
        for row in (_first_row(head, delimiter) for delimiter in DELIMITERS[""])
    )


def _csv_chunks(name: str, file: BinaryIO, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of the columns ``params.columns``; rows in which one is empty are left out.

    ValueError, with the number of its last line, for a row that has more or fewer fields than the
    first one; without ``params.column``, with the names of the columns.
    """
    head, file = peek(file)
    delimiter = _delimiter(name, head, params)
    rows = _rows_of_lines(name, lines_of_text(name, file, params.errors), delimiter)
    kind = "a table (TSV)" if delimiter == "\t" else "a table (CSV)"
    yield from row_chunks(name, _values(name, kind, rows, params), params)


def _rows_of_lines(
    name: str, lines: Iterator[str], delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number of its last line.

    Python's reader knows delimiters of one letter.  Where they are longer, nothing is quoted.
    """
    if len(delimiter) > 1:
        yield from ((i, line.split(delimiter)) for i, line in enumerate(lines, 1) if line)
        return
    with _field_limit:
        csv.field_size_limit(max(csv.field_size_limit(), MOST_BYTES))
    rows = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    try:
        yield from ((rows.line_num, row) for row in rows if row)
    except csv.Error as error:
        raise ValueError(f"{name}: line {rows.line_num} is no CSV: {error}") from None


def _values(
    name: str, kind: str, rows: Iterator[tuple[int, list[str]]], params: CorpusParams
) -> Iterator[Row]:
    """What each row has in the columns, None where a field is empty."""
    first = next(rows, (1, []))
    at = _positions(f"{name} is {kind}", first[1], params)
    for number, row in rows if params.header else itertools.chain([first], rows):
        if len(row) != len(first[1]):
            raise ValueError(
                f"{name}: line {number}: {len(row)} fields, where the first row has {len(first[1])}"
            )
        yield f"line {number}", [row[i] or None for i in at]


def _positions(what: str, first: list[str], params: CorpusParams) -> list[int]:
    """Where the columns stand in each row, given the first row; ValueError if that is not clear."""
    names = first if params.header else [str(1 + i) for i in range(len(first))]
    has = names_of(names)
    if params.column is None:
        raise ValueError(f"{what}: say with column=NAME which one holds the text; it has {has}")
    for column in params.columns:
        if names.count(column) == 1:
            continue
        count = "columns" if column in names else "no column"
        numbers = params.header and column.isdigit()
        advice = " (columns without names have numbers with header=False)" if numbers else ""
        raise ValueError(f"{what} and has {count} {column!r}; it has {has}{advice}")
    return [names.index(column) for column in params.columns]


CSV = FileFormat(is_table, _csv_chunks, is_text=True)


# --- delimiters


def _ending(name: str) -> str:
    """The ending of a table's file, without that of its compression; "" for any other."""
    path = PurePath(name.lower())
    if path.suffix in COMPRESSORS:
        path = path.with_suffix("")
    return path.suffix if path.suffix in DELIMITERS else ""


def _delimiter(name: str, head: bytes, params: CorpusParams) -> str:
    """The delimiter that was asked for; or with which the first row has the column; or that which
    cuts all rows alike, which must be clear if the columns have no names."""
    if params.delimiter is not None:
        delimiter = params.delimiter.replace("\\t", "\t")
        if delimiter not in head.decode("utf-8", errors="replace").lstrip("\r\n"):
            raise ValueError(f"{name} has no delimiter {delimiter!r} in its first rows")
        return delimiter
    candidates = DELIMITERS[_ending(name)]
    for delimiter in candidates if params.header and params.columns else "":
        if params.column in _first_row(head, delimiter):
            return delimiter
    alike = [each for each in candidates if _fields_of_rows(head, each) > 1]
    others = [each for each in DELIMITERS[""] if each not in candidates]
    is_clear = len(alike) == 1 or (
        all(_fields_of_rows(head, each) == 1 for each in candidates)
        and _delimiter_of_all_rows(head, others) is None
    )
    if not (params.header or is_clear):
        raise ValueError(
            f"{name}: it is not clear what separates its columns: say it with delimiter"
        )
    return alike[0] if alike else candidates[0]


def _delimiter_of_all_rows(head: bytes, candidates: Iterable[str]) -> str | None:
    """The first delimiter that cuts each of the first rows into the same number of fields."""
    return next((each for each in candidates if _fields_of_rows(head, each) > 1), None)


def _fields_of_rows(head: bytes, delimiter: str) -> int:
    """Into how many fields each of the first rows is cut; 0 if they differ."""
    counts = {len(row) for row in _rows(head, delimiter)}
    return counts.pop() if len(counts) == 1 else 0


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
