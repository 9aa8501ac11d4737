"""Every kernel on every instruction set of this machine against the float64 reference."""

import numpy as np
import pytest
from hooks import update_pairs, update_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import word2vec as reference

from fastvec import _core
from fastvec._util.matrix import padded_copy

pytestmark = pytest.mark.usefixtures("compiled_hooks")

LARGEST = 30.0  # more than that a prediction never costs (csrc/kernels/word2vec.c)
CBOW_SIZES = [48, 49, 96, 97, 112, 113, 128, 129, 145, 208, 209, 257, 416, 417]
EDGE_SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 300]

ANY = {
    "m": st.integers(1, 10),
    "n": st.integers(1, 64),
    "size": st.sampled_from(EDGE_SIZES),
    "seed": st.integers(0, 1000),
    "scale": st.sampled_from([0.0, 1e-3, 1.0, 5.0]),
    "alpha": st.sampled_from([1e-4, 0.025, 1.0]),
}


def run_kernel(inputs, outputs, labels, alpha, simd):
    size = inputs.shape[1]
    rows_in, rows_out = padded_copy(inputs), padded_copy(outputs)
    signs = np.concatenate([2 * labels - 1, np.zeros(16)]).astype(np.float32)
    loss = update_rows(rows_in, rows_out, signs, alpha, simd, size)
    assert not rows_in[:, size:].any()  # the padding stays zero
    assert not rows_out[:, size:].any()
    return rows_in[:, :size], rows_out[:, :size], loss


def rounding(inputs, outputs, labels, alpha, simd):
    """What may be lost in (inputs, outputs, loss): float32's rounding, and where the products are
    made in bf16 the lower halves of both factors."""
    x, y = inputs.astype(float), outputs.astype(float)
    lost = 2.0**-6 if simd.endswith("bf16") else 0.0
    scores = lost * (abs(x) @ abs(y).T)
    steps = abs(reference.steps(x, y, labels, alpha))
    steps = 2 * lost * steps + alpha * scores / 4
    return steps @ abs(y) + 2e-6, steps.T @ abs(x) + 2e-6, scores.sum() + lost * scores.size + 1e-5


def compare(inputs, outputs, labels, alpha, simd):
    want = reference.update(inputs.astype(float), outputs.astype(float), labels, alpha)
    got = run_kernel(inputs, outputs, labels, alpha, simd)
    lost = rounding(inputs, outputs, labels, alpha, simd)
    for w, g, most in zip(want[:2], got[:2], lost[:2], strict=True):
        assert (abs(g - w) <= most + 2e-5 * abs(w)).all()
    scores = inputs.astype(float) @ outputs.T.astype(float)
    losses = np.logaddexp(0, (1 - 2 * labels) * scores).clip(max=LARGEST)
    assert abs(got[2] - losses.sum()) <= lost[2] + 1e-5 * losses.sum()


