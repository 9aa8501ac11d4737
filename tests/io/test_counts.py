"""Vocabulary files."""

import numpy as np
import pytest
from vector_tables import write

from fastvec.io.counts import read_counts, write_counts
from fastvec.words import Words


def test_vocabulary_files(tmp_path):
    path = tmp_path / "vocab.txt"
    write_counts(path, Words.of(["a", "b c"]), np.array([3, 2]))
    assert path.read_text() == "a 3\nb c 2\n"
    assert read_counts(path) == {"a": 3, "b c": 2}
    with pytest.raises(ValueError, match="line 2 is not a word and its count"):
        read_counts(write(path, b"a 3\nb\n"))


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path):
    (tmp_path / "vocab.txt").write_text("\ufeffthe 3\nof 2\n", "utf-8")
    assert read_counts(tmp_path / "vocab.txt") == {"the": 3, "of": 2}
