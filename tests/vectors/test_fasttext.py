"""Vectors with n-grams: unseen words may stand wherever gensim lets them."""

import copy
import pickle

import numpy as np
import pytest
from sixty_words import KEYS, D

import fastvec
from fastvec import FastTextKeyedVectors, KeyedVectors, evaluation
from fastvec.subwords import Subwords, ngrams
from fastvec.words import Words

WORDS = ["night", "nights", "day", "days", "кошка", "a b"]
UNSEEN = ["nighttime", "today", "кошки"]
SIZE, BUCKET = 6, 50


def matrices(rows: int = BUCKET) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    return (chance.normal(size=(n, SIZE)).astype(np.float32) for n in (len(WORDS), rows))


@pytest.fixture
def wv():
    own, rows = matrices()
    counts = np.arange(len(WORDS), 0, -1) * 3
    return FastTextKeyedVectors.of_subwords(
        Words.of(WORDS), Subwords(3, 5, BUCKET, own, rows), counts
    )


@pytest.fixture
def theirs():
    """The same vectors in gensim."""
    fasttext = pytest.importorskip("gensim.models.fasttext", reason="gensim is not installed")
    vectors = fasttext.FastTextKeyedVectors(SIZE, 3, 5, BUCKET)
    own, rows = matrices()
    vectors.add_vectors(WORDS, own)
    vectors.vectors_vocab, vectors.vectors_ngrams = own, rows
    vectors.recalc_char_ngram_buckets()
    vectors.adjust_vectors()
    return vectors


CALLS = {
    "get_vector": lambda wv: wv.get_vector("nighttime"),
    "norm": lambda wv: wv.get_vector("nighttime", norm=True),
    "too short": lambda wv: wv.get_vector(""),
    "several": lambda wv: wv[["night", "nighttime", "day"]],
    "vectors": lambda wv: wv.vectors,
    "in": lambda wv: [word in wv for word in ["night", "nighttime", "кошки"]],
    "has_index_for": lambda wv: [wv.has_index_for(word) for word in ["night", "nighttime"]],
    "key_to_index": lambda wv: "nighttime" in wv.key_to_index,
    "similarity": lambda wv: [wv.similarity("night", "today"), wv.similarity("today", "nights")],
    "distance": lambda wv: wv.distance("nighttime", "today"),
    "distances": lambda wv: wv.distances("nighttime"),
    "distances to some": lambda wv: wv.distances("nighttime", ["night", "day"]),
    "most_similar": lambda wv: wv.most_similar("nighttime", topn=4),
    "positive and negative": lambda wv: wv.most_similar(["night", "today"], ["nighttime"], topn=3),
    "cosmul": lambda wv: wv.most_similar_cosmul(["night", "today"], ["nighttime"], topn=3),
    "similar_by_word": lambda wv: wv.similar_by_word("today", topn=2),
    "doesnt_match": lambda wv: wv.doesnt_match(["night", "nighttime", "кошка", "today"]),
    "rank_by_centrality": lambda wv: wv.rank_by_centrality(["night", "nighttime", "кошки"]),
    "n_similarity": lambda wv: wv.n_similarity(["night", "today"], ["кошки"]),
    "mean": lambda wv: wv.get_mean_vector(["night", "today"], weights=[1, -2]),
    "sentence": lambda wv: wv.get_sentence_vector(["night", "today"]),
    "most_similar_to_given": lambda wv: wv.most_similar_to_given("today", ["night", "кошки"]),
    "wmdistance": lambda wv: wv.wmdistance(["night", "today"], ["nighttime", "day"]),
    "relative": lambda wv: wv.relative_cosine_similarity("nighttime", "night"),
    "all": lambda wv: wv.vectors_for_all(["today", "night", "today"]).vectors,
    "all without": lambda wv: wv.vectors_for_all(["today", "night"], False).index_to_key,
    "index": lambda wv: wv.get_index("nighttime", -1),
}


