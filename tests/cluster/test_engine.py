"""Training by trainers in one process: the same as on one machine with one, and about the same with
more; checkpoints, and what is refused."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fragile_crew import FragileEngine
from word2vec_models import MODELS, two_languages

from fastvec import Corpus, Doc2Vec, FastText, Word2Vec
from fastvec._util import threads
from fastvec.cluster import run
from fastvec.cluster.engine import SimulatedEngine
from fastvec.corpus import chunks
from fastvec.models import checkpoint

OPTIONS: dict[str, Any] = {"vector_size": 8, "min_count": 1, "sample": 0.01, "workers": 1}


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A text of ten chunks, read in small ranges."""
    monkeypatch.setattr(chunks, "RANGE_BYTES", 10_000)
    rows = np.random.default_rng(1).integers(0, 500, (5000, 20))
    path = tmp_path / "text.txt"
    path.write_text("".join(" ".join(map(str, row)) + "\n" for row in rows.tolist()))
    return str(path)


def word2vec(**options: Any) -> Word2Vec:
    return Word2Vec(**OPTIONS | {"epochs": 3} | options)


def same(one: Word2Vec, other: Word2Vec) -> bool:
    """Whether two models have learned the same."""
    states = [
        model.training_state.to_dict() | {"total_train_time": 0, "part": None}
        for model in (one, other)
    ]
    weights = zip(one._output_weights.items(), other._output_weights.items(), strict=True)
    return (
        states[0] == states[1]
        and one.wv.words == other.wv.words
        and np.array_equal(one.wv.vectors, other.wv.vectors)
        and all(np.array_equal(a, b) for (_, a), (_, b) in weights)
    )


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_one_trainer_gives_the_vectors_of_one_machine(text: str, options: dict[str, Any]) -> None:
    alone, other = word2vec(**options), word2vec(**options)
    alone.build_vocab(text)
    expected = alone.train(text)
    assert other.train(text, engine=SimulatedEngine(1, round_words=20_000)) == expected
    assert same(alone, other)


def test_one_trainer_goes_on_with_a_trained_model(text: str) -> None:
    alone, other = word2vec(), word2vec()
    for model, engine in ((alone, None), (other, SimulatedEngine(1))):
        model.build_vocab(text)
        model.wv.vectors_lockf[3] = 0
        model.train(text, engine=engine)
        model.train(text, epochs=1, start_alpha=0.01, engine=engine)
    assert same(alone, other)


@pytest.mark.parametrize("source", ["list", "corpus", "file"])
def test_what_only_the_driver_can_read(text: str, tmp_path: Path, source: str) -> None:
    sentences: Any = [line.split() for line in Path(text).read_text().splitlines()]
    if source != "list":
        sentences = Corpus.read(sentences, min_count=1)
    if source == "file":
        sentences.save(tmp_path / "text.fvc")
        sentences = str(tmp_path / "text.fvc")
    alone, other = word2vec(), word2vec()
    alone.build_vocab(sentences)
    alone.train(sentences)
    other.train(sentences, engine=SimulatedEngine(1))
    assert same(alone, other)
    several = word2vec()
    several.train(sentences, engine=SimulatedEngine(3))
    assert several.training_state.passed == alone.training_state.passed


def test_a_generator_is_read_once(text: str) -> None:
    model = word2vec()
    lines = (line.split() for line in Path(text).read_text().splitlines())
    assert model.train(lines, engine=SimulatedEngine(2))[1] == 300_000


@pytest.mark.parametrize("workers", [2, 5])
def test_several_trainers_pass_over_every_word_and_give_the_same_each_time(
    text: str, workers: int
) -> None:
    models = [word2vec() for _ in range(2)]
    for model in models:
        assert model.train(text, engine=SimulatedEngine(workers))[1] == 300_000
        state = model.training_state
        assert (state.passed, state.epochs_done) == (300_000, 3)
        assert state.loss_history[-1] < state.loss_history[0]
    assert same(*models)


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_several_trainers_learn_what_one_does(options: dict[str, Any]) -> None:
    model = Word2Vec(vector_size=16, min_count=1, sample=0, epochs=8, alpha=0.05, **options)
    model.train(two_languages(4000), engine=SimulatedEngine(4))
    own, foreign = model.wv.n_similarity(["a1"], ["a2"]), model.wv.n_similarity(["a1"], ["b1"])
    assert own > foreign + 0.3


