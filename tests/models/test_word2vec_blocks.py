"""Word2Vec(deterministic=True): the same bytes for any number of workers, whatever else is set."""

import hashlib
import itertools

import numpy as np
import pytest
from word2vec_models import MODELS, small, two_languages

from fastvec import Word2Vec
from fastvec.models.callbacks import CallbackAny2Vec

WORKERS = [1, 2, 3, 7, 16]


def many_words(sentences=3000, words=2100, seed=0):
    """Sentences of 20 of so many words, the first ones the most frequent: for eight blocks."""
    weights = 1 / (np.arange(words) + 5)
    drawn = np.random.default_rng(seed).choice(words, (sentences, 20), p=weights / weights.sum())
    drawn.flat[:words] = np.arange(words)
    return [[f"w{word}" for word in row] for row in drawn.tolist()]


def deterministic(sentences=None, **options):
    options = {"sg": 1, "deterministic": True, "epochs": 2, "sample": 1e-3} | options
    return small(many_words() if sentences is None else sentences, **options)


def fingerprint(model):
    """A hash of all that was learned, and of what is said of it."""
    outputs = model.syn1neg
    state = model.training_state
    facts = state.loss_history, state.predictions, state.trained, state.passed
    data = model.wv.vectors.tobytes() + outputs.tobytes() + repr(facts).encode()
    return hashlib.sha256(data).hexdigest()


def same_for_all(train):
    """The model that `train(workers)` gives, which must be the same for any number of them."""
    models = [train(workers) for workers in WORKERS]
    assert len({fingerprint(model) for model in models}) == 1
    return models[0]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shared_negatives": False},
        {"negative": 1},
        {"negative": 20, "sample": 0},
        {"window": 12, "shrink_windows": False},
        {"ns_exponent": -0.5, "vector_size": 5},
        {"ns_exponent": 10},
        {"alpha": 0.5},
    ],
    ids=str,
)
def test_any_number_of_workers_gives_the_same_bytes(options):
    model = same_for_all(lambda workers: deterministic(workers=workers, **options))
    assert np.isfinite(model.wv.vectors).all()
    fresh = Word2Vec(vector_size=model.vector_size, min_count=1)
    fresh.build_vocab(many_words())
    assert (model.wv.vectors != fresh.wv.vectors).any(axis=1).mean() > 0.5


def test_locked_vectors_stay_and_others_do_not_depend_on_the_workers():
    before = {}

    def train(workers):
        model = deterministic(epochs=1, workers=workers)
        locks = np.ones(len(model.wv), np.float32)
        locks[::3], locks[1::3] = 0, 0.5
        model.wv.vectors_lockf = locks
        before[workers] = model.wv.vectors.copy()
        model.train(many_words(), epochs=1)
        return model

    model = same_for_all(train)
    moved = model.wv.vectors != before[1]
    assert not moved[::3].any()
    assert moved[1::3].any(axis=1).mean() > 0.5
    assert moved[2::3].any(axis=1).mean() > 0.5


def test_training_twice_with_new_words_and_callbacks():
    class Change(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.alpha *= 0.5
            model.workers = model.workers % 3 + 1

    def train(workers):
        model = deterministic(workers=workers, callbacks=[Change()])
        model.build_vocab(many_words(200, 2500, 3), update=True)
        model.workers = workers
        model.train(many_words(200, 2500, 3), epochs=2, callbacks=[Change()])
        return model

    model = same_for_all(train)
    assert len(model.wv) > 2100
    assert len(model.loss_history) == 4


def test_the_seed_and_the_option_decide():
    losses = {
        deterministic(seed=seed, deterministic=both).loss_history[-1]
        for seed, both in itertools.product((1, 2), (True, False))
    }
    assert len(losses) == 4


def test_it_learns_what_one_worker_learns():
    text = two_languages(1500)
    blocks, plain = (deterministic(text, deterministic=on, epochs=5, sample=0) for on in (1, 0))
    assert blocks.loss_history[-1] == pytest.approx(plain.loss_history[-1], rel=0.06)
    for model in blocks, plain:
        near = [word for word, _ in model.wv.most_similar("a0", topn=15)]
        assert sum(word.startswith("a") for word in near) == 15


@pytest.mark.parametrize("words", [["one"], ["one", "two"]])
def test_one_or_two_words(words):
    model = deterministic([words * 5] * 20, sample=0, workers=3)
    assert np.isfinite(model.wv.vectors).all()
    assert model.training_state.predictions > 0


@pytest.mark.parametrize(
    "options", [each for each in MODELS if each["hs"] or not each["sg"]], ids=str
)
def test_other_models_are_refused(options):
    with pytest.raises(ValueError, match="deterministic=True is only for skip-gram with negative"):
        small(deterministic=True, **options)


def test_it_is_saved_with_the_model(tmp_path):
    deterministic(workers=2).save(tmp_path / "model.safetensors")
    loaded = Word2Vec.load(tmp_path / "model.safetensors")
    assert loaded.deterministic is True
    loaded.train(many_words(), epochs=1)
    whole = deterministic(workers=1)
    whole.train(many_words(), epochs=1)
    assert fingerprint(loaded) == fingerprint(whole)
