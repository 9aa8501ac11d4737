"""Outputs are checked before the work: that they can be written, and that they are no inputs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from processes import fastvec

from fastvec import cli
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.models.pairs import Pairs
from fastvec.words import Words

LINE = "a rose is a rose and a thorn is a thorn\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files under the names that every command may write, and other names for them."""
    words, vectors = Words.of(["a", "rose"]), np.ones((2, 3), np.float32)
    for name in ("v.txt", "v.npy", "v.safetensors"):
        write_vectors(tmp_path / name, VectorFile(words, vectors))
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "t.txt").write_text(LINE * 9)
    (tmp_path / "text" / "link.txt").symlink_to("t.txt")
    os.link(tmp_path / "text" / "t.txt", tmp_path / "other.txt")
    (tmp_path / "counts.txt").write_text("a 4\nrose 2\n")
    (tmp_path / "words.tsv").write_text("a\trose\n")
    for name in ("v.html", "v.words.html", "run.html"):  # whatever they are called
        (tmp_path / name).write_bytes((tmp_path / "v.txt").read_bytes())
    return tmp_path


def check_refused(folder: Path, *arguments: str, **more: object) -> None:
    """One sentence, exit code 2, and every file is as it was."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = fastvec(folder, *arguments, **more)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith("fastvec: cannot write ")
    assert done.stderr.endswith(
        (": it is also read, and would be replaced\n", ": two outputs would be the same file\n")
    )
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


REFUSED = [
    "train text/t.txt -o text/t.txt",
    "train text/t.txt -o other.txt --min-count 1",
    "glove text/t.txt -o text/t.txt",
    "glove --matrix v.safetensors -o v.safetensors",
    "glove --matrix p.bin --vocab counts.txt -o counts.txt",
    "glove text/t.txt --init v.txt -o v.txt",
    "glove text/t.txt --init v.npy -o v.words.txt",
    "glove text/t.txt --read-vocab counts.txt -o counts.txt",
    "ppmi text/t.txt -o text/t.txt",
    "ppmi --matrix p.bin --vocab counts.txt -o counts.txt",
    "cooccur text/t.txt -o text/t.txt",
    "cooccur text/t.txt -o p --save-vocab text/t.txt",
    "cooccur text/t.txt -o p --save-vocab p",
    "encode text/t.txt -o text/t.txt",
    "encode text/t.txt --read-vocab counts.txt -o counts.txt",
    "vocab text/t.txt -o text/t.txt",
    "phrases text/t.txt -o text/t.txt",
    "phrases text/t.txt -o joined --phrases text/t.txt",
    "phrases text/t.txt -o joined --phrases ./joined",
    "phrases text/t.txt -o counts.txt --connector-words counts.txt",
    "convert v.safetensors v.safetensors --normalize",
    "convert v.txt v.txt",
    "convert v.npy v.words.txt",
    "convert v.words.txt v.npy --from glove",
    "classes v.txt -o v.txt",
    "classes v.npy -o v.words.txt",
    "embed v.npy text/t.txt -o v.npy",
    "nplm text/t.txt -o text/t.txt",
    "nplm text/t.txt --read-vocab counts.txt -o counts.txt",
    "rank text/t.txt -o text/t.txt",
    "rank text/t.txt --read-vocab counts.txt -o counts.txt",
    "documents text/t.txt -o text/t.txt",
    "documents text/t.txt -o d.bin --words text/t.txt",
    "embed v.txt text/t.txt -o o.npy --method sif --counts counts.txt --save-component counts.txt",
    "drift v.txt v.npy --anchors words.tsv -o words.tsv",
    "align v.txt v.npy --dictionary words.tsv -o v.txt",
    "align v.txt v.npy --dictionary words.tsv -o v.words.txt",
    "map v.html -o v.html",
    "map v.npy -o v.words.html --words v.words.html",
    "plot run.html -o run.html",
    "watch run.html -o run.html",
]


@pytest.mark.parametrize("line", REFUSED)
def test_an_input_is_never_replaced(folder: Path, line: str) -> None:
    (folder / "p.bin").write_bytes(bytes(16))
    check_refused(folder, *line.split())


def test_every_command_that_writes_is_tried() -> None:
    writes = {
        name
        for name, command in cli.app.commands.items()
        if {"output", "target"} & {parameter.name for parameter in command.params}
    }
    assert writes == {line.split()[0] for line in REFUSED}


@pytest.mark.parametrize("source", ["text", ".", "text/*.txt", "text/link.txt", "other.txt"])
@pytest.mark.parametrize("target", ["text/t.txt", "text/link.txt"])
def test_links_folders_and_globs_are_seen_through(folder: Path, source: str, target: str) -> None:
    check_refused(folder, "train", "counts.txt", source, "-o", target)


def test_standard_input_is_an_input(folder: Path) -> None:
    with (folder / "text" / "t.txt").open() as file:
        check_refused(folder, "vocab", "-", "-o", "text/t.txt", stdin=file)
    with (folder / "text" / "t.txt").open() as file:
        done = fastvec(folder, "vocab", "-", "-o", "/dev/stdout", "-q", stdin=file)
    assert done.stdout.startswith("a 36\n")


def test_an_output_that_is_there_may_be_replaced(folder: Path) -> None:
    for _ in range(2):
        done = fastvec(folder, "vocab", "text", "-o", "counts.txt", "-q")
        assert (done.returncode, done.stderr) == (0, "")
    done = fastvec(folder, "phrases", "text", "-o", "/dev/null", "--phrases", "/dev/null", "-q")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("streams", ["| true", "2>&1 | true", ">&-", "2>&-", ">/dev/full", "<&-"])
@pytest.mark.parametrize("line", ["train text/t.txt", "glove text/t.txt --vector-size 3"])
def test_results_are_saved_even_if_messages_cannot_be_printed(
    folder: Path, line: str, streams: str
) -> None:
    command = f"{sys.executable} -m fastvec {line} -o out.bin {streams}"
    subprocess.run(command, shell=True, cwd=folder, stderr=subprocess.DEVNULL)
    assert (folder / "out.bin").exists()


CLOSED = "fastvec: cannot write standard output: it is closed\n"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("info v.txt >&-", 0, ""),
        ("vocab text >&-", 0, ""),
        ("vocab text -o - >&-", 2, CLOSED),
        ("convert v.txt - --to glove >&-", 2, CLOSED),
        ("encode text -o - >&-", 2, CLOSED),
        ("train text -o - --to glove >&-", 2, CLOSED),
        ("phrases text -o - >&-", 2, CLOSED),
        ("cooccur text -o - >&-", 2, CLOSED),
        ("glove text -o - --to glove >&-", 2, CLOSED),
        (
            "vocab - <&-",
            2,
            "fastvec: the corpus is empty: 0 words were read (from standard input)\n",
        ),
        ("vocab missing 2>&-", 2, ""),
        ("vocab missing 2>/dev/full", 2, ""),
    ],
)
def test_streams_that_are_closed(folder: Path, line: str, code: int, said: str) -> None:
    command = f"{sys.executable} -m fastvec {line}"
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", said)


def test_names_that_are_not_utf8_are_printed_as_they_are(folder: Path) -> None:
    name = b"v\xff.txt"
    (folder / "v.txt").rename(folder / os.fsdecode(name))
    command = [sys.executable, "-m", "fastvec", "info", name]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, cwd=folder, capture_output=True, env=environment)
    assert done.stdout.startswith(b"file\t" + name + b"\n")
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("train p.jsonl --column t -o v.bin", "word 'New York' has a line end or a space where"),
        ("glove p.jsonl --column t -o v.bin", "word 'New York' has a line end or a space where"),
        ("glove --matrix pairs -o v.bin", "word 'New York' has a line end or a space where"),
        (
            "ppmi q.jsonl --column t --vector-size 1 -o v.txt",
            "word 'a\\nb' has a line end or a space where",
        ),
        (
            "ppmi q.jsonl --column t --vector-size 1 -o v.npy",
            "a word has a line end, which v.words.txt cannot hold",
        ),
        ("glove --matrix u -o v.txt --unk", "the vocabulary has <unk>: unk cannot append it"),
        ("glove text/t.txt -o v.parquet", ".parquet needs pyarrow: pip install"),
        ("ppmi text/t.txt -o v.parquet", ".parquet needs pyarrow: pip install"),
        ("train text/t.txt -o v.png", "v.png: the ending must be one of .safetensors"),
        ("glove text/t.txt -o v.txt.zst", "to write .zst: pip install"),
        ("train text/t.txt -o v.txt.zst", "to write .zst: pip install"),
        ("cooccur text/t.txt -o p.bin --save-vocab w.zst", "to write .zst: pip install"),
        ("vocab text/t.txt -o w.zst", "to write .zst: pip install"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_work(
    folder: Path, arguments: str, says: str
) -> None:
    if ".zst" in says and sys.version_info >= (3, 14):
        pytest.skip("Python has zstd itself")
    (folder / "p.jsonl").write_text('{"t": ["New York", "b"]}\n' * 9)
    (folder / "q.jsonl").write_text('{"t": ["a\\nb", "b"]}\n' * 9)
    for name, words in (("pairs", ["a", "New York"]), ("u", ["a", "<unk>"])):
        Pairs.from_scipy(np.ones((2, 2)), Words.of(words)).save(folder / name)
    (folder / "hidden").mkdir()
    for name in ("pyarrow", "zstandard"):
        (folder / "hidden" / f"{name}.py").write_text("raise ImportError")
    paths = os.pathsep.join([str(folder / "hidden"), os.environ.get("PYTHONPATH", "")])
    before = sorted(folder.rglob("*"))
    done = fastvec(folder, *arguments.split(), env=os.environ | {"PYTHONPATH": paths})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith(f"fastvec: {says}")
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in str(path)) == before


def test_counts_of_all_words_are_written_with_unk(folder: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    done = fastvec(folder, "glove", "text/t.txt", "-o", "v.parquet", "--unk", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    counts = read_vectors(folder / "v.parquet").counts
    assert counts is not None
    assert counts.tolist() == [36, 9 * 2, 9 * 2, 9 * 2, 9, 0]
