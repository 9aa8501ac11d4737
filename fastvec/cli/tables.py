"""Tables: drawn on a terminal, lines with tabs into a pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.columns import Columns
from rich.console import Console
from rich.table import Table

from fastvec.cli.shared import visible

#: how a number begins, also one with a unit behind it
NUMBER = re.compile(r"[-+.]*\d|nan|[-+]?inf|None|$")


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table with its columns of numbers to the right."""
    shown = any(heads)
    made = Table(title=visible(title), title_justify="left", title_style="bold", show_header=shown)
    for position, head in enumerate(heads):
        numbers = position > 0 and all(NUMBER.match(row[position]) for row in rows)
        # Where a terminal is narrow, texts are cut off, and numbers are not.
        made.add_column(head, justify="right" if numbers else "left", no_wrap=numbers)
    for row in rows:
        made.add_row(*map(visible, row))
    return made


def cells(values: Iterable[Any]) -> list[str]:
    """The values of a row as text; numbers that are no integers have four digits."""
    return [f"{value:.4f}" if isinstance(value, float) else str(value) for value in values]


def show(
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]], *, heads: bool = False
) -> None:
    """Print tables of (title, heads, rows): drawn on a terminal, tab-separated into a pipe.

    ``heads`` puts a line with the heads of the columns before each table in a pipe too.
    """
    if sys.stdout.isatty():
        # Words and file names may look like rich's markup, but are printed as they are.
        console = Console(markup=False, emoji=False, highlight=False)
        console.print(Columns([table(*one) for one in tables]))
        return
    for title, names, rows in tables:
        for row in [names, *rows] if heads and any(names) else rows:
            print("\t".join((title, *row) if title else row))
