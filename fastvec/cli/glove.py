"""Commands around the co-occurrence matrix: cooccur, glove, ppmi."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastvec._util.atomic import path_name
from fastvec._util.options import params_of
from fastvec._util.progress import plural, readable
from fastvec.cli.checkpoints import Checkpointing, checkpoint_options
from fastvec.cli.cluster import cluster_options, engine_of
from fastvec.cli.files import INPUT, OUTPUT, Source, check_outputs, sources, vector_files
from fastvec.cli.help import Command
from fastvec.cli.interrupts import Interrupts
from fastvec.cli.news import REPORT_EVERY, long_command
from fastvec.cli.output import TO, Output, VectorOutput, Write, save
from fastvec.cli.pairs import (
    CORPUS,
    MATRIX,
    READING,
    TARGET,
    VOCAB,
    CheckWords,
    check_source,
    count,
    load_pairs,
    read_corpus,
    reading_options,
    report_counted,
)
from fastvec.cli.seeds import measures_of, print_seeds, seed_options, seed_outputs
from fastvec.cli.shared import options_from, refuse_options, report, value_if_typed
from fastvec.cli.steering import Steering, steering_options
from fastvec.cli.training import train_one
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.io.counts import write_counts
from fastvec.io.registry import read_vectors
from fastvec.models.callbacks import CallbackAny2Vec
from fastvec.models.calls import CallOptions
from fastvec.models.glove import GloVe
from fastvec.models.glove_file import load_model
from fastvec.models.pairs import Pairs
from fastvec.models.ppmi import check_vector_size, ppmi_vectors
from fastvec.params import GloVeParams, PPMIParams
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

if TYPE_CHECKING:
    from fastvec.cluster.engine import Engine


@click.command(
    cls=Command,
    examples=[
        "fastvec cooccur text.txt -o pairs",
        "fastvec cooccur text.txt -o cooccurrence.bin --save-vocab vocab.txt",
    ],
)
@CORPUS
@TARGET
@click.option(
    "--to",
    type=click.Choice(["pairs", "glove"]),
    help="fastvec's own file of pairs, or GloVe's of records; by default GloVe's if the output "
    "ends in .bin",
)
@click.option("--save-vocab", type=OUTPUT, help="also write the words and their counts")
@reading_options
@long_command
def cooccur(
    corpus: tuple[Source, ...],
    target: Path,
    to: str | None,
    save_vocab: Path | None,
    read_vocab: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Count how often words stand near each other.

    An output that ends in .bin is GloVe's own file of records (--save-vocab writes the words that
    belong to it); any other is one that fastvec glove and fastvec ppmi read with --matrix.
    """
    for group in READING:
        params_of(group, values)
    check_outputs([target, save_vocab], [*corpus, read_vocab])
    output = Output(target, values["tmp"], is_text=False)
    if not corpus:
        raise click.UsageError("give CORPUS: files or folders of text, or - for standard input")
    pairs = count(read_corpus(corpus, read_vocab, values, quiet), values, quiet)
    output.size = pairs.pairs.nbytes
    as_glove = to == "glove" or (to is None and target.suffix == ".bin")
    files: list[tuple[Output, Write]] = []
    words, counts = pairs.words, pairs.counts
    if save_vocab is not None and words is not None and counts is not None:
        vocab = Output(save_vocab, values["tmp"])
        files.append((vocab, lambda path: write_counts(path, words, counts)))
    save(*files, (output, pairs.write_glove if as_glove else pairs.save))
    report(
        quiet,
        f"{path_name(target)}: {plural(pairs.nnz, 'pair')} of {plural(pairs.shape[0], 'word')}",
    )


class Counted(CallbackAny2Vec):
    """Reports the number of pairs when they have been counted and training begins.

    It also looks at words that have been counted elsewhere, and closes the text, which then takes
    no memory during the training.
    """

    def __init__(self, source: Any, check_words: CheckWords, quiet: bool) -> None:
        self.source, self.check_words, self.quiet = source, check_words, quiet
        self.begun = time.monotonic()

    def on_train_begin(self, model: GloVe) -> None:
        """Report what was counted."""
        if isinstance(self.source, Pairs) or model.pairs is None:
            return
        report_counted(model.pairs, self.begun, self.quiet)
        if isinstance(self.source, Corpus):
            self.source.close()
        elif model.words is not None:
            self.check_words(model.words)


def result_of_pairs(model: GloVe) -> str:
    """The time, the speed and the last loss of the training."""
    state = model.training_state
    if model.pairs is None:
        return "the training had ended before"
    seconds = max(state.total_train_time, 1e-9)
    speed = readable(model.pairs.nnz * state.epochs_done / seconds)
    return f"trained {seconds:.1f} s, {speed} pairs/s, loss {state.loss_history[-1]:.5f}"


