"""Collobert and Weston's network: the native core against the float64 reference."""

import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from reference import ranker as reference

from fastvec._core import Control, RankerTraining, build_alias, simd_names
from fastvec._util.matrix import padded, padded_copy

WORDS, SEED = 20, 7
SENTENCES = [[(i * j + i) % WORDS for j in range(i % 7 + 1)] for i in range(40)]


class Arrays:
    """The arrays of a small network, as the core and as the reference have them."""

    def __init__(self, size: int = 5, hidden: int = 7, reach: int = 2, seed: int = 1) -> None:
        generator = np.random.default_rng(seed)
        self.size, self.hidden, self.reach = size, hidden, reach
        self.vectors = padded_copy(generator.normal(size=(WORDS + 2, size)))
        self.context = -(-2 * reach * size // 16) * 16
        self.network = padded(self.context + self.vectors.shape[1] + 2, hidden)
        for rows in (self.context_weights, self.centre_weights, self.network[-2:]):
            rows[:, :hidden] = generator.normal(size=(len(rows), hidden)) / np.sqrt(2 * size)
        self.network[-1, :hidden] += 1

    @property
    def context_weights(self) -> NDArray[np.float32]:
        return self.network[: 2 * self.reach * self.size]

    @property
    def centre_weights(self) -> NDArray[np.float32]:
        return self.network[self.context : self.context + self.size]

    def reference(self) -> reference.Network:
        blocks = self.context_weights.reshape(2 * self.reach, self.size, -1)
        weights = np.insert(blocks, self.reach, self.centre_weights, axis=0)[:, :, : self.hidden]
        bias, top = self.network[-2:, : self.hidden].astype(float)
        return reference.Network(
            self.vectors[:, : self.size].astype(float), weights.astype(float), bias, top
        )

    def training(self, **options: Any) -> RankerTraining:
        options = {
            "tokens": np.array([word for sentence in SENTENCES for word in sentence], np.int32),
            "offsets": np.cumsum([0, *map(len, SENTENCES)]),
            "vectors": self.vectors,
            "network": self.network,
            "vector_size": self.size,
            "hidden_size": self.hidden,
            "window": self.reach,
            "workers": 1,
            "simd": simd_names()[0],
        } | options
        return RankerTraining(**options)


def run(training: RankerTraining, workers: int = 1) -> None:
    control = Control(workers)
    threads = [threading.Thread(target=training.run, args=(i, control)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def compare(arrays: Arrays, simd: str, words: int = WORDS, alpha: float = 0.1) -> None:
    net = arrays.reference()
    losses = reference.train(net, SENTENCES, alpha, SEED, words)
    training = arrays.training(simd=simd)
    training.start_epoch(alpha, alpha, SEED, words)
    run(training)
    after = arrays.reference()
    for name, array in vars(net).items():
        np.testing.assert_allclose(getattr(after, name), array, rtol=1e-4, atol=2e-5, err_msg=name)
    assert training.loss == pytest.approx(sum(losses), rel=1e-4)
    assert training.predictions == len(losses)
    assert training.wrong == sum(loss > 1 - 1e-9 for loss in losses)
    assert losses.count(0) or arrays.hidden == 1  # some were right already
    unused = arrays.vectors[:, arrays.size :], arrays.network[:, arrays.hidden :]
    assert not any(rows.any() for rows in unused)  # the padding stays zero


@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize("hidden", [1, 3, 4, 8, 15, 16, 17, 40, 100, 113, 130, 200])
def test_every_number_of_hidden_units(simd: str, hidden: int) -> None:
    compare(Arrays(hidden=hidden), simd)


@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize(("size", "reach"), [(1, 1), (3, 2), (16, 1), (17, 3), (50, 5)])
def test_every_size_of_vectors_and_windows(simd: str, size: int, reach: int) -> None:
    compare(Arrays(size=size, reach=reach), simd)


def test_words_beyond_the_vocabulary_of_an_epoch_are_rare() -> None:
    arrays = Arrays()
    before = arrays.vectors.copy()
    compare(arrays, simd_names()[0], words=5)
    np.testing.assert_array_equal(arrays.vectors[5:WORDS], before[5:WORDS])
    assert (
        (arrays.vectors[[0, WORDS, WORDS + 1]] != before[[0, WORDS, WORDS + 1]]).any(axis=1).all()
    )


def test_wrong_words_can_be_drawn_by_a_table() -> None:
    table = np.empty((WORDS, 2), np.uint32)
    build_alias(np.array([0.0] * 15 + [1.0] + [0.0] * 4), table)  # word 15 only
    arrays = Arrays(seed=2)
    net = arrays.reference()
    all_windows = [w for s in SENTENCES for w in reference.windows(s, 2, WORDS, WORDS)]
    others = [w for w in all_windows if w[2] != 15]
    losses = [reference.loss(net, window, 15) for window in others]
    frozen = arrays.training(frozen=True)
    frozen.start_epoch(0, 0, SEED, WORDS, noise=table)
    run(frozen)
    of_15 = len(all_windows) - len(others)  # whose wrong word is any other
    assert 0 < of_15 < 10
    assert sum(losses) <= frozen.loss * (1 + 1e-5) <= sum(losses) + of_15 * 20
    table[3, 1] = WORDS
    for bad in (table, table[:9]):
        with pytest.raises(ValueError, match="noise must be an alias table of 20 words"):
            frozen.start_epoch(0, 0, SEED, WORDS, noise=bad)


def test_frozen_networks_stand_still_and_see_what_is_held_out() -> None:
    arrays = Arrays()
    before = arrays.vectors.copy(), arrays.network.copy()
    held = np.array([i % 3 == 0 for i in range(len(SENTENCES))], np.uint8)
    frozen = arrays.training(held=held, frozen=True)
    frozen.start_epoch(0.1, 0.1, SEED, WORDS)
    run(frozen)
    assert frozen.predictions == sum(map(len, SENTENCES[::3]))
    assert frozen.loss > 0
    np.testing.assert_array_equal(arrays.vectors, before[0])
    np.testing.assert_array_equal(arrays.network, before[1])
    trained = arrays.training(held=held)
    trained.start_epoch(0.1, 0.1, SEED, WORDS)
    run(trained)
    assert trained.predictions + frozen.predictions == sum(map(len, SENTENCES))


@pytest.mark.parametrize("workers", [2, 5])
def test_workers_put_together_what_they_learned(workers: int) -> None:
    tokens = np.array([i % 4 for i in range(60000)], np.int32)
    arrays = Arrays()
    training = arrays.training(tokens=tokens, offsets=np.array([0, len(tokens)]), workers=workers)
    means = []
    for epoch in range(2):
        training.start_epoch(0.05, 0.05, epoch, WORDS)
        run(training, workers)
        assert training.predictions == len(tokens)
        means.append(training.loss / len(tokens))
    assert means[1] < 0.1
    frozen = arrays.training(tokens=tokens, offsets=np.array([0, len(tokens)]), frozen=True)
    frozen.start_epoch(1, 1, 9, WORDS)
    run(frozen)
    assert frozen.loss / len(tokens) < 0.1  # so the network that they share has learned it


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("tokens", np.array([0, WORDS], np.int32), "sentence offsets must rise from 0 to 2"),
        ("offsets", np.array([0, 10**6]), "sentence offsets must rise"),
        ("vectors", padded(2, 5), "0 vectors of 5 numbers do not fit"),
        ("vectors", padded(WORDS, 5), "token ids must be from 0 to"),
        ("network", padded(9, 7), "network must have shape"),
        ("vector_size", 17, "do not fit rows of 16"),
        ("hidden_size", 17, "17 hidden units do not fit"),
        ("window", 0, "a window of 0"),
        ("workers", 0, "workers must be from 1"),
        ("held", np.zeros(3, np.uint8), "held must have 40 entries, got 3"),
        ("simd", "mmx", "simd must be one of"),
    ],
)
def test_what_does_not_fit_together_is_refused(name: str, value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Arrays().training(**{name: value})


def test_an_epoch_must_begin_before_it_runs() -> None:
    training = Arrays().training()
    with pytest.raises(ValueError, match="start_epoch was not called"):
        training.run(0, Control(1))
    with pytest.raises(ValueError, match="words must be from 2 to 20, got 21"):
        training.start_epoch(0.1, 0.1, 1, WORDS + 1)
    training.start_epoch(0.1, 0.1, 1, WORDS)
    with pytest.raises(ValueError, match="no worker 1"):
        training.run(1, Control(2))


def test_ids_that_change_during_the_training_are_rare_words() -> None:
    arrays = Arrays()
    tokens = np.array([word for sentence in SENTENCES for word in sentence], np.int32)
    training = arrays.training(tokens=tokens)
    tokens[3:50] = 2**31 - 1
    tokens[60] = -5
    training.start_epoch(0.1, 0.1, SEED, WORDS)
    run(training)
    assert np.isfinite(training.loss)
