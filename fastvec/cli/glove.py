"""Commands around the co-occurrence matrix: cooccur, glove, ppmi."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from fastvec._util.options import params_of
from fastvec._util.progress import readable
from fastvec.cli.shared import (
    QUIET,
    READ_VOCAB,
    Command,
    Source,
    VectorOutput,
    check_outputs,
    corpus_argument,
    info,
    options_from,
    vector_files,
)
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io import formats
from fastvec.io.word2vec import write_counts
from fastvec.models.cooccurrence import count_pairs
from fastvec.models.glove import GloVe
from fastvec.models.pairs import Pairs
from fastvec.models.ppmi import ppmi_vectors
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    PPMIParams,
    VocabularyParams,
)
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

CORPUS = corpus_argument(required=False)
OUTPUT = click.option(
    "-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="file to write"
)
MATRIX = click.option(
    "--matrix",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="pairs that cooccur saved, or GloVe's own (.bin), instead of a CORPUS",
)
VOCAB = click.option(
    "--vocab",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="the words of GloVe's own matrix: its vocab.txt",
)
#: what says how text is read and counted, and has no effect on pairs that are counted
COUNTED = {
    item.name
    for params in (VocabularyParams, CorpusParams, CooccurrenceParams)
    for item in dataclasses.fields(params)
} - {"memory", "tmp", "workers"} | {"read_vocab"}


def report(quiet: bool, text: str) -> None:
    """One line on standard error."""
    info(quiet, f"fastvec: {text}", err=True)


def load_or_count_pairs(
    corpus: tuple[Source, ...],
    matrix: Path | None,
    vocab: Path | None,
    reading: dict[str, Any],
    counting: CooccurrenceParams,
    quiet: bool,
    check_words: Callable[[Words], None] = lambda _: None,
) -> Pairs:
    """Count the pairs of a corpus, or read them.  ``check_words`` may refuse words: it is called as
    soon as they are known."""
    if bool(corpus) == (matrix is not None):
        raise click.UsageError("give CORPUS or --matrix, one of them")
    is_glove = matrix is not None and matrix.suffix == ".bin"
    if vocab is not None and not is_glove:
        raise click.UsageError(
            "--vocab names the rows of GloVe's own matrix (--matrix FILE.bin); --read-vocab takes "
            "the words of a CORPUS from a file"
        )
    if matrix is not None:
        refuse_options(
            COUNTED, "with --matrix, whose pairs are counted: leave it out, or give CORPUS"
        )
        tmp = reading["tmp"]
        pairs = Pairs.read_glove(matrix, vocab, tmp=tmp) if is_glove else Pairs.load(matrix)
        if pairs.words is not None:
            check_words(pairs.words)
        return pairs
    progress = False if quiet else None
    begun = time.monotonic()
    with Corpus.read(
        list(corpus),
        memory=counting.memory,
        workers=counting.workers,
        progress=progress,
        **reading,
    ) as text:
        check_words(text.vocabulary.words)
        read = time.monotonic()
        words = readable(len(text.tokens))
        report(quiet, f"read {words} words, {len(text.vocabulary)} different, {read - begun:.1f} s")
        pairs = count_pairs(text, counting, tmp=reading["tmp"], progress=progress)
    seconds = time.monotonic() - read
    report(quiet, f"counted {readable(pairs.nnz)} pairs, {seconds:.1f} s")
    return pairs


def refuse_options(names: set[str], because: str) -> None:
    """UsageError if one of these options, which would have no effect, is on the command line."""
    context = click.get_current_context()
    for option in context.command.params:
        typed = context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
        if typed and option.name in names:
            flag = str(option.name).replace("_", "-")
            raise click.UsageError(f"--{flag} has no effect {because}")


def reading_options(command: Command) -> Command:
    """How text is read.  There is one memory for reading and counting, and it is counting's."""
    command = options_from(CorpusParams, without=("memory",))(command)
    return READ_VOCAB(options_from(VocabularyParams)(command))


def pick_reading(values: dict[str, Any], read_vocab: Path | None) -> dict[str, Any]:
    """The options of reading, checked."""
    text = params_of(CorpusParams, values)
    options: dict[str, Any] = vars(params_of(VocabularyParams, values)) | vars(text)
    del options["memory"]
    return {"vocabulary": Vocabulary.load(read_vocab) if read_vocab else None, **options}


