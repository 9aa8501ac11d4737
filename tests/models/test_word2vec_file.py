"""Saving Word2Vec models, and opening them."""

import json

import numpy as np
import pytest
from containers import rewrite
from word2vec_models import MODELS, small, two_languages

from fastvec import KeyedVectors, Word2Vec
from fastvec.io.format import VectorFile
from fastvec.io.registry import write_vectors
from fastvec.io.tensors import load_tensors


@pytest.mark.parametrize("options", MODELS, ids=str)
def test_save_and_go_on(tmp_path, options):
    text = two_languages()
    model = small(text, **options)
    model.save(tmp_path / "m.safetensors", pickle_protocol=4)
    loaded = Word2Vec.load(tmp_path / "m.safetensors", mmap="r")
    assert loaded.get_latest_training_loss() == model.get_latest_training_loss() > 0
    for one in (model, loaded):
        one.train(text, epochs=2)
    assert model.wv.vectors.tobytes() == loaded.wv.vectors.tobytes()
    assert loaded.loss_history == model.loss_history
    assert "a1" in KeyedVectors.load(tmp_path / "m.safetensors")


@pytest.mark.parametrize("options", [{}, {"sg": True, "cbow_mean": False}, {"hs": np.bool_(True)}])
def test_switches_are_shown_as_gensim_shows_them(tmp_path, options):
    names = ("sg", "hs", "cbow_mean", "sorted_vocab")
    wanted = {"sg": 0, "hs": 0, "cbow_mean": 1, "sorted_vocab": 1} | {
        name: int(value) for name, value in options.items()
    }
    model = small(epochs=1, **options)
    model.save(tmp_path / "m.safetensors")
    for each in (Word2Vec(**options), model, Word2Vec.load(tmp_path / "m.safetensors")):
        assert str({name: getattr(each, name) for name in names}) == str(wanted)
        assert each.shrink_windows is True


def test_vectors_alone_are_no_model(tmp_path):
    wv = small().wv
    wv.save(tmp_path / "v.safetensors")
    with pytest.raises(ValueError, match=r"holds vectors, not a Word2Vec model: use Keyed"):
        Word2Vec.load(tmp_path / "v.safetensors")
    said = {"parameters": {}}  # with no rows to train on
    file = VectorFile(wv.words, wv.vectors, kind="word2vec", metadata=said)
    write_vectors(tmp_path / "m.safetensors", file)
    with pytest.raises(ValueError, match="is damaged: it has no output weights"):
        Word2Vec.load(tmp_path / "m.safetensors")


def test_older_files_call_the_order_tree_place(tmp_path):
    text = two_languages()
    model = small(text, hs=1, negative=0)
    model.save(tmp_path / "m")
    order = {"attribute.tree_place": model.wv.expandos["huffman_order"]}
    rewrite(tmp_path / "m", tmp_path / "old", order, without=("attribute.huffman_order",))
    loaded = Word2Vec.load(tmp_path / "old")
    assert list(loaded.wv.expandos) == ["count", "huffman_order"]
    assert np.array_equal(loaded.score(text[:2]), model.score(text[:2]))


def test_nodes_of_an_unknown_tree_begin_anew(tmp_path):
    model = small(hs=1)
    del model.wv.expandos["huffman_order"]
    model.save(tmp_path / "m")
    with pytest.warns(UserWarning, match=r"m does not say where words stand .* syn1 begins anew"):
        loaded = Word2Vec.load(tmp_path / "m")
    assert not loaded.syn1.any()
    assert np.array_equal(loaded.wv.vectors, model.wv.vectors)


def test_a_saved_model_keeps_locks_and_attributes(tmp_path, caplog):
    model = small()
    model.wv.vectors_lockf[0] = 0
    model.wv.set_vecattr("a1", "weight", 5)
    model.save(tmp_path / "m.safetensors")
    loaded = Word2Vec.load(tmp_path / "m.safetensors")
    locked = loaded.wv.vectors[0].copy()
    loaded.train(two_languages(), epochs=1)
    assert np.array_equal(loaded.wv.vectors[0], locked)
    for wv in (loaded.wv, KeyedVectors.load(tmp_path / "m.safetensors")):
        assert wv.get_vecattr("a1", "weight") == 5
    model.wv.set_vecattr("a1", "color", "red")
    model.save(tmp_path / "m.safetensors")
    assert "'color' holds Python objects, which save does not keep" in caplog.text
    assert "color" not in Word2Vec.load(tmp_path / "m.safetensors").wv.expandos


def test_a_model_without_words_can_be_saved(tmp_path):
    Word2Vec(vector_size=7).save(tmp_path / "m")
    model = Word2Vec.load(tmp_path / "m")
    model.build_vocab([["a", "b"]] * 5, update=True)
    model.train(epochs=1)
    assert model.wv["a"].shape == (7,)


def test_a_model_without_output_rows_is_refused(tmp_path):
    small().save(tmp_path / "m")
    rewrite(tmp_path / "m", tmp_path / "n", without=("outputs",))
    with pytest.raises(ValueError, match=r"n is damaged: it has no output weights"):
        Word2Vec.load(tmp_path / "n")
    rewrite(tmp_path / "m", tmp_path / "n", parameters="[1]")
    with pytest.raises(ValueError, match="n is damaged: parameters is not a JSON object"):
        Word2Vec.load(tmp_path / "n")


@pytest.mark.parametrize("value", [None, "x", 1.5, [], {}, -1, 1 << 70, float("nan"), [1]])
@pytest.mark.parametrize("name", ["vector_size", "window", "sg", "epochs", "lower", "corpus_count"])
def test_parameters_of_wrong_types_are_found_when_the_file_is_opened(tmp_path, name, value):
    """And not when the model is trained."""
    small(epochs=1).save(tmp_path / "m")
    _, header = load_tensors(tmp_path / "m")
    parameters = json.loads(header["parameters"]) | {name: value}
    rewrite(tmp_path / "m", parameters=json.dumps(parameters))
    with pytest.raises(ValueError, match=f"m is damaged: {name} must be "):
        Word2Vec.load(tmp_path / "m")


def test_a_model_whose_numbers_are_not_finite_is_not_saved(tmp_path):
    path = tmp_path / "model"
    model = Word2Vec([["a", "b", "c"]] * 9, vector_size=4, min_count=1, workers=1)
    model.save(path)
    good = path.read_bytes()
    for rows in (model.wv.vectors, model.syn1neg):
        before = rows[1, 2]
        for bad in (np.nan, np.inf):
            rows[1, 2] = bad
            says = rf"not saved.*: lower alpha .now 0.025..*; {path} is still what was saved before"
            with pytest.raises(FloatingPointError, match=says):
                model.save(path)
            with pytest.raises(FloatingPointError, match=r"saved before$"):
                model.save(tmp_path / "other")
        rows[1, 2] = before
    assert path.read_bytes() == good
    assert list(tmp_path.iterdir()) == [path]
    model.save(path)
