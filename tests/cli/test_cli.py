"""The command line as a real process: what it prints, how it ends, what it leaves behind."""

import os
import random
import resource
import signal
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from processes import DEADLINE, fastvec, started

from fastvec import __version__, cli
from fastvec._util.options import names_of
from fastvec.cli.shared import as_flags
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    VocabularyParams,
    Word2VecParams,
)

ROWS = [[f"a{i}" for i in range(8)], [f"b{i}" for i in range(8)]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a text of two languages, and files that are not text."""
    draw = random.Random(1)
    lines = [" ".join(draw.choices(ROWS[i % 2], k=10)) for i in range(400)]
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "garbage.txt").write_bytes(draw.randbytes(100_000))
    (tmp_path / "hollow").mkdir()
    return tmp_path


def check_sentence(done: "subprocess.CompletedProcess[str]", says: str) -> None:
    """Bad input: exit code 2 and one sentence on standard error."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_version_prints_the_instruction_set(folder: Path) -> None:
    done = fastvec(folder, "--version", env={**os.environ, "FASTVEC_SIMD": "baseline"})
    assert (done.returncode, done.stdout) == (0, f"fastvec {__version__} (baseline)\n")
    done = fastvec(folder, "--version", env={**os.environ, "FASTVEC_SIMD": "mmx"})
    check_sentence(done, "FASTVEC_SIMD must be one of")


def test_without_arguments_it_helps(folder: Path) -> None:
    done = fastvec(folder)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")
    assert done.stdout == fastvec(folder, "-h").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nope"], "No such command 'nope'"),
        (["--nope"], "--nope"),
        (["info"], "Missing argument"),
        (["completion"], "Choose from: bash, zsh, fish"),
    ],
)
def test_bad_usage_is_one_sentence(folder: Path, arguments: list[str], says: str) -> None:
    check_sentence(fastvec(folder, *arguments), says)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("train t -o v.bin -negative 5", "'-negative': did you mean --negative?"),
        ("train t -o v.bin -cbow 0 -size 9", "'-cbow': did you mean --sg?"),
        ("train t -o v.bin -ws 5", "'-ws': did you mean --window?"),
        ("train t -o v.bin -minn 3", "'-minn': did you mean --min-n?"),
        ("glove t -o v.bin -maxn 6", "'-maxn': fastvec train --subwords makes words of n-grams"),
        ("train t -o v.bin -wordNgrams 2", "'-wordNgrams': fastvec has no n-grams of words"),
        ("train t -o v.bin -loss hs", "'-loss': did you mean --loss?"),
        ("train t -o v.bin -lrUpdateRate 9", "'-lrUpdateRate': the rate falls steadily"),
        ("train t -o v.bin -classes 9", "'-classes': fastvec classes makes classes"),
        ("train t -o v.bin -save-vocab w", "'-save-vocab': fastvec vocab writes the words"),
        ("train --corpus_file t -o v.bin", "'--corpus_file': name the text without an option"),
        ("train t -o v.bin --vector_size 5", "'--vector_size': did you mean --vector-size?"),
        ("train t -o v.bin -windw 5", "'-windw': did you mean --window?"),
        ("train t -o v.bin -zzz 5", "'-zzz'"),
        ("train t -outptu v.bin", "'-outptu': did you mean --output?"),
        ("glove t -o v.bin -vector-size 5", "'-vector-size': did you mean --vector-size?"),
        ("glove t -o v.bin -save-file v", "'-save-file': did you mean --output?"),
        ("glove t -o v.bin -gradsq-file g", "'-gradsq-file': an output that ends in .safetensors"),
        ("glove t -o v.bin -model 2", "'-model': did you mean --combine?"),
        ("cooccur t -o p -window-size 5", "'-window-size': did you mean --window?"),
        ("cooccur t -o p -overflow-length 5", "'-overflow-length': did you mean --memory?"),
        ("vocab t -max-vocab 5", "'-max-vocab': did you mean --max-final-vocab?"),
        ("convert v.bin w.txt --format glove", "'--format': did you mean --to?"),
        ("convert v.bin w.txt --normalise", "'--normalise': did you mean --normalize?"),
        ("classes v.bin --clusters 5", "'--clusters': did you mean -k?"),
        ("eval v.bin -questions q", "'-questions': did you mean --analogies?"),
        ("train t -o v.bin --dim 50", "'--dim': did you mean --vector-size?"),
        ("train t -o v.bin --size=50", "'--size': did you mean --vector-size?"),
        ("train t -o v.bin -size 50", "'-size': did you mean --vector-size?"),
        ("train t -o v.bin -window 5", "'-window': did you mean --window?"),
        ("train t -o v.bin --min_count 5", "'--min_count': did you mean --min-count?"),
        ("train t -o v.bin -minCount 5", "'-minCount': did you mean --min-count?"),
        ("train t -o v.bin --lr 0.1", "'--lr': did you mean --alpha?"),
        ("glove t -o v.bin --lr 0.1", "'--lr': did you mean --eta?"),
        ("train t -o v.bin --iter 5", "'--iter': did you mean --epochs?"),
        ("train t -o v.bin -threads 5", "'-threads': did you mean --workers?"),
        ("train t -output v.bin", "'-output': did you mean --output?"),
        ("train -train t -o v.bin", "'-train': name the text without an option"),
        ("train t -o v.bin -hs 1", "'-hs': did you mean --hs?"),
        ("train t -o v.bin -cbow 1", "'-cbow': did you mean --sg?"),
        ("train t -o v.bin -binary 1", "'-binary': the ending of the output chooses"),
        ("train t -o v.bin --windw 5", "'--windw'"),
        ("similar v.bin king -top 3", "'-top': did you mean --topn?"),
    ],
)
def test_options_of_other_programs_are_known(folder: Path, typed: str, advice: str) -> None:
    check_sentence(fastvec(folder, *typed.split()), f"No such option {advice}")


