"""Writing files so that an error never leaves half a file behind."""

from __future__ import annotations

import contextlib
import contextvars
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from fastvec._util.beside import create_beside, writing_handle
from fastvec._util.system import WINDOWS

PathLike = str | os.PathLike[str]

#: the standard streams as files: what commands call -
STDIN, STDOUT = Path("/dev/stdin"), Path("/dev/stdout")


def path_name(path: PathLike) -> str:
    """What messages call a file.

    >>> path_name(STDOUT), path_name("words.txt")
    ('standard output', 'words.txt')
    """
    streams = {STDIN: "standard input", STDOUT: "standard output"}
    return streams.get(Path(path)) or os.fspath(path)


def check_target(path: PathLike) -> Path:
    """Check before the work that an output can be written; returns it as a Path.

    Raises
    ------
    FileNotFoundError
        if its folder does not exist.
    IsADirectoryError
        if it is a folder itself.
    PermissionError
        if its folder, or an existing device or pipe, cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder, give a file name")
    if is_special(path):
        is_stream = path == STDOUT and not path.exists()  # Windows has no such file
        if not is_stream and not os.access(path, os.W_OK):
            raise PermissionError(f"cannot write {path_name(path)}: no permission")
        return path
    folder = path.resolve().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"cannot write {path}: no permission to write to {folder}")
    return path


def is_special(path: Path) -> bool:
    """Whether the path exists and is not a regular file but a device, a pipe or a socket; standard
    streams are special even if they are files, which they read and write from where they stand."""
    return path in (STDIN, STDOUT) or (path.exists() and not path.is_file())


def open_special(path: Path, mode: str) -> BinaryIO:
    """Open a device, a pipe or a standard stream, which is not closed with the file.

    >>> with open_special(Path("/dev/null"), "wb") as file:
    ...     file.write(b"cat")
    3
    """
    if path in (STDIN, STDOUT):
        return cast(BinaryIO, os.fdopen(os.dup((STDIN, STDOUT).index(path)), mode))
    return cast(BinaryIO, path.open(mode))


@contextlib.contextmanager
def atomic_write(path: PathLike) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path``; on success it is synced and renamed to ``path``.

    On any error, including a full disk and Ctrl-C, the temporary file is removed and a file that
    was at ``path`` before is unchanged.  If ``path`` is a symbolic link, the file that it points to
    is replaced.  A device or a pipe is written to directly, and a file that cannot be replaced,
    since it is a mount of its own, is written to after all else has succeeded.

    Raises what :func:`check_target` raises, and OSError with the path if writing fails.

    >>> with atomic_write("words.txt") as file:
    ...     file.write(b"cat 3\\n")
    6
    """
    path = check_target(path)
    try:
        if is_special(path):
            with open_special(path, "wb") as file:
                yield file
        else:
            with _replacing(path.resolve()) as file:
                yield file
    except OSError as error:
        if error.filename is None and not isinstance(
            error, KeptError
        ):  # errors of write and fsync have no file name
            reason = error.strerror or str(error)
            raise type(error)(error.errno, f"cannot write {path_name(path)}: {reason}") from error
        raise


def flush_to_disk(file: BinaryIO) -> None:
    """Wait until all that was written to a file is on the disk; a pipe or a device is only flushed.

    >>> with atomic_write("words.txt") as file:
    ...     flush_to_disk(file)
    """
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fsync(file.fileno())


@contextlib.contextmanager
def written_together() -> Iterator[None]:
    """Files that :func:`atomic_write` writes within replace others only at the end, one directly
    after the other.

    Old and new ones are never there together: a process that is killed just then leaves the last
    one missing.

    >>> with written_together():
    ...     for name in ("vectors.tsv", "vectors.metadata.tsv"):
    ...         with atomic_write(name) as file:
    ...             count = file.write(b"cat")
    ...     Path(name).exists()
    False
    """
    if _WAITING.get() is not None:  # within another call, at whose end all are replaced
        yield
        return
    waiting = _Waiting()
    token = _WAITING.set(waiting)
    try:
        with waiting.held:
            yield
            _put_in_place(waiting.files)
    finally:
        _WAITING.reset(token)


class _Waiting:
    """Complete temporary files and the names that they are to get."""

    def __init__(self) -> None:
        self.files: list[tuple[Path, Path]] = []
        self.held = contextlib.ExitStack()  # removes what is left of them, and their locks


