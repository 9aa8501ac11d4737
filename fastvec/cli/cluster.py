"""--engine and the other options of training on several machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from fastvec._util.options import names_of, params_from
from fastvec._util.system import available_cores
from fastvec.cli.files import Source
from fastvec.cli.help import Option
from fastvec.cli.shared import (
    TITLES,
    Function,
    options_from,
    options_typed,
    print_lines,
    refuse_options,
    report,
    value_if_typed,
)
from fastvec.corpus.sources import FileSource, find_source
from fastvec.models.glove import GloVe
from fastvec.models.word2vec import Word2Vec
from fastvec.params import ClusterParams, CorpusParams

if TYPE_CHECKING:
    from fastvec.cluster.engine import Engine

#: of text, that one machine trains on; and what is quicker there than on a cluster
BYTES_PER_SECOND, SMALL_SECONDS = 5e6, 60

PLAN = click.option(
    "--plan",
    is_flag=True,
    cls=Option,
    group=TITLES[ClusterParams],
    help="print what the training would take here and on a cluster, and end",
)


def cluster_options(command: Function) -> Function:
    """Give a command the options that :func:`engine_of` takes."""
    return options_from(ClusterParams)(PLAN(command))


def engine_of(
    kind: type[Any], options: dict[str, Any], text: Sequence[Source] | None, quiet: bool
) -> Engine | None:
    """The engine that a command's options ask for, which are taken out; None for this machine.

    ``workers`` becomes the number of threads of each trainer.  With --plan this prints a plan and
    exits.  UsageError for options that do not go together, before a cluster is looked for.

    Parameters
    ----------
    kind : class
        of the model.
    options : dict
    text : sequence, optional
        what it is trained on, if that is text.
    """
    names = names_of(ClusterParams)
    params = ClusterParams(**{name: options.pop(name) for name in names})
    plan = options.pop("plan")
    if params.engine == "local":
        alone = "without --engine ray"
        refuse_options({"threads"}, f"{alone}: --workers is the number of threads of this machine")
        refuse_options({"plan", *names} - {"engine"}, f"{alone}: give both, or leave it out")
        return None
    for name in ("seeds", "subwords"):
        if name in options_typed():
            raise click.UsageError(f"--{name} cannot be used with --engine ray yet")
    if issubclass(kind, GloVe) and params.round_words is not None:
        raise click.UsageError("--round-words has no effect on GloVe, whose rounds are given")
    workers = value_if_typed(options, "workers")
    model = kind(**options)
    if plan:
        print_plan(model, text, workers, params.threads)
    if text is not None:
        report_small_text(model, text, quiet)
    from fastvec.cluster.ray_engine import RayEngine

    engine = RayEngine(params.address, workers, params.threads, params.round_words)
    options["workers"] = engine.threads
    return engine


def report_small_text(model: Word2Vec | GloVe, text: Sequence[Source], quiet: bool) -> None:
    """Say it if one machine trains a text in less time than a cluster takes to start."""
    source = find_source(list(text), params_from(CorpusParams, model))
    size = sum(file.size or 0 for file in source.files) if isinstance(source, FileSource) else 0
    seconds = model.epochs * size / BYTES_PER_SECOND
    if 0 < seconds < SMALL_SECONDS:
        report(
            quiet, f"one machine takes about {seconds:.0f} s for this text: leave out --engine ray"
        )


def print_plan(
    model: Word2Vec | GloVe, text: Sequence[Source] | None, workers: int | None, threads: int
) -> None:
    """Print what a training would take, and exit."""
    from fastvec.cluster.plan import plan_of

    if workers is None:
        raise click.UsageError("--plan needs --workers, the number of trainers")
    if text is None:
        raise click.UsageError("--plan is for a CORPUS: leave out --matrix")
    source = find_source(list(text), params_from(CorpusParams, model))
    plan = plan_of(model, source, workers, threads or available_cores())
    print_lines(plan.lines())
    click.get_current_context().exit()
