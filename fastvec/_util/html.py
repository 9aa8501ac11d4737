"""Tables in HTML for notebooks and pages.  They take the colours of the page, light or dark."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def text_of(value: object) -> str:
    """A value as text; numbers that are no integers have four digits.

    >>> text_of(0.25), text_of(12345), text_of("cat")
    ('0.2500', '12,345', 'cat')
    """
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def escaped(value: object) -> str:
    """A value as text of HTML, in which the direction of its script ends where it ends.

    >>> escaped("<script>")
    '<bdi>&lt;script&gt;</bdi>'
    """
    return f"<bdi>{html.escape(text_of(value))}</bdi>"


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with a title; numbers stand to the right.

    >>> table("", ["word"], [["cat"]])
    '<table><thead><tr><th>word</th></tr></thead><tbody><tr><td ...><bdi>cat</bdi></td></tr>...'
    """
    left = "text-align:left;white-space:nowrap"
    caption = f'<caption style="{left}">{html.escape(title)}</caption>' if title else ""
    names = "".join(f"<th>{html.escape(head)}</th>" for head in heads)
    head = f"<thead><tr>{names}</tr></thead>" if heads else ""
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table>{caption}{head}<tbody>{body}</tbody></table>"


def facts(title: str, values: Mapping[str, Any]) -> str:
    """A table of names and values, all to the left.

    >>> "<td" in facts("KeyedVectors", {"words": 5})
    True
    """
    return table(title, (), ((name, text_of(value)) for name, value in values.items()))


def fields(thing: object, **more: Any) -> str:
    """A table of the attributes of a result, but for its arrays, and of what else is known of it.

    >>> from fastvec.evaluation import categories
    >>> "purity" in fields(categories(wv, "categories.txt"))
    True
    """
    values = {name: value for name, value in vars(thing).items() if not hasattr(value, "shape")}
    return facts(type(thing).__name__, values | more)


def _cell(value: Any) -> str:
    side = "right" if isinstance(value, int | float) else "left"
    return f'<td style="text-align:{side}">{escaped(value)}</td>'
