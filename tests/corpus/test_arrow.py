"""Tables: files and objects that speak Arrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from texts import (
    COLUMNS,
    LIST_WORDS,
    LISTS,
    NUMBERS,
    RULES,
    SHOUTED,
    SHOUTED_WHOLE,
    TEXT_WORDS,
    TEXTS,
    a_table,
    sentences,
    shout,
    words,
)

from fastvec.corpus.corpus import Corpus


@pytest.mark.parametrize("kind", ["parquet", "feather", "arrow"])
def test_table_files(kind: str, tmp_path: Path) -> None:
    table = a_table()
    path = tmp_path / "table"
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, path, row_group_size=2)
    else:
        compression = "lz4" if kind == "feather" else "uncompressed"
        pytest.importorskip("pyarrow.feather").write_feather(table, path, compression=compression)
    for column, expected in COLUMNS.items():
        assert sentences(path, column=column) == expected
    keys = Corpus.read(path, column="items", min_count=1).vocabulary.words.keys()
    assert keys == [3, -1, 1 << 40]
    with pytest.raises(ValueError, match=r"has 3 columns of text or lists.*it has text, words, "):
        sentences(path)
    with pytest.raises(ValueError, match=r"has no column 'txt'; it has text, words, items, n"):
        sentences(path, column="txt")
    with pytest.raises(TypeError, match="column n holds single numbers"):
        sentences(path, column="n")


def test_broken_table_files_are_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    shard = tmp_path / "shard"
    for start, kind in (
        (b"PAR1\x15\x04", "Parquet"),
        (b"ARROW1\0\0", "Arrow"),
        (b"FEA1\0", "Feather"),
    ):
        shard.write_bytes(start + bytes(40))
        with pytest.raises(ValueError, match=f"shard is no {kind} file, or damaged or cut off: "):
            words(tmp_path, column="text")


@pytest.mark.parametrize("word", ["PAR1", "ARROW1", "FEA1"])
def test_a_text_may_begin_like_a_table(word: str, tmp_path: Path) -> None:
    for text in (word, f"{word} is", f"{word}\nis"):
        (tmp_path / "text").write_text(text)
        assert words(tmp_path / "text") == text.split()


def test_arrow_objects() -> None:
    arrow = pytest.importorskip("pyarrow")
    table = a_table()
    for column, expected in COLUMNS.items():
        assert sentences(table, column=column) == expected
        assert sentences(table.slice(1), column=column) == sentences(
            table.take([1, 2, 3, 4]), column=column
        )
        assert sentences(table[column]) == expected
        assert sentences(table[column].combine_chunks()) == expected
    assert sentences(table.select(["text", "n"])) == TEXT_WORDS  # the only one that can be read
    assert sentences(arrow.array(TEXTS).dictionary_encode()) == TEXT_WORDS
    assert sentences(arrow.array([[1, 2], [1, 3]], arrow.list_(arrow.uint8(), 2))) == [
        ["1", "2"],
        ["1", "3"],
    ]
    with pytest.raises(TypeError, match="holds double"):
        sentences(arrow.array([1.5]))
    with pytest.raises(ValueError, match="lists with missing words"):
        sentences(arrow.array([["a", None]]))


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": TEXTS, "n": range(5)})
    if not hasattr(frame, "__arrow_c_stream__"):
        pytest.skip("this pandas does not speak Arrow")
    pytest.importorskip("pyarrow")
    assert sentences(frame) == TEXT_WORDS
    if hasattr(frame["text"], "__arrow_c_stream__"):
        assert sentences(frame["text"]) == TEXT_WORDS
    items = pandas.DataFrame({"items": NUMBERS})
    assert Corpus.read(items, min_count=1).vocabulary.words.keys() == [3, -1, 1 << 40]


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    frame = polars.DataFrame({"text": TEXTS, "words": [*LISTS, None]})
    assert sentences(frame, column="text") == TEXT_WORDS
    assert sentences(frame, column="words") == LIST_WORDS
    assert sentences(frame["words"]) == LIST_WORDS
    items = polars.DataFrame({"items": NUMBERS})
    assert Corpus.read(items, min_count=1).vocabulary.words.keys() == [3, -1, 1 << 40]


def test_hugging_face_datasets() -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(5))})
    assert sentences(dataset) == TEXT_WORDS
    assert sentences(dataset.select([4, 0])) == [TEXT_WORDS[3], TEXT_WORDS[0]]


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_a_function_gets_each_text_of_a_table(kind: str, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"t": [*RULES, None], "w": [["A b", "a"], None, [], ["b"], []]})
    path = tmp_path / "table"
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, path)
    else:
        pytest.importorskip("pyarrow.feather").write_feather(table, path)
    for source in (table, path):
        assert sentences(source, column="t", tokens=shout) == SHOUTED
        assert sentences(source, column="t", tokens=shout, lines=False) == SHOUTED_WHOLE
        assert sentences(source, column="w", tokens=shout) == [["A b", "a"], ["b"]]
    numbers = arrow.table({"n": [[1, 2], [3]]})
    assert sentences(numbers, tokens=shout) == [["1", "2"], ["3"]]
    assert sentences(np.array([[1, 2]]), tokens=shout) == [["1", "2"]]


def test_a_table_row_is_read_like_a_file() -> None:
    arrow = pytest.importorskip("pyarrow")
    rows = ["to", "\ufeffto be"]
    assert sentences(arrow.table({"t": rows})) == [["to"], ["to", "be"]]
