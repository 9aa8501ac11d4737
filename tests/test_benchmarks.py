"""The parts of the benchmarks: cutting texts, measuring processes, comparing within rounds."""

import itertools
import lzma
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import corpora
import measure


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
