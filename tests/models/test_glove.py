"""GloVe: the training loop against plain NumPy, and the class around it."""

import copy
import itertools
import pickle

import numpy as np
import pytest
import scipy.sparse
from reference import glove as reference

from fastvec._core import Control, GloveTraining, simd_names
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models import training
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.glove import GloVe
from fastvec.models.glove_run import epoch_order
from fastvec.models.mittens import pull_towards
from fastvec.models.pairs import Pairs
from fastvec.models.tiles import BOTH, LEFT
from fastvec.models.word_records import empty_records
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def random_pairs(n, density=0.2, symmetric=True, seed=0):
    generator = np.random.default_rng(seed)
    matrix = scipy.sparse.random_array((n, n), density=density, rng=generator)
    matrix.data = np.exp(4 * matrix.data)  # 1 to 55
    return Pairs.from_scipy(matrix + matrix.T if symmetric else matrix)


def fitted(pairs, **options):
    options = {"vector_size": 10, "x_max": 10, "epochs": 3, "progress": False} | options
    return GloVe(**options).fit(pairs)


# --- the reference itself


def test_the_reference_s_gradient_is_that_of_its_cost():
    generator = np.random.default_rng(2)
    p = reference.Parameters(*(generator.normal(size=s) for s in ((3, 4), (3, 4), 3, 3)))
    i, j, x, step = 1, 2, 3.7, 1e-6

    def slope(array, place):
        """The two-sided difference of the cost."""
        costs = []
        for sign in (1, -1):
            array[place] += sign * step
            costs.append(reference.cost(p, [(i, j, x)], 10, 0.75))
            array[place] -= sign * step
        return (costs[0] - costs[1]) / (2 * step)

    by_w, by_c, by_b, by_d = reference.gradient(p, i, j, x, 10, 0.75)
    for k in range(4):
        assert slope(p.w, (i, k)) == pytest.approx(by_w[k], rel=1e-6)
        assert slope(p.c, (j, k)) == pytest.approx(by_c[k], rel=1e-6)
        assert slope(p.w, (j, k)) == 0
    assert slope(p.b, i) == pytest.approx(by_b, rel=1e-6)
    assert slope(p.d, j) == pytest.approx(by_d, rel=1e-6)


# --- the training loop against it


def records_as_parameters(records, size):
    """What the native records hold, as the reference's parameters (without the squares)."""
    return reference.Parameters(
        records[:, 0, :size], records[:, 1, :size], records[:, 0, size], records[:, 1, size + 1]
    )


def training_of(pairs, records, size, simd, workers=1, **options):
    options = {"eta": 0.05, "clip": 100.0, "alpha": 0.75, "x_max": 10.0, "strip_bits": 2} | options
    return GloveTraining(
        records,
        pairs.pairs.view(np.uint64),
        pairs.starts,
        pairs.tiles,
        pairs.offsets,
        columns=size + 2,
        workers=workers,
        simd=simd,
        **options,
    )


def entries_in_order(pairs, training, steps, seed):
    """The entries (i, j, log x, f) as an epoch trains on them."""
    for tile in steps:
        block, other, side = pairs.tiles[tile]
        for row, column, log_x, f in training.prepared(tile, seed):
            i, j = pairs.starts[block] + row, pairs.starts[other] + column
            if side != LEFT:
                yield i, j, log_x, f
            if side == LEFT or (side == BOTH and i != j):
                yield j, i, log_x, f


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
    entries = list(entries_in_order(pairs, training, steps, seed))
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


@pytest.mark.parametrize("simd", simd_names())
def test_biases_move_as_glove_c_moves_them(simd):
    pairs = random_pairs(40, symmetric=True)
    records = empty_records(40, 8, 0.05)
    expected = records_as_parameters(records, 8)
    steps, blocks = epoch_order(pairs, records[0].nbytes, np.random.default_rng(1))
    training = training_of(pairs, records, 8, simd)
    training.start_epoch(steps, blocks, np.zeros(len(steps)), 5)
    entries = list(entries_in_order(pairs, training, steps, 5))
    training.run(0, Control(1))
    matrix = pairs.to_scipy()
    for i, j, _, _ in entries:
        x = float(matrix[i, j])
        reference.step(expected, i, j, x, x_max=10, alpha=0.75, eta=0.05, clip=100)
    got = records_as_parameters(records, 8)
    np.testing.assert_allclose(got.b, expected.b, atol=1e-3)
    np.testing.assert_allclose(got.d, expected.d, atol=1e-3)
    assert np.abs(expected.b).max() > 0.5


