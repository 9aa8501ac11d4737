"""The examples in the docstrings of the modules about vectors run and say what is printed."""

import doctest
import importlib
import inspect

import numpy as np
import pytest

from fastvec.keyedvectors import KeyedVectors
from fastvec.words import Words

MODULES = [
    *("ann", "clusters", "evaluation", "exports", "formats", "keyedvectors", "packed", "rowfiles"),
    *("search", "store", "tables", "tensors"),
]
NEEDS = {
    "ann": "usearch",
    "keyedvectors": "ot",
    "tables": "pyarrow",
}  # what the examples of a module use


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What the examples may use: wv, its files, and every public name of fastvec."""
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
    tmp_path.joinpath("vocab.txt").write_text("cat 3\n")
    tmp_path.joinpath("questions.txt").write_text(
        ": capitals\nman king woman queen\nking man queen woman\n"
    )
    tmp_path.joinpath("categories.txt").write_text("king royal\nqueen royal\ncar thing\n")
    tmp_path.joinpath("pairs.txt").write_text("king queen 9\nking man 5\nking car 0\n")
    return {"wv": wv, "np": np, "Words": Words}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, names):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"{NEEDS[name]} is not installed")
    module = importlib.import_module(f"fastvec.{name}")
    failed, tried = doctest.testmod(module, extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert tried
    assert not failed


def public_functions(name):
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


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_has_an_example(name):
    without = [f.__name__ for f in public_functions(name) if ">>> " not in (f.__doc__ or "")]
    assert without == []
