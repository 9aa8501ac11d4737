"""What a training would take on one machine and on a cluster, from a sample of its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fastvec._util.matrix import padded
from fastvec._util.options import options_of, params_from
from fastvec._util.progress import readable
from fastvec.cluster.glove_engine import can_be_cut
from fastvec.cluster.parts import part_count
from fastvec.cluster.portions import TOKEN_BYTES, TextPortion
from fastvec.cluster.run import LEAST_ROUNDS, MOST_WORDS
from fastvec.corpus.build import read_corpus
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import Source, file_pieces
from fastvec.models.estimates import estimate_glove, part_of, seconds_of_epoch
from fastvec.models.glove import GloVe
from fastvec.models.tiles import PAIR
from fastvec.models.word2vec import Word2Vec
from fastvec.models.word2vec_run import Word2VecRun
from fastvec.params import CorpusParams, VocabularyParams

SAMPLE_PIECES = 4  # of the text, spread over it
TRAINED_WORDS = 400_000  # of the sample
#: Words of a text grow to this power of its length, where rare ones are left out.
GROWTH = 0.5
NETWORK = 1.1e9  # bytes that a machine sends in a second over 10 Gbit/s
START_SECONDS = 10.0  # of trainers
LATENCY_SECONDS = 0.15  # of a round
ONE_IS_QUICKER = "one machine is quicker: leave out --engine ray"


class Plan(Protocol):
    """What a training would take."""

    def lines(self) -> Iterator[str]:
        """The plan as it is printed."""
        ...


@dataclass(frozen=True)
class Word2VecPlan:
    """What a training of Word2Vec would take, about.

    Attributes
    ----------
    trainers, words, vocabulary : int
        words of the text, and how many of them are different and kept.
    rate : float
        words that one trainer trains on in a second.
    model_bytes : int
        vectors and output weights.
    epochs : int
    """

    trainers: int
    words: int
    vocabulary: int
    rate: float
    model_bytes: int
    epochs: int

    @property
    def alone_seconds(self) -> float:
        """The time that one machine takes."""
        return self.epochs * self.words / self.rate

    @property
    def rounds(self) -> int:
        """Merges in an epoch."""
        return max(LEAST_ROUNDS, -(-self.words // (self.trainers * MOST_WORDS)))

    @property
    def moved_bytes(self) -> float:
        """What a trainer sends in an epoch, and what it receives."""
        return 2 * self.model_bytes * (1 - 1 / self.trainers) * self.rounds

    @property
    def merging_seconds(self) -> float:
        """The time of all merges."""
        if self.trainers == 1:
            return 0.0
        return self.epochs * (self.moved_bytes / NETWORK + self.rounds * LATENCY_SECONDS)

    @property
    def seconds(self) -> float:
        """The time that the cluster takes."""
        return START_SECONDS + self.alone_seconds / self.trainers + self.merging_seconds

    @property
    def trainer_bytes(self) -> int:
        """Memory of a trainer: the model twice, and ids."""
        return 2 * self.model_bytes + TOKEN_BYTES * self.words // self.trainers

    def lines(self) -> Iterator[str]:
        """The plan as it is printed."""
        yield (
            f"about {readable(self.words)} words, {readable(self.vocabulary)} of the vocabulary, "
            f"{self.epochs} epochs"
        )
        yield f"one machine: {_time(self.alone_seconds)}, at {readable(self.rate)} words/s"
        yield (
            f"{self.trainers} trainers: {_time(self.seconds)}, of which merging takes "
            f"{_time(self.merging_seconds)} over 10 Gbit/s"
        )
        yield (
            f"each trainer: {readable(self.trainer_bytes)}B of memory; it sends "
            f"{readable(self.moved_bytes)}B in an epoch and receives as much"
        )
        if self.alone_seconds <= self.seconds:
            yield ONE_IS_QUICKER


@dataclass(frozen=True)
class GloVePlan:
    """What a training of GloVe would take, about.

    Attributes
    ----------
    trainers, words, vocabulary : int
        words of the text, and how many of them are different and kept.
    pairs : int
        that are stored.
    counting_seconds : float
        in which one machine counts them.
    rate : float
        pairs that one trainer trains on in a second.
    records_bytes : int
        vectors, and the sums of their squared gradients.
    epochs : int
    """

    trainers: int
    words: int
    vocabulary: int
    pairs: int
    counting_seconds: float
    rate: float
    records_bytes: int
    epochs: int

    @property
    def alone_seconds(self) -> float:
        """The time that one machine takes."""
        return self.counting_seconds + self.epochs * self.pairs / self.rate

    @property
    def moved_bytes(self) -> float:
        """What a trainer sends in an epoch, and what it receives: two parts in each round."""
        return 2.0 * self.records_bytes if self.trainers > 1 else 0.0

    @property
    def moving_seconds(self) -> float:
        """The time in which vectors move."""
        if self.trainers == 1:
            return 0.0
        latency = part_count(self.trainers) * LATENCY_SECONDS
        return self.epochs * (self.moved_bytes / NETWORK + latency)

    @property
    def seconds(self) -> float:
        """The time that the cluster takes."""
        return START_SECONDS + self.alone_seconds / self.trainers + self.moving_seconds

    @property
    def trainer_bytes(self) -> int:
        """Memory of a trainer: its pairs, and six parts of the records, of which two are trained on
        and four are from before or for others."""
        records = 6 * self.records_bytes // part_count(self.trainers)
        return PAIR.itemsize * self.pairs // self.trainers + min(records, 3 * self.records_bytes)

    def lines(self) -> Iterator[str]:
        """The plan as it is printed."""
        yield (
            f"about {readable(self.words)} words, {readable(self.vocabulary)} of the vocabulary, "
            f"{readable(self.pairs)} pairs, {self.epochs} epochs"
        )
        yield f"one machine: {_time(self.alone_seconds)}, at {readable(self.rate)} pairs/s"
        yield (
            f"{self.trainers} trainers: {_time(self.seconds)}, of which moving vectors takes "
            f"{_time(self.moving_seconds)} over 10 Gbit/s"
        )
        yield (
            f"each trainer: {readable(self.trainer_bytes)}B of memory; it sends "
            f"{readable(self.moved_bytes)}B in an epoch and receives as much"
        )
        if self.alone_seconds <= self.seconds:
            yield ONE_IS_QUICKER


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def plan_of(model: Word2Vec | GloVe, source: Source, trainers: int, workers: int) -> Plan:
    """Estimate the training of a model on files, whose trainers have so many threads each.

    A sample of the text is trained on for some tenths of a second.  ValueError for what is not in
    files.
    """
    if not can_be_cut(source):
        raise ValueError("a plan is made of files of text, of which a part can be read")
    params = params_from(CorpusParams, model)
    pieces = [piece for file in source.files for piece in file_pieces(file, params)]
    size = sum(weight for _, weight in pieces)
    picked = np.unique(np.linspace(0, len(pieces) - 1, SAMPLE_PIECES).astype(int))
    sample = TextPortion(tuple(pieces[i][0] for i in picked), sum(pieces[i][1] for i in picked))
    scale = size / sample.weight
    corpus = read_corpus(sample.source, VocabularyParams(min_count=1), params, progress=False)
    counts = corpus.vocabulary.counts
    kept = int((counts >= max(1, model.min_count / scale)).sum())
    vocabulary = int(kept * scale**GROWTH)
    words = int(corpus.raw_words * scale)
    if isinstance(model, GloVe):
        return glove_plan(model, corpus, scale, (trainers, words, vocabulary), workers)
    return Word2VecPlan(
        trainers,
        words,
        vocabulary,
        rate_of(model, corpus, workers),
        model.estimate_memory(vocabulary)["total"],
        model.epochs,
    )


def rate_of(model: Word2Vec, corpus: Corpus, workers: int) -> float:
    """How many words of a corpus a model with these options trains on in a second."""
    options = options_of(model) | {"workers": workers, "min_count": 1}
    new = Word2Vec(**options, progress=False)
    part = part_of(corpus, corpus.vocabulary, TRAINED_WORDS)
    new.build_vocab(part)
    return len(part.tokens) / seconds_of_epoch(Word2VecRun(new, part))


def glove_plan(
    model: GloVe, corpus: Corpus, scale: float, size: tuple[int, int, int], workers: int
) -> GloVePlan:
    """Estimate the training of a GloVe model on ``scale`` times as much text as a corpus has."""
    trainers, words, vocabulary = size
    found = estimate_glove(model, corpus, workers)
    record = padded(1, model.vector_size + 2).nbytes * 4
    return GloVePlan(
        trainers,
        words,
        vocabulary,
        int(found.pairs * scale**found.growth),
        found.counting_seconds * scale,
        found.pairs / found.epoch_seconds,
        record * vocabulary,
        model.epochs,
    )
