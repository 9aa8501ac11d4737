"""The update kernels by themselves: updates/s and their share of what the processor could do.

    python benchmarks/kernels.py --output results/kernels-here

writes OUTPUT.md and OUTPUT.json.  One update is one step on M input and N output rows, which lie
in the first- or second-level cache.  Skip-gram: 3 M N D multiply-adds (scores, and both sides'
changes).  CBOW, where the mean of the inputs predicts: 3 N D.  Either way every row is read twice
and written once.  The peak is measured in the same run, in turn with the kernels, from registers
alone.  Needs a C compiler, for peak.c and tests/hooks.c.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from fastvec import _core
from fastvec._util.matrix import padded_copy

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import hooks

SHAPES = {
    "skip-gram, 5 negatives": (6, 6),
    "skip-gram, 10 negatives": (6, 11),
    "skip-gram, 15 negatives": (6, 16),
    "skip-gram, 20 negatives": (6, 21),
    "skip-gram, Huffman path of 12": (6, 12),
    "CBOW, 5 negatives": (6, 6),
    "CBOW, 20 negatives": (6, 21),
    "CBOW, Huffman path of 12": (6, 12),
}
SETS = 8  # rows for this many updates, taken in turn (hooks.update_rows)
COPIES = {"L2": 256 << 10, "L3": 4 << 20, "memory": 512 << 20}  # bytes read and written


def compiled(name: str, folder: Path) -> ctypes.CDLL:
    """A C file of this folder as a library; SystemExit if it cannot be compiled."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    source, library = Path(__file__).with_name(name), folder / f"{name}.so"
    command = [compiler, "-O3", "-shared", "-fPIC", "-pthread", str(source), "-o", str(library)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"{name} needs a C compiler, {compiler} failed: {error}") from None
    return ctypes.CDLL(str(library))


def rate(work: Callable[[int], float], seconds: float) -> float:
    """What ``work(repeats)`` returns, a second, from a run of about so many seconds."""
    repeats, took = 1, 0.0
    while took < seconds / 4:
        repeats *= 2
        start = time.perf_counter()
        work(repeats)
        took = time.perf_counter() - start
    repeats = max(1, int(repeats * seconds / took))
    start = time.perf_counter()
    amount = work(repeats)
    return amount / (time.perf_counter() - start)


def peaks(library: ctypes.CDLL) -> dict[str, Callable[[int], float]]:
    """For each instruction set of this machine: multiply-adds of so many rounds."""
    works = {}
    for simd in _core.simd_names():
        function = getattr(library, f"peak_{simd}")
        function.argtypes, function.restype = [ctypes.c_int64], ctypes.c_double
        works[simd] = lambda rounds, f=function: f(1000 * rounds)
    return works


def is_cbow(shape: str) -> bool:
    return shape.startswith("CBOW")


def products(shape: str, size: int) -> int:
    """Multiply-adds of one update."""
    m, n = SHAPES[shape]
    return 3 * (1 if is_cbow(shape) else m) * n * size


def moved(shape: str, size: int) -> int:
    """Bytes that one update has to read and write."""
    return 3 * sum(SHAPES[shape]) * size * 4


def updates(simd: str, shape: str, size: int) -> Callable[[int], float]:
    """So many updates; returns their number."""
    m, n = SHAPES[shape]
    rng = np.random.default_rng(1)
    inputs, outputs = (
        padded_copy(rng.uniform(-0.5, 0.5, (SETS * rows, size)).astype(np.float32) / size)
        for rows in (m, n)
    )
    signs = np.full(n + 16, -1, np.float32)
    signs[0] = 1

    def work(repeats: int) -> float:
        repeats = max(2, repeats)
        hooks.update_rows(
            inputs, outputs, signs, 1e-4, simd, size, repeats=repeats, cbow=is_cbow(shape)
        )
        return repeats

    return work


