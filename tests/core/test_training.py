"""The native trainer takes only arrays that fit together."""

import threading
from typing import Any

import numpy as np
import pytest
from cases import WORDS, arrays, one_shard, rows, word2vec_training
from numpy.typing import NDArray

from fastvec._core import (
    CHUNK_TOKENS,
    Control,
    NegativeSampling,
    fill_paths,
)


def test_good_arrays_train() -> None:
    trainer = word2vec_training({})
    trainer.start_epoch(0.05, 0.01, 1)
    trainer.run(0, Control(1))
    assert trainer.predictions > 0
    assert trainer.loss > 0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("tokens", [0, 1, 3, 0, 1], "token ids must be from 0 to 2"),
        ("tokens", [0, 1, -1, 0, 1], "token ids must be from 0 to 2"),
        ("tokens", [0, 1, 2, 0], "sentence offsets must rise from 0 to 4"),
        ("offsets", [0, 6, 5], "sentence offsets must rise from 0 to 5"),
        ("offsets", [1, 3, 5], "sentence offsets must rise from 0 to 5"),
        ("vectors", rows(WORDS - 1), "vectors must"),
        ("vectors", rows(WORDS, shift=1), "vectors must"),
        ("vectors", rows(WORDS, 8), "rows of 8 floats cannot hold vector_size 10"),
        ("outputs", rows(WORDS - 1), "outputs must"),
        ("outputs", rows(WORDS, 32), "outputs must"),
        ("nodes", rows(WORDS - 2), "nodes must"),
        ("path_offsets", [0, 1, 3], "path offsets must have 4 entries"),
        ("path_offsets", [0, 1, 3, 6], "paths must stay inside"),
        ("path_offsets", [0, 3, 1, 5], "paths must stay inside"),
        ("path_rows", [0, 1, 0, 1, 2] + [0] * 16, "paths must stay inside"),
        ("path_rows", [0, 1, 0, 1, 0] + [7] * 16, "paths must stay inside"),
        ("path_rows", [0, 1, 0, 1, 0], "16 entries longer"),
        ("path_signs", [1, 1, 1, 1, 1], "16 entries longer"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, value: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        word2vec_training(
            {name: np.asarray(value, arrays()[name].dtype) if isinstance(value, list) else value}
        )


@pytest.mark.parametrize("name", ["noise", "path_offsets", "path_rows", "path_signs"])
def test_a_method_without_its_table_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must"):
        word2vec_training({name: None})


def test_an_instruction_set_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"simd must be one of .*, got 'mmx'"):
        word2vec_training({}, simd="mmx")


def test_a_layer_is_given_once() -> None:
    layer = NegativeSampling(rows(WORDS), one_shard([1.0] * WORDS), 2)
    for layers in [], [layer, layer]:
        with pytest.raises(ValueError, match="one output layer or more, each of another kind"):
            word2vec_training({}, layers=layers)


def test_several_workers_need_the_steps_of_every_row() -> None:
    with pytest.raises(ValueError, match="several workers need the steps of 3 vectors"):
        word2vec_training({}, workers=2)


