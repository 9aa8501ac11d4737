"""``fastvec map``: words as points that near words stand near to."""

from __future__ import annotations

from pathlib import Path

import click

from fastvec._util.atomic import path_name
from fastvec.cli.files import INPUT, OUTPUT, check_outputs, vector_files
from fastvec.cli.help import Command
from fastvec.cli.news import QUIET
from fastvec.cli.output import Output, save
from fastvec.cli.shared import report
from fastvec.cli.spelling import unknown_word
from fastvec.cli.vectors import LIMIT, VECTORS, load
from fastvec.io.archives import open_input
from fastvec.io.compression import MOST_BYTES, lines_of
from fastvec.plots.word_map import check_picture
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.maps.layouts import LEAST_WORDS, METHODS, check_method
from fastvec.vectors.pictures import MOST_FREQUENT, NEAREST

MOST_NAMED = 5  # missing words that are named


def listed_words(path: Path) -> list[str]:
    """The words of a file that has one on each line."""
    words = []
    with open_input(path) as file:
        for number, line in enumerate(lines_of(path_name(path), file, MOST_BYTES), 1):
            try:
                words.append(line.decode("utf-8-sig").strip())
            except UnicodeDecodeError:
                raise ValueError(f"{path_name(path)}: line {number} is not UTF-8") from None
    return [word for word in words if word]


@click.command(
    "map",
    cls=Command,
    examples=[
        "fastvec map vectors.bin -o map.html",
        "fastvec map vectors.bin -o map.png -n 100 --method pca",
        "fastvec map vectors.bin -o near.html --near king --near queen -n 30",
    ],
)
@VECTORS
@click.option(
    "-o",
    "--output",
    type=OUTPUT,
    required=True,
    help="a page for any browser (.html), or a picture (.png, .svg, .pdf)",
)
@click.option(
    "-n",
    "--topn",
    type=click.IntRange(2),
    help=f"how many words, the most frequent ones  [default: {MOST_FREQUENT}]; with --near, how "
    f"many neighbours of each word  [default: {NEAREST}]",
)
@click.option("--words", "listed", type=INPUT, help="show the words of this file, one on each line")
@click.option("--near", multiple=True, help="show this word and its neighbours; may be repeated")
@click.option(
    "--method",
    type=click.Choice(list(METHODS)),
    help="how words get their places; default: tsne, if openTSNE is installed",
)
@click.option(
    "--dimensions",
    type=click.IntRange(2, 3),
    default=2,
    show_default=True,
    help="with 3, the page turns the map",
)
@click.option("--clusters", type=click.IntRange(1), help="how many clusters have colours and names")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True,
    help="seed of the places and the clusters",
)  # fmt: skip
@click.option("--title", default="", help="what stands above the map")
@LIMIT
@QUIET
def word_map(
    vectors: Path,
    output: Path,
    topn: int | None,
    listed: Path | None,
    near: tuple[str, ...],
    method: str | None,
    dimensions: int,
    clusters: int | None,
    seed: int,
    title: str,
    limit: int | None,
    quiet: bool,
) -> None:
    """Draw a map of words: near words stand near each other.

    Clusters have colours, and the names of their most typical words.  The page (.html) works
    without a network: zoom with the wheel or two fingers, search, and point at a word for its count
    and its neighbours.

    The same VECTORS and seed give the same map.
    """
    check_outputs([output], [*vector_files(vectors), listed])
    check_picture(output, dimensions)
    if method is not None:
        check_method(method, LEAST_WORDS)  # whether its library is there, before anything is read
    target = Output(output)
    wv, _ = load(vectors, limit)
    for word in near:
        if word not in wv:
            raise click.ClickException(unknown_word(wv, word, path_name(vectors)))
    made = wv.map(
        topn,
        words=None if listed is None else known_words(wv, listed, quiet),
        near=near or None,
        method=method,
        dimensions=dimensions,
        clusters=clusters,
        seed=seed,
    )
    save((target, lambda path: made.save(path, title)))
    report(quiet, f"{path_name(output)}: {made!r}")


def known_words(wv: KeyedVectors, path: Path, quiet: bool) -> list[str]:
    """The words of a file that have vectors; a line on standard error is about the others."""
    words = listed_words(path)
    missing = [word for word in words if not wv.has_index_for(word)]
    if missing:
        some = ", ".join(map(repr, missing[:MOST_NAMED])) + ", ..." * (len(missing) > MOST_NAMED)
        report(quiet, f"{len(missing)} of {len(words)} words of {path} have no vector: {some}")
    return words
