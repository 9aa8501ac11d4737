"""The quality of vectors that several trainers learn, compared with one process.

    python benchmarks/cluster.py text.fvc --trainers 1 2 8 --analogies questions-words.txt \
        --similarity ws353.txt simlex.txt men.txt rw.txt

The trainers are in this process, one after the other, and do what they do on a cluster, bit for
bit.  Each line of JSON is a run: analogies in percent among the 30,000 most frequent words, and
Spearman's correlations.  The rule "plain" averages rows without larger steps, as Spark's word2vec
does.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from evaluate import FREQUENT

from fastvec import Corpus, KeyedVectors, Word2Vec
from fastvec.cluster import merging, run, trainer
from fastvec.cluster.engine import SimulatedEngine

MODELS = {
    "sg-ns": {"sg": 1},
    "cbow-ns": {"sg": 0, "alpha": 0.05},
    "sg-hs": {"sg": 1, "hs": 1, "negative": 0},
    "cbow-hs": {"sg": 0, "hs": 1, "negative": 0, "alpha": 0.05},
}


def use_rule(rule: str, most_rate: float) -> None:
    """Merge rows by one of the rules that were compared."""
    merging.MOST_RATE = most_rate
    if rule != "larger":
        run.rate_scale = lambda *_: 1.0
    if rule == "plain":
        trainer.row_factors = lambda *_: 1.0


def scores(vectors: KeyedVectors, analogies: Path | None, pairs: list[Path]) -> dict[str, float]:
    """How well vectors answer tests."""
    found = {}
    if analogies:
        share, _ = vectors.evaluate_word_analogies(str(analogies), restrict_vocab=FREQUENT)
        found[analogies.stem] = 100 * share
    for path in pairs:
        found[path.stem] = float(vectors.evaluate_word_pairs(str(path))[1][0])
    return found


def run_once(corpus: Corpus, trainers: int, seed: int, arguments: Any) -> dict[str, Any]:
    """Train and evaluate one model."""
    options = MODELS[arguments.model] | {"vector_size": arguments.vector_size, "seed": seed}
    model = Word2Vec(epochs=arguments.epochs, workers=1, progress=False, **options)
    begun = time.monotonic()
    if trainers == 1:
        model.build_vocab(corpus)
        model.train(corpus)
    else:
        model.train(corpus, engine=SimulatedEngine(trainers, round_words=arguments.round_words))
    facts = {"model": arguments.model, "d": model.vector_size, "trainers": trainers, "seed": seed}
    facts |= {"rule": arguments.rule, "loss": model.loss_history[-1]}
    facts["seconds"] = time.monotonic() - begun
    return facts | scores(model.wv, arguments.analogies, arguments.similarity)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, help="what fastvec encode has written")
    parser.add_argument("--trainers", type=int, nargs="+", default=[1, 2, 8])
    parser.add_argument("--model", choices=MODELS, default="sg-ns")
    parser.add_argument("--rule", choices=["larger", "scaled", "plain"], default="larger")
    parser.add_argument("--most-rate", type=float, default=merging.MOST_RATE)
    parser.add_argument("--vector-size", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--round-words", type=int)
    parser.add_argument("--analogies", type=Path)
    parser.add_argument("--similarity", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    use_rule(arguments.rule, arguments.most_rate)
    corpus = Corpus.open(arguments.corpus)
    for trainers in arguments.trainers:
        for seed in arguments.seeds:
            print(json.dumps(run_once(corpus, trainers, seed, arguments)), flush=True)


if __name__ == "__main__":
    main()
