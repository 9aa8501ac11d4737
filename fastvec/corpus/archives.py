"""Archives (zip, tar) as a source: the one file in them is read; of several, the names are said."""

from __future__ import annotations

import errno
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from fastvec.corpus.chunks import seekable
from fastvec.io.foreign import ZIP_MAGIC
from fastvec.params import CorpusParams

SHOWN = 10  # names of files in a message
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, struct.error)

#: what a zip archive with such a file in it is, and what to do with it
_ZIPPED_DOCUMENTS = {
    "[Content_Types].xml": ("an Office document", "save it as plain text"),
    "META-INF/container.xml": ("an EPUB book", "convert it to text first (pandoc)"),
    "mimetype": ("an OpenDocument or EPUB file", "save it as plain text"),
}


@contextmanager
def only_member(name: str, file: BinaryIO, params: CorpusParams) -> Iterator[tuple[str, BinaryIO]]:
    """The name and the contents of the one file in an archive.

    Hidden files, and those that macOS adds, are passed over.

    Raises
    ------
    ValueError
        if there are several files or none, if the archive is encrypted or damaged, or of documents
        that are zip archives.
    """
    with seekable(file, params.tmp) as whole:
        is_zip = whole.read(4) in ZIP_MAGIC
        whole.seek(0)
        try:
            member = _zip_member(name, whole) if is_zip else _tar_member(name, whole)
            with member as (inside, data):
                yield f"{name}/{inside}", data
        except (*_DAMAGE, NotImplementedError, OSError, ValueError) as error:
            is_of_the_disk = isinstance(error, OSError) and error.errno != errno.EINVAL
            if is_of_the_disk or name in str(error):
                raise
            raise ValueError(f"{name} is damaged, or no archive that is read: {error}") from None


@contextmanager
def _zip_member(name: str, file: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    with zipfile.ZipFile(file) as archive:
        names = [each.filename for each in archive.infolist() if not each.is_dir()]
        for mark, (what, advice) in _ZIPPED_DOCUMENTS.items():
            if mark in names:
                raise ValueError(f"{name} is {what}, not text: {advice}")
        inside = _only_name(name, "zip", names)
        if archive.getinfo(inside).flag_bits & 1:
            raise ValueError(f"{name} is an encrypted zip archive: unpack it first")
        with archive.open(inside) as member:
            yield inside, cast(BinaryIO, member)


@contextmanager
def _tar_member(name: str, file: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        members = {each.name: each for each in archive if each.isfile()}
        inside = _only_name(name, "tar", list(members))
        member = archive.extractfile(members[inside])
        assert member is not None
        with member:
            yield inside, cast(BinaryIO, member)


def _only_name(name: str, kind: str, names: list[str]) -> str:
    shown = [each for each in names if not _is_hidden(each)]
    if len(shown) != 1:
        listed = ", ".join(shown[:SHOWN]) + (", ..." if len(shown) > SHOWN else "")
        raise ValueError(
            f"{name} is a {kind} archive of {len(shown)} files ({listed}), and only a single "
            "one is read from an archive: unpack it, and give the folder"
        )
    return shown[0]


def _is_hidden(name: str) -> bool:
    parts = name.removeprefix("./").split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)
