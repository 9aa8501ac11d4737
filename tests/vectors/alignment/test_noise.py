"""What moves by chance: z, its probability and the floor, for distances of a known distribution."""

import numpy as np
import pytest
from scipy.stats import norm

from fastvec.vectors.alignment.noise import Noise


def distances(words: int, seed: int = 1):
    """Frequencies, and distances that are normal: rare words move further, and vary more."""
    draw = np.random.default_rng(seed)
    frequency = np.exp(draw.uniform(4, 12, words))
    scale = 1 / (8 + np.log(frequency))
    return frequency, scale * (1 + 0.2 * draw.standard_normal(words)), scale


def test_z_is_in_standard_deviations_for_rare_and_frequent_words():
    noise = Noise(*distances(20_000)[:2])
    frequency, moved, scale = distances(20_000, seed=2)
    z = noise.z(frequency, moved)
    true = (moved / scale - 1) / 0.2
    assert np.quantile(np.abs(z - true), 0.99) < 0.35
    for rare in (frequency < 300, frequency > 30_000):
        assert abs(np.median(z[rare])) < 0.1
        assert 0.9 < z[rare].std() < 1.1


def test_chances_are_those_of_the_distribution():
    noise = Noise(*distances(20_000)[:2])
    for z in (0.0, 1.0, 2.0, 3.0):
        assert noise.chance(np.array([z]))[0] == pytest.approx(norm.sf(z), rel=0.2 + 0.2 * z)
    assert 1e-6 < noise.chance(np.array([4.0]))[0] < 2e-4
    assert noise.chance(np.array([-20.0]))[0] == 1
    assert (np.diff(noise.chance(np.linspace(-4, 8, 200))) <= 1e-9).all()


def test_the_floor_is_above_what_moves_by_chance():
    """Of all words of a sample of distances, about one is above it."""
    noise, beyond = Noise(*distances(20_000)[:2]), 0
    floor = noise.floor(5000)
    assert noise.chance(np.array([floor]))[0] * 5000 == pytest.approx(1)
    for seed in range(2, 42):
        frequency, moved, _ = distances(5000, seed)
        beyond += np.count_nonzero(noise.z(frequency, moved) > floor)
    assert 8 < beyond < 80


def test_heavy_tails_have_a_higher_floor():
    frequency, moved, _ = distances(20_000)
    heavy = moved.copy()
    heavy[::100] *= 1 + np.abs(np.random.default_rng(4).standard_t(3, len(heavy[::100])))
    assert Noise(frequency, heavy).floor(5000) > 2 * Noise(frequency, moved).floor(5000)


@pytest.mark.parametrize("words", [0, 1, 199])
def test_too_few_words_are_refused(words):
    with pytest.raises(ValueError, match=f"the noise pair has {words} words .* at least 200"):
        Noise(*distances(words)[:2])


def test_one_model_twice_is_refused():
    with pytest.raises(ValueError, match="must be two trainings, not one"):
        Noise(np.full(500, 100.0), np.full(500, 1e-8))
