"""Models and vectors of gensim's, taken over as objects: what they answered, and more training."""

import copy
import pickle
import warnings

import numpy as np
import pytest

from fastvec import FastText, FrozenPhrases, KeyedVectors, Phrases, Word2Vec
from fastvec.doc2vec import Doc2Vec, TaggedDocument
from fastvec.phrases import ENGLISH_CONNECTOR_WORDS

gensim = pytest.importorskip("gensim.models", reason="gensim is not installed")
gensim_phrases = pytest.importorskip("gensim.models.phrases")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

GROUPS = [[f"{letter}{i}" for i in range(8)] for letter in "ab"]


def text(seed=1, sentences=300):
    """Two groups of words, which never mix."""
    rng = np.random.default_rng(seed)
    return [[str(w) for w in rng.choice(GROUPS[i % 2], 10)] for i in range(sentences)]


def trained(**options):
    options = {"vector_size": 12, "min_count": 1, "workers": 1, "sample": 0, "epochs": 3} | options
    return gensim.Word2Vec(text(), **options)


def whole(wv):
    return wv.index_to_key, wv.vectors.tolist()


OPTIONS = [
    {},
    {"sg": 1, "window": 3, "negative": 9, "ns_exponent": 0.5, "alpha": 0.05, "min_alpha": 0.001},
    {"cbow_mean": 0, "shrink_windows": False, "seed": 7, "max_final_vocab": 99, "sample": 0.5},
    {"sorted_vocab": 0, "max_vocab_size": 1000, "comment": "mine", "epochs": 2},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_model_is_the_same_and_trains_on(options, tmp_path):
    theirs = trained(**options)
    before = copy.deepcopy(theirs.wv.vectors)
    ours = Word2Vec.from_gensim(theirs)
    assert whole(ours.wv) == whole(theirs.wv)
    assert np.array_equal(ours.syn1neg, theirs.syn1neg)
    for word in theirs.wv.index_to_key:
        assert ours.wv.get_vecattr(word, "count") == theirs.wv.get_vecattr(word, "count")
    for name in {**options, "vector_size": 12, "epochs": 3, "min_count": 1}:
        assert getattr(ours, name) == getattr(theirs, name), name
    for name in ("corpus_count", "corpus_total_words", "train_count", "min_alpha_yet_reached"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name))
    ask = ["a1", "a2", "b3"]
    expected = theirs.predict_output_word(ask, topn=99)
    found = dict(ours.predict_output_word(ask, topn=99))
    assert found == pytest.approx({word: float(p) for word, p in expected}, rel=1e-3)
    assert ours.wv.most_similar("a1", topn=1)[0][0] == theirs.wv.most_similar("a1", topn=1)[0][0]

    ours.save(tmp_path / "m.safetensors")
    saved = Word2Vec.load(tmp_path / "m.safetensors")
    for model in (ours, copy.deepcopy(ours), pickle.loads(pickle.dumps(ours)), saved):
        model.train(text(2), epochs=1, start_alpha=model.min_alpha_yet_reached)
        assert not np.array_equal(model.wv.vectors, before)
        assert np.array_equal(theirs.wv.vectors, before)


def test_what_was_learned_is_not_lost():
    theirs = trained(sg=1, alpha=0.1, epochs=10, window=3)
    ours = Word2Vec.from_gensim(theirs)
    fresh = Word2Vec(vector_size=12, min_count=1, workers=1, sample=0, sg=1)
    fresh.build_vocab(text())
    for model in (ours, fresh):
        model.train(text(2), epochs=1, start_alpha=1e-6, end_alpha=0)  # which learns nothing
    assert ours.loss_history[0] < 0.7 * fresh.loss_history[0]
    groups = [ours.wv.similarity("a1", word) for word in ("a2", "b2")]
    assert groups[0] > 0.8 > 0.5 > groups[1]


def test_new_words_are_added_and_locks_kept():
    theirs = trained()
    theirs.wv.vectors_lockf = np.ones(16, np.float32)
    theirs.wv.vectors_lockf[theirs.wv.get_index("a1")] = 0
    theirs.wv.set_vecattr("a2", "rank", 7)
    ours = Word2Vec.from_gensim(theirs)
    held = ours.wv["a1"].copy()
    ours.build_vocab([["new", "a1", "a2"]] * 9, update=True)
    ours.train([["new", "a1", "a2"]] * 9, epochs=2)
    assert np.array_equal(ours.wv["a1"], held)
    assert "new" in ours.wv
    assert ours.wv.get_vecattr("a2", "rank") == 7
    assert ours.wv.get_vecattr("a2", "count") == theirs.wv.get_vecattr("a2", "count") + 9
    assert sorted(ours.wv.expandos) == ["count", "lockf", "rank"]


