"""``fastvec train``: from text to vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fastvec._util.progress import readable
from fastvec.cli.glove import refuse_options
from fastvec.cli.news import REPORT_EVERY, long_command
from fastvec.cli.output import VectorOutput, train_and_save
from fastvec.cli.seeds import measures_of, print_seeds, seed_options, seed_outputs
from fastvec.cli.shared import (
    READ_VOCAB,
    Source,
    corpus_argument,
    options_from,
    report,
)
from fastvec.cli.steering import Steering, steering_options
from fastvec.corpus.vocabulary import Vocabulary
from fastvec.models.word2vec import Word2Vec
from fastvec.params import CorpusParams, VocabularyParams, Word2VecParams


@click.command()
@corpus_argument()
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="file to write; its ending chooses the format",
)
@READ_VOCAB
@REPORT_EVERY
@steering_options
@seed_options
@options_from(VocabularyParams)
@options_from(CorpusParams)
@options_from(Word2VecParams)
@long_command
def train(
    corpus: tuple[Source, ...],
    output: Path,
    read_vocab: Path | None,
    report_every: float,
    seeds: list[int] | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Train word2vec on CORPUS: text files, one sentence a line, or what fastvec encode wrote.

    The output's ending chooses its format, as with fastvec convert: .safetensors holds the whole
    model (vectors, output rows, counts, parameters), the others hold vectors.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.
    """
    steering = Steering(options)
    if seeds is not None:
        refuse_options({"seed"}, "with --seeds")
        options["seed"] = seeds[0]
    outputs = seed_outputs(output, seeds, as_json, [*corpus, read_vocab, *steering.files], options)
    vocabulary = Vocabulary.load(read_vocab) if read_vocab else None
    progress = False if quiet else None
    model = Word2Vec(**options, vocabulary=vocabulary, progress=progress)
    model.build_vocab(list(corpus))
    for target in outputs:
        target.check(model.wv.words, model.vector_size)
    report(
        quiet,
        f"{model.corpus_total_words:,} words in {model.corpus_count:,} lines, "
        f"{len(model.wv):,} words of the vocabulary",
    )
    runs = []
    for seed, target in zip(seeds or [model.seed], outputs, strict=True):
        if seed != model.seed:
            model = next_model(model, options | {"seed": seed}, progress)
        train_one(model, target, steering, report_every, quiet)
        runs.append(measures_of(model, steering.files) if seeds else {})
    if seeds is not None:
        print_seeds(seeds, runs, as_json)


def next_model(model: Word2Vec, options: dict[str, Any], progress: bool | None) -> Word2Vec:
    """A model with other options on the text of one that was trained."""
    new = Word2Vec(**options, progress=progress)
    new.reset_from(model)
    return new


def train_one(
    model: Word2Vec, target: VectorOutput, steering: Steering, report_every: float, quiet: bool
) -> None:
    """Train one model, and save it."""

    def train() -> None:
        with steering.training(model, target.path) as arguments:
            _, passed = model.train(report_delay=report_every, **arguments)
        rate = readable(passed / max(model.total_train_time, 1e-9))
        report(
            quiet,
            f"{model.epochs_trained} epochs in {model.total_train_time:.1f} s, {rate} words/s, "
            f"loss {model.loss_history[-1]:.4f}",
        )

    try:
        train_and_save(target, model, train, quiet)
    finally:
        steering.clean()