@click.command(
    cls=Command,
    examples=[
        "fastvec glove text.txt -o vectors.bin --x-max 10 --epochs 15",
        "fastvec glove --matrix pairs -o model.safetensors",
        "fastvec glove --matrix cooccurrence.bin --vocab vocab.txt -o glove.txt",
        "fastvec glove '/data/*.txt' -o vectors.bin --engine ray --workers 8",
    ],
)
@CORPUS
@TARGET
@TO
@MATRIX
@VOCAB
@click.option(
    "--init",
    type=INPUT,
    help="vectors to start from, and to keep the words near (--mu)",
)
@REPORT_EVERY
@steering_options
@seed_options
@checkpoint_options
@cluster_options
@reading_options
@options_from(GloVeParams)
@long_command
def glove(
    corpus: tuple[Source, ...],
    target: Path,
    to: str | None,
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

    The output's ending chooses its format, as with fastvec convert; .safetensors is the whole
    model: GloVe.load opens it, and reads more text as this text was read.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.  With
    --checkpoint it writes the checkpoint, from which the same command with --resume goes on.
    """
    steering = Steering(values, texts=False)
    if init is None:
        refuse_options({"mu"}, "without --init: leave it out, or give vectors to stay near")
    if seeds is not None:
        refuse_options({"seed"}, "with --seeds, which has all of them: leave it out")
        values["seed"] = seeds[0]
    start = vector_files(init) if init else []
    inputs = [*corpus, matrix, vocab, read_vocab, *start, *steering.files]
    checkpointing = Checkpointing(values, [target], inputs)
    outputs = seed_outputs(target, seeds, as_json, inputs, values, to)
    check_source(corpus, matrix, vocab)
    progress = False if quiet else None
    engine = engine_of(GloVe, values, None if matrix else sources(corpus), quiet)
    resumed = checkpointing.open(load_model, GloVe, values, progress)
    model = resumed or GloVe(**values, progress=progress)

    def check(words: Words) -> None:
        for output in outputs:
            output.check(words, model.vector_size)

    given = None
    if init is not None:
        file = read_vectors(init)
        given = KeyedVectors.of(file.words, file.vectors)
    source: Any
    if matrix is not None:
        source = load_pairs(matrix, vocab, values["tmp"], check)
    elif engine is not None:
        source = sources(corpus)
    else:
        source = read_corpus(corpus, read_vocab, values, quiet, check)
    words = Vocabulary.load(read_vocab) if read_vocab and engine is not None else None
    runs = []
    for seed, output in zip(seeds or [model.seed], outputs, strict=True):
        if seed != model.seed:
            source = model.pairs or source
            model = GloVe(**values | {"seed": seed}, progress=progress)
        stopped = checkpointing.stopped(model, corpus)
        counted = Counted(source, check, quiet)
        given_values = (model, source, given, words, checkpointing, values, report_every)
        fit = functools.partial(fit_glove, *given_values, engine, counted)
        train_one(output, model, steering, fit, quiet, as_json and seeds is None, stopped)
        runs.append(measures_of(model, steering.files) if seeds else {})
    if seeds is not None:
        print_seeds(seeds, runs, as_json)


def fit_glove(
    model: GloVe,
    source: Any,
    init: KeyedVectors | None,
    vocabulary: Vocabulary | None,
    checkpointing: Checkpointing,
    values: dict[str, Any],
    report_every: float,
    engine: Engine | None,
    counted: Counted,
    arguments: dict[str, Any],
) -> str:
    """Train a model from the start, or go on with the training of a checkpoint; what is to be
    said of it."""
    arguments |= {"report_delay": report_every, **checkpointing.arguments}
    arguments["callbacks"].append(counted)
    if checkpointing.saved is None:
        model.fit(source, vocabulary, init=init, engine=engine, **arguments)
        return result_of_pairs(model)
    for name in ("eta", "grad_clip"):
        setattr(model, name, values[name])
    epochs, validation = value_if_typed(values, "epochs"), arguments.pop("validation")
    options = CallOptions(**arguments)
    model._resume(checkpointing.saved, source, epochs, validation, options, engine)
    return result_of_pairs(model)


@click.command(
    cls=Command,
    examples=[
        "fastvec ppmi text.txt -o vectors.bin",
        "fastvec ppmi --matrix pairs -o vectors.txt --vector-size 50",
    ],
)
@CORPUS
@TARGET
@TO
@MATRIX
@VOCAB
@reading_options
@options_from(PPMIParams)
@long_command
def ppmi(
    corpus: tuple[Source, ...],
    target: Path,
    to: str | None,
    matrix: Path | None,
    vocab: Path | None,
    read_vocab: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Make vectors by counting, without training.

    They come from a truncated SVD of the positive pointwise mutual information of pairs.  The
    output's ending chooses its format, as with glove.
    """
    output = VectorOutput(target, [*corpus, matrix, vocab, read_vocab], values["tmp"], to)
    check_source(corpus, matrix, vocab)
    params = params_of(PPMIParams, values)

    def check(words: Words) -> None:
        check_vector_size(params.vector_size, len(words))
        output.check(words, params.vector_size)

    if matrix is not None:
        pairs = load_pairs(matrix, vocab, values["tmp"], check)
    else:
        text = read_corpus(corpus, read_vocab, values, quiet, check)
        pairs = count(text, values, quiet)
    wv = ppmi_vectors(pairs, params=params, progress=False if quiet else None)
    with Interrupts(saving=True):
        output.write_vectors(wv)
    output.report(quiet, wv)
