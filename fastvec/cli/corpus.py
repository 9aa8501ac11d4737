"""Commands that read text and write no vectors: encode, vocab, phrases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import atomic_write
from fastvec._util.options import params_of
from fastvec._util.places import exists
from fastvec.cli.news import long_command
from fastvec.cli.shared import (
    READ_VOCAB,
    Source,
    check_outputs,
    corpus_argument,
    info,
    options_from,
    print_lines,
)
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import STORAGE_OPTIONS, Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
from fastvec.params import CooccurrenceParams, CorpusParams, PhrasesParams, VocabularyParams

CORPUS = corpus_argument()
WORKERS = options_from(CooccurrenceParams, only=("workers",))


@click.command()
@CORPUS
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="file to write, by custom with the ending .fvc",
)
@READ_VOCAB
@options_from(VocabularyParams)
@options_from(CorpusParams)
@WORKERS
@long_command
def encode(
    corpus: tuple[Source, ...],
    output: Path,
    read_vocab: Path | None,
    workers: int,
    quiet: bool,
    **options: Any,
) -> None:
    """Read CORPUS and write word ids, sentences and vocabulary to one file.

    \b
    Training on that file starts at once, which helps when many settings are tried:
      fastvec encode news/*.gz -o news.fvc
      fastvec train news.fvc -o news.bin

    CORPUS is any number of files, folders and globs, or - for standard input.  Text may be
    compressed by gzip, bzip2, xz or zstd.  Parquet, Feather and Arrow files, CSV, TSV and JSON
    lines (with --column) are read too, and URLs with fastvec[remote].  With --group and --order,
    the rows of a table become sequences: --column item --group user --order time.
    """
    check_outputs([output], [*corpus, read_vocab])
    settings = vars(params_of(VocabularyParams, options)) | vars(params_of(CorpusParams, options))
    with Corpus.read(
        list(corpus),
        vocabulary=Vocabulary.load(read_vocab) if read_vocab else None,
        workers=workers,
        progress=False if quiet else None,
        **settings,
    ) as encoded:
        encoded.save(output)
        info(
            quiet,
            f"{output}: {len(encoded.tokens):,} of {encoded.raw_words:,} words in "
            f"{len(encoded):,} sentences, {len(encoded.vocabulary):,} words of the vocabulary",
        )


@click.command()
@CORPUS
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="write to a file, not to the terminal"
)
@options_from(VocabularyParams, min_count=1)
@options_from(CorpusParams, without=STORAGE_OPTIONS)
@WORKERS
@long_command
def vocab(
    corpus: tuple[Source, ...], output: Path | None, workers: int, quiet: bool, **options: Any
) -> None:
    """Count the words of CORPUS and print a line "WORD COUNT" for each, the most frequent first.

    \b
    GloVe's vocab_count and word2vec.c's -save-vocab write the same format:
      fastvec vocab news/*.gz | head
    """
    check_outputs([output], corpus)
    vocabulary = count_words(
        list(corpus), workers=workers, progress=False if quiet else None, **options
    )
    if output is not None:
        vocabulary.save(output)
        total = vocabulary.counts.sum()
        info(quiet, f"{output}: {len(vocabulary):,} words, counted {total:,} times")
        return
    vocabulary.check_plain()
    counted = zip(vocabulary.words, vocabulary.counts.tolist(), strict=True)
    print_lines(f"{word} {count}" for word, count in counted)


@click.command()
@CORPUS
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="text file to write"
)
@click.option(
    "--passes",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="how many times pairs are joined: two passes find phrases of up to four words",
)
@click.option(
    "--connector-words",
    "connectors",
    default="none",
    show_default=True,
    help="words that a phrase may contain but not begin or end with: none, english (of, the ...), "
    "or a file of words",
)
@click.option(
    "--phrases",
    "listed",
    type=click.Path(path_type=Path),
    help="also write the phrases and their scores to this file",
)
@options_from(PhrasesParams)
@options_from(CorpusParams, without=("delimiter",))
@WORKERS
@long_command
def phrases(
    corpus: tuple[Source, ...],
    output: Path,
    passes: int,
    connectors: str,
    listed: Path | None,
    workers: int,
    quiet: bool,
    **options: Any,
) -> None:
    """Join words of CORPUS that occur together more often than by chance: new york -> new_york.

    \b
    The output is text with one sentence on each line, ready for training:
      fastvec phrases news/*.gz -o joined.txt --passes 2
      fastvec train joined.txt -o joined.bin

    CORPUS: see `fastvec encode`.
    """
    check_outputs([output, listed], [*corpus, Path(connectors) if exists(connectors) else None])
    settings = vars(params_of(PhrasesParams, options))
    if any(letter.isspace() for letter in settings["delimiter"]):
        raise ValueError(f"delimiter must not have a space in it, got {settings['delimiter']!r}")
    settings["connector_words"] = connector_words(connectors)
    running: dict[str, Any] = {"workers": workers, "progress": False if quiet else None}
    reading = vars(params_of(CorpusParams, options | {"delimiter": None}))
    text = Corpus.read(list(corpus), min_count=1, **running, **reading)
    found: dict[str, float] = {}
    for _ in range(passes):
        pass_ = Phrases(text, **settings, **running)
        found = {**pass_.export_phrases(), **found}
        text = pass_.join(text, memory=options["memory"], tmp=options["tmp"], **running)
    text.save_text(output, running["progress"])
    if listed is not None:
        write_scores(listed, found)
    info(quiet, f"{output}: {len(text.tokens):,} words, {len(found):,} different phrases")


def connector_words(given: str) -> frozenset[str]:
    """The words that --connector-words names."""
    if given == "none":
        return frozenset()
    if given == "english":
        return ENGLISH_CONNECTOR_WORDS
    try:
        return frozenset(Path(given).read_text("utf-8").split())
    except (FileNotFoundError, UnicodeError):
        raise ValueError(
            f"connector-words must be none, english or a file of words in UTF-8, got {given!r}"
        ) from None


def write_scores(path: Path, found: dict[str, float]) -> None:
    """Write phrases and scores, separated by tabs."""
    with atomic_write(path) as file:
        file.writelines(f"{phrase}\t{score:.6g}\n".encode() for phrase, score in found.items())


COMMANDS = [encode, vocab, phrases]