def copying(size: int) -> Callable[[int], float]:
    source, target = np.ones(size // 2, np.uint8), np.zeros(size // 2, np.uint8)

    def work(repeats: int) -> float:
        for _ in range(repeats):
            np.copyto(target, source)
        return float(size * repeats)

    return work


def measured(given: argparse.Namespace, library: ctypes.CDLL) -> dict[str, Any]:
    """Everything in turn, ``--runs`` times; medians."""
    hooks.library()  # compiled before anything is measured
    works: dict[tuple[Any, ...], Callable[[int], float]] = {
        ("peak", simd): work for simd, work in peaks(library).items()
    }
    works |= {("copy", name): copying(size) for name, size in COPIES.items()}
    for name in SHAPES:
        for size in given.dimensions:
            for simd in _core.simd_names():
                works["update", name, size, simd] = updates(simd, name, size)
    rates: dict[tuple[Any, ...], list[float]] = {key: [] for key in works}
    for _ in range(given.runs):
        for key, work in works.items():
            rates[key].append(rate(work, given.seconds))
    medians = {key: median(values) for key, values in rates.items()}
    rows = []
    for key in medians:
        if key[0] == "update":
            _, name, size, simd = key
            m, n = SHAPES[name]
            base = "avx512" if simd.endswith("bf16") else simd
            speed = medians[key] * products(name, size)
            rows.append(
                {
                    "shape": name,
                    "inputs": m,
                    "outputs": n,
                    "dimension": size,
                    "simd": simd,
                    "updates/s": medians[key],
                    "bytes/s": medians[key] * moved(name, size),
                    "multiply-adds/s": speed,
                    "share of float32 peak": speed / medians["peak", base],
                    "share of own peak": speed / medians["peak", simd],
                }
            )
    return {
        "peaks": {key[1]: value for key, value in medians.items() if key[0] == "peak"},
        "copies": {key[1]: value for key, value in medians.items() if key[0] == "copy"},
        "updates": rows,
    }


def page(facts: dict[str, Any]) -> str:
    """The results as Markdown."""
    peak = "\n".join(f"- {k}: {v / 1e9:.1f} G multiply-adds/s" for k, v in facts["peaks"].items())
    copy = "\n".join(f"- {k}: {v / 1e9:.0f} GB/s" for k, v in facts["copies"].items())
    lines = [
        f"| {r['shape']} | {r['inputs']} × {r['outputs']} | {r['dimension']} | {r['simd']} | "
        f"{r['updates/s'] / 1e6:.2f} M | {r['bytes/s'] / 1e9:.0f} G | "
        f"{r['multiply-adds/s'] / 1e9:.1f} G | "
        f"{r['share of float32 peak']:.0%} | {r['share of own peak']:.0%} |"
        for r in facts["updates"]
    ]
    table = "\n".join(lines)
    return f"""# The update kernels: {facts["date"]}, {facts["processor"]}

    {facts["command"]}

Commit {facts["commit"]}; Python {facts["python"]}; load before: {facts["load"]}; medians of
{facts["runs"]} runs in turn, one core.

Peaks, from registers:

{peak}

Copying (bytes read and written):

{copy}

| | M × N | D | kernels | updates/s | bytes/s | multiply-adds/s | of float32's peak | of its own |
|---|---|---|---|---|---|---|---|---|
{table}
"""


def main() -> None:
    from train import commit, plain, processor

    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--dimensions", nargs="+", type=int, default=[100, 300])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each measurement")
    parser.add_argument("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    given = parser.parse_args()
    facts: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "command": " ".join(["python benchmarks/kernels.py", *map(plain, sys.argv[1:])]),
        "processor": processor(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "python": platform.python_version(),
        "commit": commit(),
        "runs": given.runs,
    }
    with tempfile.TemporaryDirectory() as folder:
        facts |= measured(given, compiled("peak.c", Path(folder)))
    print(page(facts))
    if given.output:
        given.output.with_suffix(".md").write_text(page(facts), encoding="utf-8")
        text = json.dumps(facts, indent=1) + "\n"
        given.output.with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
