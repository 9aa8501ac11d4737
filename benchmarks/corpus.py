"""Reading a corpus: MB/s of counting, and of counting and encoding, beside what else there is.

    python benchmarks/corpus.py enwiki.txt.xz --runs 5 --output results/corpus-here

writes OUTPUT.md and OUTPUT.json.  Every run is a process of its own, the tools take turns, the
text lies in the page cache, and only the work counts: not the start of Python, nor imports.  Speed
is never shown alone: a tool that found other words than the plain count is marked.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import corpora
from measure import measure

BEGINS, ENDS = "reading begins", "reading ends"
SLACK = 150e6  # what a reader may take besides the ids, 4 bytes a token
BUFFER = 1 << 18
READ = "read() from the page cache, 256 KB at a time"


@dataclass(frozen=True)
class Counted:
    """What a tool found, so that it can be checked."""

    tokens: int
    types: int


def run_fastvec(path: str, workers: int) -> Counted:
    from fastvec.corpus.corpus import Corpus

    corpus = Corpus.read(path, min_count=1, workers=workers, progress=False)
    return Counted(len(corpus.tokens), len(corpus.vocabulary))


def run_fastvec_count(path: str, workers: int) -> Counted:
    from fastvec.corpus.build import count_words

    vocabulary = count_words(path, workers=workers, progress=False)
    return Counted(int(vocabulary.counts.sum()), len(vocabulary))


def run_gensim(path: str, workers: int) -> Counted:
    from gensim.models import Word2Vec

    model = Word2Vec(min_count=1, vector_size=1, workers=workers)
    model.scan_vocab(corpus_file=path)
    return Counted(sum(model.raw_vocab.values()), len(model.raw_vocab))


def run_counter(path: str, _: int) -> Counted:
    from collections import Counter

    counts: Counter[bytes] = Counter()
    with Path(path).open("rb") as file:
        for line in file:
            counts.update(line.split())
    return Counted(counts.total(), len(counts))


def run_bounter(path: str, _: int) -> Counted:
    from bounter import bounter

    counts = bounter(need_iteration=True, size_mb=1024)
    with Path(path).open() as file:
        for line in file:
            counts.update(line.split())
    return Counted(counts.total(), len(counts))


def run_polars(path: str, _: int) -> Counted:
    import polars

    lines = polars.scan_csv(
        path, has_header=False, separator="\n", quote_char=None, new_columns=["line"]
    )
    words = polars.col("line").str.split(" ").list.explode()
    found = lines.select(words.alias("word")).filter(polars.col("word") != "")
    counts = found.group_by("word").len().collect()
    return Counted(int(counts["len"].sum()), len(counts))


def run_tokenizers(path: str, _: int) -> Counted:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordLevel())
    tokenizer.pre_tokenizer = pre_tokenizers.CharDelimiterSplit(" ")
    tokenizer.train([path], trainers.WordLevelTrainer(vocab_size=1 << 30, show_progress=False))
    return Counted(0, tokenizer.get_vocab_size())


@dataclass(frozen=True)
class Tool:
    """One tool: what is run, how it takes ``workers``, and what it does."""

    run: Callable[[str, int], Counted]
    does: str
    note: str
    packages: tuple[str, ...] = ()
    environment: str = ""  # the variable that says how many threads it may have


TOOLS = {
    "fastvec": Tool(run_fastvec, "count, encode", "Corpus.read: counts, ids and sentences."),
    "fastvec-count": Tool(run_fastvec_count, "count", "count_words (fastvec vocab)."),
    "gensim": Tool(
        run_gensim,
        "count",
        "The scan of build_vocab(corpus_file=), one thread whatever workers is; nothing is encoded "
        "(training reads and looks up the text again in every epoch).",
        ("gensim",),
    ),
    "Counter": Tool(run_counter, "count", "collections.Counter over the bytes of each line."),
    "bounter": Tool(run_bounter, "count", "A counter in C with a table of 1 GB.", ("bounter",)),
    "polars": Tool(
        run_polars,
        "count",
        "Split, explode, group by, in the engine's threads; in memory.",
        ("polars",),
        "POLARS_MAX_THREADS",
    ),
    "tokenizers": Tool(
        run_tokenizers,
        "count",
        "Hugging Face's WordLevelTrainer, split at spaces; takes words apart from counts away, so "
        "only its types are compared (lines' ends are part of its words).",
        ("tokenizers",),
        "RAYON_NUM_THREADS",
    ),
}
ONE_THREAD = ("gensim", "Counter", "bounter")


def limits(path: str) -> dict[str, float]:
    """What the machine does at best with these bytes, one thread, in MB/s; the best of five."""
    import numpy as np

    data = np.fromfile(path, np.uint8)
    words, copy, buffer = data[: len(data) // 8 * 8].view(np.uint64), data.copy(), bytearray(BUFFER)

    def read() -> None:
        with Path(path).open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass

    work: dict[str, Callable[[], Any]] = {
        "bare pass over bytes in memory": words.sum,
        "copy in memory": lambda: np.copyto(copy, data),
        READ: read,
    }
    best = {}
    for name, do in work.items():
        seconds = []
        for _ in range(5):
            begun = time.perf_counter()
            do()
            seconds.append(time.perf_counter() - begun)
        best[name] = len(data) / min(seconds) / 1e6
    return best


def inside(given: argparse.Namespace) -> None:
    """Do one run in this process, and print its measurements."""
    if given.inside == "limits":
        print(BEGINS, flush=True)
        print(json.dumps(limits(str(given.corpus))))
        print(ENDS, flush=True)
        return
    tool, workers = TOOLS[given.inside], given.workers[0]
    for package in tool.packages:
        importlib.import_module(package)
    importlib.import_module(
        "fastvec.corpus.build" if given.inside.startswith("fastvec") else "json"
    )
    print(BEGINS, flush=True)
    begun, cpu = time.perf_counter(), time.process_time()
    found = tool.run(str(given.corpus), workers)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    facts = {"seconds": seconds, "cpu s": cpu, "tokens": found.tokens, "types": found.types}
    print(json.dumps(facts))
    print(ENDS, flush=True)


def run(name: str, corpus: Path, workers: int) -> dict[str, Any]:
    """One run in a process of its own: what it printed, and its peak memory."""
    command = [sys.executable, __file__, str(corpus), "--inside", name, "--workers", str(workers)]
    variable = TOOLS[name].environment if name in TOOLS else ""
    environment = {variable: str(workers)} if variable else {}
    took = measure(command, BEGINS, ENDS, environment)
    said = took.printed.split(BEGINS)[1].split(ENDS)[0]
    facts: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return (
        facts
        if name == "limits"
        else {"tool": name, "workers": workers, "peak": took.peak, **facts}
    )


def summary(runs: list[dict[str, Any]], size: int, tokens: int) -> list[dict[str, Any]]:
    """One row for each tool and number of workers: medians."""
    rows = []
    for tool, workers in dict.fromkeys((run["tool"], run["workers"]) for run in runs):
        its = [run for run in runs if (run["tool"], run["workers"]) == (tool, workers)]
        seconds, cpu = (median(run[name] for run in its) for name in ("seconds", "cpu s"))
        speeds = sorted(size / run["seconds"] / 1e6 for run in its)
        rows.append(
            {
                "tool": tool,
                "does": TOOLS[tool].does,
                "workers": workers,
                "MB/s": size / seconds / 1e6,
                "from": speeds[0],
                "to": speeds[-1],
                "MB/CPU s": size / cpu / 1e6,
                "ns/token": seconds / tokens * 1e9,
                "peak MB": max(run["peak"] for run in its) / 1e6,
                "tokens": its[0]["tokens"],
                "types": its[0]["types"],
            }
        )
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[v if isinstance(v, str) else f"{v:,.0f}" for v in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def nearness(facts: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """One sentence: fastvec beside what the machine can do."""
    text, best = facts["corpus"], facts["limits"]
    ours = {row["workers"]: row for row in rows if row["tool"] == "fastvec"}
    one = ours[1]
    length = text["bytes"] / text["tokens"]
    gains = "".join(
        f"; {workers} workers are {row['MB/s'] / one['MB/s']:.2f} times as quick as one"
        for workers, row in ours.items()
        if workers > 1
    )
    return (
        f"fastvec takes {1e3 * length / one['MB/s']:.1f} ns for a token of {length:.1f} bytes with "
        f"one worker; fetching these bytes alone takes {1e3 * length / best[READ]:.1f} ns{gains}."
    )


def page(facts: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """The results as Markdown."""
    text = facts["corpus"]
    limit = "\n".join(f"- {name}: {value:,.0f} MB/s" for name, value in facts["limits"].items())
    notes = "\n".join(f"- {name}: {TOOLS[name].note}" for name in {row["tool"]: 0 for row in rows})
    return f"""# Reading a corpus: {facts["date"]}, {facts["processor"]}

    {facts["command"]}