_WAITING: contextvars.ContextVar[_Waiting | None] = contextvars.ContextVar("waiting", default=None)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A temporary file that replaces ``path`` unless there is an error."""
    with contextlib.ExitStack() as held:
        name, lock = create_beside(path)
        handle = writing_handle(lock, held)
        held.callback(name.unlink, missing_ok=True)
        with os.fdopen(handle, "wb", buffering=1 << 20) as file:
            yield file
            flush_to_disk(file)
        _copy_owner_and_mode(path, name)
        waiting = _WAITING.get()
        if waiting is None:
            _put_in_place([(name, path)])
        else:
            waiting.files.append((name, path))
            waiting.held.push(held.pop_all())


def _put_in_place(files: list[tuple[Path, Path]]) -> None:
    """Give complete temporary files their names.

    Of several the last one is removed before the first is replaced.
    """
    if len(files) > 1:
        with contextlib.suppress(OSError):  # it is not there, or cannot be replaced either
            files[-1][1].unlink()
    renamed = [_rename(temporary, path) for temporary, path in files]
    for (temporary, path), done in zip(files, renamed, strict=True):
        if not done:
            _write_in_place(temporary, path)
    for folder in {path.parent for _, path in files}:
        _sync_folder(folder)


def check_new_folder(path: PathLike) -> Path:
    """Check before the work that a folder can be written; returns it as a Path.

    FileExistsError if there is something at ``path`` that is not an empty folder; else what
    :func:`check_target` raises.

    >>> check_new_folder("folder").name
    'folder'
    """
    path = check_target(path) if not Path(path).is_dir() else Path(path)
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise FileExistsError(f"cannot write {path}: it exists and is not empty")
    return path


@contextlib.contextmanager
def atomic_folder(path: PathLike) -> Iterator[Path]:
    """A new folder beside ``path``, which gets that name when all has succeeded.

    FileExistsError if there is something at ``path`` that is not an empty folder.

    >>> with atomic_folder("model") as folder:
    ...     count = (folder / "words.txt").write_text("cat")
    >>> Path("model/words.txt").read_text()
    'cat'
    """
    path = check_new_folder(path).resolve()
    temporary, lock = create_beside(path, is_folder=True)
    token = _WAITING.set(None)  # the files within are complete before the folder gets its name
    try:
        yield temporary
        if path.exists():
            path.rmdir()
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    finally:
        _WAITING.reset(token)
        os.close(lock)
    _sync_folder(path.parent)


def _copy_owner_and_mode(path: Path, temporary: Path) -> None:
    """Give the new file the owner and the mode of the old one, if there is one.

    Where that is not allowed, or the file system has none, the file is kept as it is.
    """
    if not path.exists():
        return
    old = path.stat()
    with contextlib.suppress(OSError, AttributeError):
        if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(temporary, old.st_uid, old.st_gid)
    with contextlib.suppress(OSError):
        temporary.chmod(old.st_mode & 0o777)


def _rename(temporary: Path, path: Path) -> bool:
    """Rename a file.  False for a target that is a mount of its own, as containers have them: it
    cannot be replaced."""
    try:
        os.replace(temporary, path)  # noqa: PTH105 - Path.replace would call it
    except OSError as error:
        if error.errno in (errno.EBUSY, errno.EXDEV):
            return False
        if WINDOWS and isinstance(error, PermissionError):
            reason = "it is in use, here or by another program: close it, or choose another name"
            raise PermissionError(error.errno, reason, os.fspath(path)) from None
        raise
    return True


class KeptError(OSError):
    """A complete file could not be put in its place, and its temporary file is kept."""


def _write_in_place(temporary: Path, path: Path) -> None:
    """Write a complete temporary file into ``path``, and remove it if that succeeded.

    It is all there is meanwhile, also after Ctrl-C: so it gets a name under which nothing removes
    it.
    """
    temporary = temporary.rename(temporary.with_suffix(".complete"))
    try:
        with temporary.open("rb") as whole, path.open("wb") as file:
            shutil.copyfileobj(whole, file, 1 << 20)
            flush_to_disk(file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise KeptError(
            error.errno, f"cannot write {path}: {reason}; the complete file is {temporary}"
        ) from None
    temporary.unlink()


def _sync_folder(folder: Path) -> None:
    """Have a folder written to the disk, so that a renamed file is still there after a power cut;
    not every file system can do it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def about_file(name: PathLike) -> Iterator[None]:
    """Give an OSError that was raised while a file is read the name of the file.

    >>> with about_file("words.txt"):
    ...     raise OSError(errno.EIO, "Input/output error")
    Traceback (most recent call last):
    OSError: [Errno 5] Input/output error: 'words.txt'
    """
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise type(error)(error.errno, error.strerror, os.fspath(name)) from None


def temporary_folder(folder: PathLike | None) -> str:
    """The folder for temporary files, which must exist; by default the system's.

    >>> temporary_folder(".")
    '.'
    """
    if folder is None:
        return tempfile.gettempdir()
    if not Path(folder).is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", os.fspath(folder))
    return os.fspath(folder)


@contextlib.contextmanager
def about_temporary_files(folder: str) -> Iterator[None]:
    """Make an OSError say that it is about temporary files, and in which folder.

    >>> with about_temporary_files("."):
    ...     raise OSError(errno.ENOSPC, "full")
    Traceback (most recent call last):
    OSError: [Errno 28] no room for temporary files (tmp names another folder): full: '.'
    """
    try:
        yield
    except OSError as error:
        reason = f"no room for temporary files (tmp names another folder): {error.strerror}"
        raise OSError(error.errno, reason, folder) from None
