"""Word2Vec as a whole: what it learns, its options, reproducibility, gensim's names."""

import sys

import numpy as np
import pytest
from reference import word2vec as reference
from word2vec_models import MODELS, small, two_languages

from fastvec import CallbackAny2Vec, Word2Vec
from fastvec._core import simd_names


@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize("options", MODELS, ids=str)
def test_two_languages_do_not_mix(options, simd, monkeypatch):
    monkeypatch.setenv("FASTVEC_SIMD", simd)
    model = small(epochs=10, **options)
    for word in ("a0", "a7", "b0", "b7"):
        near = [name for name, _ in model.wv.most_similar(word, topn=15)]
        assert {name[0] for name in near} == {word[0]}


@pytest.mark.parametrize(
    "options",
    [
        {"sg": 1, "shared_negatives": False},
        {"cbow_mean": 0, "alpha": 0.02},
        {"cbow_corrected": True, "epochs": 40},
        {"sg": 1, "shrink_windows": False},
        {"sg": 1, "window": 40},
        {"sg": 1, "negative": 100, "ns_exponent": -0.5},
        {"workers": 3, "sg": 1},
    ],
    ids=str,
)
def test_every_option_learns(options):
    model = small(**({"epochs": 15} | options))
    near = [name for name, _ in model.wv.most_similar("a3", topn=10)]
    assert {name[0] for name in near} == {"a"}
    assert model.loss_history[-1] < model.loss_history[0]


@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize("options", MODELS, ids=str)
def test_one_window_is_the_reference(options, simd, monkeypatch):
    """Two words, one at a time the other's context: every draw that could matter is fixed."""
    monkeypatch.setenv("FASTVEC_SIMD", simd)
    near = {"rtol": 1e-3, "atol": 1e-4} if simd.endswith("bf16") else {"rtol": 1e-5, "atol": 1e-7}
    options = dict(options, negative=0, hs=1)
    model = Word2Vec(
        vector_size=5, min_count=1, workers=1, sample=0, window=1, epochs=1, alpha=0.1, **options
    )
    model.build_vocab([["a", "b"]])
    vectors, nodes = model.wv.vectors.astype(float), model.syn1.astype(float)
    paths = reference.huffman([1, 1], [1, 2])
    step = reference.skipgram if options["sg"] else reference.cbow
    total = 0.0
    for i, centre in enumerate((0, 1)):
        alpha = reference.learning_rate(i, 2, 0.1, 1e-4)
        targets, labels = reference.tree_list(*paths[centre])
        vectors, nodes, loss = step(vectors, nodes, np.array([1 - centre]), targets, labels, alpha)
        total += loss
    model.train()
    np.testing.assert_allclose(model.wv.vectors, vectors, **near)
    np.testing.assert_allclose(model.syn1, nodes, **near)
    assert model.get_latest_training_loss() == pytest.approx(total, rel=near["rtol"])


def test_same_seed_same_bytes_and_another_seed_others():
    first, second, other = small(seed=3), small(seed=3), small(seed=4)
    assert first.wv.vectors.tobytes() == second.wv.vectors.tobytes()
    assert first.wv.vectors.tobytes() != other.wv.vectors.tobytes()


def test_long_sentences_are_split_not_cut():
    words = [f"w{i}" for i in range(35_000)]
    model = small([words], epochs=1)
    kept, passed = model.train([words], epochs=1)
    assert (kept, passed) == (35_000, 35_000)
    fresh = small([words], epochs=1, alpha=1e-30, min_alpha=0)
    moved = (model.wv.vectors != fresh.wv.vectors).any(axis=1)
    assert moved.mean() > 0.99  # the last words too


@pytest.mark.parametrize("sg", [0, 1])
def test_a_window_may_hold_any_basket(sg):
    options = {"sg": sg, "shrink_windows": False, "epochs": 1}
    baskets = two_languages(60)  # of 12 words
    whole, wide = (small(baskets, window=window, **options) for window in (11, 10_000))
    assert np.array_equal(whole.wv.vectors, wide.wv.vectors)
    small(baskets[:9], window=100_000, sg=sg, workers=2, epochs=1)


