"""What is said when nothing was learned, or hardly anything; and that the advice helps."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from texts import GENSIMS_TEXT

from fastvec import GloVe, NeuralLM, Phrases, Word2Vec

SMALL: dict[str, Any] = {"vector_size": 100, "min_count": 1, "workers": 1}
KINDS = [{}, {"sg": 1}, {"hs": 1, "negative": 0}, {"sg": 1, "hs": 1, "negative": 0}]


def advice(message: str) -> dict[str, int]:
    """The options that a message asks for, behind the last colon or semicolon."""
    asked = re.split("[:;]", message)[-1]
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", asked)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_small_text_of_gensims_documentation(
    kind: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    """The usual options drop every word, then subsampling, and then the text is too short."""
    with pytest.raises(ValueError, match="a text this small needs min_count=1, and Word2Vec sam"):
        Word2Vec(GENSIMS_TEXT, workers=1, **kind)
    Word2Vec(GENSIMS_TEXT, **SMALL, **kind)
    [message] = caplog.messages
    assert message.startswith("sample=0.001 leaves out ")
    assert advice(message) == {"sample": 0, "min_count": 1, "epochs": 90}
    caplog.clear()
    model = Word2Vec(GENSIMS_TEXT, **SMALL, sample=0, **kind)
    assert model.loss_history[-1] == pytest.approx(np.log(2), rel=1e-3)
    [message] = caplog.messages
    assert message.startswith("hardly anything was learned: the loss is still that of a fresh mod")
    assert advice(message) == {"epochs": 90}
    caplog.clear()
    model = Word2Vec(GENSIMS_TEXT, **SMALL, sample=0, epochs=90, **kind)
    assert model.loss_history[-1] < 0.95 * np.log(2)
    assert caplog.messages == []


def test_a_rate_that_is_too_low(caplog: pytest.LogCaptureFixture) -> None:
    Word2Vec(GENSIMS_TEXT, **SMALL, sample=0, epochs=90, alpha=1e-5, min_alpha=1e-6)
    assert caplog.messages[0].endswith("; try a higher rate than alpha=1e-05")


def test_text_that_is_large_enough(caplog: pytest.LogCaptureFixture) -> None:
    for kind in KINDS:
        Word2Vec(GENSIMS_TEXT * 20, **SMALL, sample=0, **kind)
    assert caplog.messages == []


def test_many_short_trainings_are_remarked_on_once(caplog: pytest.LogCaptureFixture) -> None:
    model = Word2Vec(**SMALL, sample=0)
    model.build_vocab(GENSIMS_TEXT)
    for _ in range(3):
        model.train(GENSIMS_TEXT, epochs=1, start_alpha=0.01, end_alpha=0.01)
    assert sum(message.startswith("hardly") for message in caplog.messages) == 1


def test_a_vocabulary_of_one_word(caplog: pytest.LogCaptureFixture) -> None:
    Word2Vec(GENSIMS_TEXT, vector_size=4, workers=1, min_count=4)
    assert caplog.messages == [
        "nothing was learned: the vocabulary has one word only (min_count=1 keeps all words)"
    ]


def test_glove_on_a_small_text(caplog: pytest.LogCaptureFixture) -> None:
    GloVe(**SMALL).fit(GENSIMS_TEXT)
    [message] = caplog.messages
    assert message.startswith("hardly anything was learned: the vectors are nearly what they were")
    assert advice(message) == {"x_max": 2, "epochs": 100}
    caplog.clear()
    GloVe(**SMALL, x_max=2, epochs=100).fit(GENSIMS_TEXT)
    assert caplog.messages == []


@pytest.mark.parametrize(("times", "remarks"), [(2, 1), (9, 0), (900, 0)])
def test_glove_on_larger_ones(times: int, remarks: int, caplog: pytest.LogCaptureFixture) -> None:
    model = GloVe(**SMALL).fit(GENSIMS_TEXT * times)
    assert len(caplog.messages) == remarks
    if remarks:
        assert advice(caplog.messages[0]) == {"x_max": 4, "epochs": 100}
    model.train(epochs=1)
    assert len(caplog.messages) == remarks


def test_glove_that_is_held_near_vectors(caplog: pytest.LogCaptureFixture) -> None:
    vectors = GloVe(**SMALL, x_max=2, epochs=100).fit(GENSIMS_TEXT).wv
    GloVe(**SMALL, mu=10).fit(GENSIMS_TEXT, init=vectors)
    assert caplog.messages == []


def test_no_phrases(caplog: pytest.LogCaptureFixture) -> None:
    assert Phrases(GENSIMS_TEXT).export_phrases() == {}
    assert caplog.messages == [
        "no pair of words is a phrase: the most frequent one occurs 2 times, fewer than min_count=5"
    ]
    caplog.clear()
    phrases = Phrases(GENSIMS_TEXT, min_count=1)
    assert phrases.export_phrases() == phrases.export_phrases() == {}
    assert phrases[["response", "time"]] == ["response", "time"]
    assert caplog.messages == [
        "no pair of words is a phrase: the highest score is 7.5, not above threshold=10"
    ]
    caplog.clear()
    assert Phrases(GENSIMS_TEXT, min_count=1, threshold=7).export_phrases() == {
        "response_time": 7.5
    }
    assert Phrases().export_phrases() == Phrases([["alone"]]).export_phrases() == {}
    assert caplog.messages == []


def test_no_phrases_by_a_function(caplog: pytest.LogCaptureFixture) -> None:
    def below(  # type: ignore[no-untyped-def]
        worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count
    ):
        return -worda_count * wordb_count * bigram_count * len_vocab * min_count * corpus_word_count

    assert Phrases(GENSIMS_TEXT, scoring=below, min_count=1, threshold=0).export_phrases() == {}
    assert caplog.messages[0].endswith(", not above threshold=0")


def test_a_language_model_that_guesses_worse_than_at_random(
    caplog: pytest.LogCaptureFixture,
) -> None:
    options: dict[str, Any] = {"min_count": 1, "epochs": 2, "progress": False}
    NeuralLM(GENSIMS_TEXT, **options)
    assert not caplog.messages
    model = NeuralLM(GENSIMS_TEXT, alpha=100, weight_decay=0, **options)
    [message] = caplog.messages
    assert model.loss_history[-1] > np.log(len(model.wv))
    assert re.search(r"above that of guessing, 2\.\d+; lower alpha \(now 100\)", message)
