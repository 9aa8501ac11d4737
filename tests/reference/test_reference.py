"""The reference against mathematics: gradients by two-sided differences, codes by Kraft's sum."""

import heapq
import itertools
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from reference import documents, subwords
from reference import word2vec as reference
from reference.word2vec import Floats

ALPHA = 1e-3
COUNTS = st.lists(st.integers(1, 1000), min_size=1, max_size=80).map(
    lambda counts: sorted(counts, reverse=True)
)


def gradient(function: Callable[[Floats], float], at: Floats, step: float = 1e-5) -> Floats:
    """The derivative of a number with respect to an array, by two-sided differences."""
    result = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[index] += step
        down[index] -= step
        result[index] = (function(up) - function(down)) / (2 * step)
    return result


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize(("m", "n", "d"), [(1, 1, 1), (1, 6, 5), (7, 6, 4), (3, 11, 9)])
def test_update_goes_down_the_gradient(rng: np.random.Generator, m: int, n: int, d: int) -> None:
    inputs, outputs = rng.normal(size=(m, d)), rng.normal(size=(n, d))
    labels = rng.integers(0, 2, n).astype(float)
    new_inputs, new_outputs, cost = reference.update(inputs, outputs, labels, ALPHA)
    by_inputs = gradient(lambda x: reference.loss(x, outputs, labels), inputs)
    by_outputs = gradient(lambda x: reference.loss(inputs, x, labels), outputs)
    assert_allclose(new_inputs, inputs - ALPHA * by_inputs, atol=1e-11)
    assert_allclose(new_outputs, outputs - ALPHA * by_outputs, atol=1e-11)
    assert cost == reference.loss(inputs, outputs, labels)
    assert reference.loss(new_inputs, new_outputs, labels) < cost


def test_loss_is_minus_log_probability() -> None:
    inputs, outputs = np.array([[2.0]]), np.array([[0.5], [-1.0]])
    expected = -np.log(reference.sigmoid(np.array(1.0))) - np.log(reference.sigmoid(np.array(2.0)))
    assert reference.loss(inputs, outputs, np.array([1.0, 0.0])) == pytest.approx(expected)


def test_saturated_pairs_stay_finite_and_keep_their_gradient() -> None:
    inputs, outputs = np.array([[1000.0], [-1000.0]]), np.array([[1.0]])
    moved, _, cost = reference.update(inputs, outputs, np.array([1.0]), 0.5)
    assert cost == pytest.approx(1000)
    assert_allclose(moved, [[1000.0], [-999.5]])  # the wrong pair gets the full step


def window(rng: np.random.Generator) -> tuple[Floats, Floats]:
    return rng.normal(size=(9, 4)), rng.normal(size=(9, 4))


CONTEXTS = np.array([3, 1, 3, 8])  # word 3 stands twice in the window
LISTS = {
    "negative sampling": reference.negative_list(2, [5, 0, 2, 5]),  # 2 is the centre, 5 twice
    "hierarchical softmax": reference.tree_list(np.array([0, 1, 1]), np.array([7, 4, 0])),
}