@pytest.mark.parametrize("sg", [0, 1])
def test_a_window_may_be_as_wide_as_a_number_can_say(sg):
    long = [[word for sentence in two_languages(100) for word in sentence]]
    whole = small(long, window=1_200, sg=sg, epochs=1, shrink_windows=False)
    for window in (100_001, 2**31 - 1, 2**31, sys.maxsize):
        wide = small(long, window=window, sg=sg, epochs=1, shrink_windows=False)
        assert np.array_equal(whole.wv.vectors, wide.wv.vectors)
        assert small(two_languages(9), window=window, sg=sg, workers=2, epochs=1).window == window
    one = small(two_languages(60), window=sys.maxsize, sg=sg, epochs=1)  # hardly ever shrinks
    other = small(two_languages(60), window=2**31, sg=sg, epochs=1)
    assert np.array_equal(one.wv.vectors, other.wv.vectors)


def test_gensim_way_of_training():
    text = two_languages()
    model = Word2Vec(vector_size=10, min_count=1, workers=2)
    model.build_vocab(text)
    done = model.train(text, total_examples=model.corpus_count, epochs=model.epochs)
    assert done[1] == 5 * sum(map(len, text))
    assert model.wv.get_vecattr("a1", "count") == sum(s.count("a1") for s in text)
    more = model.train([["a1", "unknown", "a2"]], total_examples=1, epochs=1)
    assert more[1] == 3  # as in gensim, unknown words count too
    assert model.training_state.passed == 2


def test_callbacks_and_early_stop():
    class Count(CallbackAny2Vec):
        def __init__(self):
            self.calls = []

        def on_train_begin(self, model):
            self.calls.append(("begin", model.epochs_trained))

        def on_epoch_end(self, model):
            self.calls.append(len(model.loss_history))
            if len(model.loss_history) == 2:
                raise StopIteration

        def on_train_end(self, model):
            self.calls.append(("end", model.epochs_trained))

    count = Count()
    small(callbacks=[count])
    assert count.calls == [("begin", 0), 1, 2, ("end", 2)]


def test_train_and_callbacks_share_rates_and_epochs_with_the_model():
    class Freeze(CallbackAny2Vec):
        def on_epoch_end(self, model):
            seen.append(model.wv.vectors.copy())
            model.alpha = model.min_alpha = 1e-30

    seen = []
    model = small(sg=1)
    model.train(epochs=3, start_alpha=0.01, end_alpha=0.005, callbacks=[Freeze()])
    assert (seen[0] != small(sg=1).wv.vectors).any()
    assert np.array_equal(seen[0], seen[2])
    model.train(epochs=7, start_alpha=0.01, end_alpha=0.005)
    assert (model.epochs, model.alpha, model.min_alpha) == (7, 0.01, 0.005)


def test_callbacks_may_change_options_vectors_and_words():
    class Change(CallbackAny2Vec):
        def on_epoch_end(self, model):
            if model.epochs_trained == 2:
                model.window = 1
            if model.epochs_trained == 3:
                model.wv.vectors = np.zeros((40, 20))
            if model.epochs_trained == 4:
                model.wv.add_vector("new", np.zeros(20))
                model.wv.sort_by_descending_frequency()

    model = small(sg=1, epochs=1, shrink_windows=False)
    model.train(epochs=5, callbacks=[Change()])
    assert (model.wv.vectors[:40] != 0).all()
    assert model.syn1neg.shape == (41, 20)
    rows = model.syn1neg.copy()
    model.syn1neg = rows
    assert model.window == 1


def test_the_rate_may_sink_to_min_alpha_and_no_further(tmp_path):
    model, same = small(alpha=0.005, min_alpha=0.005), small(alpha=0.005, min_alpha=0.005)
    for _ in range(4):
        model.alpha -= 0.002  # the idiom of old scripts: below min_alpha, then below 0
        for one in (model, same):
            one.train(epochs=1)
        model.save(tmp_path / "m")
        assert Word2Vec.load(tmp_path / "m").alpha == model.alpha
    assert model.wv.vectors.tobytes() == same.wv.vectors.tobytes()
    model.min_alpha = model.alpha
    with pytest.raises(ValueError, match=r"alpha must be above 0, got -0\.003"):
        model.train()


