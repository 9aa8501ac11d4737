"""Engines: what counts the words of a text and trains a model on several machines."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fastvec._util.options import check_value, options_of
from fastvec.cluster.counting import (
    Counts,
    TextSize,
    in_text_order,
    select,
)
from fastvec.cluster.crew import Crew, LocalCrew
from fastvec.cluster.glove_engine import GloVeEngine, can_be_cut, check_reading
from fastvec.cluster.portions import (
    Portion,
    TextPortion,
    encoded_portions,
    portion_count,
    text_portions,
)
from fastvec.cluster.run import PORTIONS, ClusterRun
from fastvec.cluster.trainer import Blueprint, Trainer
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.sources import FileSource, Source
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.models.calls import CallOptions, run_call
from fastvec.models.checkpoint import SavedRun
from fastvec.models.remarks import remark_on_word2vec
from fastvec.models.word2vec import Word2Vec


@dataclass(frozen=True)
class Text:
    """A text in portions, and what is known of it.

    Attributes
    ----------
    portions : sequence of Portion
    cut : int
        how many of them were asked for.
    words : int
        how many words of the vocabulary it has.
    raw_words : int
        all words.
    signature : object
        that of its source, if it is one of files that were counted.
    """

    portions: Sequence[Portion]
    cut: int
    words: int
    raw_words: int
    signature: object = None


class Engine(GloVeEngine):
    """What trains models on several trainers.  Of a Word2Vec model each of them has a copy.

    Parameters
    ----------
    workers : int
        how many trainers there are.
    threads : int
        of each trainer.
    round_words : int, optional
        how many words each trainer of Word2Vec trains on between two merges of their rows.
    """

    def __init__(self, workers: int, threads: int, round_words: int | None = None) -> None:
        super().__init__(workers, threads)
        self.round_words = check_value("round_words", round_words, int | None, low=1)
        self._counted: WeakKeyDictionary[Word2Vec, Text] = WeakKeyDictionary()

    def build_vocab(self, model: Word2Vec, sentences: Any) -> None:
        """Count the words of a text, choose those of the model, and make fresh vectors for them.

        They are the same as on one machine, byte for byte.
        """
        check_model(model)
        if sentences is None:
            raise ValueError("train needs a corpus: give corpus_iterable or corpus_file")
        with model._changing_words("build_vocab"):
            source = model._source(sentences)
            if can_be_cut(source):
                self._counted[model] = self._count_first(model, source)
            else:
                self._counted.pop(model, None)
                model._build_vocab(sentences, False, None)

    def train(
        self,
        model: Word2Vec,
        sentences: Any,
        schedule: dict[str, Any],
        validation: Any,
        options: CallOptions,
    ) -> tuple[int, int]:
        """Train a model: what ``Word2Vec.train`` does with an engine."""
        check_model(model, validation)
        text = self._text_of(model, sentences)
        vars(model).update(schedule)
        model.training_state.begin_call(model.epochs)
        self._run(model, text, model._validation_of(validation), options)
        state = model.training_state
        return state.trained, state.epochs_done * text.raw_words

    def resume(
        self,
        model: Word2Vec,
        saved: SavedRun,
        sentences: Any,
        validation: Any,
        options: CallOptions,
    ) -> None:
        """Go on with a training from its checkpoint."""
        check_model(model, validation)
        count = saved.corpus.get(PORTIONS)
        if count is None:
            raise ValueError(f"{saved.path} was trained on one machine: go on without an engine")
        text = self._known_text(model, model._source(sentences), count)
        self._run(model, text, model._validation_of(validation), options, saved)

    # --- text

    def _text_of(self, model: Word2Vec, sentences: Any) -> Text:
        """A text to train on; what build_vocab has read is not read again."""
        source = None if sentences is None else model._source(sentences)
        known = self._counted.get(model)
        if source is None and known is not None:
            return known
        if source is None or not can_be_cut(source):
            return self._encoded(model._corpus_of(sentences))
        if known is not None and source.signature == known.signature:
            return known
        return self._known_text(model, source)

    def _count_first(self, model: Word2Vec, source: FileSource) -> Text:
        """Count a text and give its words to the model."""
        vocab_params = model._vocab_params()
        cut = self._cut(sum(file.size or 0 for file in source.files))
        portions = text_portions(source, model._corpus_params(), cut)
        keeps_all = model.trim_rule is not None or model.vocabulary is not None
        sizes, counts = self._count(model, portions, 0 if keeps_all else vocab_params.min_count)
        vocabulary = model.vocabulary or select(counts, vocab_params, model.trim_rule)
        text, appearance = text_of(portions, cut, sizes, counts, vocabulary, source)
        model._make_rows(vocabulary)
        if model.hs:
            model._set_huffman_order(appearance)
        model._corpus = model._signature = None
        model.corpus_count = sum(size.sentences for size in sizes)
        model.corpus_total_words = text.raw_words
        return text

    def _count(
        self, model: Word2Vec, portions: Sequence[TextPortion], least: int
    ) -> tuple[list[TextSize], Counts]:
        """Count the words of a text: those that occur ``least`` times, in its order."""
        sizes, parts = self.count(portions, model._corpus_params(), least)
        return sizes, in_text_order(parts)

    def _known_text(self, model: Word2Vec, source: Source, count: int | None = None) -> Text:
        """A text for a model that has its words already."""
        if not len(model.wv.words):
            raise RuntimeError("there is no vocabulary to train yet: call build_vocab first")
        vocabulary = model._vocabulary()
        if not can_be_cut(source):
            corpus = model._read(source, model._vocab_params(), vocabulary=vocabulary)
            return self._encoded(corpus, count)
        cut = count or self._cut(sum(file.size or 0 for file in source.files))
        portions = text_portions(source, model._corpus_params(), cut)
        sizes, counts = self._count(model, portions, 0)
        return text_of(portions, cut, sizes, counts, vocabulary, source)[0]

    def _encoded(self, corpus: Corpus, count: int | None = None) -> Text:
        cut = count or self._cut(corpus.tokens.nbytes)
        words = len(corpus.tokens)
        return Text(encoded_portions(corpus, cut), cut, words, corpus.raw_words)

    def _cut(self, size: int) -> int:
        return portion_count(size, self.workers)

    # --- training

    def _run(
        self,
        model: Word2Vec,
        text: Text,
        validation: Any,
        options: CallOptions,
        saved: SavedRun | None = None,
    ) -> None:
        blueprint = blueprint_of(model, self.threads)
        with self.crew(Trainer, blueprint, self.workers) as crew:
            given = (text.portions, text.cut, text.words, self.round_words, validation)
            run = ClusterRun(model, crew, *given)
            if saved is not None:
                saved.check(run)
                run.go_on(saved.arrays)
            run.send()
            try:
                run_call(model, run, validation, options, type(model)._write)
            finally:
                run.end_epoch()
        if model.training_state.predictions:
            remark_on_word2vec(model, NOTHING, model.training_state)


#: in place of the text, of which remarks know all that they need here
NOTHING = Corpus(np.empty(0, np.int32), np.zeros(1, np.int64), Vocabulary.of({}), 0, 0)


class SimulatedEngine(Engine):
    """Trainers in this process, one after the other: for experiments with the quality of merging.

    >>> model = Word2Vec(vector_size=8, min_count=1, seed=2)
    >>> model.train([["cat", "sat"]] * 99, engine=SimulatedEngine(workers=2))[1]
    990
    """

    def __init__(self, workers: int, threads: int = 1, round_words: int | None = None) -> None:
        super().__init__(workers, threads, round_words)

    def run(
        self, function: Callable[..., Any], calls: Sequence[Sequence[Any]], results: int, cores: int
    ) -> list[list[Any]]:
        """Call a function, one call after the other."""
        del cores
        found = [function(*arguments) for arguments in calls]
        return [[each] for each in found] if results == 1 else found

    def fetch(self, results: Sequence[Any]) -> list[Any]:
        """The results."""
        return list(results)

    def share(self, value: Any) -> Any:
        """The value."""
        return value

    @contextlib.contextmanager
    def crew(self, kind: Callable[..., Any], *arguments: Any) -> Iterator[Crew]:
        """Trainers in this process."""
        crew = LocalCrew(lambda: kind(*arguments), self.workers)
        yield crew
        crew.close()


def text_of(
    portions: Sequence[TextPortion],
    cut: int,
    sizes: Sequence[TextSize],
    counts: Counts,
    vocabulary: Vocabulary,
    source: FileSource,
) -> tuple[Text, NDArray[np.int32]]:
    """A text that was counted, and the ids of its words in order of first appearance.

    NoWordsError if it has no word of the vocabulary.
    """
    ids = vocabulary.words.find_all(counts.words)
    words, raw_words = int(counts.counts[ids >= 0].sum()), sum(size.words for size in sizes)
    if not words:
        raise NoWordsError(
            f"no word is left: {raw_words} words were read, and none is kept (from {source.name})"
        )
    return Text(portions, cut, words, raw_words, source.signature), ids[ids >= 0]


def check_model(model: Word2Vec, validation: Any = None) -> None:
    """ValueError for what is only done on one machine."""
    if type(model) is not Word2Vec:
        raise ValueError(
            f"an engine trains Word2Vec and GloVe so far, not {type(model).__name__}: train it "
            "without"
        )
    if model.deterministic:
        raise ValueError("deterministic=True is for one machine: an engine has no such order")
    losses = model._training_params().losses
    if not set(losses) <= {"hs", "ns"}:
        raise ValueError(
            f"loss={losses[0]!r} is for one machine: an engine trains with negative sampling and "
            "hierarchical softmax"
        )
    check_reading(model)
    if isinstance(validation, float):
        raise ValueError(
            "validation must be a text of its own with an engine, not a share of the text"
        )


def blueprint_of(model: Word2Vec, threads: int) -> Blueprint:
    """What trainers make their models of."""
    options = options_of(model) | {"workers": threads}
    for name in ("alpha", "min_alpha", "epochs"):  # the driver says which rates
        del options[name]
    wv = model.wv
    order = wv.huffman_order[: len(wv.words)]
    return Blueprint(options, model._vocabulary(), order, wv.lock_factors)
