"""What was trained is not lost: it is in the file, or the message says where."""

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from processes import DEADLINE

from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.words import Words

OPTIONS = ("--vector-size", "4", "--min-count", "1")
COMMANDS = ("train", "glove", "ppmi")

#: the command line with a hook before the vectors are written for the first time
HOOKED = """
import os, signal, sys
import fastvec_command
from fastvec._util import atomic

signal.signal(signal.SIGINT, signal.default_int_handler)
hook = sys.argv.pop()
make = atomic.create_beside

def hooked(path):
    atomic.create_beside = make
    exec(hook)
    return make(path)

atomic.create_beside = hooked
fastvec_command.main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a text, one for outputs, and one that the system has for temporary files."""
    (tmp_path / "text.txt").write_text("a rose is a rose and a thorn is a thorn\n" * 20)
    (tmp_path / "out").mkdir()
    (tmp_path / "system").mkdir()
    return tmp_path


def hooked(folder: Path, hook: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command, where a line of Python is run before the vectors are written."""
    command = [sys.executable, "-c", HOOKED, *arguments, hook]
    environment = os.environ | {"TMPDIR": str(folder / "system")}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE, env=environment
    )


def words_in(path: Path | str) -> set[str]:
    return set(read_vectors(path).words)


WORDS = {"a", "rose", "is", "and", "thorn"}
INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"
FULL = "raise OSError(28, 'No space left on device')"
VANISHED = "import shutil; shutil.rmtree('out'); open('out', 'w').close()"
NOT_REPLACED = "os.mkdir('out/v.txt')"


@pytest.mark.parametrize("command", COMMANDS)
def test_one_ctrl_c_while_vectors_are_written_loses_nothing(folder: Path, command: str) -> None:
    done = hooked(folder, INTERRUPT, command, "text.txt", "-o", "out/v.txt", "-q", *OPTIONS)
    says = "fastvec: the vectors are being saved (Ctrl-C once more gives them up)\n"
    assert (done.returncode, done.stderr) == (0, says)
    assert words_in(folder / "out" / "v.txt") == WORDS


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_no_other_signal_gives_up(folder: Path, number: str) -> None:
    hook = f"for _ in range(5): os.kill(os.getpid(), signal.{number})"
    done = hooked(folder, hook, "train", "text.txt", "-o", "out/v.txt", "-q", *OPTIONS)
    assert done.returncode == 0
    assert words_in(folder / "out" / "v.txt") == WORDS


def test_a_second_ctrl_c_gives_up_and_leaves_nothing(folder: Path) -> None:
    hook = f"{INTERRUPT}; {INTERRUPT}"
    done = hooked(folder, hook, "train", "text.txt", "-o", "out/v.txt", "-q", *OPTIONS)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "fastvec: stopped")
    assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["v.txt", "v.npy", "v.safetensors"])
@pytest.mark.parametrize("command", COMMANDS)
def test_vectors_that_cannot_be_written_are_kept_elsewhere(
    folder: Path, command: str, name: str
) -> None:
    done = hooked(folder, FULL, command, "text.txt", "-o", f"out/{name}", "-q", *OPTIONS)
    start, _, copy = done.stderr.rstrip().rpartition("; the vectors are saved in ")
    assert done.returncode == 2
    first = name.replace(".npy", ".words.txt")  # the words are written before the array
    assert start == f"fastvec: cannot write out/{first}: No space left on device"
    assert Path(copy).parent.parent == folder
    assert words_in(copy) == WORDS
    assert list((folder / "out").iterdir()) == []


@pytest.mark.parametrize("hook", [VANISHED, NOT_REPLACED])
def test_vectors_are_kept_if_the_last_step_fails(folder: Path, hook: str) -> None:
    (folder / "tmp").mkdir()
    arguments = ("train", "text.txt", "-o", "out/v.txt", "--tmp", "tmp", "-q", *OPTIONS)
    done = hooked(folder, hook, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("fastvec: cannot write out/v.txt: ")
    copy = Path(done.stderr.rstrip().rpartition(" ")[2])
    assert copy.parent.parent == folder / "tmp"
    assert words_in(copy) == WORDS


def test_where_nothing_can_be_written_it_is_said(folder: Path) -> None:
    hook = "atomic.create_beside = hooked; raise OSError(28, 'No space left on device')"
    done = hooked(folder, hook, "train", "text.txt", "-o", "out/v.txt", "-q", *OPTIONS)
    lost = f"they could not be saved in {folder} or {folder / 'system'} either"
    says = f"fastvec: cannot write out/v.txt: No space left on device; {lost}\n"
    assert (done.returncode, done.stderr) == (2, says)
    assert list((folder / "system").iterdir()) == []


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.safetensors", "v.txt.gz"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_without_room_is_refused_before_the_training(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    from fastvec import cli

    monkeypatch.chdir(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 90, 10))
    with pytest.raises(OSError, match=r"5 vectors of 4 numbers take about 0\.0 MB"):
        cli.app.main([command, "text.txt", "-o", name, "-q", *OPTIONS], standalone_mode=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 0))  # it does not tell
    cli.app.main([command, "text.txt", "-o", name, "-q", *OPTIONS], standalone_mode=False)
    assert words_in(name) == WORDS


#: the command line, where Ctrl-C comes in an epoch; the epochs before it are complete
STOPPED = """
import os, signal, sys
import fastvec_command
from fastvec.models import training

signal.signal(signal.SIGINT, signal.default_int_handler)
epoch = int(sys.argv.pop())
run_epoch = training._run_epoch

def stopped(run, state, *more):
    if state.epochs_done + 1 == epoch:
        run.prepare(state)
        os.kill(os.getpid(), signal.SIGINT)
    run_epoch(run, state, *more)

training._run_epoch = stopped
fastvec_command.main()
"""


def stopped(folder: Path, epoch: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", STOPPED, *arguments, str(epoch)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE)


@pytest.mark.parametrize("command", ["train", "glove"])
@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("good.bin", "good.partial.bin"),
        ("good.v1.txt.gz", "good.v1.partial.txt.gz"),
        ("good.npy", "good.partial.npy"),
        ("good.safetensors", "good.partial.safetensors"),
    ],
)
def test_an_early_ctrl_c_replaces_no_file(
    folder: Path, command: str, name: str, beside: str
) -> None:
    arguments = (command, "text.txt", "-o", name, "-q", "--epochs", "3", *OPTIONS)
    done = stopped(folder, 1, *arguments)
    said = "fastvec: stopped in epoch 1 of 3, saved what was learned so far in "
    assert (done.returncode, done.stderr) == (1, f"{said}{name}\n")

    write_vectors(folder / name, VectorFile(Words.of(["good"]), np.ones((1, 4), np.float32)))
    for saved in (beside, beside.replace(".partial", ".partial2")):
        done = stopped(folder, 1, *arguments)
        assert done.returncode == 1
        assert done.stderr == f"{said}{saved}, {name} is still what it was\n"
        assert words_in(folder / name) == {"good"}
        assert words_in(folder / saved) == WORDS

    done = stopped(folder, 2, *arguments)
    assert done.stderr == f"{said.replace('1 of', '2 of')}{name}\n"
    assert words_in(folder / name) == WORDS
