"""Exclusive blocks in the native core: the same steps as the reference, and the right noise."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
import pytest
from cases import one_shard, rows, word2vec_training
from numpy.typing import NDArray
from reference import blocks as reference

from fastvec._core import MOST_BLOCK_WORDS, Blocks, Control, Training, simd_names

KEEP_ALL = 2**32 - 1


def zipf(words: int, tokens: int, seed: int = 0) -> NDArray[np.int32]:
    """Random words, of which word i occurs about 1 / (i + 10) as often."""
    weights = 1 / (np.arange(words) + 10)
    return np.random.default_rng(seed).choice(words, tokens, p=weights / weights.sum()).astype("i4")


def training(tokens: NDArray[np.int32], offsets: NDArray[np.int64], **changed: Any) -> Any:
    """A Training in blocks, and its arrays."""
    counts = np.maximum(np.bincount(tokens), 1)
    words = len(counts)
    given: dict[str, Any] = {
        "tokens": tokens, "offsets": offsets, "vectors": rows(words), "outputs": rows(words),
        "nodes": None, "keep": np.full(words, KEEP_ALL, np.uint32),
        "noise": one_shard(counts**0.75),
    }  # fmt: skip
    if "vectors" not in changed:
        given["vectors"][:, :10] = np.random.default_rng(2).uniform(-0.5, 0.5, (words, 10))
    shares = counts / counts.sum()
    options = {name: changed.pop(name) for name in list(changed) if name not in given}
    given |= changed
    blocks = Blocks(shares, counts**0.75)
    return word2vec_training(given, blocks=blocks, **options), given, blocks


def run(trainer: Training, alpha: tuple[float, float], seed: int = 1, **more: Any) -> Control:
    """One epoch on as many threads as the training has workers."""
    trainer.start_epoch(*alpha, seed, **more)
    control = Control(trainer.n_workers)
    threads = [
        threading.Thread(target=trainer.run, args=(worker, control))
        for worker in range(trainer.n_workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return control


WORDS, LENGTH = 1100, 75_000
KEEP = (np.linspace(0.05, 0.5, WORDS) * KEEP_ALL).astype(np.uint32)


def two_segments() -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32]]:
    """Tokens and offsets for two segments and four blocks; how the rows of both matrices begin."""
    tokens = zipf(WORDS, LENGTH)
    tokens[:WORDS] = np.arange(WORDS)
    start = np.random.default_rng(1).uniform(-0.5, 0.5, (2, WORDS, 10)).astype(np.float32)
    return tokens, np.append(np.arange(0, LENGTH, 60), LENGTH), start


@functools.cache
def reference_rows(negative: int) -> tuple[reference.Floats, reference.Floats]:
    tokens, offsets, start = two_segments()
    counts = np.bincount(tokens)
    epoch = reference.Epoch(
        [part.tolist() for part in np.split(tokens, offsets[1:-1])], KEEP.tolist(),
        (counts / counts.sum()).tolist(), (counts**0.75).tolist(), 4, negative, 2,
        (float(np.float32(0.05)), float(np.float32(0.01))), 1,
    )  # fmt: skip
    return reference.train(epoch, *start)


@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize("negative", [5, 12])
def test_the_steps_are_those_of_the_reference(simd: str, negative: int) -> None:
    """Some words are dealt one by one, others in bricks."""
    tokens, offsets, start = two_segments()
    vectors, outputs = rows(WORDS), rows(WORDS)
    vectors[:, :10], outputs[:, :10] = start
    trainer, _, blocks = training(
        tokens, offsets, vectors=vectors, outputs=outputs, keep=KEEP, negative=negative, simd=simd
    )
    assert blocks.n == 4
    run(trainer, (0.05, 0.01))
    most = 0.02 if simd.endswith("bf16") else 2e-4
    for got, want, before in zip((vectors, outputs), reference_rows(negative), start, strict=True):
        moved = np.linalg.norm(want - before)
        assert np.linalg.norm(got[:, :10] - want) < most * moved


def test_noise_words_are_drawn_as_often_as_their_weights_say() -> None:
    """Rows that hardly move count what was drawn: every pair adds to its centre word, every noise
    word loses as much for each pair."""
    words, length, epochs = 2100, 150_000, 30
    tokens = zipf(words, length)
    tokens[:words] = np.arange(words)
    counts = np.bincount(tokens)
    vectors, alpha, window = rows(words), 1e-7, 2
    vectors[:, :10] = 1
    trainer, given, blocks = training(
        tokens, np.array([0, length]), vectors=vectors, workers=2, window=window, vector_size=1,
        shrink_windows=False, negative=5, simd="baseline",
    )  # fmt: skip
    assert blocks.n == 8
    for epoch in range(epochs):
        run(trainer, (alpha, alpha), seed=epoch)
    pieces = -(-length // 10_000)  # sentences are cut: fewer pairs at each cut
    pairs = 2 * window * counts * epochs
    lost = pairs - given["outputs"][:, 0] / (alpha / 2)
    total = 5 * (2 * window * length - pieces * window * (window + 1)) * epochs
    assert lost.sum() == pytest.approx(total, rel=0.01)
    share, expected = lost / lost.sum(), counts**0.75 / (counts**0.75).sum()
    # A word is not noise where it is the centre.
    expected *= 1 - counts / counts.sum()
    expected /= expected.sum()
    np.testing.assert_allclose(share[:20], expected[:20], rtol=0.1)
    for part in np.array_split(np.arange(words), 10):
        assert share[part].sum() == pytest.approx(expected[part].sum(), rel=0.03)
    assert np.corrcoef(share, expected)[0, 1] > 0.995


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"skip_gram": False}, "only skip-gram with negative sampling"),
        ({"layers": []}, "one output layer or more"),
        ({"nodes": rows(2)}, "only skip-gram with negative sampling"),
        ({"blocks": Blocks(np.ones(4), np.ones(4))}, "blocks must be of 3 words, at most"),
    ],
)
def test_what_cannot_be_trained_in_blocks_is_refused(changed: dict[str, Any], says: str) -> None:
    given = {"nodes": changed.pop("nodes", None)}
    with pytest.raises(ValueError, match=says):
        word2vec_training(given, **({"blocks": Blocks(np.ones(3), np.ones(3))} | changed))


@pytest.mark.parametrize(
    ("shares", "noise"),
    [
        ([1.0, 1], [1.0]),
        ([1.0, -1], [1.0, 1]),
        ([1.0, np.nan], [1.0, 1]),
        ([1.0, 1], [1.0, 0]),
        ([1.0, 1], [1.0, np.inf]),
    ],
)
def test_shares_and_noise_that_are_none_are_refused(
    shares: list[float], noise: list[float]
) -> None:
    with pytest.raises(ValueError, match="every word must have a share"):
        Blocks(np.array(shares), np.array(noise))


def test_blocks_belong_to_one_training() -> None:
    blocks = Blocks(np.ones(3), np.ones(3))
    assert blocks.n == 0
    word2vec_training({"nodes": None}, blocks=blocks)
    assert blocks.n == 1
    with pytest.raises(ValueError, match="belong to another Training"):
        word2vec_training({"nodes": None}, blocks=blocks)


@pytest.mark.parametrize(
    ("words", "blocks"), [(1, 1), (511, 1), (512, 2), (8191, 16), (8192, 32), (50_000, 32)]
)
def test_the_number_of_blocks_follows_from_that_of_words(words: int, blocks: int) -> None:
    trainer, _, made = training(np.arange(words, dtype=np.int32), np.array([0, words]))
    run(trainer, (0.05, 0.01))
    assert made.n == blocks
    assert words < MOST_BLOCK_WORDS


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    ("name", "start", "step"),
    [("tokens", -5, 0), ("tokens", 1 << 30, 0), ("offsets", 9000, -9000), ("offsets", 1 << 40, 1),
     ("offsets", -(1 << 40), 1), ("offsets", 0, 1 << 40)],
)  # fmt: skip
def test_a_corpus_that_changes_does_no_harm(name: str, start: int, step: int, workers: int) -> None:
    tokens = np.zeros(60_000, np.int32)
    tokens[:3] = [0, 1, 2]
    trainer, given, _ = training(tokens, np.arange(0, 60_001, 10), workers=workers)
    given[name][:] = start + step * (np.arange(len(given[name])) % 2)
    run(trainer, (0.05, 0.01))
    assert np.isfinite(trainer.loss)


def test_workers_that_come_one_after_another_share_the_work() -> None:
    tokens = zipf(600, 9000)
    tokens[:600] = np.arange(600)
    both = []
    for workers in 1, 4:
        trainer, given, _ = training(tokens, np.array([0, 9000]), workers=workers)
        trainer.start_epoch(0.05, 0.01, 1)
        control = Control(workers)
        for worker in range(workers):
            trainer.run(worker, control)
        both.append((given["vectors"].tobytes(), trainer.loss, control.total(0), control.total(1)))
    assert both[0] == both[1]
    assert both[0][2:] == (9000, 9000)


def test_a_pause_ends_with_a_segment_and_changes_nothing() -> None:
    tokens = zipf(600, 200_000)
    tokens[:600] = np.arange(600)
    whole, given, _ = training(tokens, np.arange(0, 200_001, 20))
    run(whole, (0.05, 0.01))
    parts, again, _ = training(tokens, np.arange(0, 200_001, 20))
    next_chunk, loss, predictions, passed = 0, 0.0, 0, 0
    while next_chunk < 20:
        parts.start_epoch(0.05, 0.01, 1, loss, predictions)
        control = Control(1, next_chunk)
        thread = threading.Thread(target=parts.run, args=(0, control))
        thread.start()
        while control.total() == 0 and thread.is_alive():
            pass
        control.pause()
        thread.join()
        next_chunk, loss, predictions = control.next, parts.loss, parts.predictions
        passed += control.total()
    assert passed == 200_000
    assert (loss, predictions) == (whole.loss, whole.predictions)
    np.testing.assert_array_equal(given["vectors"], again["vectors"])


def test_after_a_stop_the_rows_have_what_was_learned() -> None:
    tokens = zipf(600, 400_000)
    tokens[:600] = np.arange(600)
    trainer, given, _ = training(tokens, np.arange(0, 400_001, 20), workers=2)
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
    assert given["outputs"][:50].any(axis=1).all()