def test_what_looks_like_an_option_of_others_can_be_a_value(folder: Path) -> None:
    done = fastvec(folder, "vocab", "-q", "--min-count=5", "--", "-size")
    check_sentence(done, "-size")
    assert "No such option" not in done.stderr
    done = fastvec(folder, "vocab", "-q", "-", input="a rose is a rose\n")
    assert done.stdout.startswith("a 2\n")


@pytest.mark.parametrize("kind", [IndexError, EOFError, AssertionError])
def test_a_fault_of_ours_is_one_sentence_that_says_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[Exception]
) -> None:
    def fail(**_: object) -> None:
        raise kind("no such thing")

    monkeypatch.setattr(cli.app, "main", fail)
    monkeypatch.setattr("warnings.showwarning", warnings.showwarning)  # main replaces it
    with pytest.raises(SystemExit) as ended:
        cli.main()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith(f"fastvec: a fault of fastvec, please report it: {kind.__name__} in ")
    assert said.endswith(": no such thing\n")
    assert Path(__file__).name in said
    assert said.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_standard_output_that_is_full_is_one_sentence(folder: Path) -> None:
    command = [sys.executable, "-m", "fastvec", "-h"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "fastvec: No space left on device\n")


GROUPS = {
    "train": (Word2VecParams, VocabularyParams, CorpusParams),
    "glove": (GloVeParams, CooccurrenceParams, VocabularyParams, CorpusParams),
}


@pytest.mark.parametrize("command", GROUPS)
def test_every_option_is_a_flag(command: str) -> None:
    flags = {parameter.name for parameter in cli.app.commands[command].params}
    assert set(names_of(*GROUPS[command])) <= flags


