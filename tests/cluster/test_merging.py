"""The rule by which trainers agree on rows."""

import numpy as np
import pytest

from fastvec.cluster.merging import merged, rate_scale, row_blocks, row_factors


def descend(start: float, rate: float, steps: int, curve: float = 0.3) -> float:
    """Where a row is after some steps towards its optimum, which is 0."""
    return start * (1 - rate * curve) ** steps


@pytest.mark.parametrize("trainers", [2, 4])
@pytest.mark.parametrize("steps", [1, 30, 1000, 100_000])
def test_the_mean_of_larger_steps_is_what_one_trainer_does(trainers: int, steps: int) -> None:
    rate = 0.025
    alone = descend(1.0, rate, steps * trainers)
    scale = rate_scale(trainers, rate)
    changes = [np.float32([[descend(1.0, rate * scale, steps) - 1]])] * trainers
    assert merged(np.ones((1, 1), np.float32), changes, 1.0).item() == pytest.approx(
        alone, abs=0.05
    )
    plain = descend(1.0, rate, steps)  # the mean of steps that are no larger
    if steps == 30:
        assert abs(plain - alone) > 0.1


@pytest.mark.parametrize("steps", [1, 30, 1000, 100_000])
def test_factors_make_up_for_a_rate_that_is_limited(steps: int) -> None:
    rate, trainers = 0.025, 64
    scale = rate_scale(trainers, rate)
    assert scale == pytest.approx(4)
    alone = descend(1.0, rate, steps * trainers)
    change = np.float32([[descend(1.0, rate * scale, steps) - 1]])
    factors = row_factors(np.array([steps * rate * scale]), 0.3, trainers / scale)
    found = merged(np.ones((1, 1), np.float32), [change] * trainers, factors).item()
    assert found == pytest.approx(alone, abs=0.1)


def test_rates_are_never_lowered() -> None:
    assert rate_scale(8, 1.0) == 1.0


def test_blocks_cover_every_row_once() -> None:
    shapes = [(1000, 112), (0, 112), (999, 112)]
    for least in (1, 2, 7):
        blocks = row_blocks(shapes, least)
        assert len(blocks) >= least
        for matrix, (count, _) in enumerate(shapes):
            rows = [r for b in blocks if b.matrix == matrix for r in range(b.start, b.stop)]
            assert rows == list(range(count))


def test_blocks_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastvec.cluster.merging.BLOCK_BYTES", 4 * 16 * 10)
    assert {block.stop - block.start for block in row_blocks([(100, 16)], 1)} == {10}
