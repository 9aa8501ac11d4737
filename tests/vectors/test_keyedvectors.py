"""KeyedVectors: its own rules, and the same answers as gensim where gensim is installed."""

import copy

import numpy as np
import pytest

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.norms import normalized_rows, row_norms
from fastvec.vectors.search import ANALOGY_METHODS, nearest, solve_analogies
from fastvec.words import Words

V, D = 60, 7
KEYS = [f"w{i}" for i in range(V)]
VECTORS = (np.random.default_rng(5).normal(size=(V, D)) * np.arange(1, V + 1)[:, None]).astype("f")
COUNTS = np.random.default_rng(6).integers(1, 99, V)


@pytest.fixture
def wv():
    """Sixty words whose vectors lie in padded rows, as training leaves them."""
    padded = np.zeros((V, 16), np.float32)
    padded[:, :D] = VECTORS
    return KeyedVectors.of(Words.of(KEYS), padded[:, :D], COUNTS.copy())


@pytest.fixture
def theirs():
    """The same words in gensim."""
    gensim = pytest.importorskip("gensim", reason="gensim is not installed")
    vectors = gensim.models.KeyedVectors(D)
    vectors.add_vectors(KEYS, VECTORS)
    return vectors


def same(ours, theirs):
    """Equal up to float32's rounding, tuples and lists included."""
    if isinstance(theirs, list | tuple):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    elif isinstance(theirs, np.ndarray):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=2e-6, rtol=1e-5)
    elif isinstance(theirs, float | np.floating):
        assert ours == pytest.approx(float(theirs), abs=2e-6, rel=1e-5)
    else:
        assert ours == theirs


CALLS = [
    "wv['w3']",
    "wv[3]",
    "wv[['w3', 'w1']]",
    "len(wv)",
    "'w3' in wv, 'zz' in wv, 5 in wv, 99 in wv, -1 in wv",
    "str(wv)",
    "wv.index_to_key",
    "wv.key_to_index",
    "wv.get_index('w3'), wv.get_index(4), wv.get_index('zz', -1)",
    "wv.get_vector('w3', norm=True)",
    "wv.get_normed_vectors()",
    "wv.most_similar('w1')",
    "wv.most_similar(3, topn=2)",
    "wv.most_similar(['w1', 'w2'], ['w3'], topn=4)",
    "wv.most_similar(positive=['w1'], negative='w2', topn=1)",
    "wv.most_similar(positive=[('w1', 2.0), 'w2'], topn=2)",
    "wv.most_similar(positive=[('w1', 2.0)], negative=[('w2', -0.5)], topn=2)",
    "wv.most_similar(wv['w1'], topn=2)",
    "wv.most_similar([wv['w1'], 'w2'], topn=2)",
    "wv.most_similar(wv[['w1', 'w2']], topn=2)",
    "wv.most_similar('w1', topn=0)",
    "wv.most_similar('w1', topn=-2)",
    "wv.most_similar('w1', topn=None)",
    "wv.most_similar('w1', topn=1000)",
    "wv.most_similar('w1', topn=2, restrict_vocab=9)",
    "wv.most_similar('w1', topn=20, clip_start=3, clip_end=9)",
    "wv.most_similar('w1', topn=None, clip_start=3, clip_end=9)",
    "wv.most_similar('w1', topn=5, restrict_vocab=3, clip_start=2)",
    "wv.similar_by_word('w1', topn=1)",
    "wv.similar_by_key('w1', topn=1)",
    "wv.similar_by_vector(wv['w1'], topn=1)",
    "wv.similarity('w1', 'w2')",
    "wv.similarity(1, 2)",
    "wv.distance('w1', 'w2')",
    "wv.get_mean_vector(['w1', 'w2'])",
    "wv.get_mean_vector(['w1', 'w2'], weights=[1, 3])",
    "wv.get_mean_vector(['w1', 'w2'], weights=[1, -3], post_normalize=True)",
    "wv.get_mean_vector(['w1', 'w2'], pre_normalize=False)",
    "wv.get_mean_vector(['w1', 'zz'], weights=[2, 5])",
    "wv.get_mean_vector(['zz'])",
    "wv.get_mean_vector(['w1', wv['w2']])",
    "wv.n_similarity(['w1', 'w5'], ['w2', 'w3'])",
    "wv.n_similarity(['zz'], ['w2', 'w3'])",
    "wv.distances('w1')",
    "wv.distances('w1', ['w2', 'w3'])",
    "wv.distances(wv['w1'], ['w2'])",
    "wv.doesnt_match(['w1', 'w2', 'w3'])",
    "wv.doesnt_match(['w1', 'zz', 'w2'])",
    "wv.closer_than('w1', 'w2')",
    "wv.rank('w1', 'w2')",
    "wv.rank('w1', 'w1')",
    "wv.rank_by_centrality(['w1', 'w2', 'zz', 'w3'])",
    "wv.rank_by_centrality(['w1', 'w2', 'w3'], use_norm=False)",
    "wv.relative_cosine_similarity('w1', 'w2')",
    "wv.relative_cosine_similarity('w1', 'w2', topn=3)",
    "wv.most_similar_to_given('w1', ['w2', 'w3', 'w9'])",
    "wv.most_similar_cosmul('w1')",
    "wv.most_similar_cosmul(['w1', 'w2'], ['w3'], topn=3)",
    "wv.most_similar_cosmul([wv['w1'], 'w2'], 'w3', topn=3)",
    "wv.most_similar_cosmul('w1', topn=0)",
    "wv.most_similar_cosmul('w1', topn=None)",
    "wv.cosine_similarities(np.ones(2), np.array([[1, 0], [3, 3.5]]))",
    "wv.vectors_for_all(['w9', 'zz', 'w1', 'w9']).index_to_key",
    "wv.vectors_for_all(['w9', 'zz', 'w1', 'w9']).vectors",
    "wv.vectors_for_all([]).vectors",
]


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")  # gensim's own calls
@pytest.mark.parametrize("call", CALLS)
def test_same_answers_as_gensim(call, wv, theirs):
    same(eval(call, {"wv": wv, "np": np}), eval(call, {"wv": theirs, "np": np}))


