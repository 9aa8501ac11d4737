"""Training with several seeds: what is luck, and what is not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from fastvec._util.atomic import STDOUT
from fastvec._util.log import tell
from fastvec.cli.any_model import AnyModel
from fastvec.cli.files import Source
from fastvec.cli.help import long_run_option
from fastvec.cli.output import VectorOutput, marked
from fastvec.cli.shared import Function, print_json
from fastvec.cli.tables import cells, show
from fastvec.vectors.evaluation.comparing import score_file
from fastvec.vectors.evaluation.intervals import summary

MOST_SEEDS = 1000


def seed_options(command: Function) -> Function:
    """Give a command --seeds, and --json for what they give."""
    json_option = click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="print what was trained as JSON; with --seeds, what they gave, and no table",
    )
    seeds_option = long_run_option(
        "--seeds",
        metavar="1-5",
        callback=lambda _, __, value: None if value is None else seeds_from(value),
        help="train with each of these seeds in turn, write NAME.seed1.ENDING and so on, and print "
        "the mean, the standard deviation and the interval of each measure",
    )
    return seeds_option(json_option(command))


def seeds_from(text: str) -> list[int]:
    """The seeds that a text stands for, each once; ValueError for another text.

    >>> seeds_from("1-3,7")
    [1, 2, 3, 7]
    """
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,18})(?:-(\d{1,18}))?\s*", part)
        first, last = (0, -1) if found is None else (int(found[1]), int(found[2] or found[1]))
        if not 0 <= last - first < MOST_SEEDS:
            raise ValueError(f"seeds must be numbers such as 1-5 or 1,2,7, got {text!r}")
        seeds += range(first, last + 1)
    return list(dict.fromkeys(seeds))


def seed_outputs(
    path: Path,
    seeds: Iterable[int] | None,
    as_json: bool,
    inputs: Sequence[Source | Path | None],
    options: dict[str, Any],
    to: str | None,
) -> list[VectorOutput]:
    """An output for each seed, checked, NAME.seed1.ENDING; or the output itself without seeds."""
    if path == STDOUT and as_json:
        raise click.UsageError("--json goes to standard output: give -o a file")
    if path == STDOUT and seeds is not None:
        raise click.UsageError("--seeds writes a file for each seed: give -o a file")
    paths = [path] if seeds is None else [marked(path, f"seed{seed}") for seed in seeds]
    return [VectorOutput(one, inputs, options["tmp"], to) for one in paths]


def measures_of(model: AnyModel, files: Iterable[Path]) -> dict[tuple[str, str], float]:
    """What a trained model reached, by file and measure: its losses, and its scores."""
    state = model.training_state
    values = {("training", "loss"): state.loss_history[-1]}
    if state.validates:
        values["validation", "loss"] = state.validation_history[-1]
    for file in files:
        score = score_file(model.wv, file)
        values[score.file, score.measure] = score.value
    return values


def print_seeds(
    seeds: Sequence[int], runs: Sequence[dict[tuple[str, str], float]], as_json: bool
) -> None:
    """Print and log what several runs say together."""
    rows: list[dict[str, Any]] = []
    for name in runs[0]:
        values = [run[name] for run in runs]
        facts = dataclasses.asdict(summary(values))
        rows.append({"file": name[0], "measure": name[1], "runs": len(values), **facts})
        by_seed = dict(zip(map(str, seeds), values, strict=True))
        tell("seeds", f"{' '.join(name)}: mean {facts['mean']:.4f}", **rows[-1], values=by_seed)
        rows[-1]["values"] = by_seed
    if as_json:
        print_json({"seeds": list(seeds), "measures": rows})
        return
    heads = [name for name in rows[0] if name != "values"]
    shown = [cells(row[name] for name in heads) for row in rows]
    show([("", heads, shown)], heads=True)