# --- train


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.vec", "v.safetensors"])
def test_train_then_look(folder: Path, name: str) -> None:
    done = fastvec(folder, "train", "text.txt", "-o", name, "--vector-size", "10", "--sample", "0")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\nfastvec: ") == 2 + 5  # a line for each epoch
    assert {entry.name for entry in folder.iterdir()} == {
        *("text.txt", "empty.txt", "garbage.txt", "hollow"),
        name,
    }
    near = fastvec(folder, "similar", name, "a3", "b3", "-n", "3").stdout.split("\n")[:-1]
    assert [line[0] for line in near] == [line.split("\t")[1][0] for line in near]
    assert len(near) == 6


def test_the_same_seed_gives_the_same_bytes(folder: Path) -> None:
    for number in ("1", "2"):
        done = fastvec(
            folder,
            *("train", "text.txt", "-o", f"{number}.bin", "--workers", "1", "--seed", "7"),
            env={**os.environ, "PYTHONHASHSEED": number},
        )
        assert done.returncode == 0, done.stderr
    assert (folder / "1.bin").read_bytes() == (folder / "2.bin").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.txt"], "missing.txt"),
        (["empty.txt"], "the corpus is empty"),
        (["hollow"], "hollow"),
        (["garbage.txt"], "garbage.txt"),
        (["text.txt", "--window", "0"], "window must be at least 1, got 0"),
        (["text.txt", "--negative", "-1"], "negative must be at least 0, got -1"),
        (["text.txt", "--epochs", "many"], "'many' is not a valid integer"),
        (["text.txt", "--alpha", "nan"], "alpha must be a finite number, got nan"),
        (["text.txt", "--negative", "0"], "negative must be at least 1 when hs is 0"),
        (["text.txt", "--min-count", "1000000"], "min_count"),
        (["text.txt", "--alpha", "1e30", "-q"], "not finite in epoch 1: lower alpha"),
        (["text.txt", "--max-vocab-size", "9" * 23], "max_vocab_size must be at most"),
        (["text.txt", "--ns-exponent", "1e300"], "ns_exponent must be at most 10, got 1e+300"),
        (["text.txt", "--sample", "1e308"], "sample must be at most"),
        (["text.txt", "-o", "nowhere/v.bin"], "there is no folder"),
        (["text.txt", "-o", "hollow"], "it is a folder"),
        (["text.txt", "-o", "v.docx"], "v.docx"),
    ],
)
def test_bad_input_is_one_sentence(folder: Path, arguments: list[str], says: str) -> None:
    before = sorted(folder.rglob("*"))
    if "-o" not in arguments:
        arguments = [*arguments, "-o", "v.bin"]
    check_sentence(fastvec(folder, "train", *arguments), says)
    assert sorted(folder.rglob("*")) == before


def test_a_line_of_100_mb_is_one_word_that_is_too_rare(folder: Path) -> None:
    with (folder / "line.txt").open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    check_sentence(fastvec(folder, "train", "line.txt", "-o", "v.bin"), "min_count")


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.safetensors"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(folder: Path, name: str) -> None:
    before = sorted(folder.rglob("*"))
    done = fastvec(
        folder,
        *("train", "text.txt", "-o", name, "--quiet"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    check_sentence(done, f"cannot write {name}: File too large")
    assert sorted(folder.rglob("*")) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_device_is_one_sentence(folder: Path) -> None:
    (folder / "v.bin").symlink_to("/dev/full")
    done = fastvec(folder, "train", "text.txt", "-o", "v.bin", "--quiet")
    check_sentence(done, "cannot write v.bin: No space left on device; the result is saved in ")
    copy = done.stderr.rstrip().rpartition(" ")[2]
    assert Path(copy).name == "v.bin"
    assert fastvec(folder, "similar", copy, "a3").returncode == 0


def test_no_process_outlives_the_test_that_started_it() -> None:
    with pytest.raises(subprocess.TimeoutExpired), started("-c", "while True: pass") as process:
        process.communicate(timeout=0.1)
    assert process.returncode == -signal.SIGKILL


IMPORTING = """
import os, signal, sys
import fastvec_command

module = sys.argv.pop()
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it in the background

class CtrlC:
    @staticmethod
    def find_spec(name, *_):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, CtrlC)
"""


def import_and_run(folder: Path, module: str, first: str) -> "subprocess.CompletedProcess[str]":
    """The command, with Ctrl-C when it imports a module."""
    code = f"{IMPORTING}{first}\nfastvec_command.main()"
    command = [sys.executable, "-c", code, module]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE)


@pytest.mark.parametrize("module", ["fastvec", "numpy", "fastvec._core", "fastvec.cli", "click"])
def test_ctrl_c_while_the_package_is_imported(folder: Path, module: str) -> None:
    done = import_and_run(folder, module, "")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "fastvec: stopped\n")


