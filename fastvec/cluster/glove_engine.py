"""GloVe on a cluster: where its pairs come from, and its training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from fastvec._util.options import params_from
from fastvec._util.places import is_remote
from fastvec.cluster.counting import in_text_order, select
from fastvec.cluster.glove_run import PARTS, SpreadGloVeRun
from fastvec.cluster.glove_trainer import GloVeBlueprint, GloVeTrainer
from fastvec.cluster.pair_counting import (
    add_up_pairs,
    count_portion_pairs,
    encode_portion,
    facts_by_half,
    words_after,
    words_before,
)
from fastvec.cluster.parts import SpreadPairs, facts_of, halves_of, part_count
from fastvec.cluster.portions import (
    TOKEN_BYTES,
    Portion,
    encoded_portions,
    portion_count,
    text_portions,
)
from fastvec.cluster.tasks import Tasks
from fastvec.corpus.sources import FileSource, Source, find_source
from fastvec.corpus.vocabulary import NoWordsError, Vocabulary
from fastvec.models.calls import CallOptions, run_call
from fastvec.models.checkpoint import SavedRun
from fastvec.models.glove_file import save_model
from fastvec.models.pairs import Pairs
from fastvec.models.validation import word_hashes
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    VocabularyParams,
)

if TYPE_CHECKING:
    from fastvec.models.glove import GloVe


class GloVeEngine(Tasks):
    """What trains GloVe models on several trainers, each with two parts of the words at a time."""

    def spread_pairs(
        self, model: GloVe, source: Any, vocabulary: Any, saved: SavedRun | None = None
    ) -> SpreadPairs:
        """The pairs of any source: what ``GloVe.fit`` does with an engine.

        ``saved`` is the checkpoint that the training goes on from, if there is one.
        """
        parts = part_count(self.workers) if saved is None else saved.corpus.get(PARTS, 0)
        if not 1 <= parts <= part_count(1024):
            assert saved is not None
            raise ValueError(f"{saved.path} was trained on one machine: go on without an engine")
        if model._is_counted(source):
            return self._spread(model._pairs_of(source, vocabulary), parts)
        check_reading(model)
        found = find_source(source, params_from(CorpusParams, model))
        if can_be_cut(found):
            return self._count_files(model, found, vocabulary, parts)
        corpus = model._read_corpus(source, vocabulary)
        cut = portion_count(TOKEN_BYTES * len(corpus.tokens), self.workers)
        portions = encoded_portions(corpus, cut)
        return self._count_pairs(model, portions, corpus.vocabulary, parts)

    def train_glove(
        self,
        model: GloVe,
        pairs: Any,
        validation: float | None,
        options: CallOptions,
        saved: SavedRun | None,
    ) -> None:
        """Train a model on pairs: what ``GloVe.fit`` and ``train`` do with an engine."""
        if isinstance(pairs, Pairs):
            pairs = model.pairs = self._spread(pairs, part_count(self.workers))
        assert isinstance(pairs, SpreadPairs)
        assert model.words is not None
        params, held = params_from(GloVeParams, model), {}
        if validation is not None:
            held = {"hashes": word_hashes(model.words), "held": validation}
        size = (pairs.n_words, pairs.parts, pairs.symmetric, self.threads)
        with self.crew(GloVeTrainer, GloVeBlueprint(params, *size, held)) as crew:
            run = SpreadGloVeRun(model, crew, pairs, params, validation)
            if saved is not None:
                saved.check(run)
                run.go_on(saved.arrays)
            run_call(model, run, validation, options, save_model)

    def _spread(self, pairs: Pairs, parts: int) -> SpreadPairs:
        """Pairs that the driver has, cut into halves."""
        halves = halves_of(pairs, parts)
        facts = {key: facts_of(half, pairs.symmetric) for key, half in halves.items()}
        shared = {key: self.share(half) for key, half in halves.items() if facts[key].stored}
        known = (parts, pairs.shape[0], pairs.symmetric, pairs.words, pairs.counts)
        return SpreadPairs(shared, facts, *known)

    def _count_files(
        self, model: GloVe, source: FileSource, vocabulary: Vocabulary | None, parts: int
    ) -> SpreadPairs:
        """Count the pairs of files that all machines see."""
        params = params_from(CorpusParams, model)
        cut = portion_count(sum(file.size or 0 for file in source.files), self.workers)
        portions = text_portions(source, params, cut)
        if vocabulary is None:
            vocabulary = self._vocabulary(model, portions, source)
        return self._count_pairs(model, portions, vocabulary, parts)

    def _vocabulary(self, model: GloVe, portions: Sequence[Any], source: Source) -> Vocabulary:
        """The words of a text: those of one machine, byte for byte."""
        params = params_from(VocabularyParams, model)
        least = 0 if model.trim_rule is not None else params.min_count
        sizes, parts = self.count(portions, params_from(CorpusParams, model), least)
        found = select(in_text_order(parts), params, model.trim_rule)
        if not len(found):
            words = sum(size.words for size in sizes)
            raise NoWordsError(
                f"no word is left: {words} words were read, and none is kept (from {source.name})"
            )
        return found

    def _count_pairs(
        self, model: GloVe, portions: Sequence[Portion], vocabulary: Vocabulary, parts: int
    ) -> SpreadPairs:
        """Count the pairs of the portions of a text."""
        counting = params_from(CooccurrenceParams, model)
        counting.workers = self.threads
        window, n_words = counting.window, len(vocabulary)
        given = (self.share(vocabulary), params_from(CorpusParams, model), window, self.threads)
        reading = [(portion, *given) for portion in portions]
        encoded = self.run(encode_portion, reading, 2, self.threads)
        edges = self.fetch([each[0] for each in encoded])
        total = sum(each.words for each in edges)
        if total == 0:
            raise ValueError("the corpus has no words to count")
        rest = (given[0], counting, total, parts)
        calls = [
            (each[1], words_before(edges, i, window), words_after(edges, i, window), *rest)
            for i, each in enumerate(encoded)
            if edges[i].words
        ]
        counted = self.run(count_portion_pairs, calls, 1 + parts, self.threads)
        hot = [each[0] for each in counted]
        adding = [
            (part, parts, n_words, counting, total, *hot, *(each[1 + part] for each in counted))
            for part in range(parts)
        ]
        added = self.run(add_up_pairs, adding, 1 + parts, 1)
        facts = facts_by_half(self.fetch([each[0] for each in added]))
        halves = {key: added[key[0]][1 + key[1]] for key in facts}
        known = (parts, n_words, counting.symmetric, vocabulary.words, vocabulary.counts)
        return SpreadPairs(halves, facts, *known)


def can_be_cut(source: Source) -> TypeGuard[FileSource]:
    """Whether trainers can read a source for themselves: files that all of them see."""
    return type(source) is FileSource and all(
        file.size is not None or is_remote(file.name) for file in source.files
    )


def check_reading(model: Any) -> None:
    """ValueError for ways to read text that are for one machine."""
    if model.max_vocab_size is not None:
        raise ValueError(
            "max_vocab_size is for one machine, since what it drops depends on what was read "
            "before: an engine counts all words, and min_count chooses"
        )
    if model.group is not None:
        raise ValueError(
            "group is for one machine, since the rows of a sequence may be anywhere: group the "
            "table before, and give a column of lists"
        )
