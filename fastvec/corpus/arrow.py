"""Arrow data as a source: one column of texts, of lists of words, or of lists of integers.

This covers Parquet, Feather and Arrow files, and objects of pyarrow, pandas, polars and Hugging
Face datasets.  Needs pyarrow (``pip install 'fastvec[arrow]'``).

Arrow checks offsets and indices only where it is asked to.  Here every column is validated before
it is used, since a damaged one would make later code read outside of its memory.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fastvec._util.spill import seekable
from fastvec.corpus.chunks import (
    Chunk,
    FileFormat,
    IntRows,
    ObjectKind,
    TextRows,
    TokenRows,
    as_int64,
)
from fastvec.params import CorpusParams
from fastvec.words import offsets_of

#: the batches of rows of an open file, given its name and which column is wanted
Batches = Callable[[BinaryIO, str, str | None], Iterator[Any]]


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ImportError(
            f"to read {name}, pyarrow is needed: pip install 'fastvec[arrow]'"
        ) from None
    return pyarrow


# --- objects


def is_table(source: object) -> bool:
    """Whether an object gives its rows as Arrow data."""
    return any(
        hasattr(source, name) for name in ("__arrow_c_stream__", "__arrow_c_array__")
    ) or _is_dataset(source)


def _is_dataset(source: object) -> bool:
    """Hugging Face's datasets do not show their Arrow table, since their rows may be reordered."""
    return hasattr(source, "with_format") and hasattr(source, "features")


def _table_chunks(source: Any, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of an object that speaks Arrow.

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
    elif isinstance(source, arrow.RecordBatchReader):
        batches = source
    else:
        batches = [_in_memory(name, arrow, source)]
    for batch in batches:
        yield from _batch_chunks(name, batch, params.column)


def _in_memory(name: str, arrow: Any, source: Any) -> Any:
    """An object as pyarrow's.

    Those of pyarrow and pandas are taken as they are, and not through Arrow's C interface: it has
    no sizes of buffers, so that damage would no longer be seen.
    """
    if isinstance(source, (arrow.Table, arrow.RecordBatch, arrow.ChunkedArray, arrow.Array)):
        return source
    if type(source).__module__.partition(".")[0] == "pandas":
        kind = arrow.Table if hasattr(source, "columns") else arrow.Array
        try:
            return kind.from_pandas(source)
        except arrow.ArrowException as error:
            raise ValueError(f"{name} cannot be read: {error}") from None
    if hasattr(source, "__arrow_c_stream__"):
        return arrow.chunked_array(source)
    return arrow.array(source)


TABLES = ObjectKind(is_table, _table_chunks)


# --- files


def _parquet_batches(file: BinaryIO, name: str, column: str | None) -> Iterator[Any]:
    from pyarrow.parquet import ParquetFile

    parquet = ParquetFile(file, page_checksum_verification=True)
    column = _choose_column(name, parquet.schema_arrow, column)
    yield from parquet.iter_batches(columns=[column])


def _arrow_batches(file: BinaryIO, *_: str | None) -> Iterator[Any]:
    from pyarrow.ipc import open_file

    reader = open_file(file)
    for i in range(reader.num_record_batches):
        yield reader.get_batch(i)


def _refuse_feather_1(name: str, *_: Any) -> Iterator[Chunk]:
    """Version 1 of Feather, of before 2020: pyarrow's reader of it crashes on damaged files."""
    raise ValueError(
        f"{name} is a Feather file of version 1, which is not read: read it with "
        "pyarrow.feather.read_table, and write it again with pyarrow.feather.write_feather"
    )


def _file_chunks(
    kind: str,
    batches: Batches,
    name: str,
    file: BinaryIO,
    params: CorpusParams,
) -> Iterator[Chunk]:
    arrow = _pyarrow(name)
    try:
        with seekable(file, params.tmp) as whole:
            for batch in batches(whole, name, params.column):
                yield from _batch_chunks(name, batch, params.column)
    except MemoryError as error:
        raise MemoryError(f"{name} needs more memory than there is: {error}") from None
    except (arrow.ArrowException, UnicodeDecodeError, OSError) as error:
        if getattr(error, "errno", None) is not None:
            raise  # the machine is to blame, not the file
        raise ValueError(f"{name} is no {kind} file, or damaged or cut off: {error}") from None


def _format(kind: str, magic: bytes, batches: Batches) -> FileFormat:
    """A format whose files begin with ``magic``."""
    return FileFormat(
        lambda _, head, __: head.startswith(magic), functools.partial(_file_chunks, kind, batches)
    )


# With the last bytes of each, a text is not taken for one because of its first word.
ARROW_FORMATS = (
    _format("Parquet", b"PAR1\x15", _parquet_batches),
    _format("Arrow", b"ARROW1\0\0", _arrow_batches),
    FileFormat(lambda _, head, __: head.startswith(b"FEA1\0"), _refuse_feather_1),
)


# --- columns


def _batch_chunks(name: str, batch: Any, column: str | None) -> Iterator[Chunk]:
    """The chunks of a table, of a batch of rows, or of a column alone."""
    arrow = _pyarrow(name)
    if isinstance(batch, (arrow.ChunkedArray, arrow.Array)):
        if not arrow.types.is_struct(batch.type):
            yield from _column_chunks(name, arrow, batch)
            return
        _validate(name, arrow, batch, full=False)
        batch = arrow.Table.from_struct_array(batch)
    column = _choose_column(name, batch.schema, column)
    values = batch.column(batch.schema.get_field_index(column))
    yield from _column_chunks(f"{name}, column {column}", arrow, values)


def _column_chunks(name: str, arrow: Any, column: Any) -> Iterator[Chunk]:
    for array in getattr(column, "chunks", [column]):
        _validate(name, arrow, array)
        yield _array_chunk(name, arrow, array)


def _validate(name: str, arrow: Any, array: Any, full: bool = True) -> None:
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


def _choose_column(name: str, schema: Any, column: str | None) -> str:
    """The column that was asked for, or the only one that can be read."""
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


def _array_chunk(name: str, arrow: Any, array: Any) -> Chunk:
    """The chunk of one Arrow array; missing rows are left out."""
    types = arrow.types
    if types.is_integer(array.type):
        raise TypeError(f"{name} holds single numbers; what is needed is a list of them per row")
    if not _is_list(types, array.type):
        return TextRows(name, *_strings(name, arrow, array))
    if types.is_string_view(array.type.value_type):
        array = array.cast(arrow.large_list(arrow.large_string()))  # few functions know views
    array = array.drop_null()
    lengths = arrow.compute.list_value_length(array).to_numpy(zero_copy_only=False)
    starts = offsets_of(lengths)
    values = array.flatten()
    if values.null_count:
        raise ValueError(f"{name} has lists with missing words in them")
    if types.is_integer(values.type):
        return IntRows(name, as_int64(values.to_numpy(zero_copy_only=False)), starts)
    return TokenRows(name, *_strings(name, arrow, values), starts)


def _strings(name: str, arrow: Any, values: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of an array of strings, and where each ends; missing ones are left out."""
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
