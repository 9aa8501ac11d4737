"""Models of gensim's, read from the objects themselves: gensim is not imported."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from fastvec._util.options import names_of
from fastvec.models.collocations import Bigrams, ConnectorTree
from fastvec.models.output_layers import HIERARCHICAL_SOFTMAX, LAYERS, OutputWeights
from fastvec.models.phrase_joining import cuts
from fastvec.models.phrase_scores import SCORERS
from fastvec.models.phrases_file import PhrasesFile
from fastvec.models.training_state import TrainingState
from fastvec.params import PhrasesParams, VocabularyParams
from fastvec.vectors.from_gensim import check_gensim
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

if TYPE_CHECKING:
    from fastvec.models.doc2vec import Doc2Vec
    from fastvec.models.word2vec import Word2Vec

    Model = TypeVar("Model", bound=Word2Vec)

MOST_COUNTED = int(np.iinfo(np.uint32).max)  # of a pair

FACTS = ("comment", "corpus_count", "corpus_total_words")
PROGRESS = ("train_count", "total_train_time", "min_alpha_yet_reached", "running_training_loss")


def word2vec(cls: type[Model], theirs: Any) -> Model:
    """A model of gensim's as one of fastvec's, of a Doc2Vec without its documents; see
    :meth:`fastvec.Word2Vec.from_gensim`."""
    check_gensim(cls._kind, theirs, "wv", "vector_size", "negative", "hs")
    kind = _kind_of(theirs)
    if kind != cls._kind:
        raise TypeError(f"this is a {type(theirs).__name__}: use {kind}.from_gensim")
    if getattr(theirs, "dm_concat", 0):
        raise ValueError("a model with dm_concat=1 cannot be taken over: its windows are others")
    model = cls._like(theirs.vector_size)
    names = (*names_of(*cls._groups, VocabularyParams), *FACTS)
    for owner in (theirs.wv, theirs):  # of which gensim's wv has the options of n-grams
        vars(model).update({name: getattr(owner, name) for name in names if hasattr(owner, name)})
    model._training_params(), model._vocab_params()  # which check them
    done = {name: getattr(theirs, name) for name in PROGRESS if hasattr(theirs, name)}
    model.training_state = TrainingState.from_dict(done)
    model.wv = KeyedVectors.from_gensim(theirs.wv)
    model._output_weights = _output_weights(model, theirs)
    return model


def _kind_of(theirs: Any) -> str:
    """Which of gensim's classes has the attributes of a model."""
    if hasattr(theirs, "dv"):
        return "Doc2Vec"
    return "FastText" if hasattr(theirs.wv, "vectors_ngrams") else "Word2Vec"


def take_documents(model: Doc2Vec, theirs: Any) -> None:
    """Give a model the documents of gensim's; see :meth:`fastvec.Doc2Vec.from_gensim`."""
    if len({type(tag) for tag in theirs.dv.index_to_key}) > 1:
        raise ValueError(
            "the tags of these documents are partly strings and partly integers: "
            "KeyedVectors.from_gensim(model.wv) takes over the vectors of words"
        )
    model.dbow_words = int(theirs.dbow_words)
    model._take_documents(KeyedVectors.from_gensim(theirs.dv))


def _output_weights(model: Word2Vec, theirs: Any) -> OutputWeights:
    """The weights of the output layers; those that cannot be taken over are zeros."""
    weights = OutputWeights(model.wv.words, model.vector_size)
    for layer in LAYERS:
        rows = getattr(theirs, layer.gensim_name, None)
        if rows is not None and layer is not HIERARCHICAL_SOFTMAX:
            weights.set(layer, np.array(rows))
        elif layer.is_used(model) and len(model.wv):
            reason = "are not there" if rows is None else "belong to the nodes of gensim's own tree"
            warnings.warn(
                f"{layer.gensim_name} begins anew, since its weights {reason}: train the model "
                "before it predicts",
                stacklevel=4,
            )
    weights.prepare(model)
    return weights


def phrases(theirs: Any) -> tuple[PhrasesFile, dict[str, Any]]:
    """A Phrases or FrozenPhrases of gensim's as what a file of fastvec's would hold, and its
    options; see :meth:`fastvec.Phrases.from_gensim`."""
    check_gensim("Phrases", theirs, "threshold", "scoring", "connector_words")
    names = (*names_of(PhrasesParams), "connector_words")
    options = {name: getattr(theirs, name) for name in names if hasattr(theirs, name)}
    scorers = {scorer.__name__: name for name, scorer in SCORERS.items()}
    options["scoring"] = scorers.get(getattr(theirs.scoring, "__name__", ""), theirs.scoring)
    if hasattr(theirs, "phrasegrams"):
        return PhrasesFile("FrozenPhrases", {}, None, dict(theirs.phrasegrams), ValueError), options
    check_gensim("Phrases", theirs, "vocab", "corpus_word_count", "min_reduce")
    return PhrasesFile("Phrases", {}, bigrams(theirs), {}, ValueError), options


def bigrams(theirs: Any) -> Bigrams:
    """What gensim's Phrases has counted: its ``vocab`` maps words, and pairs, to counts.

    A key with the delimiter in it is a pair if it can be cut into two other keys, with connectors
    between them; otherwise it is a word.

    >>> phrases = Phrases([["a", "rose", "_"], ["a", "rose"]])
    >>> found = bigrams(phrases)
    >>> list(found.words), found.counts.tolist(), found.pairs.tolist()
    (['a', 'rose', '_'], [2, 2, 1], [[0, 1, 0, 2], [1, 2, 0, 1]])
    """
    vocab, options = theirs.vocab, (theirs.delimiter, theirs.connector_words)
    pairs: dict[str, tuple[str, tuple[str, ...], str]] = {}
    for key in vocab:
        for first, between, last in cuts(key, *options):
            if first in vocab and last in vocab:
                pairs.setdefault(key, (first, between, last))
    counts = {key: count for key, count in vocab.items() if key not in pairs}
    for first, between, last in pairs.values():
        for word in (first, *between, last):
            counts.setdefault(word, 0)
    ids, tree = {word: i for i, word in enumerate(counts)}, ConnectorTree()
    rows = np.zeros((len(pairs), 4), np.uint32)
    for row, (key, (first, between, last)) in zip(rows, pairs.items(), strict=True):
        node = 0
        for word in between:
            node = tree.add(node, ids[word])
        row[:] = ids[first], ids[last], node, min(vocab[key], MOST_COUNTED)
    totals = np.fromiter(counts.values(), np.int64, len(counts))
    facts = (theirs.corpus_word_count, theirs.min_reduce)
    return Bigrams(Words.of(counts), totals, rows, *tree.arrays(), *facts)