@click.command()
@CORPUS
@OUTPUT
@click.option("--save-vocab", type=click.Path(path_type=Path), help="also write: word count")
@reading_options
@options_from(CooccurrenceParams)
@QUIET
def cooccur(
    corpus: tuple[Source, ...],
    target: Path,
    save_vocab: Path | None,
    read_vocab: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Count how often words stand near each other, as GloVe's cooccur does.

    An output that ends in .bin is GloVe's own file of records (--save-vocab writes the words that
    belong to it); any other is one that fastvec glove and fastvec ppmi read with --matrix.
    """
    reading, counting = pick_reading(values, read_vocab), params_of(CooccurrenceParams, values)
    check_outputs([target, save_vocab], [*corpus, read_vocab])
    if not corpus:
        raise click.UsageError("give CORPUS: files or folders of text, or - for standard input")
    pairs = load_or_count_pairs(corpus, None, None, reading, counting, quiet)
    if target.suffix == ".bin":
        pairs.write_glove(target)
    else:
        pairs.save(target)
    if save_vocab is not None and pairs.words is not None and pairs.counts is not None:
        write_counts(save_vocab, pairs.words, pairs.counts)


def has_vectors(model: GloVe) -> bool:
    """Whether training has begun: a moment before, there is nothing to save yet."""
    try:
        return len(model.word_vectors) > 0
    except RuntimeError:
        return False


@click.command()
@CORPUS
@OUTPUT
@MATRIX
@VOCAB
@click.option(
    "--init",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="vectors to start from, and to stay near (--mu)",
)
@reading_options
@options_from(CooccurrenceParams)
@options_from(GloVeParams)
@QUIET
def glove(
    corpus: tuple[Source, ...],
    target: Path,
    matrix: Path | None,
    vocab: Path | None,
    init: Path | None,
    read_vocab: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Train GloVe vectors on a text, or on a matrix of counts.

    \b
    fastvec glove text.txt -o vectors.bin --x-max 10 --epochs 15
    The output's ending chooses its format, as with fastvec convert; .safetensors is
    the whole model.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).
    """
    if init is None:
        refuse_options({"mu"}, "without --init: leave it out, or give vectors to stay near")
    start = vector_files(init) if init else []
    output = VectorOutput(target, [*corpus, matrix, vocab, read_vocab, *start])
    reading, counting = pick_reading(values, read_vocab), params_of(CooccurrenceParams, values)
    params = vars(counting) | vars(params_of(GloVeParams, values))
    model = GloVe(**params, progress=False if quiet else None)
    given = None
    if init is not None:
        file = formats.read_vectors(init)
        given = KeyedVectors.of(file.words, file.vectors)
    pairs = load_or_count_pairs(corpus, matrix, vocab, reading, counting, quiet, output.check_words)
    begun = time.monotonic()
    stopped = False
    try:
        model.fit(pairs, init=given)
        seconds = time.monotonic() - begun
        speed = readable(pairs.nnz * len(model.loss_history) / seconds)
        report(
            quiet, f"trained {seconds:.1f} s, {speed} pairs/s, loss {model.loss_history[-1]:.5f}"
        )
    except KeyboardInterrupt:
        if not has_vectors(model):
            raise
        stopped = True
        report(quiet, f"stopped in epoch {len(model.loss_history) + 1} of {model.epochs}")
    output.save(model)
    if stopped:
        sys.exit(1)


@click.command()
@CORPUS
@OUTPUT
@MATRIX
@VOCAB
@reading_options
@options_from(CooccurrenceParams)
@options_from(PPMIParams)
@QUIET
def ppmi(
    corpus: tuple[Source, ...],
    target: Path,
    matrix: Path | None,
    vocab: Path | None,
    read_vocab: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Vectors by counting: truncated SVD of positive pointwise mutual information.

    The output's ending chooses its format, as with glove.
    """
    output = VectorOutput(target, [*corpus, matrix, vocab, read_vocab])
    reading, counting = pick_reading(values, read_vocab), params_of(CooccurrenceParams, values)
    params = params_of(PPMIParams, values)
    pairs = load_or_count_pairs(corpus, matrix, vocab, reading, counting, quiet, output.check_words)
    output.write(ppmi_vectors(pairs, params=params, progress=False if quiet else None))


COMMANDS = [cooccur, glove, ppmi]
