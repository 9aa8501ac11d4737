"""floret's tables (``.floret``): rows of n-grams without words, which ``spacy init vectors --mode
floret`` reads."""

from __future__ import annotations

import re

import numpy as np

from fastvec._core import write_rows
from fastvec._util.places import FileLike, name_of
from fastvec._util.progress import Progress
from fastvec.io.archives import open_input
from fastvec.io.compression import open_output, rejoined
from fastvec.io.fasttext import rows_of_buckets
from fastvec.io.format import Format, VectorFile
from fastvec.io.row_reader import read_rows
from fastvec.io.text_rows import excerpt
from fastvec.subwords import Subwords, no_rows
from fastvec.words import Words

SEED = 2166136261  # of the hash
AROUND = b"< >"  # what is put before a word, and behind it
MOST_HEADER = 1000  # bytes of the first line
SHORTEST = 0  # the layout of numbers that the core writes
#: bucket, dim, minn, maxn, hashCount, hashSeed; BOW and EOW, which are no numbers
_HEADER = re.compile(rb"(\d{1,18}) (\d{1,18}) (\d{1,18}) (\d{1,18}) (\d{1,18}) (\d{1,18}) (\D+)")

# --- reading


def read_floret(path: FileLike) -> Subwords:
    """Read a table of floret's; it may be compressed.

    Raises
    ------
    ValueError
        a file that is cut off, damaged or of another kind; with its name and the reason.

    >>> read_floret("table.floret").hash_count
    2
    """
    name = name_of(path)
    with open_input(path) as file:
        line = file.readline(MOST_HEADER)
        bucket, size, min_n, max_n, hash_count = _header(name, line)
        sizes = b"%d %d\n" % (bucket, size)  # the first line of word2vec's text, whose rows it has
        rows = rejoined(sizes, file, name)
        words, vectors, _ = read_rows(rows, binary=False, header=True, limit=None)
    if words != Words.of(map(str, range(len(vectors)))) or len(vectors) != bucket:
        raise ValueError(
            f"{name} is damaged: its rows must have the numbers from 0 to {bucket - 1}, in order"
        )
    try:
        none = no_rows(0, size)
        return Subwords(min_n, max_n, bucket, none, vectors, hash_count=hash_count)
    except ValueError as error:
        raise ValueError(f"{name} is damaged: {error}") from None


def _header(name: str, line: bytes) -> tuple[int, int, int, int, int]:
    """bucket, dim, minn, maxn and hashCount of the first line."""
    found = _HEADER.fullmatch(line)
    if found is None:
        raise ValueError(
            f"{name} is no table of floret's: its first line must be bucket, dim, minn, maxn, "
            f"hashCount, hashSeed, BOW and EOW, found {excerpt(line.rstrip())}"
        )
    bucket, size, min_n, max_n, hash_count, seed = map(int, found.groups()[:-1])
    if seed != SEED or found[7].strip() != AROUND:
        raise ValueError(
            f"{name}: only tables with hashSeed {SEED}, BOW < and EOW >, as floret itself writes "
            f"them, are read, found {excerpt(line.rstrip())}"
        )
    if hash_count < 1:
        raise ValueError(f"{name} is damaged: hashCount must be from 1 to 4, got {hash_count}")
    return bucket, size, min_n, max_n, hash_count


# --- writing


def write_floret(path: FileLike, subwords: Subwords | None) -> None:
    """Write a table that floret's users, such as spaCy, read.

    Parameters
    ----------
    subwords : Subwords
        trained with ``hash_count``; buckets without a row get a row of zeros.

    Raises
    ------
    ValueError
        vectors that are not made in floret's way; OSError when the file cannot be written.

    >>> rows = np.ones((9, 2), "f")
    >>> write_floret("a.floret", Subwords(3, 6, 9, rows[:0], rows, hash_count=2))
    """
    table = check_subwords(path, subwords)
    size = table.ngrams.shape[1]
    rule = f"{table.bucket} {size} {max(1, table.min_n)} {table.max_n} {table.hash_count} {SEED}"
    done = 0
    with open_output(path) as file, Progress("writing", table.bucket, "rows") as bar:
        file.write(b"%b %b\n" % (rule.encode(), AROUND))
        for block in rows_of_buckets(table):
            last = done + len(block)
            names = [b"%d" % row for row in range(done, last)]
            file.write(write_rows(names, np.ascontiguousarray(block), SHORTEST))
            done = last
            bar.update(done)


def check_subwords(path: FileLike, subwords: Subwords | None) -> Subwords:
    """The subwords; ValueError unless they are made in floret's way.

    >>> check_subwords("a.floret", None)
    Traceback (most recent call last):
    ValueError: cannot write a.floret: these vectors are not made of a table of floret's, ...
    """
    if subwords is None or not subwords.hash_count:
        raise ValueError(
            f"cannot write {name_of(path)}: these vectors are not made of a table of floret's, as "
            "only those are that were trained with subwords, hash_count=2 and bucket=50000"
        )
    return subwords


# --- the format


def _read(path: FileLike, limit: int | None, errors: str) -> VectorFile:
    del limit, errors  # there are no words
    subwords = read_floret(path)
    return VectorFile(Words.of([]), subwords.words, subwords=subwords)


FLORET = Format(
    "floret",
    "floret's table of n-grams, which spaCy reads",
    endings=(".floret",),
    sniff=lambda head: _HEADER.fullmatch(head.partition(b"\n")[0]) is not None,
    read=_read,
    write=lambda path, file: write_floret(path, file.subwords),
    check_subwords=check_subwords,
    compressible=True,
    holds_subwords=True,
)
