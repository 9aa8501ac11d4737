"""GloVe from initial vectors (Mittens)."""

import numpy as np
import pytest
from glove_models import random_pairs, records_as_parameters
from reference import glove as reference

from fastvec.models.glove import GloVe
from fastvec.models.mittens import pull_towards
from fastvec.models.pairs import Pairs
from fastvec.models.word_records import empty_records
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_initial_vectors_hold_their_words():
    words = Words.of(f"w{i}" for i in range(60))
    pairs = Pairs.from_scipy(random_pairs(60).to_scipy(), words)
    generator = np.random.default_rng(0)
    given = {f"w{i}": generator.normal(size=10) for i in range(0, 60, 2)}
    drift = []
    for mu in (0, 0.1, 100):
        model = GloVe(10, x_max=10, epochs=5, mu=mu, progress=False).fit(pairs, init=given)
        distances = [np.linalg.norm(model.wv[w] - v) for w, v in given.items()]
        drift.append(np.mean(distances))
        assert np.isfinite(model.wv.vectors).all()
    assert drift[0] > drift[1] > 2 * drift[2]


def test_the_pull_is_the_reference_s():
    generator = np.random.default_rng(0)
    records = empty_records(5000, 7, 0.05)
    records[:, :2, :7] = generator.normal(size=(5000, 2, 7))
    prior = generator.normal(size=(5000, 7)).astype(np.float32)
    prior[3] = np.nan
    expected = records_as_parameters(records, 7)
    reference.pull(expected, prior, mu=0.3, eta=0.05)
    reference.pull(expected, prior, mu=0.3, eta=0.05)
    for _ in range(2):
        pull_towards(records, prior, 0.3 * 2 * 0.05)
    # Both halves move from their old values.
    np.testing.assert_allclose(records[:, 0, :7], expected.w, atol=1e-5)
    np.testing.assert_allclose(records[:, 1, :7], expected.c, atol=1e-5)
    np.testing.assert_allclose(records[:, 3, :7], expected.c_squares, rtol=1e-5)


def test_initial_vectors_from_keyed_vectors_come_back_after_loading(tmp_path):
    words = Words.of(["a", "b", "c"])
    pairs = Pairs.from_scipy(np.ones((3, 3)), words)
    given = KeyedVectors.of(Words.of(["b"]), np.ones((1, 4), np.float32))
    long = GloVe(4, epochs=4, progress=False).fit(pairs, init=given)
    model = GloVe(4, epochs=2, progress=False).fit(pairs, init=given)
    model.save(tmp_path / "m")
    again = GloVe.load(tmp_path / "m")
    again.progress = False
    assert np.array_equal(again.train(pairs, epochs=2).wv.vectors, long.wv.vectors)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"a": np.ones(3)}, r"must have vector_size 4 numbers, got \(3,\) for 'a'"),
        ({"a": np.full(4, np.nan)}, "must be finite and below 1e6, 'a' is not"),
        ({"a": np.full(4, 1e7)}, "must be finite and below 1e6, 'a' is not"),
        ({"x": np.ones(4)}, "init has none of the words of the matrix"),
    ],
)
def test_bad_initial_vectors(given, sentence):
    pairs = Pairs.from_scipy(np.ones((2, 2)), Words.of(["a", "b"]))
    with pytest.raises(ValueError, match=sentence):
        GloVe(4, progress=False).fit(pairs, init=given)
