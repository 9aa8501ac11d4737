"""``fastvec train``: from text to vectors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from fastvec._util.progress import readable
from fastvec.cli.shared import (
    QUIET,
    READ_VOCAB,
    Source,
    VectorOutput,
    corpus_argument,
    echo,
    info,
    options_from,
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
@options_from(VocabularyParams)
@options_from(CorpusParams)
@options_from(Word2VecParams)
@QUIET
def train(
    corpus: tuple[Source, ...], output: Path, read_vocab: Path | None, quiet: bool, **options: Any
) -> None:
    """Train word2vec on CORPUS: text files, one sentence a line, or what fastvec encode wrote.

    The output's ending chooses its format, as with fastvec convert: .safetensors holds the whole
    model (vectors, output rows, counts, parameters), the others hold vectors.

    Ctrl-C ends the training and writes what has been learned so far (exit code 1).
    """
    target = VectorOutput(output, [*corpus, read_vocab])
    vocabulary = Vocabulary.load(read_vocab) if read_vocab else None
    model = Word2Vec(**options, vocabulary=vocabulary, progress=False if quiet else None)
    model.build_vocab(list(corpus))
    target.check_words(model.wv.words)
    stopped = False
    try:
        info(
            quiet,
            f"{model.corpus_total_words:,} words in {model.corpus_count:,} lines, "
            f"{len(model.wv):,} words of the vocabulary",
        )
        _, passed = model.train()
        rate = readable(passed / max(model.total_train_time, 1e-9))
        info(
            quiet,
            f"{model.epochs_trained} epochs in {model.total_train_time:.1f} s, {rate} words/s, "
            f"loss {model.loss_history[-1]:.4f}",
        )
    except KeyboardInterrupt:
        stopped = True
    target.save(model)
    info(quiet, f"{output}: {len(model.wv):,} vectors of {model.vector_size} numbers")
    if stopped:
        epoch = model.training_state.epochs_done + 1
        echo(
            f"fastvec: stopped in epoch {epoch} of {model.epochs}, saved what was learned so far",
            err=True,
        )
        sys.exit(1)