def test_predict_output_word():
    model = small(sg=0, epochs=20)
    best = model.predict_output_word(["a1", "a2", "a3"], topn=5)
    assert {name[0] for name, _ in best} == {"a"}
    assert model.predict_output_word(["nothing"]) is None


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"window": 0}, ValueError, "window must be at least 1, got 0"),
        ({"vector_size": 0}, ValueError, "vector_size must be at least 1, got 0"),
        ({"negative": -1}, ValueError, "negative must be at least 0, got -1"),
        ({"negative": 0}, ValueError, "negative must be at least 1 when hs is 0, got 0"),
        ({"alpha": float("nan")}, ValueError, "alpha must be a finite number, got nan"),
        ({"alpha": 0}, ValueError, "alpha must be above 0, got 0"),
        ({"min_alpha": 1.0}, ValueError, r"min_alpha must be at most alpha \(0.05\), got 1.0"),
        ({"window": "five"}, TypeError, "window must be an integer, got 'five'"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"sg": 2}, ValueError, "sg must be 0 or 1, got 2"),
        ({"min_count": 10**9}, ValueError, "no word is left"),
    ],
)
def test_bad_options(options, error, says):
    with pytest.raises(error, match=says):
        small(**options)


def test_bad_calls():
    with pytest.raises(RuntimeError, match="call build_vocab first"):
        Word2Vec().train([["a"]])
    with pytest.raises(ValueError, match="not both"):
        Word2Vec([["a"]], corpus_file="x")


def test_what_old_code_reads_of_a_model(tmp_path):
    rates, counts = [], []

    class Note(CallbackAny2Vec):
        def on_epoch_end(self, model):
            rates.append(model.min_alpha_yet_reached)
            counts.append(model.train_count)

    model = small(alpha=0.08, min_alpha=0.02, epochs=3, callbacks=[Note()])
    assert Word2Vec(alpha=0.08).min_alpha_yet_reached == 0.08
    assert rates == pytest.approx([0.06, 0.04, 0.02])
    model.train(epochs=1, callbacks=[Note()])
    assert (counts, model.train_count) == ([0, 0, 0, 1], 2)
    model.save(tmp_path / "m.safetensors")
    loaded = Word2Vec.load(tmp_path / "m.safetensors")
    assert (loaded.train_count, loaded.min_alpha_yet_reached) == (2, model.min_alpha_yet_reached)


@pytest.mark.parametrize(("most", "least"), [(None, 2), (9, 2), (2, 4), (1, 5)])
def test_the_count_that_words_had_to_have(most, least):
    model = Word2Vec(min_count=2, max_final_vocab=most)
    assert model.effective_min_count == 2
    model.build_vocab([list("aaaaabbbbcccdde")])
    assert model.effective_min_count == least
    assert model.wv.get_vecattr(model.wv.index_to_key[-1], "count") >= least


def test_divergence_is_an_error():
    with pytest.raises(FloatingPointError, match="lower alpha"):
        small(alpha=1e30, epochs=3)


def test_one_word_is_enough():
    model = Word2Vec([["only"] * 20], min_count=1, vector_size=4, hs=1)
    assert np.isfinite(model.wv["only"]).all()


def test_estimated_memory():
    model = small(hs=1)
    report = model.estimate_memory()
    rows = 40 * 32 * 4
    assert report.pop("total") == sum(report.values())
    assert (report["vectors"], report["syn1neg"], report["syn1"]) == (rows, rows, rows)
    more = small().estimate_memory(1000, report={"more": 7})
    assert set(more) == {"more", "vocab", "vectors", "syn1neg", "total"}


@pytest.mark.parametrize("options", [{"sg": 1}, {"sg": 0}, {"sg": 0, "cbow_mean": 0}], ids=str)
def test_scores_add_up_to_the_loss(options):
    text = two_languages(40)
    model = small(text, hs=1, negative=0, shrink_windows=False, **options)
    before = model.score([*text, ["a1", "unknown"], []])
    assert before.shape == (42,)
    assert (before[40:] == 0).all()
    model.train(text, epochs=1, start_alpha=1e-30, end_alpha=0)
    assert before.sum() == pytest.approx(-model.get_latest_training_loss(), rel=2e-3)
    assert len(model.score(iter(text), total_sentences=3)) == 3
    with pytest.raises(RuntimeError, match="hierarchical softmax"):
        small().score(text)
