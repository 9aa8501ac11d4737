"""Word2Vec as a whole: what it learns, reproducibility, gensim's calls, saving."""

import collections
import copy
import itertools
import pickle

import numpy as np
import pytest
from containers import rewrite
from hypothesis import given
from hypothesis import strategies as st
from reference import word2vec as reference

from fastvec import CallbackAny2Vec, Corpus, KeyedVectors, Word2Vec
from fastvec._core import merge_share, simd_names, worker_copies
from fastvec._util.system import available_cores
from fastvec.io.format import VectorFile
from fastvec.io.registry import write_vectors

MODELS = [
    {"sg": sg, "hs": hs, "negative": negative}
    for sg in (0, 1)
    for hs, negative in ((0, 5), (1, 0), (1, 5))
]


def two_languages(sentences=600, seed=0):
    """Sentences of words a0 .. a19 or b0 .. b19, never mixed."""
    rng = np.random.default_rng(seed)
    return [[f"{'ab'[i % 2]}{j}" for j in rng.integers(0, 20, 12)] for i in range(sentences)]


def small(sentences=None, **options):
    options = {
        "vector_size": 20,
        "min_count": 1,
        "workers": 1,
        "sample": 0,
        "alpha": 0.05,
    } | options
    return Word2Vec(two_languages() if sentences is None else sentences, **options)


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


def test_random_draws_and_loss_do_not_depend_on_the_number_of_workers():
    text = [list(itertools.chain.from_iterable(two_languages(6000)))] * 2  # several chunks
    losses = [small(text, sg=1, workers=n, epochs=2).loss_history for n in (1, 2, 5)]
    np.testing.assert_allclose(losses[1], losses[0], rtol=0.03)  # 0.015 to 0.022: copies lag behind
    np.testing.assert_allclose(losses[2], losses[0], rtol=0.02)  # no copies in so short a text


@given(decay=st.floats(1e-6, 50), workers=st.integers(1, 64))
def test_merged_rows_settle(decay, workers):
    """Workers take turns; each leaves exp(-decay) of the distance to the goal that it last saw."""
    share = merge_share(decay, workers)
    assert 0.999 / workers <= share <= 1.001
    shared, seen = 1.0, [1.0] * workers
    for turn in range(20 * workers):
        worker = turn % workers
        shared -= share * (1 - np.exp(-decay)) * seen[worker]
        seen[worker] = shared
        assert abs(shared) <= 1.001


@pytest.mark.parametrize(
    ("workers", "words", "with_a_tree"),
    [
        (2, (8192, 4096), (512, 512)),
        (4, (4096, 512), (512, 256)),
        (8, (2048, 256), (512, 128)),
        (16, (1024, 128), (512, 64)),
        (32, (512, 64), (512, 64)),
        (64, (256, 64), (256, 64)),
    ],
)
def test_the_more_workers_the_fewer_copies_and_the_sooner_merged(workers, words, with_a_tree):
    """The table of docs/method.md."""
    assert worker_copies(10**9, workers, tree=False) == words
    assert worker_copies(10**9, workers, tree=True) == with_a_tree


def test_workers_are_checked():
    with pytest.raises(ValueError, match="workers"):
        worker_copies(10**9, 0, tree=False)


@given(tokens=st.integers(0, 10**8), workers=st.integers(1, 200), tree=st.booleans())
def test_rows_with_copies_are_merged_at_least_twelve_times_in_an_epoch(tokens, workers, tree):
    rows, words = worker_copies(tokens, workers, tree)
    assert rows * workers <= 16_384 or rows == 64
    if workers == 1 or tokens < 12 * workers * words:
        assert rows == 0
    else:  # the hottest 64 every so many words, the next 64 half as often, the next 128 ...
        assert rows >= 64
        assert 12 * words * rows // 64 <= tokens / workers


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_many_workers_learn_what_one_learns(options):
    """Every row is hot in so small a vocabulary: sixteen workers' steps on it are added up."""
    text = two_languages(12_000)
    one, many = (small(text, workers=n, epochs=3, sample=0, **options) for n in (1, 16))
    assert many.loss_history[-1] == pytest.approx(one.loss_history[-1], rel=0.03)
    assert abs(many.wv.vectors).max() < 2 * abs(one.wv.vectors).max()


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
    with pytest.raises(ValueError, match="window must be at most 100000, got 100001"):
        small(baskets, window=100_001)