@pytest.mark.parametrize("simd", simd_names())
def test_logarithms_and_weights(simd):
    x = np.concatenate([np.logspace(-29.9, 29.9, 400), np.linspace(0.9, 1.1, 100), [10, 9.99, 1]])
    n = len(x)
    pairs = Pairs.from_scipy(scipy.sparse.diags_array(x))
    for x_max, alpha in ((10.0, 0.75), (1e-3, 0.0), (1e30, 10.0), (100.0, 1.0)):
        training = training_of(pairs, empty_records(n, 2, 0.05), 2, simd, x_max=x_max, alpha=alpha)
        for tile, (block, _, _) in enumerate(pairs.tiles):
            for row, column, log_x, f in training.prepared(tile, 3):
                value = float(np.float32(x[pairs.starts[block] + row]))
                assert row == column
                assert log_x == pytest.approx(np.log(value), rel=2e-7, abs=2e-7)
                wanted = np.exp2(max(-126, min(0, alpha * np.log2(value / x_max))))
                assert f == pytest.approx(wanted, rel=1e-5 * max(1, alpha))
                assert f <= 1


def test_a_tile_s_order_depends_on_the_seed_and_is_complete():
    pairs = random_pairs(60, 0.5)
    training = training_of(pairs, empty_records(60, 2, 0.05), 2, simd_names()[0])
    for tile in range(len(pairs.tiles)):
        some = pairs.pairs[pairs.offsets[tile] : pairs.offsets[tile + 1]]
        stored = sorted(zip(some["row"].tolist(), some["column"].tolist(), strict=True))
        orders = [[p[:2] for p in training.prepared(tile, seed)] for seed in (1, 2, 1)]
        assert all(sorted(order) == stored for order in orders)
        assert orders[0] == orders[2]
    largest = int(np.argmax(np.diff(pairs.offsets)))
    orders = [[p[:2] for p in training.prepared(largest, seed)] for seed in range(5)]
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
    with pytest.raises(ValueError, match="FASTVEC_SIMD must be one of"):
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
    with pytest.raises(ValueError, match="tile must be from 0"):
        training.prepared(len(steps), 1)


# --- the class


def test_loss_falls_and_is_the_mean_cost():
    pairs = random_pairs(200)
    model = fitted(pairs, epochs=1, eta=1e-6, alpha=0.5)
    start = GloVe(10, x_max=10, eta=1e-6, alpha=0.5)
    start._adopt(pairs)
    start._start(None)
    p = records_as_parameters(start._records, 10)
    entries = pairs.to_scipy().tocoo()
    cost = reference.cost(p, zip(*entries.coords, entries.data, strict=True), 10, 0.5)
    # With a step this small only the biases move.
    assert model.loss_history[0] < cost / entries.nnz
    history = fitted(pairs, epochs=8).loss_history
    assert all(a > b for a, b in itertools.pairwise(history))


def test_first_loss_is_that_of_the_start_when_nothing_moves():
    # Pairs that share no word: each is met once in its first state.
    pairs = Pairs.from_scipy(scipy.sparse.diags_array(np.arange(1.0, 51)))
    model = GloVe(10, x_max=10, epochs=1, progress=False)
    model._adopt(pairs)
    model._start(None)
    p = records_as_parameters(model._records, 10)
    cost = reference.cost(p, [(i, i, i + 1) for i in range(50)], 10, 0.75)
    model.fit(pairs)
    assert model.loss_history == [pytest.approx(cost / 50, rel=1e-5)]


def test_start_is_glove_c_s():
    model = GloVe(20)
    model._adopt(random_pairs(500))
    model._start(None)
    p = records_as_parameters(model._records, 20)
    for values in (p.w, p.c, p.b, p.d):
        assert np.abs(values).max() <= 0.5 / 21
        assert np.abs(values).max() > 0.4 / 21
        assert abs(values.mean()) < 0.01


