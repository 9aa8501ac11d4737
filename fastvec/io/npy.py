"""NumPy's .npy, and a list of the words beside it."""

from __future__ import annotations

import errno
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, about_file, atomic_write, written_together
from fastvec._util.system import MAPPED_FILES_CAN_BE_REPLACED
from fastvec.io.foreign import BOM
from fastvec.io.format import Format, VectorFile, check_lengths, first_of_equal_words
from fastvec.words import Words, encode

MARK = b"\nfastvec words crc32 "  # after the array, before the checksum of the file of words


def words_beside(path: PathLike) -> Path:
    """The file that has the words of an .npy file.

    >>> str(words_beside("vectors.npy"))
    'vectors.words.txt'
    """
    return Path(path).with_suffix(".words.txt")


def check_lines(path: PathLike, words: Words) -> None:
    """ValueError for a word that a list of words, one a line, cannot hold.

    >>> check_lines("vectors.npy", Words.of(["cat"]))
    """
    if np.any(words.joined == ord("\n")):
        raise ValueError(f"a word has a line end, which {words_beside(path)} cannot hold")


def write_npy(path: PathLike, words: Words, vectors: NDArray[Any]) -> None:
    """Write vectors as .npy and the words beside it, one a line.

    ValueError for a word with a line end.

    >>> write_npy("vectors.npy", Words.of(["cat"]), np.ones((1, 3), np.float32))
    """
    check_lines(path, words)
    check_lengths(words, vectors)
    names = b"".join(encode(word) + b"\n" for word in words)
    with written_together():
        with atomic_write(words_beside(path)) as beside:
            beside.write(names)
        with atomic_write(path) as file:
            np.lib.format.write_array(file, np.asarray(vectors, np.float32), allow_pickle=False)
            file.write(_mark(names))


def _mark(names: bytes) -> bytes:
    """What follows the array: the checksum of its file of words.  NumPy does not read it."""
    return MARK + b"%08x\n" % zlib.crc32(names)


def _is_marked(path: PathLike, end: int, names: bytes) -> bool:
    """Whether fastvec wrote the array, which ends at a byte; ValueError if it did with other words
    than these."""
    with about_file(path), Path(path).open("rb") as file:
        file.seek(end)
        found = file.read(len(_mark(b"")))
    if not found or not found.startswith(MARK[: len(found)]):
        return False
    if found == _mark(names):
        return True
    if len(found) < len(_mark(b"")):
        raise ValueError(f"{path} is not a whole .npy file: it is cut off behind its array")
    raise ValueError(
        f"{words_beside(path)} is not the file of words that was written with {path}, but an "
        "older, newer or changed one; if it is right, save the array again with numpy.save"
    )


def open_array(path: PathLike) -> np.memmap[Any, Any]:
    """The array of an .npy file, memory-mapped, copy-on-write.

    ValueError for another file, or one that is cut off.

    >>> write_npy("vectors.npy", Words.of(["cat"]), np.ones((1, 3), np.float32))
    >>> open_array("vectors.npy").shape
    (1, 3)
    """
    try:
        with about_file(path):
            # np.load would open an archive (.npz) too, and leave it open.
            return np.lib.format.open_memmap(path, mode="c")
    except OSError:
        raise
    except Exception as error:  # NumPy has many kinds of exception for a broken header
        raise ValueError(f"{path} is not a whole .npy file: {error}") from None


def read_npy(
    path: PathLike, limit: int | None = None, errors: str = "strict"
) -> tuple[Words, NDArray[np.float32]]:
    """Read what :func:`write_npy` wrote; the vectors are memory-mapped, copy-on-write.

    Raises
    ------
    ValueError
        an array that is not (V, D) numbers, or another number of words.

    >>> write_npy("vectors.npy", Words.of(["cat"]), np.ones((1, 3), np.float32))
    >>> read_npy("vectors.npy")[1]
    array([[1., 1., 1.]], dtype=float32)
    """
    vectors = open_array(path)
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise ValueError(f"{path} must hold a table of numbers")
    if not words_beside(path).exists():
        raise FileNotFoundError(
            errno.ENOENT,
            f"{path} holds no words: beside it a file is needed that names them, one a line",
            str(words_beside(path)),
        )
    try:
        names = words_beside(path).read_bytes()
        marked = _is_marked(path, vectors.offset + vectors.nbytes, names)
        lines = names.removeprefix(b"" if marked else BOM).decode(errors=errors).split("\n")
    except UnicodeDecodeError as error:
        error.reason += f" in {words_beside(path)}"
        raise
    if lines[-1] == "":
        lines.pop()
    if not marked and all(line.endswith("\r") for line in lines):  # ends of lines of Windows
        lines = [line[:-1] for line in lines]
    if len(lines) != len(vectors):
        raise ValueError(
            f"{path} has {len(vectors)} vectors, {words_beside(path)} has {len(lines)} words"
        )
    rows = np.asarray(vectors[:limit], np.float32)
    if not MAPPED_FILES_CAN_BE_REPLACED:
        rows = rows.copy()
    return Words.of(lines[:limit]), rows.view(np.ndarray)


NPY = Format(
    "npy",
    "NumPy, words beside it in NAME.words.txt",
    endings=(".npy",),
    sniff=lambda head: head.startswith(b"\x93NUMPY"),
    read=lambda path, limit, errors: first_of_equal_words(
        path, VectorFile(*read_npy(path, limit, errors))
    ),
    write=lambda path, file: write_npy(path, file.words, file.vectors),
    companions=lambda path: [words_beside(path)],
    check_words=check_lines,
)