@pytest.mark.parametrize("negative", [0, 5])
def test_hierarchical_softmax_begins_anew(negative):
    theirs = trained(hs=1, negative=negative)
    with pytest.warns(UserWarning, match="syn1 begins anew, since its weights belong to the nodes"):
        ours = Word2Vec.from_gensim(theirs)
    assert whole(ours.wv) == whole(theirs.wv)
    assert not ours.syn1.any()
    assert negative == 0 or np.array_equal(ours.syn1neg, theirs.syn1neg)
    ours.train(text(2), epochs=3, start_alpha=0.05)
    assert ours.syn1.any()
    assert ours.score([["a1", "a2"]])[0] < 0


def test_a_model_without_output_weights():
    theirs = trained()
    del theirs.syn1neg
    with pytest.warns(UserWarning, match="syn1neg begins anew, since its weights are not there"):
        ours = Word2Vec.from_gensim(theirs)
    assert ours.train(text(2), epochs=1)[0] > 0


def test_a_model_that_is_not_trained_yet():
    ours = Word2Vec.from_gensim(gensim.Word2Vec(vector_size=5, min_count=1))
    assert (len(ours.wv), ours.vector_size) == (0, 5)
    ours.build_vocab(text())
    assert ours.train()[0] > 0
    counted = gensim.Word2Vec(vector_size=5, min_count=1)
    counted.build_vocab(text())
    assert Word2Vec.from_gensim(counted).train(text(), epochs=1)[0] > 0


class Mine(Word2Vec):
    def __init__(self, needed):
        raise AssertionError(needed)


def test_a_subclass_is_what_is_made():
    assert type(Mine.from_gensim(trained())) is Mine


TINY = {"vector_size": 4, "min_count": 1, "epochs": 1, "workers": 1}
MODELS = {"Word2Vec": Word2Vec, "FastText": FastText, "Doc2Vec": Doc2Vec}


def theirs_of(kind):
    if kind == "Doc2Vec":
        return documents([[f"d{i}"] for i in range(20)], **TINY)
    return getattr(gensim, kind)(text(1, 20), **TINY)


@pytest.mark.parametrize("kind", MODELS)
def test_other_models_say_what_to_use(kind):
    model = theirs_of(kind)
    for name, cls in MODELS.items():
        if name != kind:
            with pytest.raises(TypeError, match=rf"this is a {kind}: use {kind}\.from_gensim"):
                cls.from_gensim(model)
    with pytest.raises(TypeError, match=r"from_gensim takes vectors here, got .*: give its wv"):
        KeyedVectors.from_gensim(model)
    assert whole(KeyedVectors.from_gensim(model.wv)) == whole(model.wv)


# --- documents


def documents(tags, **options):
    tagged = gensim.doc2vec.TaggedDocument
    given = [tagged(words, each) for words, each in zip(text(1, len(tags)), tags, strict=True)]
    return gensim.Doc2Vec(given, **(TINY | options))


MODES = {
    "dbow": {"dm": 0},
    "dbow_words": {"dm": 0, "dbow_words": 1},
    "dm_mean": {"dm": 1, "dm_mean": 1},
    "dm_sum": {"dm": 1, "dm_mean": 0},
}


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_documents_are_taken_over_and_trained_on(mode, names, tmp_path):
    tags = [[f"d{i}", "all"] if names else [i] for i in range(40)]
    theirs = documents(tags, vector_size=12, epochs=20, alpha=0.1, sample=0, **MODES[mode])
    ours = Doc2Vec.from_gensim(theirs)
    assert whole(ours.wv) == whole(theirs.wv)
    assert whole(ours.dv) == whole(theirs.dv)
    assert np.array_equal(ours.syn1neg, theirs.syn1neg)
    for name in ("dm", "dbow", "dbow_words", "dm_mean", "window", "epochs", "alpha"):
        assert getattr(ours, name) == getattr(theirs, "cbow_mean" if name == "dm_mean" else name)
    first = tags[0][0]
    inferred = ours.infer_vector(text(1, 40)[0], epochs=50)
    nearest = next(tag for tag, _ in ours.dv.most_similar([inferred], topn=2) if tag != "all")
    assert int(str(nearest).strip("d")) % 2 == 0
    ours.save(tmp_path / "m")
    for model in (ours, Doc2Vec.load(tmp_path / "m"), copy.deepcopy(ours)):
        model.train([TaggedDocument(words, [first]) for words in text(2, 9)], epochs=1)
        assert not np.array_equal(model.dv[first], theirs.dv[first])
    assert not np.array_equal(ours.wv.vectors, theirs.wv.vectors) or mode == "dbow"


def test_documents_that_cannot_be_taken_over():
    with pytest.raises(ValueError, match="partly strings and partly integers"):
        Doc2Vec.from_gensim(documents([[0, "a"], [1, "b"]]))
    with pytest.raises(ValueError, match="dm_concat=1 cannot be taken over"):
        Doc2Vec.from_gensim(documents([[0], [1]], dm_concat=1))