WRONG = [
    "wv['zz']",
    "wv[99]",
    "wv[-1]",
    "wv['w1', 'zz']",
    "wv.get_index('zz')",
    "wv.most_similar('zz')",
    "wv.most_similar(['w1'], ['zz'])",
    "wv.most_similar()",
    "wv.most_similar([], [])",
    "wv.similar_by_word('zz')",
    "wv.similarity('w1', 'zz')",
    "wv.get_vecattr('zz', 'count')",
    "wv.get_vecattr('w1', 'nope')",
    "wv.set_vecattr('zz', 'count', 7)",
    "wv.get_mean_vector([])",
    "wv.get_mean_vector(['zz'], ignore_missing=False)",
    "wv.get_mean_vector(['w1'], weights=[1, 2])",
    "wv.n_similarity([], ['w2'])",
    "wv.distances('zz')",
    "wv.distances('w1', ['zz'])",
    "wv.doesnt_match([])",
    "wv.doesnt_match(['zz'])",
    "wv.rank_by_centrality([])",
    "wv.rank('w1', 'zz')",
    "wv.most_similar_to_given('w1', ['zz'])",
    "wv.most_similar_cosmul()",
    "wv.most_similar_cosmul('zz')",
]


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")
@pytest.mark.parametrize("call", WRONG)
def test_same_exceptions_as_gensim(call, wv, theirs):
    with pytest.raises(Exception) as expected:
        eval(call, {"wv": theirs})
    with pytest.raises(expected.type) as error:
        eval(call, {"wv": wv})
    assert error.value.args == expected.value.args


ITEMS = [7, 0, 3, 12345, -2, 59, *range(100, 100 + V - 6)]

