"""What several commands need: options made from params dataclasses, and complaints."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from fastvec.vocabulary import Vocabulary

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class Source(os.PathLike[str]):
    """A part of a corpus, as it was typed: a path, a glob, a URL or -.  (A plain string could be a
    sentence that somebody forgot to split, and messages would say so.)"""

    text: str

    def __fspath__(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text


def corpus_argument(required: bool = True) -> Callable[[Command], Command]:
    """CORPUS: one or more sources."""
    return click.argument("corpus", nargs=-1, required=required, type=Source)


READ_VOCAB = click.option(
    "--read-vocab",
    "vocabulary",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=lambda _, __, path: None if path is None else Vocabulary.load(path),
    help="take the words of this file of words and counts, and no others",
)


def complain(sentence: str) -> NoReturn:
    """Print one sentence on standard error and exit with code 2."""
    print(f"fastvec: {sentence}", file=sys.stderr)
    sys.exit(2)


def options_from(
    params: type, *, without: tuple[str, ...] = (), **defaults: Any
) -> Callable[[Command], Command]:
    """Give a command one option for each field of a params dataclass, some left out.

    Help and defaults come from the dataclass; the ranges are checked by ``params.check``, so that
    the command line and Python say the same sentence.  ``defaults`` replaces some defaults.
    """

    def decorate(command: Command) -> Command:
        for item in reversed(dataclasses.fields(params)):
            if item.name in without:
                continue
            kind = str(item.type)
            flag = "--" + item.name.replace("_", "-")
            default = defaults.get(item.name, item.default)
            text = item.metadata["help"]
            if kind.startswith("bool"):
                on_off = f"{flag}/--no-{flag[2:]}"
                command = click.option(
                    on_off, item.name, default=default, show_default=True, help=text
                )(command)
            else:
                kinds = {"int": click.INT, "float": click.FLOAT}
                type_ = kinds.get(kind.split()[0], click.STRING)
                command = click.option(
                    flag,
                    item.name,
                    type=type_,
                    default=default,
                    show_default=default is not None,
                    help=text,
                )(command)
        return command

    return decorate


def pick(params: type, values: dict[str, Any], *, without: tuple[str, ...] = ()) -> Any:
    """Make a params dataclass from the options that belong to it (they are taken out of values)."""
    names = [item.name for item in dataclasses.fields(params) if item.name not in without]
    return params(**{name: values.pop(name) for name in names})
