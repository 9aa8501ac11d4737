"""fastvec's own vector files: any word, and damage."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vector_tables import tables

from fastvec.io.tensors import load_tensors
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.words import Words


@given(tables(st.text(st.characters(exclude_categories=["Cs"]), max_size=9)))
@settings(max_examples=60)
def test_safetensors_hold_any_word(tmp_path_factory, table):
    words, vectors = table
    path = tmp_path_factory.mktemp("files") / "a.safetensors"
    counts = np.arange(len(words), dtype=np.int64)
    save_vectors(path, words=words, vectors=vectors, counts=counts, metadata={"note": "é"})
    for mmap in (True, False):
        again, file = load_vectors(path, mmap=mmap)
        tensors, metadata = file.arrays, file.metadata
        assert again == words
        assert np.array_equal(tensors["vectors"], vectors)
        assert np.array_equal(tensors["counts"], counts)
        assert metadata["note"] == "é"
        assert tensors["vectors"].flags.aligned


def test_safetensors_library_reads_it_and_padded_rows_are_fine(tmp_path):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    from safetensors.numpy import load_file, save_file

    padded = np.arange(32, dtype=np.float32).reshape(2, 16)[:, :3]
    path = tmp_path / "a.safetensors"
    save_vectors(path, words=Words.of(["a", "bc"]), vectors=padded)
    tensors = load_file(path)
    assert np.array_equal(tensors["vectors"], padded)
    assert tensors["words"].tobytes() == b"abc"
    save_file({"odd": np.arange(3, dtype=np.uint8), "x": np.ones(3)}, path)
    assert np.array_equal(load_tensors(path)[0]["x"], np.ones(3))


@given(st.data())
@settings(max_examples=300)
def test_any_damage_to_safetensors_is_refused_or_harmless(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.safetensors"
    save_vectors(path, words=Words.of(["a", "bc"]), vectors=np.ones((2, 3), "f"))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        words, file = load_vectors(path)
        assert len(words) == len(file.arrays["vectors"])
        list(words)
    except ValueError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vectors": None}, "vectors is missing"),
        ({"words": {"dtype": "Q9", "shape": [3], "data_offsets": [0, 3]}}, "entry for 'words'"),
        ({"words": {"dtype": "U8", "shape": [-3], "data_offsets": [0, 3]}}, "entry for 'words'"),
        ({"words": {"dtype": "U8", "shape": [3], "data_offsets": [0, 4]}}, "needs 3"),
        ({"words": {"dtype": "U8", "shape": [999], "data_offsets": [0, 999]}}, "cut off"),
        (
            {"words": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}},
            "checksum of its words is wr",
        ),
        ({"__metadata__": {"fastvec vectors": "9"}}, "version 9"),
        ({"__metadata__": {"fastvec vectors": 9}}, "must be strings"),
        ({"__metadata__": {}}, "not one that fastvec wrote"),
    ],
)
def test_broken_safetensors_headers(tmp_path, change, says):
    path = tmp_path / "a.safetensors"
    save_vectors(path, words=Words.of(["a", "bc"]), vectors=np.ones((2, 3), "f"))
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    del header["__metadata__"]["header_checksum"]  # which would be wrong in any case
    header |= change
    text = json.dumps({name: entry for name, entry in header.items() if entry is not None}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + raw[8 + length :])
    with pytest.raises(ValueError, match=says):
        load_vectors(path)
