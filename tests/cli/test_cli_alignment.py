"""fastvec drift and align: tables, files and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from processes import fastvec
from two_spaces import Meanings, exchanged

from fastvec.cli.alignment import as_text
from fastvec.vectors.keyedvectors import KeyedVectors

PLANTED = [3, 700, 40, 1100]
NAMES = ("old", "new", "a", "b")
NOISE = ("--noise", "a.safetensors", "b.safetensors")
COLUMNS = ["word", "old_count", "new_count", "moved", "z", "by_chance", "kept", "before", "after"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of two times, and two that differ by chance; a dictionary."""
    folder = tmp_path_factory.mktemp("models")
    meanings = Meanings()
    meanings.keys[3] = "<script>&"
    for name in NAMES:
        order = exchanged(PLANTED, meanings.words) if name == "new" else None
        meanings.model(order).save(folder / f"{name}.safetensors")
    new = KeyedVectors.load(folder / "new.safetensors")
    new.save_word2vec_format(folder / "new.bin", binary=True)
    wv = KeyedVectors.load(folder / "old.safetensors")
    KeyedVectors.of(wv.words, wv.vectors[:, :9]).save(folder / "small.safetensors")
    lines = [f"{word}\t{word}\n" for word in meanings.keys[:1000]]
    (folder / "pairs.tsv").write_text("".join(lines) + "unknown\tword\n")
    (folder / "anchors.txt").write_text("".join(f"{word}\n" for word in meanings.keys[4:40]))
    return folder


def run(folder: Path, line: str, *more: str) -> tuple[str, str]:
    done = fastvec(folder, *line.split(), *more)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def planted(words: list[str]) -> bool:
    return set(words) == {"<script>&", "w700", "w40", "w1100"}


def test_drift_prints_the_words_that_moved(folder: Path) -> None:
    output, news = run(folder, "drift old.safetensors new.safetensors -n 4", *NOISE)
    heads, *rows = [line.split("\t") for line in output.splitlines()]
    assert heads == COLUMNS
    assert planted([row[0] for row in rows])
    assert news.startswith("fastvec: of 2,000 words, 4 moved further than chance explains: ")
    assert news.count("\n") == 1


def test_drift_without_noise_says_that_it_is_no_proof(folder: Path) -> None:
    output, news = run(folder, "drift old.safetensors new.safetensors")
    assert len(output.splitlines()) == 21
    assert news.startswith("fastvec: what moved by chance is not known")
    assert "--noise A B" in news
    output, _ = run(folder, "drift old.safetensors new.safetensors --json -n 1 -q")
    found = json.loads(output)
    assert found["floor"] is None
    assert found["words"][0]["z"] is None


def test_drift_as_json(folder: Path) -> None:
    output, news = run(folder, "drift old.safetensors new.safetensors --json -n 4 -q", *NOISE)
    found = json.loads(output)
    assert news == ""
    assert found["compared"] == 2000
    assert planted([row["word"] for row in found["words"]])
    assert all(row["z"] > found["floor"] and len(row["after"]) == 5 for row in found["words"])


