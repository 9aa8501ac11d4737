"""The documentation's commands run: all lines of a page, one after the other, in one folder."""

from __future__ import annotations

import gzip
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import fasttext_files
import pytest
from processes import DEADLINE, python, skip_without_package

from fastvec import RunLog, Word2Vec

ROOT = Path(__file__).parent.parent
#: lines that install something, do not end by themselves, train on what the machine has (there is a
#: test of that), or need another program
NOT_RUN = ("pip ", "docker ", "fastvec demo", "fastvec explore", "fastvec watch", ".ci/")
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
]
WORDS = ["king", "queen", "man", "woman", "cat", "dog", "array", "file"]


def lines_of(name: str) -> list[str]:
    """The lines of a page's blocks of shell commands that are run."""
    text = (ROOT / name).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith(NOT_RUN)]


@pytest.fixture
def shelf(originals: Path, tmp_path: Path) -> Path:
    """A folder with the files that the commands name."""
    return shutil.copytree(originals, tmp_path, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the commands name, made once."""
    folder = tmp_path_factory.mktemp("originals")
    draw = random.Random(1)
    others = [f"w{number}" for number in range(700)]
    words = [*WORDS * 20, *others[:300] * 4, *others[300:]]
    lines = [" ".join(draw.choices(words, k=12)) for _ in range(6000)]
    text = "\n".join(lines) + "\n"
    for name in ("text.txt", "old.txt", "new.txt", "more/a.txt", "folder/a.txt", "letters/a.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "news").mkdir()
    for name in ("news/a.gz", "dump.gz"):
        (folder / name).write_bytes(gzip.compress(text.encode()))
    rows = [f"{n % 40}::{draw.choice(WORDS)}::5::{n}" for n in range(2000)]
    (folder / "ratings.dat").write_text("\n".join(rows) + "\n")
    write_tests(folder)
    write_vectors(folder, [line.split() for line in lines])
    for name in (".config/fish/completions", ".local/share/man/man1"):
        (folder / name).mkdir(parents=True)
    return folder


def write_tests(folder: Path) -> None:
    """Files of questions, pairs and categories."""
    for name in ("questions.txt", "questions-words.txt"):
        (folder / name).write_text(": royal\nking queen man woman\nman woman king queen\n")
    (folder / "BATS_3.0").mkdir()
    (folder / "BATS_3.0/royal.txt").write_text("king\tqueen\nman\twoman\n")
    (folder / "tests").mkdir()
    for name in (
        "pairs.txt",
        "EN-WS-353-ALL.txt",
        "EN-SIMLEX-999.txt",
        "rw.txt",
        "tests/ws353.txt",
    ):
        (folder / name).write_text("king\tqueen\t9\nking\tman\t5\ncat\tdog\t8\nking\tcat\t0\n")
    (folder / "vocab.txt").write_text("".join(f"w{n} {900 - n}\n" for n in range(800)))
    (folder / "battig.txt").write_text("king\troyal\nqueen\troyal\ncat\tanimal\ndog\tanimal\n")


def write_vectors(folder: Path, lines: list[list[str]]) -> None:
    """Models, vectors and logs."""
    for name in ("run.jsonl", "again.jsonl"):
        with RunLog(folder / name):
            Word2Vec(lines, vector_size=20, epochs=2)
    for seed, name in enumerate(("vectors", "a", "b", "old", "new")):
        model = Word2Vec(lines, vector_size=20, epochs=2, min_count=1, seed=seed)
        model.wv.save_word2vec_format(folder / f"{name}.bin", binary=True)
    for name in ("model", "fastvec-demo", "german", "english"):
        model.save(folder / f"{name}.safetensors")
    (folder / "cc.en.300.bin").write_bytes(fasttext_files.model())
    (folder / "dictionary.tsv").write_text("".join(f"w{n}\tw{n}\n" for n in range(600)))


def write_events(folder: Path) -> None:
    """A table of events, where pyarrow is installed."""
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    numbers = range(2000)
    users, items = [n % 40 for n in numbers], [WORDS[n * 7 % 8] for n in numbers]
    table = pyarrow.table({"user": users, "item": items, "time": list(numbers)})
    parquet.write_table(table, folder / "events.parquet")


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize("name", [name for name in PAGES if lines_of(name)])
def test_the_commands_of_a_page_run(shelf: Path, name: str) -> None:
    lines = lines_of(name)
    if any("events.parquet" in line for line in lines):
        write_events(shelf)
    define = f'set -eu; fastvec() {{ {shlex.join(python())} -m fastvec "$@"; }}'
    done = subprocess.run(
        ["bash", "-c", "\n".join([define, *lines])],
        cwd=shelf,
        env=os.environ | {"HOME": str(shelf)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    skip_without_package(done.stderr)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
