"""GloVe side by side: fastvec, Stanford's programs, and Mittens; speed, memory, loss and analogies.

    python benchmarks/glove.py enwiki.txt --analogies questions-words.txt \
        --workers 1 2 --stanford GloVe/build --output results.json

Stanford's four programs are run if --stanford names their folder.  With --mittens WORDS also
Mittens is run, the only GloVe on PyPI that installs on today's Python.  It works on a dense matrix
of so many words, and takes one step on the whole matrix where the others take millions.

Every run has a process of its own.  The phases are vocab (reading and numbering the words), count
(fastvec: counting pairs, cutting them into tiles; Stanford: cooccur and shuffle), train and save.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COLUMNS = (
    "tool", "workers", "vocab s", "count s", "train s", "save s", "total s", "M pairs/s",
    "peak MB", "loss 1", "loss n", "analogies",
)  # fmt: skip


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("corpus", type=Path, help="text, one sentence a line")
    add("--analogies", type=Path, help="a file in the layout of questions-words.txt")
    add("--workers", type=int, nargs="+", default=[1])
    add("--stanford", type=Path, help="folder with vocab_count, cooccur, shuffle and glove")
    add("--mittens", type=int, metavar="WORDS", help="also Mittens, on so many words")
    add("--vector-size", type=int, default=100)
    add("--window", type=int, default=10)
    add("--min-count", type=int, default=5)
    add("--x-max", type=float, default=10)
    add("--epochs", type=int, default=15)
    add("--memory", type=float, default=2, help="gigabytes for counting")
    add("--output", type=Path, help="write all numbers there, as JSON")
    add("--run", help=argparse.SUPPRESS)  # this process is one of the runs
    return parser.parse_args()


class Clock:
    """Seconds since the last call."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def __call__(self) -> float:
        before, self.last = self.last, time.perf_counter()
        return self.last - before


def run_fastvec(given: argparse.Namespace, target: Path) -> dict[str, Any]:
    """One run, in this process."""
    from fastvec.corpus.corpus import Corpus
    from fastvec.models.callbacks import CallbackAny2Vec
    from fastvec.models.cooccurrence import count_pairs
    from fastvec.models.glove import GloVe
    from fastvec.params import CooccurrenceParams

    workers = given.workers[0]

    class Epochs(CallbackAny2Vec):
        """Records how long each epoch takes."""

        def __init__(self) -> None:
            self.seconds: list[float] = []

        def on_epoch_begin(self, _: Any) -> None:
            self.begun = time.perf_counter()

        def on_epoch_end(self, _: Any) -> None:
            self.seconds.append(time.perf_counter() - self.begun)

    clock = Clock()
    with Corpus.read(given.corpus, min_count=given.min_count, workers=workers) as corpus:
        read = clock()
        params = CooccurrenceParams(given.window, memory=int(given.memory * 1e9), workers=workers)
        pairs = count_pairs(corpus, params)
    counted = clock()
    model = GloVe(
        given.vector_size, x_max=given.x_max, epochs=given.epochs, workers=workers, progress=False
    )
    epochs = Epochs()
    model.fit(pairs, callbacks=[epochs])
    trained = clock()
    model.wv.save_word2vec_format(target, binary=True)
    return {
        "vocab s": read,
        "count s": counted,
        "train s": trained,
        "save s": clock(),
        "epochs s": epochs.seconds,
        "pairs": pairs.nnz,
        "losses": model.loss_history,
    }


def run_mittens(given: argparse.Namespace, target: Path) -> dict[str, Any]:
    """Mittens on the most frequent words, in this process; its steps are on the whole matrix."""
    import numpy as np
    from mittens import GloVe

    from fastvec.corpus.corpus import Corpus
    from fastvec.models.cooccurrence import count_pairs
    from fastvec.params import CooccurrenceParams

    clock = Clock()
    limit = given.mittens
    with Corpus.read(given.corpus, min_count=given.min_count, max_final_vocab=limit) as corpus:
        read = clock()
        matrix = count_pairs(corpus, CooccurrenceParams(given.window)).to_scipy()
    counted = clock()
    model = GloVe(n=given.vector_size, xmax=given.x_max, max_iter=given.epochs, display_progress=0)
    vectors = model.fit(matrix.toarray().astype(np.float64))
    trained = clock()
    np.save(target, vectors)
    return {
        "vocab s": read,
        "count s": counted,
        "train s": trained,
        "save s": clock(),
        "epochs s": [trained / given.epochs] * given.epochs,
        "pairs": matrix.nnz,
        "losses": [float("nan")] * given.epochs,
    }


