"""Pairs: to and from scipy, in our files and GloVe's, and what can be wrong with them."""

import json
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import fastvec.models.pairs as pairs_module
from fastvec._core import cut_rows, tiles_to_rows
from fastvec.io import tensors
from fastvec.models.glove import GloVe
from fastvec.models.pairs import PAIR, RECORD, Pairs, block_starts
from fastvec.words import Words


def random_matrix(n, density, symmetric, seed=0):
    generator = np.random.default_rng(seed)
    matrix = scipy.sparse.random_array((n, n), density=density, rng=generator, dtype=np.float32)
    matrix.data += np.float32(0.01)
    return scipy.sparse.csr_array(matrix + matrix.T if symmetric else matrix)


def equal(a, b):
    """Whether two sparse matrices have the same entries."""
    a, b = scipy.sparse.csr_array(a), scipy.sparse.csr_array(b)
    return a.shape == b.shape and (a != b).nnz == 0


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(
        np.float32,
        st.integers(1, 40).map(lambda n: (n, n)),
        elements=st.sampled_from([0, 0, 1, 2.5, 1e-20]),
        fill=st.just(0),
    ).filter(np.any),
    st.booleans(),
)
def test_scipy_round_trip(dense, mirrored):
    if mirrored:
        dense = dense + dense.T
    pairs = Pairs.from_scipy(scipy.sparse.coo_array(dense))
    assert pairs.symmetric == np.array_equal(dense, dense.T)
    assert pairs.nnz == np.count_nonzero(dense)
    back = pairs.to_scipy()
    assert np.array_equal(back.toarray(), dense)
    assert np.array_equal(Pairs.from_scipy(dense).pairs, pairs.pairs)
    sorted_again = back.copy()
    sorted_again.has_sorted_indices = False
    sorted_again.sort_indices()
    assert np.array_equal(sorted_again.indices, back.indices)


@pytest.mark.parametrize("symmetric", [True, False])
def test_many_blocks(symmetric):
    matrix = random_matrix(3000, 0.01, symmetric)
    pairs = Pairs.from_scipy(matrix)
    assert pairs.symmetric == symmetric
    assert len(pairs.starts) > 50
    assert equal(pairs.to_scipy(), matrix)


def test_kinds_of_matrices():
    dense = np.array([[0, 1], [1, 3]])
    for kind in ("csr", "csc", "coo", "lil", "dok", "bsr"):
        assert equal(
            Pairs.from_scipy(scipy.sparse.coo_array(dense).asformat(kind)).to_scipy(), dense
        )
    assert equal(Pairs.from_scipy(scipy.sparse.csr_matrix(dense)).to_scipy(), dense)
    assert equal(Pairs.from_scipy(dense.astype(bool)).to_scipy(), dense > 0)
    twice = scipy.sparse.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
    assert Pairs.from_scipy(twice).to_scipy()[0, 1] == 3


def test_the_matrix_given_is_not_changed():
    matrix = scipy.sparse.csr_array(([1.0, 0.0, 2.0], ([0, 0, 1], [1, 0, 0])), shape=(2, 2))
    Pairs.from_scipy(matrix)
    assert matrix.nnz == 3


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        (np.ones((2, 3)), "matrix must be square, got shape (2, 3)"),
        (np.zeros((2, 2)), "matrix must have at least one entry, got none"),
        (np.zeros((0, 0)), "matrix must have at least one entry, got none"),
        ([[1, -2], [0, 1]], "entries of the matrix must be finite and not negative, got -2.0"),
        ([[1, np.nan], [0, 1]], "entries of the matrix must be finite and not negative, got nan"),
        ([[1, np.inf], [0, 1]], "entries of the matrix must be finite and not negative, got inf"),
        ([[1, 1e-40], [0, 1]], "entries of the matrix must be from 1e-30 to 1e30, got 1e-40"),
        ([[1, 1e39], [0, 1]], "entries of the matrix must be from 1e-30 to 1e30, got 1e+39"),
    ],
)
def test_bad_matrices(matrix, sentence):
    with pytest.raises(ValueError) as caught:
        Pairs.from_scipy(np.array(matrix))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        (np.ones((2, 2), complex), "matrix must hold real numbers, got complex128"),
        (np.array([["a"]]), "matrix must hold real numbers, got <U1"),
        (7, "matrix must be a scipy.sparse matrix, got ndarray"),
    ],
)
def test_no_matrices(matrix, sentence):
    with pytest.raises(TypeError) as caught:
        Pairs.from_scipy(matrix)
    assert str(caught.value) == sentence


def test_words_must_fit():
    with pytest.raises(ValueError, match="a matrix of 2 rows needs as many words, got 1"):
        Pairs.from_scipy(np.ones((2, 2)), Words.of(["a"]))


