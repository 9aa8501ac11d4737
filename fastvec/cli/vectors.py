"""Commands for vectors: similar, analogy, eval, info, convert, classes.

On a terminal the answers are printed as tables, into a pipe as lines with tabs.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.columns import Columns
from rich.console import Console
from rich.table import Table

from fastvec import evaluation
from fastvec._util.atomic import atomic_write
from fastvec.cli.shared import check_outputs, echo, vector_files
from fastvec.io.compression import COMPRESSORS
from fastvec.io.format import VectorFile
from fastvec.io.registry import (
    FORMATS,
    READABLE,
    endings_help,
    files_of,
    format_of,
    read_vectors,
    write_vectors,
)
from fastvec.vectors.clusters import k_means
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.search import ANALOGY_METHODS

FILE = click.Path(exists=True, path_type=Path)
VECTORS = click.argument("vectors", type=click.Path(exists=True, dir_okay=False, path_type=Path))
TOPN = click.option("-n", "--topn", type=click.IntRange(1), default=10, show_default=True,
                    help="how many answers to print")  # fmt: skip
LIMIT = click.option("--limit", type=click.IntRange(1), help="read only the first so many words")
METHOD = click.option(
    "--method",
    type=click.Choice(ANALOGY_METHODS),
    default="3cosadd",
    show_default=True,
    help="how answers to analogies are scored",
)
JSON = click.option("--json", "as_json", is_flag=True, help="print JSON")


def load(
    path: Path, limit: int | None = None, file_format: str | None = None, errors: str = "replace"
) -> tuple[KeyedVectors, VectorFile]:
    """Read any vector file."""
    file = read_vectors(path, file_format=file_format, limit=limit, errors=errors)
    return KeyedVectors.of(file.words.as_text(), file.vectors, file.counts), file


def known(vectors: KeyedVectors, path: Path, words: Sequence[str]) -> None:
    """Fail if a word has no vector."""
    for word in words:
        if word not in vectors:
            raise click.ClickException(f"{word!r} is not among the {len(vectors)} words of {path}")


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table whose first column is text and whose others are numbers."""
    made = Table(title=visible(title), title_justify="left", title_style="bold")
    for position, head in enumerate(heads):
        made.add_column(head, justify="right" if position else "left")
    for row in rows:
        made.add_row(*map(visible, row))
    return made


def visible(text: str) -> str:
    """Text with control characters as escapes, since a word may contain a terminal's commands."""
    return re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", lambda one: repr(one[0])[1:-1], text)


def show(tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]) -> None:
    """Print tables of (title, heads, rows): drawn on a terminal, tab-separated into a pipe."""
    if sys.stdout.isatty():
        # Words and file names may look like rich's markup, but are printed as they are.
        console = Console(markup=False, emoji=False, highlight=False)
        console.print(Columns([table(*one) for one in tables]))
        return
    for title, _, rows in tables:
        for row in rows:
            print("\t".join((title, *row) if title else row))


@click.command()
@VECTORS
@click.argument("words", nargs=-1, required=True)
@TOPN
@LIMIT
def similar(vectors: Path, words: tuple[str, ...], topn: int, limit: int | None) -> None:
    """Print the words that are most similar to each WORD.

    \b
    Into a pipe, each line is WORD, neighbour and cosine, separated by tabs.
    """
    wv, _ = load(vectors, limit)
    known(wv, vectors, words)
    show(
        [
            (word, ("word", "cosine"), [(near, f"{cosine:.4f}") for near, cosine in found])
            for word in words
            for found in (wv.most_similar(word, topn=topn),)
        ]
    )


@click.command()
@VECTORS
@click.argument("a")
@click.argument("b")
@click.argument("c")
@TOPN
@LIMIT
def analogy(vectors: Path, a: str, b: str, c: str, topn: int, limit: int | None) -> None:
    """A is to B as C is to what?

    \b
    fastvec analogy vectors.bin man king woman
    """
    wv, _ = load(vectors, limit)
    known(wv, vectors, (a, b, c))
    found = wv.most_similar(positive=[b, c], negative=[a], topn=topn)
    rows = [(word, f"{cosine:.4f}") for word, cosine in found]
    title = f"{a} : {b} = {c} : ?" if sys.stdout.isatty() else ""
    show([(title, ("word", "cosine"), rows)])


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
        facts = {"vectors": str(vectors), **{name: lines for name, lines in tables if lines}}
        print(json.dumps(facts, indent=2).replace("NaN", "null"))
        return
    show(
        [
            (title, tuple(lines[0]), [cells(line) for line in lines])
            for title, lines in tables
            if lines
        ]
    )