def run_stanford(given: argparse.Namespace, target: Path, workers: int) -> dict[str, Any]:
    """Stanford's four programs, one after the other."""
    folder = Path(tempfile.mkdtemp(dir=target.parent))
    programs = given.stanford.resolve()

    def program(name: str, source: Path | None, out: Path | None, *arguments: object) -> str:
        """Run one program; returns what it printed."""
        with (
            open(source or os.devnull, "rb") as stdin,  # noqa: PTH123
            open(out or os.devnull, "wb") as stdout,  # noqa: PTH123
        ):
            command = [str(programs / name), *map(str, arguments)]
            done = subprocess.run(
                command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, cwd=folder, check=True
            )
        return done.stderr.decode(errors="replace")

    vocab, pairs, mixed = folder / "vocab.txt", folder / "pairs.bin", folder / "mixed.bin"
    clock, memory = Clock(), ("-memory", given.memory)
    program("vocab_count", given.corpus, vocab, "-min-count", given.min_count)
    read = clock()
    window = ("-window-size", given.window)
    program("cooccur", given.corpus, pairs, "-vocab-file", vocab, *window, *memory)
    program("shuffle", pairs, mixed, *memory)
    counted = clock()
    said = program(
        "glove", None, None, "-input-file", mixed, "-vocab-file", vocab, "-save-file", "vectors",
        "-vector-size", given.vector_size, "-iter", given.epochs, "-x-max", given.x_max,
        "-threads", workers, "-binary", 0, "-model", 2, "-write-header", 0,
    )  # fmt: skip
    trained = clock()
    (folder / "vectors.txt").replace(target)
    return {
        "vocab s": read,
        "count s": counted,
        "train s": trained,
        "save s": 0.0,
        "epochs s": [trained / given.epochs] * given.epochs,
        "pairs": pairs.stat().st_size // 16,
        "losses": [float(cost) for cost in re.findall(r"cost: ([\d.]+)", said)],
    }


def analogies(vectors: Path, questions: Path) -> float:
    """Percent of Google's analogies, among the 30,000 most frequent words."""
    from fastvec.io.registry import read_vectors
    from fastvec.vectors.keyedvectors import KeyedVectors

    file = read_vectors(vectors, file_format="glove" if vectors.suffix == ".txt" else None)
    wv = KeyedVectors.of(file.words, file.vectors)
    return 100 * wv.evaluate_word_analogies(str(questions), restrict_vocab=30_000)[0]


def peaks(workers: int) -> dict[str, float]:
    """What the processor does at best, by NumPy: billions of operations and bytes a second."""
    code = f"""
import os
os.environ["OPENBLAS_NUM_THREADS"] = "{workers}"
import time, numpy as np
a = np.ones((1500, 1500), np.float32)
b = np.ones(50_000_000, np.float32)
c = np.empty_like(b)
def best(work):
    seconds = []
    for _ in range(5):
        begun = time.perf_counter(); work(); seconds.append(time.perf_counter() - begun)
    return min(seconds)
print(2 * 1500**3 / best(lambda: a @ a) / 1e9, 2 * b.nbytes / best(lambda: np.copyto(c, b)) / 1e9)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    flops, copied = map(float, said.stdout.split())
    return {"sgemm GFlop/s": flops, "copy GB/s (one thread)": copied}


def one(given: argparse.Namespace, tool: str, workers: int, folder: Path) -> dict[str, Any]:
    """One run in a process of its own, and its quality."""
    target = folder / f"{tool}-{workers}{'.txt' if tool == 'stanford' else '.bin'}"
    command = [sys.executable, *sys.argv, "--run", f"{tool}:{workers}:{target}"]
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    facts |= {"tool": tool, "workers": workers, "total s": time.perf_counter() - begun}
    facts["M pairs/s"] = facts["pairs"] / min(facts["epochs s"]) / 1e6
    facts["loss 1"], facts["loss n"] = facts["losses"][0], facts["losses"][-1]
    facts["analogies"] = float("nan")
    if given.analogies and tool != "mittens":
        facts["analogies"] = analogies(target, given.analogies)
    return facts


def inside(given: argparse.Namespace) -> None:
    """Do one run in this process, and print its measurements."""
    tool, workers, name = given.run.split(":", 2)
    given.workers, target = [int(workers)], Path(name)
    if tool == "stanford":
        facts = run_stanford(given, target, int(workers))
    else:
        facts = (run_fastvec if tool == "fastvec" else run_mittens)(given, target)
    who = resource.RUSAGE_CHILDREN if tool == "stanford" else resource.RUSAGE_SELF
    unit = 1 if sys.platform == "darwin" else 1024
    facts["peak MB"] = resource.getrusage(who).ru_maxrss * unit / 1e6
    print(json.dumps(facts))


def table(rows: list[dict[str, Any]]) -> str:
    """The runs as Markdown."""
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    for row in rows:
        cells = [row[c] if isinstance(row[c], str | int) else f"{row[c]:.4g}" for c in COLUMNS]
        lines.append(" | ".join(map(str, cells)))
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    given = options()
    if given.run:
        inside(given)
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for workers in given.workers:
            rows.append(one(given, "fastvec", workers, Path(folder)))
            if given.stanford:
                rows.append(one(given, "stanford", workers, Path(folder)))
        if given.mittens:
            rows.append(one(given, "mittens", 1, Path(folder)))
    best = peaks(1)
    print(table(rows))
    # A pair's work on one column: 1 multiply-add of its score, 2 products, 4 multiply-adds.
    flops = 12 * (given.vector_size + 2) * rows[0]["M pairs/s"] / 1e3
    share = flops / best["sgemm GFlop/s"] / given.workers[0]
    print(f"\nfastvec computes {flops:.1f} GFlop/s, {share:.0%} of what sgemm does here: {best}")
    if given.output:
        given.output.write_text(json.dumps({"runs": rows, "peaks": best}, indent=1) + "\n")


if __name__ == "__main__":
    main()
