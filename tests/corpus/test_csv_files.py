"""CSV and TSV files as sources."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Any

import pytest
from texts import decoded

from fastvec.corpus.corpus import Corpus
from fastvec.io.compression import HEAD_BYTES


def read(path: Path, **options: Any) -> list[list[str]]:
    return decoded(Corpus.read(path, min_count=1, **options))


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_a_column_is_read_with_whatever_delimiter_the_header_has(
    tmp_path: Path, delimiter: str
) -> None:
    path = tmp_path / "t.csv"
    rows = [["id", "text"], ["1", "the cat"], ["2", ""], ["3", "sat"]]
    path.write_text("".join(delimiter.join(row) + "\r\n" for row in rows))
    assert read(path, column="text") == [["the", "cat"], ["sat"]]
    with pytest.raises(ValueError, match=r"say with column .*; it has id, text"):
        read(path)


def test_quoted_fields_hold_delimiters_quotes_and_newlines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('\ufeff"text",n\n"a, ""b""\nc",1\n"d\n",2\n')
    assert read(path, column="text") == [["a,", '"b"'], ["c"], ["d"]]
    assert read(path, column="text", lines=False) == [["a,", '"b"', "c"], ["d"]]
    assert read(path, column="text", tokens=str.split)[0] == ["a,", '"b"']


def test_compressed_and_without_the_ending(tmp_path: Path) -> None:
    data = b"user\titem\nu1\ti7\nu2\ti8\n"
    (tmp_path / "t.tsv.gz").write_bytes(gzip.compress(data))
    (tmp_path / "events").write_bytes(bz2.compress(data))
    for name in ("t.tsv.gz", "events"):
        assert read(tmp_path / name, column="item") == [["i7"], ["i8"]]
    with pytest.raises(ValueError, match=r"a table \(TSV\): .* it has user, item"):
        read(tmp_path / "t.tsv.gz")


def test_faults_are_said_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3\n")
    with pytest.raises(ValueError, match=r"t\.csv: line 3: 1 fields, where the first row has 2"):
        read(path, column="b")
    with pytest.raises(ValueError, match=r"has no column 'c'; it has a, b"):
        read(path, column="c")
    path.write_text("a,a\n1,2\n")
    with pytest.raises(ValueError, match=r"has columns 'a'; it has a, a"):
        read(path, column="a")
    path.write_text('a,b\n"1"2,3\n')
    with pytest.raises(ValueError, match=r"t\.csv: line 2 is no CSV: "):
        read(path, column="b")


def test_a_text_that_is_named_like_a_table_is_text(tmp_path: Path) -> None:
    path = tmp_path / "prose.csv"
    path.write_text("to be, or not\nto be\n")
    assert read(path) == [["to", "be,", "or", "not"], ["to", "be"]]


def test_rows_longer_than_what_is_looked_at_first(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    long = " ".join(["word"] * HEAD_BYTES)
    path.write_text("n,text\n" + f'1,"{long}"\n' * 3)
    assert [len(row) for row in read(path, column="text")] == [HEAD_BYTES] * 3
    with pytest.raises(ValueError, match="it has n, text"):
        read(path)
