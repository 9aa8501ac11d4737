"""The examples in the docstrings run and say what they claim."""

import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest

MODULES = "_core callbacks collocations corpus demo encoded files matrix params phrases progress"
MODULES += " rewriting sentences simd sources textfiles threads vocabulary word2vec words"


@pytest.mark.parametrize("name", MODULES.split())
def test_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"fastvec.{name}")
    failed, tried = doctest.testmod(module, extraglobs={"np": np}, optionflags=doctest.ELLIPSIS)
    assert failed == 0
    assert tried
