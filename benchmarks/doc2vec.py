"""Doc2Vec: speed and quality of fastvec beside gensim's, in every mode.

    python benchmarks/doc2vec.py enwiki.txt.xz --megabytes 10 --runs 3 --output results/doc2vec-here

Each line of the text is a document.  Every run is a process of its own, and the tools take turns;
run i has seed i.  Only training and inference are timed, not reading, in processor time, of which
one worker takes about the same beside other programs.  Each model answers two tasks whose answers
are known:

    taken    A span of 20 words was taken out of a thousand documents before training.  Is the
             right document the nearest one to the span's inferred vector, or among the ten nearest?
    article  Is the document that is nearest to one at most 10 lines away?  Then it is most likely
             of the same article, of which the text has the paragraphs in their order.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median
from typing import Any

import corpora

MODES: dict[str, dict[str, int]] = {
    "DBOW": {"dm": 0},
    "DBOW, words too": {"dm": 0, "dbow_words": 1},
    "DM, mean": {"dm": 1, "dm_mean": 1},
    "DM, sum": {"dm": 1, "dm_mean": 0},
}
TOOLS = ("gensim", "fastvec")
QUERIES, SPAN, LONG = 1000, 20, 60  # spans, their words, and words of a document that gives one
NEAR = 10  # lines
QUALITIES = ("taken, first", "taken, in ten", "article")


def split(text: Path, folder: Path) -> int:
    """Write the documents without the spans, and the spans; how many words the former have."""
    lines = [line.split() for line in text.read_text().splitlines() if line.strip()]
    long = [i for i, line in enumerate(lines) if len(line) >= LONG]
    spans = []
    for i in long[:: max(1, len(long) // QUERIES)][:QUERIES]:
        start = (len(lines[i]) - SPAN) // 2
        spans.append((i, lines[i][start : start + SPAN]))
        lines[i] = lines[i][:start] + lines[i][start + SPAN :]
    (folder / "text").write_text("".join(" ".join(line) + "\n" for line in lines))
    (folder / "spans").write_text(json.dumps(spans))
    return sum(map(len, lines))


def run(tool: str, folder: Path, mode: str, seed: int, epochs: int, workers: int) -> dict[str, Any]:
    """One run: seconds of training and of inference, and the qualities."""
    if tool == "gensim":
        from gensim.models.doc2vec import Doc2Vec
    else:
        from fastvec import Doc2Vec
    path, options = str(folder / "text"), {"vector_size": 100, "window": 5, "min_count": 5}
    model = Doc2Vec(epochs=epochs, seed=seed, workers=workers, **options, **MODES[mode])
    model.build_vocab(corpus_file=path)
    begun = time.process_time()
    model.train(
        corpus_file=path,
        total_examples=model.corpus_count,
        total_words=model.corpus_total_words,
        epochs=epochs,
    )
    trained = time.process_time() - begun
    spans = json.loads((folder / "spans").read_text())
    texts = [words for _, words in spans]
    begun = time.process_time()
    if tool == "gensim":
        vectors = [model.infer_vector(words) for words in texts]
    else:
        vectors = model.infer_vectors(texts)
    inferred = time.process_time() - begun
    return {
        "training": trained,
        "inference": inferred,
        **qualities(model.dv.vectors, vectors, [i for i, _ in spans]),
    }


def qualities(documents: Any, vectors: Any, answers: list[int]) -> dict[str, float]:
    """The shares of right answers, in percent."""
    import numpy as np

    def unit(rows: Any) -> Any:
        rows = np.array(rows, np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    documents, right = unit(documents), np.array(answers)
    cosines = unit(vectors) @ documents.T
    ranks = (cosines > cosines[np.arange(len(right)), right][:, None]).sum(axis=1)
    some = np.arange(0, len(documents), max(1, len(documents) // (5 * QUERIES)))
    among = documents[some] @ documents.T
    among[np.arange(len(some)), some] = -2
    near = np.abs(among.argmax(axis=1) - some) <= NEAR
    shares = [(ranks == 0).mean(), (ranks < 10).mean(), near.mean()]
    return {name: 100 * float(share) for name, share in zip(QUALITIES, shares, strict=True)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="text, a document a line; may be compressed")
    parser.add_argument("--megabytes", type=float, default=10, help="read only this much of it")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--output", type=Path, help="write OUTPUT.json and OUTPUT.md")
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)  # a run that is measured
    return parser.parse_args()


def table(results: dict[str, dict[str, list[dict[str, float]]]], words: int, epochs: int) -> str:
    """The medians of speeds and their ratios, and the means of qualities, in Markdown."""
    names = ["mode", "words/s, gensim", "fastvec", "ratio", "spans/s, gensim", "fastvec", "ratio"]
    lines = [" | ".join([*names, *QUALITIES]), " | ".join(["---"] * (len(names) + len(QUALITIES)))]
    for mode, runs in results.items():
        cells = [mode]
        for what, amount in (("training", words * epochs), ("inference", QUERIES)):
            speeds = [amount / median(one[what] for one in runs[tool]) for tool in TOOLS]
            pairs = zip(runs["gensim"], runs["fastvec"], strict=True)
            ratio = median(theirs[what] / ours[what] for theirs, ours in pairs)
            cells += [*(f"{speed:,.0f}" for speed in speeds), f"{ratio:.1f}"]
        for name in QUALITIES:
            theirs, ours = (mean(one[name] for one in runs[tool]) for tool in TOOLS)
            cells.append(f"{ours:.1f} / {theirs:.1f}")
        lines.append(" | ".join(cells))
    lines = [f"| {line} |" for line in lines]
    return "\n".join([*lines, "", "Qualities are percentages, fastvec / gensim."])


def main() -> None:
    given = arguments()
    if given.run is not None:
        tool, mode, seed = given.run
        found = run(tool, given.corpus, mode, int(seed), given.epochs, given.workers)
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpora.unpack(given.corpus, folder / "whole", int(given.megabytes * 1e6))
        words = split(folder / "whole", folder)
        results = {mode: {tool: [] for tool in TOOLS} for mode in given.modes}
        for seed in range(1, given.runs + 1):
            for mode in given.modes:
                for tool in TOOLS:
                    line = [sys.executable, __file__, name, "--run", tool, mode, str(seed)]
                    line += ["--epochs", str(given.epochs), "--workers", str(given.workers)]
                    done = subprocess.run(line, check=True, capture_output=True, text=True)
                    results[mode][tool].append(json.loads(done.stdout.splitlines()[-1]))
                    print(tool, mode, seed, results[mode][tool][-1], file=sys.stderr)
    shown = table(results, words, given.epochs)
    print(shown)
    if given.output is not None:
        about = {
            "versions": {tool: importlib.metadata.version(tool) for tool in TOOLS},
            "words": words,
            **{name: getattr(given, name) for name in ("megabytes", "epochs", "workers", "runs")},
        }
        given.output.with_suffix(".json").write_text(json.dumps([about, results], indent=1))
        given.output.with_suffix(".md").write_text(f"{shown}\n\n{about}\n")


if __name__ == "__main__":
    main()
