"""All formats of vector files in one list, and what is done with any of them.

A new format is a module that makes a :class:`~fastvec.io.format.Format`, and a line here.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fastvec._util.atomic import PathLike, about_file, is_special, open_special, path_name
from fastvec._util.places import is_local, open_source
from fastvec.io.archives import open_input
from fastvec.io.compression import COMPRESSORS
from fastvec.io.fasttext import FASTTEXT
from fastvec.io.floret import FLORET
from fastvec.io.format import HEAD_BYTES, Format, VectorFile
from fastvec.io.npy import NPY
from fastvec.io.parquet import PARQUET
from fastvec.io.projector import PROJECTOR
from fastvec.io.static_embedding import STATIC_EMBEDDING
from fastvec.io.vectors import SAFETENSORS
from fastvec.io.word2vec import BINARY, GLOVE, TEXT
from fastvec.subwords import Subwords
from fastvec.words import Words

#: a file has the first format that recognises it; GLOVE recognises any file, so it comes after
#: all others that can be read
FORMATS = {
    item.name: item
    for item in (
        SAFETENSORS,
        TEXT,
        BINARY,
        FASTTEXT,
        FLORET,
        NPY,
        PARQUET,
        GLOVE,
        PROJECTOR,
        STATIC_EMBEDDING,
    )
}
READABLE = {name: item for name, item in FORMATS.items() if item.read is not None}
ENDINGS = {ending: item for item in FORMATS.values() for ending in item.endings}


def format_of(path: PathLike) -> Format:
    """The format that a file's name asks for; ValueError for an ending that stands for none.

    >>> format_of("vectors.txt.gz").name, format_of("vectors.bin").name
    ('word2vec', 'word2vec-binary')
    """
    endings = [suffix.lower() for suffix in Path(path).suffixes]
    if endings and endings[-1] in COMPRESSORS:
        endings.pop()
    if not endings or endings[-1] not in ENDINGS:
        raise ValueError(
            f"{path}: the ending must be one of {', '.join(ENDINGS)} (text ones with "
            f"{', '.join(COMPRESSORS)} too), or give the format (--to)"
        )
    return ENDINGS[endings[-1]]


def sniff(path: PathLike) -> Format:
    """The format of a file that exists, by its first bytes.

    >>> sniff("vectors.bin").name, sniff("vectors.txt").name
    ('word2vec-binary', 'word2vec')
    """
    with open_input(path) as file:
        head = file.read(HEAD_BYTES)
    found = next(item for item in READABLE.values() if item.sniff is not None and item.sniff(head))
    if not found.compressible:
        with open_source(path) as file:
            plain = file.read(len(head))
        if plain != head:
            raise ValueError(
                f"{path} holds a {found.name} file that is compressed or in an archive: unpack it "
                "first"
            )
    return found


def files_of(path: PathLike, file_format: Format) -> list[Path]:
    """The files that vectors of a format are in: the named one, and those that belong to it.

    >>> [str(file) for file in files_of("vectors.npy", NPY)]
    ['vectors.npy', 'vectors.words.txt']
    """
    beside = file_format.companions
    return [Path(path), *(beside(path) if beside is not None else [])]


def read_vectors(
    path: PathLike,
    *,
    file_format: str | None = None,
    limit: int | None = None,
    errors: str = "strict",
) -> VectorFile:
    """Read any vector file that fastvec knows.

    Parameters
    ----------
    file_format : str, optional
        one of ``READABLE``; by default :func:`sniff` finds it out.
    limit : int, optional
        only so many first words; of a whole model, only the vectors then.
    errors : str
        what to do with words that are not UTF-8: strict, ignore or replace.

    Raises
    ------
    ValueError
        a damaged file, with its name and the reason; an unknown format.

    >>> read_vectors("vectors.bin").vectors.shape[1]
    3
    """
    with regular_file(path) as regular:
        found = sniff(regular) if file_format is None else READABLE.get(file_format)
        if found is None or found.read is None:
            formats = ", ".join(READABLE)
            raise ValueError(f"the format must be one of {formats}, got {file_format!r}")
        return replace(found.read(regular, limit, errors), file_format=found.name)


@contextmanager
def regular_file(path: PathLike) -> Iterator[PathLike]:
    """The file itself; of a pipe or standard input, which can be read once only, a copy.

    Errors have the name of the pipe.  What was mapped from the copy stays there when it is removed.

    >>> with regular_file("vectors.txt") as file:
    ...     file
    'vectors.txt'
    """
    if not is_local(path) or not is_special(Path(path)):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        with about_file(path), open_special(Path(path), "rb") as pipe, copy.open("wb") as target:
            shutil.copyfileobj(pipe, target)
        try:
            yield copy
        except UnicodeDecodeError as error:
            error.reason = error.reason.replace(str(copy), path_name(path))
            raise
        except ValueError as error:
            raise ValueError(str(error).replace(str(copy), path_name(path))) from None


def check_writable(
    path: PathLike,
    file_format: Format,
    words: Words | None = None,
    subwords: Subwords | None = None,
) -> None:
    """Raise now, before hours of work, what :func:`write_vectors` would raise after it.

    Parameters
    ----------
    words : Words, optional
        those that will be written, as soon as they are known.
    subwords : Subwords, optional
        what their vectors are made of.

    Raises
    ------
    ValueError
        words or subwords that the format cannot hold, or a name that says that the file is
        compressed where files of the format are not.
    ImportError
        a package that the format needs is not installed.

    >>> check_writable("vectors.bin", BINARY, Words.of(["New York"]))
    Traceback (most recent call last):
    ValueError: word 'New York' has a line end or a space where word2vec's binary format ...
    """
    ending = Path(path).suffix.lower()
    if ending in COMPRESSORS and not file_format.compressible:
        raise ValueError(f"{path}: {file_format.name} files are not compressed: leave out {ending}")
    if file_format.require is not None:
        file_format.require()
    if words is not None and file_format.check_words is not None:
        file_format.check_words(path, words)
    if words is not None and file_format.check_subwords is not None:
        file_format.check_subwords(path, subwords)


def write_vectors(path: PathLike, file: VectorFile, *, file_format: str | None = None) -> None:
    """Write any vector file that fastvec knows.

    Parameters
    ----------
    file : VectorFile
        words and vectors; whatever else it has is kept as far as the format can hold it.
    file_format : str, optional
        one of ``FORMATS``; by default the name's ending decides.

    Raises
    ------
    ValueError
        words that the format cannot hold, an unknown format, or an ending that stands for none.

    >>> write_vectors("copy.txt.gz", VectorFile(wv.words, wv.vectors))
    """
    found = format_of(path) if file_format is None else FORMATS.get(file_format)
    if found is None:
        raise ValueError(f"the format must be one of {', '.join(FORMATS)}, got {file_format!r}")
    check_writable(path, found)
    found.write(path, file)


def endings_help(indent: str = "") -> str:
    """A line for each format: how an output asks for it, and what it is; for a command's help.

    >>> print(endings_help().splitlines()[0])
    .safetensors           fastvec's own format; it holds a whole model
    """
    names = {item: " ".join(item.endings) or f"--to {name}" for name, item in FORMATS.items()}
    return "\n".join(f"{indent}{name:22} {item.help}" for item, name in names.items())
