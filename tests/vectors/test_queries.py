"""Batches, 3CosMul, and queries by an index."""

import pytest
from sixty_words import KEYS, VECTORS, V, items, same


def test_batches_give_the_results_of_single_queries(wv):
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


def test_each_key_is_looked_up_once(wv, monkeypatch):
    looked_up = []

    def find(word):
        looked_up.append(word)
        return KEYS.index(word)

    monkeypatch.setattr(wv._keys, "find", find)
    for query in (wv.most_similar, wv.most_similar_cosmul):
        query(["w1", "w2"], ["w3"])
        assert looked_up == ["w1", "w2", "w3"]
        looked_up.clear()


def test_cosmul_considers_the_first_words_only(wv):
    everything = wv.most_similar_cosmul(["w1"], ["w3"], topn=V)
    first = [(word, score) for word, score in everything if wv.get_index(word) < 9]
    same(wv.most_similar_cosmul(["w1"], ["w3"], topn=V, restrict_vocab=9), first)


def test_an_index_gives_integer_keys():
    pytest.importorskip("usearch", reason="usearch is not installed")
    from fastvec.ann import Index

    wv = items()
    every = {"expansion_add": len(wv), "expansion_search": len(wv)}  # a search that misses nothing
    found = wv.most_similar(7, topn=5, indexer=Index(wv, dtype="f32", **every))
    assert {key for key, _ in found} == {key for key, _ in wv.most_similar(7, topn=5)}
