"""Training with documents: the native loops against the reference, on every instruction set."""

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from cases import rows
from numpy.typing import NDArray
from reference import documents as reference
from small_trainings import ALPHA, SEED, V, run, targets_of_noise, targets_of_tree, training

from fastvec import _core
from fastvec._core import Control, Documents, Training

N = 7
STEPS = np.ones(V, np.float32)


@dataclass
class Case:
    """Sentences, and the documents that each of them belongs to."""

    sentences: list[list[int]]
    tags: list[list[int]]
    size: int = 10
    matrices: list[NDArray[np.float32]] = field(init=False)

    def __post_init__(self) -> None:
        draw, stride = np.random.default_rng(1), -(-self.size // 16) * 16
        self.matrices = [rows(count, stride) for count in (V, N, V)]
        most = 2 / np.sqrt(self.size)
        for matrix in self.matrices:
            matrix[:, : self.size] = draw.uniform(-most, most, (len(matrix), self.size))

    @property
    def starts(self) -> NDArray[np.int64]:
        return np.cumsum([0, *map(len, self.tags)], dtype=np.int64)

    @property
    def listed(self) -> NDArray[np.int32]:
        return np.array([tag for tags in self.tags for tag in tags], np.int32)


def case(seed: int = 0, size: int = 10, most_tags: int = 1, longest: int = 40) -> Case:
    """No window has a word twice, of which the kernels add two steps one after the other."""
    draw = np.random.default_rng(seed)
    text = [
        np.resize(draw.permutation(V - 1), draw.integers(0, longest)).tolist() for _ in range(N)
    ]
    text[1] = [3]  # without context
    lowest = 1 if most_tags == 1 else 0
    tags = [draw.permutation(N)[: draw.integers(lowest, most_tags + 1)].tolist() for _ in range(N)]
    return Case(text, tags, size)


def core(case: Case, alone: bool, tree: bool = False, **options: Any) -> Training:
    words, documents, outputs = case.matrices
    given = {"documents": Documents(documents, case.starts, case.listed, alone)} | options
    return training(case.sentences, words, outputs, STEPS, tree, vector_size=case.size, **given)


MODES = {
    "dbow": {"alone": True, "skip_gram": True},
    "dbow_apart": {"alone": True, "skip_gram": True, "shared_negatives": False},
    "dbow_words": {"alone": False, "skip_gram": True},
    "dm_mean": {"alone": False, "skip_gram": False},
    "dm_sum": {"alone": False, "skip_gram": False, "cbow_mean": False},
}


def method_of(mode: dict[str, bool], tree: bool) -> reference.Method:
    targets = targets_of_tree if tree else targets_of_noise
    mean, shared = mode.get("cbow_mean", True), mode.get("shared_negatives", True)
    noise = None if tree else V - 1
    return reference.Method(targets, 3, mode["alone"], mode["skip_gram"], mean, noise, shared)


def compare(case: Case, simd: str, mode: dict[str, bool], tree: bool = False) -> None:
    size = case.size
    words, documents, outputs = (matrix[:, :size].astype(float) for matrix in case.matrices)
    wanted, wanted_outputs, loss = reference.train(
        np.vstack([words, documents]), outputs, case.sentences,
        [[V + tag for tag in tags] for tags in case.tags], ALPHA, method_of(mode, tree), SEED,
    )  # fmt: skip
    training = core(case, tree=tree, simd=simd, **mode)
    run(training)
    found = np.vstack([matrix[:, :size] for matrix in case.matrices[:2]])
    lost = 0.1 if simd.endswith("bf16") else 1e-4
    np.testing.assert_allclose(found, wanted, atol=lost, rtol=lost)
    np.testing.assert_allclose(case.matrices[2][:, :size], wanted_outputs, atol=lost, rtol=lost)
    assert training.loss == pytest.approx(loss, rel=max(lost, 1e-5))


@pytest.mark.parametrize("tree", [False, True])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("simd", _core.simd_names())
def test_an_epoch_is_that_of_the_reference(simd: str, mode: str, tree: bool) -> None:
    compare(case(), simd, MODES[mode], tree)
    compare(case(3, 100, most_tags=3), simd, MODES[mode], tree)
    compare(case(4, 301, most_tags=1, longest=9), simd, MODES[mode], tree)


@pytest.mark.parametrize("simd", _core.simd_names())
def test_a_noise_word_may_be_a_word_of_the_group(simd: str) -> None:
    some = case(8, 20, most_tags=2)
    some.sentences[0] = [V - 1, 3, 5]
    some.sentences[2] = [V - 1] * 30
    compare(some, simd, MODES["dbow"])
    compare(Case([[V - 1]] * 16, [[i % N] for i in range(16)]), simd, MODES["dbow"])


@pytest.mark.parametrize("mode", ["dbow", "dm_mean", "dm_sum"])
def test_many_tags(mode: str) -> None:
    compare(case(5, most_tags=N), _core.simd_names()[0], MODES[mode])


def test_a_long_document_stays_whole() -> None:
    long = Case([[1, 2] * 20_000, [3, 4, 5]], [[2], [3]])
    before = long.matrices[1].copy()
    training = core(long, **MODES["dbow"])
    run(training)
    moved = np.flatnonzero((long.matrices[1] != before).any(axis=1))
    assert moved.tolist() == [2, 3]
    assert training.predictions == 2 * 40_003


@pytest.mark.parametrize("mode", MODES)
def test_several_workers_train_each_document(mode: str) -> None:
    many = Case([[1, 2, 3, 4] * 100] * 500, [[i % N] for i in range(500)])
    before = [matrix.copy() for matrix in many.matrices]
    training = core(many, workers=3, **MODES[mode])
    run(training, 3)
    assert np.isfinite(training.loss)
    assert (many.matrices[1] != before[1]).any(axis=1).all()
    assert (many.matrices[0] != before[0]).any() == (not MODES[mode]["alone"])


# --- inference


def inferred(
    case: Case, mode: dict[str, bool], workers: int = 1, **how: Any
) -> NDArray[np.float32]:
    given = {"epochs": 3, "alpha": 0.1, "min_alpha": 0.02} | how
    simd, tree = given.pop("simd", "baseline"), given.pop("tree", False)
    count = len(case.sentences)
    found = rows(count, case.matrices[0].shape[1])
    own = Documents(found, np.arange(count + 1), np.arange(count, dtype=np.int32), mode["alone"])
    training = core(
        case, tree=tree, workers=workers, simd=simd, documents=own, inferring=True, **mode
    )
    training.start_epoch(0, 0, 1)
    control = Control(workers)
    threads = [
        threading.Thread(target=training.infer, args=(i, control), kwargs=given)
        for i in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found[:, : case.size]


INFERRING = ["dbow", "dbow_apart", "dm_mean", "dm_sum"]


@pytest.mark.parametrize("tree", [False, True])
@pytest.mark.parametrize("mode", INFERRING)
@pytest.mark.parametrize("simd", _core.simd_names())
def test_inference_is_that_of_the_reference(simd: str, mode: str, tree: bool) -> None:
    for size in 10, 100, 301:
        given = case(6, size)
        given.sentences[0] = [V - 1, 3, V - 1, 5]
        before = [matrix.copy() for matrix in given.matrices]
        start = inferred(given, MODES[mode], alpha=1e-30, min_alpha=1e-30, simd=simd, tree=tree)
        found = inferred(given, MODES[mode], simd=simd, tree=tree)
        for matrix, old in zip(given.matrices, before, strict=True):
            np.testing.assert_array_equal(matrix, old)
        words, _, outputs = (matrix[:, :size].astype(float) for matrix in given.matrices)
        method = method_of(MODES[mode], tree)
        for i, sentence in enumerate(given.sentences):
            wanted = reference.infer(
                words, outputs, start[i].astype(float), sentence, [0.1, 0.06, 0.02], method
            )
            lost = 0.1 if simd.endswith("bf16") else 1e-4
            np.testing.assert_allclose(found[i], wanted, rtol=lost, atol=lost * 0.2)


def test_vectors_begin_as_small_numbers() -> None:
    given = case(6)
    start = inferred(given, MODES["dbow"], alpha=1e-30, min_alpha=1e-30)
    there = np.array([len(sentence) > 0 for sentence in given.sentences])
    assert not start[~there].any()
    assert np.abs(start[there]).max() <= 0.1
    assert np.abs(start[there]).min(axis=1).max() < 0.05
    assert len(np.unique(start[there])) == start[there].size


@pytest.mark.parametrize("mode", INFERRING)
def test_a_vector_depends_on_the_document_alone(mode: str) -> None:
    draw = np.random.default_rng(2)
    text = [draw.integers(0, V, draw.integers(1, 90)).tolist() for _ in range(60)]
    options: dict[str, Any] = {"shrink_windows": True}
    together = inferred(Case(text, [[0]] * 60), MODES[mode] | options)
    several = inferred(Case(text[::-1], [[0]] * 60), MODES[mode] | options, workers=3)
    np.testing.assert_array_equal(several[::-1], together)
    alone = inferred(Case(text[7:8], [[0]]), MODES[mode] | options)
    np.testing.assert_array_equal(alone[0], together[7])


# --- arrays that do not fit


@pytest.mark.parametrize(
    ("tags", "starts", "says"),
    [
        ([0, N], [0, 1, 2], f"tags must be from 0 to {N - 1}"),
        ([0, -1], [0, 1, 2], "tags must be from 0"),
        ([0, 1], [0, 2], "starts of tags must have 3 entries"),
        ([0, 1], [0, 1, 3], "starts of tags must rise from 0 to 2"),
        ([0, 1], [0, 2, 1], "starts of tags must rise from 0 to 2"),
    ],
)
def test_tags_that_do_not_fit_are_refused(tags: list[int], starts: list[int], says: str) -> None:
    given = Case([[1, 2], [3]], [[0], [1]])
    documents = Documents(given.matrices[1], np.array(starts), np.array(tags, np.int32), True)
    with pytest.raises(ValueError, match=says):
        core(given, True, documents=documents)


def test_rows_that_do_not_fit_are_refused() -> None:
    given = Case([[1, 2]], [[0]])
    for bad in rows(N, 32), rows(N, shift=1):
        documents = Documents(bad, given.starts, given.listed, True)
        with pytest.raises(ValueError, match="documents must"):
            core(given, True, documents=documents)


def test_only_documents_are_inferred() -> None:
    given = Case([[1, 2], [3]], [[1], [0]])
    for alone, says in (True, "only one row of each sentence"), (False, "only one row"):
        with pytest.raises(ValueError, match=says):
            core(given, alone, inferring=True)
    with pytest.raises(ValueError, match="inference needs documents"):
        core(given, True, documents=None, inferring=True)
    training = core(given, True)
    with pytest.raises(ValueError, match="no worker 0 infers"):
        training.infer(0, Control(1), 1, 0.1, 0.1)


@pytest.mark.parametrize("name", ["starts", "tags"])
def test_tags_that_change_do_no_harm(name: str) -> None:
    given = Case([[1, 2]] * 50, [[0, 1]] * 50)
    arrays = {"starts": given.starts, "tags": given.listed}
    documents = Documents(given.matrices[1], arrays["starts"], arrays["tags"], False)
    training = core(given, False, documents=documents)
    arrays[name][::2] = 1 << 30
    arrays[name][1::2] = -5
    run(training)
    assert np.isfinite(training.loss)
