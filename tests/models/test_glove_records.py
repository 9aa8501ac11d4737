"""GloVe's own files of records, read and written in bounded memory."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from matrices import equal, random_matrix

from fastvec.models import glove_records
from fastvec.models.glove_records import RECORD
from fastvec.models.pairs import Pairs


@pytest.mark.parametrize("symmetric", [True, False])
def test_glove_round_trip(tmp_path, symmetric):
    matrix = random_matrix(40, 0.3, symmetric)
    names = [f"w{i}" for i in range(40)]
    Pairs.from_scipy(matrix).write_glove(tmp_path / "pairs.bin")
    records = np.fromfile(tmp_path / "pairs.bin", RECORD)
    assert RECORD.itemsize == 16
    assert len(records) == matrix.nnz
    order = np.lexsort((records["word2"], records["word1"]))
    assert np.array_equal(order, np.arange(len(records)))
    cells = records["word1"] - 1, records["word2"] - 1
    assert np.array_equal(matrix[cells], records["value"].astype(np.float32))

    np.random.default_rng(1).shuffle(records)
    records.tofile(tmp_path / "shuffled.bin")
    (tmp_path / "vocab.txt").write_text("".join(f"{name} {9}\n" for name in names))
    again = Pairs.read_glove(tmp_path / "shuffled.bin", tmp_path / "vocab.txt")
    assert again.symmetric == symmetric
    assert list(again.words) == names
    assert again.counts.tolist() == [9] * 40
    assert equal(again.to_scipy(), matrix)
    assert Pairs.read_glove(tmp_path / "shuffled.bin").words is None


def test_writing_glove_s_file_keeps_no_matrix_in_memory(tmp_path):
    pairs = Pairs.from_scipy(random_matrix(1500, 0.3, True))
    tracemalloc.start()
    pairs.write_glove(tmp_path / "pairs.bin")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < (tmp_path / "pairs.bin").stat().st_size / 3


def test_writing_glove_s_file_looks_at_every_pair(tmp_path):
    pairs = Pairs.from_scipy(random_matrix(40, 0.3, False))
    pairs.pairs["row"][7] = 60000
    with pytest.raises(ValueError, match="one points out of its tile"):
        pairs.write_glove(tmp_path / "pairs.bin")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("symmetric", [True, False])
def test_glove_s_file_is_read_as_its_matrix_would_be(tmp_path, monkeypatch, symmetric):
    """Also where a pair comes twice, as a zero, and in whatever order and portions."""
    monkeypatch.setattr(glove_records, "RECORDS_AT_ONCE", 100)
    Pairs.from_scipy(random_matrix(700, 0.02, symmetric)).write_glove(tmp_path / "p.bin")
    records = np.fromfile(tmp_path / "p.bin", RECORD)
    twice = records[np.isin(records["word1"], [3, 5]) & np.isin(records["word2"], [3, 5])]
    nothing = np.array([(9, 700, 0.0)], RECORD)
    records = np.concatenate([records, twice, nothing])
    np.random.default_rng(2).shuffle(records)
    records.tofile(tmp_path / "p.bin")
    cells = (records["word1"] - 1, records["word2"] - 1)
    wanted = Pairs.from_scipy(scipy.sparse.coo_array((records["value"], cells), shape=(700, 700)))
    got = Pairs.read_glove(tmp_path / "p.bin", tmp=tmp_path)
    assert got.symmetric == wanted.symmetric == symmetric
    for name in ("pairs", "tiles", "offsets"):
        assert np.array_equal(getattr(got, name), getattr(wanted, name)), name
    assert [path.name for path in tmp_path.iterdir()] == ["p.bin"]


def test_reading_glove_s_file_keeps_no_matrix_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(glove_records, "RECORDS_AT_ONCE", 1 << 14)
    Pairs.from_scipy(random_matrix(1500, 0.3, True)).write_glove(tmp_path / "pairs.bin")
    tracemalloc.start()
    Pairs.read_glove(tmp_path / "pairs.bin")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < (tmp_path / "pairs.bin").stat().st_size / 3


def write_records(path, *rows):
    np.array([*rows], RECORD).tofile(path)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([(0, 1, 1.0)], "ids must be at least 1, got 0"),
        ([(1, -5, 1.0)], "ids must be at least 1, got -5"),
        ([(1, 3, 1.0)], "id 3 is beyond the 2 words of"),
        ([(1, 2, -1.0)], "entries of the matrix must be finite and not negative, got -1.0"),
        ([(1, 2, 0.0)], "matrix must have at least one entry, got none"),
        ([(1, 2, 1e31)], "entries of the matrix must be from 1e-30 to 1e30, got 1e+31"),
        ([(1, 2, np.nan)], "entries of the matrix must be finite and not negative, got nan"),
        ([], "0 bytes are no multiple of 16"),
    ],
)
def test_bad_glove_files(tmp_path, rows, sentence):
    write_records(tmp_path / "x.bin", *rows)
    (tmp_path / "vocab.txt").write_text("a 2\nb 1\n")
    with pytest.raises(ValueError) as caught:
        Pairs.read_glove(tmp_path / "x.bin", tmp_path / "vocab.txt")
    assert sentence in str(caught.value)
    assert "x.bin" in str(caught.value)


def test_glove_file_of_odd_size(tmp_path):
    (tmp_path / "x.bin").write_bytes(bytes(17))
    with pytest.raises(ValueError, match="17 bytes are no multiple of 16"):
        Pairs.read_glove(tmp_path / "x.bin")


def test_high_ids_of_few_records_need_a_vocabulary(tmp_path):
    """Every word takes memory, so that 48 bytes must not stand for 100 million words."""
    path = tmp_path / "x.bin"
    write_records(path, (1, 2, 1.0), (2, 1, 1.0), (100_000_000, 1, 1.0))
    with pytest.raises(
        ValueError, match=r"x.bin: without a vocabulary \(--vocab\), the ids of 3 rec"
    ):
        Pairs.read_glove(path)
    write_records(path, (1, 2, 1.0), (2, 1, 1.0), (60_000, 1, 1.0))
    assert Pairs.read_glove(path).shape == (60_000, 60_000)
    (tmp_path / "vocab.txt").write_text("".join(f"w{i} 1\n" for i in range(70_000)))
    write_records(path, (1, 2, 1.0), (70_000, 1, 1.0))
    assert Pairs.read_glove(path, tmp_path / "vocab.txt").shape == (70_000, 70_000)
