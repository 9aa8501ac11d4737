"""One call of ``Doc2Vec.train`` as the training loop sees it, and the inference of new vectors."""

from __future__ import annotations

import functools
from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._core import Control, Documents, Training
from fastvec._util import threads
from fastvec._util.matrix import padded, padded_rows
from fastvec._util.options import names_of
from fastvec._util.simd import simd
from fastvec.corpus.corpus import Corpus
from fastvec.io.container import array_checksum
from fastvec.models.output_layers import LAYERS, LayerInput, Matrix
from fastvec.models.sampling import WordUse, subsample_thresholds
from fastvec.models.tags import TaggedCorpus
from fastvec.models.training import all_finite
from fastvec.models.word2vec_run import Word2VecRun, method_for_core
from fastvec.models.word2vec_words import Word2VecWords
from fastvec.params import Word2VecParams
from fastvec.words import offsets_of

if TYPE_CHECKING:
    from fastvec.models.doc2vec import Doc2Vec


class Doc2VecRun(Word2VecRun):
    """A :class:`fastvec.models.training.Run` of a Doc2Vec model on a corpus with tags."""

    model: Doc2Vec

    def identity(self) -> tuple[object, ...]:
        """What the core holds pointers to; it must be set up anew when one is replaced."""
        dv = self.model.dv
        return *super().identity(), dv.words, dv.vectors

    def _more_matrices(self) -> list[Matrix]:
        return [padded_rows(self.model.dv.vectors)]

    def _more_for_core(self, corpus: Corpus) -> dict[str, Any]:
        starts, rows = self._rows(corpus)
        return {"documents": Documents(self._matrices[-1], starts, rows, self.model.documents_only)}

    def _rows(self, corpus: Corpus) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The rows of each document: those of tags that the model does not know are left out."""
        assert isinstance(corpus, TaggedCorpus)
        rows = self.model._rows_of(corpus.tags)
        known = rows >= 0
        return offsets_of(known)[corpus.tags.starts], rows[known]

    def _word_use(self, counts: NDArray[np.int64], corpus: Corpus) -> WordUse:
        use = super()._word_use(counts, corpus)
        starts, _ = self._rows(corpus)
        tags = float(np.diff(starts) @ np.diff(corpus.offsets)) / max(len(corpus.tokens), 1)
        if self.model.documents_only:
            return replace(use, contexts=0.0, steps_per_target=tags)
        return replace(use, steps_per_target=use.steps_per_target + tags) if self.model.sg else use

    def end_epoch(self) -> None:
        """Forget the lengths of the vectors, which have changed."""
        super().end_epoch()
        self.model.dv.forget_norms()

    @functools.cached_property
    def fingerprint(self) -> dict[str, Any]:
        """The words and documents of the corpus, and a checksum of ids and tags."""
        assert isinstance(self.corpus, TaggedCorpus)
        tags = self.corpus.tags
        found = super().fingerprint
        names = tags.all_names()
        sums = (array_checksum(each)[0] for each in (tags.starts, tags.ids, names.joined))
        return found | {"checksum": found["checksum"] + "".join(sums)}


#: the options that inference depends on; it is given the rates and epochs
OPTIONS = tuple(
    name
    for name in names_of(Word2VecParams)
    if name not in ("alpha", "min_alpha", "epochs", "workers")
)


class Inference:
    """Makes vectors of new documents, with the words and output weights of a model as they are.

    What the core needs of the model is kept until the model changes.
    """

    def __init__(self, model: Doc2Vec) -> None:
        Word2VecWords._sync_rows(
            model
        )  # and not the documents, which may be in a large mapped file
        self.params = replace(model._training_params(), alpha=1.0, min_alpha=0.0, epochs=1)
        self._identity, self._options = self._parts(model), self._options_of(model)
        counts = np.maximum(model._word_counts(), 1)
        used = [each for each in model._output_weights.items() if each[0].is_used(self.params)]
        given = LayerInput(self.params, counts, 0, model.wv.huffman_order, None)
        self._layers = [each.for_core(padded_rows(rows), given).layer for each, rows in used]
        self._keep = subsample_thresholds(counts, self.params.sample)
        self._vectors = padded_rows(model.wv.vectors)
        self._simd = simd()

    @staticmethod
    def _options_of(model: Doc2Vec) -> list[Any]:
        return [getattr(model, name) for name in OPTIONS]

    @staticmethod
    def _parts(model: Doc2Vec) -> tuple[object, ...]:
        weights = model._output_weights
        return model.wv.words, model.wv.vectors, *(weights.get(each) for each in LAYERS)

    def fits(self, model: Doc2Vec) -> bool:
        """Whether the model is as it was."""
        return self._options == self._options_of(model) and all(
            map(is_, self._identity, self._parts(model))
        )

    def vectors(
        self,
        tokens: NDArray[np.int32],
        offsets: NDArray[np.int64],
        workers: int,
        epochs: int,
        alpha: float,
        min_alpha: float,
    ) -> NDArray[np.float32]:
        """The (documents, D) vectors of documents of the model's words; zeros for those without
        words.

        Raises FloatingPointError if the learning rate was so high that they are not finite.
        """
        count, size = len(offsets) - 1, self.params.vector_size
        rows = padded(count, size)
        if len(tokens):
            core = self._core(tokens, offsets, rows, max(1, min(workers, count)))
            core.start_epoch(0.0, 0.0, self.params.seed)
            _infer(core, count, epochs, alpha, min_alpha)
            if not all_finite(rows):
                raise FloatingPointError(f"the vectors are not finite: lower alpha (now {alpha:g})")
        return rows[:, :size]

    def _core(
        self,
        tokens: NDArray[np.int32],
        offsets: NDArray[np.int64],
        rows: NDArray[np.float32],
        workers: int,
    ) -> Training:
        params, numbers = self.params, np.arange(len(rows) + 1)
        return Training(
            tokens=tokens,
            offsets=offsets,
            keep=self._keep,
            vectors=self._vectors,
            layers=self._layers,
            workers=workers,
            simd=self._simd,
            documents=Documents(rows, numbers, numbers[:-1].astype(np.int32), bool(params.sg)),
            inferring=True,
            **method_for_core(params),
        )


def _infer(core: Training, count: int, *how: Any) -> None:
    """Let the core's workers infer so many documents."""
    control = Control(core.n_workers)
    if control.workers == 1 and count == 1:  # a thread would take longer
        core.infer(0, control, *how)
        return
    threads.run(lambda worker: core.infer(worker, control, *how), control.workers, control.stop)
