"""``fastvec eval``: how well vectors agree with what people say."""

from __future__ import annotations

import dataclasses
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from fastvec import evaluation
from fastvec._util.atomic import path_name
from fastvec.cli.files import INPUT, check_inputs
from fastvec.cli.help import Command
from fastvec.cli.shared import print_json, report
from fastvec.cli.tables import cells, show
from fastvec.cli.vectors import JSON, load
from fastvec.vectors.evaluation.comparing import (
    Score,
    analogy_score,
    category_score,
    similarity_score,
)
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.search import ANALOGY_METHODS

FILE = click.Path(exists=True, path_type=Path)
METHOD = click.option(
    "--method",
    type=click.Choice(ANALOGY_METHODS),
    default="3cosadd",
    show_default=True,
    help="how answers to analogies are scored",
)
#: how delimiters are typed that a shell does not take as they are
TYPED = {"\\t": "\t", "tab": "\t", "space": " "}

#: one row of the table
Row = dict[str, Any]
#: a part of a file, and the score of it
Scored = tuple[str, Score]


def analogy_scores(file: Path, sections: list[evaluation.Section]) -> Iterator[Scored]:
    """The accuracy in each section, and in all of them."""
    for one in (*sections, evaluation.overall(sections, "all")):
        yield one.name, analogy_score(file, [one])


def similarity_scores(file: Path, found: evaluation.Similarity) -> Iterator[Scored]:
    """Both correlations; only that of ranks has an interval, and can be compared."""
    spearman = similarity_score(file, found)
    yield "all", spearman
    pearson = float(found.pearson[0])
    alone = dataclasses.replace(spearman, measure="pearson", value=pearson, low=math.nan)
    yield "all", dataclasses.replace(alone, high=math.nan, items=np.empty(0), human=np.empty(0))


def row(part: str, score: Score) -> Row:
    """A score as a row of the table."""
    return {
        "file": score.file,
        "part": part,
        "measure": score.measure,
        "score": score.value,
        "low": score.low,
        "high": score.high,
        "known": score.known,
        "of": score.of,
    }


def differences(first: Score | None, second: Score) -> Row:
    """The columns that say how much better other vectors are than the first ones."""
    names = ("difference", "difference_low", "difference_high", "p")
    if first is None:
        return dict.fromkeys(names, math.nan)
    found = evaluation.compare(first, second)
    return dict(zip(names, (found.difference, found.low, found.high, found.p), strict=True))


def files_of(path: Path) -> list[Path]:
    """The files of a folder, or the file itself."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
    if not found:
        raise ValueError(f"{path} holds no file")
    return found


def scored_files(path: Path, score: Callable[[Path], Iterator[Scored]]) -> Iterator[Scored]:
    """The scores by a file, or by each file of a folder but those of another kind."""
    files, errors = files_of(path), []
    for file in files:
        try:
            yield from score(file)
        except ValueError as error:
            errors.append(error)
    if len(errors) == len(files):
        raise errors[0]
    for one in errors:
        report(False, f"left out: {one}")


@click.command(
    "eval",
    cls=Command,
    examples=[
        "fastvec eval vectors.bin --analogies questions-words.txt",
        "fastvec eval vectors.bin model.safetensors --similarity ws353.csv",
        "fastvec eval vectors.bin --similarity tests/ --json",
    ],
)
@click.argument("vectors", nargs=-1, required=True, type=INPUT)
@click.option(
    "--analogies", type=FILE, multiple=True, help="a file of analogies, or a folder (BATS)"
)
@click.option(
    "--similarity", type=FILE, multiple=True, help="a file of: word word score, or a folder"
)
@click.option(
    "--categories", type=FILE, multiple=True, help="a file of: word category, or a folder"
)
@click.option(
    "--delimiter",
    help="similarity: what separates the columns (tab for a tab); by default found out",
)
@click.option("--encoding", default="utf-8", show_default=True, help="the encoding of these files")
@click.option(
    "--restrict-vocab",
    type=click.IntRange(0),
    default=30_000,
    show_default=True,
    help="analogies: use only so many of the most frequent words; 0: all",
)
@METHOD
@click.option("--case-sensitive", is_flag=True, help="distinguish upper case from lower case")
@click.option("--unknown-wrong", is_flag=True, help="count questions with unknown words as wrong")
@click.option(
    "--allow-inference",
    is_flag=True,
    help="similarity: give unknown words the vectors of their n-grams, if VECTORS have n-grams",
)
@JSON
def evaluate(
    vectors: tuple[Path, ...],
    analogies: tuple[Path, ...],
    similarity: tuple[Path, ...],
    categories: tuple[Path, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Score vectors by analogies, similarity and categories.

    It prints one table (on a terminal, comparisons are a second one).  The columns known and of say
    how many questions, pairs or words of a file count: those with an unknown word are left out,
    unless --unknown-wrong or --allow-inference is given.  The columns low and high are a 95 %
    interval: Wilson's of an accuracy, bootstrap of a rank correlation.

    Several files are given by several options (--similarity A --similarity B) or by a folder.

    With several VECTORS, all are compared with the first: how much better they are, the 95 %
    interval of that, and p, how probable it is by luck.  It is a paired bootstrap, on what counts
    for both.
    """
    if not (analogies or similarity or categories):
        raise click.UsageError("give --analogies FILE, --similarity FILE, or --categories FILE")
    check_inputs(vectors)
    tests = scorers(**options)
    rows = list(compared_rows(vectors, tests, (analogies, similarity, categories)))
    if as_json:
        print_json(rows)
    else:
        show(drawn(rows) if sys.stdout.isatty() else [printed("", rows)], heads=True)


