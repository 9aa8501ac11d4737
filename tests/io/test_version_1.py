"""Files that fastvec wrote before its kinds of files shared one container still open."""

from pathlib import Path

import numpy as np
import pytest

from fastvec.corpus.corpus import Corpus
from fastvec.io.container import read_container
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import FrozenPhrases, Phrases
from fastvec.models.word2vec import Word2Vec
from fastvec.vectors.keyedvectors import KeyedVectors

FILES = Path(__file__).parent.parent / "data" / "version-1"
WORDS = ["a", "rose", "is", "new", "york", "é"]
#: of the first word, as version-1/make.py printed them
W2V_VECTOR, NS_WEIGHTS = [0.2969, 0.0841, 0.1226], [-0.0092, -0.0011, -0.0033]
HS_WEIGHTS, GLOVE_VECTOR = [0.0033, 0.0127, -0.0014], [0.1304, 0.0977, 0.1278]
TEXT = [["a", "rose", "is", "a", "rose", "é"], ["new", "york", "is", "new", "york"]]


def test_corpora() -> None:
    corpus = Corpus.open(FILES / "words.fvc")
    assert list(corpus.vocabulary.words) == WORDS
    assert corpus.tokens[:11].tolist() == [0, 1, 2, 0, 1, 5, 3, 4, 2, 3, 4]
    assert corpus.offsets.tolist() == [0, 6, 11, 17, 22, 28, 33]
    assert corpus.vocabulary.counts.tolist() == [6, 6, 6, 6, 6, 3]
    assert corpus.options["lower"] is True
    integers = Corpus.open(FILES / "integers.fvc")
    assert integers.vocabulary.words.keys() == [7, 30, 12]


def test_a_word2vec_model_and_its_training() -> None:
    model = Word2Vec.load(FILES / "word2vec.safetensors")
    assert model.wv.index_to_key == WORDS
    assert model.wv.vectors[0].round(4).tolist() == pytest.approx(W2V_VECTOR)
    assert model.syn1neg[0].round(4).tolist() == pytest.approx(NS_WEIGHTS)
    assert model.syn1[0].round(4).tolist() == pytest.approx(HS_WEIGHTS)
    assert model.wv.get_vecattr("rose", "rank") == 3
    assert model.wv.vectors_lockf.tolist() == [1, 0.5, 1, 1, 1, 1]
    assert (model.vector_size, model.negative, model.seed) == (3, 2, 7)
    model.train(TEXT, epochs=1)
    assert KeyedVectors.load(FILES / "word2vec.safetensors").index_to_key == WORDS


def test_vectors() -> None:
    wv = KeyedVectors.load(FILES / "vectors.safetensors")
    assert wv.index_to_key == [30, 7]
    assert wv.vectors.dtype == np.float16
    assert wv[7].tolist() == [3, 4.5]
    assert wv.get_vecattr(7, "rank") == 3


def test_a_glove_model_and_its_training() -> None:
    model = GloVe.load(FILES / "glove.safetensors")
    assert model.wv.index_to_key == WORDS
    assert model.wv.vectors[0].round(4).tolist() == pytest.approx(GLOVE_VECTOR)
    pairs = Pairs.load(FILES / "pairs.safetensors")
    assert list(pairs.words or ()) == WORDS
    assert pairs.to_scipy()[[0]].toarray().round(3).tolist() == [
        pytest.approx([2, 8.25, 4.5, 0, 0, 2.1])
    ]
    model.train(pairs, epochs=1)


def test_phrases() -> None:
    phrases = Phrases.load(FILES / "phrases.fvp")
    found = {
        "a_rose": pytest.approx(25 / 18),
        "new_york": pytest.approx(25 / 18),
        "rose_é": pytest.approx(10 / 9),
        "rose_is_a": pytest.approx(5 / 9),
        "york_is_new": pytest.approx(5 / 9),
    }
    assert phrases.export_phrases() == found
    assert phrases.vocab["rose_is_a"] == 3
    phrases.add_vocab(TEXT)
    frozen = FrozenPhrases.load(FILES / "frozen.fvp")
    assert isinstance(frozen, FrozenPhrases)
    assert frozen.phrasegrams == found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("words.fvc", "corpus"),
        ("word2vec.safetensors", "word2vec"),
        ("vectors.safetensors", "vectors"),
        ("glove.safetensors", "glove"),
        ("pairs.safetensors", "pairs"),
        ("frozen.fvp", "phrases"),
    ],
)
def test_their_kind_and_version(name: str, kind: str) -> None:
    file = read_container(FILES / name, kind)
    assert (file.kind, file.version) == (kind, 1)