def test_drift_writes_all_words(folder: Path) -> None:
    line = "drift old.safetensors new.safetensors -q -n 1"
    run(folder, line, *NOISE, "-o", "drift.tsv")
    run(folder, line, *NOISE, "-o", "drift.json")
    rows = [line.split("\t") for line in (folder / "drift.tsv").read_text().splitlines()]
    found = json.loads((folder / "drift.json").read_text())
    assert rows[0] == list(found["words"][0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == [row["word"] for row in found["words"]]
    assert found["files"] == [f"{name}.safetensors" for name in NAMES]
    output, _ = run(folder, line, *NOISE, "-o", "-")
    assert output == (folder / "drift.tsv").read_text()


def test_what_is_not_known_is_an_empty_cell() -> None:
    assert as_text({"count": None, "z": 0.5, "before": ["x", "y"]}) == ["", "0.5000", "x y"]


def test_drift_writes_a_page(folder: Path) -> None:
    _, news = run(folder, "drift old.safetensors new.safetensors -n 1", *NOISE, "-o", "drift.html")
    assert "fastvec: drift.html: 2,000 words\n" in news
    text = (folder / "drift.html").read_text()
    assert text.count("<svg") == 12
    assert "<script" not in text
    assert "&lt;script&gt;&amp;" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    body = text.partition("<body>")[2].partition("</body>")[0]
    assert ElementTree.fromstring(f"<body>{body}</body>").tag == "body"
    assert "4 moved further than chance explains" in text


def test_drift_with_anchors_and_limits(folder: Path) -> None:
    line = "drift old.safetensors new.safetensors -n 4 --anchors anchors.txt"
    output, _ = run(folder, line, *NOISE)
    assert planted([row.split("\t")[0] for row in output.splitlines()[1:]])
    output, _ = run(folder, "drift old.safetensors new.bin --restrict-vocab 0 --json -n 1")
    assert json.loads(output)["compared"] == 2000  # the one has no counts, and rare words stay
    output, _ = run(folder, "drift old.safetensors new.safetensors --min-count 2000 --json -n 1")
    assert json.loads(output)["compared"] == 500


REFUSED = {
    "drift old.safetensors small.safetensors": "small.safetensors has vectors of 9 numbers, and "
    "old.safetensors of 20",
    "drift old.safetensors new.safetensors -o drift.txt": "drift.txt: the name must end in .html",
    "drift old.safetensors new.safetensors --noise a.safetensors": "requires 2 arguments",
    "drift old.safetensors new.safetensors --noise a.safetensors a.safetensors": "two trainings",
    "drift old.safetensors new.safetensors --min-count 900000": "--min-count 1 leaves out none",
    "drift old.safetensors none.safetensors": "none.safetensors",
    "drift - -": "standard input can be read only once",
    "drift old.safetensors new.safetensors --anchors pairs.tsv": "anchors are needed",
    "align old.safetensors small.safetensors --dictionary pairs.tsv": "small.safetensors has",
    "align old.safetensors new.safetensors": "--dictionary",
    "align old.safetensors new.safetensors --dictionary anchors.txt": "a word and its translation",
    "align old.safetensors new.safetensors --dictionary pairs.tsv --held-out 1": "--held-out",
    "align old.safetensors new.safetensors --dictionary pairs.tsv -o x.unknown": "x.unknown",
}


@pytest.mark.parametrize("line", REFUSED)
def test_wrong_calls_are_refused_in_a_sentence(folder: Path, line: str) -> None:
    done = fastvec(folder, *line.split(), input="")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("fastvec: ")
    assert done.stderr.count("\n") == 1
    assert REFUSED[line] in done.stderr


def test_align_prints_precision_and_writes_vectors(folder: Path) -> None:
    line = "align old.safetensors a.safetensors --dictionary pairs.tsv"
    output, news = run(folder, line, "-o", "aligned.safetensors")
    shown = dict(row.split("\t") for row in output.splitlines())
    assert list(shown) == ["precision_at_1", "precision_at_5", "learned", "held_out", "unknown"]
    assert float(shown["precision_at_1"]) > 0.5
    assert (shown["learned"], shown["held_out"], shown["unknown"]) == ("800", "200", "1")
    assert news == "fastvec: aligned.safetensors: 2,000 vectors of 20 numbers, safetensors\n"
    aligned, old, target = (
        KeyedVectors.load(folder / f"{name}.safetensors") for name in ("aligned", "old", "a")
    )
    assert (aligned.counts == old.counts).all()
    cosines = np.sum(aligned.get_normed_vectors() * target.get_normed_vectors(), axis=1)
    assert np.median(cosines) > 0.7


def test_align_into_a_stream_and_as_json(folder: Path) -> None:
    line = "align old.safetensors a.safetensors --dictionary pairs.tsv"
    output, news = run(folder, line, "-o", "-", "--to", "word2vec")
    assert output.startswith("2000 20\n")
    assert "precision_at_1" in news
    found = json.loads(run(folder, line, "--json", "--csls", "--held-out", "0")[0])
    assert found["precision_at_1"] is None
    assert found["learned"] == 1000