@pytest.mark.parametrize("targets_and_labels", LISTS.values(), ids=LISTS.keys())
def test_skipgram_goes_down_the_gradient(
    rng: np.random.Generator, targets_and_labels: tuple[reference.Ints, Floats]
) -> None:
    vectors, outputs = window(rng)
    targets, labels = targets_and_labels

    def cost(vectors: Floats, outputs: Floats) -> float:
        return reference.loss(vectors[CONTEXTS], outputs[targets], labels)

    new_vectors, new_outputs, before = reference.skipgram(
        vectors, outputs, CONTEXTS, targets, labels, ALPHA
    )
    assert before == pytest.approx(cost(vectors, outputs))
    by_vectors = gradient(lambda x: cost(x, outputs), vectors)
    by_outputs = gradient(lambda x: cost(vectors, x), outputs)
    assert_allclose(new_vectors, vectors - ALPHA * by_vectors, atol=1e-11)
    assert_allclose(new_outputs, outputs - ALPHA * by_outputs, atol=1e-11)


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize("targets_and_labels", LISTS.values(), ids=LISTS.keys())
def test_cbow_goes_down_the_gradient(
    rng: np.random.Generator,
    targets_and_labels: tuple[reference.Ints, Floats],
    mean: bool,
    corrected: bool,
) -> None:
    vectors, outputs = window(rng)
    targets, labels = targets_and_labels

    def cost(vectors: Floats, outputs: Floats) -> float:
        hidden = reference.cbow_hidden(vectors, CONTEXTS, mean)
        return reference.loss(hidden, outputs[targets], labels)

    new_vectors, new_outputs, before = reference.cbow(
        vectors, outputs, CONTEXTS, targets, labels, ALPHA, mean, corrected
    )
    assert before == pytest.approx(cost(vectors, outputs))
    times = len(CONTEXTS) if mean and not corrected else 1  # word2vec.c's mean is C times too much
    by_vectors = times * gradient(lambda x: cost(x, outputs), vectors)
    by_outputs = gradient(lambda x: cost(vectors, x), outputs)
    assert_allclose(new_vectors, vectors - ALPHA * by_vectors, atol=1e-11)
    assert_allclose(new_outputs, outputs - ALPHA * by_outputs, atol=1e-11)


def test_pairs_are_updated_one_after_the_other(rng: np.random.Generator) -> None:
    vectors, outputs = window(rng)
    lists = [reference.negative_list(2, noise) for noise in ([5, 0], [5, 5], [1, 3], [2, 2])]
    expected = vectors.copy(), outputs.copy()
    total = 0.0
    for context, (targets, labels) in zip(CONTEXTS, lists, strict=True):
        before = expected[0][context].copy()
        for j in range(len(targets)):
            score = before @ expected[1][targets[j]]
            total += float(np.log1p(np.exp(-score if labels[j] else score)))
        rows = expected[1][targets]
        steps = ALPHA * (labels - 1 / (1 + np.exp(-rows @ before)))
        for step, target, row in zip(steps, targets, rows, strict=True):
            expected[0][context] += step * row
            expected[1][target] += step * before
    got = reference.skipgram_by_pairs(vectors, outputs, CONTEXTS, lists, ALPHA)
    assert_allclose(got[0], expected[0], rtol=1e-13)
    assert_allclose(got[1], expected[1], rtol=1e-13)
    assert got[2] == pytest.approx(total)
    batched = reference.skipgram(vectors, outputs, CONTEXTS, *lists[0], ALPHA)
    assert not np.allclose(got[0], batched[0], rtol=1e-9)


def test_a_noise_word_that_is_the_centre_is_left_out() -> None:
    targets, labels = reference.negative_list(4, [4, 1, 4, 2])
    assert targets.tolist() == [4, 1, 2]
    assert labels.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("position", "reach", "expected"),
    [(0, 2, [11, 12]), (2, 1, [11, 13]), (4, 9, [10, 11, 12, 13]), (2, 2, [10, 11, 13, 14])],
)
def test_contexts(position: int, reach: int, expected: list[int]) -> None:
    assert reference.contexts([10, 11, 12, 13, 14], position, reach) == expected


def optimal_cost(counts: list[int]) -> int:
    """Bits that the best prefix code needs for the whole text: the sum of all merges."""
    heap, total = list(counts), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        total += merged
        heapq.heappush(heap, merged)
    return total


@given(COUNTS, st.randoms())
def test_huffman_is_an_optimal_prefix_code(counts: list[int], random: Random) -> None:
    paths = reference.huffman(counts, random.sample(range(len(counts)), len(counts)))
    lengths = [len(code) for code, _ in paths]
    assert sum(2.0**-length for length in lengths) == 1  # Kraft: complete and without overlap
    assert sum(np.multiply(counts, lengths)) == optimal_cost(counts)
    words = {"".join(map(str, code)) for code, _ in paths}
    assert len(words) == len(counts)
    assert not any(a != b and b.startswith(a) for a in words for b in words)


