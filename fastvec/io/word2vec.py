"""word2vec text and binary, fastText's .vec and GloVe's text: a row for each word."""

from __future__ import annotations

import contextlib
import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fastvec._core import write_rows
from fastvec._util.places import FileLike, is_local, is_remote, name_of, open_target
from fastvec._util.progress import Progress
from fastvec.io.compression import MOST_BYTES, compressing, open_output
from fastvec.io.encodings import guess_encoding, is_binary
from fastvec.io.foreign import BOM
from fastvec.io.format import HEAD_BYTES, Format, VectorFile, check_lengths
from fastvec.io.row_reader import read_rows
from fastvec.io.text_rows import HEADER, is_number, is_text
from fastvec.words import Words, encode

Layout = Literal["shortest", "word2vec.c", "glove"]

LAYOUTS = get_args(Layout)
BLOCK = 1024  # rows written at a time
MOST_WORD_BYTES = MOST_BYTES // 2  # so that a row, with its numbers, is not too long to be read


# --- reading


def read_word2vec(
    path: FileLike,
    *,
    binary: bool = False,
    header: bool = True,
    limit: int | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
    doubles: bool = False,
) -> tuple[Words, NDArray[Any]]:
    """Read word2vec text or binary, fastText's .vec, or (``header=False``) GloVe's text.

    Parameters
    ----------
    binary : bool
        binary rows instead of text.
    header : bool
        whether the first line says how many words and numbers there are.
    limit : int, optional
        read only so many rows.
    encoding, errors : str
        how the bytes of the words become text; ``errors`` is strict, ignore or replace.
    doubles : bool
        read float64, with all digits that text has; it takes longer.

    Returns
    -------
    words : Words
    vectors : (V, D) float32 array, or float64
        Of rows with the same word, the first is kept and a warning says how many were dropped.

    Raises
    ------
    ValueError
        a malformed header or row, or missing rows; rows of text if ``binary`` is True, and binary
        rows if it is False.  UnicodeDecodeError for a word that cannot be decoded.

    >>> words, vectors = read_word2vec("vectors.bin", binary=True)
    """
    if limit is not None and limit < 0:
        raise ValueError(f"limit must be at least 0, got {limit}")
    if binary and not header:
        raise ValueError(
            f"{name_of(path)}: a binary file without a header cannot be read: it gives no sizes"
        )
    words, vectors, dropped = read_rows(
        path, binary=binary, header=header, limit=limit, doubles=doubles
    )
    if encoding.lower().replace("-", "") != "utf8" or not is_utf8(words):
        words, kept = _decode(words, encoding, errors, path)
        dropped += len(vectors) - len(kept)
        if len(kept) < len(vectors):
            vectors = vectors[kept]
    if dropped:
        warnings.warn(
            f"{name_of(path)}: dropped {dropped} rows whose word had come before",
            UserWarning,
            stacklevel=2,
        )
    return words, vectors


def is_utf8(words: Words) -> bool:
    """Whether every word is UTF-8: all bytes are, and no word begins within a character.

    >>> is_utf8(Words.of(["café"])), is_utf8(Words(np.array([255], np.uint8), np.array([0, 1])))
    (True, False)
    """
    try:
        words.joined.tobytes().decode()
    except UnicodeDecodeError:
        return False
    starts = words.offsets[:-1][np.diff(words.offsets) > 0]
    return not np.any((words.joined[starts] & 0xC0) == 0x80)


def _decode(
    words: Words, encoding: str, errors: str, path: FileLike
) -> tuple[Words, NDArray[np.int64]]:
    """Words decoded one by one (another encoding, or damaged UTF-8), and the rows to keep: of rows
    whose decoded words are equal, the first."""
    found: dict[str, int] = {}
    for row, (start, end) in enumerate(itertools.pairwise(words.offsets.tolist())):
        word = words.joined[start:end].tobytes()
        try:
            found.setdefault(word.decode(encoding, errors), row)
        except UnicodeDecodeError as error:
            place = f"row {row + 1} of {name_of(path)}"
            error.reason += f" ({place}; {_decoding_advice(word)})"
            raise
    return Words.of(found), np.fromiter(found.values(), np.int64, len(found))


