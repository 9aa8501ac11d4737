"""word2vec and GloVe files: what is written, and which words they can hold."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vector_tables import VECTORS, WORDS, floats32, tables, write

from fastvec._core import write_rows
from fastvec.io import word2vec
from fastvec.io.format import VectorFile
from fastvec.io.registry import write_vectors
from fastvec.io.word2vec import read_word2vec, write_word2vec
from fastvec.words import Words


@given(st.lists(floats32 | st.sampled_from([np.inf, -np.inf]), min_size=1))
def test_shortest_numbers_read_back_and_are_no_longer_than_numpys(numbers):
    row = np.array([numbers], np.float32)
    texts = write_rows([b"w"], row, 0).split()[1:]
    assert np.array_equal(np.array([float(text) for text in texts], np.float32), row[0])
    assert all(len(text) <= len(str(x)) + 1 for text, x in zip(texts, row[0], strict=True))


@given(st.lists(floats32, min_size=1))
def test_six_decimals_are_those_of_printf(numbers):
    row = np.array([numbers], np.float32)
    assert write_rows([b"w"], row, 1) == b"w " + b"".join(b"%f " % x for x in row[0]) + b"\n"
    assert write_rows([b"w"], row, 2) == b"w" + b"".join(b" %f" % x for x in row[0]) + b"\n"


@given(tables())
@settings(max_examples=60)
def test_every_word2vec_file_reads_back(tmp_path_factory, table):
    words, vectors = table
    path = tmp_path_factory.mktemp("files") / "vectors"
    for binary in (False, True):
        write_word2vec(path, words, vectors, binary=binary)
        again, numbers = read_word2vec(path, binary=binary)
        assert again == words
        assert np.array_equal(numbers, vectors)


def test_bytes_of_word2vec_c(tmp_path):
    """Lines 570-582 of word2vec.c, by hand: binary rows end in a newline, text ones in ' \\n'."""
    words, vectors = Words.of(["</s>", "né"]), np.array([[0.5, -1], [1e-7, 3]], np.float32)
    path = tmp_path / "v"
    write_word2vec(path, words, vectors, binary=True)
    rows = struct.pack("<2f", 0.5, -1), struct.pack("<2f", 1e-7, 3)
    golden = b"2 2\n</s> " + rows[0] + b"\n" + "né ".encode() + rows[1] + b"\n"
    assert path.read_bytes() == golden
    write_word2vec(path, words, vectors, layout="word2vec.c")
    golden = "2 2\n</s> 0.500000 -1.000000 \nné 0.000000 3.000000 \n".encode()
    assert path.read_bytes() == golden
    write_word2vec(path, words, vectors, layout="glove", header=False)
    assert path.read_bytes() == "</s> 0.500000 -1.000000\nné 0.000000 3.000000\n".encode()


@pytest.mark.parametrize(("word", "binary"), [("a b", True), ("a\nb", True), ("a\n", False),
                                              ("a ", False), ("\t", False)])  # fmt: skip
def test_words_that_a_format_cannot_hold(tmp_path, word, binary):
    with pytest.raises(ValueError, match="cannot hold") as error:
        write_word2vec(tmp_path / "v", Words.of(["ok", word]), np.ones((2, 1)), binary=binary)
    assert repr(word) in str(error.value)
    assert not list(tmp_path.iterdir())


def test_of_equal_words_the_first_row_is_kept(tmp_path):
    path = write(tmp_path / "v", b"4 1\na 1\nb 2\na 3\nc 4\n")
    with pytest.warns(UserWarning, match="dropped 1 rows"):
        words, vectors = read_word2vec(path)
    assert list(words) == ["a", "b", "c"]
    assert vectors.ravel().tolist() == [1, 2, 4]


def test_broken_unicode(tmp_path):
    path = write(tmp_path / "v", b"3 1\na\xff 1\na 2\n\xc3\xa9 3\n")
    with pytest.raises(UnicodeDecodeError, match="row 1 of"):
        read_word2vec(path)
    assert list(read_word2vec(path, errors="replace")[0]) == ["a�", "a", "é"]
    with pytest.warns(UserWarning, match="dropped 1 rows"):
        words, vectors = read_word2vec(path, errors="ignore")
    assert list(words) == ["a", "é"]
    assert vectors.ravel().tolist() == [1, 3]
    assert read_word2vec(path, encoding="latin-1")[0][2] == "Ã©"


def test_words_that_are_only_together_unicode(tmp_path):
    path = write(tmp_path / "v", b"2 1\na\xc3 1\n\xa9b 2\n")
    with pytest.raises(UnicodeDecodeError):
        read_word2vec(path)


def test_rows_are_written_for_bytes_only():
    """Other objects may say any length, and change what stands beside them meanwhile."""

    class Liar:
        def __len__(self):
            words[0] = b"x" * 1_000_000
            words[1] = b"y"
            return 1

    words = [b"a", Liar()]
    with pytest.raises(TypeError, match="bytes"):
        write_rows(words, np.ones((2, 1), np.float32), 0)


def test_spacy_reads_our_text(tmp_path):
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed")
    from spacy.training.initialize import convert_vectors

    write_vectors(tmp_path / "v.txt.gz", VectorFile(WORDS, VECTORS))
    nlp = spacy.blank("en")
    convert_vectors(nlp, tmp_path / "v.txt.gz", truncate=0, prune=-1)
    assert np.array_equal(nlp.vocab["straße"].vector, VECTORS[1])


@pytest.mark.parametrize("binary", [True, False])
def test_a_word_that_could_not_be_read_back_is_refused(tmp_path, monkeypatch, binary):
    monkeypatch.setattr(word2vec, "MOST_WORD_BYTES", 1000)
    path = tmp_path / "v"
    write_word2vec(path, Words.of(["é" * 500, "b"]), np.ones((2, 1), "f"), binary=binary)
    assert len(read_word2vec(path, binary=binary)[0][0]) == 500
    with pytest.raises(ValueError, match=r"word 'aaa.* has 1001 bytes: .* at most 1000"):
        write_word2vec(path, Words.of(["b", "a" * 1001]), np.ones((2, 1), "f"), binary=binary)


@pytest.mark.parametrize("ending", ["txt", "txt.gz", "txt.bz2", "txt.xz", "bin.gz"])
def test_rows_are_added_to_compressed_files(tmp_path, ending):
    path, binary = tmp_path / f"v.{ending}", ending.startswith("bin")
    write_word2vec(path, Words.of(["a", "b"]), VECTORS[:2], binary=binary, total=4)
    more = Words.of(["c", "d"])
    write_word2vec(path, more, VECTORS[2:], binary=binary, header=False, append=True)
    words, vectors = read_word2vec(path, binary=binary)
    assert list(words) == ["a", "b", "c", "d"]
    assert np.array_equal(vectors, VECTORS)


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.npy", "v.parquet", "v.safetensors", "v.tsv"])
def test_vectors_of_another_number_than_words_are_not_written(tmp_path, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    for count in (3, 5):
        with pytest.raises(ValueError, match=f"4 words for {count} vectors"):
            write_vectors(tmp_path / name, VectorFile(WORDS, np.ones((count, 2), np.float32)))
    assert not list(tmp_path.iterdir())