def test_blocks():
    for n in (1, 7, 8, 9, 255, 300, 70_000, 3_000_000):
        widths = np.diff(block_starts(n))
        assert widths.sum() == n
        assert widths.min() >= 1
        assert widths.max() <= max(512, n / 1000)
    assert len(block_starts(3_000_000)) < 1500


# --- our file


@pytest.fixture
def saved(tmp_path):
    pairs = Pairs.from_scipy(
        random_matrix(50, 0.2, symmetric=True),
        Words.of(f"wört{i}" for i in range(50)),
        np.arange(50)[::-1].astype(np.int64),
    )
    pairs.settings = {"window": "5"}
    pairs.save(tmp_path / "pairs.safetensors")
    return pairs, tmp_path / "pairs.safetensors"


def test_file_round_trip(saved):
    pairs, path = saved
    for verify in (True, False):
        again = Pairs.load(path, verify=verify)
        assert equal(again.to_scipy(), pairs.to_scipy())
        assert again.words == pairs.words
        assert np.array_equal(again.counts, pairs.counts)
        assert again.settings == {"window": "5"}
        assert again.symmetric


def test_the_file_is_the_same_every_time(saved, tmp_path):
    pairs, path = saved
    pairs.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_asymmetric_file_without_words(tmp_path):
    pairs = Pairs.from_scipy(random_matrix(50, 0.2, symmetric=False))
    pairs.save(tmp_path / "p")
    again = Pairs.load(tmp_path / "p")
    assert again.words is None
    assert again.counts is None
    assert not again.symmetric
    assert equal(again.to_scipy(), pairs.to_scipy())


def test_every_flipped_byte_is_found(saved):
    _, path = saved
    good = path.read_bytes()
    for at in range(0, len(good), 97):
        bad = bytearray(good)
        bad[at] ^= 4
        path.write_bytes(bad)
        try:
            Pairs.load(path)
        except ValueError as error:
            assert str(path) in str(error)
        else:  # spaces between header and data, or the settings, for information only
            assert at < int.from_bytes(good[:8], "little") + 8


def test_cut_off_files(saved):
    _, path = saved
    good = path.read_bytes()
    for size in (0, 5, 100, len(good) // 2, len(good) - 1):
        path.write_bytes(good[:size])
        with pytest.raises(ValueError):
            Pairs.load(path)


def changed(path, change_arrays=None, **metadata):
    """Write the file again with other arrays or metadata, and right checksums."""
    arrays, said = tensors.load_tensors(path, mmap=False)
    arrays = {name: array.copy() for name, array in arrays.items()}
    if change_arrays is not None:
        change_arrays(arrays)
    tensors.save_tensors(path, arrays, said | metadata)


def test_other_files_are_not_pairs(saved, tmp_path):
    _, path = saved
    tensors.save_tensors(tmp_path / "other", {"x": np.ones(3)}, {})
    with pytest.raises(ValueError, match="other is a safetensors file, but not one of word pairs"):
        Pairs.load(tmp_path / "other")
    changed(path, **{"fastvec pairs": "9"})
    with pytest.raises(ValueError, match="has version 9 of the format, this fastvec knows up to 1"):
        Pairs.load(path)
    changed(path, **{"fastvec pairs": "1", "n_words": "many"})
    with pytest.raises(ValueError, match="its header is not complete"):
        Pairs.load(path)


def set_item(name, place, value):
    def change(arrays):
        arrays[name][place] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_item("tiles", (0, 0), 1000),
        set_item("tiles", (0, 0), -1),
        set_item("tiles", (0, 1), 5),
        set_item("tiles", (0, 2), 3),
        set_item("tile_offsets", 0, 1),
        set_item("tile_offsets", -1, 10**9),
        set_item("tile_offsets", 2, 0),
        set_item("pairs", 0, 0xFFFF),
        set_item("pairs", 0, 0xFFFF0000),
    ],
)
def test_files_made_to_do_harm(saved, change):
    _, path = saved
    changed(path, change)
    pairs = Pairs.load(path, verify=False)
    with pytest.raises(ValueError, match="the pairs are damaged"):
        pairs.to_scipy()
    with pytest.raises(ValueError, match="the pairs are damaged"):
        GloVe(vector_size=4, epochs=1, progress=False, workers=2).fit(pairs)


