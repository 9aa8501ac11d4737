"""Archives (zip, tar): the one file in them is read; of several, the names are said."""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from fastvec._util.atomic import PathLike
from fastvec._util.places import FileLike, name_of, open_source
from fastvec._util.spill import seekable
from fastvec.io.compression import MOST_BYTES, decompressed, peek
from fastvec.io.foreign import ZIP_MAGIC, is_archive

SHOWN = 10  # names of files in a message
MOST_MEMBERS = 1000  # of a tar archive are looked at: each takes memory
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, struct.error)
#: the ways of compressing within a zip archive whose data are decompressed little by little
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)

_IN_PYTHON = "load it in Python, and give fastvec what it holds"
#: what a zip archive is whose list of names, one a line, matches; and what to do with it
_ZIPPED_KINDS = {
    r"^\[Content_Types\]\.xml$": ("an Office document", "save it as plain text"),
    r"^META-INF/container\.xml$": ("an EPUB book", "convert it to text first (pandoc)"),
    r"^mimetype$": ("an OpenDocument or EPUB file", "save it as plain text"),
    r"/data\.pkl$": ("a file of PyTorch", _IN_PYTHON),
    r"\A(.+\.npy\n)*.+\.npy\Z": ("an archive of NumPy arrays (.npz)", _IN_PYTHON),
}


@contextlib.contextmanager
def open_input(path: FileLike) -> Iterator[BinaryIO]:
    """Open a file for reading; a compressed one is decompressed on the way, and of an archive the
    one file in it is read.

    ValueError for an archive of several files, or a damaged one.

    >>> with open_input("vectors.txt.gz") as file:
    ...     header = file.readline()
    """
    with open_source(path) as file:
        head, stream = peek(decompressed(name_of(path), file))
        if not is_archive(head):
            yield stream
            return
        with only_member(name_of(path), stream, None) as (_, member):
            yield member


@contextlib.contextmanager
def only_member(name: str, file: BinaryIO, tmp: PathLike | None) -> Iterator[tuple[str, BinaryIO]]:
    """The name and the decompressed contents of the one file in an archive.

    Hidden files, and those that macOS adds, are passed over.  Nothing is unpacked under the names
    that the archive has.

    Parameters
    ----------
    name : str
        of the archive, for messages.
    file : binary file
        the archive; one that is compressed, or a pipe, is copied to a temporary file.
    tmp : path or None
        the folder for temporary files.

    Raises
    ------
    ValueError
        if there are several files or none, if the archive is encrypted or damaged, within an
        archive, or one of documents or arrays.

    >>> with zipfile.ZipFile("text.zip", "w") as archive:
    ...     archive.writestr("text.txt", "cat")
    >>> with open("text.zip", "rb") as file, only_member("text.zip", file, None) as (inside, data):
    ...     inside, data.read()
    ('text.zip/text.txt', b'cat')
    """
    with seekable(file, tmp) as whole:
        is_zip = whole.read(4) in ZIP_MAGIC
        whole.seek(0)
        bounded = cast(BinaryIO, _Bounded(whole))
        with contextlib.ExitStack() as opened:
            with _about_damage(name):
                member = _zip_member(name, bounded) if is_zip else _tar_member(name, bounded)
                inside, data = opened.enter_context(member)
            inside = f"{name}/{inside}"
            raw = cast(BinaryIO, io.BufferedReader(_Member(name, data)))
            head, stream = peek(decompressed(inside, raw))
            if is_archive(head):
                raise ValueError(f"{inside} is an archive within an archive: unpack it first")
            yield inside, stream


@contextlib.contextmanager
def _about_damage(name: str) -> Iterator[None]:
    """Turn the errors of a damaged archive into ValueErrors with its name."""
    try:
        yield
    except (*_DAMAGE, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        is_of_the_disk = isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)
        if is_of_the_disk or name in str(error):
            raise
        raise ValueError(f"{name} is damaged, or no archive that is read: {error}") from None


class _Member(io.RawIOBase):
    """The contents of a file in an archive."""

    def __init__(self, name: str, data: BinaryIO) -> None:
        self.name = name
        self.data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _about_damage(self.name):
            count: int = self.data.readinto(buffer)  # type: ignore[attr-defined]
            return count


class _Bounded:
    """A file of which nobody asks for more than MOST_BYTES at once, as lists of names in a damaged
    archive do."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def read(self, size: int = -1) -> bytes:
        if size > MOST_BYTES:
            raise ValueError(f"its list of files has more than {MOST_BYTES} bytes")
        return self.file.read(size)


@contextlib.contextmanager
def _zip_member(name: str, file: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    with zipfile.ZipFile(file) as archive:
        names = [each.filename for each in archive.infolist() if each.filename[-1:] not in "/"]
        for mark, (what, advice) in _ZIPPED_KINDS.items():
            if re.search(mark, "\n".join(names), re.MULTILINE):
                raise ValueError(f"{name} is {what}, which is not read: {advice}")
        inside = _only_name(name, "zip", names)
        entry = archive.getinfo(inside)
        if entry.flag_bits & 1:
            raise ValueError(f"{name} is an encrypted zip archive: unpack it first")
        if entry.compress_type not in _ZIP_METHODS:
            raise ValueError(
                f"{name} is a zip archive with a way of compressing that is not read (method "
                f"{entry.compress_type}): unpack it first"
            )
        with archive.open(entry) as member:
            yield inside, cast(BinaryIO, member)


@contextlib.contextmanager
def _tar_member(name: str, file: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        first = list(itertools.islice(archive, MOST_MEMBERS + 1))
        if len(first) > MOST_MEMBERS:
            raise ValueError(
                f"{name} is a tar archive of more than {MOST_MEMBERS} files: unpack it first"
            )
        members = {each.name: each for each in first if each.isfile()}
        inside = _only_name(name, "tar", list(members))
        member = archive.extractfile(members[inside])
        assert member is not None
        with member:
            yield inside, cast(BinaryIO, member)


def _only_name(name: str, kind: str, names: list[str]) -> str:
    shown = [each for each in names if not _is_hidden(each)]
    if not shown:
        raise ValueError(f"{name} is a {kind} archive in which there is no file")
    if len(shown) > 1:
        listed = ", ".join(shown[:SHOWN]) + (", ..." if len(shown) > SHOWN else "")
        raise ValueError(
            f"{name} is a {kind} archive of {len(shown)} files ({listed}), and only a single "
            "one is read from an archive: unpack it first"
        )
    return shown[0]


def _is_hidden(name: str) -> bool:
    parts = name.removeprefix("./").split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)
