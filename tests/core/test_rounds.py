"""Virtual workers in the native core: the same steps as the plainest way to write them."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from cases import one_shard, rows, word2vec_training
from numpy.typing import NDArray
from reference import word2vec as reference

from fastvec._core import Control, Training, simd_names
from fastvec.models.huffman import huffman_paths

CHUNK, BATCH, WORDS = 10_000, 64, 40
KEEP_ALL = 2**32 - 1


def text(chunks: int, seed: int = 0) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Chunks of which only the last 180 words or so are in sentences of more than one word."""
    rng = np.random.default_rng(seed)
    weights = 1 / (np.arange(WORDS) + 3)
    tokens = rng.choice(WORDS, chunks * CHUNK, p=weights / weights.sum()).astype(np.int32)
    single = np.arange(CHUNK) < CHUNK - 180
    starts = np.flatnonzero(np.tile(single | (np.arange(CHUNK) % 9 == 0), chunks))
    return tokens, np.append(starts, len(tokens)).astype(np.int64)


def arrays(tokens: NDArray[np.int32], offsets: NDArray[np.int64]) -> dict[str, Any]:
    counts = np.bincount(tokens, minlength=WORDS)
    paths = huffman_paths(counts, np.arange(WORDS, dtype=np.int32))
    given = {
        "tokens": tokens, "offsets": offsets, "vectors": rows(WORDS), "outputs": rows(WORDS),
        "nodes": rows(WORDS - 1), "keep": np.full(WORDS, KEEP_ALL, np.uint32),
        "noise": one_shard(counts**0.75),
        **dict(zip(("path_offsets", "path_rows", "path_signs"), paths, strict=True)),
    }  # fmt: skip
    rng = np.random.default_rng(2)
    for name in "vectors", "outputs", "nodes":
        given[name][:, :10] = rng.uniform(-0.5, 0.5, (len(given[name]), 10))
    return given