def test_ctrl_c_before_there_is_a_package_in_odd_surroundings(folder: Path) -> None:
    done = import_and_run(folder, "numpy", "os.close(2)")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    ignored = "signal.signal(signal.SIGINT, signal.SIG_IGN); sys.argv.append('--version')"
    done = import_and_run(folder, "numpy", ignored)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_ends_training_and_saves_what_there_is(folder: Path, stop: signal.Signals) -> None:
    command = ["-m", "fastvec", "train", "text.txt", "-o", "v.bin", "--epochs", "1000000"]
    command += ["--report-every", "0.01"]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with started(*command, cwd=folder, **streams) as process:
        while "training:" not in process.stderr.readline():  # then it trains, for hours
            pass
        process.send_signal(stop)
        _, said = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    (line,) = [line for line in said.splitlines() if "training:" not in line]
    assert line.startswith("fastvec: stopped in epoch ")
    assert fastvec(folder, "similar", "v.bin", "a3").returncode == 0


def test_what_is_logged_is_shown_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a rose is a rose\n" * 9)
    options = ["--hs", "--min-count", "1", "--vector-size", "4", "-o", "v.txt"]
    run = subprocess.run(
        [sys.executable, "-m", "fastvec", "train", "text", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "fastvec: hierarchical softmax (--hs) and negative sampling (--negative 5)" in run.stderr


@pytest.mark.parametrize("command", ["train", "glove", "encode"])
def test_what_the_text_is_like_is_said_with_flags(tmp_path: Path, command: str) -> None:
    """The words end in commas, as every word of this text does."""
    draw = random.Random(1)
    lines = [", ".join(draw.choices(["aaaaaaaa", "b", "cc"], k=30)) for _ in range(200)]
    (tmp_path / "text").write_text("\n".join(lines))
    options = ["text", "-o", "out.fvc" if command == "encode" else "out.txt"]
    options += [] if command == "encode" else ["--epochs", "1", "--vector-size", "2"]
    hint = "97 % of the words end in punctuation, such as 'b,': try --tokens words\n"
    assert f"fastvec: {hint}" in fastvec(tmp_path, command, *options).stderr
    done = fastvec(tmp_path, command, *options, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert "punctuation" not in fastvec(tmp_path, command, *options, "--tokens", "words").stderr


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("try tokens='words'", "try --tokens words"),
        ("lower=True, lines=False: sample=0.", "--lower, --no-lines: --sample 0."),
        ("alpha=0.05 and hs=0", "--alpha 0.05 and --no-hs"),
        ("say with column=NAME which one", "say with --column NAME which one"),
        ("encoding='my codec' reads it", "--encoding 'my codec' reads it"),
        ("runs/alpha=0.05/v.bin: no such file", "runs/alpha=0.05/v.bin: no such file"),
        ("alpha=0.05/v.bin: no such file", "alpha=0.05/v.bin: no such file"),
        ("alpha=0.05.bin: no such file", "alpha=0.05.bin: no such file"),
        ("such as 'lower=True': x", "such as 'lower=True': x"),
        ("unknown=3, the_alpha=1, alpha = 1", "unknown=3, the_alpha=1, alpha = 1"),
    ],
)
def test_messages_name_options_as_flags(message: str, shown: str) -> None:
    assert as_flags(message) == shown
