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
from fastvec.models.word2vec import Word2Vec


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
    with pytest.raises(ValueError, match=r"say with column=NAME .*; it has id, text"):
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


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt", "t.dat"])
@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t", ":", "::", "^", " ", "\x01", "é"])
def test_a_delimiter_that_is_given(tmp_path: Path, name: str, delimiter: str) -> None:
    path = tmp_path / name
    path.write_text(
        "".join(delimiter.join(row) + "\n" for row in (["n", "t"], ["1", "a"], ["2", "b"]))
    )
    options = {"column": "t", "delimiter": delimiter}
    assert read(path, **options) == [["a"], ["b"]]
    assert read(path, group="n", **options) == [["a"], ["b"]]
    with pytest.raises(ValueError, match=r"say with column=NAME which one .*; it has n, t"):
        read(path, delimiter=delimiter)


def test_a_tab_may_be_written_as_in_c(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("n\tt, u\n1\ta, b\n")
    assert read(tmp_path / "t", column="t, u", delimiter=r"\t") == [["a,", "b"]]


@pytest.mark.parametrize(("delimiter", "message"), [("", "empty"), ('"', "quote"), ("\n", "quote")])
def test_what_is_no_delimiter(delimiter: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"delimiter must .*{message}"):
        read(Path("t.csv"), column="t", delimiter=delimiter)


@pytest.mark.parametrize("name", ["u.data", "u.csv", "u.txt.gz"])
def test_a_table_without_names(tmp_path: Path, name: str) -> None:
    """As MovieLens has them."""
    data = b"196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t377\t1\t878887116\n"
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    options = {"header": False, "column": "2"}
    assert read(path, **options) == [["242"], ["302"], ["377"]]
    assert read(path, group="1", order="4", **options) == [["377", "242"], ["302"]]
    with pytest.raises(ValueError, match=r"has no column '5'; it has 1, 2, 3, 4$"):
        read(path, header=False, column="5")
    with pytest.raises(ValueError, match=r"say with column=NAME which one .*; it has 1, 2, 3, 4$"):
        read(path, header=False)


def test_a_number_as_a_column_of_a_table_with_names_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("196,242\n186,302\n")
    with pytest.raises(ValueError, match=r"no column '2'; it has 196, 242 \(.*header=False\)"):
        read(path, column="2")
    assert read(path, column="242") == [["302"]]


def test_options_of_tables_are_refused_where_there_is_none() -> None:
    for options in ({"delimiter": ";"}, {"header": False}):
        with pytest.raises(ValueError, match=r"(delimiter|header) is for files of CSV, and this"):
            Corpus.read([["a"]], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(tmp_path: Path, end: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(end.join(["n,text", "1,a b", "", '2,"c', 'd"', ""]).encode())
    assert read(path, column="text") == [["a", "b"], ["c"], ["d"]]


def test_a_model_with_a_delimiter_trains_on_lists_later(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("n:t\n" + "1:a b\n" * 9)
    model = Word2Vec(path, column="t", delimiter=":", min_count=1, vector_size=2, sample=0)
    assert model.train([["a", "b"]], total_examples=1, epochs=1)[1] == 2


def test_a_delimiter_is_not_guessed_where_there_are_no_names(tmp_path: Path) -> None:
    path = tmp_path / "t"
    for text in ("a,b;c\nd,e;f\n", "a;b\nc;d;e\n"):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"t: it is not clear what .*: say it with delimiter"):
            read(path, column="1", header=False)
    path.write_text("a;b\nc;d,e\n")
    assert read(path, column="2", header=False) == [["b"], ["d,e"]]
    path.write_text("a\nb\n")
    assert read(path, column="1", header=False) == [["a"], ["b"]]
    with pytest.raises(ValueError, match=r"t has no delimiter ';' in its first rows"):
        read(path, column="1", header=False, delimiter=";")


def test_json_lines_are_no_table_whatever_the_options_say(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('\n{"user": 1, "item": "a"}\n' * 3)
    assert read(path, column="item", delimiter=",") == [["a"]] * 3
    with pytest.raises(ValueError, match="line 2 has no field '2'; it has user, item"):
        read(path, column="2", header=False)
    with pytest.raises(ValueError, match="JSON lines: say with column=NAME"):
        read(path, header=False)
    path.write_text("{x},a\n{y},b\n")
    assert read(path, column="2", header=False) == [["a"], ["b"]]


def test_commas_without_a_header_in_a_file_named_for_tabs_are_unclear(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("item,user\na,b\n")
    with pytest.raises(ValueError, match=r"t\.tsv: it is not clear what separates its columns"):
        Corpus.read(path, column="1", header=False, min_count=1)
    read = Corpus.read(path, column="1", header=False, delimiter=",", min_count=1)
    assert set(read.vocabulary.words) == {"item", "a"}
