"""The speed of several workers, beside that of as many processes that share only the machine.

    python benchmarks/scaling.py enwiki.txt --workers 1 2 --output results/scaling

Each round trains every model with each number of workers, every run in a process of its own.  With
--apart it then runs as many processes of one worker at once, which shows what the machine's memory
and clock leave possible.  Before each run two threads pass a cache line back and forth to measure
how far apart the cores are, which decides much of the speed: cost_model.py predicts it from that.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

import corpora
import cost_model
from kernels import compiled
from rivals import MODELS
from train import commit, cores, plain, processor

from fastvec import Corpus, Word2Vec
from fastvec.params import Word2VecParams

#: nanoseconds that a cache line takes between cores with one third-level cache, and without
NEAR, FAR = 60, 100
DISTANCES = ["any", "near", "between", "far"]
Run = dict[str, Any]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("corpus", type=Path, help="text, one sentence a line; plain, .xz, .gz or .bz2")
    add("--megabytes", type=float, help="use only so many megabytes of it, from its beginning")
    add("--workers", nargs="+", type=int, default=sorted({1, cores()}), help="1 is always run")
    add("--models", nargs="+", choices=MODELS, default=list(MODELS))
    add("--dimension", type=int, default=100)
    add("--rounds", type=int, default=5)
    add("--apart", action="store_true", help="also processes that share nothing")
    add("--deterministic", action="store_true", help="in exclusive blocks (only sg-ns)")
    add("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    given = parser.parse_args()
    if given.deterministic and given.models != ["sg-ns"]:
        parser.error("--deterministic needs --models sg-ns")
    return given


def settings(model: str, dimension: int, deterministic: bool) -> dict[str, Any]:
    """The options of a model."""
    options = {"vector_size": dimension, "epochs": 1, "deterministic": deterministic}
    return {**MODELS[model], **options}


def inside(corpus: str, model: str, workers: str, dimension: str, deterministic: str) -> None:
    """One run, in a process of its own: seconds of training and the loss."""
    text = Corpus.open(corpus)
    options = settings(model, int(dimension), deterministic == "True")
    trained = Word2Vec(workers=int(workers), progress=False, **options)
    trained.build_vocab(text)
    start = time.perf_counter()
    trained.train(text)
    print(json.dumps({"seconds": time.perf_counter() - start, "loss": trained.loss_history[0]}))


def started(
    given: argparse.Namespace, corpus: Path, model: str, workers: int
) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--inside", corpus, model, workers]
    command += [given.dimension, given.deterministic]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> Run:
    answer, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a run failed with exit code {process.returncode}")
    run: Run = json.loads(answer)
    return run


def one_round(
    given: argparse.Namespace, corpus: Path, tokens: int, between: ctypes.CDLL
) -> list[Run]:
    """Every model with every number of workers, one after another."""
    runs = []
    for model in given.models:
        for workers in sorted({1, *given.workers}):
            ways = ["together"] + ["apart"] * (given.apart and workers > 1)
            for way in ways:
                before = round(min(between.distance(20_000) for _ in range(10)))
                size = [workers] if way == "together" else [1] * workers
                processes = [started(given, corpus, model, n) for n in size]
                took = [ended(process) for process in processes]
                speed = sum(tokens / run["seconds"] for run in took)
                run = {"model": model, "workers": workers, "way": way, "words/s": round(speed)}
                runs.append({**run, "loss": took[0]["loss"], "ns": before})
                print(*(f"{k} {v}" for k, v in runs[-1].items()), sep="  ", flush=True)
    return runs


def predict(given: argparse.Namespace, corpus: Path, runs: list[Run]) -> None:
    """Add to the runs of a round of several workers what the cost model says of them."""
    counts = Corpus.open(corpus).vocabulary.counts
    apart = {
        (run["model"], run["workers"]): run["words/s"] / run["workers"]
        for run in runs
        if run["way"] == "apart" or run["workers"] == 1
    }
    for run in runs:
        if run["way"] == "together" and run["workers"] > 1:
            model, workers = run["model"], run["workers"]
            options = settings(model, given.dimension, given.deterministic)
            text = cost_model.Text(counts, Word2VecParams(**options))
            alone = apart.get((model, workers), apart[model, 1])
            speed = cost_model.predicted_speed(text, workers, alone, run["ns"], given.deterministic)
            run["predicted"] = round(speed)


def distance(run: Run) -> str:
    """How far apart the cores were."""
    return "near" if run["ns"] < NEAR else "far" if run["ns"] > FAR else "between"


def predicted(pairs: list[tuple[float, Run]]) -> str:
    speeds = [run["predicted"] for _, run in pairs if "predicted" in run]
    return f"{median(speeds):,.0f}" if speeds else ""


def summary(rounds: list[list[Run]]) -> list[Run]:
    """For each model, number of workers, way and distance: the speed, and its ratio to that of one
    worker in the same round."""
    found: dict[tuple[Any, ...], list[tuple[float, Run]]] = {}
    for runs in rounds:
        alone = {run["model"]: run["words/s"] for run in runs if run["workers"] == 1}
        for run in runs:
            where = distance(run) if run["workers"] > 1 else "any"
            key = (run["model"], run["workers"], run["way"], where)
            found.setdefault(key, []).append((run["words/s"] / alone[run["model"]], run))
    rows = []
    models = list(dict.fromkeys(model for model, *_ in found))
    ways = ["together", "apart"]
    for model, workers, way, where in sorted(
        found, key=lambda k: (models.index(k[0]), k[1], ways.index(k[2]), DISTANCES.index(k[3]))
    ):
        pairs = found[model, workers, way, where]
        times = sorted(ratio for ratio, _ in pairs)
        rows.append(
            {
                "model": model,
                "workers": workers,
                "way": way,
                "cores": where,
                "runs": len(pairs),
                "words/s": f"{median(run['words/s'] for _, run in pairs):,.0f}",
                "predicted": predicted(pairs),
                "times one": f"{median(times):.2f}",
                "from": f"{times[0]:.2f}",
                "to": f"{times[-1]:.2f}",
                "loss": f"{median(run['loss'] for _, run in pairs):.4f}",
            }
        )
    return rows


def page(facts: Run, rows: list[Run]) -> str:
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([str(row[k]) for k in head] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"""# Several workers: {facts["date"]}, {facts["processor"]}, {facts["cores"]} cores

    {facts["command"]}

