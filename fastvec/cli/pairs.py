"""Pairs of words for cooccur, glove and ppmi: counted in a text, or counted before."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import about_file
from fastvec._util.options import names_of, params_of
from fastvec._util.progress import readable
from fastvec.cli.files import INPUT, OUTPUT, READ_VOCAB, Source, corpus_argument, sources
from fastvec.cli.shared import Function, options_from, refuse_options, report
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.container import is_container
from fastvec.io.registry import regular_file
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.pairs import Matrix, Pairs
from fastvec.params import CooccurrenceParams, CorpusParams, VocabularyParams
from fastvec.words import Words

CORPUS = corpus_argument(required=False)
TARGET = click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=OUTPUT,
    help="file to write; - is standard output",
)
MATRIX = click.option(
    "--matrix",
    type=INPUT,
    help="pairs that cooccur saved, or GloVe's own (.bin), instead of a CORPUS",
)
VOCAB = click.option(
    "--vocab",
    type=INPUT,
    help="the words of GloVe's own matrix: its vocab.txt",
)
#: The options that say how text is read and how its pairs are counted,
READING = (VocabularyParams, CorpusParams, CooccurrenceParams)
#: and those of them that have no effect on pairs that were counted before.
COUNTED = set(names_of(*READING)) - {"memory", "tmp", "workers"} | {"read_vocab"}

#: the endings that GloVe's own matrices have
GLOVE_ENDINGS = (".bin", "")
VOCAB_IS_FOR = (
    "--vocab names the rows of GloVe's own matrix (--matrix FILE.bin); --read-vocab takes the "
    "words of a CORPUS from a file"
)

CheckWords = Callable[[Words], None]


def check_source(corpus: tuple[Source, ...], matrix: Path | None, vocab: Path | None) -> None:
    """UsageError unless there is either a CORPUS or a matrix, with the options that go with it."""
    if bool(corpus) == (matrix is not None):
        raise click.UsageError("give CORPUS or --matrix, one of them")
    if vocab is not None and (matrix is None or matrix.suffix not in GLOVE_ENDINGS):
        raise click.UsageError(VOCAB_IS_FOR)
    if matrix is not None:
        refuse_options(
            COUNTED, "with --matrix, whose pairs are counted: leave it out, or give CORPUS"
        )


def load_pairs(
    matrix: Path, vocab: Path | None, tmp: Path | None, check_words: CheckWords
) -> Pairs:
    """The pairs of a file, or of standard input."""
    with regular_file(matrix) as file:
        with about_file(matrix), Path(file).open("rb") as opened:
            saved = is_container(opened.read(64), "pairs")
        if saved and vocab is not None:
            raise click.UsageError(VOCAB_IS_FOR)
        if saved or matrix.suffix not in GLOVE_ENDINGS:
            pairs = Pairs.load(file)
        else:
            pairs = Pairs.read_glove(file, vocab, tmp=tmp)
    if pairs.words is not None:
        check_words(pairs.words)
    return pairs


def read_corpus(
    corpus: tuple[Source, ...],
    read_vocab: Path | None,
    values: dict[str, Any],
    quiet: bool,
    check_words: CheckWords = lambda _: None,
) -> Corpus:
    """Read the text of CORPUS, and report it.

    ``check_words`` may refuse words: it is called before their pairs are counted.
    """
    begun = time.monotonic()
    text = Corpus.read(
        sources(corpus),
        vocabulary=Vocabulary.load(read_vocab) if read_vocab else None,
        workers=values["workers"],
        progress=False if quiet else None,
        **vars(params_of(VocabularyParams, values)),
        **vars(params_of(CorpusParams, values)),
    )
    check_words(text.vocabulary.words)
    words, seconds = readable(len(text.tokens)), time.monotonic() - begun
    report(quiet, f"read {words} words, {len(text.vocabulary)} different, {seconds:.1f} s")
    return text


def count(text: Corpus, values: dict[str, Any], quiet: bool) -> Pairs:
    """Count the pairs of a text, report their number, and close the text."""
    begun = time.monotonic()
    with text:
        pairs = count_pairs(
            text,
            params_of(CooccurrenceParams, values),
            tmp=values["tmp"],
            progress=False if quiet else None,
        )
    report_counted(pairs, begun, quiet)
    return pairs


def report_counted(pairs: Matrix, begun: float, quiet: bool) -> None:
    """Report how many pairs were counted since a point in time."""
    report(quiet, f"counted {readable(pairs.nnz)} pairs, {time.monotonic() - begun:.1f} s")


def reading_options(command: Function) -> Function:
    """How text is read and counted.  One option ``--memory`` is for both."""
    command = options_from(CooccurrenceParams)(command)
    command = options_from(CorpusParams, without=("memory",))(command)
    return READ_VOCAB(options_from(VocabularyParams)(command))
