"""The native training of GloVe against plain NumPy, and the order of an epoch."""

import numpy as np
import pytest
import scipy.sparse
from glove_models import fitted, random_pairs, records_as_parameters, training_of
from hooks import prepared_tile
from reference import glove as reference

from fastvec._core import Control, simd_names
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.glove import GloVe
from fastvec.models.glove_run import epoch_order
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import BOTH, LEFT
from fastvec.models.word_records import empty_records


def entries_in_order(pairs, simd, steps, seed):
    """The entries (i, j, log x, f) as an epoch trains on them."""
    for tile in steps:
        block, other, side = pairs.tiles[tile]
        for row, column, log_x, f in prepared_tile(pairs, tile, seed, simd=simd):
            i, j = pairs.starts[block] + row, pairs.starts[other] + column
            if side != LEFT:
                yield i, j, log_x, f
            if side == LEFT or (side == BOTH and i != j):
                yield j, i, log_x, f


@pytest.mark.usefixtures("compiled_hooks")
@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("size", [1, 2, 5, 6, 13, 14, 15, 30, 62, 100])
def test_an_epoch_is_that_of_the_reference(simd, symmetric, size):
    pairs = random_pairs(40, symmetric=symmetric)
    eta, clip, seed = 0.2, 0.5, 77  # so that some gradients are clipped
    records = empty_records(40, size, eta)
    generator = np.random.default_rng(1)
    records[:, :2, :size] = generator.normal(scale=0.5, size=(40, 2, size))
    records[:, 0, size] = generator.normal(size=40)
    records[:, 1, size + 1] = generator.normal(size=40)
    expected = records_as_parameters(records, size)
    steps, blocks = epoch_order(pairs, records[0].nbytes, generator)
    training = training_of(pairs, records, size, simd, eta=eta, clip=clip)
    losses = np.zeros(len(steps))
    training.start_epoch(steps, blocks, losses, seed)
    entries = list(entries_in_order(pairs, simd, steps, seed))
    control = Control(1)
    training.run(0, control)
    assert control.total() == len(pairs.pairs)

    found = pairs.to_scipy()
    assert len(entries) == found.nnz
    cost, clipped = 0.0, False
    for i, j, log_x, f in entries:
        x = float(found[i, j])
        assert log_x == pytest.approx(np.log(x), abs=1e-6)
        assert f == pytest.approx(reference.weight(x, 10, 0.75), rel=1e-5)
        gradient = reference.gradient(expected, i, j, x, 10, 0.75)
        clipped |= max(np.abs(gradient[0]).max(), np.abs(gradient[1]).max()) > clip
        cost += reference.step(expected, i, j, x, x_max=10, alpha=0.75, eta=eta, clip=clip)
    assert clipped
    got = records_as_parameters(records, size)
    assert losses.sum() == pytest.approx(cost, rel=2e-3)
    for name in ("w", "c"):
        np.testing.assert_allclose(getattr(got, name), getattr(expected, name), atol=3e-3)
    squares = records[:, 2, :size], records[:, 3, :size]
    np.testing.assert_allclose(squares[0], expected.w_squares, rtol=2e-3)
    np.testing.assert_allclose(squares[1], expected.c_squares, rtol=2e-3)


@pytest.mark.usefixtures("compiled_hooks")
@pytest.mark.parametrize("simd", simd_names())
def test_biases_move_as_glove_c_moves_them(simd):
    pairs = random_pairs(40, symmetric=True)
    records = empty_records(40, 8, 0.05)
    expected = records_as_parameters(records, 8)
    steps, blocks = epoch_order(pairs, records[0].nbytes, np.random.default_rng(1))
    training = training_of(pairs, records, 8, simd)
    training.start_epoch(steps, blocks, np.zeros(len(steps)), 5)
    entries = list(entries_in_order(pairs, simd, steps, 5))
    training.run(0, Control(1))
    matrix = pairs.to_scipy()
    for i, j, _, _ in entries:
        x = float(matrix[i, j])
        reference.step(expected, i, j, x, x_max=10, alpha=0.75, eta=0.05, clip=100)
    got = records_as_parameters(records, 8)
    np.testing.assert_allclose(got.b, expected.b, atol=1e-3)
    np.testing.assert_allclose(got.d, expected.d, atol=1e-3)
    assert np.abs(expected.b).max() > 0.5


@pytest.mark.usefixtures("compiled_hooks")
@pytest.mark.parametrize("simd", simd_names())
def test_logarithms_and_weights(simd):
    x = np.concatenate([np.logspace(-29.9, 29.9, 400), np.linspace(0.9, 1.1, 100), [10, 9.99, 1]])
    pairs = Pairs.from_scipy(scipy.sparse.diags_array(x))
    for x_max, alpha in ((10.0, 0.75), (1e-3, 0.0), (1e30, 10.0), (100.0, 1.0)):
        for tile, (block, _, _) in enumerate(pairs.tiles):
            for row, column, log_x, f in prepared_tile(
                pairs, tile, 3, simd=simd, x_max=x_max, alpha=alpha
            ):
                value = float(np.float32(x[pairs.starts[block] + row]))
                assert row == column
                assert log_x == pytest.approx(np.log(value), rel=2e-7, abs=2e-7)
                wanted = np.exp2(max(-126, min(0, alpha * np.log2(value / x_max))))
                assert f == pytest.approx(wanted, rel=1e-5 * max(1, alpha))
                assert f <= 1