def trained(
    locks: list[float] | None, tokens: list[int], workers: int = 1, **options: int
) -> NDArray[np.float32]:
    """What the vectors of three words become, and how they began."""
    draw = np.random.default_rng(0)
    given = arrays() | {"tokens": np.array(tokens, np.int32), "offsets": np.array([0, len(tokens)])}
    for name in "vectors", "outputs", "nodes":
        given[name][:, :10] = draw.uniform(-0.5, 0.5, (len(given[name]), 10))
    steps = np.ones(WORDS, np.float32)
    more = {"locks": None if locks is None else np.array(locks, np.float32), "steps": (steps,) * 3}
    before = given["vectors"].copy()
    trainer = word2vec_training(given, workers=workers, **options, **more)
    trainer.start_epoch(0.05, 0.01, 1)
    control = Control(workers)
    threads = [threading.Thread(target=trainer.run, args=(i, control)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given["vectors"] - before


METHODS = [
    {"skip_gram": skip_gram, "negative": negative, "shared_negatives": shared}
    for skip_gram, negative, shared in [(1, 2, 1), (1, 2, 0), (1, 0, 1), (0, 2, 1), (0, 0, 1)]
]


@pytest.mark.parametrize("method", METHODS)
def test_locks_of_one_change_nothing(method: dict[str, int]) -> None:
    tokens = [0, 1, 2, 1, 0, 0, 2] * 20
    np.testing.assert_array_equal(
        trained([1, 1, 1], tokens, **method), trained(None, tokens, **method)
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_locked_row_takes_its_part_of_a_step(method: dict[str, int]) -> None:
    free = trained(None, [0, 1], **method)  # each word is once the input of the other
    for part in 0, 0.25, 2:
        locked = trained([1, part, 1], [0, 1], **method)
        np.testing.assert_allclose(locked[1], part * free[1], rtol=1e-4, atol=1e-7)
        np.testing.assert_array_equal(locked[0], free[0])


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("method", METHODS)
def test_a_row_of_lock_0_is_never_written(method: dict[str, int], workers: int) -> None:
    tokens = np.random.default_rng(1).integers(0, WORDS, 100_000).tolist()
    moved = trained([1, 0, 1], tokens, workers, window=8, **method)
    assert not moved[1].any()
    assert moved[0].any()
    assert moved[2].any()


def test_there_is_a_lock_for_every_word() -> None:
    with pytest.raises(ValueError, match="locks must have 3 entries, got 2"):
        trained([1, 0], [0, 1])


@pytest.mark.parametrize("skip_gram", [True, False])
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("negative", [5, 64, 65, 80, 1000])
def test_all_negatives_are_trained_on(negative: int, shared: bool, skip_gram: bool) -> None:
    words, alpha = 5000, 1e-6
    outputs, vectors = rows(words), rows(words)
    outputs[:, :10] = 1
    given: dict[str, Any] = {
        "tokens": np.array([0, 1], np.int32), "offsets": np.array([0, 2]), "vectors": vectors,
        "outputs": outputs, "nodes": None, "keep": np.full(words, 2**32 - 1, np.uint32),
        "noise": one_shard([0.0, 0.0] + [1.0] * (words - 2)),  # no centre is drawn
    }  # fmt: skip
    trainer = word2vec_training(
        given, negative=negative, shared_negatives=shared, skip_gram=skip_gram, window=1
    )
    trainer.start_epoch(alpha, alpha, 1)
    trainer.run(0, Control(1))
    # From a vector of zeros, whose probabilities are all one half.
    expected = np.full((2, 10), alpha * (0.5 - 0.5 * negative))
    np.testing.assert_allclose(vectors[:2, :10], expected, rtol=0.01)


@pytest.mark.parametrize("chunks", [1, 2, 9])
def test_noise_comes_from_the_shard_of_the_chunk(chunks: int) -> None:
    words, seed = 300, 1
    shards = [np.append([0, 1], np.arange(2 + shard, words, 3)) for shard in range(3)]
    tables = [one_shard([1.0] * len(shard))[0] for shard in shards]
    for table, shard in zip(tables, shards, strict=True):
        table[:, 1] = shard[table[:, 1]]
    starts = np.cumsum([0, *map(len, shards)])
    given: dict[str, Any] = {
        "tokens": np.arange(chunks * CHUNK_TOKENS, dtype=np.int32) % 2,
        "offsets": np.arange(0, chunks * CHUNK_TOKENS + 1, 100),
        "vectors": rows(words), "outputs": rows(words), "nodes": None,
        "keep": np.full(words, 2**32 - 1, np.uint32),
        "noise": (np.concatenate(tables), np.concatenate(shards).astype(np.int32), starts),
    }  # fmt: skip
    given["vectors"][:, :10] = 1
    trainer = word2vec_training(given, negative=5)
    trainer.start_epoch(0.001, 0.001, seed)
    trainer.run(0, Control(1))
    used = {(chunk + seed) % 3 for chunk in range(chunks)}
    drawn = np.unique(np.concatenate([shards[i] for i in used]))
    np.testing.assert_array_equal(np.flatnonzero(given["outputs"].any(axis=1)), drawn)


FINE = [[0, 0], [0, 1], [0, 2]]


@pytest.mark.parametrize(
    ("columns", "words", "starts", "says"),
    [
        (FINE[:2], [0, 1, 2], [0, 3], r"tables of noise must have shape \(3, 2\)"),
        ([[0]] * 3, [0, 1, 2], [0, 3], r"tables of noise must have shape \(3, 2\)"),
        ([[0, 0], [0, 3], [0, 1]], [0, 1, 2], [0, 3], "noise words must be from 0 to 2"),
        ([[0, 0], [0, 1], [0, 2**31]], [0, 1, 2], [0, 2, 3], "noise words must be from 0 to 2"),
        (FINE, [0, 1, 3], [0, 3], "noise words must be from 0 to 2"),
        (FINE, [0, -1, 2], [0, 3], "noise words must be from 0 to 2"),
        *[
            (FINE, [0, 1, 2], starts, "shards of noise must rise from 0 to 3")
            for starts in ([], [0], [3], [0, 2], [1, 3], [0, 0, 3], [0, 3, 3], [0, 4, 3])
        ],
        (FINE, [0, 1, 2], [0, 2**62, 3], "shards of noise must rise from 0 to 3"),
        (FINE, [0, 1, 2], [0, -(2**62), 3], "shards of noise must rise from 0 to 3"),
    ],
)
def test_noise_that_does_not_fit_is_refused(
    columns: list[list[int]], words: list[int], starts: list[int], says: str
) -> None:
    noise = np.array(columns, np.uint32), np.array(words, np.int32), np.array(starts, np.int64)
    with pytest.raises(ValueError, match=says):
        word2vec_training({"noise": noise})


@pytest.mark.parametrize(
    ("parents", "offsets"),
    [
        ([3, 3, 4, 5, 0], [0, 2, 4, 5]),
        ([3, 3, 0, 4, 0], [0, 2, 4, 5]),
        ([3, 3, 4, 4, 0], [-(1 << 28), 2, 4, 5]),
        ([3, 3, 4, 4, 0], [0, 1, 4, 5]),
        ([3, 3, 4, 4, 0], [0, 2, 4, 4]),
        ([3, 3, 4, 4, 0], [0, 2, 4, 6]),
        ([3, 3, 4, 4, 0], [0, 2, 4, 2**63 - 1]),
    ],
)
def test_paths_of_no_tree_are_refused(parents: list[int], offsets: list[int]) -> None:
    bit, rows, signs = np.zeros(5, np.uint8), np.zeros(22, np.int32), np.zeros(22, np.float32)
    with pytest.raises(ValueError, match=r"must|too short"):
        fill_paths(np.array(parents, np.int32), bit, np.array(offsets), rows, signs)


def test_the_core_refuses_none() -> None:
    trainer = word2vec_training({})
    with pytest.raises(TypeError, match="Argument 'control' has incorrect type"):
        trainer.run(0, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    ("name", "start", "step"),
    [("tokens", -5, 0), ("tokens", 1 << 30, 0), ("offsets", 9000, -9000), ("offsets", 1 << 40, 1),
     ("offsets", -(1 << 40), 1), ("offsets", 0, 1 << 40)],
)  # fmt: skip
def test_a_corpus_that_changes_does_no_harm(name: str, start: int, step: int, workers: int) -> None:
    tokens = np.zeros(60_000, np.int32)
    given = {"tokens": tokens, "offsets": np.arange(0, 60_001, 10)}
    steps = [np.ones(WORDS, np.float32)] * 3
    trainer = word2vec_training(given, workers=workers, steps=steps)
    given[name][:] = start + step * (np.arange(len(given[name])) % 2)
    trainer.start_epoch(0.05, 0.01, 1)
    control = Control(workers)
    for i in range(workers):
        trainer.run(i, control)
    assert np.isfinite(trainer.loss)


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_end_before_a_chunk(workers: int) -> None:
    tokens = np.zeros(5 * CHUNK_TOKENS, np.int32)
    offsets = np.arange(0, len(tokens) + 1, 100)
    steps = [np.ones(WORDS, np.float32)] * 3
    given = {"tokens": tokens, "offsets": offsets}
    trainer = word2vec_training(given, workers=workers, steps=steps)
    trainer.start_epoch(0.05, 0.01, 1)
    control = Control(workers, 1, 3)
    for worker in range(workers):
        trainer.run(worker, control)
    assert control.total() == 2 * CHUNK_TOKENS


def test_what_is_done_elsewhere_is_counted() -> None:
    control = Control(2)
    for column, count in ((0, 5), (1, 3), (0, 2)):
        control.add(column, count)
    assert (control.total(), control.total(1)) == (7, 3)
    with pytest.raises(ValueError, match="column must be from 0 to 15, got 16"):
        control.add(16, 1)
