"""What the first bytes of a vector file say about it: whether its rows are text, and how many
numbers each has.

Each answer needs evidence from many rows.  Where the evidence is contradictory, ValueError says so
with the remedy, since a wrong guess would give senseless vectors without a word.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

import numpy as np

HEADER = re.compile(rb"\d+[ \t]+\d+\s*")  # the number of words, and of numbers in each vector
_SIGNED_HEADER = re.compile(rb"-?\d+[ \t]+-?\d+\s*")
SAMPLE = 100  # rows that a decision rests on, at most
NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\x7f\ufffd]")  # characters that decoded binary numbers give
ENOUGH_BYTES = 16  # of binary numbers: so many that are all letters of text are no chance
_FRACTION = re.compile(rb"[-+]?(\d*\.\d+([eE][-+]?\d+)?|\d+[eE][-+]?\d+)|-\d+")
_INTEGER = re.compile(rb"[-+]?\d+")
_LONG_FRACTION = re.compile(rb"[-+]?\d*\.\d{4,}([eE][-+]?\d+)?")
_COMMA = re.compile(rb"[-+]?\d+,\d+([eE][-+]?\d+)?")
_HEX = re.compile(rb"[-+]?0[xX][\da-fA-F]+.*")


def is_number(field: bytes) -> bool:
    """Whether a field is a decimal number, as a text file has them.

    >>> is_number(b"-1e-3"), is_number(b"1_0")
    (True, False)
    """
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


def is_signed_header(line: bytes) -> bool:
    """Whether a line has two whole numbers, one of them negative: a header that cannot be.

    >>> is_signed_header(b"-1 300")
    True
    """
    return _SIGNED_HEADER.fullmatch(line) is not None


def trailing_numbers(line: bytes) -> int:
    """How many fields at the end of a line are numbers; the first field is always a word.

    >>> trailing_numbers(b"New York 1 2")
    2
    """
    fields = line.replace(b"\t", b" ").rstrip().split(b" ")
    words = (i for i, field in enumerate(reversed(fields[1:])) if not is_number(field))
    return next(words, len(fields) - 1)


def size_of_rows(lines: list[bytes]) -> int:
    """How many numbers a row has in a file without a header: what most rows agree on; of several
    sizes that are equally frequent the smallest, since a word may end with numbers too.

    Raises
    ------
    ValueError
        rows from which it cannot be told; the message is without the file's name.

    >>> size_of_rows([b"the 1.5 2", b"route 66 1 2", b"of 3 4"])
    2
    """
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip()][:SAMPLE]
    if not rows:
        raise ValueError("expected rows of a word and numbers, but the file is empty")
    sizes = Counter(trailing_numbers(line) for _, line in rows)
    size = min(sizes, key=lambda n: (-sizes[n], n), default=0)
    if size == 0:
        number, line = next(row for row in rows if trailing_numbers(row[1]) == 0)
        raise ValueError(
            f"row {number}: expected a word and numbers, found {excerpt(line)}{number_advice(line)}"
        )
    first = rows[0][1]
    if HEADER.fullmatch(first) and (size > 1 or _speaks_of_others(first, sizes)):
        raise ValueError(
            f"its first line is a header, {excerpt(first)}: read it with no_header=False "
            "(--from word2vec)"
        )
    _refuse_other_header(rows[0][1], [line for _, line in rows[1:]], size)
    for row, line in enumerate((line for _, line in rows), 1):
        if trailing_numbers(line) < size:
            raise ValueError(
                f"row {row}: expected a word and {size} numbers, as most rows have, found "
                f"{excerpt(line)}{number_advice(line)}"
            )
    _refuse_decimal_commas([line for _, line in rows], size)
    return size


def _speaks_of_others(header: bytes, sizes: Counter[int]) -> bool:
    """Whether a header says as many numbers, more than one, as some of the rows have."""
    said = int(header.split()[1])
    return said > 1 and sizes[said] > 0


def _refuse_decimal_commas(lines: list[bytes], size: int) -> None:
    """ValueError if most rows have a decimal comma in what stands before their numbers: only those
    numbers that have no fraction were taken for numbers then, and the others for words."""
    before = [fields[-size - 1] for line in lines if len(fields := line.split()) > size + 1]
    if 2 * sum(map(bool, map(_COMMA.fullmatch, before))) > len(lines):
        raise ValueError("its numbers have decimal commas, which must be points")


def _refuse_other_header(first: bytes, others: list[bytes], size: int) -> None:
    """ValueError for a first line of several whole numbers that is another tool's header: it speaks
    of the size or is no row of this size, and not all rows behind it are whole numbers."""
    fields = first.split()
    if (
        len(fields) > 2
        and others
        and all(map(_INTEGER.fullmatch, fields))
        and (int(fields[1]) == size or len(fields) != size + 1)
        and not any(all(map(_INTEGER.fullmatch, line.split())) for line in others)
    ):
        raise ValueError(
            f"its first line looks like the header of another tool, {excerpt(first)}: leave only "
            "the number of words and of dimensions in it, or remove it"
        )


def check_rows(lines: list[bytes], size: int) -> None:
    """Raise ValueError if the first rows have words, but ones that must be numbers: rows of numbers
    only, or rows with more numbers than the header says.

    >>> check_rows([b"the 0.1 0.2 0.3", b"of 0.4 0.5 0.6"], 2)
    Traceback (most recent call last):
    ValueError: its rows have more than the 2 numbers of which the header speaks: ...
    """
    rows = [fields for line in lines if (fields := line.split())][:SAMPLE]
    if len(rows) > 1 and all(
        _FRACTION.fullmatch(fields[0]) and all(map(is_number, fields)) for fields in rows
    ):
        raise ValueError(
            f"its rows have no words, only numbers, as {excerpt(lines[0])}; each row must begin "
            "with its word (the words of a projector's .tsv are in its metadata file)"
        )
    if len(rows) > 1 and all(_has_more_numbers(fields, size) for fields in rows):
        raise ValueError(
            f"its rows have more than the {size} numbers of which the header speaks: "
            f"{excerpt(lines[0])}"
        )


def _has_more_numbers(fields: list[bytes], size: int) -> bool:
    """Whether the last field of a word with spaces is written as the numbers behind it are."""
    if len(fields) < size + 2 or not all(map(is_number, fields[-size:])):
        return False
    extra = fields[-size - 1]
    if all(map(_INTEGER.fullmatch, fields[-size:])):
        return _INTEGER.fullmatch(extra) is not None
    return _FRACTION.fullmatch(extra) is not None


def ends_with_number(word: bytes) -> bool:
    """Whether a word with a space ends with what can only be a number of the vector.

    >>> ends_with_number(b"the 0.12345"), ends_with_number(b"python 3.11")
    (True, False)
    """
    return _LONG_FRACTION.fullmatch(word.rpartition(b" ")[2]) is not None


def refuse_numbers(path: str, joined: bytes, offsets: bytes) -> None:
    """ValueError for a word that ends with a number: its row has more numbers than others have.

    >>> refuse_numbers("vectors.txt", b"New York", np.array([0, 8]).tobytes())
    """
    spaces = np.flatnonzero(np.frombuffer(joined, np.uint8) == ord(" "))
    ends = np.frombuffer(offsets, np.int64)
    for number in np.unique(np.searchsorted(ends, spaces, "right")).tolist():
        word = bytes(joined[ends[number - 1] : ends[number]])
        if ends_with_number(word):
            raise ValueError(
                f"{path}: row {number}: it has more numbers than other rows, found {excerpt(word)}"
            )


def number_advice(line: bytes) -> str:
    """What an error about a row adds if its numbers are written in another way; "" if not.

    >>> number_advice(b"the 0,5 1,5")
    ': its numbers have decimal commas, which must be points'
    """
    fields = line.split()[1:]
    if any(map(_COMMA.fullmatch, fields)):
        return ": its numbers have decimal commas, which must be points"
    if any(map(_HEX.fullmatch, fields)):
        return ": its numbers are hexadecimal, and must be decimal"
    if line.lstrip().startswith((b"#", b"%", b"//")):
        return ": it looks like a comment; remove such lines"
    if line.count(b",") > 1 or line.count(b";") > 1:
        return ": it looks like a table; words and numbers must be separated by spaces or tabs"
    return ""


def are_text_rows(lines: list[bytes], size: int) -> bool:
    """Whether the first lines are certainly rows of text: each ends with ``size`` numbers, and one
    is just a word without spaces and these numbers.

    Binary rows could only look like this if all their bytes were digits, points and the like.
    Four such bytes make a float that is never 0 or negative, and nearly always below 0.0005; no
    training makes such vectors.

    >>> are_text_rows([b"the 1 2"], 2)
    True
    """
    rows = [fields for line in lines if (fields := line.split())]
    return any(len(fields) == size + 1 for fields in rows) and all(
        len(fields) > size and all(map(is_number, fields[-size:])) for fields in rows
    )


def is_text(data: bytes) -> bool:
    """Whether these bytes are UTF-8, perhaps cut off, without control characters; hardly any binary
    vector is.

    >>> is_text(b"the 0,5 0,25"), is_text(b"the \\x00\\x00\\x80\\x3f")
    (True, False)
    """
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return NO_TEXT.search(text) is None


def excerpt(line: bytes) -> str:
    """The first 60 bytes of a line, for an error message.

    >>> excerpt(b"a 1 2")
    "'a 1 2'"
    """
    text = line[:60].decode(errors="replace")
    return repr(text + "..." if len(line) > 60 else text)
