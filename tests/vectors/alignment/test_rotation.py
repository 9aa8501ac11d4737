"""Rotations between spaces: planted ones are found, also where some words have changed."""

import numpy as np
import pytest
from scipy.linalg import qr

from fastvec.vectors.alignment.rotation import rotation, trimmed_rotation


@pytest.mark.parametrize("find", [rotation, trimmed_rotation])
@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_a_planted_rotation_is_found(find, size):
    draw = np.random.default_rng(size)
    planted = qr(draw.standard_normal((size, size)))[0]
    source = draw.standard_normal((200, size)).astype(np.float32)
    np.testing.assert_allclose(find(source, source @ planted), planted, atol=1e-4)


def test_a_rotation_keeps_lengths_and_cosines():
    draw = np.random.default_rng(1)
    source, target = draw.standard_normal((2, 40, 6))
    found = rotation(source, target)
    np.testing.assert_allclose(found @ found.T, np.eye(6), atol=1e-12)


def test_no_orthogonal_matrix_near_it_is_better():
    draw = np.random.default_rng(2)
    source, target = draw.standard_normal((2, 40, 6))
    found = rotation(source, target)
    least = np.linalg.norm(source @ found - target)
    for _ in range(100):
        turn = qr(np.eye(6) + 0.1 * draw.standard_normal((6, 6)))[0]
        turn *= np.sign(np.diag(turn))
        assert np.linalg.norm(source @ found @ turn - target) >= least


def test_words_that_changed_do_not_turn_the_rest():
    """A fifth of the words point in one direction now."""
    draw = np.random.default_rng(3)
    planted = qr(draw.standard_normal((10, 10)))[0]
    source = draw.standard_normal((400, 10))
    source /= np.linalg.norm(source, axis=1, keepdims=True)
    target = source @ planted
    target[:80] = planted[0]
    far = np.abs(rotation(source, target) - planted).max()
    near = np.abs(trimmed_rotation(source, target) - planted).max()
    assert near < 0.3 * far
