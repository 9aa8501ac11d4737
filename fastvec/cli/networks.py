"""What the commands share that train networks on windows of a text."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import click

from fastvec._util.progress import plural
from fastvec.cli.checkpoints import Checkpointing, checkpoint_options
from fastvec.cli.files import OUTPUT, READ_VOCAB, Source, corpus_argument, sources
from fastvec.cli.news import REPORT_EVERY
from fastvec.cli.output import TO
from fastvec.cli.seeds import measures_of, print_seeds, seed_options, seed_outputs
from fastvec.cli.shared import Function, options_from, refuse_options, report, value_if_typed
from fastvec.cli.steering import Steering, steering_options
from fastvec.cli.training import result_of, train_one
from fastvec.corpus.corpus import Corpus
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.calls import CallOptions
from fastvec.models.window_network import WindowNetwork
from fastvec.models.window_network_file import load_model
from fastvec.params import CorpusParams, VocabularyParams


def network_options(command: Function) -> Function:
    """Give a command what all networks on windows have, but for their own options."""
    output = click.option(
        "-o",
        "--output",
        required=True,
        type=OUTPUT,
        help="file to write; its ending chooses the format; - is standard output",
    )
    groups = options_from(VocabularyParams)(options_from(CorpusParams)(command))
    steered = steering_options(seed_options(checkpoint_options(groups)))
    return corpus_argument()(output(TO(READ_VOCAB(REPORT_EVERY(steered)))))


def train_network(
    kind: type[WindowNetwork],
    *,
    corpus: tuple[Source, ...],
    output: Path,
    to: str | None,
    read_vocab: Path | None,
    report_every: float,
    seeds: list[int] | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Train networks of a kind on a text, one for each seed, and save them."""
    steering = Steering(options)
    inputs = [*corpus, read_vocab, *steering.files]
    checkpointing = Checkpointing(options, [output], inputs)
    if seeds is not None:
        refuse_options({"seed"}, "with --seeds, which has all of them: leave it out")
        options["seed"] = seeds[0]
    outputs = seed_outputs(output, seeds, as_json, inputs, options, to)
    progress = False if quiet else None
    resumed = checkpointing.open(load_model, kind, options, progress)
    model = resumed or kind(**options, progress=progress)
    if read_vocab is not None:
        model.vocabulary = Vocabulary.load(read_vocab)
    text = model._corpus_of(sources(corpus))
    for target in outputs:
        target.check(text.vocabulary.words, model.vector_size)
    report(
        quiet,
        f"{plural(text.raw_words, 'word')} in {plural(text.raw_sentences, 'line')}, "
        f"{plural(len(text.vocabulary), 'word')} of the vocabulary",
    )

    def fit(model: WindowNetwork, arguments: dict[str, Any]) -> str:
        arguments |= {"report_delay": report_every, **checkpointing.arguments}
        if checkpointing.saved is None:
            model.train(text, **arguments)
        else:
            go_on(model, checkpointing, text, options, arguments)
        return result_of(model, model.training_state.passed)

    runs = []
    for seed, target in zip(seeds or [model.seed], outputs, strict=True):
        if seed != model.seed:
            model = kind(**options | {"seed": seed}, progress=progress)
        stopped = checkpointing.stopped(model, corpus)
        train = functools.partial(fit, model)
        train_one(target, model, steering, train, quiet, as_json and seeds is None, stopped)
        runs.append(measures_of(model, steering.files) if seeds else {})
    if seeds is not None:
        print_seeds(seeds, runs, as_json)


def go_on(
    model: WindowNetwork,
    checkpointing: Checkpointing,
    text: Corpus,
    options: dict[str, Any],
    arguments: dict[str, Any],
) -> None:
    """Go on with the training of a checkpoint."""
    assert checkpointing.saved is not None
    for name in {"alpha", "min_alpha"} & options.keys():
        setattr(model, name, options[name])
    epochs, validation = value_if_typed(options, "epochs"), arguments.pop("validation")
    model._resume(checkpointing.saved, text, epochs, validation, CallOptions(**arguments))
