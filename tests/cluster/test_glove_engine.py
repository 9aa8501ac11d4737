"""GloVe by trainers in one process: the same as on one machine with one, and as well with more."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fragile_crew import FragileEngine
from word2vec_models import two_languages

from fastvec import GloVe, Pairs
from fastvec._util import threads
from fastvec.cluster import glove_run
from fastvec.cluster.engine import SimulatedEngine
from fastvec.models import checkpoint
from fastvec.models.cooccurrence import count_pairs

OPTIONS: dict[str, Any] = {"vector_size": 8, "min_count": 1, "epochs": 3, "workers": 1}


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """Those of a text with words of very different frequency."""
    from fastvec import Corpus

    rows = np.random.default_rng(1).zipf(1.3, (300, 12)) % 300
    return count_pairs(Corpus.read(rows, min_count=1), progress=False)


def fitted(pairs: Any, engine: Any = None, **options: Any) -> GloVe:
    given = {name: options.pop(name) for name in ("init", "validation") if name in options}
    return GloVe(**OPTIONS | options).fit(pairs, engine=engine, **given)


def same(one: GloVe, other: GloVe) -> bool:
    """Whether two models have learned the same."""
    states = [
        model.training_state.to_dict() | {"total_train_time": 0, "part": None}
        for model in (one, other)
    ]
    assert one._records is not None
    assert other._records is not None
    return states[0] == states[1] and np.array_equal(one._records, other._records)


TRAININGS: list[dict[str, Any]] = [
    {},
    {"validation": 0.1},
    {"init": {1: np.ones(8), 2: np.ones(8)}},
]


@pytest.mark.parametrize("options", TRAININGS, ids=str)
def test_one_trainer_gives_the_vectors_of_one_machine(
    pairs: Pairs, options: dict[str, Any]
) -> None:
    assert same(fitted(pairs, **options), fitted(pairs, SimulatedEngine(1), **options))


def test_one_trainer_goes_on_with_a_trained_model(pairs: Pairs) -> None:
    models = []
    for engine in (None, SimulatedEngine(1)):
        model = fitted(pairs, engine)
        models.append(model.train(epochs=2, engine=engine).train(pairs, epochs=1, engine=engine))
    assert same(*models)
    with pytest.raises(ValueError, match="the pairs are on a cluster: give the engine again"):
        models[1].train()


@pytest.mark.parametrize("options", TRAININGS, ids=str)
def test_several_trainers_train_on_every_pair(pairs: Pairs, options: dict[str, Any]) -> None:
    alone = fitted(pairs, **options)
    model = fitted(pairs, SimulatedEngine(3), **options)
    assert model.training_state.passed == alone.training_state.passed
    assert same(model, fitted(pairs, SimulatedEngine(3), **options))
    assert model.loss_history[-1] == pytest.approx(alone.loss_history[-1], rel=0.2)
    assert len(model.validation_history) == len(alone.validation_history)


def test_several_trainers_learn_what_one_does() -> None:
    text, options = two_languages(2000), {"vector_size": 16, "epochs": 25}
    losses = [fitted(text, **options, seed=seed).loss_history[-1] for seed in (1, 2, 3)]
    several = fitted(text, SimulatedEngine(3), **options)
    assert several.loss_history[-1] < 1.05 * max(losses)


def test_a_matrix_that_is_not_symmetric() -> None:
    rows = (np.random.default_rng(4).zipf(1.3, (300, 20)) % 300).tolist()
    alone = fitted(rows, symmetric=False)
    assert same(alone, fitted(rows, SimulatedEngine(1), symmetric=False))
    several = fitted(rows, SimulatedEngine(3), symmetric=False)
    assert several.training_state.passed == alone.training_state.passed


@pytest.mark.parametrize(("workers", "rounds"), [(1, 2), (2, 5)])
def test_a_training_goes_on_from_its_checkpoint(
    pairs: Pairs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, rounds: int
) -> None:
    whole, path = fitted(pairs, SimulatedEngine(workers)), tmp_path / "run.ckpt"
    left = iter(range(rounds))

    def round_(self: glove_run.SpreadGloVeRun, *arguments: Any) -> float:
        next(left)
        return original(self, *arguments)

    original = glove_run.SpreadGloVeRun._round
    with monkeypatch.context() as patch:
        patch.setattr(glove_run.SpreadGloVeRun, "_round", round_)
        patch.setattr(checkpoint.Checkpoints, "tick", lambda *_: True)
        patch.setattr(threads, "TICK_SECONDS", 1e-4)
        with pytest.raises((StopIteration, RuntimeError)):
            GloVe(**OPTIONS).fit(pairs, checkpoint=path, engine=SimulatedEngine(workers))
    for again in (workers, 3):
        resumed = GloVe.resume(path, pairs, engine=SimulatedEngine(again))
        assert same(resumed, whole)  # with any number of trainers
    with pytest.raises(ValueError, match="the corpus is not the one"):
        GloVe.resume(path, pairs, epochs=9)


def test_a_checkpoint_of_one_machine_stays_there(pairs: Pairs, tmp_path: Path) -> None:
    GloVe(**OPTIONS).fit(pairs, checkpoint=tmp_path / "run.ckpt")
    with pytest.raises(ValueError, match="trained on one machine: go on without an engine"):
        GloVe.resume(tmp_path / "run.ckpt", pairs, epochs=9, engine=SimulatedEngine(1))


@pytest.mark.parametrize("late", [False, True])
def test_a_lost_trainer_changes_nothing(pairs: Pairs, late: bool) -> None:
    whole = fitted(pairs, SimulatedEngine(3), epochs=2)
    for fatal in [1, 8, 20, 33, 61]:
        engine = FragileEngine(3, fatal, late)
        assert same(fitted(pairs, engine, epochs=2), whole), fatal
        assert len(engine.found.dead) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_what_trainers_had_alone_is_done_again(
    pairs: Pairs, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fitted(pairs, SimulatedEngine(workers))
    original, seen = glove_run.SpreadGloVeRun._round, []

    def round_(self: glove_run.SpreadGloVeRun, *arguments: Any) -> float:
        seen.append(1)
        if len(seen) == 2 * workers:
            self.relay.holders[0] = set()
        return original(self, *arguments)

    monkeypatch.setattr(glove_run.SpreadGloVeRun, "_round", round_)
    assert same(fitted(pairs, SimulatedEngine(workers)), whole)
    assert len(seen) > len(whole.loss_history) * len(glove_run.rounds_of(2 * workers)) // 2


def test_all_trainers_are_lost(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FragileEngine(1, 9, late=False)
    monkeypatch.setattr("fragile_crew.FragileCrew.joined", lambda _: [])
    with pytest.raises(RuntimeError, match="all trainers were lost: a training with a checkpoint"):
        fitted(pairs, engine)


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"max_vocab_size": 9}, {}, "max_vocab_size is for one machine"),
    ({"column": "a", "group": "b"}, {}, "group is for one machine"),
    ({}, {"validation": 0.001}, "validation=0.001 holds out none of"),
]


@pytest.mark.parametrize(("options", "given", "sentence"), REFUSED)
def test_what_is_refused(
    tmp_path: Path, options: dict[str, Any], given: dict[str, Any], sentence: str
) -> None:
    (tmp_path / "text.txt").write_text("a b c\n" * 99)
    model = GloVe(min_count=1, **options)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        model.fit(str(tmp_path / "text.txt"), engine=SimulatedEngine(2), **given)
