"""What `fastvec nplm` and `fastvec rank` share: seeds, checkpoints, news, validation."""

import json
import signal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from processes import KILL, STOP, fastvec, hooked

from fastvec import NeuralLM, Ranker
from fastvec.io.registry import read_vectors

CHECKPOINT = ("--checkpoint", "run.ckpt", "--checkpoint-every", "1e")
SMALL = ("--vector-size", "6", "--hidden-size", "5", "--min-count", "1", "--epochs", "4")


class Network(NamedTuple):
    """A command, the class of its model, options for the same bytes, and vectors besides words."""

    command: str
    model: Any
    more: tuple[str, ...]
    others: int

    @property
    def options(self) -> tuple[str, ...]:
        return (*SMALL, *self.more)


NETWORKS = [
    Network("nplm", NeuralLM, (), 2),  # <s> and <unk>
    Network("rank", Ranker, ("--workers", "1", "--grow", "2"), 0),
]
each_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.command)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("a rose is a Rose and a thorn is a thorn\n" * 100)
    (tmp_path / "pairs.txt").write_text("a rose 9\na thorn 5\nis and 1\n")
    return tmp_path


@each_network
def test_the_whole_model_with_news_validation_and_evaluation(
    folder: Path, network: Network
) -> None:
    more = ("--lower", "--validation", "text.txt", "--evaluate", "pairs.txt", "--log", "log")
    output = ("-o", "m.safetensors", "--json")
    done = fastvec(folder, network.command, "text.txt", *output, *SMALL, *more)
    assert done.returncode == 0, done.stderr
    model = network.model.load(folder / "m.safetensors")
    assert json.loads(done.stdout)["loss_history"] == model.loss_history
    assert (model.lower, model.hidden_size, len(model.validation_history)) == (True, 5, 4)
    words = f"{5 + network.others} words of the vocabulary"
    assert f"fastvec: 1,100 words in 100 lines, {words}\n" in done.stderr
    for part in ("training: epoch 2 of 4", "validation: after epoch 4", "evaluation: after epoch"):
        assert part in done.stderr
    events = [json.loads(line)["event"] for line in (folder / "log").read_text().splitlines()]
    assert events.count("validation") == 5


@each_network
def test_seeds(folder: Path, network: Network) -> None:
    output = ("-o", "v.txt", "--seeds", "1,2", "-q", "--workers", "1")
    done = fastvec(folder, network.command, "text.txt", *output, *SMALL)
    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout
    options = {"hidden_size": 5, "min_count": 1, "epochs": 4, "seed": 2, "progress": False}
    model = network.model(folder / "text.txt", 6, workers=1, **options)
    assert read_vectors(folder / "v.seed2.txt").vectors == pytest.approx(model.wv.vectors, abs=1e-6)


@each_network
def test_after_a_kill_the_same_command_goes_on(folder: Path, network: Network) -> None:
    arguments = ("text.txt", "-o", "v.bin", *network.options, *CHECKPOINT)
    assert hooked(folder, KILL, network.command, *arguments).returncode == -signal.SIGKILL
    done = fastvec(folder, network.command, *arguments, "--resume")
    assert done.returncode == 0, done.stderr
    whole = ("text.txt", "-o", "whole.bin", *network.options)
    assert fastvec(folder, network.command, *whole).returncode == 0
    assert (folder / "v.bin").read_bytes() == (folder / "whole.bin").read_bytes()


@each_network
def test_ctrl_c_saves_what_was_learned(folder: Path, network: Network) -> None:
    arguments = ("text.txt", "-o", "v.bin", *SMALL, "--workers", "1")
    done = hooked(folder, STOP.format("SIGINT"), network.command, *arguments)
    assert done.returncode == 1
    assert "saved what was learned so far in v.bin" in done.stderr
    assert len(read_vectors(folder / "v.bin").words) == 6 + network.others