@pytest.mark.filterwarnings("ignore")  # gensim's own
@pytest.mark.parametrize("call", CALLS)
def test_unseen_words_are_like_gensims(wv, theirs, call):
    if call == "wmdistance":
        pytest.importorskip("ot", reason="POT is not installed")
    found, wanted = CALLS[call](wv), CALLS[call](theirs)
    assert_like(found, wanted)


def assert_like(found, wanted):
    if isinstance(wanted, list | tuple):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert_like(one, other)
    elif isinstance(wanted, str):
        assert found == wanted
    else:
        np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", ["rank", "closer_than", "get_index"])
def test_words_of_the_vocabulary_only(wv, theirs, call):
    for vectors in (wv, theirs):
        with pytest.raises(KeyError, match="nighttime"):
            getattr(vectors, call)("nighttime", *["night"] * (call != "get_index"))


def test_words_without_ngrams_are_missing(wv):
    assert "" not in wv
    with pytest.raises(KeyError, match="Key '' not present in vocabulary"):
        wv.most_similar("")
    assert not wv.get_mean_vector([""]).any()
    assert 3 not in FastTextKeyedVectors(2, 3, 6, 10)


def test_has_ngrams_is_whether_there_are_any():
    rows = np.zeros((7, 1), np.float32)
    for low, high in [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (3, 6), (6, 3), (5, 5)]:
        subwords = Subwords(low, high, 7, rows, rows)
        for word in ["", "a", "ab", "кот", "</s>", "<", ">"]:
            assert subwords.has_ngrams(word) == (len(ngrams(Words.of([word]), low, high, 7)[1]) > 0)


def test_only_used_buckets_have_rows(wv):
    buckets = np.unique(ngrams(wv.words, 3, 5, BUCKET)[1])
    assert len(buckets) < BUCKET
    zeros = np.zeros((BUCKET, SIZE), np.float32)
    zeros[buckets] = wv.vectors_ngrams[buckets]
    full = FastTextKeyedVectors.of_subwords(
        wv.words, Subwords(3, 5, BUCKET, wv.vectors_vocab, zeros)
    )
    used = Subwords(3, 5, BUCKET, wv.vectors_vocab, zeros[buckets], buckets)
    some = FastTextKeyedVectors.of_subwords(wv.words, used)
    order = np.random.default_rng(1).permutation(len(buckets))
    mixed = Subwords(3, 5, BUCKET, wv.vectors_vocab, zeros[buckets[order]], buckets[order])
    mixed = FastTextKeyedVectors.of_subwords(wv.words, mixed)
    np.testing.assert_array_equal(mixed.vectors, wv.vectors)
    assert some.ngram_buckets.tolist() == buckets.tolist()
    assert full.ngram_buckets.tolist() == list(range(BUCKET))
    np.testing.assert_array_equal(some.vectors, wv.vectors)
    for word in UNSEEN:
        np.testing.assert_array_equal(some[word], full[word])
        np.testing.assert_array_equal(mixed[word], full[word])


@pytest.mark.parametrize(
    "how", [copy.copy, copy.deepcopy, lambda wv: pickle.loads(pickle.dumps(wv))]
)
def test_copies(wv, how):
    other = how(wv)
    np.testing.assert_array_equal(other["today"], wv["today"])
    other.add_vectors(["tomorrow"], [np.ones(SIZE)])
    assert len(other.vectors_vocab) == len(wv.vectors_vocab) + 1 == len(WORDS) + 1