def test_a_generator_is_read_once():
    model = small(iter(two_languages(50)), epochs=3)
    assert model.corpus_count == 50
    assert len(model.loss_history) == 3


WALKS = [[7, 5, 3], [7, 3, 9], [5, 0, 9]] * 50


@pytest.mark.parametrize(
    "source",
    [WALKS, np.array(WALKS), list(np.array(WALKS)), [map(np.int8, w) for w in WALKS]],
    ids=["lists", "array", "arrays", "generators"],
)
def test_tokens_that_are_integers_stay_integers(source, tmp_path):
    model = small(source)
    model.save(tmp_path / "model")
    for again in (model, Word2Vec.load(tmp_path / "model")):
        wv = again.wv
        assert wv.index_to_key == [7, 5, 3, 9, 0]
        assert np.array_equal(wv[3], wv.vectors[2])
        assert 9 in wv
        assert 4 not in wv
        assert {key for key, _ in again.predict_output_word([7, 5])} == {7, 5, 3, 9, 0}
        assert {key for key, _ in wv.most_similar(7)} == {5, 3, 9, 0}
        again.build_vocab([[7, 11]] * 9, update=True)
        assert again.wv.index_to_key == [7, 5, 3, 9, 0, 11]
        assert again.train([[7, 11, 99]] * 9, epochs=1)[1] == 18
        for more in (lambda s, a=again: a.build_vocab(s, update=True), again.train):
            with pytest.raises(TypeError, match=r"tokens must be integers, as .*, got '7'"):
                more([["7"]])
    assert small([["7", "5"]] * 9).wv.index_to_key == ["7", "5"]


def test_gensim_way_of_training():
    text = two_languages()
    model = Word2Vec(vector_size=10, min_count=1, workers=2)
    model.build_vocab(text)
    done = model.train(text, total_examples=model.corpus_count, epochs=model.epochs)
    assert done[1] == 5 * sum(map(len, text))
    assert model.wv.get_vecattr("a1", "count") == sum(s.count("a1") for s in text)
    more = model.train([["a1", "unknown", "a2"]], total_examples=1, epochs=1)
    assert more[1] == 2


def test_no_workers_are_as_many_as_there_are_cores():
    model = small(epochs=1)
    model.workers = 0
    assert model.train(epochs=1)[1] == 12 * 600
    assert model.workers == available_cores()


def test_new_words_are_added_and_old_rows_kept():
    model = small(two_languages(), sg=1, hs=1)
    before = model.wv.vectors.copy()
    names = list(model.wv.index_to_key)
    count = int(model.wv.get_vecattr("a1", "count"))
    more = [["a1", "new", "newer"]] * 30
    model.build_vocab(more, update=True)
    assert model.wv.index_to_key == [*names, "new", "newer"]
    np.testing.assert_array_equal(model.wv.vectors[:-2], before)
    assert model.wv.get_vecattr("a1", "count") == count + 30
    model.train(more, epochs=3)
    assert np.isfinite(model.wv.vectors).all()


def test_a_corpus_with_other_ids_is_renumbered():
    model = small(two_languages(), epochs=1)
    text = [["b3", "stranger", "a1"], ["stranger"], ["a2", "b3"]]
    one, other = (small(two_languages(), epochs=1) for _ in range(2))
    assert one.train(text, epochs=1)[1] == 4
    assert other.train(Corpus.read(text, min_count=1), epochs=1)[1] == 4
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)
    assert (one.wv.vectors != model.wv.vectors).any()


