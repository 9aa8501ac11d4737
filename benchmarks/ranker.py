"""Collobert and Weston's network beside skip-gram on the same text: speed, neighbours, similarity.

    python benchmarks/ranker.py enwiki.txt --megabytes 20 --similarity ws353.txt simlex999.txt

Both have 50 numbers for each word and one worker.  The last lines say how long the paper's work
would take at the speed that was measured: passes over the 631 million words of their Wikipedia.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from corpora import unpack

from fastvec import Corpus, KeyedVectors, Ranker, Word2Vec

#: those of the paper's tables of neighbours (2008: table 2, 2011: table 7), and more kinds of words
WORDS = (
    *("france", "jesus", "xbox", "reddish", "scratched", "computer", "king", "river", "seven"),
    *("monday", "paris", "guitar", "physics", "quickly", "wrote", "doctor", "green", "red", "war"),
    "she",
)
#: what is trained: the defaults, and two parts of the paper by themselves
SETTINGS: dict[str, dict[str, Any]] = {
    "Ranker": {},
    "Ranker, equal noise": {"ns_exponent": 0},
    "Ranker, growing": {"grow": 5000},
}
#: words of the Wikipedia of the paper
PAPER_WORDS = 631e6


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("corpus", type=Path, help="text, one sentence a line")
    add("--megabytes", type=float, default=20)
    add("--similarity", type=Path, nargs="*", default=[])
    add("--analogies", type=Path)
    add("--epochs", type=int, default=5)
    add("--workers", type=int, default=1)
    add("--seeds", type=int, nargs="+", default=[1])
    add("--held", type=float, default=0.005, help="share of the text to evaluate ranks on")
    add("--alpha", type=float, default=Ranker.alpha, help="learning rate of the network")
    add("--output", type=Path, help="write all numbers there, as JSON")
    return parser.parse_args()


def read(given: argparse.Namespace) -> tuple[Corpus, Corpus]:
    """The text in lower case, without its last part; and that, in the same words."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "text")
        unpack(given.corpus, text, int(given.megabytes * 1e6))
        lines = text.read_bytes().splitlines(keepends=True)
    first = int(len(lines) * (1 - given.held))
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder, name) for name in ("text", "held")]
        for path, some in zip(parts, (lines[:first], lines[first:]), strict=True):
            path.write_bytes(b"".join(some))
        corpus = Corpus.read(parts[0], lower=True, progress=False)
        return corpus, corpus.encode(parts[1], progress=False)


def scores(wv: KeyedVectors, given: argparse.Namespace) -> dict[str, float]:
    found = {p.stem: float(wv.evaluate_word_pairs(str(p))[1][0]) for p in given.similarity}
    if given.analogies:
        share, _ = wv.evaluate_word_analogies(str(given.analogies), restrict_vocab=30_000)
        found[given.analogies.stem] = 100 * share
    return found


def facts(name: str, model: Any, begun: float, given: argparse.Namespace) -> dict[str, Any]:
    """Speed and quality; a second is one of a processor, so that other work does not count."""
    seconds = time.process_time() - begun
    speed = model.training_state.passed / seconds
    losses = np.round(model.loss_history, 3).tolist()
    print(f"{name}: {speed:,.0f} words/s, losses {losses}", flush=True)
    return {"name": name, "words/s": speed, "seconds": seconds} | scores(model.wv, given)


def neighbours(models: dict[str, KeyedVectors]) -> dict[str, dict[str, list[str]]]:
    """The nearest words of some words, by model."""
    return {
        word: {name: [w for w, _ in wv.most_similar(word, topn=8)] for name, wv in models.items()}
        for word in WORDS
        if all(word in wv for wv in models.values())
    }


def main() -> None:
    given = options()
    corpus, held = read(given)
    print(f"{len(corpus.tokens):,} words, {len(corpus.vocabulary):,} of the vocabulary")
    rows, models = [], {}
    shared = {"vector_size": 50, "workers": given.workers, "epochs": given.epochs}
    for seed in given.seeds:
        shared |= {"seed": seed, "progress": False}
        for name, settings in SETTINGS.items():
            begun = time.process_time()
            model = Ranker(corpus, alpha=given.alpha, **shared, **settings)
            rows.append(facts(name, model, begun, given) | model.evaluate(held)._asdict())
            models.setdefault(name, model.wv)
        begun = time.process_time()
        skip_gram = Word2Vec(corpus, sg=1, min_count=1, **shared)
        rows.append(facts("skip-gram", skip_gram, begun, given))
        models.setdefault("skip-gram", skip_gram.wv)
    for row in rows:
        print({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()})
    near = neighbours(models)
    for word, lists in near.items():
        for name, words in lists.items():
            print(f"{word:10} {name:28} {' '.join(words)}")
    hours = PAPER_WORDS / rows[0]["words/s"] / 3600
    print(f"a pass over 631 million words: {hours:.2f} hours of one processor at this speed")
    if given.output:
        given.output.write_text(json.dumps({"runs": rows, "neighbours": near}, indent=1))


if __name__ == "__main__":
    main()
