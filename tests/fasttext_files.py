"""fastText's binary files, put together by hand as its source describes them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORDS = ["</s>", "cat", "cats", "кошка"]
SIZE, BUCKET = 5, 40
MAGIC = 793712314


def random(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def dense(matrix: NDArray[np.float32], flag: bool = True) -> bytes:
    return b"\0" * flag + struct.pack("<2q", *matrix.shape) + matrix.astype("<f4").tobytes()


def quantized(rows: int, norms: bool, piece: int = 2) -> tuple[bytes, NDArray[np.float32]]:
    """A quantised matrix, and what it stands for, by the formulas of ProductQuantizer."""
    chance = np.random.default_rng(2)
    pieces = -(-SIZE // piece)
    last = SIZE - (pieces - 1) * piece
    codes = chance.integers(0, 256, (rows, pieces)).astype(np.uint8)
    centroids = chance.normal(size=SIZE * 256).astype(np.float32)
    lengths = chance.normal(size=256).astype(np.float32)
    norm_codes = chance.integers(0, 256, rows).astype(np.uint8)
    matrix = np.zeros((rows, SIZE), np.float32)
    for row in range(rows):
        for i in range(pieces):
            width = last if i == pieces - 1 else piece
            at = i * 256 * piece + int(codes[row, i]) * width
            matrix[row, i * piece : i * piece + width] = centroids[at : at + width]
        if norms:
            matrix[row] *= lengths[norm_codes[row]]
    data = b"\1" + struct.pack("<?2qi", norms, rows, SIZE, codes.size) + codes.tobytes()
    data += struct.pack("<4i", SIZE, pieces, piece, last) + centroids.tobytes()
    if norms:
        data += norm_codes.tobytes() + struct.pack("<4i", 1, 1, 1, 1) + lengths.tobytes()
    return data, matrix


def model(
    version: int = 12,
    labels: tuple[str, ...] = (),
    pruned: list[tuple[int, int]] | None = None,
    matrix: bytes | None = None,
    words: list[Any] = WORDS,
    **options: int,
) -> bytes:
    """A whole file; ``matrix`` is the input matrix if it is not random(...)."""
    args = {
        "dim": SIZE, "ws": 5, "epoch": 1, "min_count": 1, "neg": 5, "word_ngrams": 1, "loss": 2,
        "model": 3 if labels else 2, "bucket": BUCKET, "minn": 3, "maxn": 6, "rate": 100,
    } | options  # fmt: skip
    data = struct.pack("<2i", MAGIC, version) if version else b""
    data += struct.pack("<12id", *args.values(), 1e-4)
    data += struct.pack("<3iq", len(words) + len(labels), len(words), len(labels), 10)
    if version:
        data += struct.pack("<q", -1 if pruned is None else len(pruned))
    for number, word in enumerate((*words, *labels)):
        name = word if isinstance(word, bytes) else word.encode()
        data += name + b"\0" + struct.pack("<qb", 9 - number, number >= len(words))
    for pair in pruned or ():
        data += struct.pack("<2i", *pair)
    flag = version > 0
    rows = len(words) + args["bucket"]
    data += dense(random(rows, SIZE), flag) if matrix is None else matrix
    return data + dense(random(len(labels or words), SIZE), flag)
