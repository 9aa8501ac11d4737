"""``fastvec eval``: how well vectors agree with what people say."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import click

from fastvec import evaluation
from fastvec.cli.tables import show
from fastvec.cli.vectors import JSON, VECTORS, load
from fastvec.vectors.search import ANALOGY_METHODS

FILE = click.Path(exists=True, path_type=Path)
METHOD = click.option(
    "--method",
    type=click.Choice(ANALOGY_METHODS),
    default="3cosadd",
    show_default=True,
    help="how answers to analogies are scored",
)


def section_facts(section: evaluation.Section) -> dict[str, Any]:
    """One row of the table of analogies."""
    low, high = evaluation.accuracy_interval(section)
    return {
        "section": section.name,
        "accuracy": section.accuracy,
        "low": low,
        "high": high,
        "correct": len(section.correct),
        "asked": section.asked,
        "unknown": section.unknown,
    }


def similarity_facts(found: evaluation.Similarity) -> dict[str, Any]:
    """One row of the table of similarities."""
    low, high = found.interval()
    enough = len(found.scores) > 1
    return {
        "file": found.name,
        "spearman": float(found.spearman[0]) if enough else float("nan"),
        "low": low,
        "high": high,
        "pearson": float(found.pearson[0]) if enough else float("nan"),
        "pairs": len(found.scores),
        "unknown": found.unknown,
    }


def without_nan(facts: dict[str, Any]) -> dict[str, Any]:
    """One row with None for NaN, which JSON does not have."""
    return {name: None if value != value else value for name, value in facts.items()}


def cells(facts: dict[str, Any]) -> list[str]:
    """The values of one row as text."""
    return [f"{value:.4f}" if isinstance(value, float) else str(value) for value in facts.values()]


@click.command("eval")
@VECTORS
@click.option("--analogies", type=FILE, multiple=True, help="a file of analogies, or a BATS folder")
@click.option("--similarity", type=FILE, multiple=True, help="a file of: word word score")
@click.option("--categories", type=FILE, multiple=True, help="a file of: word category")
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
@JSON
def evaluate(
    vectors: Path,
    analogies: tuple[Path, ...],
    similarity: tuple[Path, ...],
    categories: tuple[Path, ...],
    restrict_vocab: int,
    method: str,
    case_sensitive: bool,
    unknown_wrong: bool,
    as_json: bool,
) -> None:
    """Score vectors by analogies, by human similarity scores, and by human categories.

    Questions with an unknown word are left out, unless --unknown-wrong is given.  The columns low
    and high are a 95 % bootstrap interval.
    """
    if not (analogies or similarity or categories):
        raise click.UsageError("give --analogies FILE, --similarity FILE, or --categories FILE")
    wv, _ = load(vectors)
    options: dict[str, Any] = {
        "case_insensitive": not case_sensitive,
        "dummy4unknown": unknown_wrong,
    }
    sections = []
    for path in analogies:
        done = evaluation.analogies(
            wv, path, restrict_vocab=restrict_vocab or None, method=method, **options
        )
        sections += [section_facts(one) for one in (*done, evaluation.overall(done, path.name))]
    pairs = [similarity_facts(evaluation.similarity(wv, path, **options)) for path in similarity]
    folded = not case_sensitive
    groups = [
        dataclasses.asdict(evaluation.categories(wv, path, case_insensitive=folded))
        for path in categories
    ]
    tables = (("analogies", sections), ("similarity", pairs), ("categories", groups))
    if as_json:
        scores = {name: [without_nan(line) for line in lines] for name, lines in tables if lines}
        print(json.dumps({"vectors": str(vectors), **scores}, indent=2))
        return
    show(
        [
            (title, tuple(lines[0]), [cells(line) for line in lines])
            for title, lines in tables
            if lines
        ],
        heads=True,
    )
