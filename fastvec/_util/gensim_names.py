"""What gensim has under names that fastvec lacks, and what to use instead."""

from __future__ import annotations

from typing import Any, NoReturn

_OTHER = "fastvec trains word2vec and GloVe only: use gensim for"

#: names of ``gensim.models`` and its modules
MODULE_NAMES = {
    "FastText": f"{_OTHER} FastText",
    "Doc2Vec": f"{_OTHER} Doc2Vec",
    "TaggedDocument": f"{_OTHER} Doc2Vec",
    "FastTextKeyedVectors": f"{_OTHER} FastText",
    "WordEmbeddingsKeyedVectors": "use KeyedVectors",
    "Word2VecKeyedVectors": "use KeyedVectors",
    "EuclideanKeyedVectors": "use KeyedVectors",
    "Word2VecVocab": "use Vocabulary",
    "Word2VecTrainables": "use Word2Vec",
    "LdaModel": f"{_OTHER} LdaModel",
    "LsiModel": f"{_OTHER} LsiModel",
    "TfidfModel": f"{_OTHER} TfidfModel",
    "train_batch_sg": "training is native: call Word2Vec.train",
    "train_batch_cbow": "training is native: call Word2Vec.train",
    "score_sentence_sg": "call Word2Vec.score",
    "score_sentence_cbow": "call Word2Vec.score",
}

#: attributes of gensim's KeyedVectors, those of before gensim 4 included
VECTOR_NAMES = {
    "vocab": "use key_to_index, index_to_key and get_vecattr(key, 'count')",
    "index2word": "use index_to_key",
    "index2entity": "use index_to_key",
    "syn0": "use vectors",
    "syn0norm": "use get_normed_vectors()",
    "vectors_norm": "use get_normed_vectors()",
    "word_vec": "use get_vector",
    "init_sims": "use fill_norms(), or unit_normalize_all() for replace=True",
    "words_closer_than": "use closer_than",
    "add": "use add_vectors",
    "add_entity": "use add_vector",
    "entity2index": "use key_to_index",
    "accuracy": "use evaluate_word_analogies",
    "wv": "this is the object with the vectors already",
    "index2word_set": "use key_to_index",
}

#: attributes of gensim's Word2Vec, those of before gensim 4 included
MODEL_NAMES = {
    **{
        name: f"use wv.{name}"
        for name in (
            "most_similar",
            "most_similar_cosmul",
            "similar_by_word",
            "similar_by_vector",
            "similarity",
            "n_similarity",
            "doesnt_match",
            "wmdistance",
            "evaluate_word_pairs",
            "evaluate_word_analogies",
            "intersect_word2vec_format",
            "save_word2vec_format",
            "vectors_lockf",
            "get_vector",
        )
    },
    "load_word2vec_format": "use KeyedVectors.load_word2vec_format",
    "vocab": "use wv.key_to_index",
    "index2word": "use wv.index_to_key",
    "syn0": "use wv.vectors",
    "syn0_lockf": "use wv.vectors_lockf",
    "trainables": "its attributes, such as syn1neg, are those of the model",
    "raw_vocab": "use wv.get_vecattr(word, 'count')",
    "cum_table": "noise words are drawn by a native table",
    "init_sims": "use wv.fill_norms(), or wv.unit_normalize_all() for replace=True",
    "delete_temporary_training_data": "save wv alone: wv.save(path)",
    "accuracy": "use wv.evaluate_word_analogies",
    "size": "use vector_size",
    "iter": "use epochs",
}


def missing_from_module(module: str, name: str) -> NoReturn:
    """What the ``__getattr__`` of a module does.

    ImportError, which says what to use, for a name of gensim; otherwise AttributeError.

    >>> missing_from_module("fastvec.models", "FastText")
    Traceback (most recent call last):
    ImportError: fastvec.models has no FastText: ... use gensim for FastText
    """
    if name in MODULE_NAMES:
        raise ImportError(f"{module} has no {name}: {MODULE_NAMES[name]}", name=module)
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


def missing_attribute(owner: Any, name: str, names: dict[str, str]) -> NoReturn:
    """What the ``__getattr__`` of an object does: AttributeError, for gensim's names with advice.

    >>> missing_attribute(wv, "vocab", VECTOR_NAMES)
    Traceback (most recent call last):
    AttributeError: 'KeyedVectors' object has no attribute 'vocab': use key_to_index, ...
    """
    advice = f": {names[name]}" if name in names else ""
    raise AttributeError(
        f"{type(owner).__name__!r} object has no attribute {name!r}{advice}", name=name, obj=owner
    )
