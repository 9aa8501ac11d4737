"""Files that are no text: each is called by its name, and ordinary texts are not."""

from __future__ import annotations

import io
import lzma
import pickle
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from fastvec.corpus.corpus import Corpus
from fastvec.io.foreign import foreign_kind, holds_vectors, wide_encoding
from fastvec.vectors.keyedvectors import KeyedVectors


def an_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.ones(3))
    return file.getvalue()


class Gensim:
    """Stands for a model: its pickle names its module."""


Gensim.__module__, Gensim.__qualname__ = "gensim.models.word2vec", "Gensim"

FOREIGN = {
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "HTML": b"\n<!DOCTYPE html>\n<html><body>the cat</body></html>",
    "HTML document": b"\xef\xbb\xbf<html lang=en><p>the cat",
    "pickle": pickle.dumps([["the", "cat"]]),
    "gensim": b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x18gensim.models.word2vec\x94",
    "NumPy": an_array(),
    "fastText": b"\xba\x16\x4f\x2f\x0c\0\0\0",
    "lzma": lzma.compress(b"the cat\n" * 99, format=lzma.FORMAT_ALONE),
    "program": b"\x7fELF\x02\x01\x01\0",
    "image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "wiki": b'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="en">\n',
    "XML": b'\xef\xbb\xbf<?xml version="1.0"?>\n<rss><item>the cat</item></rss>',
    "WARC": b"WARC/1.0\r\nWARC-Type: warcinfo\r\n",
    "JSON document": b'[\n  {"text": "the cat"},\n  {"text": "sat"}\n]',
    "one JSON": b'{\n  "cells": [\n',
    "a dump of a database": b"-- MySQL dump 10.19  Distrib 10.3.38-MariaDB\n--\n",
    "database .SQL": b"--\n-- PostgreSQL database dump\n--\n",
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "safetensors": (99).to_bytes(8, "little") + b'{"a":{"dtype":"F32"',
}


@pytest.mark.parametrize(("name", "data"), FOREIGN.items(), ids=list(FOREIGN))
@pytest.mark.parametrize("options", [{}, {"column": "text"}, {"tokens": str.split}])
def test_what_is_no_text_is_called_by_its_name(
    tmp_path: Path, name: str, data: bytes, options: dict[str, object]
) -> None:
    (tmp_path / "given").write_bytes(data)
    with pytest.raises(ValueError, match=f"given is .*{name}.*, not text: ") as caught:
        Corpus.read(tmp_path / "given", **options)  # type: ignore[arg-type]
    assert "replace" not in str(caught.value)


def test_a_database_is_called_by_its_name(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("create table t (text)")
    database.close()
    with pytest.raises(ValueError, match=r"x\.db is an SQLite database, not text"):
        Corpus.read(tmp_path / "x.db")


@pytest.mark.parametrize("head", [b"PDF", b"<p>html", b"MZ is a word", b"GIF89a is one", b"{a}"])
def test_texts_that_begin_like_them_are_texts(head: bytes) -> None:
    assert foreign_kind(head + b" and so on") is None


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_wide_text_is_named_and_read_with_its_encoding(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "wide.txt"
    path.write_bytes("the café\nthe cat\n".encode(codec))
    assert wide_encoding(path.read_bytes()) == codec
    with pytest.raises(ValueError, match=f"is text in {codec}, not UTF-8: encoding='{codec}'"):
        Corpus.read(path)
    corpus = Corpus.read(path, min_count=1, encoding=codec)
    assert list(corpus.vocabulary.words) == ["the", "café", "cat"]


def test_text_with_a_few_zero_bytes_is_not_wide() -> None:
    assert wide_encoding(b"a\0b c d e f g h") is None


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.glove"])
def test_vectors_within_a_corpus_folder_are_no_text(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("the cat sat\n")
    wv = KeyedVectors(12)
    wv.add_vectors(["the", "cat"], np.random.default_rng(1).normal(size=(2, 12)))
    wv.save_word2vec_format(tmp_path / name, binary=name == "v.bin", write_header=name != "v.glove")
    with pytest.raises(ValueError, match=rf"{name} holds word vectors, not text"):
        Corpus.read(tmp_path)


def test_numbers_in_a_text_are_no_vectors() -> None:
    for text in (
        b"2 3\nto be or\nnot to be\n",
        b"1 2\n",
        b"2 3\n4 5\n",
        b"1 2\n3 4 5\n",
        b"a 0.5\nb 0.5\n",
    ):
        assert not holds_vectors(text, True)
