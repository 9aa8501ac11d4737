"""Commands that are killed at random moments, and resumed until they end.

Each case is one training, which is killed again and again.  With one worker (GloVe: any number) its
output must have the same bytes as without kills, with two workers the same words must have been
trained on; and no file may be damaged.  KILLS=200 kills so many times in all.
"""

import os
import random
import subprocess
import time
from pathlib import Path

import pytest
from processes import fastvec, started

from fastvec import GloVe, Word2Vec, load

KILLS = int(os.environ.get("KILLS", "10"))
CASES = {
    "skip-gram": ("train", "--sg"),
    "cbow": ("train",),
    "skip-gram, hs": ("train", "--sg", "--hs", "--negative", "0"),
    "cbow, hs": ("train", "--hs", "--negative", "0"),
    "glove": ("glove",),
}
RUNS = [(name, workers) for name in CASES for workers in (1, 2)]
CHECKPOINT = ("--checkpoint", "run.ckpt", "--checkpoint-every", "0.05s", "--resume")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a text of 40 chunks."""
    folder = tmp_path_factory.mktemp("kills")
    draw = random.Random(1)
    words = [f"w{int(draw.paretovariate(0.6)) % 2000}" for _ in range(400_000)]
    lines = (" ".join(words[first : first + 20]) for first in range(0, len(words), 20))
    (folder / "text.txt").write_text("\n".join(lines) + "\n")
    return folder


def arguments(name: str, workers: int, output: str) -> list[str]:
    command, *kind = CASES[name]
    epochs = "12" if command == "glove" else "3"
    return [
        *(command, "text.txt", "-o", output, *kind, "--workers", str(workers)),
        *("--vector-size", "24", "--epochs", epochs, "-q"),
    ]


def kills_of(run: int) -> int:
    """How many of all kills a run gets."""
    return KILLS // len(RUNS) + (run < KILLS % len(RUNS))


def seconds_of(folder: Path, typed: list[str]) -> float:
    """How long a command takes that is not killed."""
    begun = time.monotonic()
    assert fastvec(folder, *typed).returncode == 0
    return time.monotonic() - begun


def kill_once(folder: Path, typed: list[str], after: float) -> bool:
    """Start a command and kill it; whether it was killed before its end."""
    with started("-m", "fastvec", *typed, cwd=folder) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait() != 0
        assert process.returncode == 0
        return False


def check_files(folder: Path) -> None:
    """Each file that is there is complete."""
    for path in (folder / "run.ckpt", folder / "killed.safetensors"):
        if path.exists():
            load(path)  # compares all checksums


@pytest.mark.parametrize("run", range(len(RUNS)), ids=[f"{name}-{n}" for name, n in RUNS])
def test_killed_and_resumed(folder: Path, run: int) -> None:
    if not kills_of(run):
        pytest.skip(f"KILLS={KILLS} has none for this one")
    name, workers = RUNS[run]
    typed = [*arguments(name, workers, "killed.safetensors"), *CHECKPOINT]
    seconds = seconds_of(folder, arguments(name, workers, "whole.safetensors"))
    done, draw = 0, random.Random(run)
    while done < kills_of(run):
        for made in ("run.ckpt", "killed.safetensors"):
            (folder / made).unlink(missing_ok=True)
        while done < kills_of(run):
            moment = draw.uniform(0.3, 1.0) * seconds  # most of them while it trains
            if not kill_once(folder, typed, moment):
                seconds = moment  # it is faster now: a kill after longer than that comes too late
                break
            done += 1
            check_files(folder)
        ended = fastvec(folder, *typed)
        assert ended.returncode == 0, ended.stderr
        compare(folder, name, workers)


def compare(folder: Path, name: str, workers: int) -> None:
    """Compare the output of a run that was killed with that of one that was not."""
    kind = GloVe if name == "glove" else Word2Vec
    whole, killed = (kind.load(folder / f"{each}.safetensors") for each in ("whole", "killed"))
    states = [model.training_state.to_dict() for model in (whole, killed)]
    for state in states:
        del state["total_train_time"]
    if workers == 1 or name == "glove":
        assert states[0] == states[1]
        arrays = [rows_of(model) for model in (whole, killed)]
        assert arrays[0] == arrays[1]
    else:
        assert [states[0][key] for key in ("passed", "trained", "epochs_done")] == [
            states[1][key] for key in ("passed", "trained", "epochs_done")
        ]
        losses = [state["loss_history"][-1] for state in states]
        assert losses[1] == pytest.approx(losses[0], rel=0.05)


def rows_of(model: GloVe | Word2Vec) -> list[bytes]:
    """All that was trained, as bytes."""
    if isinstance(model, GloVe):
        return [model._records.tobytes()]
    rows = [model.wv.vectors, model.syn1neg, model.syn1]
    return [each.tobytes() for each in rows if each is not None]
