"""Long tables: one sequence for each group, in the order of a column."""

from __future__ import annotations

import csv
import itertools
import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import DEADLINE, PEAK, needs_peak
from texts import decoded

from fastvec.corpus import sequences
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import Corpus

ROWS = [
    ("u1", "i7", 5),
    ("u2", "i1", 1),
    ("u1", "i8", 3),
    ("u3", "red shoes", 9),
    ("u2", "i7", 1),
    ("u1", "i9", 3),
]
BY_TIME = [["i8", "i9", "i7"], ["i1", "i7"], ["red shoes"]]
BY_ROW = [["i7", "i8", "i9"], ["i1", "i7"], ["red shoes"]]
LONG = {"column": "item", "group": "user", "order": "time"}
NAMES = ["user", "item", "time"]


def read(source: Any, **options: Any) -> list[list[str]]:
    return decoded(Corpus.read(source, min_count=1, **options))


def records(rows: list[tuple[Any, ...]] = ROWS) -> list[dict[str, Any]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows]


def written(folder: Path, kind: str) -> Any:
    """The rows in a file or an object of a kind."""
    path = folder / f"events.{kind}"
    if kind in ("csv", "tsv"):
        with path.open("w", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if kind == "tsv" else ",")
            writer.writerows([NAMES, *ROWS])
        return path
    if kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in records()))
        return path
    if kind in ("list", "iterator"):
        return records() if kind == "list" else iter(records())
    if kind in ("pandas", "polars"):
        return pytest.importorskip(kind).DataFrame(records())
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pylist(records())
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, path, row_group_size=2)
    elif kind == "feather":
        pytest.importorskip("pyarrow.feather").write_feather(table, path)
    return {"table": table, "batches": table.to_reader(2)}.get(kind, path)


KINDS = ["csv", "tsv", "jsonl", "parquet", "feather", "list", "iterator", "pandas", "polars"]
KINDS += ["table", "batches"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_table_of_any_kind(tmp_path: Path, kind: str) -> None:
    assert read(written(tmp_path, kind), **LONG) == BY_TIME
    assert read(written(tmp_path, kind), column="item", group="user") == BY_ROW
    counted = count_words(written(tmp_path, kind), **LONG)  # type: ignore[arg-type]
    assert dict(zip(counted.words, counted.counts.tolist(), strict=True)) == {
        "i7": 2,
        "i8": 1,
        "i9": 1,
        "i1": 1,
        "red shoes": 1,
    }
    with pytest.raises(ValueError, match=r"has no (column |field )?'who'; it has user, item, time"):
        read(written(tmp_path, kind), column="item", group="who")
    with pytest.raises(
        ValueError, match=r"has no (column |field )?'when'; it has user, item, time"
    ):
        read(written(tmp_path, kind), column="item", group="user", order="when")


def test_a_group_goes_on_in_the_next_file(tmp_path: Path) -> None:
    for name, rows in (("1.csv", ROWS[:3]), ("2.csv", ROWS[3:])):
        with (tmp_path / name).open("w", newline="") as file:
            csv.writer(file).writerows([NAMES, *rows])
    assert read(tmp_path, **LONG) == BY_TIME


def test_integers_are_items(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    items = [7, -1, (1 << 64) - 1, 7]
    for kind in (arrow.uint64(), arrow.float64(), arrow.string()):
        users = arrow.array([1, 2, 2, 1]).cast(kind)
        table = arrow.table({"item": arrow.array([7, -1, 5, 7], arrow.int8()), "user": users})
        corpus = Corpus.read(table, column="item", group="user", min_count=1)
        assert corpus.vocabulary.words.keys() == [7, -1, 5]
        assert read(table, column="item", group="user") == [["7", "7"], ["-1", "5"]]
    rows = [{"item": item, "user": 1} for item in items]
    corpus = Corpus.read(rows, column="item", group="user", min_count=1)
    assert corpus.vocabulary.words.keys() == [7, -1, (1 << 64) - 1]
    path = tmp_path / "t.jsonl"
    path.write_text('{"item": 7, "user": "a"}\n{"item": "7", "user": "b"}\n')
    with pytest.raises(TypeError, match="all strings or all integers, got '7' after integers in"):
        read(path, column="item", group="user")


def test_a_group_is_the_same_in_files_of_all_kinds(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    (tmp_path / "a.csv").write_text("user,item\n7,a\n")
    (tmp_path / "b.jsonl").write_text('{"user": 7, "item": "b"}\n{"user": 7.0, "item": "c"}\n')
    table = arrow.table({"user": [7.0, 7.0], "item": ["d", "e"]})
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "c.parquet")
    assert read(tmp_path, column="item", group="user") == [["a", "b", "c", "d", "e"]]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "table", "pandas", "list"])