@pytest.mark.parametrize("cls", [Word2Vec, Doc2Vec, KeyedVectors, Phrases, FrozenPhrases])
@pytest.mark.parametrize("odd", [None, "m.model", 3, [["a"]], {"a": 1}], ids=repr)
def test_what_is_not_of_gensim_is_refused(cls, odd):
    with pytest.raises(TypeError, match=r"from_gensim takes an? .*got|open it with gensim's "):
        cls.from_gensim(odd)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_vectors(dtype, tmp_path):
    theirs = gensim.KeyedVectors(3, dtype=dtype)
    theirs.add_vectors(["x", "y"], np.array([[1, 2, 3], [4, 5, 6]], dtype))
    theirs.set_vecattr("x", "note", "a word")
    ours = KeyedVectors.from_gensim(theirs)
    assert whole(ours) == whole(theirs)
    assert ours.vectors.dtype == dtype
    ours.vectors[0] = 0
    assert theirs.vectors[0].any()
    ours.save(tmp_path / "v.safetensors")
    numbers = gensim.KeyedVectors(2)
    numbers.add_vectors([30, 7], [[1, 2], [3, 4]])
    assert KeyedVectors.from_gensim(numbers)[7].tolist() == [3, 4]
    gaps = gensim.KeyedVectors(2, count=2)
    with pytest.raises(TypeError, match="keys must be all strings or all integers, got None"):
        KeyedVectors.from_gensim(gaps)


LINES = """bank of america is in new york
the bank of america and the bank of england
new york city is new"""
SENTENCES = [line.split() for line in LINES.splitlines()] * 6
SCORING = [("default", 0.5), ("npmi", 0.2)]


@pytest.mark.parametrize(("scoring", "threshold"), SCORING)
@pytest.mark.parametrize("connectors", [frozenset(), ENGLISH_CONNECTOR_WORDS], ids=len)
@pytest.mark.parametrize("delimiter", ["_", "--"])
def test_phrases(scoring, threshold, connectors, delimiter, tmp_path):
    options = {"scoring": scoring, "threshold": threshold, "min_count": 2, "delimiter": delimiter}
    theirs = gensim.Phrases(SENTENCES, connector_words=connectors, **options)
    ours = Phrases.from_gensim(theirs)
    for name in ("min_count", "threshold", "delimiter", "connector_words", "corpus_word_count"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert dict(ours.vocab) == dict(theirs.vocab)
    assert ours.export_phrases() == pytest.approx(theirs.export_phrases())
    assert list(ours[SENTENCES]) == list(theirs[SENTENCES])
    frozen = Phrases.from_gensim(theirs.freeze())
    assert type(frozen) is FrozenPhrases
    assert list(frozen[SENTENCES]) == list(theirs[SENTENCES])
    for model in (ours, theirs):
        model.add_vocab([["new", "york", "times"], ["bank", "of", "japan"]] * 3)
    assert dict(ours.vocab) == dict(theirs.vocab)
    assert ours.export_phrases() == pytest.approx(theirs.export_phrases())
    ours.save(tmp_path / "p.fvp")
    assert Phrases.load(tmp_path / "p.fvp").export_phrases() == ours.export_phrases()


def test_phrases_of_phrases_and_words_with_the_delimiter():
    once = gensim.Phrases(SENTENCES, min_count=1, threshold=0.5)
    twice = gensim.Phrases(
        once[[*SENTENCES, ["new_", "_york", "_", "a__b"]]], min_count=1, threshold=0.2
    )
    ours = Phrases.from_gensim(twice)
    assert dict(ours.vocab) == dict(twice.vocab)
    assert list(ours[once[SENTENCES]]) == list(twice[once[SENTENCES]])


def their_own(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    del wordb_count, len_vocab, min_count, corpus_word_count
    return bigram_count / worda_count


def test_a_scoring_function_of_ones_own_is_kept():
    theirs = gensim.Phrases(SENTENCES, min_count=1, threshold=0.3, scoring=their_own)
    ours = Phrases.from_gensim(theirs)
    assert ours.scoring is their_own
    assert ours.export_phrases() == pytest.approx(theirs.export_phrases())


def test_phrases_without_text():
    ours = Phrases.from_gensim(gensim.Phrases(min_count=1, threshold=0.1))
    ours.add_vocab(SENTENCES)
    assert "new_york" in ours.export_phrases()


def test_files_of_gensim_go_through_gensim(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trained().save(str(tmp_path / "w.model"))
        ours = Word2Vec.from_gensim(gensim.Word2Vec.load(str(tmp_path / "w.model")))
    with pytest.raises(ValueError, match="from_gensim"):
        Word2Vec.load(tmp_path / "w.model")
    assert ours.train(text(2), epochs=1)[0] > 0
