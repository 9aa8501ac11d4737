"""What paths stand for."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fastvec import pieces
from fastvec.corpus import Corpus


def words(source: object, **options: object) -> list[str]:
    return list(Corpus.read(source, min_count=1, **options).vocabulary.words)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """b.txt, a/x.txt, a/y.dat and hidden files."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b.txt").write_text("bee")
    (tmp_path / "a" / "x.txt").write_text("ex")
    (tmp_path / "a" / "y.dat").write_text("why")
    (tmp_path / ".hidden").write_text("secret")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("secret")
    return tmp_path


def test_folder_in_the_order_of_names(folder: Path) -> None:
    assert words(folder) == ["ex", "why", "bee"]


def test_glob(folder: Path) -> None:
    assert words(str(folder / "**" / "*.txt")) == ["ex", "bee"]
    with pytest.raises(FileNotFoundError, match="no file matches"):
        words(str(folder / "*.csv"))


def test_a_file_named_like_a_glob_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "what?.txt").write_text("mark")
    (tmp_path / "whats.txt").write_text("letter")
    assert words(str(tmp_path / "what?.txt")) == ["mark"]


def test_several_paths_stand_in_their_order(folder: Path) -> None:
    assert words([folder / "b.txt", str(folder / "a")]) == ["bee", "ex", "why"]
    with pytest.raises(TypeError, match="a list of paths holds 5, which is not a path"):
        words([folder / "b.txt", 5])


def test_missing_things(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no such file.*missing"):
        words(tmp_path / "missing")
    with pytest.raises(ValueError, match="holds no file"):
        words(tmp_path)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a b")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(PermissionError, match="secret"):
        words(path)


def test_sentences_end_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a b")
    (tmp_path / "2").write_text("c\nd")
    corpus = Corpus.read(tmp_path, min_count=1)
    assert corpus.offsets.tolist() == [0, 2, 3, 4]
    assert corpus.raw_sentences == 3


def test_standard_input() -> None:
    code = """
from fastvec.corpus import Corpus
corpus = Corpus.read("-", min_count=1)
print(*corpus.vocabulary.words)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"to be or not to be", capture_output=True, check=True
    )
    assert done.stdout == b"to be or not\n"


def test_a_pipe_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("to be or not to be",))
    writer.start()
    assert words(path) == ["to", "be", "or", "not"]
    writer.join()


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_blocks_are_cut_between_words(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"one twenty\tthree\n\nhundred and fiftyfour "
    monkeypatch.setattr(pieces, "BLOCK_BYTES", size)
    blocks = list(pieces.blocks("name", io.BytesIO(data)))
    assert b"".join(block.data for block in blocks) == data
    assert [block.last for block in blocks] == [False] * (len(blocks) - 1) + [True]
    start = 0
    for block in blocks:
        assert block.start == start
        start += len(block.data)
        assert block.data[-1:] in b" \t\n" or block.last