def example(m, n, size, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    inputs = (rng.standard_normal((m, size)) * scale / np.sqrt(size)).astype(np.float32)
    outputs = rng.standard_normal((n, size)).astype(np.float32)
    return inputs, outputs, rng.integers(0, 2, n).astype(float)


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("size", EDGE_SIZES)
def test_every_size(simd, size):
    compare(*example(6, 6, size), 0.05, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("n", [*range(1, 22), 24, 25, 63, 64])
def test_every_number_of_outputs(simd, n):
    for m in (1, 2, 5):
        compare(*example(m, n, 20), 0.05, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("m", range(1, 11))
def test_every_number_of_inputs(simd, m):
    for n in (1, 6, 13):
        compare(*example(m, n, 17), 0.05, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
@settings(max_examples=60, deadline=None)
@given(**ANY)
def test_any_shape(simd, m, n, size, seed, scale, alpha):
    inputs, outputs, labels = example(m, n, size, seed, scale)
    compare(inputs, outputs, labels, min(alpha, 1 / max(m, n)), simd)


def compare_cbow(inputs, outputs, labels, alpha, simd):
    """CBOW's kernel, which is float32 on every instruction set."""
    vectors, rows = inputs.astype(float), outputs.astype(float)
    contexts, targets = np.arange(len(inputs)), np.arange(len(outputs))
    want = reference.cbow(vectors, rows, contexts, targets, labels, alpha)
    size = inputs.shape[1]
    rows_in, rows_out = padded_copy(inputs), padded_copy(outputs)
    signs = np.concatenate([2 * labels - 1, np.zeros(16)]).astype(np.float32)
    loss = update_rows(rows_in, rows_out, signs, alpha, simd, size, cbow=True)
    assert not rows_in[:, size:].any()  # the padding stays zero
    assert not rows_out[:, size:].any()
    scale = 2e-6 + 1e-4 * alpha * (abs(vectors).max() + abs(rows).max())  # bf16's sigmoid
    np.testing.assert_allclose(rows_in[:, :size], want[0], atol=len(outputs) * scale, rtol=2e-5)
    np.testing.assert_allclose(rows_out[:, :size], want[1], atol=scale, rtol=2e-5)
    assert loss == pytest.approx(want[2], rel=2e-4, abs=2e-4 * len(outputs))


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("size", [*EDGE_SIZES, *CBOW_SIZES])
def test_cbow_of_every_size(simd, size):
    compare_cbow(*example(5, 6, size), 0.05, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("n", [*range(1, 34), 63, 64])
def test_cbow_with_every_number_of_outputs(simd, n):
    for m in (1, 2, 10):
        compare_cbow(*example(m, n, 20), 0.05, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
@settings(max_examples=60, deadline=None)
@given(**ANY)
def test_any_cbow_update(simd, m, n, size, seed, scale, alpha):
    inputs, outputs, labels = example(m, n, size, seed, scale)
    compare_cbow(inputs, outputs, labels, min(alpha, 1 / max(m, n)), simd)


def compare_pairs(m, n, size, simd, alpha=0.05):
    rng = np.random.default_rng(m * n + size)
    inputs, partners = example(m, m, size)[:2]
    noise = rng.standard_normal((6, size)).astype(np.float32)
    weights = np.append(rng.integers(1, 4, n), np.ones(16)).astype(np.float32)
    before = [rows.astype(float) for rows in (inputs, partners, noise[:n])]
    want = reference.pairs(*before, weights[:n].astype(float), alpha)
    rows = [padded_copy(each) for each in (inputs, partners, noise)]
    loss = update_pairs(*rows, weights, alpha, simd, size)
    assert not any(each[:, size:].any() for each in rows)  # the padding stays zero
    np.testing.assert_array_equal(rows[2][n:, :size], noise[n:])
    lost = 2.0**-6 if simd.endswith("bf16") else 1e-5
    for got, expected, old in zip(rows, want[:3], before, strict=False):
        moved = np.sqrt(np.square(expected - old).sum()) + alpha  # of all rows
        assert (abs(got[: len(old), :size] - expected) <= lost * moved + 1e-6).all()
    assert loss == pytest.approx(want[3], rel=lost)


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("m", range(1, 17))
def test_every_number_of_pairs(simd, m):
    for n in range(7):
        compare_pairs(m, n, 20, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("size", EDGE_SIZES)
def test_pairs_of_every_size(simd, size):
    compare_pairs(16, 5, size, simd)


@pytest.mark.parametrize("simd", _core.simd_names())
def test_certain_answers_are_learned_from(simd):
    """A confident mistake gets the full step (gensim skips it, word2vec.c cuts the score at 6)."""
    inputs, outputs = np.full((1, 4), 2.5, np.float32), np.full((2, 4), 2.5, np.float32)
    moved, _, loss = run_kernel(inputs, outputs, np.array([0.0, 1.0]), 0.1, simd)
    np.testing.assert_allclose(moved, 2.5 - 0.1 * 2.5, rtol=1e-3 if simd.endswith("bf16") else 1e-5)
    assert loss == pytest.approx(25, rel=1e-4)


@pytest.mark.parametrize("simd", _core.simd_names())
def test_extreme_scores_stay_finite(simd):
    inputs, outputs = np.full((1, 4), 1e10, np.float32), np.full((2, 4), 1e10, np.float32)
    moved, other, loss = run_kernel(inputs, outputs, np.array([0.0, 1.0]), 0.1, simd)
    assert np.isfinite(moved).all() and np.isfinite(other).all() and np.isfinite(loss)