def test_later_text_is_read_as_the_first_was(tmp_path):
    text, later, path = tmp_path / "text", tmp_path / "later", tmp_path / "model.safetensors"
    text.write_text("The CAT the-cat\n" * 20)
    later.write_text("THE Cat dog\n")
    options = {"min_count": 1, "epochs": 1, "vector_size": 4, "workers": 1}
    lower = Word2Vec(text, lower=True, tokens="words", **options)
    lower.save(path)
    corpus = Corpus.read(text, min_count=1, lower=True, tokens="words")
    for model in (lower, Word2Vec.load(path), Word2Vec(corpus, **options)):
        assert model.train(later, epochs=1)[1] == 2
        model.build_vocab(later, update=True)
        assert list(model.wv.index_to_key) == ["the", "cat", "dog"]
    Word2Vec(text, tokens=str.split, **options).save(path)
    model = Word2Vec.load(path)
    with pytest.raises(ValueError, match="tokens must be given again: it was a function"):
        model.train(later, epochs=1)
    model.tokens = lambda line: line.replace("THE", "The").split()
    assert model.train(later, epochs=1)[1] == 1


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


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_save_and_go_on(tmp_path, options):
    text = two_languages()
    model = small(text, **options)
    model.save(tmp_path / "m.safetensors", pickle_protocol=4)
    loaded = Word2Vec.load(tmp_path / "m.safetensors", mmap="r")
    assert loaded.get_latest_training_loss() == model.get_latest_training_loss() > 0
    for one in (model, loaded):
        one.train(text, epochs=2)
    assert model.wv.vectors.tobytes() == loaded.wv.vectors.tobytes()
    assert loaded.loss_history == model.loss_history
    assert "a1" in KeyedVectors.load(tmp_path / "m.safetensors")


@pytest.mark.parametrize("options", [{}, {"sg": True, "cbow_mean": False}, {"hs": np.bool_(True)}])
def test_switches_are_shown_as_gensim_shows_them(tmp_path, options):
    names = ("sg", "hs", "cbow_mean", "sorted_vocab")
    wanted = {"sg": 0, "hs": 0, "cbow_mean": 1, "sorted_vocab": 1} | {
        name: int(value) for name, value in options.items()
    }
    model = small(epochs=1, **options)
    model.save(tmp_path / "m.safetensors")
    for each in (Word2Vec(**options), model, Word2Vec.load(tmp_path / "m.safetensors")):
        assert str({name: getattr(each, name) for name in names}) == str(wanted)
        assert each.shrink_windows is True


def test_vectors_alone_are_no_model(tmp_path):
    wv = small().wv
    wv.save(tmp_path / "v.safetensors")
    with pytest.raises(ValueError, match=r"holds vectors, not a Word2Vec model: use Keyed"):
        Word2Vec.load(tmp_path / "v.safetensors")
    said = {"parameters": {}}  # with no rows to train on
    file = VectorFile(wv.words, wv.vectors, kind="word2vec", metadata=said)
    write_vectors(tmp_path / "m.safetensors", file)
    with pytest.raises(ValueError, match="is damaged: it has no output weights"):
        Word2Vec.load(tmp_path / "m.safetensors")


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


def test_text_of_unknown_words_trains_nothing():
    model = Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=1)
    before = model.wv.vectors.copy()
    with pytest.warns(UserWarning, match="nothing was trained: none of 2 different words is one"):
        assert model.train([["hello", "world"]], total_examples=1, epochs=1) == (0, 0)
    for empty in ([], [[]], iter([])):
        with pytest.warns(UserWarning, match="nothing was trained: the corpus is empty"):
            assert model.train(empty, total_examples=0, epochs=1) == (0, 0)
    assert np.array_equal(model.wv.vectors, before)
    with pytest.raises(ValueError, match="the corpus is empty"):
        model.build_vocab([])


