"""``fastvec documents``: from texts to vectors of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fastvec._util.progress import plural
from fastvec.cli.files import OUTPUT, Source, check_outputs, corpus_argument, sources
from fastvec.cli.help import Command
from fastvec.cli.news import REPORT_EVERY, long_command
from fastvec.cli.output import TO, Output, VectorOutput, Write, save
from fastvec.cli.shared import options_from, report
from fastvec.cli.training import result_of, train_and_save
from fastvec.models.doc2vec import Doc2Vec
from fastvec.params import CorpusParams, Doc2VecParams, VocabularyParams, Word2VecParams
from fastvec.vectors.keyedvectors import KeyedVectors

#: options of Word2Vec that have another name here, or no effect
OTHERS = ("sg", "cbow_mean", "deterministic")


class DocumentOutput(VectorOutput):
    """The file for the vectors of documents, and the files for the rest of the model."""

    words: VectorOutput | None = None
    model: Output | None = None
    documents: KeyedVectors

    def save(self, model: Any) -> None:
        """Write the vectors of documents, and what else is wanted."""
        self.documents = model.dv
        files: list[tuple[Output, Write]] = []
        if self.words is not None:
            files.append((self.words, self.words.writing(model.wv)))
        if self.model is not None:
            files.append((self.model, model.save))
        save(*files, (self, self.writing(model.dv)))

    def report(self, quiet: bool, wv: KeyedVectors) -> None:
        """One line about each file of vectors."""
        if self.words is not None:
            self.words.report(quiet, wv)
        super().report(quiet, self.documents)


@click.command(
    cls=Command,
    examples=[
        "fastvec documents text.txt -o documents.bin",
        "fastvec documents text.txt -o documents.bin --no-dm --dbow-words",
        "fastvec documents text.txt -o documents.npy --words vectors.bin",
    ],
)
@corpus_argument()
@click.option(
    "-o",
    "--output",
    required=True,
    type=OUTPUT,
    help="file to write the vectors of documents to; its ending chooses the format",
)
@TO
@click.option("--words", "word_output", type=OUTPUT, help="also write the vectors of words")
@click.option(
    "--model", "model_output", type=OUTPUT, help="also write the whole model (.safetensors)"
)
@click.option(
    "--mapfile",
    type=click.Path(dir_okay=False, path_type=Path),
    help="train the vectors of documents in this file, mapped into memory, which may be smaller",
)
@REPORT_EVERY
@options_from(Doc2VecParams)
@options_from(VocabularyParams)
@options_from(CorpusParams)
@options_from(Word2VecParams, without=OTHERS, epochs=10)
@long_command
def documents(
    corpus: tuple[Source, ...],
    output: Path,
    to: str | None,
    word_output: Path | None,
    model_output: Path | None,
    mapfile: Path | None,
    report_every: float,
    quiet: bool,
    **options: Any,
) -> None:
    """Train vectors of documents on a text (Doc2Vec).

    CORPUS: text files with a document on each line, whose tag is its number from 0 on; or, with
    --column and --tag-column, a table with a document and its tag in each row.

    Other commands take the tags as words: fastvec similar documents.bin 17.
    """
    if options["dm"] and options["dbow_words"]:
        raise click.UsageError("--dbow-words needs --no-dm: with --dm words are always trained")
    check_outputs([output, word_output, model_output, mapfile], corpus)
    target = DocumentOutput(output, corpus, options["tmp"], to)
    if word_output is not None:
        target.words = VectorOutput(word_output, corpus, options["tmp"])
    if model_output is not None:
        target.model = Output(model_output, options["tmp"], is_text=False)
    model = Doc2Vec(**options, dv_mapfile=mapfile, progress=False if quiet else None)
    model.build_vocab(sources(corpus))
    target.check(model.dv.words, model.vector_size)
    if target.words is not None:
        target.words.check(model.wv.words, model.vector_size)
    report(
        quiet,
        f"{plural(model.corpus_total_words, 'word')} in {plural(model.corpus_count, 'document')}, "
        f"{plural(len(model.wv), 'word')} of the vocabulary",
    )

    def train() -> None:
        model.train(report_delay=report_every)
        words = model.training_state.epochs_done * model.corpus_total_words
        report(quiet, result_of(model, words))

    train_and_save(target, model, train, quiet, as_json=False)
