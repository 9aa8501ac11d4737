"""Saving GloVe models, and opening them."""

import copy
import pickle

import numpy as np
import pytest
from glove_models import fitted, random_pairs

from fastvec.io import tensors
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words


def test_training_on_is_the_same_as_training_longer(tmp_path):
    pairs = random_pairs(300, 0.1)
    long = fitted(pairs, epochs=5)
    short = fitted(pairs, epochs=2)
    short.train(epochs=1)
    short.save(tmp_path / "model")
    again = GloVe.load(tmp_path / "model")
    assert again.loss_history == short.loss_history
    assert np.array_equal(again.wv.vectors, short.wv.vectors)
    with pytest.raises(ValueError, match="a loaded model does not have its matrix"):
        again.train()
    again.progress = False
    again.train(pairs, epochs=2)
    assert np.array_equal(again._records, long._records)
    assert again.loss_history == long.loss_history


def test_a_saved_model_is_a_vector_file(tmp_path):
    words = Words.of(f"w{i}" for i in range(50))
    pairs = Pairs.from_scipy(random_pairs(50).to_scipy(), words, np.arange(50)[::-1].copy())
    model = fitted(pairs, unk=True)
    model.save(tmp_path / "model")
    vectors = KeyedVectors.load(tmp_path / "model")
    assert np.array_equal(vectors["w3"], model.wv["w3"])
    assert vectors.get_vecattr("w3", "count") == 46
    again = GloVe.load(tmp_path / "model")
    assert list(again.words) == list(words)
    assert again.counts.tolist() == pairs.counts.tolist()
    assert again.wv.index_to_key[-1] == "<unk>"


def test_loading_other_files(tmp_path):
    model = fitted(random_pairs(20))
    model.wv.save(tmp_path / "vectors")
    with pytest.raises(
        ValueError, match=r"holds vectors, not a GloVe model: use KeyedVectors\.load"
    ):
        GloVe.load(tmp_path / "vectors")


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_do_not_carry_the_matrix(how):
    counts = np.random.default_rng(1).random((300, 300)) + 1
    model = GloVe(vector_size=2, epochs=1, workers=1, progress=False).fit(counts + counts.T)
    other = how(model)
    assert model.pairs is not None
    assert len(pickle.dumps(other)) < 300 * 300
    with pytest.raises(ValueError, match="train needs a source"):
        other.train()
    other.train(counts + counts.T)
    model.train()
    np.testing.assert_array_equal(other.wv.vectors, model.wv.vectors)


def test_a_model_whose_numbers_are_not_finite_is_not_saved(tmp_path):
    path = tmp_path / "model"
    model = fitted(random_pairs(20))
    model.save(path)
    good = path.read_bytes()
    model._records[3, 0, 0] = np.nan
    model._wv = None
    says = f"not saved: .*lower eta .*; {path} is still what was saved before"
    with pytest.raises(FloatingPointError, match=says):
        model.save(path)
    with pytest.raises(FloatingPointError, match=r"lower eta \(now \S+\)$"):
        model.save(tmp_path / "other")
    assert path.read_bytes() == good
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("unk", [False, True])
@pytest.mark.parametrize("combine", ["sum", "word", "context", "both"])
def test_vectors_that_were_not_made_yet_are_saved_block_by_block(
    tmp_path, monkeypatch, combine, unk
):
    monkeypatch.setattr(tensors, "BLOCK_BYTES", 64)
    text = np.random.default_rng(1).integers(0, 150, (300, 10)).astype(str).tolist()
    model = GloVe(4, min_count=1, epochs=1, combine=combine, unk=unk, progress=False).fit(text)
    model.save(tmp_path / "m")
    assert model._wv is None
    saved = KeyedVectors.load(tmp_path / "m")
    assert saved.vectors.tobytes() == model.wv.vectors.tobytes()
    assert saved.index_to_key == model.wv.index_to_key
    model.save(tmp_path / "n")
    assert (tmp_path / "n").read_bytes() == (tmp_path / "m").read_bytes()
