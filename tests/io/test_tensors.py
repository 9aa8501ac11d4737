"""Files in the safetensors layout."""

from pathlib import Path

import numpy as np
import pytest

from fastvec.io.tensors import load_tensors, row_blocks, save_tensors


@pytest.mark.parametrize("shape", [(), (0,), (9,), (100, 3), (5, 2, 3), (3, 0)])
@pytest.mark.parametrize("block_bytes", [1, 64, 1 << 24])
def test_blocks_of_rows(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...], block_bytes: int
) -> None:
    monkeypatch.setattr("fastvec.io.tensors.BLOCK_BYTES", block_bytes)
    array = np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8)
    blocks = [block.tobytes() for block in row_blocks(array)]
    assert b"".join(blocks) == array.tobytes()
    assert all(len(block) % 4 == 0 for block in blocks[:-1])


def test_the_library_reads_and_writes_the_same_files(tmp_path: Path) -> None:
    library = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    arrays = {
        "wide": np.array([[1.5, -2]]),
        "bytes": np.arange(5, dtype=np.uint8),
        "half": np.array([0.5], np.float16),
        "flags": np.array([[True], [False]]),
    }
    save_tensors(tmp_path / "ours", arrays, {"name": "é"})
    library.save_file(arrays, tmp_path / "theirs", {"name": "é"})
    for read in (library.load_file(tmp_path / "ours"), load_tensors(tmp_path / "theirs")[0]):
        assert read.keys() == arrays.keys()
        for name, array in arrays.items():
            assert np.array_equal(read[name], array)
    assert load_tensors(tmp_path / "theirs")[1] == {"name": "é"}


def test_arrays_are_aligned_in_the_file(tmp_path: Path) -> None:
    arrays = {"bytes": np.arange(5, dtype=np.uint8), "wide": np.ones(3)}
    save_tensors(tmp_path / "file", arrays, {})
    read, _ = load_tensors(tmp_path / "file")
    assert all(array.flags.aligned for array in read.values())
