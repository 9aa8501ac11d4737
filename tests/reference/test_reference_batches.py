"""The reference of batches: its steps are numerical derivatives, its probabilities add up to 1."""

import numpy as np
import pytest
from reference import batches

OBJECTIVES = ["softmax", "sampled_softmax", "nce"]
TARGETS = [[1, 4, 4], [0], [], [6, 2]]
NOISE = np.array([3, 1, 3, 6, 5])  # two of them are targets


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_steps_are_derivatives_of_the_loss(objective: str) -> None:
    draw = np.random.default_rng(0)
    hidden, outputs = draw.normal(size=(4, 3)), draw.normal(size=(7, 3))
    noise = np.unique(NOISE) if objective == "sampled_softmax" else NOISE
    more = TARGETS, noise, draw.normal(size=7), 0.25
    moves = batches.steps(objective, hidden, outputs, *more)
    for rows, expected in (hidden, moves @ outputs), (outputs, moves.T @ hidden):
        for at in np.ndindex(rows.shape):
            here, costs = rows[at], []
            for shift in 1e-5, -1e-5:
                rows[at] = here + shift
                costs.append(batches.loss(objective, hidden, outputs, *more))
            rows[at] = here
            assert (costs[1] - costs[0]) / 2e-5 == pytest.approx(expected[at], abs=1e-8)


def test_a_softmax_of_equal_scores_is_as_hard_as_there_are_words() -> None:
    zeros = np.zeros((4, 3)), np.zeros((7, 3))
    cost = batches.loss("softmax", *zeros, TARGETS, NOISE, np.zeros(7))
    assert cost == pytest.approx(6 * np.log(7))


def test_sampled_softmax_of_every_word_once_is_the_softmax() -> None:
    draw = np.random.default_rng(1)
    given = draw.normal(size=(4, 3)), draw.normal(size=(7, 3)), TARGETS, np.arange(7), np.zeros(7)
    assert batches.loss("sampled_softmax", *given) == pytest.approx(batches.loss("softmax", *given))
