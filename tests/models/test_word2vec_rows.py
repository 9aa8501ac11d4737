"""Vectors, output weights and the tree, when words are added, sorted or changed by hand."""

import copy
import pickle

import numpy as np
import pytest
from word2vec_models import small, two_languages

from fastvec import KeyedVectors, Word2Vec


def test_new_words_are_added_and_old_rows_kept():
    model = small(two_languages(), sg=1, hs=1)
    before = model.wv.vectors.copy()
    names = list(model.wv.index_to_key)
    count = int(model.wv.get_vecattr("a1", "count"))
    more = [["a1", "new", "newer"]] * 30
    model.build_vocab(more, update=True)
    assert model.wv.index_to_key == [*names, "new", "newer"]
    np.testing.assert_array_equal(model.wv.vectors[:-2], before)
    assert model.wv.get_vecattr("a1", "count") == count + 30
    model.train(more, epochs=3)
    assert np.isfinite(model.wv.vectors).all()


def test_vectors_that_were_put_there_are_trained(tmp_path):
    model, text = small(sg=1), two_languages()
    for rows in (np.ones((40, 20)), np.ones((40, 20), "f"), np.ones((40, 32), "f")[:, :20]):
        model.wv.vectors = rows
        model.train(text, epochs=1)
        assert (model.wv.vectors != 1).any(axis=1).all()
        model.save(tmp_path / "m")
        assert np.array_equal(Word2Vec.load(tmp_path / "m").wv.vectors, model.wv.vectors)
    model.wv.vectors = model.wv.vectors[1:]
    with pytest.raises(ValueError, match=r"wv.vectors must be numbers of shape \(40, 20\), got"):
        model.train(text)


def test_vectors_in_place_are_not_copied():
    model = small()
    shown = model.wv.vectors
    shown[:] = 0.5
    model.train()
    assert np.shares_memory(model.wv.vectors, shown)
    assert (shown != 0.5).any()


def test_sorting_permutes_the_output_rows_too():
    text = [["a", "b"], ["b", "c", "c"], ["c", "c", "a", "b"]] * 30
    options = {"vector_size": 8, "min_count": 1, "workers": 1, "sorted_vocab": 0, "sample": 0}
    model, plain = (Word2Vec(text, sg=1, hs=1, shared_negatives=False, **options) for _ in "12")
    rows = {word: model.syn1neg[i].copy() for i, word in enumerate(model.wv.words)}
    model.wv.sort_by_descending_frequency()
    assert list(model.wv.words) == ["c", "b", "a"]
    assert all(np.array_equal(model.syn1neg[i], rows[w]) for i, w in enumerate(model.wv.words))
    assert np.array_equal(model.syn1, plain.syn1)
    for one in (model, plain):
        one.train(text, epochs=1, start_alpha=1e-3)
    for word in "abc":  # noise words are drawn in another order
        np.testing.assert_allclose(model.wv[word], plain.wv[word], atol=0.01)


def test_words_added_by_hand_are_trained(tmp_path):
    model = small(hs=1)
    model.wv.add_vector("new", np.ones(20))
    model.save(tmp_path / "m")
    for one in (model, Word2Vec.load(tmp_path / "m")):
        assert not one.syn1neg[40].any()
        assert one.syn1.shape == (40, 20)
        one.train([["new", "a1", "a2"]] * 30, epochs=1)
        assert (one.wv["new"] != 1).all()
        assert one.syn1neg[40].any()
        one.build_vocab([["new", "newer"]], update=True)
        assert [int(one.wv.get_vecattr(w, "count")) for w in ("new", "newer")] == [1, 1]


def test_another_wv_is_trained():
    model, other = small(sg=1), small(two_languages(50), sg=1, seed=4)
    other.wv.add_vector("a99", np.zeros(20))
    before = other.wv.vectors.copy()
    rows = {word: model.syn1neg[i].copy() for i, word in enumerate(model.wv.words)}
    model.wv = other.wv
    assert all(
        np.array_equal(model.syn1neg[i], rows.get(word, np.zeros(20)))
        for i, word in enumerate(model.wv.words)
    )
    model.train(epochs=1)
    assert (model.wv.vectors[:40] != before[:40]).any(axis=1).all()


def test_output_rows_can_be_replaced():
    model = small(hs=1)
    for name, rows in (("syn1neg", 40), ("syn1", 39)):
        setattr(model, name, np.full((rows, 20), 0.25))
        assert (getattr(model, name) == 0.25).all()
        with pytest.raises(ValueError, match=rf"{name} must be numbers of shape \({rows}, 20\)"):
            setattr(model, name, np.zeros((rows - 2, 20)))
        with pytest.raises(ValueError, match=f"{name} must be numbers of shape"):
            setattr(model, name, None)
    model.syn1 = np.full((40, 20), 0.25)  # gensim's has a row more
    assert model.syn1.shape == (39, 20)
    model.train(epochs=1)
    assert (model.syn1neg != 0.25).all()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_trained(copied):
    model = small(sg=1, hs=1)
    twin = copied(model)
    before = model.wv.vectors.copy()
    twin.train(two_languages(), epochs=1)
    assert np.array_equal(model.wv.vectors, before)
    model.train(epochs=1)
    assert twin.wv.vectors.tobytes() == model.wv.vectors.tobytes()
    assert twin.syn1.tobytes() == model.syn1.tobytes()


