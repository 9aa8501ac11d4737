"""What paths stand for."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest
from texts import (
    words,
)

from fastvec.corpus import files


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


def test_an_empty_path_is_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for source in ("", ["b.txt", ""], [""]):
        with pytest.raises(ValueError, match=r"^path must not be empty$"):
            words(source)
    assert words(".") == ["ex", "why", "bee"]


def test_links_to_folders_have_an_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a" / "loop").symlink_to(".")
    (folder / "a" / "up").symlink_to("..")
    (folder / "c").symlink_to("a")
    (folder / "broken").symlink_to("nowhere")
    (folder / "itself").symlink_to("itself")
    (folder / "a" / "deep [1]").mkdir()
    (folder / "a" / "deep [1]" / "z.txt").write_text("zed")
    monkeypatch.chdir(folder)
    assert [file.name for file in files.find_files(["."])] == [
        "a/deep [1]/z.txt",
        "a/x.txt",
        "a/y.dat",
        "b.txt",
    ]
    for pattern, found in (
        ("**/*.txt", ["a/deep [1]/z.txt", "a/x.txt", "b.txt"]),
        (f"{folder}/**/*.dat", [f"{folder}/a/y.dat"]),
        ("a/**", ["a/deep [1]/z.txt", "a/up/b.txt", "a/x.txt", "a/y.dat"]),
        ("[ac]/**/z*", ["a/deep [1]/z.txt", "c/deep [1]/z.txt"]),
    ):
        assert [file.name for file in files.find_files([pattern])] == found
    for name in ("broken", "itself", "**/nothing"):
        with pytest.raises(FileNotFoundError, match=re.escape(name)):
            words(name)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("a b")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(PermissionError, match="secret"):
        words(path)


def test_remote_files() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe({"/corpus/a.txt": b"to be", "/corpus/b.gz": gzip.compress(b"or not")})
    assert words("memory://corpus/a.txt") == ["to", "be"]
    assert words("memory://corpus") == ["to", "be", "or", "not"]
    assert words("memory://corpus/*.gz") == ["or", "not"]
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        words("memory://nowhere")
