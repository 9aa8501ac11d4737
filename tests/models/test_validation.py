"""Validation: what is held out, that it is not trained on, and that its loss is right."""

import numpy as np
import pytest

from fastvec import Corpus, EarlyStopping, GloVe, Word2Vec
from fastvec._core import Control
from fastvec.models import word2vec_run
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.validation import PIECE, SEED, hold_out, word_hashes
from fastvec.models.word2vec_run import Word2VecRun
from fastvec.params import CooccurrenceParams
from fastvec.words import Words

GENERATOR = np.random.default_rng(3)
TEXT = [[f"w{i}" for i in GENERATOR.zipf(1.3, 12) if i < 300] for _ in range(1500)]
SMALL = {"vector_size": 20, "min_count": 1, "sample": 0.01, "epochs": 2, "workers": 1}
MODELS = [
    {"sg": 1},
    {"sg": 0},
    {"sg": 1, "hs": 1, "negative": 0},
    {"sg": 0, "hs": 1, "negative": 0},
    {"sg": 1, "shared_negatives": False},
    {"sg": 0, "cbow_mean": 0, "vector_size": 300},
    {"sg": 1, "hs": 1, "negative": 5},
]


# --- what is held out


def held_sentences(text, share, **options):
    corpus = Corpus.read(text, min_count=1, **options)
    split = hold_out(corpus, share)
    words = corpus.vocabulary.words
    bounds = zip(split.offsets[:-1], split.offsets[1:], split.held, strict=True)
    return [tuple(words[i] for i in corpus.tokens[a:b]) for a, b, held in bounds if held]


def test_a_share_of_the_sentences_is_held_out():
    corpus = Corpus.read(TEXT, min_count=1)
    for share in (0.05, 0.5):
        split = hold_out(corpus, share)
        assert split.held.mean() == pytest.approx(share, rel=0.3)
        assert split.words == np.diff(split.offsets)[split.held == 1].sum()
        assert np.array_equal(split.offsets, corpus.offsets)


def test_the_same_sentences_are_held_out_of_every_text():
    """Whatever their order is, the ids of their words, and how often they occur."""
    held = set(held_sentences(TEXT, 0.1))
    more = [["other", "words"], *reversed(TEXT), *TEXT[:100]]
    assert held == set(held_sentences(more, 0.1)) - {("other", "words")}
    trained = {tuple(sentence) for sentence in TEXT} - held
    assert not trained & set(held_sentences(more, 0.1))


def test_long_sentences_are_held_out_in_pieces():
    tokens = [f"w{i}" for i in GENERATOR.integers(0, 5000, 200 * PIECE + 7)]
    corpus = Corpus.read([["a", "b"], tokens, ["b", "c"]], min_count=1)
    split = hold_out(corpus, 0.1)
    lengths, held = np.diff(split.offsets), split.held == 1
    assert 5 <= held.sum() <= 50
    assert split.offsets[-1] == len(corpus.tokens)
    assert np.isin(lengths[held], [PIECE, 7, 2]).all()
    # What is trained on is cut only where something was taken out.
    inner = slice(1, len(held) - 1)
    assert not (~held[inner][:-1] & ~held[inner][1:]).any()


@pytest.mark.parametrize(
    ("text", "share", "says"),
    [
        ([["a", "b"]], 1e-9, "validation=1e-09 holds out no sentence of this text: give"),
        ([["b", "c"]] * 3, 0.4, "validation=0.4 holds out all of it of this text: give"),
    ],
)
def test_nothing_or_all_is_refused(text, share, says):
    model = Word2Vec(vector_size=4, min_count=1)
    model.build_vocab(text)
    with pytest.raises(ValueError, match=says):
        model.train(validation=share)


