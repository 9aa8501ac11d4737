"""What long runs cost: words/s of training with validation or checkpoints, and without.

    python benchmarks/long_runs.py --output results/long-runs

The text is random words by Zipf's law, in sentences of 20, so that it can have any vocabulary.  A
round trains each kind of model once without and once with validation (or checkpoints), one after
the other, and the table shows the median ratio of the rounds: of the processor time of all epochs,
with what is computed between them, so that other programs on the machine do not count.

Checkpoints are written more often than by default, so that a short run has some.  The table shows
how long one of them takes, and so how long workers pause, most of it for the disk.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from train import commit, cores, processor

from fastvec import Corpus, Vocabulary, Word2Vec

#: words of the vocabulary, numbers in a vector
SIZES = [(70_000, 100), (1_000_000, 300)]
MODELS: dict[str, dict[str, int]] = {
    "skip-gram, negative sampling": {"sg": 1},
    "CBOW, negative sampling": {"sg": 0},
    "skip-gram, hierarchical softmax": {"sg": 1, "hs": 1, "negative": 0},
}
FILE = Path(tempfile.gettempdir(), "fastvec-benchmark.ckpt")
#: what is switched on, by the name of the column that shows its cost
SWITCHED: dict[str, dict[str, Any]] = {
    "validation": {"validation": 0.01},
    "checkpoints": {"checkpoint": FILE, "checkpoint_every": "10s"},
}
SENTENCE = 20
Row = dict[str, Any]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--words", type=int, default=10_000_000, help="of the text")
    add("--epochs", type=int, default=2)
    add("--workers", type=int, default=cores())
    add("--rounds", type=int, default=3)
    add("--models", nargs="+", choices=MODELS, default=list(MODELS))
    add("--switched", nargs="+", choices=SWITCHED, default=list(SWITCHED))
    add("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    return parser.parse_args()


def text(words: int, vocabulary: int) -> Corpus:
    """Random words by Zipf's law; each of the vocabulary occurs."""
    generator = np.random.default_rng(1)
    weights = 1 / (np.arange(vocabulary) + 2.7)
    tokens = generator.choice(vocabulary, words, p=weights / weights.sum()).astype(np.int32)
    tokens[generator.permutation(words)[:vocabulary]] = np.arange(vocabulary)
    counts = np.bincount(tokens, minlength=vocabulary)
    offsets = np.append(np.arange(0, words, SENTENCE), words)
    known = Vocabulary.of({f"w{i}": int(count) for i, count in enumerate(counts)})
    return Corpus(tokens, offsets, known, words, len(offsets) - 1)


class Pauses(logging.Handler):
    """The seconds that each checkpoint or validation took, from the log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seconds: list[float] = []

    def emit(self, record: logging.LogRecord) -> None:
        news = getattr(record, "news", {})
        if news.get("event") in ("checkpoint", "validation"):
            self.seconds.append(news["seconds"])


def trained(
    corpus: Corpus, given: argparse.Namespace, model: dict[str, Any], switched: dict[str, Any]
) -> Row:
    """The speed of one training; ``switched`` are options of train."""
    options = {"workers": given.workers, "epochs": given.epochs, "min_count": 1, **model}
    word2vec = Word2Vec(progress=False, **options)
    word2vec.build_vocab(corpus)
    begun, processor_begun = time.perf_counter(), time.process_time()
    word2vec.train(**switched)
    words = len(corpus.tokens) * given.epochs
    return {
        "words_per_second": words / (time.perf_counter() - begun),
        "words_per_processor_second": words / (time.process_time() - processor_begun),
    }


def measured(given: argparse.Namespace) -> list[Row]:
    rows, pauses = [], Pauses()
    log = logging.getLogger("fastvec")
    log.addHandler(pauses)
    log.setLevel(logging.INFO)
    for vocabulary, size in SIZES:
        corpus = text(given.words, vocabulary)
        for name in given.models:
            model = {**MODELS[name], "vector_size": size}
            for column in given.switched:
                pauses.seconds.clear()
                rounds = [
                    (
                        trained(corpus, given, model, {}),
                        trained(corpus, given, model, SWITCHED[column]),
                    )
                    for _ in range(given.rounds)
                ]
                by_processor = "words_per_processor_second"
                ratios = [slower[by_processor] / plain[by_processor] for plain, slower in rounds]
                rows.append(
                    {
                        "vocabulary": vocabulary,
                        "vector_size": size,
                        "model": name,
                        "with": column,
                        "words_per_second": median(one["words_per_second"] for one, _ in rounds),
                        "ratio": median(ratios),
                        "ratios": ratios,
                        "pauses": list(pauses.seconds),
                    }
                )
                print(rows[-1], flush=True)
    return rows


def table(rows: list[Row]) -> str:
    heads = [
        "| V | D | model | words/s | with | ratio | pause (s) |",
        "|---|---|---|---|---|---|---|",
    ]
    lines = [
        f"| {row['vocabulary']:,} | {row['vector_size']} | {row['model']} | "
        f"{row['words_per_second'] / 1e6:.2f}M | {row['with']} | {row['ratio']:.3f} | "
        + (f"{median(row['pauses']):.2f} |" if row["pauses"] else "|")
        for row in rows
    ]
    return "\n".join(heads + lines) + "\n"


def main() -> None:
    given = options()
    rows = measured(given)
    print(table(rows))
    if given.output is not None:
        given.output.parent.mkdir(parents=True, exist_ok=True)
        given.output.with_suffix(".md").write_text(table(rows))
        about = {"processor": processor(), "python": platform.python_version(), "commit": commit()}
        settings = {name: value for name, value in vars(given).items() if name != "output"}
        whole = {"about": about, "settings": settings, "rows": rows}
        given.output.with_suffix(".json").write_text(json.dumps(whole, indent=2) + "\n")


if __name__ == "__main__":
    main()
