"""fastvec map."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from processes import fastvec, skip_without_package

from fastvec import KeyedVectors
from fastvec.words import Words

WORDS = ["king", "queen", "man", "woman", "New York", "北京", "<b>", *(f"w{i}" for i in range(30))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = np.random.default_rng(1).normal(size=(len(WORDS), 8)).astype(np.float32)
    KeyedVectors.of(Words.of(WORDS), rows).save(tmp_path / "v.safetensors")
    KeyedVectors.of(Words.of(range(40)), np.tile(rows, (2, 1))[:40]).save(
        tmp_path / "items.safetensors"
    )
    return tmp_path


def test_a_page_is_written(folder: Path) -> None:
    done = fastvec(folder, "map", "v.safetensors", "-o", "map.html", "--method", "pca", "-n", "20")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "fastvec: map.html: WordMap(20 words in 2 dimensions by pca, 1 cluster)\n"
    assert "<!doctype html>" in (folder / "map.html").read_text("utf-8")


def test_the_same_seed_gives_the_same_file(folder: Path) -> None:
    pytest.importorskip("openTSNE", reason="openTSNE is not installed")
    for name in ("one.html", "again.html"):
        done = fastvec(folder, "map", "v.safetensors", "-o", name, "-q", "--title", "A map")
        assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "one.html").read_bytes() == (folder / "again.html").read_bytes()


def test_a_page_goes_to_standard_output_too(folder: Path) -> None:
    done = fastvec(folder, "map", "items.safetensors", "-o", "-", "-q", "--method", "pca")
    assert done.stdout.startswith("<!doctype html>")


def test_pictures_are_written(folder: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for name, begins in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF")):
        line = ["map", "v.safetensors", "-o", name, "--method", "pca", "-n", "4", "-q"]
        done = fastvec(folder, *line)
        assert (done.returncode, done.stderr) == (0, "")
        assert (folder / name).read_bytes().startswith(begins)


def test_words_of_a_file_are_shown_and_missing_ones_named(folder: Path) -> None:
    (folder / "words.txt").write_bytes("\ufeffking\r\n\nNew York\n北京\nduke\n".encode())
    line = ["map", "v.safetensors", "-o", "m.html", "--words", "words.txt", "--method", "pca"]
    done = fastvec(folder, *line)
    assert done.returncode == 0
    missing, made = done.stderr.splitlines()
    assert missing == "fastvec: 1 of 4 words of words.txt have no vector: 'duke'"
    assert "WordMap(3 words" in made


def test_neighbours_of_words_are_shown(folder: Path) -> None:
    line = ["map", "v.safetensors", "-o", "m.html", "-n", "3", "--method", "pca"]
    done = fastvec(folder, *line, "--near", "king", "--near", "New York")
    assert done.returncode == 0
    count = int(done.stderr.partition("WordMap(")[2].split()[0])
    assert 5 <= count <= 8


@pytest.mark.parametrize(("line", "says"), [
    ("v.safetensors -o m.gif", "m.gif: the ending must be one of .html, .png, .svg, .pdf"),
    ("v.safetensors -o m.png --dimensions 3", "m.png: a map of three dimensions is a page"),
    ("v.safetensors -o no/m.html", "cannot write no/m.html: there is no folder"),
    ("v.safetensors -o m.html --near kingg", "'kingg' is not among the 37 words of v.safetensors"),
    ("v.safetensors -o m.html --near king --words w", "give words or near, not both"),
    ("v.safetensors -o m.html --words w -n 3", "topn has no effect with words"),
    ("v.safetensors -o m.html --words latin", "latin: line 2 is not UTF-8"),
    ("v.safetensors -o m.html --words empty", "a map needs at least 2 words, got 0"),
    ("v.safetensors -o m.html --clusters 99", "clusters must be at most 37, got 99"),
    ("v.safetensors -o m.html -n 5 --method tsne", "t-SNE needs at least 12 words, got 5"),
    ("v.safetensors -o m.html --limit 1", "a map needs at least 2 words, got 1"),
    ("v.safetensors", "Missing option '-o' / '--output'"),
])  # fmt: skip
def test_what_makes_no_map_is_refused(folder: Path, line: str, says: str) -> None:
    (folder / "w").write_text("king\nqueen\n")
    (folder / "latin").write_bytes(b"king\ncaf\xe9\n")
    (folder / "empty").write_text("")
    done = fastvec(folder, "map", *line.split())
    skip_without_package(done.stderr)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"fastvec: {says}")
    assert not list(folder.glob("m.*"))


@pytest.mark.parametrize(("hidden", "line", "says"), [
    ("openTSNE", "-o m.html --method tsne", "t-SNE needs openTSNE: pip install 'fastvec[map]'"),
    ("umap", "-o m.html --method umap", "UMAP needs umap-learn: pip install 'fastvec[map]'"),
    ("matplotlib", "-o m.png", "pictures need matplotlib: pip install 'fastvec[plot]'"),
])  # fmt: skip
def test_what_is_not_installed_is_named(folder: Path, hidden: str, line: str, says: str) -> None:
    (folder / "hidden").mkdir()
    (folder / "hidden" / f"{hidden}.py").write_text("raise ImportError")
    paths = os.pathsep.join([str(folder / "hidden"), os.environ.get("PYTHONPATH", "")])
    done = fastvec(
        folder, "map", "v.safetensors", *line.split(), env=os.environ | {"PYTHONPATH": paths}
    )
    assert (done.returncode, done.stderr) == (2, f"fastvec: {says}\n")