@pytest.mark.parametrize("share", [0, -0.1, 0.6, 1, float("nan"), True])
@pytest.mark.parametrize("kind", [Word2Vec, GloVe])
def test_a_share_must_be_one(kind, share):
    with pytest.raises(ValueError, match="validation must be"):
        if kind is Word2Vec:
            Word2Vec(TEXT, validation=share, **SMALL)
        else:
            GloVe(4, min_count=1).fit(TEXT, validation=share)


def test_a_hash_is_that_of_the_text():
    words, others = Words.of(["b", "a", "ü"]), Words.of(["ü", "b"])
    assert word_hashes(words)[[2, 0]].tolist() == word_hashes(others).tolist()
    assert len(word_hashes(Words.of([3, 4]))) == 2


# --- the loss of Word2Vec


def trained(options):
    model = Word2Vec(**SMALL | options)
    model.build_vocab(TEXT)
    model.train()
    return model


def state_of(model):
    return [model.wv.vectors.tobytes()] + [
        rows.tobytes() for _, rows in model._output_weights.items()
    ]


@pytest.mark.parametrize("options", MODELS)
def test_the_loss_is_that_of_training_with_a_rate_of_0(monkeypatch, options):
    """The kernels of training, on the same windows and noise words, give the same sums."""
    model = trained(options)
    before = state_of(model)
    run = Word2VecRun(model, model._corpus, 0.2)
    loss, predictions = run.validate()
    assert state_of(model) == before

    def thawed(**arguments):
        held = 1 - arguments["held"]
        return training(**arguments | {"frozen": False, "held": held})

    training = word2vec_run.Training
    monkeypatch.setattr(word2vec_run, "Training", thawed)
    core = run._core(model._corpus, run._split, frozen=True)
    control = Control(1)
    core.start_epoch(0.0, 0.0, SEED)
    core.run(0, control)
    assert core.predictions == predictions > 1000
    # CBOW's kernel rounds its products in another way where products are in bf16.
    assert loss == pytest.approx(core.loss, rel=1e-3 if not model.sg else 1e-12)
    assert control.total() == run._split.words


@pytest.mark.parametrize("options", MODELS)
def test_scores_at_a_scale(options):
    """As if the output rows had been multiplied with it."""
    model = trained(options | {"vector_size": 32, "epochs": 20})
    run = Word2VecRun(model, model._corpus, 0.2)
    at_half, plain = run._validate(0.5)[0], run.validate()[0]
    for rows in [rows for _, rows in model._output_weights.items()]:
        rows *= 0.5
    run = Word2VecRun(model, model._corpus, 0.2)
    assert run.validate()[0] == pytest.approx(at_half, rel=1e-3)
    assert at_half != pytest.approx(plain, rel=3e-3)


def test_the_calibrated_loss_is_the_least_of_all_scales():
    model = trained({"sg": 1, "epochs": 60, "alpha": 0.2, "min_alpha": 0.2})  # rows are too long
    run = Word2VecRun(model, model._corpus, 0.2)
    losses = [run._validate(scale) for scale in np.linspace(0.5, 1, 21)]
    means = [total / predictions for total, predictions in losses]
    assert run.calibrated(means[-1]) == pytest.approx(min(means), rel=1e-2)
    assert min(means) < 0.98 * means[-1]


def test_early_stopping_compares_calibrated_losses():
    model, stopping = Word2Vec(**SMALL | {"sg": 1, "alpha": 0.3, "epochs": 8}), EarlyStopping(9)
    model.build_vocab(TEXT)
    model.train(validation=0.2, callbacks=[stopping])
    state = model.training_state
    assert state.watched[-1] == -state.calibrated_loss > -state.validation_history[-1]
    model.train(validation=0.2, epochs=1)
    assert state.calibrated_loss == np.inf


@pytest.mark.parametrize("options", MODELS[:4])
def test_the_loss_does_not_depend_on_workers_and_changes_nothing(options):
    model = trained(options)
    losses = []
    for workers in (1, 2, 7):
        model.workers = workers
        losses.append(Word2VecRun(model, model._corpus, 0.1).validate())
    assert {predictions for _, predictions in losses} == {losses[0][1]}
    assert [loss for loss, _ in losses] == pytest.approx([losses[0][0]] * 3, rel=1e-12)


