"""Evaluation during training, and early stopping with the best model kept."""

import gc
import json
import logging
import math

import numpy as np
import pytest

from fastvec import CallbackAny2Vec, EarlyStopping, Evaluation, GloVe, Word2Vec
from fastvec.evaluation import similarity
from fastvec.models.evaluating import best_epoch

GENERATOR = np.random.default_rng(5)
TEXT = [[f"w{i}" for i in GENERATOR.zipf(1.3, 12) if i < 100] for _ in range(400)]
SMALL = {"vector_size": 8, "min_count": 1, "sample": 0, "epochs": 6, "workers": 1}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "pairs.txt").write_text("w1 w2 9\nw1 w3 5\nw4 w5 1\nw7 w1 3\nno w2 5\n")
    (tmp_path / "questions.txt").write_text(": a\nw1 w2 w3 w4\nw2 w1 w4 w3\nw1 w2 no w4\n")
    (tmp_path / "groups.txt").write_text("w1 a\nw2 a\nw3 b\nw4 b\n")
    return [tmp_path / name for name in ("pairs.txt", "questions.txt", "groups.txt")]


class Values(CallbackAny2Vec):
    """Puts values in the place of calibrated losses, and notes the rows of each epoch."""

    def __init__(self, values):
        self.values, self.rows = iter(values), []

    def on_epoch_end(self, model):
        state = model.training_state
        state.calibrated_loss = next(self.values)
        rows = model.wv.vectors if isinstance(model, Word2Vec) else model._records
        self.rows.append(rows.tobytes())


def train(values, stopping, kind=Word2Vec, **options):
    """A model whose calibrated losses are these; and the rows after each epoch."""
    watched, model = Values(values), kind(**(SMALL | options))
    more = {"validation": 0.1, "callbacks": [watched, stopping]}
    if kind is Word2Vec:
        model.build_vocab(TEXT)
        model.train(**more)
        return model, model.wv.vectors.tobytes(), watched.rows
    model.fit(TEXT, **more)
    return model, model._records.tobytes(), watched.rows


GLOVE = {"kind": GloVe, "sample": None}


# --- evaluation


def test_the_files_are_evaluated_after_epochs(files, caplog):
    caplog.set_level(logging.INFO, "fastvec")
    evaluation = Evaluation(*files, every=4)
    model = Word2Vec(TEXT, callbacks=[evaluation], **SMALL)
    assert [len(scores) for scores in evaluation.history] == [3, 3]
    news = [each.news for each in caplog.records if hasattr(each, "news")]
    news = [each for each in news if each["event"] == "evaluation"]
    assert [each["epoch"] for each in news] == [4] * 3 + [6] * 3
    assert [each["measure"] for each in news[:3]] == ["spearman", "accuracy", "purity"]
    assert [(each["known"], each["of"]) for each in news[:3]] == [(4, 5), (2, 3), (4, 4)]
    assert news[-3]["low"] <= news[-3]["score"] <= news[-3]["high"]
    last = [message for message in caplog.messages if message.startswith("evaluation: ")][-3]
    assert last.startswith("evaluation: after epoch 6 of 6, pairs.txt: spearman ")
    assert last.endswith("), 4 of 5 known")
    expected = similarity(model.wv, files[0]).spearman[0]
    assert evaluation.history[-1][0].value == expected
    model.train(epochs=1, callbacks=[evaluation])
    assert len(evaluation.history) == 1


