"""Atomic writing: the whole file or what was there before, and nothing else."""

import contextlib
import errno
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import DEADLINE

from fastvec._util import atomic
from fastvec._util.atomic import atomic_folder, atomic_write, check_target, written_together


def no_space() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def ctrl_c() -> None:
    raise KeyboardInterrupt


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def test_writes_the_whole_file(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "words") as file:
        file.write(b"cat")
        assert not (tmp_path / "words").exists()
        file.seek(0)
        file.write(b"b")
    assert (tmp_path / "words").read_bytes() == b"bat"
    assert names(tmp_path) == ["words"]


@pytest.mark.parametrize("trouble", [no_space, ctrl_c])
@pytest.mark.parametrize("old", [None, b"old"])
def test_trouble_leaves_what_was_there(
    tmp_path: Path, trouble: Callable[[], None], old: bytes | None
) -> None:
    path = tmp_path / "words"
    if old is not None:
        path.write_bytes(old)
    with pytest.raises((OSError, KeyboardInterrupt)), atomic_write(path) as file:
        file.write(b"new")
        trouble()
    assert names(tmp_path) == ([] if old is None else ["words"])
    assert old is None or path.read_bytes() == old


def test_trouble_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "words"
    with pytest.raises(OSError, match="No space left") as caught, atomic_write(path):
        no_space()
    assert caught.value.strerror == f"cannot write {path}: No space left on device"
    assert caught.value.errno == errno.ENOSPC


def test_trouble_with_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, atomic_write(tmp_path / "words"):
        (tmp_path / "source").open()
    assert caught.value.filename == str(tmp_path / "source")


def test_mode_is_the_old_one_or_the_usual_one(tmp_path: Path) -> None:
    usual, kept = tmp_path / "usual", tmp_path / "kept"
    kept.touch()
    kept.chmod(0o640)
    old_mask = os.umask(0o027)
    try:
        for path in (usual, kept):
            with atomic_write(path):
                pass
    finally:
        os.umask(old_mask)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (usual, kept)] == [0o640, 0o640]
    with atomic_write(tmp_path / "other"):
        pass
    expected = 0o666 & ~old_mask
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == expected


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "words", tmp_path / "link"
    link.symlink_to(target)
    for text in (b"one", b"two"):  # the link dangles at first
        with atomic_write(link) as file:
            file.write(text)
        assert link.is_symlink()
        assert target.read_bytes() == text
    assert names(target.parent) == ["words"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with atomic_write(pipe) as file:
        file.write(b"cat")
    reader.join(DEADLINE)
    assert got == [b"cat"]
    assert names(tmp_path) == ["pipe"]
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_device_is_one_sentence() -> None:
    sentence = "cannot write /dev/full: No space left"
    with pytest.raises(OSError, match=sentence), atomic_write("/dev/full") as file:
        file.write(b"cat")


def test_bad_targets_are_found_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="it is a folder, give a file name"):
        check_target(tmp_path)
    with pytest.raises(FileNotFoundError, match=f"there is no folder {tmp_path}/none"):
        check_target(tmp_path / "none" / "words")
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        check_target(tmp_path / "file" / "words")
    assert check_target(str(tmp_path / "words")) == tmp_path / "words"
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_found_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match=f"no permission to write to {tmp_path}"):
        check_target(tmp_path / "words")


