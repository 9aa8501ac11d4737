"""Commands that read text and write no vectors: encode, vocab, phrases."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import STDOUT, atomic_write, path_name
from fastvec._util.options import params_of
from fastvec._util.places import exists
from fastvec._util.progress import plural
from fastvec.cli.files import OUTPUT, READ_VOCAB, Source, check_outputs, corpus_argument, sources
from fastvec.cli.help import Command
from fastvec.cli.news import long_command
from fastvec.cli.output import Output, Write, save
from fastvec.cli.shared import options_from, print_json, print_lines, report
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import STORAGE_OPTIONS, Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
from fastvec.params import CooccurrenceParams, CorpusParams, PhrasesParams, VocabularyParams

CORPUS = corpus_argument()
WORKERS = options_from(CooccurrenceParams, only=("workers",))


@click.command(
    cls=Command,
    examples=[
        "fastvec encode news/*.gz -o news.fvc",
        "fastvec train news.fvc -o news.bin",
    ],
)
@CORPUS
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="file to write, by custom with the ending .fvc; - is standard output",
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
    """Read CORPUS once, and write it to one file for training.

    The file has word ids, sentences and the vocabulary.  Training on it starts at once, which helps
    when many settings are tried.

    CORPUS is any number of files, folders and globs, or - for standard input.  Text may be
    compressed by gzip, bzip2, xz or zstd.  Parquet, Feather and Arrow files, CSV, TSV and JSON
    lines (with --column) are read too, and URLs with fastvec[remote].  With --group and --order,
    the rows of a table become sequences: --column item --group user --order time.
    """
    check_outputs([output], [*corpus, read_vocab])
    target = Output(output, options["tmp"], is_text=False)
    settings = vars(params_of(VocabularyParams, options)) | vars(params_of(CorpusParams, options))
    with Corpus.read(
        sources(corpus),
        vocabulary=Vocabulary.load(read_vocab) if read_vocab else None,
        workers=workers,
        progress=False if quiet else None,
        **settings,
    ) as encoded:
        target.size = encoded.tokens.nbytes + encoded.offsets.nbytes
        save((target, encoded.save))
        report(
            quiet,
            f"{path_name(output)}: {len(encoded.tokens):,} of "
            f"{plural(encoded.raw_words, 'word')} in {plural(len(encoded), 'sentence')}, "
            f"{plural(len(encoded.vocabulary), 'word')} of the vocabulary",
        )


@click.command(
    cls=Command,
    examples=[
        "fastvec vocab news/*.gz | head",
        "fastvec vocab text.txt -o vocab.txt --min-count 5",
    ],
)
@CORPUS
@click.option("-o", "--output", type=OUTPUT, help="write to a file, not to standard output")
@click.option("--json", "as_json", is_flag=True, help="print one object of words and counts")
@options_from(VocabularyParams, min_count=1)
@options_from(CorpusParams, without=STORAGE_OPTIONS)
@WORKERS
@long_command
def vocab(
    corpus: tuple[Source, ...],
    output: Path | None,
    as_json: bool,
    workers: int,
    quiet: bool,
    **options: Any,
) -> None:
    """Count the words of CORPUS.

    It prints a line "WORD COUNT" for each word, the most frequent first.  GloVe's vocab_count and
    word2vec.c's -save-vocab write the same format.
    """
    check_outputs([output], corpus)
    target = None if output in (None, STDOUT) else Output(output)
    if as_json and target is not None:
        raise click.UsageError("--json goes to standard output: leave out -o, or use > FILE")
    vocabulary = count_words(
        sources(corpus), workers=workers, progress=False if quiet else None, **options
    )
    if target is not None:
        save((target, vocabulary.save))
        total = vocabulary.counts.sum()
        report(
            quiet, f"{output}: {plural(len(vocabulary), 'word')}, counted {plural(total, 'time')}"
        )
        return
    if as_json:
        words = map(str, vocabulary.words)
        print_json(dict(zip(words, vocabulary.counts.tolist(), strict=True)))
        return
    vocabulary.check_plain()
    counted = zip(vocabulary.words, vocabulary.counts.tolist(), strict=True)
    print_lines(f"{word} {count}" for word, count in counted)


@click.command(
    cls=Command,
    examples=[
        "fastvec phrases text.txt -o joined.txt --passes 2",
        "fastvec phrases text.txt -o - | fastvec train - -o joined.bin",
    ],
)
@CORPUS
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="text file to write; - is standard output",
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
    type=OUTPUT,
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
    """Join words that often occur together: new york -> new_york.

    They are joined if they occur together more often than by chance.  The output is text with one
    sentence on each line, ready for training.
    CORPUS: see `fastvec encode`.
    """
    check_outputs([output, listed], [*corpus, Path(connectors) if exists(connectors) else None])
    target = Output(output, options["tmp"])
    settings = vars(params_of(PhrasesParams, options))
    if any(letter.isspace() for letter in settings["delimiter"]):
        raise ValueError(f"delimiter must not have a space in it, got {settings['delimiter']!r}")
    settings["connector_words"] = connector_words(connectors)
    running: dict[str, Any] = {"workers": workers, "progress": False if quiet else None}
    reading = vars(params_of(CorpusParams, options | {"delimiter": None}))
    text = Corpus.read(sources(corpus), min_count=1, **running, **reading)
    found: dict[str, float] = {}
    for _ in range(passes):
        pass_ = Phrases(text, **settings, **running)
        found = {**pass_.export_phrases(), **found}
        text = pass_.join(text, memory=options["memory"], tmp=options["tmp"], **running)
    files: list[tuple[Output, Write]] = []
    if listed is not None:
        files.append((Output(listed, options["tmp"]), functools.partial(write_scores, found)))
    progress = running["progress"]
    save(*files, (target, functools.partial(text.save_text, progress=progress)))
    report(
        quiet,
        f"{path_name(output)}: {plural(len(text.tokens), 'word')}, "
        f"{plural(len(found), 'different phrase')}",
    )


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


def write_scores(found: dict[str, float], path: Path) -> None:
    """Write phrases and scores, separated by tabs."""
    with atomic_write(path) as file:
        file.writelines(f"{phrase}\t{score:.6g}\n".encode() for phrase, score in found.items())
