"""The examples in the docstrings run and print what they say."""

import doctest
import importlib.util
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import fastvec
from fastvec.corpus.corpus import Corpus
from fastvec.io.floret import write_floret
from fastvec.io.format import VectorFile
from fastvec.io.registry import write_vectors
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import Phrases
from fastvec.models.word2vec import Word2Vec
from fastvec.subwords import Subwords
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

#: what a module imports that may be missing
IMPORTS = {"fastvec.cluster.ray_crew": "ray"}
MODULES = [
    module.name.removeprefix("fastvec.")
    for module in pkgutil.walk_packages(fastvec.__path__, "fastvec.")
    if not module.ispkg and not module.name.startswith(("fastvec.cli", "fastvec.__main__"))
    if importlib.util.find_spec(IMPORTS.get(module.name, "fastvec")) is not None
]
#: what the examples of a module use
NEEDS = {
    "ann": "usearch",
    "io.parquet": "pyarrow",
    "models.plotting": "matplotlib",
    "plots.figures": "matplotlib",
    "plots.fonts": "matplotlib",
    "plots.word_map": "matplotlib",
    "vectors.maps.layouts": "openTSNE",
    "vectors.pictures": "matplotlib",
    "vectors.comparisons": "ot",
    "vectors.wmd": "ot",
}
#: packages whose every public function has an example
EXAMPLES_EVERYWHERE = ("alignment", "ann", "evaluation", "exports", "io.", "vectors.")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the examples may use: vectors, pairs and a model, and files of all of them."""
    monkeypatch.chdir(tmp_path)
    wv = KeyedVectors.of(
        Words.of(["king", "queen", "man", "woman", "car"]),
        np.array([[1, 1, 0.1], [0.5, 1, 0.1], [1, 0, 0.1], [0.5, 0, 0.1], [-1, 0, 1]], np.float32),
        np.array([9, 8, 7, 6, 5]),
    )
    wv.save_word2vec_format("vectors.txt")
    wv.save_word2vec_format("vectors.txt.gz")
    wv.save_word2vec_format("vectors.bin", binary=True)
    wv.save("vectors.safetensors")
    write_vectors("fasttext.bin", VectorFile(wv.words, wv.vectors), file_format="fasttext")
    write_floret("table.floret", Subwords(3, 6, 2, wv.vectors[:0], wv.vectors[:2], hash_count=2))
    tmp_path.joinpath("vocab.txt").write_text("cat 3\n")
    tmp_path.joinpath("questions.txt").write_text(
        ": capitals\nman king woman queen\nking man queen woman\n"
    )
    tmp_path.joinpath("categories.txt").write_text("king royal\nqueen royal\ncar thing\n")
    tmp_path.joinpath("dictionary.tsv").write_text("king\tqueen\nman\twoman\n")
    tmp_path.joinpath("pairs.txt").write_text("king queen 9\nking man 5\nking car 0\n")
    tmp_path.joinpath("text.txt").write_text("a rose is a rose is a rose\n" * 6)
    pairs = Pairs.from_scipy(scipy.sparse.eye_array(3))
    pairs.save("pairs.safetensors")
    pairs.write_glove("cooccurrence.bin")
    model = GloVe(4, epochs=1, min_count=1, progress=False).fit(tmp_path / "text.txt")
    model.save("glove.safetensors")
    return {
        "Corpus": Corpus,
        "Path": Path,
        "Phrases": Phrases,
        "Word2Vec": Word2Vec,
        "Words": Words,
        "io": io,
        "np": np,
        "scipy": scipy,
        "model": model,
        "pairs": pairs,
        "wv": wv,
    }


def examples(name: str) -> list[doctest.DocTest]:
    """The docstrings of a module that hold examples."""
    module = importlib.import_module(f"fastvec.{name}")
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.0.0", reason="NumPy 1 prints numbers in another way"
)
@pytest.mark.parametrize("name", [name for name in MODULES if examples(name)])
def test_examples(name: str, names: dict[str, Any]) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"{NEEDS[name]} is not installed")
    module = importlib.import_module(f"fastvec.{name}")
    failed, tried = doctest.testmod(module, extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert tried
    assert not failed


def public_functions(name: str) -> Iterator[Callable[..., Any]]:
    """The functions and methods of a module that a user may call."""
    module = importlib.import_module(f"fastvec.{name}")
    for thing in vars(module).values():
        if getattr(thing, "__module__", "") != module.__name__ or thing.__name__.startswith("_"):
            continue
        if inspect.isfunction(thing):
            yield thing
        elif inspect.isclass(thing) and not getattr(thing, "_is_protocol", False):
            members = vars(thing).items()
            yield from (f for n, f in members if inspect.isfunction(f) and not n.startswith("_"))


@pytest.mark.parametrize("name", [n for n in MODULES if n.startswith(EXAMPLES_EVERYWHERE)])
def test_every_public_function_has_an_example(name: str) -> None:
    without = [f.__name__ for f in public_functions(name) if ">>> " not in (f.__doc__ or "")]
    assert without == []
