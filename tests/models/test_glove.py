"""The class GloVe: sources, options, results."""

import copy
import itertools
import pickle
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
import scipy.sparse
from glove_models import fitted, random_pairs, records_as_parameters
from reference import glove as reference
from stable_ids import stable_id

from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models import training
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.models.ppmi import ppmi_vectors
from fastvec.params import PPMIParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_loss_falls_and_is_the_mean_cost():
    pairs = random_pairs(200)
    model = fitted(pairs, epochs=1, eta=1e-6, alpha=0.5)
    start = GloVe(10, x_max=10, eta=1e-6, alpha=0.5)
    start._set_pairs(pairs)
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
    model._set_pairs(pairs)
    model._start(None)
    p = records_as_parameters(model._records, 10)
    cost = reference.cost(p, [(i, i, i + 1) for i in range(50)], 10, 0.75)
    model.fit(pairs)
    assert model.loss_history == [pytest.approx(cost / 50, rel=1e-5)]


def test_start_is_glove_c_s():
    model = GloVe(20)
    model._set_pairs(random_pairs(500))
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


@pytest.mark.parametrize(
    "words",
    [
        {"a": 2, "b": 1, "c": 0},
        {"b": np.int64(1), "c": np.int32(0), "a": 2},
        np.array(["c", "b", "a"]),
        {"c": 9, "b": 9, "a": 9}.keys(),
        iter("cba"),
        Words.of("cba"),
    ],
    ids=stable_id,
)
def test_words_name_the_rows_in_order(words):
    counts = np.arange(9.0).reshape(3, 3) + 1
    words = list(words) if isinstance(words, Iterator) else words  # to be used three times
    assert GloVe(4, epochs=1).fit(counts, words).wv.index_to_key == ["c", "b", "a"]
    assert Pairs.from_scipy(counts, words).words.keys() == ["c", "b", "a"]
    assert ppmi_vectors(counts, words, PPMIParams(2)).index_to_key == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"a", "b", "c"}, "words must be a list, in the order of their rows, got {'"),
        (frozenset("abc"), "words must be a list"),
        ("abc", "words must be a list, in the order of their rows, got 'abc'"),
        (["a", "b", "a"], "words must all be different, got 'a' twice"),
        ({"a": 0, "b": 1, "c": 3}, "must name each of the rows 0 to 2 once, got 3 for 'c'"),
        ({"a": 0, "b": 1, "c": 1}, "must name each of the rows 0 to 2 once, got 1 for 'c'"),
        ({"a": 0, "b": 1, "c": 2.0}, "must name each of the rows 0 to 2 once, got 2.0 for 'c'"),
        (Counter("aaabbc"), "must name each of the rows 0 to 2 once, got 3 for 'a'"),
        (["a", "b"], "a matrix of 3 rows needs as many words, got 2"),
        (["a", "b", 3], "keys must be all strings or all integers, got 3"),
    ],
    ids=stable_id,
)
def test_words_that_do_not_name_the_rows_are_refused(words, says):
    counts = np.arange(9.0).reshape(3, 3) + 1
    for call in (GloVe(4, epochs=1).fit, Pairs.from_scipy, ppmi_vectors):
        with pytest.raises((TypeError, ValueError), match=re.escape(says)):
            call(counts, words)


def test_keys_without_an_order_are_refused():
    wv = KeyedVectors(2)
    with pytest.raises(TypeError, match="words must be a list, in the order of their rows"):
        wv.add_vectors({"a", "b"}, np.ones((2, 2)))
    with pytest.raises(TypeError, match="words must be a list, in the order of their rows"):
        wv.index_to_key = {"a", "b"}
    wv.add_vectors({"a": 5, "b": 5}.keys(), [[1, 2], [3, 4]])
    assert wv["b"].tolist() == [3, 4]


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


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_trained(copied):
    sentences = [["a", "b", "c"], ["b", "c", "d"]] * 9
    model = GloVe(vector_size=5, min_count=1, epochs=2, workers=1).fit(sentences)
    twin = copied(model)
    before = model.wv.vectors.copy()
    twin.train(sentences, epochs=1)
    assert np.array_equal(model.wv.vectors, before)
    assert twin.wv.vectors.tobytes() == model.train(epochs=1).wv.vectors.tobytes()


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


def test_a_rule_may_choose_the_words():
    def rule(word, *_):
        return 1 if word == "c" else None

    model = GloVe(4, epochs=1, progress=False, min_count=1, trim_rule=rule).fit(SENTENCES)
    assert sorted(model.words) == ["a", "b", "d"]