def test_glove_is_evaluated_too(files):
    evaluation = Evaluation(files[0])
    GloVe(4, min_count=1, epochs=3).fit(TEXT, callbacks=[evaluation])
    assert len(evaluation.history) == 3
    assert evaluation.history[0][0].items[0] != evaluation.history[2][0].items[0]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _: Evaluation(), "Evaluation needs a file of questions"),
        (lambda path: Evaluation(path / "pairs.txt", every=0), "every must be at least 1, got 0"),
        (lambda path: Evaluation(path / "empty"), "empty is no evaluation file: it has no line"),
        (lambda _: EarlyStopping(patience=0), "patience must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_is_refused_at_once(files, make, says):
    (files[0].parent / "empty").touch()
    with pytest.raises(ValueError, match=says):
        make(files[0].parent)
    with pytest.raises(FileNotFoundError):
        Evaluation(files[0].parent / "missing")


# --- early stopping


@pytest.mark.parametrize("kind", [{}, {"sg": 1}, {"hs": 1, "negative": 0}, GLOVE])
def test_it_stops_and_goes_back_to_the_best(kind):
    options = {name: value for name, value in kind.items() if value is not None}
    if "kind" in options:
        small = {"vector_size": 8, "min_count": 1, "epochs": 6, "workers": 1}
        watched, stopping = Values([3, 1, 2, 2, 2, 2]), EarlyStopping(2)
        model = GloVe(**small).fit(TEXT, validation=0.1, callbacks=[watched, stopping])
        rows, last = watched.rows, model._records.tobytes()
    else:
        stopping = EarlyStopping(2)
        model, last, rows = train([3, 1, 2, 2, 2, 2], stopping, **options)
    assert stopping.best_epoch == 2
    assert len(rows) == 4
    assert last == rows[1] != rows[3]
    assert model.training_state.watched == [-3, -1, -2, -2]
    assert model.training_state.train_count == 1


def test_output_weights_go_back_too():
    kept = []

    class Keep(CallbackAny2Vec):
        def on_epoch_end(self, model):
            kept.append(model.syn1neg.tobytes())

    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    values = Values([1, 2, 3, 4, 5, 6])
    model.train(validation=0.1, callbacks=[values, Keep(), EarlyStopping(9)])
    assert model.syn1neg.tobytes() == kept[0] != kept[5]
    assert model.wv.vectors.tobytes() == values.rows[0]
    wv = model.wv
    assert wv.get_vector("w1", norm=True) == pytest.approx(wv["w1"] / np.linalg.norm(wv["w1"]))


def test_a_model_that_gets_better_to_the_end_stays_as_it_is():
    stopping = EarlyStopping(1)
    _, last, rows = train([6, 5, 4, 3, 2, 1], stopping)
    assert (stopping.best_epoch, len(rows)) == (6, 6)
    assert last == rows[-1]


def test_the_file_of_the_best_model(tmp_path):
    path = tmp_path / "best.safetensors"
    model, last, _ = train([3, 1, 2, 2, 2, 2], EarlyStopping(2, path=path))
    assert Word2Vec.load(path).wv.vectors.tobytes() == last
    assert Word2Vec.load(path).epochs_trained == 2
    assert model.epochs_trained == 4


def test_a_temporary_file_is_removed(tmp_path):
    stopping = EarlyStopping(2)
    train([3, 1, 2, 2, 2, 2], stopping, tmp=tmp_path)
    del stopping
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_an_evaluation_is_watched(files):
    """It need not be among the callbacks, and may come every other epoch only."""
    evaluation = Evaluation(files[0], every=2)
    stopping = EarlyStopping(9, evaluation)
    model = Word2Vec(TEXT, callbacks=[stopping], **SMALL)
    values = [scores[0].value for scores in evaluation.history]
    assert len(values) == 3
    watched = model.training_state.watched
    assert [math.isnan(each) for each in watched] == [True, False] * 3
    assert watched[1::2] == values
    assert stopping.best_epoch == 2 * (1 + int(np.argmax(values)))


def test_nothing_to_watch_is_refused_before_training():
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    with pytest.raises(ValueError, match="EarlyStopping needs something to watch"):
        model.train(callbacks=[EarlyStopping()])
    assert model.loss_history == []


def test_a_score_that_is_never_known_is_never_better(files):
    files[0].write_text("no nobody 5\nnor one 3\n")
    stopping = EarlyStopping(2, Evaluation(files[0]))
    with pytest.warns(UserWarning, match="none of its 2 pairs is known"):
        model = Word2Vec(TEXT, callbacks=[stopping], **SMALL)
    assert model.training_state.epochs_done == 3
    assert stopping.best_epoch == 1


def test_the_state_can_be_saved(tmp_path):
    model, _, _ = train([3, 1, 2, 2, 2, 2], EarlyStopping(2))
    model.save(tmp_path / "m")
    state = Word2Vec.load(tmp_path / "m").training_state
    assert state == model.training_state
    json.dumps(state.to_dict(), allow_nan=True)


def test_it_goes_on_where_a_training_was_interrupted(tmp_path):
    """What was watched is in the state, and the best model in its file: both survive."""
    path = tmp_path / "best.safetensors"
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    stopping = EarlyStopping(2, path=path)
    model.train(epochs=2, validation=0.1, callbacks=[Values([1, 2]), stopping])
    state = model.training_state
    again = EarlyStopping(2, path=path)
    again.on_train_begin(model)
    assert again.best_epoch == 1
    state.epochs_done, state.validation_history = 3, [3.0]
    with pytest.raises(StopIteration):
        again.on_epoch_end(model)
    again.on_train_end(model)
    assert model.wv.vectors.tobytes() == Word2Vec.load(path).wv.vectors.tobytes()


@pytest.mark.parametrize(
    ("watched", "best"),
    [([], 0), ([math.nan], 0), ([-math.inf], 1), ([1.0, 2.0, 2.0], 2), ([math.nan, 0.0], 2)],
)
def test_the_best_epoch(watched, best):
    assert best_epoch(watched) == best


class Interrupt(CallbackAny2Vec):
    """Ctrl-C before an epoch."""

    def __init__(self, before):
        self.before = before

    def on_epoch_begin(self, model):
        if model.training_state.epochs_done == self.before:
            raise KeyboardInterrupt


def run_of(kind, best, callbacks=(), **more):
    """A new model, trained with validation and early stopping."""
    small = {"vector_size": 8, "min_count": 1, "epochs": 6, "workers": 1, "seed": 3}
    model, callbacks = kind(**small), [EarlyStopping(2, path=best), *callbacks]
    if kind is GloVe:
        return model.fit(TEXT, validation=0.1, callbacks=callbacks, **more)
    model.sample = 0
    model.build_vocab(TEXT)
    model.train(validation=0.1, callbacks=callbacks, **more)
    return model


@pytest.mark.parametrize("kind", [Word2Vec, GloVe])
def test_the_curve_and_the_best_model_survive_a_resume(tmp_path, kind):
    whole = run_of(kind, tmp_path / "a")
    checkpoint = {"checkpoint": tmp_path / "c", "checkpoint_every": "1e"}
    with pytest.raises(KeyboardInterrupt):
        run_of(kind, tmp_path / "b", [Interrupt(2)], **checkpoint)
    stopping = EarlyStopping(2, path=tmp_path / "b")
    resumed = kind.resume(tmp_path / "c", TEXT, callbacks=[stopping])
    assert len(whole.validation_history) >= 3
    for name in ("validation_history", "validation_epochs", "loss_history"):
        assert getattr(resumed, name) == getattr(whole, name)
    assert resumed.training_state.watched == whole.training_state.watched
    assert resumed.wv.vectors.tobytes() == whole.wv.vectors.tobytes()


def test_without_the_file_of_the_best_model_the_next_one_counts(tmp_path, caplog):
    with pytest.raises(KeyboardInterrupt):
        run_of(
            Word2Vec,
            tmp_path / "b",
            [Interrupt(2)],
            checkpoint=tmp_path / "c",
            checkpoint_every="1e",
        )
    (tmp_path / "b").unlink()
    stopping = EarlyStopping(9, path=tmp_path / "b")
    resumed = Word2Vec.resume(tmp_path / "c", TEXT, callbacks=[stopping])
    assert "the best model of before is not in " in caplog.text
    assert stopping.best_epoch >= 3
    assert len(resumed.training_state.watched) == 6
