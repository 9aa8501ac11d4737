"""Matrices without words."""

from pathlib import Path

import numpy as np
import pytest

from fastvec.io.matrices import check_matrix_file, write_matrix

MATRIX = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.mark.parametrize("step", [1, 3, 4])
def test_blocks_make_one_matrix(tmp_path: Path, step: int) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    blocks = [MATRIX[i : i + step] for i in range(0, 4, step)]
    write_matrix(tmp_path / "m.npy", blocks, 4, 3)
    np.testing.assert_array_equal(np.load(tmp_path / "m.npy"), MATRIX)
    write_matrix(tmp_path / "m.PARQUET", blocks, 4, 3)
    assert parquet.read_table(tmp_path / "m.PARQUET")["vector"].to_pylist() == MATRIX.tolist()


@pytest.mark.parametrize("name", ["m.txt", "m", "m.npz", ".npy.gz"])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in \.npy or \.parquet"):
        check_matrix_file(name)