ITEM_CALLS = [
    "wv.index_to_key",
    "wv.key_to_index",
    "wv[7], wv[3], wv[np.int32(3)]",
    "wv[[7, 59]], wv[np.array([7, 59])]",
    "7 in wv, 3 in wv, np.int64(3) in wv, -2 in wv, 99 in wv",
    "wv.get_index(59), wv.get_index(98, -1)",
    "wv.get_vector(59, norm=True)",
    "wv.most_similar(7, topn=4)",
    "wv.most_similar([7, 59], negative=[3], topn=4)",
    "wv.most_similar((7, 59), (3,), topn=4)",
    "wv.most_similar([(7, 2.0), (59, 1)], topn=4)",
    "wv.similar_by_key(np.int64(7), topn=3)",
    "wv.similar_by_vector(wv[3], topn=3)",
    "wv.most_similar_to_given(7, [59, 3])",
    "wv.similarity(7, 3), wv.distance(7, 59)",
    "wv.distances(7, [3, 59])",
    "wv.n_similarity([7, 3], [59])",
    "wv.closer_than(7, 59)",
    "wv.rank(7, 59)",
    "wv.rank_by_centrality([7, 3, 59])",
    "wv.doesnt_match([7, 3, 59])",
    "wv.vectors_for_all([59, 98, 7]).index_to_key",
    "wv.set_vecattr(59, 'x', 5), wv.get_vecattr(59, 'x'), wv.get_vecattr(7, 'x')",
    "wv.add_vector(98, VECTORS[0]), wv[98], wv.index_to_key[-1]",
    "wv.get_mean_vector([7, 98, 3])",
]


def items():
    wv = KeyedVectors(D)
    wv.add_vectors(ITEMS, VECTORS)
    return wv


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Adding single vectors:UserWarning")
@pytest.mark.parametrize("call", ITEM_CALLS)
def test_integer_keys_are_gensims(call):
    gensim = pytest.importorskip("gensim", reason="gensim is not installed")
    wv = items()
    theirs = gensim.models.KeyedVectors(D)
    theirs.add_vectors(ITEMS, VECTORS)
    known = {"VECTORS": VECTORS, "np": np}
    same(eval(call, known, {"wv": wv}), eval(call, known, {"wv": theirs}))


def test_an_integer_key_is_never_the_number_of_a_row():
    wv = items()
    assert 1 not in wv
    assert wv.get_index(1, -1) == -1
    for ask in (wv.get_index, wv.get_vector, wv.most_similar, lambda key: wv.similarity(7, key)):
        with pytest.raises(KeyError, match="Key '1' not present"):
            ask(1)
    found = wv.most_similar_cosmul([7, 59], negative=[3])  # which gensim cannot
    assert {key for key, _ in found} < set(ITEMS)
    assert np.array_equal(wv["59"], wv[59])  # as the command line spells it
    assert "059" not in wv
    for key in ("x", "1", None, 1.0, True):
        with pytest.raises(TypeError, match="keys must be all strings or all integers, got "):
            wv.add_vectors([5, key], np.ones((2, D)))
    assert len(wv) == V


def test_integer_keys_are_saved(tmp_path):
    wv = items()
    wv.save(tmp_path / "v.safetensors")
    again = KeyedVectors.load(tmp_path / "v.safetensors")
    assert again.index_to_key == ITEMS
    assert again.most_similar_batch([7, [59]], topn=2) == wv.most_similar_batch([7, [59]], topn=2)
    assert copy.deepcopy(again).key_to_index == wv.key_to_index
    again.add_vector(98, VECTORS[0])
    assert again.index_to_key == [*ITEMS, 98]
    wv.save_word2vec_format(tmp_path / "v.txt")  # text has no integers
    texts = KeyedVectors.load_word2vec_format(tmp_path / "v.txt")
    assert texts.index_to_key == list(map(str, ITEMS))
    assert wv.intersect_word2vec_format(tmp_path / "v.txt") == V


def test_an_index_gives_integer_keys():
    pytest.importorskip("usearch", reason="usearch is not installed")
    from fastvec.ann import Index

    wv = items()
    every = {"expansion_add": len(wv), "expansion_search": len(wv)}  # a search that misses nothing
    found = wv.most_similar(7, topn=5, indexer=Index(wv, dtype="f32", **every))
    assert {key for key, _ in found} == {key for key, _ in wv.most_similar(7, topn=5)}


def test_a_file_whose_keys_are_no_integers(tmp_path):
    words = Words.of(["7", "x"])
    words.integers = True
    KeyedVectors.of(words, np.ones((2, 3), "f")).save(tmp_path / "v")
    with pytest.raises(ValueError, match=r"v is damaged: its words should be integers"):
        KeyedVectors.load(tmp_path / "v")