def test_biases_stand_apart_from_vectors():
    model = fitted(random_pairs(100))
    assert model.word_vectors.shape == (100, 10)
    assert model.word_biases.shape == model.context_biases.shape == (100,)
    records = model._records
    assert np.all(records[:, 0, 11] == 1)
    assert np.all(records[:, 1, 10] == 1)
    assert np.all(records[:, :2, 12:] == 0)
    assert np.abs(model.word_biases).max() > 0.1


@pytest.mark.parametrize("combine", ["sum", "word", "context", "both"])
def test_combinations(combine):
    model = fitted(random_pairs(50), combine=combine)
    w, c = model.word_vectors, model.context_vectors
    wanted = {"sum": w + c, "word": w, "context": c, "both": np.hstack([w, c])}[combine]
    assert np.array_equal(model.wv.vectors, wanted)
    assert model.wv is model.wv


def test_unknown_word_is_the_mean_of_the_rarest():
    model = fitted(random_pairs(150), unk=True)
    assert len(model.wv) == 151
    assert model.wv.index_to_key[-1] == "<unk>"
    np.testing.assert_allclose(model.wv["<unk>"], model.wv.vectors[50:150].mean(axis=0), rtol=1e-5)
    taken = Pairs.from_scipy(np.ones((2, 2)), Words.of(["a", "<unk>"]))
    model = fitted(taken)
    model.unk = True
    for late in (model.train, lambda: model.wv, lambda: fitted(taken, unk=True)):
        model._wv = None
        with pytest.raises(ValueError, match="the vocabulary has <unk>: unk cannot append it"):
            late()
    assert len(model.loss_history) == 3  # not one epoch more


SENTENCES = [["a", "b", "c", "a"], ["c", "b", "d"]] * 30


def test_sources_give_the_same(tmp_path):
    (tmp_path / "text.txt").write_text("".join(" ".join(s) + "\n" for s in SENTENCES))
    options = {"vector_size": 6, "min_count": 1, "epochs": 2, "progress": False, "window": 2}
    with Corpus.read(SENTENCES, min_count=1) as corpus:
        by_corpus = GloVe(**options).fit(corpus)
        words = list(corpus.vocabulary.words)
    matrix = by_corpus.pairs.to_scipy()
    for source, vocabulary in (
        (tmp_path / "text.txt", None),
        (SENTENCES, None),
        (by_corpus.pairs, None),
        (matrix, words),
        (matrix.toarray(), Vocabulary(Words.of(words), np.ones(4, np.int64))),
    ):
        model = GloVe(**options).fit(source, vocabulary)
        assert model.wv.index_to_key == words
        assert np.array_equal(model.wv.vectors, by_corpus.wv.vectors)
    assert GloVe(**options).fit(matrix).wv.index_to_key == ["0", "1", "2", "3"]


def test_tokens_that_are_integers_stay_integers(tmp_path):
    walks = [[7, 5, 3], [7, 3, 9], [5, 0, 9]] * 5
    options = {"vector_size": 4, "epochs": 2, "progress": False, "min_count": 1}
    model = GloVe(**options).fit(walks)
    assert model.wv.index_to_key == [7, 5, 3, 9, 0]
    model.save(tmp_path / "model")
    again = GloVe.load(tmp_path / "model").train(walks)
    assert again.wv.index_to_key == [7, 5, 3, 9, 0]
    with pytest.raises(TypeError, match=r"tokens must be integers, as those of .*, got '7'"):
        again.train([["7"]])
    model.pairs.save(tmp_path / "pairs")
    pairs = Pairs.load(tmp_path / "pairs")
    assert pairs.words.keys() == [7, 5, 3, 9, 0]
    for init in (model.wv, {7: np.ones(4)}, {np.int64(7): np.ones(4)}):
        held = GloVe(**options, mu=100).fit(pairs, init=init).wv
        assert held.similarity(7, 7) == pytest.approx(1)
        assert np.allclose(held[7], init[7], atol=0.1)
    with pytest.raises(ValueError, match="unk must be False where words are integers"):
        GloVe(**options, unk=True).fit(walks)
    matrix = np.ones((2, 2))
    assert GloVe(**options).fit(matrix, [30, 7]).wv.index_to_key == [30, 7]


