"""Commands for two sets of vectors: drift, align."""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import STDOUT, path_name
from fastvec._util.progress import plural
from fastvec._util.run_log import plain
from fastvec.alignment import Drift
from fastvec.alignment import align as align_languages
from fastvec.alignment import drift as find_drift
from fastvec.cli.drift_page import page
from fastvec.cli.files import INPUT, OUTPUT, check_inputs, check_outputs, vector_files
from fastvec.cli.help import Command
from fastvec.cli.interrupts import Interrupts
from fastvec.cli.news import QUIET
from fastvec.cli.output import TO, Output, VectorOutput, save
from fastvec.cli.shared import print_json, report
from fastvec.cli.tables import cells, show
from fastvec.cli.vectors import JSON, load, write_lines
from fastvec.vectors.alignment.drift import HEADS
from fastvec.vectors.evaluation.datasets import read_entries
from fastvec.vectors.keyedvectors import KeyedVectors

RESTRICT_VOCAB = click.option(
    "--restrict-vocab",
    type=click.IntRange(0),
    default=30_000,
    show_default=True,
    help="use only so many of the most frequent words of each; 0: all",
)
#: what would end a column or a line of a table
ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})
#: the digits of numbers for which a terminal has room
SHORT = {"moved": ".2f", "z": ".1f", "by_chance": ".1g", "kept": ".1f"}
NO_FLOOR = (
    "what moved by chance is not known, since all words move between two trainings: train two more "
    "models on two halves of one text, and give them as --noise A B"
)


@click.command(
    cls=Command,
    examples=[
        "fastvec drift old.bin new.bin --noise a.bin b.bin",
        "fastvec drift old.bin new.bin --noise a.bin b.bin -o drift.html",
        "fastvec drift old.bin new.bin --json -n 100 > drift.json",
    ],
)
@click.argument("old", type=INPUT)
@click.argument("new", type=INPUT)
@click.option(
    "--noise",
    type=INPUT,
    nargs=2,
    metavar="A B",
    help="two models that differ by chance only: of two halves of one text",
)
@click.option(
    "--anchors",
    type=INPUT,
    help="words, one a line, by which OLD is turned onto NEW; by default the 5,000 most frequent",
)
@click.option(
    "--min-count",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="leave out words that occur less often in one of them",
)
@RESTRICT_VOCAB
@click.option("-n", "--topn", type=click.IntRange(1), default=20, show_default=True,
              help="how many words to print")  # fmt: skip
