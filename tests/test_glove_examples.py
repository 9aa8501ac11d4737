"""The examples in the docstrings around GloVe run and say what is printed."""

import doctest
import importlib

import numpy as np
import pytest
import scipy.sparse

from fastvec.corpus import Corpus
from fastvec.glove import GloVe
from fastvec.pairs import Pairs


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What the examples may use: pairs, a model, and files of both."""
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("text.txt").write_text("a rose is a rose is a rose\n" * 6)
    pairs = Pairs.from_scipy(scipy.sparse.eye_array(3))
    pairs.save("pairs.safetensors")
    pairs.write_glove("cooccurrence.bin")
    model = GloVe(4, epochs=1, min_count=1, progress=False).fit(tmp_path / "text.txt")
    model.save("glove.safetensors")
    return {"pairs": pairs, "model": model, "Corpus": Corpus, "np": np, "scipy": scipy}


@pytest.mark.parametrize("name", ["cooccurrence", "glove", "pairs", "ppmi"])
def test_examples(name, names):
    module = importlib.import_module(f"fastvec.{name}")
    failed, tried = doctest.testmod(module, extraglobs=names)
    assert tried
    assert not failed
