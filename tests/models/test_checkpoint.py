"""Checkpoints: training goes on from any of them as if it had never stopped."""

import shutil
import signal
import threading
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from containers import rewrite

from fastvec import CallbackAny2Vec, Corpus, FastText, GloVe, Word2Vec
from fastvec._util import atomic, threads
from fastvec.models import checkpoint

#: ten chunks, and hundreds of tiles
TEXT = np.random.default_rng(1).integers(0, 500, (5000, 20))
OPTIONS: dict[str, Any] = {"vector_size": 8, "min_count": 1, "sample": 0.01, "workers": 1}
KINDS = {
    "skip-gram": {"sg": 1},
    "cbow": {"sg": 0},
    "skip-gram, hs": {"sg": 1, "hs": 1, "negative": 0},
    "cbow, hs": {"sg": 0, "hs": 1, "negative": 0},
    "skip-gram, softmax": {"sg": 1, "loss": "softmax"},
    "cbow, nce": {"sg": 0, "loss": "nce"},
    "deterministic": {"sg": 1, "deterministic": True, "workers": 2},
    "skip-gram, subwords": {"sg": 1, "bucket": 300},
    "cbow, subwords": {"sg": 0, "bucket": 300},
    "skip-gram, floret": {"sg": 1, "bucket": 300, "hash_count": 2},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(threads, "TICK_SECONDS", 1e-4)
    return tmp_path


def word2vec(epochs: int = 4, **options: Any) -> Word2Vec:
    """A model that knows its words, but is not trained yet."""
    kind = FastText if "bucket" in options else Word2Vec
    model = kind(**OPTIONS | options, epochs=epochs)
    model.build_vocab(TEXT)
    return model


def glove(epochs: int = 4, **options: Any) -> GloVe:
    return GloVe(8, min_count=1, epochs=epochs, progress=False, **options)


class Copies:
    """Keeps a copy of each checkpoint that is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[str] = []
        monkeypatch.setattr(checkpoint, "_tell_written", self.copy)

    def copy(self, path: Path, *_: object) -> None:
        self.paths.append(f"copy{len(self.paths)}.ckpt")
        shutil.copy(path, self.paths[-1])


def is_within_an_epoch(model: Any) -> bool:
    part = model.training_state.part
    return bool(part.passed > 0)


def same_training(one: Any, other: Any) -> bool:
    """Whether two models are the same in all that training changes."""
    states = [
        str(model.training_state.to_dict() | {"total_train_time": 0})  # NaN is not equal to itself
        for model in (one, other)
    ]
    if isinstance(one, GloVe):
        matrices = [model._records.tobytes() for model in (one, other)]
    else:
        matrices = [
            [
                model.wv.vectors.tobytes(),
                *(rows.tobytes() for rows in model._input_rows()),
                *(rows.tobytes() for _, rows in model._output_weights.items()),
            ]
            for model in (one, other)
        ]
    return states[0] == states[1] and matrices[0] == matrices[1]


@pytest.mark.parametrize("kind", KINDS)
def test_word2vec_goes_on_from_any_checkpoint(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    whole, model = word2vec(**KINDS[kind]), word2vec(**KINDS[kind])
    whole.train()
    copies = Copies(monkeypatch)
    model.train(checkpoint="run.ckpt", checkpoint_every="0.0001s")
    assert same_training(model, whole)
    assert any(is_within_an_epoch(type(model).load(path)) for path in copies.paths)
    for path in copies.paths:
        assert same_training(type(model).resume(path, TEXT, checkpoint_every="1h"), whole)


@pytest.mark.parametrize("options", [{}, {"symmetric": False}, {"workers": 2}])
def test_glove_goes_on_from_any_checkpoint(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    whole, model = glove(**options).fit(TEXT), glove(**options)
    copies = Copies(monkeypatch)
    model.fit(TEXT, checkpoint="run.ckpt", checkpoint_every="0.0001s")
    assert same_training(model, whole)
    for path in copies.paths:
        assert same_training(GloVe.resume(path, TEXT, checkpoint_every="1h", workers=1), whole)


def test_two_workers_train_nothing_twice_and_leave_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, model = word2vec(workers=2), word2vec(workers=2)
    whole.train()
    copies = Copies(monkeypatch)
    model.train(checkpoint="run.ckpt", checkpoint_every="0.0001s")
    for number, path in enumerate(copies.paths):
        again = Word2Vec.resume(path, TEXT, checkpoint_every="1h", workers=1 + number % 3)
        state, expected = again.training_state, whole.training_state
        assert (state.passed, state.trained) == (expected.passed, expected.trained)
        assert len(again.loss_history) == 4


class Stop(CallbackAny2Vec):
    """Ends the training after some epochs: by an error, as a kill would, or early."""

    def __init__(self, after: int, error: type[BaseException] = MemoryError) -> None:
        self.after, self.error = after, error

    def on_epoch_end(self, model: Any) -> None:
        if model.training_state.epochs_done == self.after:
            raise self.error


def killed(model: Any, after: int, **options: Any) -> None:
    """Train with checkpoints after each epoch, until a kill."""
    options = {"checkpoint": "run.ckpt", "checkpoint_every": "1e"} | options
    train = model.train if isinstance(model, Word2Vec) else lambda **how: model.fit(TEXT, **how)
    with pytest.raises(MemoryError):
        train(callbacks=[Stop(after)], **options)


def test_a_checkpoint_after_some_epochs() -> None:
    killed(word2vec(epochs=7), 5, checkpoint_every="2 epochs")
    assert Word2Vec.load("run.ckpt").epochs_trained == 4
    killed(glove(epochs=7), 5, checkpoint_every="2 epochs")
    assert len(GloVe.load("run.ckpt").loss_history) == 4


def test_a_resumed_training_goes_on_writing_to_the_same_file() -> None:
    killed(word2vec(), 2)
    with pytest.raises(MemoryError):
        Word2Vec.resume("run.ckpt", TEXT, callbacks=[Stop(4)])
    assert Word2Vec.load("run.ckpt").epochs_trained == 3
    with pytest.raises(MemoryError):
        Word2Vec.resume("run.ckpt", TEXT, checkpoint="other.ckpt", callbacks=[Stop(5)], epochs=5)
    assert Word2Vec.load("run.ckpt").epochs_trained == 3
    assert Word2Vec.load("other.ckpt").epochs_trained == 4


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_a_resumed_training_may_have_more_epochs(kind: Any) -> None:
    killed(kind(), 3)
    model = type(kind()).resume("run.ckpt", TEXT, epochs=6)
    assert (len(model.loss_history), model.epochs) == (6, 6)
    model = type(kind()).resume("run.ckpt", TEXT)
    assert len(model.loss_history) == 6
    assert model.training_state.train_count == 1
    with pytest.raises(ValueError, match="epochs must be at least 6, which have been trained, got"):
        type(kind()).resume("run.ckpt", TEXT, epochs=5)


def test_more_epochs_of_glove_are_those_of_a_longer_training() -> None:
    glove(3).fit(TEXT, checkpoint="run.ckpt")
    assert same_training(GloVe.resume("run.ckpt", TEXT, epochs=5), glove(5).fit(TEXT))


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_a_training_that_was_ended_early_has_ended(kind: Any) -> None:
    model = kind()
    train = model.train if isinstance(model, Word2Vec) else lambda **how: model.fit(TEXT, **how)
    train(callbacks=[Stop(2, StopIteration)], checkpoint="run.ckpt")
    resumed = type(model).resume("run.ckpt", [["another", "text"]])
    assert same_training(resumed, model)
    assert len(type(model).resume("run.ckpt", TEXT, epochs=3).loss_history) == 3


def test_rates_may_change() -> None:
    killed(word2vec(), 3)
    model = Word2Vec.resume("run.ckpt", TEXT, start_alpha=0.5, end_alpha=0.4)
    assert (model.alpha, model.min_alpha, model.min_alpha_yet_reached) == (0.5, 0.4, 0.4)
    killed(glove(), 3)
    assert GloVe.resume("run.ckpt", TEXT, eta=0.5, grad_clip=3.0).eta == 0.5


def other_text() -> Any:
    text = TEXT.copy()
    text[0, 0], text[0, 1] = text[0, 1], text[0, 0]
    return text


@pytest.mark.parametrize("kind", [word2vec, glove])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TEXT[:4000], r"that had [0-9,]+ (words and 5,000 sentences|pairs), this one has [0-9,]+"),
        (other_text(), r"both have [0-9,]+ (words and 5,000 sentences|pairs), but not the same"),
    ],
)
def test_another_corpus_is_refused(kind: Any, text: Any, says: str) -> None:
    killed(kind(), 2)
    before = Path("run.ckpt").read_bytes()
    with pytest.raises(ValueError, match=says) as error:
        type(kind()).resume("run.ckpt", text)
    assert str(error.value).startswith("the corpus is not the one that run.ckpt was trained on: ")
    assert Path("run.ckpt").read_bytes() == before


def write_texts(folder: Path) -> None:
    """The text as a file, and as a file of ids."""
    words = [
        [f"Word{number**3 // 500**2}" for number in sentence] for sentence in TEXT[:500].tolist()
    ]
    (folder / "text.txt").write_text("\n".join(map(" ".join, words)) + "\n")
    Corpus.read("text.txt", lower=True).save("text.fvc")


@pytest.mark.parametrize("options", [{}, {"max_vocab_size": 200}, {"max_final_vocab": 30}])
def test_text_is_read_as_it_was(folder: Path, options: dict[str, Any]) -> None:
    write_texts(folder)
    shared = {"vector_size": 8, "epochs": 3, "workers": 1, "lower": True, **options}
    model = Word2Vec(**shared)
    model.build_vocab("text.txt")
    killed(model, 2)
    whole = Word2Vec("text.txt", **shared)
    assert same_training(Word2Vec.resume("run.ckpt", "text.txt"), whole)
    assert (len(whole.wv) < 200) == bool(options)
    reading = GloVe(**shared)
    with pytest.raises(MemoryError):
        reading.fit("text.txt", checkpoint="glove.ckpt", checkpoint_every="1e", callbacks=[Stop(2)])
    expected = GloVe(**shared).fit("text.txt")
    assert same_training(GloVe.resume("glove.ckpt", "text.txt"), expected)


def test_the_encoded_text_will_do(folder: Path) -> None:
    write_texts(folder)
    model = Word2Vec(vector_size=8, epochs=3, workers=1, lower=True)
    model.build_vocab("text.txt")
    killed(model, 2)
    model.train()
    assert Word2Vec.resume("run.ckpt", "text.fvc").epochs_trained == 3


def test_a_function_of_words_is_given_again(folder: Path) -> None:
    write_texts(folder)
    model = Word2Vec(vector_size=8, workers=1, tokens=str.split)
    model.build_vocab("text.txt")
    model.train(checkpoint="run.ckpt", epochs=2)
    with pytest.raises(ValueError, match="tokens must be given again"):
        Word2Vec.resume("run.ckpt", "text.txt", epochs=3)
    assert Word2Vec.resume("run.ckpt", "text.txt", epochs=3, tokens=str.split).epochs_trained == 3


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_damage_is_noticed(kind: Any) -> None:
    killed(kind(), 2)
    good = Path("run.ckpt").read_bytes()
    for length in (0, 7, 100, len(good) // 2, len(good) - 1):
        Path("run.ckpt").write_bytes(good[:length])
        with pytest.raises(ValueError, match=r"^run\.ckpt"):
            type(kind()).resume("run.ckpt", TEXT)
    for at in np.random.default_rng(1).integers(8, len(good), 50).tolist():
        Path("run.ckpt").write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
        with pytest.raises(ValueError, match=r"^run\.ckpt"):
            type(kind()).resume("run.ckpt", TEXT)


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_what_is_no_checkpoint_is_refused(kind: Any) -> None:
    model = kind()
    (model.train if isinstance(model, Word2Vec) else model.fit)(TEXT)
    model.save("model")
    with pytest.raises(ValueError, match="model is a saved model, not a checkpoint: load opens it"):
        type(model).resume("model", TEXT)
    killed(kind(), 2)
    rewrite("run.ckpt", "later", checkpoint='{"corpus": 5}')
    with pytest.raises(ValueError, match="later is damaged: what it says of its training is not"):
        type(model).resume("later", TEXT)


def test_a_file_of_a_later_version_is_refused() -> None:
    killed(word2vec(), 2)
    rewrite("run.ckpt", "later", **{"fastvec word2vec": "3"})
    with pytest.raises(ValueError, match="later has version 3 of the format"):
        Word2Vec.resume("later", TEXT)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("fastvec", "with the version old, and the training goes on with "),
        ("instruction_set", "with the instruction set old, and the training goes on with "),
    ],
)
@pytest.mark.parametrize("kind", [word2vec, glove])
def test_what_changes_the_bytes_is_said(
    caplog: pytest.LogCaptureFixture, kind: Any, name: str, says: str
) -> None:
    killed(kind(), 2)
    with pytest.MonkeyPatch.context() as patch:
        now = checkpoint._versions()
        patch.setattr(checkpoint, "_versions", lambda: now | {name: "old"})
        killed(kind(), 2)
    assert len(type(kind()).resume("run.ckpt", TEXT).loss_history) == 4
    assert [message for message in caplog.messages if says in message]


class FullDisk:
    """From the second file on there is no room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = 0
        self.make = atomic.create_beside
        monkeypatch.setattr(atomic, "create_beside", self.create)

    def create(self, path: Path) -> Any:
        self.files += 1
        if self.files == 2:
            raise OSError(28, "No space left on device")
        return self.make(path)


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_a_full_disk_does_not_end_the_training(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: Any
) -> None:
    FullDisk(monkeypatch)
    killed(kind(), 3)
    says = "no checkpoint was written, the checkpoint of before stays: cannot write run.ckpt: No "
    assert [message for message in caplog.messages if message.startswith(says)]
    assert len(type(kind()).load("run.ckpt").loss_history) == 1
    assert list(Path().iterdir()) == [Path("run.ckpt")]
    assert len(type(kind()).resume("run.ckpt", TEXT).loss_history) == 4


class Spoil(CallbackAny2Vec):
    """Makes a number that is not finite, in the third epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        if model.training_state.epochs_done == 2:
            (model.wv.vectors if isinstance(model, Word2Vec) else model._records)[0, 0] = np.nan


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_after_numbers_that_are_not_finite_the_last_good_checkpoint_is_named(kind: Any) -> None:
    model = kind()
    train = model.train if isinstance(model, Word2Vec) else lambda **how: model.fit(TEXT, **how)
    with pytest.raises(FloatingPointError, match=r"not finite in epoch 3: lower .*; run\.ckpt is"):
        train(callbacks=[Spoil()], checkpoint="run.ckpt", checkpoint_every="1e")
    assert len(type(model).load("run.ckpt").loss_history) == 2
    with pytest.raises(FloatingPointError, match=r"\(now [0-9.]+\)( or grad_clip \(now 100.0\))?$"):
        train(callbacks=[Spoil()], checkpoint="new.ckpt", checkpoint_every="9e")
    assert not Path("new.ckpt").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"checkpoint": "nowhere/run.ckpt"}, "there is no folder"),
        ({"checkpoint": "."}, "it is a folder"),
        ({"checkpoint": 5}, "checkpoint must be a path, got 5"),
        ({"checkpoint_every": "5 x"}, "checkpoint_every must be a time such as 30s, 10m or 2h, or"),
        ({"checkpoint_every": 600}, "checkpoint_every must be a time"),
        ({"checkpoint_every": "0s"}, "checkpoint_every must be a time"),
        ({"checkpoint_every": "1.5 epochs"}, "checkpoint_every must be a time"),
        ({"checkpoint": None, "checkpoint_every": "5m"}, "checkpoint_every needs checkpoint=FILE"),
    ],
)
@pytest.mark.parametrize("kind", [word2vec, glove])
def test_bad_options_are_refused(kind: Any, options: dict[str, Any], says: str) -> None:
    model = kind()
    train = model.train if isinstance(model, Word2Vec) else lambda **how: model.fit(TEXT, **how)
    with pytest.raises((ValueError, TypeError, OSError), match=says):
        train(**{"checkpoint": "run.ckpt"} | options)
    assert model.training_state.epochs_trained == 0


# --- signals


class Send(CallbackAny2Vec):
    """Sends a signal in the second epoch."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers

    def on_epoch_begin(self, model: Any) -> None:
        if model.training_state.epochs_done == 1:
            for number in self.numbers:
                signal.raise_signal(number)


@pytest.mark.parametrize("kind", [word2vec, glove])
def test_ctrl_c_ends_the_training_when_a_checkpoint_is_written(
    caplog: pytest.LogCaptureFixture, kind: Any
) -> None:
    whole, model = kind(), kind()
    for each, how in ((whole, {}), (model, {"checkpoint": "run.ckpt", "callbacks": [Send(2)]})):
        train = each.train if isinstance(each, Word2Vec) else partial(each.fit, TEXT)
        with pytest.raises(KeyboardInterrupt) if how else nullcontext():
            train(**how)
    says = "stopping: writing run.ckpt (Ctrl-C once more gives it up)"
    assert says in caplog.messages
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert same_training(type(model).resume("run.ckpt", TEXT), whole)


def test_a_second_ctrl_c_gives_the_checkpoint_up() -> None:
    model = word2vec()
    with pytest.raises(KeyboardInterrupt):
        model.train(callbacks=[Send(2, 2)], checkpoint="run.ckpt", checkpoint_every="1e")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert Word2Vec.load("run.ckpt").epochs_trained == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_do_what_they_do_without_us(number: signal.Signals) -> None:
    received: list[int] = []
    before = signal.signal(number, lambda *_: received.append(word2vec_now.epochs_trained))
    try:
        word2vec_now = word2vec()
        word2vec_now.train(callbacks=[Send(number, number)], checkpoint="run.ckpt")
        assert signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN)
    finally:
        signal.signal(number, before)
    assert received == [1]  # once, and the training went on
    assert word2vec_now.epochs_trained == 4


def test_in_another_thread_signals_are_left_alone() -> None:
    model = word2vec()
    thread = threading.Thread(target=model.train, kwargs={"checkpoint": "run.ckpt"})
    thread.start()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    thread.join()
    assert Word2Vec.load("run.ckpt").epochs_trained == 4
