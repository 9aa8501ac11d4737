"""Temporary files beside the files that they become: those of killed processes are removed."""

import os
import subprocess
from pathlib import Path

import pytest
from processes import started

from fastvec._util import beside
from fastvec._util.atomic import atomic_folder, atomic_write

pytestmark = pytest.mark.skipif(not beside.HAS_LOCKS, reason="files cannot be locked here")

WRITING = """
import sys
from fastvec._util.atomic import atomic_write
with atomic_write(sys.argv[1]) as file:
    print("writing", flush=True)
    sys.stdin.read()
    file.write(b"cat")
"""


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


@pytest.mark.parametrize("name", ["words", "n" * 255])
def test_the_file_of_a_killed_process_is_removed_by_the_next(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with started("-c", WRITING, path, **options) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "writing\n"
        killed.kill()
        killed.wait()
    (left,) = names(tmp_path)
    with atomic_write(path):
        assert left not in names(tmp_path)
    assert names(tmp_path) == {name}


@pytest.mark.parametrize("lives", [True, False])
def test_folders_of_killed_processes_are_removed_too(tmp_path: Path, lives: bool) -> None:
    left, lock = beside.create_beside(tmp_path / "model", is_folder=True)
    (left / "words").touch()
    if not lives:
        os.close(lock)
    other, handle = beside.create_beside(tmp_path / "model", is_folder=True)
    assert (left.exists(), other.is_dir()) == (lives, True)
    os.close(handle)
    if lives:
        os.close(lock)


def test_the_file_of_a_process_that_lives_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "words"
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with started("-c", WRITING, str(path), **options) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        with atomic_write(path) as one, atomic_write(path) as two:
            assert len(names(tmp_path)) == 3
            one.write(b"dog")
            two.write(b"cow")
        assert path.read_bytes() == b"dog"
        other.communicate("")
        assert other.returncode == 0
    assert path.read_bytes() == b"cat"
    assert names(tmp_path) == {"words"}


def test_only_what_atomic_write_makes_is_removed(tmp_path: Path) -> None:
    others = {".words.tmp", ".words.0123abcd.tmp.txt", ".words.0123abcg.tmp", ".word.0123abcd.tmp"}
    others |= {"words.0123abcd.tmp", ".words.0123abcd.complete", ".wordss.0123abcd.tmp"}
    for name in {*others, ".words.0123abcd.tmp"}:
        (tmp_path / name).touch()
    with atomic_write(tmp_path / "words"):
        pass
    assert names(tmp_path) == {"words", *others}


def test_a_file_that_was_removed_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = beside._lock
    removed = []

    def slow(handle: int) -> bool:
        if not removed:
            (name,) = tmp_path.iterdir()
            name.unlink()
            removed.append(name)
        return lock(handle)

    monkeypatch.setattr(beside, "_lock", slow)
    name, handle = beside.create_beside(tmp_path / "words")
    os.close(handle)
    assert removed != [name]
    assert list(tmp_path.iterdir()) == [name]


def test_without_locks_nothing_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "HAS_LOCKS", False)
    (tmp_path / ".words.0123abcd.tmp").touch()
    with atomic_write(tmp_path / "words"):
        pass
    assert names(tmp_path) == {"words", ".words.0123abcd.tmp"}


def test_without_locks_files_and_folders_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "HAS_LOCKS", False)
    rename = os.replace

    def closed_first(old: Path, new: Path) -> None:
        """What Windows does: it renames no file that is open."""
        descriptors = Path("/proc/self/fd")
        if descriptors.exists():
            assert old not in {entry.resolve() for entry in descriptors.iterdir()}
        rename(old, new)

    monkeypatch.setattr(os, "replace", closed_first)
    with atomic_write(tmp_path / "words") as file:
        file.write(b"cat")
    with atomic_folder(tmp_path / "model") as folder:
        (folder / "words").touch()
    with pytest.raises(RuntimeError, match="meanwhile"), atomic_write(tmp_path / "words"):
        raise RuntimeError("meanwhile")
    assert names(tmp_path) == {"words", "model"}
    assert (tmp_path / "words").read_bytes() == b"cat"


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        beside.create_beside(tmp_path / "gone" / "words.txt")
