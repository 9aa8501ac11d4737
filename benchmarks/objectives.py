"""The objectives of word2vec side by side: time, perplexity on text that is held out, quality.

    python benchmarks/objectives.py enwiki.txt.xz --megabytes 5 20 --workers 2 \
        --analogies questions-words.txt --similarity ws353.txt simlex999.txt

prints a table in Markdown for each size.  A hundredth of the sentences is held out.  The perplexity
is that of a word, given a neighbour (skip-gram) or the mean of its neighbours (CBOW):

- the full softmax, sampled softmax and NCE: e^score, divided by the sum over all words;
- negative sampling: e^score q(w), divided by its sum, since its best score is log P(w) / (k q(w)),
  where q is how noise words are drawn;
- hierarchical softmax: the product of the probabilities on the path.

Speed is words for each second of processor time of one worker, so that other programs change it
little.  The share of the peak is that of the multiply-adds which a full softmax must do, 3 V D for
each window, among those which SciPy's sgemm does in that time with matrices of 1024 x 1024.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import corpora
import numpy as np

from fastvec import Corpus, Word2Vec
from fastvec._util.blas import one_thread_each
from fastvec.models.sampling import noise_weights
from fastvec.models.word2vec_run import Word2VecRun

SHARE = 0.01
LOSSES = ("softmax", "sampled_softmax", "nce", "ns", "hs")
SIDE = 1024  # of the matrices of the peak
LONG_ENOUGH = 1.0  # seconds
FREQUENT = 30_000  # words that analogies are looked for among


def sgemm_peak() -> float:
    """Multiply-adds of SciPy's sgemm in a second of processor time: the best of several runs."""
    from scipy.linalg.blas import sgemm

    x, seconds = np.ones((SIDE, SIDE), np.float32, order="F"), []
    with one_thread_each():
        for _ in range(10):
            begun = time.process_time()
            sgemm(1.0, x, x)
            seconds.append(time.process_time() - begun)
    return SIDE**3 / min(seconds)


def speed(model: Word2Vec, corpus: Corpus) -> float:
    """Words that one worker trains on in a second of processor time, at the corpus's beginning."""
    sentences, seconds, words = 64, 0.0, 0
    while seconds < LONG_ENOUGH and sentences < 2 * len(corpus):
        sentences *= 2
        offsets = corpus.offsets[: sentences + 1]
        n_tokens = int(offsets[-1])
        part = Corpus(
            corpus.tokens[:n_tokens], offsets, corpus.vocabulary, n_tokens, len(offsets) - 1
        )
        begun = time.process_time()
        words, _ = model.train(part, epochs=1, start_alpha=model.min_alpha)
        seconds = time.process_time() - begun
    return words / seconds


def held_out_loss(model: Word2Vec, corpus: Corpus) -> tuple[float, int]:
    """The loss on what is held out, summed over its predictions, and their number."""
    return Word2VecRun(model, corpus, SHARE).validate()


def as_softmax(model: Word2Vec, corpus: Corpus, corrections: np.ndarray[Any, Any]) -> Word2Vec:
    """A model whose scores are those of another one with something added for each word: the inputs
    have one more number, which is 1."""
    other = Word2Vec(
        loss="softmax", vector_size=model.vector_size + 1, sg=model.sg, workers=model.workers,
        window=model.window, sample=model.sample, min_count=1,
    )  # fmt: skip
    other.build_vocab(corpus)
    ones = np.ones((len(model.wv), 1), np.float32)
    other.wv.vectors[:] = np.hstack([model.wv.vectors, ones])
    other.syn1neg = np.hstack([model.syn1neg, corrections[:, None]])
    return other


def perplexity(model: Word2Vec, corpus: Corpus) -> float:
    """Among how many words, all alike, it would be as hard to find the right one."""
    words = len(model.wv)
    if model.syn1neg is not None:
        noise = noise_weights(model._word_counts(), model._training_params())
        corrections = np.log(noise / noise.sum()) if model.loss == "ns" else np.zeros(words)
        loss, predictions = held_out_loss(as_softmax(model, corpus, corrections), corpus)
    else:  # of the same windows, whose words have as many nodes as their paths are long
        loss, _ = held_out_loss(model, corpus)
        other = Word2Vec(loss="softmax", sg=model.sg, window=model.window, sample=model.sample,
                         vector_size=1, min_count=1)  # fmt: skip
        other.build_vocab(corpus)
        _, predictions = held_out_loss(other, corpus)
    return math.exp(min(loss / predictions, 700.0))


def new_model(
    loss: str, sg: int, corpus: Corpus, workers: int, given: argparse.Namespace
) -> Word2Vec:
    """A model that is not trained yet."""
    alpha = given.alpha if given.alpha else 0.025 if sg else 0.05
    model = Word2Vec(loss=loss, sg=sg, alpha=alpha, workers=workers, epochs=given.epochs,
                     vector_size=given.dimension, negative=given.negative, min_count=5,
                     progress=False)  # fmt: skip
    model.build_vocab(corpus)
    return model


def measured(loss: str, sg: int, corpus: Corpus, given: argparse.Namespace) -> dict[str, Any]:
    """One training: a row of the table."""
    rate, peak = speed(new_model(loss, sg, corpus, 1, given), corpus), sgemm_peak()
    row = {"model": "skip-gram" if sg else "CBOW", "objective": loss, "words/s": f"{rate:,.0f}"}
    work = 3 * len(corpus.vocabulary) * given.dimension * rate
    row["of the peak"] = f"{100 * work / peak:.0f} %" if loss == "softmax" else ""
    if given.speed_only:
        return row
    model = new_model(loss, sg, corpus, given.workers, given)
    model.train(validation=SHARE)
    row["perplexity"] = f"{perplexity(model, corpus):.0f}"
    if given.analogies:
        share, _ = model.wv.evaluate_word_analogies(given.analogies, restrict_vocab=FREQUENT)
        row["analogies"] = f"{100 * share:.1f}"
    for path in given.similarity:
        row[path.stem] = f"{model.wv.evaluate_word_pairs(path)[1][0]:.3f}"
    return row


def main() -> None:
    """Print a table for each size of the text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--megabytes", type=float, nargs="+", default=[5.0])
    parser.add_argument("--losses", nargs="+", default=LOSSES, choices=LOSSES)
    parser.add_argument("--models", nargs="+", default=["sg", "cbow"], choices=["sg", "cbow"])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--dimension", type=int, default=100)
    parser.add_argument("--negative", type=int, default=5)
    parser.add_argument("--alpha", type=float)
    parser.add_argument("--speed-only", action="store_true")
    parser.add_argument("--analogies", type=Path)
    parser.add_argument("--similarity", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    print(f"sgemm: {sgemm_peak() / 1e9:.1f} billion multiply-adds in a second of processor time")
    for megabytes in given.megabytes:
        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder, "text.txt")
            corpora.unpack(given.text, text, int(megabytes * 1e6))
            corpus = Corpus.read(text, min_count=5)
        words, tokens = len(corpus.vocabulary), len(corpus.tokens)
        print(f"\n{megabytes:g} MB, {tokens:,} words, {words:,} of them different\n")
        print_table(corpus, given)


def print_table(corpus: Corpus, given: argparse.Namespace) -> None:
    """Each row as soon as it is measured."""
    heads: list[str] = []
    for model in given.models:
        for loss in given.losses:
            row = measured(loss, int(model == "sg"), corpus, given)
            if not heads:
                heads = list(row)
                print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
            print(f"| {' | '.join(row.values())} |", flush=True)


if __name__ == "__main__":
    main()
