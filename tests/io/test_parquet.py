"""Parquet files."""

import pytest
from vector_tables import VECTORS, WORDS

from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors


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