def _decoding_advice(word: bytes) -> str:
    """What to do about a word that cannot be decoded."""
    if is_binary(word):
        return "the file is damaged, or not of this format"
    guess = guess_encoding(word)
    likely = f"encoding={guess!r} may be right; " if guess else ""
    return f"{likely}unicode_errors='replace' or 'ignore' reads it"


# --- writing


def write_word2vec(
    path: FileLike,
    words: Words,
    vectors: NDArray[Any],
    *,
    binary: bool = False,
    header: bool = True,
    layout: Layout = "shortest",
    total: int | None = None,
    prefix: str = "",
    append: bool = False,
) -> None:
    """Write word2vec text or binary, or GloVe's text.

    Parameters
    ----------
    vectors : (V, D) array
        any real dtype and strides; written as float32.
    layout : {"shortest", "word2vec.c", "glove"}
        the numbers of a text file: the shortest that read back as the same float32 (as gensim
        writes), or six decimals laid out as word2vec.c or as GloVe writes them.
    total : int, optional
        the number of words that the header says, if not V.
    prefix : str
        is put before every word.
    append : bool
        add to the file instead of replacing it.

    Raises
    ------
    ValueError
        a word that the format cannot hold: with a line end; ending with a space (text); with a
        space (binary).  OSError when the file cannot be written.

    >>> write_word2vec("vectors.txt", Words.of(["cat"]), np.ones((1, 3), "f"))
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}, got {layout!r}")
    check_lengths(words, vectors)
    start = encode(prefix)
    check_words(words, binary=binary, prefix=prefix)
    with (
        _open_append(path) if append else open_output(path) as file,
        Progress("writing", len(words), "vectors") as bar,
    ):
        if header:
            file.write(b"%d %d\n" % (len(words) if total is None else total, vectors.shape[1]))
        for first in range(0, len(words), BLOCK):
            block = np.asarray(vectors[first : first + BLOCK], np.float32)
            names = [start + word for word in _encoded(words, first, first + len(block))]
            if binary:
                rows = zip(names, np.ascontiguousarray(block, "<f4"), strict=True)
                file.write(b"".join(b"%b %b\n" % (word, row.data) for word, row in rows))
            else:
                file.write(write_rows(names, block, LAYOUTS.index(layout)))
            bar.update(first + len(block))


@contextlib.contextmanager
def _open_append(place: FileLike) -> Iterator[BinaryIO]:
    """Open a file to add to it; an open one is written to where it stands."""
    if is_local(place):
        with Path(place).open("ab") as end, compressing(place, end) as stream:
            yield stream
    elif is_remote(place):
        raise ValueError(f"{place} is remote: only a file of this machine can be appended to")
    else:
        with open_target(place) as file:
            yield file


def number_rows(vectors: NDArray[Any]) -> Iterator[bytes]:
    """Blocks of text rows with nothing but numbers, separated by tabs.

    >>> b"".join(number_rows(np.array([[0.5, -1.0]])))
    b'0.5\\t-1.0\\n'
    """
    for first in range(0, len(vectors), BLOCK):
        block = np.asarray(vectors[first : first + BLOCK], np.float32)
        rows = write_rows([b""] * len(block), block, LAYOUTS.index("shortest"))
        yield rows.replace(b"\n ", b"\n")[1:].replace(b" ", b"\t")


def _encoded(words: Words, first: int, last: int) -> list[bytes]:
    """The UTF-8 bytes of the words from first on, up to and without last."""
    offsets = words.offsets[first : last + 1].tolist()
    base = offsets[0]
    joined = words.joined[base : offsets[-1]].tobytes()
    return [joined[start - base : end - base] for start, end in itertools.pairwise(offsets)]


def check_words(words: Words, *, binary: bool, prefix: str = "") -> None:
    """ValueError for the first word that word2vec's text or binary cannot hold.

    Words of more than MOST_WORD_BYTES are refused too, since their rows could not be read.

    >>> check_words(Words.of(["New York"]), binary=False)
    """
    lengths = np.diff(words.offsets)
    if lengths.max(initial=0) > MOST_WORD_BYTES:
        word, longest = words[int(np.argmax(lengths))], int(lengths.max())
        raise ValueError(
            f"word {word[:40]!r}... has {longest} bytes: in word2vec's formats a word must have at "
            f"most {MOST_WORD_BYTES}"
        )
    joined = words.joined
    bad = joined == ord("\n")
    if binary:
        bad |= joined == ord(" ")
    else:
        ends = words.offsets[1:][lengths > 0] - 1
        bad[ends] |= (joined[ends] == ord(" ")) | (joined[ends] == ord("\t"))
    where = np.flatnonzero(bad)
    name = "binary" if binary else "text"
    if len(where):
        position = int(np.searchsorted(words.offsets, where[0], "right")) - 1
        raise ValueError(
            f"word {words[position]!r} has a line end or a space where word2vec's {name} format "
            "cannot hold one; save as .safetensors, or change the word"
        )
    if "\n" in prefix or (binary and " " in prefix):
        raise ValueError(f"prefix {prefix!r} has a space or a line end")


# --- the formats


def _read(
    path: FileLike, limit: int | None, errors: str, binary: bool = False, header: bool = True
) -> VectorFile:
    words, vectors = read_word2vec(path, binary=binary, header=header, limit=limit, errors=errors)
    return VectorFile(words, vectors)


def _header(head: bytes) -> tuple[int, int] | None:
    """The two numbers of the first line, if it has two."""
    line = head.partition(b"\n")[0]
    if HEADER.fullmatch(line) is None:
        return None
    count, size = map(int, line.split())
    return count, size


def _is_text(head: bytes) -> bool:
    """Whether there is a header, and the row behind it ends with as many numbers as it says, or
    all that follows can only be text (whose rows are wrong, then)."""
    head = head.removeprefix(BOM)
    header = _header(head)
    if header is None:
        return False
    rest = head.partition(b"\n")[2]
    line, newline, _ = rest.partition(b"\n")
    fields = line.split()
    if not newline and len(head) == HEAD_BYTES:
        fields = fields[:-1]  # the last one may be half a number
    size = max(1, header[1])
    numbers = fields[1:][-size:]
    enough = size if newline else 1  # a byte of a binary number may be a newline, and end the line
    if not fields or (len(numbers) >= enough and all(is_number(field) for field in numbers)):
        return True
    return is_text(rest)


TEXT = Format(
    "word2vec",
    "word2vec text, which spaCy and fastText read too",
    endings=(".txt", ".vec"),
    sniff=_is_text,
    read=_read,
    write=lambda path, file: write_word2vec(path, file.words, file.vectors),
    check_words=lambda _, words: check_words(words, binary=False),
    compressible=True,
)
BINARY = Format(
    "word2vec-binary",
    "word2vec binary",
    endings=(".bin",),
    sniff=lambda head: _header(head) is not None,
    read=lambda path, limit, errors: _read(path, limit, errors, binary=True),
    write=lambda path, file: write_word2vec(path, file.words, file.vectors, binary=True),
    check_words=lambda _, words: check_words(words, binary=True),
    compressible=True,
)
GLOVE = Format(
    "glove",
    "GloVe text (word2vec text without a first line)",
    endings=(".glove",),
    sniff=lambda _: True,
    read=lambda path, limit, errors: _read(path, limit, errors, header=False),
    write=lambda path, file: write_word2vec(path, file.words, file.vectors, header=False),
    check_words=lambda _, words: check_words(words, binary=False),
    compressible=True,
)
