"""Compressed files: recognised by their content; damage is an error with the name of the file."""

import bz2
import gzip
import lzma
import os
import sys
import threading

import numpy as np
import pytest
from vector_tables import write

from fastvec.corpus import jsonl, streams
from fastvec.corpus.corpus import Corpus
from fastvec.io import counts, row_reader
from fastvec.io.compression import decompressed
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


def bomb(path, ending, megabytes):
    """A compressed file of one word; of zstd, one whose first bytes hold all of it."""
    data = b"a" * (megabytes << 20)
    if ending == ".zst":
        zstd = pytest.importorskip("zstandard", reason="zstandard is not installed")
        return write(path, zstd.ZstdCompressor().compress(data))
    return write(path, {".gz": gzip, ".bz2": bz2, ".xz": lzma}[ending].compress(data))


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_a_word_without_end_takes_no_memory(tmp_path, ending, monkeypatch):
    """What is read is refused after MOST_BYTES, of words and rows alike."""
    path = bomb(tmp_path / f"bomb{ending}", ending, 16)
    for module in (row_reader, streams, counts, jsonl):
        monkeypatch.setattr(module, "MOST_BYTES", 1 << 21)
    with pytest.raises(ValueError, match=rf"{path}: row 1 does not end within 2097152 bytes"):
        read_vectors(path)
    with pytest.raises(ValueError, match=rf"{path}: the word at byte 0 does not end within"):
        Corpus.read(path)
    with pytest.raises(ValueError, match=rf"{path}: line 1 does not end within 2097152 bytes"):
        counts.read_counts(path)
    monkeypatch.setattr(streams, "MOST_LINE_BYTES", 1 << 21)
    for options in ({"column": "text"}, {"tokens": str.split}):
        with pytest.raises(ValueError, match=rf"{path}: the line at byte 0 does not end within"):
            Corpus.read(path, **options)


def test_zstd_is_decompressed_in_bounded_blocks(tmp_path):
    path = bomb(tmp_path / "bomb.zst", ".zst", 512)
    assert path.stat().st_size < 1 << 15
    with path.open("rb") as raw:
        file = decompressed("bomb", raw)
        reader = file.raw.stream
        if not hasattr(reader, "data"):
            pytest.skip("Python's own zstd bounds what it decompresses")
        assert file.read(5) == b"aaaaa"
        assert len(reader.data) <= 1 << 27


def compress(ending, data):
    if ending == ".zst":
        zstd = pytest.importorskip("zstandard", reason="zstandard is not installed")
        return zstd.ZstdCompressor(write_content_size=False).compress(data)
    return {".gz": gzip, ".bz2": bz2, ".xz": lzma}[ending].compress(data)


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_a_later_stream_is_read_or_damage_and_padding_is_neither(tmp_path, ending):
    path = tmp_path / "t"
    first, second = (compress(ending, word * 50) for word in (b"one x\n", b"two x\n"))
    for padding in (b"", bytes(4), bytes(512), bytes(1 << 17)):
        write(path, first + padding + second + padding)
        assert Corpus.read(path, min_count=1).vocabulary.counts.tolist() == [100, 50, 50]
    for i in (*range(5), 7):
        bad = bytearray(second)
        bad[i] ^= 0x40
        write(path, first + bytes(bad) + first)
        try:
            counts = Corpus.read(path, min_count=1).vocabulary.counts.tolist()
        except ValueError as error:
            assert "t is damaged or cut off" in str(error)
        else:  # a byte that decides nothing, such as the time in a gzip header
            assert counts == [150, 100, 50]
    for end in (b"x", second[:3], second[:-1], b"\0\0x"):
        write(path, first + end)
        with pytest.raises(ValueError, match="t is damaged or cut off"):
            Corpus.read(path)


@pytest.mark.parametrize("ending", ["", ".gz", ".bz2", ".xz", ".zst"])
def test_a_pipe_that_comes_in_small_pieces_is_read_whole(tmp_path, ending):
    data = b'{"text": "a b"}\n' * 2000
    path = tmp_path / "pipe"
    os.mkfifo(path)
    data = compress(ending, data) if ending else data

    def feed():
        with path.open("wb", buffering=0) as pipe:
            for i in range(0, 64, 3):
                pipe.write(data[i : min(i + 3, 64)])
            pipe.write(data[64:])

    writer = threading.Thread(target=feed)
    writer.start()
    corpus = Corpus.read(path, column="text", min_count=1)
    writer.join()
    assert corpus.vocabulary.counts.tolist() == [2000, 2000]
