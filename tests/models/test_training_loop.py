"""The training loop that Word2Vec and GloVe share, and its state."""

import contextlib
import copy
import json
import os
import signal
import threading

import numpy as np
import pytest
from containers import rewrite

from fastvec import CallbackAny2Vec, Corpus, Word2Vec
from fastvec.models.glove import GloVe
from fastvec.models.glove_run import GloVeRun
from fastvec.models.training import all_finite, run_epochs
from fastvec.models.training_state import EpochPart, TrainingState
from fastvec.models.watchers import Watcher
from fastvec.models.word2vec_run import Word2VecRun
from fastvec.params import GloVeParams

TEXT = [["a", "b", "c", "d"], ["c", "a", "b"]] * 40


class FakeRun:
    """A run of one worker that trains nothing."""

    unit, epoch_size = "words", 10

    def __init__(self, loss=2.5, matrix=None, work=lambda: None):
        self.mean_loss, self.todo, self.ended = loss, work, 0
        self.matrix = np.zeros((2, 2), np.float32) if matrix is None else matrix
        self.rates = []

    def prepare(self, state):
        state.set_schedule(1.0, 0.2, 7)
        self.rates.append((state.rate(), state.rate(state.epochs_done + 1)))
        return 1

    def work(self, worker, control):
        assert worker == 0
        self.control = control
        self.began = control.next
        self.todo()

    def current_loss(self):
        return None

    def loss(self):
        return self.mean_loss * 4, 4

    def end_epoch(self):
        self.ended += 1

    def matrices(self):
        return [self.matrix]

    def advice(self):
        return "lower alpha (now 1)"


class Recorder(CallbackAny2Vec):
    """Notes what is called."""

    def __init__(self, calls, name="", stop_after=None):
        self.calls, self.name, self.stop_after = calls, name, stop_after

    def on_train_begin(self, _):
        self.calls.append(f"{self.name}train begins")

    def on_epoch_begin(self, _):
        self.calls.append(f"{self.name}epoch begins")

    def on_epoch_end(self, model):
        self.calls.append(f"{self.name}epoch ends")
        if len(model.loss_history) == self.stop_after:
            raise StopIteration

    def on_train_end(self, _):
        self.calls.append(f"{self.name}train ends")


def begun(epochs):
    state = TrainingState()
    state.begin_call(epochs)
    return state


def test_callbacks_are_called_in_order():
    calls = []
    recorders = [Recorder(calls, "1 "), Recorder(calls, "2 ")]
    run_epochs(TrainingState(), FakeRun(), begun(2), recorders, False)
    names = ["train begins", *["epoch begins", "epoch ends"] * 2, "train ends"]
    assert calls == [f"{number} {name}" for name in names for number in (1, 2)]


def test_stop_iteration_ends_the_call_but_counts_as_complete():
    calls, state = [], begun(5)
    run_epochs(state, FakeRun(), state, [Recorder(calls, stop_after=2)], False)
    assert calls[-3:] == ["epoch begins", "epoch ends", "train ends"]
    assert (state.epochs_done, state.epochs_wanted, state.train_count) == (2, 5, 1)


def test_the_state_counts_what_was_done():
    state = begun(2)
    run_epochs(None, FakeRun(), state, progress=False)
    assert (state.epochs_trained, state.epochs_done) == (2, 2)
    assert (state.loss_history, state.predictions) == ([2.5, 2.5], 8)
    assert state.running_training_loss == 20
    assert state.total_train_time > 0
    state.begin_call(1)
    run_epochs(None, FakeRun(), state, progress=False)
    assert (state.epochs_trained, state.train_count, state.predictions) == (3, 2, 4)


def test_the_rate_falls_to_its_end():
    run, state = FakeRun(), begun(4)
    run_epochs(None, run, state, progress=False)
    ends = [0.8, 0.6, 0.4, 0.2]
    assert [rate for pair in run.rates for rate in pair] == pytest.approx(
        [1.0, 0.8, 0.8, 0.6, 0.6, 0.4, 0.4, 0.2]
    )
    assert state.min_alpha_yet_reached == pytest.approx(ends[-1])