def test_a_corpus_with_a_given_vocabulary():
    vocabulary = Vocabulary.of({"b": 1, "a": 1})
    model = GloVe(4, epochs=1, progress=False).fit(SENTENCES, vocabulary)
    assert model.wv.index_to_key == ["b", "a"]
    with pytest.raises(TypeError, match="vocabulary must be a Vocabulary"):
        GloVe(4, progress=False).fit(SENTENCES, ["a", "b"])


def test_a_vocabulary_is_never_ignored():
    vocabulary = Vocabulary.of({"b": 1, "a": 1})
    options = {"vector_size": 4, "epochs": 1, "progress": False}
    corpus = Corpus.read(SENTENCES, min_count=1)
    model = GloVe(**options).fit(corpus, vocabulary)
    assert model.wv.index_to_key == ["b", "a"]
    same = GloVe(**options).fit(SENTENCES, vocabulary)
    assert np.array_equal(model.wv.vectors, same.wv.vectors)
    assert np.array_equal(model.train(corpus).wv.vectors, same.train(SENTENCES).wv.vectors)
    assert len(corpus.tokens) == 210  # it is still open
    with pytest.raises(TypeError, match="must not be given with Pairs, which have their words"):
        GloVe(**options).fit(model.pairs, vocabulary)


def test_arrays_of_integers_are_walks():
    options = {"vector_size": 4, "epochs": 1, "progress": False, "min_count": 1}
    square = np.random.default_rng(0).integers(0, 20, (50, 50))
    for walks in (square, square[:, :40], square.astype(np.uint8)):
        model = GloVe(**options).fit(walks)
        assert sorted(model.wv.index_to_key) == list(range(20))
        model.train(walks)
        assert np.array_equal(GloVe(**options).fit(walks.tolist()).pairs.pairs, model.pairs.pairs)
    for matrix in (square.astype(np.float32), scipy.sparse.csr_array(square)):
        assert len(GloVe(**options).fit(matrix).wv) == 50


def test_later_text_is_read_as_the_first_was(tmp_path):
    text, path = tmp_path / "text.txt", tmp_path / "m"
    text.write_text("The Cat, the DOG\n" * 20)
    options = {"vector_size": 4, "epochs": 1, "progress": False, "min_count": 1, "window": 2}
    model = GloVe(**options, lower=True, tokens="words").fit(text)
    model.save(path)
    corpus = Corpus.read(text, min_count=1, lower=True, tokens="words")
    wanted = model.train(text).loss_history
    for other in (GloVe.load(path), GloVe(**options).fit(corpus)):
        assert (other.lower, other.tokens) == (True, "words")
        assert other.train(text).loss_history == wanted
    GloVe(**options, tokens=str.split).fit(text).save(path)
    again = GloVe.load(path)
    with pytest.raises(ValueError, match="tokens must be given again: it was a function"):
        again.train(text)
    again.train(Corpus.read(text, min_count=1))
    again.tokens = str.split
    assert len(again.train(text).loss_history) == 3


def test_training_on_is_the_same_as_training_longer(tmp_path):
    pairs = random_pairs(300, 0.1)
    long = fitted(pairs, epochs=5)
    short = fitted(pairs, epochs=2)
    short.train(epochs=1)
    short.save(tmp_path / "model")
    again = GloVe.load(tmp_path / "model")
    assert again.loss_history == short.loss_history
    assert np.array_equal(again.wv.vectors, short.wv.vectors)
    with pytest.raises(ValueError, match="a loaded model does not have its matrix"):
        again.train()
    again.progress = False
    again.train(pairs, epochs=2)
    assert np.array_equal(again._records, long._records)
    assert again.loss_history == long.loss_history


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_trained(copied):
    sentences = [["a", "b", "c"], ["b", "c", "d"]] * 9
    model = GloVe(vector_size=5, min_count=1, epochs=2, workers=1).fit(sentences)
    twin = copied(model)
    before = model.wv.vectors.copy()
    twin.train(sentences, epochs=1)
    assert np.array_equal(model.wv.vectors, before)
    assert twin.wv.vectors.tobytes() == model.train(epochs=1).wv.vectors.tobytes()


