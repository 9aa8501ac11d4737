"""Validation, evaluation, early stopping and several seeds on the command line."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import DEADLINE, fastvec, started

from fastvec import CallbackAny2Vec, GloVe, Word2Vec
from fastvec.cli.seeds import seeds_from
from fastvec.io.registry import read_vectors

GENERATOR = np.random.default_rng(7)
LINES = [" ".join(f"w{i}" for i in GENERATOR.zipf(1.3, 12) if i < 100) for _ in range(500)]
SMALL = ("--min-count", "1", "--vector-size", "5", "--epochs", "3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("\n".join(LINES) + "\n")
    (tmp_path / "pairs.txt").write_text("w1 w2 9\nw1 w3 5\nw4 w5 1\nw7 w1 3\nno w2 5\n")
    (tmp_path / "questions.txt").write_text(": a\nw1 w2 w3 w4\nw2 w1 w4 w3\n")
    return tmp_path


def events(path: Path, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line for line in lines if line["event"] == name]


@pytest.mark.parametrize("command", ["train", "glove"])
def test_validation_and_evaluation_are_in_both_logs(folder: Path, command: str) -> None:
    done = fastvec(
        folder,
        *(command, "text.txt", "-o", "v.safetensors", *SMALL, "--log", "log"),
        *("--validation", "0.1", "--evaluate", "pairs.txt", "--evaluate", "questions.txt"),
    )
    assert done.returncode == 0
    validated, evaluated = (
        events(folder / "log", "validation"),
        events(folder / "log", "evaluation"),
    )
    assert [each["epoch"] for each in validated] == [0, 1, 2, 3]
    assert [(each["epoch"], each["measure"]) for each in evaluated] == [
        (epoch, measure) for epoch in (1, 2, 3) for measure in ("spearman", "accuracy")
    ]
    for start in ("validation: after epoch 3 of 3, loss ", "evaluation: after epoch 3 of 3, pairs"):
        assert f"fastvec: {start}" in done.stderr
    kind: Any = Word2Vec if command == "train" else GloVe
    state = kind.load(folder / "v.safetensors").training_state
    assert state.validation_history == [each["loss"] for each in validated[1:]]


def test_a_text_for_validation(folder: Path) -> None:
    (folder / "other.txt").write_text("\n".join(LINES[:50]))
    more = ("--validation", "other.txt", "--validation-every", "2000", "-q", "--log", "log")
    done = fastvec(folder, "train", "text.txt", "-o", "v.bin", *SMALL, *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(events(folder / "log", "validation")) >= 4


def test_the_best_model_is_the_output(folder: Path) -> None:
    """A text that is learned by heart: its validation loss is soon best."""
    options = ("--epochs", "200", "--vector-size", "5", "--min-count", "1", "--alpha", "0.5")
    more = ("--validation", "0.3", "--stop-after", "2", "--log", "log", "--workers", "1")
    done = fastvec(folder, "train", "text.txt", "-o", "v.safetensors", *options, *more)
    assert done.returncode == 0
    best = events(folder / "log", "best")[-1]
    assert events(folder / "log", "restored")[-1]["epoch"] == best["epoch"]
    assert "fastvec: stopping: none was better than epoch " in done.stderr
    model = Word2Vec.load(folder / "v.safetensors")
    assert model.training_state.epochs_done == best["epoch"] + 2
    again = Word2Vec(vector_size=5, min_count=1, alpha=0.5, epochs=200, workers=1)
    again.build_vocab(folder / "text.txt")

    class Until(CallbackAny2Vec):
        def on_epoch_end(self, trained: Word2Vec) -> None:
            if trained.epochs_trained == best["epoch"]:
                raise StopIteration

    again.train(validation=0.3, callbacks=[Until()])
    assert model.wv.vectors.tobytes() == again.wv.vectors.tobytes()
    names = {path.name for path in folder.iterdir()}
    assert names == {"text.txt", "pairs.txt", "questions.txt", "v.safetensors", "log"}


def test_ctrl_c_saves_the_best_model(folder: Path) -> None:
    options = ("--epochs", "1000000", "--min-count", "1", "--log", "log", "--workers", "1")
    more = ("--validation", "0.3", "--stop-after", "1000000", "--vector-size", "5")
    command = ("-m", "fastvec", "train", "text.txt", "-o", "v.bin", *options, *more)
    with started(*command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "the best so far: epoch " not in process.stderr.readline():
            pass
        process.terminate()
        process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert events(folder / "log", "restored")[0]["epoch"] >= 1
    assert (folder / "v.bin").exists()
    assert not (folder / "v.bin.best").exists()


# --- seeds


def test_seeds_are_trained_in_turn(folder: Path) -> None:
    """Each as it would be alone; what they say together goes to standard output."""
    more = ("--evaluate", "pairs.txt", "--validation", "0.1", "--workers", "1")
    done = fastvec(
        folder, "train", "text.txt", "-o", "v.bin", *SMALL, *more, "--seeds", "1-2,7", "-q"
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert head == ["file", "measure", "runs", "mean", "deviation", "low", "high"]
    assert [row[:3] for row in rows] == [
        ["training", "loss", "3"],
        ["validation", "loss", "3"],
        ["pairs.txt", "spearman", "3"],
    ]
    for seed in (2, 7):
        alone = ("--seed", str(seed), "--validation", "0.1", "--workers", "1", "-q")
        fastvec(folder, "train", "text.txt", "-o", "alone.bin", *SMALL, *alone)
        assert (folder / "alone.bin").read_bytes() == (folder / f"v.seed{seed}.bin").read_bytes()
    assert not (folder / "v.bin").exists()


def test_seeds_of_glove_as_json(folder: Path) -> None:
    more = ("--evaluate", "pairs.txt", "--seeds", "3,5", "--json", "-q", "--log", "log")
    done = fastvec(folder, "glove", "text.txt", "-o", "v.bin", *SMALL, *more)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["seeds"] == [3, 5]
    loss, spearman = found["measures"]
    values = list(spearman["values"].values())
    assert list(spearman["values"]) == ["3", "5"]
    assert spearman["mean"] == pytest.approx(sum(values) / 2)
    assert spearman["deviation"] == pytest.approx(abs(values[0] - values[1]) / math.sqrt(2))
    assert loss["low"] < loss["mean"] < loss["high"]
    assert [each["measure"] for each in events(folder / "log", "seeds")] == ["loss", "spearman"]
    alone = fastvec(folder, "glove", "text.txt", "-o", "a.bin", *SMALL, "--seed", "5", "-q")
    assert alone.returncode == 0
    files = [read_vectors(folder / name).vectors for name in ("a.bin", "v.seed5.bin")]
    assert np.array_equal(*files)


@pytest.mark.parametrize(
    ("text", "seeds"), [("1-3", [1, 2, 3]), ("5", [5]), ("3, 1,3", [3, 1]), ("7-7,0", [7, 0])]
)
def test_what_seeds_are(text: str, seeds: list[int]) -> None:
    assert seeds_from(text) == seeds


@pytest.mark.parametrize("text", ["", "3-1", "a", "1-", "-1", "1-5000", "1;2", "9" * 30])
def test_what_seeds_are_not(text: str) -> None:
    with pytest.raises(ValueError, match="seeds must be numbers such as 1-5 or 1,2,7, got"):
        seeds_from(text)


# --- what is refused


@pytest.mark.parametrize(
    ("command", "arguments", "says"),
    [
        ("train", "--validation 2", "validation must be at most 0.5, got 2"),
        ("train", "--validation nan", "validation must be a finite number, got nan"),
        ("train", "--validation no.txt", "no.txt: there is no such file"),
        ("glove", "--validation pairs.txt", "--validation takes a share of the pairs"),
        ("train", "--validation-every 5", "--validation-every needs --validation"),
        ("train", "--evaluate-every 2", "--evaluate-every needs --evaluate FILE"),
        (
            "train",
            "--evaluate pairs.txt --evaluate-every 1.5",
            "evaluate_every must be epoch, or a number of epochs, got '1.5'",
        ),
        ("train", "--evaluate no.txt", "'no.txt' does not exist"),
        ("glove", "--evaluate text.txt", "text.txt is no evaluation file"),
        ("glove", "--stop-after 3", "--stop-after needs --validation or --evaluate FILE"),
        ("train", "--seeds 1-2 --seed 3", "--seed has no effect with --seeds"),
        ("glove", "--seeds x", "seeds must be numbers such as 1-5"),
        ("train", "--evaluate v.bin", "cannot write v.bin: it is also read"),
    ],
)
def test_options_that_cannot_be(folder: Path, command: str, arguments: str, says: str) -> None:
    if "--evaluate v.bin" in arguments:
        (folder / "v.bin").write_text("w1 w2 3\n")
    if "text.txt" in arguments:
        (folder / "text.txt").write_text("a whole sentence of words\n" * 9)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = fastvec(folder, command, "text.txt", "-o", "v.bin", *SMALL, *arguments.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert before == {path: path.read_bytes() for path in folder.iterdir()}
