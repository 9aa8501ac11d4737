"""``fastvec plot``: the curves of trainings, and the frequencies of vocabularies."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click
import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, atomic_write, path_name
from fastvec.cli.files import INPUT, OUTPUT, check_outputs
from fastvec.cli.help import Command
from fastvec.cli.output import TEXT_FORMATS, Output, save
from fastvec.cli.vectors import load
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.archives import open_input
from fastvec.io.container import is_container
from fastvec.io.format import HEAD_BYTES
from fastvec.io.registry import regular_file, sniff
from fastvec.plots import curves, frequencies
from fastvec.plots.figure_page import figure_page
from fastvec.plots.figures import figure_bytes, require_matplotlib
from fastvec.plots.runs import TrainingCurves, is_log, read_runs
from fastvec.plots.word_map import check_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: what a file holds: trainings, or the counts of words
Content: TypeAlias = "list[TrainingCurves] | NDArray[np.int64]"
#: a figure, and the numbers below it on a page
Drawn: TypeAlias = "tuple[Figure, list[dict[str, str]]]"


@click.command(
    cls=Command,
    examples=[
        "fastvec plot run.jsonl -o curves.png",
        "fastvec plot run.jsonl again.jsonl -o curves.html",
        "fastvec plot vocab.txt -o frequencies.svg",
    ],
)
@click.argument("files", nargs=-1, required=True, type=INPUT)
@click.option(
    "-o",
    "--output",
    type=OUTPUT,
    required=True,
    help="a picture (.png, .svg, .pdf), or a page with the numbers below it (.html)",
)
@click.option("--title", default="", help="what stands above the picture")
def plot(files: tuple[Path, ...], output: Path, title: str) -> None:
    """Draw the curves of trainings, or the frequencies of words.

    FILES are logs that --log has written: of each training in them it draws the losses, the
    evaluations with their 95 % intervals, the learning rate and the speed.

    Or they are vocabularies: files of words and counts, encoded corpora, or vectors with counts.
    It draws how often words occur by rank (Zipf), and how much of the text the most frequent ones
    cover.
    """
    check_outputs([output], files)
    ending = check_picture(output)
    require_matplotlib()  # for the pictures of pages too
    target = Output(output)
    content = {path_name(path): read(path) for path in files}
    if ending == ".html":
        figure, rows = draw(content, "")  # the page has the title itself
        data = figure_page(figure, title or ", ".join(content), rows)
    else:
        data = figure_bytes(draw(content, title)[0], ending.removeprefix("."))
    save((target, functools.partial(write_bytes, data)))


def draw(files: Mapping[str, Content], title: str) -> Drawn:
    """The figure of what was read of files, by name; ValueError for logs and others at once."""
    logs = {name: one for name, one in files.items() if isinstance(one, list)}
    counts = {name: one for name, one in files.items() if not isinstance(one, list)}
    if logs and counts:
        raise ValueError(
            f"{next(iter(logs))} is a log of a training, and {next(iter(counts))} has counts of "
            "words: draw them apart"
        )
    if counts:
        return frequencies.draw_frequencies(counts, title), frequencies.table_of(counts)
    runs = [run for one in logs.values() for run in one]
    return curves.draw_curves(runs, title), curves.table_of(runs)


def read(path: Path) -> Content:
    """The trainings in a log, or the counts of the words in another file."""
    with regular_file(path) as file:
        with open_input(file) as opened:
            head = opened.read(HEAD_BYTES)
        return read_runs(file, path_name(path)) if is_log(head) else counts_in(file, head)


def counts_in(path: PathLike, head: bytes) -> NDArray[np.int64]:
    """The counts of the words in a file of some kind, which begins with these bytes."""
    if is_container(head[:64], "corpus"):
        return Corpus.open(path).vocabulary.counts
    if sniff(path).name in TEXT_FORMATS:  # a vocabulary looks like vectors of one number
        return read_vocabulary(path)
    counts = load(path)[0].counts
    if counts is None:
        raise ValueError(f"{path} has vectors without counts")
    return counts


def read_vocabulary(path: PathLike) -> NDArray[np.int64]:
    """The counts in a file of words and counts."""
    try:
        return Vocabulary.load(path).counts
    except ValueError as error:
        raise ValueError(f"{error} (`fastvec vocab` counts the words of a text)") from None


def write_bytes(data: bytes, path: Path) -> None:
    """Write a file."""
    with atomic_write(path) as file:
        file.write(data)