def test_online_text_that_adds_nothing_changes_nothing():
    model = Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=5)
    wv, before = model.wv, model.wv.vectors.copy()
    for poor in ([["rare", "rarer"]], [], iter([["rare"]])):
        model.build_vocab(poor, update=True)
        assert model.wv is wv
        assert list(wv.words) == ["a", "b"]
        assert wv.get_vecattr("a", "count") == 9
        for again in (poor, None):
            with pytest.warns(UserWarning, match="nothing was trained"):
                assert model.train(again, epochs=1) == (0, 0)
    assert np.array_equal(wv.vectors, before)
    model.build_vocab([["a", "b", "rare"]], update=True)
    assert wv.get_vecattr("a", "count") == 10
    assert model.train(epochs=1)[1] == 2


# --- rows that were changed by hand


def test_vectors_that_were_put_there_are_trained(tmp_path):
    model, text = small(sg=1), two_languages()
    for rows in (np.ones((40, 20)), np.ones((40, 20), "f"), np.ones((40, 32), "f")[:, :20]):
        model.wv.vectors = rows
        model.train(text, epochs=1)
        assert (model.wv.vectors != 1).any(axis=1).all()
        model.save(tmp_path / "m")
        assert np.array_equal(Word2Vec.load(tmp_path / "m").wv.vectors, model.wv.vectors)
    model.wv.vectors = model.wv.vectors[1:]
    with pytest.raises(ValueError, match=r"wv.vectors must be numbers of shape \(40, 20\), got"):
        model.train(text)


def test_vectors_in_place_are_not_copied():
    model = small()
    shown = model.wv.vectors
    shown[:] = 0.5
    model.train()
    assert np.shares_memory(model.wv.vectors, shown)
    assert (shown != 0.5).any()


def test_sorting_permutes_the_output_rows_too():
    text = [["a", "b"], ["b", "c", "c"], ["c", "c", "a", "b"]] * 30
    options = {"vector_size": 8, "min_count": 1, "workers": 1, "sorted_vocab": 0, "sample": 0}
    model, plain = (Word2Vec(text, sg=1, hs=1, shared_negatives=False, **options) for _ in "12")
    rows = {word: model.syn1neg[i].copy() for i, word in enumerate(model.wv.words)}
    model.wv.sort_by_descending_frequency()
    assert list(model.wv.words) == ["c", "b", "a"]
    assert all(np.array_equal(model.syn1neg[i], rows[w]) for i, w in enumerate(model.wv.words))
    assert np.array_equal(model.syn1, plain.syn1)
    for one in (model, plain):
        one.train(text, epochs=1, start_alpha=1e-3)
    for word in "abc":  # noise words are drawn in another order
        np.testing.assert_allclose(model.wv[word], plain.wv[word], atol=0.01)


def test_words_added_by_hand_are_trained(tmp_path):
    model = small(hs=1)
    model.wv.add_vector("new", np.ones(20))
    model.save(tmp_path / "m")
    for one in (model, Word2Vec.load(tmp_path / "m")):
        assert not one.syn1neg[40].any()
        assert one.syn1.shape == (40, 20)
        one.train([["new", "a1", "a2"]] * 30, epochs=1)
        assert (one.wv["new"] != 1).all()
        assert one.syn1neg[40].any()
        one.build_vocab([["new", "newer"]], update=True)
        assert [int(one.wv.get_vecattr(w, "count")) for w in ("new", "newer")] == [1, 1]


def test_another_wv_is_trained():
    model, other = small(sg=1), small(two_languages(50), sg=1, seed=4)
    other.wv.add_vector("a99", np.zeros(20))
    before = other.wv.vectors.copy()
    rows = {word: model.syn1neg[i].copy() for i, word in enumerate(model.wv.words)}
    model.wv = other.wv
    assert all(
        np.array_equal(model.syn1neg[i], rows.get(word, np.zeros(20)))
        for i, word in enumerate(model.wv.words)
    )
    model.train(epochs=1)
    assert (model.wv.vectors[:40] != before[:40]).any(axis=1).all()


