"""Columns: a column of Arrow data or a field of JSON lines becomes pieces to be read.

Everything that speaks Arrow is taken as it is: Parquet, Feather and Arrow files, pyarrow, pandas,
polars, Hugging Face datasets.  A column may hold texts, lists of words, or lists of integers.
Needs pyarrow (``pip install 'fastvec[arrow]'``) for all but JSON lines.  Imports pieces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fastvec._core import bad_token
from fastvec.corpus.chunks import (
    BLOCK_BYTES,
    LINES,
    Lists,
    Numbers,
    Piece,
    Stream,
    Texts,
    blocks,
    integers,
)

#: first bytes of the files that pyarrow reads; without the last ones a text could begin like that
MAGIC = {b"PAR1\x15": "Parquet", b"ARROW1\0\0": "Arrow", b"FEA1\0": "Feather"}

#: what tokens can be, and what an error says of another one behind them
KINDS = {str: " after strings", int: " after integers"}

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def is_table(source: object) -> bool:
    """Whether an object gives its rows as Arrow data."""
    return any(
        hasattr(source, name) for name in ("__arrow_c_stream__", "__arrow_c_array__")
    ) or _is_dataset(source)


def _is_dataset(source: object) -> bool:
    """Hugging Face's datasets hide their Arrow table, for good reason: rows may be reordered."""
    return hasattr(source, "with_format") and hasattr(source, "features")