def test_the_loss_of_hierarchical_softmax_is_score():
    """With whole windows and all words nothing is random: the sum is minus that of ``score``."""
    model = trained({"sg": 1, "hs": 1, "negative": 0, "sample": 0, "shrink_windows": 0})
    run = Word2VecRun(model, model._corpus, 0.1)
    loss, _ = run.validate()
    expected = -model.score(held_sentences(TEXT, 0.1)).sum()
    assert loss == pytest.approx(float(expected), rel=2e-3)  # products may be in bf16


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_held_out_is_not_trained_on(workers):
    """Each sentence has words of its own: those that are held out keep their first vectors."""
    text = [[f"{i}-{j}" for j in range(6)] for i in range(200)] * 5
    model = Word2Vec(**SMALL | {"sample": 0, "workers": workers})
    model.build_vocab(text)
    first = model.wv.vectors.copy()
    model.train(epochs=1, validation=0.2)
    held = {sentence[0].split("-")[0] for sentence in held_sentences(text, 0.2)}
    assert 20 < len(held) < 70
    words = model.wv.index_to_key
    unchanged = (model.wv.vectors == first).all(axis=1)
    assert unchanged.tolist() == [word.split("-")[0] in held for word in words]
    state = model.training_state
    assert state.passed == 6 * 5 * (200 - len(held))


@pytest.mark.parametrize("options", [*MODELS[:4], {"sg": 1, "workers": 2}])
def test_validation_does_not_change_what_is_learned(options):
    """Neither after epochs nor within them."""
    models = []
    for more in ({}, {"validation_every": 3000}, {"validation_every": 10**9}):
        model = Word2Vec(**SMALL | options)
        model.build_vocab(TEXT)
        model.train(validation=0.1, **more)
        models.append(model)
    each, often, last = models
    assert each.validation_epochs == [1, 2]
    assert last.validation_epochs == [1, 2]
    assert {1, 2} <= set(often.validation_epochs)
    assert often.validation_epochs[-1] == 2
    assert min(np.diff(often.validation_epochs)) >= 0
    if options.get("workers") != 2:
        assert state_of(each) == state_of(often) == state_of(last)
        assert each.validation_history[-1] == last.validation_history[-1]
    assert each.validation_history[1] < each.validation_history[0] < 0.7


def test_a_text_of_its_own():
    held = held_sentences(TEXT, 0.1)
    kept = [sentence for sentence in TEXT if tuple(sentence) not in set(held)]
    model = Word2Vec([*kept], validation=held, **SMALL | {"sg": 1})
    assert len(model.validation_history) == 2
    other = Word2Vec([*kept], sg=1, **SMALL)
    assert state_of(model) == state_of(other)
    assert other.validation_history == []
    with pytest.raises(ValueError, match="none of 2 different words is one of the"):
        model.train(kept, validation=[["never", "seen"]])


def test_nothing_to_predict_is_refused_before_training():
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    with pytest.raises(ValueError, match="validation predicts nothing"):
        model.train(validation=[["w1"], ["w2"]])
    assert model.loss_history == []


def test_the_curve_goes_on_and_is_saved(tmp_path):
    model = Word2Vec(TEXT, validation=0.1, **SMALL)
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    loaded.train(TEXT, epochs=1, start_alpha=1e-4, end_alpha=1e-4, validation=0.1)
    assert loaded.validation_history[:2] == model.validation_history
    assert loaded.validation_epochs == [1, 2, 3]
    loaded.build_vocab(TEXT)
    assert loaded.validation_history == []


