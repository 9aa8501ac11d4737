"""Corpora for benchmarks: decompress one, cut it to size, and describe it.

    python benchmarks/corpora.py enwiki.txt.xz --output enwiki.txt --megabytes 3

No path of a corpus is written here: the caller gives it.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import hashlib
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

OPENERS: dict[str, Callable[..., Any]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}


def unpack(source: Path, target: Path, limit: int | None = None) -> None:
    """Write ``source``, decompressed, to ``target``: whole lines, ``limit`` bytes at most."""
    opener = OPENERS.get(source.suffix, open)
    room = limit if limit is not None else float("inf")
    file: BinaryIO
    with opener(source, "rb") as file, target.open("wb") as out:
        for line in file:
            room -= len(line)
            if room < 0:
                return
            out.write(line)


def facts(path: Path) -> dict[str, Any]:
    """Bytes, lines, tokens, types and md5 of a text file, one sentence a line."""
    digest = hashlib.md5(usedforsecurity=False)
    types: set[bytes] = set()
    size = lines = tokens = 0
    with path.open("rb") as file:
        for line in file:
            words = line.split()
            digest.update(line)
            types.update(words)
            size += len(line)
            lines += 1
            tokens += len(words)
    return {
        "name": path.name,
        "bytes": size,
        "lines": lines,
        "tokens": tokens,
        "types": len(types),
        "md5": digest.hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="a text file; .xz, .gz and .bz2 are unpacked")
    parser.add_argument("--output", type=Path, required=True, help="the plain text to write")
    parser.add_argument("--megabytes", type=float, help="stop after so much text")
    given = parser.parse_args()
    limit = None if given.megabytes is None else int(given.megabytes * 1e6)
    unpack(given.source, given.output, limit)
    print(json.dumps(facts(given.output), indent=1))


if __name__ == "__main__":
    main()
