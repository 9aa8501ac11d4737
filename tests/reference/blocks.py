"""The reference of exclusive blocks: one epoch in float64, tile after tile, on one worker.

Everything is drawn as the native code draws it (csrc/word2vec/blocks.h says what a block, a half
block, a tile, a round and a segment are), so that all steps are the same and in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from reference.word2vec import Floats, contexts, sigmoid, splitmix64

from fastvec._core import build_alias

CHUNK, FIRST_CHUNKS, SLICE = 10_000, 7, 1 << 16
BRICK, SINGLE_WORDS, TRIES = 16, 1024, 8
PAIRS, SHARED, MOST_INPUTS = 16, 6, 10
HASH_A, HASH_B, MASK = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, (1 << 64) - 1
Pair = tuple[int, int]  # the centre word and the context word


class Random:
    """The generator of the native code."""

    def __init__(self, state: int) -> None:
        self.state = state & MASK

    def bits(self) -> int:
        """64 random bits."""
        self.state, bits = splitmix64(self.state)
        return bits

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, from the upper half of 64 random bits."""
        return (self.bits() >> 32) * n >> 32


def mixed(a: int, b: int) -> int:
    """The two halves of a product, mixed."""
    product = (a & MASK) * (b & MASK)
    return (product ^ product >> 64) & MASK


@dataclass
class Epoch:
    """What an epoch is trained with: the arguments of the native code."""

    sentences: Sequence[Sequence[int]]
    keep: Sequence[int]
    shares: Sequence[float]
    noise: Sequence[float]
    blocks: int
    negative: int
    window: int
    alpha: tuple[float, float]
    seed: int


def deal(loads: Sequence[float], blocks: int, random: Random) -> list[list[int]]:
    """The words of each block by their places; -1 where there is none."""
    dealt, places = [0.0] * blocks, [list[int]() for _ in range(blocks)]

    def together(words: Sequence[int]) -> None:
        tries = [random.below(blocks) for _ in range(TRIES)]
        best = min(tries, key=lambda block: dealt[block])  # the first of several
        for word in words:
            dealt[best] += loads[word]
            places[best].append(word)

    single = min(len(loads), SINGLE_WORDS)
    rest = len(loads) - (len(loads) - single) % BRICK
    for word in [*range(single), *range(rest, len(loads))]:
        together([word])
    for words in places:
        words += [-1] * (-len(words) % BRICK)
    for first in range(single, rest, BRICK):
        together(range(first, first + BRICK))
    return places


def pairs_of_chunk(epoch: Epoch, chunk: int) -> list[Pair]:
    """The pairs of the sentences that start in a chunk, all of them shorter than it."""
    random = Random(epoch.seed ^ chunk * HASH_B)
    kept, start = [], 0
    for sentence in epoch.sentences:
        if chunk * CHUNK <= start < (chunk + 1) * CHUNK:
            kept.append([w for w in sentence if random.bits() & 0xFFFFFFFF <= epoch.keep[w]])
        start += len(sentence)
    pairs = []
    for sentence in kept:
        for i, centre in enumerate(sentence):
            reach = 1 + ((random.bits() & 0xFFFFFFFF) * epoch.window >> 32)
            pairs += [(centre, context) for context in contexts(sentence, i, reach)]
    return pairs


class Noise:
    """The noise words of one half block."""

    def __init__(self, epoch: Epoch, words: Sequence[int]) -> None:
        total = whole = 0.0
        for weight in epoch.noise:
            whole += weight
        weights = [0.0 if word < 0 else epoch.noise[word] for word in words]
        for weight in weights:
            total += weight
        self.words = words
        if words:
            self.draws = np.float32(epoch.negative * (total / whole) * (2 * epoch.blocks))
            self.largest = np.float32(max(weights) / total)
            self.table = np.empty((len(words), 2), np.uint32)
            build_alias(np.array(weights), self.table)

    def at_a_time(self, alpha: np.float32) -> int:
        """How many pairs share noise words of this half block."""
        most = PAIRS
        while self.words and most > 4:
            if np.float32(most) * self.draws * self.largest * alpha <= 1:
                break
            most //= 2
        return most

    def draw(self, random: Random) -> dict[int, int]:
        """The noise words of a group of pairs, and how often each was drawn."""
        chance = np.float32(random.bits() >> 40) * np.float32(2.0**-24)
        drawn: dict[int, int] = {}
        for _ in range(int(self.draws + chance) if self.words else 0):
            bits = random.bits()
            column = (bits >> 32) * len(self.words) >> 32
            threshold, other = self.table[column].tolist()
            word = self.words[column if bits & 0xFFFFFFFF <= threshold else other]
            drawn[word] = drawn.get(word, 0) + 1
        return drawn


def step(
    vectors: Floats, outputs: Floats, pairs: Sequence[Pair], drawn: dict[int, int], alpha: float
) -> None:
    """One step on pairs that share noise words, in place.

    All steps are computed from the values before; rows that are in several pairs move one pair
    after another.
    """
    noise, weights = list(drawn), np.array(list(drawn.values()), float)
    before = outputs[noise].copy()
    own = [alpha * (1 - sigmoid(vectors[x] @ outputs[c])) for c, x in pairs]
    shared = [-alpha * weights * sigmoid(before @ vectors[x]) for _, x in pairs]
    for (centre, context), a, b in zip(pairs, own, shared, strict=True):
        x = vectors[context].copy()
        vectors[context] += a * outputs[centre] + b @ before
        outputs[centre] += a * x
        outputs[noise] += np.outer(b, x)