def test_output_rows_can_be_replaced():
    model = small(hs=1)
    for name, rows in (("syn1neg", 40), ("syn1", 39)):
        setattr(model, name, np.full((rows, 20), 0.25))
        assert (getattr(model, name) == 0.25).all()
        with pytest.raises(ValueError, match=rf"{name} must be numbers of shape \({rows}, 20\)"):
            setattr(model, name, np.zeros((rows - 2, 20)))
        with pytest.raises(ValueError, match=f"{name} must be numbers of shape"):
            setattr(model, name, None)
    model.syn1 = np.full((40, 20), 0.25)  # gensim's has a row more
    assert model.syn1.shape == (39, 20)
    model.train(epochs=1)
    assert (model.syn1neg != 0.25).all()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_trained(copied):
    model = small(sg=1, hs=1)
    twin = copied(model)
    before = model.wv.vectors.copy()
    twin.train(two_languages(), epochs=1)
    assert np.array_equal(model.wv.vectors, before)
    model.train(epochs=1)
    assert twin.wv.vectors.tobytes() == model.wv.vectors.tobytes()
    assert twin.syn1.tobytes() == model.syn1.tobytes()


def test_words_keep_their_places_in_the_tree(tmp_path):
    """Nodes are what words below them have in common: other words would have to learn them anew."""
    text = two_languages()
    model = small(text, hs=1, negative=0)
    sentences = [text[0], text[-1][::-1]]
    scores = model.score(sentences)
    model.save(tmp_path / "m")
    loaded, shuffled = Word2Vec.load(tmp_path / "m"), copy.deepcopy(model)
    assert np.array_equal(loaded.score(sentences), scores)
    counts = shuffled.wv.expandos["count"]
    counts[:], kept = np.arange(40), counts.copy()
    shuffled.wv.sort_by_descending_frequency()
    shuffled.wv.expandos["count"] = kept[::-1]
    np.testing.assert_allclose(shuffled.score(sentences), scores, rtol=1e-5)
    for one in (model, loaded):
        one.train(text[::-1], epochs=1)
    assert loaded.syn1.tobytes() == model.syn1.tobytes()
    before = model.wv.expandos["huffman_order"]
    model.build_vocab([["newer", "new", "a1", "new"]] * 5, update=True)
    assert model.wv.index_to_key[40:] == ["new", "newer"]
    model.train([["new", "newer", "a1"]] * 5, epochs=1)
    assert model.wv.expandos["huffman_order"].tolist() == [*before, 42, 41]
    assert np.isfinite(model.score(sentences)).all()


@pytest.mark.parametrize("counted_before", [False, True])
def test_words_stand_in_the_tree_as_they_first_occurred(counted_before):
    text = [["d", "c"], ["b", "a", "b", "a", "c", "c"]] * 3
    model = Word2Vec(hs=1, negative=0, vector_size=4, min_count=1, epochs=1)
    if counted_before:
        model.min_count = 3
        model.build_vocab_from_freq({"c": 9, "a": 6, "b": 6, "d": 3})
        model.score(text)  # must not decide anything, nor must a text without words
        model.build_vocab([["rare"]], update=True)
        assert "huffman_order" not in model.wv.expandos
        model.train(text, total_examples=6, epochs=1)
    else:
        model.build_vocab(text)
        model.train([["a", "b"]], total_examples=1, epochs=1)  # part of the text
    assert [model.wv.get_vecattr(word, "huffman_order") for word in "dcba"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "places",
    [
        np.full(40, np.nan, np.float32),
        np.full(40, 2**63, np.uint64),
        np.full(40, 2**31 - 1, np.int32),
        np.full(40, -1, np.int64),
        ["a"] * 40,
    ],
    ids=str,
)
def test_places_that_are_none_are_found_again(places):
    text = two_languages()
    model = small(text, hs=1)
    good = model.wv.expandos["huffman_order"]
    model.wv.expandos["huffman_order"] = places
    assert np.isfinite(model.score(text[:1])).all()
    model.train(text, epochs=1)
    assert np.array_equal(model.wv.expandos["huffman_order"], good)


