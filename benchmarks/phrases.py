"""Phrases: seconds of learning, exporting and joining, beside gensim's; are the phrases the same?

    python benchmarks/phrases.py enwiki.txt.xz --runs 3 --output results/phrases-here

Every run is a process of its own, and the tools take turns.  Only the work is timed, not the start
of Python or imports.  Learning reads the text, and joining reads it again.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import corpora

PHASES = ("learn", "export", "learn and export", "join")


def run(tool: str, path: str, connectors: bool, workers: int) -> dict[str, Any]:
    """One run: seconds of each phase, the phrases, and the number of words of the joined text."""
    options: dict[str, Any] = {}
    if tool == "gensim":
        from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
        from gensim.models.word2vec import LineSentence

        text: Any = LineSentence(path, max_sentence_length=1 << 40)
    else:
        from fastvec.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

        text, options = path, {"workers": workers}
    if connectors:
        options["connector_words"] = ENGLISH_CONNECTOR_WORDS
    start = time.perf_counter()
    phrases = Phrases(text, **options)
    learned = time.perf_counter()
    found = phrases.export_phrases()
    exported = time.perf_counter()
    frozen = phrases.freeze()
    begun = time.perf_counter()
    if tool == "gensim":
        words = sum(len(sentence) for sentence in frozen[text])
    else:
        words = len(frozen.join(text, workers=workers).tokens)
    joined = time.perf_counter()
    seconds = (learned - start, exported - learned, exported - start, joined - begun)
    return {
        "seconds": dict(zip(PHASES, seconds, strict=True)),
        "entries": len(phrases.vocab),
        "phrases": found,
        "words": words,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="text, one sentence a line; may be compressed")
    parser.add_argument("--megabytes", type=float, help="read only this much of it")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="of fastvec")
    parser.add_argument("--output", type=Path, help="write OUTPUT.json and OUTPUT.md")
    parser.add_argument("--run", nargs=4, help=argparse.SUPPRESS)  # a run that is measured
    return parser.parse_args()


def measured(tool: str, path: str, connectors: bool, workers: int, answer: Path) -> dict[str, Any]:
    """One run, in a process of its own."""
    line = [sys.executable, __file__, path, "--run", tool, str(int(connectors)), str(workers)]
    subprocess.run([*line, str(answer)], check=True)
    result: dict[str, Any] = pickle.loads(answer.read_bytes())
    return result


def compare(path: str, given: argparse.Namespace, answer: Path) -> list[dict[str, Any]]:
    """A row for each tool, without and with connectors."""
    rows = []
    tools = [("gensim", 1), *(("fastvec", workers) for workers in given.workers)]
    for connectors in (False, True):
        runs: dict[tuple[str, int], list[dict[str, Any]]] = {tool: [] for tool in tools}
        for _ in range(given.runs):
            for tool in tools:
                runs[tool].append(measured(tool[0], path, connectors, tool[1], answer))
        theirs = runs["gensim", 1]
        for tool in tools:
            same = all(
                ours["phrases"] == first["phrases"] and ours["words"] == first["words"]
                for ours, first in zip(runs[tool], theirs, strict=True)
            )
            row: dict[str, Any] = {
                "tool": tool[0],
                "workers": tool[1],
                "connectors": connectors,
                "phrases": len(runs[tool][0]["phrases"]),
                "same as gensim": same,
                "entries": runs[tool][0]["entries"],
                "peak MB": round(median(r["peak"] for r in runs[tool]) / 1e6),
            }
            for phase in PHASES:
                row[f"{phase} s"] = round(median(r["seconds"][phase] for r in runs[tool]), 2)
                ratios = [
                    a["seconds"][phase] / b["seconds"][phase]
                    for a, b in zip(theirs, runs[tool], strict=True)
                ]
                row[f"{phase} x"] = round(median(ratios), 1)
            rows.append(row)
            print(json.dumps(row), flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    names = ["tool", "workers", "connectors", "phrases", "same as gensim", "peak MB"]
    names += [f"{phase} {unit}" for phase in PHASES[2:] for unit in ("s", "x")]
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    given = arguments()
    if given.run:
        tool, connectors, workers, answer = given.run
        result = run(tool, str(given.corpus), connectors == "1", int(workers))
        Path(answer).write_bytes(pickle.dumps(result))
        return
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "corpus.txt")
        limit = None if given.megabytes is None else int(given.megabytes * 1e6)
        corpora.unpack(given.corpus, path, limit)
        rows = compare(str(path), given, Path(scratch, "answer"))
        facts = {**corpora.facts(path), "name": given.corpus.name}
    packages = {name: importlib.metadata.version(name) for name in ("fastvec", "gensim", "numpy")}
    print(f"\n{table(rows)}")
    if given.output:
        report = {"corpus": facts, "packages": packages, "runs": given.runs, "rows": rows}
        given.output.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
        given.output.with_suffix(".md").write_text(
            f"# Phrases: {facts['name']}, {facts['tokens']:,} words\n\n"
            f"    python benchmarks/phrases.py {facts['name']} --runs {given.runs}\n\n"
            f"Medians of {given.runs} runs in turn; x: times gensim {packages['gensim']}, which "
            "has one thread. Learning reads the text; joining reads it again.\n\n" + table(rows)
        )


if __name__ == "__main__":
    main()