def test_keys_set_by_hand():
    for keys in (["a", "b"], [30, 7]):
        wv = KeyedVectors(3)
        wv.index_to_key = keys
        wv.key_to_index = {key: row for row, key in enumerate(keys)}
        assert wv.vectors.shape == (2, 3)
        wv.vectors = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
        assert wv[keys[1]].tolist() == [0, 1, 0]
        assert wv.most_similar(keys[0], topn=1) == [(keys[1], 0.0)]
        other = KeyedVectors(3)
        other.vectors = wv.vectors
        other.key_to_index = {keys[1]: 1, keys[0]: 0}
        assert other.index_to_key == keys
        other.index_to_key = ["x"]
        assert other.index_to_key == ["x", None]
        assert keys[1] not in other.key_to_index


@pytest.mark.parametrize("rows", [{"a": 1}, {"a": 0, "b": 0}, {"a": 0, "b": 2}])
def test_rows_with_one_key_each(rows):
    wv = KeyedVectors(3)
    with pytest.raises(ValueError, match="must have one key for each of the rows 0 to "):
        wv.key_to_index = rows
    with pytest.raises(TypeError, match="keys must be all strings or all integers, got None"):
        wv.index_to_key = ["a", None]
    assert wv.index_to_key == []


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_saved_vectors_keep_their_precision(dtype, tmp_path):
    wv = KeyedVectors(3, dtype=dtype)
    wv.add_vectors(["a"], [[1 / 3, 1e-3, 1]])
    wv.save(tmp_path / "v")
    again = KeyedVectors.load(tmp_path / "v")
    assert again.vectors.dtype == dtype
    assert np.array_equal(again.vectors, wv.vectors)


def test_wmdistance_is_gensims(wv, theirs):
    pytest.importorskip("ot", reason="POT is not installed")
    documents = ["w1 w2 w3 w1", "w4 w2 zz", "w5", "zz", "w1 w2 w1 w3"]
    for one in documents:
        for other in documents:
            for norm in (True, False):
                same(
                    wv.wmdistance(one.split(), other.split(), norm),
                    float(theirs.wmdistance(one.split(), other.split(), norm)),
                )


def test_files_are_read_by_gensim_with_the_same_numbers(tmp_path, wv, theirs):
    for binary in (False, True):
        wv.save_word2vec_format(tmp_path / "v", binary=binary)
        read = type(theirs).load_word2vec_format(tmp_path / "v", binary=binary)
        order = np.argsort(-COUNTS, kind="stable")
        assert read.index_to_key == [KEYS[i] for i in order]
        assert np.array_equal(read.vectors, VECTORS[order])
        theirs.save_word2vec_format(tmp_path / "g", binary=binary)
        again = KeyedVectors.load_word2vec_format(tmp_path / "g", binary=binary)
        assert again.index_to_key == KEYS
        assert np.array_equal(again.vectors, VECTORS)
        assert again.get_vecattr("w1", "count") == V - 1


def test_batches_give_the_single_answers(wv):
    questions = ["w1", ["w2", "w3"], VECTORS[4], [("w5", 2.0), "w6"], 7]
    negative = [None, "w9", None, ["w8"], []]
    for options in ({}, {"topn": 3, "restrict_vocab": 20}, {"clip_start": 5, "clip_end": 9}):
        many = wv.most_similar_batch(questions, negative, **options)
        for answer, plus, minus in zip(many, questions, negative, strict=True):
            same(answer, wv.most_similar(plus, minus, **options))
    same(wv.most_similar_batch(VECTORS[:2]), [wv.most_similar(v) for v in VECTORS[:2]])
    assert wv.most_similar_batch([]) == []
    assert wv.most_similar_batch(["w1", "w2"], topn=0) == [[], []]
    with pytest.raises(ValueError, match="2 questions have 1 negative parts"):
        wv.most_similar_batch(["w1", "w2"], ["w3"])
    with pytest.raises(KeyError, match="'zz' not present in vocabulary"):
        wv.most_similar_batch(["w1", "zz"])