def test_a_state_is_plain_json():
    state = begun(3)
    run_epochs(None, FakeRun(), state, progress=False)
    text = json.dumps(state.to_dict() | {"option of the model": 5})
    assert TrainingState.from_dict(json.loads(text)) == state
    assert TrainingState.from_dict({}) == TrainingState()
    with pytest.raises(ValueError, match="could not convert"):
        TrainingState.from_dict({"loss_history": ["much"]})


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (FakeRun(loss=np.nan), "the loss is not finite in epoch 1: lower alpha"),
        (
            FakeRun(matrix=np.array([[0, np.inf]], np.float32)),
            "the vectors are not finite in epoch 1: lower alpha",
        ),
    ],
)
def test_numbers_that_are_not_finite_are_an_error(run, sentence):
    calls = []
    with pytest.raises(FloatingPointError, match=sentence):
        run_epochs(None, run, begun(2), [Recorder(calls)], False)
    assert calls == ["train begins", "epoch begins"]


def broken_word2vec():
    model = Word2Vec(vector_size=4, min_count=1)
    model.build_vocab(TEXT)
    model.wv.vectors[1, 1] = np.nan
    return model.train


def broken_glove():
    model = GloVe(4, min_count=1, epochs=1, progress=False).fit(TEXT)
    model._records[1, 0, 1] = np.nan
    return model.train


@pytest.mark.parametrize("broken", [broken_word2vec, broken_glove])
def test_both_models_check_their_numbers(broken):
    with pytest.raises(FloatingPointError, match="not finite"):
        broken()()


@pytest.mark.parametrize(
    ("row", "finite"),
    [
        ([1, -1], True),
        ([3e38, 3e38], True),  # their sum is not
        ([1, np.nan], False),
        ([1, np.inf], False),
        ([np.inf, -np.inf], False),
    ],
)
def test_all_finite_looks_at_every_number(row, finite):
    assert all_finite(np.array([[0, 0], row], np.float32)) is finite


def test_an_error_of_a_callback_ends_the_call():
    class Broken(CallbackAny2Vec):
        def on_epoch_begin(self, _):
            raise RuntimeError("no disk")

    state = begun(2)
    with pytest.raises(RuntimeError, match="no disk"):
        run_epochs(None, FakeRun(), state, [Broken()], False)
    assert (state.epochs_done, state.train_count) == (0, 0)


def test_ctrl_c_stops_the_workers():
    """The signal is sent when a worker is known to run."""
    running, state = threading.Event(), begun(3)

    def work():
        running.set()
        while not run.control.stopped:
            stopped.wait(0.001)

    def interrupt():
        running.wait()
        os.kill(os.getpid(), signal.SIGINT)

    stopped, run = threading.Event(), FakeRun(work=work)
    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run_epochs(None, run, state, progress=False)
    thread.join()
    assert run.control.stopped
    assert (state.epochs_done, state.train_count) == (0, 0)


class Interrupt(CallbackAny2Vec):
    """Ctrl-C after some epochs."""

    def __init__(self, after):
        self.after = after

    def on_epoch_begin(self, model):
        if model.training_state.epochs_done == self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("options", [{"sg": 1}, {"hs": 1}])
def test_a_saved_state_goes_on_exactly(tmp_path, options):
    """No rate, seed or number of epochs is set by hand: the file has them all."""
    options = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 5} | options
    whole = Word2Vec(TEXT, **options)
    model = Word2Vec(**options)
    model.build_vocab(TEXT)
    with contextlib.suppress(KeyboardInterrupt):
        model.train(callbacks=[Interrupt(2)])
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert loaded.training_state == model.training_state
    assert loaded.training_state.epochs_done == 2
    run = Word2VecRun(loaded, Corpus.read(TEXT, min_count=1))
    run_epochs(loaded, run, loaded.training_state)
    assert loaded.wv.vectors.tobytes() == whole.wv.vectors.tobytes()
    assert loaded.loss_history == whole.loss_history
    assert loaded.min_alpha_yet_reached == whole.min_alpha_yet_reached
    assert loaded.get_latest_training_loss() == whole.get_latest_training_loss()


def test_glove_s_state_is_saved(tmp_path):
    model = GloVe(4, min_count=1, epochs=3, progress=False).fit(TEXT)
    model.save(tmp_path / "m")
    state = GloVe.load(tmp_path / "m").training_state
    assert state == model.training_state
    assert (state.epochs_done, state.epochs_trained, state.start_rate) == (3, 3, model.eta)