@pytest.mark.parametrize("opener", [KeyedVectors.load, FastTextKeyedVectors.load, fastvec.load])
@pytest.mark.parametrize("used", [True, False])
def test_save_and_load(wv, tmp_path, opener, used, caplog):
    if used:
        buckets = np.arange(0, BUCKET, 2, dtype=np.int32)
        made = Subwords(
            3, 5, BUCKET, wv.vectors_vocab, wv.vectors_ngrams[::2], buckets, pruned=True
        )
        wv = FastTextKeyedVectors.of_subwords(wv.words, made, wv.counts)
    wv.set_vecattr("night", "rank", 7)
    wv.save(tmp_path / "a")
    other = opener(tmp_path / "a")
    assert isinstance(other, FastTextKeyedVectors)
    assert other.get_vecattr("night", "rank") == 7
    assert (other.min_n, other.max_n, other.bucket, other.subwords.pruned) == (3, 5, BUCKET, used)
    for name in ("vectors", "vectors_vocab", "vectors_ngrams", "ngram_buckets", "counts"):
        np.testing.assert_array_equal(getattr(other, name), getattr(wv, name))
    np.testing.assert_array_equal(other["today"], wv["today"])
    other.save(tmp_path / "b")
    assert not caplog.records
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_changes_keep_all_rows_together(wv):
    before = wv.vectors.copy()
    wv["day"] = np.arange(SIZE)
    wv.add_vector("zoo", np.ones(SIZE))
    wv.add_vectors(["day", "tomorrow"], np.zeros((2, SIZE)))
    assert wv["day"].tolist() == list(range(SIZE))
    shown = wv.vectors.copy()
    wv.adjust_vectors()
    np.testing.assert_allclose(wv.vectors, shown, atol=1e-5)
    np.testing.assert_allclose(wv["night"], before[0], atol=1e-6)
    wv.counts = np.arange(len(wv))
    wv.sort_by_descending_frequency()
    assert wv.index_to_key[0] == "tomorrow"
    shown = wv.vectors.copy()
    wv.adjust_vectors()
    np.testing.assert_allclose(wv.vectors, shown, atol=1e-5)


def test_sentences_have_unseen_words_too(wv):
    texts = [["night", "today"], ["nighttime", "", "days"], [""]]
    means = [(wv["night"] + wv["today"]) / 2, (wv["nighttime"] + wv["days"]) / 2, np.zeros(SIZE)]
    np.testing.assert_allclose(wv.sentence_vectors(texts), means, atol=1e-6)


def test_rows_are_replaced_and_vectors_computed_when_needed(wv):
    before, rows = wv.vectors.copy(), wv.vectors_ngrams.copy()
    wv.vectors_ngrams[:] = 0
    np.testing.assert_array_equal(wv.vectors, before)
    wv.forget_vectors()
    assert len(wv) == len(WORDS)
    assert not np.array_equal(wv.vectors, before)
    wv.set_vecattr("night", "rank", 7)
    subwords = Subwords(3, 5, BUCKET, wv.vectors_vocab[:2], rows)
    wv.renew_subwords(wv.words.take(np.array([1, 0])), subwords, np.array([5, 4]))
    assert (wv.index_to_key, wv.counts.tolist()) == (["nights", "night"], [5, 4])
    np.testing.assert_array_equal(wv["night"], subwords.vectors_of(wv.words, subwords.words)[1])
    assert wv.expandos.keys() == {"count"}


def test_adjust_vectors(wv):
    wv.vectors_ngrams[:] = 0
    wv.fill_norms()
    wv.adjust_vectors()
    counts = 1 + np.diff(ngrams(wv.words, 3, 5, BUCKET)[0])
    np.testing.assert_allclose(wv.vectors, wv.vectors_vocab / counts[:, None], atol=1e-6)
    np.testing.assert_allclose(wv.fill_norms(), np.linalg.norm(wv.vectors, axis=1), atol=1e-6)


def test_the_arguments_are_gensims():
    wv = FastTextKeyedVectors(2, 3, 6, 100, True, 5, np.float64)
    assert (wv.vectors.shape, wv.vectors.dtype) == ((5, 2), np.float64)
    with pytest.raises(ValueError, match="compatible_hash must be True, got False"):
        FastTextKeyedVectors(2, 3, 6, 100, compatible_hash=False)


