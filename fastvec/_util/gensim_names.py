"""What gensim has under names that fastvec lacks, and what to use instead."""

from __future__ import annotations

from typing import Any, NoReturn

_OTHER = "fastvec trains word2vec, FastText, Doc2Vec and GloVe only: use gensim for"

_OTHER_MODELS = (
    *("LdaModel", "LdaMulticore", "LdaSeqModel", "LsiModel", "TfidfModel", "RpModel", "HdpModel"),
    *("EnsembleLda", "Nmf", "AuthorTopicModel", "LogEntropyModel", "NormModel", "CoherenceModel"),
    *("AtireBM25Model", "LuceneBM25Model", "OkapiBM25Model"),
    *("BackMappingTranslationMatrix", "VocabTransform"),
    # of gensim.models.callbacks
    *("Callback", "Metric", "CoherenceMetric", "ConvergenceMetric", "DiffMetric"),
    "PerplexityMetric",
)

#: names of ``gensim.models`` and its modules
MODULE_NAMES = {
    "TaggedBrownCorpus": "make TaggedDocuments of your own",
    "WordEmbeddingsKeyedVectors": "use KeyedVectors",
    "Word2VecKeyedVectors": "use KeyedVectors",
    "EuclideanKeyedVectors": "use KeyedVectors",
    **dict.fromkeys(("Word2VecVocab", "FastTextVocab", "Doc2VecVocab"), "use Vocabulary"),
    "Word2VecTrainables": "use Word2Vec",
    "FastTextTrainables": "use FastText",
    "Doc2VecTrainables": "use Doc2Vec",
    "Doctag": "use Doc2Vec.dv, whose keys are the tags",
    "TranslationMatrix": "use fastvec.alignment.align",
    "Doc2VecKeyedVectors": "use KeyedVectors",
    **{name: f"{_OTHER} {name}" for name in _OTHER_MODELS},
    "Vocab": "use get_vecattr(word, 'count')",
    "CompatVocab": "use get_vecattr(word, 'count')",
    "load_word2vec_format": "use KeyedVectors.load_word2vec_format",
    "keep_vocab_item": "trim_rule is called for each word",
    "train_epoch_sg": "training is native: call Word2Vec.train",
    "train_epoch_cbow": "training is native: call Word2Vec.train",
    "train_batch_sg": "training is native: call Word2Vec.train",
    "train_batch_cbow": "training is native: call Word2Vec.train",
    "score_sentence_sg": "call Word2Vec.score",
    "score_sentence_cbow": "call Word2Vec.score",
}

_LIFECYCLE = dict.fromkeys(
    ("lifecycle_events", "add_lifecycle_event"),
    "files hold nothing about the machine; Word2Vec keeps a comment",
)
_STEPS = ("scan_vocab", "prepare_vocab", "prepare_weights", "init_weights", "update_weights",
          "add_null_word")  # fmt: skip

#: names of arguments before gensim 4, and what they are called now
OLD_ARGUMENTS = {"size": "vector_size", "iter": "epochs", "common_terms": "connector_words"}

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
    "next_index": "use len(words)",
    "mapfile_path": "load maps every file",
    "log_accuracy": "evaluate_word_analogies returns the sections",
    "log_evaluate_word_pairs": "evaluate_word_pairs returns the correlations",
    **dict.fromkeys(
        ("vectors_vocab_lockf", "vectors_ngrams_lockf"), "the rows of FastText are all trained"
    ),
    "buckets_word": "ngram_buckets has the buckets that have a row",
    "recalc_char_ngram_buckets": "n-grams are found when they are needed",
    "init_post_load": "use load_facebook_vectors",
    "similarity_unseen_docs": "use Doc2Vec.similarity_unseen_docs",
    **_LIFECYCLE,
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
    "load_fasttext_format": "use load_facebook_model, or load_facebook_vectors",
    "load_binary_data": "use load_facebook_model, or load_facebook_vectors",
    "estimated_lookup_memory": "use estimate_memory",
    "callbacks": "give them to train",
    **dict.fromkeys(("dm_concat", "dm_tag_count"), "there is no PV-DM with concatenated vectors"),
    "iter": "use epochs",
    **dict.fromkeys(_STEPS, "call build_vocab, which does all of its steps"),
    "make_cum_table": "noise words are drawn by a native table",
    "create_binary_tree": "the tree is made anew for each training",
    "random": "seed alone determines the random numbers",
    "seeded_vector": "seed alone determines the random numbers",
    **_LIFECYCLE,
}


def missing_from_module(module: str, name: str) -> NoReturn:
    """What the ``__getattr__`` of a module does.

    ImportError, which says what to use, for a name of gensim; otherwise AttributeError.

    >>> missing_from_module("fastvec.models", "LdaModel")
    Traceback (most recent call last):
    ImportError: fastvec.models has no LdaModel: ... use gensim for LdaModel
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