def test_a_saved_model_is_a_vector_file(tmp_path):
    words = Words.of(f"w{i}" for i in range(50))
    pairs = Pairs.from_scipy(random_pairs(50).to_scipy(), words, np.arange(50)[::-1].copy())
    model = fitted(pairs, unk=True)
    model.save(tmp_path / "model")
    vectors = KeyedVectors.load(tmp_path / "model")
    assert np.array_equal(vectors["w3"], model.wv["w3"])
    assert vectors.get_vecattr("w3", "count") == 46
    again = GloVe.load(tmp_path / "model")
    assert list(again.words) == list(words)
    assert again.counts.tolist() == pairs.counts.tolist()
    assert again.wv.index_to_key[-1] == "<unk>"


def test_loading_other_files(tmp_path):
    model = fitted(random_pairs(20))
    model.wv.save(tmp_path / "vectors")
    with pytest.raises(
        ValueError, match=r"holds vectors, not a GloVe model: use KeyedVectors\.load"
    ):
        GloVe.load(tmp_path / "vectors")


def test_train_needs_the_same_words():
    model = GloVe(4, epochs=1, progress=False)
    with pytest.raises(RuntimeError, match="call fit first"):
        model.train()
    with pytest.raises(RuntimeError, match="call fit first"):
        _ = model.wv
    with pytest.raises(RuntimeError, match="call fit first"):
        _ = model.word_vectors
    model.fit(Pairs.from_scipy(np.ones((2, 2)), Words.of(["a", "b"])))
    with pytest.raises(ValueError, match="the matrix has other words than the model"):
        model.train(Pairs.from_scipy(np.ones((2, 2)), Words.of(["a", "c"])))
    with pytest.raises(ValueError, match="a matrix of 3 rows needs as many words, got 2"):
        model.train(np.ones((3, 3)))
    with pytest.raises(ValueError, match="the matrix has 3 rows, the model 2 words"):
        model.train(Pairs.from_scipy(np.ones((3, 3))))
    model.train([["a", "b", "x"]], epochs=1)
    assert len(model.loss_history) == 2


# --- initial vectors


def test_initial_vectors_hold_their_words():
    words = Words.of(f"w{i}" for i in range(60))
    pairs = Pairs.from_scipy(random_pairs(60).to_scipy(), words)
    generator = np.random.default_rng(0)
    given = {f"w{i}": generator.normal(size=10) for i in range(0, 60, 2)}
    drift = []
    for mu in (0, 0.1, 100):
        model = GloVe(10, x_max=10, epochs=5, mu=mu, progress=False).fit(pairs, init=given)
        distances = [np.linalg.norm(model.wv[w] - v) for w, v in given.items()]
        drift.append(np.mean(distances))
        assert np.isfinite(model.wv.vectors).all()
    assert drift[0] > drift[1] > 2 * drift[2]


def test_the_pull_is_the_reference_s():
    generator = np.random.default_rng(0)
    records = empty_records(5000, 7, 0.05)
    records[:, :2, :7] = generator.normal(size=(5000, 2, 7))
    prior = generator.normal(size=(5000, 7)).astype(np.float32)
    prior[3] = np.nan
    expected = records_as_parameters(records, 7)
    reference.pull(expected, prior, mu=0.3, eta=0.05)
    reference.pull(expected, prior, mu=0.3, eta=0.05)
    for _ in range(2):
        pull_towards(records, prior, 0.3 * 2 * 0.05)
    # Both halves move from their old values.
    np.testing.assert_allclose(records[:, 0, :7], expected.w, atol=1e-5)
    np.testing.assert_allclose(records[:, 1, :7], expected.c, atol=1e-5)
    np.testing.assert_allclose(records[:, 3, :7], expected.c_squares, rtol=1e-5)


def test_initial_vectors_from_keyed_vectors_come_back_after_loading(tmp_path):
    words = Words.of(["a", "b", "c"])
    pairs = Pairs.from_scipy(np.ones((3, 3)), words)
    given = KeyedVectors.of(Words.of(["b"]), np.ones((1, 4), np.float32))
    long = GloVe(4, epochs=4, progress=False).fit(pairs, init=given)
    model = GloVe(4, epochs=2, progress=False).fit(pairs, init=given)
    model.save(tmp_path / "m")
    again = GloVe.load(tmp_path / "m")
    again.progress = False
    assert np.array_equal(again.train(pairs, epochs=2).wv.vectors, long.wv.vectors)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"a": np.ones(3)}, r"must have vector_size 4 numbers, got \(3,\) for 'a'"),
        ({"a": np.full(4, np.nan)}, "must be finite and below 1e6, 'a' is not"),
        ({"a": np.full(4, 1e7)}, "must be finite and below 1e6, 'a' is not"),
        ({"x": np.ones(4)}, "init has none of the words of the matrix"),
    ],
)
def test_bad_initial_vectors(given, sentence):
    pairs = Pairs.from_scipy(np.ones((2, 2)), Words.of(["a", "b"]))
    with pytest.raises(ValueError, match=sentence):
        GloVe(4, progress=False).fit(pairs, init=given)