@pytest.mark.usefixtures("compiled_hooks")
def test_a_tile_s_order_depends_on_the_seed_and_is_complete():
    pairs = random_pairs(60, 0.5)
    simd = simd_names()[0]
    for tile in range(len(pairs.tiles)):
        some = pairs.pairs[pairs.offsets[tile] : pairs.offsets[tile + 1]]
        stored = sorted(zip(some["row"].tolist(), some["column"].tolist(), strict=True))
        orders = [
            [p[:2] for p in prepared_tile(pairs, tile, seed, simd=simd)] for seed in (1, 2, 1)
        ]
        assert all(sorted(order) == stored for order in orders)
        assert orders[0] == orders[2]
    largest = int(np.argmax(np.diff(pairs.offsets)))
    orders = [[p[:2] for p in prepared_tile(pairs, largest, seed, simd=simd)] for seed in range(5)]
    assert len(set(map(tuple, orders))) == 5


@pytest.mark.parametrize("symmetric", [True, False])
def test_epoch_order_has_each_tile_once_and_names_what_it_changes(symmetric):
    pairs = random_pairs(2000, 0.01, symmetric)
    generator = np.random.default_rng(0)
    first, second = (epoch_order(pairs, 1792, generator) for _ in range(2))
    assert sorted(first[0]) == list(range(len(pairs.tiles)))
    assert not np.array_equal(first[0], second[0])
    steps, blocks = first
    n = len(pairs.starts) - 1
    for step, (a, b) in zip(steps, blocks, strict=True):
        row, column, side = pairs.tiles[step]
        if side == BOTH:
            assert {a, b} == {row, column}
        elif side == LEFT:  # entries (column, row)
            assert (a, b) == (column, row + n)
        else:
            assert (a, b) == (row, column + n)


@pytest.mark.parametrize("symmetric", [True, False])
def test_any_number_of_workers_gives_the_same_bytes(symmetric):
    pairs = random_pairs(1500, 0.05, symmetric)
    models = [fitted(pairs, workers=workers) for workers in (1, 2, 7)]
    for other in models[1:]:
        assert np.array_equal(models[0]._records, other._records)
        assert models[0].loss_history == other.loss_history


def test_another_seed_gives_other_vectors():
    pairs = random_pairs(100)
    assert not np.array_equal(fitted(pairs).wv.vectors, fitted(pairs, seed=2).wv.vectors)


def test_the_doors_check_what_they_are_given():
    pairs = random_pairs(40)
    simd = simd_names()[0]
    records = empty_records(40, 4, 0.05)
    with pytest.raises(ValueError, match="records must have shape"):
        training_of(pairs, records[1:], 4, simd)
    with pytest.raises(ValueError, match="cannot hold 17 columns"):
        training_of(pairs, records, 15, simd)
    with pytest.raises(ValueError, match="records must be aligned to 64 bytes"):
        room = np.zeros(40 * 64 + 1, np.float32)
        shift = 1 if room.ctypes.data % 64 == 0 else 0
        training_of(pairs, room[shift : shift + 2560].reshape(40, 4, 16), 4, simd)
    with pytest.raises(ValueError, match="simd must be one of"):
        training_of(pairs, records, 4, "mmx")
    with pytest.raises(ValueError, match="above 0"):
        training_of(pairs, records, 4, simd, eta=0)
    training = training_of(pairs, records, 4, simd)
    with pytest.raises(ValueError, match="start_epoch must be called before run"):
        training.run(0, Control(1))
    with pytest.raises(ValueError, match="worker must be from 0 to 0, got 1"):
        training.run(1, Control(2))
    steps, blocks = epoch_order(pairs, 256, np.random.default_rng(0))
    losses = np.zeros(len(steps))
    twice = np.array([steps[0], *steps[1:-1], steps[0]])
    for bad_steps, bad_blocks in (
        (twice, blocks),
        (steps + 1, blocks),
        (steps, blocks + 1000),
        (steps, blocks - 1000),
    ):
        with pytest.raises(ValueError, match="steps must be tiles, none twice"):
            training.start_epoch(bad_steps, bad_blocks, losses, 1)
    with pytest.raises(ValueError, match="steps must have two blocks each"):
        training.start_epoch(steps, blocks[1:], losses, 1)


def test_pairs_that_a_callback_moves_are_trained_on_as_they_were():
    class Mover(CallbackAny2Vec):
        def on_epoch_end(self, _):
            for array in moved.starts, moved.tiles, moved.offsets:
                array[1:] = 1 << 27

    moved, still = random_pairs(20), random_pairs(20)
    losses = [
        GloVe(4, epochs=3, progress=False).fit(pairs, callbacks=callbacks).loss_history
        for pairs, callbacks in ((still, []), (moved, [Mover()]))
    ]
    assert losses[0] == losses[1]
