"""fastText's models under gensim's names: opened, trained further, and written."""

from pathlib import Path
from typing import Any

import fasttext_files as files
import numpy as np
import pytest

from fastvec import (
    FastText,
    Word2Vec,
    load_facebook_model,
    load_facebook_vectors,
    save_facebook_model,
)
from fastvec.io.fasttext_reader import read_fasttext
from fastvec.io.registry import read_vectors, write_vectors

TEXT = [["cat", "cats", "кошка", "cats", "dog"], ["кошка", "cat", "dogs", "cat"]] * 20
TINY: dict[str, Any] = {"vector_size": 8, "min_count": 1, "epochs": 2, "bucket": 300, "workers": 1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.bin").write_bytes(files.model(neg=4, ws=3))
    return tmp_path / "a.bin"


def test_a_model_has_all_that_the_file_has(path):
    model = load_facebook_model(path)
    assert (model.sg, model.hs, model.negative, model.window) == (1, 0, 4, 3)
    assert (model.min_n, model.max_n, model.bucket) == (3, 6, files.BUCKET)
    assert model.corpus_total_words == 30
    wv = load_facebook_vectors(path)
    assert model.wv.index_to_key == wv.index_to_key
    np.testing.assert_array_equal(model.wv["unseen"], wv["unseen"])
    np.testing.assert_array_equal(model.syn1neg, files.random(4, files.SIZE))


def test_training_goes_on(path):
    model = load_facebook_model(path)
    model.workers, model.sample = 1, 0
    before = model.wv["cats"].copy(), model.wv["catty"].copy(), model.syn1neg.copy()
    model.train(TEXT, epochs=2)
    after = model.wv["cats"], model.wv["catty"], model.syn1neg
    for old, new in zip(before, after, strict=True):
        assert np.abs(old - new).max() > 1e-4
    model.build_vocab(TEXT, update=True)
    assert "dog" in model.wv.key_to_index
    model.train(TEXT, epochs=1)
    assert np.isfinite(model.wv.vectors).all()


@pytest.mark.parametrize("name", ["b.bin", "b.bin.gz"])
def test_what_is_saved_is_loaded_again(path, tmp_path, name):
    model = load_facebook_model(path)
    save_facebook_model(model, tmp_path / name)
    again = load_facebook_model(tmp_path / name)
    np.testing.assert_array_equal(again.wv.vectors_vocab, model.wv.vectors_vocab)
    np.testing.assert_array_equal(again.wv.vectors_ngrams, model.wv.vectors_ngrams)
    np.testing.assert_array_equal(again.syn1neg, model.syn1neg)
    if name == "b.bin":
        old, new = path.read_bytes(), (tmp_path / name).read_bytes()
        assert (old[:76], old[84:]) == (new[:76], new[84:])  # but for the number of tokens


@pytest.mark.parametrize("options", [{"sg": 1}, {"sg": 0}, {"hs": 1, "negative": 0}])
def test_own_models_are_written(tmp_path, options):
    model = FastText(TEXT, **TINY | options)
    save_facebook_model(model, tmp_path / "a.bin")
    file = read_fasttext(tmp_path / "a.bin", output=True)
    assert (file.args.model, file.args.loss) == (2 - (not model.sg), 1 + (not model.hs))
    assert (file.args.ws, file.args.epoch, file.args.t) == (5, 2, 1e-3)
    wv = load_facebook_vectors(tmp_path / "a.bin")
    for word in ["cat", "cats", "dogs", "catty"]:
        np.testing.assert_allclose(wv[word], model.wv[word], atol=1e-6)
    wanted = np.zeros((len(wv), 8)) if model.hs else model.syn1neg
    np.testing.assert_array_equal(file.output, wanted)
    model.save(tmp_path / "a.safetensors")
    write_vectors(
        tmp_path / "b.bin", read_vectors(tmp_path / "a.safetensors"), file_format="fasttext"
    )
    assert (tmp_path / "b.bin").read_bytes() == (tmp_path / "a.bin").read_bytes()


@pytest.mark.filterwarnings("ignore")  # gensim's own
def test_others_read_own_models(tmp_path):
    model = FastText(TEXT, **TINY)
    save_facebook_model(model, tmp_path / "a.bin")
    gensim = pytest.importorskip("gensim.models.fasttext", reason="gensim is not installed")
    theirs = gensim.load_facebook_model(str(tmp_path / "a.bin"))
    np.testing.assert_array_equal(theirs.syn1neg, model.syn1neg)
    for word in ["cat", "dogs", "catty"]:
        np.testing.assert_allclose(theirs.wv[word], model.wv[word], atol=1e-6)
    fasttext = pytest.importorskip("fasttext", reason="fasttext is not installed")
    program = fasttext.load_model(str(tmp_path / "a.bin"))
    for word in ["cat", "dogs", "catty"]:
        np.testing.assert_allclose(program.get_word_vector(word), model.wv[word], atol=1e-6)
    np.testing.assert_array_equal(program.get_output_matrix(), model.syn1neg)


def test_what_the_head_says_is_chosen_as_in_gensim(path, tmp_path):
    model = load_facebook_model(path)
    save_facebook_model(model, tmp_path / "a.bin", "utf-8", 50, 2)
    args = read_fasttext(tmp_path / "a.bin").args
    assert (args.lr_update_rate, args.word_ngrams) == (50, 2)
    gensim = pytest.importorskip("gensim.models.fasttext", reason="gensim is not installed")
    assert "cats" in gensim.load_facebook_model(str(tmp_path / "a.bin")).wv


def test_gensims_names_are_in_its_modules():
    import fastvec.fasttext
    import fastvec.models.fasttext

    for name in ("load_facebook_model", "load_facebook_vectors", "save_facebook_model"):
        assert getattr(fastvec.fasttext, name) is getattr(fastvec.models.fasttext, name)


def test_other_losses_begin_anew(tmp_path):
    for loss in (1, 3):
        (tmp_path / "a.bin").write_bytes(files.model(loss=loss))
        with pytest.warns(UserWarning, match=r"a\.bin: the output weights begin anew"):
            model = load_facebook_model(tmp_path / "a.bin")
        assert (model.hs, bool(model.negative)) == (int(loss == 1), loss != 1)
        assert not (model.syn1 if loss == 1 else model.syn1neg).any()


def test_what_is_refused(path, tmp_path):
    (tmp_path / "b.bin").write_bytes(files.model(labels=("__label__a",)))
    with pytest.raises(ValueError, match=r"b\.bin is a classifier, which is not trained further"):
        load_facebook_model(tmp_path / "b.bin")
    model = load_facebook_model(path)
    for wrong, says in (
        ({"encoding": "latin-1"}, "fastText's files are UTF-8, not latin-1"),
        ({"lr_update_rate": 0}, "lr_update_rate must be at least 1, got 0"),
        ({"word_ngrams": 2**31}, "word_ngrams must be at most 2147483647"),
    ):
        with pytest.raises(ValueError, match=says):
            save_facebook_model(model, tmp_path / "c.bin", **wrong)
    for wrong in (model.wv, Word2Vec(vector_size=2), None):
        with pytest.raises(TypeError, match=r"model must be a FastText, got .*--to fasttext"):
            save_facebook_model(wrong, tmp_path / "c.bin")
    assert not (tmp_path / "c.bin").exists()
