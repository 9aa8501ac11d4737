"""What is logged, as gensim logs it: odd calls, and how reading and training go on."""

import logging

import numpy as np
import pytest

from fastvec import CallbackAny2Vec, FrozenPhrases, GloVe, KeyedVectors, Phrases, Word2Vec

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 100
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0}


def vectors(words):
    wv = KeyedVectors(4)
    wv.add_vectors(words, np.ones((len(words), 4)))
    return wv


def test_reading_and_training_are_logged(caplog, tmp_path):
    caplog.set_level(logging.INFO, "fastvec")
    model = Word2Vec(TEXT, epochs=2, **SMALL)
    model.save(tmp_path / "m")
    Word2Vec.load(tmp_path / "m")
    assert {record.name for record in caplog.records} == {"fastvec"}
    expected = [
        "collected 5 words from 600 raw words and 200 sentences; min_count=1",
        "training Word2Vec<vocab=5, vector_size=4, alpha=0.025, sample=0, epochs=2>: 600 words, 2",
        "training: epoch 1 of 2, 50.0 %, ",
        "training: epoch 2 of 2, 100.0 %, ",
        "trained 2 epochs: loss 0.",
        "saved Word2Vec<vocab=5",
        "loaded Word2Vec<vocab=5",
    ]
    assert len(caplog.messages) == len(expected)
    for message, start in zip(caplog.messages, expected, strict=True):
        assert message.startswith(start)


def test_training_of_glove_is_logged(caplog):
    caplog.set_level(logging.INFO, "fastvec")
    GloVe(4, min_count=1, epochs=3, progress=False).fit(TEXT)
    assert sum(message.startswith("training: epoch ") for message in caplog.messages) == 3


def test_nothing_is_logged_about_what_is_usual(caplog):
    model = Word2Vec(TEXT, **SMALL)
    model.predict_output_word(["the"])
    model.wv.doesnt_match(["the", "cat", "dog"])
    Word2Vec(TEXT, hs=1, negative=0, **SMALL)
    assert caplog.messages == []


def test_both_ways_of_training_at_once(caplog):
    Word2Vec(hs=1, negative=5)
    assert caplog.messages[0].startswith("hierarchical softmax (hs=1) and negative sampling (neg")


@pytest.mark.parametrize("more", [{}, {"start_alpha": 0.4}])
def test_a_learning_rate_above_that_of_before(caplog, more):
    model = Word2Vec(TEXT, **SMALL)
    model.train(TEXT, epochs=1, **more)
    assert caplog.messages[0].startswith("the learning rate begins at alpha=0.")
    caplog.clear()
    model.train(TEXT, epochs=1, start_alpha=1e-4, end_alpha=1e-5)
    assert caplog.messages == []


def test_a_prediction_that_cannot_be_made(caplog):
    model = Word2Vec(TEXT, **SMALL)
    assert model.predict_output_word(["unknown"]) is None
    assert caplog.messages == ["predict_output_word: none of the context words is known"]
    model.wv = vectors(["x", "y", "z"])
    assert model.predict_output_word(["x", "y"]) is None
    assert "no output weights were trained for the words of wv" in caplog.messages[1]


def test_a_prediction_is_gensims():
    gensim = pytest.importorskip("gensim", reason="gensim is not installed")
    for mean in (0, 1):
        model = Word2Vec(TEXT, cbow_mean=mean, alpha=0.1, **SMALL)
        theirs = gensim.models.Word2Vec(vector_size=4, cbow_mean=mean)
        theirs.wv = gensim.models.KeyedVectors(4)
        theirs.wv.add_vectors(model.wv.index_to_key, model.wv.vectors)
        theirs.syn1neg = np.array(model.syn1neg)
        for context in (["the", "cat"], ["the", "the", "unknown"], ["dog"], [0, 1]):
            expected = theirs.predict_output_word(context, topn=3)
            found = model.predict_output_word(context, topn=3)
            assert [word for word, _ in found] == [word for word, _ in expected]
            assert [p for _, p in found] == pytest.approx([p for _, p in expected], rel=1e-5)


def test_attributes_that_are_not_saved(caplog, tmp_path):
    model = Word2Vec(TEXT, **SMALL)
    model.save(tmp_path / "m")
    assert caplog.messages == []
    model.note = "x"
    model.save(tmp_path / "m")
    assert caplog.messages == ["save does not keep the attributes note"]


def test_callbacks_without_a_text(caplog):
    Word2Vec(callbacks=[CallbackAny2Vec()])
    assert caplog.messages == ["callbacks are not kept: without a text, give them to train"]


@pytest.mark.parametrize("callbacks", [[len], len, CallbackAny2Vec(), "x", 3])
def test_what_is_no_list_of_callbacks_is_refused_before_reading(callbacks):
    def never():
        pytest.fail("the text was read")
        yield

    for make in (
        lambda: Word2Vec(never(), callbacks=callbacks, **SMALL),
        lambda: GloVe(4, min_count=1).fit(never(), callbacks=callbacks),
        lambda: Word2Vec(TEXT, **SMALL).train(never(), callbacks=callbacks),
    ):
        with pytest.raises(TypeError, match="callbacks must be a list of CallbackAny2Vec, got"):
            make()
    Word2Vec(TEXT, callbacks=None, **SMALL)


@pytest.mark.parametrize("comment", [{1, 2}, {"a": np.arange(3)}, np.arange(3), b"x"])
def test_a_comment_that_cannot_be_saved_is_refused_at_once(comment):
    with pytest.raises(TypeError, match="comment must be what JSON can hold, got"):
        Word2Vec(TEXT, comment=comment, **SMALL)


def test_a_model_shows_its_options():
    assert repr(Word2Vec(vector_size=4)) == "Word2Vec<vocab=0, vector_size=4, alpha=0.025>"
    shown = repr(Word2Vec(vector_size=4, sg=1, window=3, epochs=7))
    assert shown == "Word2Vec<vocab=0, vector_size=4, alpha=0.025, window=3, sg=1, epochs=7>"


SAVED = {
    "Word2Vec": lambda: Word2Vec(TEXT, **SMALL),
    "GloVe": lambda: GloVe(4, x_max=1, min_count=1, progress=False).fit(TEXT),
    "KeyedVectors": lambda: vectors(["the", "cat"]),
    "Phrases": lambda: Phrases(TEXT, min_count=1, threshold=0.01),
    "FrozenPhrases": lambda: Phrases(TEXT, min_count=1, threshold=0.01).freeze(),
}


@pytest.mark.parametrize("name", SAVED)
def test_attributes_set_by_hand_are_said_to_be_lost(name, caplog, tmp_path):
    thing = SAVED[name]()
    thing.save(tmp_path / "x")
    assert caplog.messages == []
    kinds = {"Phrases": Phrases, "FrozenPhrases": FrozenPhrases}
    loaded = kinds.get(name, type(thing)).load(tmp_path / "x")
    loaded.save(tmp_path / "y")
    assert caplog.messages == []
    thing.note, thing.best = "x", 3
    thing.save(tmp_path / "x")
    assert caplog.messages == ["save does not keep the attributes best, note"]
