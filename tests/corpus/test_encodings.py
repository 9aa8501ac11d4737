"""Text in other encodings than UTF-8."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from fastvec.corpus import encodings
from fastvec.corpus.corpus import Corpus
from fastvec.io.encodings import guess_encoding
from fastvec.models.word2vec import Word2Vec

FRENCH = "Le café où elle a déjà été\nun élève très sûr\n"
RUSSIAN = "Привет, как дела сегодня\nвсе хорошо спасибо\n"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH, "cp1252"),
        ("“Schöne” Grüße aus Köln", "cp1252"),
        ("zażółć gęślą jaźń, proszę", "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN.lower(), "koi8-r"),
        ("これは日本語の文章です。猫がいます。", "shift_jis"),
        ("これは日本語の文章です。猫がいます。", "euc_jp"),
        ("我们的国家在这里，他是一个好人。", "gb18030"),
        ("我們的國家在這裡，他是一個好人。", "big5"),
    ],
)
def test_the_likely_encoding_is_named_and_reads_the_text(
    tmp_path: Path, text: str, codec: str
) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(text.encode(codec))
    with pytest.raises(ValueError, match=f"it looks like {codec}, which encoding="):
        Corpus.read(path)
    for options in ({}, {"tokens": str.split}):
        corpus = Corpus.read(path, min_count=1, encoding=codec, **options)  # type: ignore[arg-type]
        assert set(corpus.vocabulary.words) == set(text.split())


def test_replacing_is_not_advised_for_what_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "noise"
    path.write_bytes(b"text" + bytes(range(256)) * 9)
    with pytest.raises(ValueError, match=r"noise: byte \d+ is not valid UTF-8, and .* no text"):
        Corpus.read(path)
    assert guess_encoding(b"ab \xff") is None


def test_compressed_text_json_lines_and_csv_have_the_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress("\ufeffé è".encode("utf-16")))
    assert words(tmp_path / "a.gz", encoding="utf-16") == ["é", "è"]
    row = json.dumps({"text": "é è"}, ensure_ascii=False) + "\n"
    (tmp_path / "b.jsonl").write_bytes(row.encode("latin-1"))
    assert words(tmp_path / "b.jsonl", encoding="latin-1", column="text") == ["é", "è"]
    (tmp_path / "c.csv").write_bytes("n,text\n1,é è\n".encode("cp1252"))
    assert words(tmp_path / "c.csv", encoding="cp1252", column="text") == ["é", "è"]


def words(path: Path, **options: Any) -> list[str]:
    return list(Corpus.read(path, min_count=1, **options).vocabulary.words)


def test_characters_are_whole_across_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "BLOCK_BYTES", 7)
    path = tmp_path / "a"
    path.write_bytes(("日本 語が " * 20).encode("shift_jis"))
    assert words(path, encoding="shift_jis") == ["日本", "語が"]
    path.write_bytes(b"abc def \x82")
    with pytest.raises(ValueError, match="a: byte 8 is not valid shift_jis"):
        words(path, encoding="shift_jis")
    assert words(path, encoding="shift_jis", errors="replace") == ["abc", "def", "\ufffd"]


@pytest.mark.parametrize("bad", ["no-such", "rot13", "base64", "", "utf\0"])
def test_what_is_no_encoding_of_text_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="encoding must be one that Python has for text"):
        Corpus.read([["a"]], encoding=bad)


def test_a_model_keeps_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("é è\n".encode("latin-1") * 9)
    model = Word2Vec(path, encoding="latin-1", min_count=1, vector_size=2)
    model.save(tmp_path / "m.safetensors")
    assert Word2Vec.load(tmp_path / "m.safetensors").encoding == "latin-1"