def test_cosmul_keeps_to_the_restriction(wv):
    everything = wv.most_similar_cosmul(["w1"], ["w3"], topn=V)
    first = [(word, score) for word, score in everything if wv.get_index(word) < 9]
    same(wv.most_similar_cosmul(["w1"], ["w3"], topn=V, restrict_vocab=9), first)


def test_other_vectors_have_other_lengths(wv):
    wv.fill_norms()
    wv.vectors = 3 * VECTORS[::-1].copy()
    np.testing.assert_allclose(wv.fill_norms(), np.linalg.norm(wv.vectors, axis=1), rtol=1e-6)
    assert abs(wv.most_similar("w1")[0][1]) <= 1.0001


def test_locks(wv):
    wv.vectors_lockf = 0
    wv.add_vector("new", np.ones(D))
    assert wv.vectors_lockf.tolist() == [0] * V + [1]
    wv.vectors_lockf[2] = 3
    assert wv.get_vecattr("w2", "lockf") == 3
    other = KeyedVectors.of(Words.of(KEYS), VECTORS)
    other.set_vecattr("w1", "lockf", 0)
    other.set_vecattr("w2", "lockf", 0.5)
    assert other.vectors_lockf[:4].tolist() == [1, 0, 0.5, 1]
    for bad in (np.ones(V), np.full(V + 1, np.nan)):
        with pytest.raises(ValueError, match="vectors_lockf must be 61 finite"):
            wv.vectors_lockf = bad


def test_intersection(tmp_path, wv):
    other = KeyedVectors.of(Words.of(["w3", "zz", "w1"]), np.full((3, D), 2, np.float32))
    other.save_word2vec_format(tmp_path / "v", binary=True)
    assert wv.intersect_word2vec_format(tmp_path / "v", lockf=0.5, binary=True) == 2
    assert wv["w1"].tolist() == wv["w3"].tolist() == [2] * D
    assert np.array_equal(wv["w2"], VECTORS[2])
    assert [wv.get_vecattr(key, "lockf") for key in ("w1", "w2")] == [0.5, 1]
    assert wv.vectors_lockf.tolist() == [1, 0.5, 1, 0.5, *[1] * (V - 4)]
    wider = KeyedVectors.of(Words.of(["w3"]), np.ones((1, D + 1), np.float32))
    wider.save_word2vec_format(tmp_path / "v")
    with pytest.raises(ValueError, match="incompatible vector size 8 in file"):
        wv.intersect_word2vec_format(tmp_path / "v")


def test_parts_keep_their_attributes(wv):
    part = wv.vectors_for_all(["w9", "w1"], copy_vecattrs=True)
    assert part.expandos["count"].tolist() == [COUNTS[9], COUNTS[1]]


# --- search


@pytest.mark.parametrize("topn", [1, 3, 33, 100])
@pytest.mark.parametrize("rows", [0, 1, 31, 32, 33, 2500])
def test_nearest_is_a_full_sort(topn, rows):
    rng = np.random.default_rng(rows)
    vectors = np.round(rng.normal(size=(rows, 3)) * 2).astype("f")  # many equal cosines
    queries = np.round(rng.normal(size=(5, 3)) * 2).astype("f")
    found, cosines = nearest(vectors, row_norms(vectors), queries, topn, start=1)
    exact = normalized_rows(queries) @ normalized_rows(vectors[1:]).T
    k = min(topn, max(0, rows - 1))
    assert found.shape == cosines.shape == (5, k)
    np.testing.assert_allclose(cosines, -np.sort(-exact, axis=1)[:, :k], atol=1e-6)
    for query in range(5):
        assert len(set(found[query])) == k
        np.testing.assert_allclose(exact[query, found[query] - 1], cosines[query], atol=1e-6)
    ties = np.diff(cosines, axis=1) == 0
    assert np.all(np.diff(found, axis=1)[ties] > 0)


def test_nan_vectors_are_never_near():
    vectors = np.array([[1, 0], [np.nan, 1], [np.inf, 1], [0, 1]], np.float32)
    with np.errstate(invalid="ignore"):
        found, _ = nearest(vectors, row_norms(vectors), np.array([[1, 1.0]]), 4)
    assert set(found[0]) == {0, 3, -1}


