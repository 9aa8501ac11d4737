"""Mapped files that are changed in place (cp new old): only memory of ours is read, or an error."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fastvec._core import tiles_to_rows
from fastvec.corpus.corpus import Corpus
from fastvec.io.tensors import check_mapped
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.models.phrases import Phrases
from fastvec.models.word2vec import Word2Vec
from fastvec.vectors.keyedvectors import KeyedVectors

TEXT = [["new", "york", "is", "large"], ["in", "new", "york"], ["a", "rose", "is", "a", "rose"]] * 9
SMALL: dict[str, Any] = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1}


def corpus_of(path: Path) -> Corpus:
    Corpus.read(TEXT, min_count=1).save(path)
    return Corpus.open(path)


def pairs_of(path: Path) -> Pairs:
    Pairs.from_scipy(np.random.default_rng(1).random((40, 40)) + 0.1).save(path)
    return Pairs.load(path)


def vectors_of(path: Path) -> KeyedVectors:
    Word2Vec(TEXT, **SMALL).save(path)
    return KeyedVectors.load(path)


def phrases_of(path: Path) -> Phrases:
    Phrases(TEXT, min_count=1, threshold=0.1).save(path)
    return Phrases.load(path)


CASES: dict[str, tuple[Callable[[Path], Any], Callable[[Any], Any]]] = {
    "train": (corpus_of, lambda corpus: Word2Vec(corpus, hs=1, **SMALL)),
    "count pairs": (corpus_of, lambda corpus: GloVe(4, min_count=1, epochs=1).fit(corpus)),
    "count phrases": (corpus_of, lambda corpus: Phrases(corpus, min_count=1)),
    "join phrases": (corpus_of, lambda corpus: Phrases(TEXT, 1, 0.1).join(corpus)),
    "rows of pairs": (pairs_of, lambda pairs: pairs.to_scipy()),
    "train on pairs": (pairs_of, lambda pairs: GloVe(4, epochs=1).fit(pairs)),
    "records": (pairs_of, lambda pairs: pairs.write_glove("records")),
    "count entries": (pairs_of, lambda pairs: pairs.nnz),
    "find words": (vectors_of, lambda wv: ["york" in wv, list(wv.words), wv.words[2]]),
    "neighbours": (vectors_of, lambda wv: wv.most_similar("york")),
    "join": (phrases_of, lambda phrases: phrases.join(TEXT)),
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore")
def test_arrays_that_change_under_the_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    make, use = CASES[case]
    thing = make(tmp_path / "file")
    with (tmp_path / "file").open("r+b") as file:
        begin = 8 + int.from_bytes(file.read(8), "little")
        size = file.seek(0, 2)
        file.seek(begin)
        random = np.random.default_rng(seed)
        file.write(random.integers(0, 256, size - begin, np.uint8).tobytes())
    with contextlib.suppress(ValueError, KeyError, IndexError, FloatingPointError, OverflowError):
        use(thing)


def test_rows_that_are_not_filled_are_an_error() -> None:
    """Pairs that changed between the two rounds would leave memory that nobody has written."""
    pairs = Pairs.from_scipy(np.ones((3, 3)))
    low, high = pairs._row_sizes()
    ends = np.cumsum(low + high)
    at, past = ends - low - high, ends - high
    raw = pairs.pairs.view(np.uint64)
    raw[:2] = raw[0]
    found = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.float32)
    with pytest.raises(ValueError, match="the pairs are damaged"):
        tiles_to_rows(raw, pairs.starts, pairs.tiles, pairs.offsets, at, past, *found)


def fit_more(pairs: Pairs) -> None:
    GloVe(4, epochs=1, progress=False).fit(pairs)


CUT: dict[str, tuple[Callable[[Path], Any], Callable[[Any], Any]]] = {
    "train": (corpus_of, lambda corpus: Word2Vec(corpus, **SMALL)),
    "rows of pairs": (pairs_of, lambda pairs: pairs.to_scipy()),
    "train on pairs": (pairs_of, fit_more),
    "neighbours": (vectors_of, lambda wv: wv.most_similar("york")),
}


@pytest.mark.parametrize("case", CUT)
def test_a_mapped_file_that_was_cut_off_is_noticed(tmp_path: Path, case: str) -> None:
    """The process would be ended by a signal."""
    make, use = CUT[case]
    thing = make(tmp_path / "file")
    with (tmp_path / "file").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 1)
    with pytest.raises(ValueError, match=f"{tmp_path / 'file'} was cut off while it was open"):
        use(thing)


def test_arrays_in_memory_and_in_whole_files_are_not_refused(tmp_path: Path) -> None:
    check_mapped(np.ones(3))
    pairs = pairs_of(tmp_path / "file")
    check_mapped(pairs.pairs)
    with (tmp_path / "file").open("ab") as file:
        file.write(b"more")
    check_mapped(pairs.pairs[:3])
    (tmp_path / "file").unlink()
    check_mapped(pairs.pairs)
