"""Arrow data as a source: one column of texts, of lists of words, or of lists of integers, or the
columns of a long table.

This covers Parquet, Feather and Arrow files, and objects of pyarrow, pandas, polars and Hugging
Face datasets.  Needs pyarrow (``pip install 'fastvec[arrow]'``).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from fastvec._util.spill import seekable
from fastvec.corpus.arrow_columns import (
    LONG_ROWS,
    is_text,
    long_chunks,
    parts_of,
    strings,
    validate,
    whole_words,
)
from fastvec.corpus.chunks import Chunk, FileFormat, ObjectKind, TextRows, TokenRows, int_chunk
from fastvec.corpus.rows import names_of
from fastvec.params import CorpusParams
from fastvec.words import offsets_of

#: the batches of rows of an open file, given its name and the options, which name the columns
Batches = Callable[[BinaryIO, str, CorpusParams], Iterator[Any]]


BATCH_BYTES = 1 << 26  # of rows that are read at once
PART_BYTES = 1 << 24  # of text that is taken out of a dictionary at once
MOST_ROWS = 1 << 16  # read at once, as pyarrow does it
DICTIONARY_BYTES = 1 << 21  # of the strings that a dictionary in a Parquet file has, at most


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow
        import pyarrow.compute
    except ImportError:
        raise ImportError(
            f"to read {name}, pyarrow is needed: pip install 'fastvec[arrow]'"
        ) from None
    return pyarrow


# --- objects


def is_table(source: object) -> bool:
    """Whether an object gives its rows as Arrow data: also datasets, of pyarrow or Hugging Face."""
    names = ("__arrow_c_stream__", "__arrow_c_array__", "scanner")
    return any(hasattr(source, name) for name in names) or _is_dataset(source)


def _is_dataset(source: object) -> bool:
    """Hugging Face's datasets do not show their Arrow table, since their rows may be reordered."""
    return hasattr(source, "with_format") and hasattr(source, "features")


def has_columns(source: object) -> bool:
    """Whether such an object has columns with names, and is not a column itself."""
    kind = str(getattr(source, "type", "struct"))  # the columns of pyarrow have a type
    return type(source).__name__ != "Series" and kind.startswith("struct")


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
    elif hasattr(source, "scanner"):
        columns = _choose_columns(name, source.schema, params)
        batches = source.to_batches(columns=list(dict.fromkeys(columns)), batch_size=LONG_ROWS)
    elif isinstance(source, arrow.RecordBatchReader):
        batches = source
    else:
        batches = [_in_memory(name, arrow, source, params)]
    for batch in batches:
        yield from _batch_chunks(name, batch, params)


def _in_memory(name: str, arrow: Any, source: Any, params: CorpusParams) -> Any:
    """An object as pyarrow's.

    Those of pyarrow and pandas are taken as they are, and not through Arrow's C interface: it has
    no sizes of buffers, so that damage would no longer be seen.
    """
    if isinstance(source, (arrow.Table, arrow.RecordBatch, arrow.ChunkedArray, arrow.Array)):
        return source
    if type(source).__module__.partition(".")[0] == "pandas":
        try:
            if not hasattr(source, "columns"):
                return arrow.Array.from_pandas(source)
            known = all(column in source.columns for column in params.columns)
            wanted = list(dict.fromkeys(params.columns)) if known else None
            return arrow.Table.from_pandas(source, columns=wanted or None)
        except (arrow.ArrowException, ValueError) as error:
            raise ValueError(f"{name} cannot be read: {error.args[0]}") from None
    if hasattr(source, "__arrow_c_stream__"):
        return arrow.chunked_array(source)
    return arrow.array(source)


TABLES = ObjectKind(is_table, _table_chunks)


# --- files


def _parquet_batches(file: BinaryIO, name: str, params: CorpusParams) -> Iterator[Any]:
    from pyarrow.parquet import ParquetFile

    parquet = ParquetFile(file, page_checksum_verification=True)
    columns = _choose_columns(name, parquet.schema_arrow, params)
    repeated = [column for column in columns if _is_repeated(parquet, column)]
    if repeated:
        file.seek(0)
        parquet = ParquetFile(file, page_checksum_verification=True, read_dictionary=repeated)
    for i in range(parquet.num_row_groups):
        rows = _rows_at_once(parquet.metadata.row_group(i))
        yield from parquet.iter_batches(rows, row_groups=[i], columns=columns)