def test_new_rows_and_integer_keys():
    wv = FastTextKeyedVectors(2, 3, 6, 100)
    wv.add_vectors([30, 7], [[1, 2], [3, 4]])
    assert wv[7].tolist() == [3, 4]
    assert (8 in wv, "8" in wv) == (False, False)
    with pytest.raises(KeyError):
        wv[8]
    assert wv.vectors_for_all([7, 8]).index_to_key == [7]


def test_other_ways_to_make_one_have_no_ngrams(tmp_path):
    KeyedVectors.of(Words.of(KEYS[:2]), np.ones((2, D))).save_word2vec_format(tmp_path / "a.txt")
    wv = FastTextKeyedVectors.load_word2vec_format(tmp_path / "a.txt")
    assert (wv.bucket, wv.max_n, "unseen" in wv, len(wv.vectors_vocab)) == (0, 0, False, 2)


def test_wrong_subwords():
    rows = np.zeros((3, 2), np.float32)
    for change, reason in [
        ({"min_n": -1}, "min_n must be at least 0, got -1"),
        ({"max_n": 1001}, "max_n must be at most 1000"),
        ({"bucket": 2**31}, "bucket must be at most"),
        ({"bucket": 4}, "there must be a row for each of 4 buckets, not 3"),
        ({"words": np.zeros((3, 1), np.float32)}, "must have the same size"),
        ({"buckets": np.array([2, 1, 1], np.int32)}, "buckets of 3 rows must be different"),
        ({"buckets": np.array([0, 1, 3], np.int32)}, "numbers below 3"),
        ({"buckets": np.array([-1, 1, 2], np.int32)}, "numbers below 3"),
        ({"buckets": np.array([0, 1], np.int32)}, "the buckets of 3 rows"),
    ]:
        with pytest.raises(ValueError, match=reason):
            Subwords(
                **{"min_n": 3, "max_n": 6, "bucket": 3, "words": rows, "ngrams": rows} | change
            )


def test_damaged_subwords(wv, tmp_path):
    from fastvec.io.container import write_container
    from fastvec.io.vectors import SUBWORDS, load_vectors

    wv.save(tmp_path / "a")
    words, file = load_vectors(tmp_path / "a")
    for name in ("vectors_vocab", "vectors_ngrams"):
        arrays = {key: array for key, array in file.arrays.items() if key != name}
        write_container(tmp_path / "b", "vectors", arrays, file.metadata, words)
        with pytest.raises(ValueError, match=rf"b is damaged: {name} is missing"):
            KeyedVectors.load(tmp_path / "b")
    for entries in ([], {"min_n": 3}, {"min_n": "3"}, file.metadata[SUBWORDS] | {"bucket": 51}):
        write_container(tmp_path / "b", "vectors", file.arrays, {SUBWORDS: entries}, words)
        with pytest.raises(ValueError, match="b is damaged: its subwords are wrong"):
            KeyedVectors.load(tmp_path / "b")


def test_similarity_of_unseen_words(wv, tmp_path):
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("night nights 9\nday days 8\nnight today 3\ntoday nighttime 2\nnight a 1\n")
    plain = evaluation.similarity(wv, pairs)
    assert (plain.pairs, plain.unknown) == (5, 3)
    found = evaluation.similarity(wv, pairs, allow_inference=True)
    assert found.unknown == 0
    wanted = [wv.similarity(*line.split()[:2]) for line in pairs.read_text().splitlines()]
    np.testing.assert_allclose(found.cosines, wanted, atol=1e-6)
    rows = KeyedVectors.of(wv.words, wv.vectors)
    assert evaluation.similarity(rows, pairs, allow_inference=True).unknown == 3
    options = {"delimiter": " ", "case_insensitive": False}
    assert wv.evaluate_word_pairs(pairs, **options, allow_inference=True)[2] == 0
    assert wv.evaluate_word_pairs(pairs, **options)[2] == 60
