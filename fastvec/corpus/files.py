"""The files that a path stands for: a file, those of a folder or a glob, or remote ones."""

from __future__ import annotations

import contextlib
import errno
import functools
import glob
import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fastvec._util.atomic import about_file
from fastvec._util.places import exists, file_system, is_remote
from fastvec.corpus.chunks import check_size
from fastvec.io.compression import HEAD_BYTES


@dataclass
class File:
    """A file that can be opened; ``path`` and ``state`` if it is on this machine."""

    name: str
    open: Callable[[], contextlib.AbstractContextManager[BinaryIO]]
    path: Path | None = None
    state: os.stat_result | None = None

    @property
    def size(self) -> int | None:
        """Its bytes, if it is a regular file that knows them (those in /proc do not)."""
        if self.state is None or not stat.S_ISREG(self.state.st_mode):
            return None
        return self.state.st_size or None

    @functools.cached_property
    def head(self) -> bytes:
        """Its first bytes; none if there is no ``size``, since a pipe can be read only once."""
        if self.path is None or self.size is None:
            return b""
        with about_file(self.path), self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What stays equal as long as the file is not changed.

        Pipes, standard input and remote files are known by their names only.
        """
        state = self.state
        if state is None or not stat.S_ISREG(state.st_mode):
            return (self.name,)
        return self.name, state.st_ino, state.st_size, state.st_mtime_ns


def is_path(source: object) -> bool:
    """Whether something names files (rather than holding text itself)."""
    return isinstance(source, (str, os.PathLike))


def find_files(sources: Iterable[Any]) -> list[File]:
    """The files that paths, globs, folders, ``-`` (standard input) and URLs stand for, in order.

    A folder stands for all files in it and in the folders below, in the order of their names.
    Names that begin with a dot are skipped, and each folder is read once, however many links lead
    to it.  A path that exists is never taken for a glob.

    Raises
    ------
    FileNotFoundError
        for a path, or a glob, that matches nothing.
    TypeError
        for something that is not a path.
    ValueError
        for an empty path, or a folder without files.

    >>> [file.name for file in find_files(["-"])]
    ['standard input']
    """
    files: list[File] = []
    for source in sources:
        if not is_path(source):
            raise TypeError(f"a list of paths holds {source!r}, which is not a path")
        files.extend(_files_of(os.fsdecode(source)))
    return files


def _files_of(path: str) -> Iterable[File]:
    if not path:  # an unset variable of a shell, perhaps: it must not mean the current folder
        raise ValueError("path must not be empty")
    if path == "-":
        return [File("standard input", _standard_input)]
    if is_remote(path):
        return _remote_files(path)
    if exists(path):
        if not Path(path).is_dir():
            return [_local(path)]
        found = [_local(str(name)) for name in _walk(Path(path)) if name.is_file()]
        if not found:
            raise ValueError(f"folder {path} holds no file")
        return found
    if not glob.has_magic(path):
        shown = path if len(path) <= 100 else path[:100] + "..."
        raise FileNotFoundError(errno.ENOENT, "there is no such file", shown)
    matches = [_local(name) for name in sorted(set(_matches(path))) if Path(name).is_file()]
    if not matches:
        raise FileNotFoundError(errno.ENOENT, "no file matches", path)
    return matches


def _standard_input() -> contextlib.AbstractContextManager[BinaryIO]:
    """Its bytes; a notebook or a test may have put an object there that has strings only."""
    if sys.stdin is None:
        raise ValueError("standard input is closed")
    if hasattr(sys.stdin, "buffer"):
        return contextlib.nullcontext(sys.stdin.buffer)
    return contextlib.nullcontext(io.BytesIO(sys.stdin.read().encode()))


def _local(name: str) -> File:
    path = Path(name)

    @contextlib.contextmanager
    def whole() -> Iterator[BinaryIO]:
        with about_file(path), path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            yield file
            check_size(name, file.fileno(), size)

    return File(name, whole, path, path.stat())


def _walk(top: Path) -> Iterator[Path]:
    """A folder and everything in it and below, in the order of names, without hidden names.

    A folder to which several paths lead, by links, is given once: so no loop is endless.
    """
    seen = set()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        if path.is_dir():
            real = path.resolve()
            if real in seen:
                continue
            seen.add(real)
            inside = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
            waiting.extend(sorted(inside, reverse=True))
        yield path


def _matches(pattern: str) -> Iterator[str]:
    """The paths that a glob matches; ``**`` stands for a folder and those below it, each once."""
    parts = pattern.split("/")
    if "**" not in parts:
        yield from glob.iglob(pattern)  # noqa: PTH207 - Path.glob takes no absolute patterns
        return
    at = parts.index("**")
    rest = parts[at + 1 :] or ["*"]
    tops = glob.iglob("/".join([*parts[:at], ""])) if at else ["."]  # noqa: PTH207
    for top in tops:
        for folder in filter(Path.is_dir, _walk(Path(top))):
            yield from _matches(str(Path(glob.escape(str(folder)), *rest)))


def _is_hidden(name: str, folder: str) -> bool:
    """Whether the name of a file below a folder, or of one in between, begins with a dot."""
    return "/." in name.removeprefix(folder.rstrip("/"))


def _remote_files(url: str) -> list[File]:
    """Files that fsspec reads: s3://, gs://, https://, hf:// ..., globs and folders of them too."""
    system, path = file_system(url, "read")
    if glob.has_magic(path):
        names = sorted(system.glob(path))
    elif system.isdir(path):
        names = [name for name in sorted(system.find(path)) if not _is_hidden(name, path)]
    else:
        names = [path] if system.exists(path) else []
    if not names:
        raise FileNotFoundError(errno.ENOENT, "there is no such file", url)

    def remote(name: str) -> File:
        return File(system.unstrip_protocol(name), lambda: system.open(name, "rb"))

    return [remote(name) for name in names]
