"""KeyedVectors in files: its own, and those of word2vec."""

import copy

import numpy as np
import pytest
from sixty_words import COUNTS, ITEMS, KEYS, VECTORS, D, V, items

from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_saving_keeps_everything(tmp_path, wv, caplog):
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
    assert "'color' is no number: save does not keep it" in caplog.text
    caplog.clear()
    wv.save(tmp_path / "v")
    assert "'color' holds Python objects, which save does not keep" in caplog.text
    again = KeyedVectors.load(tmp_path / "v")
    assert again.get_vecattr("w2", "weight") == 0.5
    assert "color" not in again.expandos


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_saved_vectors_keep_their_precision(dtype, tmp_path):
    wv = KeyedVectors(3, dtype=dtype)
    wv.add_vectors(["a"], [[1 / 3, 1e-3, 1]])
    wv.save(tmp_path / "v")
    again = KeyedVectors.load(tmp_path / "v")
    assert again.vectors.dtype == dtype
    assert np.array_equal(again.vectors, wv.vectors)


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


def test_a_file_whose_integer_keys_are_not_integers(tmp_path):
    words = Words.of(["7", "x"])
    words.integers = True
    KeyedVectors.of(words, np.ones((2, 3), "f")).save(tmp_path / "v")
    with pytest.raises(ValueError, match=r"v is damaged: its words should be integers"):
        KeyedVectors.load(tmp_path / "v")


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


def test_the_order_of_words_in_a_word2vec_file(tmp_path, wv):
    def written(**options):
        wv.save_word2vec_format(tmp_path / "v", **options)
        return KeyedVectors.load_word2vec_format(tmp_path / "v").index_to_key

    by_count = [KEYS[i] for i in np.argsort(-COUNTS, kind="stable")]
    assert written() == by_count
    assert written(sort_attr="no such attribute") == KEYS
    wv.allocate_vecattrs(["rank"], [np.int64])
    wv.expandos["rank"][:] = np.arange(V)
    assert written(sort_attr="rank") == KEYS[::-1]
    wv.index_to_key = KEYS[:5]  # the other rows have no word and are left out
    assert written(sort_attr="rank") == KEYS[4::-1]
