"""What groupby gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from texts import sentences

from fastvec.corpus.corpus import Corpus
from fastvec.models.word2vec import Word2Vec

ROWS = {"user": ["u2", "u1", "u2", "u1"], "item": ["a", "b", "c", "a"], "n": [1, 2, 3, 1]}


def frame(**more: Any) -> Any:
    return pytest.importorskip("pandas").DataFrame(ROWS | more)


def test_groups_of_pandas() -> None:
    groups = frame().groupby("user")
    for source, options in (
        (groups["item"], {}),
        (groups[["item"]], {"column": "item"}),
        (groups, {"column": "item"}),
    ):
        assert sentences(source, **options) == [["b", "a"], ["a", "c"]]
    assert sentences(frame().groupby("user", sort=False)["item"]) == [["a", "c"], ["b", "a"]]
    assert sentences(frame().groupby(["user", "item"])["n"]) == [["1"], ["2"], ["1"], ["3"]]
    corpus = Corpus.read(groups["n"], min_count=1)
    assert corpus.vocabulary.words.keys() == [1, 2, 3]


def test_missing_items_of_groups_are_left_out() -> None:
    groups = frame(item=["a", None, "c", "d"]).groupby("user")["item"]
    assert sentences(groups) == [["d"], ["a", "c"]]


def test_groups_of_polars() -> None:
    polars = pytest.importorskip("polars")
    groups = polars.DataFrame(ROWS).group_by("user", maintain_order=True)
    assert sentences(groups, column="item") == [["a", "c"], ["b", "a"]]


def test_it_must_be_clear_what_is_an_item() -> None:
    groups = frame().groupby("user")
    with pytest.raises(ValueError, match=r"say with column=NAME .*; they have user, item, n$"):
        sentences(groups)
    with pytest.raises(ValueError, match="have no column 'x'; they have user, item, n"):
        sentences(groups, column="x")
    with pytest.raises(ValueError, match="there is no column 'item'"):
        sentences(groups["item"], column="item")
    with pytest.raises(ValueError, match="grouped already"):
        sentences(groups, column="item", group="user")
    with pytest.raises(TypeError, match=r"all strings or all integers, got 0\.5"):
        sentences(frame(item=[0.5] * 4).groupby("user")["item"])


def test_groups_train_and_may_be_given_later() -> None:
    groups = frame().groupby("user")["item"]
    model = Word2Vec(groups, vector_size=4, min_count=1, sample=0)
    assert model.train(groups, total_examples=2, epochs=1)[1] == 4


def test_series_and_lists_of_series() -> None:
    pandas = pytest.importorskip("pandas")
    lists: list[Any] = [["a", "b"], ("a",), np.array(["c", "a"])]
    expected = [["a", "b"], ["a"], ["c", "a"]]
    assert sentences(pandas.Series(lists)) == expected
    assert sentences(pandas.DataFrame({"x": lists, "n": [1, 2, 3]}), column="x") == expected
    assert (
        sentences(pandas.DataFrame({"x": lists, "n": [1, "mixed", None]}), column="x") == expected
    )
    assert sentences([pandas.Series(each) for each in lists]) == expected
    assert sentences(pandas.Series([[3, 1], [3]])) == [["3", "1"], ["3"]]
    assert sentences(frame().groupby("user")["item"].agg(list)) == [["b", "a"], ["a", "c"]]
    with pytest.raises(TypeError, match=r"holds single numbers; .* or group=NAME"):
        sentences(frame(), column="n")
