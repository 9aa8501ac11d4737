"""NeuralLM: words, training, predictions."""

import copy
import pickle

import numpy as np
import pytest
from reference import neural_lm as reference

from fastvec import Corpus, EarlyStopping, NeuralLM, Vocabulary
from fastvec.corpus.vocabulary import NoWordsError
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.neural_lm_text import RARE_ID
from fastvec.models.watchers import Watcher

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran", "away"]] * 30
MORE = [["the", f"w{number}", f"w{number % 7}"] for number in range(40)]  # which can be split
SMALL = {"vector_size": 4, "hidden_size": 5, "n": 3, "min_count": 1, "workers": 1}
SMALL |= {"epochs": 3, "batch_size": 32}


def trained(text=TEXT, **options):
    return NeuralLM(text, **{"progress": False, **SMALL, **options})


def network_of(model):
    """The network in double precision."""
    return reference.Network(
        *(
            np.array(each, np.float64)
            for each in (
                model.wv.vectors,
                model.hidden_weights,
                model.hidden_biases,
                model.output_weights,
                model.output_biases,
            )
        )
    )


def bytes_of(model):
    return [rows.tobytes() for rows in model._matrices.values()]


def test_it_learns_what_comes_next():
    model = trained(epochs=30, alpha=0.05)
    assert model.loss_history[-1] < model.loss_history[0]
    assert [model.predict_next(["the", one], 1)[0][0] for one in ("cat", "dog")] == ["sat", "ran"]
    assert model.predict_next([], 1)[0][0] == "the"
    assert model.predict_next(["cat", "sat"], 1)[0][0] == "<s>"
    assert model.generate(["the", "dog"], seed=1) == ["the", "dog", "ran", "away"]
    assert model.wv.vectors.shape == (8, 4)
    assert model.wv.index_to_key[:3] == ["<s>", "<unk>", "the"]


@pytest.mark.parametrize("options", [{}, {"direct": True}, {"direct": True, "hidden_size": 0}])
def test_predictions_are_those_of_the_reference(options):
    model = trained(**options)
    net = network_of(model)
    found = model.predict_next(["the", "cat"], topn=None)
    wanted = reference.forward(net, [2, model.wv.key_to_index["cat"], 0])[3]
    assert sum(probability for _, probability in found) == pytest.approx(1)
    assert dict(found) == pytest.approx(
        dict(zip(model.wv.index_to_key, wanted, strict=True)), abs=1e-6
    )
    sentences = [["the", "cow", "sat"], [], ["away"]]
    ids = [[2, 1, model.wv.key_to_index["sat"]], [], [model.wv.key_to_index["away"]]]
    each = [
        sum(reference.log_probability(net, one) for one in reference.windows([words], 3))
        for words in ids
    ]
    np.testing.assert_allclose(model.score(sentences), each, rtol=1e-5)
    assert model.perplexity([["the", "cow", "sat"], ["away"]]) == pytest.approx(
        np.exp(-(each[0] + each[2]) / 6), rel=1e-5
    )


def test_rare_words_are_one_word():
    text = [["a", "b", "a", "c"], ["a", "d"], ["a", "b"]]
    model = trained(text, min_count=2)
    assert model.wv.index_to_key == ["<s>", "<unk>", "a", "b"]
    assert model.counts.tolist() == [3, 2, 4, 2]
    assert model.perplexity([["a", "c"]]) == model.perplexity([["a", "unheard"]])


def test_a_text_may_have_the_special_words_in_it():
    model = trained([["a", "<unk>", "a", "b"], ["a", "<s>", "b"]], min_count=2)
    assert model.wv.index_to_key == ["<s>", "<unk>", "a", "b"]
    assert model.counts.tolist() == [3, 1, 3, 2]


@pytest.mark.parametrize("min_count", [1, 3])
def test_a_corpus_is_taken_as_it_is(min_count):
    text = [*TEXT, ["once"]]
    corpus = Corpus.read(text, min_count=1)
    assert bytes_of(trained(text, min_count=min_count)) == bytes_of(
        trained(corpus, min_count=min_count)
    )


def test_a_vocabulary_chooses_the_words():
    words = Vocabulary.of({"dog": 3, "the": 9, "cow": 0})
    model = trained(vocabulary=words)
    assert model.wv.index_to_key == ["<s>", "<unk>", "dog", "the", "cow"]
    assert model.counts.tolist() == [60, 120, 3, 9, 0]