def test_words_that_are_added_and_sorted_meanwhile():
    """A callback may change the words: the same sentences are held out after it."""
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    run = Word2VecRun(model, model._corpus, 0.1)
    before = run.validate()
    model.wv.add_vector("new", np.ones(20))
    model.wv.sort_by_descending_frequency()
    after = run.validate()
    assert after[1] == pytest.approx(before[1], rel=0.1)  # noise words are others
    held = run._split
    model.wv.renew(Words.of(["w1", "w2", "w3"]), np.ones((3, 20), np.float32), np.ones(3, np.int64))
    run.validate()
    assert run._split.words < held.words


# --- GloVe


@pytest.mark.parametrize("symmetric", [True, False])
def test_the_cost_of_pairs_that_are_held_out(symmetric):
    corpus = Corpus.read(TEXT, min_count=1)
    pairs = count_pairs(corpus, CooccurrenceParams(symmetric=symmetric))
    options = {"epochs": 3, "symmetric": symmetric, "x_max": 10}
    one, other = (
        GloVe(10, workers=workers, **options).fit(pairs, validation=0.2) for workers in (1, 3)
    )
    assert one._records.tobytes() == other._records.tobytes()
    assert one.validation_history == other.validation_history
    assert one.validation_history[2] < one.validation_history[0]
    matrix = pairs.to_scipy().tocoo()
    hashes = word_hashes(one.words)
    of_pairs = hashes[matrix.row] + hashes[matrix.col] + np.uint64(0x9E3779B97F4A7C15)
    of_pairs = (of_pairs ^ (of_pairs >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    of_pairs = (of_pairs ^ (of_pairs >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    held = (of_pairs ^ (of_pairs >> np.uint64(31))) < np.uint64(0.2 * 2**64)
    rows, columns, counts = matrix.row[held], matrix.col[held], matrix.data[held].astype(float)
    words, contexts = one.word_vectors.astype(float), one.context_vectors.astype(float)
    scores = (words[rows] * contexts[columns]).sum(1)
    scores += one.word_biases[rows] + one.context_biases[columns]
    costs = np.minimum(1, (counts / 10) ** 0.75) * (scores - np.log(counts)) ** 2 / 2
    assert one.validation_history[-1] == pytest.approx(costs.mean(), rel=1e-4)
    assert one.training_state.predictions == 3 * (pairs.nnz - held.sum())


def test_pairs_that_are_held_out_are_not_trained_on():
    """Pairs of words that occur with each other only: their vectors stay what they were."""
    text = [[f"{i}-a", f"{i}-b"] for i in range(300)]
    model = GloVe(4, min_count=1, epochs=1).fit(text, validation=0.3)
    first = GloVe(4, min_count=1, epochs=1)
    first._set_pairs(model.pairs)
    first._start(None)
    unchanged = (model.word_vectors == first.word_vectors).all(axis=1)
    assert 50 < unchanged.sum() / 2 < 130
    assert model.training_state.passed == 300 - unchanged.sum() / 2


def test_glove_within_an_epoch():
    models = [
        GloVe(4, min_count=1, epochs=2).fit(TEXT, validation=0.1, validation_every=every)
        for every in (None, 1000)
    ]
    assert models[0]._records.tobytes() == models[1]._records.tobytes()
    assert models[0].validation_epochs == [1, 2]
    assert models[1].validation_epochs[-1] == 2
    assert models[0].validation_history[-1] == models[1].validation_history[-1]


def test_too_few_pairs_to_hold_out():
    with pytest.raises(ValueError, match="validation=1e-06 holds out none of"):
        GloVe(4, min_count=1).fit(TEXT[:9], validation=1e-6)


@pytest.mark.parametrize(
    ("name", "value"), [("validation_every", 0), ("validation_every", 1.5), ("report_delay", 0)]
)
def test_options_of_news_are_checked(name, value):
    model = Word2Vec(TEXT, **SMALL)
    with pytest.raises((ValueError, TypeError), match=f"{name} must be"):
        model.train(validation=0.1, **{name: value})
    with pytest.raises((ValueError, TypeError), match=f"{name} must be"):
        GloVe(4, min_count=1).fit(TEXT, validation=0.1, **{name: value})
