"""What ``import fastvec`` offers, what it does not load, and gensim's names for the same things."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fastvec

PRINT_MODULES = "import fastvec, sys; print(*{name.partition('.')[0] for name in sys.modules})"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The packages that are loaded after ``import fastvec``."""
    command = [sys.executable, "-c", PRINT_MODULES]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize(
    "package",
    [
        "rich",
        "click",
        "scipy",
        "pyarrow",
        "gensim",
        "fsspec",
        "safetensors",
        "torch",
        "usearch",
        "matplotlib",
        "openTSNE",
        "umap",
        "sklearn",
        "ray",
    ],
)
def test_import_does_not_load(loaded: set[str], package: str) -> None:
    assert {"fastvec", "numpy"} <= loaded
    assert package not in loaded


def test_only_public_names_are_listed() -> None:
    assert [name for name in dir(fastvec) if not name.startswith("_")] == sorted(fastvec.__all__)
    assert all(hasattr(fastvec, name) for name in fastvec.__all__)


READERS = ["LineSentence", "PathLineSentences", "Text8Corpus"]
PHRASES = ["ENGLISH_CONNECTOR_WORDS", "FrozenPhrases", "Phraser", "Phrases"]
SCORERS = ["npmi_scorer", "original_scorer"]
PLACES: dict[str, list[str]] = {
    "word2vec": ["Word2Vec", *READERS],
    "phrases": [*PHRASES, *SCORERS],
    "keyedvectors": ["KeyedVectors"],
    "sentences": READERS,
    "evaluation": ["analogies", "categories", "similarity"],
    "models": ["KeyedVectors", "Phrases", "Word2Vec"],
    "models.word2vec": ["Word2Vec", *READERS],
    "models.phrases": [*PHRASES, *SCORERS],
    "models.keyedvectors": ["KeyedVectors"],
    "models.callbacks": ["CallbackAny2Vec"],
}


@pytest.mark.parametrize("place", PLACES)
def test_names_are_importable_from_these_modules(place: str) -> None:
    module = importlib.import_module(f"fastvec.{place}")
    assert [name for name in PLACES[place] if not hasattr(module, name)] == []


SCRIPT = """
import gensim.models
import gensim.models.word2vec as w2v
from gensim.models import KeyedVectors, Phrases, Word2Vec, phrases, word2vec
from gensim.models.callbacks import CallbackAny2Vec
from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phraser
from gensim.models.word2vec import LineSentence, PathLineSentences, Text8Corpus


class Count(CallbackAny2Vec):
    def __init__(self):
        self.epochs = 0

    def on_epoch_end(self, model):
        self.epochs += 1


sentences = LineSentence(path)
bigrams = Phraser(Phrases(sentences, min_count=1, threshold=1, scoring="default"))
count = Count()
model = Word2Vec(bigrams[sentences], vector_size=8, min_count=1, epochs=3, callbacks=[count])
model.save(path + ".model")
model = gensim.models.Word2Vec.load(path + ".model")
model.wv.save_word2vec_format(path + ".bin", binary=True)
vectors = gensim.models.KeyedVectors.load_word2vec_format(path + ".bin", binary=True)
answers = [
    count.epochs,
    sorted(vectors.key_to_index),
    vectors["new_york"].shape,
    len(vectors.most_similar("new_york", topn=2)),
    [list(words) for words in Text8Corpus(path)],
    [list(words) for words in PathLineSentences(path)],
    w2v.Word2Vec is word2vec.Word2Vec is Word2Vec,
    isinstance(bigrams, FrozenPhrases),
    phrases.ENGLISH_CONNECTOR_WORDS == ENGLISH_CONNECTOR_WORDS,
    isinstance(vectors, KeyedVectors),
]
"""


def run_script(path: Path, package: str) -> Any:
    """What the script finds with gensim, or with what stands in for it."""
    path.parent.mkdir()
    path.write_text("new york is a city\nthe city of new york\nnew york new york\n")
    names: dict[str, Any] = {"path": str(path)}
    exec(SCRIPT.replace("gensim.models", f"{package}.models"), names)
    return names["answers"]


def test_a_script_for_gensim_needs_one_replacement(tmp_path: Path) -> None:
    answers = run_script(tmp_path / "ours" / "text", "fastvec")
    assert answers[0] == 3
    assert "new_york" in answers[1]
    assert answers[6:] == [True] * 4


@pytest.mark.filterwarnings("ignore")  # gensim's own
def test_the_script_gives_the_same_answers_with_gensim(tmp_path: Path) -> None:
    pytest.importorskip("gensim.models", reason="gensim is not installed")
    assert run_script(tmp_path / "ours" / "text", "fastvec") == run_script(
        tmp_path / "theirs" / "text", "gensim"
    )