@pytest.mark.parametrize("length", [200, 241, 242, 250, 255])
def test_long_names(tmp_path: Path, length: int) -> None:
    """The temporary name is no longer than the file system allows."""
    for name in ("n" * length, "é" * (length // 2)):
        with atomic_write(tmp_path / name) as file:
            file.write(b"cat")
            assert len(names(tmp_path)) == 1
        assert names(tmp_path) == [name]
        (tmp_path / name).unlink()


def test_the_mask_of_the_process_is_never_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other threads may make files meanwhile."""
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("umask was called"))
    with atomic_write(tmp_path / "words"):
        pass


def test_a_private_file_is_private_while_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "key").touch(0o600)
    with atomic_write(tmp_path / "key"):
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_mode_that_cannot_be_set_loses_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words").touch()

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with atomic_write(tmp_path / "words") as file:
        file.write(b"cat")
    assert (tmp_path / "words").read_bytes() == b"cat"


def busy(*_: object) -> None:
    raise OSError(errno.EBUSY, "Device or resource busy")


def test_a_file_that_cannot_be_replaced_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file that is mounted into a container."""
    path = tmp_path / "words"
    path.write_bytes(b"longer than what is new")
    inode = path.stat().st_ino
    monkeypatch.setattr(os, "replace", busy)
    with atomic_write(path) as file:
        file.write(b"cat")
    assert (path.read_bytes(), path.stat().st_ino) == (b"cat", inode)
    assert names(tmp_path) == ["words"]
    with pytest.raises(OSError, match="No space left"), atomic_write(path):
        no_space()
    assert path.read_bytes() == b"cat"


def test_a_complete_file_is_kept_if_it_cannot_be_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "words"
    path.touch()
    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(shutil, "copyfileobj", lambda *_: no_space())
    with (
        pytest.raises(OSError, match="the complete file is ") as caught,
        atomic_write(path) as file,
    ):
        file.write(b"cat")
    assert str(caught.value).count("cannot write") == 1
    (kept,) = set(names(tmp_path)) - {"words"}
    assert kept in str(caught.value)
    assert (tmp_path / kept).read_bytes() == b"cat"


def test_the_folder_is_written_to_the_disk_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
    )
    with atomic_write(tmp_path / "words"):
        pass
    assert synced == [False, True]


@pytest.mark.parametrize("trouble", [no_space, ctrl_c, lambda: None])
def test_files_that_belong_together_are_replaced_at_the_end(
    tmp_path: Path, trouble: Callable[[], None]
) -> None:
    both = tmp_path / "words", tmp_path / "vectors"
    for path in both:
        path.write_bytes(b"old")
    with contextlib.suppress(OSError, KeyboardInterrupt), written_together():
        with atomic_write(both[0]) as file, written_together():  # within another
            file.write(b"new")
        assert both[0].read_bytes() == b"old"
        with atomic_write(both[1]) as file:
            file.write(b"new")
            trouble()
    assert sorted(names(tmp_path)) == ["vectors", "words"]
    expected = b"old" if trouble in (no_space, ctrl_c) else b"new"
    assert [path.read_bytes() for path in both] == [expected, expected]


def test_old_and_new_files_are_never_there_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    rename = os.replace

    def look(source: Path, target: Path) -> None:
        rename(source, target)
        seen.append({path.name: path.read_bytes() for path in tmp_path.glob("[vw]*")})

    for content in (b"old", b"new"):
        with written_together():
            for name in ("words", "vectors"):
                with atomic_write(tmp_path / name) as file:
                    file.write(content)
        monkeypatch.setattr(os, "replace", look)
    assert seen == [{"words": b"new"}, {"words": b"new", "vectors": b"new"}]


def test_their_locks_are_held_until_they_have_their_names(tmp_path: Path) -> None:
    with written_together():
        with atomic_write(tmp_path / "words") as file:
            file.write(b"first")
        with atomic_write(tmp_path / "words") as file:  # it removes what nobody has locked
            file.write(b"second")
        assert len(names(tmp_path)) == 2
    assert (tmp_path / "words").read_bytes() == b"second"


@pytest.mark.parametrize("trouble", [no_space, ctrl_c])
def test_a_folder_is_whole_or_not_there(tmp_path: Path, trouble: Callable[[], None]) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        with pytest.raises((OSError, KeyboardInterrupt)), atomic_folder(tmp_path / name) as folder:
            (folder / "words").touch()
            trouble()
        with atomic_folder(tmp_path / name) as folder:
            (folder / "words").write_bytes(b"cat")
        assert names(tmp_path / name) == ["words"]
        with (
            pytest.raises(FileExistsError, match="exists and is not empty"),
            atomic_folder(tmp_path / name),
        ):
            pass
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError), atomic_folder(tmp_path / "file"):
        pass
    assert sorted(names(tmp_path)) == ["empty", "file", "new"]


def test_a_folder_beside_files_that_are_written_together(tmp_path: Path) -> None:
    with written_together():
        with atomic_folder(tmp_path / "model") as folder, atomic_write(folder / "words") as file:
            file.write(b"cat")
        assert (tmp_path / "model" / "words").read_bytes() == b"cat"
        with atomic_write(tmp_path / "vectors") as file:
            file.write(b"new")
        assert not (tmp_path / "vectors").exists()
    assert names(tmp_path / "model") == ["words"]
    assert sorted(names(tmp_path)) == ["model", "vectors"]


def test_a_file_that_windows_does_not_replace_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"before")

    def refused(old: Path, new: Path) -> None:
        raise PermissionError(errno.EACCES, "Access is denied", str(old), 5, str(new))

    monkeypatch.setattr(atomic, "WINDOWS", True)
    monkeypatch.setattr(os, "replace", refused)
    says = "it is in use, here or by another program"
    with pytest.raises(PermissionError, match=says) as error, atomic_write(path) as file:
        file.write(b"cat")
    assert error.value.filename == str(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["words.txt"]
    assert path.read_bytes() == b"before"


def test_standard_output_is_a_target_where_the_system_has_no_such_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = tmp_path / "no folder" / "stdout"
    monkeypatch.setattr(atomic, "STDOUT", stream)
    assert check_target(stream) == stream