def is_table_file(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a Parquet, Arrow or Feather file."""
    return any(head.startswith(magic) for magic in MAGIC)


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ImportError(f"to read {name}: pip install 'fastvec[arrow]'") from None
    return pyarrow


# --- Arrow


def table_pieces(source: Any, column: str | None) -> Iterator[Piece]:
    """The pieces of an object that speaks Arrow.

    Raises
    ------
    ValueError
        if it is not clear which column is meant, or there is no such column.
    TypeError
        for a column that holds neither texts nor lists of words or integers.
    """
    name = f"the {type(source).__name__}"
    arrow = _pyarrow(name)
    if _is_dataset(source):
        batches: Iterable[Any] = source.with_format("arrow").iter(batch_size=10_000)
    elif hasattr(source, "__arrow_c_stream__"):
        batches = [arrow.chunked_array(source)]
    else:
        batches = [arrow.chunked_array([arrow.array(source)])]
    for batch in batches:
        yield from _batch_pieces(name, batch, column)


def file_pieces(name: str, file: BinaryIO, head: bytes, column: str | None) -> Iterator[Piece]:
    """The pieces of a Parquet, Arrow or Feather file; see :func:`table_pieces`."""
    arrow = _pyarrow(name)
    kind = next(kind for magic, kind in MAGIC.items() if head.startswith(magic))
    try:
        yield from _file_pieces(arrow, name, file, kind, column)
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) is not None:
            raise  # the machine's trouble, not the file's
        raise ValueError(f"{name} is no {kind} file, or damaged or cut off: {error}") from None


def _file_pieces(
    arrow: Any, name: str, file: BinaryIO, kind: str, column: str | None
) -> Iterator[Piece]:
    if not file.seekable():
        file = arrow.BufferReader(file.read())
    if kind == "Parquet":
        from pyarrow.parquet import ParquetFile

        parquet = ParquetFile(file)
        column = _choose_column(name, parquet.schema_arrow, column)
        for batch in parquet.iter_batches(columns=[column]):
            yield from _batch_pieces(name, batch, column)
    elif kind == "Arrow":
        from pyarrow.ipc import open_file

        reader = open_file(file)
        for i in range(reader.num_record_batches):
            yield from _batch_pieces(name, reader.get_batch(i), column)
    else:
        from pyarrow.feather import read_table

        yield from _batch_pieces(name, read_table(file), column)


def _batch_pieces(name: str, batch: Any, column: str | None) -> Iterator[Piece]:
    """The pieces of a table, of a batch of rows, or of a column alone."""
    arrow = _pyarrow(name)
    if isinstance(batch, (arrow.ChunkedArray, arrow.Array)):
        if not arrow.types.is_struct(batch.type):
            chunks = getattr(batch, "chunks", [batch])
            for chunk in chunks:
                yield _chunk_piece(name, arrow, chunk)
            return
        batch = arrow.Table.from_struct_array(batch)
    column = _choose_column(name, batch.schema, column)
    where = f"{name}, column {column}"
    values = batch.column(batch.schema.get_field_index(column))
    for chunk in getattr(values, "chunks", [values]):
        yield _chunk_piece(where, arrow, chunk)


def _choose_column(name: str, schema: Any, column: str | None) -> str:
    """The column that is named, or the only one that can be read."""
    if column is not None:
        if column not in schema.names:
            raise ValueError(f"{name} has no column {column!r}; it has {', '.join(schema.names)}")
        return column
    types = _pyarrow(name).types
    readable = [
        field.name for field in schema if _is_text(types, field.type) or _is_list(types, field.type)
    ]
    if len(readable) != 1:
        raise ValueError(
            f"{name} has {len(readable)} columns of text or lists: say which one with column; it "
            f"has {', '.join(schema.names)}"
        )
    return str(readable[0])


def _is_text(types: Any, kind: Any) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_list(types: Any, kind: Any) -> bool:
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _chunk_piece(name: str, arrow: Any, chunk: Any) -> Piece:
    """The piece of one Arrow array; missing rows are passed over."""
    types = arrow.types
    if types.is_integer(chunk.type):
        raise TypeError(f"{name} holds single numbers; what is needed is a list of them per row")
    if not _is_list(types, chunk.type):
        joined, ends = _strings(name, arrow, chunk)
        return Texts(name, joined, ends)
    if types.is_string_view(chunk.type.value_type):
        chunk = chunk.cast(arrow.large_list(arrow.large_string()))  # few functions know views
    chunk = chunk.drop_null()
    starts = np.zeros(len(chunk) + 1, np.int64)
    lengths = arrow.compute.list_value_length(chunk).to_numpy(zero_copy_only=False)
    np.cumsum(lengths, out=starts[1:])
    values = chunk.flatten()
    if values.null_count:
        raise ValueError(f"{name} has lists with missing words in them")
    if types.is_integer(values.type):
        return Numbers(name, integers(values.to_numpy(zero_copy_only=False)), starts)
    joined, ends = _strings(name, arrow, values)
    return Lists(name, joined, ends, starts)


def _strings(name: str, arrow: Any, values: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of an array of strings, and where each ends; missing ones are passed over."""
    types = arrow.types
    if types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not _is_text(types, values.type):
        raise TypeError(
            f"{name} holds {values.type}; what is needed is text, lists of words or of integers"
        )
    values = values.cast(arrow.large_string()).drop_null()
    if len(values) == 0:
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    joined = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
    return joined, ends - ends[0]


# --- JSON lines


def json_pieces(name: str, stream: Stream, column: str, errors: str) -> Iterator[Piece]:
    """The pieces of JSON lines, one object a line, of which ``column`` is read.

    Raises ValueError, with the line's number, for a line that is no object or lacks the field.
    """
    rows: list[Any] = []
    size = 0
    for number, line in enumerate(_lines(name, stream, errors), 1):
        if not line.strip():
            continue
        value = _field(name, number, line, column)
        if value is None:
            continue
        if not isinstance(value, (str, list)):
            raise ValueError(f"{name}: line {number}: {column} is neither a text nor a list")
        if size >= BLOCK_BYTES or (rows and type(value) is not type(rows[0])):
            yield _json_piece(name, rows, errors)
            rows, size = [], 0
        rows.append(value)
        size += len(line)
    if rows:
        yield _json_piece(name, rows, errors)


def _lines(name: str, stream: Stream, errors: str) -> Iterator[str]:
    for block in blocks(name, stream, LINES):
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


def _json_piece(name: str, rows: list[Any], errors: str) -> Piece:
    """The piece of some rows that are all strings, or all lists."""
    where = f"{name}, field of a JSON line"
    if isinstance(rows[0], str):
        return Texts(where, *_join(name, rows, errors))
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=starts[1:])
    words = [word for row in rows for word in row]
    kind = type(words[0]) if words else str
    for word in words:
        if type(word) is not kind or kind not in KINDS:
            raise TypeError(f"{name}: {bad_token(f'{word!r:.60}' + KINDS.get(kind, ''))}")
    if kind is int:
        try:
            return Numbers(where, np.array(words, np.int64), starts)
        except OverflowError:
            largest = max(words, key=abs)
            raise ValueError(f"{name}: item ids must be below 2**63, got {largest}") from None
    return Lists(where, *_join(name, words, errors), starts)


def _join(
    name: str, strings: list[str], errors: str
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    pieces = [utf8(name, string, errors) for string in strings]
    ends = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=ends[1:])
    return np.frombuffer(b"".join(pieces), np.uint8), ends


def utf8(name: str, text: str, errors: str) -> bytes:
    """The bytes of a text; ValueError for a lone surrogate, unless errors is "replace".

    >>> utf8("name", "a\\ud800", "replace").decode()
    'a\ufffd'
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        if errors == "replace":
            return LONE_SURROGATE.sub("\ufffd", text).encode()
        raise ValueError(f"{name}: {text[:40]!r} is not valid Unicode") from None
