"""The full softmax, sampled softmax and NCE of the native core against the float64 reference."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from cases import one_shard, rows, word2vec_training
from reference import batches
from reference.word2vec import Floats, contexts, splitmix64

from fastvec import _core
from fastvec._core import BATCH_OBJECTIVES, WINDOWS_IN_BATCH, BatchOutputs, Control, Training
from fastvec._util.blas import sgemm

V, WINDOW, SEED, NEGATIVE = 150, 3, 7, 2
DRAWN = NEGATIVE * WINDOWS_IN_BATCH


class Case:
    """A training of random words on a random text, and what it begins with."""

    def __init__(self, objective: str, size: int = 20, **options: Any) -> None:
        draw = np.random.default_rng(3)
        stride = (size + 15) // 16 * 16
        self.objective, self.size, self.options = objective, size, options
        self.sentences = [draw.integers(0, V, n).tolist() for n in (50, 1, 40, 2, 30)]
        self.vectors, self.outputs = rows(V, stride), rows(V, stride)
        for matrix in self.vectors, self.outputs:
            matrix[:, :size] = draw.normal(size=(V, size)) * 2 / size**0.5
        self.corrections = draw.normal(size=V).astype(np.float32)

    def layer(self) -> BatchOutputs:
        noise = () if self.objective == "softmax" else (one_shard([1.0] * V), NEGATIVE)
        return BatchOutputs(self.outputs, self.objective, self.corrections, sgemm(), *noise)

    def training(self, **options: Any) -> Training:
        changed = {
            "tokens": np.concatenate(self.sentences).astype(np.int32),
            "offsets": np.cumsum([0, *map(len, self.sentences)]),
            "vectors": self.vectors,
            "keep": np.full(V, 2**32 - 1, np.uint32),
        }
        settings = {"window": WINDOW, "shrink_windows": False, "vector_size": self.size}
        return word2vec_training(
            changed, layers=[self.layer()], **(settings | self.options | options)
        )

    def run(self, alpha: float, **options: Any) -> Training:
        training = self.training(**options)
        training.start_epoch(alpha, alpha, SEED)
        training.run(0, Control(1))
        return training

    def matrices(self) -> tuple[Floats, Floats]:
        used = self.vectors[:, : self.size], self.outputs[:, : self.size]
        return used[0].astype(float), used[1].astype(float)


def windows_of(sentences: list[list[int]]) -> list[tuple[int, list[int]]]:
    """Each word that has context words, with these."""
    each = [
        (word, contexts(sentence, i, WINDOW))
        for sentence in sentences
        for i, word in enumerate(sentence)
    ]
    return [(word, around) for word, around in each if around]


def batches_of(windows: list[Any], skip_gram: bool) -> list[list[Any]]:
    """A batch is full with 64 windows, or with 128 targets."""
    found: list[list[Any]] = [[]]
    for window in windows:
        targets = sum(len(around) if skip_gram else 1 for _, around in found[-1])
        if len(found[-1]) == WINDOWS_IN_BATCH or targets >= 128:
            found.append([])
        found[-1].append(window)
    return found


def expected(case: Case, alpha: float) -> tuple[Floats, Floats, float]:
    """What the reference makes of a case: vectors, outputs, loss."""
    options, (vectors, outputs), total = case.options, case.matrices(), 0.0
    skip_gram, mean = options.get("skip_gram", True), options.get("cbow_mean", True)
    windows, state = windows_of(case.sentences), SEED
    for _ in range(sum(map(len, case.sentences))):  # what subsampling draws
        state, _ = splitmix64(state)
    for some in batches_of(windows, skip_gram):
        noise = np.zeros(DRAWN, np.int64)
        for i in range(DRAWN if case.objective != "softmax" else 0):
            state, bits = splitmix64(state)
            noise[i] = (bits >> 32) * V >> 32
        if case.objective == "sampled_softmax":
            noise = np.unique(noise)
        inputs = [[word] if skip_gram else around for word, around in some]
        targets = [around if skip_gram else [word] for word, around in some]
        scale = [1 / len(words) if mean else 1.0 for words in inputs]
        hidden = np.array([s * vectors[w].sum(axis=0) for w, s in zip(inputs, scale, strict=True)])
        corrections = case.corrections.astype(float)
        share = 1 / WINDOWS_IN_BATCH
        given = case.objective, hidden, outputs, targets, noise, corrections, share
        total += batches.loss(*given)
        moves = alpha * batches.steps(*given)
        changes = moves @ outputs
        outputs = outputs + moves.T @ hidden
        for words, change, share in zip(inputs, changes, scale, strict=True):
            np.add.at(vectors, words, change * (share if options.get("cbow_corrected") else 1))
    return vectors, outputs, total


METHODS = [
    {"skip_gram": True},
    {"skip_gram": False},
    {"skip_gram": False, "cbow_mean": False},
    {"skip_gram": False, "cbow_corrected": True},
]


def check(case: Case, **options: Any) -> None:
    vectors, outputs, loss = expected(case, 0.05)
    before = case.matrices()
    training = case.run(0.05, **options)
    for got, want, old in zip(case.matrices(), (vectors, outputs), before, strict=True):
        assert abs(want - old).max() > 1e-3
        np.testing.assert_allclose(got, want, rtol=1e-3, atol=2e-4 * abs(want - old).max())
    assert training.loss == pytest.approx(loss, rel=1e-4)
    windows = windows_of(case.sentences)
    pairs = sum(len(around) for _, around in windows)
    assert training.predictions == (pairs if case.options["skip_gram"] else len(windows))
    assert not case.vectors[:, case.size :].any()  # the padding stays zero
    assert not case.outputs[:, case.size :].any()


@pytest.mark.simd
@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("objective", BATCH_OBJECTIVES)
def test_batches_are_those_of_the_reference(objective: str, method: Any, simd: str) -> None:
    check(Case(objective, **method), simd=simd)


@pytest.mark.parametrize("size", [1, 15, 16, 17, 100, 300])
@pytest.mark.parametrize("objective", BATCH_OBJECTIVES)
def test_vectors_of_any_size(objective: str, size: int) -> None:
    check(Case(objective, size, skip_gram=True))


@pytest.mark.parametrize("objective", BATCH_OBJECTIVES)
def test_a_frozen_run_only_computes_the_loss(objective: str) -> None:
    case = Case(objective, skip_gram=True)
    before = case.matrices()
    for scale in 1.0, 0.5:
        case.vectors[:, : case.size] *= scale
        want = expected(case, 0.0)[2]
        case.vectors[:, : case.size] /= scale
        assert case.run(scale, frozen=True).loss == pytest.approx(want, rel=1e-4)
    for now, then in zip(case.matrices(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("objective", BATCH_OBJECTIVES)
def test_locked_rows_take_their_part_of_a_step(objective: str) -> None:
    free, locked = Case(objective), Case(objective)
    locks = np.random.default_rng(0).choice([0, 0.25, 1, 2], V).astype(np.float32)
    before = free.matrices()[0]
    free.sentences = locked.sentences = [list(range(20))]  # one batch
    free.run(0.05), locked.run(0.05, locks=locks)
    moved = free.matrices()[0] - before
    np.testing.assert_allclose(
        locked.matrices()[0], before + locks[:, None] * moved, rtol=1e-4, atol=1e-5
    )
    still = locks == 0
    np.testing.assert_array_equal(locked.matrices()[0][still], before[still])


@pytest.mark.parametrize("skip_gram", [True, False])
@pytest.mark.parametrize("objective", BATCH_OBJECTIVES)
def test_scores_beyond_all_bounds_stay_finite(objective: str, skip_gram: bool) -> None:
    case = Case(objective, skip_gram=skip_gram)
    case.vectors[:, : case.size] *= 1e8
    training = case.run(1e-12)
    assert all(np.isfinite(matrix).all() for matrix in case.matrices())
    assert np.isfinite(training.loss)


def text_of_pairs(n: int) -> list[list[int]]:
    """Words 2 i and 2 i + 1 are always together."""
    words = np.random.default_rng(0).integers(0, V // 2, n)
    return [[2 * word, 2 * word + 1] for word in words.tolist()]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("objective", BATCH_OBJECTIVES)
def test_any_number_of_workers_learns(objective: str, workers: int) -> None:
    case = Case(objective, skip_gram=True)
    case.sentences = text_of_pairs(30_000)
    training = case.training(workers=workers)
    losses = []
    for _ in range(2):
        training.start_epoch(0.05, 0.05, SEED)
        control = Control(workers)
        threads = [threading.Thread(target=training.run, args=(i, control)) for i in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert training.predictions == 60_000
        losses.append(training.loss)
    assert losses[1] < 0.7 * losses[0]


def test_a_window_as_wide_as_a_chunk() -> None:
    case = Case("softmax", skip_gram=False)
    case.sentences = [np.random.default_rng(0).integers(0, V, 9_000).tolist()]
    assert np.isfinite(case.run(1e-5, window=2**31 - 1).loss)


def layer_of(**changed: Any) -> BatchOutputs:
    given: dict[str, Any] = {
        "weights": rows(3), "objective": "nce", "corrections": np.zeros(3, np.float32),
        "sgemm": sgemm(), "noise": one_shard([1.0] * 3), "negative": 2,
    }  # fmt: skip
    return BatchOutputs(**(given | changed))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"objective": "ns"}, "objective must be one of softmax, sampled_softmax, nce, got 'ns'"),
        ({"noise": None}, "noise must be given, for sampled_softmax and nce"),
        ({"objective": "softmax"}, "noise must be given, for sampled_softmax and nce"),
        ({"negative": 0}, "negative must be from 1 to 1000, got 0"),
        ({"negative": 1001}, "negative must be from 1 to 1000, got 1001"),
        ({"corrections": np.zeros(2, np.float32)}, "corrections must have 3 entries"),
        ({"weights": rows(2)}, "outputs must have shape"),
        ({"noise": one_shard([1.0] * 4)}, "noise words must be from 0 to 2"),
        ({"noise": (*one_shard([1.0] * 3)[:2], np.array([0, 2, 3]))}, "come from one shard"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        word2vec_training({}, layers=[layer_of(**changed)])


def test_a_batch_has_no_other_layer() -> None:
    other = _core.NegativeSampling(rows(3), one_shard([1.0] * 3), 2)
    with pytest.raises(ValueError, match="batches of windows have no other layers"):
        word2vec_training({}, layers=[layer_of(), other])
