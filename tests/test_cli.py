"""The command line as a real process: what it prints, how it ends, what it leaves behind."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import fastvec

ROWS = [[f"a{i}" for i in range(8)], [f"b{i}" for i in range(8)]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a text of two languages, and files that are no text."""
    draw = random.Random(1)
    lines = [" ".join(draw.choices(ROWS[i % 2], k=10)) for i in range(400)]
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "garbage.txt").write_bytes(draw.randbytes(100_000))
    (tmp_path / "hollow").mkdir()
    return tmp_path


def run(folder: Path, *arguments: str, **more: object) -> "subprocess.CompletedProcess[str]":
    """Run ``fastvec`` in a folder to its end."""
    command = [sys.executable, "-m", "fastvec", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, **more)  # type: ignore[call-overload,no-any-return]


def check_sentence(done: "subprocess.CompletedProcess[str]", says: str) -> None:
    """Bad input: exit code 2 and one sentence on standard error."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_version_tells_the_instruction_set(folder: Path) -> None:
    done = run(folder, "--version", env={**os.environ, "FASTVEC_SIMD": "baseline"})
    assert (done.returncode, done.stdout) == (0, f"fastvec {fastvec.__version__} (baseline)\n")
    done = run(folder, "--version", env={**os.environ, "FASTVEC_SIMD": "mmx"})
    check_sentence(done, "FASTVEC_SIMD must be one of")


def test_without_arguments_it_helps(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")
    assert done.stdout == run(folder, "-h").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nope"], "No such command 'nope'"),
        (["--nope"], "No such option '--nope'"),
        (["info"], "Missing argument"),
    ],
)
def test_bad_usage_is_one_sentence(folder: Path, arguments: list[str], says: str) -> None:
    check_sentence(run(folder, *arguments), says)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_standard_output_that_is_full_is_one_sentence(folder: Path) -> None:
    command = [sys.executable, "-m", "fastvec", "-h"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "fastvec: No space left on device\n")