@given(COUNTS)
def test_huffman_nodes_are_decided_from_the_root_down(counts: list[int]) -> None:
    paths = reference.huffman(counts, range(len(counts)))
    branch: dict[str, int] = {}
    for code, nodes in paths:
        assert len(nodes) == len(code)
        assert all(nodes[:1] == len(counts) - 2)
        assert all(np.diff(nodes) < 0)  # a node is made after its children
        for depth, node in enumerate(nodes):
            prefix = "".join(map(str, code[:depth]))
            assert branch.setdefault(prefix, int(node)) == node
    assert sorted(branch.values()) == list(range(len(counts) - 1))


def test_huffman_of_a_small_vocabulary_by_hand() -> None:
    # 1 + 1 = 2 (node 0), then the leaf with 2 and that node: 4 (node 1), then that node, which
    # begins with a word before the leaf with 5: 9 (node 2, the root).
    paths = reference.huffman([5, 2, 1, 1], [2, 3, 4, 1])
    codes = [(code.tolist(), nodes.tolist()) for code, nodes in paths]
    assert codes == [([1], [2]), ([0, 1], [2, 1]), ([0, 0, 1], [2, 1, 0]), ([0, 0, 0], [2, 1, 0])]


def test_huffman_siblings_are_neighbours() -> None:
    def siblings(order: Sequence[int]) -> list[str]:
        codes = ["".join(map(str, code)) for code, _ in reference.huffman([1] * 4, order)]
        return [codes[order.index(i)] for i in range(4)]

    for order in itertools.permutations(range(4)):
        assert siblings(order) == ["00", "01", "10", "11"]


def test_keep_probability_is_that_of_word2vec_c() -> None:
    counts = np.array([900, 90, 10])
    assert_allclose(
        reference.keep_probability(counts, 1e-2),
        [np.sqrt(10 / 900) + 10 / 900, np.sqrt(10 / 90) + 10 / 90, 1],
    )
    assert reference.keep_probability(counts, 0).tolist() == [1, 1, 1]


def test_noise_distribution() -> None:
    counts = np.array([16, 1, 81])
    assert_allclose(reference.noise_distribution(counts), np.array([8, 1, 27]) / 36)
    assert_allclose(reference.noise_distribution(counts, 0), [1 / 3] * 3)
    assert_allclose(reference.noise_distribution(counts, -1)[1] / 1, 1 / (1 + 1 / 16 + 1 / 81))


def test_learning_rate_is_a_line_with_a_floor() -> None:
    rates = [reference.learning_rate(done, 100, 0.5, 0.1) for done in (0, 25, 50, 100, 120)]
    assert_allclose(rates, [0.5, 0.4, 0.3, 0.1, 0.1])


def test_splitmix64_gives_the_published_numbers() -> None:
    state, got = 1234567, []
    for _ in range(5):
        state, number = reference.splitmix64(state)
        got.append(number)
    assert got == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


BAGS = [[0, 2, 2], [], [1], [0, 1, 2, 3]]


@pytest.mark.parametrize("word", range(4))
def test_a_bag_moves_as_its_mean_does(rng: np.random.Generator, word: int) -> None:
    words, ngrams, bag = rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), BAGS[word]
    before, step = subwords.mean(words, ngrams, bag, word), rng.normal(size=3)
    subwords.spread(words, ngrams, bag, word, step)
    times = [1, *(bag.count(row) for row in bag)]  # a row that is listed twice gets it twice
    after = subwords.mean(words, ngrams, bag, word)
    assert_allclose(after, before + step * np.mean(times))


