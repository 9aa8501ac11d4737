"""Padded matrices: their layout, and when a view of one is used without a copy."""

import numpy as np
import pytest

from fastvec._util.matrix import padded, padded_copy, padded_rows, picked_rows, random_rows


@pytest.mark.parametrize(("size", "stride"), [(1, 16), (16, 16), (17, 32), (100, 112)])
def test_rows_are_aligned_and_zero(size: int, stride: int) -> None:
    matrix = padded(3, size)
    assert (matrix.shape, matrix.dtype) == ((3, stride), np.float32)
    assert not matrix.any()
    assert matrix.ctypes.data % 64 == 0


def test_a_copy_has_the_values_and_zeros_behind_them() -> None:
    matrix = padded_copy([[1.0, 2.0], [3.0, 4.0]])
    assert matrix[:, :3].tolist() == [[1, 2, 0], [3, 4, 0]]


def test_a_view_of_a_padded_matrix_is_not_copied() -> None:
    matrix = padded(4, 20)
    for rows in (matrix[:, :20], matrix[1:3, :20]):
        assert np.shares_memory(padded_rows(rows), matrix)
        assert len(padded_rows(rows)) == len(rows)


def test_other_rows_are_copied() -> None:
    matrix = padded(4, 20)
    read_only = padded(4, 20)[:, :20]
    read_only.flags.writeable = False
    behind = padded(4, 20)
    behind[2, 20] = 1  # not zero behind the values
    rows = [
        np.ones((4, 20), np.float32),
        np.ones((4, 20)),
        matrix[::2, :20],
        matrix[:, 1:20],
        read_only,
        behind[:, :20],
    ]
    for one in rows:
        copy = padded_rows(one)
        assert not np.shares_memory(copy, one)
        assert np.array_equal(copy[:, : one.shape[1]], one)
        assert not copy[:, one.shape[1] :].any()


def test_picked_rows_are_zero_where_there_is_none() -> None:
    matrix = picked_rows([[1.0, 2.0], [3.0, 4.0]], np.array([1, -1, 0]))
    assert matrix[:, :2].tolist() == [[3, 4], [0, 0], [1, 2]]


def test_random_rows_are_small_and_depend_on_the_seed_only() -> None:
    one, same, other = (random_rows(500, 20, np.random.default_rng(n)) for n in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one[:, :20].min() >= -1 / 20
    assert one[:, :20].max() < 1 / 20
    assert abs(one[:, :20].mean()) < 0.002
    assert not one[:, 20:].any()
