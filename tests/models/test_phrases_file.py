"""The file of phrases: what it keeps, and everything that can be wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from containers import rewrite
from phrase_texts import YORK

from fastvec import Corpus, FrozenPhrases, Phrases
from fastvec.io.tensors import load_tensors


@pytest.mark.parametrize("frozen", [False, True])
def test_save_and_load(tmp_path: Path, frozen: bool) -> None:
    phrases: Any = Phrases(YORK, 1, 0.1, connector_words=["of", "ä"], delimiter="→")
    phrases.add_vocab([["bank", "of", "ä", "england"]] * 3)
    if frozen:
        phrases = phrases.freeze()
    phrases.save(tmp_path / "phrases.fvp")
    again = Phrases.load(tmp_path / "phrases.fvp")
    assert type(again) is type(phrases)
    assert str(again) == str(phrases)
    assert again._found == phrases._found
    assert list(again[YORK]) == list(phrases[YORK])
    if not frozen:
        assert dict(again.vocab) == dict(phrases.vocab)
        again.add_vocab(YORK)
        assert again.vocab["new"] == 18


def test_an_empty_model_is_saved(tmp_path: Path) -> None:
    Phrases(threshold=3).save(tmp_path / "empty.fvp")
    again = Phrases.load(tmp_path / "empty.fvp")
    assert (again.threshold, dict(again.vocab), again.export_phrases()) == (3, {}, {})
    assert again[["a", "b"]] == ["a", "b"]
    assert str(again) == str(Phrases(threshold=3))


def test_a_function_is_not_saved(tmp_path: Path) -> None:
    def scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return bigram_count

    Phrases(YORK, scoring=scorer).save(tmp_path / "own.fvp")
    with pytest.raises(ValueError, match="was scored by a function: give it again as scoring"):
        Phrases.load(tmp_path / "own.fvp")
    again = Phrases.load(tmp_path / "own.fvp", scoring=scorer)
    assert again.scoring is scorer


def test_other_files_are_no_phrases(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.fvc"
    Corpus.read(YORK, min_count=1).save(corpus)
    with pytest.raises(ValueError, match=r"holds a corpus, not phrases: use Corpus\.open"):
        Phrases.load(corpus)
    text = tmp_path / "text"
    text.write_text("new york")
    with pytest.raises(ValueError, match="text"):
        FrozenPhrases.load(text)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_damaged_file_is_an_error_or_harmless(tmp_path: Path, frozen: bool) -> None:
    phrases: Any = Phrases(YORK, 1, 0.1, connector_words=["of"])
    phrases.add_vocab([["bank", "of", "england"]] * 3)
    path = tmp_path / "phrases.fvp"
    (phrases.freeze() if frozen else phrases).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(4)
    for _ in range(300):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), 3):
            damaged[at] = rng.integers(0, 256)
        path.write_bytes(damaged[: rng.integers(len(whole) // 2, len(whole) + 1)])
        try:
            rewrite(path)  # its checksums would find the damage before anything else does
            loaded = Phrases.load(path)
        except (ValueError, TypeError):
            continue
        loaded.join(YORK)
        str(loaded)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("words", np.frombuffer(b"ne\xfe" + b"x" * 11, np.uint8), "'utf-8' codec can't decode"),
        ("word_offsets", np.array([0, 3, 99]), "the words' offsets do not rise"),
        ("counts", np.array([-1, 9, 9, 9]), "counts must be at least 0, got -1"),
        ("pairs", np.array([[0, 9, 0, 1]], np.uint32), "a pair names a word that is not there"),
        ("pairs", np.array([[0, 1, 9, 1]], np.uint32), "a pair names connectors that are not"),
        ("pairs", np.array([0], np.uint32), "pairs is missing, or not an array of uint32"),
        ("parents", np.array([0, 7], np.uint32), "must name words and nodes that are there"),
        ("connectors", np.array([9], np.uint32), None),  # node 0 is nothing, whatever it says
    ],
)
def test_files_with_wrong_data(tmp_path: Path, name: str, value: Any, message: str | None) -> None:
    path = tmp_path / "phrases.fvp"
    Phrases(YORK, 1, 0.1).save(path)
    _, header = load_tensors(path)
    settings = header["settings"].replace("{", '{"unknown": 1, ', 1)
    rewrite(path, arrays={name: value}, settings=settings)
    if message:
        with pytest.raises(ValueError, match=f"phrases.fvp is damaged: .*{message}"):
            Phrases.load(path)
        return
    loaded = Phrases.load(path)
    loaded.add_vocab(YORK)
    assert loaded.vocab["new"] == 18
