"""Every tool on the same text: speed, time, memory and quality, side by side.

    python benchmarks/train.py enwiki.txt --analogies questions-words.txt \
        --similarity ws353.txt simlex.txt --rivals fastvec gensim-file --seeds 1 2 3

Runs alternate: for each seed, model and dimension all tools follow each other, so that a machine
that slows down slows all of them.  Results go to results/<date>-<machine>/ run by run; if the same
command is given again on the same day, it continues where it was stopped.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import corpora
from measure import measure
from rivals import MODELS, RIVALS, SUBWORD_MODELS, Settings

HERE = Path(__file__).parent
NAMED = ("model name", "cpu family", "model")  # of /proc/cpuinfo
KEY = ("model", "dimension", "rival", "seed")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("corpus", type=Path, help="text, one sentence a line; .xz, .gz and .bz2 are unpacked first")
    add("--megabytes", type=float, help="use only so many megabytes of it, from its beginning")
    add("--analogies", type=Path, help="a file in the layout of questions-words.txt")
    add("--similarity", type=Path, nargs="*", default=[], help="files of: word word score")
    add("--forms", type=Path, help="a file of: word, another form of it")
    add("--unseen", action="store_true", help="words of these files that the text lacks count too")
    add("--rivals", nargs="+", choices=RIVALS, default=["fastvec", "gensim-file"])
    add("--models", nargs="+", choices=MODELS | SUBWORD_MODELS, default=list(MODELS))
    add("--dimensions", nargs="+", type=int, default=[100])
    add("--seeds", nargs="+", type=int, default=[1, 2, 3], help="one run of everything for each")
    add("--epochs", type=int, default=1)
    add("--workers", type=int, default=1)
    add("--results", type=Path, default=HERE / "results", help="where the new folder goes")
    add("--machine", default=machine(), help="what this machine is called in the folder's name")
    return parser.parse_args()


def processor() -> str:
    """The processor's name and family as the system reports them: AMD EPYC (family 26, model 2).

    The family matters because the names of rented machines leave it out.
    """
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    found = (re.search(rf"^{key}\s*: (.*)", text, re.M) for key in NAMED)
    name, family, model = (match[1] if match else "" for match in found)
    name = name or platform.processor() or platform.machine()
    return f"{name} (family {family}, model {model})" if family else name


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """A short name made of the processor's and the number of cores: xeon-8480-2-cores."""
    name = re.sub(r"\(.*?\)|@.*|cpu|processor|intel|amd|apple", " ", processor().lower())
    return "-".join([*re.findall(r"[a-z0-9]+", name), f"{cores()}-cores"])


def commit() -> str:
    """The state of the sources."""
    git = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    return subprocess.run(git, capture_output=True, text=True).stdout.strip() or "unknown"


def about(given: argparse.Namespace, corpus: Path) -> dict[str, Any]:
    """Everything that is needed to repeat this run."""
    packages = sorted({RIVALS[name].package for name in given.rivals} | {"numpy", "scipy"})
    return {
        "date": time.strftime("%Y-%m-%d"),
        "command": shlex.join(["python", "benchmarks/train.py", *map(plain, sys.argv[1:])]),
        "processor": processor(),
        "cores": cores(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit(),
        "packages": {name: metadata.version(name) for name in packages},
        "simd": os.environ.get("FASTVEC_SIMD", "the best that the processor has"),
        "corpus": {**corpora.facts(corpus), "name": given.corpus.name},
        "epochs": given.epochs,
        "workers": given.workers,
    }


def plain(argument: str) -> str:
    """An argument without the folders of this machine."""
    return Path(argument).name if Path(argument).exists() else argument


def judge(vectors: Path, given: argparse.Namespace) -> dict[str, float]:
    """The quality of saved vectors, computed in a process of its own."""
    command = [sys.executable, str(HERE / "evaluate.py"), str(vectors)]
    if given.analogies:
        command += ["--analogies", str(given.analogies)]
    if given.similarity:
        command += ["--similarity", *map(str, given.similarity)]
    if given.forms:
        command += ["--forms", str(given.forms)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    scores: dict[str, float] = json.loads(answer)
    return scores


def one_run(
    name: str, settings: Settings, tokens: int, given: argparse.Namespace
) -> dict[str, Any]:
    """Train and evaluate: one row of runs.csv."""
    rival = RIVALS[name]
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    environment = {**one_thread, **rival.environment}
    took = measure(rival.line(name, settings), rival.begins, rival.ends, environment)
    return {
        "model": settings.model,
        "dimension": settings.dimension,
        "rival": name,
        "seed": settings.seed,
        "words/s": round(tokens * settings.epochs / took.training),
        "training s": round(took.training, 3),
        "end to end s": round(took.seconds, 3),
        "peak MB": round(took.peak / 1e6, 1),
        **{test: round(score, 4) for test, score in judge(Path(settings.output), given).items()},
    }


def words_of(files: list[Path]) -> list[str]:
    """All words of files of word pairs, as they are spelled there."""
    lines = (line.split("\t") for path in files for line in path.read_text().splitlines())
    return sorted({word for line in lines for word in line[:2]})


def main() -> None:
    given = options()
    folder = given.results / f"{time.strftime('%Y-%m-%d')}-{given.machine}"
    folder.mkdir(parents=True, exist_ok=True)
    runs = folder / "runs.csv"
    with tempfile.TemporaryDirectory() as scratch:
        corpus, output = Path(scratch, "corpus.txt"), Path(scratch, "vectors.bin")
        unseen = Path(scratch, "unseen.txt") if given.unseen else None
        if unseen is not None:
            forms = [given.forms] if given.forms else []
            unseen.write_text("\n".join(words_of([*given.similarity, *forms])))
        limit = None if given.megabytes is None else int(given.megabytes * 1e6)
        corpora.unpack(given.corpus, corpus, limit)
        facts = about(given, corpus)
        check_same(folder / "about.json", facts)
        done = set()
        if runs.exists():
            with runs.open(newline="") as file:
                done = {tuple(row[k] for k in KEY) for row in csv.DictReader(file)}
        for seed in given.seeds:
            for model in given.models:
                for dimension in given.dimensions:
                    for name in given.rivals:
                        if (model, str(dimension), name, str(seed)) in done:
                            continue
                        settings = Settings(
                            corpus=str(corpus),
                            output=str(output),
                            model=model,
                            dimension=dimension,
                            seed=seed,
                            epochs=given.epochs,
                            workers=given.workers,
                            unseen=str(unseen or ""),
                        )
                        row = one_run(name, settings, facts["corpus"]["tokens"], given)
                        print(*(f"{k} {v}" for k, v in row.items()), sep="  ", flush=True)
                        with runs.open("a", newline="") as file:
                            writer = csv.DictWriter(file, list(row))
                            if not file.tell():
                                writer.writeheader()
                            writer.writerow(row)
    subprocess.run([sys.executable, str(HERE / "report.py"), str(folder)], check=True)


def check_same(path: Path, facts: dict[str, Any]) -> None:
    """Continue in a folder only if it was started by the same command, code, text and processor."""
    if not path.exists():
        path.write_text(json.dumps(facts, indent=1) + "\n")
        return
    old = json.loads(path.read_text())
    for key in ("command", "commit", "packages", "corpus", "processor"):
        if old[key] != facts[key]:
            sys.exit(f"{path.parent} was made with another {key}; give another --machine name")


if __name__ == "__main__":
    main()