def train_group(
    vectors: Floats, outputs: Floats, pairs: Sequence[Pair], drawn: dict[int, int], alpha: float
) -> None:
    """The step on a group of pairs; noise words beyond the sixth take a step of their own."""
    words = list(drawn)
    step(vectors, outputs, pairs, {word: drawn[word] for word in words[:SHARED]}, alpha)
    for word in words[SHARED:]:
        noise_step(vectors, outputs, [context for _, context in pairs], word, alpha * drawn[word])


def noise_step(
    vectors: Floats, outputs: Floats, contexts: Sequence[int], word: int, alpha: float
) -> None:
    """Tell rows from a noise word, in place, some of them at a time."""
    parts = -(-len(contexts) // MOST_INPUTS)
    most = len(contexts) if parts == 1 else (-(-len(contexts) // parts) + 1) // 2 * 2
    for first in range(0, len(contexts), most):
        inputs = contexts[first : first + most]
        before = outputs[word].copy()
        steps = [-alpha * sigmoid(vectors[x] @ before) for x in inputs]
        for x, g in zip(inputs, steps, strict=True):
            old = vectors[x].copy()
            vectors[x] += g * before
            outputs[word] += g * old


def shuffle(pairs: list[Any], random: Random) -> None:
    """Put pairs, or whatever else, in random order (Fisher-Yates)."""
    for i in range(len(pairs) - 1, 0, -1):
        j = random.below(i + 1)
        pairs[i], pairs[j] = pairs[j], pairs[i]


def train_halves(
    vectors: Floats, outputs: Floats, halves: Sequence[tuple[list[Pair], Noise]], alpha: np.float32,
    random: Random,
) -> None:  # fmt: skip
    """The pairs of both halves of a tile: the half that is behind the other comes next."""
    (a, noise_a), (b, noise_b) = halves
    done_a = done_b = 0
    while done_a < len(a) or done_b < len(b):
        if done_a == len(a) or (done_b < len(b) and done_b * len(a) < done_a * len(b)):
            group = b[done_b : done_b + noise_b.at_a_time(alpha)]
            drawn = noise_b.draw(random)
            done_b += len(group)
        else:
            group = a[done_a : done_a + noise_a.at_a_time(alpha)]
            drawn = noise_a.draw(random)
            done_a += len(group)
        train_group(vectors, outputs, group, drawn, float(alpha))


def train_segment(
    epoch: Epoch, vectors: Floats, outputs: Floats, first: int, last: int, words: int, n_tokens: int
) -> None:
    """Train the chunks first .. last, which have so many words, in place."""
    n = epoch.blocks
    whole = 0.0
    for weight in epoch.noise:
        whole += weight
    loads = [list(epoch.shares), []]
    for share, weight in zip(epoch.shares, epoch.noise, strict=True):
        loads[1].append(share + weight / whole)
    seeds = [epoch.seed ^ mixed(HASH_B + first, HASH_A + which) for which in (0, 1)]
    inputs, halves = (deal(loads[i], (n, 2 * n)[i], Random(seeds[i])) for i in (0, 1))
    block_of = {word: block for block, words in enumerate(inputs) for word in words}
    half_of = {word: half for half, words in enumerate(halves) for word in words}
    noise = [Noise(epoch, words) for words in halves]
    tiles: dict[tuple[int, int], list[Pair]] = {}
    for chunk in range(first, last):
        for centre, context in pairs_of_chunk(epoch, chunk):
            tiles.setdefault((block_of[context], half_of[centre]), []).append((centre, context))
    for task in range(n * n):
        turn, block = divmod(task, n)
        a, b = (block + turn) % n, n + (block + 3 * turn) % n
        done = first * CHUNK + words * (turn + 0.5) / n
        alpha = np.float32(epoch.alpha[0] + (epoch.alpha[1] - epoch.alpha[0]) * done / n_tokens)
        random = Random(epoch.seed ^ mixed(HASH_A + first, HASH_B + task))
        lists = [tiles.get((block, half), []) for half in (a, b)]
        assert max(map(len, lists)) <= SLICE
        for pairs in lists:
            shuffle(pairs, random)
        train_halves(vectors, outputs, [(lists[0], noise[b]), (lists[1], noise[a])], alpha, random)


def train(epoch: Epoch, vectors: NDArray[Any], outputs: NDArray[Any]) -> tuple[Floats, Floats]:
    """The vectors and outputs after an epoch that is the first of a training."""
    vectors, outputs = vectors.astype(float), outputs.astype(float)
    ends = np.cumsum([len(sentence) for sentence in epoch.sentences])
    starts, tokens = ends - [len(sentence) for sentence in epoch.sentences], int(ends[-1])
    chunks, first = -(-tokens // CHUNK), 0
    while first < chunks:
        last = min(first + max(FIRST_CHUNKS, first // 2), chunks)
        inside = (starts >= first * CHUNK) & (starts < last * CHUNK)
        words = int((ends - starts)[inside].sum())
        train_segment(epoch, vectors, outputs, first, last, words, tokens)
        first = last
    return vectors, outputs
