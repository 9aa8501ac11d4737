"""The option ``loss``: what it trains, what it predicts, and what it contradicts."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from word2vec_models import small, two_languages

from fastvec import Corpus, Doc2Vec, FastText, Word2Vec
from fastvec._core import BATCH_OBJECTIVES
from fastvec.io.fasttext import args_of
from fastvec.models.word2vec_run import Word2VecRun


def same(one: Word2Vec, other: Word2Vec) -> bool:
    weights = [(m.wv.vectors, m.syn1neg, m.syn1) for m in (one, other)]
    return all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))


def numbers(model: Word2Vec) -> list[bytes]:
    assert model.syn1neg is not None
    return [model.wv.vectors.tobytes(), model.syn1neg.tobytes()]


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize(
    ("loss", "options"),
    [("ns", {}), ("ns", {"negative": 3}), ("hs", {"hs": 1, "negative": 0}), ("hs", {"hs": 1})],
)
def test_the_objectives_of_gensim_have_names(loss: str, options: dict[str, int], sg: int) -> None:
    named = small(sg=sg, epochs=1, loss=loss, **(options if "hs" not in options else {}))
    usual = small(sg=sg, epochs=1, **(options | ({"negative": 0} if loss == "hs" else {})))
    assert named.losses == usual.losses == (loss,)
    assert named.wv.vectors.tobytes() == usual.wv.vectors.tobytes()
    assert (named.syn1 is None, named.syn1neg is None) == (loss == "ns", loss == "hs")


@pytest.mark.parametrize("method", [{"sg": 0}, {"sg": 1}, {"sg": 0, "cbow_mean": 0}], ids=str)
@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_words_that_are_used_alike_become_neighbours(loss: str, method: dict[str, int]) -> None:
    model = small(loss=loss, epochs=12, **method)
    first = model.loss_history[0]
    assert model.loss_history[-1] < 0.97 * first
    for word in "a3", "b7":
        assert {found[0] for found, _ in model.wv.most_similar(word, topn=15)} == {word[0]}


@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_the_same_seed_gives_the_same_bytes(loss: str) -> None:
    one, again, other = (small(loss=loss, epochs=1, sg=1, seed=seed) for seed in (1, 1, 2))
    assert numbers(one) == numbers(again) != numbers(other)


@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_several_workers_learn_too(loss: str) -> None:
    model = small(two_languages(6000), loss=loss, sg=1, epochs=2, workers=3)
    assert {found[0] for found, _ in model.wv.most_similar("a3", topn=15)} == {"a"}


BIGRAMS = [["king", "rules"]] * 600 + [["king", "sleeps"]] * 200 + [["dog", "sleeps"]] * 400


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize(
    ("loss", "lost"), [("softmax", 0.03), ("sampled_softmax", 0.05), ("nce", 0.1)]
)
def test_probabilities_are_those_of_the_text(loss: str, lost: float, sg: int) -> None:
    text = [BIGRAMS[i] for i in np.random.default_rng(0).permutation(len(BIGRAMS))]
    model = small(text, loss=loss, sg=sg, epochs=100, window=1, alpha=0.02, ns_exponent=1.0)
    found = model.predict_output_word(["king"], topn=None)
    assert found is not None
    probable = dict(found)
    assert sum(probable.values()) == pytest.approx(1, abs=1e-5)
    assert probable["rules"] == pytest.approx(0.75, abs=lost)
    assert probable["sleeps"] == pytest.approx(0.25, abs=lost)


def test_one_word_of_context_is_what_its_neighbours_say() -> None:
    """The entropy of the text is the least loss: the network of one word of context reaches it."""
    text = [BIGRAMS[i] for i in np.random.default_rng(0).permutation(len(BIGRAMS))]
    model = small(text, loss="softmax", sg=1, epochs=100, window=1, alpha=0.02)
    king, sleeps = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)), np.log(3) - 2 / 3 * np.log(2)
    entropy = (800 * king + 600 * sleeps) / 2400  # rules and dog have one neighbour each
    assert entropy < model.loss_history[-1] < entropy + 0.02


@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_all_are_validated_by_the_full_softmax(loss: str, caplog: pytest.LogCaptureFixture) -> None:
    text = Corpus.read(two_languages(60, seed=5), min_count=1)
    options: dict[str, Any] = {"window": 1, "shrink_windows": False, "sg": 1}
    with caplog.at_level("INFO", "fastvec"):
        model = small(loss=loss, epochs=2, validation=text, **options)
    assert model.syn1neg is not None
    words = list(text.vocabulary.words)
    total = pairs = 0.0
    for start, end in zip(text.offsets[:-1], text.offsets[1:], strict=True):
        sentence = [words[i] for i in text.tokens[start:end]]
        for word, other in itertools.pairwise(sentence):
            for given, found in (word, other), (other, word):
                scores = model.syn1neg.astype(float) @ model.wv[given]
                total += np.logaddexp.reduce(scores) - scores[model.wv.get_index(found)]
                pairs += 1
    assert model.validation_history[-1] == pytest.approx(total / pairs, rel=1e-5)
    said = re.findall(r"validation: after epoch 2 .* perplexity ([\d.]+)", caplog.text)
    assert float(said[0]) == pytest.approx(np.exp(total / pairs), rel=1e-3)


def test_only_losses_of_words_are_perplexities(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "fastvec"):
        small(epochs=1, validation=0.1)
    assert "validation: after epoch 1" in caplog.text
    assert "perplexity" not in caplog.text


@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_a_saved_model_is_trained_further_alike(tmp_path: Path, loss: str) -> None:
    model = small(loss=loss, epochs=1, sg=1)
    model.save(tmp_path / "m.safetensors")
    again = Word2Vec.load(tmp_path / "m.safetensors")
    assert again.loss == loss
    for each in model, again:
        each.train(two_languages(), epochs=1)
    assert numbers(model) == numbers(again)


@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_new_words_are_learned(loss: str) -> None:
    model = small(loss=loss, epochs=1, sg=1)
    text = [[*sentence, "new"] for sentence in two_languages(400)]
    model.build_vocab(text, update=True)
    model.train(text, epochs=3)
    assert model.syn1neg is not None
    assert model.syn1neg[model.wv.get_index("new")].any()


def test_a_model_can_change_its_objective() -> None:
    model = small(loss="ns", epochs=1)
    before = model.syn1neg
    model.loss = "softmax"
    model.train(epochs=4)
    assert model.syn1neg is before
    assert model.loss_history[-1] < np.log(len(model.wv))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"loss": "softmx"}, "loss must be ns or hs or softmax or sampled_softmax or nce, got"),
        ({"loss": "softmax", "hs": 1}, "hs=1 is another objective than loss='softmax'"),
        ({"loss": "ns", "hs": 1}, "hs=1 is another objective than loss='ns'"),
        ({"loss": "ns", "negative": 0}, "negative must be at least 1 when loss is 'ns', got 0"),
        ({"loss": "nce", "negative": 0}, "negative must be at least 1 when loss is 'nce', got 0"),
        ({"negative": 0}, "negative must be at least 1 when hs is 0, got 0"),
        (
            {"loss": "sampled_softmax", "shared_negatives": False},
            "shared_negatives=False is only for negative sampling, not for loss='sampled_softmax'",
        ),
        (
            {"loss": "softmax", "deterministic": True, "sg": 1},
            "deterministic=True is not for loss='softmax'",
        ),
    ],
)
def test_contradictions_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Word2Vec(**options)


@pytest.mark.parametrize("kind", [FastText, Doc2Vec])
@pytest.mark.parametrize("loss", BATCH_OBJECTIVES)
def test_models_of_other_inputs_do_not_have_them(kind: Any, loss: str) -> None:
    with pytest.raises(
        ValueError, match=f"loss must be ns or hs for {kind.__name__}, got '{loss}'"
    ):
        kind(loss=loss)


@pytest.mark.parametrize("kind", [FastText, Doc2Vec])
def test_models_of_other_inputs_know_the_names(kind: Any) -> None:
    text = two_languages(20)
    options: dict[str, Any] = {"vector_size": 4, "min_count": 1, "epochs": 1, "workers": 1}
    one, other = kind(text, loss="hs", **options), kind(text, hs=1, negative=0, **options)
    assert same(one, other)


def test_fasttexts_files_say_which_objective_it_was() -> None:
    options = {"window": 5, "epochs": 5, "min_count": 5, "negative": 5, "sg": 0, "sample": 1e-3}
    assert [args_of(options | {"loss": loss}).loss for loss in (None, "ns", "hs")] == [2, 2, 1]


def test_a_model_without_outputs_of_words_predicts_none() -> None:
    with pytest.raises(RuntimeError, match="hierarchical softmax does not have"):
        small(loss="hs", epochs=1).predict_output_word(["a1"])


def test_memory_is_that_of_the_objective() -> None:
    report = Word2Vec(loss="softmax").estimate_memory(1000)
    assert {"syn1neg", "total"} <= set(report)
    assert "syn1" not in report
    assert report["vocab"] < Word2Vec(loss="hs").estimate_memory(1000)["vocab"]


def test_a_fresh_softmax_is_remarked_on(caplog: pytest.LogCaptureFixture) -> None:
    small(loss="softmax", epochs=1, alpha=1e-6, min_alpha=0)
    assert "the loss is still that of a fresh model, 3.68" in caplog.text


def test_locked_vectors_stay() -> None:
    model = small(loss="softmax", epochs=1, sg=1)
    model.wv.vectors_lockf = np.ones(len(model.wv), np.float32)
    model.wv.vectors_lockf[3] = 0
    before = model.wv.vectors.copy()
    model.train(two_languages(), epochs=1)
    moved = (model.wv.vectors != before).any(axis=1)
    assert moved.sum() == len(moved) - 1
    assert not moved[3]


def test_validation_is_repeatable() -> None:
    model, text = small(loss="nce", epochs=1), Corpus.read(two_languages(50), min_count=1)
    run = Word2VecRun(model, text, text)
    assert run.validate() == run.validate()
