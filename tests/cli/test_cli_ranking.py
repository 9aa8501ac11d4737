"""``fastvec rank``."""

from pathlib import Path

import pytest
from processes import fastvec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text("a rose is a Rose and a thorn is a thorn\n" * 100)
    return tmp_path


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--window 0", "window must be at least 1, got 0"),
        ("--min-alpha 1", "min_alpha must be at most alpha (0.2), got 1.0"),
        ("--min-count 1000", "no word is left"),
        ("--negative 5", "--negative"),
        ("--validation 2", "validation must be at most 0.5, got 2"),
    ],
)
def test_refused_with_a_sentence(folder: Path, more: str, says: str) -> None:
    done = fastvec(folder, "rank", "text.txt", "-o", "v.bin", *more.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert says in done.stderr
    assert not (folder / "v.bin").exists()
