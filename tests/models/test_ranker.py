"""Ranker: the network of Collobert and Weston."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from reference import ranker as reference

from fastvec import CallbackAny2Vec, Corpus, KeyedVectors, Ranker, Vocabulary, load
from fastvec.models.corpus_run import epoch_seed
from fastvec.models.ranker_run import words_of_epoch
from fastvec.models.training_state import TrainingState

TEXT = [["the", "cat", "sat", "here"], ["a", "dog", "ran", "there"]] * 100
SMALL: dict[str, Any] = {
    "vector_size": 6, "window": 2, "hidden_size": 8, "min_count": 1, "workers": 1, "epochs": 3,
    "progress": False,
}  # fmt: skip


def small(source: Any = TEXT, **options: Any) -> Ranker:
    return Ranker(source, **SMALL | options)


def matrices(model: Ranker) -> dict[str, bytes]:
    return {name: rows.tobytes() for name, rows in model._matrices.items()}


def as_reference(model: Ranker) -> reference.Network:
    weights = np.insert(model.context_weights, model.window, model.centre_weights, axis=0)
    parts = model._matrices["vectors"], weights, model.hidden_biases, model.score_weights
    return reference.Network(*(np.array(part, float) for part in parts))


def test_first_values() -> None:
    model = Ranker(TEXT, min_count=1, epochs=1, alpha=1e-9, min_alpha=0, progress=False)
    net = as_reference(model)
    assert net.vectors.std() == pytest.approx(0.1, rel=0.1)
    for weights, fan_in in ((net.weights, 11 * 50), (net.top, 100)):
        assert weights.var() == pytest.approx(1 / fan_in, rel=0.3)
        assert abs(weights).max() <= np.sqrt(3 / fan_in) + 1e-6
    assert abs(net.bias).max() < 1e-6


def test_training_is_that_of_the_reference() -> None:
    options = {"epochs": 1, "alpha": 0.05, "min_alpha": 0.05, "ns_exponent": 0}
    model = small(**options | {"alpha": 1e-20, "min_alpha": 0})
    net = as_reference(model)
    ids = [[model.wv.key_to_index[word] for word in sentence] for sentence in TEXT]
    state = TrainingState(seed=1)
    losses = reference.train(net, ids, 0.05, epoch_seed(state), len(model.wv))
    trained = small(**options)
    after = as_reference(trained)
    for name, array in vars(net).items():
        np.testing.assert_allclose(getattr(after, name), array, atol=1e-4, err_msg=name)
    assert trained.loss_history == [pytest.approx(np.mean(losses), rel=1e-4)]


def text_of_groups() -> list[list[str]]:
    """Sentences of an a, a b and a c, of which there are four each, some of them rare."""
    draws = np.random.default_rng(1).choice(4, (3000, 3), p=[0.6, 0.25, 0.1, 0.05])
    return [[f"{letter}{i}" for letter, i in zip("abc", row, strict=True)] for row in draws]


def test_words_that_stand_alike_are_neighbours() -> None:
    text = text_of_groups()
    model = small(text, epochs=5)
    words = model.wv.index_to_key
    unit = model.wv.get_normed_vectors()
    alike = np.array([[one[0] == other[0] for other in words] for one in words])
    cosines = unit @ unit.T
    assert cosines[alike & ~np.eye(12, dtype=bool)].mean() > 0.5 + cosines[~alike].mean()
    ranking = model.evaluate(text)
    assert ranking.candidates == 12
    assert ranking.wrong < 0.2
    assert 1 < ranking.mean_rank < 3
    assert 0 < ranking.mean_log_rank < np.log(3)


def test_one_worker_and_one_seed_give_the_same_bytes() -> None:
    assert matrices(small()) == matrices(small())
    assert matrices(small()) != matrices(small(seed=2))


def test_several_workers_learn() -> None:
    model = small(text_of_groups() * 5, workers=3)
    assert model.training_state.passed == 3 * 9000 * 5
    assert model.loss_history[-1] < 0.25


def test_training_on_is_the_same_as_training_longer() -> None:
    options = {"alpha": 0.05, "min_alpha": 0.05}
    model = small(epochs=1, **options).train(epochs=2)
    assert matrices(model) == matrices(small(**options))


def test_a_saved_model_goes_on(tmp_path: Any) -> None:
    options = {"alpha": 0.05, "min_alpha": 0.05, "lower": True}
    model = small(epochs=1, **options)
    model.save(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    assert repr(again) == repr(model)
    assert matrices(again) == matrices(model)
    assert again.lower
    with pytest.raises(ValueError, match="train needs a text, which models that are loaded"):
        again.train()
    again.progress = False
    again.train(TEXT, epochs=2)
    assert matrices(again) == matrices(small(**options))
    vectors = KeyedVectors.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(vectors.vectors, model.wv.vectors)
    assert vectors.get_vecattr("the", "count") == 100
    with pytest.raises(ValueError, match="holds vectors, not a Ranker model"):
        model.wv.save(tmp_path / "v.safetensors")
        Ranker.load(tmp_path / "v.safetensors")
    with pytest.raises(AttributeError, match=r"Ranker\.load"):
        model.load(tmp_path / "m.safetensors")


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_trained_by_themselves(how: Any) -> None:
    model = small()
    before = matrices(model)
    other = how(model)
    assert matrices(other) == before
    with pytest.raises(ValueError, match="train needs a text"):
        other.train()
    other.train(TEXT)
    assert matrices(model) == before
    assert matrices(model.train()) == matrices(other)


def test_a_growing_vocabulary() -> None:
    assert [words_of_epoch(3, epoch, 20) for epoch in range(4)] == [3, 6, 12, 20]
    assert words_of_epoch(1, 0, 20) == 2
    assert words_of_epoch(1, 10**6, 20) == 20
    assert words_of_epoch(0, 0, 20) == 20
    text = [["a", "b", "a", "c"], ["b", "a", "d"]] * 10
    model = small(text * 20, epochs=1, grow=2)
    begun = small(text * 20, epochs=1, alpha=1e-20, min_alpha=0)
    moved = (model._matrices["vectors"] != begun._matrices["vectors"]).any(axis=1)
    assert moved.tolist() == [True, True, False, False, True, True]  # rare words and edges too
    with pytest.raises(ValueError, match="grow needs a vocabulary that is sorted"):
        small(text[::-1], vocabulary=Vocabulary.of({"d": 1, "a": 3}), grow=2)


def test_validation_of_a_share_and_of_a_text() -> None:
    model = small(text_of_groups(), validation=0.2)
    assert len(model.validation_history) == 3
    assert all(0 < loss < 0.6 for loss in model.validation_history)
    model = small(validation=[["the", "dog", "sat"]])
    frozen = model.evaluate([["the", "dog", "sat"]])
    assert model.validation_history[-1] == pytest.approx(frozen.loss)
    with pytest.raises(ValueError, match="validation must be at most"):
        small(validation=0.9)


def test_what_evaluate_says_is_what_the_reference_says() -> None:
    model, text = small(), [["the", "dog"], ["cat", "ran", "unknown", "here"]]
    net, ids = as_reference(model), model.wv.key_to_index
    windows = [
        window
        for sentence in text
        for window in reference.windows([ids[w] for w in sentence if w in ids], 2, 8, 8)
    ]
    ranks = []
    for window in windows:
        scores = [net.score(reference.replaced(window, word)) for word in range(8)]
        ranks.append(sum(score >= net.score(window) for score in scores))
    ranking = model.evaluate(text)
    assert ranking.mean_rank == pytest.approx(np.mean(ranks))
    assert ranking.mean_log_rank == pytest.approx(np.mean(np.log(ranks)))
    assert ranking.candidates == 8
    assert model.evaluate(text, candidates=3, windows=2).candidates == 4


def test_checkpoints_go_on_as_if_nothing_had_happened(tmp_path: Any) -> None:
    class Stop(CallbackAny2Vec):
        def on_epoch_end(self, model: Any) -> None:
            if model.training_state.epochs_done == 2:
                raise MemoryError

    whole, path = small(), tmp_path / "run.ckpt"
    with pytest.raises(MemoryError):
        small(None).train(TEXT, callbacks=[Stop()], checkpoint=path, checkpoint_every="1e")
    resumed = Ranker.resume(path, TEXT, progress=False)
    assert matrices(resumed) == matrices(whole)
    assert resumed.loss_history == whole.loss_history
    with pytest.raises(ValueError, match=r"the corpus is not the one that .* was trained on"):
        Ranker.resume(path, TEXT[:-1], epochs=9, progress=False)


def test_vectors_that_are_changed_in_place_are_those_of_the_network() -> None:
    model = small()
    model.wv.vectors[:] = 0
    assert not model._matrices["vectors"][:-2].any()
    assert model.wv is model.wv
    assert np.isfinite(model.train().loss_history).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"window": 0}, "window must be at least 1, got 0"),
        ({"hidden_size": 0}, "hidden_size must be at least 1, got 0"),
        ({"alpha": 0}, "alpha must be above 0"),
        ({"min_alpha": 0.9}, r"min_alpha must be at most alpha \(0.2\), got 0.9"),
        ({"grow": -1}, "grow must be at least 0"),
        ({"min_count": 101}, "no word is left"),
        ({"max_final_vocab": 1, "source": [["a", "a", "b"]]}, "one word only, and no other that"),
    ],
)
def test_what_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        small(**options)


def test_calls_at_the_wrong_time_are_refused() -> None:
    model = small(None)
    for call in (lambda: model.wv, lambda: model.save("m"), lambda: model.evaluate(TEXT)):
        with pytest.raises(RuntimeError, match="call train first"):
            call()
    with pytest.raises(RuntimeError, match="there is no network yet"):
        _ = model.score_weights
    with pytest.raises(TypeError, match="unexpected keyword argument 'lowr': did you mean"):
        small(lowr=True)


def test_models_say_what_is_not_as_by_default() -> None:
    assert repr(Ranker(hidden_size=5)) == "Ranker<vocab=0, vector_size=50, hidden_size=5>"


def test_a_text_that_cannot_be_read_changes_nothing() -> None:
    def broken() -> Any:
        yield ["the", "cat"]
        raise OSError("the line is dead")

    model = small()
    before = matrices(model)
    with pytest.raises(OSError, match="dead"):
        model.train(broken())
    assert matrices(model) == before
    assert len(model.train().loss_history) == 6


def test_a_rate_that_is_too_high_ends_the_training(tmp_path: Any) -> None:
    model = small(None, alpha=1e30)
    with pytest.raises(FloatingPointError, match=r"not finite in epoch 1: lower alpha \(now"):
        model.train(TEXT)
    with pytest.raises(FloatingPointError, match="not saved, since its numbers are not finite"):
        model.save(tmp_path / "m")


def test_integers_and_a_corpus_are_texts_too() -> None:
    walks = [[7, 5, 3], [7, 3, 9]] * 20
    assert small(walks).wv.index_to_key == [7, 3, 5, 9]
    corpus = Corpus.read(TEXT, min_count=1)
    assert matrices(small(corpus)) == matrices(small())
