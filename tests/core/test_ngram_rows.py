"""Training with n-grams: the native loop against the reference, on every instruction set."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from cases import rows
from numpy.typing import NDArray
from reference import subwords as reference
from small_trainings import ALPHA, V, run, targets_of_noise, targets_of_tree, training

from fastvec import _core
from fastvec._core import NgramRows, Training

N = 30
BLOCK = 50  # positions


@dataclass
class Case:
    """A text in a vocabulary whose words have n-grams."""

    bags: list[list[int]]
    sentences: list[list[int]]
    size: int = 10
    seed: int = 0

    @property
    def offsets(self) -> NDArray[np.int64]:
        return np.cumsum([0, *map(len, self.bags)], dtype=np.int64)

    @property
    def listed(self) -> NDArray[np.int32]:
        return np.array([row for bag in self.bags for row in bag], np.int32)

    def rows(self, ngrams: NDArray[np.float32], block: int) -> NgramRows:
        """The n-grams, each with a row of its own."""
        ones, sizes = np.ones(len(self.listed), np.float32), np.diff(self.offsets) + 1
        sizes = sizes.astype(np.int32)
        return NgramRows(ngrams, self.offsets, self.listed, ones, sizes, STEPS, block)

    def matrices(self) -> list[NDArray[np.float32]]:
        """Words, n-grams and outputs."""
        draw, stride = np.random.default_rng(self.seed), -(-self.size // 16) * 16
        made = [rows(count, stride) for count in (V, N, V)]
        for matrix in made:
            matrix[:, : self.size] = draw.uniform(-0.7, 0.7, (len(matrix), self.size))
        return made


def case(seed: int = 0, size: int = 10, sentences: int = 6, longest: int = 40) -> Case:
    draw = np.random.default_rng(seed)
    bags = [draw.integers(0, N, draw.integers(0, 9)).tolist() for _ in range(V)]
    text = [draw.integers(0, V, draw.integers(1, longest)).tolist() for _ in range(sentences)]
    return Case(bags, text, size, seed)


STEPS = np.ones(N, np.float32)


def core(
    case: Case,
    matrices: list[NDArray[np.float32]],
    tree: bool = False,
    block: int = BLOCK,
    **options: Any,
) -> Training:
    words, ngrams, outputs = matrices
    more = {"ngrams": case.rows(ngrams, block)} | options
    return training(case.sentences, words, outputs, STEPS, tree, vector_size=case.size, **more)


def compare(case: Case, simd: str, tree: bool = False, block: int = BLOCK, **options: Any) -> None:
    matrices = case.matrices()
    model = reference.Model(
        *(matrix[:, : case.size].astype(float) for matrix in matrices), bags=case.bags
    )
    training = core(case, matrices, tree, block, simd=simd, **options)
    run(training)
    method = reference.Method(
        targets_of_tree if tree else targets_of_noise,
        ALPHA,
        options.get("window", 3),
        options.get("skip_gram", True),
        options.get("cbow_mean", True),
        options.get("cbow_corrected", False),
        block,
    )
    loss = reference.train(model, case.sentences, method)
    lost = 0.1 if simd.endswith("bf16") else 1e-4
    for got, want in zip(matrices, (model.words, model.ngrams, model.outputs), strict=True):
        np.testing.assert_allclose(got[:, : case.size], want, atol=lost)
        assert not got[:, case.size :].any()  # the padding stays zero
    assert training.loss == pytest.approx(loss, rel=lost / 10)


METHODS = [
    {"skip_gram": True},
    {"skip_gram": False},
    {"skip_gram": False, "cbow_mean": False},
    {"skip_gram": False, "cbow_corrected": True},
]


@pytest.mark.simd
@pytest.mark.parametrize("tree", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("simd", _core.simd_names())
def test_training_is_that_of_the_reference(simd: str, method: dict[str, bool], tree: bool) -> None:
    for seed in range(5):
        compare(case(seed), simd, tree, **method)


@pytest.mark.parametrize("skip_gram", [True, False])
@pytest.mark.parametrize("simd", _core.simd_names())
@pytest.mark.parametrize("size", [1, 15, 16, 17, 47, 96, 100, 113, 208, 209, 300, 417])
def test_every_size(size: int, simd: str, skip_gram: bool) -> None:
    compare(case(size=size, sentences=2, longest=9), simd, skip_gram=skip_gram)


@pytest.mark.parametrize("window", [1, 2, 5, 50, 20_000])
@pytest.mark.parametrize("skip_gram", [True, False])
def test_every_window(window: int, skip_gram: bool) -> None:
    compare(case(sentences=3, longest=10), "baseline", window=window, skip_gram=skip_gram)


@pytest.mark.parametrize("block", [1, 2, 7, 8, 100, 2**31 - 1])
@pytest.mark.parametrize("skip_gram", [True, False])
def test_every_length_of_blocks(block: int, skip_gram: bool) -> None:
    compare(case(sentences=9, longest=20), "baseline", block=block, skip_gram=skip_gram)


@pytest.mark.parametrize("block", [0, -1])
def test_blocks_are_not_empty(block: int) -> None:
    with pytest.raises(ValueError, match="block must be at least 1, got"):
        case().rows(case().matrices()[1], block)


@pytest.mark.parametrize(
    "sentences", [[[3]], [[3, 3]], [[0, 0, 0, 1, 0, 0]], [[1], [2], [1, 2]], [[5, 6] * 20]]
)
@pytest.mark.parametrize("skip_gram", [True, False])
def test_words_that_come_again(sentences: list[list[int]], skip_gram: bool) -> None:
    compare(replace(case(), sentences=sentences), "baseline", skip_gram=skip_gram)


@pytest.mark.parametrize("skip_gram", [True, False])
@pytest.mark.parametrize("length", [63, 64, 65, 200, 40_000])
def test_words_with_many_ngrams(length: int, skip_gram: bool) -> None:
    given = case(sentences=2, longest=6)
    draw = np.random.default_rng(1)
    for word in 0, 1, V - 1:
        given.bags[word] = draw.integers(0, N, length).tolist()
    given.sentences += [[0, 1, 2, 3, 0, V - 1]]
    matrices = given.matrices()
    for matrix in matrices:
        matrix *= 1e-3  # each row of a bag gets the whole step: hold them small
    run(core(given, matrices, skip_gram=skip_gram))
    assert all(np.isfinite(matrix).all() for matrix in matrices)


def test_words_without_ngrams_are_trained_as_without_subwords() -> None:
    given = replace(case(), bags=[[] for _ in range(V)])
    for method in METHODS:
        with_bags, plain = given.matrices(), given.matrices()
        run(core(given, with_bags, **method))
        run(core(given, plain, ngrams=None, **method))
        np.testing.assert_allclose(with_bags[0], plain[0], atol=1e-5)
        np.testing.assert_array_equal(with_bags[1], plain[1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("workers", [2, 4])
def test_several_workers_learn_about_the_same(workers: int, method: dict[str, bool]) -> None:
    given = case(sentences=4000, longest=30)
    alone, together = given.matrices(), given.matrices()
    run(core(given, alone, **method))
    training = core(given, together, workers=workers, **method)
    run(training, workers)
    assert training.predictions > 0
    for one, many in zip(alone, together, strict=True):
        assert np.isfinite(many).all()
        assert abs(one).max() / 3 < abs(many).max() < abs(one).max() * 3


@pytest.mark.parametrize("method", METHODS)
def test_a_row_may_stand_for_several(method: dict[str, bool]) -> None:
    """Rows that are in the same bags are equal, and stay so: one of them is enough."""
    draw = np.random.default_rng(5)
    fewer = [draw.integers(0, 10, draw.integers(0, 5)).tolist() for _ in range(V)]
    own = draw.integers(0, 3, V)  # n-grams that only this word has
    all_bags, first = [], 20
    for bag, more in zip(fewer, own, strict=True):
        # The n-gram 2 i stands for itself and 2 i + 1.
        all_bags.append(
            [2 * row + k for row in bag for k in (0, 1)] + list(range(first, first + more))
        )
        first += more
    whole, part = replace(case(3), bags=all_bags), replace(case(3), bags=fewer)
    many, few = whole.matrices(), whole.matrices()
    many[1] = rows(max(first, N))
    few[1] = rows(10)
    few[1][:, :10] = draw.uniform(-0.7, 0.7, (10, 10))
    many[1][:20] = np.repeat(few[1], 2, axis=0)
    many[1][20:first] = np.repeat(few[0], own, axis=0)
    counts = np.full(len(part.listed), 2, np.float32)
    sizes = (np.diff(whole.offsets) + 1).astype(np.int32)
    run(core(whole, many, **method))
    ngrams = NgramRows(few[1], part.offsets, part.listed, counts, sizes, STEPS, BLOCK)
    run(core(part, few, ngrams=ngrams, **method))
    np.testing.assert_allclose(few[0], many[0], atol=1e-4)
    np.testing.assert_allclose(np.repeat(few[1], 2, axis=0), many[1][:20], atol=1e-4)
    np.testing.assert_allclose(np.repeat(few[0], own, axis=0), many[1][20:first], atol=1e-4)
    np.testing.assert_allclose(few[2], many[2], atol=1e-4)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"weights": rows(0)}, "there must be 1 to"),
    ({"weights": rows(N, 32)}, r"n-grams must have shape \(0, 16\), got"),
    ({"weights": rows(N, shift=1)}, "n-grams must start at a multiple of 64 bytes"),
    ({"offsets": [0, 1]}, "n-gram offsets must"),
    ({"offsets": [0] * (V + 1)}, "n-gram offsets must rise from 0 to"),
    ({"listed": [N]}, f"the rows of n-grams must be from 0 to {N - 1}"),
    ({"listed": [-1]}, f"the rows of n-grams must be from 0 to {N - 1}"),
    ({"sizes": np.zeros(V, np.int32)}, "bags not empty"),
    ({"sizes": np.ones(V - 1, np.int32)}, f"and the sizes of {V} bags"),
    ({"counts": np.ones(1, np.float32)}, "counts of rows"),
]


@pytest.mark.parametrize(("changed", "says"), BAD)
def test_ngrams_that_do_not_fit_are_refused(changed: dict[str, Any], says: str) -> None:
    given = case()
    listed = given.listed.copy()
    if "listed" in changed:
        listed[0] = changed["listed"][0]
    offsets = np.array(changed.get("offsets", given.offsets), np.int64)
    ones, sizes = np.ones(len(listed), np.float32), np.ones(V, np.int32)
    given_rows = (changed.get("weights", rows(N)), offsets, listed)
    ngrams = NgramRows(*given_rows, changed.get("counts", ones), changed.get("sizes", sizes))
    with pytest.raises(ValueError, match=says):
        core(given, given.matrices(), ngrams=ngrams)


def test_several_workers_need_the_steps_of_ngrams() -> None:
    given = case()
    ones, sizes = np.ones(len(given.listed), np.float32), np.diff(given.offsets) + 1
    ngrams = NgramRows(rows(N), given.offsets, given.listed, ones, sizes.astype(np.int32))
    with pytest.raises(ValueError, match=f"several workers need the steps of {N} n-grams"):
        core(given, given.matrices(), ngrams=ngrams, workers=2)


def test_neither_locks_nor_blocks_go_with_ngrams() -> None:
    given, ones = case(), np.ones(V)
    blocks = _core.Blocks(ones, ones)
    for more in {"locks": ones.astype(np.float32)}, {"blocks": blocks}, {"virtual": True}:
        with pytest.raises(ValueError, match="with n-grams has neither locks, blocks nor virtual"):
            core(given, given.matrices(), **more)
