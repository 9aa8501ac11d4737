"""Tables: files and objects that speak Arrow."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import PEAK, needs_peak
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

from fastvec.corpus.arrow import _parquet_batches
from fastvec.corpus.corpus import Corpus
from fastvec.params import CorpusParams


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
    for start, kind in ((b"PAR1\x15\x04", "Parquet"), (b"ARROW1\0\0", "Arrow")):
        shard.write_bytes(start + bytes(40))
        with pytest.raises(ValueError, match=f"shard is no {kind} file, or damaged or cut off: "):
            words(tmp_path, column="text")


def test_feather_1_is_refused_under_any_name(tmp_path: Path) -> None:
    for name in ("old.feather", "old.arrow", "old.txt"):
        (tmp_path / name).write_bytes(b"FEA1\0\0\0\0" + bytes(40) + b"FEA1")
        with pytest.raises(ValueError, match=f"{name} is a Feather file of version 1"):
            words(tmp_path / name)


def damaged_table(kind: str, tmp_path: Path) -> tuple[Path, str]:
    """An Arrow file whose offsets or indices point out of its memory, and what is said of it."""
    arrow = pytest.importorskip("pyarrow")
    column: list[Any] = ["aaaa", None, "bbbb"]
    old, new, says = [0, 4, 4, 8], [0, 4, 4, 1 << 20], "1048576"
    if kind in ("words", "numbers"):
        some: Any = "a" if kind == "words" else 1
        column, old, new = [[some] * 4, None, [some] * 4], [0, 4, 4, 8], [0, 4, 4, 1 << 20]
    elif kind == "falling":
        new, says = [0, 8, 4, 8], "non-monotonic"
    array = arrow.array(column)
    if kind == "dictionary":
        array = arrow.array(["a", "b", "c", "a"]).dictionary_encode()
        old, new, says = [0, 1, 2, 0], [0, 1, 2, 1 << 20], "1048576"
    table = arrow.table({"text": array})
    path = tmp_path / "leak.arrow"
    with arrow.OSFile(str(path), "wb") as file, arrow.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    data = path.read_bytes()
    assert data.count(struct.pack("<4i", *old)) == 1
    path.write_bytes(data.replace(struct.pack("<4i", *old), struct.pack("<4i", *new)))
    return path, says


@pytest.mark.parametrize("kind", ["text", "words", "numbers", "falling", "dictionary"])
def test_damaged_columns_are_named_and_not_read(kind: str, tmp_path: Path) -> None:
    path, says = damaged_table(kind, tmp_path)
    with pytest.raises(ValueError, match=f"leak.arrow, column text is damaged: .*{says}"):
        sentences(path, column="text", errors="replace")
    table = pytest.importorskip("pyarrow").ipc.open_file(path).read_all()
    frame = table.to_pandas(types_mapper=pytest.importorskip("pandas").ArrowDtype)
    named = {"column": "text"}
    for source, options in (
        (table, named),
        (table["text"], {}),
        (table.to_reader(), named),
        (frame, named),
    ):
        with pytest.raises(ValueError, match=r"^the .* (is damaged|cannot be read): .*" + says):
            sentences(source, errors="replace", **options)


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_compressed_tables(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "table"
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(a_table(), path)
    else:
        pytest.importorskip("pyarrow.feather").write_feather(a_table(), path)
    (tmp_path / "table.gz").write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "tmp").mkdir()
    assert sentences(tmp_path / "table.gz", column="text", tmp=tmp_path / "tmp") == TEXT_WORDS
    assert not list((tmp_path / "tmp").iterdir())


def test_text_that_is_not_utf8_is_not_damage() -> None:
    arrow = pytest.importorskip("pyarrow")
    array = arrow.array([b"caf\xe9 au", b"lait"]).view(arrow.string())
    assert sentences(array, errors="replace") == [["caf\ufffd", "au"], ["lait"]]
    with pytest.raises(ValueError, match="not valid UTF-8"):
        sentences(array)


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


def test_long_rows_of_parquet_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    for length, at_once in ((500_000, 64), (1, 200)):
        table = arrow.table({"text": [f"{i} " + "ab" * length for i in range(200)]})
        parquet.write_table(table, tmp_path / "t", compression=None, use_dictionary=False)
        with (tmp_path / "t").open("rb") as file:
            batches = _parquet_batches(file, "t", CorpusParams(column="text"))
            sizes = [len(batch) for batch in batches]
        assert sum(sizes) == 200
        assert 0.9 * at_once < max(sizes) <= 1.1 * at_once


REPEATED = (
    PEAK
    + """
import sys
from fastvec import Corpus

for path in sys.argv[1:]:
    corpus = Corpus.read(path, column="text", min_count=1, workers=1, progress=False)
    assert (len(corpus.tokens), corpus.raw_sentences) == (2000, 1000), path
print(peak())
"""
)


@needs_peak
def test_long_texts_that_a_dictionary_repeats_take_little_memory(tmp_path):
    """Small files of 1 GB of text, nearly all of it spaces: each long text is stored once."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    texts = pa.array(["a b" + " " * 1_000_000])
    table = pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0, None] * 1000), texts)})
    parquet.write_table(table, tmp_path / "dictionary.parquet")
    parquet.write_table(table, tmp_path / "plain.parquet", store_schema=False)
    feather.write_feather(table, tmp_path / "dictionary.feather")
    done = subprocess.run(
        [sys.executable, "-c", REPEATED, *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 500 << 10, done.stdout
