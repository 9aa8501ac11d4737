"""Files that hold no vectors, or not as fastvec reads them, given where vectors are expected."""

import gzip
import os
import threading

import numpy as np
import pytest
from foreign_files import FOREIGN
from vector_tables import VECTORS, WORDS, write

from fastvec import KeyedVectors, Word2Vec, load
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.io.tensors import save_tensors
from fastvec.io.word2vec import read_word2vec, write_word2vec


@pytest.mark.parametrize("name", ["v", "v.txt", "v.bin", "v.vec"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_files_of_other_tools_are_named_with_the_way_out(tmp_path, kind, name):
    data, says = FOREIGN[kind]
    path = write(tmp_path / name, data)
    for read in (read_vectors, read_word2vec, load, KeyedVectors.load_word2vec_format):
        with pytest.raises(ValueError, match=says) as error:
            read(path)
        assert str(error.value).startswith(str(path))
        assert "replace" not in str(error.value)


@pytest.mark.parametrize("kind", FOREIGN)
def test_compressed_files_of_other_tools_are_named_too(tmp_path, kind):
    data, says = FOREIGN[kind]
    with pytest.raises(ValueError, match=says):
        read_vectors(write(tmp_path / "v.txt.gz", gzip.compress(data)))


@pytest.mark.parametrize("opener", [KeyedVectors.load, Word2Vec.load], ids=["vectors", "model"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_load_names_files_of_other_tools(tmp_path, kind, opener):
    data, says = FOREIGN[kind]
    with pytest.raises(ValueError, match=says):
        opener(str(write(tmp_path / "v.safetensors", data)))


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.glove", "v.npy", "v.parquet", "v.txt.gz"])
def test_load_says_what_reads_vectors_of_another_format(tmp_path, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    rows = np.random.default_rng(1).normal(size=(4, 12)).astype(np.float32)
    write_vectors(tmp_path / name, VectorFile(WORDS, rows))
    with pytest.raises(ValueError, match=r"fastvec\.load reads it"):
        KeyedVectors.load(tmp_path / name)


def test_safetensors_of_another_program(tmp_path):
    save_tensors(tmp_path / "v", {"embeddings.weight": VECTORS}, {"format": "pt"})
    for read in (read_vectors, KeyedVectors.load):
        with pytest.raises(ValueError, match=f"{tmp_path / 'v'} "):
            read(tmp_path / "v")


def test_an_array_without_words_says_which_file_is_wanted(tmp_path):
    np.save(tmp_path / "x.npy", VECTORS)
    with pytest.raises(FileNotFoundError, match=r"one a line.*x\.words\.txt"):
        read_vectors(tmp_path / "x.npy")


@pytest.mark.parametrize("number", [0.0, 2.0, -2.0, 1.0])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_numbers_that_look_like_letters_of_four_bytes_are_read(tmp_path, number, size):
    vectors = np.full((4, size), number, np.float32)
    write_word2vec(tmp_path / "v", WORDS, vectors, binary=True)
    assert np.array_equal(read_vectors(tmp_path / "v").vectors, vectors)


def test_replacing_is_advised_for_text_only(tmp_path):
    with pytest.raises(UnicodeDecodeError, match=r"row 1 of .*cp1252.*'replace'"):
        read_word2vec(write(tmp_path / "v", "1 1\ndéjà-vécu 1\n".encode("cp1252")))
    with pytest.raises(UnicodeDecodeError) as error:
        read_word2vec(write(tmp_path / "v", b"1 1\n\xff\1\2\3\xfe 1\n"))
    assert "replace" not in str(error.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.glove", "v.safetensors", "v.txt.gz"])
def test_a_pipe_is_read_once_and_whole(tmp_path, name):
    rows = 20_000  # more than a pipe holds at once
    words = [f"word{i}" for i in range(rows)]
    vectors = np.arange(2 * rows, dtype=np.float32).reshape(rows, 2) - 0.5
    write_vectors(tmp_path / name, VectorFile(WORDS.of(words), vectors))
    data = (tmp_path / name).read_bytes()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,), daemon=True)
    writer.start()
    file = read_vectors(pipe)
    writer.join(10)
    assert list(file.words) == words
    assert np.array_equal(file.vectors, vectors)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_errors_of_a_pipe_name_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(b"a 1\nb\n",), daemon=True).start()
    with pytest.raises(ValueError, match=f"^{pipe}: row 2"):
        read_vectors(pipe)
