"""The Word Mover's Distance is gensim's; test_like_gensim.py has the other comparisons."""

import numpy as np
import pytest
from sixty_words import same

from fastvec import KeyedVectors
from fastvec.words import Words


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


def test_a_word_has_the_cosine_one_with_itself(wv):
    for word in wv.index_to_key[1:]:
        assert wv.similarity(word, word) == 1
        assert wv.distance(word, word) == 0
        assert wv.distances(word)[wv.get_index(word)] == 0
        assert wv.distances(word, ["w9", word])[1] == 0


def test_no_cosine_is_beyond_one():
    rows = np.random.default_rng(3).normal(size=(300, 50)).astype(np.float32)
    wv = KeyedVectors.of(Words.of(f"w{i}" for i in range(600)), np.vstack([rows, -0.7 * rows]))
    for row in range(300):
        word = f"w{row}"
        assert wv.similarity(word, f"w{row + 300}") == -1
        assert np.abs(wv.cosine_similarities(rows[row], rows)).max() <= 1
        assert np.abs(wv.most_similar(word, topn=None)).max() <= 1
        assert wv.most_similar(rows[row] * 3, topn=1)[0][1] <= 1
        assert wv.distances(rows[row]).min() >= 0


def test_a_zero_vector_is_like_nothing():
    wv = KeyedVectors(2)
    wv.add_vectors(["a", "b"], [[0, 0], [1, 0]])
    assert wv.similarity("a", "a") == 0
    assert wv.distances("a").tolist() == [1, 1]


def test_a_vector_may_be_a_list(wv):
    vector = wv["w3"].tolist()
    same(wv.distances(vector), wv.distances(wv["w3"]))
    same(wv.distances(vector, ["w1"]), wv.distances(wv["w3"], ["w1"]))
    assert wv.similar_by_vector(vector, topn=1)[0][0] == "w3"
    assert wv.most_similar([vector, "w4"]) == wv.most_similar([wv["w3"], "w4"])
    assert wv.most_similar_cosmul([vector], topn=1)[0][0] == "w3"
    same(wv.get_mean_vector([vector, "w4"]), wv.get_mean_vector([wv["w3"], "w4"]))


def test_doesnt_match_names_the_words_that_it_leaves_out(wv, caplog):
    wv.doesnt_match(["w1", "zz", "w2", "w3"])
    assert caplog.messages == ["words without a vector are left out: zz"]


def test_a_relative_similarity_needs_some_words(wv):
    with pytest.raises(ValueError, match="topn must be at least 1, got 0"):
        wv.relative_cosine_similarity("w1", "w2", topn=0)


def test_fewer_vectors_than_words_are_not_saved(wv, tmp_path):
    wv.vectors = wv.vectors[:9]
    with pytest.raises(ValueError, match="60 words have 9 vectors only: cannot save"):
        wv.save_word2vec_format(tmp_path / "v.txt")
    with pytest.raises(ValueError, match="60 words for 9 vectors"):
        wv.save(tmp_path / "v")
    assert not list(tmp_path.iterdir())