@pytest.mark.parametrize(("workers", "rounds"), [(1, 17), (3, 6)])
def test_a_training_goes_on_from_its_checkpoint(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, rounds: int
) -> None:
    whole = word2vec()
    whole.train(text, engine=SimulatedEngine(workers))
    path = tmp_path / "run.ckpt"
    left = iter(range(rounds))

    def round_(self: run.ClusterRun, control: Any) -> None:
        next(left)  # StopIteration is not for this loop: it ends the training with an error
        original(self, control)

    original = run.ClusterRun._round
    with monkeypatch.context() as patch:
        patch.setattr(run.ClusterRun, "_round", round_)
        patch.setattr(checkpoint.Checkpoints, "tick", lambda *_: True)
        patch.setattr(threads, "TICK_SECONDS", 1e-4)
        with pytest.raises((StopIteration, RuntimeError)):
            word2vec().train(text, engine=SimulatedEngine(workers), checkpoint=path)
    resumed = Word2Vec.resume(path, text, engine=SimulatedEngine(workers))
    assert resumed.training_state.passed == 300_000
    assert same(resumed, whole)
    more = Word2Vec.resume(path, text, epochs=4, engine=SimulatedEngine(2))
    assert more.epochs_trained == 4


def test_a_checkpoint_of_one_machine_stays_there(text: str, tmp_path: Path) -> None:
    model = word2vec(epochs=1)
    model.build_vocab(text)
    model.train(text, checkpoint=tmp_path / "run.ckpt")
    with pytest.raises(ValueError, match="trained on one machine: go on without an engine"):
        Word2Vec.resume(tmp_path / "run.ckpt", text, epochs=2, engine=SimulatedEngine(1))


def test_validation_is_that_of_one_machine(text: str, tmp_path: Path) -> None:
    held = tmp_path / "held.txt"
    held.write_text("\n".join(Path(text).read_text().splitlines()[:200]))
    alone, other = word2vec(epochs=2), word2vec(epochs=2)
    alone.build_vocab(text)
    alone.train(text, validation=str(held))
    other.train(text, validation=str(held), engine=SimulatedEngine(1))
    assert other.validation_history == alone.validation_history
    assert same(alone, other)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("fatal", [1, 27, 40, 60, 82, 110])
def test_a_lost_trainer_costs_no_word(text: str, fatal: int, late: bool) -> None:
    model, engine = word2vec(epochs=2), FragileEngine(3, fatal, late)
    assert model.train(text, engine=engine)[1] == 200_000
    assert model.training_state.passed == 200_000
    assert len(engine.found.dead) == 1
    assert len(engine.found.alive) == 3
    left = [engine.found.trainers[each] for each in engine.found.alive]
    assert all(np.array_equal(each.model.wv.vectors, model.wv.vectors) for each in left)
    assert model.loss_history[1] < model.loss_history[0]


def test_all_trainers_are_lost(text: str) -> None:
    with pytest.raises(RuntimeError, match="all trainers were lost: a training with a checkpoint"):
        word2vec().train(text, engine=FragileEngine(1, 9, late=False))


REFUSED = [
    (FastText, {}, {}, "not FastText"),
    (Doc2Vec, {}, {}, "not Doc2Vec"),
    (Word2Vec, {"loss": "softmax"}, {}, "loss='softmax' is for one machine"),
    (Word2Vec, {"max_vocab_size": 9}, {}, "max_vocab_size is for one machine"),
    (Word2Vec, {"column": "a", "group": "b"}, {}, "group is for one machine"),
    (Word2Vec, {"sg": 1, "deterministic": True}, {}, "deterministic=True is for one machine"),
    (Word2Vec, {}, {"validation": 0.1}, "validation must be a text of its own"),
]


@pytest.mark.parametrize(("kind", "options", "given", "sentence"), REFUSED)
def test_what_is_refused(
    text: str, kind: Any, options: dict[str, Any], given: dict[str, Any], sentence: str
) -> None:
    model = kind(**options)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        model.train(text, engine=SimulatedEngine(2), **given)


def test_a_rate_that_is_too_high_is_said(text: str) -> None:
    model = word2vec(alpha=50, epochs=1)
    with pytest.raises(FloatingPointError, match=r"lower alpha \(now 50"):
        model.train(text, engine=SimulatedEngine(2))


def test_nothing_to_train_on(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a corpus"):
        Word2Vec().train(engine=SimulatedEngine(2))
    (tmp_path / "empty.txt").write_text("")
    with pytest.raises(ValueError, match="0 words were read"):
        Word2Vec().train(str(tmp_path / "empty.txt"), engine=SimulatedEngine(2))
    model = word2vec()
    model.build_vocab(text)
    (tmp_path / "other.txt").write_text("nothing known")
    with pytest.raises(ValueError, match="none is kept"):
        model.train(str(tmp_path / "other.txt"), engine=SimulatedEngine(2))


@pytest.mark.parametrize("options", [{"workers": 0}, {"threads": 0}, {"round_words": 0}])
def test_options_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(options))} must be at least 1, got 0"):
        SimulatedEngine(**{"workers": 2} | options)
