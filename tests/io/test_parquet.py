"""Parquet files."""

import numpy as np
import pytest
from vector_tables import VECTORS, WORDS

from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.words import Words


def test_parquet_as_spark_sees_it(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    write_vectors(tmp_path / "v.parquet", VectorFile(WORDS, VECTORS))
    table = parquet.read_table(tmp_path / "v.parquet")
    assert [str(field.type) for field in table.schema] == ["string", "list<element: float>"]
    assert table.column("vector").to_pylist()[0] == [1, 2]


def test_parquet_with_integers(tmp_path):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as parquet

    parquet.write_table(arrow.table({"word": [30, 7], "vector": [[1.0], [2.0]]}), tmp_path / "v")
    words = read_vectors(tmp_path / "v").words
    assert words.keys() == [30, 7]
    write_vectors(tmp_path / "w.parquet", VectorFile(words, VECTORS[:2]))
    assert read_vectors(tmp_path / "w.parquet").words.keys() == ["30", "7"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"word": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}, "different lengths"),
        ({"word": ["a", None], "vector": [[1.0], [1.0]]}, "a value is missing"),
        ({"word": ["a"], "numbers": [[1.0]]}, "columns named word and vector"),
        ({"word": ["a"], "vector": [1.0]}, "vector must hold lists"),
        ({"word": [1.5], "vector": [[1.0]]}, "keys must be all strings or all integers, got 1.5"),
        ({"word": ["a"], "vector": [["x"]]}, "could not convert string"),
    ],
)
def test_broken_parquet(tmp_path, columns, says):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as parquet

    path = tmp_path / "v.parquet"
    parquet.write_table(arrow.table(columns), path)
    with pytest.raises(ValueError, match=says):
        read_vectors(path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match="not Parquet with vectors"):
        read_vectors(path)


def test_a_changed_page_is_noticed(tmp_path):
    """Only the pages have checksums here; words and numbers stay readable when a bit changes."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / "v.parquet"
    rng = np.random.default_rng(1)
    words = Words.of(f"word{i}" for i in range(100))
    write_vectors(path, VectorFile(words, rng.normal(size=(100, 20)).astype("f")))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="not Parquet with vectors"):
        read_vectors(path)
