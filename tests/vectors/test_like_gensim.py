"""Calls of KeyedVectors give the same results and errors in fastvec and in gensim."""

import numpy as np
import pytest
from sixty_words import ITEMS, VECTORS, D, items, same

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
    "wv.vectors_for_all(['w9', 'zz', 'w1', 'w9']).expandos['count']",
    "wv.distances(list(wv['w1']), ['w2', 'w3'])",
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