@click.command()
@VECTORS
@JSON
def info(vectors: Path, as_json: bool) -> None:
    """Print what a vector file contains."""
    wv, file = load(vectors)
    norms = wv.fill_norms()
    finite = norms[np.isfinite(norms)]
    facts: dict[str, Any] = {
        "file": str(vectors),
        "kind": file.file_format,
        "words": len(wv),
        "vector size": wv.vector_size,
        "megabytes": round(wv.vectors.nbytes / 1e6, 1),
        "first words": " ".join(wv.words[:10]),
        "shortest vector": round(float(finite.min()), 4) if len(finite) else None,
        "mean length": round(float(finite.mean()), 4) if len(finite) else None,
        "longest vector": round(float(finite.max()), 4) if len(finite) else None,
        "zero vectors": int(np.sum(norms == 0)),
        "vectors not finite": len(norms) - len(finite),
    }
    if file.counts is not None:
        facts["sum of counts"] = int(file.counts.sum())
    if file.kind != "vectors":
        facts["model"] = file.kind
    facts |= file.metadata
    if as_json:
        print(json.dumps(facts, indent=2))
    else:
        rows = [
            (name, json.dumps(value) if isinstance(value, dict) else str(value))
            for name, value in facts.items()
        ]
        show([("", ("", ""), rows)])


@click.command(
    help=f"""Turn VECTORS into another format.

    \b
    OUTPUT's ending chooses it:
{endings_help("    ")}

    Text and word2vec's binary format may be compressed: {" ".join(COMPRESSORS)} follows the ending.
    From .safetensors to .safetensors a whole model stays one, unless --limit or --normalize change
    its vectors.
    """
)
@VECTORS
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--from", "source", type=click.Choice(list(READABLE)), help="the input's format")
@click.option("--to", "target", type=click.Choice(list(FORMATS)), help="the output's format")
@LIMIT
@click.option("--normalize", is_flag=True, help="scale every vector to length 1")
@click.option(
    "--unicode-errors",
    type=click.Choice(["strict", "ignore", "replace"]),
    default="strict",
    show_default=True,
    help="what to do with words that are not UTF-8",
)
def convert(
    vectors: Path,
    output: Path,
    source: str | None,
    target: str | None,
    limit: int | None,
    normalize: bool,
    unicode_errors: str,
) -> None:
    file_format = format_of(output) if target is None else FORMATS[target]
    if not file_format.is_folder:
        check_outputs(files_of(output, file_format), vector_files(vectors, source))
    wv, file = load(vectors, limit, source, unicode_errors)
    if normalize:
        wv.unit_normalize_all()
        file = file.without_model()
    file = dataclasses.replace(file, vectors=wv.vectors)
    write_vectors(output, file, file_format=file_format.name)
    echo(f"{output}: {len(wv)} vectors of {wv.vector_size} numbers, {file_format.name}", err=True)


@click.command("classes")
@VECTORS
@click.option("-k", "count", type=click.IntRange(1), default=500, show_default=True, help="classes")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="file to write instead of printing"
)
@click.option(
    "--rounds", type=click.IntRange(1), default=10, show_default=True, help="rounds of k-means"
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@LIMIT
def classes(
    vectors: Path, count: int, output: Path | None, rounds: int, seed: int, limit: int | None
) -> None:
    """Put the words into classes by k-means (word2vec.c's -classes).

    \b
    Prints WORD and CLASS, separated by a space, in the vocabulary's order.
    """
    check_outputs([output], vector_files(vectors))
    wv, _ = load(vectors, limit)
    labels = k_means(wv.vectors, count, rounds, seed)
    lines = (f"{word} {label}\n" for word, label in zip(wv.words, labels.tolist(), strict=True))
    if output is None:
        sys.stdout.writelines(lines)
    else:
        with atomic_write(output) as file:
            file.writelines(line.encode() for line in lines)


COMMANDS = [similar, analogy, evaluate, info, convert, classes]
