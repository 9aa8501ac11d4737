""".npy files with their words beside them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_tables import VECTORS, WORDS, tables

from fastvec.io.format import VectorFile
from fastvec.io.npy import read_npy, write_npy
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.words import Words


def test_broken_npy(tmp_path):
    path = tmp_path / "v.npy"
    np.save(path, VECTORS)
    (tmp_path / "v.words.txt").write_text("a\nb\n")
    with pytest.raises(ValueError, match=r"has 4 vectors, .* has 2 words"):
        read_vectors(path)
    array = path.stat().st_size
    write_vectors(path, VectorFile(WORDS, VECTORS))
    whole = path.read_bytes()
    for length in (6, 20, array - 4, array + 1, len(whole) - 4):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"not a whole \.npy file"):
            read_vectors(path)
    for wrong in (np.ones(3), np.array([["a"]]), np.array([[None]])):
        np.save(path, wrong, allow_pickle=True)
        with pytest.raises(ValueError, match=r"table of numbers|not a whole \.npy file"):
            read_vectors(path)
    with pytest.raises(ValueError, match="a word has a line end"):
        write_vectors(path, VectorFile(Words.of(["a\nb"]), np.ones((1, 1))))


def test_words_that_are_not_utf8_name_their_file(tmp_path):
    np.save(tmp_path / "v.npy", np.ones((1, 2), np.float32))
    (tmp_path / "v.words.txt").write_bytes(b"\xff\n")
    with pytest.raises(UnicodeDecodeError, match=rf" in {tmp_path / 'v.words.txt'}"):
        read_npy(tmp_path / "v.npy")


def test_a_pair_of_files_from_two_times_is_refused(tmp_path):
    """As a kill between the two renames leaves it."""
    for words in (["a", "b"], ["b", "a"]):
        write_npy(tmp_path / "v.npy", Words.of(words), np.ones((2, 2)) * ord(words[0]))
        (tmp_path / "v.npy").rename(tmp_path / f"{words[0]}.npy")
        (tmp_path / "v.words.txt").rename(tmp_path / f"{words[0]}.words.txt")
    (tmp_path / "b.words.txt").replace(tmp_path / "a.words.txt")
    with pytest.raises(ValueError, match=r"a\.words\.txt is not the file of words .*a\.npy"):
        read_npy(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", np.load(tmp_path / "a.npy"))  # as the message advises
    assert list(read_npy(tmp_path / "a.npy")[0]) == ["b", "a"]


def test_an_array_is_read_by_numpy_whatever_follows_it(tmp_path):
    write_npy(tmp_path / "v.npy", WORDS, VECTORS)
    for mode in (None, "r"):
        assert np.array_equal(np.load(tmp_path / "v.npy", mmap_mode=mode), VECTORS)


def test_an_error_while_writing_changes_neither_file(tmp_path):
    write_npy(tmp_path / "v.npy", WORDS, VECTORS)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match="4 words for 3 vectors"):
        write_npy(tmp_path / "v.npy", WORDS, VECTORS[:3])
    with pytest.raises(ValueError):
        write_npy(tmp_path / "v.npy", Words.of(["x"]), np.array([["no number"]]))
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("data", [b"the\r\nof\r\n", b"\xef\xbb\xbfthe\nof", b"the\r\nof\r"])
def test_words_of_other_systems(tmp_path, data):
    np.save(tmp_path / "v.npy", VECTORS[:2])
    (tmp_path / "v.words.txt").write_bytes(data)
    assert list(read_npy(tmp_path / "v.npy")[0]) == ["the", "of"]


@given(tables(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))))
def test_every_pair_reads_back(tmp_path_factory, table):
    words, vectors = table
    path = tmp_path_factory.mktemp("files") / "v.npy"
    write_npy(path, words, vectors)
    again, numbers = read_npy(path)
    assert again == words
    assert np.array_equal(numbers, vectors)


@pytest.mark.parametrize("name", ["v.npy", "v.parquet"])
def test_of_equal_words_the_first_row_is_kept(tmp_path, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    vectors = np.arange(6, dtype=np.float32).reshape(3, 2)
    write_vectors(tmp_path / name, VectorFile(Words.of(["the", "of", "the"]), vectors))
    with pytest.warns(UserWarning, match=f"{name}: dropped 1 rows"):
        file = read_vectors(tmp_path / name)
    assert list(file.words) == ["the", "of"]
    assert np.array_equal(file.vectors, vectors[:2])
