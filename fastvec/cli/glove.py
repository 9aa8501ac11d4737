"""Commands around the co-occurrence matrix: cooccur, glove, ppmi."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from fastvec._util.atomic import written_together
from fastvec._util.options import names_of, params_of
from fastvec._util.progress import readable
from fastvec.cli.news import REPORT_EVERY, long_command
from fastvec.cli.output import Interrupts, VectorOutput, train_and_save
from fastvec.cli.seeds import measures_of, print_seeds, seed_options, seed_outputs
from fastvec.cli.shared import (
    READ_VOCAB,
    Command,
    Source,
    check_outputs,
    corpus_argument,
    options_from,
    report,
    vector_files,
)
from fastvec.cli.steering import Steering, steering_options
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.counts import write_counts
from fastvec.io.registry import read_vectors
from fastvec.models.callbacks import CallbackAny2Vec
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
#: The options that say how text is read and how its pairs are counted,
READING = (VocabularyParams, CorpusParams, CooccurrenceParams)
#: and those of them that have no effect on pairs that were counted before.
COUNTED = set(names_of(*READING)) - {"memory", "tmp", "workers"} | {"read_vocab"}

CheckWords = Callable[[Words], None]


def check_source(corpus: tuple[Source, ...], matrix: Path | None, vocab: Path | None) -> None:
    """UsageError unless there is either a CORPUS or a matrix, with the options that go with it."""
    if bool(corpus) == (matrix is not None):
        raise click.UsageError("give CORPUS or --matrix, one of them")
    if vocab is not None and not (matrix is not None and matrix.suffix == ".bin"):
        raise click.UsageError(
            "--vocab names the rows of GloVe's own matrix (--matrix FILE.bin); --read-vocab takes "
            "the words of a CORPUS from a file"
        )
    if matrix is not None:
        refuse_options(
            COUNTED, "with --matrix, whose pairs are counted: leave it out, or give CORPUS"
        )


def load_pairs(
    matrix: Path, vocab: Path | None, tmp: Path | None, check_words: CheckWords
) -> Pairs:
    """The pairs of a file."""
    is_glove = matrix.suffix == ".bin"
    pairs = Pairs.read_glove(matrix, vocab, tmp=tmp) if is_glove else Pairs.load(matrix)
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
        list(corpus),
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


def report_counted(pairs: Pairs, begun: float, quiet: bool) -> None:
    """Report how many pairs were counted since a point in time."""
    report(quiet, f"counted {readable(pairs.nnz)} pairs, {time.monotonic() - begun:.1f} s")


def refuse_options(names: set[str], because: str) -> None:
    """UsageError if one of these options, which would have no effect, is on the command line."""
    context = click.get_current_context()
    for option in context.command.params:
        typed = context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
        if typed and option.name in names:
            flag = str(option.name).replace("_", "-")
            raise click.UsageError(f"--{flag} has no effect {because}")


def reading_options(command: Command) -> Command:
    """How text is read and counted.  One option ``--memory`` is for both."""
    command = options_from(CooccurrenceParams)(command)
    command = options_from(CorpusParams, without=("memory",))(command)
    return READ_VOCAB(options_from(VocabularyParams)(command))


@click.command()
@CORPUS
@OUTPUT
@click.option(
    "--save-vocab", type=click.Path(path_type=Path), help="also write the words and their counts"
)
@reading_options
@long_command
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
    for group in READING:
        params_of(group, values)
    check_outputs([target, save_vocab], [*corpus, read_vocab])
    if not corpus:
        raise click.UsageError("give CORPUS: files or folders of text, or - for standard input")
    pairs = count(read_corpus(corpus, read_vocab, values, quiet), values, quiet)
    with written_together():
        if save_vocab is not None and pairs.words is not None and pairs.counts is not None:
            write_counts(save_vocab, pairs.words, pairs.counts)
        if target.suffix == ".bin":
            pairs.write_glove(target)
        else:
            pairs.save(target)


class Counted(CallbackAny2Vec):
    """Reports the number of pairs when they have been counted and training begins.

    It also closes the text, which then takes no memory during the training.
    """

    def __init__(self, source: Corpus | Pairs, quiet: bool) -> None:
        self.source, self.quiet, self.begun = source, quiet, time.monotonic()

    def on_train_begin(self, model: GloVe) -> None:
        """Report what was counted."""
        if isinstance(self.source, Corpus) and model.pairs is not None:
            report_counted(model.pairs, self.begun, self.quiet)
            self.source.close()


def report_trained(model: GloVe, quiet: bool) -> None:
    """Report the time, the speed and the last loss of the training."""
    state = model.training_state
    assert model.pairs is not None
    seconds = max(state.total_train_time, 1e-9)
    speed = readable(model.pairs.nnz * state.epochs_done / seconds)
    report(quiet, f"trained {seconds:.1f} s, {speed} pairs/s, loss {state.loss_history[-1]:.5f}")


@click.command()
@CORPUS
@OUTPUT
@MATRIX
@VOCAB
@click.option(
    "--init",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="vectors to start from, and to keep the words near (--mu)",
)
@REPORT_EVERY
@steering_options
@seed_options
@reading_options
@options_from(GloVeParams)
@long_command
def glove(
    corpus: tuple[Source, ...],
    target: Path,
    matrix: Path | None,
    vocab: Path | None,
    init: Path | None,
    read_vocab: Path | None,
    report_every: float,
    seeds: list[int] | None,
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> None:
    """Train GloVe vectors on a text, or on a matrix of counts.

    \b
    fastvec glove text.txt -o vectors.bin --x-max 10 --epochs 15
    The output's ending chooses its format, as with fastvec convert; .safetensors is
    the whole model: GloVe.load opens it, and reads more text as this text was read.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.
    """
    steering = Steering(values, texts=False)
    if init is None:
        refuse_options({"mu"}, "without --init: leave it out, or give vectors to stay near")
    if seeds is not None:
        refuse_options({"seed"}, "with --seeds")
        values["seed"] = seeds[0]
    start = vector_files(init) if init else []
    inputs = [*corpus, matrix, vocab, read_vocab, *start, *steering.files]
    outputs = seed_outputs(target, seeds, as_json, inputs, values)
    check_source(corpus, matrix, vocab)
    progress = False if quiet else None
    model = GloVe(**values, progress=progress)

    def check(words: Words) -> None:
        for output in outputs:
            output.check(words, model.vector_size)

    given = None
    if init is not None:
        file = read_vectors(init)
        given = KeyedVectors.of(file.words, file.vectors)
    source: Corpus | Pairs
    if matrix is not None:
        source = load_pairs(matrix, vocab, values["tmp"], check)
    else:
        source = read_corpus(corpus, read_vocab, values, quiet, check)
    runs = []
    for seed, output in zip(seeds or [model.seed], outputs, strict=True):
        if seed != model.seed:
            source = model.pairs or source
            model = GloVe(**values | {"seed": seed}, progress=progress)
        counted = Counted(source, quiet)
        more = {"init": given, "report_delay": report_every}
        train_one(model, source, output, steering, counted, more, quiet)
        runs.append(measures_of(model, steering.files) if seeds else {})
    if seeds is not None:
        print_seeds(seeds, runs, as_json)


def train_one(
    model: GloVe,
    source: Corpus | Pairs,
    output: VectorOutput,
    steering: Steering,
    counted: Counted,
    more: dict[str, Any],
    quiet: bool,
) -> None:
    """Train one model, and save it."""

    def train() -> None:
        with steering.training(model, output.path) as arguments:
            arguments["callbacks"].append(counted)
            model.fit(source, **more, **arguments)
        report_trained(model, quiet)

    try:
        train_and_save(output, model, train, quiet)
    finally:
        steering.clean()


@click.command()
@CORPUS
@OUTPUT
@MATRIX
@VOCAB
@reading_options
@options_from(PPMIParams)
@long_command
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
    output = VectorOutput(target, [*corpus, matrix, vocab, read_vocab], values["tmp"])
    check_source(corpus, matrix, vocab)
    params = params_of(PPMIParams, values)
    check = functools.partial(output.check, vector_size=params.vector_size)
    if matrix is not None:
        pairs = load_pairs(matrix, vocab, values["tmp"], check)
    else:
        text = read_corpus(corpus, read_vocab, values, quiet, check)
        pairs = count(text, values, quiet)
    wv = ppmi_vectors(pairs, params=params, progress=False if quiet else None)
    with Interrupts(saving=True):
        output.write(wv)


COMMANDS = [cooccur, glove, ppmi]
