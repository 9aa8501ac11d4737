"""What several commands need: options made from params dataclasses, and messages."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import re
import shlex
import sys
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from fastvec._util.options import Params, fields_of, is_switch
from fastvec._util.run_log import plain
from fastvec.cli.help import Option
from fastvec.params import (
    FUNCTION,
    CheckpointParams,
    ClusterParams,
    CooccurrenceParams,
    CorpusParams,
    Doc2VecParams,
    GloVeParams,
    NeuralLMParams,
    PhrasesParams,
    PPMIParams,
    RankerParams,
    SubwordParams,
    VocabularyParams,
    WatchParams,
    Word2VecParams,
)

Function = TypeVar("Function", bound=Callable[..., Any])


def complete_names(_: click.Context, __: click.Parameter, start: str) -> list[CompletionItem]:
    """The names of files and folders, which the shell knows."""
    return [CompletionItem(start, type="file")]


#: what is not printed on a terminal as it is: control characters, with which a terminal is
#: commanded; characters that turn the direction of what follows, so that it reads as something
#: else; line separators, byte order marks, and surrogates
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """A text as a terminal may show it, with escapes for what is UNPRINTABLE.

    >>> visible("a\x1b[2Jb\u202e")
    'a\\x1b[2Jb\\u202e'
    """
    return UNPRINTABLE.sub(lambda one: repr(one[0])[1:-1], text)


def print_lines(lines: Iterable[str]) -> None:
    """Print results: exactly, in UTF-8, into a pipe or a file; as ``visible`` on a terminal."""
    if sys.stdout.isatty():
        lines = map(visible, lines)
    sys.stdout.flush()
    sys.stdout.buffer.writelines(f"{line}\n".encode() for line in lines)
    sys.stdout.flush()


#: the titles on help pages of the groups of options
TITLES = {
    WatchParams: "Training",
    VocabularyParams: "Vocabulary",
    CorpusParams: "Reading text",
    CooccurrenceParams: "Counting pairs",
    Word2VecParams: "Training",
    SubwordParams: "Subwords",
    Doc2VecParams: "Documents",
    GloVeParams: "Training",
    NeuralLMParams: "Training",
    RankerParams: "Training",
    CheckpointParams: "Long runs",
    ClusterParams: "Several machines",
    PPMIParams: "Factorising",
    PhrasesParams: "Finding phrases",
}


#: every option that Python and the command line share, by its name
OPTIONS = {item.name: item for group in TITLES for item in fields_of(group)}
#: an option with its value, as the library's messages write it; not as a part of a path
ARGUMENT = re.compile(
    rf"(?<![\w/.'\"-])({'|'.join(OPTIONS)})=('[^']*'|[-+\w]++(?:\.\d\w*+)*)(?![\w/=]|\.\w)"
)


def as_flags(message: str) -> str:
    """A message of the library, with options as they are written on the command line.

    >>> as_flags("try tokens='words', lower=True, lines=False or sample=0")
    'try --tokens words, --lower, --no-lines or --sample 0'
    """
    return ARGUMENT.sub(_as_flag, message)


def _as_flag(found: re.Match[str]) -> str:
    name, value = found.groups()
    flag = name.replace("_", "-")
    if is_switch(OPTIONS[name]):
        return f"--{flag}" if value in ("True", "1") else f"--no-{flag}"
    return f"--{flag} {shlex.quote(value.strip(chr(39)))}"


def print_json(facts: Any) -> None:
    """Print the answer of a command as JSON, which has null for NaN and infinity."""
    print(json.dumps(plain(facts), indent=2))


def fail(sentence: str) -> NoReturn:
    """Print one sentence on standard error and exit with code 2."""
    echo(f"fastvec: {as_flags(sentence)}", err=True)
    sys.exit(2)


def report(quiet: bool, text: str) -> None:
    """One line of news on standard error, unless --quiet was given."""
    if not quiet:
        echo(f"fastvec: {text}", err=True)


def echo(line: str, *, err: bool = False) -> None:
    """Print one line that is a message and not a result; it is always ``visible``.

    A message that cannot be printed, because the output is closed or its disk is full, is no error:
    the results are still computed and saved.
    """
    with contextlib.suppress(OSError):
        click.echo(visible(line), err=err)


def options_from(
    params: type[Params],
    *,
    only: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    **defaults: Any,
) -> Callable[[Function], Function]:
    """Give a command one option for each field of a params dataclass.

    Help texts and defaults come from the dataclass; ``defaults`` replaces some of them.  The
    dataclass checks the values, so that the command line and Python print the same error message.

    Parameters
    ----------
    only : tuple of str
        make options for these fields only; by default, for all.
    without : tuple of str
        leave these fields out.
    """
    title = TITLES[params] if not only else "Options"

    def decorate(command: Function) -> Function:
        for item in reversed(fields_of(params)):
            if item.name not in without and (not only or item.name in only):
                default = defaults.get(item.name, item.default)
                command = _option(item, default, title)(command)
        return command

    return decorate


def _option(
    item: dataclasses.Field[Any], default: Any, title: str
) -> Callable[[Function], Function]:
    """The option of one field: --name VALUE, or --name/--no-name."""
    flag = item.name.replace("_", "-")
    shown: dict[str, Any] = {
        "cls": Option,
        "group": title,
        "show_default": default is not None,
        "help": item.metadata["help"],
    }
    if is_switch(item):
        return click.option(f"--{flag}/--no-{flag}", item.name, default=bool(default), **shown)
    kind = (typing.get_args(item.type) or (item.type,))[0]
    kind = {int: click.INT, float: click.FLOAT}.get(kind, click.STRING)
    if item.name == "tmp":
        shown["shell_complete"] = complete_names
    choices = item.metadata["rule"].get("choices", ())
    if choices:
        words = [choice for choice in choices if choice != FUNCTION]
        shown["metavar"] = f"[{'|'.join(words)}]"
        shown["shell_complete"] = functools.partial(_complete_choice, words)
    return click.option(f"--{flag}", item.name, type=kind, default=default, **shown)


def _complete_choice(
    words: Sequence[str], _: click.Context, __: click.Parameter, start: str
) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(start)]


def options_typed() -> list[str]:
    """The names of the options that are on the command line, in the order of the help page."""
    context = click.get_current_context()
    names = [str(option.name) for option in context.command.params]
    typed = ParameterSource.COMMANDLINE
    return [name for name in names if context.get_parameter_source(name) is typed]


def value_if_typed(options: dict[str, Any], name: str) -> Any:
    """An option's value; None if it is not on the command line."""
    return options[name] if name in options_typed() else None


def refuse_options(names: set[str], because: str) -> None:
    """UsageError if one of these options, which would have no effect, is on the command line."""
    for name in options_typed():
        if name in names:
            raise click.UsageError(f"--{name.replace('_', '-')} has no effect {because}")