def test_words_keep_their_places_in_the_tree(tmp_path):
    """Nodes are what words below them have in common: other words would have to learn them anew."""
    text = two_languages()
    model = small(text, hs=1, negative=0)
    sentences = [text[0], text[-1][::-1]]
    scores = model.score(sentences)
    model.save(tmp_path / "m")
    loaded, shuffled = Word2Vec.load(tmp_path / "m"), copy.deepcopy(model)
    assert np.array_equal(loaded.score(sentences), scores)
    counts = shuffled.wv.expandos["count"]
    counts[:], kept = np.arange(40), counts.copy()
    shuffled.wv.sort_by_descending_frequency()
    shuffled.wv.expandos["count"] = kept[::-1]
    np.testing.assert_allclose(shuffled.score(sentences), scores, rtol=1e-5)
    for one in (model, loaded):
        one.train(text[::-1], epochs=1)
    assert loaded.syn1.tobytes() == model.syn1.tobytes()
    before = model.wv.expandos["huffman_order"]
    model.build_vocab([["newer", "new", "a1", "new"]] * 5, update=True)
    assert model.wv.index_to_key[40:] == ["new", "newer"]
    model.train([["new", "newer", "a1"]] * 5, epochs=1)
    assert model.wv.expandos["huffman_order"].tolist() == [*before, 42, 41]
    assert np.isfinite(model.score(sentences)).all()


@pytest.mark.parametrize("counted_before", [False, True])
def test_words_stand_in_the_tree_as_they_first_occurred(counted_before):
    text = [["d", "c"], ["b", "a", "b", "a", "c", "c"]] * 3
    model = Word2Vec(hs=1, negative=0, vector_size=4, min_count=1, epochs=1)
    if counted_before:
        model.min_count = 3
        model.build_vocab_from_freq({"c": 9, "a": 6, "b": 6, "d": 3})
        model.score(text)  # must not decide anything, nor must a text without words
        model.build_vocab([["rare"]], update=True)
        assert "huffman_order" not in model.wv.expandos
        model.train(text, total_examples=6, epochs=1)
    else:
        model.build_vocab(text)
        model.train([["a", "b"]], total_examples=1, epochs=1)  # part of the text
    assert [model.wv.get_vecattr(word, "huffman_order") for word in "dcba"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "places",
    [
        np.full(40, np.nan, np.float32),
        np.full(40, 2**63, np.uint64),
        np.full(40, 2**31 - 1, np.int32),
        np.full(40, -1, np.int64),
        ["a"] * 40,
    ],
    ids=str,
)
def test_places_that_are_none_are_found_again(places):
    text = two_languages()
    model = small(text, hs=1)
    good = model.wv.expandos["huffman_order"]
    model.wv.expandos["huffman_order"] = places
    assert np.isfinite(model.score(text[:1])).all()
    model.train(text, epochs=1)
    assert np.array_equal(model.wv.expandos["huffman_order"], good)


def test_new_words_come_into_the_same_wv():
    model = small()
    wv = model.wv
    wv.set_vecattr("a1", "weight", 5)
    model.build_vocab([["new", "a1"]] * 5, update=True)
    assert model.wv is wv
    assert "new" in wv
    assert (wv.get_vecattr("a1", "weight"), wv.get_vecattr("new", "weight")) == (5, 0)
    model.build_vocab([["other"]] * 5)
    assert model.wv is wv
    assert wv.index_to_key == ["other"]
    assert list(wv.expandos) == ["count"]


@pytest.mark.parametrize("options", [{"sg": 1}, {"sg": 0}, {"hs": 1, "negative": 0}])
@pytest.mark.parametrize("workers", [1, 3])
def test_locked_vectors_stay(options, workers):
    model = small(workers=workers, **options)
    model.wv.vectors_lockf = np.ones(len(model.wv), np.float32)
    model.wv.vectors_lockf[1] = 0
    before = model.wv.vectors.copy()
    model.train(two_languages(), epochs=2)
    moved = np.abs(model.wv.vectors - before).max(axis=1)
    assert moved[1] == 0
    assert (np.delete(moved, 1) > 0).all()
    model.wv.vectors_lockf[1] = 1  # the same array, seen by the next call
    model.train(two_languages(), epochs=1)
    assert (model.wv.vectors[1] != before[1]).any()


def test_vectors_of_a_file_are_locked_unless_told_otherwise(tmp_path):
    model = small()
    given = KeyedVectors.of(model.wv.words, np.ones_like(model.wv.vectors))
    given.save_word2vec_format(tmp_path / "v.bin", binary=True)
    model.wv.intersect_word2vec_format(tmp_path / "v.bin", binary=True)
    model.train(two_languages(), epochs=1)
    assert (model.wv.vectors == 1).all()
    model.wv.intersect_word2vec_format(tmp_path / "v.bin", binary=True, lockf=1.0)
    model.train(two_languages(), epochs=1)
    assert (model.wv.vectors != 1).any(axis=1).all()
