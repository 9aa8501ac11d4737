"""Standard streams as files: - in every command that reads or writes a file."""

from __future__ import annotations

import json
import os
import pty
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest
from processes import DEADLINE, fastvec, python, started

from fastvec.cli.output import STREAMED
from fastvec.io.floret import write_floret
from fastvec.io.format import VectorFile
from fastvec.io.registry import FORMATS, read_vectors, write_vectors
from fastvec.subwords import Subwords
from fastvec.words import Words

WORDS = ["a", "rose", "is", "thorn", "and"]
SHORT = "--min-count 1 --vector-size 3 -q"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text").write_text("a rose is a rose and a thorn is a thorn\n" * 30)
    file = VectorFile(Words.of(WORDS), np.eye(5, 3, dtype=np.float32))
    write_vectors(tmp_path / "v.bin", file)
    write_vectors(tmp_path / "v.txt", file)
    return tmp_path


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """A line of bash, in which fastvec is the command."""
    define = f'fastvec() {{ {shlex.join(python())} -m fastvec "$@"; }}; set -o pipefail; '
    command = ["bash", "-c", define + line]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=DEADLINE)


def printed(folder: Path, line: str) -> str:
    """What a line prints, which must succeed without a message."""
    done = shell(folder, line)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", STREAMED)
def test_vectors_go_through_a_pipe_in_every_format_that_is_one_file(
    folder: Path, name: str
) -> None:
    if name == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    source, words = "v.bin", 5
    if name == "floret":  # which has no words
        source, words = "table.floret", 0
        rows = np.ones((9, 3), np.float32)
        write_floret(folder / source, Subwords(3, 6, 9, rows, rows, hash_count=2))
    line = f"fastvec convert {source} - --to {name} -q | fastvec info - --json"
    facts = json.loads(printed(folder, line))
    found = [facts[key] for key in ("file", "kind", "words", "vector size")]
    assert found == ["standard input", name, words, 3]


def test_formats_that_are_not_one_file_are_refused(folder: Path) -> None:
    others = [name for name in FORMATS if name not in STREAMED]
    assert others == ["npy", "projector", "static-embedding"]
    for name in others:
        done = fastvec(folder, "convert", "v.bin", "-", "--to", name)
        says = f"fastvec: standard output takes one file, and {name} has several: give --to with "
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(says)
    for line in ("train text -o -", "glove text -o -", "ppmi text -o -", "convert v.bin -"):
        done = fastvec(folder, *line.split())
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("fastvec: standard output needs its format: give --to with ")


@pytest.mark.parametrize(
    "line",
    [
        "fastvec train - -o - --to word2vec {0} < text",
        "fastvec glove - -o - --to word2vec {0} < text",
        "fastvec ppmi - -o - --to word2vec {0} < text",
        "fastvec encode - -o - --min-count 1 -q < text | fastvec train - -o - --to word2vec {0}",
        "fastvec phrases - -o - --threshold 99 -q < text | fastvec train - -o - --to word2vec {0}",
        "fastvec cooccur - -o - --min-count 1 -q < text "
        "| fastvec ppmi --matrix - -o - --to word2vec --vector-size 3 -q",
        "fastvec cooccur - -o - --to glove --save-vocab words --min-count 1 -q < text > counts; "
        "fastvec glove --matrix - --vocab words -o - --to word2vec --vector-size 3 -q < counts",
        "fastvec convert - - --to word2vec -q < v.bin",
        "cat v.bin | fastvec convert - - --to word2vec -q",
        "fastvec vocab - < text > words; "
        "fastvec train text --read-vocab - -o - --to word2vec {0} < words",
        "fastvec glove text --init - -o - --to word2vec {0} < v.txt",
    ],
)
def test_every_command_reads_and_writes_streams(folder: Path, line: str) -> None:
    rows = [row.split() for row in printed(folder, line.format(SHORT)).splitlines()]
    assert rows[0] == ["5", "3"]
    assert {row[0] for row in rows[1:]} == set(WORDS)
    assert not (folder / "-").exists()


def test_queries_read_standard_input(folder: Path) -> None:
    assert printed(folder, "fastvec similar - a -n 1 < v.bin").startswith("a\t")
    assert printed(folder, "cat v.bin | fastvec analogy - a rose is -n 1").count("\t") == 1
    assert printed(folder, "fastvec classes - -k 2 -o - < v.txt").startswith("a ")
    assert printed(folder, "fastvec vocab - -o - < text").startswith("a 120\n")
    (folder / "pairs").write_text("a rose 1\na is 2\nrose is 3\n")
    table = printed(folder, "fastvec eval - v.txt --similarity pairs < v.bin").splitlines()
    assert [row.split("\t")[0] for row in table[1::2]] == ["standard input", "v.txt"]


def test_info_reads_every_kind_of_file_from_standard_input(folder: Path) -> None:
    assert "a corpus" in printed(folder, "fastvec encode text -q -o - | fastvec info -")
    assert "word pairs" in printed(folder, "fastvec cooccur text -q -o - | fastvec info -")
    done = shell(folder, "head -c 30 v.bin | fastvec info -")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("fastvec: standard input is cut off")


