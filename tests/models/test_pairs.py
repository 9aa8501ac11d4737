"""Pairs: to and from scipy, their file, and everything that can be wrong with it."""

import json
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse
from containers import rewrite
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matrices import equal, random_matrix

from fastvec.io import tensors
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import PAIR
from fastvec.words import Words


@settings(max_examples=100, deadline=None)
@given(
    hnp.arrays(
        np.float32,
        st.integers(1, 40).map(lambda n: (n, n)),
        elements=st.sampled_from([0, 0, 1, 2.5, float(np.float32(1e-20))]),
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
    arrays, _ = tensors.load_tensors(path, mmap=False)
    if change_arrays is not None:
        change_arrays(arrays)
    rewrite(path, arrays=arrays, **metadata)


def test_other_files_are_not_pairs(saved, tmp_path):
    _, path = saved
    tensors.save_tensors(tmp_path / "other", {"x": np.ones(3)}, {})
    with pytest.raises(ValueError, match="other is a safetensors file, but not one that fast"):
        Pairs.load(tmp_path / "other")
    changed(path, **{"fastvec pairs": "9"})
    with pytest.raises(ValueError, match=r"has version 9 .*, this fastvec knows up to 2"):
        Pairs.load(path)
    changed(path, **{"fastvec pairs": "2", "n_words": "many"})
    with pytest.raises(ValueError, match="its metadata are not JSON"):
        Pairs.load(path)
    changed(path, n_words='"many"')
    with pytest.raises(ValueError, match="its metadata are not complete"):
        Pairs.load(path)


def set_item(name, index, value):
    def change(arrays):
        arrays[name][index] = value

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
    with pytest.raises(ValueError, match=f"{path}: the pairs are damaged"):
        pairs.to_scipy()
    with pytest.raises(ValueError, match=f"{path}: the pairs are damaged"):
        GloVe(vector_size=4, epochs=1, progress=False, workers=2).fit(pairs)


@pytest.mark.parametrize("value", [0, -1, np.nan, np.inf, 1e-40])
def test_values_made_to_do_harm(saved, value):
    _, path = saved

    def change(arrays):
        arrays["pairs"].view(PAIR)["value"][3] = value

    changed(path, change)
    with pytest.raises(ValueError, match=f"{path}: the pairs are damaged"):
        GloVe(vector_size=4, epochs=1, progress=False).fit(Pairs.load(path, verify=False))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("pairs", np.ones(3, np.float32)),
        ("tiles", np.ones(3, np.int32)),
        ("tile_offsets", np.ones(3, np.int32)),
        ("counts", np.ones(3, np.int64)),
        ("word_offsets", np.arange(51)[::-1].copy()),
        ("word_offsets", np.arange(51).astype(np.float64)),
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


def test_wide_settings_are_json(saved):
    _, path = saved
    _, metadata = tensors.load_tensors(path)
    assert json.loads(metadata["settings"]) == {"window": "5"}


def test_safetensors_itself_reads_the_file(saved):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    pairs, path = saved
    code = "import sys, safetensors.numpy as s; print(s.load_file(sys.argv[1])['pairs'].shape[0])"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert done.stdout == f"{len(pairs.pairs)}\n"


def test_scipy_is_imported_only_for_a_matrix():
    code = (
        "import sys, fastvec; assert 'scipy' not in sys.modules;"
        "fastvec.GloVe(2, epochs=1, min_count=1, progress=False).fit([['a', 'b', 'a']]);"
        "assert 'scipy' not in sys.modules;"
        "assert fastvec.cooccurrence([['a', 'b']], min_count=1, progress=False).nnz == 2"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_more_words_than_there_can_be(tmp_path):
    """A small file must not make the list of blocks endless."""
    Pairs.from_scipy(random_matrix(20, 0.5, False)).save(tmp_path / "pairs")
    changed(tmp_path / "pairs", n_words=str(1 << 62))
    with pytest.raises(ValueError, match="pairs is damaged: it must have fewer than 2"):
        Pairs.load(tmp_path / "pairs")
