"""What a command has made is not lost: it is in the file, or the message says where."""

import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from processes import DEADLINE, python, skip_without_package

from fastvec import cli
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.words import Words

OPTIONS = ("--vector-size", "4", "--min-count", "1")
COMMANDS = ("train", "glove", "ppmi")
#: every way to write a file
LINES = [
    "train text.txt -o out/v.safetensors -q --vector-size 4 --min-count 1 --workers 1",
    "train text.txt -o out/v.txt -q --vector-size 4 --min-count 1 --workers 1",
    "glove text.txt -o out/v.npy -q --vector-size 4 --min-count 1",
    "nplm text.txt -o out/m.safetensors -q --vector-size 4 --min-count 1",
    "rank text.txt -o out/v.safetensors -q --vector-size 4 --min-count 1 --workers 1",
    "ppmi text.txt -o out/v.bin -q --vector-size 4 --min-count 1",
    "cooccur text.txt -o out/pairs -q --min-count 1",
    "cooccur text.txt -o out/p.bin -q --min-count 1 --save-vocab out/words",
    "encode text.txt -o out/c.fvc -q --min-count 1",
    "vocab text.txt -o out/words -q",
    "phrases text.txt -o out/joined -q --phrases out/listed",
    "convert given.txt out/v.txt.gz -q",
    "classes given.txt -o out/classes -k 2",
    "embed given.txt text.txt -o out/lines.npy -q",
    "drift given.txt given.txt -o out/drift.tsv -q",
    "drift given.txt given.txt -o out/drift.html -q",
    "align given.txt given.txt --dictionary pairs.tsv -o out/v.txt -q",
    "map given.txt -o out/map.html -q --method pca",
    "plot counts.txt -o out/f.html",
    "watch -o out/w.html -q",
    "documents text.txt -o out/d.bin --words out/w.bin --model out/m.safetensors -q",
]

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
    return filled(tmp_path)


def filled(folder: Path) -> Path:
    """A folder with texts and vectors, one for outputs, and the system's for temporary files."""
    (folder / "text.txt").write_text("a rose is a rose and a thorn is a thorn\n" * 20)
    (folder / "many.txt").write_text("\n".join(f"w{i} w{i + 1}" for i in range(200)))
    given = VectorFile(Words.of(["a", "b", "c"]), np.eye(3, dtype=np.float32))
    write_vectors(folder / "given.txt", given)
    (folder / "pairs.tsv").write_text("a\ta\nb\tb\n")
    (folder / "counts.txt").write_text("a 3\nb 1\n")
    (folder / "out").mkdir()
    (folder / "system").mkdir()
    return folder


def hooked(folder: Path, hook: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command, where a line of Python is run before its first file is written."""
    command = [*python(), "-c", HOOKED, *arguments, hook]
    environment = os.environ | {"TMPDIR": str(folder / "system")}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE, env=environment
    )


Usage = namedtuple("Usage", "total used free")


def words_in(path: Path | str) -> set[str]:
    return set(read_vectors(path).words)


WORDS = {"a", "rose", "is", "and", "thorn"}
INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"
FULL = "raise OSError(28, 'No space left on device')"
VANISHED = "import shutil; shutil.rmtree('out'); open('out', 'w').close()"
NOT_REPLACED = "os.mkdir('out/v.txt')"
#: of several files
FIRST_WRITTEN = {"v.npy": "v.words.txt", "p.bin": "words", "joined": "listed", "d.bin": "w.bin"}


def outputs(folder: Path) -> dict[str, bytes]:
    """The files in a folder; of a model, which says how long it was trained, the words."""
    return {
        path.name: str(words_in(path)).encode() if is_model(path) else path.read_bytes()
        for path in folder.iterdir()
    }


def is_model(path: Path) -> bool:
    return path.suffix == ".safetensors"


@functools.cache
def written(line: str) -> dict[str, bytes]:
    """What a command writes if nothing happens."""
    with tempfile.TemporaryDirectory() as name:
        folder = filled(Path(name))
        done = hooked(folder, "pass", *line.split())
        skip_without_package(done.stderr)
        assert (done.returncode, done.stderr) == (0, "")
        return outputs(folder / "out")


def test_every_command_that_writes_is_tried() -> None:
    assert {name for name in cli.app.commands if writes(name)} == {
        line.split()[0] for line in LINES
    }


def writes(command: str) -> bool:
    return bool({"output", "target"} & {one.name for one in cli.app.commands[command].params})


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("convert")])
def test_one_ctrl_c_while_files_are_written_loses_nothing(folder: Path, line: str) -> None:
    whole = written(line)
    done = hooked(folder, INTERRUPT, *line.split())
    says = "fastvec: the result is being saved (Ctrl-C once more gives it up)\n"
    assert (done.returncode, done.stderr) == (0, says)
    assert outputs(folder / "out") == whole


@pytest.mark.parametrize("line", LINES)
def test_what_cannot_be_written_is_kept_elsewhere(folder: Path, line: str) -> None:
    """Two outputs of one command are kept together."""
    whole = written(line)
    done = hooked(folder, FULL, *line.split())
    start, _, copies = done.stderr.rstrip().rpartition("; the result is saved in ")
    copy = copies.partition(" and ")[0]
    target = Path(next(word for word in line.split() if word.startswith("out/")))
    first = target.with_name(FIRST_WRITTEN.get(target.name, target.name))
    assert (done.returncode, start) == (
        2, f"fastvec: cannot write {first}: No space left on device"
    )  # fmt: skip
    assert Path(copy).parent.parent == folder
    assert outputs(Path(copy).parent) == whole
    assert outputs(folder / "out") == {}


@pytest.mark.parametrize("line", LINES[4:10])
def test_what_has_no_folder_any_more_is_kept_elsewhere(folder: Path, line: str) -> None:
    whole = written(line)
    done = hooked(folder, VANISHED, *line.split())
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    (copies,) = folder.glob("fastvec-*")
    assert f"; the result is saved in {copies}" in done.stderr
    assert outputs(copies) == whole


@pytest.mark.parametrize("line", LINES)
def test_a_full_disk_is_found_before_the_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10_000, 9_000, 1_000))
    with pytest.raises((OSError, ImportError)) as error:
        cli.app.main(line.split(), standalone_mode=False)
    skip_without_package(str(error.value))
    assert re.search(r"cannot write out/.*: the disk is full", str(error.value))
    assert outputs(folder / "out") == {}


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
    lost = f"it could not be saved in {folder} or {folder / 'system'} either"
    says = f"fastvec: cannot write out/v.txt: No space left on device; {lost}\n"
    assert (done.returncode, done.stderr) == (2, says)
    assert list((folder / "system").iterdir()) == []


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.safetensors", "v.txt.gz"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_without_room_is_refused_before_the_training(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    monkeypatch.chdir(folder)
    line = [command, "many.txt", "-o", name, "-q", "--min-count", "1", "--vector-size", "90"]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10_000, 4_000, 6_000))
    with pytest.raises(OSError, match=r"201 vectors of 90 numbers take about 0\.[01] MB"):
        cli.app.main(line, standalone_mode=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 0))  # it does not tell
    cli.app.main(line, standalone_mode=False)
    assert len(words_in(name)) == 201


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
    command = [*python(), "-c", STOPPED, *arguments, str(epoch)]
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
