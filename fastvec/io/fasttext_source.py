"""The bytes of a fastText file, read from the first to the last; no size in them is believed."""

from __future__ import annotations

import struct
from array import array
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fastvec.io.compression import MOST_BYTES
from fastvec.io.fasttext_quantized import CENTROIDS, Quantizer, check_quantizer
from fastvec.io.read_ahead import plain_size
from fastvec.words import Words

CHUNK = 1 << 20  # bytes of the dictionary read at a time
BLOCK = 1 << 24  # bytes of a matrix read at a time
BEHIND_WORD = struct.Struct("<qb")  # its count, and whether it is a label

Floats = NDArray[np.float32]


class Source:
    """A file that is read once, in order.

    Parameters
    ----------
    file : binary file
        where it stands is the beginning.
    name : str
        what error messages call it.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file = file
        self.name = name
        #: the bytes that are left; None if that is not known, as of a compressed file
        self.left = plain_size(file)
        self._ahead = b""  # read, and not yet taken

    def damaged(self, reason: object) -> ValueError:
        """The exception that says that the file is damaged, and why.

        >>> Source(io.BytesIO(), "a.bin").damaged("it has no words")
        ValueError('a.bin is a damaged fastText model: it has no words')
        """
        return ValueError(f"{self.name} is a damaged fastText model: {reason}")

    def _cut_off(self, part: str) -> ValueError:
        return ValueError(f"{self.name} is a fastText model that is cut off within its {part}")

    def _expect(self, size: int, part: str) -> None:
        """ValueError if the file cannot have so many more bytes."""
        if size < 0:
            raise self.damaged(f"its {part} cannot have {size} bytes")
        if self.left is not None and size > self.left:
            raise self._cut_off(part)

    def _taken(self, size: int) -> None:
        if self.left is not None:
            self.left -= size

    def unpack(self, layout: str, part: str) -> tuple[Any, ...]:
        """Some numbers.

        >>> Source(io.BytesIO(bytes(8)), "a.bin").unpack("2i", "head")
        (0, 0)
        """
        form = struct.Struct(f"<{layout}")
        return form.unpack(self.array(np.uint8, form.size, part).tobytes())

    def array(self, dtype: Any, count: int, part: str) -> NDArray[Any]:
        """Many numbers of a type; memory grows with what the file really has.

        >>> Source(io.BytesIO(bytes(8)), "a.bin").array("<f4", 2, "matrix")
        array([0., 0.], dtype=float32)
        """
        size = count * np.dtype(dtype).itemsize
        self._expect(size, part)
        data = np.empty(size if self.left is not None else min(size, BLOCK), np.uint8)
        done = 0
        while done < size:
            if done == len(data):
                data.resize(min(size, 2 * done), refcheck=False)
            got = self._read_into(data[done : done + BLOCK])
            if not got:
                raise self._cut_off(part)
            done += got
        self._taken(size)
        return data.view(dtype)

    def _read_into(self, room: NDArray[np.uint8]) -> int:
        if not self._ahead:
            count: int = self.file.readinto(room.data)  # type: ignore[attr-defined]
            return count
        count = min(len(room), len(self._ahead))
        room[:count] = np.frombuffer(self._ahead, np.uint8, count)
        self._ahead = self._ahead[count:]
        return count

    def skip(self, size: int, part: str) -> None:
        """Pass over some bytes.

        >>> Source(io.BytesIO(bytes(7)), "a.bin").skip(8, "head")
        Traceback (most recent call last):
        ValueError: a.bin is a fastText model that is cut off within its head
        """
        self._expect(size, part)
        for first in range(0, size, BLOCK):
            self.array(np.uint8, min(BLOCK, size - first), part)

    def end(self) -> None:
        """ValueError unless all has been read.

        >>> Source(io.BytesIO(), "a.bin").end()
        """
        if self._ahead or self.file.read(1):
            raise self.damaged("more bytes follow its last matrix")

    # --- the parts of a model

    def dictionary(self, entries: int) -> tuple[Words, NDArray[np.int64], NDArray[np.int8]]:
        """The words of a dictionary, their counts, and for each whether it is a label.

        >>> source = Source(io.BytesIO(b"cat\\0" + BEHIND_WORD.pack(7, 0)), "a.bin")
        >>> source.dictionary(1)
        (Words(1: cat, ...), array([7]), array([0], dtype=int8))
        """
        joined, ends, counts, kinds = bytearray(), array("q", [0]), array("q"), array("b")
        data, at = b"", 0
        for _ in range(entries):
            while (end := data.find(0, at)) < 0 or end + BEHIND_WORD.size >= len(data):
                data, at = data[at:] + self._more_words(len(data) - at), 0
            joined += data[at:end]
            ends.append(len(joined))
            count, kind = BEHIND_WORD.unpack_from(data, end + 1)
            counts.append(count)
            kinds.append(kind)
            at = end + 1 + BEHIND_WORD.size
        self._taken(len(joined) + (1 + BEHIND_WORD.size) * entries)
        self._ahead = data[at:]
        words = Words(np.frombuffer(joined, np.uint8), np.frombuffer(ends, np.int64))
        return words, np.frombuffer(counts, np.int64), np.frombuffer(kinds, np.int8)

    def _more_words(self, unfinished: int) -> bytes:
        if unfinished > MOST_BYTES:
            raise self.damaged(f"a word does not end within {MOST_BYTES} bytes")
        data = self.file.read(CHUNK)
        if not data:
            raise self._cut_off("words")
        return data

    def quantized(self, rows: int, size: int, part: str) -> Floats:
        """A quantised matrix of so many rows.

        >>> Source(io.BytesIO(bytes(21)), "a.bin").quantized(3, 2, "matrix")
        Traceback (most recent call last):
        ValueError: a.bin is a damaged fastText model: its matrix should be 3 x 2, and is 0 x 0
        """
        has_norms, found, columns, codes = self.unpack("?2qi", part)
        if (found, columns) != (rows, size):
            raise self.damaged(f"its {part} should be {rows} x {size}, and is {found} x {columns}")
        if codes < 0 or (rows and codes % rows):
            raise self.damaged(f"its {part} cannot have {codes} codes")
        numbers = self.array(np.uint8, codes, part)
        quantizer = self._quantizer(size, part)
        if codes != rows * quantizer.pieces:
            raise self.damaged(f"its {part} cannot have {codes} codes")
        matrix = quantizer.rows(numbers.reshape(rows, quantizer.pieces))
        if has_norms:
            norms = self.array(np.uint8, rows, part)
            with np.errstate(all="ignore"):  # a damaged model may hold any numbers
                matrix *= self._quantizer(1, part).rows(norms[:, None])
        return matrix

    def _quantizer(self, size: int, part: str) -> Quantizer:
        columns, pieces, piece, last = self.unpack("4i", part)
        try:
            if columns != size:
                raise ValueError(f"its {part} has centroids of {columns} numbers, not {size}")
            check_quantizer(size, pieces, piece, last)
        except ValueError as error:
            raise self.damaged(error) from None
        return Quantizer(size, piece, self.array("<f4", CENTROIDS * size, part))
