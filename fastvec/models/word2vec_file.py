"""Files of Word2Vec models, and of FastText and Doc2Vec, which have more in them: containers whose
kinds are the names of these classes (docs/formats.md)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fastvec._util.options import check_value, names_of, params_from
from fastvec._util.places import FileLike, name_of, not_saved_if_refused, still_there
from fastvec.corpus.corpus import STORAGE_OPTIONS, serializable
from fastvec.io.container import Container, check_storable
from fastvec.io.vectors import load_vectors, save_vectors
from fastvec.models.output_layers import HIERARCHICAL_SOFTMAX, LAYERS, OutputWeights
from fastvec.models.training import all_finite
from fastvec.models.training_state import TrainingState
from fastvec.params import CorpusParams, VocabularyParams, Word2VecParams

if TYPE_CHECKING:
    from fastvec.models.word2vec import Word2Vec

    Model = TypeVar("Model", bound=Word2Vec)

#: Attributes of a model that are saved as they are, besides its options: what was read.
FACTS = ("comment", "corpus_count", "corpus_total_words")


def _saved(model: Word2Vec) -> tuple[str, ...]:
    """The attributes of a model that are saved as they are."""
    text = (name for name in names_of(CorpusParams) if name not in STORAGE_OPTIONS)
    return *names_of(*model._groups, VocabularyParams), *text, *FACTS


def save_model(
    model: Word2Vec,
    path: FileLike,
    metadata: Mapping[str, Any] | None = None,
    arrays: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write a model, and whatever else belongs to it; see :meth:`fastvec.Word2Vec.save`."""
    with not_saved_if_refused(path, ", or save the vectors alone with wv.save"):
        _check_options(model, model.wv.vector_size)
    model._sync_rows()
    weights = {layer.tensor: rows for layer, rows in model._output_weights.items()}
    rows = (*model._input_rows(), model.wv.vectors, *weights.values())
    if not all(map(all_finite, rows)):
        raise FloatingPointError(
            f"the model is not saved, since its numbers are not finite: lower alpha (now "
            f"{model.alpha}), and train anew or load what was saved before{still_there(path)}"
        )
    save_vectors(
        path,
        words=model.wv.words,
        vectors=model.wv.vectors,
        counts=model._word_counts(),
        subwords=model.wv.subwords,
        extra=weights | model.wv.attribute_arrays() | dict(arrays or {}),
        metadata={
            **(metadata or {}),
            "parameters": serializable({name: getattr(model, name) for name in _saved(model)}),
            "training": model.training_state.to_dict(),
        },
        kind=model._kind.lower(),
    )


def _check_options(model: Word2Vec, size: int) -> None:
    """ValueError or TypeError for options with which no model with vectors of ``size`` numbers is
    loaded."""
    rates = [check_value(name, getattr(model, name), float) for name in ("alpha", "min_alpha")]
    params_from(Word2VecParams, model, alpha=max(rates))
    for group in (*model._groups[1:], VocabularyParams, CorpusParams):
        params_from(group, model)
    for name in ("corpus_count", "corpus_total_words"):
        check_value(name, getattr(model, name), int, low=0)
    check_value("vector_size", model.vector_size, int, low=size, high=size)
    check_storable("comment", model.comment)


def load_model(cls: type[Model], path: FileLike) -> tuple[Model, Container]:
    """Open a file of :func:`save_model`: the model, and all that the file has; see
    :meth:`fastvec.Word2Vec.load`."""
    words, file = load_vectors(path, cls._kind.lower())
    options = file.metadata.get("parameters")
    if not isinstance(options, dict):
        raise file.damaged("parameters is not a JSON object")
    size = file.arrays["vectors"].shape[1]
    if size < 1:
        raise file.damaged("its vectors have no numbers")
    model = cls._like(size)
    for name in _saved(model):
        if name in options:
            setattr(model, name, options[name])
    try:
        _check_options(model, size)
    except (TypeError, ValueError) as error:
        raise file.damaged(error) from None
    # Files of version 1 have the state of training among the parameters.
    model.training_state = _state_of(file, file.metadata.get("training", options), model)
    counts = np.array(file.arrays.get("counts", np.zeros(len(words), np.int64)))
    model._load_vectors(file, words, counts)
    model.wv.add_attribute_arrays(file.arrays)
    model._output_weights = OutputWeights(words, size)
    _load_weights(model, file)
    return model, file


def restore_rows(model: Word2Vec, path: FileLike) -> Container:
    """Read the vectors and weights of a saved state of a model into its own arrays.

    ValueError if it has other words now.
    """
    words, file = load_vectors(path, model._kind.lower())
    if words != model.wv.words:
        raise ValueError(f"{name_of(path)} has other words than the model has now")
    model._sync_rows()
    model._restore_vectors(file)
    for layer, rows in model._output_weights.items():
        rows[:] = file.arrays[layer.tensor]
    model.wv.forget_norms()
    return file


def _state_of(file: Container, saved: object, model: Word2Vec) -> TrainingState:
    try:
        return TrainingState.from_dict(model.training_state.to_dict() | dict(saved))  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        raise file.damaged("its state of training is not complete") from None


def _load_weights(model: Word2Vec, file: Container) -> None:
    """The output weights of a model whose words are known."""
    weights, path = model._output_weights, file.path
    for layer in LAYERS:
        if layer.tensor in file.arrays:
            weights.set(layer, file.arrays[layer.tensor], f"{path}: {layer.tensor}")
    nodes = weights.get(HIERARCHICAL_SOFTMAX)
    if nodes is not None and nodes.any() and not model.wv.huffman_order.any():
        warnings.warn(
            f"{path} does not say where words stand in the tree of its nodes (huffman_order): "
            "syn1 begins anew",
            stacklevel=4,
        )
        nodes[:] = 0
    if len(weights.words) and not weights.items():
        raise file.damaged("it has no output weights")
