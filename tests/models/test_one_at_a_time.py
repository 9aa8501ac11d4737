"""A model is changed by one call at a time."""

import copy
import pickle
import threading

import numpy as np
import pytest

from fastvec import CallbackAny2Vec, GloVe, NeuralLM, Ranker, Word2Vec

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 10


def word2vec():
    return Word2Vec(TEXT, vector_size=4, min_count=1, workers=1)


def glove():
    return GloVe(4, min_count=1, workers=1, epochs=2, progress=False).fit(TEXT)


def language_model():
    return NeuralLM(TEXT, 4, min_count=1, workers=1, epochs=2, progress=False)


def ranker():
    return Ranker(TEXT, 4, min_count=1, workers=1, epochs=2, progress=False)


class Meanwhile(CallbackAny2Vec):
    """Does something once while a model is trained."""

    def __init__(self, action):
        self.action = action
        self.done = False

    def on_epoch_end(self, model):
        if not self.done:
            self.done = True
            self.action(model)


def in_another_thread(action):
    """What a callback does with its model, done in another thread; its exceptions are kept."""
    errors = []

    def attempt(model):
        try:
            action(model)
        except RuntimeError as error:
            errors.append(str(error))

    def callback(model):
        thread = threading.Thread(target=attempt, args=(model,))
        thread.start()
        thread.join()

    return callback, errors


CALLS = {
    "train": lambda model: model.train(TEXT, epochs=1),
    "build_vocab": lambda model: model.build_vocab([["new", "the"]], update=True),
    "build_vocab_from_freq": lambda model: model.build_vocab_from_freq({"new": 3}, update=True),
    "reset_from": lambda model: model.reset_from(word2vec()),
}


@pytest.mark.parametrize("name", CALLS)
def test_another_thread_is_refused_while_a_model_is_trained(name):
    model, alone = word2vec(), word2vec()
    callback, errors = in_another_thread(CALLS[name])
    model.train(TEXT, epochs=3, callbacks=[Meanwhile(callback)])
    assert len(errors) == 1
    assert errors[0].startswith(f"{name} cannot begin while train of the same model is running")
    alone.train(TEXT, epochs=3)
    np.testing.assert_array_equal(model.wv.vectors, alone.wv.vectors)
    CALLS[name](model)  # afterwards it may


def test_train_is_refused_while_the_vocabulary_is_built():
    model = word2vec()
    callback, errors = in_another_thread(CALLS["train"])

    def sentences():
        callback(model)
        yield ["new", "the"]

    model.build_vocab(sentences(), update=True)
    assert errors[0].startswith("train cannot begin while build_vocab of the same model is running")
    assert "new" in model.wv


@pytest.mark.parametrize("make", [word2vec, glove, language_model, ranker])
def test_a_callback_does_not_train_its_own_model(make):
    model, alone = make(), make()
    errors = []

    def inner(model):
        with pytest.raises(RuntimeError, match="train cannot begin while train") as caught:
            model.train(TEXT, epochs=1)
        errors.append(caught.value)

    model.train(TEXT, epochs=3, callbacks=[Meanwhile(inner)])
    alone.train(TEXT, epochs=3)
    assert errors
    np.testing.assert_array_equal(model.wv.vectors, alone.wv.vectors)


def test_a_callback_may_add_words_to_its_model():
    model = word2vec()
    model.train(TEXT, epochs=3, callbacks=[Meanwhile(CALLS["build_vocab"])])
    assert "new" in model.wv
    assert len(model.loss_history) == 8


@pytest.mark.parametrize("make", [word2vec, glove, language_model, ranker])
@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_that_a_callback_makes_can_be_trained(make, how):
    copies = []
    make().train(TEXT, epochs=2, callbacks=[Meanwhile(lambda m: copies.append(how(m)))])
    copies[0].train(TEXT, epochs=1)


@pytest.mark.parametrize("make", [word2vec, glove, language_model, ranker])
def test_a_model_can_be_trained_after_an_error(make):
    def broken(_):
        raise OSError("the line is dead")

    model = make()
    with pytest.raises(OSError, match="dead"):
        model.train(TEXT, epochs=2, callbacks=[Meanwhile(broken)])
    model.train(TEXT, epochs=1)


def test_a_training_that_fails_before_it_begins_changes_no_option():
    def broken():
        yield ["the", "cat"]
        raise OSError("the line is dead")

    model = word2vec()
    before = model.epochs, model.alpha, model.min_alpha
    with pytest.raises(OSError, match="dead"):
        model.train(broken(), epochs=7, start_alpha=0.5, end_alpha=0.2)
    with pytest.raises(TypeError, match="must be"):
        model.train(TEXT, epochs="x", start_alpha=0.5)
    assert (model.epochs, model.alpha, model.min_alpha) == before
