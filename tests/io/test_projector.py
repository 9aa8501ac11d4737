"""The two files of TensorFlow's projector."""

import numpy as np
from vector_tables import VECTORS

from fastvec.io.format import VectorFile
from fastvec.io.registry import write_vectors
from fastvec.words import Words


def test_projector(tmp_path):
    words = Words.of(["a\tb", "", "c\n"])
    write_vectors(tmp_path / "v.tsv", VectorFile(words, VECTORS[:3]))
    rows = [line.split("\t") for line in (tmp_path / "v.tsv").read_text().splitlines()]
    assert np.array_equal(np.array(rows, np.float32), VECTORS[:3])
    assert (tmp_path / "v.metadata.tsv").read_text() == "a b\n \nc \n"