def test_any_number_of_workers_and_a_second_time_give_the_same_bytes():
    text = [[f"w{number % 1500}" for number in range(3000)]]
    one, many = (trained(text, workers=workers, epochs=2) for workers in (1, 3))
    assert bytes_of(one) == bytes_of(many) == bytes_of(trained(text, epochs=2))
    assert bytes_of(one) != bytes_of(trained(text, epochs=2, seed=2))


def test_more_epochs_are_longer_training():
    whole = trained(epochs=4, alpha_decay=1e-3)
    parts = trained(epochs=1, alpha_decay=1e-3)
    parts.train(epochs=2)
    again = pickle.loads(pickle.dumps(copy.deepcopy(parts)))
    again.train(TEXT, epochs=1)
    assert bytes_of(again) == bytes_of(whole)
    assert again.loss_history == whole.loss_history
    assert again.training_state.rate() == pytest.approx(whole.training_state.rate())
    assert whole.training_state.rate() == pytest.approx(0.01 / (1 + 1e-3 * 4 * 270), rel=1e-6)


class StopAt(Watcher, CallbackAny2Vec):
    """Ctrl-C in an epoch."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_begin(self, model):
        if model.training_state.epochs_done == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.parametrize("validation", [None, 0.2, MORE[:2]])
def test_a_checkpoint_goes_on_as_if_nothing_had_been(tmp_path, validation):
    whole = trained(MORE, validation=validation)
    path = tmp_path / "run.ckpt"
    model = NeuralLM(progress=False, **SMALL)
    with pytest.raises(KeyboardInterrupt):
        model.train(
            MORE,
            validation=validation,
            callbacks=[StopAt(2)],
            checkpoint=path,
            checkpoint_every="1e",
        )
    text_of_its_own = validation if isinstance(validation, list) else None
    again = NeuralLM.resume(path, MORE, validation=text_of_its_own, progress=False)
    assert bytes_of(again) == bytes_of(whole)
    assert again.loss_history == whole.loss_history
    assert again.validation_history == whole.validation_history
    with pytest.raises(ValueError, match="the corpus is not the one"):
        NeuralLM.resume(path, MORE[1:], epochs=5, validation=text_of_its_own, progress=False)
    with pytest.raises(TypeError, match="min_alpha"):
        NeuralLM.resume(path, MORE, min_alpha=0.1)


def test_validation_is_on_what_is_held_out():
    model = trained(MORE, validation=0.3, epochs=2)
    assert len(model.validation_history) == 2
    held = trained(validation=[["the", "cat", "sat"]])
    assert np.exp(held.validation_history[-1]) == pytest.approx(
        held.perplexity([["the", "cat", "sat"]])
    )
    # A stream without sentences is held out in pieces.
    stream = [word for sentence in TEXT for word in sentence] * 20
    assert len(trained([stream], validation=0.2, epochs=1).validation_history) == 1


def test_early_stopping_goes_back_to_the_best():
    random = np.random.default_rng(1)
    text = [[f"w{number}" for number in random.integers(0, 20, 10)] for _ in range(30)]
    stopping = EarlyStopping(patience=1)
    model = trained(text, validation=[["w1", "w2"]], epochs=50, alpha=0.1,
                    callbacks=[stopping])  # fmt: skip
    assert stopping.best_epoch < model.training_state.epochs_done < 50
    best = min(model.validation_history)
    assert np.log(model.perplexity([["w1", "w2"]])) == pytest.approx(best)


@pytest.mark.parametrize("options", [{}, {"direct": True}, {"direct": True, "hidden_size": 0}])
def test_files_keep_everything(tmp_path, options):
    model = trained(lower=True, **options)
    model.save(tmp_path / "m.safetensors")
    again = NeuralLM.load(tmp_path / "m.safetensors")
    assert bytes_of(again) == bytes_of(model)
    assert (again.lower, again.n, again.counts.tolist()) == (True, 3, model.counts.tolist())
    assert again.predict_next(["the"]) == model.predict_next(["the"])
    for one in (model, again):
        one.train(TEXT, epochs=1)
    assert bytes_of(again) == bytes_of(model)


def test_what_needs_a_text_is_not_kept_without_one(caplog):
    NeuralLM(validation=0.1)
    NeuralLM(callbacks=[EarlyStopping()])
    assert [record.getMessage() for record in caplog.records] == [
        "validation is not kept: without a text, give them to train",
        "callbacks are not kept: without a text, give them to train",
    ]


def test_drawn_words_follow_the_probabilities():
    model = trained(epochs=20, alpha=0.05)
    drawn = [model.generate(["the"], count=1, seed=seed)[-1] for seed in range(300)]
    found = dict(model.predict_next(["the"], topn=None))
    assert drawn.count("cat") / 300 == pytest.approx(found["cat"], abs=0.1)
    assert model.generate(["the"], count=0) == ["the"]
    assert model.generate(seed=7) == model.generate(seed=7)


def test_a_model_that_is_certain_of_what_is_wrong():
    model = trained()
    model.output_biases[RARE_ID] = 5_000
    assert set(model.generate(count=50, seed=1)) <= set(model.wv.index_to_key) - {"<unk>"}
    assert 1e300 < model.perplexity([["the", "cat", "sat"]]) < np.inf


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("n", 2, "would be of .* options of the network's size cannot change after train"),
        ("hidden_size", 3, "options of the network's size cannot change after train"),
        ("direct", True, "output_weights are of shape"),
        ("vector_size", 9, "vectors are of shape"),
        ("alpha", -1, "alpha must be above 0, got -1"),
    ],
)
def test_options_that_do_not_fit_are_not_saved(tmp_path, option, value, message):
    model = trained()
    right = getattr(model, option)
    setattr(model, option, value)
    for call in (model.train, lambda: model.perplexity(TEXT), lambda: model.save(tmp_path / "m")):
        with pytest.raises(ValueError, match=message):
            call()
    setattr(model, option, right)
    model.save(tmp_path / "m")
    assert bytes_of(NeuralLM.load(tmp_path / "m")) == bytes_of(model)


def test_models_say_what_is_not_as_by_default():
    assert repr(NeuralLM()) == "NeuralLM<vocab=0, vector_size=30>"
    assert repr(trained(vector_size=4, n=3, hidden_size=5, direct=True)).startswith(
        "NeuralLM<vocab=8, vector_size=4, n=3, hidden_size=5, direct=True"
    )


def test_sentences_without_words():
    model = trained()
    assert model.score([]).shape == (0,)
    assert model.score([[]])[0] < 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: NeuralLM(n=1), ValueError, "n must be at least 2, got 1"),
        (lambda: NeuralLM(hidden_size=0), ValueError, "at least 1 without direct=True, got 0"),
        (lambda: NeuralLM(weight_decay=2), ValueError, "weight_decay must be below"),
        (lambda: NeuralLM(batch_size=0), ValueError, "batch_size must be at least 1"),
        (lambda: NeuralLM(window=3), TypeError, "unexpected keyword argument 'window': there are"),
        (lambda: NeuralLM(hiden_size=3), TypeError, "did you mean 'hidden_size'"),
        (lambda: NeuralLM().wv, RuntimeError, "call train first"),
        (lambda: NeuralLM().hidden_weights, RuntimeError, "call train first"),
        (lambda: NeuralLM().perplexity(TEXT), RuntimeError, "call train first"),
        (lambda: NeuralLM().predict_next([]), RuntimeError, "call train first"),
        (lambda: trained([[1, 2, 3]]), TypeError, "words must be strings, got 1"),
        (lambda: trained(min_count=999), NoWordsError, "no word is left of 6 .* lower min_count"),
        (lambda: trained([["the"]], vocabulary=Vocabulary.of({"a": 1})), NoWordsError, "none of"),
        (lambda: trained().perplexity([["cow"]]), NoWordsError, "none of 1 different words"),
        (lambda: trained().predict_next("the cat"), TypeError, "must be a list of words"),
        (lambda: trained().score(["the cat"]), TypeError, "a sentence must be a list of words"),
        (lambda: trained().generate(count=-1), ValueError, "count must be at least 0"),
        (lambda: trained().predict_next([3]), TypeError, "must be strings"),
        (
            lambda: trained(alpha=1e6, weight_decay=0, direct=True),
            FloatingPointError,
            "lower alpha",
        ),
    ],
)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()
