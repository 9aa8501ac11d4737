"""NeuralLM and n-grams on the Brown corpus, cut as in Bengio et al. (2003), section 4.

    python benchmarks/brown.py brown.txt.xz --epochs 12 --checkpoint brown.ckpt

The first 800,000 words are trained on, the next 200,000 are for validation, and the rest is for the
test.  Words that occur at most three times are one word, which leaves 17,904 words of this text and
left 16,383 of the paper's; `--keep 16382` has as many as the paper.  The text is one stream, as in
the paper, whose results are: 276 for the network of 100 hidden units and 30 features without
mixing, 336 for the interpolated trigram, 321 for Kneser-Ney back-off of order 5 (table 1).
"""

from __future__ import annotations

import argparse
import json
import lzma
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastvec import EarlyStopping, NeuralLM, Vocabulary
from fastvec.models.neural_lm_text import RARE

TRAINING, VALIDATION, RARE_COUNT = 800_000, 200_000, 3
Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


def cut(path: Path, keep: int | None = None) -> tuple[list[str], list[str], list[str]]:
    """The three parts of the corpus, with all but the `keep` most frequent words merged; by default
    with those merged that occur at most RARE_COUNT times."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        words = file.read().split()
    counts = Counter(words)
    frequent = counts.most_common(keep)
    kept = {word for word, count in frequent if keep or count > RARE_COUNT}
    words = [word if word in kept else RARE for word in words]
    last = TRAINING + VALIDATION
    return words[:TRAINING], words[TRAINING:last], words[last:]


# --- n-grams


@dataclass
class Grams:
    """The k-grams of a text: each is a (k - 1)-gram and a word, as one number."""

    keys: Ids  # sorted
    counts: Ids
    places: Ids  # where each occurs first


def grams_of(ids: Ids, most: int, words: int) -> list[Grams]:
    """The k-grams of a text for all k up to the most."""
    found: list[Grams] = []
    numbers = np.zeros(len(ids), np.int64)
    for _ in range(most):
        keys = numbers * words + ids
        valid = np.flatnonzero(keys >= 0)
        distinct, first, of, counts = np.unique(
            keys[valid], return_index=True, return_inverse=True, return_counts=True
        )
        found.append(Grams(distinct, counts, valid[first]))
        numbers = before(scatter(of, valid, len(ids)))
    return found


def scatter(values: Ids, places: Ids, n: int) -> Ids:
    result = np.full(n, -1, np.int64)
    result[places] = values
    return result


def before(numbers: Ids) -> Ids:
    """The numbers one place earlier; -1 at the beginning."""
    return np.concatenate([[-1], numbers[:-1]])


def numbers_in(ids: Ids, grams: list[Grams], words: int) -> Iterator[tuple[Ids, Ids]]:
    """For each k and place of a text: the number of the (k - 1)-gram before the word, and that of
    the k-gram; -1 for what the training did not have."""
    contexts = np.zeros(len(ids), np.int64)
    for one in grams:
        keys = np.where(contexts < 0, -1, contexts * words + ids)
        at = np.searchsorted(one.keys, keys).clip(max=len(one.keys) - 1)
        numbers = np.where(one.keys[at] == keys, at, -1)
        yield contexts, numbers
        contexts = before(numbers)


def kneser_ney(training: Ids, words: int, order: int = 5) -> Callable[[Ids], Floats]:
    """Interpolated modified Kneser-Ney (Chen & Goodman 1999): what gives a text's probabilities."""
    grams = grams_of(training, order, words)
    numbers = [found for _, found in numbers_in(training, grams, words)]
    tables = []
    for k, one in enumerate(grams):
        counts = one.counts
        if k + 1 < order:  # how many words stand before it
            counts = np.bincount(numbers[k][grams[k + 1].places], minlength=len(one.keys))
        tables.append(discounted(one.keys // words, counts))

    def probabilities(ids: Ids) -> Floats:
        result = np.full(len(ids), 1 / words)
        for (contexts, found), (shares, left) in zip(
            numbers_in(ids, grams, words), tables, strict=True
        ):
            known = (contexts >= 0) & (contexts < len(left))
            here = np.where(known, left[np.where(known, contexts, 0)], 1.0)
            result = np.where(found >= 0, shares[found], 0.0) + here * result
        return result

    return probabilities


def discounted(contexts: Ids, counts: Ids) -> tuple[Floats, Floats]:
    """The discounted shares of k-grams in their contexts, and what is left in each context."""
    n = np.bincount(counts.clip(max=5), minlength=6)[1:5].astype(float)
    y = n[0] / (n[0] + 2 * n[1])
    discounts = np.array([0, *(i - (i + 1) * y * n[i] / n[i - 1] for i in (1, 2, 3))])
    less = discounts[counts.clip(max=3)]
    totals = np.bincount(contexts, counts)
    left = np.divide(
        np.bincount(contexts, less), totals, out=np.ones(len(totals)), where=totals > 0
    )
    shares = np.divide(
        counts - less, totals[contexts], out=np.zeros(len(counts)), where=totals[contexts] > 0
    )
    return shares, left


def trigram(training: Ids, validation: Ids, words: int) -> Callable[[Ids], Floats]:
    """Jelinek & Mercer's interpolated trigram: weights by the count of the context, from EM."""
    grams = grams_of(training, 3, words)
    totals = [np.bincount(one.keys // words, one.counts) for one in grams]

    def parts(ids: Ids) -> tuple[Floats, Ids]:
        """(4, places) the probabilities of each order, and the bin of each place."""
        rows, seen = [np.full(len(ids), 1 / words)], np.zeros(len(ids))
        for (contexts, found), one, total in zip(
            numbers_in(ids, grams, words), grams, totals, strict=True
        ):
            known = (contexts >= 0) & (contexts < len(total))
            seen = np.where(known, total[np.where(known, contexts, 0)], 0)
            rows.append(np.where(found >= 0, one.counts[found] / np.maximum(seen, 1), 0.0))
        return np.array(rows), np.log2(seen + 1).astype(np.int64)

    rows, bins = parts(validation)
    weights = np.full((4, bins.max() + 64), 0.25)
    for _ in range(30):
        shares = weights[:, bins] * rows
        shares /= shares.sum(axis=0)
        sums = np.array([np.bincount(bins, one, weights.shape[1]) for one in shares])
        weights = np.where(sums.sum(axis=0) > 0, sums / np.maximum(sums.sum(axis=0), 1e-9), weights)

    def probabilities(ids: Ids) -> Floats:
        rows, bins = parts(ids)
        result: Floats = (weights[:, bins] * rows).sum(axis=0)
        return result

    return probabilities


def perplexity(probabilities: Floats) -> float:
    return float(np.exp(-np.log(probabilities).mean()))


# --- all of them


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path, help="the Brown corpus, packed by xz, in its order")
    parser.add_argument("--checkpoint", help="train with this checkpoint, or go on from it")
    parser.add_argument("--keep", type=int, help="merge all words but so many of the most frequent")
    parser.add_argument("--words", type=int, default=TRAINING, help="train on the last so many")
    for name, kind in (("alpha", float), ("batch-size", int), ("weight-decay", float)):
        parser.add_argument(f"--{name}", type=kind)
    for name, kind in (("alpha-decay", float), ("hidden-size", int), ("vector-size", int)):
        parser.add_argument(f"--{name}", type=kind)
    parser.add_argument("--n", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20, help="0: only the n-grams")
    parser.add_argument("--patience", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--direct", action="store_true")
    given = vars(parser.parse_args())
    training, validation, test = cut(given.pop("text"), given.pop("keep"))
    training = training[-given.pop("words") :]
    epochs, checkpoint, patience = (given.pop(x) for x in ("epochs", "checkpoint", "patience"))
    counts = Counter(dict.fromkeys(validation + test, 0))
    counts.update(training)
    if not epochs:
        measure_n_grams(training, validation, test, sorted(counts))
        return
    options = {name: value for name, value in given.items() if value is not None}
    stopping = EarlyStopping(patience, path=checkpoint and f"{checkpoint}.best")
    call = {"validation": [validation], "callbacks": [stopping], "checkpoint": checkpoint}
    begun = time.process_time()
    if checkpoint and Path(checkpoint).exists():
        model = NeuralLM.resume(checkpoint, [training], epochs=epochs, **call)
    else:
        vocabulary = Vocabulary.of(dict(counts.most_common()))
        model = NeuralLM(**options, epochs=epochs, vocabulary=vocabulary)
        model.train([training], **call)
    facts: dict[str, Any] = {
        "model": repr(model),
        "processor_seconds": round(time.process_time() - begun, 1),
        "seconds": round(model.total_train_time, 1),
        "validation": [round(float(np.exp(loss)), 2) for loss in model.validation_history],
        "training": [round(float(np.exp(loss)), 2) for loss in model.loss_history],
        "best_epoch": stopping.best_epoch,
        "test_perplexity": round(model.perplexity([test]), 2),
    }
    print(json.dumps(facts, indent=1))


def measure_n_grams(
    training: list[str], validation: list[str], test: list[str], words: list[str]
) -> None:
    """Print the perplexities of the n-grams."""
    number = {word: i for i, word in enumerate(words)}
    ids = [np.array([number[word] for word in part]) for part in (training, validation, test)]
    models = {
        "interpolated trigram": trigram(ids[0], ids[1], len(words)),
        "Kneser-Ney trigram": kneser_ney(ids[0], len(words), 3),
        "Kneser-Ney 5-gram": kneser_ney(ids[0], len(words), 5),
    }
    for name, model in models.items():
        found = [round(perplexity(model(part)), 2) for part in ids[1:]]
        print(json.dumps({"model": name, "validation": found[0], "test_perplexity": found[1]}))


if __name__ == "__main__":
    main()
