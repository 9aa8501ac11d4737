"""Matrices whose rows have no words, such as vectors of sentences: .npy, and Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import STDOUT, PathLike, atomic_write, path_name
from fastvec.io.parquet import parquet_library, vector_column

Floats = NDArray[np.float32]

ENDINGS = (".npy", ".parquet")


def check_matrix_file(path: PathLike) -> None:
    """ValueError for a file whose ending is none of ``ENDINGS``; ImportError for Parquet without
    pyarrow.  Standard output is .npy.

    >>> check_matrix_file("lines.txt")
    Traceback (most recent call last):
    ValueError: lines.txt must end in .npy or .parquet
    """
    if Path(path) == STDOUT:
        return
    if Path(path).suffix.lower() not in ENDINGS:
        raise ValueError(f"{path_name(path)} must end in {' or '.join(ENDINGS)}")
    if _is_parquet(path):
        parquet_library()


def _is_parquet(path: PathLike) -> bool:
    return Path(path).suffix.lower() == ".parquet"


def write_matrix(path: PathLike, blocks: Iterable[Floats], rows: int, columns: int) -> None:
    """Write a matrix block by block: .npy, or Parquet with a column ``vector`` of lists.

    >>> write_matrix("lines.npy", [np.ones((1, 3), np.float32)], 1, 3)
    >>> np.load("lines.npy")
    array([[1., 1., 1.]], dtype=float32)
    """
    with atomic_write(path) as file:
        if _is_parquet(path):
            _write_parquet(file, blocks)
        else:
            about = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
            np.lib.format.write_array_header_1_0(file, about)
            for block in blocks:
                file.write(np.ascontiguousarray(block, "<f4").data)


def _write_parquet(file: BinaryIO, blocks: Iterable[Floats]) -> None:
    arrow = parquet_library()
    schema = arrow.schema([("vector", arrow.list_(arrow.float32()))])
    with arrow.parquet.ParquetWriter(file, schema, write_page_checksum=True) as writer:
        for block in blocks:
            column = vector_column(arrow, block)
            writer.write_table(arrow.Table.from_arrays([column], schema=schema))