@pytest.mark.parametrize("value", [0, -1, np.nan, np.inf, 1e-40])
def test_values_made_to_do_harm(saved, value):
    _, path = saved

    def change(arrays):
        arrays["pairs"].view(PAIR)["value"][3] = value

    changed(path, change)
    with pytest.raises(ValueError, match="the pairs are damaged"):
        GloVe(vector_size=4, epochs=1, progress=False).fit(Pairs.load(path, verify=False))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("pairs", np.ones(3, np.float32)),
        ("tiles", np.ones(3, np.int32)),
        ("tile_offsets", np.ones(3, np.int32)),
        ("counts", np.ones(3, np.int64)),
        ("offsets", np.arange(51)[::-1].copy()),
        ("offsets", np.arange(51).astype(np.float64)),
        ("words", np.ones(3, np.uint8)),
    ],
)
def test_arrays_of_another_kind(saved, name, array):
    _, path = saved
    changed(path, lambda arrays: arrays.update({name: array}))
    with pytest.raises(ValueError, match="is damaged"):
        Pairs.load(path, verify=False)


def test_pairs_outlive_the_file_s_name(saved):
    pairs, path = saved
    again = Pairs.load(path)
    path.unlink()
    assert equal(again.to_scipy(), pairs.to_scipy())


# --- GloVe's files


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
    places = records["word1"] - 1, records["word2"] - 1
    assert np.array_equal(matrix[places], records["value"].astype(np.float32))

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
    monkeypatch.setattr(pairs_module, "CHUNK", 100)
    Pairs.from_scipy(random_matrix(700, 0.02, symmetric)).write_glove(tmp_path / "p.bin")
    records = np.fromfile(tmp_path / "p.bin", RECORD)
    twice = records[np.isin(records["word1"], [3, 5]) & np.isin(records["word2"], [3, 5])]
    nothing = np.array([(9, 700, 0.0)], RECORD)
    records = np.concatenate([records, twice, nothing])
    np.random.default_rng(2).shuffle(records)
    records.tofile(tmp_path / "p.bin")
    places = (records["word1"] - 1, records["word2"] - 1)
    wanted = Pairs.from_scipy(scipy.sparse.coo_array((records["value"], places), shape=(700, 700)))
    got = Pairs.read_glove(tmp_path / "p.bin", tmp=tmp_path)
    assert got.symmetric == wanted.symmetric == symmetric
    for name in ("pairs", "tiles", "offsets"):
        assert np.array_equal(getattr(got, name), getattr(wanted, name)), name
    assert [path.name for path in tmp_path.iterdir()] == ["p.bin"]


def test_reading_glove_s_file_keeps_no_matrix_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs_module, "CHUNK", 1 << 14)
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


# --- the doors


def test_doors_check_what_they_are_given():
    starts = np.array([0, 4])
    counts, out = np.zeros(1, np.int64), np.zeros(2, np.uint64)
    values = np.ones(2, np.float32)

    def cut(ends, keys, starts=starts, counts=counts, out=out):
        arrays = np.array(ends), np.array(keys, np.uint32), values
        cut_rows(*arrays, starts, False, counts, out)

    cut([0, 2], [1, 3])
    for keys in ([3, 1], [1, 1], [1, 4]):
        with pytest.raises(ValueError, match="keys must rise in each row and stay below 4"):
            cut([0, 2], keys)
    for ends in ([0, 3], [1, 2], [0, 2, 1, 2], [0, 1]):
        with pytest.raises(ValueError, match="ends must rise"):
            cut(ends, [1, 3])
    with pytest.raises(ValueError, match="blocks must have 1 to 65536 words"):
        cut([0, 2], [1, 3], starts=np.array([0, 70_000]))
    with pytest.raises(ValueError, match="counts"):
        cut([0, 2], [1, 3], counts=np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="ends must rise"):
        cut([0, 2], [1, 3], out=np.zeros(3, np.uint64))


def test_rows_must_have_room():
    pairs = Pairs.from_scipy(np.ones((3, 3)))
    arrays = (pairs.pairs.view(np.uint64), pairs.starts, pairs.tiles, pairs.offsets)
    low, high = np.array([0, 0, 0]), np.array([0, 0, 0])
    room = np.zeros(9, np.int32), np.zeros(9, np.float32)
    with pytest.raises(ValueError, match="one points out of its tile"):
        tiles_to_rows(*arrays, low, high, *room)
    with pytest.raises(ValueError, match="rows must begin one after the other"):
        tiles_to_rows(*arrays, low + 5, high, *room)


def test_wide_settings_are_json(saved):
    _, path = saved
    _, metadata = tensors.load_tensors(path)
    assert json.loads(metadata["settings"]) == {"window": "5"}


def test_safetensors_itself_reads_the_file(saved):
    pairs, path = saved
    code = "import sys, safetensors.numpy as s; print(s.load_file(sys.argv[1])['pairs'].shape[0])"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert done.stdout == f"{len(pairs.pairs)}\n"
