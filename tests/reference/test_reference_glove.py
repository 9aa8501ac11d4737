"""The reference of GloVe agrees with mathematics."""

import numpy as np
import pytest
from reference import glove as reference


def test_the_reference_s_gradient_is_that_of_its_cost():
    generator = np.random.default_rng(2)
    p = reference.Parameters(*(generator.normal(size=s) for s in ((3, 4), (3, 4), 3, 3)))
    i, j, x, step = 1, 2, 3.7, 1e-6

    def slope(array, index):
        """The two-sided difference of the cost."""
        costs = []
        for sign in (1, -1):
            array[index] += sign * step
            costs.append(reference.cost(p, [(i, j, x)], 10, 0.75))
            array[index] -= sign * step
        return (costs[0] - costs[1]) / (2 * step)

    by_w, by_c, by_b, by_d = reference.gradient(p, i, j, x, 10, 0.75)
    for k in range(4):
        assert slope(p.w, (i, k)) == pytest.approx(by_w[k], rel=1e-6)
        assert slope(p.c, (j, k)) == pytest.approx(by_c[k], rel=1e-6)
        assert slope(p.w, (j, k)) == 0
    assert slope(p.b, i) == pytest.approx(by_b, rel=1e-6)
    assert slope(p.d, j) == pytest.approx(by_d, rel=1e-6)
