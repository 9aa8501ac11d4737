"""Containers with changed contents, as only somebody who means harm would write them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fastvec.io.container import HEADER_CHECKSUM, array_checksum, header_checksum
from fastvec.io.tensors import load_tensors, save_tensors


def rewrite(
    path: Path,
    target: Path | None = None,
    arrays: Mapping[str, NDArray[Any]] | None = None,
    without: tuple[str, ...] = (),
    **metadata: str,
) -> None:
    """Write a container again (to ``target``) with some arrays and metadata changed, or without
    some arrays; its checksums are those of the new arrays."""
    old, header = load_tensors(path, mmap=False)
    new = {name: array for name, array in old.items() if name not in without} | dict(arrays or {})
    sums = {name: array_checksum(array)[0] for name, array in new.items()}
    header |= {"checksums": json.dumps(sums)} | metadata
    if HEADER_CHECKSUM in header:
        header[HEADER_CHECKSUM] = header_checksum(new, header)
    save_tensors(target or path, new, header)
