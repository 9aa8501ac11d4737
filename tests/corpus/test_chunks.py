"""Chunks: where files and streams are cut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from texts import (
    words,
)

from fastvec._core import Control, TextReader
from fastvec.corpus import chunks
from fastvec.corpus.spool import words_of


def test_a_file_that_becomes_shorter_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text"
    message = rf"^{path} became shorter while it was read: 8 bytes of 24 are left$"
    for text in (b"to be or not\nthat is it\n", b'{"t": "to be or not to"}'):
        path.write_bytes(text)

        def cut(line: str) -> list[str]:
            os.truncate(path, 8)
            return line.split()

        with pytest.raises(ValueError, match=message):
            words(path, tokens=cut, column="t" if b"{" in text else None)
    path.write_bytes(b"to be or not\nthat is it\n")
    part = next(chunks.file_ranges(str(path), path.stat().st_size))
    os.truncate(path, 8)
    with pytest.raises(ValueError, match=message), part.read(TextReader(), Control(1), 0):
        pass


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("to be or no")
    part = next(chunks.file_ranges(str(path), path.stat().st_size))
    path.write_text("to be or not to be")
    reader = TextReader()
    with part.read(reader, Control(1), 0) as paused:
        assert not paused
    assert list(words_of(reader)[0]) == ["to", "be", "or", "not"]
