"""Logs of runs as curves."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from fastvec import Evaluation, GloVe, RunLog, Word2Vec
from fastvec.plots.curves import panels_of
from fastvec.plots.runs import is_log, of_model, read_runs

TEXT = [["king", "man", "car"], ["queen", "man"], ["queen", "woman", "king"]] * 30
OPTIONS: dict[str, Any] = {"vector_size": 4, "sample": 0, "workers": 1}


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.txt"
    path.write_text("king queen 9\nking man 5\nking car 0\nqueen woman 7\n")
    return path


def test_a_log_has_all_the_curves_of_a_training(tmp_path: Path, pairs: Path) -> None:
    evaluation = Evaluation(pairs, every=2)
    with RunLog(tmp_path / "run.jsonl"):
        model = Word2Vec(TEXT, epochs=3, validation=0.2, callbacks=[evaluation], **OPTIONS)
    (run,) = read_runs(tmp_path / "run.jsonl")
    assert (run.name, run.unit) == (str(tmp_path / "run"), "words")
    assert run.loss.epochs == [1, 2, 3]
    assert run.loss.values == pytest.approx(model.loss_history)
    assert run.validation.epochs == [1, 2, 3]
    assert run.validation.values == pytest.approx(model.validation_history)
    assert run.rate.epochs[-1] == 3
    assert run.rate.values[-1] == pytest.approx(model.min_alpha_yet_reached)
    assert all(speed > 0 for speed in run.speed.values)
    (curve,) = run.evaluations.values()
    assert list(run.evaluations) == ["pairs.txt, spearman"]
    assert curve.epochs == evaluation.epochs == [2, 3]
    assert curve.values == [scores[0].value for scores in evaluation.history]
    of = of_model(model, [evaluation])
    assert (of.name, of.loss) == ("Word2Vec", run.loss)
    assert of.evaluations["pairs.txt, spearman"].values == curve.values


def test_each_training_in_a_log_has_its_curves(tmp_path: Path) -> None:
    with RunLog(tmp_path / "run.jsonl"):
        Word2Vec(TEXT, epochs=1, **OPTIONS)
        GloVe(4, epochs=2, min_count=1, progress=False).fit(TEXT)
    with RunLog(tmp_path / "run.jsonl"):
        Word2Vec(TEXT, epochs=4, **OPTIONS)
    runs = read_runs(tmp_path / "run.jsonl", "run.jsonl")
    assert [run.name for run in runs] == ["run", "run (2)", "run (3)"]
    assert [run.loss.epochs[-1] for run in runs] == [1, 2, 4]
    assert [run.unit for run in runs] == ["words", "pairs", "words"]


def lines(*events: dict[str, Any]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


BEGUN = {"event": "training", "unit": "words", "epochs": 2}
DONE = {"event": "epoch", "doing": "training", "epochs": 2, "done": 5, "total": 10, "rate": 0.01,
        "per_second": 100.0, "loss": None}  # fmt: skip


VALIDATION = {"event": "validation", "epoch": 1, "loss": 0.5}
EVALUATION = {"event": "evaluation", "epoch": 1, "file": "a.csv", "measure": "spearman",
              "score": 0.5, "low": 0.4, "high": 0.6}  # fmt: skip


def test_a_log_that_an_editor_has_saved_with_a_mark_at_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(lines(BEGUN | {"unit": ["words"]}, DONE), encoding="utf-8-sig")
    assert is_log(path.read_bytes())
    (run,) = read_runs(path)
    assert panels_of([run])[-1][0] == "Speed: ['words'] a second, so far"


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(lines(BEGUN, DONE) + '{"event": "epo')
    (run,) = read_runs(path)
    assert run.loss.epochs == [1]
    assert math.isnan(run.loss.values[0])


@pytest.mark.parametrize(("text", "says"), [
    (lines(BEGUN) + "{broken\n" + lines(DONE), "line 2 is not one of a log that fastvec wrote"),
    (lines(BEGUN) + "[]\n", "line 2 is not one of a log that fastvec wrote"),
    (lines(BEGUN, {"event": "epoch", "doing": "training"}), "line 2 is not one of a log"),
    (lines(BEGUN, DONE | {"done": "many"}), "line 2 is not one of a log"),
    (lines(BEGUN, DONE | {"epochs": "x", "done": 10**12}), "line 2 is not one of a log"),
    (lines(BEGUN, DONE | {"rate": 10**400}), "line 2 is not one of a log"),
    (lines(BEGUN, {"event": "validation", "epoch": 1, "loss": []}), "line 2 is not one of a log"),
    *[
        (lines(BEGUN, event | {field: value}), "line 2 is not one of a log")
        for event, fields in (
            (DONE, ("epochs", "done", "total", "rate", "per_second", "loss")),
            (VALIDATION, ("epoch", "loss")),
            (EVALUATION, ("epoch", "score", "low", "high")),
        )
        for field in fields
        for value in ("many", [1], {"a": 1}, 10**400, 1e308, math.inf)
    ],
    (lines(BEGUN, DONE | {"epochs": "x", "done": 10**11}), "line 2 is not one of a log"),
    (lines({"event": "start"}), "is a log without any epoch of a training"),
    (lines(BEGUN), "is a log without any epoch of a training"),
    ("[" * 100_000 + "\n", "line 1 is not one of a log"),
    ("", "is a log without any epoch of a training"),
])  # fmt: skip
def test_other_files_are_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(text)
    with pytest.raises(ValueError, match=says) as caught:
        read_runs(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("head", [b"", b"king 5\n", b'{"text": "a"}', b"\x00\x01", b"{"])
def test_what_is_no_log_is_told_from_one(head: bytes) -> None:
    assert not is_log(head)
