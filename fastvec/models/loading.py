"""Opening a file of any kind that fastvec knows, by its bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastvec._util.atomic import PathLike
from fastvec.corpus.corpus import Corpus
from fastvec.io.container import KINDS, container_kind
from fastvec.io.registry import read_vectors, sniff
from fastvec.io.vectors import SAFETENSORS
from fastvec.models.doc2vec import Doc2Vec
from fastvec.models.fasttext import FastText
from fastvec.models.glove import GloVe
from fastvec.models.neural_lm import NeuralLM
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import Phrases
from fastvec.models.ranker import Ranker
from fastvec.models.word2vec import Word2Vec
from fastvec.vectors.keyedvectors import KeyedVectors

#: what opens each kind of container that stands alone
OPENERS: dict[str, Callable[..., Any]] = {
    "corpus": Corpus.open,
    "vectors": KeyedVectors.load,
    "word2vec": Word2Vec.load,
    "fasttext": FastText.load,
    "doc2vec": Doc2Vec.load,
    "glove": GloVe.load,
    "neural_lm": NeuralLM.load,
    "ranker": Ranker.load,
    "pairs": Pairs.load,
    "phrases": Phrases.load,
}


def load(path: PathLike) -> Any:
    """Open a file that fastvec has written, or any file of vectors, whatever its name is.

    Parameters
    ----------
    path : path
        or an address that fsspec knows, for fastvec's own files and word2vec's.

    Returns
    -------
    a model, KeyedVectors, Corpus, Pairs, Phrases or FrozenPhrases
        what was saved.  Vectors of other formats (word2vec text and binary, fastText's .vec,
        GloVe's text, .npy, Parquet ...) are a KeyedVectors; those of fastText's .bin and .ftz a
        FastTextKeyedVectors, which has n-grams too.

    Raises
    ------
    ValueError
        a file of no known kind, or a damaged one; with its name and the reason.

    >>> load("vectors.bin").index_to_key[0]
    'king'
    >>> load("glove.safetensors")
    GloVe<vocab=3, vector_size=4, epochs=1>
    """
    if sniff(path) is SAFETENSORS:
        kind = container_kind(path)
        if kind not in OPENERS:
            holds, opener = KINDS[kind]
            raise ValueError(f"{path} holds {holds}, which belongs to vectors: use {opener}")
        return OPENERS[kind](path)
    return KeyedVectors.of_file(read_vectors(path))
