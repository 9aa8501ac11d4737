"""Arrays in memory and in temporary files."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from fastvec._util.spill import GrowingArray, Spilled, Storage, TemporaryFile


def test_a_storage_spills_what_its_budget_does_not_hold(tmp_path: Path) -> None:
    with Storage(100, tmp_path) as storage:
        arrays = [np.arange(i, i + 10, dtype=np.int32) for i in range(5)]
        kept = [storage.put(array) for array in arrays]
        assert [isinstance(each, Spilled) for each in kept] == [False, False, True, True, True]
        for array, each in zip(arrays, kept, strict=True):
            np.testing.assert_array_equal(storage.get(each), array)
        assert os.listdir(tmp_path) == []  # noqa: PTH208 - a file without a name is nowhere


def test_threads_spill_at_the_same_time() -> None:
    kept: dict[int, object] = {}
    with Storage(0, None) as storage:

        def put(i: int) -> None:
            kept[i] = storage.put(np.full(1000 + i, i))

        threads = [threading.Thread(target=put, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i, each in kept.items():
            assert isinstance(each, Spilled)
            np.testing.assert_array_equal(storage.get(each), np.full(1000 + i, i))


@pytest.mark.parametrize("budget", [0, 1 << 20])
def test_zeros_outlive_their_storage(budget: int) -> None:
    with Storage(budget, None) as storage:
        zeros = storage.zeros(1000, np.int64)
        empty = storage.zeros(0, np.int64)
    assert zeros.shape == (1000,)
    assert not zeros.any()
    zeros[7] = 3
    assert zeros.sum() == 3
    assert len(empty) == 0


@pytest.mark.parametrize("most", [0, 3, 4, 100])
def test_a_growing_array_is_the_same_in_memory_and_in_a_file(most: int) -> None:
    with GrowingArray(most, np.uint64, None) as array:
        for i in range(5):
            array.append(np.arange(i, dtype=np.uint64))
        whole = array.whole()
    assert whole.tolist() == [0, 0, 1, 0, 1, 2, 0, 1, 2, 3]


def test_an_empty_growing_array() -> None:
    with GrowingArray(0, np.uint64, None) as array:
        assert len(array.whole()) == 0


def test_records_of_several_fields(tmp_path: Path) -> None:
    pair = np.dtype([("key", np.uint32), ("value", np.float32)])
    pairs = np.array([(1, 0.5), (2, 1.5)], pair)
    with TemporaryFile(tmp_path) as file:
        file.write(16, pairs)
        assert file.read(Spilled(24, 1, pair)).tolist() == [(2, 1.5)]
        assert file.mapped(4, pair).tolist()[2:] == pairs.tolist()
        with pytest.raises(OSError, match="a temporary file has lost its end") as error:
            file.read(Spilled(24, 2, pair))
    assert error.value.errno == errno.EIO


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    for make in (
        lambda: Storage(0, tmp_path / "missing"),
        lambda: TemporaryFile(tmp_path / "missing"),
        lambda: GrowingArray(0, np.uint8, tmp_path / "missing"),
    ):
        with pytest.raises(FileNotFoundError, match=r"there is no such folder.*missing"):
            make()
