"""``fastvec train``: from text to vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fastvec._util.progress import readable
from fastvec.cli.news import REPORT_EVERY, long_command
from fastvec.cli.output import VectorOutput, train_and_save
from fastvec.cli.shared import (
    READ_VOCAB,
    Source,
    corpus_argument,
    options_from,
    report,
)
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
@options_from(VocabularyParams)
@options_from(CorpusParams)
@options_from(Word2VecParams)
@long_command
def train(
    corpus: tuple[Source, ...],
    output: Path,
    read_vocab: Path | None,
    report_every: float,
    quiet: bool,
    **options: Any,
) -> None:
    """Train word2vec on CORPUS: text files, one sentence a line, or what fastvec encode wrote.

    The output's ending chooses its format, as with fastvec convert: .safetensors holds the whole
    model (vectors, output rows, counts, parameters), the others hold vectors.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).  In the first
    epoch it does not replace a file, but writes another one beside it: NAME.partial.ENDING.
    """
    target = VectorOutput(output, [*corpus, read_vocab], options["tmp"])
    vocabulary = Vocabulary.load(read_vocab) if read_vocab else None
    model = Word2Vec(**options, vocabulary=vocabulary, progress=False if quiet else None)
    model.build_vocab(list(corpus))
    target.check(model.wv.words, model.vector_size)

    def train() -> None:
        report(
            quiet,
            f"{model.corpus_total_words:,} words in {model.corpus_count:,} lines, "
            f"{len(model.wv):,} words of the vocabulary",
        )
        _, passed = model.train(report_delay=report_every)
        rate = readable(passed / max(model.total_train_time, 1e-9))
        report(
            quiet,
            f"{model.epochs_trained} epochs in {model.total_train_time:.1f} s, {rate} words/s, "
            f"loss {model.loss_history[-1]:.4f}",
        )

    train_and_save(target, model, train, quiet)
