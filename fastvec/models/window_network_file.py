"""Files of models that are networks on windows (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.options import names_of
from fastvec._util.places import FileLike, name_of, not_saved_if_refused, still_there
from fastvec.corpus.corpus import STORAGE_OPTIONS, serializable
from fastvec.io.container import Container
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.models.training_state import TrainingState

if TYPE_CHECKING:
    from fastvec.models.window_network import WindowNetwork

    Model = TypeVar("Model", bound=WindowNetwork)

#: what a file calls the vectors behind those of the words
OTHERS = "other_vectors"


def _saved(model: WindowNetwork) -> list[str]:
    return [name for name in names_of(*model._groups()) if name not in STORAGE_OPTIONS]


def save_model(
    model: WindowNetwork,
    path: FileLike,
    metadata: Mapping[str, Any] | None = None,
    arrays: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write a model, and whatever else belongs to it."""
    words = model.wv.words
    with not_saved_if_refused(path, ", or save the vectors alone with wv.save"):
        model._check_options()
    if not model._is_finite():
        raise FloatingPointError(
            f"the model is not saved, since its numbers are not finite: lower alpha (now "
            f"{model.alpha}), and train anew or load what was saved before{still_there(path)}"
        )
    matrices = dict(model._matrices)
    vectors = matrices.pop("vectors")
    count = len(vectors) - model._more_vectors
    save_vectors(
        path,
        words=words,
        vectors=vectors[:count],
        counts=model.counts,
        extra={OTHERS: vectors[count:], **matrices, **(arrays or {})},
        metadata={
            **(metadata or {}),
            "parameters": serializable({name: getattr(model, name) for name in _saved(model)}),
            "training": model.training_state.to_dict(),
        },
        kind=model._kind,
    )


def load_model(cls: type[Model], path: FileLike) -> tuple[Model, Container]:
    """Open a file of :func:`save_model`: the model, and all that the file has."""
    words, file = load_vectors(path, cls._kind)
    model = cls()
    try:
        options = dict(file.metadata["parameters"])
        for name in _saved(model):
            if name in options:
                setattr(model, name, options[name])
        model._check_options()
        model.training_state = TrainingState.from_dict(dict(file.metadata["training"]))
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise file.damaged(f"its parameters are not complete: {error}") from None
    model.words, model.counts = words, np.array(file.array("counts", "<i8", len(words)))
    saved = _matrices(model, file)
    model._make_matrices()
    _fill(model, saved)
    return model, file


def restore_rows(model: WindowNetwork, path: FileLike) -> None:
    """Read the matrices of a saved state of a model into its own; ValueError for other words."""
    words, file = load_vectors(path, model._kind)
    if words != model.words:
        raise ValueError(f"{name_of(path)} has other words than the model has now")
    _fill(model, _matrices(model, file))
    model.wv.forget_norms()


def _matrices(model: WindowNetwork, file: Container) -> dict[str, NDArray[np.float32]]:
    """The matrices of a file by their names there, all of which fit the model."""
    shapes, more = model._all_shapes(), model._more_vectors
    count, size = shapes["vectors"]
    shapes |= {"vectors": (count - more, size), OTHERS: (more, size)}
    return {name: file.array(name, "<f4", *shape) for name, shape in shapes.items()}


def _fill(model: WindowNetwork, saved: Mapping[str, NDArray[np.float32]]) -> None:
    """Copy saved matrices into those of a model."""
    vectors = len(saved["vectors"])
    for name, rows in saved.items():
        if name == OTHERS:
            model._matrices["vectors"][vectors:] = rows
        else:
            model._matrices[name][: len(rows)] = rows
