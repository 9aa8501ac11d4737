"""The reference of the neural language model agrees with mathematics."""

import numpy as np
import pytest
from reference import neural_lm as reference


@pytest.mark.parametrize(("hidden", "direct"), [(4, False), (4, True), (0, True)])
def test_the_reference_s_gradient_is_that_of_its_loss(hidden, direct):
    generator = np.random.default_rng(1)
    net = reference.Network.random(6, 4, 3, hidden, direct, generator)
    window, step = [2, 5, 2, 3], 1e-6
    for array, slopes in zip(net.arrays(), reference.gradient(net, window), strict=True):
        for place in np.ndindex(array.shape):
            found = []
            for sign in (1, -1):
                array[place] += sign * step
                found.append(-reference.log_probability(net, window))
                array[place] -= sign * step
            assert (found[0] - found[1]) / (2 * step) == pytest.approx(slopes[place], abs=1e-8)


def test_windows_reach_over_the_beginning_and_predict_the_end():
    assert list(reference.windows([[5, 6], []], 3)) == [[0, 0, 5], [0, 5, 6], [5, 6, 0], [0, 0, 0]]
