"""Help pages: options in groups, and examples at the end."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import click


class Option(click.Option):
    """An option that stands in a group of a help page."""

    def __init__(self, *names: Any, group: str, **more: Any) -> None:
        super().__init__(*names, **more)
        self.group = group


#: an option of a training that may take hours
long_run_option = functools.partial(click.option, cls=Option, group="Long runs")


class Command(click.Command):
    """A command whose help page has its options in groups, and ends with examples.

    Parameters
    ----------
    examples : list of str
        command lines, of at most 76 characters.
    """

    def __init__(self, *given: Any, examples: Sequence[str], **more: Any) -> None:
        super().__init__(*given, **more)
        self.examples = examples

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, each group under its title."""
        for title, records in option_groups(self, context).items():
            with formatter.section(title):
                formatter.write_dl(records)

    def format_epilog(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples"):
            for line in self.examples:
                formatter.write(f"  {line}\n")


def option_groups(
    command: click.Command, context: click.Context
) -> dict[str, list[tuple[str, str]]]:
    """The options of a command: the titles of their groups, and in each the flags and the help."""
    groups: dict[str, list[tuple[str, str]]] = {"Options": []}
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if record is not None and isinstance(option, click.Option):
            groups.setdefault(getattr(option, "group", "Options"), []).append(record)
    return groups


def paragraphs(command: click.Command) -> list[str]:
    """The paragraphs of a command's help text.  Those that click does not wrap, after ``\\b``, have
    several lines."""
    texts = inspect.cleandoc(command.help or "").split("\n\n")
    return [text[2:] if text.startswith("\b\n") else " ".join(text.split()) for text in texts]


def write_commands(formatter: click.HelpFormatter, groups: dict[str, list[click.Command]]) -> None:
    """Write the names of commands and what they do, each group under its title."""
    width = max(len(str(command.name)) for group in groups.values() for command in group)
    room = formatter.width - width - 6
    for title, commands in groups.items():
        with formatter.section(title):
            formatter.write_dl(
                [
                    (f"{command.name!s:{width}}", command.get_short_help_str(room))
                    for command in commands
                ]
            )
