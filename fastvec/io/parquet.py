"""Parquet: a table with a column of words and a column of vectors; it needs pyarrow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, atomic_write
from fastvec.io.format import Format, VectorFile, check_lengths, first_of_equal_words
from fastvec.words import Words

Floats = NDArray[np.float32]

ROWS = 1 << 16  # rows of a row group


def parquet_library() -> Any:
    """The package that reads and writes Parquet; ImportError where it is not installed.

    >>> parquet_library().__name__
    'pyarrow'
    """
    try:
        import pyarrow.parquet
    except ImportError:
        raise ImportError(".parquet needs pyarrow: pip install 'fastvec[arrow]'") from None
    return pyarrow


def write_parquet(
    path: PathLike,
    words: Words,
    vectors: NDArray[Any],
    counts: NDArray[np.int64] | None = None,
) -> None:
    """Write Parquet with columns ``word: string``, ``vector: list<float>``, and ``count: int64``
    if there are counts.

    ImportError without pyarrow; OSError when the file cannot be written.

    >>> write_parquet("vectors.parquet", Words.of(["cat"]), np.ones((1, 3), np.float32))
    """
    arrow = parquet_library()
    check_lengths(words, vectors)
    fields = [("word", arrow.string()), ("vector", arrow.list_(arrow.float32()))]
    if counts is not None:
        fields.append(("count", arrow.int64()))
    schema = arrow.schema(fields)
    with (
        atomic_write(path) as file,
        arrow.parquet.ParquetWriter(file, schema, write_page_checksum=True) as writer,
    ):
        for first in range(0, len(words), ROWS):
            block = np.ascontiguousarray(vectors[first : first + ROWS], np.float32)
            columns = [
                arrow.array(words[first : first + ROWS], arrow.string()),
                vector_column(arrow, block),
            ]
            if counts is not None:
                columns.append(arrow.array(counts[first : first + ROWS]))
            writer.write_table(arrow.Table.from_arrays(columns, schema=schema))


def vector_column(arrow: Any, block: Floats) -> Any:
    """The rows of a matrix as a column of lists.

    >>> vector_column(parquet_library(), np.ones((1, 2), np.float32)).to_pylist()
    [[1.0, 1.0]]
    """
    ends = np.arange(len(block) + 1, dtype=np.int32) * block.shape[1]
    return arrow.ListArray.from_arrays(ends, block.reshape(-1))


def read_parquet(
    path: PathLike, limit: int | None = None
) -> tuple[Words, Floats, NDArray[np.int64] | None]:
    """Read Parquet with a column ``word`` and a column ``vector`` of lists of numbers, and
    ``count`` if it is there.

    Raises
    ------
    ValueError
        a broken file, missing columns, missing values, or lists of different lengths.

    >>> write_parquet("vectors.parquet", Words.of(["cat"]), np.ones((1, 3), np.float32))
    >>> list(read_parquet("vectors.parquet")[0])
    ['cat']
    """
    arrow = parquet_library()
    names: list[str] = []
    blocks: list[Floats] = []
    counts: list[NDArray[np.int64]] = []
    try:
        file = arrow.parquet.ParquetFile(path, page_checksum_verification=True)
        columns = [name for name in ("word", "vector", "count") if name in file.schema_arrow.names]
        if columns[:2] != ["word", "vector"]:
            raise ValueError("it must have columns named word and vector")
        for batch in file.iter_batches(ROWS, columns=columns):
            for column in batch.columns:  # damaged ones would be read beyond their memory
                column.validate(full=True)
            if any(column.null_count for column in batch.columns):
                raise ValueError("a value is missing")
            names += batch.column(0).to_pylist()
            blocks.append(_block(batch.column(1)))
            counts += [batch.column(2).to_numpy()] if len(columns) > 2 else []
            if limit is not None and len(names) >= limit:
                break
        vectors = np.concatenate(blocks)[:limit] if blocks else np.empty((0, 0), np.float32)
        words = Words.of(names[:limit])
    except (ValueError, TypeError, OSError, arrow.ArrowException) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ValueError(f"{path} is not Parquet with vectors: {error}") from None
    number = np.concatenate(counts)[:limit].astype(np.int64) if counts else None
    return words, vectors, number


def _block(lists: Any) -> Floats:
    """A column of lists as a matrix; ValueError where they are not of one length."""
    if not hasattr(lists, "value_lengths"):
        raise ValueError("the column vector must hold lists")
    flat = lists.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    lengths = lists.value_lengths().to_numpy()
    if len(lengths) and np.any(lengths != lengths[0]):
        raise ValueError("the vectors have different lengths")
    matrix: Floats = flat.reshape(len(lengths), -1)
    return matrix


PARQUET = Format(
    "parquet",
    "word: string, vector: list<float>",
    endings=(".parquet",),
    sniff=lambda head: head.startswith(b"PAR1"),
    read=lambda path, limit, _: first_of_equal_words(path, VectorFile(*read_parquet(path, limit))),
    write=lambda path, file: write_parquet(path, file.words, file.vectors, file.counts),
    require=parquet_library,
)
