"""Names of gensim that fastvec lacks say what to use."""

import copy
import importlib
import pickle

import pytest

from fastvec import Doc2Vec, FastText, GloVe, KeyedVectors, Phrases, Word2Vec
from fastvec._util.gensim_names import MODEL_NAMES, MODULE_NAMES, VECTOR_NAMES
from fastvec.sentences import TaggedDocument

LIFECYCLE = ["lifecycle_events", "add_lifecycle_event"]
MODULES = [
    "fastvec",
    "fastvec.models",
    "fastvec.word2vec",
    "fastvec.keyedvectors",
    "fastvec.models.word2vec",
    "fastvec.models.keyedvectors",
    "fastvec.models.callbacks",
    "fastvec.doc2vec",
    "fastvec.fasttext",
    "fastvec.models.doc2vec",
    "fastvec.models.fasttext",
]


@pytest.mark.parametrize("module", MODULES)
def test_a_name_that_gensim_has_is_an_import_error_with_advice(module):
    for name in MODULE_NAMES:
        with pytest.raises(ImportError, match=f"{module} has no {name}: "):
            exec(f"from {module} import {name}")
    with pytest.raises(ImportError, match="cannot import name 'no_such_name'"):
        exec(f"from {module} import no_such_name")
    assert not hasattr(importlib.import_module(module), "no_such_name")


def test_attributes_that_gensim_has_say_what_to_use():
    wv, model = KeyedVectors(2), Word2Vec(vector_size=2)
    for thing, names in ((wv, VECTOR_NAMES), (model, MODEL_NAMES)):
        for name, advice in names.items():
            with pytest.raises(AttributeError) as caught:
                getattr(thing, name)
            assert advice in str(caught.value)
        assert not hasattr(thing, "no_such_name")


def test_the_advice_is_about_what_there_is():
    for names, kind in ((VECTOR_NAMES, KeyedVectors), (MODEL_NAMES, Word2Vec)):
        assert not [name for name in names if hasattr(kind, name)]
    for name, advice in MODEL_NAMES.items():
        if advice == f"use wv.{name}":
            assert hasattr(KeyedVectors, name)


@pytest.mark.filterwarnings("ignore")  # gensim's own
def test_every_name_of_gensims_classes_is_there_or_has_advice():
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    options = {"min_count": 1, "vector_size": 2, "sample": 0}
    text, documents = [["a", "b"]] * 9, [TaggedDocument(["a", "b"], [i]) for i in range(9)]
    pairs = [(Phrases(min_count=1), models.Phrases(min_count=1), ["progress_per", *LIFECYCLE])]
    for kind, given in ((Word2Vec, text), (FastText, text), (Doc2Vec, documents)):
        own, other = kind(given, **options), getattr(models, kind.__name__)(given, **options)
        pairs += [(own, other, MODEL_NAMES), (own.wv, other.wv, VECTOR_NAMES)]
    pairs.append((own.dv, other.dv, VECTOR_NAMES))
    for own, other, names in pairs:
        public = {name for name in {*dir(other), *vars(other)} if not name.startswith("_")}
        assert not [name for name in public if not hasattr(own, name) and name not in names]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "module", ["word2vec", "keyedvectors", "phrases", "callbacks", "fasttext", "doc2vec"]
)
def test_every_class_of_gensims_modules_is_there_or_has_advice(module):
    theirs = pytest.importorskip(f"gensim.models.{module}", reason="gensim is not installed")
    for name, thing in vars(theirs).items():
        own = isinstance(thing, type) and thing.__module__ == theirs.__name__
        if own and not name.startswith("_") and name != "Heapitem":
            assert name in MODULE_NAMES or hasattr(
                importlib.import_module(f"fastvec.models.{module}"), name
            )


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (Word2Vec, "size", "vector_size"),
        (Word2Vec, "iter", "epochs"),
        (Phrases, "common_terms", "connector_words"),
        (Phrases, "connector_word", "connector_words"),
        (GloVe, "size", "vector_size"),
        (GloVe, "iter", "epochs"),
    ],
)
def test_arguments_of_gensim_3_are_called_by_their_new_names(kind, old, new):
    with pytest.raises(TypeError, match=f"'{old}': did you mean '{new}'"):
        kind(**{old: 100})


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_have_all_that_they_need(how):
    model = how(Word2Vec([["a", "b"]] * 9, vector_size=2, min_count=1))
    assert how(model.wv).index_to_key == model.wv.index_to_key


def test_the_names_of_gensims_modules_are_there():
    import fastvec.doc2vec
    import fastvec.fasttext
    import fastvec.word2vec

    for name in ("BrownCorpus", "FAST_VERSION", "MAX_WORDS_IN_BATCH", "Text8Corpus"):
        assert getattr(fastvec.word2vec, name) is getattr(fastvec.models.word2vec, name)
    for module in (fastvec.word2vec, fastvec.doc2vec, fastvec.fasttext):
        assert module.FAST_VERSION >= 0
