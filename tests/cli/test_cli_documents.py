"""``fastvec documents``."""

from pathlib import Path

import numpy as np
import pytest
from processes import fastvec

from fastvec import Doc2Vec
from fastvec.io.registry import read_vectors

OPTIONS = "--vector-size 8 --min-count 1 --epochs 2 --workers 1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("a rose is a rose\n\na thorn is a thorn\n" * 5)
    rows = "".join(f'{{"text": "a rose", "id": "doc {i % 3}"}}\n' for i in range(9))
    (tmp_path / "t.jsonl").write_text(rows)
    return tmp_path


def test_lines_are_documents(folder: Path) -> None:
    line = f"documents text.txt -o d.txt --words w.bin --model m.safetensors {OPTIONS}"
    done = fastvec(folder, *line.split())
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "fastvec: d.txt: 15 vectors of 8 numbers, word2vec\n" in done.stderr
    file = read_vectors(folder / "d.txt")
    assert list(file.words) == [str(i) for i in range(15)]
    model = Doc2Vec.load(folder / "m.safetensors")
    np.testing.assert_array_equal(file.vectors, model.dv.vectors)
    np.testing.assert_array_equal(read_vectors(folder / "w.bin").vectors, model.wv.vectors)
    done = fastvec(folder, "similar", "d.txt", "3", "-n", "2")
    assert [row.split("\t")[0] for row in done.stdout.splitlines()] == ["3", "3"]


def test_tags_of_a_column(folder: Path) -> None:
    line = f"documents t.jsonl --column text --tag-column id -o d.safetensors -q --no-dm {OPTIONS}"
    done = fastvec(folder, *line.split())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(read_vectors(folder / "d.safetensors").words) == ["doc 0", "doc 1", "doc 2"]


def test_vectors_in_a_mapped_file_are_the_same(folder: Path) -> None:
    for line in ("-o d.txt", "-o m.txt --mapfile rows"):
        done = fastvec(folder, "documents", "text.txt", "-q", *line.split(), *OPTIONS.split())
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "d.txt").read_bytes() == (folder / "m.txt").read_bytes()
    rows = np.fromfile(folder / "rows", np.float32).reshape(15, 16)[:, :8]
    np.testing.assert_array_equal(rows, read_vectors(folder / "m.txt").vectors)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("text.txt -o d.txt --tag-column id", "--tag-column id needs --column NAME beside it"),
        ("text.txt -o d.txt --words d.txt", "two outputs would be the same file"),
        ("text.txt -o d.txt --mapfile d.txt", "two outputs would be the same file"),
        ("text.txt -o d.txt --mapfile text.txt", "it is also read, and would be replaced"),
        ("text.txt -o d.txt --mapfile no/rows", "there is no folder"),
        ("text.txt -o d.txt --mapfile /dev/null", "/dev/null"),
        ("text.txt -o d.unknown", "d.unknown"),
        ("text.txt -o d.txt --dbow-words", "--dbow-words needs --no-dm"),
        ("t.jsonl --column text --tag-column id -o d.bin", "space"),
        ("text.txt -o d.txt --min-count 99", "no word is left"),
    ],
)
def test_refused_with_a_sentence(folder: Path, line: str, says: str) -> None:
    done = fastvec(folder, "documents", *line.split(), *OPTIONS.split()[:2])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert says in done.stderr
