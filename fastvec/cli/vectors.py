"""Commands for vectors: similar, analogy, info, convert, classes."""

from __future__ import annotations

import dataclasses
import functools
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from fastvec._util.atomic import STDOUT, PathLike, atomic_write, path_name
from fastvec.cli.files import INPUT, OUTPUT, check_outputs, vector_files
from fastvec.cli.help import Command
from fastvec.cli.news import QUIET
from fastvec.cli.output import TO, Output, VectorOutput, save
from fastvec.cli.shared import echo, print_json, print_lines, report
from fastvec.cli.spelling import unknown_word
from fastvec.cli.tables import show
from fastvec.io.compression import COMPRESSORS
from fastvec.io.container import KINDS, WITH_VECTORS, is_container, read_container
from fastvec.io.format import VectorFile
from fastvec.io.registry import READABLE, endings_help, read_vectors, regular_file
from fastvec.vectors.clusters import k_means
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

VECTORS = click.argument("vectors", type=INPUT)
TOPN = click.option("-n", "--topn", type=click.IntRange(1), default=10, show_default=True,
                    help="how many answers to print")  # fmt: skip
LIMIT = click.option(
    "--limit", type=click.IntRange(1), help="read only this many words, from the start of the file"
)
#: the kinds of fastvec's own files that hold no vectors
OTHER_KINDS = [kind for kind in KINDS if kind not in WITH_VECTORS]
JSON = click.option("--json", "as_json", is_flag=True, help="print JSON")


def load(
    path: PathLike,
    limit: int | None = None,
    file_format: str | None = None,
    errors: str = "replace",
) -> tuple[KeyedVectors, VectorFile]:
    """Read any vector file."""
    file = read_vectors(path, file_format=file_format, limit=limit, errors=errors)
    return KeyedVectors.of_file(dataclasses.replace(file, words=file.words.as_text())), file


def load_words(path: PathLike, limit: int | None) -> KeyedVectors:
    """Read a vector file that has words, among which neighbours are looked for."""
    wv, file = load(path, limit)
    if not len(wv):
        raise click.ClickException(
            f"{path_name(path)} has no words to choose from, only rows of n-grams: give a "
            "file that has both, such as the .safetensors file of the same training"
            if file.subwords is not None
            else f"{path_name(path)} has no words"
        )
    return wv


def neighbour_facts(found: Sequence[tuple[Any, float]]) -> list[dict[str, Any]]:
    """Words and cosines for JSON."""
    return [{"word": str(word), "cosine": cosine} for word, cosine in found]


@click.command(
    cls=Command,
    examples=[
        "fastvec similar vectors.bin king queen",
        "fastvec similar vectors.bin king -n 3 --json",
        "fastvec similar - king < vectors.bin | cut -f 2",
    ],
)
@VECTORS
@click.argument("words", nargs=-1, required=True)
@TOPN
@LIMIT
@JSON
def similar(
    vectors: Path, words: tuple[str, ...], topn: int, limit: int | None, as_json: bool
) -> None:
    """Print the words that are most similar to each WORD.

    Into a pipe, each line is WORD, neighbour and cosine, separated by tabs.

    Words without a vector are named on standard error, with words that look like them; the exit
    code is 2 if no WORD has one.
    """
    wv = load_words(vectors, limit)
    known = [word for word in words if word in wv]
    for word in dict.fromkeys(words):
        if word not in wv:
            echo(f"fastvec: {unknown_word(wv, word, path_name(vectors))}", err=True)
    if not known:
        sys.exit(2)
    answers = [(word, wv.most_similar(word, topn=topn)) for word in known]
    if as_json:
        print_json({word: neighbour_facts(found) for word, found in answers})
        return
    show(
        [
            (word, ("word", "cosine"), [(near, f"{cosine:.4f}") for near, cosine in found])
            for word, found in answers
        ]
    )