#: a title, the heads of the columns, and the rows
Printed = tuple[str, tuple[str, ...], list[list[str]]]


def printed(title: str, rows: list[Row]) -> Printed:
    """Rows as a table of text."""
    return title, tuple(rows[0]), [cells(one.values()) for one in rows]


def drawn(rows: list[Row]) -> list[Printed]:
    """What a terminal shows, which is too narrow for all columns: scores, then comparisons."""
    scores = [{name: one[name] for name in tuple(rows[0])[:9]} for one in rows]
    compared = [
        {
            **{name: one[name] for name in ("vectors", "file", "part", "measure", "difference")},
            "low": one["difference_low"],
            "high": one["difference_high"],
            "p": one["p"],
        }
        for one in rows
        if not math.isnan(one.get("p", math.nan))
    ]
    more = [printed(f"compared with {rows[0]['vectors']}", compared)] if compared else []
    return [printed("", scores), *more]


Scorer = Callable[[KeyedVectors, Path], Iterator[Scored]]


def compared_rows(
    vectors: tuple[Path, ...], tests: tuple[Scorer, ...], files: tuple[tuple[Path, ...], ...]
) -> Iterator[Row]:
    """The rows of all vectors, in turn; if there are several, compared with the first."""
    first: list[Score] = []
    for path in vectors:
        wv, _ = load(path)
        several = zip(tests, files, strict=True)
        scored = [one for test, some in several for file in some for one in test(wv, file)]
        others = first or itertools.repeat(None, len(scored))
        for (part, score), other in zip(scored, others, strict=True):
            compared = differences(other, score) if len(vectors) > 1 else {}
            yield {"vectors": path_name(path), **row(part, score), **compared}
        first = first or [score for _, score in scored]


def scorers(
    *,
    delimiter: str | None,
    encoding: str,
    restrict_vocab: int,
    method: str,
    case_sensitive: bool,
    unknown_wrong: bool,
    allow_inference: bool,
) -> tuple[Scorer, Scorer, Scorer]:
    """What gives the scores by analogies, by similarities and by categories."""
    every: dict[str, Any] = {"case_insensitive": not case_sensitive, "encoding": encoding}
    both = {**every, "dummy4unknown": unknown_wrong}
    separator = TYPED.get(delimiter or "", delimiter)
    first = restrict_vocab or None

    def analogies(wv: KeyedVectors, path: Path) -> Iterator[Scored]:
        found = evaluation.analogies(wv, path, restrict_vocab=first, method=method, **both)
        return analogy_scores(path, found)

    def similarity(wv: KeyedVectors, path: Path) -> Iterator[Scored]:
        found = evaluation.similarity(
            wv, path, delimiter=separator, allow_inference=allow_inference, **both
        )
        return similarity_scores(path, found)

    def categories(wv: KeyedVectors, path: Path) -> Iterator[Scored]:
        yield "all", category_score(path, evaluation.categories(wv, path, **every))

    return (
        analogies,
        lambda wv, path: scored_files(path, lambda file: similarity(wv, file)),
        lambda wv, path: scored_files(path, lambda file: categories(wv, file)),
    )
