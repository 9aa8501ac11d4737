"""Counting pairs in portions: the pairs of one machine, bit for bit, wherever the text is cut."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastvec import Corpus, GloVe, Vocabulary
from fastvec.cluster import portions
from fastvec.cluster.engine import SimulatedEngine
from fastvec.cluster.pair_counting import edges_of, words_after, words_before
from fastvec.cluster.parts import halves_of
from fastvec.corpus import chunks
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.pair_counting import PairCounter
from fastvec.params import CooccurrenceParams


def same_pairs(text: Any, trainers: int = 2, **options: Any) -> int:
    """Whether an engine counts what one machine does; how many pairs that are."""
    options = {"min_count": 1, "progress": False} | options
    reading = {name: options[name] for name in ("min_count", "lines") if name in options}
    one = Corpus.read(text, **reading)
    params = CooccurrenceParams(options.get("window", 10), options.get("symmetric", True))
    pairs = count_pairs(one, params, progress=False)
    spread = SimulatedEngine(trainers).spread_pairs(GloVe(**options), text, None)
    assert spread.words == pairs.words
    assert spread.counts is not None
    assert np.array_equal(spread.counts, pairs.counts)
    for key, half in halves_of(pairs, spread.parts).items():
        if len(half.pairs):
            found = spread.halves[key]
            assert np.array_equal(found.pairs, half.pairs)
            assert np.array_equal(found.tiles, half.tiles)
            assert np.array_equal(found.offsets, half.offsets)
    assert (spread.nnz, spread.stored) == (pairs.nnz, len(pairs.pairs))
    return spread.stored


OPTIONS: list[dict[str, Any]] = [
    {"window": 3},
    {"window": 40, "symmetric": False},
    {"window": 7, "min_count": 4},
    {"lines": False},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("trainers", [1, 3])
def test_counts_are_those_of_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trainers: int, options: dict[str, Any]
) -> None:
    monkeypatch.setattr(chunks, "RANGE_BYTES", 50)
    monkeypatch.setattr(portions, "PER_TRAINER", 9)
    draw = np.random.default_rng(5)
    for name in ("a.txt", "b.txt"):
        rows = [(draw.zipf(1.3, draw.integers(0, 30)) % 700).tolist() for _ in range(150)]
        lines = (" ".join(f"w{word}" for word in row) for row in rows)
        (tmp_path / name).write_text("\n".join(lines) + "\n" * (name == "a.txt"))
    assert same_pairs(str(tmp_path / "*.txt"), trainers, **options) > 1000


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["a ", "b ", "c ", "rare ", "\n"]), max_size=60))
def test_any_text_cut_anywhere(pieces: list[str]) -> None:
    import tempfile

    text = "a a c c b\n" + "".join(pieces) + "\n\nb b"
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "RANGE_BYTES", 5)
        patch.setattr(portions, "PER_TRAINER", 8)
        path = Path(folder) / "text.txt"
        path.write_text(text)
        same_pairs(str(path), min_count=2, window=4)


def test_chunks_of_a_portion_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PairCounter, "_plan", lambda _: (2, 100))
    words = np.random.default_rng(6).integers(0, 400, 3000)
    (tmp_path / "text.txt").write_text(" ".join(map(str, words)))
    assert same_pairs(str(tmp_path / "text.txt")) > 1000


def test_what_only_the_driver_can_read() -> None:
    draw = np.random.default_rng(7)
    rows = [[f"w{word}" for word in draw.integers(0, 99, 9)] for _ in range(200)]
    assert same_pairs(rows) > 1000
    assert same_pairs(Corpus.read(rows, min_count=1)) > 1000


def test_the_neighbours_of_a_portion() -> None:
    texts = [(3, [2]), (1, []), (2, []), (4, [0, 3])]  # words, and ends of sentences
    edges = [edges_of(np.arange(n, dtype=np.int32), np.array(e, int), 3) for n, e in texts]
    assert words_before(edges, 3, 3).tolist() == [0, 0, 1]
    assert words_before(edges, 3, 9).tolist() == [2, 0, 0, 1]
    assert words_before(edges, 0, 3).tolist() == []
    assert words_after(edges, 0, 9).tolist() == [0, 0, 1]
    assert words_after(edges, 0, 2).tolist() == [0, 0]
    assert words_after(edges, 3, 3).tolist() == []


NOTHING = [
    ("a\nb\n", {}, "the corpus has no pairs"),
    ("a b c", {"min_count": 9}, "no word is left"),
]


@pytest.mark.parametrize(("text", "options", "sentence"), NOTHING)
def test_nothing_to_count(
    tmp_path: Path, text: str, options: dict[str, Any], sentence: str
) -> None:
    (tmp_path / "text.txt").write_text(text)
    model = GloVe(**{"min_count": 1} | options)
    with pytest.raises(ValueError, match=sentence):
        model.fit(str(tmp_path / "text.txt"), engine=SimulatedEngine(2))


def test_words_that_a_text_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a b c")
    with pytest.raises(ValueError, match="the corpus has no words to count"):
        GloVe().fit(str(tmp_path / "text.txt"), Vocabulary.of({"x": 3}), engine=SimulatedEngine(2))
