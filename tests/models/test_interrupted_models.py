"""Changes of models are made whole or not at all, whatever exception comes at whatever moment."""

import copy

import numpy as np
import pytest
from interrupts import PLACES, interrupted

from fastvec import Corpus, GloVe, NeuralLM, Phrases, Ranker, Word2Vec

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 3
MORE = [["the", "new", "cat"]] * 3
LOWER = Corpus.read([["The", "new", "Cat"]] * 3, min_count=1, lower=True)


def word2vec(**options):
    options = {"vector_size": 2, "min_count": 1, "workers": 1, "epochs": 1} | options
    return Word2Vec(TEXT, progress=False, **options)


def glove():
    return GloVe(2, min_count=1, workers=1, epochs=1, progress=False).fit(TEXT)


def language_model():
    return NeuralLM(TEXT, 2, hidden_size=2, min_count=1, workers=1, epochs=1, progress=False)


def ranker():
    return Ranker(TEXT, 2, hidden_size=2, min_count=1, workers=1, epochs=1, progress=False)


def phrases():
    return Phrases(TEXT, min_count=1, threshold=0.1, workers=1, progress=False)


def state_of_word2vec(model):
    counts, weights = model._word_counts().tolist(), (model.syn1neg, model.syn1)
    read = (model.corpus_count, model.corpus_total_words, model.lower, model._corpus)
    names = sorted(model.wv.expandos)
    weights = [None if rows is None else rows.tolist() for rows in weights]
    trained = model.training_state.to_dict() | {"total_train_time": 0}
    return (
        model.wv.index_to_key,
        model.wv.vectors.tolist(),
        counts,
        names,
        weights,
        trained,
        read[:3],
    )


def state_of_glove(model):
    words = None if model.words is None else list(model.words)
    records = None if model._records is None else model._records.tolist()
    return words, records, model.lower, model.training_state.to_dict() | {"total_train_time": 0}


def state_of_phrases(model):
    return dict(model.vocab), model.corpus_word_count, model.lower, model.export_phrases()


OTHER = word2vec(negative=0, hs=1)
CHANGES = {
    "build": (word2vec, state_of_word2vec, lambda model: model.build_vocab(MORE)),
    "build from a corpus": (word2vec, state_of_word2vec, lambda model: model.build_vocab(LOWER)),
    "update": (word2vec, state_of_word2vec, lambda model: model.build_vocab(MORE, update=True)),
    "update a tree": (
        lambda: word2vec(hs=1, negative=0),
        state_of_word2vec,
        lambda model: model.build_vocab(MORE, update=True),
    ),
    "counts": (
        word2vec,
        state_of_word2vec,
        lambda model: model.build_vocab_from_freq({"new": 3, "cat": 2}),
    ),
    "more counts": (
        word2vec,
        state_of_word2vec,
        lambda model: model.build_vocab_from_freq({"new": 3, "cat": 2}, update=True),
    ),
    "reset": (word2vec, state_of_word2vec, lambda model: model.reset_from(OTHER)),
    "text": (phrases, state_of_phrases, lambda model: model.add_vocab(MORE)),
    "a corpus": (phrases, state_of_phrases, lambda model: model.add_vocab(LOWER)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", CHANGES)
def test_a_model_is_as_it_was_or_changed_whole(name, place):
    make, state, change = CHANGES[name]
    model = make()
    after = copy.deepcopy(model)
    change(after)
    possible = state(model), state(after)
    moment, ended = 0, False
    while not ended:
        moment += 1
        some = copy.deepcopy(model)
        ended = interrupted(change, some, moment, place)
        assert state(some) in possible, moment
        if moment % 50 == 0:
            change(some)  # nothing keeps it out
    assert state(some) == possible[1]


TRAININGS = {
    "word2vec": (word2vec, lambda model: model.train(MORE, epochs=1)),
    "word2vec with a tree": (lambda: word2vec(hs=1), lambda model: model.train(MORE, epochs=1)),
    "glove": (glove, lambda model: model.train(TEXT, epochs=1)),
    "glove anew": (glove, lambda model: model.fit(MORE)),
    "glove from a corpus": (glove, lambda model: model.fit(LOWER)),
    "language model": (language_model, lambda model: model.train(MORE, epochs=1)),
    "ranker": (ranker, lambda model: model.train(MORE, epochs=1)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", TRAININGS)
def test_a_model_that_was_being_trained_can_be_used(name, place, tmp_path):
    make, train = TRAININGS[name]
    model = make()
    moment, ended = 0, False
    while not ended:
        moment += 5
        some = copy.deepcopy(model)
        ended = interrupted(train, some, moment, place)
        wv = some.wv
        assert len(wv.words) == len(wv.vectors) == len(wv.counts)
        assert np.isfinite(wv.vectors).all()
        assert some.training_state.epochs_trained in (0, 1, 2)
        assert len(some.training_state.loss_history) == some.training_state.epochs_trained
        if moment % 30 == 0:
            some.save(tmp_path / "m.safetensors")
            again = type(some).load(tmp_path / "m.safetensors")
            assert again.wv.index_to_key == wv.index_to_key
            train(some)


@pytest.mark.parametrize("place", PLACES)
def test_a_glove_is_what_it_was_until_its_training_begins(place, monkeypatch):
    monkeypatch.setattr(GloVe, "_train", lambda *_, **__: None)
    model = GloVe(2, min_count=1, workers=1, epochs=1, progress=False).fit(TEXT)
    for change in (
        lambda model: model.fit(MORE),
        lambda model: model.fit(LOWER),
        lambda model: model.train(LOWER),
    ):
        after = copy.deepcopy(model)
        change(after)
        possible = state_of_glove(model), state_of_glove(after)
        moment, ended = 0, False
        while not ended:
            moment += 1
            some = copy.deepcopy(model)
            ended = interrupted(change, some, moment, place)
            assert state_of_glove(some) in possible, moment