@pytest.mark.parametrize("mean", [True, False])
def test_the_input_of_cbow_is_the_mean_of_all_rows(rng: np.random.Generator, mean: bool) -> None:
    words, ngrams = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    contexts = [0, 3, 1, 3]
    means = np.stack([subwords.mean(words, ngrams, BAGS[word], word) for word in contexts])
    sizes = np.array([1 + len(BAGS[word]) for word in contexts])
    rows = [row for word in contexts for row in (words[word], *ngrams[BAGS[word]])]
    expected = np.mean(rows, axis=0) if mean else np.sum(rows, axis=0)
    assert_allclose(subwords.cbow_input(means, sizes, mean)[0], expected)


@pytest.mark.parametrize("skip_gram", [True, False])
def test_the_rows_of_a_bag_go_down_the_gradient(rng: np.random.Generator, skip_gram: bool) -> None:
    """Each row moves by its own gradient, times the rows that the mean is made of (fastText)."""
    words, ngrams, outputs = (rng.normal(size=(n, 3)) for n in (4, 5, 4))
    sentence, labels = [2, 3], np.array([1.0, 0.0])

    def cost(words: Floats, ngrams: Floats) -> float:
        first, second = (subwords.mean(words, ngrams, BAGS[word], word) for word in sentence)
        inputs = zip((second, first), sentence, strict=True)  # each predicts the other
        return sum(reference.loss(row[None], outputs[[word, 0]], labels) for row, word in inputs)

    by_words = gradient(lambda x: cost(x, ngrams), words)
    by_ngrams = gradient(lambda x: cost(words, x), ngrams)
    model = subwords.Model(words.copy(), ngrams.copy(), outputs.copy(), BAGS)
    method = subwords.Method(
        lambda word: (np.array([word, 0]), labels), 1e-7, window=1, skip_gram=skip_gram
    )
    subwords.train(model, [sentence], method)
    moved = (words - model.words) / 1e-7, (ngrams - model.ngrams) / 1e-7
    sizes = {word: 1 + len(BAGS[word]) for word in sentence}
    for word in sentence:
        assert_allclose(moved[0][word], sizes[word] * by_words[word], rtol=1e-4)
    for row in 2, 3:  # n-grams of word 3 alone
        assert_allclose(moved[1][row], sizes[3] * by_ngrams[row], rtol=1e-4)


@pytest.mark.parametrize("noise", [8, 5])  # 5 is the word of a pair
def test_documents_that_share_a_noise_word_go_down_the_gradient(
    rng: np.random.Generator, noise: int
) -> None:
    vectors, outputs = window(rng)
    pairs = [(2, 0), (5, 1), (3, 7)]

    def cost(vectors: Floats, outputs: Floats) -> float:
        lists = [reference.negative_list(word, [noise]) for word, _ in pairs]
        return sum(
            reference.loss(vectors[[row]], outputs[targets], labels)
            for (targets, labels), (_, row) in zip(lists, pairs, strict=True)
        )

    by_vectors = gradient(lambda x: cost(x, outputs), vectors)
    by_outputs = gradient(lambda x: cost(vectors, x), outputs)
    moved, rows = vectors.copy(), outputs.copy()
    found = documents.stream_step(moved, rows, pairs, noise, ALPHA)
    assert found == pytest.approx(cost(vectors, outputs), rel=1e-3)  # a clash comes later
    assert_allclose(moved, vectors - ALPHA * by_vectors, atol=1e-5)
    assert_allclose(rows, outputs - ALPHA * by_outputs, atol=1e-5)


def test_a_new_document_goes_down_the_gradient(rng: np.random.Generator) -> None:
    vectors, outputs = window(rng)
    words, noise = [2, 5, 3, 5], 3

    def cost(row: Floats) -> float:
        lists = [reference.negative_list(word, [noise]) for word in words]
        return sum(reference.loss(row[None], outputs[targets], labels) for targets, labels in lists)

    moved = documents.infer_words(vectors[0], outputs, words, noise, ALPHA)
    assert_allclose(moved, vectors[0] - ALPHA * gradient(cost, vectors[0]), atol=1e-11)
