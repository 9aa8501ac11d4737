"""Blocks of words, and the functions of the core that cut tiles and put them together."""

import numpy as np
import pytest

from fastvec._core import cut_rows, tiles_to_rows
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import block_starts


def test_blocks():
    for n in (1, 7, 8, 9, 255, 300, 70_000, 3_000_000):
        widths = np.diff(block_starts(n))
        assert widths.sum() == n
        assert widths.min() >= 1
        assert widths.max() <= max(512, n / 1000)
    assert len(block_starts(3_000_000)) < 1500


def test_cut_rows_checks_its_arguments():
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