def run(trainer: Training, control: Control | None = None, **more: Any) -> Control:
    """One epoch on as many threads as the training has workers."""
    trainer.start_epoch(0.05, 0.01, 1, **more)
    control = control or Control(trainer.n_workers)
    threads = [
        threading.Thread(target=trainer.run, args=(worker, control))
        for worker in range(trainer.n_workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return control


def merged(row: NDArray[Any], copies: list[NDArray[Any]], rare: bool) -> NDArray[Any]:
    """A row after the changes of its copies: their sum, if the row is rarely updated."""
    changes = np.array(copies) - row
    total = changes.sum(axis=0)
    share = (changes**2).sum() / max((total**2).sum(), 1e-30)
    return row + total * (1 if rare else min(1, share))


def reference_rows(given: dict[str, Any], skip_gram: bool, rare: bool) -> list[NDArray[Any]]:
    """The vectors and nodes after an epoch with a tree; no window is shrunk, no word left out."""
    tokens, offsets = given["tokens"], given["offsets"]
    matrices = [given[name][:, :10].astype(float) for name in ("vectors", "nodes")]
    ends = {int(end) for end in offsets}
    step = reference.skipgram if skip_gram else reference.cbow

    def window(at: int) -> NDArray[np.int64]:
        around = [*range(at - 1, max(at - 3, -1), -1)], [*range(at + 1, min(at + 3, len(tokens)))]
        left, right = [], []
        for i in around[0]:
            if i + 1 in ends:
                break
            left.append(i)
        for i in around[1]:
            if i in ends:
                break
            right.append(i)
        return tokens[left[::-1] + right].astype(np.int64)

    chunks = len(tokens) // CHUNK
    rounds = -(-CHUNK // BATCH)
    for turn in range(rounds):
        each = []
        for chunk in range(chunks):
            own = [matrix.copy() for matrix in matrices]
            for i in range(CHUNK * turn // rounds, CHUNK * (turn + 1) // rounds):
                at = chunk * CHUNK + i
                inputs = window(at)
                if len(inputs) == 0:
                    continue
                path = slice(*given["path_offsets"][tokens[at] : tokens[at] + 2])
                labels = (given["path_signs"][path] + 1.0) / 2
                alpha = 0.05 - 0.04 * at / len(tokens)
                nodes = given["path_rows"][path].astype(np.int64)
                own[0], own[1], _ = step(*own, inputs, nodes, labels, alpha)
            each.append(own)
        matrices = [
            np.array(
                [merged(row, [own[which][i] for own in each], rare) for i, row in enumerate(old)]
            )
            for which, old in enumerate(matrices)
        ]
    return matrices


@pytest.mark.parametrize(
    ("skip_gram", "updates"), [(True, None), (True, 1e-6), (False, None), (False, 1e-6)]
)
def test_the_steps_are_those_of_the_reference(skip_gram: bool, updates: float | None) -> None:
    tokens, offsets = text(3)
    expected = reference_rows(arrays(tokens, offsets), skip_gram, updates is not None)
    steps = None if updates is None else np.full(WORDS, updates, np.float32)
    for simd in simd_names():
        given = arrays(tokens, offsets)
        before = [given[name][:, :10].copy() for name in ("vectors", "nodes")]
        run(word2vec_training(
            given | {"outputs": None}, virtual=True, workers=2, skip_gram=skip_gram, simd=simd,
            shrink_windows=False, steps=(steps, None, steps),
        ))  # fmt: skip
        # Skip-gram updates several words at once, also where some of them are the same.
        most = 0.02 if skip_gram or simd.endswith("bf16") else 2e-4
        for name, want, start in zip(("vectors", "nodes"), expected, before, strict=True):
            moved = np.linalg.norm(want - start)
            assert np.linalg.norm(given[name][:, :10] - want) < most * moved


@pytest.mark.parametrize("skip_gram", [True, False])
def test_one_chunk_with_a_tree_is_trained_as_always(skip_gram: bool) -> None:
    tokens, offsets = text(1)
    both = []
    for virtual in False, True:
        given = arrays(tokens, offsets) | {"outputs": None}
        trainer = word2vec_training(given, virtual=virtual, skip_gram=skip_gram)
        run(trainer)
        both.append((given["vectors"].tobytes(), given["nodes"].tobytes(), trainer.loss))
    assert both[0] == both[1]


def test_workers_that_come_one_after_another_share_the_work() -> None:
    both = []
    for workers in 1, 4:
        given = arrays(*text(18))
        trainer = word2vec_training(given, virtual=True, workers=workers, skip_gram=False)
        trainer.start_epoch(0.05, 0.01, 1)
        control = Control(workers)
        for worker in range(workers):
            trainer.run(worker, control)
        both.append((given["vectors"].tobytes(), trainer.loss, control.total(0), control.total(1)))
    assert both[0] == both[1]
    assert both[0][2:] == (180_000, 180_000)


def test_a_pause_ends_with_the_chunks_that_were_begun_and_changes_nothing() -> None:
    given, again = arrays(*text(40)), arrays(*text(40))
    whole = word2vec_training(given, virtual=True)
    run(whole)
    parts = word2vec_training(again, virtual=True, workers=2)
    stops, loss, predictions = [0], 0.0, 0
    while stops[-1] < 40:
        control = Control(2, stops[-1])
        control.pause()
        run(parts, control, loss=loss, predictions=predictions)
        loss, predictions = parts.loss, parts.predictions
        stops.append(control.next)
    assert stops == [0, 16, 32, 48]
    assert (loss, predictions) == (whole.loss, whole.predictions)
    for name in "vectors", "outputs", "nodes":
        np.testing.assert_array_equal(given[name], again[name])


def test_a_stop_ends_a_round_and_the_next_epoch_is_as_always() -> None:
    trainer = word2vec_training(arrays(*text(17)), virtual=True, workers=2)
    trainer.start_epoch(0.05, 0.01, 1)
    control = Control(2)
    threads = [threading.Thread(target=trainer.run, args=(i, control)) for i in range(2)]
    for thread in threads:
        thread.start()
    while control.total() == 0:
        pass
    control.stop()
    for thread in threads:
        thread.join()
    assert run(trainer).total() == 170_000
    assert np.isfinite(trainer.loss)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    ("name", "start", "step"),
    [("tokens", -5, 0), ("tokens", 1 << 30, 0), ("offsets", 9000, -9000), ("offsets", 1 << 40, 1),
     ("offsets", -(1 << 40), 1), ("offsets", 0, 1 << 40)],
)  # fmt: skip
def test_a_corpus_that_changes_does_no_harm(name: str, start: int, step: int, workers: int) -> None:
    given = arrays(*text(6))
    trainer = word2vec_training(given, virtual=True, workers=workers)
    given[name][:] = start + step * (np.arange(len(given[name])) % 2)
    run(trainer)
    assert np.isfinite(trainer.loss)
