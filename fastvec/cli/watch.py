"""``fastvec watch``: a small training, step by step in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import path_name
from fastvec.cli.files import OUTPUT, Source, check_outputs, corpus_argument, sources
from fastvec.cli.help import Command
from fastvec.cli.news import QUIET
from fastvec.cli.output import Output, save
from fastvec.cli.serving import BROWSER, PORT, serve
from fastvec.cli.shared import options_from, refuse_options, report
from fastvec.corpus.corpus import STORAGE_OPTIONS
from fastvec.params import CorpusParams, WatchParams


@click.command(
    cls=Command,
    examples=[
        "fastvec watch",
        "fastvec watch sentences.txt --model cbow --loss hs",
        "fastvec watch -o watch.html",
    ],
)
@corpus_argument(required=False)
@options_from(WatchParams)
@options_from(CorpusParams, without=STORAGE_OPTIONS, tokens="words", lower=True)
@click.option("-o", "--output", type=OUTPUT, help="write the page (.html) instead of showing it")
@BROWSER
@PORT
@QUIET
def watch(
    corpus: tuple[Source, ...],
    output: Path | None,
    browser: bool,
    port: int | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Watch how a small network learns word vectors, step by step.

    For teaching: weights as colours, what each step pulls and pushes, probabilities before and
    after it, the loss, and the vectors in the plane; forwards and backwards.  CORPUS is a short
    text, of at most 40 different words; without it, there are a few sentences, and others can be
    typed.  The page has all settings, loads nothing from the internet, and computes everything
    itself: the file that -o writes needs no fastvec.
    """
    from fastvec.teaching.watch import check_page, watch

    if output is None:
        refuse_options({"quiet"}, "without --output: give both, or leave it out")
        page = watch(sources(corpus) or None, **options)
        serve(page.server, port, browser, "Ctrl-C ends it")
        return
    refuse_options({"browser", "port"}, "with --output: a page that is saved is not served")
    check_outputs([output], corpus)
    check_page(output)
    target = Output(output)
    page = watch(sources(corpus) or None, **options)
    save((target, page.save))
    report(quiet, f"{path_name(output)}: {page!r}")
