"""``fastvec train``: from text to vectors."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import click

from fastvec._util.options import names_of
from fastvec._util.progress import plural
from fastvec.cli.checkpoints import Checkpointing, checkpoint_options
from fastvec.cli.cluster import cluster_options, engine_of
from fastvec.cli.files import OUTPUT, READ_VOCAB, Source, corpus_argument, sources
from fastvec.cli.help import Command, Option
from fastvec.cli.news import REPORT_EVERY, long_command
from fastvec.cli.output import TO
from fastvec.cli.seeds import measures_of, print_seeds, seed_options, seed_outputs
from fastvec.cli.shared import (
    TITLES,
    Function,
    options_from,
    refuse_options,
    report,
    value_if_typed,
)
from fastvec.cli.steering import Steering, steering_options
from fastvec.cli.training import result_of, train_one
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.calls import CallOptions
from fastvec.models.checkpoint import SavedRun
from fastvec.models.fasttext import FastText
from fastvec.models.training_state import TrainingState
from fastvec.models.word2vec import Word2Vec
from fastvec.params import CorpusParams, SubwordParams, VocabularyParams, Word2VecParams


def subword_options(command: Function) -> Function:
    """Give a command --subwords, and the options of n-grams."""
    subwords = click.option(
        "--subwords",
        is_flag=True,
        cls=Option,
        group=TITLES[SubwordParams],
        help="make words of their n-grams of characters, as fastText does, so that words that are "
        "not in the text have vectors too",
    )
    return subwords(options_from(SubwordParams)(command))


@click.command(
    cls=Command,
    examples=[
        "fastvec train text.txt -o vectors.bin",
        "fastvec train text.txt -o model.safetensors --sg --epochs 10",
        "fastvec train text.txt -o model.safetensors --subwords --sg --alpha 0.05",
        "fastvec train news/ --tokens words --lower -o vectors.txt.gz",
        "zcat dump.gz | fastvec train - -o - --to word2vec > vectors.txt",
        "fastvec train '/data/*.txt' -o vectors.bin --engine ray --workers 8",
    ],
)
@corpus_argument()
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="file to write; its ending chooses the format; - is standard output",
)
@TO
@READ_VOCAB
@REPORT_EVERY
@steering_options
@seed_options
@checkpoint_options
@cluster_options
@options_from(VocabularyParams)
@options_from(CorpusParams)
@options_from(Word2VecParams)
@subword_options
@long_command
def train(
    corpus: tuple[Source, ...],
    output: Path,
    to: str | None,
    read_vocab: Path | None,
    report_every: float,
    seeds: list[int] | None,
    as_json: bool,
    quiet: bool,
    subwords: bool,
    **options: Any,
) -> None:
    """Train word2vec or fastText vectors on a text.

    CORPUS: text files, folders or globs, one sentence a line; tables and JSON lines, with --column;
    or what fastvec encode wrote.

    The output's ending chooses its format, as with fastvec convert: .safetensors holds the whole
    model (vectors, output rows, counts, parameters), the others hold vectors.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.  With
    --checkpoint it writes the checkpoint, from which the same command with --resume goes on.
    """
    kind = kind_of_model(subwords, options)
    steering = Steering(options)
    inputs = [*corpus, read_vocab, *steering.files]
    checkpointing = Checkpointing(options, [output], inputs)
    if seeds is not None:
        refuse_options({"seed"}, "with --seeds, which has all of them: leave it out")
        options["seed"] = seeds[0]
    outputs = seed_outputs(output, seeds, as_json, inputs, options, to)
    progress, text = False if quiet else None, sources(corpus)
    engine = engine_of(kind, options, text, quiet)
    model = checkpointing.open(lambda kind, path: kind._open(path), kind, options, progress)
    if model is None:
        vocabulary = Vocabulary.load(read_vocab) if read_vocab else None
        model = kind(**options, vocabulary=vocabulary, progress=progress)
        if engine is None:
            model.build_vocab(text)
        else:
            engine.build_vocab(model, text)
    for target in outputs:
        target.check(model.wv.words, model.vector_size, model.wv.subwords)
    if checkpointing.saved is None:
        begun = (
            f"{plural(model.corpus_total_words, 'word')} in {plural(model.corpus_count, 'line')}"
        )
    else:
        begun = goes_on_in(model.training_state, value_if_typed(options, "epochs"))
    report(quiet, f"{begun}, {plural(len(model.wv), 'word')} of the vocabulary")

    def fit(model: Word2Vec, arguments: dict[str, Any]) -> str:
        arguments |= {"report_delay": report_every, **checkpointing.arguments, "engine": engine}
        if checkpointing.saved is None:
            model.train(**arguments)
        else:
            go_on(model, checkpointing.saved, text, options, arguments)
        return result_of(model, model.training_state.epochs_done * model.corpus_total_words)

    runs = []
    for seed, target in zip(seeds or [model.seed], outputs, strict=True):
        if seed != model.seed:
            model = next_model(model, options | {"seed": seed}, progress)
        stopped = checkpointing.stopped(model, corpus)
        train = functools.partial(fit, model)
        train_one(target, model, steering, train, quiet, as_json and seeds is None, stopped)
        runs.append(measures_of(model, steering.files) if seeds else {})
    if seeds is not None:
        print_seeds(seeds, runs, as_json)


def kind_of_model(subwords: bool, options: dict[str, Any]) -> type[Word2Vec]:
    """FastText with subwords, whose options must then give words n-grams; without, Word2Vec, which
    does not take these options."""
    if subwords:
        if options["max_n"] < options["min_n"] or options["bucket"] == 0:
            raise click.UsageError(
                "--subwords needs --max-n of at least --min-n, and --bucket above 0: otherwise "
                "words have no n-grams"
            )
        return FastText
    names = set(names_of(SubwordParams))
    refuse_options(names, "without --subwords: give both, or leave it out")
    for name in names:
        del options[name]
    return Word2Vec


def goes_on_in(state: TrainingState, epochs: int | None) -> str:
    """Where a checkpoint stands, from which to go on to so many epochs; None: as many as before.

    >>> goes_on_in(TrainingState(epochs_wanted=5, epochs_done=3), None)
    'going on in epoch 4 of 5'
    """
    wanted = state.epochs_wanted if epochs is None else epochs
    if state.has_ended and (wanted == state.epochs_wanted or wanted <= state.epochs_done):
        return f"the training had ended before, after {plural(state.epochs_done, 'epoch')}"
    return f"going on in epoch {state.epochs_done + 1} of {wanted}"


def go_on(
    model: Word2Vec,
    saved: SavedRun,
    text: list[Source],
    options: dict[str, Any],
    arguments: dict[str, Any],
) -> None:
    """Go on with the training of a checkpoint."""
    names = ("alpha", "min_alpha", "epochs")
    schedule = model._schedule(*(value_if_typed(options, name) for name in names))
    validation, engine = arguments.pop("validation"), arguments.pop("engine")
    model._resume(saved, text, schedule, validation, CallOptions(**arguments), engine)


def next_model(model: Word2Vec, options: dict[str, Any], progress: bool | None) -> Word2Vec:
    """A model with other options on the text of one that was trained."""
    new = type(model)(**options, progress=progress)
    new.reset_from(model)
    return new
