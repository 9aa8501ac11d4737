"""Models of all kinds whose options were changed so that no file of them could be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fastvec import Doc2Vec, FastText, GloVe, KeyedVectors, NeuralLM, Phrases, Ranker, Word2Vec
from fastvec.doc2vec import TaggedDocument

TEXT = [["new", "york", "is", "far"]] * 20
SMALL: dict[str, Any] = {"vector_size": 4, "min_count": 1, "epochs": 1, "workers": 1}


def made(kind: str) -> Any:
    models: dict[str, Any] = {
        "Word2Vec": lambda: Word2Vec(TEXT, **SMALL),
        "FastText": lambda: FastText(TEXT, bucket=50, **SMALL),
        "Doc2Vec": lambda: Doc2Vec(
            [TaggedDocument(words, [i]) for i, words in enumerate(TEXT)], **SMALL
        ),
        "GloVe": lambda: GloVe(**SMALL).fit(TEXT),
        "NeuralLM": lambda: NeuralLM(TEXT, hidden_size=4, **SMALL),
        "Ranker": lambda: Ranker(TEXT, hidden_size=4, **SMALL),
        "Phrases": lambda: Phrases(TEXT, min_count=1),
        "FrozenPhrases": lambda: Phrases(TEXT, min_count=1, threshold=0.1).freeze(),
    }
    return models[kind]()


MODELS = ["Word2Vec", "FastText", "Doc2Vec", "GloVe", "NeuralLM", "Ranker"]
PHRASES = ["Phrases", "FrozenPhrases"]


@pytest.mark.parametrize("kind", MODELS + PHRASES)
def test_what_load_would_refuse_is_not_saved(tmp_path: Path, kind: str) -> None:
    path, model = tmp_path / "model", made(kind)
    model.save(path)
    saved, before = path.read_bytes(), model.min_count
    model.min_count = -1
    says = (
        r"^the model is not saved, since it could not be loaded: min_count must be .*: set it back"
    )
    with pytest.raises(ValueError, match=says + r".*; .*model is still what was saved before$"):
        model.save(path)
    assert path.read_bytes() == saved
    with pytest.raises(ValueError, match=says):
        model.save(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    if kind in MODELS:
        model.wv.save(tmp_path / "vectors")
        found = KeyedVectors.load(tmp_path / "vectors")["far"]
        np.testing.assert_array_equal(found, model.wv["far"])
    model.min_count = before
    model.save(path)
    type(model).load(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("window", 0), ("negative", -1), ("tokens", "letters"), ("vector_size", 5), ("comment", {1})],
)
def test_every_option_of_a_file_is_looked_at(tmp_path: Path, name: str, value: Any) -> None:
    model = made("Word2Vec")
    setattr(model, name, value)
    with pytest.raises(ValueError, match=f"not saved, since it could not be loaded: {name} must"):
        model.save(tmp_path / "model")
