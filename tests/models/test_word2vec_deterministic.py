"""Word2Vec(deterministic=True): the same bytes for any number of workers, whatever else is set."""

import hashlib
import itertools

import numpy as np
import pytest
from word2vec_models import MODELS, small, two_languages

from fastvec import Word2Vec
from fastvec._util import threads
from fastvec.models import checkpoint
from fastvec.models.callbacks import CallbackAny2Vec

WORKERS = [1, 2, 3, 7, 16]
#: those that virtual workers train; the other one is trained in blocks
VIRTUAL = [each for each in MODELS if each["hs"] or not each["sg"]]


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
    state = model.training_state
    facts = state.loss_history, state.predictions, state.trained, state.passed
    rows = [model.wv.vectors, model.syn1, model.syn1neg]
    data = b"".join(each.tobytes() for each in rows if each is not None)
    return hashlib.sha256(data + repr(facts).encode()).hexdigest()


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


@pytest.mark.parametrize("options", VIRTUAL, ids=str)
def test_the_same_bytes_for_models_of_virtual_workers(options):
    """Of 20 chunks: not all virtual workers have one in the end."""
    text = many_words(10_000)
    model = same_for_all(lambda workers: deterministic(text, epochs=1, workers=workers, **options))
    assert np.isfinite(model.wv.vectors).all()
    assert model.training_state.passed == 200_000


@pytest.mark.parametrize(
    "options",
    [
        {"negative": 20, "sample": 0},
        {"window": 300, "shrink_windows": False},
        {"cbow_mean": 0, "cbow_corrected": True},
        {"sg": 1, "hs": 1, "shared_negatives": True, "vector_size": 5},
        {"alpha": 0.5},
    ],
    ids=str,
)
def test_virtual_workers_with_other_options(options):
    model = same_for_all(
        lambda workers: deterministic(many_words(1500), **{"sg": 0, "workers": workers} | options)
    )
    assert np.isfinite(model.wv.vectors).all()


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_locked_vectors_stay_and_others_do_not_depend_on_the_workers(options):
    before = {}

    def train(workers):
        model = deterministic(many_words(1200), epochs=1, workers=workers, **options)
        locks = np.ones(len(model.wv), np.float32)
        locks[::3], locks[1::3] = 0, 0.5
        model.wv.vectors_lockf = locks
        before[workers] = model.wv.vectors.copy()
        model.train(many_words(1200), epochs=1)
        return model

    model = same_for_all(train)
    moved = model.wv.vectors != before[1]
    assert not moved[::3].any()
    assert moved[1::3].any(axis=1).mean() > 0.5
    assert moved[2::3].any(axis=1).mean() > 0.5


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_training_twice_with_new_words_and_callbacks(options):
    class Change(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.alpha *= 0.5
            model.workers = model.workers % 3 + 1

    def train(workers):
        model = deterministic(many_words(1200), workers=workers, callbacks=[Change()], **options)
        model.build_vocab(many_words(200, 2500, 3), update=True)
        model.workers = workers
        model.train(many_words(200, 2500, 3), epochs=2, callbacks=[Change()])
        return model

    model = same_for_all(train)
    assert len(model.wv) > 2100
    assert len(model.loss_history) == 4


@pytest.mark.parametrize("options", VIRTUAL, ids=str)
def test_it_goes_on_from_a_checkpoint_within_an_epoch(options, tmp_path, monkeypatch):
    """Of 68 chunks, 16, 32, 48 or 64 are done when it is written."""
    monkeypatch.setattr(threads, "TICK_SECONDS", 1e-4)
    text = many_words(34_000)
    options = {"vector_size": 8, "min_count": 1, "epochs": 1, "workers": 2} | options
    whole, model = (Word2Vec(deterministic=True, **options) for _ in range(2))

    def kill(*_):
        raise MemoryError

    for each in whole, model:
        each.build_vocab(text)
    whole.train(text)
    monkeypatch.setattr(checkpoint, "_tell_written", kill)
    with pytest.raises(MemoryError):
        model.train(text, checkpoint=tmp_path / "run.ckpt", checkpoint_every="0.0001s")
    monkeypatch.undo()
    assert 0 < Word2Vec.load(tmp_path / "run.ckpt").training_state.part.passed < 680_000
    again = Word2Vec.resume(tmp_path / "run.ckpt", text, workers=3)
    assert fingerprint(again) == fingerprint(whole)


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_the_seed_and_the_option_decide(options):
    losses = {
        deterministic(many_words(900), seed=seed, deterministic=both, **options).loss_history[-1]
        for seed, both in itertools.product((1, 2), (True, False))
    }
    assert len(losses) == 4


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_it_learns_what_one_worker_learns(options):
    text = two_languages(1500)
    same, plain = (
        deterministic(text, deterministic=on, epochs=5, sample=0, **options) for on in (1, 0)
    )
    assert same.loss_history[-1] == pytest.approx(plain.loss_history[-1], rel=0.06)
    for model in same, plain:
        near = [word for word, _ in model.wv.most_similar("a0", topn=15)]
        assert sum(word.startswith("a") for word in near) == 15


@pytest.mark.parametrize("options", MODELS, ids=str)
@pytest.mark.parametrize("words", [["one"], ["one", "two"]])
def test_one_or_two_words(words, options):
    model = deterministic([words * 5] * 20, sample=0, workers=3, **options)
    assert np.isfinite(model.wv.vectors).all()
    assert model.training_state.predictions > 0 or words == ["one"]


def test_noise_words_of_their_own_are_refused_beside_a_tree():
    with pytest.raises(ValueError, match="with sg=1, hs=1 and negative=5 needs shared_negatives"):
        deterministic(hs=1, negative=5, shared_negatives=False)


def test_it_is_saved_with_the_model(tmp_path):
    deterministic(workers=2).save(tmp_path / "model.safetensors")
    loaded = Word2Vec.load(tmp_path / "model.safetensors")
    assert loaded.deterministic is True
    loaded.train(many_words(), epochs=1)
    whole = deterministic(workers=1)
    whole.train(many_words(), epochs=1)
    assert fingerprint(loaded) == fingerprint(whole)