@pytest.mark.parametrize(
    "training",
    [[1], "much", {"loss_history": 3}, {"epochs_done": float("inf")}, {"loss_history": [None]}],
)
@pytest.mark.parametrize("model", [Word2Vec, GloVe])
def test_a_damaged_state_is_refused(tmp_path, model, training):
    made = Word2Vec(TEXT, min_count=1) if model is Word2Vec else GloVe(4, min_count=1).fit(TEXT)
    made.save(tmp_path / "m")
    rewrite(tmp_path / "m", tmp_path / "n", training=json.dumps(training))
    with pytest.raises(ValueError, match=r"n is damaged: its (state of training|parameters)"):
        model.load(tmp_path / "n")


class Pauses(Watcher):
    """Asks for a pause each time that it is asked; notes where workers paused."""

    def __init__(self, state, most=1000):
        self.state, self.most = state, most
        self.parts, self.ticks, self.epochs = [], 0, []

    def tick(self, *_):
        self.ticks += 1
        return len(self.parts) < self.most

    def pause(self):
        self.parts.append(copy.copy(self.state.part))

    def end_epoch(self):
        assert self.state.part == EpochPart()
        self.epochs.append(self.state.epochs_done)


def test_watchers_pause_the_workers_and_see_each_epoch():
    state, run = begun(2), FakeRun()
    often, never = Pauses(state, 3), Pauses(state, 0)
    run_epochs(None, run, state, progress=False, watchers=[often, never])
    assert (len(often.parts), len(never.parts), run.ended) == (3, 0, 2)
    assert often.parts[0] == EpochPart(loss=10.0, predictions=4)
    assert often.epochs == never.epochs == [1, 2]
    assert never.ticks >= 5
    assert state.loss_history == [2.5, 2.5]


def test_a_watcher_may_end_the_training():
    class Enough(Watcher):
        def end_epoch(self):
            raise StopIteration

    calls, state = [], begun(5)
    run_epochs(state, FakeRun(), state, [Recorder(calls)], False, [Enough()])
    assert calls[-2:] == ["epoch ends", "train ends"]
    assert (state.epochs_done, state.train_count) == (1, 1)


def test_while_workers_run_the_state_is_that_of_the_epoch_before():
    def fail():
        raise RuntimeError("a broken worker")

    state, run = begun(1), FakeRun(work=fail)
    state.part = EpochPart(7, 100, 90, 2.5, 80)
    with pytest.raises(RuntimeError, match="a broken worker"):
        run_epochs(None, run, state, progress=False)
    assert run.began == 7
    assert state.part == EpochPart()


def trained_with_pauses(model, run):
    """The state after two epochs, with a pause whenever a worker has trained on a chunk (of GloVe:
    a tile)."""
    state, work = model.training_state, run.work

    def work_on_one(worker, control):
        control.pause()
        work(worker, control)

    run.work = work_on_one
    state.begin_call(2)
    pauses = Pauses(state, most=10_000)
    run_epochs(model, run, state, progress=False, watchers=[pauses])
    assert sum(0 < part.passed < run.epoch_size for part in pauses.parts) > 2
    return state


@pytest.mark.parametrize("options", [{"sg": 1}, {"sg": 0}, {"hs": 1, "negative": 0}])
def test_pauses_change_nothing(options):
    options = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1, "epochs": 2} | options
    text = np.random.default_rng(1).integers(0, 50, (2000, 20))
    model, whole = Word2Vec(**options), Word2Vec(**options)
    model.build_vocab(text)
    whole.build_vocab(text)
    state = trained_with_pauses(model, Word2VecRun(model, model._corpus))
    whole.train(text)
    assert model.wv.vectors.tobytes() == whole.wv.vectors.tobytes()
    assert model.loss_history == whole.loss_history
    assert (state.passed, state.trained) == (80_000, 80_000)


def test_pauses_of_glove_change_nothing():
    text = np.random.default_rng(1).integers(0, 500, (1000, 20))
    options = {"vector_size": 20, "min_count": 1, "epochs": 1, "progress": False}
    model, whole = GloVe(workers=2, **options).fit(text), GloVe(workers=1, **options).fit(text)
    run = GloVeRun(model, model._records, model.pairs, GloVeParams(vector_size=20))
    trained_with_pauses(model, run)
    whole.train(epochs=2)
    assert model.wv.vectors.tobytes() == whole.wv.vectors.tobytes()
    assert model.loss_history == whole.loss_history