@click.command(
    cls=Command,
    examples=[
        "fastvec analogy vectors.bin man king woman",
        "fastvec analogy vectors.bin man king woman --json",
    ],
)
@VECTORS
@click.argument("a")
@click.argument("b")
@click.argument("c")
@TOPN
@LIMIT
@JSON
def analogy(
    vectors: Path, a: str, b: str, c: str, topn: int, limit: int | None, as_json: bool
) -> None:
    """A is to B as C is to what?

    Into a pipe, each line is an answer and its cosine, separated by a tab.
    """
    wv = load_words(vectors, limit)
    for word in (a, b, c):
        if word not in wv:
            raise click.ClickException(unknown_word(wv, word, path_name(vectors)))
    found = wv.most_similar(positive=[b, c], negative=[a], topn=topn)
    if as_json:
        print_json(neighbour_facts(found))
        return
    rows = [(word, f"{cosine:.4f}") for word, cosine in found]
    title = f"{a} : {b} = {c} : ?" if sys.stdout.isatty() else ""
    show([(title, ("word", "cosine"), rows)])


@click.command(
    cls=Command,
    examples=["fastvec info vectors.bin", "fastvec info model.safetensors --json"],
)
@VECTORS
@JSON
def info(vectors: Path, as_json: bool) -> None:
    """Print what a file contains, and whether it is damaged.

    Corpora, pairs, phrases and indices are read as well as all kinds of VECTORS.  Checksums are
    compared, if the file has any.  Of long lists, such as losses, only --json prints all.
    """
    with regular_file(vectors) as file:
        with Path(file).open("rb") as opened:
            head = opened.read(64)
        kind = next((kind for kind in OTHER_KINDS if is_container(head, kind)), None)
        facts = vector_facts(file) if kind is None else container_facts(file, kind)
    facts = {"file": path_name(vectors), **facts}
    if as_json:
        print_json(facts)
    else:
        rows = [
            (name, json.dumps(shortened(value)) if isinstance(value, dict) else str(value))
            for name, value in facts.items()
        ]
        show([("", ("", ""), rows)])