@click.option(
    "-o",
    "--output",
    type=OUTPUT,
    help="a page with pictures (.html), or all words (.tsv, .json)",
)
@JSON
@QUIET
def drift(
    old: Path,
    new: Path,
    noise: tuple[Path, Path] | None,
    anchors: Path | None,
    min_count: int,
    restrict_vocab: int,
    topn: int,
    output: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find words that have moved from OLD vectors to NEW ones.

    OLD is turned into the space of NEW by the words that both share; then each word is compared
    with itself.

    Two trainings never give the same vectors.  How far words move by chance, --noise tells: two
    models of two random halves of one text, trained like OLD and NEW.  The column z has the
    standard deviations by which a word moved further than by chance, by_chance how many words
    are expected to move so far, and kept the share of the 10 nearest words that stayed.
    """
    paths = (old, new, *(noise or ()))
    write = None if output is None else writer(output)
    inputs = [file for path in paths for file in vector_files(path)]
    check_outputs([output], [*inputs, anchors])
    target = None if output is None else Output(output)
    models = load_all(paths)
    found = find_drift(
        models[0],
        models[1],
        noise=(models[2], models[3]) if noise else None,
        anchors=None if anchors is None else words_in(anchors),
        min_count=min_count,
        restrict_vocab=restrict_vocab or None,
    )
    if target is not None and write is not None:
        save((target, functools.partial(write_lines, list(write(found, paths)))))
        report(quiet, f"{path_name(target.path)}: {plural(len(found.words), 'word')}")
    if output != STDOUT:
        print_drift(found, topn, as_json)
    report(quiet, summary(found))


def load_all(paths: Sequence[Path]) -> list[KeyedVectors]:
    """The vectors of several files; ValueError if they are not of one size."""
    models = [load(path)[0] for path in paths]
    for path, wv in zip(paths, models, strict=True):
        if wv.vector_size != models[0].vector_size:
            raise ValueError(
                f"{path_name(path)} has vectors of {wv.vector_size} numbers, and "
                f"{path_name(paths[0])} of {models[0].vector_size}: they must have one size"
            )
    return models


def words_in(path: Path) -> list[str]:
    """The words of a file that has one on each line."""
    return read_entries(path, "utf-8", "a word", str)


#: makes the lines of a file from what was found, and from the names of the files it was found in
Lines = Callable[[Drift, Sequence[Path]], Iterable[str]]


def table_lines(found: Drift, _: Sequence[Path]) -> Iterator[str]:
    """All words, as lines with tabs."""
    rows = found.rows()
    yield "\t".join(HEADS)
    yield from ("\t".join(one.translate(ESCAPES) for one in as_text(row)) for row in rows)


def json_lines(found: Drift, paths: Sequence[Path]) -> Iterator[str]:
    """All words, as one JSON object."""
    yield json.dumps(plain({"files": [path_name(path) for path in paths], **as_facts(found, None)}))


def page_lines(found: Drift, paths: Sequence[Path]) -> Iterator[str]:
    """A page with pictures."""
    yield page(found, " → ".join(path_name(path) for path in paths[:2]), summary(found))


WRITERS: dict[str, Lines] = {".html": page_lines, ".tsv": table_lines, ".json": json_lines}


def writer(output: Path) -> Lines:
    """What makes the lines of an output, by its ending; ValueError for another ending."""
    found = table_lines if output == STDOUT else WRITERS.get(output.suffix.lower())
    if found is None:
        raise ValueError(f"{output}: the name must end in {', '.join(WRITERS)}")
    return found


def as_facts(found: Drift, topn: int | None) -> dict[str, Any]:
    """What was found, for JSON."""
    return {"compared": len(found.words), "floor": found.floor, "words": found.rows(topn)}


def as_text(row: dict[str, Any]) -> list[str]:
    """The values of a row as text: neighbours with spaces between them, nothing for None."""
    values = ("" if one is None else one for one in row.values())
    return cells(" ".join(one) if isinstance(one, list) else one for one in values)


def print_drift(found: Drift, topn: int, as_json: bool) -> None:
    """Print the words that have moved the furthest."""
    if as_json:
        print_json(as_facts(found, topn))
        return
    rows = found.rows(topn)
    if sys.stdout.isatty():
        rows = [drawn_row(row) for row in rows]
    show([("", tuple(rows[0]), [as_text(row) for row in rows])], heads=True)


def drawn_row(row: dict[str, Any]) -> dict[str, Any]:
    """What a terminal has room for: three neighbours, and no counts; nor what is not known."""
    known = {name: value for name, value in row.items() if "count" not in name}
    if math.isnan(row["z"]):
        del known["z"], known["by_chance"]
    short = {name: format(known[name], digits) for name, digits in SHORT.items() if name in known}
    return known | short | {side: row[side][:3] for side in ("before", "after")}


def summary(found: Drift) -> str:
    """What the numbers say, in a sentence."""
    if not found.has_floor:
        return NO_FLOOR
    above = len(found.above_floor)
    return (
        f"of {plural(len(found.words), 'word')}, {above:,} moved further than chance explains: "
        f"their z is above {found.floor:.1f}, beyond which less than one word is expected"
    )


@click.command(
    cls=Command,
    examples=[
        "fastvec align german.bin english.bin --dictionary pairs.tsv -o aligned.bin",
        "fastvec align german.bin english.bin --dictionary pairs.tsv --csls --json",
    ],
)
@click.argument("source", type=INPUT)
@click.argument("target", type=INPUT)
@click.option(
    "--dictionary",
    type=INPUT,
    required=True,
    help="a word and its translation on each line, with a tab between them",
)
@click.option("-o", "--output", type=OUTPUT, help="write the vectors of SOURCE in TARGET's space")
@TO
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.9),
    default=0.2,
    show_default=True,
    help="the share of the words that nothing is learned from, and that say how good it is",
)
@click.option("--csls", is_flag=True, help="find translations by CSLS instead of cosines")
@RESTRICT_VOCAB
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
              help="decides which words are held out")  # fmt: skip
@JSON
@QUIET
def align(
    source: Path,
    target: Path,
    dictionary: Path,
    output: Path | None,
    to: str | None,
    held_out: float,
    csls: bool,
    restrict_vocab: int,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Turn SOURCE vectors into the space of TARGET, by a dictionary.

    The turn is learned from most words of the dictionary.  Of the others it prints how many have a
    translation as their nearest word of TARGET, and among the five nearest.
    """
    inputs = [*vector_files(source), *vector_files(target), dictionary]
    check_inputs(inputs)
    written = None if output is None else VectorOutput(output, inputs, to=to)
    first, second = load_all((source, target))
    found = align_languages(
        first,
        second,
        dictionary,
        held_out=held_out,
        csls=csls,
        restrict_vocab=restrict_vocab or None,
        seed=seed,
    )
    if written is not None:
        wv = found.aligned()
        written.check(wv.words, wv.vector_size)
        with Interrupts(saving=True):
            written.write_vectors(wv)
        written.report(quiet, wv)
    if output == STDOUT:
        report(quiet, ", ".join(f"{name} {value}" for name, value in found.facts().items()))
    elif as_json:
        print_json(found.facts())
    else:
        show([("", ("", ""), [cells(one) for one in found.facts().items()])])
