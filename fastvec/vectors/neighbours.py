"""What queries return: a list, which notebooks show as a table."""

from __future__ import annotations

from typing import Any

from fastvec._util.html import table


class Neighbours(list[tuple[Any, float]]):
    """Keys and their cosines, or other scores, the best first.

    It is a list like any other, and equal to one; notebooks show it as a table.

    >>> wv.most_similar("king", topn=0) == []
    True
    """

    def _repr_html_(self) -> str:
        return table("", ("word", "score"), self)