def shortened(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts with only the ends of long lists, such as the losses of hundreds of epochs.

    >>> shortened({"loss_history": list(range(400)), "epochs": 400})
    {'loss_history': ['...', 395, 396, 397, 398, 399], 'epochs': 400}
    """
    return {
        name: ["...", *value[-5:]] if isinstance(value, list) and len(value) > 10 else value
        for name, value in facts.items()
    }


def container_facts(path: PathLike, kind: str) -> dict[str, Any]:
    """What there is to say of one of fastvec's own files that holds no vectors."""
    file = read_container(path, kind)
    facts: dict[str, Any] = {"kind": KINDS[kind][0]}
    if file.words is not None:
        facts |= {"words": len(file.words), "first words": first_words(file.words)}
    facts |= {name: " x ".join(map(str, array.shape)) for name, array in file.arrays.items()}
    return facts | file.metadata


def first_words(words: Words) -> str:
    """The first ten words, separated by spaces."""
    return " ".join(words.as_text()[:10])


def vector_facts(vectors: PathLike) -> dict[str, Any]:
    """What there is to say of a file with vectors."""
    wv, file = load(vectors)
    norms = wv.fill_norms()
    finite = norms[np.isfinite(norms)]
    facts: dict[str, Any] = {
        "kind": file.file_format,
        "words": len(wv),
        "vector size": wv.vector_size,
        "megabytes": round(wv.vectors.nbytes / 1e6, 1),
        "first words": first_words(wv.words),
        "shortest vector": round(float(finite.min()), 4) if len(finite) else None,
        "mean length": round(float(finite.mean()), 4) if len(finite) else None,
        "longest vector": round(float(finite.max()), 4) if len(finite) else None,
        "zero vectors": int(np.sum(norms == 0)),
        "vectors not finite": len(norms) - len(finite),
    }
    if file.counts is not None:
        facts["sum of counts"] = int(file.counts.sum())
    if file.subwords is not None:
        facts["n-grams"] = f"{file.subwords.min_n} to {file.subwords.max_n} characters"
        facts["buckets"] = file.subwords.bucket
        facts["rows of n-grams"] = len(file.subwords.ngrams)
        if file.subwords.hash_count:
            facts["hashes of an n-gram"] = f"{file.subwords.hash_count} (floret)"
    if file.kind != "vectors":
        facts["model"] = file.kind
    return facts | file.metadata


@click.command(
    cls=Command,
    examples=[
        "fastvec convert vectors.bin vectors.txt",
        "fastvec convert model.safetensors vectors.vec.gz --limit 50000",
        "fastvec convert vectors.bin - --to word2vec | head -3",
    ],
    help=f"""Turn VECTORS into another format.

    \b
    OUTPUT's ending chooses it:
{endings_help("      ")}

    Text and word2vec's binary format may be compressed: {" ".join(COMPRESSORS)} follows the ending.
    From .safetensors to .safetensors a whole model stays one, unless --limit or --normalize change
    its vectors.
    """,
)
@VECTORS
@click.argument("output", type=OUTPUT)
@click.option(
    "--from",
    "source",
    type=click.Choice(list(READABLE)),
    metavar="FORMAT",
    help="the format of VECTORS; by default their first bytes say it",
)
@TO
@LIMIT
@click.option("--normalize", is_flag=True, help="scale every vector to length 1")
@click.option(
    "--unicode-errors",
    type=click.Choice(["strict", "ignore", "replace"]),
    default="strict",
    show_default=True,
    help="what to do with words that are not UTF-8",
)
@QUIET
def convert(
    vectors: Path,
    output: Path,
    source: str | None,
    to: str | None,
    limit: int | None,
    normalize: bool,
    unicode_errors: str,
    quiet: bool,
) -> None:
    target = VectorOutput(output, vector_files(vectors, source), to=to)
    wv, file = load(vectors, limit, source, unicode_errors)
    if normalize:
        wv.unit_normalize_all()
        if file.subwords is not None:
            report(quiet, "with --normalize the n-grams are left out, which have other lengths")
        file = file.without_model()
    file = dataclasses.replace(file, vectors=wv.vectors)
    target.check(wv.words, wv.vector_size, file.subwords)
    target.write_file(file)
    target.report(quiet, wv)


@click.command(
    cls=Command,
    examples=[
        "fastvec classes vectors.bin -k 10 -o classes.txt",
        "fastvec classes vectors.bin -k 10 | sort -n -k 2 | head",
    ],
)
@VECTORS
@click.option(
    "-k", "count", type=click.IntRange(1), default=500, show_default=True, help="number of classes"
)
@click.option("-o", "--output", type=OUTPUT, help="file to write instead of printing")
@click.option(
    "--rounds", type=click.IntRange(1), default=10, show_default=True, help="rounds of k-means"
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="seed of k-means"
)
@LIMIT
def classes(
    vectors: Path, count: int, output: Path | None, rounds: int, seed: int, limit: int | None
) -> None:
    """Put words into classes by k-means.

    It prints WORD and CLASS, separated by a space, in the vocabulary's order, as word2vec.c does
    with -classes.
    """
    check_outputs([output], vector_files(vectors))
    target = None if output in (None, STDOUT) else Output(output)
    wv = load_words(vectors, limit)
    labels = k_means(wv.vectors, count, rounds, seed)
    lines = (f"{word} {label}" for word, label in zip(wv.words, labels.tolist(), strict=True))
    if target is None:
        print_lines(lines)
    else:
        save((target, functools.partial(write_lines, list(lines))))


def write_lines(lines: Iterable[str], path: Path) -> None:
    """Write lines of text."""
    with atomic_write(path) as file:
        file.writelines(f"{line}\n".encode() for line in lines)


QUERIES: list[click.Command] = [similar, analogy]
FILES: list[click.Command] = [info, convert, classes]