def test_standard_output_is_written_from_where_it_stands(folder: Path) -> None:
    """A file that it goes to is neither replaced nor cut off."""
    (folder / "out").write_text("before\n")
    convert = "fastvec convert v.bin - --to glove -q"
    printed(folder, f"{{ echo one; {convert}; echo two; }} >> out")
    lines = (folder / "out").read_text().splitlines()
    assert (lines[:2], lines[-1], len(lines)) == (["before", "one"], "two", 8)


def test_a_file_may_be_called_minus(folder: Path) -> None:
    printed(folder, "fastvec convert v.bin ./- --to word2vec -q")
    assert read_vectors(folder / "-").words[0] == "a"
    assert printed(folder, "fastvec info ./- < /dev/null").startswith("file\t-\n")


def test_a_stream_is_given_only_once(folder: Path) -> None:
    for line in (
        "phrases text -o - --phrases -",
        "cooccur text -o - --save-vocab -",
        "glove - --init - -o v.txt",
        "glove --matrix - --vocab - -o v.txt",
        "train - --read-vocab - -o v.txt",
        "train - - -o v.txt",
        "eval - - --similarity text",
    ):
        done = fastvec(folder, *line.split(), stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("fastvec: standard ")
        assert "only" in done.stderr


def test_json_and_vectors_do_not_share_standard_output(folder: Path) -> None:
    done = fastvec(folder, "train", "text", "-o", "-", "--to", "word2vec", "--json")
    says = "fastvec: --json goes to standard output: give -o a file\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", says)
    done = fastvec(folder, "vocab", "text", "-o", "words", "--json")
    says = "fastvec: --json goes to standard output: leave out -o, or use > FILE\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", says)


@pytest.mark.parametrize(
    "line",
    [
        "convert v.bin - --to word2vec-binary",
        "convert v.bin - --to safetensors",
        "encode text -o -",
        "cooccur text -o -",
        "train text -o - --to word2vec-binary",
    ],
)
def test_what_is_no_text_is_not_written_to_a_terminal(folder: Path, line: str) -> None:
    ours, theirs = pty.openpty()
    options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, "text": True}
    with started("-m", "fastvec", *line.split(), stdout=theirs, **options) as process:
        os.close(theirs)
        _, said = process.communicate(timeout=DEADLINE)
    os.close(ours)
    assert process.returncode == 2
    assert said.startswith("fastvec: cannot write to the terminal what is no text: name a file")


@pytest.mark.parametrize(
    "line",
    [
        "convert v.bin - --to word2vec -q",
        "encode text -o - --min-count 1 -q",
        "train text -o - --to word2vec --min-count 1 -q",
        "classes v.bin -k 2",
        "vocab text --json",
    ],
)
def test_a_pipe_that_is_closed_ends_quietly(folder: Path, line: str) -> None:
    """``true`` reads nothing; whether it has ended before the writing or ends meanwhile."""
    done = shell(folder, f"{{ fastvec {line} || echo $? > code; }} | true")
    assert (done.stdout, done.stderr) == ("", "")
    assert not (folder / "code").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_standard_output_that_is_full_loses_nothing(folder: Path) -> None:
    done = shell(folder, f"fastvec train text -o - --to word2vec {SHORT} > /dev/full")
    start, _, copy = done.stderr.rstrip().rpartition("; the result is saved in ")
    assert done.returncode == 2
    assert start == "fastvec: cannot write standard output: No space left on device"
    assert set(read_vectors(copy).words) == set(WORDS)


def test_news_go_to_standard_error_in_one_style(folder: Path) -> None:
    for line in (
        "train text -o o.txt --min-count 1 --vector-size 3",
        "glove text -o o.txt --min-count 1 --vector-size 3",
        "ppmi text -o o.txt --min-count 1 --vector-size 3",
        "cooccur text -o pairs --min-count 1",
        "encode text -o c.fvc",
        "vocab text -o words",
        "phrases text -o joined",
        "convert v.bin o.txt",
    ):
        done = fastvec(folder, *line.split())
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        lines = done.stderr.splitlines()
        assert all(one.startswith("fastvec: ") for one in lines)
        output = line.split()[3] if "-o" in line else "o.txt"
        assert lines[-1].startswith(f"fastvec: {output}: ")
        done = fastvec(folder, *line.split(), "-q")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_json_of_train_and_vocab(folder: Path) -> None:
    for command in ("train", "glove"):
        line = f"fastvec {command} text -o o.txt --epochs 3 --json {SHORT}"
        facts = json.loads(printed(folder, line))
        assert (facts["output"], facts["format"], facts["words"]) == ("o.txt", "word2vec", 5)
        assert (facts["vector_size"], facts["epochs"], len(facts["loss_history"])) == (3, 3, 3)
        assert facts["loss"] == facts["loss_history"][-1] > 0
    counts = json.loads(printed(folder, "fastvec vocab text --json"))
    assert list(counts.items())[:2] == [("a", 120), ("rose", 60)]
