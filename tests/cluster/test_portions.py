"""Portions of a text: what they hold together is the text, wherever it is cut."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastvec import Corpus
from fastvec.cluster.portions import cut_evenly, encoded_portions, text_portions
from fastvec.corpus import chunks
from fastvec.corpus.sources import FileSource, find_source
from fastvec.params import CorpusParams


@given(st.lists(st.integers(1, 100), min_size=1), st.integers(1, 20))
def test_pieces_stay_in_order_in_groups_of_about_the_same_weight(
    weights: list[int], count: int
) -> None:
    groups = cut_evenly(range(len(weights)), weights, count)
    assert [piece for group, _ in groups for piece in group] == list(range(len(weights)))
    assert [weight for _, weight in groups] == [sum(weights[i] for i in g) for g, _ in groups]
    assert 1 <= len(groups) <= count
    assert max(weight for _, weight in groups) <= sum(weights) / count + 2 * max(weights)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_the_portions_of_files_hold_their_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(chunks, "RANGE_BYTES", 7)
    (tmp_path / "a.txt").write_text("ärger im café\nein zwei drei\n" * 3)
    (tmp_path / "b.txt").write_text("ein langer satz ohne ende")
    params = CorpusParams()
    source = find_source(str(tmp_path), params)
    assert isinstance(source, FileSource)
    whole = Corpus.read(str(tmp_path), min_count=1)
    portions = text_portions(source, params, count)
    assert len(portions) == count
    read = [portion.read(whole.vocabulary, params, 1) for portion in portions]
    assert np.array_equal(np.concatenate([each.tokens for each in read]), whole.tokens)
    if count == 1:
        assert np.array_equal(read[0].offsets, whole.offsets)


def test_other_files_are_portions_as_a_whole(tmp_path: Path) -> None:
    for name in ("a.txt.gz", "b.csv"):
        (tmp_path / name).write_bytes(b"")
    import gzip

    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"a rose is a rose"))
    (tmp_path / "b.csv").write_text("text\nis it a rose\n")
    params = CorpusParams()
    for name in ("a.txt.gz", "b.csv"):
        source = find_source(str(tmp_path / name), params)
        assert isinstance(source, FileSource)
        if name == "b.csv":
            params = CorpusParams(column="text")
        whole = Corpus.read(str(tmp_path / name), min_count=1, column=params.column)
        (portion,) = text_portions(source, params, 3)
        assert portion.pieces == (str(tmp_path / name),)
        read = portion.read(whole.vocabulary, params, 1)
        assert np.array_equal(read.tokens, whole.tokens)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.integers(1, 6))
def test_the_portions_of_a_corpus_hold_its_sentences(lengths: list[int], count: int) -> None:
    corpus = Corpus.read([["a"] * length for length in lengths], min_count=1)
    portions = encoded_portions(corpus, count)
    read = [np.diff(portion.offsets).tolist() for portion in portions]
    assert [length for each in read for length in each] == lengths
    assert sum(portion.weight for portion in portions) == 4 * sum(lengths)
