"""``fastvec check`` as a real process."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import pty
import random
import re
from pathlib import Path
from typing import Any

import pytest
from processes import fastvec, started

from fastvec import Corpus
from fastvec.cli.check import FEW_WORDS, MANY_WORDS, cell, settings
from fastvec.corpus.build import SMALL_TEXT

LINES = [["a", "rose", "is", "a", "rose"], ["a", "thorn"], [], ["a", "thorn"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "\n".join(map(" ".join, LINES))
    (tmp_path / "t").write_text(text)
    (tmp_path / "t.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps({"x": " ".join(x)}) for x in LINES))
    Corpus.read(LINES, min_count=1).save(tmp_path / "t.fvc")
    return tmp_path


def facts_of(folder: Path, *arguments: str, **options: Any) -> dict[str, Any]:
    done = fastvec(folder, "check", *arguments, "--json", **options)
    assert (done.returncode, done.stderr) == (0, "")
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


@pytest.mark.parametrize(
    ("source", "files"),
    [
        (["t"], ["t"]),
        (["t.gz"], ["t.gz"]),
        (["-"], []),
        (["t.fvc"], ["t.fvc"]),
        (["t.jsonl", "--column", "x"], ["t.jsonl"]),
        (["t", "*.gz"], ["t", "t.gz"]),
    ],
)
def test_any_source_is_examined(folder: Path, source: list[str], files: list[str]) -> None:
    text = (folder / "t").read_text()
    facts = facts_of(folder, *source, "--workers", "1", input=text if source == ["-"] else None)
    copies = max(len(files), 1)
    assert facts["files"] == copies
    assert facts["words"] == 9 * copies
    assert facts["sentences"] == 3 * copies
    assert facts["frequent"][0] == {"word": "a", "count": 4 * copies}
    assert facts["most_repeated"][0] == {"times": 2 * copies, "beginning": "a thorn"}
    sizes = [(folder / file).stat().st_size for file in files]
    assert facts.get("bytes") == (sum(sizes) if files else None)


def test_the_options_of_reading_count(folder: Path) -> None:
    (folder / "t").write_text("A, Rose\nis\na\nrose\n")
    facts = facts_of(folder, "t", "--lower", "--tokens", "words", "--no-lines", "--min-count", "1")
    assert (facts["sentences"], facts["different_words"]) == (1, 3)
    models = ["skip-gram", "CBOW", "skip-gram with subwords", "documents", "GloVe"]
    assert [each["model"] for each in facts["training"]] == models
    facts = facts_of(folder, "t", "--min-count", "9")
    assert (facts["different_words"], facts["training"]) == (5, [])
    done = fastvec(folder, "check", "t.fvc", "--min-count", "9")
    assert done.returncode == 2
    assert done.stderr.startswith("fastvec: t.fvc was encoded with min_count 1: for 9, encode")


def test_the_tables_have_everything(folder: Path) -> None:
    done = fastvec(folder, "check", "t", "--min-count", "1")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    for row in (
        ["corpus", "files", "1"],
        ["corpus", "words", "9"],
        ["corpus", "lines without words", "1"],
        ["corpus", "lines that repeat others", "33.3 %"],
        ["words in a line", "mean", "3.0"],
        ["vocabulary", "words", "different words"],
        ["vocabulary", "9", "4"],
        ["what min-count keeps", "min count", "different words", "of the text"],
        ["what min-count keeps", "2", "3", "88.9 %"],
        ["frequent words", "a", "4"],
        ["longest lines", "5", "a rose is a rose"],
        ["repeated lines", "2", "a thorn"],
        ["training here, about", "model", "epochs", "time", "memory"],
        ["settings that fit", "train --sample 0", "or too little is left of so few words"],
    ):
        assert row in rows
    assert not {"odd words", "hints"} & {title for title, *_ in rows}


def test_what_commands_a_terminal_is_harmless(folder: Path) -> None:
    (folder / "t").write_text("a b\x1b[2J\u202e c\n" * 2)
    done = fastvec(folder, "check", "t")
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout
    assert "odd words\tcontrol characters\t2\tb\\x1b[2J\\u202e" in done.stdout


def test_a_terminal_of_80_columns(folder: Path) -> None:
    words = ["w" * 90, "한국어", "\x1b[31m", "rose,"]
    draw = random.Random(1)
    lines = (" ".join(draw.choices(words, k=draw.randint(5, 30))) for _ in range(400))
    (folder / "t").write_text("\n".join(lines))
    outer, inner = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    command = ["-m", "fastvec", "check", "t", "--min-count", "1"]
    with started(*command, cwd=folder, stdout=inner, stderr=inner, env=environment) as process:
        os.close(inner)
        shown = b""
        while True:
            try:
                data = os.read(outer, 4096)
            except OSError:
                break
            if not data:
                break
            shown += data
        assert process.wait() == 0
    os.close(outer)
    text = re.sub(r"\x1b\[[0-9;]*[mK]", "", shown.decode())
    assert "\x1b" not in text
    assert "try --tokens words" in text
    assert max(map(len, text.splitlines())) <= 80


def test_bad_input_is_one_sentence(folder: Path) -> None:
    (folder / "empty").touch()
    for arguments, message in (
        (["no"], "no: there is no such file"),
        (["empty"], "the corpus is empty: 0 words were read"),
        (["t", "--min-count", "-1"], "min_count must be at least 0, got -1"),
        (["t.jsonl"], "t.jsonl"),
    ):
        done = fastvec(folder, "check", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"fastvec: {message}")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "fits", "does_not"),
    [
        (SMALL_TEXT - 1, "train --min-count 1", "train --min-count 5"),
        (SMALL_TEXT, "train --sample 1e-4", "train --sample 0"),
        (FEW_WORDS - 1, "train --epochs 20", "train --epochs 2"),
        (FEW_WORDS, "train --min-count 5", "train --epochs 20"),
        (MANY_WORDS - 1, "glove --x-max 10", "train --sample 1e-5"),
        (MANY_WORDS, "train --sample 1e-5", "glove --x-max 10"),
    ],
)
def test_settings_follow_the_size(words: int, fits: str, does_not: str) -> None:
    found = dataclasses.replace(Corpus.read(LINES, min_count=1).examine(), words=words)
    options = {row["option"] for row in settings(found)}
    assert fits in options
    assert does_not not in options


def test_cells() -> None:
    assert cell("seconds", 0.01) == "1 s"
    assert cell("seconds", 119.4) == "119 s"
    assert cell("seconds", 600.0) == "10 min"
    assert cell("seconds", 1e6) == "278 h"
    assert cell("bytes", 1_234_567) == "1.23MB"
    assert cell("share", 0.125) == "12.5 %"
    assert cell("words", 12_345) == "12,345"
    assert cell("beginning", "x" * 51) == "x" * 49 + "…"
