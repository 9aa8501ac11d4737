"""The log of a run: one JSON object a line, from what runs to how it ended."""

import json
import logging
import math
from pathlib import Path
from typing import Any

import pytest

from fastvec import GloVe, RunLog, Word2Vec
from fastvec._util.log import log, tell

TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 10


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a log, which must be strict JSON."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]


def test_a_log_says_what_runs_and_how_it_ended(tmp_path: Path) -> None:
    level = log.level
    with RunLog(tmp_path / "log", note=[1, math.nan]) as run:
        assert [line["event"] for line in lines_of(tmp_path / "log")] == ["start"]  # at once
        log.warning("a remark about %s", "this")
        tell("evaluation", "good", score=0.5)
    start, remark, evaluation, end = lines_of(tmp_path / "log")
    assert start["note"] == [1, None]
    assert start["versions"].keys() >= {"fastvec", "python", "numpy", "instruction_set"}
    assert start["machine"]["cores"] >= 1
    assert (remark["level"], remark["message"]) == ("WARNING", "a remark about this")
    assert (evaluation["event"], evaluation["score"]) == ("evaluation", 0.5)
    assert (end["event"], end["how"], end["message"]) == ("end", "complete", None)
    assert all(line["time"].endswith("+00:00") for line in (start, remark, evaluation, end))
    assert run not in log.handlers
    assert log.level == level


@pytest.mark.parametrize(
    ("error", "how", "message"),
    [
        (KeyboardInterrupt(), "stopped", None),
        (SystemExit(1), "stopped", None),
        (SystemExit(0), "complete", None),
        (ValueError("window must be at least 1"), "failed", "window must be at least 1"),
        (MemoryError(), "failed", "MemoryError"),
    ],
)
def test_the_last_line_tells_the_end(
    tmp_path: Path, error: BaseException, how: str, message: str | None
) -> None:
    with pytest.raises(type(error)), RunLog(tmp_path / "log"):
        raise error
    end = lines_of(tmp_path / "log")[-1]
    assert (end["event"], end["how"], end["message"]) == ("end", how, message)


def test_a_log_is_continued(tmp_path: Path) -> None:
    for _ in range(2):
        with RunLog(tmp_path / "log"):
            pass
    assert [line["event"] for line in lines_of(tmp_path / "log")] == ["start", "end"] * 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_once_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with RunLog("/dev/full"):
        tell("a", "one")
        tell("b", "two")
    warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert [each.getMessage() for each in warnings] == [
        "cannot write /dev/full any more: No space left on device"
    ]


def test_a_log_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        RunLog(tmp_path / "no" / "log")


@pytest.mark.parametrize("kind", [Word2Vec, GloVe])
def test_a_training_can_be_told_from_its_log(tmp_path: Path, kind: type) -> None:
    model = kind(vector_size=4, min_count=1, epochs=2, seed=5)
    with RunLog(tmp_path / "log"):
        if kind is GloVe:
            model.fit(TEXT * 50)
        else:
            model.build_vocab(TEXT * 50)
            model.train()
    lines = lines_of(tmp_path / "log")
    events = [line["event"] for line in lines]
    # The text is small: a message may say that hardly anything was learned.
    assert [event for event in events if event != "message"] == [
        "start", "read", "training", "epoch", "epoch", "trained", "end"
    ]  # fmt: skip
    read, training, _, epoch, trained = lines[1:6]
    assert (read["vocabulary"], read["raw_words"], read["sentences"]) == (5, 3000, 1000)
    assert (training["model"], training["options"]["seed"]) == (kind.__name__, 5)
    assert (epoch["epoch"], epoch["epochs"]) == (2, 2)
    assert epoch["done"] == epoch["total"] == 2 * training["epoch_size"]
    assert epoch["per_second"] > 0
    assert trained["loss_history"] == model.loss_history