def test_rows_without_a_value_are_left_out_and_said(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [("a", "x", 2), (None, "y", 1), ("a", None, 1), ("a", "z", None), ("a", "w", 1)]
    source: Any = records(rows)
    if kind == "csv":
        source = tmp_path / "t.csv"
        with source.open("w", newline="") as file:
            csv.writer(file).writerows([NAMES, *rows])
    elif kind == "jsonl":
        source = tmp_path / "t.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in records(rows)))
    elif kind == "table":
        source = pytest.importorskip("pyarrow").Table.from_pylist(source)
    elif kind == "pandas":
        source = pytest.importorskip("pandas").DataFrame(source)  # time becomes a float
    assert read(source, **LONG) == [["w", "x"]]
    assert "rows left out, which have no value in column item or user or time: 3" in caplog.text


def test_what_cannot_be_an_item_a_group_or_an_order(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    good = {"item": ["a"], "user": ["u"], "time": [1]}
    for name, value, message in (
        ("item", [["a"]], "item .*neither a text nor an integer|column item holds list"),
        ("item", [1.5], "item .*neither a text nor an integer|column item holds double"),
        ("user", [["u"]], "user .*no group|column user holds list"),
        ("time", [["u"]], "neither a number .* nor a date|column time holds list"),
        ("time", ["5 o'clock"], "is neither a number below .* nor a date or time as 2024-01-31T"),
        ("time", [1e300], "is neither a number below"),
    ):
        columns = good | {name: value}
        for source in (arrow.table(columns), [{k: v[0] for k, v in columns.items()}]):
            with pytest.raises((ValueError, TypeError), match=message):
                read(source, **LONG)
    path = tmp_path / "t.csv"
    path.write_text("item,user,time\na,u,1\nb,u,31.12.2024\n")
    with pytest.raises(ValueError, match=r"t\.csv: line 3: time: '31\.12\.2024' is neither"):
        read(path, **LONG)
    (tmp_path / "u.csv").write_text("item,user,time\nb,u,2024-12-31\n")
    path.write_text("item,user,time\na,u,1\n")
    with pytest.raises(ValueError, match=r"u\.csv: dates or times and numbers cannot be sorted"):
        read(tmp_path, **LONG)


def test_options_that_need_each_other() -> None:
    with pytest.raises(ValueError, match="group needs column=NAME beside it"):
        read(records(), group="user")
    with pytest.raises(ValueError, match="order needs group=NAME beside it"):
        read(records(), column="item", order="time")
    for source in ([["a"]], np.array([[1, 2]])):
        with pytest.raises(ValueError, match="there is no column 'item'"):
            read(source, column="item", group="user")


def test_text_has_no_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("the cat sat\n")
    with pytest.raises(ValueError, match="line 1 is not JSON"):
        read(path, column="item", group="user")


def many_rows(n: int) -> Iterator[tuple[str, str, int]]:
    chance = random.Random(1)
    for _ in range(n):
        user = f"u{chance.randrange(n // 10)}"
        yield user, f"i{chance.randrange(500)}", chance.randrange(20)


def by_group(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    """The plain rule; Python keeps the order in which groups appear."""
    groups: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return [[row[1] for row in sorted(each, key=lambda row: row[2])] for each in groups.values()]


def test_the_order_does_not_depend_on_how_much_fits_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = list(many_rows(20_000))
    whole = decoded(Corpus.read(records(rows), min_count=1, **LONG))
    assert whole == by_group(rows)
    monkeypatch.setattr(sequences, "LEAST_BYTES", 1 << 14)
    for memory, workers in (("1K", 1), ("100K", 3), ("1G", 2)):
        options = {"memory": memory, "workers": workers, **LONG}
        corpus = Corpus.read(records(rows), min_count=1, **options)
        assert decoded(corpus) == whole


def test_groups_whose_hashes_collide_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences.zlib, "crc32", lambda data: len(data))
    rows = list(many_rows(2000))
    assert read(records(rows), **LONG) == by_group(rows)
    monkeypatch.setattr(sequences, "LEAST_BYTES", 1 << 10)
    assert read(records(rows), memory="1K", **LONG) == by_group(rows)


LARGE = (
    PEAK
    + """
import os, sys, threading
import numpy as np
import pyarrow as pa
from fastvec import Corpus

def batches(n):
    chance = np.random.default_rng(1)
    for start in range(0, n, 1 << 16):
        some = min(1 << 16, n - start)
        users = chance.integers(0, n // 10, some)
        yield pa.record_batch({
            "user": pa.array(users), "item": pa.array(users % 100), "time": chance.random(some),
        })

def grown(n):
    reader = pa.RecordBatchReader.from_batches(next(batches(10)).schema, batches(n))
    corpus = Corpus.read(
        reader, column="item", group="user", order="time", min_count=1, memory="8M", workers=2
    )
    assert len(corpus.tokens) == n, len(corpus.tokens)
    first = corpus.tokens[corpus.offsets[:-1]]
    same = np.repeat(first, np.diff(corpus.offsets)) == corpus.tokens
    assert same.all()
    return peak()

small = grown(1 << 16)
large = grown(1 << 21)
print(small, large, large - small)
"""
)


@needs_peak
def test_a_table_much_larger_than_memory(tmp_path: Path) -> None:
    """2 million rows, 100 MB while they are sorted, with 8 MB for them."""
    done = subprocess.run(
        [sys.executable, "-c", LARGE], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[2]) < 70 << 10, done.stdout


def test_sequences_train(tmp_path: Path) -> None:
    from fastvec.models.word2vec import Word2Vec

    model = Word2Vec(records(), vector_size=4, min_count=1, sample=0, **LONG)
    assert set(model.wv.index_to_key) == set(itertools.chain(*BY_TIME))
    model.save(tmp_path / "model.safetensors")
    loaded = Word2Vec.load(tmp_path / "model.safetensors")
    assert (loaded.column, loaded.group, loaded.order) == ("item", "user", "time")
    assert loaded.train([["i7", "i8"]], total_examples=1, epochs=1)[1] == 2


def test_tables_in_parts(tmp_path: Path) -> None:
    """As pandas reads large files, and as datasets of many files are."""
    pandas = pytest.importorskip("pandas")
    dataset = pytest.importorskip("pyarrow.dataset")
    path = written(tmp_path, "csv")
    assert read(pandas.read_csv(path, chunksize=2), **LONG) == BY_TIME
    assert read([pandas.read_csv(path)], **LONG) == BY_TIME
    assert read(dataset.dataset(path, format="csv"), **LONG) == BY_TIME
    assert read(dataset.dataset(written(tmp_path, "parquet")), **LONG) == BY_TIME
    with pytest.raises(ValueError, match=r"has no column 'x'; it has user, item, time"):
        read(dataset.dataset(written(tmp_path, "parquet")), column="x")
    with pytest.raises(ValueError, match=r"delimiter is for files of CSV"):
        read(pandas.read_csv(path), delimiter=";", **LONG)


def test_integers_of_databases_are_items() -> None:
    arrow = pytest.importorskip("pyarrow")
    ids = arrow.array([12345678901234567890, 5, 5], arrow.decimal128(38, 0))
    corpus = Corpus.read(
        arrow.table({"item": ids, "user": ids}), column="item", group="user", min_count=1
    )
    assert corpus.vocabulary.words.keys() == [5, 12345678901234567890]


def test_a_frame_with_a_column_twice_is_refused() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([["a", "b"]], columns=["item", "item"])
    with pytest.raises(ValueError, match=r"the DataFrame (cannot be read: |has columns 'item')"):
        read(frame, column="item")
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table([["a"], ["b"]], names=["item", "item"])
    with pytest.raises(ValueError, match=r"the Table has columns 'item'; it has item, item"):
        read(table, column="item")


def test_lists_of_words_that_are_no_utf8() -> None:
    arrow = pytest.importorskip("pyarrow")
    words = arrow.array([b"caf\xe9", b"a"]).view(arrow.string())
    lists = arrow.ListArray.from_arrays(arrow.array([0, 2], arrow.int32()), words)
    table = arrow.table({"item": words, "user": ["u", "u"]})
    for source, options in ((lists, {}), (table, {"column": "item", "group": "user"})):
        with pytest.raises(ValueError, match=r"not valid UTF-8 \(errors='replace' reads it"):
            read(source, **options)
        assert read(source, errors="replace", **options) == [["caf\ufffd", "a"]]


ENDLESS = """
import itertools
from fastvec import Corpus

def rows():
    for i in itertools.count():
        if i == 100_000:
            print("reading", flush=True)
        yield {"user": i % 97, "item": "i", "time": i}

Corpus.read(rows(), column="item", group="user", order="time", memory="1M", tmp=".")
"""


def test_ctrl_c_ends_the_sorting_and_leaves_no_file(tmp_path: Path) -> None:
    code = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(
        code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"reading\n"
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=DEADLINE)
    assert b"KeyboardInterrupt" in errors
    assert not list(tmp_path.iterdir())
