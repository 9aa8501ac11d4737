"""The parts of the benchmarks: cutting texts, measuring processes, comparing within rounds."""

import itertools
import lzma
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import corpora
import cost_model
import measure
import numpy as np
from rivals import MODELS

from fastvec.params import Word2VecParams


def test_unpack_cuts_at_whole_lines(tmp_path: Path) -> None:
    packed, plain = tmp_path / "text.xz", tmp_path / "text"
    packed.write_bytes(lzma.compress(b"one two\nthree\nfour two\n"))
    corpora.unpack(packed, plain)
    assert plain.read_bytes() == b"one two\nthree\nfour two\n"
    facts = corpora.facts(plain)
    assert (facts["bytes"], facts["lines"], facts["tokens"], facts["types"]) == (23, 3, 5, 4)
    for limit, expected in [(13, b"one two\n"), (14, b"one two\nthree\n"), (3, b"")]:
        corpora.unpack(packed, plain, limit)
        assert plain.read_bytes() == expected


CHILD = """
import os, pathlib, time
held = bytearray({size})
for ticks, text in enumerate(["starting", "begin", "40 %", "80 %", "saving"], 2):
    os.write(1, text.encode())
    while not pathlib.Path({folder!r}, str(ticks)).exists():
        time.sleep(0.001)
"""


def test_measure_finds_the_training_phase_and_the_peak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count(1)

    def clock() -> int:
        """One tick for each reading of the clock: the child waits for the tick after its line."""
        now = next(ticks)
        (tmp_path / str(now)).touch()
        return now

    monkeypatch.setattr(measure, "time", SimpleNamespace(perf_counter=clock))
    code = CHILD.format(size=200_000_000, folder=str(tmp_path))
    took = measure.measure([sys.executable, "-c", code], "begin", "%")
    assert (took.seconds, took.training) == (6, 2)
    assert took.peak > 200_000_000


@pytest.mark.parametrize("code", ["raise SystemExit('bad day')", "print('bad day')"])
def test_measure_says_why_a_run_failed(code: str) -> None:
    with pytest.raises(RuntimeError, match="bad day"):
        measure.measure([sys.executable, "-c", code], "begin", "end")


def test_report_compares_within_rounds() -> None:
    pytest.importorskip("matplotlib")
    import report

    def run(tool: str, seed: float, speed: float) -> report.Row:
        return {
            "model": "sg-ns",
            "dimension": "100",
            "rival": tool,
            "seed": seed,
            "words/s": speed,
            "training s": 2.0,
            "end to end s": 3.0,
            "peak MB": 123.4,
            "analogies": seed,
        }

    runs = [run("gensim-file", 1, 10), run("fastvec", 1, 100)]
    runs += [run("gensim-file", 2, 40), run("fastvec", 2, 800), run("fastvec", 3, 7)]
    base, ours = report.summary(runs)
    assert (ours["runs"], ours["words/s"], ours["analogies"]) == (3, 100, 2)
    assert base["times gensim-file"] == 1
    assert ours["times gensim-file"] == 15  # the median of 10 and 20; the third has no partner
    assert "| sg-ns | 100 | fastvec | 3 | 100 | 2.0 | 3.0 | 123 | 15.00 | 2.0 |" in report.table(
        [base, ours]
    )


def test_scaling_compares_within_rounds_and_by_distance() -> None:
    import scaling

    def run(workers: int, way: str, speed: float, ns: int) -> scaling.Run:
        return {"model": "cbow-ns", "workers": workers, "way": way, "words/s": speed, "loss": 0.3,
                "ns": ns}  # fmt: skip

    rounds = [
        [run(1, "together", 10, 30), run(2, "together", 18, 30), run(2, "apart", 19, 30)],
        [run(1, "together", 5, 30), run(2, "together", 8, 30), run(2, "apart", 10, 170)],
    ]
    rows = scaling.summary(rounds)
    assert [(r["workers"], r["way"], r["cores"], r["times one"]) for r in rows] == [
        (1, "together", "any", "1.00"),
        (2, "together", "near", "1.70"),
        (2, "apart", "near", "1.90"),
        (2, "apart", "far", "2.00"),
    ]
    assert rows[1]["from"] == "1.60"


#: M tokens/s of 2, 4, 8, 12 and 16 workers, and of one by itself and beside 15 that share nothing,
#: on a machine where a cache line takes 200 ns between cores: docs/performance.md
MEASURED = {
    "sg-ns": ([8.11, 13.2, 18.7, 16.6, 18.7], 4.28, 42.2 / 16),
    "cbow-ns": ([12.7, 19.5, 27.7, 18.1, 18.8], 7.25, 92.1 / 16),
    "sg-hs": ([4.27, 7.95, 12.8, 8.7, 9.3], 2.36, 29.8 / 16),
    "cbow-hs": ([8.89, 13.8, 16.0, 8.5, 9.7], 5.48, 58.3 / 16),
}


def zipf_text(**options: float) -> cost_model.Text:
    """A text about as large as that of the measurements."""
    weights = 1 / (np.arange(67_868) + 3.0) ** 1.05
    counts = np.maximum(weights / weights.sum() * 16_953_672, 5).astype(np.int64)
    return cost_model.Text(counts, Word2VecParams(**options))


@pytest.mark.parametrize("model", MEASURED)
def test_the_cost_model_predicts_what_was_measured(model: str) -> None:
    speeds, alone, apart = MEASURED[model]
    text = zipf_text(**{k: v for k, v in MODELS[model].items() if k != "alpha"})
    for workers, measured in zip([2, 4, 8, 12, 16], speeds, strict=True):
        share = (workers - 1) / 15  # of the way from one worker to sixteen
        one = 1 / (1 / alone + share * (1 / apart - 1 / alone))
        speed = cost_model.predicted_speed(text, workers, 1e6 * one, 200) / 1e6
        assert speed == pytest.approx(measured, rel=0.2)


def test_blocks_move_fewer_lines_between_many_workers_than_copies_do() -> None:
    text = zipf_text(sg=1)
    copies = [cost_model.hogwild_lines(text, workers) for workers in (2, 8, 16)]
    blocks = [cost_model.block_lines(text, workers) for workers in (2, 8, 16)]
    assert copies[0] < blocks[0] < blocks[1] < blocks[2] < copies[1] < copies[2]


def test_the_cost_model_knows_how_many_rows_have_copies() -> None:
    """The table of docs/method.md."""
    plain, tree = zipf_text(sg=1), zipf_text(sg=1, hs=1, negative=0)
    assert [cost_model.copies(plain, n) for n in (2, 8, 64)] == [
        (8192, 4096),
        (2048, 256),
        (256, 64),
    ]
    assert [cost_model.copies(tree, n) for n in (2, 8, 64)] == [(512, 512), (512, 128), (256, 64)]


def test_the_quality_of_maps_is_what_scikit_learn_says() -> None:
    manifold = pytest.importorskip("sklearn.manifold", reason="scikit-learn is not installed")
    import maps

    from fastvec.vectors.norms import normalized_rows

    draw = np.random.default_rng(1)
    rows = normalized_rows(draw.normal(size=(300, 8)))
    places = rows[:, :2].copy()
    expected = manifold.trustworthiness(rows.astype(np.float64), places, n_neighbors=10)
    assert maps.trustworthiness(rows, places) == pytest.approx(expected, abs=1e-4)
    assert maps.kept(rows, rows) > 0.999
    assert maps.kept(rows, draw.normal(size=(300, 2))) == pytest.approx(10 / 299, abs=0.02)
