"""Compressed files: recognised by their content; damage is an error with the name of the file."""

import bz2
import gzip
import lzma
import sys

import numpy as np
import pytest
from vector_tables import write

from fastvec.io.registry import read_vectors
from fastvec.io.word2vec import read_word2vec, write_word2vec
from fastvec.words import Words


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_damaged_compressed_files(tmp_path, ending):
    """Every byte changed, and every cut: read rightly or refused, never another exception."""
    if ending == ".zst" and sys.version_info < (3, 14):
        pytest.importorskip("zstandard", reason="zstandard is not installed")
    path = tmp_path / f"v{ending}"
    write_word2vec(path, Words.of(["a", "b"]), np.ones((2, 3), "f"))
    whole = path.read_bytes()
    assert len(read_word2vec(path)[0]) == 2
    damaged = [whole[:i] + bytes([whole[i] ^ 0x55]) + whole[i + 1 :] for i in range(len(whole))]
    for data in damaged + [whole[:i] for i in range(len(whole))]:
        path.write_bytes(data)
        try:
            assert read_word2vec(path)[1].shape == (2, 3)
        except ValueError as error:
            assert str(path) in str(error)


def test_a_cut_gz_file(tmp_path):
    whole = gzip.compress(b"2 1\na 1\nb 2\n")
    with pytest.raises(ValueError, match="cut off"):
        read_word2vec(write(tmp_path / "v.gz", whole[:-9]))


def test_files_are_recognised_by_content_not_by_name(tmp_path):
    plain = b"2 1\na 1\nb 2\n"
    for data in (plain, gzip.compress(plain), bz2.compress(plain), lzma.compress(plain)):
        for name in ("v.txt", "v.gz", "v"):
            assert list(read_word2vec(write(tmp_path / name, data))[0]) == ["a", "b"]
    file = read_vectors(write(tmp_path / "v", b"BZh 1 2\na 3 4\n"))
    assert list(file.words) == ["BZh", "a"]
