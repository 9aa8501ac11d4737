"""``fastvec embed``: the vectors of all lines of a text."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import PathLike, path_name
from fastvec._util.options import params_of
from fastvec._util.progress import plural
from fastvec._util.spill import GrowingArray
from fastvec._util.system import memory_budget
from fastvec.cli.files import (
    INPUT,
    OUTPUT,
    Source,
    check_outputs,
    corpus_argument,
    sources,
    vector_files,
)
from fastvec.cli.help import Command
from fastvec.cli.news import long_command
from fastvec.cli.output import Output, Write, save
from fastvec.cli.shared import options_from, refuse_options, report
from fastvec.cli.vectors import LIMIT, VECTORS, load
from fastvec.corpus.sources import find_source
from fastvec.io.counts import read_counts
from fastvec.io.matrices import check_matrix_file, write_matrix
from fastvec.io.npy import open_array
from fastvec.models.embedding import sentence_means, split_by
from fastvec.params import CorpusParams, RowParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.vectors.sentence_vectors import (
    METHODS,
    SIF_A,
    SentenceMeans,
    checked_component,
    common_component,
    moment_of,
    remove_component,
    sif_weights,
)

Floats = NDArray[np.float32]

ROWS = 1 << 13  # written at a time


@click.command(
    cls=Command,
    examples=[
        "fastvec embed vectors.bin text.txt -o lines.npy",
        "fastvec embed model.safetensors text.txt -o lines.npy --method sif",
        "head text.txt | fastvec embed vectors.bin - -o - > lines.npy",
    ],
)
@VECTORS
@corpus_argument()
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="file to write: .npy, or .parquet with a column vector; - is .npy on standard output",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="mean",
    show_default=True,
    help="mean of the words' vectors, or sif: frequent words count less, and what all lines have "
    "in common is removed",
)
@click.option(
    "--a",
    type=click.FloatRange(min=0, min_open=True),
    default=SIF_A,
    show_default=True,
    help="sif: the smaller, the less frequent words count",
)
@click.option("--counts", type=INPUT, help="sif: words and counts, where VECTORS have no counts")
@click.option("--component", type=INPUT, help="sif: remove what --save-component has written")
@click.option(
    "--save-component", type=OUTPUT, help="sif: write what is removed, for other texts (.npy)"
)
@LIMIT
@options_from(CorpusParams, without=("memory",))
@long_command
def embed(
    vectors: Path,
    corpus: tuple[Source, ...],
    output: Path,
    method: str,
    a: float,
    counts: Path | None,
    component: Path | None,
    save_component: Path | None,
    limit: int | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Make a vector of each line of a text.

    It is the mean of the VECTORS of the words, weighted or not.

    Row i of the output belongs to line i; with a table, to its row i.  Words without a vector are
    left out; the row of a line without any other word is zeros.
    CORPUS: see `fastvec encode`.
    """
    check_outputs([output, save_component], [*corpus, *vector_files(vectors), counts, component])
    check_matrix_file(output)
    if method != "sif":
        refuse_options(
            {"a", "counts", "component", "save_component"},
            "without --method sif: give both, or leave it out",
        )
    target = Output(output, options["tmp"], is_text=False)
    params = params_of(RowParams, options)
    wv, _ = load(vectors, limit)
    if counts is not None:
        wv.counts = counts_of(wv, counts)
    weights = sif_weights(wv, a) if method == "sif" else None
    fixed = None if component is None else component_of(component, wv.vector_size)
    moment = np.zeros((wv.vector_size, wv.vector_size))
    means = SentenceMeans(wv, weights, split_by(params))
    source = find_source(sources(corpus), params)
    room = memory_budget(None) // 4
    with GrowingArray(room // 4, np.float32, options["tmp"]) as found:
        for block in sentence_means(source, params, means, False if quiet else None):
            found.append(block.reshape(-1))
            if weights is not None and fixed is None:
                moment += moment_of(block)
        rows = found.whole().reshape(-1, wv.vector_size)
        if not len(rows):
            raise ValueError("the corpus is empty: it has no line")
        means.log_empty()
        removed = common_component(moment) if fixed is None else fixed
        size = f"{plural(len(rows), 'vector')} of {plural(wv.vector_size, 'number')}"
        target.expect(rows.nbytes, f"{size} take")
        save(*files(target, rows, removed, save_component))
    report(quiet, f"{path_name(output)}: {size}")


def files(
    target: Output, rows: Floats, removed: Floats, save_component: Path | None
) -> list[tuple[Output, Write]]:
    """What is written: the vectors, and the component if it is wanted."""
    shape = rows.shape
    written: list[tuple[Output, Write]] = [
        (target, lambda path: write_matrix(path, without(rows, removed), *shape))
    ]
    if save_component is not None:
        row = removed[None]
        write = functools.partial(write_matrix, blocks=[row], rows=1, columns=len(removed))
        written.insert(0, (Output(save_component, target.tmp, is_text=False), write))
    return written


def without(rows: Floats, component: Floats) -> Iterator[Floats]:
    """Blocks of vectors, from which a component has been removed."""
    for first in range(0, len(rows), ROWS):
        block = rows[first : first + ROWS]
        if component.any():
            block = block.copy()
            remove_component(block, component)
        yield block


def counts_of(wv: KeyedVectors, path: PathLike) -> NDArray[np.int64]:
    """The counts that a file has of words; 0 for those that it has not."""
    known = read_counts(path, errors="replace")
    found = np.array([known.get(word, 0) for word in wv.words], np.int64)
    if not found.any():
        raise ValueError(f"{path_name(path)} has no count of a word that has a vector")
    return found


def component_of(path: PathLike, size: int) -> Floats:
    """The component that --save-component has written."""
    array = open_array(path)
    return checked_component(array.reshape(-1) if array.ndim == 2 else array, size, str(path))