@pytest.mark.parametrize("method", ANALOGY_METHODS)
def test_answers_are_those_of_the_formula(method):
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(300, 5)).astype("f")
    rows, names = 200, np.arange(200) // 2 * 2
    questions = rng.integers(0, rows, (400, 3))
    found = solve_analogies(vectors, row_norms(vectors), questions, names, rows, method)
    words = normalized_rows(vectors).astype(float)
    for (a, b, c), d in zip(questions, found, strict=True):
        near = words[:rows] @ words[[a, b, c]].T
        if method == "3cosadd":
            score = near[:, 1] - near[:, 0] + near[:, 2]
        elif method == "3cosmul":
            score = (1 + near[:, 1]) * (1 + near[:, 2]) / (1 + near[:, 0] + 2e-6)
        else:
            gap = words[:rows] - words[c]
            length = np.maximum(np.linalg.norm(gap, axis=1), 1e-6)
            score = gap @ (words[b] - words[a]) / length
        score[np.isin(names, names[[a, b, c]])] = -np.inf
        assert score[d] == pytest.approx(score.max(), abs=1e-4)


def test_methods_are_checked():
    with pytest.raises(ValueError, match="method must be one of 3cosadd"):
        solve_analogies(VECTORS, row_norms(VECTORS), np.zeros((1, 3), int), np.arange(V), V, "x")


# --- the store


def test_added_words_are_found(wv):
    norms = wv.fill_norms()
    wv.add_vectors(["n1", "w1", "n2", "n1"], np.arange(4 * D).reshape(4, D))
    assert len(wv) == V + 2
    assert wv.get_index("n2") == V + 1
    assert wv["n1"].tolist() == list(range(D))
    assert np.array_equal(wv["w1"], VECTORS[1])
    assert wv.index_to_key[-2:] == ["n1", "n2"]
    assert wv.get_vecattr("n1", "count") == 0
    assert wv.get_vecattr("w1", "count") == COUNTS[1]
    assert len(wv.fill_norms()) == len(norms) + 2
    wv["w1"] = np.ones(D)
    assert wv["w1"].tolist() == [1] * D
    wv[["w2", "n3"]] = np.full((2, D), 2)
    assert wv["w2"][0] == wv["n3"][0] == 2
    wv.add_vectors(["n4"], np.ones((1, D)), extras={"count": [9]})
    assert wv.get_vecattr("n4", "count") == 9
    assert list(wv.words) == wv.index_to_key == [*KEYS, "n1", "n2", "n3", "n4"]


def test_room_is_filled_one_by_one():
    wv = KeyedVectors(2, count=2)
    assert len(wv) == 2
    assert wv.index_to_key == [None, None]
    rows = [wv.add_vector(f"k{i}", [i, i]) for i in range(50)]
    assert rows == list(range(50))
    assert wv.vectors.tolist() == [[i, i] for i in range(50)]
    assert wv.add_vector("k3", [9, 9]) == 3
    assert wv["k3"].tolist() == [3, 3]


def test_wrong_vectors_are_refused(wv):
    with pytest.raises(ValueError, match=r"1 keys need weights of shape \(1, 7\), got \(1, 6\)"):
        wv.add_vectors(["a"], np.ones((1, D - 1)))
    with pytest.raises(TypeError, match="keys must be all strings or all integers, got 99"):
        wv.add_vectors([99], np.ones((1, D)))
    with pytest.raises(ValueError, match="a vector must have 7 numbers, got shape"):
        wv.most_similar(np.ones(3))
    with pytest.raises(ValueError, match="2 words for 1 vectors"):
        KeyedVectors.of(Words.of(["a", "b"]), np.ones((1, 2), "f"))
    with pytest.raises(ValueError, match="vector_size must be at least 0, got -2"):
        KeyedVectors(-2)


def test_vectors_are_not_copied_and_norms_follow(wv):
    vectors = np.ones((2, 3), np.float32)
    wv = KeyedVectors.of(Words.of(["a", "b"]), vectors)
    assert wv.vectors is vectors
    assert wv.similarity("a", "b") == pytest.approx(1)
    wv.fill_norms()
    vectors[1] = [1, -1, 0]
    wv.forget_norms()
    assert dict(wv.most_similar("a"))["b"] == pytest.approx(0)
    with pytest.raises(ValueError, match="read-only"):
        wv["a"][0] = 2


