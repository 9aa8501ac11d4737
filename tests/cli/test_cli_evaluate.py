"""eval of several vectors: compared with the first, by the same questions."""

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from processes import fastvec
from rich.console import Console

from fastvec.cli.evaluate import drawn
from fastvec.cli.tables import table
from fastvec.evaluation import compare, score_file
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

GENERATOR = np.random.default_rng(1)
WORDS = [f"w{i}" for i in range(60)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Vectors, two copies with noise, and pairs whose scores are the cosines of the first."""
    vectors = GENERATOR.standard_normal((60, 8))
    for name, noise in (("far", 3.0), ("good", 0.0), ("near", 0.1)):
        noisy = vectors + noise * GENERATOR.standard_normal((60, 8))
        words = WORDS[:50] if name == "near" else WORDS
        wv = KeyedVectors.of(Words.of(words), noisy[: len(words)].astype(np.float32))
        wv.save(tmp_path / f"{name}.safetensors")
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = GENERATOR.integers(0, 60, (300, 2))
    lines = [f"w{a} w{b} {unit[a] @ unit[b]:.6f}" for a, b in pairs]
    (tmp_path / "pairs.txt").write_text("\n".join(lines))
    (tmp_path / "groups.txt").write_text("".join(f"w{i} {'ab'[i % 2]}\n" for i in range(20)))
    return tmp_path


FILES = ("--similarity", "pairs.txt", "--categories", "groups.txt")


def test_several_vectors_are_compared_with_the_first(folder: Path) -> None:
    names = [f"{name}.safetensors" for name in ("far", "good", "near")]
    done = fastvec(folder, "eval", *names, *FILES, "--json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert [row["vectors"] for row in rows] == [name for name in names for _ in range(3)]
    assert [row["measure"] for row in rows[:3]] == ["spearman", "pearson", "purity"]
    assert all(row["p"] is None for row in (*rows[:3], rows[4], rows[5]))
    for row in (rows[3], rows[6]):
        assert row["difference_low"] <= row["difference"] <= row["difference_high"]
        assert row["difference"] > 0.3
        assert row["p"] < 0.01
    far, near = (
        score_file(KeyedVectors.load(folder / name), folder / "pairs.txt")
        for name in (names[0], names[2])
    )
    assert rows[6]["difference"] == compare(far, near).difference
    assert rows[6]["known"] < rows[3]["known"] == 300


def test_one_set_of_vectors_is_not_compared(folder: Path) -> None:
    done = fastvec(folder, "eval", "good.safetensors", *FILES)
    assert done.stdout.splitlines()[0].split("\t") == [
        *("vectors", "file", "part", "measure", "score", "low", "high", "known", "of")
    ]
    done = fastvec(folder, "eval", "good.safetensors", "good.safetensors", *FILES)
    heads, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert heads[9:] == ["difference", "difference_low", "difference_high", "p"]
    assert rows[3][9:] == ["0.0000", "0.0000", "0.0000", "1.0000"]
    assert rows[0][9:] == ["nan"] * 4


def test_a_narrow_terminal_shows_all_numbers() -> None:
    names = ("vectors", "file", "part", "measure", "score", "low", "high", "known", "of")
    values = ("a.bin", "pairs.txt", "all", "spearman", *[-0.1234] * 3, 5, 5)
    first = dict(zip(names, values, strict=True))
    compared = ("difference", "difference_low", "difference_high", "p")
    better = dict(zip(compared, (0.2345, -0.3456, 1.4567, 0.5678), strict=True))
    rows = [
        {**first, **dict.fromkeys(compared, math.nan)},
        {**first, "vectors": "b.bin", **better},
    ]
    scores, comparison = drawn(rows)
    assert comparison[0] == "compared with a.bin"
    assert [row[0] for row in comparison[2]] == ["b.bin"]
    output = io.StringIO()
    console = Console(width=80, file=output)
    for one in (scores, comparison):
        console.print(table(*one))
    shown = output.getvalue()
    assert shown.count("-0.1234") == 6
    assert all(number in shown for number in ("0.2345", "-0.3456", "1.4567", "0.5678"))
    assert [one[0] for one in drawn([first])] == [""]