def _is_repeated(parquet: Any, column: str) -> bool:
    """Whether a column of texts is stored as a dictionary of them: a long one may stand in many
    rows, and must not be read into memory for each of them."""
    field = parquet.schema_arrow.field(column)
    if not is_text(_pyarrow(column).types, field.type):
        return False
    place = next(i for i in range(len(parquet.schema)) if parquet.schema.column(i).path == column)
    groups = (parquet.metadata.row_group(i) for i in range(parquet.num_row_groups))
    parts = [group.column(place) for group in groups]
    return any(
        "RLE_DICTIONARY" in part.encodings
        and part.total_uncompressed_size < DICTIONARY_BYTES + 4 * part.num_values
        for part in parts
    )


def _rows_at_once(group: Any) -> int:
    """How many rows of a group are about BATCH_BYTES, if they are long, such as books."""
    row_bytes = max(group.total_byte_size / max(group.num_rows, 1), 1)
    return int(min(max(BATCH_BYTES / row_bytes, 1), MOST_ROWS))


def _arrow_batches(file: BinaryIO, *_: Any) -> Iterator[Any]:
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
            for batch in batches(whole, name, params):
                yield from _batch_chunks(name, batch, params)
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


def _batch_chunks(name: str, batch: Any, params: CorpusParams) -> Iterator[Chunk]:
    """The chunks of a table, of a batch of rows, or of a column alone."""
    arrow = _pyarrow(name)
    if isinstance(batch, (arrow.ChunkedArray, arrow.Array)):
        if not arrow.types.is_struct(batch.type):
            yield from _column_chunks(name, arrow, batch, params)
            return
        validate(name, arrow, batch, full=False)
        batch = arrow.Table.from_struct_array(batch)
    columns = _choose_columns(name, batch.schema, params)
    if params.group is not None:
        yield from long_chunks(name, arrow, batch.select(columns), params)
        return
    yield from _column_chunks(f"{name}, column {columns[0]}", arrow, batch[columns[0]], params)


def _column_chunks(name: str, arrow: Any, column: Any, params: CorpusParams) -> Iterator[Chunk]:
    for array in getattr(column, "chunks", [column]):
        validate(name, arrow, array)
        for part in parts_of(arrow, array, PART_BYTES):
            yield _array_chunk(name, arrow, part, params)


def _choose_columns(name: str, schema: Any, params: CorpusParams) -> list[str]:
    """The columns that were asked for, or the only one that can be read."""
    names = schema.names
    for column in params.columns:
        if names.count(column) != 1:
            count = "columns" if column in names else "no column"
            raise ValueError(f"{name} has {count} {column!r}; it has {names_of(names)}")
    if params.columns:
        return list(params.columns)
    types = _pyarrow(name).types
    readable = [
        field.name for field in schema if is_text(types, field.type) or _is_list(types, field.type)
    ]
    if len(readable) != 1:
        raise ValueError(
            f"{name} has {len(readable)} columns of text or lists: say which one with "
            f"column=NAME; it has {names_of(names)}"
        )
    return readable


def _is_list(types: Any, kind: Any) -> bool:
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _array_chunk(name: str, arrow: Any, array: Any, params: CorpusParams) -> Chunk:
    """The chunk of one Arrow array; missing rows are left out, or empty with ``keep_rows``."""
    types = arrow.types
    if types.is_integer(array.type):
        raise TypeError(
            f"{name} holds single numbers; what is needed is a list of them per row, or "
            "group=NAME, which makes lists of them"
        )
    if not _is_list(types, array.type):
        return TextRows(name, *strings(name, arrow, array, params.keep_rows))
    if types.is_string_view(array.type.value_type):
        array = array.cast(arrow.large_list(arrow.large_string()))  # few functions know views
    array = array if params.keep_rows else array.drop_null()
    lengths = arrow.compute.list_value_length(array).fill_null(0)
    starts = offsets_of(lengths.to_numpy(zero_copy_only=False))
    values = array.flatten()
    if values.null_count:
        raise ValueError(f"{name} has lists with missing words in them")
    if types.is_integer(values.type):
        return int_chunk(name, values.to_numpy(zero_copy_only=False), starts)
    words = whole_words(name, arrow, values, params.errors)
    return TokenRows(name, words.joined, words.offsets, starts)