Commit {facts["commit"]}; Python {facts["python"]}; {facts["versions"]}; load before: \
{facts["load"]}.
Text: {text["name"]}, {text["bytes"]:,} bytes, {text["tokens"]:,} tokens, {text["types"]:,} types, \
in the page cache.

{table(rows)}

MB/s is the median of {facts["runs"]} runs (from, to: the slowest and the quickest); MB/CPU s the \
same by the processor
time of all threads, which other programs on the machine hardly change. peak MB is the highest of
the runs, Python itself included; 4 bytes a token and 150 MB, which fastvec must keep to, are
{(4 * text["tokens"] + SLACK) / 1e6:,.0f} MB.

What the machine does at best, one thread:

{limit}

{nearness(facts, rows)}

What is compared:

{notes}
"""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("corpus", type=Path, help="text, one sentence a line; .xz, .gz and .bz2 are unpacked first")
    add("--megabytes", type=float, help="only the first so much of it")
    add("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    add("--workers", nargs="+", type=int, default=[1, 2])
    add("--runs", type=int, default=5)
    add("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    add("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


def about(given: argparse.Namespace, corpus: Path) -> dict[str, Any]:
    """Everything that is needed to repeat this run."""
    from train import commit, plain, processor

    packages = {"fastvec", "numpy"} | {p for name in given.tools for p in TOOLS[name].packages}
    versions = [f"{name} {importlib.metadata.version(name)}" for name in sorted(packages)]
    return {
        "date": time.strftime("%Y-%m-%d"),
        "command": " ".join(["python benchmarks/corpus.py", *map(plain, sys.argv[1:])]),
        "processor": processor(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "python": platform.python_version(),
        "commit": commit(),
        "versions": ", ".join(versions),
        "runs": given.runs,
        "corpus": {**corpora.facts(corpus), "name": given.corpus.name},
    }


def main() -> None:
    given = options()
    if given.inside:
        inside(given)
        return
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.txt")
        limit = None if given.megabytes is None else int(given.megabytes * 1e6)
        corpora.unpack(given.corpus, corpus, limit)
        facts = about(given, corpus)
        pairs = [
            (name, n)
            for name in given.tools
            for n in given.workers
            if n == 1 or name not in ONE_THREAD
        ]
        runs = [run(name, corpus, n) for _ in range(given.runs) for name, n in pairs]
        facts["limits"] = run("limits", corpus, 1)
    text = facts["corpus"]
    rows = summary(runs, text["bytes"], text["tokens"])
    print(page(facts, rows))
    if given.output:
        given.output.with_suffix(".md").write_text(page(facts, rows))
        whole = json.dumps({**facts, "every run": runs}, indent=1)
        given.output.with_suffix(".json").write_text(whole + "\n")


if __name__ == "__main__":
    main()
