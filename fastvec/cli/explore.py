"""``fastvec explore``: look at vectors in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from fastvec._util.atomic import path_name
from fastvec.cli.files import INPUT, check_inputs
from fastvec.cli.help import Command
from fastvec.cli.serving import BROWSER, PORT, serve
from fastvec.cli.vectors import LIMIT, load
from fastvec.vectors.keyedvectors import KeyedVectors


@click.command(
    cls=Command,
    examples=[
        "fastvec explore vectors.bin",
        "fastvec explore old.bin new.bin",
        "fastvec explore vectors.bin --no-browser --port 8765",
    ],
)
@click.argument("vectors", nargs=-1, required=True, type=INPUT)
@BROWSER
@PORT
@LIMIT
def explore(vectors: tuple[Path, ...], browser: bool, port: int | None, limit: int | None) -> None:
    """Look at VECTORS in a browser: neighbours, analogies, a map.

    Several files are shown side by side.  The page is served to this machine only, until Ctrl-C or
    the page's button ends it.  Nothing is loaded from the internet, and nothing is written.
    """
    from fastvec.explore.server import Explorer
    from fastvec.explore.spaces import Space

    check_inputs(vectors)
    spaces = [
        Space(name, in_order_of_counts(load(path, limit)[0]))
        for name, path in zip(short_names(vectors), vectors, strict=True)
    ]
    until = "Ctrl-C, or the button on it, ends it"
    serve(lambda port: Explorer(spaces, port), port, browser, until)


def in_order_of_counts(wv: KeyedVectors) -> KeyedVectors:
    """Vectors with the most frequent words first, where the file says which these are."""
    counts = wv.counts
    if counts is not None and (counts[1:] > counts[:-1]).any():
        wv.sort_by_descending_frequency()
    return wv


def short_names(paths: Sequence[Path]) -> list[str]:
    """The names of files, without their folders if they are different without them."""
    names = [path_name(path) for path in paths]
    short = [Path(name).name for name in names]
    return short if len(set(short)) == len(short) else names