def test_older_files_call_the_order_tree_place(tmp_path):
    text = two_languages()
    model = small(text, hs=1, negative=0)
    model.save(tmp_path / "m")
    order = {"attribute.tree_place": model.wv.expandos["huffman_order"]}
    rewrite(tmp_path / "m", tmp_path / "old", order, without=("attribute.huffman_order",))
    loaded = Word2Vec.load(tmp_path / "old")
    assert list(loaded.wv.expandos) == ["count", "huffman_order"]
    assert np.array_equal(loaded.score(text[:2]), model.score(text[:2]))


def test_nodes_of_an_unknown_tree_begin_anew(tmp_path):
    model = small(hs=1)
    del model.wv.expandos["huffman_order"]
    model.save(tmp_path / "m")
    with pytest.warns(UserWarning, match=r"m does not say where words stand .* syn1 begins anew"):
        loaded = Word2Vec.load(tmp_path / "m")
    assert not loaded.syn1.any()
    assert np.array_equal(loaded.wv.vectors, model.wv.vectors)


def test_a_saved_model_keeps_locks_and_attributes(tmp_path):
    model = small()
    model.wv.vectors_lockf[0] = 0
    model.wv.set_vecattr("a1", "weight", 5)
    model.save(tmp_path / "m.safetensors")
    loaded = Word2Vec.load(tmp_path / "m.safetensors")
    locked = loaded.wv.vectors[0].copy()
    loaded.train(two_languages(), epochs=1)
    assert np.array_equal(loaded.wv.vectors[0], locked)
    for wv in (loaded.wv, KeyedVectors.load(tmp_path / "m.safetensors")):
        assert wv.get_vecattr("a1", "weight") == 5
    model.wv.set_vecattr("a1", "color", "red")
    with pytest.raises(ValueError, match="attribute 'color' holds Python objects"):
        model.save(tmp_path / "m.safetensors")


def test_new_words_come_into_the_same_wv():
    model = small()
    wv = model.wv
    wv.set_vecattr("a1", "weight", 5)
    model.build_vocab([["new", "a1"]] * 5, update=True)
    assert model.wv is wv
    assert "new" in wv
    assert (wv.get_vecattr("a1", "weight"), wv.get_vecattr("new", "weight")) == (5, 0)
    model.build_vocab([["other"]] * 5)
    assert model.wv is wv
    assert wv.index_to_key == ["other"]
    assert list(wv.expandos) == ["count"]


# --- text that was changed


def test_a_list_that_has_changed_is_read_again():
    text = two_languages()
    model = small(text)
    text[:] = [["a1", "a2"] for _ in range(10)]
    assert model.train(text, epochs=1)[1] == 20
    text[0][0] = "unknown"
    assert model.train(text, epochs=1)[1] == 19
    assert model.train(epochs=1)[1] == 12 * 600


def test_a_file_that_has_changed_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "day.txt"
    path.write_text("a b\n" * 10)
    model = small([path])
    read, really = [], Corpus.read
    monkeypatch.setattr(
        Corpus, "read", lambda *a, **options: read.append(*a) or really(*a, **options)
    )
    assert model.train([str(path)], epochs=1)[1] == 20
    assert all(isinstance(source, Corpus) for source in read)
    path.write_text("b\n" * 7)
    assert model.train(path, epochs=1)[1] == 7
    path.unlink()
    with pytest.raises(FileNotFoundError, match="no such file"):
        model.train(path)


def test_a_generator_that_build_vocab_has_read_is_trained_on():
    model = Word2Vec(vector_size=4, min_count=1)
    text = iter(two_languages(50))
    model.build_vocab(text)
    assert model.train(text, epochs=1)[1] == 12 * 50
    with pytest.warns(UserWarning, match="nothing was trained: the corpus is empty"):
        assert model.train(map(list, text), epochs=1) == (0, 0)


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


# --- gensim's other names


