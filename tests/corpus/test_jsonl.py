"""JSON lines."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texts import (
    TEXT_WORDS,
    TEXTS,
    sentences,
)

from fastvec.corpus.corpus import Corpus
from fastvec.models.word2vec import Word2Vec


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    rows = [{"n": 1, "text": text} for text in TEXTS] + [{"text": ["a b", "7"]}, {"text": "é"}]
    path.write_text("\n\n".join(map(json.dumps, rows)))
    expected = [*TEXT_WORDS, ["a b", "7"], ["é"]]
    assert sentences(path, column="text") == expected
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert sentences(path, column="text") == expected


def test_json_lists_of_integers(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"n": []}\n{"n": [3, -1]}\n{"n": null}\n{"n": [3]}')
    assert sentences(path, column="n") == [["3", "-1"], ["3"]]
    for items, message in (
        ('[3, "3"]', "lines.jsonl: tokens must be all .* got '3' after integers"),
        ('["3", null]', "lines.jsonl: tokens must be all .* got None after strings"),
        ("[2.5]", r"lines.jsonl: tokens must be all strings or all integers, got 2.5"),
    ):
        path.write_text(f'{{"n": {items}}}')
        with pytest.raises(TypeError, match=message):
            sentences(path, column="n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"lines: line 2 is not JSON"),
        ("[1]", r"lines: line 2 is not a JSON object"),
        ('{"txt": 1}', r"lines: line 2 has no field 'text'; it has txt"),
        ('{"text": 1}', r"lines: line 2: text is neither a text nor a list"),
        (r'{"text": "a\ud800"}', r"lines: 'a\\ud800' is not valid Unicode"),
        ("[" * 100_000, r"lines: line 2 is not JSON"),
    ],
)
def test_bad_json_lines(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "lines"
    path.write_text('{"text": "good"}\n' + line)
    with pytest.raises(ValueError, match=message):
        sentences(path, column="text")


def test_json_lines_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'\xef\xbb\xbf{"text": "a"}\r\n{"text": "b\xff"}')
    with pytest.raises(ValueError, match=r"lines: byte 29 is not valid UTF-8 \(errors='replace'"):
        sentences(path, column="text")
    assert sentences(path, column="text", errors="replace") == [["a"], ["b\ufffd"]]


def test_json_surrogates_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text(r'{"text": "a\ud800 \ud83d\ude00"}')
    assert sentences(path, column="text", errors="replace") == [["a\ufffd", "😀"]]


def test_without_a_column_the_fields_are_named(tmp_path: Path) -> None:
    longer = "x" * 20_000
    for name, more in (("a.jsonl", ""), ("plain", ""), ("b.ndjson", longer), ("long", longer)):
        path = tmp_path / name
        path.write_text(json.dumps({"headline": "a cat", "body": more}) + "\n")
        with pytest.raises(ValueError, match=r"JSON lines: .* the first line has headline, body"):
            sentences(path)
    path = tmp_path / "text"
    path.write_text("{a} text with braces\n")
    assert sentences(path) == [["{a}", "text", "with", "braces"]]
    path.write_text('{"quoted" ' + "text " * 4_000)
    assert sentences(path) == [['{"quoted"', *["text"] * 4_000]]


def test_mappings_are_read_with_a_column() -> None:
    rows = [{"n": 1, "text": "the cat"}, {"n": 2, "text": None}, {"n": 3, "text": "sat"}]
    for source in (rows, iter(rows)):
        assert sentences(source, column="text") == [["the", "cat"], ["sat"]]
    assert sentences(rows, column="text", tokens=list)[1] == ["s", "a", "t"]
    walks = [{"ids": (1, 2)}, {"ids": np.array([2])}, {"ids": [3]}]
    assert sentences(walks, column="ids") == [["1", "2"], ["2"], ["3"]]
    with pytest.raises(ValueError, match=r"say with column=NAME .*; the first one has n, text"):
        sentences(rows)
    with pytest.raises(ValueError, match="row 0 of the corpus has no 'x'; it has n, text"):
        sentences(rows, column="x")
    with pytest.raises(TypeError, match="row 1 of the corpus is 5, not a mapping"):
        sentences([rows[0], 5], column="text")


@pytest.mark.parametrize("source", [[["a"]], np.array([[1, 2]]), iter([["a"]])])
def test_a_column_of_what_has_none_is_refused(source: Any) -> None:
    with pytest.raises(ValueError, match="there is no column 'text'"):
        sentences(source, column="text")


def test_a_model_with_a_column_trains_on_lists_later(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a b"}\n' * 9)
    model = Word2Vec(path, column="text", min_count=1, vector_size=2, sample=0)
    assert model.train([["a", "b"]], total_examples=1, epochs=1)[1] == 2


def test_json_lines_that_end_with_carriage_returns_are_no_table(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(b'{"user": "a", "item": "b"}\r{"user": null, "item": "c"}\r')
    with pytest.raises(ValueError, match="line 1 has no field '2'"):
        Corpus.read(path, column="2", header=False, min_count=1)
    with pytest.raises(ValueError, match="JSON lines"):
        Corpus.read(path, min_count=1)
