""".npy files with their words beside them."""

import numpy as np
import pytest
from vector_tables import VECTORS, WORDS

from fastvec.io.format import VectorFile
from fastvec.io.npy import read_npy, write_npy
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.words import Words


def test_broken_npy(tmp_path):
    path = tmp_path / "v.npy"
    write_vectors(path, VectorFile(WORDS, VECTORS))
    (tmp_path / "v.words.txt").write_text("a\nb\n")
    with pytest.raises(ValueError, match=r"has 4 vectors, .* has 2 words"):
        read_vectors(path)
    whole = path.read_bytes()
    for length in (6, 20, len(whole) - 4):
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
    write_npy(tmp_path / "v.npy", Words.of(["a"]), np.ones((1, 2), np.float32))
    (tmp_path / "v.words.txt").write_bytes(b"\xff\n")
    with pytest.raises(UnicodeDecodeError, match=rf" in {tmp_path / 'v.words.txt'}"):
        read_npy(tmp_path / "v.npy")
