"""Of two ways the quicker one is found while working, and found again when that changes."""

import numpy as np
import pytest
from hooks import tuner_ways
from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("compiled_hooks")


def costs(chunks: int, first: float, second: float, seed: int = 0) -> NDArray[np.float64]:
    noise = np.random.default_rng(seed).normal(1, 0.03, (chunks, 2))
    return np.array([first, second]) * noise


@pytest.mark.parametrize("better", [0, 1])
def test_the_quicker_way_does_most_of_the_work(better: int) -> None:
    ways = tuner_ways(costs(1600, 1 + 0.05 * better, 1.05 - 0.05 * better))
    assert set(ways[:2]) == {0, 1}
    assert ways.count(better) > 0.9 * len(ways)
    assert ways.count(1 - better) >= 100  # it goes on trying


def test_a_change_is_noticed() -> None:
    ways = tuner_ways(np.concatenate([costs(1000, 1, 1.3), costs(1000, 1, 0.8, seed=1)]))
    assert ways[:1000].count(0) > 900
    assert ways[-500:].count(1) > 450


def test_a_disturbed_chunk_changes_nothing() -> None:
    disturbed = costs(1600, 1, 1.1)
    disturbed[800, 0] = 1000
    ways = tuner_ways(disturbed)
    assert ways[800] == 0
    assert ways[801:].count(0) > 0.9 * len(ways[801:])


def test_a_slow_beginning_is_forgotten() -> None:
    slow = costs(1600, 1, 1.1)
    slow[0] = 3, 3
    ways = tuner_ways(slow)
    assert ways[200:].count(0) > 0.9 * len(ways[200:])
