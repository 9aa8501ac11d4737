"""The reference of Collobert and Weston's network agrees with mathematics."""

import copy

import numpy as np
import pytest
from reference import ranker as reference


def network(seed=3, words=6, size=3, window=5, hidden=4):
    generator = np.random.default_rng(seed)
    shapes = (words + 2, size), (window, size, hidden), hidden, hidden
    return reference.Network(*(generator.normal(size=shape) / 2 for shape in shapes))


@pytest.mark.parametrize("window", [[0, 1, 2, 3, 4], [7, 7, 2, 6, 2], [5, 5, 5, 1, 1]])
def test_the_gradient_is_that_of_the_loss(window):
    net, wrong, step = network(), 5 - window[2] % 5, 1e-6
    assert reference.loss(net, window, wrong) > 0
    by = reference.gradient(net, window, wrong)
    for name, slopes in vars(by).items():
        array = getattr(net, name)
        for index in np.ndindex(array.shape):
            losses = []
            for sign in (1, -1):
                array[index] += sign * step
                losses.append(reference.loss(net, window, wrong))
                array[index] -= sign * step
            assert slopes[index] == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=1e-8)


def test_a_window_that_is_ranked_right_teaches_nothing():
    net = network()
    net.top *= 100
    pairs = [([0, 1, 2, 3, 4], wrong) for wrong in (0, 1, 3, 4, 5)]
    losses = [reference.loss(net, *pair) for pair in pairs]
    assert min(losses) == 0 < max(losses)
    before = copy.deepcopy(net)
    reference.step(net, *pairs[int(np.argmin(losses))], alpha=0.1)
    for name, array in vars(before).items():
        np.testing.assert_array_equal(array, getattr(net, name))


def test_windows_end_with_their_sentence_and_know_rare_words():
    assert reference.windows([0, 9, 1], 2, words=2, rare=10) == [
        [11, 11, 0, 10, 1],
        [11, 0, 10, 1, 11],
        [0, 10, 1, 11, 11],
    ]


def test_wrong_words_are_all_but_the_right_one_equally_often():
    drawn = np.array(reference.wrong_words(0, 5, [2] * 20000, 5))
    counts = np.bincount(drawn, minlength=5)
    assert counts[2] == 0
    assert abs(counts[[0, 1, 3, 4]] - 5000).max() < 250
    assert set(reference.wrong_words(0, 5, [7] * 100, 5)) == set(range(5))