def test_a_shallow_copy_has_words_of_its_own():
    wv = KeyedVectors(2)
    for word in ("a", "b", "c"):
        wv.add_vector(word, [1, 2])
    twin = copy.copy(wv)
    twin.add_vector("twin", [3, 4])
    twin.set_vecattr("a", "rank", 1)
    wv.add_vector("own", [5, 6])
    assert wv.index_to_key == ["a", "b", "c", "own"]
    assert twin.index_to_key == ["a", "b", "c", "twin"]
    assert (wv["own"].tolist(), twin["twin"].tolist()) == ([5, 6], [3, 4])
    assert "rank" not in wv.expandos


def test_attributes(wv):
    wv.set_vecattr("w1", "color", "red")
    assert wv.get_vecattr("w1", "color") == "red"
    assert wv.get_vecattr("w2", "color") == 0
    wv.set_vecattr("w2", "weight", 0.5)
    assert wv.get_vecattr("w2", "weight") == 0.5
    with pytest.raises(TypeError, match="conflicts with its existing type"):
        wv.set_vecattr("w2", "count", 0.5)


def test_counts(wv):
    assert wv.counts is wv.expandos["count"]
    wv.add_vector("new", np.ones(D))
    assert wv.counts.tolist() == [*COUNTS, 0]
    wv.counts = range(V + 1)
    assert wv.get_vecattr("w7", "count") == 7
    with pytest.raises(ValueError, match=r"counts must be 61 integers, got shape \(2,\)"):
        wv.counts = [1, 2]
    wv.counts = None
    assert wv.counts is None
    assert "count" not in wv.expandos


def test_sorting_by_count(wv):
    before = {key: (wv[key].copy(), wv.get_vecattr(key, "count")) for key in KEYS}
    wv.sort_by_descending_frequency()
    counts = [wv.get_vecattr(key, "count") for key in wv.index_to_key]
    assert counts == sorted(counts, reverse=True)
    for key, (vector, count) in before.items():
        assert np.array_equal(wv[key], vector)
        assert wv.get_vecattr(key, "count") == count


def test_saving_keeps_everything(tmp_path, wv):
    wv.set_vecattr("w2", "weight", 0.5)
    wv.save(tmp_path / "v", separately=[])
    for mmap in (None, "r", False):
        again = KeyedVectors.load(tmp_path / "v", mmap=mmap)
        assert again.index_to_key == KEYS
        assert np.array_equal(again.vectors, VECTORS)
        assert np.array_equal(again.expandos["count"], COUNTS)
        assert again.get_vecattr("w2", "weight") == 0.5
        again.unit_normalize_all()
        assert np.allclose(again.fill_norms(force=True), 1)
    assert np.array_equal(KeyedVectors.load(tmp_path / "v").vectors, VECTORS)
    wv.set_vecattr("w2", "color", "red")
    with pytest.raises(ValueError, match="'color' holds Python objects"):
        wv.save(tmp_path / "v")


def test_options_of_word2vec_files(tmp_path, wv):
    path, vocabulary = tmp_path / "v", tmp_path / "vocab"
    wv.save_word2vec_format(path, fvocab=vocabulary, prefix="x_", total_vec=V + 1)
    assert path.read_text().startswith(f"{V + 1} {D}\nx_")
    wv.save_word2vec_format(path, append=True, write_header=False, prefix="y_")
    assert path.read_text().count("\n") == 2 * V + 1
    wv.save_word2vec_format(path, fvocab=vocabulary, write_header=False)
    again = KeyedVectors.load_word2vec_format(
        path, fvocab=vocabulary, no_header=True, limit=9, datatype=np.float16
    )
    assert again.vectors.dtype == np.float16
    assert [again.get_vecattr(i, "count") for i in range(9)] == sorted(COUNTS, reverse=True)[:9]
    assert again.most_similar(again.index_to_key[0], topn=1)
    again.save(path)
    assert KeyedVectors.load(path).vectors.dtype == np.float16
