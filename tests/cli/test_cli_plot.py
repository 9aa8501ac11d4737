"""fastvec plot."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from processes import fastvec

from fastvec import Corpus, KeyedVectors
from fastvec.words import Words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plot")
    (folder / "text.txt").write_text("a rose is a rose and a thorn is a thorn\n" * 20)
    (folder / "pairs.txt").write_text("a rose 1\nrose thorn 5\nis and 2\n")
    line = ["train", "text.txt", "-o", "v.bin", "-q", "--vector-size", "4", "--min-count", "1"]
    evaluated = ["--log", "run.jsonl", "--evaluate", "pairs.txt", "--epochs", "3"]
    assert fastvec(folder, *line, *evaluated).returncode == 0
    with Corpus.read([["a", "b"], ["a"]], min_count=1) as corpus:
        corpus.save(folder / "c.fvc")
    (folder / "counts.txt").write_text("a 9\nb 3\n7 1\n")
    (folder / "items.txt").write_text("30 9\n7 3\n")
    rows = np.ones((2, 3), np.float32)
    KeyedVectors.of(Words.of(["a", "b"]), rows, np.array([5, 3])).save(folder / "v.safetensors")
    KeyedVectors.of(Words.of(["a", "b"]), rows).save(folder / "without.safetensors")
    return folder


BEGINS = {"a.png": b"\x89PNG", "a.svg": b"<?xml", "a.pdf": b"%PDF", "a.html": b"<!doctype html>"}


@pytest.mark.parametrize("name", BEGINS)
def test_curves_of_runs_are_drawn(folder: Path, name: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    done = fastvec(folder, "plot", "run.jsonl", "run.jsonl", "-o", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / name).read_bytes().startswith(BEGINS[name])


def test_a_page_has_the_numbers(folder: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    done = fastvec(folder, "plot", "run.jsonl", "-o", "-", "--title", "<Two> & more")
    assert done.stdout.startswith("<!doctype html>")
    assert "<h1>&lt;Two&gt; &amp; more</h1>" in done.stdout
    assert "<th>pairs.txt, spearman</th>" in done.stdout
    assert "<td>3</td>" in done.stdout


@pytest.mark.parametrize("name", ["c.fvc", "counts.txt", "items.txt", "v.safetensors"])
def test_frequencies_are_drawn(folder: Path, name: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    done = fastvec(folder, "plot", name, "-o", "f.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<th>tokens</th>" in (folder / "f.html").read_text("utf-8")


def test_standard_input_is_read(folder: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for name in ("counts.txt", "run.jsonl"):
        done = fastvec(folder, "plot", "-", "-o", "-", input=(folder / name).read_text("utf-8"))
        assert (done.returncode, done.stderr) == (0, "")
        assert "standard input" in done.stdout


@pytest.mark.parametrize(("line", "says"), [
    ("run.jsonl counts.txt -o m.png", "run.jsonl is a log of a training, and counts.txt"),
    ("text.txt -o m.png", "text.txt: line 1 is not a word and its count"),
    ("v.bin -o m.png", "v.bin has vectors without counts"),
    ("without.safetensors -o m.png", "without.safetensors has vectors without counts"),
    ("run.jsonl -o m.gif", "m.gif: the ending must be one of .html, .png, .svg, .pdf"),
    ("zeros.txt -o m.png", "zeros.txt has no word that occurs: all counts are 0"),
    ("begun.jsonl -o m.png", "begun.jsonl is a log without any epoch of a training"),
    ("-o m.png", "Missing argument 'FILES...'"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused(folder: Path, line: str, says: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    (folder / "zeros.txt").write_text("a 0\n")
    (folder / "begun.jsonl").write_text('{"time": "2026-11-30T12:00:00Z", "event": "start"}\n')
    done = fastvec(folder, "plot", *line.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"fastvec: {says}")
    assert not list(folder.glob("m.*"))


def test_without_matplotlib_it_is_said_what_to_install(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    for name in ("a.png", "a.html"):
        done = fastvec(
            folder, "plot", "run.jsonl", "-o", name, env=os.environ | {"PYTHONPATH": paths}
        )
        says = "fastvec: pictures need matplotlib: pip install 'fastvec[plot]'\n"
        assert (done.returncode, done.stderr) == (2, says)
