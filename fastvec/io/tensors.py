"""Safetensors files: any arrays by name, opened by memory map.

The layout is that of the safetensors library (docs/formats.md describes it byte by byte).  The
library itself is not used: its writer needs every array whole and contiguous in memory, while this
one writes padded rows block by block, and its reader does not map files copy-on-write.
"""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.places import FileLike, is_local, name_of, open_source, open_target
from fastvec._util.progress import Progress
from fastvec.io.compression import HEAD_BYTES, is_compressed
from fastvec.io.foreign import ZIP_MAGIC, holds_vectors, is_archive, refuse_no_vectors

DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
BLOCK_BYTES = 1 << 24  # written at a time
MAX_HEADER = 100_000_000  # bytes of a header, as the library has it
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def save_tensors(
    path: FileLike, tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]
) -> None:
    """Write any arrays as a safetensors file, a block of rows at a time.

    Tensors of wide numbers come first and the data starts at a multiple of 64 bytes, so that a
    memory map gives aligned arrays.

    >>> save_tensors("a.safetensors", {"numbers": np.arange(3)}, {"made by": "hand"})
    """
    for name, array in tensors.items():
        if array.dtype.newbyteorder("<") not in NAMES:
            raise ValueError(f"safetensors has no dtype {array.dtype} (of {name})")
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name != "vectors"))
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    at = 0
    for name in order:
        array = tensors[name]
        header[name] = {
            "dtype": NAMES[array.dtype.newbyteorder("<")],
            "shape": list(array.shape),
            "data_offsets": [at, at + array.nbytes],
        }
        at += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    with open_target(path) as file, Progress("saving", at, "bytes") as bar:
        file.write(len(text).to_bytes(8, "little") + text)
        done = 0
        for name in order:
            for block in row_blocks(tensors[name]):
                file.write(block.reshape(-1).view(np.uint8).data)
                done += block.nbytes
                bar.update(done)


def row_blocks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The rows of an array, contiguous and little-endian, about 16 MB at a time.

    Each block but the last has a multiple of 4 rows, and so a multiple of 4 bytes.

    >>> [block.tolist() for block in row_blocks(np.arange(3))]
    [[0, 1, 2]]
    """
    rows = array.reshape(1) if array.ndim == 0 else array
    row_bytes = rows.nbytes // max(1, len(rows))
    step = max(4, BLOCK_BYTES // max(1, row_bytes) // 4 * 4)
    for first in range(0, len(rows), step):
        yield np.ascontiguousarray(rows[first : first + step], array.dtype.newbyteorder("<"))


def load_tensors(
    place: FileLike, *, mmap: bool = True
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Open any safetensors file; every size in its header is checked against the file.

    A remote or an open file is read whole, and never mapped.

    >>> tensors, metadata = load_tensors("vectors.safetensors")
    """
    path, whole = name_of(place), _bytes_of(place, mmap)
    length = int.from_bytes(whole[:8].tobytes(), "little")
    if whole[8:9].tobytes() != b"{":
        _name_other_format(path, whole)
    if len(whole) < 8 or length > min(len(whole) - 8, MAX_HEADER):
        raise ValueError(f"{path} is not a safetensors file, or cut off within its header")
    try:
        header = json.loads(whole[8 : 8 + length].tobytes())
        if not isinstance(header, dict):
            raise ValueError
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is not a safetensors file: its header is not JSON") from None
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise ValueError(f"{path}: the header's metadata must be strings")
    data = whole[8 + length :]
    return {name: _tensor(path, name, entry, data) for name, entry in header.items()}, metadata


def _name_other_format(path: str, whole: NDArray[np.uint8]) -> None:
    """ValueError for a file of another known kind."""
    head = whole[:HEAD_BYTES].tobytes()
    if head.startswith((b"\x93NUMPY", b"PAR1")):
        kind = "a NumPy" if head.startswith(b"\x93") else "a Parquet"
        raise ValueError(f"{path} is {kind} file: fastvec.load reads it if it holds vectors")
    refuse_no_vectors(path, head)
    if is_archive(head):
        archive = "zip" if head.startswith(ZIP_MAGIC) else "tar"
        raise ValueError(
            f"{path} is a {archive} archive: fastvec.load reads it if it holds one file with "
            "vectors as text or in word2vec's binary format; unpack others first"
        )
    if is_compressed(head):
        raise ValueError(f"{path} is compressed: fastvec.load reads it if it holds vectors")
    if holds_vectors(head, len(head) == len(whole)):
        raise ValueError(
            f"{path} holds vectors as text or in word2vec's binary format: "
            "KeyedVectors.load_word2vec_format or fastvec.load reads it"
        )


def _bytes_of(place: FileLike, mmap: bool) -> NDArray[np.uint8]:
    """The bytes of a file, mapped copy-on-write or read; only a file of this machine is mapped.

    It is opened once: another file may take its name meanwhile.
    """
    with open_source(place) as file:
        size = os.fstat(file.fileno()).st_size if is_local(place) else 0
        if not size:  # or not known: that of a pipe is 0
            return np.frombuffer(bytearray(file.read()), np.uint8)
        if mmap:
            return np.memmap(file, np.uint8, "c", shape=(size,)).view(np.ndarray)
        data = np.empty(size, np.uint8)
        return data[: file.readinto(data.data)]  # type: ignore[attr-defined]


def check_mapped(array: NDArray[Any]) -> None:
    """Call it before an array is read for long: ValueError if it is mapped from a file that has
    been cut off meanwhile, since the first missing page would end the process.

    >>> check_mapped(load_tensors("vectors.safetensors")[0]["vectors"])
    """
    owner: Any = array
    while isinstance(owner, np.ndarray):
        array, owner = owner, owner.base
    if isinstance(owner, mmap.mmap) and (left := owner.size()) < len(owner):
        name = getattr(array, "filename", None) or "the file of an array"
        raise ValueError(
            f"{name} was cut off while it was open: {left} bytes of {len(owner)} are left (replace "
            "files by renaming others, as fastvec does)"
        )


def _tensor(path: str, name: str, entry: Any, data: NDArray[np.uint8]) -> NDArray[Any]:
    """One tensor, as a view of the file's data."""
    try:
        dtype, shape = DTYPES[entry["dtype"]], entry["shape"]
        first, last = entry["data_offsets"]
        if not all(type(n) is int and n >= 0 for n in (*shape, first, last)):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"{path}: the header's entry for {name!r} does not describe a tensor"
        ) from None
    if last > len(data):
        raise ValueError(
            f"{path} is cut off: {name!r} ends at byte {last} of {len(data)} bytes of data"
        )
    expected = math.prod(shape) * dtype.itemsize
    if last - first != expected:
        raise ValueError(
            f"{path}: {name!r} has {last - first} bytes, but its shape {shape} needs {expected}"
        )
    content = data[first:last]
    if content.ctypes.data % dtype.itemsize:  # other writers may not align
        content = content.copy()
    tensor: NDArray[Any] = content.view(dtype).reshape(shape)
    return tensor
