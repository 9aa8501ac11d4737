"""fastText's own program and gensim read what fastvec writes, and give the same numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fastvec
from fastvec.io.registry import read_vectors, write_vectors
from fastvec.models.facebook import load_facebook_vectors

LINES = ["the cat sat on the mat", "кошка и собака naïve café", "a dog and a cat", "猫が 好き です"]
WORDS = ["cat", "кошка", "café", "猫が", "</s>", "cats", "unseen", "", "a", "ж" * 50, "two words"]


@pytest.fixture(scope="module")
def theirs() -> Any:
    return pytest.importorskip("fasttext", reason="fasttext is not installed")


@pytest.fixture
def text(tmp_path: Path) -> str:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(LINES * 40))
    return str(path)


def train(kind: Any, path: str, **options: Any) -> Any:
    """A small model of fastText's, which on some machines finds a NaN now and then, by luck."""
    few = {"dim": 16, "epoch": 2, "thread": 1, "bucket": 500, "verbose": 0}
    for _ in range(50):
        try:
            return kind(path, **few | options)
        except RuntimeError as error:
            assert "Encountered NaN" in str(error)
    pytest.skip("this fastText cannot train such small models")


def assert_same(model: Any, wv: Any) -> None:
    """Every word has the same vector in fastText, to 1e-6."""
    assert list(wv.words) == model.get_words()
    for word in WORDS:
        np.testing.assert_allclose(wv[word], model.get_word_vector(word), atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"model": "cbow", "loss": "hs"},
        {"minn": 1, "maxn": 4},
        {"minn": 2, "maxn": 2, "loss": "softmax"},
        {"minn": 5, "maxn": 5, "bucket": 3},
    ],
)
def test_vectors_are_fasttexts_and_back(theirs, text, tmp_path, options):
    model = train(theirs.train_unsupervised, text, minCount=1, **options)
    model.save_model(str(tmp_path / "a.bin"))
    wv = load_facebook_vectors(tmp_path / "a.bin")
    assert_same(model, wv)
    write_vectors(tmp_path / "b.bin", read_vectors(tmp_path / "a.bin"), file_format="fasttext")
    assert_same(theirs.load_model(str(tmp_path / "b.bin")), wv)
    wv.save(tmp_path / "c.safetensors")
    assert_same(model, fastvec.load(tmp_path / "c.safetensors"))


def test_without_ngrams(theirs, text, tmp_path):
    model = train(theirs.train_unsupervised, text, minCount=1, minn=0, maxn=0)
    model.save_model(str(tmp_path / "a.bin"))
    wv = load_facebook_vectors(tmp_path / "a.bin")
    assert (wv.bucket, "cats" in wv) == (0, False)
    np.testing.assert_array_equal(wv["cat"], model.get_word_vector("cat"))


@pytest.mark.parametrize("cutoff", [0, 300])
@pytest.mark.parametrize("norm", [True, False])
def test_quantised_classifiers(theirs, tmp_path, cutoff, norm):
    path = tmp_path / "text.txt"
    labelled = [f"__label__{i % 2} {line}" for i, line in enumerate(LINES * 80)]
    path.write_text("\n".join(labelled))
    model = train(theirs.train_supervised, str(path), minn=2, maxn=4)
    model.quantize(input=str(path), dsub=3, qnorm=norm, cutoff=cutoff, retrain=cutoff > 0, thread=1)
    model.save_model(str(tmp_path / "a.ftz"))
    model = theirs.load_model(str(tmp_path / "a.ftz"))
    wv = load_facebook_vectors(tmp_path / "a.ftz")
    assert wv.subwords.pruned == (cutoff > 0)
    assert_same(model, wv)


@pytest.mark.filterwarnings("ignore")  # gensim's own
def test_gensim_reads_what_is_written(tmp_path):
    gensim = pytest.importorskip("gensim.models.fasttext", reason="gensim is not installed")
    import fasttext_files

    (tmp_path / "a.bin").write_bytes(fasttext_files.model())
    file = read_vectors(tmp_path / "a.bin")
    write_vectors(tmp_path / "b.bin", file, file_format="fasttext")
    wv = gensim.load_facebook_vectors(str(tmp_path / "b.bin"))
    ours = load_facebook_vectors(tmp_path / "b.bin")
    assert wv.index_to_key == ours.index_to_key
    for word in [*ours.index_to_key[1:], "unseen", "кот"]:
        np.testing.assert_allclose(ours[word], wv[word], atol=1e-6)
    assert gensim.load_facebook_model(str(tmp_path / "b.bin")).wv.vector_size == ours.vector_size


@pytest.mark.filterwarnings("ignore")
def test_models_of_gensim(tmp_path):
    gensim = pytest.importorskip("gensim.models.fasttext", reason="gensim is not installed")
    sentences = [line.split() for line in LINES * 20]
    model = gensim.FastText(sentences, vector_size=6, min_count=1, bucket=300, epochs=1)
    gensim.save_facebook_model(model, str(tmp_path / "a.bin"))
    for wv in (
        load_facebook_vectors(tmp_path / "a.bin"),
        fastvec.KeyedVectors.from_gensim(model.wv),
    ):
        assert isinstance(wv, fastvec.FastTextKeyedVectors)
        for word in [*model.wv.index_to_key, "cats", "unseen"]:
            np.testing.assert_allclose(wv[word], model.wv[word], atol=1e-6)
