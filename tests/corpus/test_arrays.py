"""Arrays of item ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texts import (
    sentences,
    shout,
)

from fastvec.corpus import arrays
from fastvec.corpus.corpus import Corpus


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, np.uint64, ">i4"])
def test_arrays_of_item_ids(dtype: Any) -> None:
    walks = np.array([[1, 2, 3], [3, 2, 1]], dtype)
    for source in (
        walks,
        list(walks),
        walks.tolist(),
        list(map(list, walks)),
        walks.astype(object),
    ):
        assert Corpus.read(source, min_count=1).vocabulary.words.keys() == [1, 2, 3]
    expected = [["1", "2", "3"], ["3", "2", "1"]]
    assert sentences(walks) == expected
    assert sentences(walks.T.copy().T) == expected
    assert sentences(list(walks)) == expected
    assert sentences(walks.tolist()) == expected
    assert sentences(iter(walks)) == expected
    assert sentences(walks[0]) == expected[:1]


def test_the_whole_range_of_integers() -> None:
    low, high = -(1 << 63), (1 << 63) - 1
    assert sentences(np.array([[low, high, 0]])) == [[str(low), str(high), "0"]]
    assert sentences([[low, high, 1 << 64, -(1 << 64)]]) == [
        [str(low), str(high), str(1 << 64), str(-(1 << 64))]
    ]


@pytest.mark.parametrize("low", [0, 1 << 62])
def test_ids_of_64_unsigned_bits_are_read_alike_from_everywhere(tmp_path: Path, low: int) -> None:
    arrow = pytest.importorskip("pyarrow")
    ids = [[low, (1 << 63) + 5, (1 << 64) - 1], [7, (1 << 63) + 5]]
    path = tmp_path / "ids.jsonl"
    path.write_text("".join(json.dumps({"ids": row}) + "\n" for row in ids))
    column = arrow.array(ids, arrow.list_(arrow.uint64()))
    expected = Corpus.read(ids, min_count=1).vocabulary.words.keys()
    assert expected == [(1 << 63) + 5, low, (1 << 64) - 1, 7]
    for source in (
        [np.array(row, np.uint64) for row in ids],
        column,
        arrow.table({"ids": column}),
        [{"ids": row} for row in ids],
        [{"ids": np.array(row, np.uint64)} for row in ids],
        path,
    ):
        has_columns = isinstance(source, Path) or (
            isinstance(source, list) and isinstance(source[0], dict)
        )
        options = {"column": "ids"} if has_columns else {}
        corpus = Corpus.read(source, min_count=1, **options)  # type: ignore[arg-type]
        assert corpus.vocabulary.words.keys() == expected
        assert sentences(source, tokens=shout, **options) == [list(map(str, row)) for row in ids]
    assert sentences(np.array([ids[0]], np.uint64)) == [list(map(str, ids[0]))]


def test_ids_that_64_bits_do_not_hold_are_read_from_json(tmp_path: Path) -> None:
    path = tmp_path / "ids.jsonl"
    path.write_text('{"ids": [-1, 18446744073709551616, 9223372036854775808]}\n{"ids": [5]}')
    keys = Corpus.read(path, column="ids", min_count=1).vocabulary.words.keys()
    assert keys == [-1, 1 << 64, 1 << 63, 5]
    path.write_text('{"ids": [18446744073709551615]}\n{"ids": ["a"]}')
    with pytest.raises(TypeError, match="all strings or all integers, got 'a' after integers"):
        sentences(path, column="ids")


def test_arrays_that_hold_no_item_ids() -> None:
    with pytest.raises(TypeError, match="must hold integers, got float64"):
        sentences(np.ones((2, 2)))
    with pytest.raises(ValueError, match="must have 1 or 2 dimensions, got 3"):
        sentences(np.ones((2, 2, 2), int))


def test_large_arrays_are_read_by_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "CHUNK_ITEMS", 100)
    walks = np.random.default_rng(0).integers(0, 50, (1000, 7))
    corpus = Corpus.read(walks, min_count=1, workers=3)
    names = np.array(list(map(int, corpus.vocabulary.words)))
    assert np.array_equal(names[corpus.tokens].reshape(1000, 7), walks)