# --- parameters, callbacks, trouble


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("vector_size", 0, "vector_size must be at least 1, got 0"),
        ("window", 0, "window must be at least 1, got 0"),
        ("x_max", 0, "x_max must be above 0, got 0"),
        ("alpha", -1, "alpha must be at least 0, got -1"),
        ("eta", float("nan"), "eta must be a finite number, got nan"),
        ("epochs", 0, "epochs must be at least 1, got 0"),
        ("min_count", -1, "min_count must be at least 0, got -1"),
        ("workers", 2000, "workers must be at most 1024, got 2000"),
        ("grad_clip", 0, "grad_clip must be above 0, got 0"),
        ("mu", -0.1, "mu must be at least 0, got -0.1"),
        ("combine", "W", "combine must be sum or word or context or both, got 'W'"),
        ("unk", 3, "unk must be 0 or 1, got 3"),
    ],
)
def test_bad_parameters(option, value, sentence):
    with pytest.raises(ValueError) as caught:
        GloVe(**{option: value})
    assert str(caught.value) == sentence


class Recorder(CallbackAny2Vec):
    def __init__(self, stop_after=None):
        self.seen = []
        self.stop_after = stop_after

    def on_train_begin(self, _):
        self.seen.append("begin")

    def on_epoch_begin(self, _):
        self.seen.append("epoch")

    def on_epoch_end(self, model):
        self.seen.append(len(model.loss_history))
        if len(model.loss_history) == self.stop_after:
            raise StopIteration

    def on_train_end(self, _):
        self.seen.append("end")


def test_callbacks():
    recorder = Recorder(stop_after=2)
    model = GloVe(4, epochs=5, progress=False).fit(random_pairs(20), callbacks=[recorder])
    assert recorder.seen == ["begin", "epoch", 1, "epoch", 2, "end"]
    assert len(model.loss_history) == 2


def test_vectors_that_are_not_finite_are_an_error():
    model = fitted(random_pairs(20))
    model._records[3, 0, 0] = np.inf
    model._wv = None
    with pytest.raises(FloatingPointError, match="the vectors are not finite: lower eta"):
        _ = model.wv
    with pytest.raises(FloatingPointError, match="the loss is not finite in epoch 4: lower eta"):
        model.train(epochs=1)
    with pytest.raises(FloatingPointError):
        model.save("never written")


def test_wild_settings_stay_finite():
    # Gradients are clipped, so that even the largest learning rate does not end in NaN.
    model = fitted(random_pairs(100), eta=10.0, x_max=1e-3, epochs=20)
    assert np.isfinite(model.wv.vectors).all()
    assert np.isfinite(model.loss_history).all()


def test_an_interrupt_leaves_a_usable_model(monkeypatch):
    pairs = random_pairs(300)
    model = fitted(pairs, epochs=2)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(training.Progress, "update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.train(epochs=50)
    monkeypatch.undo()
    assert np.isfinite(model.wv.vectors).all()
    model.train(epochs=1)


# --- what it is for


def test_words_of_one_subject_come_together():
    # Sentences of two subjects, with a word of the other one now and then: GloVe learns from pairs
    # that are rare, not from those that never are.
    generator = np.random.default_rng(4)
    sentences = []
    for subject in ["x", "y"] * 1500:
        other = "y" if subject == "x" else "x"
        letters = np.where(generator.random(12) < 0.9, subject, other)
        sentences.append([f"{letter}{generator.integers(20)}" for letter in letters])
    model = GloVe(16, window=5, x_max=10, epochs=20, progress=False).fit(sentences)
    right = sum(
        near[0] == word[0]
        for word in model.wv.index_to_key
        for near, _ in model.wv.most_similar(word, topn=5)
    )
    assert right >= 0.95 * 5 * 40


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