def test_words_that_were_counted_elsewhere():
    text = two_languages()
    counts = collections.Counter(itertools.chain.from_iterable(text))
    model = Word2Vec(vector_size=8, min_count=2, hs=1)
    model.build_vocab_from_freq({"rare": 1} | counts, keep_raw_vocab=True, corpus_count=600)
    assert (len(model.wv), model.corpus_count, model.layer1_size) == (40, 600, 8)
    assert "rare" not in model.wv
    assert model.train(text, total_examples=600, epochs=1)[1] == 12 * 600
    model.build_vocab_from_freq({"rare": 1, "new": 2, "a1": 3}, update=True)
    assert model.wv.index_to_key[40:] == ["new"]
    assert model.wv.get_vecattr("a1", "count") == counts["a1"] + 3
    with pytest.raises(ValueError, match="train needs a corpus"):
        model.train()
    with pytest.raises(ValueError, match="none of 1 words is kept with min_count 2"):
        model.build_vocab_from_freq({"rare": 1})


def test_a_model_can_take_over_the_words_of_another():
    model = small()
    other = Word2Vec(vector_size=8, workers=1, seed=5)
    other.reset_from(model)
    assert other.wv.words == model.wv.words
    assert other.wv is not model.wv
    assert other.train(epochs=1)[1] == 12 * 600
    other.build_vocab([["a1"]], update=True)
    assert other.wv.get_vecattr("a1", "count") == model.wv.get_vecattr("a1", "count") + 1


def test_estimated_memory():
    model = small(hs=1)
    report = model.estimate_memory()
    rows = 40 * 32 * 4
    assert report.pop("total") == sum(report.values())
    assert (report["vectors"], report["syn1neg"], report["syn1"]) == (rows, rows, rows)
    more = small().estimate_memory(1000, report={"more": 7})
    assert set(more) == {"more", "vocab", "vectors", "syn1neg", "total"}


def test_a_model_without_words_can_be_saved(tmp_path):
    Word2Vec(vector_size=7).save(tmp_path / "m")
    model = Word2Vec.load(tmp_path / "m")
    model.build_vocab([["a", "b"]] * 5, update=True)
    model.train(epochs=1)
    assert model.wv["a"].shape == (7,)


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


def test_a_model_without_output_rows_is_refused(tmp_path):
    small().save(tmp_path / "m")
    rewrite(tmp_path / "m", tmp_path / "n", without=("outputs",))
    with pytest.raises(ValueError, match=r"n is damaged: it has no output weights"):
        Word2Vec.load(tmp_path / "n")
    rewrite(tmp_path / "m", tmp_path / "n", parameters="[1]")
    with pytest.raises(ValueError, match="n is damaged: parameters is not a JSON object"):
        Word2Vec.load(tmp_path / "n")


@pytest.mark.parametrize("options", [{"sg": 1}, {"sg": 0}, {"hs": 1, "negative": 0}])
@pytest.mark.parametrize("workers", [1, 3])
def test_locked_vectors_stay(options, workers):
    model = small(workers=workers, **options)
    model.wv.vectors_lockf = np.ones(len(model.wv), np.float32)
    model.wv.vectors_lockf[1] = 0
    before = model.wv.vectors.copy()
    model.train(two_languages(), epochs=2)
    moved = np.abs(model.wv.vectors - before).max(axis=1)
    assert moved[1] == 0
    assert (np.delete(moved, 1) > 0).all()
    model.wv.vectors_lockf[1] = 1  # the same array, seen by the next call
    model.train(two_languages(), epochs=1)
    assert (model.wv.vectors[1] != before[1]).any()


def test_vectors_of_a_file_are_locked_unless_told_otherwise(tmp_path):
    model = small()
    given = KeyedVectors.of(model.wv.words, np.ones_like(model.wv.vectors))
    given.save_word2vec_format(tmp_path / "v.bin", binary=True)
    model.wv.intersect_word2vec_format(tmp_path / "v.bin", binary=True)
    model.train(two_languages(), epochs=1)
    assert (model.wv.vectors == 1).all()
    model.wv.intersect_word2vec_format(tmp_path / "v.bin", binary=True, lockf=1.0)
    model.train(two_languages(), epochs=1)
    assert (model.wv.vectors != 1).any(axis=1).all()
