"""What ``groupby`` of pandas or polars gives, as a source: every group is a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastvec.corpus.rows import names_of
from fastvec.params import CorpusParams

#: the classes of such objects, by the name of their package
GROUPED = {
    "pandas": ("SeriesGroupBy", "DataFrameGroupBy"),
    "polars": ("GroupBy",),
}


def is_grouped(source: object) -> bool:
    """Whether an object is what ``groupby`` gives.

    >>> is_grouped([["to", "be"]])
    False
    """
    kind = type(source)
    return kind.__name__ in GROUPED.get(kind.__module__.partition(".")[0], ())


def grouped_sentences(source: Any, params: CorpusParams) -> Iterator[list[Any]]:
    """The items of each group, in its order; missing ones are left out.

    ValueError if it is not clear which column holds the items, or with the options ``group`` and
    ``order``, which would group once more.
    """
    if params.group is not None:
        raise ValueError("what is grouped already takes no group and order: sort it before groupby")
    one_column = type(source).__name__ == "SeriesGroupBy"
    if one_column and params.column is not None:
        raise ValueError(f"there is no column {params.column!r} in the groups of one column")
    for _, rows in source:
        items = rows if one_column else rows[_column(rows, params)]
        yield list(items.dropna() if hasattr(items, "dropna") else items.drop_nulls())


def _column(rows: Any, params: CorpusParams) -> str:
    """The column that was asked for, which the groups must have."""
    has = names_of(rows.columns)
    if params.column is None:
        raise ValueError(
            "the groups have columns: say with column=NAME which one holds the items; they have "
            f"{has}"
        )
    if params.column not in rows.columns:
        raise ValueError(f"the groups have no column {params.column!r}; they have {has}")
    return params.column