Commit {facts["commit"]}; Python {facts["python"]}; numpy {facts["numpy"]}; load before:
{facts["load"]}. Text: {facts["corpus"]["name"]}, {facts["corpus"]["tokens"]:,} tokens;
{facts["dimension"]} dimensions, 1 epoch.

{table}

"times one" is the median over rounds of words/s by those of one worker in the same round (from, to:
the lowest and the highest). "apart" are as many processes with a model each: they share the memory,
the third-level cache and the processor's clock, and nothing else. "predicted" is what cost_model.py
makes of the speed of one process beside as many ("apart" if that was run, else alone) and of the
nanoseconds of a cache line. Cores are near if a cache line
took less than {NEAR} ns from one to the other before the run, far if more than {FAR}.
"""


def main() -> None:
    given = options()
    with tempfile.TemporaryDirectory() as scratch:
        text, packed = Path(scratch, "corpus.txt"), Path(scratch, "corpus.fvc")
        limit = None if given.megabytes is None else int(given.megabytes * 1e6)
        corpora.unpack(given.corpus, text, limit)
        facts = {
            "date": time.strftime("%Y-%m-%d"),
            "command": " ".join(["python benchmarks/scaling.py", *map(plain, sys.argv[1:])]),
            "processor": processor(),
            "cores": cores(),
            "load": [round(x, 2) for x in os.getloadavg()],
            "python": platform.python_version(),
            "numpy": metadata.version("numpy"),
            "commit": commit(),
            "dimension": given.dimension,
            "corpus": {**corpora.facts(text), "name": given.corpus.name},
        }
        Corpus.read(str(text), min_count=5, progress=False).save(packed)
        between = compiled("distance.c", Path(scratch))
        between.distance.argtypes, between.distance.restype = [ctypes.c_long], ctypes.c_double
        tokens = facts["corpus"]["tokens"]
        rounds = [one_round(given, packed, tokens, between) for _ in range(given.rounds)]
        for runs in rounds:
            predict(given, packed, runs)
    rows = summary(rounds)
    print(page(facts, rows))
    if given.output:
        given.output.with_suffix(".md").write_text(page(facts, rows))
        every = [run for runs in rounds for run in runs]
        whole = json.dumps({**facts, "every run": every}, indent=1)
        given.output.with_suffix(".json").write_text(whole + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:])
    else:
        main()
