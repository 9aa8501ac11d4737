"""``fastvec rank``."""

import json
import signal
from pathlib import Path

import pytest
from processes import KILL, STOP, fastvec, hooked

from fastvec import Ranker
from fastvec.io.registry import read_vectors

CHECKPOINT = ("--checkpoint", "run.ckpt", "--checkpoint-every", "1e")
SMALL = ("--vector-size", "6", "--hidden-size", "5", "--min-count", "1", "--epochs", "4")
ONE = (*SMALL, "--workers", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("a rose is a Rose and a thorn is a thorn\n" * 100)
    (tmp_path / "pairs.txt").write_text("a rose 9\na thorn 5\nis and 1\n")
    return tmp_path


def test_the_whole_model_with_news_validation_and_evaluation(folder: Path) -> None:
    more = ("--lower", "--validation", "text.txt", "--evaluate", "pairs.txt", "--log", "log")
    done = fastvec(folder, "rank", "text.txt", "-o", "m.safetensors", *SMALL, *more, "--json")
    assert done.returncode == 0, done.stderr
    model = Ranker.load(folder / "m.safetensors")
    assert json.loads(done.stdout)["loss_history"] == model.loss_history
    assert (model.lower, model.hidden_size, len(model.validation_history)) == (True, 5, 4)
    assert "fastvec: 1,100 words in 100 lines, 5 words of the vocabulary\n" in done.stderr
    for part in ("training: epoch 2 of 4", "validation: after epoch 4", "evaluation: after epoch"):
        assert part in done.stderr
    events = [json.loads(line)["event"] for line in (folder / "log").read_text().splitlines()]
    assert events.count("validation") == 5


def test_seeds(folder: Path) -> None:
    done = fastvec(folder, "rank", "text.txt", "-o", "v.txt", *ONE, "--seeds", "1,2", "-q")
    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout
    model = Ranker(
        folder / "text.txt", 6, hidden_size=5, min_count=1, epochs=4, workers=1, seed=2,
        progress=False,
    )  # fmt: skip
    found = read_vectors(folder / "v.seed2.txt")
    assert found.vectors == pytest.approx(model.wv.vectors, abs=1e-6)


def test_after_a_kill_the_same_command_goes_on(folder: Path) -> None:
    arguments = ("text.txt", "-o", "v.bin", *ONE, *CHECKPOINT, "--grow", "2")
    assert hooked(folder, KILL, "rank", *arguments).returncode == -signal.SIGKILL
    done = fastvec(folder, "rank", *arguments, "--resume")
    assert done.returncode == 0, done.stderr
    whole = ("text.txt", "-o", "whole.bin", *ONE, "--grow", "2")
    assert fastvec(folder, "rank", *whole).returncode == 0
    assert (folder / "v.bin").read_bytes() == (folder / "whole.bin").read_bytes()


def test_ctrl_c_saves_what_was_learned(folder: Path) -> None:
    done = hooked(folder, STOP.format("SIGINT"), "rank", "text.txt", "-o", "v.bin", *ONE)
    assert done.returncode == 1
    assert "saved what was learned so far in v.bin" in done.stderr
    assert len(read_vectors(folder / "v.bin").words) == 6


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--window 0", "window must be at least 1, got 0"),
        ("--min-alpha 1", "min_alpha must be at most alpha (0.2), got 1.0"),
        ("--min-count 1000", "no word is left"),
        ("--negative 5", "--negative"),
        ("--validation 2", "validation must be at most 0.5, got 2"),
    ],
)
def test_refused_with_a_sentence(folder: Path, more: str, says: str) -> None:
    done = fastvec(folder, "rank", "text.txt", "-o", "v.bin", *more.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert says in done.stderr
    assert not (folder / "v.bin").exists()
