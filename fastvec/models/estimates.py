"""How long training takes on this machine, and how much memory: measured on a part of the text."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastvec._core import Control
from fastvec._util import threads
from fastvec._util.matrix import padded
from fastvec._util.options import bytes_from, options_of, params_from
from fastvec._util.system import available_cores
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.doc2vec import Doc2Vec
from fastvec.models.fasttext import FastText
from fastvec.models.glove import GloVe
from fastvec.models.glove_run import GloVeRun
from fastvec.models.training import Run
from fastvec.models.training_state import TrainingState
from fastvec.models.word2vec import Word2Vec
from fastvec.params import CooccurrenceParams, GloVeParams
from fastvec.subwords import used_buckets

PART = 300_000  # words of the text that are trained on,
COUNTED = 2_000_000  # and of which pairs are counted, which is faster
MOST_WORDS = 200_000  # of the vocabulary, so that a large one takes little memory here
PAIR_BYTES = 8
TOKEN_BYTES = 4


@dataclass(frozen=True)
class Estimate:
    """What a training takes with default options, about.

    Attributes
    ----------
    model : str
        skip-gram, CBOW, skip-gram with subwords, documents (PV-DM, each line being one) or GloVe.
    epochs : int
        how many there are by default.
    seconds : float
        from the text that has been read to the vectors.
    bytes : int
        of memory, with the text.
    """

    model: str
    epochs: int
    seconds: float
    bytes: int


def estimate_trainings(corpus: Corpus, vocabulary: Vocabulary, workers: int = 0) -> list[Estimate]:
    """Estimate the training on a corpus with the default options of each model that can be trained.

    A part of the corpus is trained on, for some tenths of a second.

    Parameters
    ----------
    corpus : Corpus
    vocabulary : Vocabulary
        the words of the models, and how often they are in the corpus.
    workers : int, default 0
        threads; 0: one for each core.

    Raises ValueError if the part has none of the words.

    >>> corpus = Corpus.read([["a", "rose", "is", "a", "rose"]], min_count=1)
    >>> [each.model for each in estimate_trainings(corpus, corpus.vocabulary, workers=1)]
    ['skip-gram', 'CBOW', 'skip-gram with subwords', 'documents', 'GloVe']
    """
    workers = workers or available_cores()
    part = part_of(corpus, vocabulary, PART)
    options: dict[str, Any] = {"workers": workers, "progress": False}
    found = [
        _word2vec("skip-gram", Word2Vec(sg=1, **options), part, vocabulary),
        _word2vec("CBOW", Word2Vec(**options), part, vocabulary),
        _word2vec("skip-gram with subwords", FastText(sg=1, **options), part, vocabulary),
        _word2vec("documents", Doc2Vec(**options), part, vocabulary, len(corpus)),
    ]
    part = part_of(corpus, vocabulary, COUNTED)
    if _has_pairs(part):
        found.append(_glove(part, vocabulary, workers))
    return found


def _has_pairs(corpus: Corpus) -> bool:
    return bool(np.diff(corpus.offsets).max(initial=0) > 1)


def part_of(corpus: Corpus, vocabulary: Vocabulary, size: int) -> Corpus:
    """So many words from the middle of a corpus, in the ids of the frequent words."""
    offsets, n_tokens = corpus.offsets, len(corpus.tokens)
    first = int(np.searchsorted(offsets, max(0, (n_tokens - size) // 2)))
    first = min(first, len(corpus) - 1)
    last = int(np.searchsorted(offsets, offsets[first] + size))
    last = min(max(last, first + 1), len(corpus))
    ends = np.minimum(offsets[first : last + 1] - offsets[first], size)
    tokens = corpus.tokens[offsets[first] : offsets[first] + ends[-1]]
    part = Corpus(tokens, ends, corpus.vocabulary, len(tokens), last - first)
    words, counts = vocabulary.words, vocabulary.counts
    if len(words) > MOST_WORDS:
        most = np.argpartition(-counts, MOST_WORDS)[:MOST_WORDS]
        vocabulary = Vocabulary(words.take(most), counts[most])
    return part.in_words(vocabulary)


def _word2vec(
    name: str, model: Word2Vec, part: Corpus, vocabulary: Vocabulary, documents: int = 0
) -> Estimate:
    """The estimate for a model that has no words yet."""
    n_tokens, row = int(vocabulary.counts.sum()), padded(1, model.vector_size).nbytes
    rows = documents
    if isinstance(model, FastText):
        # In training there are two of all rows but those of vectors.
        rows = len(vocabulary) + 2 * used_buckets(
            vocabulary.words, model.min_n, model.max_n, model.bucket
        )
    model.build_vocab(part)
    assert model._corpus is not None
    rate = len(part.tokens) / seconds_of_epoch(model._new_run(model._corpus, None))
    needed = Word2Vec.estimate_memory(model, len(vocabulary))["total"]
    return Estimate(
        name,
        model.epochs,
        model.epochs * n_tokens / rate,
        needed + rows * row + TOKEN_BYTES * n_tokens,
    )


def _glove(part: Corpus, vocabulary: Vocabulary, workers: int) -> Estimate:
    params, counting = GloVeParams(), CooccurrenceParams()
    n_tokens = int(vocabulary.counts.sum())
    scale = n_tokens / len(part.tokens)
    found = estimate_glove(GloVe(), part, workers)
    n_pairs = found.pairs * scale**found.growth
    seconds = params.epochs * found.epoch_seconds * n_pairs / found.pairs
    count_seconds = found.counting_seconds * scale
    records = len(vocabulary) * 4 * padded(1, params.vector_size + 2).nbytes
    held = min(PAIR_BYTES * n_pairs, bytes_from("memory", counting.memory or 0))
    held += records + TOKEN_BYTES * n_tokens
    return Estimate("GloVe", params.epochs, count_seconds + seconds, int(held))


@dataclass(frozen=True)
class GloVeEstimate:
    """How long a part of a text takes.

    Attributes
    ----------
    pairs : int
        that are stored.
    growth : float
        the power of the text's size to which their number grows.
    counting_seconds, epoch_seconds : float
    """

    pairs: int
    growth: float
    counting_seconds: float
    epoch_seconds: float


def estimate_glove(model: GloVe, part: Corpus, workers: int) -> GloVeEstimate:
    """Count the pairs of a corpus with the options of a model, and train a copy on them."""
    model = GloVe(**options_of(model) | {"workers": workers}, progress=False)
    params, counting = params_from(GloVeParams, model), params_from(CooccurrenceParams, model)
    begun = time.monotonic()
    pairs = count_pairs(part, counting, progress=False)
    seconds = time.monotonic() - begun
    growth = _growth(part, len(pairs.pairs), counting)
    model._set_pairs(pairs)
    model._start(None)
    assert model._records is not None
    run = GloVeRun(model, model._records, pairs, params)
    return GloVeEstimate(len(pairs.pairs), growth, seconds, seconds_of_epoch(run))


def _growth(part: Corpus, n_pairs: int, counting: CooccurrenceParams) -> float:
    """The power of the text's size to which the number of its different pairs grows."""
    middle = len(part) // 2
    half = int(part.offsets[middle])
    some = Corpus(part.tokens[:half], part.offsets[: middle + 1], part.vocabulary, half, middle)
    if not _has_pairs(some):
        return 1.0
    fewer = len(count_pairs(some, counting, progress=False).pairs)
    return math.log(n_pairs / fewer) / math.log(len(part.tokens) / half)


def seconds_of_epoch(run: Run) -> float:
    """How long an epoch takes: the faster one of two, after one that fetches everything."""
    state = TrainingState()
    state.begin_call(3)
    seconds = []
    for _ in range(3):
        workers = run.prepare(state)
        control = Control(workers)
        begun = time.monotonic()
        threads.run(lambda worker: run.work(worker, control), workers, control.stop)  # noqa: B023
        seconds.append(time.monotonic() - begun)
        run.end_epoch()
        state.epochs_done += 1
    return max(min(seconds[1:]), 1e-9)
