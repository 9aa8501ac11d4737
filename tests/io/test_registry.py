"""All formats: which one a file has, and which one a name asks for."""

from pathlib import Path

import numpy as np
import pytest
from vector_tables import COUNTS, VECTORS, WORDS

from fastvec.corpus.corpus import Corpus
from fastvec.evaluation import analogies
from fastvec.io.counts import read_counts
from fastvec.io.format import VectorFile
from fastvec.io.registry import (
    FORMATS,
    READABLE,
    check_writable,
    endings_help,
    files_of,
    format_of,
    read_vectors,
    sniff,
    write_vectors,
)
from fastvec.io.tensors import load_tensors
from fastvec.io.word2vec import write_word2vec
from fastvec.sentences import LineSentence
from fastvec.words import Words


@pytest.mark.parametrize("ending", [".txt", ".bin", ".txt.gz", ".txt.xz", ".bin.bz2"])
def test_compressed_files_and_sniffing(tmp_path, ending):
    words, vectors = Words.of(["a", "b"]), np.array([[0.1, 2], [3, 4]], np.float32)
    path = tmp_path / f"v{ending}"
    write_word2vec(path, words, vectors, binary="bin" in ending)
    file = read_vectors(path)
    assert file.words == words
    assert np.array_equal(file.vectors, vectors)
    assert file.file_format == ("word2vec-binary" if "bin" in ending else "word2vec")


@pytest.mark.parametrize("name", ["v.npy", "v.parquet"])
@pytest.mark.parametrize("limit", [None, 2])
def test_tables_read_back(tmp_path, name, limit):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / name
    write_vectors(path, VectorFile(WORDS, VECTORS, COUNTS))
    file = read_vectors(path, limit=limit)
    assert list(file.words) == WORDS[:limit]
    assert np.array_equal(file.vectors, VECTORS[:limit])
    if name.endswith("parquet"):
        assert np.array_equal(file.counts, COUNTS[:limit])


@pytest.mark.parametrize("kind", ["safetensors", "npy", "parquet", "tsv"])
def test_only_files_of_rows_are_compressed(tmp_path, kind):
    name = tmp_path / f"v.{kind}.gz"
    with pytest.raises(ValueError, match=r"v\.\w+\.gz: \w+ files are not compressed: leave out"):
        write_vectors(name, VectorFile(Words.of(["a"]), np.ones((1, 2), np.float32)))
    assert not list(tmp_path.iterdir())


def test_unknown_kinds(tmp_path):
    with pytest.raises(ValueError, match="format must be one of safetensors"):
        write_vectors(tmp_path / "v", VectorFile(WORDS, VECTORS), file_format="x")
    with pytest.raises(ValueError, match="format must be one of safetensors"):
        read_vectors(tmp_path / "v", file_format="projector")
    with pytest.raises(ValueError, match="the ending must be one of"):
        write_vectors(tmp_path / "v", VectorFile(WORDS, VECTORS))


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"floret"}))  # which has no words
def test_every_format_writes_its_files_and_recognises_them(tmp_path, name):
    item = FORMATS[name]
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    path = tmp_path / f"v{item.endings[0] if item.endings else ''}"
    check_writable(path, item, WORDS)
    write_vectors(path, VectorFile(WORDS, VECTORS, COUNTS), file_format=name)
    assert sorted(tmp_path.iterdir()) == sorted(files_of(path, item))
    assert path.is_dir() == item.is_folder
    if item.endings:
        assert [format_of(f"v{ending}") for ending in item.endings] == [item] * len(item.endings)
    if item.read is not None:
        assert sniff(path) is item
        file = read_vectors(path)
        assert (file.words, file.file_format) == (WORDS, name)
        assert np.array_equal(file.vectors, VECTORS)


def test_what_is_no_other_format_is_taken_for_glove(tmp_path):
    for data in (b"", b"a 1 2\n", b"\x93NUM", b"PAR", b"1 2 3\n"):
        (tmp_path / "v").write_bytes(data)
        assert sniff(tmp_path / "v").name == "glove"


def test_the_help_has_a_line_for_each_format():
    lines = endings_help("  ").splitlines()
    assert [line.split()[0] for line in lines if "--to" not in line] == [
        item.endings[0] for item in FORMATS.values() if item.endings
    ]
    assert all(item.help in line for item, line in zip(FORMATS.values(), lines, strict=True))
    assert set(READABLE) < set(FORMATS)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file here that cannot be read")
@pytest.mark.parametrize(
    "read",
    [
        read_vectors,
        read_counts,
        load_tensors,
        lambda path: Corpus.read(path),
        lambda path: Corpus.read(path, column="text"),
        lambda path: list(LineSentence(path)),
        lambda path: read_vectors(path, file_format="npy"),
        lambda path: analogies(None, path),
    ],
)
def test_trouble_of_the_disk_names_the_file(read):
    with pytest.raises(OSError, match="Input/output error") as caught:
        read("/proc/self/mem")
    assert caught.value.filename == "/proc/self/mem"


@pytest.mark.parametrize("beginning", [b"5\n", b"1\n12", b" 7\n", b"\n", b"-1.\n"])
def test_numbers_in_binary_that_look_like_text_make_no_text(tmp_path, beginning):
    numbers = np.frombuffer(beginning.ljust(4, b"\xbd") + b"\xbd" * 16, np.float32)
    path = tmp_path / "v.bin"
    write_vectors(path, VectorFile(Words.of(["the", "of"]), np.stack([numbers, numbers])))
    assert sniff(path).name == "word2vec-binary"
    assert read_vectors(path).vectors.tobytes() == numbers.tobytes() * 2
