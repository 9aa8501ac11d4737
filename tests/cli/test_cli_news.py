"""News of long commands: plain lines on standard error, and the log of a run."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import DEADLINE, fastvec, started

LINES = ["the cat sat on the mat", "the dog ran to the door"] * 300
OPTIONS = ("--min-count", "1", "--sample", "0", "--vector-size", "5", "--epochs", "2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("\n".join(LINES) + "\n")
    return tmp_path


def log_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("command", ["train", "glove"])
def test_each_epoch_has_a_line(folder: Path, command: str) -> None:
    options = [one for one in OPTIONS if one not in ("--sample", "0")]
    done = fastvec(folder, command, "text.txt", "-o", "v.bin", *options)
    lines = [line for line in done.stderr.splitlines() if "epoch" in line and "%" in line]
    assert [line[:32] for line in lines] == [
        "fastvec: training: epoch 1 of 2,",
        "fastvec: training: epoch 2 of 2,",
    ]
    for part in ("50.0 %", "/s, rate ", "loss ", " left, ", "B of memory"):
        assert part in lines[0]


def test_a_run_can_be_followed(folder: Path) -> None:
    """Lines come while the training runs, and into the log too: it is ended when they are there."""
    options = ("--min-count", "1", "--report-every", "0.05", "--epochs", "1000000", "--log", "log")
    command = ("-m", "fastvec", "train", "text.txt", "-o", "v.bin", *options)
    with started(*command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "epoch 2 of" not in process.stderr.readline():
            pass
        events = [line["event"] for line in log_of(folder / "log")]
        assert events[:4] == ["start", "read", "training", "epoch"]
        process.terminate()
        process.communicate(timeout=DEADLINE)
        assert process.returncode == 1
    last = log_of(folder / "log")[-1]
    assert (last["event"], last["how"]) == ("end", "stopped")


@pytest.mark.parametrize(
    ("arguments", "events"),
    [
        (["train", "-o", "v", *OPTIONS], ["read", "training", "epoch", "epoch", "trained"]),
        (["glove", "-o", "v", "--min-count", "1", "--epochs", "1"], ["read", "training", "epoch"]),
        (["cooccur", "-o", "pairs"], ["read"]),
        (["ppmi", "-o", "v", "--vector-size", "2"], ["read"]),
        (["phrases", "-o", "joined.txt"], ["read"]),
        (["encode", "-o", "c.fvc"], ["read"]),
        (["vocab"], []),
    ],
)
def test_every_long_command_has_a_log(
    folder: Path, arguments: list[str], events: list[str]
) -> None:
    arguments = [name if name != "v" else "v.bin" for name in arguments]
    done = fastvec(folder, *arguments, "text.txt", "-q", "--log", "run.jsonl")
    assert done.returncode == 0
    assert "%" not in done.stderr  # remarks on so small a text there may be, but no news
    lines = log_of(folder / "run.jsonl")
    assert [line["event"] for line in lines[1:]][: len(events)] == events
    start, end = lines[0], lines[-1]
    assert start["command"][1] == arguments[0]
    size = (folder / "text.txt").stat().st_size
    assert start["sources"] == [{"source": "text.txt", "files": 1, "bytes": size}]
    assert start["options"]["log_path"] == "run.jsonl"
    assert (end["event"], end["how"]) == ("end", "complete")


def test_a_failure_is_the_last_line(folder: Path) -> None:
    arguments = ("train", "text.txt", "-o", "v.bin", "--window", "0", "--log", "log")
    done = fastvec(folder, *arguments)
    last = log_of(folder / "log")[-1]
    assert done.stderr == "fastvec: window must be at least 1, got 0\n"
    assert (last["how"], last["message"]) == ("failed", "window must be at least 1, got 0")


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("text.txt", "cannot write text.txt: it is also read, and would be replaced"),
        ("v.bin", "cannot write v.bin: two outputs would be the same file"),
        ("no/log", "cannot write no/log: there is no folder"),
    ],
)
def test_a_log_replaces_nothing(folder: Path, log: str, says: str) -> None:
    before = (folder / "text.txt").read_bytes()
    done = fastvec(folder, "train", "text.txt", "-o", "v.bin", "--log", log, *OPTIONS)
    assert done.returncode == 2
    assert done.stderr.startswith(f"fastvec: {says}")
    assert (folder / "text.txt").read_bytes() == before


def test_a_terminal_has_no_lines_beside_its_bar(folder: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fastvec", "train", "text.txt", "-o", "v.bin", *OPTIONS]
    subprocess.run(command, cwd=folder, stderr=theirs, timeout=DEADLINE, check=True)
    os.close(theirs)
    said = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "epoch 1 of 2" not in said
    assert "v.bin: 9 vectors" in said
