"""Files of GloVe models: a container of kind ``glove`` (docs/formats.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.options import names_of, params_from
from fastvec._util.places import FileLike, not_saved_if_refused, still_there
from fastvec.corpus.corpus import serializable
from fastvec.io.container import Container
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.models.training_state import TrainingState
from fastvec.models.word_records import empty_records
from fastvec.params import CooccurrenceParams, CorpusParams, GloVeParams, VocabularyParams

if TYPE_CHECKING:
    from fastvec.models.glove import GloVe

    Model = TypeVar("Model", bound=GloVe)

GROUPS = (GloVeParams, CooccurrenceParams, VocabularyParams, CorpusParams)
#: The options that are saved: all but the folder for temporary files.
SAVED = tuple(name for name in dict.fromkeys(names_of(*GROUPS)) if name != "tmp")


class CombinedRows:
    """The vectors of a GloVe model as an array that is written block by block.

    They are made of the records where they are needed: a copy of all of them would take a quarter
    of the memory that the records take.
    """

    dtype, ndim = np.dtype(np.float32), 2

    def __init__(self, model: GloVe) -> None:
        assert model.words is not None
        self.model = model
        columns = model.vector_size * (2 if model.combine == "both" else 1)
        self.shape = (len(model.words) + bool(model.unk), columns)
        self.nbytes = 4 * math.prod(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[np.float32]:
        return self.model._vectors(rows)


def save_model(
    model: GloVe,
    path: FileLike,
    metadata: Mapping[str, Any] | None = None,
    arrays: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write a model, and whatever else belongs to it; see :meth:`fastvec.GloVe.save`."""
    words, size = model._wv_words(), model.vector_size
    with not_saved_if_refused(path, ", or save the vectors alone with wv.save"):
        _check_options(model)
    try:
        model._check_finite()
    except FloatingPointError as error:
        raise FloatingPointError(f"the model is not saved: {error}{still_there(path)}") from None
    assert model._records is not None
    vectors: Any = CombinedRows(model) if model._wv is None else model._wv.vectors
    extra = {"records": model._records[:, :, : size + 2], **(arrays or {})}
    if model._prior is not None:
        extra["prior"] = model._prior
    save_vectors(
        path,
        words=words,
        vectors=vectors,
        counts=model._wv_counts(),
        extra=extra,
        metadata={
            **(metadata or {}),
            "parameters": serializable({name: getattr(model, name) for name in SAVED}),
            "training": model.training_state.to_dict(),
        },
        kind="glove",
    )


def load_model(cls: type[Model], path: FileLike) -> tuple[Model, Container]:
    """Open a file of :func:`save_model`: the model, and all that the file has; see
    :meth:`fastvec.GloVe.load`."""
    from fastvec.models.glove import GloVe

    words, file = load_vectors(path, "glove")
    model = cls.__new__(cls)
    GloVe.__init__(model)  # a subclass may have a constructor of its own
    try:
        options = dict(file.metadata["parameters"])
        if isinstance(options["memory"], float):  # files from before 0.1.0: gigabytes
            options["memory"] = int(options["memory"] * 1e9)
        for name in SAVED:
            if name in options:
                setattr(model, name, options[name])
        model.training_state = _state_of(file.metadata.get("training", options))
    except (KeyError, ValueError, TypeError, OverflowError):
        raise file.damaged("its parameters are not complete") from None
    try:
        _check_options(model)
    except (ValueError, TypeError) as error:
        raise file.damaged(error) from None
    size, count = model.vector_size, len(words) - bool(model.unk)
    saved = file.array("records", "<f4", count, 4, size + 2)
    prior = file.array("prior", "<f4", count, size) if "prior" in file.arrays else None
    counts = file.arrays.get("counts")
    model.words = words.take(np.arange(count))
    model.counts = None if counts is None else np.array(counts[:count])
    model._records = empty_records(count, size, model.eta)
    model._records[:, :, : size + 2] = saved
    model._prior = None if prior is None else np.array(prior)
    return model, file


def _check_options(model: GloVe) -> None:
    """ValueError or TypeError for options with which no model is loaded."""
    for group in GROUPS:
        params_from(group, model)


def restore_rows(model: GloVe, path: FileLike) -> None:
    """Read the records of a saved state of a model into its own."""
    assert model._records is not None
    size, count = model.vector_size, len(model._records)
    records = load_vectors(path, "glove")[1].array("records", "<f4", count, 4, size + 2)
    model._records[:, :, : size + 2] = records
    model._wv = None


def _state_of(saved: dict[str, Any]) -> TrainingState:
    """The state of training; of files of version 1, which have the loss history only."""
    return TrainingState.from_dict({"epochs_trained": len(saved["loss_history"])} | saved)
